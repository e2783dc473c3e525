//! Opens an alarm in each of the three forms in which it is delivered, to the same value from all of them.
//!
//! Strict about what an alarm is (its name, its state, when), lenient about all else: alarms without a threshold, a
//! trigger, a reason or a previous state are real, and so are kinds of alarm that do not exist yet.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::super::fields::{any, said, text};
use super::super::{Event, UndecodableEvent, arn};
use super::{Alarm, AlarmMetric, AlarmState, Mute};
use crate::ids::shorten;

/// Opens the message of an SNS notification, which was sent at `sent`.
///
/// Its `Region` is a display name: the code is in the ARN only.
pub(in crate::event) fn from_notification(
    layer: &'static str,
    value: &Value,
    sent: Option<Timestamp>,
) -> Result<Vec<Event>, UndecodableEvent> {
    let Message { name, state } = Message::deserialize(value).map_err(|error| undecodable(layer, &error))?;
    let arn = text(value, "AlarmArn");
    let (region, account) = arn.map_or((None, None), arn::region_and_account);
    let alarm = Alarm {
        name,
        arn: arn.map(str::to_owned),
        account: text(value, "AWSAccountId").or(account).map(str::to_owned),
        region: region.map(str::to_owned),
        contributor: contributor(value),
        metrics: metrics(value.get("Trigger")),
        from: text(value, "OldStateValue").map(|state| AlarmState::from(state.to_owned())),
        to: AlarmState::from(state),
        at: moment(layer, value.get("StateChangeTime"), || sent)?,
        reason: text(value, "NewStateReason").map(str::to_owned),
        suppressed_by: None,
        mute: None,
        replay: None,
    };
    Ok(vec![Event::Alarm(Box::new(alarm))])
}

/// Opens an event of EventBridge, or an alarm that called the function itself.
///
/// Both say the same of the alarm, the one in `detail` and the other in `alarmData`; the envelopes differ, and there
/// are samples with the one's envelope around the other's data.
pub(in crate::event) fn from_event(
    layer: &'static str,
    value: &Value,
) -> Result<Vec<Event>, UndecodableEvent> {
    let data = value.get("alarmData").or_else(|| value.get("detail")).unwrap_or(&Value::Null);
    let Data { name, state } = Data::deserialize(data).map_err(|error| undecodable(layer, &error))?;
    let resource = || value.get("resources").and_then(|resources| resources.get(0)).and_then(Value::as_str);
    let arn = text(value, "alarmArn").or_else(resource);
    let (region, account) = arn.map_or((None, None), arn::region_and_account);
    let previous = data.get("previousState").and_then(|previous| text(previous, "value"));
    let alarm = Alarm {
        name,
        arn: arn.map(str::to_owned),
        account: text(value, "accountId").or(text(value, "account")).or(account).map(str::to_owned),
        region: text(value, "region").or(region).map(str::to_owned),
        contributor: contributor(data).or_else(|| contributor(value)),
        metrics: metrics(data.get("configuration")),
        from: previous.map(|state| AlarmState::from(state.to_owned())),
        at: moment(layer, state.timestamp.as_ref(), || time(text(value, "time")?))?,
        to: AlarmState::from(state.value),
        reason: state.reason.as_ref().and_then(Value::as_str).map(str::to_owned),
        suppressed_by: said(state.suppressed_by.as_ref()),
        mute: data.get("muteDetail").and_then(mute),
        replay: said(value.get("replay-name")),
    };
    Ok(vec![Event::Alarm(Box::new(alarm))])
}

/// When the state changed. Where the alarm does not say, the envelope does; what is no time is never passed over.
fn moment(
    layer: &'static str,
    stated: Option<&Value>,
    otherwise: impl FnOnce() -> Option<Timestamp>,
) -> Result<Timestamp, UndecodableEvent> {
    let found = match stated {
        None | Some(Value::Null) => otherwise(),
        Some(Value::String(text)) => time(text),
        Some(Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => None,
    };
    found.ok_or_else(|| {
        let found = match stated {
            Some(stated) => {
                format!("an alarm at `{}`", shorten(stated.as_str().unwrap_or(&stated.to_string())))
            }
            None => "an alarm without a time".to_owned(),
        };
        UndecodableEvent::new(layer, found, "a time with its offset")
    })
}

/// CloudWatch writes `2026-01-02T03:04:05.678+0000`: an offset without a colon.
///
/// Samples have blanks in it, which mean nothing in this form.
fn time(text: &str) -> Option<Timestamp> {
    text.parse().ok().or_else(|| text.split_whitespace().collect::<String>().parse().ok())
}

/// The contributor by its id, in whichever of the spellings that are in use.
fn contributor(value: &Value) -> Option<String> {
    let named = any(value, "alarmContributorId").or_else(|| any(value, "alarmContributor"))?;
    said(if named.is_object() { any(named, "id") } else { Some(named) })
}

/// The window of a mute; without both of its ends nobody can say whether it is now, and the alarm is not muted.
fn mute(detail: &Value) -> Option<Mute> {
    Some(Mute {
        by: text(detail, "mutedByArn").map(str::to_owned),
        from: time(text(detail, "muteWindowStart")?)?,
        until: time(text(detail, "muteWindowEnd")?)?,
    })
}

/// The metrics of an SNS `Trigger` or of a `configuration`: a single one, or a list of queries of which some are
/// expressions. Whatever has another form is no metric that we know of.
fn metrics(configuration: Option<&Value>) -> Vec<AlarmMetric> {
    let Some(configuration) = configuration else { return Vec::new() };
    let mut metrics = Vec::new();
    match any(configuration, "Metrics") {
        Some(Value::Array(queries)) => {
            for query in queries {
                let found = any(query, "MetricStat").and_then(|stat| metric(any(stat, "Metric")?));
                metrics.extend(found.filter(|found| !metrics.contains(found)));
            }
        }
        Some(_) | None => metrics.extend(metric(configuration)),
    }
    metrics
}

/// One metric. SNS capitalises its fields, EventBridge does not and calls the name `name`.
fn metric(value: &Value) -> Option<AlarmMetric> {
    Some(AlarmMetric {
        namespace: any(value, "Namespace")?.as_str()?.to_owned(),
        name: any(value, "MetricName").or_else(|| any(value, "Name"))?.as_str()?.to_owned(),
        dimensions: any(value, "Dimensions").map(dimensions).unwrap_or_default(),
    })
}

/// A map by EventBridge; a list of `{name, value}` by SNS, of `{Name, Value}` as the API writes it.
fn dimensions(value: &Value) -> BTreeMap<String, String> {
    match value {
        Value::Object(map) => {
            map.iter().filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect()
        }
        Value::Array(list) => list
            .iter()
            .filter_map(|dimension| {
                let part = |name| Some(any(dimension, name)?.as_str()?.to_owned());
                Some((part("Name")?, part("Value")?))
            })
            .collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => BTreeMap::new(),
    }
}

fn undecodable(layer: &'static str, error: &serde_json::Error) -> UndecodableEvent {
    UndecodableEvent::new(layer, shorten(&error.to_string()), "a CloudWatch alarm")
}

#[derive(Deserialize)]
struct Message {
    #[serde(rename = "AlarmName")]
    name: String,
    #[serde(rename = "NewStateValue")]
    state: String,
}

#[derive(Deserialize)]
struct Data {
    #[serde(rename = "alarmName")]
    name: String,
    state: State,
}

#[derive(Deserialize)]
struct State {
    value: String,
    timestamp: Option<Value>,
    reason: Option<Value>,
    #[serde(rename = "actionsSuppressedBy")]
    suppressed_by: Option<Value>,
}
