//! Routing controls, as a cluster of the Application Recovery Controller keeps them. Every endpoint of the cluster is
//! this one.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::wire::{Recorded, Service, errors};
use super::{Fault, Reply, StandIn};
use crate::loopback::reply;

/// Whether each control is on, by its ARN.
#[derive(Debug, Default)]
pub(super) struct RoutingControls {
    controls: BTreeMap<String, bool>,
}

impl RoutingControls {
    pub(super) fn answer(&mut self, request: &Recorded) -> Reply {
        let body = request.json();
        let answer = match request.operation.as_str() {
            "GetRoutingControlState" => self.state(&body),
            "UpdateRoutingControlStates" => self.update(&body),
            _ => Err(Fault::new(400, "ValidationException", "the stand-in gets and updates states")),
        };
        match answer {
            Ok(answer) => reply(200, "application/x-amz-json-1.0", answer.to_string()),
            Err(fault) => errors::error(Service::RoutingControls, fault),
        }
    }

    fn state(&self, asked: &Value) -> Result<Value, Fault> {
        let arn = arn(asked);
        let on = self.controls.get(arn).ok_or(NO_SUCH_CONTROL)?;
        let state = if *on { "On" } else { "Off" };
        Ok(
            json!({"RoutingControlArn": arn, "RoutingControlName": "made-by-a-test", "RoutingControlState": state}),
        )
    }

    /// All, or none.
    fn update(&mut self, asked: &Value) -> Result<Value, Fault> {
        let entries = asked["UpdateRoutingControlStateEntries"].as_array().map_or(&[][..], Vec::as_slice);
        if entries.iter().any(|entry| !self.controls.contains_key(arn(entry))) {
            return Err(NO_SUCH_CONTROL);
        }
        let set = entries.iter().map(|entry| (arn(entry).to_owned(), entry["RoutingControlState"] == "On"));
        self.controls.extend(set);
        Ok(json!({}))
    }
}

const NO_SUCH_CONTROL: Fault =
    Fault::new(404, "ResourceNotFoundException", "The routing control does not exist.");

fn arn(value: &Value) -> &str {
    value["RoutingControlArn"].as_str().unwrap_or_default()
}

/// Routing controls.
impl StandIn {
    /// Puts a routing control there, on or off.
    pub fn put_routing_control(&self, arn: &str, on: bool) {
        self.state().routing_controls.controls.insert(arn.to_owned(), on);
    }

    /// Whether a routing control is on, if it is there.
    #[must_use]
    pub fn routing_control(&self, arn: &str) -> Option<bool> {
        self.state().routing_controls.controls.get(arn).copied()
    }
}
