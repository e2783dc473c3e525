//! Reads a target by its `kind`.
//!
//! serde's own tagged enums buffer the whole mapping and forget where each key stood. Here the rest of a mapping
//! that begins with `kind` is read in place, so that errors keep their line and column.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, IntoDeserializer, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use super::{Playbook, Target};
use crate::command::{Action, InvalidCommand};
use crate::ids::TargetName;
use crate::kinds::database::{Backup, Database};
use crate::kinds::distribution::{Distribution, Invalidate};
use crate::kinds::dns::{Dns, Failover};
use crate::kinds::service::{Scale, Service, ServiceGroup};

impl Target {
    /// The function that looks after targets of this kind: what routes send goes to its queue.
    #[must_use]
    pub fn function(&self) -> &'static str {
        match self {
            Self::Distribution(_) => "invalidate-cache",
            Self::Service(_) | Self::ServiceGroup(_) => "scale-service",
            Self::Database(_) => "snapshot-database",
            Self::Dns(_) => "failover-dns",
        }
    }

    /// What it is, for messages.
    #[must_use]
    pub fn noun(&self) -> &'static str {
        match self {
            Self::Distribution(_) => "a distribution",
            Self::Service(_) => "a service",
            Self::ServiceGroup(_) => "a group of services",
            Self::Database(_) => "a database",
            Self::Dns(_) => "names of kind `dns`",
        }
    }

    /// Whether a command is one for this target.
    ///
    /// # Errors
    /// When its function has no such action, a field is missing, unknown or not what it must be, or the command is
    /// more than the target allows.
    pub fn check(
        &self,
        playbook: &Playbook,
        action: &str,
        fields: Map<String, Value>,
    ) -> Result<(), InvalidCommand> {
        match self {
            Self::Distribution(_) => Invalidate::decode(action, fields).map(drop),
            Self::Database(_) => Backup::decode(action, fields).map(drop),
            Self::Dns(_) => unforced(Failover::decode(action, fields)?),
            Self::Service(service) => service.check(&Scale::decode(action, fields)?),
            Self::ServiceGroup(group) => {
                let scale = Scale::decode(action, fields)?;
                playbook.members(group).try_for_each(|(name, service)| {
                    service.check(&scale).map_err(|error| of_member(name, error))
                })
            }
        }
    }
}

/// Only a person forces a move, by hand and with a reason.
fn unforced(failover: Failover) -> Result<(), InvalidCommand> {
    if failover.is_forced() {
        return Err(InvalidCommand::new(
            "force",
            Some(&Value::Bool(true)),
            "it only in an operator's command",
        ));
    }
    Ok(())
}

/// Says which service of a group does not allow a command.
fn of_member(name: &TargetName, error: InvalidCommand) -> InvalidCommand {
    InvalidCommand { expected: format!("{} (`{name}` of the group)", error.expected), ..error }
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    Distribution,
    Service,
    ServiceGroup,
    Database,
    Dns,
}

impl Kind {
    fn read<'de, D: Deserializer<'de>>(self, rest: D) -> Result<Target, D::Error> {
        match self {
            Self::Distribution => Distribution::deserialize(rest).map(Target::Distribution),
            Self::Service => Service::deserialize(rest).map(Target::Service),
            Self::ServiceGroup => ServiceGroup::deserialize(rest).map(Target::ServiceGroup),
            Self::Database => Database::deserialize(rest).map(Target::Database),
            Self::Dns => Dns::deserialize(rest).map(Target::Dns),
        }
    }
}

impl<'de> Deserialize<'de> for Target {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(TargetVisitor)
    }
}

struct TargetVisitor;

impl<'de> Visitor<'de> for TargetVisitor {
    type Value = Target;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a target: a mapping with `kind`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Target, A::Error> {
        let mut before = Map::new();
        while let Some(key) = map.next_key::<String>()? {
            if key == "kind" {
                let kind: Kind = map.next_value()?;
                if before.is_empty() {
                    return kind.read(MapAccessDeserializer::new(map));
                }
                while let Some((key, value)) = map.next_entry::<String, Value>()? {
                    before.insert(key, value);
                }
                return kind.read(Value::Object(before).into_deserializer()).map_err(A::Error::custom);
            }
            before.insert(key, map.next_value()?);
        }
        Err(A::Error::missing_field("kind"))
    }
}
