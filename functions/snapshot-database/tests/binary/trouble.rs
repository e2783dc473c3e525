//! What AWS does to the function: it fails what it concerns, and only that.

use std::time::Duration;

use serde_json::{Value, json};
use tests::alarms::Message;
use tests::runtime_api::InvokeOptions;
use tests::stage::Stage;
use tests::stand_in::{Fault, RdsDatabase, Service};

use super::{FAR, HOME, delivery, order, said, set, snapshots, taken, told};

/// No pauses of the SDK between its attempts.
const ONE_ATTEMPT: [(&str, &str); 1] = [("AWS_MAX_ATTEMPTS", "1")];

async fn failure(stage: &mut Stage, command: &Value) -> Value {
    stage.failed_report(command, InvokeOptions::default()).await.1
}

#[tokio::test]
async fn a_throttled_record_comes_back_alone() {
    let mut stage = set(&ONE_ATTEMPT).await;
    stage.aws.fail_next("CreateDBSnapshot", 1, Fault::THROTTLING);
    let messages =
        [Message::new("m-1", order("take", "weather-db")), Message::new("m-2", order("take", "platform-db"))];
    assert_eq!(stage.returned(&messages).await, ["m-1"]);
    let reports: Vec<String> = stage.aws.published().iter().map(|one| said(&one.message)).collect();
    assert_eq!(reports, ["failed throttled", "acted taken"]);
    assert_eq!(stage.returned(&messages[..1]).await, [""; 0]);
    assert_eq!(stage.aws.snapshots().len(), 2);
}

#[tokio::test]
async fn one_database_that_fails_keeps_nothing_from_the_others() {
    let mut stage = set(&ONE_ATTEMPT).await;
    stage.aws.fail_next("CreateDBSnapshot", 1, Fault::THROTTLING);
    let night = json!({"action": "take", "target": "fleet-db", "id": "night-1"});
    assert_eq!(stage.unacknowledged(&delivery("m-1", &night, 1)).await, ["m-1"]);
    let report = stage.aws.published().pop().unwrap().message;
    assert_eq!(said(&report), "failed partly", "{report:#}");
    assert_eq!(stage.aws.snapshots().len(), 2);
    stage.aws.complete_snapshots();
    assert_eq!(said(&told(&mut stage, "m-1", &night).await[0]), "acted taken");
    assert_eq!(stage.aws.snapshots().len(), 3);
}

#[tokio::test]
async fn a_lost_answer_makes_no_second_snapshot() {
    let mut stage = set(&[]).await;
    stage.aws.lose_answer_of_next("CreateDBSnapshot", 1);
    let report = stage.report(&json!({"action": "take", "target": "weather-db", "id": "night-1"})).await;
    assert!(["acted", "held"].contains(&report["verdict"].as_str().unwrap()), "{report:#}");
    assert_eq!(stage.aws.snapshots().len(), 1);
}

#[tokio::test]
async fn a_database_that_cannot_be_backed_up_now_is_told_by_its_own_reason() {
    for (status, expected, comes_back) in [
        ("backing-up", "failed database-busy", true),
        ("stopped", "refused database-stopped", false),
        ("incompatible-network", "refused database-unusable", false),
    ] {
        let mut stage = set(&[]).await;
        stage.aws.put_database(RdsDatabase {
            status: status.to_owned(),
            ..RdsDatabase::instance(HOME, "weather")
        });
        let returned = stage.unacknowledged(&delivery("m-1", &order("take", "weather-db"), 1)).await;
        let report = stage.aws.published().pop().unwrap().message;
        assert_eq!((said(&report).as_str(), !returned.is_empty()), (expected, comes_back), "{report:#}");
        assert!(stage.aws.requests_of("CreateDBSnapshot").is_empty());
    }
    let mut stage = set(&[]).await;
    let report = stage.report(&order("take", "gone-db")).await;
    assert_eq!(said(&report), "refused database-missing", "{report:#}");
}

#[tokio::test]
async fn a_copy_without_a_key_of_its_region_and_one_with_a_bad_key_are_told() {
    let mut stage = set(&[]).await;
    taken(&mut stage, "locked-db").await;
    let report = stage.report(&order("copy", "locked-db")).await;
    assert_eq!(said(&report), "refused kms-key-missing", "{report:#}");
    assert!(stage.aws.requests_of("CopyDBSnapshot").is_empty());

    taken(&mut stage, "weather-db").await;
    stage.aws.fail_next("CopyDBSnapshot", 1, Fault::KMS_KEY_NOT_ACCESSIBLE);
    let report = failure(&mut stage, &order("copy", "weather-db")).await;
    assert_eq!(said(&report), "failed key-unusable", "{report:#}");
}

#[tokio::test]
async fn at_the_quota_a_refusal_names_it_and_nothing_is_deleted() {
    let mut stage = set(&[]).await;
    stage.aws.limit_snapshots(1);
    taken(&mut stage, "weather-db").await;
    let report = stage.report(&order("take", "weather-db")).await;
    assert_eq!(said(&report), "refused snapshot-quota", "{report:#}");
    assert_eq!(stage.aws.snapshots().len(), 1);
    // Where RDS tells no quotas, it refuses by itself, and that comes to the same.
    stage.aws.fail_next("DescribeAccountAttributes", 3, Fault::ACCESS_DENIED);
    let report = stage.report(&order("take", "weather-db")).await;
    assert_eq!(said(&report), "refused snapshot-quota", "{report:#}");
}

#[tokio::test]
async fn every_trouble_of_a_read_fails_and_changes_nothing() {
    let mut stage = set(&ONE_ATTEMPT).await;
    for (operation, fault, code) in [
        ("DescribeDBInstances", Fault::THROTTLING, "throttled"),
        ("DescribeDBInstances", Fault::ACCESS_DENIED, "access-denied"),
        ("DescribeDBSnapshots", Fault::SERVICE_UNAVAILABLE, "unavailable"),
    ] {
        stage.aws.fail_next(operation, 1, fault);
        let report = failure(&mut stage, &order("take", "weather-db")).await;
        assert_eq!(said(&report), format!("failed {code}"), "{operation}: {report:#}");
    }
    assert!(stage.aws.snapshots().is_empty());
}

#[tokio::test]
async fn without_its_ledger_everything_comes_back() {
    let mut stage = set(&ONE_ATTEMPT).await;
    stage.aws.down(Service::DynamoDb, Fault::INTERNAL_SERVER_ERROR);
    let night = json!({"action": "take", "target": "weather-db", "id": "night-1"});
    assert_eq!(stage.unacknowledged(&delivery("m-1", &night, 1)).await, ["m-1"]);
    let report = stage.aws.published().pop().unwrap().message;
    assert_eq!(said(&report), "failed ledger-unavailable", "{report:#}");
    assert!(stage.aws.snapshots().is_empty());
    stage.aws.up(Service::DynamoDb);
    assert_eq!(said(&told(&mut stage, "m-1", &night).await[0]), "acted taken");
}

#[tokio::test]
async fn no_work_is_begun_that_cannot_end_in_time() {
    let mut stage = set(&[]).await;
    let options = InvokeOptions { time_left: Duration::from_millis(900), ..InvokeOptions::default() };
    let (_, report) = stage.failed_report(&order("take", "weather-db"), options).await;
    assert_eq!(report["verdict"], "failed", "{report:#}");
    assert!(stage.aws.snapshots().is_empty());
}

/// The source must not go before its copy is there.
#[tokio::test]
async fn a_copy_that_fails_is_made_again_and_its_source_stays() {
    let mut stage = set(&[]).await;
    taken(&mut stage, "weather-db").await;
    for _ in 0..2 {
        stage.report(&order("copy", "weather-db")).await;
        stage.aws.fail_snapshots();
        stage.report(&order("reconcile", "weather-db")).await;
        assert_eq!(snapshots(&stage.aws, HOME).len(), 1);
    }
    stage.report(&order("copy", "weather-db")).await;
    stage.aws.complete_snapshots();
    let [copy] = snapshots(&stage.aws, FAR).try_into().unwrap();
    assert_eq!(copy.status, "available");
}
