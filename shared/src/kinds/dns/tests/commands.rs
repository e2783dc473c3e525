//! The commands for names: every field, and what is said of each that is wrong.

use proptest::prelude::{Just, ProptestConfig, any, prop, prop_assert, prop_assert_eq, prop_oneof, proptest};
use proptest::strategy::Strategy as _;
use serde_json::{Map, Value, json};

use super::*;
use crate::command::Action;

fn decode(action: &str, fields: Value) -> Result<Failover, String> {
    let Value::Object(fields) = fields else { panic!("not an object") };
    Failover::decode(action, fields).map_err(|error| error.to_string())
}

#[test]
fn every_action_is_understood() {
    for (action, fields, expected) in [
        ("fail-over", json!({}), Failover::Over { force: false }),
        ("fail-over", json!({"force": false}), Failover::Over { force: false }),
        ("fail-over", json!({"force": true}), Failover::Over { force: true }),
        ("fail-back", json!({}), Failover::Back { force: false }),
        ("fail-back", json!({"force": true}), Failover::Back { force: true }),
        ("status", json!({}), Failover::Status),
        ("drill", json!({}), Failover::Drill),
        ("reconcile", json!({}), Failover::Reconcile),
    ] {
        assert_eq!(expected.name(), action);
        assert_eq!(expected.is_forced(), fields == json!({"force": true}));
        assert_eq!(decode(action, fields), Ok(expected));
    }
    assert_eq!(Failover::NAMES, ["fail-over", "fail-back", "status", "drill", "reconcile"]);
}

#[test]
fn bad_fields_are_named_with_value_and_expectation() {
    let all = "expected `fail-over`, `fail-back`, `status`, `drill` or `reconcile`";
    for (action, fields, expected) in [
        ("fail-over", json!({"force": "yes"}), "field `force` is `yes`; expected a boolean"),
        ("fail-over", json!({"force": 1}), "field `force` is `1`; expected a boolean"),
        ("fail-over", json!({"force": null}), "field `force` is `null`; expected a boolean"),
        ("fail-back", json!({"forced": true}), "field `forced` is unknown; expected `force`"),
        ("status", json!({"force": true}), "field `force` is unknown; expected no further field"),
        ("drill", json!({"force": true}), "field `force` is unknown; expected no further field"),
        ("reconcile", json!({"all": true}), "field `all` is unknown; expected no further field"),
        ("failover", json!({}), &format!("field `action` is `failover`; {all}")),
        ("", json!({}), &format!("field `action` is ``; {all}")),
    ] {
        assert_eq!(decode(action, fields), Err(expected.to_owned()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn any_object_is_a_command_or_an_error_that_says_what_is_expected(
        action in prop::sample::select(Failover::NAMES),
        name in prop_oneof![Just("force".to_owned()), ".{1,8}"],
        value in prop_oneof![any::<bool>().prop_map(Value::from), ".{0,150}".prop_map(Value::from), Just(json!([]))],
    ) {
        let fields: Map<String, Value> = [(name, value.clone())].into_iter().collect();
        match Failover::decode(action, fields) {
            Ok(failover) => {
                prop_assert_eq!(failover.name(), action);
                prop_assert_eq!(value, Value::Bool(failover.is_forced()));
            }
            Err(error) => {
                prop_assert!(!error.field.is_empty() && !error.found.is_empty() && !error.expected.is_empty());
            }
        }
    }
}
