//! Alarms: one becomes the purge of two distributions, once; a pause, a cooldown and a budget say so.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Effect, REPORT, SITES, Teller};
use crate::cloud::Function;
use crate::cloud::reports::SeenReport;
use crate::cloud::timeline::Line;

/// The alarm whose end purges the caches of the errors that they kept.
const ALARM: &str = "weather-origin-5xx";
/// CloudWatch of the local cloud tells the time of a change in whole seconds.
const ANOTHER_SECOND: Duration = Duration::from_millis(1100);

impl Teller<'_> {
    /// An alarm is raised and ends, several times.
    pub(super) async fn alarms(&mut self) -> anyhow::Result<()> {
        self.cloud.make_alarm(ALARM).await?;
        self.cloud.set_alarm(ALARM, "OK").await?;
        self.raise().await?;
        let effect = Effect::Gone { queue: "AlarmsUrl", dead_letters: "AlarmsDeadLettersUrl" };
        let about = |report: &SeenReport| report.why.code == "reported" && report.why.text.contains(ALARM);
        self.expect("alarm raised", &["none"], REPORT, &effect, about).await?;

        let pause =
            json!({"action": "pause", "scope": "all", "for": "10m", "reason": "maintenance", "who": "demo"});
        self.order("pause", pause, &["maintenance"]).await?;
        self.over("alarm over in a pause", "paused").await?;
        self.order("resume", json!({"action": "resume", "scope": "all"}), &[]).await?;

        self.raise().await?;
        self.cloud.set_alarm(ALARM, "OK").await?;
        self.purged().await?;
        self.raise().await?;
        self.over("alarm over again", "cooldown").await?;

        let text = "AWS Budget Notification November 21, 2026\nAWS Account 123456789012\n\nDear AWS Customer,\n\n\
                    Budget Name: status-page-monthly\nBudget Type: Cost\nBudgeted Amount: $300.00\n\
                    Alert Type: ACTUAL\nAlert Threshold: > $240.00\nACTUAL Amount: $251.70\n";
        self.cloud.publish("AlarmsTopicArn", text).await?;
        let about = |report: &SeenReport| report.why.code == "reported" && report.why.text.contains("251.70");
        self.expect("budget", &["none"], REPORT, &effect, about).await?;

        let known = ["weather-purge-after-outage", SITES[0], SITES[1]];
        self.order("status", json!({"action": "status"}), &known).await
    }

    /// The alarm is raised, at another second than it changed before.
    async fn raise(&self) -> anyhow::Result<()> {
        tokio::time::sleep(ANOTHER_SECOND).await;
        self.cloud.set_alarm(ALARM, "ALARM").await
    }

    /// The alarm ends, and nothing is done for a reason.
    async fn over(&mut self, event: &str, code: &'static str) -> anyhow::Result<()> {
        let effect = self.nothing_new_at(&SITES).await?;
        self.cloud.set_alarm(ALARM, "OK").await?;
        let meant = move |report: &SeenReport| is_of_router(report) && report.why.code == code;
        self.expect(event, &SITES, REPORT, &effect, meant).await
    }

    /// The router passes the end of the alarm on, and the function carries it out, under one correlation.
    async fn purged(&mut self) -> anyhow::Result<()> {
        let meant = |report: &SeenReport| {
            report.source == "alarm" && ["routed", "invalidated"].contains(&report.why.code.as_str())
        };
        let (event, effect) = ("alarm over", Effect::Invalidated(vec!["/*"]));
        let mut reports = self.outcomes.take(2 * SITES.len(), REPORT, meant).await?;
        reports.sort_by(|one, other| one.started_at.cmp(&other.started_at));
        let mut lines = Vec::new();
        for target in SITES {
            let of_target = |function: &str| {
                reports.iter().find(|report| report.target == target && report.function == function)
            };
            let (router, cache) = (of_target("route-alarm"), of_target("invalidate-cache"));
            let joined = matches!((router, cache), (Some(a), Some(b)) if a.correlation == b.correlation);
            let passed_on = "the function's report with the same correlation".to_owned();
            lines.push(match router {
                Some(report) => Line::of(event, report, passed_on, joined),
                None => Line::missing(event, target, passed_on),
            });
            lines.push(match cache {
                Some(report) => {
                    let seen = joined && self.is_there(&effect, report).await?;
                    Line::of(event, report, effect.to_string(), seen)
                }
                None => Line::missing(event, target, effect.to_string()),
            });
        }
        self.timeline.event(&lines)
    }

    /// A person orders something of the router, and the answer of `status` says these words afterwards.
    async fn order(&mut self, event: &str, mut order: Value, words: &[&'static str]) -> anyhow::Result<()> {
        let id = format!("demo-{event}");
        order["id"] = json!(id);
        self.cloud.invoke(Function::RouteAlarm, &order).await?;
        let effect = Effect::InForce(words.to_vec());
        self.expect(event, &["none"], REPORT, &effect, |report| report.id == id).await
    }
}

fn is_of_router(report: &SeenReport) -> bool {
    report.function == "route-alarm"
}
