//! Requests as they come and errors as they go, for both protocols: CloudFront's REST with XML, SNS's query with XML.

use std::collections::BTreeMap;

use hyper::body::Bytes;
use hyper::{Method, Request};

use super::Fault;
use crate::loopback::{Reply, reply};

/// A service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// Amazon CloudFront.
    CloudFront,
    /// Amazon Simple Notification Service.
    Sns,
}

/// A request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Whose it is.
    pub service: Service,
    /// What it asks for: `CreateInvalidation`, `Publish`; empty when the stand-in does not know.
    pub operation: String,
    /// On what: the id of a distribution or a tenant, the ARN of a topic.
    pub resource: String,
    /// The id of an invalidation, where it names one.
    pub invalidation: Option<String>,
    /// The paths and the caller reference, where it has them.
    pub batch: Option<Batch>,
    /// The fields of a query, in order of their names.
    pub fields: BTreeMap<String, String>,
    /// The body as it came.
    pub body: String,
}

/// The paths of an invalidation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// What makes it the same when it comes again.
    pub caller_reference: String,
    /// The paths, in the order of the request.
    pub paths: Vec<String>,
}

/// Reads a request. What the stand-in does not know has no operation, and is refused later.
pub(super) fn read(request: &Request<Bytes>) -> Recorded {
    let body = String::from_utf8_lossy(request.body()).into_owned();
    match request.uri().path().strip_prefix("/2020-05-31/") {
        Some(path) => cloudfront(request.method(), path, body),
        None => sns(body),
    }
}

fn cloudfront(method: &Method, path: &str, body: String) -> Recorded {
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
    Recorded {
        service: Service::CloudFront,
        operation,
        resource: resource.to_owned(),
        invalidation,
        batch: batch(&body),
        fields: BTreeMap::new(),
        body,
    }
}

fn batch(body: &str) -> Option<Batch> {
    let document = roxmltree::Document::parse(body).ok()?;
    let texts = |name: &'static str| {
        let elements = document.descendants().filter(move |node| node.tag_name().name() == name);
        elements.map(|node| node.text().unwrap_or_default().to_owned())
    };
    Some(Batch { caller_reference: texts("CallerReference").next()?, paths: texts("Path").collect() })
}

fn sns(body: String) -> Recorded {
    let fields: BTreeMap<String, String> = form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    let field = |name: &str| fields.get(name).cloned().unwrap_or_default();
    Recorded {
        service: Service::Sns,
        operation: field("Action"),
        resource: field("TopicArn"),
        invalidation: None,
        batch: None,
        fields,
        body,
    }
}

/// An error in the form of its service.
pub(super) fn error(service: Service, fault: Fault) -> Reply {
    let namespace = match service {
        Service::CloudFront => "http://cloudfront.amazonaws.com/doc/2020-05-31/",
        Service::Sns => "http://sns.amazonaws.com/doc/2010-03-31/",
    };
    let Fault { status, code, message } = fault;
    let side = if status < 500 { "Sender" } else { "Receiver" };
    xml(
        status,
        &format!(
            r#"<ErrorResponse xmlns="{namespace}"><Error><Type>{side}</Type><Code>{code}</Code><Message>{message}</Message></Error><RequestId>{REQUEST_ID}</RequestId></ErrorResponse>"#
        ),
    )
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
