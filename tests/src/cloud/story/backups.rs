//! Databases: the nightly snapshot, its copy in another Region, one before a release, what is over its time, and a restore
//! drill.

use std::time::Duration;

use serde_json::{Value, json};

use super::{REPORT, SCHEDULE, Teller};
use crate::cloud::databases::{FAR, HOME};
use crate::cloud::reports::SeenReport;
use crate::cloud::timeline::Line;
use crate::cloud::{Cloud, Commands, Function, eventually};

const WEATHER: &str = "weather-db";
const METRICS: &str = "metrics-db";
const PORTFOLIO: &str = "portfolio-db";
const PLATFORM: &str = "platform-db";

/// Brings the night forward: what the schedule of the template sends is sent in the next second.
pub(super) async fn schedule(cloud: &Cloud) -> anyhow::Result<()> {
    cloud.fire_once_more("BackupsGroupName", "nightly-weather-db", Commands::SnapshotDatabase).await
}

impl Teller<'_> {
    /// The schedule of the night has fired by now. RDS tells when the snapshot is there, and its copy is begun.
    pub(super) async fn backups(&mut self) -> anyhow::Result<()> {
        let cloud = self.cloud;
        let taken = |report: &SeenReport| report.target == WEATHER && report.action == "take";
        let one_at_home = async |_: &SeenReport| Ok(cloud.snapshots(HOME, WEATHER).await?.len() == 1);
        self.backup("nightly snapshot", WEATHER, SCHEDULE, "a snapshot", taken, one_at_home).await?;

        for snapshot in cloud.snapshots(HOME, WEATHER).await? {
            cloud.tell_of(&snapshot).await?;
        }
        let copied = |report: &SeenReport| report.target == WEATHER && report.source == "database-event";
        let is_copied = async |_: &SeenReport| {
            let (home, far) = (cloud.snapshots(HOME, WEATHER).await?, cloud.snapshots(FAR, WEATHER).await?);
            let of = |tag: &str| far.iter().map(|copy| copy.tag(tag).to_owned()).collect::<Vec<_>>();
            let arns: Vec<String> = home.into_iter().map(|snapshot| snapshot.arn).collect();
            Ok(far.len() == 1 && of("lamplighter:copy-of") == arns)
        };
        let expected = format!("a copy of it in {FAR}");
        self.backup("snapshot available", WEATHER, REPORT, &expected, copied, is_copied).await?;

        let label = json!({"label": "release-42", "origin": {"source": "operator"}});
        let labelled = async |_: &SeenReport| {
            let found = cloud.snapshots(HOME, PORTFOLIO).await?;
            Ok(found.iter().any(|snapshot| snapshot.tag("lamplighter:label") == "release-42"))
        };
        self.ordered("before a release", "take", PORTFOLIO, label, "a snapshot with a label", labelled)
            .await?;
        self.cluster().await?;
        self.expiry().await?;
        self.drill().await
    }

    /// An Aurora cluster, by a message that comes twice.
    async fn cluster(&mut self) -> anyhow::Result<()> {
        let cloud = self.cloud;
        let command = json!({"action": "take", "target": PLATFORM, "id": "demo-cluster", "origin": {"source": "schedule"}});
        for (event, code) in [("cluster snapshot", "taken"), ("repeated take", "already-taken")] {
            cloud.send_command(Commands::SnapshotDatabase, &command, event).await?;
            let one = async |report: &SeenReport| {
                Ok(report.why.code == code && cloud.snapshots(HOME, PLATFORM).await?.len() == 1)
            };
            let meant = |report: &SeenReport| report.id == "demo-cluster";
            self.backup(event, PLATFORM, REPORT, "one snapshot of the cluster", meant, one).await?;
        }
        Ok(())
    }

    /// Old snapshots go, but for as many as are always kept and one that somebody else took.
    async fn expiry(&mut self) -> anyhow::Result<()> {
        let cloud = self.cloud;
        let foreign = cloud.take_by_hand(PLATFORM, "before-the-move").await?;
        cloud.take_often(PLATFORM, 4).await?;
        let all = cloud.snapshots(HOME, PLATFORM).await?;
        let newest = all.iter().rev().filter(|one| one.name != foreign.name).take(3);
        let kept: Vec<&str> = newest.chain([&foreign]).map(|snapshot| snapshot.name.as_str()).collect();
        let are_kept = async |_: &SeenReport| {
            let left = cloud.snapshots(HOME, PLATFORM).await?;
            Ok(left.len() == kept.len() && left.iter().all(|snapshot| kept.contains(&snapshot.name.as_str())))
        };
        let effect = "the newest three and somebody else's";
        self.ordered("old snapshots", "expire", PLATFORM, json!({}), effect, are_kept).await
    }

    /// A snapshot is restored; the scratch database goes as soon as it is available.
    async fn drill(&mut self) -> anyhow::Result<()> {
        let cloud = self.cloud;
        cloud.take_often(METRICS, 1).await?;
        let scratches = async || Ok::<_, anyhow::Error>(cloud.instances("lamplighter-drill-").await?.len());
        let there =
            async |report: &SeenReport| Ok(report.why.code == "drill-started" && scratches().await? == 1);
        self.ordered("restore drill", "verify", METRICS, json!({}), "a scratch database", there).await?;

        let over = async |report: &SeenReport| {
            let metrics = async || {
                let mut seen = 0;
                for metric in ["RestoreDuration", "NewestSnapshotAge"] {
                    let lines = cloud.log_lines(Function::SnapshotDatabase, metric).await?;
                    seen += usize::from(lines.iter().any(|line| line.contains(METRICS)));
                }
                Ok((seen == 2).then_some(()))
            };
            let is_told = eventually(super::EFFECT, metrics).await?.is_some();
            Ok(report.why.code == "drill-passed" && scratches().await? == 0 && is_told)
        };
        let effect = "no scratch database, and how long it took as a metric";
        self.ordered("hourly look", "reconcile", METRICS, json!({}), effect, over).await
    }

    /// A command by the queue, and what must be there after it.
    async fn ordered(
        &mut self,
        event: &str,
        action: &str,
        target: &str,
        fields: Value,
        effect: &str,
        is_there: impl AsyncFnOnce(&SeenReport) -> anyhow::Result<bool>,
    ) -> anyhow::Result<()> {
        let id = format!("demo-{action}-{target}");
        let mut command =
            json!({"action": action, "target": target, "id": id, "origin": {"source": "schedule"}});
        if let (Some(command), Value::Object(fields)) = (command.as_object_mut(), fields) {
            command.extend(fields);
        }
        self.cloud.send_command(Commands::SnapshotDatabase, &command, &id).await?;
        self.backup(event, target, REPORT, effect, |report| report.id == id, is_there).await
    }

    /// Waits for the report on a database and looks at its snapshots.
    async fn backup(
        &mut self,
        event: &str,
        target: &str,
        within: Duration,
        effect: &str,
        meant: impl Fn(&SeenReport) -> bool,
        is_there: impl AsyncFnOnce(&SeenReport) -> anyhow::Result<bool>,
    ) -> anyhow::Result<()> {
        let line = match self.outcomes.take(1, within, meant).await?.pop() {
            Some(report) => {
                let seen = report.verdict != "failed" && is_there(&report).await?;
                Line::of(event, &report, effect.to_owned(), seen)
            }
            None => Line::missing(event, target, effect.to_owned()),
        };
        self.timeline.event(&[line])
    }
}
