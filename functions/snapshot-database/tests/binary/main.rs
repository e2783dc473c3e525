//! The built `snapshot-database` as Lambda runs it: a process, a Runtime API, and AWS's wire on loopback.
//! What the function decides is tested beside its code; here it is that the parts are joined, and what is public.
#![expect(clippy::unwrap_used, reason = "these are tests, and what fails here fails them")]

mod bad_input;
mod death;
mod drills;
mod nights;
mod start;
mod trouble;

use std::sync::Arc;

use serde_json::{Value, json};
use tests::alarms::{Message, batch};
use tests::stage::Stage;
use tests::stand_in::{RdsDatabase, RdsFamily, RdsSnapshot, Service, StandIn};

const EXECUTABLE: &str = env!("CARGO_BIN_EXE_snapshot-database");

const PLAYBOOK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/binary/playbook.yaml");

const HOME: &str = "us-east-1";
const FAR: &str = "us-west-2";

const VARIABLES: [(&str, &str); 3] = [
    ("LAMPLIGHTER_PLAYBOOK", PLAYBOOK),
    ("LAMPLIGHTER_LEDGER_TABLE", "ledger"),
    ("LAMPLIGHTER_OUTCOMES_TOPIC", "arn:aws:sns:us-east-1:123456789012:outcomes"),
];

/// An AWS with the databases of the playbook.
async fn aws() -> Arc<StandIn> {
    let aws = StandIn::start().await.unwrap();
    put_databases(&aws);
    Arc::new(aws)
}

/// Puts the databases of the playbook there, but for `gone`.
fn put_databases(aws: &StandIn) {
    let key = Some("arn:aws:kms:us-east-1:123456789012:key/home".to_owned());
    aws.put_database(RdsDatabase { kms_key: key.clone(), ..RdsDatabase::instance(HOME, "weather") });
    aws.put_database(RdsDatabase { kms_key: key, ..RdsDatabase::instance(HOME, "locked") });
    aws.put_database(RdsDatabase::instance(HOME, "status"));
    aws.put_database(RdsDatabase::cluster(HOME, "platform"));
    aws.put_database(RdsDatabase::cluster(HOME, "counter"));
    let writer =
        RdsDatabase { engine: "aurora-mysql".to_owned(), ..RdsDatabase::instance(HOME, "platform-1") };
    aws.put_database(RdsDatabase { member_of: Some("platform".to_owned()), ..writer });
    for name in ["fleet-1", "fleet-2", "fleet-3", "fleet-scratchpad"] {
        let tags = [("backup".to_owned(), "nightly".to_owned())].into();
        aws.put_database(RdsDatabase { tags, ..RdsDatabase::instance(HOME, name) });
    }
}

/// Starts the function on an AWS of its own, with more variables or other values.
async fn set(variables: &[(&str, &str)]) -> Stage {
    set_on(&aws().await, variables).await
}

/// Starts the function beside others on one AWS.
async fn set_on(aws: &Arc<StandIn>, variables: &[(&str, &str)]) -> Stage {
    Stage::set(EXECUTABLE, Arc::clone(aws), &[&VARIABLES, variables].concat()).await
}

/// Starts the function without one of its variables.
async fn set_without(variable: &str) -> Stage {
    let variables: Vec<_> = VARIABLES.into_iter().filter(|(name, _)| *name != variable).collect();
    Stage::set(EXECUTABLE, aws().await, &variables).await
}

/// The event by which a queue of the function hands over a message, for the first time or again.
fn delivery(id: &str, message: &Value, receives: usize) -> Value {
    let mut event = batch(&[Message::new(id, message)]);
    event["Records"][0]["attributes"]["ApproximateReceiveCount"] = receives.to_string().into();
    event
}

/// Hands over a message by a queue, which must not get it back, and returns what is told of it.
async fn told(stage: &mut Stage, id: &str, message: &Value) -> Vec<Value> {
    let before = stage.aws.published().len();
    let returned = stage.unacknowledged(&delivery(id, message, 1)).await;
    let reports: Vec<Value> =
        stage.aws.published().split_off(before).into_iter().map(|one| one.message).collect();
    assert_eq!(returned, [""; 0], "{reports:#?}");
    reports
}

/// Takes a snapshot, and lets it be there.
async fn taken(stage: &mut Stage, target: &str) {
    let report = stage.report(&order("take", target)).await;
    assert_eq!(said(&report), "acted taken", "{report:#}");
    stage.aws.complete_snapshots();
}

/// What EventBridge tells when a snapshot is there.
fn created(snapshot: &RdsSnapshot) -> Value {
    let (kind, source, id) = match snapshot.family {
        RdsFamily::Instance => ("RDS DB Snapshot Event", "SNAPSHOT", "RDS-EVENT-0042"),
        RdsFamily::Cluster => ("RDS DB Cluster Snapshot Event", "CLUSTER_SNAPSHOT", "RDS-EVENT-0075"),
    };
    json!({
        "version": "0", "id": "844e2571-85d4-695f-b930-0153b71dcb42", "detail-type": kind, "source": "aws.rds",
        "account": "123456789012", "time": "2026-11-21T01:41:07Z", "region": snapshot.region,
        "resources": [snapshot.arn()],
        "detail": {"EventCategories": ["creation"], "SourceType": source, "SourceArn": snapshot.arn(),
            "Date": "2026-11-21T01:41:07.292Z", "Message": "Manual snapshot created",
            "SourceIdentifier": snapshot.name, "EventID": id},
    })
}

/// The snapshots of a Region.
fn snapshots(aws: &StandIn, region: &str) -> Vec<RdsSnapshot> {
    aws.snapshots().into_iter().filter(|snapshot| snapshot.region == region).collect()
}

/// What was asked of RDS, in order.
fn asked(aws: &StandIn) -> Vec<String> {
    let requests = aws.take_requests().into_iter().filter(|request| request.service == Service::Rds);
    requests.map(|request| request.operation).collect()
}

/// Verdict and code of a report: `refused paused`.
fn said(report: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or("?").to_owned();
    format!("{} {}", text(&report["verdict"]), text(&report["why"]["code"]))
}

fn order(action: &str, target: &str) -> Value {
    json!({"action": action, "target": target})
}
