//! What AWS does to the function: what fails comes back, and what is refused for good is told.

use serde_json::{Value, json};
use tests::runtime_api::InvokeOptions;
use tests::stage::Stage;
use tests::stand_in::{Fault, Service};

use super::{by_alarm, delivery, order, said, set, weights};

/// No pauses of the SDK between its attempts.
const ONE_ATTEMPT: [(&str, &str); 1] = [("AWS_MAX_ATTEMPTS", "1")];

/// What becomes of an alarm's order: whether it comes back, and what is told.
async fn alarmed(stage: &mut Stage, target: &str) -> (bool, Value) {
    let returned = stage.unacknowledged(&delivery("m-1", &by_alarm(target), 1)).await;
    (!returned.is_empty(), stage.aws.published().pop().unwrap().message)
}

#[tokio::test]
async fn every_trouble_of_a_change_comes_back_and_the_redelivery_makes_it() {
    for (target, operation, times, fault, expected) in [
        ("www", "ListResourceRecordSets", 1, Fault::THROTTLING, "failed throttled"),
        ("www", "ChangeResourceRecordSets", 3, Fault::THROTTLING, "failed throttled"),
        ("www", "ChangeResourceRecordSets", 1, Fault::ACCESS_DENIED, "failed access-denied"),
        ("www", "GetHealthCheckStatus", 1, Fault::ACCESS_DENIED, "failed evidence-unseen"),
        ("forced", "UpdateHealthCheck", 1, Fault::SERVICE_UNAVAILABLE, "failed unavailable"),
        ("object", "PutObject", 1, Fault::ACCESS_DENIED, "failed access-denied"),
    ] {
        let mut stage = set(&ONE_ATTEMPT).await;
        stage.aws.fail_next(operation, times, fault);
        let (comes_back, report) = alarmed(&mut stage, target).await;
        assert_eq!((said(&report).as_str(), comes_back), (expected, true), "{operation}: {report:#}");
        assert_eq!(weights(&stage.aws)[0], "A blue 90");
        let (comes_back, report) = alarmed(&mut stage, target).await;
        assert_eq!((said(&report).as_str(), comes_back), ("acted failed-over", false), "{report:#}");
    }
}

#[tokio::test]
async fn to_a_direct_caller_a_trouble_is_a_function_error() {
    let mut stage = set(&ONE_ATTEMPT).await;
    stage.aws.fail_next("ChangeResourceRecordSets", 1, Fault::ACCESS_DENIED);
    let (kind, report) = stage.failed_report(&order("fail-over", "www"), InvokeOptions::default()).await;
    assert_eq!(
        (kind.as_str(), said(&report).as_str()),
        ("CommandFailed", "failed access-denied"),
        "{report:#}"
    );
}

/// Another change of the zone is under way; too many are; and somebody has changed the health check.
#[tokio::test]
async fn what_may_pass_at_once_is_looked_at_again_within_the_invocation() {
    for (target, operation, fault) in [
        ("www", "ChangeResourceRecordSets", Fault::THROTTLING),
        ("www", "ChangeResourceRecordSets", Fault::PRIOR_REQUEST_NOT_COMPLETE),
        ("forced", "UpdateHealthCheck", Fault::HEALTH_CHECK_VERSION_MISMATCH),
    ] {
        let mut stage = set(&ONE_ATTEMPT).await;
        stage.aws.fail_next(operation, 2, fault);
        let (comes_back, report) = alarmed(&mut stage, target).await;
        assert_eq!((said(&report).as_str(), comes_back), ("acted failed-over", false), "{report:#}");
        assert_eq!(stage.aws.requests_of(operation).len(), 3);
    }
}

#[tokio::test]
async fn a_safety_rule_has_the_last_word() {
    let mut stage = set(&ONE_ATTEMPT).await;
    stage.aws.fail_next("UpdateRoutingControlStates", 2, Fault::SAFETY_RULE);
    let (comes_back, report) = alarmed(&mut stage, "controls").await;
    assert_eq!((said(&report).as_str(), comes_back), ("refused safety-rule", false), "{report:#}");
}

#[tokio::test]
async fn without_its_ledger_it_fails_over_and_says_so() {
    let mut stage = set(&ONE_ATTEMPT).await;
    stage.aws.down(Service::DynamoDb, Fault::INTERNAL_SERVER_ERROR);
    let (comes_back, report) = alarmed(&mut stage, "www").await;
    assert_eq!((said(&report).as_str(), comes_back), ("acted failed-over", false), "{report:#}");
    assert!(report["why"]["text"].as_str().unwrap().contains("without the ledger"), "{report:#}");
    assert_eq!(weights(&stage.aws)[0], "A blue 0");
    let look = stage.reports(&json!({"action": "reconcile", "origin": {"source": "schedule"}})).await;
    assert!(look.iter().all(|report| said(report) == "held ledger-unavailable"), "{look:#?}");
}
