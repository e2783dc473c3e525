//! The states of alarms and what they were before, as CloudWatch tells them: in CBOR, and only those of metric alarms
//! unless others are asked for.

use std::collections::BTreeMap;

use ciborium::Value;
use ciborium::value::Value::{Array, Bool, Float, Map, Tag, Text};
use http_body_util::Full;
use hyper::Response;
use serde_json::json;

use super::wire::{Recorded, Service, errors};
use super::{Fault, Reply};

/// A kind of alarm that CloudWatch lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AlarmKind {
    /// Of metrics.
    Metric,
    /// Of other alarms.
    Composite,
}

/// The tag of a time in seconds. Source: RFC 8949, 3.4.2.
const EPOCH_TIME: u64 = 1;

/// All alarms, by name.
#[derive(Debug, Default)]
pub(super) struct CloudWatch {
    alarms: BTreeMap<String, Alarm>,
    /// Every change, the earliest first: of which alarm, from which state, to what.
    changes: Vec<(String, Option<String>, Alarm)>,
}

#[derive(Debug, Clone)]
pub(super) struct Alarm {
    pub(super) kind: AlarmKind,
    pub(super) state: String,
    /// Since when, in milliseconds.
    pub(super) since: i64,
}

impl CloudWatch {
    pub(super) fn answer(&self, request: &Recorded) -> Reply {
        let answer = match request.operation.as_str() {
            "DescribeAlarms" => self.describe(request),
            "DescribeAlarmHistory" => self.history(request),
            // Those in `ALARM`: here none ever is.
            "DescribeAlarmContributors" => map([("AlarmContributors", Array(Vec::new()))]),
            _ => {
                let fault = Fault::new(400, "InvalidAction", "the stand-in only describes alarms");
                return errors::error(Service::CloudWatch, fault);
            }
        };
        let mut body = Vec::new();
        ciborium::into_writer(&answer, &mut body).ok()?;
        Response::builder()
            .header("content-type", "application/cbor")
            .header("smithy-protocol", "rpc-v2-cbor")
            .body(Full::new(body.into()))
            .ok()
    }

    pub(super) fn set(&mut self, name: &str, alarm: Alarm) {
        let before = self.alarms.insert(name.to_owned(), alarm.clone()).map(|before| before.state);
        self.changes.push((name.to_owned(), before, alarm));
    }

    /// The changes of one alarm, the last first, and none of before `StartDate`.
    fn history(&self, request: &Recorded) -> Value {
        let asked: Value = ciborium::from_reader(request.body.as_ref()).unwrap_or(Value::Null);
        let member = |name: &str| {
            let found = asked.as_map().into_iter().flatten().find(|(key, _)| key.as_text() == Some(name));
            found.map(|(_, value)| value)
        };
        let name = member("AlarmName").and_then(Value::as_text).unwrap_or_default();
        let start = member("StartDate").and_then(|start| match start {
            Tag(EPOCH_TIME, seconds) => {
                seconds.as_float().or_else(|| Some(i128::from(seconds.as_integer()?) as f64))
            }
            _ => None,
        });
        let is_asked = |(of, _, alarm): &&(String, Option<String>, Alarm)| {
            of == name && start.is_none_or(|start| alarm.seconds() >= start)
        };
        let item = |(name, before, alarm): &(String, Option<String>, Alarm)| {
            let state = |state: &str| json!({"stateValue": state, "stateReason": "set by a test"});
            let mut data = json!({"version": "1.0", "newState": state(&alarm.state)});
            if let Some(before) = before {
                data["oldState"] = state(before);
            }
            map([
                ("AlarmName", text(name)),
                ("AlarmType", text("MetricAlarm")),
                ("Timestamp", alarm.time()),
                ("HistoryItemType", text("StateUpdate")),
                ("HistorySummary", text(&format!("Alarm updated to {}", alarm.state))),
                ("HistoryData", text(&data.to_string())),
            ])
        };
        map([("AlarmHistoryItems", Array(self.changes.iter().rev().filter(is_asked).map(item).collect()))])
    }

    fn describe(&self, request: &Recorded) -> Value {
        let asked = request.json();
        let texts = |member: &str| -> Option<Vec<String>> {
            Some(asked[member].as_array()?.iter().filter_map(|one| one.as_str().map(str::to_owned)).collect())
        };
        let (names, kinds) = (texts("AlarmNames"), texts("AlarmTypes"));
        let of_kind = |kind: AlarmKind| {
            let name = if kind == AlarmKind::Metric { "MetricAlarm" } else { "CompositeAlarm" };
            let listed = match &kinds {
                Some(kinds) => kinds.iter().any(|asked| asked == name),
                None => kind == AlarmKind::Metric,
            };
            let wanted = self.alarms.iter().filter(|(name, alarm)| {
                listed && alarm.kind == kind && names.as_ref().is_none_or(|names| names.contains(name))
            });
            Array(wanted.map(|(name, alarm)| alarm.describe(name)).collect())
        };
        map([
            ("MetricAlarms", of_kind(AlarmKind::Metric)),
            ("CompositeAlarms", of_kind(AlarmKind::Composite)),
        ])
    }
}

impl Alarm {
    fn seconds(&self) -> f64 {
        self.since as f64 / 1_000.0
    }

    fn time(&self) -> Value {
        Tag(EPOCH_TIME, Float(self.seconds()).into())
    }

    fn describe(&self, name: &str) -> Value {
        map([
            ("AlarmName", text(name)),
            ("AlarmArn", text(&format!("arn:aws:cloudwatch:us-east-1:123456789012:alarm:{name}"))),
            ("ActionsEnabled", Bool(true)),
            ("StateValue", text(&self.state)),
            ("StateReason", text("set by a test")),
            ("StateUpdatedTimestamp", self.time()),
            ("StateTransitionedTimestamp", self.time()),
        ])
    }
}

fn map<const N: usize>(members: [(&str, Value); N]) -> Value {
    Map(members.into_iter().map(|(name, value)| (text(name), value)).collect())
}

fn text(value: &str) -> Value {
    Text(value.to_owned())
}
