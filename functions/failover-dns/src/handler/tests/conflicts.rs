//! Somebody else is at the same thing, or AWS is asked too much: what is planned again, what is reported of it, and whose turn it is.

use expect_test::expect;
use serde_json::json;
use shared::fault::FaultClass;
use shared::kinds::dns::{Dns as Rule, StandbyObject, Strategy};
use shared::report::StepStatus;
use shell::ledger::{Entry, Guard, Ledger as _};

use super::Stage;
use crate::examples::{
    domains, health_check, now, routing_control, standby_object, target, targets, weights,
};
use crate::world::{Check, Dns as _, Meaning, Owner};

/// The object of the target that has one.
pub(super) fn object() -> StandbyObject {
    let Strategy::StandbyObject(object) = standby_object("").strategy else { panic!() };
    object
}

const CONFLICT: Meaning = Meaning::Common(FaultClass::Conflict);

const THROTTLED: Meaning = Meaning::Common(FaultClass::Throttled);

#[tokio::test]
async fn a_conflict_or_a_throttle_is_planned_again_twice_from_a_new_look() {
    for (met, times) in [CONFLICT, THROTTLED].into_iter().flat_map(|met| (0..4).map(move |n| (met, n))) {
        let stage = Stage::new(weights);
        for _ in 0..times {
            stage.dns().fail_next_of("change", met);
        }
        let report = stage.ordered("fail-over").await;
        let tally = stage.dns().tally();
        let rounds = times.min(2) + 1;
        assert_eq!((tally["sets"], tally["change"], tally["health"]), (rounds, rounds, rounds), "{met:?}");
        let code = match met {
            _ if times <= 2 => "failed-over",
            CONFLICT => "conflict",
            _ => "throttled",
        };
        assert_eq!(report.why.code, code, "{met:?} {times}");
        assert_eq!(report.verdict.as_str(), if times > 2 { "failed" } else { "acted" }, "{met:?} {times}");
    }
}

/// Whatever is asked to move traffic: it says no more than that it is asked too much.
#[tokio::test]
async fn a_change_that_was_throttled_is_made_within_the_same_delivery() {
    for (make, call) in CHANGES {
        let stage = Stage::new(make);
        stage.dns().fail_next_of(call, THROTTLED);
        let by_alarm = json!({"action": "fail-over", "target": target(), "origin": {"source": "alarm"}});
        let report = stage.gets(&by_alarm).await;
        assert_eq!(report.verdict.as_str(), "acted", "{call}: {report}");
        assert!(report.steps.iter().all(|step| step.status == StepStatus::Applied), "{call}: {report}");
        assert_eq!(stage.dns().tally()[call], 2, "{call}");
        // It is its own move: it goes back by itself.
        stage.passes(6);
        drop(stage.looks().await);
        let saved = stage.ledger().saved_value("dns/weather-www").unwrap();
        assert_eq!(saved["moves"][0]["unsure"], serde_json::Value::Null, "{call}: {saved}");
        assert_eq!(saved.get("begun"), None, "{call}: {saved}");
    }
}

type Make = fn(&str) -> Rule;

/// Each means, and what moves traffic by it.
const CHANGES: [(Make, &str); 6] = [
    (weights, "change"),
    (targets, "change"),
    (health_check, "set-check"),
    (standby_object, "put-object"),
    (routing_control, "set-controls"),
    (domains, "move-name"),
];

/// What it does not come to in time is left to the next delivery; its report says what has used the time up.
#[tokio::test]
async fn the_end_of_the_time_does_not_hide_what_was_met_before_it() {
    for (then, code) in [("sets", "throttled"), ("change", "throttled"), ("nothing", "failed-over")] {
        let stage = Stage::new(weights);
        stage.dns().fail_next_of("change", THROTTLED);
        // The look at the start is over when this comes.
        stage.dns().before("change", move |dns| dns.fail_next_of(then, Meaning::OutOfTime));
        let report = stage.ordered("fail-over").await;
        assert_eq!(report.why.code, code, "{then}: {report}");
    }
}

/// What was noted before the conflict is not told twice, and nothing is told that was undone.
#[tokio::test]
async fn the_steps_of_a_report_are_what_was_done_in_the_end() {
    let stage = Stage::new(weights);
    stage.dns().fail_next_of("change", CONFLICT);
    let report = stage.ordered("fail-over").await;
    let steps: String =
        report.steps.iter().map(|step| format!("{} {:?}\n", step.step, step.status)).collect();
    expect![[r#"
        save-before Applied
        change-records Applied
        note-move Applied
    "#]]
    .assert_eq(&steps);
}

#[tokio::test]
async fn who_finds_it_done_by_somebody_else_has_held() {
    let stage = Stage::new(health_check);
    let id = "99999999-2222-3333-4444-555555555555";
    stage.dns().before("set-check", move |dns| {
        let id = crate::fake::text(id);
        let known = dns.find_check(&id).unwrap();
        dns.put_check(&id, Check { version: 9, disabled: true, inverted: true, ..known });
    });
    let report = stage.ordered("fail-over").await;
    assert_eq!((report.verdict.as_str(), report.why.code), ("held", "already-there"));
    assert!(
        report.steps.iter().all(|step| step.step == "save-before" || step.step == "note-move"),
        "{:?}",
        report.steps
    );
    let now_free = stage.ledger().lease(target().as_str()).is_none_or(|(owner, _)| owner.is_empty());
    assert!(now_free, "{:?}", stage.ledger().lease(target().as_str()));
}

/// The one request that asks and acts at once says that it was there.
#[tokio::test]
async fn an_object_that_somebody_has_put_is_no_move_of_ours() {
    let stage = Stage::new(standby_object);
    stage.dns().before("put-object", |dns| dns.set_object(&object(), Some("by hand")));
    let report = stage.ordered("fail-over").await;
    assert_eq!((report.verdict.as_str(), report.why.code), ("held", "already-there"));
    let steps: Vec<_> = report.steps.iter().map(|step| (step.step, step.status)).collect();
    assert_eq!(steps, [("put-object", StepStatus::Already)]);
    assert_eq!(stage.ledger().saved_value("dns/weather-www"), None);
    let next = report.next.unwrap();
    assert!(next.contains("an operator sends `fail-back`"), "{next}");
}

/// The message comes again after a death between the request and its note; or its answer was lost on the way.
#[tokio::test]
async fn an_object_that_the_same_order_has_put_is_its_own_move() {
    let order =
        json!({"action": "fail-over", "target": target(), "id": "c-1", "origin": {"source": "alarm"}});
    for (by, delivery, is_own) in
        [("c-1", "request-1", true), ("c-2", "request-1", false), ("c-1", "of-another-stack", false)]
    {
        let stage = Stage::new(standby_object);
        let owner = Owner { order: crate::fake::text(by), delivery: Some(crate::fake::text(delivery)) };
        stage.dns().put_object(&object(), "there", &owner).await.unwrap();
        let report = stage.gets(&order).await;
        let said = if is_own { ("acted", "failed-over") } else { ("held", "already-there") };
        assert_eq!((report.verdict.as_str(), report.why.code), said, "{by} {delivery}");
        assert_eq!((report.before.is_some(), report.after.is_some()), (is_own, is_own), "{by} {delivery}");
        let put = report.steps.iter().find(|step| step.step == "put-object").unwrap();
        assert_eq!(put.status, StepStatus::Already);
        assert_eq!(stage.ledger().saved_value("dns/weather-www").is_some(), is_own, "{by} {delivery}");
        assert_eq!(report.next.unwrap().contains("it goes back"), is_own, "{by} {delivery}");
    }
}

/// What AWS has said no to was not made, whoever makes it afterwards: it is not taken back.
#[tokio::test]
async fn a_move_that_was_refused_is_not_noted_when_a_person_makes_it() {
    for meaning in [Meaning::SafetyRule, CONFLICT] {
        let stage = Stage::new(routing_control);
        let by_alarm =
            json!({"action": "fail-over", "target": target(), "id": "c-1", "origin": {"source": "alarm"}});
        for _ in 0..3 {
            stage.dns().fail_next_of("set-controls", meaning);
        }
        let report = stage.gets(&by_alarm).await;
        assert_eq!(report.steps.last().unwrap().step, "forget-begin", "{meaning:?}: {report}");
        let Strategy::RoutingControl { controls, .. } = routing_control("").strategy else { panic!() };
        stage.dns().set_control(&controls.primary, false);
        stage.dns().set_control(&controls.secondary, true);
        for _ in 0..40 {
            stage.passes(1);
            let looked = stage.looks().await;
            assert_eq!(looked.verdict.as_str(), "held", "{meaning:?}: {looked}");
        }
    }
}

/// Names are moved one by one, and some may have moved in an earlier delivery: the next look goes on with them.
#[tokio::test]
async fn a_name_that_was_refused_leaves_the_others_to_the_next_look() {
    let stage = Stage::new(domains);
    stage.dns().fail_next_of("move-name", Meaning::ChangeRefused);
    let report = stage.ordered("fail-over").await;
    assert_eq!((report.verdict.as_str(), report.why.code), ("refused", "change-refused"), "{report}");
    let saved = stage.ledger().saved_value("dns/weather-www").unwrap();
    assert!(saved["begun"].is_object(), "{saved}");
}

/// What the first delivery has seen is not forgotten because the second sees nothing.
#[tokio::test]
async fn who_saw_the_primary_before_it_died_is_sure_of_its_move() {
    let stage = Stage::new(routing_control);
    let by_alarm =
        json!({"action": "fail-over", "target": target(), "id": "c-1", "origin": {"source": "alarm"}});
    stage.dns().fail_next_of("set-controls", Meaning::OutOfTime);
    assert_eq!(stage.gets(&by_alarm).await.why.code, "deadline");
    stage.dns().fail_next_of("controls", Meaning::OutOfTime);
    assert_eq!(stage.gets(&by_alarm).await.why.code, "failed-over");
    let saved = stage.ledger().saved_value("dns/weather-www").unwrap();
    assert_eq!(saved["moves"][0]["unsure"], serde_json::Value::Null, "{saved}");
}

#[tokio::test]
async fn a_note_that_was_made_later_is_made() {
    let stage = Stage::new(weights);
    stage.dns().fail_next_of("change", CONFLICT);
    stage.ledger().fail_next("mark", Some(FaultClass::Unavailable));
    let report = stage.ordered("fail-over").await;
    assert_eq!(report.why.code, "failed-over");
    assert!(!report.to_string().contains("not noted"), "{report}");
}

#[tokio::test]
async fn the_lease_is_taken_for_a_move_and_given_back_whatever_comes_of_it() {
    let until = now() + jiff::SignedDuration::from_secs(20);
    let lease = |owner: &str| Guard::Lease { target: target().to_string(), owner: owner.to_owned(), until };
    for meaning in [
        None,
        Some(Meaning::Common(FaultClass::Denied)),
        Some(Meaning::ChangeRefused),
        Some(Meaning::OutOfTime),
    ] {
        let stage = Stage::new(weights);
        if let Some(meaning) = meaning {
            stage.dns().fail_next_of("change", meaning);
        }
        drop(stage.ordered("fail-over").await);
        let entered = stage.ledger().enter(&[lease("somebody")], now()).await.unwrap();
        assert_eq!(entered, Entry::Entered, "{meaning:?}");
        let busy = stage.ordered("fail-back").await;
        assert_eq!((busy.verdict.as_str(), busy.why.code), ("failed", "lease-busy"));
        assert!(busy.why.text.contains("somebody"), "{busy}");
        // Who only looks waits for nobody.
        assert_eq!(stage.ordered("status").await.why.code, "status");
        assert_eq!(stage.ordered("drill").await.verdict.as_str(), "held");
    }
}

/// The first to be asked differs from order to order, and from delivery to delivery of the same one.
#[test]
fn the_endpoint_that_was_dead_is_not_the_first_of_the_next_delivery() {
    let rule = routing_control("");
    let Strategy::RoutingControl { endpoints, .. } = &rule.strategy else { panic!() };
    let of = |id: &str, receives: u32| {
        let order = crate::examples::alarmed(&rule);
        let order = crate::order::Order { id: crate::fake::text(id), receives, ..order };
        let turn: Vec<_> = super::super::in_turn(&order, endpoints).into_iter().cloned().collect();
        turn
    };
    assert_eq!(of("c-1", 1), of("c-1", 1));
    for receives in 1..5 {
        let (this, next) = (of("c-1", receives), of("c-1", receives + 1));
        assert_ne!(this[0], next[0], "{receives}");
        assert_eq!(this.len(), endpoints.len());
    }
    assert_ne!(of("c-1", 1)[0], of("c-2", 1)[0]);
}
