//! The reconciling schedule: it ends what is overdue, and is quiet otherwise.

use serde_json::{Value, json};
use shared::fault::FaultClass;
use shared::report::Report;
use shell::ledger::Ledger as _;

use super::{Stage, at, boost, command, line, now, only, park};
use crate::examples::{boosted, size, tasks};

fn reconcile(id: &str) -> Value {
    json!({"action": "reconcile", "id": id, "origin": {"source": "schedule"}})
}

/// Both services under a boost from 9:00 to 9:30.
async fn under_boosts() -> Stage {
    let stage = Stage::new();
    let mut order = command("b-1", &boost(2));
    order["target"] = "both".into();
    stage.gets("09:00:00", "r-1", &order).await;
    assert_eq!((stage.size(), stage.other_size()), (size(4, 4, 8), tasks(4)));
    stage
}

fn lines(reports: &[Report]) -> Vec<String> {
    let told = |report: &Report| if report.quiet { "quietly " } else { "" };
    let lines = reports.iter().map(|it| format!("{}{}: {}", told(it), it.subject.target, line(it)));
    lines.collect()
}

#[tokio::test]
async fn where_nothing_is_overdue_it_is_quiet() {
    let stage = Stage::new();
    assert_eq!(
        lines(&stage.gets("09:00:00", "r-1", &reconcile("t-1")).await),
        ["quietly none: held nothing-overdue"]
    );
    assert!(stage.services().take_calls().is_empty());
    let stage = under_boosts().await;
    for time in ["09:15:00", "09:30:00", "09:31:59"] {
        let reports = stage.gets(time, "r-2", &reconcile(time)).await;
        assert_eq!(lines(&reports), ["quietly none: held nothing-overdue"], "{time}");
    }
}

#[tokio::test]
async fn boosts_whose_end_never_came_are_ended() {
    let stage = under_boosts().await;
    let reports = stage.gets("09:32:00", "r-2", &reconcile("t-1")).await;
    assert_eq!(
        lines(&reports),
        [
            "api: acted boost-ended: set-bounds applied, set-desired applied, forget-size applied",
            "worker: acted boost-ended: set-desired applied, forget-size applied"
        ]
    );
    assert_eq!((stage.size(), stage.other_size()), (size(3, 2, 8), tasks(2)));
    assert!(reports.iter().all(|report| report.subject.correlation == "b-1"));
    let again = stage.gets("09:47:00", "r-3", &reconcile("t-2")).await;
    assert_eq!(lines(&again), ["quietly none: held nothing-overdue"]);
}

#[tokio::test]
async fn the_end_and_the_reconciliation_act_once_whoever_is_first() {
    let stage = under_boosts().await;
    let [end, _] = stage.services().schedules().try_into().unwrap();
    let first = only(&stage.gets("09:32:00", "end", &end.input).await);
    assert!(first.starts_with("acted boost-ended"), "{first}");
    let reports = stage.gets("09:32:01", "r-2", &reconcile("t-1")).await;
    assert_eq!(lines(&reports).len(), 1, "worker only: {:?}", lines(&reports));
    assert_eq!((stage.size(), stage.other_size()), (size(3, 2, 8), tasks(2)));

    let stage = under_boosts().await;
    stage.gets("09:32:00", "r-2", &reconcile("t-1")).await;
    let once = stage.snapshot();
    for end in stage.services().schedules() {
        let late = only(&stage.gets("09:33:00", "end", &end.input).await);
        assert_eq!(late, "held already-done");
    }
    assert_eq!(stage.snapshot(), once);
}

/// The end comes at whatever call of the reconciliation, in a process of its own.
#[tokio::test]
async fn the_end_and_the_reconciliation_act_once_at_the_same_moment_too() {
    let mut visits = 0;
    for call in 1.. {
        let stage = std::rc::Rc::new(under_boosts().await);
        let [end, _] = stage.services().schedules().try_into().unwrap();
        let theirs = std::rc::Rc::new(std::cell::RefCell::new(None));
        let (visitor, told) = (std::rc::Rc::clone(&stage), std::rc::Rc::clone(&theirs));
        stage.mortal.before(call, move |_| {
            let reports = now(visitor.gets("09:32:00", "end", &end.input));
            *told.borrow_mut() = Some(only(&reports));
        });
        let reports = stage.gets("09:32:00", "r-2", &reconcile("t-1")).await;
        let Some(theirs) = theirs.take() else { break };
        visits += 1;
        let ours = lines(&reports);
        let acted = ours.iter().filter(|line| line.starts_with("api: acted")).count()
            + usize::from(theirs.starts_with("acted"));
        assert_eq!(acted, 1, "before call {call}: {ours:?}, {theirs}");
        assert_eq!((stage.size(), stage.other_size()), (size(3, 2, 8), tasks(2)), "before call {call}");
        assert!(stage.memory().is_empty(), "before call {call}");
    }
    assert!(visits > 8, "{visits}");
}

#[tokio::test]
async fn a_service_that_left_the_playbook_is_named() {
    let stage = Stage::new();
    let memory = boosted(tasks(2), tasks(4), &[("b-1", 4, "2026-11-21T08:00:00Z")]);
    now(stage.ledger().save("service/gone", &json!(memory))).unwrap();
    let reports = stage.gets("09:00:00", "r-1", &reconcile("t-1")).await;
    assert_eq!(lines(&reports), ["gone: refused unknown-target"]);
    assert!(reports[0].why.lasts);
    assert!(reports[0].why.text.contains("boost `b-1` of `gone` is over since 2026-11-21T08:00:00Z"));
    assert!(reports[0].next.as_ref().unwrap().contains("playbook"));
}

#[tokio::test]
async fn one_that_cannot_be_read_does_not_stop_the_others() {
    let stage = under_boosts().await;
    now(stage.ledger().save("service/aaa", &json!("?"))).unwrap();
    stage.ledger().spoil("service/bbb", "is no JSON");
    let reports = stage.gets("09:32:00", "r-2", &reconcile("t-1")).await;
    let [aaa, bbb, api, worker] = lines(&reports).try_into().unwrap();
    assert_eq!(
        [aaa.as_str(), bbb.as_str()],
        ["aaa: refused saved-unreadable", "bbb: refused saved-unreadable"]
    );
    let words = "the value saved under `service/bbb` is no JSON";
    assert!(reports[1].why.text.ends_with(words), "{}", reports[1].why.text);
    assert!(reports[1].next.as_ref().unwrap().contains("`service/bbb`"), "{:?}", reports[1].next);
    assert!(api.starts_with("api: acted") && worker.starts_with("worker: acted"), "{api}, {worker}");
    assert_eq!(stage.size(), size(3, 2, 8));
}

#[tokio::test]
async fn a_parked_service_has_nothing_overdue() {
    let stage = under_boosts().await;
    stage.gets("09:10:00", "r-2", &command("p-1", &park())).await;
    let reports = stage.gets("09:32:00", "r-3", &reconcile("t-1")).await;
    assert_eq!(reports.len(), 1);
    assert_eq!(reports[0].subject.target, "worker");
    assert_eq!(stage.size().desired, 0);
}

#[tokio::test]
async fn while_the_ledger_or_ecs_is_silent_it_comes_again() {
    let stage = under_boosts().await;
    stage.ledger().fail_next("saved-under", Some(FaultClass::Unavailable));
    let reports = stage.gets("09:32:00", "r-2", &reconcile("t-1")).await;
    assert_eq!(lines(&reports), ["none: failed ledger-unavailable"]);
    stage.services().fail_next("observe", Some(FaultClass::Throttled));
    let reports = stage.gets("09:32:00", "r-2", &reconcile("t-1")).await;
    assert_eq!(lines(&reports), ["api: failed throttled", "worker: failed throttled"]);
    let reports = stage.gets("09:47:00", "r-3", &reconcile("t-2")).await;
    assert_eq!(reports.len(), 2);
    assert_eq!((stage.size(), stage.other_size()), (size(3, 2, 8), tasks(2)));
}

#[tokio::test]
async fn a_pause_holds_it_back_quietly_and_only_until_its_end() {
    let stage = under_boosts().await;
    let pause = shell::ledger::Pause {
        scope: "api".to_owned(),
        since: at("09:00:00"),
        until: at("10:00:00"),
        reason: "release".to_owned(),
        who: "ada".to_owned(),
    };
    now(stage.ledger().pause(&pause)).unwrap();
    let reports = stage.gets("09:32:00", "r-2", &reconcile("t-1")).await;
    assert_eq!(lines(&reports)[0], "quietly api: refused paused");
    let reports = stage.gets("10:02:00", "r-3", &reconcile("t-2")).await;
    assert!(lines(&reports)[0].starts_with("api: acted boost-ended"), "{:?}", lines(&reports));
}

#[tokio::test]
async fn a_dry_run_says_what_it_would_end() {
    let stage = under_boosts().await;
    let (world, records) = (stage.snapshot(), stage.ledger().size());
    let mut wish = reconcile("t-1");
    wish["mode"] = "plan".into();
    let reports = stage.gets("09:32:00", "r-2", &wish).await;
    assert!(lines(&reports)[0].starts_with("api: planned boost-ended"), "{:?}", lines(&reports));
    assert_eq!((stage.snapshot(), stage.ledger().size()), (world, records));
}
