//! The states of alarms, as CloudWatch tells them: in CBOR, and only those of metric alarms unless others are asked for.

use std::collections::BTreeMap;

use ciborium::Value;
use ciborium::value::Value::{Array, Bool, Float, Map, Tag, Text};
use http_body_util::Full;
use hyper::Response;

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
    pub(super) alarms: BTreeMap<String, Alarm>,
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
        if request.operation != "DescribeAlarms" {
            let fault = Fault::new(400, "InvalidAction", "the stand-in only describes alarms");
            return errors::error(Service::CloudWatch, fault);
        }
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
        let answer = map([
            ("MetricAlarms", of_kind(AlarmKind::Metric)),
            ("CompositeAlarms", of_kind(AlarmKind::Composite)),
        ]);
        let mut body = Vec::new();
        ciborium::into_writer(&answer, &mut body).ok()?;
        Response::builder()
            .header("content-type", "application/cbor")
            .header("smithy-protocol", "rpc-v2-cbor")
            .body(Full::new(body.into()))
            .ok()
    }
}

impl Alarm {
    fn describe(&self, name: &str) -> Value {
        let time = || Tag(EPOCH_TIME, Float(self.since as f64 / 1_000.0).into());
        map([
            ("AlarmName", text(name)),
            ("AlarmArn", text(&format!("arn:aws:cloudwatch:us-east-1:123456789012:alarm:{name}"))),
            ("ActionsEnabled", Bool(true)),
            ("StateValue", text(&self.state)),
            ("StateReason", text("set by a test")),
            ("StateUpdatedTimestamp", time()),
            ("StateTransitionedTimestamp", time()),
        ])
    }
}

fn map<const N: usize>(members: [(&str, Value); N]) -> Value {
    Map(members.into_iter().map(|(name, value)| (text(name), value)).collect())
}

fn text(value: &str) -> Value {
    Text(value.to_owned())
}
