//! Dry runs: they say what would be done, and leave no trace.

use expect_test::{Expect, expect};
use shell::ledger::{Guard, Ledger as _};

use super::{INVOCATION, Stage, command, now, read, reconcile_all};
use crate::examples::{copy_of, night, weather, west};

async fn dry(action: &str, expected: Expect) {
    let stage = Stage::with(super::drills::TARGETS);
    stage.has([10, 11, 18, 20].map(|day| night(&weather(), day)));
    stage.rds().put_snapshot(&west(), copy_of(&night(&weather(), 18), &west()));
    // Somebody else is at work, which does not matter here.
    let until = stage.rds().now() + INVOCATION;
    let lease = Guard::Lease { target: "weather-db".to_owned(), owner: "m-9".to_owned(), until };
    now(stage.ledger().enter(&[lease], stage.rds().now())).unwrap();
    let (before, records) = (stage.picture(), stage.ledger().size());
    let mut order = command("c-1", action);
    order["mode"] = "plan".into();
    let reports = stage.gets("r-1", &order).await;
    expected.assert_eq(&read(&reports));
    assert!(reports[0].gauges.is_empty(), "{action}: what is only looked at is not measured");
    assert_eq!(stage.rds().effects(), Vec::<String>::new(), "{action}");
    assert_eq!((stage.picture(), stage.ledger().size()), (before, records), "{action}");
    assert_eq!(
        stage.ledger().lease("weather-db").map(|(owner, _)| owner).as_deref(),
        Some("m-9"),
        "{action}"
    );
}

#[tokio::test]
async fn a_dry_run_says_what_would_be_done_and_does_nothing() {
    dry(
        "take",
        expect![[r#"
            planned take weather-db: if carried out: took 1 snapshot (taken)
              create-snapshot planned: {"instance":"weather","snapshot":"weather-09a1559d2512ba27"}
              next: nothing was changed; send the command without `mode: plan` to carry it out
        "#]],
    )
    .await;
    dry(
        "copy",
        expect![[r#"
        planned copy weather-db: if carried out: began 1 copy (copying)
          copy-snapshot planned: {"instance":"weather","snapshot":"weather-20","to":"us-west-2"}
          next: nothing was changed; send the command without `mode: plan` to carry it out
    "#]],
    )
    .await;
    dry("expire", expect![[r#"
        planned expire weather-db: if carried out: deleted 3 snapshots (expired)
          delete-snapshot planned: {"instance":"weather","snapshot":"weather-18","region":"us-east-1","because":"expired"}
          delete-snapshot planned: {"instance":"weather","snapshot":"weather-11","region":"us-east-1","because":"expired"}
          delete-snapshot planned: {"instance":"weather","snapshot":"weather-10","region":"us-east-1","because":"expired"}
          next: nothing was changed; send the command without `mode: plan` to carry it out
    "#]]).await;
    dry("verify", expect![[r#"
        planned verify weather-db: if carried out: began to restore the newest good snapshot of instance `weather` (drill-started)
          restore-scratch planned: {"instance":"weather","snapshot":"weather-20","scratch":"lamplighter-drill-d3155019b306953d"}
          next: nothing was changed; send the command without `mode: plan` to carry it out
    "#]]).await;
    dry("reconcile", expect![[r#"
        planned reconcile weather-db: if carried out: took 1 snapshot that was missed, began 1 copy, deleted 3 snapshots (reconciled)
          create-snapshot planned: {"instance":"weather","snapshot":"weather-fb6dfb75cddd1dc7"}
          copy-snapshot planned: {"instance":"weather","snapshot":"weather-20","to":"us-west-2"}
          delete-snapshot planned: {"instance":"weather","snapshot":"weather-18","region":"us-east-1","because":"expired"}
          delete-snapshot planned: {"instance":"weather","snapshot":"weather-11","region":"us-east-1","because":"expired"}
          delete-snapshot planned: {"instance":"weather","snapshot":"weather-10","region":"us-east-1","because":"expired"}
          next: nothing was changed; send the command without `mode: plan` to carry it out
    "#]]).await;
}

#[tokio::test]
async fn a_dry_run_of_all_targets_is_one_of_each() {
    let stage = Stage::new();
    let mut wish = reconcile_all("hour-1");
    wish["mode"] = "plan".into();
    let reports = stage.gets("r-1", &wish).await;
    expect![[r#"
        planned reconcile platform-db: if carried out: took 1 snapshot that was missed (reconciled)
          create-snapshot planned: {"cluster":"platform","snapshot":"platform-9e85b659ce320b5c"}
          next: nothing was changed; send the command without `mode: plan` to carry it out
        planned reconcile weather-db: if carried out: took 1 snapshot that was missed (reconciled)
          create-snapshot planned: {"instance":"weather","snapshot":"weather-5300b97361880c34"}
          next: nothing was changed; send the command without `mode: plan` to carry it out
    "#]]
    .assert_eq(&read(&reports));
    assert_eq!((stage.rds().effects().len(), stage.ledger().size()), (0, 0));
}

/// The drill has ended, whether anybody notes it or not.
#[tokio::test]
async fn a_dry_run_does_not_say_of_a_drill_that_has_ended_that_it_would() {
    let stage = Stage::with(super::drills::TARGETS);
    stage.has([night(&weather(), 21)]);
    stage.gets("r-1", &command("verify-1", "verify")).await;
    stage.rds().advance(jiff::SignedDuration::from_mins(20));
    let mut order = command("c-1", "reconcile");
    order["mode"] = "plan".into();
    expect![[r#"
        planned reconcile weather-db: snapshot `weather-21` of instance `weather` was restored in 20m at most, within the objective of 4h; if carried out: noted it, deleted the scratch database; began 1 copy (drill-passed)
          copy-snapshot planned: {"instance":"weather","snapshot":"weather-21","to":"us-west-2"}
          note-drill planned: {"instance":"weather","snapshot":"weather-21","passed":true,"seconds":1200}
          delete-scratch planned: {"instance":"weather","scratch":"lamplighter-drill-41bdb6bc2978e94c"}
          next: nothing was changed; send the command without `mode: plan` to carry it out
    "#]].assert_eq(&read(&stage.gets("r-2", &order).await));
}
