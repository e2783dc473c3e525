//! What the ledger stops, and what goes on without it.

use expect_test::expect;
use shared::fault::FaultClass;
use shell::ledger::{Guard, Ledger as _, Pause};

use super::{INVOCATION, Stage, command, line, now, only, read, reconcile_all, scheduled};
use crate::examples::{hours, night, time, weather};

#[tokio::test]
async fn while_one_is_at_work_another_waits() {
    let stage = Stage::new();
    let until = stage.rds().now() + INVOCATION;
    let lease = Guard::Lease { target: "weather-db".to_owned(), owner: "m-9".to_owned(), until };
    now(stage.ledger().enter(&[lease], stage.rds().now())).unwrap();
    for action in ["take", "copy", "expire", "verify", "reconcile"] {
        let reports = stage.gets("r-1", &command("c-1", action)).await;
        assert_eq!(only(&reports), "failed lease-busy", "{action}");
        assert_eq!(reports[0].why.text, "another delivery works on the target: m-9");
    }
    assert!(stage.rds().take_calls().is_empty());
    // The other targets are not held up.
    let reports = stage.gets("r-2", &reconcile_all("hour-1")).await;
    expect![[r#"
        (quietly) failed reconcile weather-db: another delivery works on the target: m-9 (lease-busy)
          next: it is tried again when its message is delivered again; a direct caller sends it again
        acted reconcile platform-db: took 1 snapshot that was missed (reconciled)
          create-snapshot applied: {"cluster":"platform","snapshot":"platform-9e85b659ce320b5c"}
          next: RDS has it available in its time; the hourly `reconcile` looks after the rest
    "#]]
    .assert_eq(&read(&reports));
    stage.rds().advance(INVOCATION);
    assert_eq!(
        only(&stage.gets("r-1", &command("c-1", "take")).await),
        "acted taken: create-snapshot applied"
    );
}

#[tokio::test]
async fn whoever_is_done_gives_the_lease_back() {
    let stage = Stage::new();
    for (number, action) in ["take", "copy", "expire", "verify", "reconcile"].iter().enumerate() {
        stage.gets("r", &command(&format!("c-{number}"), action)).await;
        assert_eq!(stage.ledger().lease("weather-db"), None, "{action}");
    }
    stage.rds().fail_next_of("database", crate::examples::THROTTLED);
    stage.gets("r", &command("c-9", "take")).await;
    assert_eq!(stage.ledger().lease("weather-db"), None);
    stage.gets("r", &reconcile_all("hour-1")).await;
    assert_eq!((stage.ledger().lease("weather-db"), stage.ledger().lease("platform-db")), (None, None));
}

fn pause(scope: &str) -> Pause {
    Pause {
        scope: scope.to_owned(),
        since: time("21T11:00"),
        until: time("21T14:00"),
        reason: "migration".to_owned(),
        who: "ada".to_owned(),
    }
}

#[tokio::test]
async fn a_pause_stops_schedules_and_events_and_no_person() {
    for scope in ["all", "snapshot-database", "weather-db"] {
        let stage = Stage::new();
        now(stage.ledger().pause(&pause(scope))).unwrap();
        let reports = stage.gets("r-1", &scheduled(command("c-1", "take"))).await;
        assert_eq!(only(&reports), "refused paused", "{scope}");
        assert!(!reports[0].quiet, "a nightly snapshot that was not taken is told");
        let reports = stage.gets("r-2", &scheduled(command("c-2", "reconcile"))).await;
        assert_eq!((only(&reports).as_str(), reports[0].quiet), ("refused paused", true), "{scope}");
        assert!(stage.rds().take_calls().is_empty());
        let by_hand = only(&stage.gets("r-3", &command("c-3", "take")).await);
        assert_eq!(by_hand, "acted taken: create-snapshot applied", "{scope}");
        stage.rds().advance(hours(2));
        let late = only(&stage.gets("r-1", &scheduled(command("c-1", "take"))).await);
        assert_eq!(late, "acted taken: create-snapshot applied", "{scope}");
    }
}

#[tokio::test]
async fn a_pause_reads_like_one() {
    let stage = Stage::new();
    now(stage.ledger().pause(&pause("weather-db"))).unwrap();
    let reports = stage.gets("r-1", &reconcile_all("hour-1")).await;
    expect![[r#"
        (quietly) refused reconcile weather-db: paused for `weather-db` until 2026-11-21T14:00:00Z by ada: migration (paused)
          next: to end the pause, invoke route-alarm with {"action":"resume","scope":"weather-db"}
        acted reconcile platform-db: took 1 snapshot that was missed (reconciled)
          create-snapshot applied: {"cluster":"platform","snapshot":"platform-9e85b659ce320b5c"}
          next: RDS has it available in its time; the hourly `reconcile` looks after the rest
    "#]].assert_eq(&read(&reports));
}

#[tokio::test]
async fn while_the_ledger_is_silent_everything_waits() {
    for action in ["take", "copy", "expire", "verify", "reconcile"] {
        let stage = Stage::new();
        stage.ledger().fail_from_now_on(Some(FaultClass::Unavailable));
        let reports = stage.gets("r-1", &command("c-1", action)).await;
        assert_eq!(only(&reports), "failed ledger-unavailable", "{action}");
        assert!(stage.rds().take_calls().is_empty(), "{action}");
    }
}

/// What was done is done, although nobody could note it.
#[tokio::test]
async fn a_note_that_is_lost_costs_nothing() {
    let stage = Stage::new();
    stage.ledger().fail_next("mark", Some(FaultClass::Throttled));
    assert_eq!(
        only(&stage.gets("r-1", &command("c-1", "take")).await),
        "acted taken: create-snapshot applied"
    );
    assert_eq!(only(&stage.gets("r-1", &command("c-1", "take")).await), "held already-taken");
}

#[tokio::test]
async fn without_a_ledger_everything_works_but_drills() {
    for action in ["take", "copy", "expire", "verify", "reconcile"] {
        let stage = Stage::new().without_ledger();
        stage.has([10, 11, 18, 20].map(|day| night(&weather(), day)));
        let reports = stage.gets("r-1", &command("c-1", action)).await;
        let expected = match action {
            "verify" => "refused no-good-snapshot",
            "expire" => "held nothing-to-expire",
            _ => "acted ",
        };
        assert!(line(&reports[0]).starts_with(expected), "{action}: {}", line(&reports[0]));
    }
    let stage = Stage::with(super::drills::TARGETS).without_ledger();
    stage.has([night(&weather(), 20)]);
    let reports = stage.gets("r-1", &command("c-1", "verify")).await;
    expect![[r#"
        refused verify weather-db: instance `weather` has no good snapshot in us-west-2; a restore drill is noted in the ledger: set `LAMPLIGHTER_LEDGER_TABLE` (no-good-snapshot)
          next: send `take` with a `label`: it is copied to each Region as the playbook says now; `reconcile` says what is in the way
    "#]].assert_eq(&read(&reports));
}

/// `status` of the router tells what became of each target last.
#[tokio::test]
async fn what_was_done_is_noted_and_what_was_in_order_is_not() {
    let stage = Stage::new();
    stage.gets("r-1", &command("c-1", "take")).await;
    stage.rds().advance(hours(1));
    let overview = || now(stage.ledger().overview(stage.rds().now())).unwrap();
    let told = || {
        overview()
            .reports
            .iter()
            .map(|it| format!("{} {} {}", it.target, it.verdict, it.code))
            .collect::<Vec<_>>()
    };
    assert_eq!(told(), ["weather-db acted taken"]);
    stage.gets("r-2", &reconcile_all("hour-1")).await;
    stage.rds().advance(hours(1));
    stage.gets("r-3", &reconcile_all("hour-2")).await;
    expect![[r#"
        platform-db acted reconciled
        weather-db acted reconciled"#]]
    .assert_eq(&told().join("\n"));
}
