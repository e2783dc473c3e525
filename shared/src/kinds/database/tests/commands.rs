//! The commands for databases: every field, and what is said of each that is wrong.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::*;
use crate::command::Action;

fn decode(action: &str, fields: Value) -> Result<Backup, String> {
    let Value::Object(fields) = fields else { panic!("not an object") };
    Backup::decode(action, fields).map_err(|error| error.to_string())
}

#[test]
fn every_action_is_understood() {
    let take = |label: Option<&str>| Backup::Take { label: label.map(text) };
    let longest = "l".repeat(128);
    for (action, fields, expected) in [
        ("take", json!({}), take(None)),
        ("take", json!({"label": null}), take(None)),
        ("take", json!({"label": "before-release-42"}), take(Some("before-release-42"))),
        ("take", json!({"label": "v1.2+3/main=a:b@c_d"}), take(Some("v1.2+3/main=a:b@c_d"))),
        ("take", json!({"label": longest}), take(Some(&longest))),
        ("copy", json!({}), Backup::Copy),
        ("expire", json!({}), Backup::Expire),
        ("verify", json!({}), Backup::Verify),
        ("reconcile", json!({}), Backup::Reconcile),
    ] {
        assert_eq!(expected.name(), action);
        assert_eq!(decode(action, fields), Ok(expected));
    }
    assert_eq!(Backup::NAMES, ["take", "copy", "expire", "verify", "reconcile"]);
}

#[test]
fn bad_fields_are_named_with_value_and_expectation() {
    let label = "expected a label: 1 to 128 letters, digits and `_.:/=+-@`";
    let long = "l".repeat(129);
    for (action, fields, expected) in [
        ("take", json!({"label": ""}), format!("field `label` is ``; {label}")),
        ("take", json!({"label": "a b"}), format!("field `label` is `a b`; {label}")),
        ("take", json!({"label": "ä"}), format!("field `label` is `ä`; {label}")),
        (
            "take",
            json!({"label": long}),
            format!("field `label` is `{}… (129 characters)`; {label}", "l".repeat(120)),
        ),
        ("take", json!({"label": 42}), "field `label` is `42`; expected a string".to_owned()),
        ("take", json!({"name": "a"}), "field `name` is unknown; expected `label`".to_owned()),
        ("copy", json!({"label": "a"}), "field `label` is unknown; expected no further field".to_owned()),
        (
            "copy",
            json!({"region": "us-west-2"}),
            "field `region` is unknown; expected no further field".to_owned(),
        ),
        ("expire", json!({"days": 7}), "field `days` is unknown; expected no further field".to_owned()),
        ("verify", json!({"drill": true}), "field `drill` is unknown; expected no further field".to_owned()),
        ("reconcile", json!({"all": true}), "field `all` is unknown; expected no further field".to_owned()),
        (
            "delete",
            json!({}),
            "field `action` is `delete`; expected `take`, `copy`, `expire`, `verify` or `reconcile`"
                .to_owned(),
        ),
        (
            "",
            json!({}),
            "field `action` is ``; expected `take`, `copy`, `expire`, `verify` or `reconcile`".to_owned(),
        ),
    ] {
        assert_eq!(decode(action, fields), Err(expected));
    }
}

/// What is said of a route that sends this command.
fn routed(command: &str) -> Result<(), String> {
    let text = format!("{GOOD}routes:\n  - name: r\n    when: {{alarm: a}}\n    then: [{command}]\n");
    Playbook::parse(&text).map(drop).map_err(|error| error.to_string())
}

#[test]
fn routes_send_commands_to_databases() {
    assert_eq!(routed("{action: take, target: least, label: before-failover}"), Ok(()));
    assert_eq!(routed("{action: reconcile, target: others}"), Ok(()));
    expect!["route `r`: field `lable` is unknown; expected `label` at line 39, column 12"]
        .assert_eq(&routed("{action: take, target: least, lable: a}").unwrap_err());
    expect!["route `r`: field `action` is `boost`; expected `take`, `copy`, `expire`, `verify` or `reconcile` at line 39, column 12"].assert_eq(&routed("{action: boost, target: least, add: 1, for: 1h}").unwrap_err());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn any_object_is_a_command_that_keeps_its_rules_or_an_error(
        action in prop::sample::select(Backup::NAMES),
        name in prop_oneof![Just("label".to_owned()), ".{1,8}"],
        value in prop_oneof![".{0,150}".prop_map(Value::from), any::<i64>().prop_map(Value::from), Just(json!([]))],
    ) {
        let fields: Map<String, Value> = [(name, value)].into_iter().collect();
        match Backup::decode(action, fields) {
            Ok(backup) => {
                prop_assert_eq!(backup.name(), action);
                if let Backup::Take { label: Some(label) } = backup {
                    prop_assert!(TagValue::try_from(label.as_str().to_owned()).is_ok());
                }
            }
            Err(error) => {
                prop_assert!(!error.field.is_empty() && !error.found.is_empty() && !error.expected.is_empty());
            }
        }
    }
}
