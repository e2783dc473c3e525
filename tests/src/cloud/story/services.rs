//! Services: scaled up by a schedule, boosted by an alarm until the boost ends by itself, scaled down in the evening;
//! parked and restored.

use std::time::Duration;

use serde_json::{Value, json};

use super::{EFFECT, REPORT, SCHEDULE, Teller};
use crate::cloud::reports::SeenReport;
use crate::cloud::services::Size;
use crate::cloud::timeline::Line;
use crate::cloud::{Cloud, Commands, Scheduled, eventually};

/// The alarm that boosts the platform.
const ALARM: &str = "ecs-platform-response-time";
const PLATFORM: &str = "platform-api";
const DEVELOPMENT: &str = "portfolio-api-dev";
const BOOSTS: &str = "BoostsGroupName";

/// The platform by its bounds and its desired count. The playbook takes over from the scheduled actions of others.
const fn platform(min: i32, desired: i32) -> Size {
    Size::scaled(min, 10, desired).suspending([false, false, true])
}

/// Schedules a profile of the platform for the next second, as the template does for certain hours.
pub(super) async fn schedule(cloud: &Cloud, profile: &str) -> anyhow::Result<()> {
    let command = json!({
        "action": "profile", "target": PLATFORM, "profile": profile, "id": format!("demo-{profile}"),
        "origin": {"source": "schedule"},
    });
    cloud.schedule_once(Commands::ScaleService, &format!("demo-{profile}"), &command).await
}

impl Teller<'_> {
    /// The schedule of the morning has fired by now.
    pub(super) async fn morning(&mut self) -> anyhow::Result<()> {
        let meant = |report: &SeenReport| report.id == "demo-business-hours";
        self.sized("business hours", PLATFORM, SCHEDULE, platform(2, 2), meant).await
    }

    /// An alarm boosts the platform; the end of the boost is brought forward.
    pub(super) async fn boost(&mut self) -> anyhow::Result<()> {
        self.cloud.make_alarm(ALARM).await?;
        self.cloud.set_alarm(ALARM, "OK").await?;
        self.cloud.set_alarm(ALARM, "ALARM").await?;
        let event = "slow answers";
        let meant = |report: &SeenReport| {
            report.target == PLATFORM && ["routed", "boosted"].contains(&report.why.code.as_str())
        };
        let reports = self.outcomes.take(2, REPORT, meant).await?;
        let of = |code: &str| reports.iter().find(|report| report.why.code == code);
        let (routed, boosted) = (of("routed"), of("boosted"));
        let joined =
            matches!((routed, boosted), (Some(one), Some(other)) if one.correlation == other.correlation);
        let passed_on = "the function's report with the same correlation".to_owned();
        let (size, end) = (platform(4, 4), self.end().await?);
        let raised = format!("{size}, and a schedule that takes it back");
        let lines = [
            match routed {
                Some(report) => Line::of(event, report, passed_on, joined),
                None => Line::missing(event, PLATFORM, passed_on),
            },
            match boosted {
                Some(report) => {
                    let ends = end.as_ref().is_some_and(|end| takes_back(end, report));
                    let seen = joined && ends && self.cloud.size(PLATFORM).await? == size;
                    Line::of(event, report, raised, seen)
                }
                None => Line::missing(event, PLATFORM, raised),
            },
        ];
        self.timeline.event(&lines)?;
        match end {
            Some(end) => self.cloud.fire_now(BOOSTS, &end.name).await,
            None => Ok(()),
        }
    }

    /// The boost has ended by itself: the min is what it was, and the tasks are left to the scaling policy.
    pub(super) async fn boost_over(&mut self) -> anyhow::Result<()> {
        let meant = |report: &SeenReport| report.target == PLATFORM && report.why.code == "boost-ended";
        self.sized("boost over", PLATFORM, SCHEDULE, platform(2, 4), meant).await
    }

    /// The schedule of the evening.
    pub(super) async fn evening(&mut self) -> anyhow::Result<()> {
        let meant = |report: &SeenReport| report.id == "demo-after-hours";
        self.sized("after hours", PLATFORM, SCHEDULE, platform(1, 4), meant).await
    }

    /// Development is parked, and gets back what it had.
    pub(super) async fn night(&mut self) -> anyhow::Result<()> {
        let (size, nothing) = (Size::scaled(1, 4, 2), Size::scaled(0, 0, 0).suspending([true; 3]));
        self.cloud.resize(DEVELOPMENT, size).await?;
        for (action, size) in [("park", nothing), ("restore", size)] {
            let id = format!("demo-{action}");
            let command = json!({
                "action": action, "target": DEVELOPMENT, "id": id, "origin": {"source": "schedule"},
            });
            self.cloud.send_command(Commands::ScaleService, &command, &id).await?;
            self.sized(action, DEVELOPMENT, REPORT, size, |report| report.id == id).await?;
        }
        Ok(())
    }

    /// Waits for the report on a service and looks at its size.
    async fn sized(
        &mut self,
        event: &str,
        target: &str,
        within: Duration,
        size: Size,
        meant: impl Fn(&SeenReport) -> bool,
    ) -> anyhow::Result<()> {
        let report = self.outcomes.take(1, within, meant).await?.pop();
        let line = match report {
            Some(report) => {
                let seen = report.verdict == "acted" && self.cloud.size(target).await? == size;
                Line::of(event, &report, size.to_string(), seen)
            }
            None => Line::missing(event, target, size.to_string()),
        };
        self.timeline.event(&[line])
    }

    /// The schedule that ends the boost of the platform.
    async fn end(&self) -> anyhow::Result<Option<Scheduled>> {
        eventually(EFFECT, async || {
            let schedules = self.cloud.schedules(BOOSTS).await?;
            Ok(schedules.into_iter().find(|schedule| schedule.input["target"] == PLATFORM))
        })
        .await
    }
}

/// Whether a schedule sends, once, all that it takes to end the boost of this report.
fn takes_back(end: &Scheduled, report: &SeenReport) -> bool {
    let Value::String(id) = &end.input["of"] else { return false };
    end.deletes_itself && end.input["action"] == "restore" && *id == report.id
}
