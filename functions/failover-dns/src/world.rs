//! What there is: where names lead, how healthy both sides are, and what is remembered; and the port to all of it.

mod fault;
mod memory;
mod port;
mod record;

use jiff::Timestamp;
use shared::ids::{CommandId, shorten};
use shared::kinds::dns::{Record, Side, Sides};

pub use self::fault::{Fault, Meaning};
pub use self::memory::{Before, Memory, Move, Pending, Recall};
pub use self::port::{Change, Conflict, Dns, Outcome};
pub use self::record::{Alias, Cidr, Coordinates, GeoLocation, GeoProximity, RecordSet};

/// What was observed just now.
#[derive(Debug, Clone)]
pub struct World {
    /// The time.
    pub now: Timestamp,
    /// Where traffic goes.
    pub place: Result<Place, Fault>,
    /// How healthy each side is; `None`: it was not asked for.
    pub health: Sides<Option<Result<Health, Fault>>>,
    /// What is remembered.
    pub recall: Recall,
    /// What a drill found besides: a side that cannot take the names, and why. It is no proof where that was not seen.
    pub obstacle: Result<Option<(Side, String)>, Fault>,
    /// What a status and a drill saw of records that are led without being changed: every set of their names, and of the
    /// names of the zone that those are aliases of. `None`: nobody asked.
    pub records: Option<Result<Vec<RecordSet>, Fault>>,
}

/// Where traffic goes, as the means of a strategy show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// The sets of each record, in the order of the target's records.
    Records(Vec<Found>),
    /// The primary's health check.
    Check(Check),
    /// The standby object; `None`: it was not asked for.
    Object(Option<Object>),
    /// Whether the routing control of each side is on; `None`: that was not asked.
    Controls(Option<Sides<bool>>),
    /// Both distributions, and the sets of each record.
    Domain {
        /// The distributions.
        distributions: Sides<Distribution>,
        /// The records.
        records: Vec<Found>,
    },
}

/// The sets of one record: one, or several with a routing policy, or none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The record.
    pub record: Record,
    /// Its sets.
    pub sets: Vec<RecordSet>,
}

/// A health check, as far as it is changed here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// Its version, which a change must name.
    pub version: i64,
    /// Its type, as `HTTPS`.
    pub kind: String,
    /// Whether it looks at nothing and counts as healthy, or, inverted, as unhealthy.
    pub disabled: bool,
    /// Whether healthy counts as unhealthy.
    pub inverted: bool,
}

impl Check {
    /// Whether it is forced to be unhealthy. Source: Route 53 API reference, `UpdateHealthCheck`.
    #[must_use]
    pub fn is_forced(&self) -> bool {
        self.disabled && self.inverted
    }
}

/// The standby object, as it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Object {
    /// It is not there.
    Absent,
    /// It is there, and bears no order: somebody has put it by other means.
    Unmarked,
    /// It is there, and bears the order that put it.
    PutBy(Owner),
}

/// Whose the standby object is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// The order that put it. Stacks that hear of one alarm give their orders the same id.
    pub order: CommandId,
    /// The delivery of that order, which stays the same when it comes again and is another in every stack; `None`: the
    /// object does not bear it.
    pub delivery: Option<CommandId>,
}

/// A distribution, as far as it is looked at here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Distribution {
    /// The name that CloudFront has given it, as `d111111abcdef8.cloudfront.net`.
    pub domain: String,
    /// Its alternate domain names.
    pub names: Vec<String>,
    /// Whether its last change has reached every edge.
    pub deployed: bool,
    /// Whether it answers.
    pub enabled: bool,
    /// Its version, which a change must name.
    pub etag: String,
}

/// How healthy a side is, as its evidence shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// Whether it is.
    pub state: HealthState,
    /// Since when without a break, where that was asked; not before the time that was asked about.
    pub since: Option<Timestamp>,
    /// What was seen, for people: `14 of 16 checkers say so`.
    pub words: String,
}

/// Whether a side is healthy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HealthState {
    /// It is.
    Healthy,
    /// It is not.
    Unhealthy,
    /// That cannot be told: no data, no such alarm or check.
    Unknown,
}

impl Health {
    /// What evidence shows of this moment.
    #[must_use]
    pub fn now(state: HealthState, words: &str) -> Self {
        Self { state, since: None, words: shorten(words) }
    }
}

/// One of the places, or none of them alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leads {
    /// All of it goes to one side.
    To(Side),
    /// It is on its way to a side: some of it is there.
    Toward(Side),
    /// It goes to neither side alone, and to none in particular.
    Astray,
    /// That was not asked.
    Unasked,
}
