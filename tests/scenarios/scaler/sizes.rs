//! Sizes by number and by name.

use scale_service::fake::FakeService;
use serde_json::json;
use shared::fault::FaultClass;

use super::{Fleet, event, queued};

const MORNING: &str = "2026-11-20T08:00:20Z";
const EVENING: &str = "2026-11-20T18:00:20Z";

#[tokio::test]
async fn a_day_of_the_platform_has_its_business_hours() {
    let fleet = Fleet::prod();
    fleet.put("platform-api", FakeService::scaled(1, 1, 10));
    let morning = fleet.gets(MORNING, &event("schedule-business-hours-in-sqs")).await;
    assert_eq!(morning.verdict(), ("acted", "profile-set"));
    assert_eq!(fleet.size("platform-api"), "2 in 2..10");
    // Its load adds tasks; in the evening only the floor goes, and its policies remove what is too many.
    fleet.change("platform-api", |found| found.state.desired = 7);
    let evening = fleet.gets(EVENING, &event("schedule-after-hours-in-sqs")).await;
    assert_eq!(evening.verdict(), ("acted", "profile-set"));
    assert_eq!(fleet.size("platform-api"), "7 in 1..10");
    assert!(evening.report().why.text.contains("removes no task by itself"), "{}", evening.report().why.text);
}

#[tokio::test]
async fn a_launch_gets_its_size_in_four_calls_at_most() {
    let fleet = Fleet::prod();
    fleet.put("portfolio-api", FakeService::scaled(2, 1, 6));
    let outcome = fleet.gets(MORNING, &event("command-set")).await;
    assert_eq!(outcome.verdict(), ("acted", "set"));
    assert_eq!(fleet.size("portfolio-api"), "3 in 2..10");
    let api = "service/portfolio-prod/api";
    // To observe takes two calls: one of ECS, one of Application Auto Scaling.
    let expected = [format!("observe {api}"), format!("set-bounds {api}"), format!("set-desired {api}")];
    assert_eq!(outcome.calls, expected);
}

#[tokio::test]
async fn a_service_without_a_scalable_target_is_scaled_too() {
    let fleet = Fleet::prod();
    fleet.put("portfolio-api", FakeService::of(2));
    let outcome = fleet.gets(MORNING, &event("command-set")).await;
    assert_eq!(outcome.verdict(), ("acted", "set"));
    assert_eq!(fleet.size("portfolio-api"), "3");
    assert!(outcome.report().why.text.contains("no scalable target"), "{}", outcome.report().why.text);
}

#[tokio::test]
async fn an_error_of_ecs_fails_the_command() {
    for class in [FaultClass::Denied, FaultClass::Throttled, FaultClass::Rejected, FaultClass::Unknown] {
        for call in ["observe", "set-bounds", "set-desired"] {
            let fleet = Fleet::prod();
            fleet.services().fail_next(call, Some(class));
            let wish = json!({"action": "set", "target": "portfolio-api", "min": 3, "max": 9, "desired": 5});
            let outcome = fleet.gets(MORNING, &queued("m-1", &wish)).await;
            assert_eq!(outcome.verdict(), ("failed", class.code()), "{call}");
            assert_eq!(outcome.returned, ["m-1"], "{call}");
            let again = fleet.gets("2026-11-20T08:02:00Z", &queued("m-1", &wish)).await;
            assert_eq!(again.verdict(), ("acted", "set"), "{call}");
            assert_eq!(fleet.size("portfolio-api"), "5 in 3..9", "{call}");
        }
    }
}

#[tokio::test]
async fn zero_is_applied_where_the_playbook_allows_it() {
    let text = super::playbook("prod")
        .replace("service: api\n    bounds: {floor: 1", "service: api\n    bounds: {floor: 0");
    let fleet = Fleet::of(&text);
    for fake in [FakeService::of(3), FakeService::scaled(3, 0, 8)] {
        fleet.put("portfolio-api", fake);
        let wish = json!({"action": "set", "target": "portfolio-api", "desired": 0});
        let id = format!("{:?}", fleet.size("portfolio-api")).len().to_string();
        let outcome = fleet.gets(MORNING, &queued(&id, &wish)).await;
        assert_eq!(outcome.verdict(), ("acted", "set"));
        assert_eq!(fleet.state("portfolio-api").desired, 0);
    }
}

/// Of several services of one name, in whatever form their ARNs are, the one of the playbook's cluster is scaled.
#[tokio::test]
async fn a_service_is_found_by_its_name_whatever_its_arn() {
    let fleet = Fleet::prod();
    let outcome = fleet.gets(MORNING, &event("command-set-desired")).await;
    assert_eq!(outcome.calls[0], "observe service/portfolio-prod/api");
    let wish = json!({"action": "set", "target": "portfolio-api", "desired": 5});
    assert_eq!(fleet.gets(MORNING, &queued("m-1", &wish)).await.verdict(), ("acted", "set"));
    assert_eq!(fleet.size("portfolio-api"), "5 in 2..8");
    assert_eq!(fleet.size("platform-api"), "3 in 2..8");
}

#[tokio::test]
async fn nothing_beyond_the_playbook_is_ever_set() {
    let fleet = Fleet::prod();
    for (name, code) in [
        ("command-set-outside-bounds", "outside-bounds"),
        ("command-set-too-large-step", "step-too-large"),
        ("command-park", "may-not-park"),
    ] {
        let outcome = fleet.gets(MORNING, &event(name)).await;
        assert_eq!(outcome.verdict(), ("refused", code));
        assert!(outcome.returned.is_empty(), "{name}: the same again would be refused again");
        assert!(outcome.report().next.is_some(), "{name}");
        assert_eq!(fleet.size("portfolio-api"), "3 in 2..8", "{name}");
    }
}
