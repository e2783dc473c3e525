//! Nights and mornings: what is switched off comes back as it was.

use jiff::SignedDuration;
use scale_service::fake::FakeService;
use scale_service::world::Suspended;
use serde_json::json;
use shared::fault::FaultClass;

use super::{Fleet, by_schedule, event, queued};

const EVENING: &str = "2026-11-21T01:00:00Z";
const MORNING: &str = "2026-11-23T12:00:00Z";

#[tokio::test]
async fn a_night_gives_back_every_task_in_the_morning() {
    for fake in
        [FakeService::scaled(3, 2, 4), FakeService::scaled(4, 1, 4), FakeService::of(3), FakeService::of(1)]
    {
        let fleet = Fleet::dev();
        fleet.put("portfolio-api", fake.clone());
        let night = fleet.gets(EVENING, &event("schedule-night-in-sqs")).await;
        assert_eq!(night.verdict(), ("acted", "parked"));
        let asleep = fleet.state("portfolio-api");
        assert_eq!(asleep.desired, 0);
        assert!(asleep.scaling.is_none_or(|it| (it.min, it.max, it.suspended) == (0, 0, Suspended::ALL)));
        let morning = fleet.gets(MORNING, &event("schedule-morning-in-sqs")).await;
        assert_eq!(morning.verdict(), ("acted", "restored"));
        assert_eq!(fleet.state("portfolio-api"), fake.state);
        assert_eq!(fleet.saved("portfolio-api"), None);
    }
}

/// It dies after each of its calls of AWS; what was saved then is what comes back.
#[tokio::test]
async fn a_night_that_dies_anywhere_loses_no_size() {
    for fake in [FakeService::scaled(3, 2, 4), FakeService::of(3)] {
        for calls in 0..4 {
            let fleet = Fleet::dev();
            fleet.put("portfolio-api", fake.clone());
            fleet.services().die_after(Some(calls));
            fleet.gets(EVENING, &event("schedule-night-in-sqs")).await;
            fleet.services().die_after(None);
            let again = fleet.gets("2026-11-21T01:02:00Z", &event("schedule-night-in-sqs")).await;
            assert!(again.returned.is_empty(), "{:?}", again.verdict());
            assert_eq!(fleet.state("portfolio-api").desired, 0, "after {calls} calls");
            fleet.gets(MORNING, &event("schedule-morning-in-sqs")).await;
            assert_eq!(fleet.state("portfolio-api"), fake.state, "after {calls} calls");
        }
    }
}

#[tokio::test]
async fn the_saved_size_is_consumed_so_that_the_second_night_parks_again() {
    let fleet = Fleet::dev();
    for (day, desired) in [(16, 3), (17, 2), (18, 4)] {
        fleet.change("portfolio-api", |found| found.state.desired = desired);
        let before = fleet.size("portfolio-api");
        let evening = format!("2026-11-{day}T01:00:00Z");
        let night = fleet.gets(&evening, &by_schedule("schedule-night-in-sqs", &evening)).await;
        assert_eq!(night.verdict(), ("acted", "parked"), "{day}");
        assert_eq!(fleet.size("portfolio-api"), "0 in 0..0");
        let dawn = format!("2026-11-{day}T12:00:00Z");
        let morning = fleet.gets(&dawn, &by_schedule("schedule-morning-in-sqs", &dawn)).await;
        assert_eq!(morning.verdict(), ("acted", "restored"), "{day}");
        assert_eq!(fleet.size("portfolio-api"), before);
    }
}

#[tokio::test]
async fn saved_sizes_survive_what_erases_tags() {
    let fleet = Fleet::dev();
    fleet.gets(EVENING, &event("schedule-night-in-sqs")).await;
    // Somebody's template makes the service anew, with none of what was attached to the old one.
    let asleep = fleet.state("portfolio-api");
    let anew = FakeService { state: asleep, ..FakeService::of(0) };
    fleet.put("portfolio-api", anew);
    let morning = fleet.gets(MORNING, &event("schedule-morning-in-sqs")).await;
    assert_eq!(morning.verdict(), ("acted", "restored"));
    assert_eq!(fleet.size("portfolio-api"), "3 in 2..4");
}

#[tokio::test]
async fn a_command_to_zero_holds_under_a_min_of_two() {
    let fleet = Fleet::dev();
    let night = fleet.gets(EVENING, &event("schedule-night-in-sqs")).await;
    let changes: Vec<&str> =
        night.report().steps.iter().map(|step| step.step).filter(|step| step.starts_with("set-")).collect();
    assert_eq!(changes, ["set-bounds", "set-desired"]);
    // What Application Auto Scaling does with a count that lies outside its bounds.
    fleet.change("portfolio-api", |found| {
        let scaling = found.state.scaling.clone().unwrap();
        found.state.desired = found.state.desired.clamp(scaling.min, scaling.max);
    });
    assert_eq!(fleet.size("portfolio-api"), "0 in 0..0");
}

#[tokio::test]
async fn what_was_suspended_stays_suspended() {
    let fleet = Fleet::dev();
    let by_hand = Suspended { dynamic_in: true, ..Suspended::default() };
    fleet.change("portfolio-api", |found| found.state.scaling.as_mut().unwrap().suspended = by_hand);
    let suspended = || fleet.state("portfolio-api").scaling.unwrap().suspended;
    let wish = json!({"action": "set", "target": "portfolio-api", "min": 1, "max": 4});
    let set = fleet.gets(EVENING, &queued("m-1", &wish)).await;
    assert_eq!(set.verdict(), ("acted", "set"));
    assert!(set.report().why.text.contains("suspended on its scalable target: dynamic-in"));
    assert_eq!(suspended(), by_hand);
    fleet.gets(EVENING, &event("schedule-night-in-sqs")).await;
    assert_eq!(suspended(), Suspended::ALL);
    fleet.gets(MORNING, &event("schedule-morning-in-sqs")).await;
    assert_eq!(suspended(), by_hand);
}

#[tokio::test]
async fn while_it_sleeps_nothing_wakes_it_by_the_way() {
    let fleet = Fleet::dev();
    fleet.gets(EVENING, &event("schedule-night-in-sqs")).await;
    for (number, action) in [
        json!({"action": "set", "target": "portfolio-api", "desired": 2}),
        json!({"action": "boost", "target": "portfolio-api", "add": 1, "for": "30m"}),
    ]
    .iter()
    .enumerate()
    {
        let outcome = fleet.gets("2026-11-21T03:00:00Z", &queued(&format!("m-{number}"), action)).await;
        assert_eq!(outcome.verdict(), ("refused", "parked"));
        assert!(outcome.report().next.as_ref().unwrap().contains("restore"));
    }
    let second = fleet
        .gets("2026-11-22T01:00:00Z", &by_schedule("schedule-night-in-sqs", "2026-11-22T01:00:00Z"))
        .await;
    assert_eq!(second.verdict(), ("held", "already-parked"));
    fleet.gets(MORNING, &event("schedule-morning-in-sqs")).await;
    assert_eq!(fleet.size("portfolio-api"), "3 in 2..4");
}

#[tokio::test]
async fn without_the_ledger_nothing_is_parked_and_the_message_comes_again() {
    let fleet = Fleet::dev();
    fleet.ledger().fail_from_now_on(Some(FaultClass::Unavailable));
    let night = fleet.gets(EVENING, &event("schedule-night-in-sqs")).await;
    assert_eq!(night.verdict(), ("failed", "ledger-unavailable"));
    assert_eq!(night.returned.len(), 1);
    assert_eq!(fleet.size("portfolio-api"), "3 in 2..4");
    fleet.ledger().recover();
    let later = EVENING.parse::<jiff::Timestamp>().unwrap() + SignedDuration::from_mins(2);
    assert_eq!(fleet.gets_at(later, &event("schedule-night-in-sqs")).await.verdict(), ("acted", "parked"));
}
