//! Requests as they come, whatever their service speaks: the REST with XML of CloudFront, Route 53 and S3, the query with
//! XML of RDS and SNS, the JSON of Application Auto Scaling, DynamoDB, ECS, routing controls and SQS, Scheduler's REST
//! with JSON, CloudWatch's CBOR.

pub(super) mod errors;

use std::collections::BTreeMap;

use hyper::body::Bytes;
use hyper::{HeaderMap, Method, Request};
use serde_json::Value;

use crate::loopback::{Reply, reply};

/// A service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Service {
    /// Application Auto Scaling.
    AutoScaling,
    /// Amazon CloudFront.
    CloudFront,
    /// Amazon CloudWatch.
    CloudWatch,
    /// Amazon DynamoDB.
    DynamoDb,
    /// Amazon Elastic Container Service.
    Ecs,
    /// Amazon Relational Database Service.
    Rds,
    /// Amazon Route 53.
    Route53,
    /// The routing controls of Amazon Application Recovery Controller.
    RoutingControls,
    /// Amazon Simple Storage Service.
    S3,
    /// Amazon EventBridge Scheduler.
    Scheduler,
    /// Amazon Simple Notification Service.
    Sns,
    /// Amazon Simple Queue Service.
    Sqs,
}

/// A request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Whose it is.
    pub service: Service,
    /// What it asks for: `CreateInvalidation`, `Publish`; empty when the stand-in does not know.
    pub operation: String,
    /// On what: the id of a distribution or a tenant, the ARN of a topic, the URL of a queue, the name of a schedule,
    /// `service/cluster/service`, the identifier of a snapshot or a database, the id of a zone, a change or a health check,
    /// `bucket/key`.
    pub resource: String,
    /// The code of the Region that it is signed for.
    pub region: String,
    /// The id of an invalidation, where it names one.
    pub invalidation: Option<String>,
    /// The paths and the caller reference, where it has them.
    pub batch: Option<Batch>,
    /// The fields of a query or behind `?`, in order of their names.
    pub fields: BTreeMap<String, String>,
    /// How it was sent: `GET`, `POST`, …
    pub method: Method,
    /// The path that it was sent to, with what is behind `?`.
    pub path: String,
    /// The headers that say what it is.
    pub headers: Vec<(&'static str, String)>,
    /// The body as it came.
    pub body: Bytes,
}

/// The paths of an invalidation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// What makes it the same when it comes again.
    pub caller_reference: String,
    /// The paths, in the order of the request.
    pub paths: Vec<String>,
}

impl Recorded {
    /// The body as a value, be it JSON or CBOR; null, when it is neither.
    #[must_use]
    pub fn json(&self) -> Value {
        match self.service {
            Service::CloudWatch => ciborium::from_reader(self.body.as_ref()).unwrap_or_default(),
            _ => serde_json::from_slice(&self.body).unwrap_or_default(),
        }
    }

    /// One of the headers that say what it is.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(one, _)| *one == name).map(|(_, value)| value.as_str())
    }
}

/// The headers that tell the protocols and the Regions apart, and on what a request depends.
const TELLING: [&str; 7] = [
    "authorization",
    "content-type",
    "if-none-match",
    "smithy-protocol",
    "x-amz-meta-delivery",
    "x-amz-meta-order",
    "x-amz-target",
];

/// Reads a request. What the stand-in does not know has no operation, and is refused later.
pub(super) fn read(request: &Request<Bytes>) -> Recorded {
    let path = request.uri().path();
    let mut recorded = Recorded {
        service: Service::Sns,
        operation: String::new(),
        resource: String::new(),
        region: region(request.headers()).unwrap_or_default(),
        invalidation: None,
        batch: None,
        fields: BTreeMap::new(),
        method: request.method().clone(),
        path: request.uri().path_and_query().map_or(path, |whole| whole.as_str()).to_owned(),
        headers: telling(request.headers()),
        body: request.body().clone(),
    };
    let target = request.headers().get("x-amz-target").and_then(|target| target.to_str().ok());
    let cloudfront_path = path.strip_prefix("/2020-05-31/");
    if let Some((service, operation)) = target.and_then(|target| target.split_once('.')) {
        recorded.operation = operation.to_owned();
        json(service, &mut recorded);
    } else if let Some(path) = cloudfront_path {
        cloudfront(request.method(), path, &mut recorded);
    } else if let Some((_, operation)) = path.strip_prefix("/service/").and_then(|path| path.split_once('/'))
    {
        recorded.service = Service::CloudWatch;
        recorded.operation = operation.trim_start_matches("operation/").to_owned();
    } else if let Some(name) = path.strip_prefix("/schedules/") {
        recorded.service = Service::Scheduler;
        recorded.resource = name.to_owned();
        recorded.operation = match *request.method() {
            Method::POST => "CreateSchedule".to_owned(),
            Method::GET => "GetSchedule".to_owned(),
            Method::DELETE => "DeleteSchedule".to_owned(),
            _ => String::new(),
        };
    } else if let Some(path) = path.strip_prefix("/2013-04-01/") {
        let asked = request.uri().query().unwrap_or_default();
        recorded.fields = form_urlencoded::parse(asked.as_bytes()).into_owned().collect();
        route53(request.method(), path, &mut recorded);
    } else if path.len() > 1 {
        recorded.service = Service::S3;
        path.trim_start_matches('/').clone_into(&mut recorded.resource);
        recorded.operation = match *request.method() {
            Method::DELETE => "DeleteObject".to_owned(),
            Method::HEAD => "HeadObject".to_owned(),
            Method::PUT => "PutObject".to_owned(),
            _ => String::new(),
        };
    } else {
        query(&mut recorded);
    }
    recorded
}

/// The Region in the scope of the credentials: `Credential=id/date/region/service/aws4_request`.
fn region(headers: &HeaderMap) -> Option<String> {
    let signed = headers.get("authorization")?.to_str().ok()?;
    let (_, scope) = signed.split_once("Credential=")?;
    scope.split('/').nth(2).map(str::to_owned)
}

fn telling(headers: &HeaderMap) -> Vec<(&'static str, String)> {
    let text = |name: &'static str| Some((name, headers.get(name)?.to_str().ok()?.to_owned()));
    TELLING.into_iter().filter_map(text).collect()
}

fn json(service: &str, recorded: &mut Recorded) {
    let body = recorded.json();
    let text = |member: &str| body[member].as_str().unwrap_or_default();
    (recorded.service, recorded.resource) = match service {
        "AmazonEC2ContainerServiceV20141113" => {
            (Service::Ecs, ["service", text("cluster"), text("service")].join("/"))
        }
        "AmazonSQS" => (Service::Sqs, text("QueueUrl").to_owned()),
        "ToggleCustomerAPI" => (Service::RoutingControls, text("RoutingControlArn").to_owned()),
        "AnyScaleFrontendService" => (Service::AutoScaling, text("ResourceId").to_owned()),
        _ => (Service::DynamoDb, String::new()),
    };
}

fn cloudfront(method: &Method, path: &str, recorded: &mut Recorded) {
    let parts: Vec<&str> = path.split('/').collect();
    let (resource, rest, suffix) = match parts.as_slice() {
        ["distribution", id, rest @ ..] => (*id, rest, ""),
        ["distribution-tenant", id, rest @ ..] => (*id, rest, "ForDistributionTenant"),
        _ => ("", [].as_slice(), ""),
    };
    let (operation, invalidation) = match (method, rest) {
        (&Method::POST, ["invalidation"]) => (format!("CreateInvalidation{suffix}"), None),
        (&Method::GET, ["invalidation"]) => (format!("ListInvalidations{suffix}"), None),
        (&Method::GET, ["invalidation", id]) => (format!("GetInvalidation{suffix}"), Some((*id).to_owned())),
        _ => (String::new(), None),
    };
    recorded.service = Service::CloudFront;
    recorded.operation = operation;
    resource.clone_into(&mut recorded.resource);
    recorded.invalidation = invalidation;
    recorded.batch = batch(&String::from_utf8_lossy(&recorded.body));
}

fn route53(method: &Method, path: &str, recorded: &mut Recorded) {
    let parts: Vec<&str> = path.trim_end_matches('/').split('/').collect();
    let (operation, resource) = match (method, parts.as_slice()) {
        (&Method::GET, ["hostedzone", zone, "rrset"]) => ("ListResourceRecordSets", *zone),
        (&Method::POST, ["hostedzone", zone, "rrset"]) => ("ChangeResourceRecordSets", *zone),
        (&Method::GET, ["change", id]) => ("GetChange", *id),
        (&Method::GET, ["healthcheck", id]) => ("GetHealthCheck", *id),
        (&Method::POST, ["healthcheck", id]) => ("UpdateHealthCheck", *id),
        (&Method::GET, ["healthcheck", id, "status"]) => ("GetHealthCheckStatus", *id),
        _ => ("", ""),
    };
    recorded.service = Service::Route53;
    operation.clone_into(&mut recorded.operation);
    resource.clone_into(&mut recorded.resource);
}

fn batch(body: &str) -> Option<Batch> {
    let document = roxmltree::Document::parse(body).ok()?;
    let texts = |name: &'static str| {
        let elements = document.descendants().filter(move |node| node.tag_name().name() == name);
        elements.map(|node| node.text().unwrap_or_default().to_owned())
    };
    Some(Batch { caller_reference: texts("CallerReference").next()?, paths: texts("Path").collect() })
}

/// The version of RDS's interface: requests of the query protocol do not name their service.
const RDS_VERSION: &str = "2014-10-31";

/// What a request to RDS is about, the first of these that it has.
const RDS_RESOURCES: [&str; 6] = [
    "TargetDBSnapshotIdentifier",
    "TargetDBClusterSnapshotIdentifier",
    "DBSnapshotIdentifier",
    "DBClusterSnapshotIdentifier",
    "DBInstanceIdentifier",
    "DBClusterIdentifier",
];

fn query(recorded: &mut Recorded) {
    recorded.fields = form_urlencoded::parse(&recorded.body).into_owned().collect();
    let field = |name: &str| recorded.fields.get(name).cloned();
    let is_rds = field("Version").as_deref() == Some(RDS_VERSION);
    let resource = if is_rds { RDS_RESOURCES.into_iter().find_map(field) } else { field("TopicArn") };
    (recorded.operation, recorded.resource) =
        (field("Action").unwrap_or_default(), resource.unwrap_or_default());
    if is_rds {
        recorded.service = Service::Rds;
    }
}

/// The id of every request: nothing depends on it.
pub(super) const REQUEST_ID: &str = "11111111-2222-3333-4444-555555555555";

pub(super) fn xml(status: u16, body: &str) -> Reply {
    reply(status, "text/xml", format!(r#"<?xml version="1.0" encoding="UTF-8"?>{body}"#))
}

/// Text as XML content.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
