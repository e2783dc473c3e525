//! A snapshot's way, from one order to the next, as an engineer on call reads it.

use expect_test::expect;
use serde_json::json;

use super::{Stage, command, line, minutes, only, read, reconcile_all, scheduled, to};
use crate::examples::{copy_of, failed, hours, instance_id, named, night, ours_of, weather, west};
use crate::fake::{cluster, instance};
use crate::world::Family;

#[tokio::test]
async fn a_snapshot_is_taken_copied_verified_and_expires() {
    let stage = Stage::new();
    let mut take = command("deploy-42", "take");
    (take["label"], take["reason"]) = (json!("before-release-42"), json!("release 42"));
    expect![[r#"
        acted take weather-db: took 1 snapshot (asked for because: release 42) (taken)
          create-snapshot applied: {"instance":"weather","snapshot":"weather-8c81b0344a0ea1e0","label":"before-release-42"}
          next: each is copied and verified when RDS has it available
    "#]].assert_eq(&read(&stage.gets("r-1", &take).await));
    expect![[r#"
        held copy weather-db: every snapshot that should be elsewhere is there or on its way (nothing-to-copy)
    "#]]
    .assert_eq(&read(&stage.gets("r-2", &command("c-2", "copy")).await));
    stage.rds().advance(minutes(5));
    expect![[r#"
        acted copy weather-db: began 1 copy (copying)
          copy-snapshot applied: {"instance":"weather","snapshot":"weather-8c81b0344a0ea1e0","to":"us-west-2"}
          next: each copy is verified when RDS has it available; the hourly `reconcile` looks after the rest
    "#]]
    .assert_eq(&read(&stage.gets("r-3", &command("c-3", "copy")).await));
    expect![[r#"
        refused verify weather-db: instance `weather` has no good snapshot in us-west-2 (no-good-snapshot)
          next: send `take` with a `label`: it is copied to each Region as the playbook says now; `reconcile` says what is in the way
    "#]]
    .assert_eq(&read(&stage.gets("r-4", &command("c-4", "verify")).await));
    stage.rds().advance(minutes(30));
    expect![[r#"
        held verify weather-db: 2 snapshots are as they should be (verified)
    "#]]
    .assert_eq(&read(&stage.gets("r-5", &command("c-5", "verify")).await));
    expect![[r#"
        held expire weather-db: 2 snapshots are kept (nothing-to-expire)
    "#]]
    .assert_eq(&read(&stage.gets("r-6", &command("c-6", "expire")).await));
    // Two more nights, and four days: two are kept whatever their age.
    for night in 0..3 {
        stage.gets("r", &command(&format!("night-{night}"), "take")).await;
        stage.rds().advance(hours(24));
        stage.gets("r", &command(&format!("night-copy-{night}"), "copy")).await;
    }
    stage.rds().advance(hours(72));
    expect![[r#"
        acted expire weather-db: deleted 5 snapshots (expired)
          delete-snapshot applied: {"instance":"weather","snapshot":"weather-4c48433ab7061842","region":"us-west-2","because":"expired"}
          delete-snapshot applied: {"instance":"weather","snapshot":"weather-8c81b0344a0ea1e0","region":"us-west-2","because":"expired"}
          delete-snapshot applied: {"instance":"weather","snapshot":"weather-c3fddbaa0a51f137","region":"us-west-2","because":"expired"}
          delete-snapshot applied: {"instance":"weather","snapshot":"weather-4c48433ab7061842","region":"us-east-1","because":"expired"}
          delete-snapshot applied: {"instance":"weather","snapshot":"weather-8c81b0344a0ea1e0","region":"us-east-1","because":"expired"}
    "#]].assert_eq(&read(&stage.gets("r-7", &command("c-7", "expire")).await));
    expect![[r#"
        us-east-1 weather-bccce52c752d6ede available
        us-east-1 weather-c3fddbaa0a51f137 available
        us-west-2 weather-bccce52c752d6ede available
    "#]]
    .assert_eq(&stage.snapshots());
}

#[tokio::test]
async fn reconcile_does_all_of_it_without_any_other_order() {
    let stage = Stage::new();
    let mut lines = Vec::new();
    for hour in 0..30 {
        let reports = stage.gets("r", &reconcile_all(&format!("hour-{hour}"))).await;
        for report in reports.iter().filter(|report| !report.quiet) {
            lines.push(format!("{hour} {}: {}\n", report.subject.target, line(report)));
        }
        stage.rds().advance(hours(1));
    }
    expect![[r#"
        0 platform-db: acted reconciled: create-snapshot applied
        0 weather-db: acted reconciled: create-snapshot applied
        1 weather-db: acted reconciled: copy-snapshot applied
        25 platform-db: acted reconciled: create-snapshot applied
        25 weather-db: acted reconciled: create-snapshot applied
        26 weather-db: acted reconciled: copy-snapshot applied
    "#]]
    .assert_eq(&lines.concat());
    assert_eq!(stage.rds().over_budget(), 0);
}

#[tokio::test]
async fn where_nothing_is_next_it_is_quiet() {
    let stage = Stage::new();
    for _ in 0..4 {
        stage.gets("r", &reconcile_all("hour")).await;
        stage.rds().advance(minutes(40));
    }
    let before = stage.picture();
    let reports = stage.gets("r-1", &reconcile_all("hour-1")).await;
    expect![[r#"
        (quietly) held reconcile platform-db: nothing is to be taken, copied or deleted (in-order)
        (quietly) held reconcile weather-db: nothing is to be taken, copied or deleted (in-order)
    "#]]
    .assert_eq(&read(&reports));
    assert_eq!(stage.picture(), before);
    // Whoever asks in person is told.
    let asked = stage.gets("r-2", &command("c-1", "reconcile")).await;
    assert!(!asked[0].quiet);
    assert_eq!(only(&asked), "held in-order");
}

#[tokio::test]
async fn a_failed_copy_is_cleared_away_and_begun_again() {
    let stage = Stage::new();
    stage.has([night(&weather(), 21)]);
    stage.rds().put_snapshot(&west(), failed(copy_of(&night(&weather(), 21), &west())));
    expect![[r#"
        acted reconcile weather-db: deleted 1 snapshot; snapshot `weather-21` of instance `weather` in us-west-2 has failed; RDS does not say why (reconciled)
          delete-snapshot applied: {"instance":"weather","snapshot":"weather-21","region":"us-west-2","because":"failed"}
    "#]].assert_eq(&read(&stage.gets("r-1", &scheduled(command("c-1", "reconcile"))).await));
    expect![[r#"
        acted reconcile weather-db: began 1 copy (reconciled)
          copy-snapshot applied: {"instance":"weather","snapshot":"weather-21","to":"us-west-2"}
          next: each copy is verified when RDS has it available; the hourly `reconcile` looks after the rest
    "#]]
    .assert_eq(&read(&stage.gets("r-2", &scheduled(command("c-2", "reconcile"))).await));
}

#[tokio::test]
async fn a_failed_snapshot_is_taken_again_and_again_until_one_is_good() {
    let stage = Stage::new();
    stage.rds().fail_some(1000, 0);
    for hour in 0..5 {
        let report = only(&stage.gets("r", &command(&format!("c-{hour}"), "reconcile")).await);
        assert!(report.starts_with("acted reconciled: create-snapshot applied"), "{hour}: {report}");
        stage.rds().advance(hours(1));
        // RDS takes its time to say that nothing came of it.
        stage.rds().change_database(&weather(), |it| "available".clone_into(&mut it.database.status));
    }
    stage.rds().fail_some(0, 0);
    stage.gets("r", &command("c-9", "reconcile")).await;
    stage.rds().advance(minutes(10));
    expect![[r#"
        acted reconcile weather-db: began 1 copy (reconciled)
          copy-snapshot applied: {"instance":"weather","snapshot":"weather-74fbf3ad51a94ecc","to":"us-west-2"}
          next: each copy is verified when RDS has it available; the hourly `reconcile` looks after the rest
    "#]]
    .assert_eq(&read(&stage.gets("r", &command("c-10", "reconcile")).await));
}

#[tokio::test]
async fn automated_snapshots_are_copied_where_the_playbook_says_so() {
    let stage = Stage::with(
        "
  weather-db:
    kind: database
    instance: weather
    snapshots: copy-automated
    retention: {days: 3}
",
    );
    expect![[r#"
        refused take weather-db: instance `weather` has no automated snapshot that could be copied (no-automated-snapshot)
          next: give the database a backup retention period, or say `snapshots: take`
    "#]].assert_eq(&read(&stage.gets("r-1", &command("c-1", "take")).await));
    stage.rds().back_up(&weather());
    expect![[r#"
        acted take weather-db: took 1 snapshot; automated ones are copied, with the data of 2026-11-21T12:00:00Z or newer (taken)
          copy-snapshot applied: {"instance":"weather","snapshot":"weather-e0f1ba65fad7346f","to":"us-east-1"}
          next: RDS has it available in its time; the hourly `reconcile` looks after the rest
    "#]]
    .assert_eq(&read(&stage.gets("r-2", &command("c-2", "take")).await));
    expect![[r#"
        held take weather-db: nothing was taken; of 1 database RDS has made no automated snapshot since the last was copied, with the data of 2026-11-21T12:00:00Z or newer (already-copied)
          next: for a snapshot of this moment, send `take` with a `label`: then RDS takes one
    "#]]
    .assert_eq(&read(&stage.gets("r-3", &command("c-3", "take")).await));
}

#[tokio::test]
async fn what_a_tag_selects_is_in_the_report() {
    let stage = Stage::of(
        "
  fleet-db:
    kind: database
    all-tagged: {backup: nightly}
    except: [scrap]
    retention: {days: 3}
",
    );
    for database in [instance("a"), instance("scrap"), cluster("c")] {
        stage.rds().put(database.tagged("backup", "nightly"));
    }
    stage.rds().put(instance("untagged"));
    let reports = stage.gets("r-1", &to("fleet-db", "c-1", "reconcile")).await;
    expect![[r#"
        acted reconcile fleet-db: took 2 snapshots that were missed (reconciled)
          create-snapshot applied: {"instance":"a","snapshot":"a-fc89dcf1adbdb764"}
          create-snapshot applied: {"cluster":"c","snapshot":"c-e7376eded134c2ba"}
          next: RDS has it available in its time; the hourly `reconcile` looks after the rest
    "#]]
    .assert_eq(&read(&reports));
    let state = reports[0].state.as_ref().unwrap();
    expect![[r#"
        {
          "backups": [
            {
              "instance": "a",
              "region": "us-east-1",
              "good": 0,
              "within_objective": false
            },
            {
              "cluster": "c",
              "region": "us-east-1",
              "good": 0,
              "within_objective": false
            }
          ],
          "not_selected": [
            {
              "instance": "scrap",
              "because": "excepted"
            },
            {
              "instance": "untagged",
              "because": "without the tag"
            }
          ],
          "as_of": "before"
        }"#]]
    .assert_eq(&format!("{state:#}"));
}

/// What an operator sees in the playbook's other targets: nothing of them.
#[tokio::test]
async fn expiry_leaves_alone_what_is_not_of_its_target() {
    let stage = Stage::new();
    stage.has([16, 17, 20, 21].map(|day| night(&weather(), day)));
    stage.has([ours_of(named("metrics-db"), &weather(), "of-metrics", "01T01:30")]);
    stage.has([night(&instance_id("other"), 1)]);
    for day in [20, 21] {
        stage.rds().put_snapshot(&west(), copy_of(&night(&weather(), day), &west()));
    }
    expect![[r#"
        acted expire weather-db: deleted 2 snapshots (expired)
          delete-snapshot applied: {"instance":"weather","snapshot":"weather-17","region":"us-east-1","because":"expired"}
          delete-snapshot applied: {"instance":"weather","snapshot":"weather-16","region":"us-east-1","because":"expired"}
    "#]].assert_eq(&read(&stage.gets("r-1", &command("c-1", "expire")).await));
    expect![[r#"
        us-east-1 of-metrics available
        us-east-1 other-01 available
        us-east-1 weather-20 available
        us-east-1 weather-21 available
        us-west-2 weather-20 available
        us-west-2 weather-21 available
    "#]]
    .assert_eq(&stage.snapshots());
    assert_eq!(stage.rds().in_flight(&west(), Family::Instance), 0);
}
