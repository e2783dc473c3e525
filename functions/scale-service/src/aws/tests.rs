//! The adapter on the wire: exact requests out, real bodies of AWS in.

mod autoscaling;
mod ecs;
mod missing;
mod observed;
mod refused;
mod schedules;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_ecs::config::retry::RetryConfig;
use aws_sdk_ecs::config::{
    BehaviorVersion, Credentials, Region, RuntimeComponents, SharedCredentialsProvider, SharedHttpClient,
};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use jiff::Timestamp;
use serde_json::{Value, json};
use shell::clock::Clock;

use super::*;

/// AWS: what it answers, one after the other, and what it was asked.
#[derive(Debug, Clone)]
struct Wire(Arc<Mutex<Traffic>>);

#[derive(Debug)]
struct Traffic {
    answers: VecDeque<(u16, Value)>,
    asked: Vec<HttpRequest>,
}

impl Wire {
    fn answering(answers: impl IntoIterator<Item = (u16, Value)>) -> Self {
        Self(Arc::new(Mutex::new(Traffic { answers: answers.into_iter().collect(), asked: Vec::new() })))
    }

    /// The clients as the function builds them, but that they do not wait before they try again.
    fn clients(&self) -> Aws {
        self.clients_with(Some(Schedules {
            group: "lamplighter".to_owned(),
            role: "arn:aws:iam::123456789012:role/schedules".to_owned(),
            target: "arn:aws:sqs:eu-central-1:123456789012:lamplighter-scale-service.fifo".to_owned(),
            dead_letters: Some("arn:aws:sqs:eu-central-1:123456789012:schedules-dead".to_owned()),
        }))
    }

    fn clients_with(&self, schedules: Option<Schedules>) -> Aws {
        let sdk = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("eu-central-1"))
            .credentials_provider(SharedCredentialsProvider::new(Credentials::for_tests()))
            .retry_config(RetryConfig::standard().with_max_backoff(Duration::ZERO))
            .http_client(SharedHttpClient::new(self.clone()))
            .build();
        Aws::new(&sdk, &CallCounter::default(), schedules)
    }

    /// What was asked, a line each: the operation and the body.
    fn asked(&self) -> Vec<String> {
        self.each(|request| {
            let target = request.headers().get("x-amz-target").unwrap_or("no target");
            let body = String::from_utf8_lossy(request.body().bytes().unwrap());
            format!("{} {body}", target.rsplit('.').next().unwrap())
        })
    }

    fn each(&self, say: impl Fn(&HttpRequest) -> String) -> Vec<String> {
        self.0.lock().unwrap().asked.iter().map(say).collect()
    }
}

impl HttpClient for Wire {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Wire {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let mut traffic = self.0.lock().unwrap();
        traffic.asked.push(request);
        let (status, body) = traffic.answers.pop_front().expect("an answer to this request");
        let status = StatusCode::try_from(status).unwrap();
        HttpConnectorFuture::ready(Ok(HttpResponse::new(status, SdkBody::from(body.to_string()))))
    }
}

/// Does something with AWS answering so, and says what AWS was asked.
async fn with<T>(
    answers: impl IntoIterator<Item = (u16, Value)>,
    work: impl AsyncFn(&AwsUntil<'_>) -> T,
) -> (T, Vec<String>) {
    let wire = Wire::answering(answers);
    let done = work(&wire.clients().until(left(60))).await;
    assert_eq!(wire.0.lock().unwrap().answers, [], "answers that nobody asked for");
    (done, wire.asked())
}

/// So many seconds are left of the invocation.
fn left(seconds: i64) -> Deadline {
    let clock = Clock::of(|| Timestamp::UNIX_EPOCH);
    Deadline::new(Timestamp::from_second(seconds).unwrap(), clock)
}

fn service(cluster: &str, name: &str) -> Service {
    let bounds = json!({"floor": 1, "ceiling": 10, "largest-step": 4});
    serde_json::from_value(json!({"cluster": cluster, "service": name, "bounds": bounds})).unwrap()
}

fn api() -> Service {
    service("portfolio-prod", "api")
}

/// A service as ECS describes it, with what is special about it.
fn described(cluster: &str, name: &str, special: Value) -> Value {
    let arn = |kind: &str| format!("arn:aws:ecs:eu-central-1:123456789012:{kind}/{cluster}");
    let mut described = json!({
        "serviceArn": format!("{}/{name}", arn("service")),
        "serviceName": name,
        "clusterArn": arn("cluster"),
        "status": "ACTIVE",
        "desiredCount": 2,
        "runningCount": 2,
        "pendingCount": 0,
        "launchType": "FARGATE",
        "taskDefinition": "arn:aws:ecs:eu-central-1:123456789012:task-definition/api:7",
        "deployments": [{
            "id": "ecs-svc/1",
            "status": "PRIMARY",
            "desiredCount": 2,
            "runningCount": 2,
            "pendingCount": 0,
            "rolloutState": "COMPLETED",
            "createdAt": 1_790_000_000.123,
        }],
        "createdAt": 1_780_000_000.123,
        "events": [],
        "schedulingStrategy": "REPLICA",
        "deploymentController": {"type": "ECS"},
    });
    let Value::Object(special) = special else { panic!("{special}") };
    described.as_object_mut().unwrap().extend(special);
    described
}

fn services(services: &[Value], failures: &[Value]) -> (u16, Value) {
    (200, json!({"services": services, "failures": failures}))
}

/// A scalable target as Application Auto Scaling describes it.
fn target(id: &str, min: i32, max: i32, suspended: Value) -> Value {
    json!({
        "ServiceNamespace": "ecs",
        "ResourceId": id,
        "ScalableDimension": "ecs:service:DesiredCount",
        "MinCapacity": min,
        "MaxCapacity": max,
        "RoleARN": "arn:aws:iam::123456789012:role/aws-service-role/ecs.application-autoscaling.amazonaws.com/r",
        "CreationTime": 1_780_000_000.123,
        "SuspendedState": suspended,
    })
}

/// A page of scalable targets.
fn targets(targets: &[Value]) -> (u16, Value) {
    (200, json!({"ScalableTargets": targets}))
}

/// Nothing is suspended.
fn awake() -> Value {
    suspended(false, false, false)
}

fn suspended(dynamic_in: bool, dynamic_out: bool, scheduled: bool) -> Value {
    json!({
        "DynamicScalingInSuspended": dynamic_in,
        "DynamicScalingOutSuspended": dynamic_out,
        "ScheduledScalingSuspended": scheduled,
    })
}

/// A refusal as these services send it. Whether its words are the `message` or the `Message` differs.
fn refusal(status: u16, code: &str, key: &str) -> (u16, Value) {
    (status, json!({"__type": code, key: "no"}))
}

/// The fault as people read it, with its class.
fn shown(fault: &Fault) -> (Option<FaultClass>, String) {
    (fault.class, format!("{fault}: {}", fault.source))
}

fn end_of_boost() -> OneTime {
    OneTime {
        name: "end-1".to_owned(),
        at: "2026-11-21T09:30:00Z".parse().unwrap(),
        input: json!({"action": "restore", "target": "portfolio-api", "of": "boost-1"}),
        message_group: "portfolio-api".to_owned(),
    }
}
