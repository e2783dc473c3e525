//! AWS, and the rest of the network: what they answer, one after the other, and what they were asked.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use aws_sdk_route53::config::RuntimeComponents;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use ciborium::Value as Cbor;
use jiff::Timestamp;
use serde_json::{Map, Value};
use tests::recorder::Record;
use tokio::time::Instant;

/// What becomes of a request.
#[derive(Debug)]
pub(super) enum Reply {
    /// It is answered.
    Answer { status: u16, headers: Vec<(&'static str, &'static str)>, body: Vec<u8> },
    /// Nobody listens.
    Dead,
    /// What listens has a certificate that nobody trusts.
    Untrusted,
    /// Nothing ever comes back.
    Silent,
}

impl Reply {
    pub(super) fn with(self, name: &'static str, value: &'static str) -> Self {
        match self {
            Self::Answer { status, mut headers, body } => {
                headers.push((name, value));
                Self::Answer { status, headers, body }
            }
            other => other,
        }
    }
}

#[derive(Debug, Clone)]
pub(super) struct Wire(Arc<Mutex<Traffic>>);

#[derive(Debug)]
struct Traffic {
    replies: VecDeque<Reply>,
    asked: Vec<(Instant, HttpRequest)>,
}

impl Wire {
    pub(super) fn of(replies: impl IntoIterator<Item = Reply>) -> Self {
        Self(Arc::new(Mutex::new(Traffic { replies: replies.into_iter().collect(), asked: Vec::new() })))
    }

    /// How many answers nobody asked for.
    pub(super) fn left(&self) -> usize {
        self.0.lock().unwrap().replies.len()
    }

    /// What was asked, a line each.
    pub(super) fn asked(&self) -> Vec<String> {
        self.0.lock().unwrap().asked.iter().map(|(_, request)| said(request)).collect()
    }

    /// When each was asked, in milliseconds since the first.
    pub(super) fn times(&self) -> Vec<u128> {
        let asked = &self.0.lock().unwrap().asked;
        asked.iter().map(|(at, _)| at.duration_since(asked[0].0).as_millis()).collect()
    }
}

impl HttpClient for Wire {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Wire {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        note(&request);
        let mut traffic = self.0.lock().unwrap();
        traffic.asked.push((Instant::now(), request));
        let failed =
            |words: &str| HttpConnectorFuture::ready(Err(ConnectorError::io(words.to_owned().into())));
        match traffic.replies.pop_front().expect("an answer to this request") {
            Reply::Answer { status, headers, body } => {
                let status = StatusCode::try_from(status).unwrap();
                let mut answer = HttpResponse::new(status, SdkBody::from(body));
                for (name, value) in headers {
                    answer.headers_mut().insert(name, value);
                }
                HttpConnectorFuture::ready(Ok(answer))
            }
            Reply::Dead => failed("Connection refused (os error 111)"),
            Reply::Untrusted => failed("invalid peer certificate: UnknownIssuer"),
            Reply::Silent => HttpConnectorFuture::new(std::future::pending()),
        }
    }
}

/// Writes the request down for the proofs of requests and permissions.
fn note(request: &HttpRequest) {
    if let Some(record) = Record::of_these_tests().unwrap() {
        let body = request.body().bytes().unwrap_or_default();
        record.note_unsent(request.method(), request.uri(), request.headers(), body);
    }
}

/// An answer in XML.
pub(super) fn xml(status: u16, body: &str) -> Reply {
    let body = format!(r#"<?xml version="1.0" encoding="UTF-8"?>{body}"#).into_bytes();
    Reply::Answer { status, headers: vec![("content-type", "text/xml")], body }
}

/// An answer in JSON, as the Application Recovery Controller sends it.
pub(super) fn json(status: u16, body: &Value) -> Reply {
    let headers = vec![("content-type", "application/x-amz-json-1.0")];
    Reply::Answer { status, headers, body: body.to_string().into_bytes() }
}

/// An answer in CBOR, as CloudWatch sends it. Texts that are times become times.
pub(super) fn cbor(status: u16, body: &Value) -> Reply {
    let mut bytes = Vec::new();
    ciborium::into_writer(&to_cbor(body), &mut bytes).unwrap();
    let headers = vec![("content-type", "application/cbor"), ("smithy-protocol", "rpc-v2-cbor")];
    Reply::Answer { status, headers, body: bytes }
}

/// An answer without a body.
pub(super) fn empty(status: u16) -> Reply {
    Reply::Answer { status, headers: Vec::new(), body: Vec::new() }
}

/// The headers that requests differ in.
const TELLING: [&str; 7] = [
    "x-amz-target",
    "if-match",
    "if-none-match",
    "user-agent",
    "content-type",
    "x-amz-meta-order",
    "x-amz-meta-delivery",
];

/// The Region that a request is signed for, what it asks for, its telling headers and its body.
fn said(request: &HttpRequest) -> String {
    let scope = request.headers().get("authorization").and_then(|signed| signed.split("Credential=").nth(1));
    let region = scope.and_then(|scope| scope.split('/').nth(2)).unwrap_or("unsigned");
    let mut parts = vec![region.to_owned(), request.method().to_owned(), request.uri().to_owned()];
    for name in TELLING {
        let value = request.headers().get(name).filter(|value| {
            !value.starts_with("aws-sdk") && !value.ends_with("/xml") && !value.contains("json")
        });
        parts.extend(value.map(|value| format!("{name}={value}")));
    }
    let body = request.body().bytes().unwrap_or_default();
    parts.push(match ciborium::from_reader::<Cbor, _>(body) {
        Ok(value) if request.headers().get("smithy-protocol").is_some() => from_cbor(&value).to_string(),
        _ => String::from_utf8_lossy(body).into_owned(),
    });
    parts.join(" ").trim_end().to_owned()
}

/// The tag of a time in seconds. Source: RFC 8949, 3.4.2.
const EPOCH_TIME: u64 = 1;

fn to_cbor(value: &Value) -> Cbor {
    match value {
        Value::Null => Cbor::Null,
        Value::Bool(value) => Cbor::Bool(*value),
        Value::Number(number) => Cbor::Float(number.as_f64().unwrap()),
        Value::String(text) => match text.parse::<Timestamp>() {
            Ok(time) => Cbor::Tag(EPOCH_TIME, Box::new(Cbor::Float(time.as_millisecond() as f64 / 1_000.0))),
            Err(_) => Cbor::Text(text.clone()),
        },
        Value::Array(values) => Cbor::Array(values.iter().map(to_cbor).collect()),
        Value::Object(members) => Cbor::Map(
            members.iter().map(|(name, value)| (Cbor::Text(name.clone()), to_cbor(value))).collect(),
        ),
    }
}

fn from_cbor(value: &Cbor) -> Value {
    match value {
        Cbor::Bool(value) => (*value).into(),
        Cbor::Integer(number) => i64::try_from(*number).unwrap().into(),
        Cbor::Float(number) => (*number).into(),
        Cbor::Text(text) => text.clone().into(),
        Cbor::Tag(EPOCH_TIME, seconds) => {
            let seconds = from_cbor(seconds).as_f64().unwrap();
            Timestamp::from_millisecond((seconds * 1_000.0) as i64).unwrap().to_string().into()
        }
        Cbor::Array(values) => values.iter().map(from_cbor).collect(),
        Cbor::Map(members) => {
            let member = |(name, value): &(Cbor, Cbor)| Some((name.as_text()?.to_owned(), from_cbor(value)));
            Value::Object(members.iter().filter_map(member).collect::<Map<_, _>>())
        }
        _ => Value::Null,
    }
}
