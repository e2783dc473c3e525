//! Snapshots are taken by schedules, copied and deleted, and what is there afterwards is read back from RDS in both
//! Regions.

use std::path::Path;

use serde_json::{Value, json};
use shared::ids::fingerprint;
use tests::cloud::databases::{DATABASE_RULE, FAR, HOME, SeenSnapshot};
use tests::cloud::reports::{Outcomes, SeenReport};
use tests::cloud::{Cloud, Commands, Function, eventually};

use crate::context::{self, SCHEDULE, SOON, about, deliver, one, outcome, with_cloud};

const QUEUE: Commands = Commands::SnapshotDatabase;

/// The schedules of backups.
const BACKUPS: &str = "BackupsGroupName";

/// Orders something of one target as an operator, and gives the report.
async fn order(cloud: &Cloud, action: &str, target: &str) -> anyhow::Result<SeenReport> {
    let command = json!({"action": action, "target": target});
    one(context::order(cloud, Function::SnapshotDatabase, &command).await?)
}

/// A command with an id of its own, as a schedule sends it.
fn nightly(target: &str) -> Value {
    json!({"action": "take", "target": target, "id": format!("e2e-{target}"), "origin": {"source": "schedule"}})
}

#[test]
fn the_nightly_schedule_takes_a_snapshot_and_the_event_of_rds_begins_its_copy() {
    with_cloud("nightly", async |cloud, outcomes| {
        cloud.fire_once_more(BACKUPS, "nightly-weather-db", QUEUE).await?;
        let taken = one(outcomes.take(1, SCHEDULE, about("weather-db", &["taken"])).await?)?;
        assert_eq!((taken.verdict.as_str(), taken.source.as_str()), ("acted", "schedule"), "{taken:?}");
        assert_eq!(taken.attributes["function"], "snapshot-database");
        copied_once(cloud, outcomes, "weather-db", &taken.id).await
    });
}

#[test]
fn a_cluster_is_backed_up_like_an_instance() {
    with_cloud("cluster", async |cloud, outcomes| {
        let taken = deliver(cloud, outcomes, QUEUE, &nightly("e2e-db-nightly")).await?;
        assert_eq!(outcome(&taken), ("acted", "taken"), "{taken:?}");
        copied_once(cloud, outcomes, "e2e-db-nightly", &taken.id).await
    });
}

/// The only snapshot of a target at home is that of a command; its event begins a copy, and the event of the copy nothing.
async fn copied_once(
    cloud: &Cloud,
    outcomes: &mut Outcomes<'_>,
    target: &str,
    id: &str,
) -> anyhow::Result<()> {
    // The local cloud leaves the placeholder of the scheduled time in the id, and tags take no `<`.
    let id = if id.contains('<') { fingerprint([id]) } else { id.to_owned() };
    let home = cloud.snapshots(HOME, target).await?;
    let [snapshot] = home.as_slice() else { anyhow::bail!("not one snapshot but {home:?}") };
    assert_eq!(
        (snapshot.tag("lamplighter:target"), snapshot.tag("lamplighter:command")),
        (target, id.as_str())
    );
    assert_eq!(cloud.snapshots(FAR, target).await?, []);

    cloud.tell_of(snapshot).await?;
    let report = one(outcomes.take(1, SOON, about(target, &["reconciled"])).await?)?;
    assert_eq!((report.verdict.as_str(), report.source.as_str()), ("acted", "database-event"), "{report:?}");
    assert_eq!(report.steps[0]["step"], "copy-snapshot");
    let far = cloud.snapshots(FAR, target).await?;
    let [copy] = far.as_slice() else { anyhow::bail!("not one copy but {far:?}") };
    assert_eq!((copy.name.as_str(), copy.status.as_str()), (snapshot.name.as_str(), "available"));
    assert_eq!(copy.tag("lamplighter:copy-of"), snapshot.arn);
    assert_eq!((copy.tag("lamplighter:target"), copy.tag("lamplighter:command")), (target, id.as_str()));

    // The same again, and the end of the copy: nobody is told of what changes nothing.
    // One after the other, as two at once would wait for each other's lease for eleven minutes.
    for told in [snapshot, copy] {
        nothing_is_left(cloud).await?;
        cloud.tell_of(told).await?;
    }
    nothing_is_left(cloud).await?;
    assert_eq!(cloud.snapshots(HOME, target).await?, home);
    assert_eq!(cloud.snapshots(FAR, target).await?, far);
    let report = order(cloud, "copy", target).await?;
    assert_eq!(outcome(&report), ("held", "nothing-to-copy"), "{report:?}");
    Ok(())
}

#[test]
fn a_redelivered_take_takes_no_second_snapshot() {
    with_cloud("take-twice", async |cloud, outcomes| {
        let command = nightly("e2e-db-twice");
        for expected in [("acted", "taken"), ("held", "already-taken"), ("held", "already-taken")] {
            let report = deliver(cloud, outcomes, QUEUE, &command).await?;
            assert_eq!(outcome(&report), expected, "{report:?}");
            assert_eq!(cloud.snapshots(HOME, "e2e-db-twice").await?.len(), 1);
        }
        Ok(())
    });
}

#[test]
fn what_is_over_its_time_goes_in_both_regions_and_nothing_of_others() {
    with_cloud("expiry", async |cloud, _| {
        let target = "e2e-db-old";
        let foreign = cloud.take_by_hand(target, "before-the-move").await?;
        for night in 1..=4 {
            let take = json!({"action": "take", "target": target, "id": format!("e2e-old-{night}")});
            let report = one(context::order(cloud, Function::SnapshotDatabase, &take).await?)?;
            assert_eq!(outcome(&report), ("acted", "taken"), "{report:?}");
            let report = order(cloud, "copy", target).await?;
            assert_eq!(outcome(&report), ("acted", "copying"), "{report:?}");
        }
        let before = (cloud.snapshots(HOME, target).await?, cloud.snapshots(FAR, target).await?);
        let dry_run = json!({"action": "expire", "target": target, "mode": "plan"});
        let report = one(context::order(cloud, Function::SnapshotDatabase, &dry_run).await?)?;
        assert_eq!((outcome(&report), report.steps.len()), (("planned", "expired"), 5), "{report:?}");
        let after = (cloud.snapshots(HOME, target).await?, cloud.snapshots(FAR, target).await?);
        assert_eq!(after, before);

        let report = order(cloud, "expire", target).await?;
        assert_eq!((outcome(&report), report.steps.len()), (("acted", "expired"), 5), "{report:?}");
        // The newest of the week, and the newest two whatever their age: all are of this week.
        let (home, far) = (cloud.snapshots(HOME, target).await?, cloud.snapshots(FAR, target).await?);
        let nights = |snapshots: &[SeenSnapshot]| -> Vec<String> {
            snapshots.iter().map(|snapshot| snapshot.tag("lamplighter:command").to_owned()).collect()
        };
        assert_eq!(nights(&home), ["", "e2e-old-3", "e2e-old-4"]);
        assert!(home.contains(&foreign));
        assert_eq!(nights(&far), ["e2e-old-4"]);
        let again = order(cloud, "expire", target).await?;
        assert_eq!(outcome(&again), ("held", "nothing-to-expire"), "{again:?}");
        Ok(())
    });
}

#[test]
fn the_reconciliation_takes_what_was_missed_and_says_how_old_the_newest_snapshot_is() {
    with_cloud("age", async |cloud, _| {
        let report = order(cloud, "reconcile", "portfolio-db").await?;
        assert_eq!(outcome(&report), ("acted", "reconciled"), "{report:?}");
        let report = order(cloud, "reconcile", "portfolio-db").await?;
        assert_eq!(outcome(&report), ("acted", "reconciled"), "{report:?}");
        let report = order(cloud, "reconcile", "portfolio-db").await?;
        assert_eq!(outcome(&report), ("held", "in-order"), "{report:?}");
        for region in [HOME, FAR] {
            assert_eq!(cloud.snapshots(region, "portfolio-db").await?.len(), 1);
        }
        let backups = report.state.unwrap_or_default()["backups"].take();
        let rows: Vec<_> = backups.as_array().into_iter().flatten().collect();
        assert_eq!(rows.len(), 2, "{backups}");
        assert!(rows.iter().all(|row| row["good"] == 1 && row["within_objective"] == true), "{backups}");

        let seen = eventually(SOON, async || {
            let lines = cloud.log_lines(Function::SnapshotDatabase, "NewestSnapshotAge").await?;
            let lines: Vec<Value> = lines.iter().filter_map(|line| serde_json::from_str(line).ok()).collect();
            let told = |region: &str| {
                lines.iter().any(|line| {
                    line["target"] == "portfolio-db"
                        && line["region"] == region
                        && line["NewestSnapshotAge"].as_f64().is_some_and(|age| (0.0..3600.0).contains(&age))
                })
            };
            Ok((told(HOME) && told(FAR)).then_some(()))
        });
        assert!(seen.await?.is_some(), "no metric in the log");
        Ok(())
    });
}

#[test]
fn what_cannot_be_done_is_refused_by_name_and_is_not_delivered_again() {
    with_cloud("refusals", async |cloud, outcomes| {
        let report = deliver(cloud, outcomes, QUEUE, &nightly("e2e-db-gone")).await?;
        assert_eq!(outcome(&report), ("refused", "database-missing"), "{report:?}");
        assert!(report.why.text.contains("e2e-gone"), "{}", report.why.text);

        let report = deliver(cloud, outcomes, QUEUE, &nightly("e2e-db-locked")).await?;
        assert_eq!(outcome(&report), ("acted", "taken"), "{report:?}");
        let report = order(cloud, "copy", "e2e-db-locked").await?;
        assert_eq!(outcome(&report), ("refused", "kms-key-missing"), "{report:?}");
        assert_eq!(cloud.snapshots(FAR, "e2e-db-locked").await?, []);
        nothing_is_left(cloud).await
    });
}

#[test]
fn a_restore_drill_leaves_its_result_and_nothing_else() {
    with_cloud("drill", async |cloud, outcomes| {
        for (target, database) in
            [("e2e-db-drill", "instance/e2e-drilled"), ("e2e-db-drill-cluster", "cluster/e2e-drilled-aurora")]
        {
            deliver(cloud, outcomes, QUEUE, &nightly(target)).await?;
            let before = cloud.snapshots(HOME, target).await?;
            let report = order(cloud, "verify", target).await?;
            assert_eq!(outcome(&report), ("acted", "drill-started"), "{report:?}");
            let running = order(cloud, "verify", target).await?;
            assert_eq!(outcome(&running), ("held", "drill-running"), "{running:?}");

            let scratch = report.steps[0]["scratch"].as_str().unwrap_or_default();
            let mut passes = 0;
            let report = loop {
                let report = order(cloud, "reconcile", target).await?;
                if report.why.code != "reconciled" || passes == 3 {
                    break report;
                }
                passes += 1;
                let scratches = cloud.instances(scratch).await?;
                assert!(
                    scratches.values().all(|tags| tags.contains_key("lamplighter:drill")),
                    "{scratches:?}"
                );
            };
            assert_eq!(outcome(&report), ("acted", "drill-passed"), "{report:?}");
            assert!(cloud.instances(scratch).await?.is_empty());
            let saved = cloud.saved(&format!("drill/{target}/{database}")).await?.unwrap_or_default();
            assert_eq!((&saved["passed"], &saved["snapshot"]), (&json!(true), &json!(before[0].name)));
            assert_eq!(cloud.snapshots(HOME, target).await?, before);
        }
        Ok(())
    });
}

#[test]
fn every_event_of_databases_is_taken_from_the_bus() {
    with_cloud("database-rules", async |cloud, _| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../events/snapshot-database");
        let mut taken = 0;
        for file in std::fs::read_dir(folder)? {
            let file = file?.path();
            let event: Value = serde_json::from_str(&std::fs::read_to_string(&file)?)?;
            let Some(kind) = event["detail-type"].as_str() else { continue };
            let about = ["Snapshot", "Cluster Snapshot", "Instance", "Cluster"];
            let is_ours = about.iter().any(|about| kind == format!("RDS DB {about} Event"));
            let rules = cloud.rules_taking(&event).await?;
            let is_taken = rules.iter().any(|rule| rule == DATABASE_RULE);
            assert_eq!(is_taken, is_ours, "{} is taken by {rules:?}", file.display());
            taken += usize::from(is_taken);
        }
        assert!(taken >= 20, "{taken} events");
        Ok(())
    });
}

/// No command and no event waits, is in work or was given up.
async fn nothing_is_left(cloud: &Cloud) -> anyhow::Result<()> {
    let empty = eventually(SOON, async || {
        let mut left = 0;
        for queue in ["SnapshotDatabaseCommandsUrl", "DatabaseEventsUrl"] {
            let backlog = cloud.backlog(queue).await?;
            left += backlog.visible + backlog.in_flight;
        }
        for queue in [
            "SnapshotDatabaseCommandsDeadLettersUrl",
            "SnapshotDatabaseFailuresUrl",
            "DatabaseEventsDeadLettersUrl",
        ] {
            left += cloud.backlog(queue).await?.visible;
        }
        Ok((left == 0).then_some(()))
    });
    anyhow::ensure!(empty.await?.is_some(), "something is left in a queue");
    Ok(())
}
