//! What arrives, in our words.
//!
//! [`decode`] opens every envelope that AWS delivers in (direct, SNS, SQS, EventBridge, S3, alarm actions, and
//! these inside each other) and ends in [`Event`]s. It is lenient about fields that it does not know and strict
//! about the meaning of those that it does. What it cannot read is an error of that one record; the others stand.

mod alarm;
mod arn;
mod bus;
mod database;
mod fields;
mod notice;
mod objects;
mod open;
mod text;

use serde::Deserialize;
use serde_json::{Map, Value};

pub use alarm::{Alarm, AlarmMetric, AlarmState, Mute};
pub use database::{About, DatabaseChange};
pub use notice::{Notice, NoticeKind};
pub use objects::{Change, ObjectChange};

use crate::command::{RawCommand, Source};
use crate::ids::{CommandId, shorten};

/// What one invocation brought.
#[derive(Debug, Clone, PartialEq)]
pub struct Arrival {
    /// What the invoker expects back.
    pub answer: Answer,
    /// The records, in the order of arrival. Never empty.
    pub records: Vec<Record>,
}

/// What an invoker expects back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// `{"reports": […]}`, or a function error if one of them is `failed`.
    Reports,
    /// `{"batchItemFailures": […]}`, and nothing else.
    BatchItemFailures {
        /// Whether the queue keeps order: then nothing after the first failure may be acknowledged.
        fifo: bool,
    },
}

/// One record of an invocation: what is acknowledged or redelivered as a whole.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// The SQS or SNS message id, or the request id.
    pub id: String,
    /// How often it was received, this time included. 1 wherever AWS does not tell.
    pub receives: u32,
    /// What it holds.
    pub content: Result<Vec<Event>, UndecodableEvent>,
}

/// Something that happened, or that somebody asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// Somebody asks for something.
    Command(RawCommand),
    /// An object changed in a bucket.
    Object(ObjectChange),
    /// A CloudWatch alarm changed its state.
    Alarm(Box<Alarm>),
    /// Something else happened that operators are told about.
    Notice(Box<Notice>),
    /// Something happened to a database or a snapshot on RDS, but for failovers, which are notices.
    Database(Box<DatabaseChange>),
    /// An event that is not AWS's own, put on a bus by somebody's program.
    Custom(CustomEvent),
    /// Well-formed, known, and no function's business: the text says what it is.
    Foreign(String),
    /// One of several in a record that cannot be read; the others stand.
    Undecodable(UndecodableEvent),
}

/// An event that somebody's program put on an EventBridge bus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomEvent {
    /// The event's id, or that of the message it came in.
    pub id: CommandId,
    /// `source`.
    pub source: String,
    /// `detail-type`.
    pub detail_type: String,
    /// `detail`.
    pub detail: Map<String, Value>,
}

/// A payload that is no event and no command.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{layer} is {found}; expected {expected}")]
pub struct UndecodableEvent {
    /// Which layer could not be read: `payload`, `body of the SQS message`, …
    pub layer: &'static str,
    /// What was there.
    pub found: String,
    /// What could have been there.
    pub expected: String,
}

impl UndecodableEvent {
    fn new(layer: &'static str, found: impl Into<String>, expected: impl Into<String>) -> Self {
        Self { layer, found: found.into(), expected: expected.into() }
    }
}

/// Opens the payload of one invocation. `request_id` is Lambda's.
///
/// # Errors
/// When the payload as a whole is no event: there is then no record to speak of.
pub fn decode(payload: &Value, request_id: &str) -> Result<Arrival, UndecodableEvent> {
    let Some(records) = payload.get("Records") else {
        let id = CommandId::from_aws(request_id);
        let content =
            open::object("payload", payload, &open::Wrapper { id, source: Source::Operator, sent: None });
        return Ok(single(request_id, content));
    };
    let first = records.as_array().and_then(|records| records.first()).ok_or_else(|| {
        UndecodableEvent::new("`Records`", shown(records), "a list of at least one SQS, SNS or S3 record")
    })?;
    match first.get("eventSource").or_else(|| first.get("EventSource")).and_then(Value::as_str) {
        Some("aws:sqs") => queue_batch(payload),
        Some("aws:sns") => Ok(topic_records(records)),
        Some("aws:s3") => Ok(single(request_id, objects::from_records("`Records`", records))),
        Some(other) => {
            Ok(single(request_id, Ok(vec![Event::Foreign(format!("records of {}", shorten(other)))])))
        }
        None => Err(UndecodableEvent::new(
            "`Records[0].eventSource`",
            "missing",
            "`aws:sqs`, `aws:sns` or `aws:s3`",
        )),
    }
}

fn single(request_id: &str, content: Result<Vec<Event>, UndecodableEvent>) -> Arrival {
    Arrival {
        answer: Answer::Reports,
        records: vec![Record { id: request_id.to_owned(), receives: 1, content }],
    }
}

fn queue_batch(payload: &Value) -> Result<Arrival, UndecodableEvent> {
    let batch = aws_lambda_events::sqs::SqsEvent::deserialize(payload)
        .map_err(|error| UndecodableEvent::new("`Records`", shorten(&error.to_string()), "an SQS batch"))?;
    let fifo = batch.records.iter().any(|message| message.attributes.contains_key("MessageGroupId"));
    let records = batch.records.into_iter().map(|message| {
        let id = message.message_id.unwrap_or_default();
        let receives = message.attributes.get("ApproximateReceiveCount").and_then(|count| count.parse().ok());
        let wrapper = open::Wrapper { id: CommandId::from_aws(&id), source: Source::Queue, sent: None };
        let content =
            open::text("body of the SQS message", message.body.as_deref().unwrap_or_default(), &wrapper);
        Record { id, receives: receives.unwrap_or(1), content }
    });
    Ok(Arrival { answer: Answer::BatchItemFailures { fifo }, records: records.collect() })
}

fn topic_records(records: &Value) -> Arrival {
    let records = records.as_array().into_iter().flatten().map(|record| {
        let message = record.get("Sns").map(open::Notification::deserialize);
        match message {
            Some(Ok(message)) => {
                Record { id: message.message_id.clone(), receives: 1, content: open::notification(&message) }
            }
            Some(Err(error)) => Record {
                id: String::new(),
                receives: 1,
                content: Err(UndecodableEvent::new(
                    "`Sns`",
                    shorten(&error.to_string()),
                    "an SNS notification",
                )),
            },
            None => Record {
                id: String::new(),
                receives: 1,
                content: Err(UndecodableEvent::new("`Sns`", "missing", "an SNS notification")),
            },
        }
    });
    Arrival { answer: Answer::Reports, records: records.collect() }
}

/// A foreign value for an error message: what it is, and its beginning.
fn shown(value: &Value) -> String {
    match value {
        Value::Object(fields) if fields.is_empty() => "an empty object".to_owned(),
        Value::Object(fields) => {
            let keys: Vec<&str> = fields.keys().map(String::as_str).collect();
            format!("an object with {}", shorten(&keys.join(", ")))
        }
        Value::Array(items) => format!("a list of {}", items.len()),
        Value::Null => "null".to_owned(),
        scalar @ (Value::Bool(_) | Value::Number(_) | Value::String(_)) => {
            format!("`{}`", shorten(&scalar.to_string()))
        }
    }
}

#[cfg(test)]
mod tests;
