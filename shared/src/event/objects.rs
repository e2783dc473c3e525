//! Changes of S3 objects, by notification and by EventBridge.
//!
//! The same key is spelt differently on the two ways: notifications form-encode it (`a b` is `a+b`), EventBridge
//! leaves it as it is. Here, and only here, it is decoded, exactly once and only where the form needs it.

use aws_lambda_events::eventbridge::EventBridgeEvent;
use aws_lambda_events::s3::S3EventRecord;
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use serde_json::Value;

use super::{Event, UndecodableEvent, shown};
use crate::ids::{CommandId, shorten};

/// One change of one object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectChange {
    /// The same for the same change, however often and by whichever way it is delivered.
    pub id: CommandId,
    /// The bucket's name.
    pub bucket: String,
    /// The key, as the object bears it.
    pub key: String,
    /// What happened to it.
    pub change: Change,
}

/// What happened to an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It was made or overwritten.
    Created,
    /// It, or its current version, was removed.
    Removed,
}

/// Opens `Records` of an S3 notification. One that cannot be read leaves the others as they are.
pub(super) fn from_records(layer: &'static str, records: &Value) -> Result<Vec<Event>, UndecodableEvent> {
    match records.as_array() {
        Some(records) if !records.is_empty() => Ok(records
            .iter()
            .map(|record| from_record(layer, record).unwrap_or_else(Event::Undecodable))
            .collect()),
        _ => Err(UndecodableEvent::new(layer, shown(records), "a list of at least one S3 record")),
    }
}

fn from_record(layer: &'static str, record: &Value) -> Result<Event, UndecodableEvent> {
    let record = S3EventRecord::deserialize(record).map_err(|error| {
        UndecodableEvent::new(layer, shorten(&error.to_string()), "an S3 event notification")
    })?;
    let name = record.event_name.unwrap_or_default();
    // Newer families of events keep the prefix that the older ones lack.
    let name = name.strip_prefix("s3:").unwrap_or(&name);
    let change = match name.split(':').next() {
        Some("ObjectCreated") => Change::Created,
        Some("ObjectRemoved" | "LifecycleExpiration") => Change::Removed,
        _ => {
            return Ok(Event::Foreign(format!(
                "an S3 event that leaves the content as it was: {}",
                shorten(name)
            )));
        }
    };
    let bucket = record.s3.bucket.name;
    let encoded_key = record.s3.object.key;
    let (Some(bucket), Some(encoded_key)) = (bucket, encoded_key) else {
        return Err(UndecodableEvent::new(layer, "an S3 record without bucket or key", "both"));
    };
    let key = form_decode(&encoded_key).ok_or_else(|| {
        UndecodableEvent::new(layer, format!("a key `{}`", shorten(&encoded_key)), "form-encoded UTF-8")
    })?;
    let moment = record.s3.object.sequencer.unwrap_or_else(|| record.event_time.to_rfc3339());
    Ok(changed(bucket, key, change, &moment))
}

/// Opens an `Object Created` or `Object Deleted` event of EventBridge.
pub(super) fn from_bus(
    layer: &'static str,
    event: &EventBridgeEvent<Value>,
) -> Result<Vec<Event>, UndecodableEvent> {
    let detail = BusDetail::deserialize(&event.detail).map_err(|error| {
        UndecodableEvent::new(layer, shorten(&error.to_string()), "an S3 event with bucket and object")
    })?;
    let change = if event.detail_type == "Object Created" { Change::Created } else { Change::Removed };
    let moment = match (detail.object.sequencer, event.time) {
        (Some(sequencer), _) => sequencer,
        (None, Some(time)) => time.to_rfc3339(),
        (None, None) => event.id.clone().unwrap_or_default(),
    };
    Ok(vec![changed(detail.bucket.name, detail.object.key, change, &moment)])
}

/// `moment` is the sequencer, or the time where S3 gives no sequencer.
fn changed(bucket: String, key: String, change: Change, moment: &str) -> Event {
    let id = CommandId::derived(["s3", &bucket, &key, moment]);
    Event::Object(ObjectChange { id, bucket, key, change })
}

fn form_decode(encoded: &str) -> Option<String> {
    let spaced = encoded.replace('+', " ");
    percent_decode_str(&spaced).decode_utf8().ok().map(|key| key.into_owned())
}

#[derive(Deserialize)]
struct BusDetail {
    bucket: BusBucket,
    object: BusObject,
}

#[derive(Deserialize)]
struct BusBucket {
    name: String,
}

#[derive(Deserialize)]
struct BusObject {
    key: String,
    sequencer: Option<String>,
}
