//! Picks fields out of foreign JSON where a field that is missing or of another form must not spoil the rest.

use serde_json::Value;

/// A field that is a text with something in it.
pub(super) fn text<'v>(value: &'v Value, name: &str) -> Option<&'v str> {
    value.get(name)?.as_str().filter(|text| !text.trim().is_empty())
}

/// A field whose name may be capitalised otherwise: AWS's notifications, events and APIs differ in this.
pub(super) fn any<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    value.as_object()?.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// What a field says, for one whose presence alone has a meaning: what is no text is shown as JSON.
pub(super) fn said(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::Null => None,
        Value::String(text) => Some(text.clone()).filter(|text| !text.trim().is_empty()),
        other @ (Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
            Some(crate::ids::shorten(&other.to_string()))
        }
    }
}

/// The ARN of the resource that an event is about.
pub(super) fn first_resource(value: &Value) -> Option<&str> {
    value.get("resources")?.get(0)?.as_str().filter(|arn| !arn.trim().is_empty())
}

/// The detail of an event, in which anything may be missing.
pub(super) fn detail(value: &Value) -> &Value {
    value.get("detail").unwrap_or(&Value::Null)
}

/// The longest name of a resource that is kept: longer than any that AWS allows.
const LONGEST_NAME: usize = 300;

/// The name of a resource, whole unless it is no name that AWS could have given.
pub(super) fn named(name: &str) -> String {
    name.trim().chars().filter(|c| !c.is_control()).take(LONGEST_NAME).collect()
}
