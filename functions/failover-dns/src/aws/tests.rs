//! The adapter on the wire: exact requests out, real bodies of each service in. The SDK's clock of waiting is paused.

mod alarms;
mod checks;
mod controls;
mod names;
mod objects;
mod probes;
mod records;
mod refused;
mod wire;

use aws_sdk_route53::config::retry::RetryConfig;
use aws_sdk_route53::config::{BehaviorVersion, Credentials, Region, SharedCredentialsProvider};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use shared::fault::FaultClass;
use shell::clock::Clock;

use self::wire::{Reply, Wire, cbor, empty, json, xml};
use super::*;
use crate::world::HealthState;

/// Does something with AWS answering so, and says what AWS was asked.
async fn with<T>(
    replies: impl IntoIterator<Item = Reply>,
    work: impl AsyncFn(&AwsUntil<'_>) -> T,
) -> (T, Vec<String>) {
    let wire = Wire::of(replies);
    let aws = clients(&wire);
    let done = work(&aws.until(left(20))).await;
    assert_eq!(wire.left(), 0, "answers that nobody asked for");
    (done, wire.asked())
}

/// The clients as the function builds them.
fn clients(wire: &Wire) -> Aws {
    Aws::new(&sdk(wire), &CallCounter::default())
}

fn sdk(wire: &Wire) -> SdkConfig {
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .credentials_provider(SharedCredentialsProvider::new(Credentials::for_tests()))
        .retry_config(RetryConfig::standard())
        .http_client(SharedHttpClient::new(wire.clone()))
        .build()
}

/// So many seconds are left of the invocation.
fn left(seconds: i64) -> Deadline {
    let at = now().checked_add(jiff::SignedDuration::from_secs(seconds)).unwrap();
    Deadline::new(at, Clock::of(now))
}

fn now() -> Timestamp {
    at("2026-11-21T09:00:00Z")
}

fn at(time: &str) -> Timestamp {
    time.parse().unwrap()
}

fn id<T: TryFrom<String, Error: std::fmt::Debug>>(text: &str) -> T {
    T::try_from(text.to_owned()).unwrap()
}

/// Whose an object is that an order puts.
fn owner(order: &str) -> Owner {
    Owner { order: id(order), delivery: Some(id("m-1")) }
}

/// The fault as people read it, with what it means.
fn shown(fault: &Fault) -> (Meaning, String) {
    (fault.meaning, format!("{fault}: {}", fault.source))
}

/// A refusal as Route 53, CloudFront and S3 send them.
fn refusal(status: u16, code: &str, message: &str) -> Reply {
    xml(
        status,
        &format!(
            r#"<ErrorResponse xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error><RequestId>b25f48e8-84fd-11e6-80d9-574e0c4664cb</RequestId></ErrorResponse>"#
        ),
    )
}
