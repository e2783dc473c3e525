//! Orders to the router itself: `pause`, `resume`, `approve`, `status`, and its own `recheck`.

use serde::Deserialize;
use serde_json::{Map, Value, json};
use shared::command::{InvalidCommand, Mode, OpenCommand, Origin, RawCommand, decode_fields, one_of};
use shared::event::Alarm;
use shared::ids::{CommandId, TargetName};
use shared::period::Period;
use shared::report::{NONE, Subject};

use crate::FUNCTION;

/// An order to the router itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Control {
    /// Its idempotency key.
    pub id: CommandId,
    /// What is ordered.
    pub action: Action,
    /// Whether to carry it out.
    pub mode: Mode,
    /// Where it came from.
    pub origin: Origin,
}

/// What can be ordered of the router.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// To send nothing for a while.
    Pause {
        /// `all`, a target or a function.
        scope: String,
        /// For how long.
        period: Period,
        /// Why.
        reason: String,
        /// Who wants it.
        who: String,
    },
    /// To end a pause.
    Resume {
        /// Of what.
        scope: String,
        /// Who wants it.
        who: String,
    },
    /// To send what was only planned.
    Approve {
        /// The id of the approval.
        approval: String,
        /// Who approves.
        who: String,
    },
    /// To say what is in force.
    Status,
}

/// To look again whether an alarm is still in its state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recheck {
    /// Its idempotency key.
    pub id: CommandId,
    /// The alarm, as it was when the router put it off.
    pub alarm: Alarm,
    /// For this route only; for all of them where it is left out.
    pub route: Option<TargetName>,
    /// Whether to carry out what follows.
    pub mode: Mode,
}

/// The names of all actions that are for people. `recheck` is the router's own.
const NAMES: [&str; 4] = ["pause", "resume", "approve", "status"];

/// The action by which the router wakes itself.
pub const RECHECK: &str = "recheck";

pub(super) enum Decoded {
    Control(Control),
    Recheck(Recheck),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PauseFields {
    scope: String,
    r#for: Period,
    who: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ResumeFields {
    scope: String,
    who: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ApproveFields {
    approval: String,
    who: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NoFields {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RecheckFields {
    alarm: Alarm,
    route: Option<TargetName>,
}

pub(super) fn decode(raw: RawCommand, mode: Mode) -> Result<Decoded, InvalidCommand> {
    let OpenCommand { action, id, reason, mode: own, origin, mut fields } = raw.open(&NAMES)?;
    let mode = mode.and(own);
    let somebody = origin.source.to_string();
    let action = match action.as_str() {
        "pause" => {
            let PauseFields { scope, r#for, who } = decode_fields(target_as_scope(fields))?;
            let reason = reason.filter(|reason| !reason.trim().is_empty());
            let reason = reason.ok_or_else(|| {
                InvalidCommand::new(
                    "reason",
                    None,
                    "why nothing shall be done, for whoever meets the pause at night",
                )
            })?;
            Action::Pause { scope, period: r#for, reason, who: who.unwrap_or(somebody) }
        }
        "resume" => {
            let ResumeFields { scope, who } = decode_fields(target_as_scope(fields))?;
            Action::Resume { scope, who: who.unwrap_or(somebody) }
        }
        "approve" => {
            let ApproveFields { approval, who } = decode_fields(fields)?;
            Action::Approve { approval, who: who.unwrap_or(somebody) }
        }
        "status" => {
            fields.remove("target");
            let NoFields {} = decode_fields(fields)?;
            Action::Status
        }
        RECHECK => {
            let RecheckFields { alarm, route } = decode_fields(fields)?;
            return Ok(Decoded::Recheck(Recheck { id, alarm, route, mode }));
        }
        other => return Err(InvalidCommand::new("action", Some(&json!(other)), one_of(&NAMES))),
    };
    Ok(Decoded::Control(Control { id, action, mode, origin }))
}

/// Every other command has a `target`: one here means the scope.
fn target_as_scope(mut fields: Map<String, Value>) -> Map<String, Value> {
    if !fields.contains_key("scope")
        && let Some(target) = fields.remove("target")
    {
        fields.insert("scope".to_owned(), target);
    }
    fields
}

impl Control {
    /// Whose outcome a report about this is.
    #[must_use]
    pub fn subject(&self) -> Subject {
        let (action, target) = match &self.action {
            Action::Pause { scope, .. } => ("pause", scope.as_str()),
            Action::Resume { scope, .. } => ("resume", scope.as_str()),
            Action::Approve { .. } => ("approve", NONE),
            Action::Status => ("status", NONE),
        };
        let target = if target == ALL { NONE } else { target };
        Subject {
            function: FUNCTION,
            id: self.id.clone(),
            correlation: self.origin.correlation.clone(),
            action: action.to_owned(),
            target: target.to_owned(),
            source: self.origin.source,
            mode: self.mode,
            records: None,
            approval: None,
        }
    }
}

/// The scope of a pause of everything.
pub const ALL: &str = "all";
