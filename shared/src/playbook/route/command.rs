//! A command as it stands in a route: without id, mode and origin, which the router adds.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};
use serde_saphyr::Spanned;

use crate::ids::TargetName;

/// A command of a route.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "Spanned<Map<String, Value>>")]
#[schemars(with = "CommandKeys")]
pub struct RoutedCommand {
    /// What is ordered.
    pub action: String,
    /// On what.
    pub target: TargetName,
    /// Why, for the report; the router says it where this is left out.
    pub reason: Option<String>,
    /// What the action needs besides.
    pub fields: Map<String, Value>,
    /// Where it stands in the playbook: line and column.
    pub(in crate::playbook) position: (u64, u64),
}

/// The keys of a command, for the schema.
#[derive(JsonSchema)]
struct CommandKeys {
    /// What is ordered: an action of the function that looks after targets of this kind.
    #[expect(dead_code, reason = "for the schema only")]
    action: String,
    /// On what: a target of the playbook.
    #[expect(dead_code, reason = "for the schema only")]
    target: TargetName,
    /// Why, for the report.
    #[expect(dead_code, reason = "for the schema only")]
    reason: Option<String>,
}

impl TryFrom<Spanned<Map<String, Value>>> for RoutedCommand {
    type Error = String;

    fn try_from(keys: Spanned<Map<String, Value>>) -> Result<Self, String> {
        let position = (keys.referenced.line(), keys.referenced.column());
        let mut fields = keys.value;
        let mut text = |name: &str| match fields.remove(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(format!("`{name}` is `{other}`; expected a text")),
        };
        let action = text("action")?.ok_or("missing field `action`")?;
        let target = text("target")?.ok_or("missing field `target`")?;
        let reason = text("reason")?;
        if let Some(name) = ["id", "mode", "origin"].into_iter().find(|name| fields.contains_key(*name)) {
            return Err(format!("`{name}` in a command of a route; the router adds it"));
        }
        let target = TargetName::parse(&target).map_err(|error| error.to_string())?;
        Ok(Self { action, target, reason, fields, position })
    }
}
