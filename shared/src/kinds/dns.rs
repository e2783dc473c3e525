//! Names in Route 53 that lead to a primary or to a secondary, and what the playbook says of the way there and back.
//!
//! How traffic is moved is in `strategy`, how the health of a side is known in `evidence`, the commands in `command`.

mod command;
mod evidence;
mod keys;
mod name;
mod strategy;

use std::num::NonZeroU32;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::command::Failover;
pub use self::evidence::{AlarmName, Evidence, HttpsUrl};
use self::keys::DnsKeys;
pub use self::name::{RecordName, normal};
pub use self::strategy::{
    Alias, Answer, ClusterEndpoint, ControlArn, HealthCheckId, ObjectKey, RecordValue, SetIdentifier,
    StandbyObject, Strategy, Turn, WeightedSide,
};
use super::text::text_type;
use crate::period::Period;

/// Names that lead to one of two places, and how they are moved from one to the other.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "DnsKeys")]
#[schemars(with = "DnsKeys")]
pub struct Dns {
    /// The hosted zone of the records.
    pub zone: ZoneId,
    /// The records: at least one, each name and type once.
    pub records: Vec<Record>,
    /// How traffic is moved.
    pub strategy: Strategy,
    /// How the health of each side is known.
    pub evidence: Sides<Evidence>,
    /// How long after a move nothing but a person moves it again.
    pub hold_down: Period,
    /// When it goes back by itself, if it does.
    pub failback: Failback,
    /// The most moves in 24 hours that nobody ordered by hand.
    pub max_moves_a_day: NonZeroU32,
    /// How long resolvers keep an answer, where the records do not say it, or no move reads them.
    pub ttl: Period,
    /// Whether `drill` may be asked of it, and is by the weekly schedule.
    pub may_drill: bool,
}

/// One of the two places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// Where traffic goes as a rule.
    Primary,
    /// Where it goes when the primary is down.
    Secondary,
}

impl Side {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Primary, Self::Secondary];

    /// The other one.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Primary => Self::Secondary,
            Self::Secondary => Self::Primary,
        }
    }

    /// Its word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::Secondary => "secondary",
        }
    }
}

/// Something of each of the two places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sides<T> {
    /// The primary's.
    pub primary: T,
    /// The secondary's.
    pub secondary: T,
}

impl<T> Sides<T> {
    /// That of one side.
    pub fn of(&self, side: Side) -> &T {
        match side {
            Side::Primary => &self.primary,
            Side::Secondary => &self.secondary,
        }
    }
}

/// A record set's name and type. Sets with a routing policy share both.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Record {
    /// Its name, in full.
    pub name: RecordName,
    /// Its type.
    pub kind: RecordType,
}

/// When traffic goes back to the primary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failback {
    /// Whether it does so by itself.
    pub how: How,
    /// For how long the primary must have been healthy without a break. `None`: its evidence shows the moment alone.
    pub after_healthy_for: Option<Period>,
}

/// Whether traffic goes back by itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// Somebody says so: data may have to be brought back first.
    #[default]
    Manual,
    /// When the primary has been healthy for long enough.
    Automatic,
}

/// A type of record that can lead somewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum RecordType {
    /// IPv4 addresses, or an alias.
    A,
    /// IPv6 addresses, or an alias.
    Aaaa,
    /// Another name.
    Cname,
    /// How a site is reached by HTTPS.
    Https,
    /// Mail servers.
    Mx,
    /// A service's hosts and ports.
    Srv,
    /// Text.
    Txt,
}

impl RecordType {
    /// The type as Route 53 writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::Aaaa => "AAAA",
            Self::Cname => "CNAME",
            Self::Https => "HTTPS",
            Self::Mx => "MX",
            Self::Srv => "SRV",
            Self::Txt => "TXT",
        }
    }
}

text_type!(
    /// The id of a hosted zone. Source: Route 53 API reference, `HostedZone`.
    ZoneId,
    "the id of a hosted zone: `Z` and at most 31 capital letters and digits",
    |text| text.starts_with('Z')
        && text.len() <= 32
        && text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
);

#[cfg(test)]
mod tests;
