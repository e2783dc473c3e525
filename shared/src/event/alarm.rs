//! CloudWatch alarms: what a change of state is to us, whichever way it was delivered.

mod decode;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub(super) use decode::{from_event, from_notification};

/// A change of an alarm's state, or an action of it that was delayed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alarm {
    /// Its name.
    pub name: String,
    /// Its ARN, which old notifications lack.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    /// The account that it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// The code of its Region, as `us-east-1`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The contributor that changed, of an alarm that watches many series at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contributor: Option<String>,
    /// The metrics that it watches. Composite alarms, and some that query, have none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub metrics: Vec<AlarmMetric>,
    /// The state before. Unknown for contributors. The same as `to` when an action was delayed until now: a composite
    /// alarm whose suppression has ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<AlarmState>,
    /// The state now.
    pub to: AlarmState,
    /// When the state changed.
    pub at: Timestamp,
    /// CloudWatch's own explanation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What suppresses its actions, as only EventBridge tells: there the event comes all the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suppressed_by: Option<String>,
    /// The mute that its actions are under, as only EventBridge tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mute: Option<Mute>,
    /// The replay of an archive that brought it, rather than the alarm itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replay: Option<String>,
}

impl Alarm {
    /// What makes it the same alarm in all three deliveries: its ARN, or what stands for one, and its contributor.
    #[must_use]
    pub fn key(&self) -> String {
        let part = |part: &Option<String>| part.clone().unwrap_or_default();
        let alarm = match &self.arn {
            Some(arn) => arn.clone(),
            None => format!("{}:{}:{}", part(&self.account), part(&self.region), self.name),
        };
        match &self.contributor {
            Some(contributor) => format!("{alarm}#{contributor}"),
            None => alarm,
        }
    }
}

/// One metric that an alarm watches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlarmMetric {
    /// Its namespace, as `AWS/RDS`.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Its dimensions.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub dimensions: BTreeMap<String, String>,
}

/// A time in which an alarm's actions are muted. The event may carry one that is not now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mute {
    /// The ARN of the mute rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Its beginning.
    pub from: Timestamp,
    /// Its end.
    pub until: Timestamp,
}

/// The state of an alarm.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
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

impl From<String> for AlarmState {
    fn from(text: String) -> Self {
        match text.as_str() {
            "OK" => Self::Ok,
            "ALARM" => Self::Alarm,
            "INSUFFICIENT_DATA" => Self::InsufficientData,
            _ => Self::Other(text),
        }
    }
}

impl From<AlarmState> for String {
    fn from(state: AlarmState) -> Self {
        state.as_str().to_owned()
    }
}
