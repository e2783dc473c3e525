//! Boosts: an alarm's, a person's, and what becomes of them when their time is over.

use jiff::Timestamp;
use scale_service::fake::FakeService;
use scale_service::world::Policy;
use serde_json::{Value, json};

use super::{Fleet, command_of, event, queued};

const NINE: &str = "2026-11-21T09:00:00Z";

/// The end that a boost's own schedule brings.
fn end(fleet: &Fleet) -> (Timestamp, Value) {
    let [schedule] = fleet.services().schedules().try_into().unwrap();
    (schedule.at, queued("end", &schedule.input))
}

#[tokio::test]
async fn an_alarms_boost_comes_and_goes_and_is_one_story() {
    let fleet = Fleet::prod();
    let boost = fleet.gets(NINE, &event("router-boost-in-sqs")).await;
    assert_eq!(boost.verdict(), ("acted", "boosted"));
    assert_eq!(fleet.size("platform-api"), "4 in 4..8");
    assert_eq!(boost.report().next.as_deref(), Some("restores at 2026-11-21T09:30:00Z"));
    let (at, end) = end(&fleet);
    let ended = fleet.gets_at(at, &end).await;
    assert_eq!(ended.verdict(), ("acted", "boost-ended"));
    assert_eq!(fleet.size("platform-api"), "3 in 2..8");
    assert_eq!(ended.report().subject.correlation, boost.report().subject.correlation);
    assert_eq!(fleet.saved("platform-api"), None);
}

/// They know the load; without one that removes tasks nobody else would.
#[tokio::test]
async fn the_tasks_of_a_boost_are_left_to_policies_where_there_are_any() {
    for (scales_in, size) in [(true, "4 in 2..8"), (false, "3 in 2..8")] {
        let fleet = Fleet::prod();
        let policy = Policy { name: "cpu".to_owned(), what: "keeps CPU at 70".to_owned(), scales_in };
        fleet.change("platform-api", |found| found.policies = vec![policy]);
        fleet.gets(NINE, &event("router-boost-in-sqs")).await;
        let (at, end) = end(&fleet);
        let ended = fleet.gets_at(at, &end).await;
        assert_eq!(ended.verdict(), ("acted", "boost-ended"));
        assert_eq!(fleet.size("platform-api"), size);
        assert_eq!(ended.report().why.text.contains("its scaling policies remove"), scales_in);
    }
}

/// The file is what the schedule of the other file's boost sends, but for the id, which has the boost's time in it.
#[tokio::test]
async fn the_end_in_events_is_what_the_schedule_sends() {
    let fleet = Fleet::prod();
    fleet.gets(NINE, &event("router-boost-in-sqs")).await;
    let [schedule] = fleet.services().schedules().try_into().unwrap();
    let (mut sent, mut file) = (schedule.input, command_of("boost-end-in-sqs"));
    assert_eq!(schedule.message_group, "platform-api");
    for command in [&mut sent, &mut file] {
        assert!(command.as_object_mut().unwrap().remove("id").unwrap().is_string());
    }
    assert_eq!(sent, file);
}

#[tokio::test]
async fn a_message_that_comes_again_adds_nothing() {
    let fleet = Fleet::prod();
    fleet.gets(NINE, &event("router-boost-in-sqs")).await;
    let again = fleet.gets("2026-11-21T09:02:00Z", &event("router-boost-redelivered")).await;
    assert_eq!(again.verdict(), ("held", "already-done"));
    assert_eq!(fleet.size("platform-api"), "4 in 4..8");
    assert_eq!(fleet.services().schedules().len(), 1);
}

#[tokio::test]
async fn a_boost_that_asks_first_is_only_planned_and_says_how_to_approve() {
    let fleet = Fleet::prod();
    let outcome = fleet.gets(NINE, &event("router-boost-to-approve-in-sqs")).await;
    assert_eq!(outcome.verdict(), ("planned", "boosted"));
    let next = outcome.report().next.clone().unwrap();
    assert!(next.contains("approve") && next.contains("89091f2a951e"), "{next}");
    assert_eq!(fleet.size("platform-api"), "3 in 2..8");
    assert_eq!(fleet.ledger().size(), 0);
}

#[tokio::test]
async fn a_storm_of_boosts_ends_at_the_ceiling_and_goes_back_to_where_it_began() {
    let fleet = Fleet::prod();
    for number in 0..8 {
        let boost = json!({"action": "boost", "target": "platform-api", "add": 3, "for": "30m", "id": format!("b-{number}")});
        let outcome = fleet
            .gets(&format!("2026-11-21T09:0{number}:00Z"), &queued(&format!("m-{number}"), &boost))
            .await;
        assert!(["acted", "refused"].contains(&outcome.verdict().0), "{:?}", outcome.verdict());
    }
    assert_eq!(fleet.size("platform-api"), "10 in 10..10");
    for schedule in fleet.services().schedules() {
        fleet.gets_at(schedule.at, &queued("end", &schedule.input)).await;
    }
    fleet.gets("2026-11-21T09:45:00Z", &event("schedule-reconcile-in-sqs")).await;
    assert_eq!(fleet.size("platform-api"), "3 in 2..8");
    assert_eq!(fleet.saved("platform-api"), None);
}

#[tokio::test]
async fn a_boost_whose_end_gets_lost_is_ended_by_the_reconciling_schedule() {
    for fake in [FakeService::scaled(3, 2, 8), FakeService::of(3)] {
        let fleet = Fleet::prod();
        fleet.put("platform-api", fake);
        let before = fleet.size("platform-api");
        fleet.gets(NINE, &event("router-boost-in-sqs")).await;
        assert_ne!(fleet.size("platform-api"), before);
        let quiet = fleet.gets("2026-11-21T09:30:30Z", &event("schedule-reconcile-in-sqs")).await;
        assert_eq!(quiet.verdict(), ("held", "nothing-overdue"));
        assert!(!quiet.report().is_published());
        let late = fleet.gets("2026-11-21T09:45:30Z", &event("schedule-reconcile-in-sqs")).await;
        assert_eq!(late.verdict(), ("acted", "boost-ended"));
        assert_eq!(fleet.size("platform-api"), before);
    }
}

#[tokio::test]
async fn a_boost_under_which_the_evening_comes_goes_back_to_the_evening() {
    let fleet = Fleet::prod();
    fleet.gets("2026-11-20T17:50:00Z", &event("router-boost-in-sqs")).await;
    let evening = fleet.gets("2026-11-20T18:00:20Z", &event("schedule-after-hours-in-sqs")).await;
    assert_eq!(evening.verdict(), ("acted", "profile-set"));
    assert_eq!(fleet.size("platform-api"), "4 in 4..10");
    let (at, end) = end(&fleet);
    fleet.gets_at(at, &end).await;
    let state = fleet.state("platform-api").scaling.unwrap();
    assert_eq!((state.min, state.max), (1, 10));
}
