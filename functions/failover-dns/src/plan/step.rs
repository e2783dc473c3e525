//! The effects of this function.

use serde_json::{Map, Value, json};
use shared::kinds::distribution::DistributionId;
use shared::kinds::dns::{HealthCheckId, RecordName, Side, Sides, StandbyObject};
use shared::plan::Step as PlanStep;

use crate::world::{Before, Check, Memory, RecordSet};

/// One effect: absolute, so that doing it twice is doing it once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Notes what is there, before it is changed.
    Save(Memory),
    /// Writes record sets, all in one change.
    ChangeRecords {
        /// As they are.
        before: Vec<RecordSet>,
        /// As they are to be, in the same order.
        after: Vec<RecordSet>,
    },
    /// Forces a health check to be unhealthy, or gives it back its settings.
    SetCheck {
        /// Which.
        id: HealthCheckId,
        /// Its settings, and the version that they are for.
        check: Check,
    },
    /// Puts the standby object, unless it is there.
    PutObject(StandbyObject),
    /// Removes the standby object.
    RemoveObject(StandbyObject),
    /// Sets both routing controls, in one request.
    SetControls {
        /// Whether each side's is to be on.
        on: Sides<bool>,
    },
    /// Moves a name to a distribution.
    MoveName {
        /// The name.
        name: RecordName,
        /// Where to.
        to: DistributionId,
        /// The version of that distribution, unless it was changed by the step before.
        etag: String,
    },
    /// Notes what was done.
    Note {
        /// What is remembered from now on.
        memory: Memory,
        /// What is new about it.
        what: Noted,
    },
}

/// What is new about what is remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noted {
    /// A move that is about to be made.
    Begun,
    /// A move.
    Move,
    /// The records have followed the names.
    Followed,
    /// A move that was begun was not made.
    InVain,
    /// A fail-over is put off.
    PutOff,
    /// One that was put off is not needed.
    NotNeeded,
    /// Traffic is back at the primary, and nothing here has brought it there.
    Returned,
    /// What is in the way was told.
    Told,
}

impl Noted {
    /// The name of a step that notes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Begun => "note-begin",
            Self::Move => "note-move",
            Self::Followed => "note-end",
            Self::InVain => "forget-begin",
            Self::PutOff => "put-off",
            Self::NotNeeded => "forget-put-off",
            Self::Returned => "note-return",
            Self::Told => "note-told",
        }
    }
}

impl Step {
    /// Whether it moves traffic, and does not only note something.
    #[must_use]
    pub fn moves(&self) -> bool {
        !matches!(self, Self::Save(_) | Self::Note { .. })
    }
}

impl PlanStep for Step {
    fn name(&self) -> &'static str {
        match self {
            Self::Save(_) => "save-before",
            Self::ChangeRecords { .. } => "change-records",
            Self::SetCheck { check, .. } if check.is_forced() => "force-health-check",
            Self::SetCheck { .. } => "restore-health-check",
            Self::PutObject(_) => "put-object",
            Self::RemoveObject(_) => "remove-object",
            Self::SetControls { .. } => "set-routing-controls",
            Self::MoveName { .. } => "move-name",
            Self::Note { what, .. } => what.name(),
        }
    }

    fn details(&self) -> Map<String, Value> {
        let details = match self {
            Self::Save(Memory { before, .. }) => match before {
                Some(Before::Check { disabled, inverted }) => {
                    json!({"disabled": disabled, "inverted": inverted})
                }
                Some(Before::Records(sets)) => json!({"records": sets.len()}),
                None => json!({}),
            },
            Self::ChangeRecords { before, after } => {
                let changes = before.iter().zip(after).map(|(before, after)| change(before, after));
                json!({"records": changes.collect::<Vec<_>>()})
            }
            Self::SetCheck { id, check } => {
                json!({"health_check": id, "disabled": check.disabled, "inverted": check.inverted})
            }
            Self::PutObject(object) | Self::RemoveObject(object) => {
                json!({"bucket": object.bucket, "key": object.key, "region": object.region})
            }
            Self::SetControls { on } => {
                let word = |side| if *on.of(side) { "On" } else { "Off" };
                json!({"primary": word(Side::Primary), "secondary": word(Side::Secondary)})
            }
            Self::MoveName { name, to, .. } => json!({"name": name, "distribution": to}),
            Self::Note { memory, what: Noted::Begun } => match &memory.begun {
                Some(begun) => json!({"to": begun.to}),
                None => json!({}),
            },
            Self::Note { memory, what: Noted::Move } => match memory.last() {
                Some(last) => json!({"to": last.to, "at": format!("{:.3}", last.at)}),
                None => json!({}),
            },
            Self::Note { memory, what: Noted::PutOff } => match &memory.pending {
                Some(pending) => json!({"until": format!("{:.0}", pending.not_before)}),
                None => json!({}),
            },
            Self::Note {
                what: Noted::Followed | Noted::InVain | Noted::NotNeeded | Noted::Returned | Noted::Told,
                ..
            } => json!({}),
        };
        let Value::Object(details) = details else { return Map::new() };
        details
    }
}

/// What is different about a set, and what tells it from others.
fn change(before: &RecordSet, after: &RecordSet) -> Value {
    let mut said = Map::new();
    said.insert("name".to_owned(), json!(after.name));
    said.insert("type".to_owned(), json!(after.kind));
    if let Some(identifier) = &after.set_identifier {
        said.insert("set_identifier".to_owned(), json!(identifier));
    }
    if before.weight != after.weight {
        said.insert("weight".to_owned(), json!({"from": before.weight, "to": after.weight}));
    }
    if answer(before) != answer(after) {
        said.insert("answer".to_owned(), json!({"from": answer(before), "to": answer(after)}));
    }
    if before.ttl != after.ttl {
        said.insert("ttl".to_owned(), json!({"from": before.ttl, "to": after.ttl}));
    }
    Value::Object(said)
}

/// What a set answers, for people.
#[must_use]
pub fn answer(set: &RecordSet) -> Value {
    match &set.alias {
        Some(alias) => json!({"alias": alias.name}),
        None => json!(set.values),
    }
}
