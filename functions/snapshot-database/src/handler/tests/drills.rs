//! Restore drills, from the order to the last trace of the scratch database.

use expect_test::expect;
use shared::fault::FaultClass;

use super::mortal::Death;
use super::{Stage, command, line, minutes, only, read, reconcile_all, scheduled, to};
use crate::examples::{cluster_id, home, hours, named, night, ours, ours_of, readable, weather};
use crate::fake::{Span, Times, instance};
use crate::world::{DatabaseId, Family, Meaning};

/// An instance and a cluster, both with drills.
pub(super) const TARGETS: &str = "
  weather-db:
    kind: database
    instance: weather
    retention: {days: 3}
    copies: [{region: us-west-2, retention: {days: 2}}]
    verify: {restore-drill: monthly, restore-objective: 4h}
  platform-db:
    kind: database
    cluster: platform
    retention: {days: 3}
    verify: {restore-drill: quarterly}
";

/// Both with a good snapshot, and the instance without copies.
fn ready() -> Stage {
    let stage =
        Stage::with(&TARGETS.replace("    copies: [{region: us-west-2, retention: {days: 2}}]\n", ""));
    let platform = ours_of(named("platform-db"), &cluster_id("platform"), "platform-21", "21T01:30");
    stage.has([night(&weather(), 21), platform]);
    stage
}

fn scratches(stage: &Stage) -> Vec<DatabaseId> {
    let all = stage.rds().all_databases().into_iter().map(|database| database.id);
    all.filter(|id| id.name.starts_with("lamplighter-drill-")).collect()
}

#[tokio::test]
async fn a_drill_of_an_instance_from_the_order_to_the_last_trace() {
    let stage = ready();
    let mut text = read(&stage.gets("r-1", &scheduled(command("verify-1", "verify"))).await);
    text += &read(&stage.gets("r-2", &scheduled(command("verify-1", "verify"))).await);
    text += &read(&stage.gets("r-3", &scheduled(command("hour-1", "reconcile"))).await);
    stage.rds().advance(minutes(20));
    let passed = stage.gets("r-4", &scheduled(command("hour-2", "reconcile"))).await;
    text += &read(&passed);
    text += &read(&stage.gets("r-5", &scheduled(command("hour-3", "reconcile"))).await);
    text += &read(&stage.gets("r-1", &scheduled(command("verify-1", "verify"))).await);
    text += &read(&stage.gets("r-6", &scheduled(command("verify-2", "verify"))).await);
    expect![[r#"
        acted verify weather-db: began to restore the newest good snapshot of instance `weather` (drill-started)
          restore-scratch applied: {"instance":"weather","snapshot":"weather-21","scratch":"lamplighter-drill-41bdb6bc2978e94c"}
          next: the scratch database is deleted as soon as it is available, or when its time is over
        held verify weather-db: a restore drill of instance `weather` is going on (drill-running)
        (quietly) held reconcile weather-db: nothing is to be taken, copied or deleted (in-order)
        acted reconcile weather-db: snapshot `weather-21` of instance `weather` was restored in 20m at most, within the objective of 4h (drill-passed)
          note-drill applied: {"instance":"weather","snapshot":"weather-21","passed":true,"seconds":1200}
          delete-scratch applied: {"instance":"weather","scratch":"lamplighter-drill-41bdb6bc2978e94c"}
        (quietly) held reconcile weather-db: nothing is to be taken, copied or deleted (in-order)
        held verify weather-db: 1 snapshot is as it should be (verified)
        held verify weather-db: 1 snapshot is as it should be (verified)
    "#]].assert_eq(&text);
    assert_eq!(scratches(&stage), []);
    let measured: Vec<_> = passed[0].gauges.iter().map(|gauge| (gauge.name, gauge.value)).collect();
    let drill = [("RestoreDrillFailed", 0.0), ("RestoreDuration", 1200.0)];
    assert_eq!(measured, [[("NewestSnapshotAge", 39_000.0)].as_slice(), &drill].concat());
    expect![[r#"
        {
          "at": "2026-11-21T12:20:00Z",
          "command": "verify-1",
          "snapshot": "weather-21",
          "passed": true,
          "seconds": 1200
        }"#]]
    .assert_eq(&readable(&format!(
        "{:#}",
        stage.ledger().saved_value("drill/weather-db/instance/weather").unwrap()
    )));
    // A month later the next one replaces the note.
    stage.rds().advance(hours(24 * 28));
    stage.has([ours(&weather(), "newer", "30T01:30")]);
    let next = only(&stage.gets("r-7", &scheduled(command("verify-3", "verify"))).await);
    assert_eq!(next, "acted drill-started: restore-scratch applied");
    stage.rds().advance(minutes(20));
    stage.gets("r-8", &scheduled(command("hour-9", "reconcile"))).await;
    let noted = stage.ledger().saved_value("drill/weather-db/instance/weather").unwrap();
    assert_eq!(noted["command"], "verify-3");
}

#[tokio::test]
async fn a_drill_of_a_cluster_gives_it_an_instance_and_takes_both_away() {
    let stage = ready();
    let mut text = read(&stage.gets("r-1", &to("platform-db", "verify-1", "verify")).await);
    for hour in 0..4 {
        stage.rds().advance(minutes(20));
        text += &read(&stage.gets("r", &to("platform-db", &format!("hour-{hour}"), "reconcile")).await);
    }
    expect![[r#"
        acted verify platform-db: began to restore the newest good snapshot of cluster `platform` (drill-started)
          restore-scratch applied: {"cluster":"platform","snapshot":"platform-21","scratch":"lamplighter-drill-835d644c6dc4d776"}
          next: the scratch database is deleted as soon as it is available, or when its time is over
        acted reconcile platform-db: went on with a restore drill (reconciled)
          add-scratch-member applied: {"cluster":"platform","scratch":"lamplighter-drill-835d644c6dc4d776-1"}
          next: the scratch database is deleted as soon as it is available, or when its time is over
        acted reconcile platform-db: snapshot `platform-21` of cluster `platform` was restored in 40m at most (drill-passed)
          note-drill applied: {"cluster":"platform","snapshot":"platform-21","passed":true,"seconds":2400}
          delete-scratch applied: {"cluster":"platform","scratch":"lamplighter-drill-835d644c6dc4d776-1"}
          delete-scratch applied: {"cluster":"platform","scratch":"lamplighter-drill-835d644c6dc4d776"}
        held reconcile platform-db: nothing is to be taken, copied or deleted (in-order)
        held reconcile platform-db: nothing is to be taken, copied or deleted (in-order)
    "#]].assert_eq(&text);
    assert_eq!(scratches(&stage), []);
}

#[tokio::test]
async fn a_drill_whose_time_is_over_has_failed_and_is_cleaned_up() {
    let stage = ready();
    let times = Times { restore: Span::minutes(60 * 20), ..Times::default() };
    stage.rds().set_times(times);
    stage.gets("r-1", &command("verify-1", "verify")).await;
    stage.rds().advance(hours(8));
    let mut text = read(&stage.gets("r-2", &scheduled(command("hour-1", "reconcile"))).await);
    stage.rds().advance(hours(11));
    text += &read(&stage.gets("r-3", &scheduled(command("hour-2", "reconcile"))).await);
    stage.rds().advance(hours(1));
    text += &read(&stage.gets("r-4", &scheduled(command("hour-3", "reconcile"))).await);
    expect![[r#"
        acted reconcile weather-db: the restore drill failed: no database came of snapshot `weather-21` of instance `weather` in 8h; 1 of 2 steps were applied; failed to delete-scratch instance lamplighter-drill-41bdb6bc2978e94c: made to fail (drill-failed)
          note-drill applied: {"instance":"weather","snapshot":"weather-21","passed":false,"seconds":28800}
          delete-scratch failed: {"instance":"weather","scratch":"lamplighter-drill-41bdb6bc2978e94c","error":"failed to delete-scratch instance lamplighter-drill-41bdb6bc2978e94c: made to fail"}
          next: look at the events of the scratch database in RDS, then send `verify` for another drill; else the next schedule of it tries again
        acted reconcile weather-db: 1 of 2 steps were applied; failed to delete-scratch instance lamplighter-drill-41bdb6bc2978e94c: made to fail (reconciled)
          create-snapshot applied: {"instance":"weather","snapshot":"weather-f152ac191d0ab63a"}
          delete-scratch failed: {"instance":"weather","scratch":"lamplighter-drill-41bdb6bc2978e94c","error":"failed to delete-scratch instance lamplighter-drill-41bdb6bc2978e94c: made to fail"}
          next: look at it in the RDS console; the next look tries again to delete it
        acted reconcile weather-db: went on with a restore drill (reconciled)
          delete-scratch applied: {"instance":"weather","scratch":"lamplighter-drill-41bdb6bc2978e94c"}
    "#]].assert_eq(&text);
    assert_eq!(scratches(&stage), []);
}

/// Whatever dies between the order and the last trace, the next look goes on.
#[tokio::test]
async fn at_whatever_call_it_dies_a_drill_is_noted_once_and_leaves_no_trace() {
    for (target, noted, looks) in [
        ("weather-db", "drill/weather-db/instance/weather", 3),
        ("platform-db", "drill/platform-db/cluster/platform", 5),
    ] {
        for death in [Death::Before, Death::After] {
            let mut died = true;
            for call in 0.. {
                if !std::mem::take(&mut died) {
                    break;
                }
                let case = format!("{target} dies {death:?} call {call} of each look");
                let stage = ready();
                let mut ends = Vec::new();
                for look in 0..looks * 2 {
                    let order = if look < 2 {
                        to(target, "verify-1", "verify")
                    } else {
                        scheduled(to(target, &format!("hour-{look}"), "reconcile"))
                    };
                    if look % 2 == 0 {
                        stage.mortal.dies_at(call, death);
                    } else {
                        died |= stage.mortal.revives();
                        stage.rds().advance(minutes(1));
                    }
                    let reports = stage.gets("r", &order).await;
                    ends.extend(reports.iter().map(line).filter(|it| it.starts_with("acted drill-passed")));
                    if look % 2 == 1 {
                        stage.rds().advance(minutes(20));
                    }
                }
                stage.gets("r", &scheduled(to(target, "last", "reconcile"))).await;
                assert_eq!(scratches(&stage), [], "{case}");
                let restores =
                    stage.rds().effects().iter().filter(|effect| effect.starts_with("restore")).count();
                assert_eq!(restores, 1, "{case}: {:?}", stage.rds().effects());
                assert!(ends.len() <= 2, "{case}: {ends:?}");
                let saved = stage.ledger().saved_value(noted);
                assert_eq!(saved.unwrap()["passed"], true, "{case}");
            }
        }
    }
}

#[tokio::test]
async fn nothing_is_deleted_before_it_is_noted() {
    let stage = ready();
    stage.gets("r-1", &command("verify-1", "verify")).await;
    stage.rds().advance(minutes(20));
    stage.ledger().fail_next("mark", Some(FaultClass::Throttled));
    let reports = stage.gets("r-2", &scheduled(command("hour-1", "reconcile"))).await;
    expect![[r#"
        failed reconcile weather-db: 0 of 2 steps were applied; failed to note the drill: failed to mark the ledger: made to fail (throttled)
          note-drill failed: {"instance":"weather","snapshot":"weather-21","passed":true,"seconds":1200,"error":"failed to note the drill: failed to mark the ledger: made to fail"}
          delete-scratch not-attempted: {"instance":"weather","scratch":"lamplighter-drill-41bdb6bc2978e94c"}
          next: it is tried again when its message is delivered again; a direct caller sends it again
    "#]].assert_eq(&read(&reports));
    assert!(reports[0].gauges.iter().all(|gauge| gauge.name != "RestoreDuration"), "it is measured once");
    let again = only(&stage.gets("r-3", &scheduled(command("hour-2", "reconcile"))).await);
    assert_eq!(again, "acted drill-passed: note-drill applied, delete-scratch applied");
}

#[tokio::test]
async fn a_note_that_nobody_can_read_is_written_anew() {
    let stage = ready();
    stage.gets("r-1", &command("verify-1", "verify")).await;
    stage.ledger().spoil("drill/weather-db/instance/weather", "is no JSON");
    stage.rds().advance(minutes(20));
    let report = only(&stage.gets("r-2", &scheduled(command("hour-1", "reconcile"))).await);
    assert_eq!(report, "acted drill-passed: note-drill applied, delete-scratch applied");
    assert_eq!(
        stage.ledger().saved_value("drill/weather-db/instance/weather").unwrap()["command"],
        "verify-1"
    );
}

/// While it is restored, its snapshot expires otherwise: it stays, and goes after the drill.
#[tokio::test]
async fn the_snapshot_of_a_drill_stays_until_the_drill_is_over() {
    let stage = ready();
    let times = Times { restore: Span::minutes(60 * 7), ..Times::default() };
    stage.rds().set_times(times);
    stage.rds().remove_snapshot(&home(), Family::Instance, &night(&weather(), 21).name);
    stage.has([ours(&weather(), "weather-old", "18T14:00")]);
    stage.gets("r-1", &command("verify-1", "verify")).await;
    stage.gets("r-2", &command("take-1", "take")).await;
    stage.rds().advance(hours(4));
    assert_eq!(only(&stage.gets("r-3", &command("c-3", "expire")).await), "held nothing-to-expire");
    stage.rds().advance(hours(3));
    let passed = only(&stage.gets("r-4", &scheduled(command("hour-1", "reconcile"))).await);
    assert!(
        passed.starts_with("acted drill-too-slow: note-drill applied, delete-scratch applied"),
        "{passed}"
    );
    assert_eq!(
        only(&stage.gets("r-5", &command("c-5", "expire")).await),
        "acted expired: delete-snapshot applied"
    );
}

#[tokio::test]
async fn what_cannot_be_restored_now_is_tried_again() {
    let stage = ready();
    stage.rds().fail_next_of("restore", Meaning::WrongState);
    let reports = stage.gets("r-1", &scheduled(command("verify-1", "verify"))).await;
    expect![[r#"
        failed verify weather-db: 0 of 1 steps were applied; failed to restore instance lamplighter-drill-41bdb6bc2978e94c from weather-21: made to fail (wrong-state)
          restore-scratch failed: {"instance":"weather","snapshot":"weather-21","scratch":"lamplighter-drill-41bdb6bc2978e94c","error":"failed to restore instance lamplighter-drill-41bdb6bc2978e94c from weather-21: made to fail"}
          next: it is tried again when its message is delivered again; a direct caller sends it again
    "#]].assert_eq(&read(&reports));
    let again = only(&stage.gets("r-1", &scheduled(command("verify-1", "verify"))).await);
    assert_eq!(again, "acted drill-started: restore-scratch applied");
}

/// What RDS refuses for good is a drill that has failed: at the next one it is another database's turn.
#[tokio::test]
async fn a_restore_that_is_refused_for_good_is_noted_and_the_next_is_of_another_database() {
    let stage = Stage::of(
        "
  fleet-db:
    kind: database
    all-tagged: {backup: nightly}
    retention: {days: 30}
    verify: {restore-drill: monthly}
",
    );
    for name in ["a", "b"] {
        stage.rds().put(instance(name).tagged("backup", "nightly"));
    }
    stage.gets("r-1", &to("fleet-db", "c-1", "take")).await;
    stage.rds().advance(minutes(10));
    stage.rds().fail_next_of("restore", Meaning::KeyUnusable);
    let refused = stage.gets("r-2", &scheduled(to("fleet-db", "verify-1", "verify"))).await;
    expect![[r#"
        refused verify fleet-db: nothing could be done; failed to restore instance lamplighter-drill-209fe81a3b49bbd1 from a-5323c833a2364f72: made to fail (key-unusable)
          restore-scratch failed: {"instance":"a","snapshot":"a-5323c833a2364f72","scratch":"lamplighter-drill-209fe81a3b49bbd1","error":"failed to restore instance lamplighter-drill-209fe81a3b49bbd1 from a-5323c833a2364f72: made to fail"}
          next: it is noted as a drill that has failed; repair the cause, then send `verify`: the next drill is of another database, if there is one
    "#]].assert_eq(&read(&refused));
    assert!(refused[0].gauges.iter().any(|it| (it.name, it.value) == ("RestoreDrillFailed", 1.0)));
    assert_eq!(stage.ledger().saved_value("drill/fleet-db/instance/a").unwrap()["passed"], false);
    // The same order once more begins none.
    let again = only(&stage.gets("r-2", &scheduled(to("fleet-db", "verify-1", "verify"))).await);
    assert_eq!(again, "held verified");
    let next = stage.gets("r-3", &scheduled(to("fleet-db", "verify-2", "verify"))).await;
    assert_eq!(only(&next), "acted drill-started: restore-scratch applied");
    assert_eq!(next[0].steps[0].details["instance"], "b");
}

/// Where that cannot be noted, the order comes again.
#[tokio::test]
async fn a_restore_that_is_refused_and_not_noted_comes_again() {
    let stage = ready();
    stage.rds().fail_next_of("restore", Meaning::KeyUnusable);
    stage.ledger().fail_next("mark", Some(FaultClass::Throttled));
    let refused = only(&stage.gets("r-1", &scheduled(command("verify-1", "verify"))).await);
    assert_eq!(refused, "failed throttled: restore-scratch failed");
}

/// A drill is ended, noted and told once, though its target has become an instance, or wants no drills any more.
#[tokio::test]
async fn a_drill_ends_once_though_the_playbook_wants_none_any_more() {
    let mut stage = ready();
    stage.gets("r-1", &command("verify-1", "verify")).await;
    stage.rds().advance(minutes(20));
    stage.playbook = Stage::of(
        &TARGETS
            .replace("    verify: {restore-drill: monthly, restore-objective: 4h}\n", "")
            .replace("    copies: [{region: us-west-2, retention: {days: 2}}]\n", ""),
    )
    .playbook;
    stage.rds().fail_next_of("delete-scratch", Meaning::WrongState);
    let ends = only(&stage.gets("r-2", &scheduled(command("hour-1", "reconcile"))).await);
    assert_eq!(ends, "acted drill-passed: note-drill applied, delete-scratch failed");
    let ends = only(&stage.gets("r-3", &scheduled(command("hour-2", "reconcile"))).await);
    assert_eq!(ends, "acted reconciled: delete-scratch applied");
}

/// In the run that ends the drill it is no news that RDS is not ready; at the next it is.
#[tokio::test]
async fn a_scratch_database_that_does_not_go_is_told() {
    let stage = ready();
    stage.gets("r-1", &command("verify-1", "verify")).await;
    stage.rds().advance(minutes(20));
    for (hour, expected) in [
        ("hour-1", "acted drill-passed: note-drill applied, delete-scratch failed"),
        ("hour-2", "refused wrong-state: delete-scratch failed"),
        ("hour-3", "acted reconciled: delete-scratch applied"),
    ] {
        if hour != "hour-3" {
            stage.rds().fail_next_of("delete-scratch", Meaning::WrongState);
        }
        let reports = stage.gets("r", &scheduled(command(hour, "reconcile"))).await;
        assert_eq!((only(&reports).as_str(), reports[0].quiet), (expected, false));
    }
}

/// The scratch database is an instance like others, with its source's tags perhaps: it is nobody's to back up.
#[tokio::test]
async fn a_scratch_database_is_never_backed_up() {
    let stage = Stage::of(
        "
  fleet-db:
    kind: database
    all-tagged: {backup: nightly}
    retention: {days: 3}
    verify: {restore-drill: monthly}
",
    );
    stage.rds().put(instance("weather").tagged("backup", "nightly"));
    stage.gets("r-1", &to("fleet-db", "c-1", "take")).await;
    stage.rds().advance(minutes(10));
    stage.gets("r-2", &to("fleet-db", "c-2", "verify")).await;
    let [scratch] = scratches(&stage).try_into().unwrap();
    stage.rds().change_database(&scratch, |it| {
        drop(it.database.tags.insert("backup".to_owned(), "nightly".to_owned()))
    });
    let reports = stage.gets("r-3", &to("fleet-db", "c-3", "take")).await;
    assert_eq!(only(&reports), "acted taken: create-snapshot applied");
    let quietly = stage.gets("r-4", &reconcile_all("hour-1")).await;
    assert_eq!(only(&quietly), "held in-order");
}
