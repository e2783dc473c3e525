//! Queues, as SQS keeps them: a FIFO queue takes a deduplication id once, and still says yes to the second.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::wire::{Recorded, Service, errors};
use super::{Fault, Reply};
use crate::loopback::reply;

/// A message in a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// The URL of the queue.
    pub queue: String,
    /// The message group.
    pub group: String,
    /// The deduplication id.
    pub deduplication: String,
    /// The body.
    pub body: Value,
}

/// Entries of batches that are refused, one by one, while the rest of their batch is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// The next so many.
    Next(usize),
    /// One deduplication id of so many, so many times.
    Some {
        /// One of how many.
        of: usize,
        /// How often.
        times: usize,
    },
    /// All.
    All,
}

/// The most entries of a batch, and the most bytes of their bodies. Source: SQS developer guide, "Quotas".
const MOST_ENTRIES: usize = 10;
const MOST_BYTES: usize = 1024 * 1024;

/// All queues. Every queue exists.
#[derive(Debug, Default)]
pub(super) struct Sqs {
    pub(super) refused: Option<Refused>,
    pub(super) sent: Vec<Sent>,
    /// How many messages were taken in name only, as their deduplication id had come before.
    pub(super) repeated: usize,
    /// The deduplication ids of the last five minutes, by queue.
    taken: BTreeSet<(String, String)>,
    /// Of each deduplication id its number, and how often it was tried.
    tried: BTreeMap<String, (usize, usize)>,
}

impl Sqs {
    pub(super) fn answer(&mut self, request: &Recorded) -> Reply {
        if request.operation != "SendMessageBatch" {
            return refuse("InvalidAction", "the stand-in takes batches of messages");
        }
        let body = request.json();
        let entries = body["Entries"].as_array().map_or(&[][..], Vec::as_slice);
        let ids: BTreeSet<&str> = entries.iter().filter_map(|entry| entry["Id"].as_str()).collect();
        let bytes: usize =
            entries.iter().filter_map(|entry| entry["MessageBody"].as_str()).map(str::len).sum();
        match entries.len() {
            0 => return refuse("EmptyBatchRequest", "There should be at least one entry in the request."),
            n if n > MOST_ENTRIES => {
                return refuse(
                    "TooManyEntriesInBatchRequest",
                    "Maximum number of entries per request are 10.",
                );
            }
            n if n > ids.len() => {
                return refuse("BatchEntryIdsNotDistinct", "Two or more batch entries have the same Id.");
            }
            _ if !ids.iter().all(|id| is_entry_id(id)) => {
                return refuse("InvalidBatchEntryId", "A batch entry id has a letter that it must not have.");
            }
            _ if bytes > MOST_BYTES => {
                return refuse("BatchRequestTooLong", "Batch requests cannot be longer than 1048576 bytes.");
            }
            _ => {}
        }
        let (mut successful, mut failed) = (Vec::new(), Vec::new());
        for entry in entries {
            match self.take(&request.resource, entry) {
                Ok(number) => successful.push(json!({
                    "Id": entry["Id"],
                    "MessageId": format!("00000000-0000-4000-9000-{number:012}"),
                    "MD5OfMessageBody": "00000000000000000000000000000000",
                    "SequenceNumber": format!("{number:020}"),
                })),
                Err((sender, code, text)) => failed
                    .push(json!({"Id": entry["Id"], "SenderFault": sender, "Code": code, "Message": text})),
            }
        }
        let answer = json!({"Successful": successful, "Failed": failed});
        reply(200, "application/x-amz-json-1.0", answer.to_string())
    }

    /// Takes one message, or says whose fault it is that it does not, and what.
    fn take(&mut self, queue: &str, entry: &Value) -> Result<usize, (bool, &'static str, &'static str)> {
        let text = |member: &str| entry[member].as_str().unwrap_or_default().to_owned();
        let (group, deduplication) = (text("MessageGroupId"), text("MessageDeduplicationId"));
        if queue.ends_with(".fifo") && !(is_fifo_id(&group) && is_fifo_id(&deduplication)) {
            return Err((true, "InvalidParameterValue", "a FIFO queue needs a group and a deduplication id"));
        }
        if self.refuses(&deduplication) {
            return Err((false, "InternalError", "Please try again"));
        }
        if !deduplication.is_empty() && !self.taken.insert((queue.to_owned(), deduplication.clone())) {
            self.repeated += 1;
            return Ok(self.sent.len());
        }
        let body = text("MessageBody");
        let body = serde_json::from_str(&body).unwrap_or(Value::String(body));
        self.sent.push(Sent { queue: queue.to_owned(), group, deduplication, body });
        Ok(self.sent.len())
    }

    fn refuses(&mut self, deduplication: &str) -> bool {
        let distinct = self.tried.len();
        let (number, tried) = self.tried.entry(deduplication.to_owned()).or_insert((distinct, 0));
        *tried += 1;
        match &mut self.refused {
            Some(Refused::Next(0)) | None => false,
            Some(Refused::Next(times)) => {
                *times -= 1;
                true
            }
            Some(Refused::Some { of, times }) => *number % *of == 0 && *tried <= *times,
            Some(Refused::All) => true,
        }
    }

    /// Lets five minutes pass.
    pub(super) fn forget(&mut self) {
        self.taken.clear();
    }
}

/// Source: SQS API reference, `SendMessageBatchRequestEntry`.
fn is_entry_id(id: &str) -> bool {
    (1..=80).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

/// Source: SQS API reference, `MessageGroupId` and `MessageDeduplicationId`.
fn is_fifo_id(id: &str) -> bool {
    (1..=128).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic())
}

fn refuse(code: &'static str, message: &'static str) -> Reply {
    let Fault { status, code, message } = Fault::new(400, code, message);
    errors::in_json(Service::Sqs, status, code, json!({"message": message}))
}
