//! The demo: an event from each source that can wake a function, and what must be there afterwards.

mod alarms;
mod backups;
mod names;
mod services;

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use super::reports::{Outcomes, SeenReport};
use super::timeline::{Line, Timeline};
use super::{Cloud, Commands, Function, eventually};

/// How long a report may take: the local cloud asks its queues every second or so.
const REPORT: Duration = Duration::from_secs(30);
/// How long an effect may take that follows a report.
const EFFECT: Duration = Duration::from_secs(15);
/// How long a schedule may take: the local cloud looks at its schedules every ten seconds.
const SCHEDULE: Duration = Duration::from_secs(90);

const WEATHER: &str = "weather-assets";
const PORTFOLIO: &str = "portfolio-static-prod";
const SITES: [&str; 2] = ["weather-site", "weather-site-secondary"];
const PORTFOLIO_SITE: [&str; 1] = ["portfolio-site"];

/// Tells the story; true when every effect was seen.
///
/// # Errors
/// When the local cloud refuses something: a missing effect is no error, but a line that says so.
pub async fn tell(cloud: &Cloud) -> anyhow::Result<bool> {
    let file = cloud.clients.folder.join("timeline.jsonl");
    let mut teller = Teller {
        cloud,
        outcomes: Outcomes::subscribe(cloud, "the-demo").await?,
        timeline: Timeline::begin(&file)?,
    };
    let scheduled = command("demo-schedule", "weather-site", &json!({"everything": true}));
    let scheduled = with(scheduled, "origin", json!({"source": "schedule", "correlation": "demo-schedule"}));
    cloud.schedule_once(Commands::InvalidateCache, "demo", &scheduled).await?;

    services::schedule(cloud, "business-hours").await?;
    backups::schedule(cloud).await?;

    teller.objects().await?;
    teller.deploys().await?;
    teller.commands().await?;
    teller.bad_input().await?;
    teller.morning().await?;
    teller.alarms().await?;
    // Nothing may fire while the pause of the alarms' story is on.
    teller.boost().await?;
    teller.night().await?;
    teller.backups().await?;
    teller.names().await?;
    teller.boost_over().await?;
    services::schedule(cloud, "after-hours").await?;
    teller.notified_queue().await?;

    let everything = Effect::Invalidated(vec!["/*"]);
    teller.expect("schedule", &SITES[..1], SCHEDULE, &everything, correlation("demo-schedule")).await?;
    teller.nothing_new().await?;
    teller.evening().await?;
    teller.timeline.end()
}

/// What must be there when a report has come.
enum Effect {
    /// The invalidation that the report names covers these paths.
    Invalidated(Vec<&'static str>),
    /// The distributions of these targets have had as many invalidations as before.
    NothingNew { before: BTreeMap<&'static str, usize> },
    /// A queue and its dead-letter queue are empty.
    Gone { queue: &'static str, dead_letters: &'static str },
    /// The answer of `status` has all these words, and no pause if there are none.
    InForce(Vec<&'static str>),
    /// A queue of failures holds the event.
    Kept { queue: &'static str, containing: &'static str },
}

struct Teller<'c> {
    cloud: &'c Cloud,
    outcomes: Outcomes<'c>,
    timeline: Timeline,
}

impl Teller<'_> {
    /// Objects change: S3, EventBridge, the queue with its window.
    async fn objects(&mut self) -> anyhow::Result<()> {
        self.cloud.put_object(WEATHER, "assets/app 1.css").await?;
        let effect = Effect::Invalidated(vec!["/assets/app%201.css"]);
        self.expect("object put", &SITES, REPORT, &effect, path("/assets/app%201.css")).await?;

        self.cloud.hold_object_events(true).await?;
        for key in ["index.html", "css/site.css", "js/site.js", "css/site.css"] {
            self.cloud.put_object(PORTFOLIO, key).await?;
        }
        self.cloud.hold_object_events(false).await?;
        let effect = Effect::Invalidated(vec!["/", "/index.html", "/css/site.css", "/js/site.js"]);
        self.expect("objects in one batch", &PORTFOLIO_SITE, REPORT, &effect, path("/js/site.js")).await?;

        self.cloud.delete_object(PORTFOLIO, "js/site.js").await?;
        let effect = Effect::Invalidated(vec!["/js/site.js"]);
        self.expect("object deleted", &PORTFOLIO_SITE, REPORT, &effect, path("/js/site.js")).await
    }

    /// Deploys say what they changed: by an event of their own, and by a topic.
    async fn deploys(&mut self) -> anyhow::Result<()> {
        let detail =
            json!({"target": "portfolio-site", "paths": ["/blog/*"], "id": "demo-deploy", "release": 42});
        self.cloud.put_event("ci.portfolio", "Site Deployed", &detail).await?;
        let effect = Effect::Invalidated(vec!["/blog/*"]);
        self.expect("deploy event", &PORTFOLIO_SITE, REPORT, &effect, correlation("demo-deploy")).await?;

        let order = command("demo-topic", "weather-site", &json!({"paths": ["/index.html"]}));
        self.cloud.publish("DeploysTopicArn", &order.to_string()).await?;
        let effect = Effect::Invalidated(vec!["/", "/index.html"]);
        self.expect("topic", &SITES[..1], REPORT, &effect, correlation("demo-topic")).await
    }

    /// People and schedules order: by the FIFO queue, and directly.
    async fn commands(&mut self) -> anyhow::Result<()> {
        let order =
            command("demo-queue", "weather-site", &json!({"tags": ["forecast"], "reason": "new model"}));
        self.cloud.send_command(Commands::InvalidateCache, &order, "demo-queue").await?;
        let effect = Effect::Invalidated(vec!["#forecast"]);
        self.expect("command queue", &SITES[..1], REPORT, &effect, correlation("demo-queue")).await?;

        let order = command("demo-invoke", "weather-site-secondary", &json!({"paths": ["/maps/*"]}));
        self.cloud.invoke(Function::InvalidateCache, &order).await?;
        let effect = Effect::Invalidated(vec!["/maps/*"]);
        self.expect("direct invoke", &SITES[1..], REPORT, &effect, correlation("demo-invoke")).await
    }

    /// What must change nothing: a message that comes twice, and a dry run.
    async fn nothing_new(&mut self) -> anyhow::Result<()> {
        let order =
            command("demo-queue", "weather-site", &json!({"tags": ["forecast"], "reason": "new model"}));
        let effect = self.nothing_new_at(&SITES[..1]).await?;
        self.cloud.send_command(Commands::InvalidateCache, &order, "demo-queue-again").await?;
        self.expect("repeated delivery", &SITES[..1], REPORT, &effect, correlation("demo-queue")).await?;

        let order = command("demo-plan", "weather-site", &json!({"paths": ["/radar/*"], "mode": "plan"}));
        let effect = self.nothing_new_at(&SITES[..1]).await?;
        self.cloud.send_command(Commands::InvalidateCache, &order, "demo-plan").await?;
        self.expect("dry run", &SITES[..1], REPORT, &effect, correlation("demo-plan")).await
    }

    async fn nothing_new_at(&self, targets: &[&'static str]) -> anyhow::Result<Effect> {
        let mut before = BTreeMap::new();
        for target in targets {
            before.insert(*target, self.cloud.invalidation_count(target).await?);
        }
        Ok(Effect::NothingNew { before })
    }

    /// What cannot be carried out is kept for people to see.
    async fn bad_input(&mut self) -> anyhow::Result<()> {
        let order = command("demo-unknown", "wether-site", &json!({"paths": ["/index.html"]}));
        self.cloud.invoke_asynchronously(Function::InvalidateCache, &order).await?;
        let effect = Effect::Kept { queue: "InvalidateCacheFailuresUrl", containing: "demo-unknown" };
        self.expect("unknown target", &["wether-site"], REPORT, &effect, correlation("demo-unknown")).await
    }

    /// A bucket that notifies the queue itself: S3 tries it with a test event first.
    async fn notified_queue(&mut self) -> anyhow::Result<()> {
        self.cloud.notify_queue(WEATHER).await?;
        self.acknowledged("test event of S3", "not-for-us").await?;
        self.cloud.put_object(WEATHER, "site/about/index.html").await?;
        let effect = Effect::Invalidated(vec!["/about/", "/about/index.html"]);
        self.expect("queue notified by S3", &SITES, REPORT, &effect, path("/about/index.html")).await?;
        self.cloud.notify_bus(WEATHER).await
    }

    /// Waits for a report on each target and looks for its effect.
    async fn expect(
        &mut self,
        event: &str,
        targets: &[&str],
        within: Duration,
        effect: &Effect,
        meant: impl Fn(&SeenReport) -> bool,
    ) -> anyhow::Result<()> {
        let mut reports = self.outcomes.take(targets.len(), within, &meant).await?;
        let mut lines = Vec::new();
        for target in targets.iter().filter(|target| reports.iter().all(|report| report.target != **target)) {
            lines.push(Line::missing(event, target, effect.to_string()));
        }
        reports.sort_by(|one, other| one.started_at.cmp(&other.started_at));
        for report in &reports {
            let seen = self.is_there(effect, report).await?;
            lines.push(Line::of(event, report, effect.to_string(), seen));
        }
        self.timeline.event(&lines)
    }

    /// An event that is nobody's business is logged, not published, and not delivered again.
    async fn acknowledged(&mut self, event: &str, code: &str) -> anyhow::Result<()> {
        let cloud = self.cloud;
        let effect = Effect::Gone { queue: "ObjectEventsUrl", dead_letters: "ObjectEventsDeadLettersUrl" };
        let look = async || Ok(cloud.logged_reports(Function::InvalidateCache, code).await?.pop());
        let line = match eventually(REPORT, look).await? {
            Some(report) => {
                let report: SeenReport = serde_json::from_value(report)?;
                Line::of(event, &report, effect.to_string(), self.is_there(&effect, &report).await?)
            }
            None => Line::missing(event, "none", effect.to_string()),
        };
        self.timeline.event(&[line])
    }

    async fn is_there(&self, effect: &Effect, report: &SeenReport) -> anyhow::Result<bool> {
        let cloud = self.cloud;
        match effect {
            Effect::Invalidated(wanted) => {
                let Some((distribution, id)) = report.invalidation() else { return Ok(false) };
                let paths = cloud.invalidation_paths(distribution, id).await?.unwrap_or_default();
                let all = wanted.iter().all(|path| covers(&paths, path));
                Ok(report.verdict == "acted" && distribution == cloud.distribution(&report.target)? && all)
            }
            Effect::NothingNew { before } => {
                let now = cloud.invalidation_count(&report.target).await?;
                Ok(before.get(report.target.as_str()) == Some(&now) && report.verdict != "failed")
            }
            Effect::Gone { queue, dead_letters } => {
                let look = async || {
                    let (waiting, dead) = (cloud.backlog(queue).await?, cloud.backlog(dead_letters).await?);
                    Ok((waiting.visible + waiting.in_flight + dead.visible == 0).then_some(()))
                };
                Ok(report.verdict != "failed" && eventually(EFFECT, look).await?.is_some())
            }
            Effect::InForce(words) => {
                let status = cloud.invoke(Function::RouteAlarm, &json!({"action": "status"})).await?;
                let state = &status.payload["reports"][0]["state"];
                let (text, pauses) = (state.to_string(), &state["pauses"]);
                let all = words.iter().all(|word| text.contains(word));
                Ok(state.is_object() && all && (!words.is_empty() || *pauses == json!([])))
            }
            Effect::Kept { queue, containing } => {
                let look = async || {
                    let messages = cloud.peek_messages(queue, containing).await?;
                    Ok((!messages.is_empty()).then_some(()))
                };
                Ok(report.verdict == "failed" && eventually(EFFECT, look).await?.is_some())
            }
        }
    }
}

impl std::fmt::Display for Effect {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Invalidated(paths) => write!(f, "an invalidation of {}", paths.join(", ")),
            Self::NothingNew { before } => {
                let counts: Vec<String> = before.values().map(usize::to_string).collect();
                write!(f, "still {} invalidations", counts.join(" and "))
            }
            Self::Gone { .. } => f.write_str("acknowledged: in no queue any more"),
            Self::InForce(words) if words.is_empty() => f.write_str("no pause in the answer of `status`"),
            Self::InForce(words) => write!(f, "{} in the answer of `status`", words.join(", ")),
            Self::Kept { queue, .. } => write!(f, "the event in {}", queue.trim_end_matches("Url")),
        }
    }
}

/// Whether a path is among these, or under a wildcard among these.
fn covers(paths: &[String], path: &str) -> bool {
    paths
        .iter()
        .any(|one| one == path || one.strip_suffix('*').is_some_and(|prefix| path.starts_with(prefix)))
}

fn command(id: &str, target: &str, fields: &Value) -> Value {
    let mut command = json!({"action": "invalidate", "target": target, "id": id});
    if let (Some(command), Some(fields)) = (command.as_object_mut(), fields.as_object()) {
        command.extend(fields.clone());
    }
    command
}

fn with(mut command: Value, field: &str, value: Value) -> Value {
    command[field] = value;
    command
}

/// Reports with this correlation.
fn correlation(wanted: &'static str) -> impl Fn(&SeenReport) -> bool {
    move |report| report.correlation == wanted
}

/// Reports on object events whose steps name this path.
fn path(wanted: &'static str) -> impl Fn(&SeenReport) -> bool {
    move |report| {
        let paths = report.steps.iter().filter_map(|step| step.get("paths")?.as_array());
        report.source == "object-event" && paths.flatten().any(|path| path == wanted)
    }
}
