//! CloudWatch alarms, in the three forms in which they are delivered.
//!
//! The structs are our own and lenient: alarms without a threshold, a trigger, a reason or a previous state are
//! real, and so are kinds of alarm that do not exist yet.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::{Event, UndecodableEvent};
use crate::ids::shorten;

/// A change of an alarm's state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alarm {
    /// Its name.
    pub name: String,
    /// Its ARN, which old notifications lack.
    pub arn: Option<String>,
    /// The account that it belongs to.
    pub account: Option<String>,
    /// The state before. Unknown for alarms with contributors.
    pub from: Option<AlarmState>,
    /// The state now.
    pub to: AlarmState,
    /// When the state changed.
    pub at: Timestamp,
    /// CloudWatch's own explanation.
    pub reason: Option<String>,
    /// Whether its actions are suppressed, as only EventBridge tells: there the event comes all the same.
    pub suppressed_by: Option<String>,
}

/// The state of an alarm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AlarmState {
    /// `OK`.
    Ok,
    /// `ALARM`.
    Alarm,
    /// `INSUFFICIENT_DATA`.
    InsufficientData,
    /// A state that CloudWatch did not have when this was written.
    Other(String),
}

impl AlarmState {
    fn parse(text: String) -> Self {
        match text.as_str() {
            "OK" => Self::Ok,
            "ALARM" => Self::Alarm,
            "INSUFFICIENT_DATA" => Self::InsufficientData,
            _ => Self::Other(text),
        }
    }

    /// The state as CloudWatch writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Ok => "OK",
            Self::Alarm => "ALARM",
            Self::InsufficientData => "INSUFFICIENT_DATA",
            Self::Other(text) => text,
        }
    }
}

/// Opens the message of an SNS notification.
pub(super) fn from_notification(layer: &'static str, value: &Value) -> Result<Vec<Event>, UndecodableEvent> {
    let message = Message::deserialize(value).map_err(|error| undecodable(layer, error))?;
    let alarm = Alarm {
        name: message.alarm_name,
        arn: message.alarm_arn,
        account: message.account,
        from: message.old_state.map(AlarmState::parse),
        to: AlarmState::parse(message.new_state),
        at: time(layer, &message.changed_at)?,
        reason: message.reason,
        suppressed_by: None,
    };
    Ok(vec![Event::Alarm(Box::new(alarm))])
}

/// Opens an event of EventBridge.
pub(super) fn from_bus(layer: &'static str, value: &Value) -> Result<Vec<Event>, UndecodableEvent> {
    let event = BusEvent::deserialize(value).map_err(|error| undecodable(layer, error))?;
    let arn = event.resources.into_iter().flatten().next();
    from_data(layer, event.detail, arn, event.account)
}

/// Opens an alarm that called the function itself.
pub(super) fn from_action(layer: &'static str, value: &Value) -> Result<Vec<Event>, UndecodableEvent> {
    let call = DirectCall::deserialize(value).map_err(|error| undecodable(layer, error))?;
    from_data(layer, call.alarm_data, call.alarm_arn, call.account)
}

fn from_data(
    layer: &'static str,
    data: Data,
    arn: Option<String>,
    account: Option<String>,
) -> Result<Vec<Event>, UndecodableEvent> {
    let alarm = Alarm {
        name: data.name,
        arn,
        account,
        from: data.previous.map(|state| AlarmState::parse(state.value)),
        at: time(layer, &data.state.timestamp)?,
        to: AlarmState::parse(data.state.value),
        reason: data.state.reason,
        suppressed_by: data.state.suppressed_by,
    };
    Ok(vec![Event::Alarm(Box::new(alarm))])
}

/// CloudWatch writes `2026-01-02T03:04:05.678+0000`: an offset without a colon.
fn time(layer: &'static str, text: &str) -> Result<Timestamp, UndecodableEvent> {
    text.parse().map_err(|_| {
        UndecodableEvent::new(layer, format!("an alarm at `{}`", shorten(text)), "a time with its offset")
    })
}

fn undecodable(layer: &'static str, error: serde_json::Error) -> UndecodableEvent {
    UndecodableEvent::new(layer, shorten(&error.to_string()), "a CloudWatch alarm")
}

#[derive(Deserialize)]
struct Message {
    #[serde(rename = "AlarmName")]
    alarm_name: String,
    #[serde(rename = "AlarmArn")]
    alarm_arn: Option<String>,
    #[serde(rename = "AWSAccountId")]
    account: Option<String>,
    #[serde(rename = "OldStateValue")]
    old_state: Option<String>,
    #[serde(rename = "NewStateValue")]
    new_state: String,
    #[serde(rename = "NewStateReason")]
    reason: Option<String>,
    #[serde(rename = "StateChangeTime")]
    changed_at: String,
}

#[derive(Deserialize)]
struct BusEvent {
    account: Option<String>,
    resources: Option<Vec<String>>,
    detail: Data,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DirectCall {
    alarm_arn: Option<String>,
    #[serde(rename = "accountId")]
    account: Option<String>,
    alarm_data: Data,
}

#[derive(Deserialize)]
struct Data {
    #[serde(rename = "alarmName")]
    name: String,
    state: State,
    #[serde(rename = "previousState")]
    previous: Option<State>,
}

#[derive(Deserialize)]
struct State {
    value: String,
    #[serde(default)]
    timestamp: String,
    reason: Option<String>,
    #[serde(rename = "actionsSuppressedBy")]
    suppressed_by: Option<String>,
}
