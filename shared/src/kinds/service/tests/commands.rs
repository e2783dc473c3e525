//! The commands for services: every field, and what is said of each that is wrong.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::command::Action;
use crate::ids::CommandId;
use crate::kinds::service::{Increase, Of, Scale, Size};
use crate::period::Period;

fn decode(action: &str, fields: Value) -> Result<Scale, String> {
    let Value::Object(fields) = fields else { panic!("not an object") };
    Scale::decode(action, fields).map_err(|error| error.to_string())
}

fn size(min: Option<u32>, max: Option<u32>, desired: Option<u32>) -> Scale {
    Scale::Set(Size { min, max, desired })
}

#[test]
fn every_action_is_understood() {
    let boost = |increase, lasts| Scale::Boost { increase, lasts: Period::parse(lasts).unwrap() };
    let id = CommandId::parse("b-1").unwrap();
    for (action, fields, expected) in [
        ("set", json!({"min": 2, "max": 10, "desired": 3}), size(Some(2), Some(10), Some(3))),
        ("set", json!({"min": 2, "max": 2, "desired": 2}), size(Some(2), Some(2), Some(2))),
        ("set", json!({"max": 0}), size(None, Some(0), None)),
        ("set", json!({"min": null, "desired": 2_147_483_647}), size(None, None, Some(2_147_483_647))),
        ("profile", json!({"profile": "night"}), Scale::Profile("night".to_owned().try_into().unwrap())),
        ("boost", json!({"add": 2, "for": "30m"}), boost(Increase::Add(2.try_into().unwrap()), "30m")),
        (
            "boost",
            json!({"percent": 50, "for": "5m"}),
            boost(Increase::Percent(50.try_into().unwrap()), "5m"),
        ),
        ("boost", json!({"add": 1, "for": "1d"}), boost(Increase::Add(1.try_into().unwrap()), "24h")),
        ("park", json!({}), Scale::Park),
        ("restore", json!({}), Scale::Restore(Of::Park)),
        ("restore", json!({"of": "park"}), Scale::Restore(Of::Park)),
        ("restore", json!({"of": "b-1"}), Scale::Restore(Of::Boost(id))),
    ] {
        assert_eq!(expected.name(), action);
        assert_eq!(decode(action, fields), Ok(expected));
    }
}

#[test]
fn bad_fields_are_named_with_value_and_expectation() {
    for (action, fields, expected) in [
        ("set", json!({}), "field `min` is missing; expected one or more of `min`, `max` and `desired`"),
        ("set", json!({"min": -1}), "field `min` is `-1`; expected a whole number from 0 to 2147483647"),
        (
            "set",
            json!({"max": "many"}),
            "field `max` is `many`; expected a whole number from 0 to 2147483647",
        ),
        (
            "set",
            json!({"desired": 1.5}),
            "field `desired` is `1.5`; expected a whole number from 0 to 2147483647",
        ),
        (
            "set",
            json!({"min": 2_147_483_648_u64}),
            "field `min` is `2147483648`; expected a whole number from 0 to 2147483647",
        ),
        ("set", json!({"min": 3, "max": 2}), "field `min` is `3`; expected at most `max`, which is 2"),
        (
            "set",
            json!({"min": 3, "desired": 2}),
            "field `desired` is `2`; expected at least `min`, which is 3",
        ),
        (
            "set",
            json!({"max": 3, "desired": 4}),
            "field `desired` is `4`; expected at most `max`, which is 3",
        ),
        ("set", json!({"minimum": 3}), "field `minimum` is unknown; expected one of `min`, `max`, `desired`"),
        ("profile", json!({}), "field `profile` is missing; expected a profile of the service"),
        (
            "profile",
            json!({"profile": "Night"}),
            "field `profile` is `Night`; expected a profile's name: a lower-case letter, then at most 39 of a-z, 0-9 and -",
        ),
        ("profile", json!({"name": "night"}), "field `name` is unknown; expected `profile`"),
        ("boost", json!({"for": "30m"}), "field `add` is missing; expected either `add` or `percent`"),
        ("boost", json!({"add": 0, "for": "30m"}), "field `add` is `0`; expected a whole number, 1 or more"),
        (
            "boost",
            json!({"percent": 0, "for": "30m"}),
            "field `percent` is `0`; expected a whole number, 1 or more",
        ),
        (
            "boost",
            json!({"percent": "50%", "for": "30m"}),
            "field `percent` is `50%`; expected a whole number from 0 to 2147483647",
        ),
        (
            "boost",
            json!({"add": 2, "percent": 50, "for": "30m"}),
            "field `percent` is `50`; expected no `percent` beside `add`: one of them",
        ),
        ("boost", json!({"add": 2}), "field `for` is missing; expected a length of time from 5m to 24h"),
        (
            "boost",
            json!({"add": 2, "for": "4m59s"}),
            "field `for` is `4m59s`; expected a length of time from 5m to 24h",
        ),
        (
            "boost",
            json!({"add": 2, "for": "24h1s"}),
            "field `for` is `24h1s`; expected a length of time from 5m to 24h",
        ),
        ("boost", json!({"add": 2, "for": 30}), "field `for` is `30`; expected a string"),
        (
            "boost",
            json!({"add": 2, "for": "soon"}),
            "field `for` is `soon`; expected a length of time, as `90s`, `30m`, `1h30m` or `2d`; at most 31 days",
        ),
        ("park", json!({"for": "8h"}), "field `for` is unknown; expected no further field"),
        (
            "restore",
            json!({"of": "a b"}),
            "field `of` is `a b`; expected an id: 1 to 128 printable ASCII characters without spaces",
        ),
        (
            "scale",
            json!({}),
            "field `action` is `scale`; expected `set`, `profile`, `boost`, `park` or `restore`",
        ),
    ] {
        assert_eq!(decode(action, fields).unwrap_err(), expected);
    }
}

/// Any JSON, with the fields of the commands among the names.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (0..20_u64).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        prop_oneof![Just("30m"), Just("24h"), Just("park"), Just("business-hours")].prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            any_fields(inner).prop_map(Value::Object),
        ]
    })
}

fn any_fields(value: impl Strategy<Value = Value>) -> impl Strategy<Value = Map<String, Value>> {
    let known = prop::sample::select(vec!["min", "max", "desired", "profile", "add", "percent", "for", "of"]);
    let name = prop_oneof![4 => known.prop_map(str::to_owned), 1 => ".{1,8}"];
    prop::collection::vec((name, value), 0..4).prop_map(|fields| fields.into_iter().collect())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn any_object_is_a_command_that_keeps_its_rules_or_an_error(
        action in prop::sample::select(Scale::NAMES),
        fields in any_fields(any_json()),
    ) {
        match Scale::decode(action, fields) {
            Ok(scale) => {
                prop_assert_eq!(scale.name(), action);
                if let Scale::Set(Size { min, max, desired }) = scale {
                    prop_assert!(min.or(max).or(desired).is_some());
                    let sorted = [min, desired, max].into_iter().flatten();
                    prop_assert!(sorted.is_sorted());
                }
            }
            Err(error) => {
                prop_assert!(!error.field.is_empty() && !error.found.is_empty() && !error.expected.is_empty());
            }
        }
    }
}
