//! What `failover-dns` can be asked to do.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::command::{Action, InvalidCommand, decode_fields, one_of};

/// What `failover-dns` can be asked to do with the names of a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failover {
    /// Lead them to the secondary.
    Over {
        /// Whether to do so without evidence that the secondary is healthy.
        force: bool,
    },
    /// Lead them back to the primary.
    Back {
        /// Whether to do so without evidence that the primary is healthy.
        force: bool,
    },
    /// Say where they lead, how healthy both sides are, and what a fail-over would change.
    Status,
    /// Try everything of a fail-over but the change.
    Drill,
    /// End what was begun, and go back where that is due.
    Reconcile,
}

impl Failover {
    /// The action's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Over { .. } => "fail-over",
            Self::Back { .. } => "fail-back",
            Self::Status => "status",
            Self::Drill => "drill",
            Self::Reconcile => "reconcile",
        }
    }

    /// Whether it asks to move without evidence.
    #[must_use]
    pub fn is_forced(self) -> bool {
        matches!(self, Self::Over { force: true } | Self::Back { force: true })
    }
}

impl Action for Failover {
    const NAMES: &'static [&'static str] = &["fail-over", "fail-back", "status", "drill", "reconcile"];

    fn decode(name: &str, fields: Map<String, Value>) -> Result<Self, InvalidCommand> {
        let nothing = |fields| decode_fields::<NoFields>(fields).map(|NoFields {}| ());
        match name {
            "fail-over" => decode_fields(fields).map(|MoveFields { force }| Self::Over { force }),
            "fail-back" => decode_fields(fields).map(|MoveFields { force }| Self::Back { force }),
            "status" => nothing(fields).map(|()| Self::Status),
            "drill" => nothing(fields).map(|()| Self::Drill),
            "reconcile" => nothing(fields).map(|()| Self::Reconcile),
            _ => Err(InvalidCommand::new("action", Some(&json!(name)), one_of(Self::NAMES))),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MoveFields {
    #[serde(default)]
    force: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NoFields {}
