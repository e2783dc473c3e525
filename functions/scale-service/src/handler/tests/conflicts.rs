//! Somebody else is at the same service: it is looked at and planned again, at most twice.

use expect_test::{Expect, expect};
use serde_json::{Value, json};
use shared::fault::FaultClass;
use shell::ledger::Ledger as _;

use super::mortal::Mortal;
use super::{Stage, boost, command, only, park, restore, set};
use crate::examples::{parked, size};

const CONFLICT: Option<FaultClass> = Some(FaultClass::Conflict);

/// So many conflicts at a call, and the calls that this takes.
async fn check(action: &Value, failing: &str, conflicts: usize, expected: Expect) -> Stage {
    let stage = Stage::new();
    for _ in 0..conflicts {
        stage.services().fail_next(failing, CONFLICT);
    }
    let report = only(&stage.gets("09:00:00", "r-1", &command("c-1", action)).await);
    let calls = stage.services().take_calls();
    let calls: Vec<&str> = calls.iter().filter_map(|call| call.split(' ').next()).collect();
    expected.assert_eq(&format!("{report}\n{}", calls.join(" ")));
    stage
}

#[tokio::test]
async fn a_conflict_is_looked_at_again_twice_and_then_given_up() {
    check(
        &set(5),
        "set-desired",
        1,
        expect![[r#"
        acted set: set-desired applied
        observe observe set-desired"#]],
    )
    .await;
    check(
        &set(5),
        "set-desired",
        2,
        expect![[r#"
        acted set: set-desired applied
        observe observe observe set-desired"#]],
    )
    .await;
    check(
        &set(5),
        "set-desired",
        3,
        expect![[r#"
        failed conflict: set-desired failed
        observe observe observe"#]],
    )
    .await;
}

#[tokio::test]
async fn the_steps_that_were_applied_before_a_conflict_stay_in_the_report() {
    check(
        &park(),
        "set-bounds",
        1,
        expect![[r#"
        acted parked: save-size applied, set-bounds applied, set-desired applied
        observe observe set-bounds set-desired"#]],
    )
    .await;
    check(&boost(2), "set-bounds", 2, expect![[r#"
        acted boosted: save-size applied, schedule-restore applied, schedule-restore already, set-bounds applied, set-desired already
        observe send-at observe send-at observe send-at set-bounds count"#]]).await;
    let stage = check(
        &park(),
        "set-bounds",
        3,
        expect![[r#"
        failed conflict: save-size applied, set-bounds failed, set-desired not-attempted
        observe observe observe"#]],
    )
    .await;
    assert_eq!(stage.memory().parked.unwrap().size, size(3, 2, 8));
}

/// Whoever was there first did the same: nothing is left to do, and what was done is told.
#[tokio::test]
async fn what_was_done_before_a_conflict_is_told_when_nothing_is_left_to_do() {
    let stage = Stage::new();
    let wish = json!({"action": "set", "min": 4, "max": 9, "desired": 5});
    stage.services().fail_next("set-desired", CONFLICT);
    let api = stage.api();
    // Entered, recalled, observed, bounds set, desired count refused, recalled; then it is observed again.
    stage.mortal.before(6, move |there| there.services.change(api, |found| found.state.desired = 5));
    let report = only(&stage.gets("09:00:00", "r-1", &command("c-1", &wish)).await);
    assert_eq!(report, "acted already-so: set-bounds applied");
}

#[tokio::test]
async fn what_was_done_before_a_conflict_is_told_when_the_order_cannot_go_on() {
    let stage = Stage::new();
    stage.services().fail_next("set-bounds", CONFLICT);
    let api = stage.api();
    stage.mortal.before(6, move |there| {
        there.services.change(api, |found| found.state.status = "DRAINING".to_owned());
    });
    let report = only(&stage.gets("09:00:00", "r-1", &command("c-1", &park())).await);
    assert_eq!(report, "refused service-inactive: save-size applied");
}

/// A size that somebody else has saved in between is never written over.
#[tokio::test]
async fn a_size_that_was_saved_in_between_is_found_and_kept() {
    let stage = Stage::new();
    let api = stage.api();
    // Entered, recalled, observed; then the size is saved.
    stage.mortal.before(3, move |there| {
        save(there, &json!(parked(size(7, 5, 9))));
        there.services.change(api, |found| found.state.desired = 4);
    });
    let report = only(&stage.gets("09:00:00", "r-1", &command("c-1", &park())).await);
    expect!["acted parked: save-size applied, set-bounds applied, set-desired applied"].assert_eq(&report);
    let kept = stage.memory().parked.unwrap();
    assert_eq!(kept.size, size(4, 2, 8), "somebody had woken it since, and theirs counts");

    let stage = Stage::new();
    stage.mortal.before(3, |there| save(there, &json!(parked(size(3, 2, 8)))));
    let report = only(&stage.gets("09:00:00", "r-1", &command("c-1", &park())).await);
    expect!["acted parked: set-bounds applied, set-desired applied"].assert_eq(&report);
    assert_eq!(stage.memory().parked.unwrap().by, "evening");
    let report = only(&stage.gets("09:00:00", "r-2", &command("c-2", &restore())).await);
    assert!(report.starts_with("acted restored"), "{report}");
    assert_eq!(stage.size(), size(3, 2, 8));
}

fn save(there: &Mortal, memory: &Value) {
    super::now(there.ledger.save("service/api", memory)).unwrap();
}
