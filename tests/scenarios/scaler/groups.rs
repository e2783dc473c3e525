//! Several services with one order.

use jiff::{SignedDuration, Timestamp};
use scale_service::fake::FakeService;
use serde_json::json;
use shared::fault::FaultClass;
use shell::ledger::{Ledger as _, Pause};

use super::{Fleet, queued};

const EVENING: &str = "2026-11-21T18:00:00Z";

/// Three services of two clusters.
fn shop() -> Fleet {
    let service = |name: &str, cluster: &str| {
        format!(
            "  {name}: {{kind: service, cluster: {cluster}, service: {name}, may-park: true, \
             bounds: {{floor: 1, ceiling: 10, largest-step: 4}}}}\n"
        )
    };
    let services = [service("front", "one"), service("cart", "one"), service("jobs", "two")].concat();
    let groups = "  shop: {kind: service-group, services: [front, cart, jobs]}\n  \
                  backwards: {kind: service-group, services: [jobs, front]}\n";
    let fleet = Fleet::of(&format!("version: 1\ntargets:\n{services}{groups}"));
    fleet.put("front", FakeService::scaled(5, 2, 8));
    fleet.put("cart", FakeService::scaled(3, 3, 3));
    fleet.put("jobs", FakeService::of(2));
    fleet
}

fn sizes(fleet: &Fleet) -> [String; 3] {
    ["front", "cart", "jobs"].map(|target| fleet.size(target))
}

#[tokio::test]
async fn every_service_of_a_group_is_scaled() {
    let fleet = shop();
    let before = sizes(&fleet);
    let night = fleet.gets(EVENING, &queued("m-1", &json!({"action": "park", "target": "shop"}))).await;
    assert_eq!(night.line(), "acted parked front, acted parked cart, acted parked jobs");
    assert_eq!(sizes(&fleet), ["0 in 0..0", "0 in 0..0", "0"]);
    let morning = fleet
        .gets("2026-11-22T08:00:00Z", &queued("m-2", &json!({"action": "restore", "target": "shop"})))
        .await;
    assert_eq!(morning.line(), "acted restored front, acted restored cart, acted restored jobs");
    assert_eq!(sizes(&fleet), before);
}

#[tokio::test]
async fn one_bad_service_does_not_stop_the_rest() {
    let park = json!({"action": "park", "target": "shop"});
    for call in ["set-bounds service/one/front", "set-desired service/one/front"] {
        let fleet = shop();
        fleet.services().fail_next(call, Some(FaultClass::Denied));
        let first = fleet.gets(EVENING, &queued("m-1", &park)).await;
        assert_eq!(
            first.line(),
            "failed access-denied front, acted parked cart, acted parked jobs [1 returned]"
        );
        let again = fleet.gets("2026-11-21T18:02:00Z", &queued("m-1", &park)).await;
        assert!(
            again.line().ends_with("parked front, held already-done cart, held already-done jobs"),
            "{}",
            again.line()
        );
        assert_eq!(sizes(&fleet), ["0 in 0..0", "0 in 0..0", "0"]);
    }
    let fleet = shop();
    fleet.change("cart", |found| found.state.status = "INACTIVE".to_owned());
    let outcome = fleet.gets(EVENING, &queued("m-1", &park)).await;
    assert_eq!(outcome.line(), "acted parked front, refused service-inactive cart, acted parked jobs");
}

/// Whatever their names and clusters are, and whatever becomes of each.
#[tokio::test]
async fn members_are_served_in_the_playbooks_order_with_a_report_each() {
    for (group, action, expected) in [
        ("backwards", json!({"action": "set", "desired": 4}), "acted set jobs, acted set front"),
        (
            "shop",
            json!({"action": "set", "desired": 4}),
            "acted set front, refused outside-bounds cart, acted set jobs",
        ),
        (
            "shop",
            json!({"action": "set", "desired": 3, "max": 8}),
            "acted set front, acted set cart, acted set jobs",
        ),
        (
            "shop",
            json!({"action": "boost", "add": 1, "for": "30m"}),
            "acted boosted front, acted boosted cart, acted boosted jobs",
        ),
        ("backwards", json!({"action": "park"}), "acted parked jobs, acted parked front"),
        (
            "shop",
            json!({"action": "restore"}),
            "refused nothing-saved front, refused nothing-saved cart, refused nothing-saved jobs",
        ),
    ] {
        let fleet = shop();
        let mut order = action.clone();
        (order["target"], order["id"], order["reason"]) = (json!(group), json!("c-1"), json!("release 42"));
        let outcome = fleet.gets(EVENING, &queued("m-1", &order)).await;
        assert_eq!(outcome.line(), expected, "{action}");
        for report in &outcome.reports {
            assert_eq!(
                (report.subject.id.as_str(), report.subject.action.as_str()),
                ("c-1", action["action"].as_str().unwrap())
            );
            assert!(report.why.text.ends_with("(asked for because: release 42)"), "{}", report.why.text);
        }
    }
}

/// Each has an end of its own, in its own message group.
#[tokio::test]
async fn the_boosts_of_a_group_end_one_by_one() {
    let fleet = shop();
    let before = sizes(&fleet);
    let boost = json!({"action": "boost", "target": "shop", "add": 1, "for": "30m", "id": "b-1"});
    fleet.gets(EVENING, &queued("m-1", &boost)).await;
    assert_eq!(sizes(&fleet), ["5 in 3..8", "4 in 4..4", "3"]);
    let schedules = fleet.services().schedules();
    let mut groups: Vec<&str> = schedules.iter().map(|schedule| schedule.message_group.as_str()).collect();
    groups.sort_unstable();
    assert_eq!(groups, ["cart", "front", "jobs"]);
    for schedule in &schedules {
        let ended = fleet.gets_at(schedule.at, &queued(&schedule.name, &schedule.input)).await;
        assert_eq!(ended.line(), format!("acted boost-ended {}", schedule.message_group));
    }
    assert_eq!(sizes(&fleet), before);
}

/// A pause of the group, of one member, or of all.
#[tokio::test]
async fn a_pause_stops_whom_it_names_and_no_person() {
    for (scope, expected) in [
        ("shop", "refused paused front, refused paused cart, refused paused jobs"),
        ("cart", "acted parked front, refused paused cart, acted parked jobs"),
        ("backwards", "acted parked front, acted parked cart, acted parked jobs"),
        ("scale-service", "refused paused front, refused paused cart, refused paused jobs"),
    ] {
        let fleet = shop();
        let since: Timestamp = EVENING.parse().unwrap();
        let pause = Pause {
            scope: scope.to_owned(),
            since,
            until: since + SignedDuration::from_hours(1),
            reason: "release 42".to_owned(),
            who: "ada".to_owned(),
        };
        fleet.ledger().pause(&pause).await.unwrap();
        let night = json!({"action": "park", "target": "shop", "origin": {"source": "schedule"}});
        let outcome = fleet.gets(EVENING, &queued("m-1", &night)).await;
        assert_eq!(outcome.line(), expected, "{scope}");
        for report in outcome.reports.iter().filter(|report| report.why.code == "paused") {
            assert!(
                report.why.text.contains("by ada until 2026-11-21T19:00:00Z: release 42"),
                "{}",
                report.why.text
            );
        }
        let by_hand = fleet.gets(EVENING, &json!({"action": "park", "target": "shop"})).await;
        assert!(!by_hand.line().contains("refused"), "{scope}: {}", by_hand.line());
        assert_eq!(sizes(&fleet), ["0 in 0..0", "0 in 0..0", "0"], "{scope}");
    }
}
