//! What `snapshot-database` can be asked to do with the databases of a target.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::command::{Action, InvalidCommand, decode_fields, one_of};
use crate::kinds::text::text_type;

/// What `snapshot-database` can be asked to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Backup {
    /// Take a snapshot now.
    Take {
        /// What it is taken for, as `before-release-42`.
        label: Option<Label>,
    },
    /// Copy to the other Regions what should be there.
    Copy,
    /// Delete what need not be kept.
    Expire,
    /// Compare the snapshots with their source, and begin a restore drill where the playbook asks for drills.
    Verify,
    /// Do whatever is next for each snapshot.
    Reconcile,
}

impl Backup {
    /// The action's name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Take { .. } => "take",
            Self::Copy => "copy",
            Self::Expire => "expire",
            Self::Verify => "verify",
            Self::Reconcile => "reconcile",
        }
    }
}

impl Action for Backup {
    const NAMES: &'static [&'static str] = &["take", "copy", "expire", "verify", "reconcile"];

    fn decode(name: &str, fields: Map<String, Value>) -> Result<Self, InvalidCommand> {
        let nothing = |fields| decode_fields::<NoFields>(fields).map(|NoFields {}| ());
        match name {
            "take" => decode_fields(fields).map(|TakeFields { label }| Self::Take { label }),
            "copy" => nothing(fields).map(|()| Self::Copy),
            "expire" => nothing(fields).map(|()| Self::Expire),
            "verify" => nothing(fields).map(|()| Self::Verify),
            "reconcile" => nothing(fields).map(|()| Self::Reconcile),
            _ => Err(InvalidCommand::new("action", Some(&json!(name)), one_of(Self::NAMES))),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TakeFields {
    label: Option<Label>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NoFields {}

text_type!(
    /// What a snapshot is taken for. It becomes a tag's value.
    Label,
    "a label: 1 to 128 letters, digits and `_.:/=+-@`",
    |text| (1..=128).contains(&text.len())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "_.:/=+-@".contains(c))
);
