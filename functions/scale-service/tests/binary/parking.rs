//! `park` and `restore`: what is needed to go back is saved before anything changes, and what is put back is exact.

use serde_json::{Value, json};
use tests::stand_in::{EcsService, Recorded, ScalableTarget, Service};

use super::{API, WORKER, api, desired, park, restore, said, scaling, set, told};

/// Whether a request writes what is saved of a service.
fn saves(request: &Recorded, target: &str) -> bool {
    let body = String::from_utf8_lossy(&request.body).into_owned();
    let is_write = matches!(request.operation.as_str(), "PutItem" | "TransactWriteItems" | "UpdateItem");
    is_write && body.contains(r#""saved""#) && body.contains(&format!("service/{target}"))
}

#[tokio::test]
async fn the_size_is_saved_before_anything_changes() {
    let mut stage = set(&[]).await;
    for target in ["api", "worker"] {
        assert_eq!(said(&stage.report(&park(target)).await), "acted parked");
        let requests = stage.aws.take_requests();
        let saved = requests.iter().position(|request| saves(request, target)).expect("nothing was saved");
        let is_change = |request: &Recorded| {
            matches!(request.operation.as_str(), "RegisterScalableTarget" | "UpdateService")
        };
        let changed = requests.iter().position(is_change).unwrap();
        assert!(saved < changed, "{:?}", requests.iter().map(|one| &one.operation).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn what_is_parked_is_at_zero_and_what_is_restored_is_as_it_was() {
    let mut stage = set(&[]).await;
    let report = stage.report(&park("api")).await;
    assert_eq!(said(&report), "acted parked", "{report:#}");
    let (count, target) = api(&stage.aws);
    assert_eq!((count, target.min, target.max), (0, 0, 0));
    assert_eq!(
        (&report["before"]["desired"], &report["before"]["min"], &report["after"]["desired"]),
        (&json!(3), &json!(2), &json!(0)),
        "{report:#}"
    );
    stage.aws.settle_services();
    let report = stage.report(&restore("api")).await;
    assert_eq!(said(&report), "acted restored", "{report:#}");
    assert_eq!(api(&stage.aws), API);

    assert_eq!(said(&stage.report(&park("worker")).await), "acted parked");
    assert_eq!(desired(&stage.aws, "worker"), 0);
    assert_eq!(said(&stage.report(&restore("worker")).await), "acted restored");
    assert_eq!(desired(&stage.aws, "worker"), WORKER);
    assert!(stage.aws.newly_registered().is_empty());
}

#[tokio::test]
async fn what_was_saved_is_used_up_by_the_restore() {
    let mut stage = set(&[]).await;
    stage.report(&park("api")).await;
    stage.report(&restore("api")).await;
    let kept = stage.aws.items("ledger");
    assert!(kept.iter().all(|item| item["pk"]["S"] != "saved"), "{kept:#?}");
    assert_eq!(said(&stage.report(&restore("api")).await), "refused nothing-saved");
}

#[tokio::test]
async fn a_second_park_overwrites_nothing() {
    let mut stage = set(&[]).await;
    stage.report(&park("api")).await;
    stage.aws.take_requests();
    let report = stage.report(&park("api")).await;
    assert_eq!(said(&report), "held already-parked", "{report:#}");
    assert_eq!(scaling(&stage.aws.take_requests()), ["DescribeServices", "DescribeScalableTargets"]);
    stage.report(&restore("api")).await;
    assert_eq!(api(&stage.aws), API);
}

#[tokio::test]
async fn what_may_not_be_parked_is_not_looked_at() {
    let mut stage = set(&[]).await;
    let report = stage.report(&park("billing")).await;
    assert_eq!(said(&report), "refused may-not-park", "{report:#}");
    assert_eq!(scaling(&stage.aws.requests()), [""; 0]);
}

#[tokio::test]
async fn a_parked_service_is_not_woken_by_the_way() {
    let mut stage = set(&[]).await;
    stage.report(&park("api")).await;
    for command in [
        json!({"action": "set", "target": "api", "desired": 2}),
        json!({"action": "profile", "target": "api", "profile": "business-hours"}),
        json!({"action": "boost", "target": "api", "add": 1, "for": "30m"}),
    ] {
        let report = stage.report(&command).await;
        assert_eq!(said(&report), "refused parked", "{report:#}");
    }
    assert!(stage.aws.schedules().is_empty());
    assert_eq!(api(&stage.aws).0, 0);
}

#[tokio::test]
async fn a_parking_that_somebody_ended_is_forgotten() {
    let mut stage = set(&[]).await;
    stage.report(&park("api")).await;
    let theirs = ScalableTarget { min: 1, max: 4, suspended: [true; 3] };
    stage.aws.put_scalable_target("portfolio", "api", theirs);
    stage.aws.put_service(EcsService::new("portfolio", "api", 2));
    let report = stage.report(&json!({"action": "set", "target": "api", "min": 2, "max": 8})).await;
    assert_eq!(said(&report), "acted set", "{report:#}");
    assert_eq!(api(&stage.aws), (2, API.1), "what parking had suspended is resumed");
    assert_eq!(said(&stage.report(&restore("api")).await), "refused nothing-saved");
}

#[tokio::test]
async fn what_somebody_changed_meanwhile_stays_and_is_told() {
    let mut stage = set(&[]).await;
    stage.report(&park("api")).await;
    let theirs = ScalableTarget::new(1, 5);
    stage.aws.put_scalable_target("portfolio", "api", theirs);
    let [report]: [Value; 1] = told(&mut stage, "morning", &restore("api")).await.try_into().unwrap();
    assert_eq!(said(&report), "acted drift-kept", "{report:#}");
    assert_eq!(api(&stage.aws), (0, theirs));
    assert_eq!(stage.aws.operations(Service::AutoScaling).last().unwrap(), "DescribeScalableTargets");
}
