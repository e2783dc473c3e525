//! Other people and their tools are at the same services.

use scale_service::fake::FakeService;
use scale_service::world::{ScheduledAction, Suspended};

use serde_json::json;

use super::{Fleet, by_schedule, event, queued};

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

/// Whoever woke it works with it: their size, their boost. The parking is over with that, and so is what it suspended.
#[tokio::test]
async fn what_somebody_woke_takes_sizes_and_boosts_and_its_policies_act_again() {
    for (order, code, size) in [
        (
            json!({"action": "set", "target": "portfolio-api", "min": 1, "max": 3, "desired": 2}),
            "set",
            "2 in 1..3",
        ),
        (
            json!({"action": "boost", "target": "portfolio-api", "add": 1, "for": "30m"}),
            "boosted",
            "2 in 2..2",
        ),
    ] {
        let fleet = woken("keep").await;
        assert_eq!(fleet.state("portfolio-api").scaling.unwrap().suspended, Suspended::ALL);
        let outcome = fleet.gets("2026-11-21T03:00:00Z", &queued("m-1", &order)).await;
        assert_eq!(outcome.verdict(), ("acted", code));
        assert!(
            outcome.report().why.text.contains("it runs although it was parked"),
            "{}",
            outcome.report().why.text
        );
        assert_eq!(fleet.size("portfolio-api"), size);
        assert_eq!(fleet.state("portfolio-api").scaling.unwrap().suspended, Suspended::default());
        let morning = fleet.gets(MORNING, &event("schedule-morning-in-sqs")).await;
        assert_eq!(morning.verdict(), ("refused", "nothing-saved"), "{code}");
        assert_eq!(fleet.size("portfolio-api"), size);
    }
}

/// Policies add and remove tasks while an order is carried out: no task of theirs is taken away, and none is put back.
#[tokio::test]
async fn what_autoscaling_did_meanwhile_stays() {
    let text =
        super::playbook("prod").replace("after-hours: {min: 1, max: 10}", "after-hours: {min: 1, max: 3}");
    for (found, order, meanwhile, expected) in [
        (FakeService::scaled(3, 2, 8), "router-boost-in-sqs", 6, "6 in 4..8"),
        (FakeService::scaled(1, 1, 8), "schedule-business-hours-in-sqs", 5, "5 in 2..10"),
        (FakeService::scaled(5, 1, 8), "schedule-after-hours-in-sqs", 2, "2 in 1..3"),
    ] {
        let fleet = Fleet::of(&text);
        fleet.put("platform-api", found);
        fleet.before("count", "platform-api", move |found| found.state.desired = meanwhile);
        let outcome = fleet.gets(EVENING, &event(order)).await;
        assert_eq!(outcome.verdict().0, "acted", "{order}");
        assert_eq!(fleet.size("platform-api"), expected, "{order}");
        assert_eq!(outcome.report().after.as_ref().unwrap()["desired"], meanwhile, "{order}");
        assert!(
            outcome.calls.iter().all(|call| !call.starts_with("set-desired")),
            "{order}: {:?}",
            outcome.calls
        );
    }
}

/// Somebody applies a template between the orders, and everything is as it says.
#[tokio::test]
async fn a_template_that_is_applied_again_loses_no_task() {
    let fleet = Fleet::prod();
    fleet.change("platform-api", |found| found.state.desired = 5);
    fleet.gets(EVENING, &event("router-boost-in-sqs")).await;
    assert_eq!(fleet.size("platform-api"), "5 in 4..8");
    fleet.change("platform-api", |found| {
        let scaling = found.state.scaling.as_mut().unwrap();
        (scaling.min, scaling.max) = (2, 8);
    });
    let [schedule] = fleet.services().schedules().try_into().unwrap();
    let ended = fleet.gets_at(schedule.at, &queued("end", &schedule.input)).await;
    assert_eq!(ended.verdict(), ("acted", "boost-ended"));
    assert_eq!(fleet.size("platform-api"), "5 in 2..8");
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
