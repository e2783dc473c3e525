//! The built `failover-dns` as Lambda runs it: a process, a Runtime API, and AWS's wire on loopback.
//! What the function decides is tested beside its code; here it is that the parts are joined, and what is public.
#![expect(clippy::unwrap_used, reason = "these are tests, and what fails here fails them")]

mod bad_input;
mod death;
mod moves;
mod start;
mod trouble;

use std::sync::Arc;

use serde_json::{Value, json};
use tests::alarms::{Message, batch};
use tests::stage::Stage;
use tests::stand_in::{AlarmKind, HealthCheck, Service, StandIn};

const EXECUTABLE: &str = env!("CARGO_BIN_EXE_failover-dns");

const PLAYBOOK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/binary/playbook.yaml");

const ZONE: &str = "Z1EXAMPLE";
/// What shows how the secondary is.
const STANDBY: &str = "11111111-2222-3333-4444-555555555555";
/// The check that is forced.
const FORCED: &str = "99999999-2222-3333-4444-555555555555";

const VARIABLES: [(&str, &str); 3] = [
    ("LAMPLIGHTER_PLAYBOOK", PLAYBOOK),
    ("LAMPLIGHTER_LEDGER_TABLE", "ledger"),
    ("LAMPLIGHTER_OUTCOMES_TOPIC", "arn:aws:sns:us-east-1:123456789012:outcomes"),
];

/// An AWS with what the playbook names, and all traffic at the primaries.
async fn aws() -> Arc<StandIn> {
    let aws = StandIn::start().await.unwrap();
    furnish(&aws);
    Arc::new(aws)
}

/// Puts there what the playbook names.
fn furnish(aws: &StandIn) {
    for (kind, value) in [("A", "192.0.2.1"), ("AAAA", "2001:db8::1")] {
        for (side, weight) in [("blue", 90), ("green", 10)] {
            aws.put_records(
                ZONE,
                &format!(
                    "<ResourceRecordSet><Name>www.example.com.</Name><Type>{kind}</Type><SetIdentifier>{side}</SetIdentifier>\
                     <Weight>{weight}</Weight><TTL>45</TTL><ResourceRecords><ResourceRecord><Value>{value}</Value>\
                     </ResourceRecord></ResourceRecords><HealthCheckId>{STANDBY}</HealthCheckId></ResourceRecordSet>"
                ),
            );
        }
    }
    aws.put_health_check(HealthCheck::new(STANDBY));
    aws.put_health_check(HealthCheck { version: 7, ..HealthCheck::new(FORCED) });
    aws.put_routing_control(&control("primary"), true);
    aws.put_routing_control(&control("secondary"), false);
    // 2026-11-20, so that the primary has been well for long enough whenever the tests run.
    aws.set_alarm(AlarmKind::Metric, "primary-health", "OK", 1_795_165_200_000);
}

fn control(side: &str) -> String {
    format!("arn:aws:route53-recovery-control::123456789012:controlpanel/0123abcd/routingcontrol/{side}")
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

/// The event by which the queue of the function hands over a message, for the first time or again.
fn delivery(id: &str, message: &Value, receives: usize) -> Value {
    let mut event = batch(&[Message::new(id, message)]);
    event["Records"][0]["attributes"]["ApproximateReceiveCount"] = receives.to_string().into();
    event
}

/// What an alarm has ordered.
fn by_alarm(target: &str) -> Value {
    let origin = json!({"source": "alarm", "alarm": "primary-health", "route": "primary-down"});
    json!({"action": "fail-over", "target": target, "id": "alarm-1", "origin": origin})
}

fn order(action: &str, target: &str) -> Value {
    json!({"action": action, "target": target})
}

/// Verdict and code of a report: `refused paused`.
fn said(report: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or("?").to_owned();
    format!("{} {}", text(&report["verdict"]), text(&report["why"]["code"]))
}

/// The weights of `www`, by type and set.
fn weights(aws: &StandIn) -> Vec<String> {
    let between = |set: &str, name: &str| {
        let (_, rest) = set.split_once(&format!("<{name}>")).unwrap();
        rest.split_once('<').unwrap().0.to_owned()
    };
    let line = |set: String| {
        format!("{} {} {}", between(&set, "Type"), between(&set, "SetIdentifier"), between(&set, "Weight"))
    };
    aws.records(ZONE).into_iter().map(line).collect()
}

/// What was asked of AWS for the work itself, not of the ledger, in order.
fn asked(aws: &StandIn) -> Vec<String> {
    let is_work = |service: Service| !matches!(service, Service::Sns | Service::DynamoDb);
    let requests = aws.take_requests().into_iter().filter(|request| is_work(request.service));
    requests.map(|request| request.operation).collect()
}
