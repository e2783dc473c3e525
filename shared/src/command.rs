//! Commands: typed requests to one function about one target.
//!
//! The fields that every command has are taken here; what an action needs besides is its kind's business.

use std::fmt;

use jiff::Timestamp;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use crate::ids::{CommandId, InvalidId, TargetName, shorten};

/// A command, understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command<A> {
    /// The idempotency key.
    pub id: CommandId,
    /// On what.
    pub target: TargetName,
    /// What is to be done, with what the action needs.
    pub action: A,
    /// Why, in somebody's own words.
    pub reason: Option<String>,
    /// Whether to carry it out.
    pub mode: Mode,
    /// Where it came from.
    pub origin: Origin,
}

/// A JSON object that asks for something, not yet understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawCommand {
    /// The object.
    pub fields: Map<String, Value>,
    /// The id that it gets when it names none.
    pub fallback_id: CommandId,
    /// The source that it gets when it has no `origin`.
    pub source: Source,
}

impl RawCommand {
    /// Takes the common fields and leaves the rest to the action.
    ///
    /// # Errors
    /// When a field is missing, unknown or not what it must be.
    pub fn decode<A: Action>(self) -> Result<Command<A>, InvalidCommand> {
        let OpenCommand { action, id, reason, mode, origin, mut fields } = self.open(A::NAMES)?;
        let target = required(&mut fields, "target", "a target of the playbook")?;
        let action = A::decode(&action, fields)?;
        Ok(Command { id, target, action, reason, mode, origin })
    }

    /// Takes the common fields of a command that need not have a target.
    ///
    /// # Errors
    /// When a field is missing or not what it must be.
    pub fn open(mut self, actions: &[&str]) -> Result<OpenCommand, InvalidCommand> {
        let action: String = required(&mut self.fields, "action", &one_of(actions))?;
        let id = optional(&mut self.fields, "id")?.unwrap_or(self.fallback_id);
        let reason = optional(&mut self.fields, "reason")?;
        let mode = optional(&mut self.fields, "mode")?.unwrap_or(Mode::Apply);
        let origin = match optional::<OriginFields>(&mut self.fields, "origin")? {
            Some(OriginFields { source, correlation, alarm, at, route, approval }) => {
                let correlation = correlation.unwrap_or_else(|| id.clone()).into();
                Origin { source, correlation, alarm, at, route, approval }
            }
            None => Origin {
                source: self.source,
                correlation: id.to_string(),
                alarm: None,
                at: None,
                route: None,
                approval: None,
            },
        };
        Ok(OpenCommand { action, id, reason, mode, origin, fields: self.fields })
    }

    /// Where the command says that it comes from, although the rest of it was not understood.
    #[must_use]
    pub fn shown_origin(&self) -> Option<(Source, Option<CommandId>)> {
        let origin = OriginFields::deserialize(self.fields.get("origin")?).ok()?;
        Some((origin.source, origin.correlation))
    }

    /// A field that a report can show although the command was not understood.
    #[must_use]
    pub fn shown(&self, field: &str) -> Option<String> {
        self.fields.get(field).and_then(Value::as_str).filter(|text| !text.is_empty()).map(shorten)
    }
}

/// A command whose common fields are understood, without its target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenCommand {
    /// The name of what is to be done.
    pub action: String,
    /// The idempotency key.
    pub id: CommandId,
    /// Why, in somebody's own words.
    pub reason: Option<String>,
    /// Whether to carry it out.
    pub mode: Mode,
    /// Where it came from.
    pub origin: Origin,
    /// The other fields.
    pub fields: Map<String, Value>,
}

/// The actions of one function, each with the fields that it needs.
pub trait Action: Sized {
    /// The names of all actions, for error messages.
    const NAMES: &'static [&'static str];

    /// Understands the fields of the action with this name.
    ///
    /// # Errors
    /// When there is no action of this name, or a field is missing, unknown or not what it must be.
    fn decode(name: &str, fields: Map<String, Value>) -> Result<Self, InvalidCommand>;
}

/// The fields of a command that is not what it must be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("field `{field}` is {found}; expected {expected}")]
pub struct InvalidCommand {
    /// Where: `action`, `paths[2]`, `origin.source`.
    pub field: String,
    /// What was there.
    pub found: String,
    /// What should have been there.
    pub expected: String,
}

impl InvalidCommand {
    /// Says what was wrong with a field.
    #[must_use]
    pub fn new(field: impl Into<String>, found: Option<&Value>, expected: impl Into<String>) -> Self {
        let found = match found {
            Some(Value::String(text)) => format!("`{}`", shorten(text)),
            Some(other) => format!("`{}`", shorten(&other.to_string())),
            None => "missing".to_owned(),
        };
        Self { field: field.into(), found, expected: expected.into() }
    }
}

/// Whether a command is carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Decide, carry out, report.
    Apply,
    /// Decide and report, but change nothing.
    Plan,
}

impl Mode {
    /// The mode as it is written in the environment and in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Apply => "apply",
            Self::Plan => "plan",
        }
    }

    /// The more careful of two modes: a function in plan mode changes nothing, whatever a command says.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Apply, Self::Apply) => Self::Apply,
            (Self::Plan, _) | (_, Self::Plan) => Self::Plan,
        }
    }
}

/// What brought a command about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Where the command came from.
    pub source: Source,
    /// What joins the command to its cause; the command's own id where it has no other.
    pub correlation: String,
    /// The alarm, where one was the cause.
    pub alarm: Option<String>,
    /// When the alarm changed its state.
    pub at: Option<Timestamp>,
    /// The route of the playbook that matched it.
    pub route: Option<String>,
    /// The id by which people can approve what is only planned.
    pub approval: Option<String>,
}

/// `origin` as the router and schedules write it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct OriginFields {
    source: Source,
    correlation: Option<CommandId>,
    alarm: Option<String>,
    #[serde(default, deserialize_with = "time")]
    at: Option<Timestamp>,
    route: Option<String>,
    approval: Option<String>,
}

fn time<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Timestamp>, D::Error> {
    let read = |text: String| {
        let wrong = |_| InvalidId::new(&text, "a time, as `2026-11-21T09:00:00Z`");
        text.parse().map_err(wrong).map_err(D::Error::custom)
    };
    Option::<String>::deserialize(from)?.map(read).transpose()
}

/// Where a command came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// Somebody invoked the function.
    Operator,
    /// A schedule.
    Schedule,
    /// An alarm, by way of the router.
    Alarm,
    /// A change in a bucket.
    ObjectEvent,
    /// An event of a database or a snapshot.
    DatabaseEvent,
    /// A message (SQS, SNS, or an event on a bus) that does not say where it came from.
    Queue,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Operator => "operator",
            Self::Schedule => "schedule",
            Self::Alarm => "alarm",
            Self::ObjectEvent => "object-event",
            Self::DatabaseEvent => "database-event",
            Self::Queue => "queue",
        })
    }
}

/// Understands the fields of one action as `T`, which should deny unknown ones.
///
/// # Errors
/// When a field is missing, unknown or not what it must be.
pub fn decode_fields<T: DeserializeOwned>(fields: Map<String, Value>) -> Result<T, InvalidCommand> {
    let fields = Value::Object(fields);
    serde_path_to_error::deserialize(&fields).map_err(|error| refine(&fields, "", &error))
}

/// `a`, `b` or `c`, for messages.
#[must_use]
pub fn one_of(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.as_slice() {
        [] => "nothing".to_owned(),
        [only] => only.clone(),
        [most @ .., last] => format!("{} or {last}", most.join(", ")),
    }
}

fn required<T: DeserializeOwned>(
    fields: &mut Map<String, Value>,
    name: &str,
    expected: &str,
) -> Result<T, InvalidCommand> {
    optional(fields, name)?.ok_or_else(|| InvalidCommand::new(name, None, expected))
}

fn optional<T: DeserializeOwned>(
    fields: &mut Map<String, Value>,
    name: &str,
) -> Result<Option<T>, InvalidCommand> {
    let Some(value) = fields.remove(name) else {
        return Ok(None);
    };
    serde_path_to_error::deserialize(&value).map(Some).map_err(|error| refine(&value, name, &error))
}

/// Turns serde's complaint into field, value and expectation.
fn refine(
    root: &Value,
    prefix: &str,
    error: &serde_path_to_error::Error<serde_json::Error>,
) -> InvalidCommand {
    let inner = error.inner().to_string();
    let path = match error.path().to_string() {
        path if path == "." => prefix.to_owned(),
        path if prefix.is_empty() => path,
        path => format!("{prefix}.{path}"),
    };
    if let Some(name) = quoted_after(&inner, "missing field ") {
        return InvalidCommand::new(join(&path, name), None, "a value");
    }
    let mut found = Some(root);
    for segment in error.path() {
        found = match segment {
            serde_path_to_error::Segment::Map { key } => found.and_then(|value| value.get(key)),
            serde_path_to_error::Segment::Seq { index } => found.and_then(|value| value.get(index)),
            serde_path_to_error::Segment::Enum { .. } | serde_path_to_error::Segment::Unknown => found,
        };
    }
    if let Some(name) = quoted_after(&inner, "unknown field ") {
        // The path already ends in the field itself.
        let field = shorten(&if path.ends_with(name) { path } else { join(&path, name) });
        let allowed = inner.rsplit_once(", expected ").map_or("no such field", |(_, allowed)| allowed);
        let allowed = if inner.contains("there are no fields") { "no further field" } else { allowed };
        return InvalidCommand { field, found: "unknown".to_owned(), expected: allowed.to_owned() };
    }
    // Our own types say "`value` is not …", serde says "…, expected …". What stands before is the value, in which
    // either can stand too.
    let separator = if inner.starts_with('`') { "` is not " } else { ", expected " };
    let expected = inner.rsplit_once(separator).map_or(inner.as_str(), |(_, expected)| expected);
    InvalidCommand::new(shorten(&path), found, shorten(expected))
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

fn quoted_after<'a>(text: &'a str, start: &str) -> Option<&'a str> {
    text.strip_prefix(start)?.strip_prefix('`')?.split('`').next()
}

#[cfg(test)]
mod tests;
