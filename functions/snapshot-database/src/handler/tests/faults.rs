//! What does not work, for one database, for one Region, or at all.

use expect_test::{Expect, expect};
use shared::fault::FaultClass;

use super::{Stage, command, minutes, only, read, reconcile_all, scheduled, to};
use crate::examples::{THROTTLED, copy_of, failed, home, hours, night, weather, west};
use crate::fake::instance;
use crate::world::{Family, Meaning};

/// Three instances with a tag, copied to `us-west-2`.
fn fleet() -> Stage {
    let stage = Stage::of(
        "
  fleet-db:
    kind: database
    all-tagged: {backup: nightly}
    retention: {days: 3}
    copies: [{region: us-west-2, retention: {days: 2}}]
",
    );
    for name in ["a", "b", "c"] {
        stage.rds().put(instance(name).tagged("backup", "nightly"));
    }
    stage
}

#[tokio::test]
async fn one_database_that_fails_does_not_stop_the_others() {
    let stage = fleet();
    stage.rds().fail_next_of("create instance b", THROTTLED);
    expect![[r#"
        failed take fleet-db: 2 of 3 steps were applied; failed to create instance b b-81795cbf9045ade8: made to fail (partly)
          create-snapshot applied: {"instance":"a","snapshot":"a-5323c833a2364f72"}
          create-snapshot failed: {"instance":"b","snapshot":"b-81795cbf9045ade8","error":"failed to create instance b b-81795cbf9045ade8: made to fail"}
          create-snapshot applied: {"instance":"c","snapshot":"c-62466a828c473f5c"}
          next: it is tried again when its message is delivered again; a direct caller sends it again
    "#]].assert_eq(&read(&stage.gets("r-1", &to("fleet-db", "c-1", "take")).await));
    expect![[r#"
        acted take fleet-db: took 1 snapshot (taken)
          create-snapshot applied: {"instance":"b","snapshot":"b-81795cbf9045ade8"}
          next: each is copied and verified when RDS has it available
    "#]]
    .assert_eq(&read(&stage.gets("r-1", &to("fleet-db", "c-1", "take")).await));
    stage.rds().advance(minutes(10));
    stage.rds().fail_next_of("copy us-west-2 instance b", Meaning::KeyUnusable);
    expect![[r#"
        failed copy fleet-db: 2 of 3 steps were applied; failed to copy us-west-2 instance b-81795cbf9045ade8: made to fail (partly)
          copy-snapshot applied: {"instance":"c","snapshot":"c-62466a828c473f5c","to":"us-west-2"}
          copy-snapshot failed: {"instance":"b","snapshot":"b-81795cbf9045ade8","to":"us-west-2","error":"failed to copy us-west-2 instance b-81795cbf9045ade8: made to fail"}
          copy-snapshot applied: {"instance":"a","snapshot":"a-5323c833a2364f72","to":"us-west-2"}
          next: it will fail again until the cause is repaired; then redrive the dead-letter queue, if it is not too late for it, or send it again
    "#]].assert_eq(&read(&stage.gets("r-2", &to("fleet-db", "c-2", "copy")).await));
}

#[tokio::test]
async fn what_fails_says_whether_it_comes_again() {
    for (meaning, expected) in [
        (THROTTLED, "failed throttled"),
        (Meaning::Common(FaultClass::Unavailable), "failed unavailable"),
        (Meaning::Common(FaultClass::Denied), "failed access-denied"),
        (Meaning::WrongState, "failed wrong-state"),
        (Meaning::NameTaken, "failed name-taken"),
        (Meaning::OutOfTime, "failed deadline"),
        (Meaning::QuotaReached, "refused snapshot-quota"),
    ] {
        let stage = Stage::new();
        stage.rds().fail_next_of("create", meaning);
        let report = only(&stage.gets("r-1", &command("c-1", "take")).await);
        assert_eq!(report, format!("{expected}: create-snapshot failed"));
        let again = only(&stage.gets("r-1", &command("c-1", "take")).await);
        assert_eq!(again, "acted taken: create-snapshot applied", "after {expected}");
    }
}

#[tokio::test]
async fn what_cannot_be_seen_is_told_and_comes_again() {
    for (call, expected) in [
        (
            "database",
            expect![[r#"
                failed take weather-db: failed to database instance weather: made to fail (throttled)
                  next: it is tried again when its message is delivered again; a direct caller sends it again
            "#]],
        ),
        (
            "snapshots us-east-1",
            expect![[r#"
                failed take weather-db: us-east-1 could not be seen: failed to snapshots us-east-1 instance weather: made to fail (throttled)
                  next: it is tried again when its message is delivered again; a direct caller sends it again
            "#]],
        ),
        // RDS refuses by itself what a quota does not allow.
        (
            "quotas",
            expect![[r#"
                acted take weather-db: took 1 snapshot (taken)
                  create-snapshot applied: {"instance":"weather","snapshot":"weather-09a1559d2512ba27"}
                  next: each is copied and verified when RDS has it available
            "#]],
        ),
    ] {
        let stage = Stage::new();
        stage.rds().fail_next_of(call, THROTTLED);
        expected.assert_eq(&read(&stage.gets("r-1", &command("c-1", "take")).await));
    }
}

#[tokio::test]
async fn there_is_no_time_for_more() {
    let stage = fleet();
    stage.rds().fail_next_of("create instance b", Meaning::OutOfTime);
    expect![[r#"
        failed take fleet-db: 1 of 3 steps were applied; failed to create instance b b-81795cbf9045ade8: made to fail (partly)
          create-snapshot applied: {"instance":"a","snapshot":"a-5323c833a2364f72"}
          create-snapshot failed: {"instance":"b","snapshot":"b-81795cbf9045ade8","error":"failed to create instance b b-81795cbf9045ade8: made to fail"}
          create-snapshot not-attempted: {"instance":"c","snapshot":"c-62466a828c473f5c"}
          next: it is tried again when its message is delivered again; a direct caller sends it again
    "#]].assert_eq(&read(&stage.gets("r-1", &to("fleet-db", "c-1", "take")).await));
    let again = only(&stage.gets("r-1", &to("fleet-db", "c-1", "take")).await);
    assert_eq!(again, "acted taken: create-snapshot applied, create-snapshot applied");
}

async fn full(hides: bool, expected: Expect) {
    let stage = Stage::new();
    stage.has([15, 16, 17, 18].map(|day| night(&weather(), day)));
    for day in [17, 18] {
        stage.rds().put_snapshot(&west(), copy_of(&night(&weather(), day), &west()));
    }
    stage.is_full(4);
    if hides {
        stage.rds().hide_quotas();
    }
    let mut text = String::new();
    for hour in 0..3 {
        let order = scheduled(command(&format!("hour-{hour}"), "reconcile"));
        text += &read(&stage.gets("r", &order).await);
        stage.rds().advance(hours(1));
    }
    expected.assert_eq(&text);
}

/// What has expired goes although nothing can be taken: so there is room again. Whether RDS tells the quota or not.
#[tokio::test]
async fn a_full_quota_comes_free_by_itself() {
    full(false, expect![[r#"
        acted reconcile weather-db: deleted 3 snapshots; no snapshot of instance `weather` in us-east-1: there are 4 manual instance snapshots, as many as the quota allows (reconciled)
          delete-snapshot applied: {"instance":"weather","snapshot":"weather-17","region":"us-west-2","because":"expired"}
          delete-snapshot applied: {"instance":"weather","snapshot":"weather-16","region":"us-east-1","because":"expired"}
          delete-snapshot applied: {"instance":"weather","snapshot":"weather-15","region":"us-east-1","because":"expired"}
          next: raise the quota of manual snapshots in Service Quotas, or keep fewer of them
        acted reconcile weather-db: took 1 snapshot that was missed (reconciled)
          create-snapshot applied: {"instance":"weather","snapshot":"weather-eaa11d90a9fc21a7"}
          next: each is copied and verified when RDS has it available
        acted reconcile weather-db: began 1 copy, deleted 1 snapshot (reconciled)
          copy-snapshot applied: {"instance":"weather","snapshot":"weather-eaa11d90a9fc21a7","to":"us-west-2"}
          delete-snapshot applied: {"instance":"weather","snapshot":"weather-17","region":"us-east-1","because":"expired"}
          next: each copy is verified when RDS has it available; the hourly `reconcile` looks after the rest
    "#]]).await;
    full(true, expect![[r#"
        acted reconcile weather-db: 3 of 4 steps were applied; failed to create instance weather weather-e16825a2e1fd6134: made to fail (reconciled)
          create-snapshot failed: {"instance":"weather","snapshot":"weather-e16825a2e1fd6134","error":"failed to create instance weather weather-e16825a2e1fd6134: made to fail"}
          delete-snapshot applied: {"instance":"weather","snapshot":"weather-17","region":"us-west-2","because":"expired"}
          delete-snapshot applied: {"instance":"weather","snapshot":"weather-16","region":"us-east-1","because":"expired"}
          delete-snapshot applied: {"instance":"weather","snapshot":"weather-15","region":"us-east-1","because":"expired"}
          next: raise the quota of manual snapshots in Service Quotas, or keep fewer of them
        acted reconcile weather-db: took 1 snapshot that was missed (reconciled)
          create-snapshot applied: {"instance":"weather","snapshot":"weather-eaa11d90a9fc21a7"}
          next: each is copied and verified when RDS has it available
        acted reconcile weather-db: began 1 copy, deleted 1 snapshot (reconciled)
          copy-snapshot applied: {"instance":"weather","snapshot":"weather-eaa11d90a9fc21a7","to":"us-west-2"}
          delete-snapshot applied: {"instance":"weather","snapshot":"weather-17","region":"us-east-1","because":"expired"}
          next: each copy is verified when RDS has it available; the hourly `reconcile` looks after the rest
    "#]]).await;
}

#[tokio::test]
async fn a_full_quota_is_said_by_name() {
    let stage = Stage::new();
    stage.has([20, 21].map(|day| night(&weather(), day)));
    stage.is_full(2);
    expect![[r#"
        refused take weather-db: no snapshot of instance `weather` in us-east-1: there are 2 manual instance snapshots, as many as the quota allows (snapshot-quota)
          next: raise the quota of manual snapshots in Service Quotas, or keep fewer of them
    "#]].assert_eq(&read(&stage.gets("r-1", &command("c-1", "take")).await));
    stage.rds().hide_quotas();
    expect![[r#"
        refused take weather-db: nothing could be done; failed to create instance weather weather-63a8fc44fddcf0d1: made to fail (snapshot-quota)
          create-snapshot failed: {"instance":"weather","snapshot":"weather-63a8fc44fddcf0d1","error":"failed to create instance weather weather-63a8fc44fddcf0d1: made to fail"}
          next: raise the quota of manual snapshots in Service Quotas, or keep fewer of them
    "#]].assert_eq(&read(&stage.gets("r-2", &command("c-2", "take")).await));
    // There too: both copies are wanted, and there is room for one.
    stage.rds().set_quota(&west(), Family::Instance, 1);
    expect![[r#"
        acted copy weather-db: 1 of 2 steps were applied; failed to copy us-west-2 instance weather-20: made to fail (copying)
          copy-snapshot applied: {"instance":"weather","snapshot":"weather-21","to":"us-west-2"}
          copy-snapshot failed: {"instance":"weather","snapshot":"weather-20","to":"us-west-2","error":"failed to copy us-west-2 instance weather-20: made to fail"}
          next: raise the quota of manual snapshots in Service Quotas, or keep fewer of them
    "#]].assert_eq(&read(&stage.gets("r-3", &command("c-3", "copy")).await));
}

/// A snapshot that RDS does not give up now, for whatever reason, keeps none of the others.
#[tokio::test]
async fn one_that_cannot_be_deleted_now_keeps_no_other() {
    let stage = Stage::new();
    stage.has([10, 11, 12, 20, 21].map(|day| night(&weather(), day)));
    for day in [20, 21] {
        stage.rds().put_snapshot(&west(), copy_of(&night(&weather(), day), &west()));
    }
    stage.rds().fail_next_of(
        &format!("delete us-east-1 instance {}", night(&weather(), 10).name),
        Meaning::WrongState,
    );
    expect![[r#"
        acted expire weather-db: 2 of 3 steps were applied; failed to delete us-east-1 instance weather-10: made to fail (expired)
          delete-snapshot applied: {"instance":"weather","snapshot":"weather-11","region":"us-east-1","because":"expired"}
          delete-snapshot applied: {"instance":"weather","snapshot":"weather-12","region":"us-east-1","because":"expired"}
          delete-snapshot failed: {"instance":"weather","snapshot":"weather-10","region":"us-east-1","because":"expired","error":"failed to delete us-east-1 instance weather-10: made to fail"}
    "#]].assert_eq(&read(&stage.gets("r-1", &command("c-1", "expire")).await));
    expect![[r#"
        acted expire weather-db: deleted 1 snapshot (expired)
          delete-snapshot applied: {"instance":"weather","snapshot":"weather-10","region":"us-east-1","because":"expired"}
    "#]].assert_eq(&read(&stage.gets("r-2", &command("c-2", "expire")).await));
}

#[tokio::test]
async fn one_region_that_cannot_be_seen_does_not_stop_the_others() {
    let stage = Stage::new();
    stage.rds().fail_next_of("snapshots us-west-2", THROTTLED);
    let reports = stage.gets("r-1", &reconcile_all("hour-1")).await;
    expect![[r#"
        acted reconcile platform-db: took 1 snapshot that was missed (reconciled)
          create-snapshot applied: {"cluster":"platform","snapshot":"platform-9e85b659ce320b5c"}
          next: RDS has it available in its time; the hourly `reconcile` looks after the rest
        failed reconcile weather-db: took 1 snapshot that was missed; us-west-2 could not be seen: failed to snapshots us-west-2 instance: made to fail (partly)
          create-snapshot applied: {"instance":"weather","snapshot":"weather-5300b97361880c34"}
          next: it is tried again when its message is delivered again; a direct caller sends it again
    "#]].assert_eq(&read(&reports));
    let measured = |target: usize| {
        reports[target].gauges.iter().map(|it| it.dimensions[1].1.clone()).collect::<Vec<_>>()
    };
    assert_eq!(measured(0), Vec::<String>::new(), "no database was ever made, as far as RDS tells");
    assert_eq!(measured(1), Vec::<String>::new());
}

#[tokio::test]
async fn while_a_region_is_silent_nothing_at_home_expires_for_it() {
    let stage = Stage::new();
    stage.has([17, 20, 21].map(|day| night(&weather(), day)));
    stage.rds().fail_next_of("snapshots us-west-2", THROTTLED);
    expect![[r#"
        failed expire weather-db: us-west-2 could not be seen: failed to snapshots us-west-2 instance weather: made to fail; `weather-17` is kept, as us-west-2 has no good copy of it yet (throttled)
          next: it is tried again when its message is delivered again; a direct caller sends it again
    "#]].assert_eq(&read(&stage.gets("r-1", &command("c-1", "expire")).await));
    assert_eq!(stage.rds().all_snapshots(&home(), crate::world::Origin::Manual).len(), 3);
}

/// RDS has one word for a full quota and for too many copies in progress; it tells of the quota that it is not full.
#[tokio::test]
async fn a_copy_that_rds_puts_off_waits_its_turn() {
    let stage = Stage::new();
    stage.has([20, 21].map(|day| night(&weather(), day)));
    let n21 = night(&weather(), 21).name;
    stage.rds().fail_next_of(&format!("copy us-west-2 instance {n21}"), Meaning::QuotaReached);
    expect![[r#"
        held copy weather-db: no copy can be begun now; 1 more to us-west-2 wait: at most 20 copies of instance snapshots go there at once (copies-waiting)
          copy-snapshot failed: {"instance":"weather","snapshot":"weather-21","to":"us-west-2","error":"failed to copy us-west-2 instance weather-21: made to fail"}
          copy-snapshot not-attempted: {"instance":"weather","snapshot":"weather-20","to":"us-west-2"}
    "#]].assert_eq(&read(&stage.gets("r-1", &command("c-1", "copy")).await));
    let n20 = night(&weather(), 20).name;
    stage.rds().fail_next_of(&format!("copy us-west-2 instance {n20}"), Meaning::QuotaReached);
    expect![[r#"
        acted copy weather-db: 1 of 2 steps were applied; 1 more to us-west-2 wait: at most 20 copies of instance snapshots go there at once (copying)
          copy-snapshot applied: {"instance":"weather","snapshot":"weather-21","to":"us-west-2"}
          copy-snapshot failed: {"instance":"weather","snapshot":"weather-20","to":"us-west-2","error":"failed to copy us-west-2 instance weather-20: made to fail"}
          next: each copy is verified when RDS has it available; the hourly `reconcile` looks after the rest
    "#]].assert_eq(&read(&stage.gets("r-2", &command("c-2", "copy")).await));
}

/// Nobody can do anything with a failed snapshot: that it cannot be deleted passes by itself no more.
#[tokio::test]
async fn a_failed_snapshot_that_cannot_be_deleted_is_told() {
    let stage = Stage::new();
    stage.has([night(&weather(), 21), failed(night(&weather(), 20))]);
    stage.rds().put_snapshot(&west(), copy_of(&night(&weather(), 21), &west()));
    stage.rds().fail_next_of("delete us-east-1", Meaning::WrongState);
    expect![[r#"
        refused reconcile weather-db: nothing could be done; failed to delete us-east-1 instance weather-20: made to fail; snapshot `weather-20` of instance `weather` in us-east-1 has failed; RDS does not say why (wrong-state)
          delete-snapshot failed: {"instance":"weather","snapshot":"weather-20","region":"us-east-1","because":"failed","error":"failed to delete us-east-1 instance weather-20: made to fail"}
          next: look at it in the RDS console; the next look tries again to delete it
    "#]].assert_eq(&read(&stage.gets("r-1", &scheduled(command("c-1", "reconcile"))).await));
}
