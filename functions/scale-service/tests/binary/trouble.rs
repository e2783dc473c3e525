//! What AWS does to the function: it fails what it concerns, and only that.

use std::time::Duration;

use serde_json::{Value, json};
use tests::alarms::Message;
use tests::runtime_api::InvokeOptions;
use tests::stage::Stage;
use tests::stand_in::{EcsService, Fault, Service};

use super::{api, delivery, desired, park, restore, said, set, told};

/// No pauses of the SDK between its attempts.
const ONE_ATTEMPT: [(&str, &str); 1] = [("AWS_MAX_ATTEMPTS", "1")];

fn set_to(target: &str, desired: u32) -> Value {
    json!({"action": "set", "target": target, "desired": desired})
}

async fn failure(stage: &mut Stage, command: &Value) -> Value {
    stage.failed_report(command, InvokeOptions::default()).await.1
}

/// The queue of a command is FIFO and hands over one; whoever sets up another one gets the same.
#[tokio::test]
async fn a_throttled_record_comes_back_alone() {
    let mut stage = set(&ONE_ATTEMPT).await;
    stage.aws.fail_next("UpdateService", 1, Fault::THROTTLING_EXCEPTION);
    let messages = [Message::new("m-1", set_to("api", 4)), Message::new("m-2", set_to("worker", 4))];
    assert_eq!(stage.returned(&messages).await, ["m-1"]);
    assert_eq!((api(&stage.aws).0, desired(&stage.aws, "worker")), (3, 4));
    let reports: Vec<String> = stage.aws.published().iter().map(|one| said(&one.message)).collect();
    assert_eq!(reports, ["failed throttled", "acted set"]);

    assert_eq!(stage.returned(&messages[..1]).await, [""; 0]);
    assert_eq!(api(&stage.aws).0, 4);
}

#[tokio::test]
async fn throttling_is_retried_until_it_passes() {
    let mut stage = set(&[]).await;
    stage.aws.fail_next("DescribeServices", 1, Fault::THROTTLING_EXCEPTION);
    stage.aws.fail_next("UpdateService", 1, Fault::THROTTLING_EXCEPTION);
    assert_eq!(said(&stage.report(&set_to("api", 4)).await), "acted set");
}

/// The SDK does not retry a conflict, so the function does: it looks and plans again.
#[tokio::test]
async fn a_conflict_with_somebody_else_is_looked_at_again() {
    let mut stage = set(&[]).await;
    stage.aws.fail_next("RegisterScalableTarget", 1, Fault::CONCURRENT_UPDATE);
    let report = stage.report(&json!({"action": "set", "target": "api", "min": 4})).await;
    assert_eq!(said(&report), "acted set", "{report:#}");
    assert_eq!(api(&stage.aws).1.min, 4);

    stage.aws.fail_next("RegisterScalableTarget", 9, Fault::CONCURRENT_UPDATE);
    let report = failure(&mut stage, &json!({"action": "set", "target": "api", "min": 5})).await;
    assert_eq!(said(&report), "failed conflict", "{report:#}");
}

#[tokio::test]
async fn every_trouble_of_a_read_fails_and_changes_nothing() {
    let mut stage = set(&ONE_ATTEMPT).await;
    for (operation, fault, code) in [
        ("DescribeServices", Fault::SERVER_EXCEPTION, "unavailable"),
        ("DescribeServices", Fault::THROTTLING_EXCEPTION, "throttled"),
        ("DescribeServices", Fault::ACCESS_DENIED, "access-denied"),
        ("DescribeScalableTargets", Fault::INTERNAL_SERVICE, "unavailable"),
        ("DescribeScalableTargets", Fault::THROTTLING_EXCEPTION, "throttled"),
    ] {
        stage.aws.fail_next(operation, 1, fault);
        let report = failure(&mut stage, &set_to("api", 4)).await;
        assert_eq!(said(&report), format!("failed {code}"), "{operation}: {report:#}");
    }
    for operation in ["DescribeServices", "DescribeScalableTargets"] {
        stage.aws.hang_up_next(operation, 1);
        assert_eq!(failure(&mut stage, &set_to("api", 4)).await["verdict"], "failed");
    }
    assert!(stage.aws.requests_of("UpdateService").is_empty());
    assert_eq!(said(&stage.report(&set_to("api", 4)).await), "acted set");
}

#[tokio::test]
async fn a_service_that_goes_while_it_is_changed_is_told() {
    let mut stage = set(&ONE_ATTEMPT).await;
    for fault in [Fault::SERVICE_NOT_ACTIVE, Fault::SERVICE_NOT_FOUND] {
        stage.aws.fail_next("UpdateService", 1, fault);
        let (text, report) = match stage.invoke(&set_to("worker", 4)).await {
            tests::runtime_api::Answer::Response(answer) => {
                (answer.to_string(), answer["reports"][0].clone())
            }
            tests::runtime_api::Answer::FunctionError(error) => {
                let answer: Value = serde_json::from_str(&error.message).unwrap();
                (error.message, answer["reports"][0].clone())
            }
        };
        assert!(["failed", "refused"].contains(&report["verdict"].as_str().unwrap()), "{report:#}");
        assert!(text.contains("worker"), "{text}");
    }
    assert_eq!(desired(&stage.aws, "worker"), 2);
}

#[tokio::test]
async fn a_cluster_that_is_not_there_is_a_missing_service() {
    let mut stage = set(&[]).await;
    stage.aws.fail_next("DescribeServices", 1, Fault::CLUSTER_NOT_FOUND);
    let report = stage.report(&set_to("api", 4)).await;
    assert_eq!(said(&report), "refused service-missing", "{report:#}");
}

#[tokio::test]
async fn without_its_ledger_nothing_is_done_and_everything_comes_back() {
    let mut stage = set(&ONE_ATTEMPT).await;
    stage.aws.down(Service::DynamoDb, Fault::INTERNAL_SERVER_ERROR);
    for command in [park("api"), json!({"action": "boost", "target": "api", "add": 1, "for": "5m"})] {
        assert_eq!(stage.unacknowledged(&delivery("m-1", &command, 1)).await, ["m-1"]);
        let report = stage.aws.published().pop().unwrap().message;
        assert_eq!(said(&report), "failed ledger-unavailable", "{report:#}");
    }
    assert_eq!(api(&stage.aws), super::API);
    stage.aws.up(Service::DynamoDb);
    assert_eq!(said(&told(&mut stage, "m-1", &park("api")).await[0]), "acted parked");
    assert_eq!(said(&told(&mut stage, "m-2", &restore("api")).await[0]), "acted restored");
    assert_eq!(api(&stage.aws), super::API);
}

#[tokio::test]
async fn no_work_is_begun_that_cannot_end_in_time() {
    let mut stage = set(&[]).await;
    let options = InvokeOptions { time_left: Duration::from_millis(900), ..InvokeOptions::default() };
    let (_, report) = stage.failed_report(&set_to("api", 4), options).await;
    assert_eq!(report["verdict"], "failed", "{report:#}");
    assert!(stage.aws.requests_of("UpdateService").is_empty());
}

#[tokio::test]
async fn a_count_that_another_one_sets_to_the_same_is_set_already() {
    let mut stage = set(&[]).await;
    stage.aws.put_service(EcsService { running: 1, pending: 3, ..EcsService::new("portfolio", "worker", 4) });
    let report = stage.report(&set_to("worker", 4)).await;
    assert_eq!(said(&report), "held already-so", "{report:#}");
    assert_eq!(
        (&report["before"]["running"], &report["before"]["pending"]),
        (&json!(1), &json!(3)),
        "{report:#}"
    );
}
