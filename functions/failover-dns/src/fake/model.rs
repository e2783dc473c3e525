//! What the model holds.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use shared::fault::FaultClass;
use shared::kinds::distribution::DistributionId;
use shared::kinds::dns::{ControlArn, Evidence, HealthCheckId, StandbyObject, ZoneId};

use super::faults::Faults;
use super::health::Timeline;
use super::records::Zone;
use crate::world::{Check, Distribution, Meaning, Owner, RecordSet};

pub(super) const REJECTED: Meaning = Meaning::Common(FaultClass::Rejected);
pub(super) const NOT_FOUND: Meaning = Meaning::Common(FaultClass::NotFound);
pub(super) const CONFLICT: Meaning = Meaning::Common(FaultClass::Conflict);
pub(super) const UNAVAILABLE: Meaning = Meaning::Common(FaultClass::Unavailable);

#[derive(Debug)]
pub(super) struct Model {
    pub(super) now: Timestamp,
    pub(super) zones: BTreeMap<ZoneId, Zone>,
    /// The records that are protected: zone, name and type.
    pub(super) protected: BTreeSet<(ZoneId, String, String)>,
    pub(super) sync: InSync,
    pub(super) prior_changes: usize,
    pub(super) accepted: Vec<Accepted>,
    pub(super) checks: BTreeMap<HealthCheckId, Check>,
    pub(super) objects: BTreeMap<ObjectId, Put>,
    pub(super) controls: BTreeMap<ControlArn, bool>,
    /// The endpoints that do not answer.
    pub(super) dead: BTreeSet<String>,
    pub(super) safety_rule: Option<SafetyRule>,
    pub(super) distributions: BTreeMap<DistributionId, Held>,
    pub(super) deployment: SignedDuration,
    /// The names that distributions of another account have.
    pub(super) elsewhere: BTreeSet<String>,
    pub(super) only_from_disabled: bool,
    pub(super) timelines: BTreeMap<Evidence, Timeline>,
    pub(super) faults: Faults,
    pub(super) violations: Vec<String>,
    pub(super) effects: Vec<String>,
    pub(super) calls: Vec<String>,
    pub(super) tally: BTreeMap<&'static str, usize>,
}

/// When a change of records has reached all servers of Route 53.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InSync {
    /// After so many looks that still found it pending.
    Looks(usize),
    /// When so much time has passed.
    Time(SignedDuration),
}

/// A change of records that was accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// Its id.
    pub id: String,
    /// Its zone.
    pub zone: ZoneId,
    /// The sets that were written.
    pub sets: Vec<RecordSet>,
    /// What it was called.
    pub comment: String,
    /// When it was accepted.
    pub at: Timestamp,
    pub(super) sync: InSync,
}

/// What must be true of all routing controls after a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SafetyRule {
    /// At least one is on.
    OneIsOn,
    /// Not all are on.
    OneIsOff,
    /// They are as they were.
    NothingMoves,
}

/// A distribution, and what of it is not looked at directly.
#[derive(Debug, Clone)]
pub(super) struct Held {
    pub(super) distribution: Distribution,
    pub(super) deployed_at: Timestamp,
    /// The names that its certificate covers; `None`: all.
    pub(super) covers: Option<Vec<String>>,
}

/// The standby object, once it is there.
#[derive(Debug)]
pub(super) struct Put {
    pub(super) text: String,
    /// Whose it is; `None`: it was put by other means.
    pub(super) owner: Option<Owner>,
}

/// A bucket, a key and a Region.
pub(super) type ObjectId = (String, String, String);

pub(super) fn object_key(object: &StandbyObject) -> ObjectId {
    let StandbyObject { bucket, key, region } = object;
    (bucket.to_string(), key.to_string(), region.to_string())
}

impl Model {
    pub(super) fn new(now: Timestamp) -> Self {
        Self {
            now,
            zones: BTreeMap::new(),
            protected: BTreeSet::new(),
            sync: InSync::Looks(0),
            prior_changes: 0,
            accepted: Vec::new(),
            checks: BTreeMap::new(),
            objects: BTreeMap::new(),
            controls: BTreeMap::new(),
            dead: BTreeSet::new(),
            safety_rule: None,
            distributions: BTreeMap::new(),
            deployment: SignedDuration::from_mins(5),
            elsewhere: BTreeSet::new(),
            only_from_disabled: false,
            timelines: BTreeMap::new(),
            faults: Faults::default(),
            violations: Vec::new(),
            effects: Vec::new(),
            calls: Vec::new(),
            tally: BTreeMap::new(),
        }
    }
}
