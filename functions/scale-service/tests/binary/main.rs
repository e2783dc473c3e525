//! The built `scale-service` as Lambda runs it: a process, a Runtime API, and AWS's wire on loopback.
//! What the function decides is tested beside its code; here it is that the parts are joined, and what is public.
#![expect(clippy::unwrap_used, reason = "these are tests, and what fails here fails them")]

mod bad_input;
mod boosts;
mod death;
mod groups;
mod parking;
mod plans;
mod sizes;
mod start;
mod trouble;
mod twice;

use std::sync::Arc;

use serde_json::{Value, json};
use tests::alarms::{Message, batch};
use tests::stage::Stage;
use tests::stand_in::{EcsService, Recorded, ScalableTarget, Service, StandIn};

const EXECUTABLE: &str = env!("CARGO_BIN_EXE_scale-service");

const PLAYBOOK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/binary/playbook.yaml");

/// The function's own queue, which wakes it when a boost is over.
const QUEUE: &str = "arn:aws:sqs:us-east-1:123456789012:scale-service.fifo";

/// Where the end of a boost is kept that never reached that queue.
const DEAD_LETTERS: &str = "arn:aws:sqs:us-east-1:123456789012:schedules-dead-letters";

const VARIABLES: [(&str, &str); 7] = [
    ("LAMPLIGHTER_PLAYBOOK", PLAYBOOK),
    ("LAMPLIGHTER_LEDGER_TABLE", "ledger"),
    ("LAMPLIGHTER_OUTCOMES_TOPIC", "arn:aws:sns:us-east-1:123456789012:outcomes"),
    ("LAMPLIGHTER_SCHEDULE_GROUP", "lamplighter"),
    ("LAMPLIGHTER_SCHEDULE_ROLE", "arn:aws:iam::123456789012:role/end-boosts"),
    ("LAMPLIGHTER_SCHEDULE_TARGET", QUEUE),
    ("LAMPLIGHTER_SCHEDULE_DEAD_LETTERS", DEAD_LETTERS),
];

/// What `api` has at first: policies may scale it, and scheduled actions may not.
const API: (u32, ScalableTarget) = (3, ScalableTarget { min: 2, max: 8, suspended: [false, false, true] });

/// What `worker` has at first.
const WORKER: u32 = 2;

/// An AWS with the services of the playbook.
async fn aws() -> Arc<StandIn> {
    let aws = StandIn::start().await.unwrap();
    put_services(&aws);
    Arc::new(aws)
}

/// Puts the services of the playbook there, but for `never`.
fn put_services(aws: &StandIn) {
    aws.put_service(EcsService::new("portfolio", "api", API.0));
    aws.put_scalable_target("portfolio", "api", API.1);
    aws.put_service(EcsService::new("portfolio", "worker", WORKER));
    aws.put_service(EcsService::new("portfolio", "billing", 2));
    aws.put_service(EcsService { daemon: true, ..EcsService::new("portfolio", "agent", 3) });
    for n in 0..10 {
        let name = format!("s{n}");
        aws.put_service(EcsService::new("fleet", &name, 2));
        aws.put_scalable_target("fleet", &name, ScalableTarget::new(1, 4));
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

/// The event by which the function's FIFO queue hands over a command, for the first time or again.
fn delivery(id: &str, command: &Value, receives: usize) -> Value {
    let mut event = batch(&[Message::new(id, command)]);
    let record = &mut event["Records"][0];
    record["eventSourceARN"] = QUEUE.into();
    record["attributes"]["MessageGroupId"] = command["target"].as_str().unwrap_or("all").into();
    record["attributes"]["ApproximateReceiveCount"] = receives.to_string().into();
    event
}

/// Hands over a command by the queue, which must not get it back, and returns what is told of it.
async fn told(stage: &mut Stage, id: &str, command: &Value) -> Vec<Value> {
    let before = stage.aws.published().len();
    let returned = stage.unacknowledged(&delivery(id, command, 1)).await;
    let reports: Vec<Value> =
        stage.aws.published().split_off(before).into_iter().map(|one| one.message).collect();
    assert_eq!(returned, [""; 0], "{reports:#?}");
    reports
}

/// The desired count and the scalable target of `api`.
fn api(aws: &StandIn) -> (u32, ScalableTarget) {
    let target = aws.scalable_target("portfolio", "api").unwrap();
    (aws.service("portfolio", "api").unwrap().desired, target)
}

/// The desired count of a service of `portfolio`.
fn desired(aws: &StandIn, name: &str) -> u32 {
    aws.service("portfolio", name).unwrap().desired
}

/// What was asked of ECS, Application Auto Scaling and EventBridge Scheduler, in order.
fn scaling(requests: &[Recorded]) -> Vec<&str> {
    let is_scaling = |request: &&Recorded| {
        matches!(request.service, Service::AutoScaling | Service::Ecs | Service::Scheduler)
    };
    requests.iter().filter(is_scaling).map(|request| request.operation.as_str()).collect()
}

/// Verdict and code of a report: `refused parked`.
fn said(report: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or("?").to_owned();
    format!("{} {}", text(&report["verdict"]), text(&report["why"]["code"]))
}

fn park(target: &str) -> Value {
    json!({"action": "park", "target": target})
}

fn restore(target: &str) -> Value {
    json!({"action": "restore", "target": target})
}
