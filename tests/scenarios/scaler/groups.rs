//! Several services with one order.

use scale_service::fake::FakeService;
use serde_json::json;
use shared::fault::FaultClass;

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
    let group = "  shop: {kind: service-group, services: [front, cart, jobs]}\n";
    let fleet = Fleet::of(&format!("version: 1\ntargets:\n{services}{group}"));
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
