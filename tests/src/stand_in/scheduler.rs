//! One-time schedules, as EventBridge Scheduler keeps them until their time. None of them ever fires here.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::wire::{Recorded, Service, errors};
use super::{Fault, Reply};
use crate::loopback::reply;

/// All schedules, by group and name.
#[derive(Debug, Default)]
pub(super) struct Scheduler {
    made: BTreeMap<(String, String), Value>,
}

impl Scheduler {
    pub(super) fn answer(&mut self, request: &Recorded) -> Reply {
        match request.operation.as_str() {
            "CreateSchedule" => self.create(&request.resource, request.json()),
            _ => refuse(400, "ValidationException", "the stand-in only makes schedules"),
        }
    }

    /// What was asked for, with the name as `Name`.
    pub(super) fn schedules(&self) -> Vec<Value> {
        self.made.values().cloned().collect()
    }

    fn create(&mut self, name: &str, mut schedule: Value) -> Reply {
        if let Some(text) = wrong(name, &schedule) {
            return refuse(400, "ValidationException", text);
        }
        let group = schedule["GroupName"].as_str().unwrap_or("default").to_owned();
        let arn = format!("arn:aws:scheduler:us-east-1:123456789012:schedule/{group}/{name}");
        schedule["Name"] = name.into();
        let place = (group, name.to_owned());
        match self.made.get(&place) {
            Some(made) if made["ClientToken"] != schedule["ClientToken"] => {
                return refuse(409, "ConflictException", "the schedule already exists");
            }
            _ => self.made.insert(place, schedule),
        };
        reply(200, "application/json", json!({"ScheduleArn": arn}).to_string())
    }
}

/// What the service would not take of a one-time schedule. Source: Scheduler API reference, `CreateSchedule`.
fn wrong(name: &str, schedule: &Value) -> Option<&'static str> {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let target = &schedule["Target"];
    if !((1..=64).contains(&name.len()) && name.bytes().all(is_letter)) {
        return Some("the name is not 1 to 64 letters, digits, `-`, `_` or `.`");
    }
    if !is_one_time(&text(&schedule["ScheduleExpression"])) {
        return Some("Invalid Schedule Expression");
    }
    if !["OFF", "FLEXIBLE"].contains(&text(&schedule["FlexibleTimeWindow"]["Mode"]).as_str()) {
        return Some("FlexibleTimeWindow needs a Mode");
    }
    if !(text(&target["Arn"]).starts_with("arn:") && text(&target["RoleArn"]).starts_with("arn:")) {
        return Some("the target needs an ARN and a role");
    }
    let input: Option<Value> = serde_json::from_str(&text(&target["Input"])).ok();
    if input.is_none() { Some("the input of a Lambda target must be JSON") } else { None }
}

/// `at(yyyy-mm-ddThh:mm:ss)`, without a zone.
fn is_one_time(expression: &str) -> bool {
    let time = expression.strip_prefix("at(").and_then(|rest| rest.strip_suffix(')')).unwrap_or_default();
    let shape: String = time.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    shape == "0000-00-00T00:00:00"
}

fn refuse(status: u16, code: &'static str, message: &'static str) -> Reply {
    errors::error(Service::Scheduler, Fault::new(status, code, message))
}
