//! What is remembered of a target in the ledger.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use shared::command::Origin;
use shared::ids::CommandId;
use shared::kinds::dns::Side;

use super::record::RecordSet;

/// What the ledger says of a target.
#[derive(Debug, Clone, PartialEq)]
pub enum Recall {
    /// There is no ledger.
    Unset,
    /// It does not answer: what it said.
    Silent(String),
    /// It answered; empty where nothing was noted yet.
    Known(Memory),
}

impl Recall {
    /// What is known.
    #[must_use]
    pub fn memory(&self) -> Option<&Memory> {
        match self {
            Self::Known(memory) => Some(memory),
            Self::Unset | Self::Silent(_) => None,
        }
    }
}

/// What is remembered of a target.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memory {
    /// The moves of the last day, the earliest first, and the last one however old it is.
    #[serde(default)]
    pub moves: Vec<Move>,
    /// What was there before the last fail-over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Before>,
    /// A fail-over that came while nothing was to move.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending: Option<Pending>,
    /// The side whose names were moved, and whose records have not followed yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unfinished: Option<Side>,
    /// A move that was about to be made: whoever finds its effect and carries the same order knows that it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub begun: Option<Move>,
    /// Whether traffic was found back at the primary since the last move, which nothing here has brought there.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub returned: bool,
    /// The code of what keeps a look every minute from moving anything, and was told since the last move.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<String>,
}

/// A move of traffic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Move {
    /// When.
    pub at: Timestamp,
    /// Where to.
    pub to: Side,
    /// The command that asked for it.
    pub command: CommandId,
    /// Whether a person gave it.
    pub by_hand: bool,
    /// Whether nobody saw that traffic was at the primary before, so that it may have been moved by somebody else.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unsure: bool,
}

impl Move {
    /// Whether this function moved traffic, and nobody told it to: what somebody else did is not for it to take back.
    #[must_use]
    pub fn is_own(&self) -> bool {
        !self.by_hand && !self.unsure
    }
}

/// What was there before a fail-over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Before {
    /// The record sets that were changed, whole.
    Records(Vec<RecordSet>),
    /// The settings of the health check that was forced.
    Check {
        /// Whether it was disabled.
        disabled: bool,
        /// Whether it was inverted.
        inverted: bool,
    },
}

/// A fail-over that waits until something may be moved again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// The command that asked for it.
    pub command: CommandId,
    /// What joins it to its cause.
    pub correlation: String,
    /// The alarm that was the cause.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alarm: Option<String>,
    /// When it may be done.
    pub not_before: Timestamp,
}

/// For how long moves are remembered, so that those of a day can be counted.
const A_DAY: SignedDuration = SignedDuration::from_hours(24);

impl Memory {
    /// The last move.
    #[must_use]
    pub fn last(&self) -> Option<&Move> {
        self.moves.last()
    }

    /// How many moves there were in the last 24 hours that no person ordered.
    #[must_use]
    pub fn moves_by_itself(&self, now: Timestamp) -> usize {
        self.moves.iter().filter(|one| !one.by_hand && now.duration_since(one.at) < A_DAY).count()
    }

    /// Whether the last move, or one that was begun after it, was a fail-over.
    #[must_use]
    pub fn is_failed_over(&self) -> bool {
        self.begun.as_ref().or(self.last()).is_none_or(|one| one.to == Side::Secondary)
    }

    /// When an order has made a move to a side, if that is remembered.
    #[must_use]
    pub fn made_by(&self, command: &CommandId, to: Side) -> Option<Timestamp> {
        self.moves.iter().find(|one| one.command == *command && one.to == to).map(|one| one.at)
    }

    /// The memory with one more move, and without those that need no longer be counted.
    #[must_use]
    pub fn with(mut self, one: Move) -> Self {
        self.moves.retain(|other| one.at.duration_since(other.at) < A_DAY && other.command != one.command);
        self.moves.push(one);
        Self { pending: None, begun: None, returned: false, told: None, ..self }
    }
}

impl Pending {
    /// The fail-over of a command that must wait.
    #[must_use]
    pub fn new(command: &CommandId, origin: &Origin, not_before: Timestamp) -> Self {
        Self {
            command: command.clone(),
            correlation: origin.correlation.clone(),
            alarm: origin.alarm.clone(),
            not_before,
        }
    }
}
