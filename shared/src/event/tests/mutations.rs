//! Damaged payloads: whatever arrives, there is an outcome and no panic.

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::json;

use super::*;

/// One way in which a payload can be damaged.
#[derive(Debug, Clone)]
enum Damage {
    /// A value is gone.
    Removed,
    /// A value is another one.
    Replaced(Value),
    /// The text of a value is cut off. In a string that is JSON, the JSON breaks off.
    Cut(Index),
    /// A character of a string is another one.
    Flipped(Index, char),
    /// A list has an element twice.
    Doubled,
}

fn damage() -> impl Strategy<Value = Damage> {
    prop_oneof![
        Just(Damage::Removed),
        replacement().prop_map(Damage::Replaced),
        any::<Index>().prop_map(Damage::Cut),
        (any::<Index>(), prop_oneof![any::<char>(), Just('"'), Just('\\'), Just('{'), Just('%')])
            .prop_map(|(index, character)| Damage::Flipped(index, character)),
        Just(Damage::Doubled),
    ]
}

fn replacement() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        Just(json!(true)),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        Just(json!("")),
        Just(json!([])),
        Just(json!({})),
        Just(json!([[], {}, null])),
        Just(json!("{\"Records\":[]}")),
        Just(Value::from("[".repeat(50_000))),
        Just(nested(100)),
    ]
}

/// A value as deep as JSON of Lambda may be.
fn nested(depth: usize) -> Value {
    (0..depth).fold(
        Value::Null,
        |inner, level| if level % 2 == 0 { json!([inner]) } else { json!({"Records": inner}) },
    )
}

/// The paths of all values below one, its own first.
pub(super) fn pointers(value: &Value, prefix: &str, all: &mut Vec<String>) {
    all.push(prefix.to_owned());
    match value {
        Value::Object(fields) => {
            for (name, inner) in fields {
                let name = name.replace('~', "~0").replace('/', "~1");
                pointers(inner, &format!("{prefix}/{name}"), all);
            }
        }
        Value::Array(items) => {
            for (index, inner) in items.iter().enumerate() {
                pointers(inner, &format!("{prefix}/{index}"), all);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn remove(payload: &mut Value, place: &str) {
    let Some((parent, name)) = place.rsplit_once('/') else { return };
    match payload.pointer_mut(parent).unwrap() {
        Value::Object(fields) => drop(fields.shift_remove(&name.replace("~1", "/").replace("~0", "~"))),
        Value::Array(items) => drop(items.remove(name.parse().unwrap())),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn apply(damage: &Damage, payload: &mut Value, place: &Index) {
    let mut places = Vec::new();
    pointers(payload, "", &mut places);
    let place = place.get(&places);
    if let Damage::Removed = damage {
        remove(payload, place);
        return;
    }
    let value = payload.pointer_mut(place).unwrap();
    match damage {
        Damage::Removed => {}
        Damage::Replaced(other) => *value = other.clone(),
        Damage::Cut(index) => {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let kept = index.index(text.chars().count() + 1);
            *value = text.chars().take(kept).collect::<String>().into();
        }
        Damage::Flipped(index, character) => {
            if let Value::String(text) = value {
                let mut characters: Vec<char> = text.chars().collect();
                if !characters.is_empty() {
                    let position = index.index(characters.len());
                    characters[position] = *character;
                }
                *text = characters.into_iter().collect();
            }
        }
        Damage::Doubled => {
            if let Value::Array(items) = value {
                items.extend(items.last().cloned());
            }
        }
    }
}

/// Strings that hold JSON are opened, so that what is in them is damaged too, and closed again afterwards.
fn inside(value: &mut Value, change: &mut impl FnMut(&mut Value)) {
    let inner = match value {
        Value::String(text) => serde_json::from_str::<Value>(text).ok().filter(Value::is_object),
        Value::Object(fields) => return fields.values_mut().for_each(|value| inside(value, change)),
        Value::Array(items) => return items.iter_mut().for_each(|value| inside(value, change)),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    };
    if let Some(mut inner) = inner {
        inside(&mut inner, change);
        change(&mut inner);
        *value = Value::from(inner.to_string());
    }
}

fn has_an_outcome(payload: &Value) {
    match decode(payload, REQUEST) {
        Ok(arrival) => {
            assert!(!arrival.records.is_empty(), "{payload}");
            for record in &arrival.records {
                match &record.content {
                    Ok(events) => assert!(!events.is_empty(), "{payload}"),
                    Err(error) => is_clear(error),
                }
            }
        }
        Err(error) => is_clear(&error),
    }
}

fn is_clear(error: &UndecodableEvent) {
    assert!(!error.found.is_empty() && !error.expected.is_empty(), "{error}");
    assert!(error.to_string().chars().count() < 2_000, "{error}");
}

fn any_payload() -> impl Strategy<Value = Value> {
    any::<Index>().prop_map(|index| {
        let total = all_events().count() + FIXTURES.len();
        let (_, payload) = all_events().chain(FIXTURES.iter()).nth(index.index(total)).unwrap();
        payload.clone()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn a_damaged_payload_has_an_outcome(
        mut payload in any_payload(),
        damages in prop::collection::vec((any::<bool>(), any::<Index>(), damage()), 1..4),
    ) {
        for (deep, place, damage) in &damages {
            if *deep {
                inside(&mut payload, &mut |inner| apply(damage, inner, place));
            } else {
                apply(damage, &mut payload, place);
            }
        }
        has_an_outcome(&payload);
    }

    #[test]
    fn a_payload_that_breaks_off_is_refused(index in any::<Index>(), end in any::<Index>()) {
        let (name, payload) = all_events().nth(index.index(all_events().count())).unwrap();
        let text = payload.to_string();
        let kept: String = text.chars().take(end.index(text.chars().count())).collect();
        // The runtime hands over what is no JSON as its text.
        let arrival = decode(&Value::from(kept), REQUEST).unwrap();
        let error = arrival.records[0].content.as_ref().unwrap_err();
        prop_assert!(error.layer == "payload", "{}: {}", name, error);
    }
}

#[test]
fn every_value_of_every_event_can_be_missing_or_another() {
    for (_, payload) in all_events() {
        let mut places = Vec::new();
        pointers(payload, "", &mut places);
        for place in &places {
            for other in
                [json!(null), json!(7), json!("x"), json!([]), json!({}), json!([1]), json!({"a": 1})]
            {
                let mut damaged = payload.clone();
                *damaged.pointer_mut(place).unwrap() = other;
                has_an_outcome(&damaged);
            }
            let mut damaged = payload.clone();
            remove(&mut damaged, place);
            has_an_outcome(&damaged);
        }
    }
}

#[test]
fn envelopes_in_envelopes_are_opened_to_any_depth_that_fits_a_message() {
    let mut inner = payload("command-paths").clone();
    for depth in 0..12 {
        inner =
            json!({"Type": "Notification", "MessageId": format!("n-{depth}"), "Message": inner.to_string()});
    }
    assert!(inner.to_string().len() < 262_144);
    assert!(
        matches!(&events_of(&inner)[..], [Event::Command(command)] if command.fallback_id.as_str() == "n-0")
    );
}

#[test]
fn an_error_never_repeats_a_whole_payload() {
    let long = Value::from("x".repeat(250_000));
    for (name, place) in [
        ("sqs-fifo", "/Records/0/attributes"),
        ("sns-command", "/Records/0/Sns"),
        ("s3-put", "/Records/0/s3"),
        ("s3-put", "/Records/0/s3/object/sequencer"),
        ("s3-eventbridge", "/resources"),
        ("s3-eventbridge", "/detail/bucket"),
        ("alarm-metric-direct", "/alarmData"),
        ("alarm-metric-eventbridge", "/detail/state/timestamp"),
        ("metric-direct", "/alarmData/alarmName"),
        ("metric-in-sns", "/Records/0/Sns/Message"),
        ("muted-eventbridge", "/detail/muteDetail/muteWindowEnd"),
        ("database-failover-in-sns", "/Records/0/Sns/Message"),
        ("command-pause", "/scope"),
        ("sqs-fifo", "/Records/0/body"),
        ("command-paths", ""),
    ] {
        let mut damaged = payload(name).clone();
        *damaged.pointer_mut(place).unwrap() = long.clone();
        has_an_outcome(&damaged);
    }
}
