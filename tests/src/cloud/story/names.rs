//! A name: an alarm moves it to the other distribution and its records follow, nothing moves it twice, and a person moves
//! it back.

use std::time::Duration;

use serde_json::{Value, json};

use super::{REPORT, Teller};
use crate::cloud::reports::SeenReport;
use crate::cloud::timeline::Line;
use crate::cloud::{Cloud, Commands, Function};

const WWW: &str = "weather-www";
/// The alarm on the primary, and the one that stands in for the secondary's health check.
const ALARMS: [&str; 2] = ["weather-primary-health", "weather-secondary-health"];
/// CloudWatch of the local cloud tells the time of a change in whole seconds.
const ANOTHER_SECOND: Duration = Duration::from_millis(1100);

/// A side of the name.
#[derive(Clone, Copy)]
enum Side {
    Primary,
    Secondary,
}

impl Teller<'_> {
    /// The primary fails, and somebody repairs it.
    pub(super) async fn names(&mut self) -> anyhow::Result<()> {
        let cloud = self.cloud;
        for alarm in ALARMS {
            cloud.make_alarm(alarm).await?;
            cloud.set_alarm(alarm, "OK").await?;
        }
        let first = cloud.records(WWW).await?;
        let is_as_before = async |_: &SeenReport| {
            Ok(has_name(cloud, Side::Primary).await? && cloud.records(WWW).await? == first)
        };
        let is_over = async |_: &SeenReport| leads_to(cloud, Side::Secondary).await;

        let by_hand = |action: &str| json!({"action": action, "reason": "the demo"});
        self.invoked("drill", by_hand("drill"), "drill-passed", "everything as before", is_as_before).await?;
        self.primary_down().await?;
        self.looked("look of the minute", "the records at the second distribution", is_over).await?;
        let again = json!({"action": "fail-over", "origin": {"source": "alarm"}});
        self.queued("fail-over again", again, "already-there", "nothing new", is_over).await?;

        cloud.set_alarm(ALARMS[0], "OK").await?;
        let early = "still there: the primary is not well for long enough";
        self.invoked("fail-back too early", by_hand("fail-back"), "primary-unproven", early, is_over).await?;
        let mut forced = by_hand("fail-back");
        forced["force"] = json!(true);
        let is_back = async |_: &SeenReport| has_name(cloud, Side::Primary).await;
        let effect = "the name at the first distribution";
        self.invoked("forced fail-back", forced, "name-moved", effect, is_back).await?;
        self.looked("look of the next minute", "the very records of before", is_as_before).await?;
        let tells = async |report: &SeenReport| {
            let state = report.state.clone().unwrap_or_default();
            Ok(state["at"] == "primary" && state["last_move"]["by_hand"] == true)
        };
        self.invoked(
            "status of names",
            by_hand("status"),
            "status",
            "where it leads, and who moved it",
            tells,
        )
        .await
    }

    /// The alarm: the router passes it on, and the name moves, under one correlation.
    async fn primary_down(&mut self) -> anyhow::Result<()> {
        let event = "primary down";
        tokio::time::sleep(ANOTHER_SECOND).await;
        self.cloud.set_alarm(ALARMS[0], "ALARM").await?;
        let meant = |report: &SeenReport| {
            report.target == WWW && ["routed", "name-moved"].contains(&report.why.code.as_str())
        };
        let reports = self.outcomes.take(2, REPORT, meant).await?;
        let of = |code: &str| reports.iter().find(|report| report.why.code == code);
        let (routed, moved) = (of("routed"), of("name-moved"));
        let joined =
            matches!((routed, moved), (Some(one), Some(other)) if one.correlation == other.correlation);
        let passed_on = "the function's report with the same correlation".to_owned();
        let effect = "the name at the second distribution".to_owned();
        let is_over = joined && has_name(self.cloud, Side::Secondary).await?;
        let line = |report: Option<&SeenReport>, effect: String, seen: bool| match report {
            Some(report) => Line::of(event, report, effect, seen),
            None => Line::missing(event, WWW, effect),
        };
        self.timeline.event(&[line(routed, passed_on, joined), line(moved, effect, is_over)])
    }

    /// What the schedule sends every minute; here it is not waited for.
    async fn looked(
        &mut self,
        event: &str,
        effect: &str,
        is_there: impl AsyncFnOnce(&SeenReport) -> anyhow::Result<bool>,
    ) -> anyhow::Result<()> {
        let look = json!({"action": "reconcile", "origin": {"source": "schedule"}});
        self.queued(event, look, "record-pointed", effect, is_there).await
    }

    /// A command by the queue.
    async fn queued(
        &mut self,
        event: &str,
        command: Value,
        code: &str,
        effect: &str,
        is_there: impl AsyncFnOnce(&SeenReport) -> anyhow::Result<bool>,
    ) -> anyhow::Result<()> {
        let command = named(event, command);
        self.cloud.send_command(Commands::FailoverDns, &command, event).await?;
        self.led(event, code, effect, is_there).await
    }

    /// A person's order.
    async fn invoked(
        &mut self,
        event: &str,
        command: Value,
        code: &str,
        effect: &str,
        is_there: impl AsyncFnOnce(&SeenReport) -> anyhow::Result<bool>,
    ) -> anyhow::Result<()> {
        self.cloud.invoke(Function::FailoverDns, &named(event, command)).await?;
        self.led(event, code, effect, is_there).await
    }

    /// Waits for the report on the name and looks where it leads.
    async fn led(
        &mut self,
        event: &str,
        code: &str,
        effect: &str,
        is_there: impl AsyncFnOnce(&SeenReport) -> anyhow::Result<bool>,
    ) -> anyhow::Result<()> {
        // The schedule of every minute may be the one that does it.
        let meant = |report: &SeenReport| report.target == WWW && report.why.code == code;
        let line = match self.outcomes.take(1, REPORT, meant).await?.pop() {
            Some(report) => {
                let seen = is_there(&report).await?;
                Line::of(event, &report, effect.to_owned(), seen)
            }
            None => Line::missing(event, WWW, effect.to_owned()),
        };
        self.timeline.event(&[line])
    }
}

fn named(event: &str, mut command: Value) -> Value {
    command["target"] = json!(WWW);
    command["id"] = json!(format!("demo-{}", event.replace(' ', "-")));
    command
}

/// Whether the name is at a side's distribution, and at no other.
async fn has_name(cloud: &Cloud, side: Side) -> anyhow::Result<bool> {
    let [(_, primary), (_, secondary)] = cloud.distributions_of(WWW).await?;
    let (there, elsewhere) = match side {
        Side::Primary => (primary, secondary),
        Side::Secondary => (secondary, primary),
    };
    Ok(!there.is_empty() && elsewhere.is_empty())
}

/// Whether the name is at a side's distribution, and the records lead there.
async fn leads_to(cloud: &Cloud, side: Side) -> anyhow::Result<bool> {
    let [(primary, _), (secondary, _)] = cloud.distributions_of(WWW).await?;
    let domain = match side {
        Side::Primary => primary,
        Side::Secondary => secondary,
    };
    let records = cloud.records(WWW).await?;
    let mut answers = records.iter().flat_map(|set| &set.answers);
    let all = answers.all(|answer| answer.trim_end_matches('.') == domain);
    Ok(!records.is_empty() && all && has_name(cloud, side).await?)
}
