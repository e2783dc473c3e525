//! The adapter on the wire: exact requests out, real bodies of RDS in.

mod drills;
mod listed;
mod made;
mod refused;
mod stand_in;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_rds::config::retry::RetryConfig;
use aws_sdk_rds::config::{
    BehaviorVersion, Credentials, RuntimeComponents, SharedCredentialsProvider, SharedHttpClient,
};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use jiff::Timestamp;
use shell::clock::Clock;

use super::*;
use crate::world::Quota;

/// RDS: what it answers, one after the other, and what it was asked.
#[derive(Debug, Clone)]
struct Wire(Arc<Mutex<Traffic>>);

#[derive(Debug)]
struct Traffic {
    answers: VecDeque<(u16, String)>,
    asked: Vec<HttpRequest>,
}

impl Wire {
    fn answering(answers: impl IntoIterator<Item = (u16, String)>) -> Self {
        Self(Arc::new(Mutex::new(Traffic { answers: answers.into_iter().collect(), asked: Vec::new() })))
    }

    /// The clients as the function builds them, but that they do not wait before they try again.
    fn clients(&self) -> Aws {
        Aws::new(&self.sdk(), region("us-east-1"), &CallCounter::default())
    }

    fn sdk(&self) -> SdkConfig {
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .credentials_provider(SharedCredentialsProvider::new(Credentials::for_tests()))
            .retry_config(RetryConfig::standard().with_max_backoff(Duration::ZERO))
            .http_client(SharedHttpClient::new(self.clone()))
            .build()
    }

    /// What was asked, a line each: the Region and the fields.
    fn asked(&self) -> Vec<String> {
        let say = |request: &HttpRequest| {
            let region = request.uri().split('.').nth(1).unwrap();
            let body = String::from_utf8_lossy(request.body().bytes().unwrap()).into_owned();
            let fields = body.replace("&Version=2014-10-31", "").replace("Action=", "");
            let fields = fields.replace("%3A", ":").replace("%2F", "/").replace('&', " ");
            format!("{region} {fields}")
        };
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
        HttpConnectorFuture::ready(Ok(HttpResponse::new(status, SdkBody::from(body))))
    }
}

/// Does something with RDS answering so, and says what RDS was asked.
async fn with<T>(
    answers: impl IntoIterator<Item = (u16, String)>,
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

fn region(code: &str) -> RegionCode {
    RegionCode::try_from(code.to_owned()).unwrap()
}

fn instance(name: &str) -> DatabaseId {
    DatabaseId { family: Family::Instance, name: name.to_owned() }
}

fn cluster(name: &str) -> DatabaseId {
    DatabaseId { family: Family::Cluster, name: name.to_owned() }
}

fn tags(tags: &[(&str, &str)]) -> Tags {
    tags.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())).collect()
}

/// An answer of an operation, with what is in its result.
fn answer(operation: &str, result: &str) -> (u16, String) {
    let body = format!(
        r#"<?xml version="1.0"?><{operation}Response xmlns="http://rds.amazonaws.com/doc/2014-10-31/"><{operation}Result>{result}</{operation}Result><ResponseMetadata><RequestId>7f3f0f0e-6f0c-4a07-9a4f-0d2a8d3f5e11</RequestId></ResponseMetadata></{operation}Response>"#
    );
    (200, body)
}

/// A refusal as RDS sends it.
fn refusal(status: u16, code: &str) -> (u16, String) {
    let body = format!(
        r#"<ErrorResponse xmlns="http://rds.amazonaws.com/doc/2014-10-31/"><Error><Type>Sender</Type><Code>{code}</Code><Message>no</Message></Error><RequestId>7f3f0f0e-6f0c-4a07-9a4f-0d2a8d3f5e11</RequestId></ErrorResponse>"#
    );
    (status, body)
}

fn tag_list(tags: &[(&str, &str)]) -> String {
    let tag = |(key, value): &(&str, &str)| format!("<Tag><Key>{key}</Key><Value>{value}</Value></Tag>");
    format!("<TagList>{}</TagList>", tags.iter().map(tag).collect::<String>())
}

/// A page of snapshots of one family: their elements, and the marker of the next page.
fn snapshots(family: Family, elements: &[String], marker: Option<&str>) -> (u16, String) {
    let kind = kind(family);
    let marker = marker.map(|marker| format!("<Marker>{marker}</Marker>")).unwrap_or_default();
    let result = format!("{marker}<{kind}Snapshots>{}</{kind}Snapshots>", elements.concat());
    answer(&format!("Describe{kind}Snapshots"), &result)
}

/// A snapshot with what every test needs, and what is special about it.
fn snapshot(of: &DatabaseId, name: &str, special: &str) -> String {
    let kind = kind(of.family);
    let database = match of.family {
        Family::Instance => "DBInstanceIdentifier",
        Family::Cluster => "DBClusterIdentifier",
    };
    format!(
        "<{kind}Snapshot><{kind}SnapshotIdentifier>{name}</{kind}SnapshotIdentifier><{database}>{}</{database}>\
         <SnapshotType>manual</SnapshotType><Status>available</Status>{special}</{kind}Snapshot>",
        of.name
    )
}

/// How RDS's names of a family's snapshots begin.
fn kind(family: Family) -> &'static str {
    match family {
        Family::Instance => "DB",
        Family::Cluster => "DBCluster",
    }
}

/// A page of databases of one family.
fn databases(family: Family, elements: &[String], marker: Option<&str>) -> (u16, String) {
    let kind = match family {
        Family::Instance => "DBInstances",
        Family::Cluster => "DBClusters",
    };
    let marker = marker.map(|marker| format!("<Marker>{marker}</Marker>")).unwrap_or_default();
    answer(&format!("Describe{kind}"), &format!("{marker}<{kind}>{}</{kind}>", elements.concat()))
}

fn database(id: &DatabaseId, status: &str, special: &str) -> String {
    let name = &id.name;
    match id.family {
        Family::Instance => format!(
            "<DBInstance><DBInstanceIdentifier>{name}</DBInstanceIdentifier>\
             <DBInstanceStatus>{status}</DBInstanceStatus>{special}</DBInstance>"
        ),
        Family::Cluster => format!(
            "<DBCluster><DBClusterIdentifier>{name}</DBClusterIdentifier><Status>{status}</Status>{special}</DBCluster>"
        ),
    }
}

/// The fault as people read it, with what it means.
fn shown(fault: &Fault) -> (Meaning, String) {
    (fault.meaning, format!("{fault}: {}", fault.source))
}
