//! ECS services and groups of them: what the playbook says of how they may be scaled.
//!
//! Sizes are in `size`, groups in `group`, the commands in `command`, time zones and holidays in `calendar`.

mod calendar;
mod command;
mod group;
mod size;

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::text::text_type;
use crate::command::{InvalidCommand, one_of};
use crate::ids::TargetName;

pub use calendar::{Holiday, UnknownZone, ZoneName};
pub use command::{Increase, LONGEST_BOOST, Of, SHORTEST_BOOST, Scale, Size};
pub use group::ServiceGroup;
pub use size::{Bounds, Profile};

/// An ECS service.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "ServiceKeys")]
#[schemars(with = "ServiceKeys")]
pub struct Service {
    /// Its cluster.
    pub cluster: ClusterName,
    /// Its name there.
    pub service: ServiceName,
    /// What no command goes beyond.
    pub bounds: Bounds,
    /// Its sizes by name.
    pub profiles: BTreeMap<ProfileName, Profile>,
    /// Where its days begin and end.
    pub time_zone: ZoneName,
    /// The days on which schedules add no tasks.
    pub holidays: Vec<Holiday>,
    /// Whether it may be parked.
    pub may_park: bool,
    /// Whether the scheduled actions that others made for it are suspended, and not respected.
    pub takes_over: bool,
    /// Who wins when somebody has changed its size before it is restored.
    pub on_drift: OnDrift,
}

impl Service {
    /// The id by which Application Auto Scaling knows it.
    #[must_use]
    pub fn resource_id(&self) -> String {
        format!("service/{}/{}", self.cluster, self.service)
    }

    /// The date in a zone, which should be the service's own, if it is a holiday of the service.
    #[must_use]
    pub fn holiday(&self, at: Timestamp, zone: &TimeZone) -> Option<Date> {
        let date = zone.to_datetime(at).date();
        self.holidays.iter().any(|holiday| holiday.has(date)).then_some(date)
    }

    /// The profile with this name.
    ///
    /// # Errors
    /// When it has no such profile: the error names those that it has.
    pub fn profile(&self, name: &ProfileName) -> Result<&Profile, InvalidCommand> {
        self.profiles.get(name).ok_or_else(|| {
            let known: Vec<&str> = self.profiles.keys().map(ProfileName::as_str).collect();
            let expected = match known.as_slice() {
                [] => "none, as the service has no profiles".to_owned(),
                known => format!("a profile of the service: {}", one_of(known)),
            };
            InvalidCommand::new("profile", Some(&json!(name)), expected)
        })
    }

    /// Whether the playbook allows a command, whatever the state of the service.
    ///
    /// # Errors
    /// When it names a profile that there is not, goes beyond the bounds, or parks what may not be parked.
    pub fn check(&self, scale: &Scale) -> Result<(), InvalidCommand> {
        match scale {
            Scale::Set(size) => {
                let Bounds { floor, ceiling, .. } = self.bounds;
                for (field, number) in size.numbers() {
                    if !self.bounds.allow(number) {
                        let expected = format!("{floor} to {ceiling}, the bounds of the service");
                        return Err(InvalidCommand::new(field, Some(&json!(number)), expected));
                    }
                }
                Ok(())
            }
            Scale::Profile(name) => self.profile(name).map(drop),
            Scale::Park if !self.may_park => Err(InvalidCommand::new(
                "action",
                Some(&json!(scale.name())),
                "another, as the service does not say `may-park: true`",
            )),
            Scale::Park | Scale::Boost { .. } | Scale::Restore(_) => Ok(()),
        }
    }
}

/// The keys of a target of kind `service`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct ServiceKeys {
    /// The name of its cluster.
    cluster: ClusterName,
    /// Its name.
    service: ServiceName,
    /// What no command goes beyond.
    bounds: Bounds,
    /// Sizes by name, for the action `profile`.
    #[serde(default)]
    profiles: BTreeMap<ProfileName, Profile>,
    /// Where its days begin and end. `UTC` where it is left out.
    #[serde(default)]
    time_zone: ZoneName,
    /// The days on which schedules add no tasks.
    #[serde(default)]
    holidays: Vec<Holiday>,
    /// Whether it may be parked: scaled to nothing until it is restored.
    #[serde(default)]
    may_park: bool,
    /// Whether the scheduled actions that others made for it are suspended, and not respected.
    #[serde(default)]
    takes_over: bool,
    /// Who wins when somebody has changed its size before it is restored.
    #[serde(default)]
    on_drift: OnDrift,
}

impl TryFrom<ServiceKeys> for Service {
    type Error = String;

    fn try_from(keys: ServiceKeys) -> Result<Self, String> {
        let ServiceKeys { cluster, service, bounds, profiles, time_zone, holidays, .. } = keys;
        let ServiceKeys { may_park, takes_over, on_drift, .. } = keys;
        for (name, Profile { min, max, .. }) in &profiles {
            if !bounds.allow(*min) || !bounds.allow(*max) {
                let Bounds { floor, ceiling, .. } = bounds;
                return Err(format!(
                    "profile `{name}` is {min} to {max}; expected it within the bounds, {floor} to {ceiling}"
                ));
            }
        }
        let days =
            Self { cluster, service, bounds, profiles, time_zone, holidays, may_park, takes_over, on_drift };
        Ok(days)
    }
}

/// Who wins when somebody has changed the size of a service before it is restored.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OnDrift {
    /// Who changed it: it stays.
    #[default]
    Keep,
    /// What was saved: it is put back.
    Restore,
}

text_type!(
    /// The name of a cluster.
    ClusterName,
    "the name of a cluster: 1 to 255 letters, digits, `-` and `_`",
    is_name
);
text_type!(
    /// The name of a service in its cluster.
    ServiceName,
    "the name of a service: 1 to 255 letters, digits, `-` and `_`",
    is_name
);
text_type!(
    /// The name of a profile, in the form of a target's name.
    #[schemars(extend("pattern" = "^[a-z][a-z0-9-]{0,39}$"))]
    ProfileName,
    "a profile's name: a lower-case letter, then at most 39 of a-z, 0-9 and -",
    |text| TargetName::parse(text).is_ok()
);

/// The form of ECS's names. Source: ECS API reference, `CreateCluster` and `CreateService`.
fn is_name(text: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    (1..=255).contains(&text.len()) && text.chars().all(is_plain)
}

#[cfg(test)]
mod tests;
