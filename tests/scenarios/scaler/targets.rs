//! What a target names changes while something is saved of it: the playbook is redeployed, or the service is gone.

use scale_service::fake::FakeService;
use serde_json::json;

use super::{Fleet, event, playbook, queued};

const EVENING: &str = "2026-11-21T01:00:00Z";
const MORNING: &str = "2026-11-23T12:00:00Z";

/// The target of development names another ECS service from now on.
fn renamed(fleet: Fleet) -> Fleet {
    let fleet = fleet.redeployed(&playbook("dev").replace("service: api", "service: api-v2"));
    fleet.put("portfolio-api", FakeService::scaled(2, 1, 3));
    fleet
}

#[tokio::test]
async fn the_size_of_another_service_is_neither_put_back_nor_lost() {
    let fleet = Fleet::dev();
    fleet.gets(EVENING, &event("schedule-night-in-sqs")).await;
    let saved = fleet.saved("portfolio-api");
    let fleet = renamed(fleet);
    for (message, action) in [("m-1", "park"), ("m-2", "restore"), ("m-3", "boost")] {
        let mut order = json!({"action": action, "target": "portfolio-api"});
        if action == "boost" {
            order["add"] = json!(1);
            order["for"] = json!("30m");
        }
        let outcome = fleet.gets("2026-11-21T08:00:00Z", &queued(message, &order)).await;
        assert_eq!(outcome.verdict(), ("refused", "other-service"), "{action}");
        assert!(outcome.returned.is_empty(), "{action}");
        let text = &outcome.report().why.text;
        assert!(
            text.contains("service/portfolio-dev/api") && text.contains("min 2, max 4, desired 3"),
            "{text}"
        );
        let next = outcome.report().next.as_ref().unwrap();
        assert!(next.contains("`restore`") && next.contains("`set`"), "{next}");
        assert_eq!(
            (fleet.size("portfolio-api"), fleet.saved("portfolio-api")),
            ("2 in 1..3".to_owned(), saved.clone())
        );
    }
    // Named again, the old one gets its size.
    let fleet = fleet.redeployed(&playbook("dev"));
    let morning = fleet.gets(MORNING, &event("schedule-morning-in-sqs")).await;
    assert_eq!(morning.verdict(), ("acted", "restored"));
    assert_eq!(fleet.size("portfolio-api"), "3 in 2..4");
}

#[tokio::test]
async fn a_set_is_how_the_old_size_is_given_up() {
    let fleet = Fleet::dev();
    fleet.gets(EVENING, &event("schedule-night-in-sqs")).await;
    let fleet = renamed(fleet);
    let wish = json!({"action": "set", "target": "portfolio-api", "desired": 3});
    let outcome = fleet.gets("2026-11-21T08:00:00Z", &queued("m-1", &wish)).await;
    assert_eq!(outcome.verdict(), ("acted", "set"));
    assert!(outcome.report().why.text.contains("service/portfolio-dev/api"), "{}", outcome.report().why.text);
    assert_eq!((fleet.size("portfolio-api"), fleet.saved("portfolio-api")), ("3 in 1..3".to_owned(), None));
    let night = super::by_schedule("schedule-night-in-sqs", "2026-11-22T01:00:00Z");
    assert_eq!(fleet.gets("2026-11-22T01:00:00Z", &night).await.verdict(), ("acted", "parked"));
}

/// Somebody makes or deletes the scalable target overnight.
#[tokio::test]
async fn a_scalable_target_that_came_or_went_overnight_is_told() {
    for (evening, morning, code, told, size) in [
        (FakeService::scaled(3, 2, 4), FakeService::of(0), "restored", "its scalable target has gone", "3"),
        (
            FakeService::of(3),
            FakeService::scaled(1, 1, 4),
            "drift-kept",
            "min 1, max 4, desired 1",
            "1 in 1..4",
        ),
    ] {
        let fleet = Fleet::dev();
        fleet.put("portfolio-api", evening);
        fleet.gets(EVENING, &event("schedule-night-in-sqs")).await;
        fleet.put("portfolio-api", morning);
        let outcome = fleet.gets(MORNING, &event("schedule-morning-in-sqs")).await;
        assert_eq!(outcome.verdict(), ("acted", code));
        assert!(outcome.report().why.text.contains(told), "{}", outcome.report().why.text);
        assert_eq!(fleet.size("portfolio-api"), size);
    }
}

#[tokio::test]
async fn a_boost_of_a_service_that_is_gone_ends_all_the_same() {
    for is_there in [true, false] {
        let fleet = Fleet::prod();
        fleet.gets("2026-11-21T09:00:00Z", &event("router-boost-in-sqs")).await;
        let [schedule] = fleet.services().schedules().try_into().unwrap();
        let fleet = if is_there {
            fleet.change("platform-api", |found| found.state.status = "INACTIVE".to_owned());
            fleet
        } else {
            // ECS forgets an inactive service after a while.
            let empty = Fleet::of(&playbook("prod"));
            Fleet {
                scaler: scale_service::handler::Scaler { services: empty.scaler.services, ..fleet.scaler },
            }
        };
        let ended = fleet.gets_at(schedule.at, &queued("end", &schedule.input)).await;
        assert_eq!(ended.verdict(), ("acted", "boost-ended"));
        assert!(ended.report().why.text.contains("the service is gone"), "{}", ended.report().why.text);
        assert_eq!(fleet.saved("platform-api"), None);
        let later = fleet.gets("2026-11-21T09:45:00Z", &event("schedule-reconcile-in-sqs")).await;
        assert_eq!(later.verdict(), ("held", "nothing-overdue"));
    }
}
