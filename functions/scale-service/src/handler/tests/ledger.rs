//! What the ledger stops, and what goes on without it.

use expect_test::expect;
use serde_json::json;
use shared::fault::FaultClass;
use shell::ledger::{Guard, Ledger as _, Pause};

use super::mortal::Death;
use super::{INVOCATION, Stage, at, boost, command, end_of, line, now, only, park, profile, restore, set};
use crate::examples::size;

#[tokio::test]
async fn while_one_is_at_work_another_waits() {
    let stage = Stage::new();
    let until = at("09:00:00") + INVOCATION;
    let lease = Guard::Lease { target: "api".to_owned(), owner: "m-9".to_owned(), until };
    now(stage.ledger().enter(&[lease], at("09:00:00"))).unwrap();
    let size_before = stage.snapshot();
    let reports = stage.gets("09:00:30", "r-1", &command("c-1", &set(5))).await;
    assert_eq!(only(&reports), "failed lease-busy");
    assert!(reports[0].why.text.contains("delivery m-9 works on it"), "{}", reports[0].why.text);
    assert!(stage.services().take_calls().is_empty());
    assert_eq!(stage.snapshot(), size_before);
    let later = only(&stage.gets("09:01:00", "r-1", &command("c-1", &set(5))).await);
    assert_eq!(later, "acted set: set-desired applied");
}

/// At whatever call of one delivery another order comes, it does not come between.
#[tokio::test]
async fn no_order_comes_between_two_calls_of_another() {
    let mut visits = 0;
    for call in 1.. {
        let stage = Stage::new();
        stage.mortal.before(call, move |there| {
            let lease =
                Guard::Lease { target: "api".to_owned(), owner: "m-9".to_owned(), until: at("09:01:00") };
            let entry = now(there.ledger.enter(&[lease], at("09:00:00"))).unwrap();
            assert!(matches!(entry, shell::ledger::Entry::Denied(_)), "before call {call}");
        });
        let report = only(&stage.gets("09:00:00", "r-1", &command("c-1", &boost(2))).await);
        assert!(report.starts_with("acted"), "{report}");
        if stage.mortal.calls() <= call {
            break;
        }
        visits += 1;
    }
    assert!(visits >= 6, "{visits}");
}

#[tokio::test]
async fn while_the_ledger_is_silent_everything_waits() {
    for action in [set(5), profile("day"), boost(1), park(), restore(), end_of("b-1")] {
        let stage = Stage::new();
        stage.ledger().fail_from_now_on(Some(FaultClass::Unavailable));
        let reports = stage.gets("09:00:00", "r-1", &command("c-1", &action)).await;
        assert_eq!(only(&reports), "failed ledger-unavailable", "{action}");
        assert!(reports[0].next.as_ref().unwrap().contains("delivered again"), "{action}");
        assert!(stage.services().take_calls().is_empty(), "{action}");
    }
}

#[tokio::test]
async fn a_ledger_that_falls_silent_after_it_let_an_order_in_stops_it_before_anything_changes() {
    let stage = Stage::new();
    stage.ledger().fail_next("saved", Some(FaultClass::Throttled));
    let first = only(&stage.gets("09:00:00", "r-1", &command("c-1", &park())).await);
    assert_eq!(first, "failed ledger-unavailable");
    assert!(stage.services().take_calls().is_empty());
    // The lease was given back: the redelivery need not wait for its end.
    let second = only(&stage.gets("09:00:01", "r-2", &command("c-1", &park())).await);
    assert_eq!(second, "acted parked: save-size applied, set-bounds applied, set-desired applied");
}

#[tokio::test]
async fn nothing_is_parked_whose_size_could_not_be_saved() {
    let stage = Stage::new();
    stage.ledger().fail_next("save", Some(FaultClass::Throttled));
    let report = only(&stage.gets("09:00:00", "r-1", &command("c-1", &park())).await);
    expect![
        "failed ledger-unavailable: save-size failed, set-bounds not-attempted, set-desired not-attempted"
    ]
    .assert_eq(&report);
    assert_eq!(stage.size(), size(3, 2, 8));
}

#[tokio::test]
async fn a_saved_value_that_nobody_understands_is_never_written_over() {
    const CORRECT: &str =
        "correct or delete the item `service/api` of the partition `saved` in the ledger's table";
    let long = "x".repeat(300_000);
    for (saved, words) in [
        (None, "is no JSON: expected value at line 1 column 1"),
        (Some(json!({"parked": "yes"})), "is no size: invalid type: string \"yes\", expected struct Parked"),
        (Some(json!({"parked": long})), "… (300"),
    ] {
        let stage = Stage::new();
        match &saved {
            Some(value) => drop(now(stage.ledger().save("service/api", value)).unwrap()),
            None => stage.ledger().spoil("service/api", words),
        }
        let kept = now(stage.ledger().saved("service/api")).unwrap();
        for action in [park(), restore(), end_of("b-1"), set(5), profile("day"), boost(1)] {
            for mode in ["apply", "plan"] {
                let mut order = command("c-1", &action);
                order["mode"] = mode.into();
                let reports = stage.gets("09:00:00", "r-1", &order).await;
                assert_eq!(only(&reports), "refused saved-unreadable", "{action}");
                let text = &reports[0].why.text;
                assert!(text.contains("the value saved under `service/api` is no "), "{text}");
                assert!(text.contains(words) && text.len() < 400, "{text}");
                assert_eq!(reports[0].next.as_deref(), Some(CORRECT));
            }
        }
        assert_eq!(stage.ledger().claim("scale-service/api/c-1"), None);
        assert_eq!(stage.ledger().lease("api"), None);
        assert_eq!(now(stage.ledger().saved("service/api")).unwrap(), kept);
        assert_eq!(stage.size(), size(3, 2, 8));
    }
}

/// Somebody changes the service while an order works on it, and the saved value too.
#[tokio::test]
async fn a_saved_value_that_is_spoilt_meanwhile_ends_the_order() {
    let stage = Stage::new();
    stage.services().fail_next("set-bounds", Some(FaultClass::Conflict));
    stage.mortal.before(4, |there| there.ledger.spoil("service/api", "is no JSON"));
    let reports = stage.gets("09:00:00", "r-1", &command("c-1", &park())).await;
    assert_eq!(only(&reports), "refused saved-unreadable: save-size applied");
    assert_eq!(stage.size(), size(3, 2, 8));
}

#[tokio::test]
async fn without_a_ledger_sizes_are_set_and_nothing_is_begun_that_must_be_restored() {
    for (action, expected) in [
        (set(5), "acted set: set-desired applied"),
        (profile("day"), "acted profile-set: set-bounds applied"),
        (boost(1), "refused ledger-unset"),
        (park(), "refused ledger-unset"),
        (restore(), "refused ledger-unset"),
        (end_of("b-1"), "refused ledger-unset"),
        (json!({"action": "reconcile"}), "refused ledger-unset"),
    ] {
        let stage = Stage::new().without_ledger();
        let mut order = command("c-1", &action);
        if action["action"] == "reconcile" {
            order.as_object_mut().unwrap().remove("target");
        }
        let reports = stage.gets("09:00:00", "r-1", &order).await;
        assert_eq!(only(&reports), expected, "{action}");
        let says_what_to_set = reports[0].why.text.contains("LAMPLIGHTER_LEDGER_TABLE");
        assert_eq!(says_what_to_set, expected.ends_with("ledger-unset"), "{action}");
        assert_eq!(reports[0].why.lasts, says_what_to_set, "{action}");
    }
}

fn pause(scope: &str) -> Pause {
    Pause {
        scope: scope.to_owned(),
        since: at("08:00:00"),
        until: at("10:00:00"),
        reason: "release".to_owned(),
        who: "ada".to_owned(),
    }
}

#[tokio::test]
async fn a_pause_stops_schedules_and_alarms_and_no_person() {
    for scope in ["all", "scale-service", "api", "both"] {
        let stage = Stage::new();
        now(stage.ledger().pause(&pause(scope))).unwrap();
        for source in ["schedule", "alarm", "queue"] {
            let mut order = command(source, &set(5));
            order["origin"] = json!({"source": source});
            let of_group = scope == "both";
            if of_group {
                order["target"] = "both".into();
            }
            let reports = stage.gets("09:00:00", "r-1", &order).await;
            for report in &reports {
                assert_eq!(line(report), "refused paused", "{scope} {source}");
                assert!(report.next.as_ref().unwrap().contains("resume"), "{:?}", report.next);
            }
            // It leaves no claim: after the pause the same command is carried out.
            assert_eq!(stage.ledger().claim(&format!("scale-service/api/{source}")), None);
        }
        let by_hand = only(&stage.gets("09:00:00", "r-2", &command("by-hand", &set(5))).await);
        assert_eq!(by_hand, "acted set: set-desired applied", "{scope}");
        let mut late = command("schedule", &set(4));
        late["origin"] = json!({"source": "schedule"});
        let late = only(&stage.gets("10:00:00", "r-3", &late).await);
        assert_eq!(late, "acted set: set-desired applied", "{scope}");
    }
}

#[tokio::test]
async fn a_refused_order_leaves_no_claim_and_no_lease() {
    for (action, code) in [
        (json!({"action": "set", "max": 40}), "outside-bounds"),
        (json!({"action": "set", "min": 8}), "step-too-large"),
        (restore(), "nothing-saved"),
    ] {
        let stage = Stage::new();
        let report = only(&stage.gets("09:00:00", "r-1", &command("c-1", &action)).await);
        assert_eq!(report, format!("refused {code}"));
        assert_eq!(stage.ledger().claim("scale-service/api/c-1"), None, "{code}");
        assert_eq!(stage.ledger().lease("api"), None, "{code}");
    }
}

/// What was done is done, although nobody could note it; the same order finds it so.
#[tokio::test]
async fn a_note_that_is_lost_costs_nothing() {
    let stage = Stage::new();
    stage.mortal.dies_at(4, Death::Before);
    let first = only(&stage.gets("09:00:00", "r-1", &command("c-1", &set(5))).await);
    assert_eq!(first, "acted set: set-desired applied");
    assert!(stage.mortal.revives());
    assert_eq!(stage.ledger().claim("scale-service/api/c-1"), Some(("r-1".to_owned(), false)));
    let busy = only(&stage.gets("09:00:30", "r-2", &command("c-1", &set(5))).await);
    assert_eq!(busy, "failed lease-busy");
    let second = only(&stage.gets("09:01:00", "r-2", &command("c-1", &set(5))).await);
    assert_eq!(second, "held already-so");
}
