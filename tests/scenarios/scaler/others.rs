//! Other people and their tools are at the same services.

use scale_service::fake::FakeService;
use scale_service::world::{ScheduledAction, Suspended};

use super::{Fleet, by_schedule, event};

const EVENING: &str = "2026-11-21T01:00:00Z";
const MORNING: &str = "2026-11-23T12:00:00Z";

/// Somebody works at night and wakes the service.
async fn woken(on_drift: &str) -> Fleet {
    let text = super::playbook("dev")
        .replace("may-park: true", &format!("may-park: true\n    on-drift: {on_drift}"));
    let fleet = Fleet::of(&text);
    fleet.put("portfolio-api", FakeService::scaled(3, 2, 4));
    fleet.gets(EVENING, &event("schedule-night-in-sqs")).await;
    fleet.change("portfolio-api", |found| {
        let scaling = found.state.scaling.as_mut().unwrap();
        (scaling.min, scaling.max, found.state.desired) = (1, 1, 1);
    });
    fleet
}

#[tokio::test]
async fn a_manual_change_is_reported_as_drift() {
    let fleet = woken("keep").await;
    let morning = fleet.gets(MORNING, &event("schedule-morning-in-sqs")).await;
    assert_eq!(morning.verdict(), ("acted", "drift-kept"));
    let text = &morning.report().why.text;
    assert!(text.contains("min 1, max 1, desired 1") && text.contains("min 2, max 4, desired 3"), "{text}");
    assert_eq!(fleet.size("portfolio-api"), "1 in 1..1");
    assert_eq!(fleet.state("portfolio-api").scaling.unwrap().suspended, Suspended::default());

    let fleet = woken("restore").await;
    let morning = fleet.gets(MORNING, &event("schedule-morning-in-sqs")).await;
    assert_eq!(morning.verdict(), ("acted", "restored"));
    assert!(morning.report().why.text.contains("somebody had set it to min 1, max 1, desired 1"));
    assert_eq!(fleet.size("portfolio-api"), "3 in 2..4");
}

#[tokio::test]
async fn what_somebody_woke_is_parked_again_the_next_night_and_no_size_is_lost() {
    for (on_drift, expected) in [("keep", "1 in 1..1"), ("restore", "3 in 2..4")] {
        let fleet = woken(on_drift).await;
        let next = "2026-11-22T01:00:00Z";
        let night = fleet.gets(next, &by_schedule("schedule-night-in-sqs", next)).await;
        assert_eq!(night.verdict(), ("acted", "parked"), "{on_drift}");
        assert!(night.report().why.text.contains("somebody had woken it"), "{}", night.report().why.text);
        fleet.gets(MORNING, &event("schedule-morning-in-sqs")).await;
        assert_eq!(fleet.size("portfolio-api"), expected, "{on_drift}");
    }
}

fn others(name: &str, min: u32) -> ScheduledAction {
    ScheduledAction {
        name: name.to_owned(),
        schedule: "cron(0 18 ? * MON-FRI *)".to_owned(),
        time_zone: None,
        min: Some(min),
        max: Some(10),
        ends: None,
    }
}

#[tokio::test]
async fn schedules_of_others_are_taken_over_where_the_playbook_says_so_and_never_fought() {
    let fleet = Fleet::prod();
    fleet.change("platform-api", |found| found.scheduled = vec![others("terraform-evening", 1)]);
    let morning = fleet.gets("2026-11-20T08:00:20Z", &event("schedule-business-hours-in-sqs")).await;
    assert_eq!(morning.verdict(), ("acted", "profile-set"));
    assert!(morning.report().why.text.contains("`takes-over` says: terraform-evening"));
    let scaling = fleet.state("platform-api").scaling.unwrap();
    assert!(scaling.suspended.scheduled && !scaling.suspended.dynamic_in);

    let careful = Fleet::of(&super::playbook("prod").replace("takes-over: true", "takes-over: false"));
    careful.put("platform-api", FakeService::scaled(3, 1, 10));
    careful.change("platform-api", |found| found.scheduled = vec![others("terraform-evening", 1)]);
    let morning = careful.gets("2026-11-20T08:00:20Z", &event("schedule-business-hours-in-sqs")).await;
    assert_eq!(morning.verdict(), ("refused", "other-schedule"));
    assert!(morning.report().why.text.contains("terraform-evening"));
    assert_eq!(careful.size("platform-api"), "3 in 1..10");
}
