//! Opens envelopes inside envelopes, layer by layer, until an event is left.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::{Event, UndecodableEvent, alarm, bus, database, notice, objects, shown, text as plain};
use crate::command::{RawCommand, Source};
use crate::ids::{CommandId, shorten};

/// What the layers around an event tell about it.
#[derive(Debug, Clone)]
pub(super) struct Wrapper {
    /// The id that a command gets when it names none.
    pub(super) id: CommandId,
    /// The source of a command that does not say.
    pub(super) source: Source,
    /// When it was sent, where an envelope tells.
    pub(super) sent: Option<Timestamp>,
}

/// An SNS notification, as Lambda gets it (`Sns` of a record) and as SQS gets it (the body).
///
/// Only what is used: records without a signature, or with `Url` for `URL`, are as good as others.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Notification {
    pub(super) message_id: String,
    pub(super) message: String,
    subject: Option<String>,
    #[serde(default)]
    timestamp: Value,
}

/// What an object at the door may be, for error messages.
const EXPECTED: &str = "a command (an object with `action`), or an SQS, SNS, S3, EventBridge or alarm event";

/// Opens a text that should hold JSON.
pub(super) fn text(
    layer: &'static str,
    text: &str,
    wrapper: &Wrapper,
) -> Result<Vec<Event>, UndecodableEvent> {
    if text.trim().is_empty() {
        return Err(UndecodableEvent::new(layer, "empty", EXPECTED));
    }
    match serde_json::from_str(text) {
        Ok(value) => object(layer, &value, wrapper),
        Err(error) => {
            if let Some(event) = mail(text, None, wrapper) {
                return Ok(vec![event]);
            }
            let found = format!("not JSON ({error}): `{}`", shorten(text));
            Err(UndecodableEvent::new(layer, found, EXPECTED))
        }
    }
}

/// Opens an SNS notification. Its text need not be JSON: AWS's own mails come this way too.
pub(super) fn notification(notification: &Notification) -> Result<Vec<Event>, UndecodableEvent> {
    let Notification { message_id, message, subject, timestamp } = notification;
    let sent = timestamp.as_str().and_then(|timestamp| timestamp.parse().ok());
    let wrapper = Wrapper { id: CommandId::from_aws(message_id), source: Source::Queue, sent };
    if let Some(event) = mail(message, subject.as_deref(), &wrapper) {
        return Ok(vec![event]);
    }
    text("message of the SNS notification", message, &wrapper)
}

/// Opens plain text, where it is one of AWS's own mails.
fn mail(text: &str, subject: Option<&str>, wrapper: &Wrapper) -> Option<Event> {
    let notice = notice::from_mail(text, subject, wrapper).map(|notice| Event::Notice(Box::new(notice)));
    notice.or_else(|| plain::known_mail(text, subject).map(Event::Foreign))
}

/// Opens one JSON value: the single place where the shapes are told apart.
pub(super) fn object(
    layer: &'static str,
    value: &Value,
    wrapper: &Wrapper,
) -> Result<Vec<Event>, UndecodableEvent> {
    let Value::Object(fields) = value else {
        return Err(UndecodableEvent::new(layer, shown(value), EXPECTED));
    };
    let has = |field: &str| fields.contains_key(field);
    let is = |field: &str, text: &str| fields.get(field).and_then(Value::as_str) == Some(text);

    // An alarm that calls a function itself may look like an event of a bus besides.
    if has("alarmData") {
        return alarm::from_event(layer, value);
    }
    if has("detail-type") {
        return bus::event(layer, value, wrapper);
    }
    if has("AlarmName") && has("NewStateValue") {
        return alarm::from_notification(layer, value, wrapper.sent);
    }
    if is("Type", "Notification") && has("Message") {
        let inner = Notification::deserialize(value).map_err(|error| {
            UndecodableEvent::new(layer, shorten(&error.to_string()), "an SNS notification")
        })?;
        return notification(&inner);
    }
    if is("Type", "SubscriptionConfirmation") || is("Type", "UnsubscribeConfirmation") {
        return Ok(vec![Event::Foreign("a confirmation of an SNS subscription".to_owned())]);
    }
    if let Some(records) = fields.get("Records") {
        return objects::from_records(layer, records);
    }
    if is("Event", "s3:TestEvent") {
        return Ok(vec![Event::Foreign("an s3:TestEvent: S3 has checked that it may deliver".to_owned())]);
    }
    if has("Event Source") && has("Event Message") {
        return Ok(vec![subscribed(value, wrapper)]);
    }
    if let Some(what) = plain::known_notification(fields) {
        return Ok(vec![Event::Foreign(what)]);
    }
    if COMMAND_FIELDS.iter().any(|field| has(field)) {
        let command =
            RawCommand { fields: fields.clone(), fallback_id: wrapper.id.clone(), source: wrapper.source };
        return Ok(vec![Event::Command(command)]);
    }
    Err(UndecodableEvent::new(layer, shown(value), EXPECTED))
}

/// Opens the message of an event subscription of RDS.
fn subscribed(value: &Value, wrapper: &Wrapper) -> Event {
    if let Some(notice) = notice::from_subscription(value, wrapper) {
        return Event::Notice(Box::new(notice));
    }
    database::from_subscription(value, wrapper).map_or_else(
        || Event::Foreign("an RDS event notification".to_owned()),
        |change| Event::Database(Box::new(change)),
    )
}

/// An object with any of these means to be a command, so that it is told which field is wrong or missing.
const COMMAND_FIELDS: [&str; 2] = ["action", "target"];
