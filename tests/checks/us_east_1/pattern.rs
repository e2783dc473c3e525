//! Event patterns of EventBridge, as far as the rules on alarms and notices use them.
#![expect(clippy::expect_used, reason = "what surprises a test is to stop it, in its helpers too")]

use serde_json::{Value, json};

/// Whether an event matches a pattern: each field of the pattern, by one of its alternatives.
pub(crate) fn matches(pattern: &Value, event: &Value) -> bool {
    let fields = pattern.as_object().expect("a pattern is an object");
    fields.iter().all(|(name, wanted)| match wanted {
        Value::Array(patterns) if name == "$or" => patterns.iter().any(|one| matches(one, event)),
        Value::Array(alternatives) => alternatives.iter().any(|one| fits(one, event.get(name))),
        Value::Object(_) => event.get(name).is_some_and(|inner| matches(wanted, inner)),
        other => panic!("`{name}` is neither alternatives nor fields: {other}"),
    })
}

/// Whether a value is as one alternative wants it. What is not there fits nothing here.
fn fits(wanted: &Value, found: Option<&Value>) -> bool {
    let Some(found) = found.and_then(Value::as_str) else { return false };
    match wanted {
        Value::String(text) => text == found,
        _ => match wanted.get("anything-but") {
            Some(Value::Array(texts)) => !texts.iter().any(|text| text == found),
            Some(not) => {
                let prefixes = not.get("prefix").and_then(Value::as_array).expect("prefixes");
                !prefixes.iter().any(|prefix| begins(found, prefix))
            }
            None => begins(found, wanted.get("prefix").expect("a text, `anything-but` or `prefix`")),
        },
    }
}

fn begins(found: &str, prefix: &Value) -> bool {
    found.starts_with(prefix.as_str().expect("a prefix"))
}

#[test]
fn a_pattern_wants_all_of_its_fields_and_one_alternative_of_each() {
    let pattern = json!({
        "source": ["a", "b"],
        "detail": {"name": [{"anything-but": {"prefix": ["own-", "other-"]}}]},
    });
    for (event, expected) in [
        (json!({"source": "b", "detail": {"name": "mine"}, "more": 1}), true),
        (json!({"source": "c", "detail": {"name": "mine"}}), false),
        (json!({"source": "a", "detail": {"name": "other-1"}}), false),
        (json!({"source": "a", "detail": {}}), false),
        (json!({"source": "a"}), false),
    ] {
        assert_eq!(matches(&pattern, &event), expected, "{event}");
    }
}

#[test]
fn one_of_several_patterns_is_enough() {
    let pattern = json!({
        "status": ["STOPPED"],
        "$or": [{"code": [{"anything-but": ["a", "b"]}]}, {"reason": [{"prefix": "failed"}]}],
    });
    for (event, expected) in [
        (json!({"status": "STOPPED", "code": "c"}), true),
        (json!({"status": "STOPPED", "code": "a", "reason": "failed twice"}), true),
        (json!({"status": "STOPPED", "code": "a", "reason": "has failed"}), false),
        (json!({"status": "STOPPED"}), false),
        (json!({"status": "RUNNING", "code": "c"}), false),
    ] {
        assert_eq!(matches(&pattern, &event), expected, "{event}");
    }
}
