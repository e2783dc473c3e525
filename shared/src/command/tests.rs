//! Commands, well-formed and not.

use serde_json::json;

use super::*;

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wave {
    times: u32,
}

impl Action for Wave {
    const NAMES: &'static [&'static str] = &["wave"];

    fn decode(name: &str, fields: Map<String, Value>) -> Result<Self, InvalidCommand> {
        match name {
            "wave" => decode_fields(fields),
            other => Err(InvalidCommand::new("action", Some(&json!(other)), one_of(Self::NAMES))),
        }
    }
}

fn decode(fields: Value) -> Result<Command<Wave>, String> {
    let Value::Object(fields) = fields else { panic!("not an object") };
    let fallback_id = CommandId::from_aws("fallback");
    RawCommand { fields, fallback_id, source: Source::Queue }.decode().map_err(|error| error.to_string())
}

#[test]
fn common_fields_have_their_defaults() {
    let command = decode(json!({"action": "wave", "target": "flag", "times": 2})).unwrap();
    assert_eq!(command.id.as_str(), "fallback");
    assert_eq!(command.mode, Mode::Apply);
    assert_eq!(command.action, Wave { times: 2 });
    let expected = Origin {
        source: Source::Queue,
        correlation: "fallback".into(),
        alarm: None,
        at: None,
        route: None,
        approval: None,
    };
    assert_eq!(command.origin, expected);
}

#[test]
fn an_origin_replaces_source_and_correlation() {
    let command = decode(json!({
        "action": "wave", "target": "flag", "times": 2, "id": "a-1", "mode": "plan", "reason": "why not",
        "origin": {"source": "alarm", "correlation": "c-1", "alarm": "storm", "at": "2026-11-21T09:00:00.678Z", "route": "r"},
    }))
    .unwrap();
    assert_eq!((command.origin.source, command.origin.correlation.as_str()), (Source::Alarm, "c-1"));
    assert_eq!((command.mode, command.reason.as_deref()), (Mode::Plan, Some("why not")));
    assert_eq!(command.origin.at, Some("2026-11-21T09:00:00.678Z".parse().unwrap()));
}

#[test]
fn errors_name_field_value_and_expectation() {
    for (fields, expected) in [
        (json!({"target": "flag"}), "field `action` is missing; expected `wave`"),
        (json!({"action": "sing", "target": "flag"}), "field `action` is `sing`; expected `wave`"),
        (json!({"action": 7, "target": "flag"}), "field `action` is `7`; expected a string"),
        (json!({"action": "wave"}), "field `target` is missing; expected a target of the playbook"),
        (
            json!({"action": "wave", "target": "Flag"}),
            "field `target` is `Flag`; expected a target's name: a lower-case letter, then at most 39 of a-z, 0-9 and -",
        ),
        (json!({"action": "wave", "target": "flag"}), "field `times` is missing; expected a value"),
        (json!({"action": "wave", "target": "flag", "times": "x"}), "field `times` is `x`; expected u32"),
        (
            json!({"action": "wave", "target": "flag", "times": 1, "tmies": 1}),
            "field `tmies` is unknown; expected `times`",
        ),
        (
            json!({"action": "wave", "target": "flag", "times": "as expected , expected"}),
            "field `times` is `as expected , expected`; expected u32",
        ),
        (
            json!({"action": "wave", "target": "a` is not b, expected c"}),
            "field `target` is `a` is not b, expected c`; expected a target's name: a lower-case letter, then at most 39 of a-z, 0-9 and -",
        ),
        (
            json!({"action": "wave", "target": "flag", "times": 1, "mode": "try"}),
            "field `mode` is `try`; expected `apply` or `plan`",
        ),
        (
            json!({"action": "wave", "target": "flag", "times": 1, "origin": {"source": "moon"}}),
            "field `origin.source` is `moon`; expected one of `operator`, `schedule`, `alarm`, `object-event`, `database-event`, `queue`",
        ),
        (
            json!({"action": "wave", "target": "flag", "times": 1, "origin": {"source": "alarm", "at": "nine"}}),
            "field `origin.at` is `nine`; expected a time, as `2026-11-21T09:00:00Z`",
        ),
        (
            json!({"action": "wave", "target": "flag", "times": 1, "origin": {"source": "alarm", "at": 1}}),
            "field `origin.at` is `1`; expected a string",
        ),
        (
            json!({"action": "wave", "target": "flag", "times": 1, "origin": {"sauce": 1}}),
            "field `origin.sauce` is unknown; expected one of `source`, `correlation`, `alarm`, `at`, `route`, `approval`",
        ),
    ] {
        assert_eq!(decode(fields).unwrap_err(), expected);
    }
}

#[test]
fn an_error_never_repeats_a_whole_command() {
    let long = format!("expected {}", "x".repeat(100_000));
    for fields in [
        json!({"action": long, "target": "flag"}),
        json!({"action": "wave", "target": long}),
        json!({"action": "wave", "target": "flag", "times": long}),
        json!({"action": "wave", "target": "flag", "mode": long}),
        json!({"action": "wave", "target": "flag", "origin": {"source": long}}),
        json!({"action": "wave", "target": "flag", "origin": {long.as_str(): 1}}),
        json!({"action": "wave", "target": "flag", long.as_str(): 1}),
    ] {
        let error = decode(fields).unwrap_err();
        assert!(error.chars().count() < 500, "{error}");
    }
}

#[test]
fn the_more_careful_mode_wins() {
    assert_eq!(Mode::Apply.and(Mode::Apply), Mode::Apply);
    for (a, b) in [(Mode::Apply, Mode::Plan), (Mode::Plan, Mode::Apply), (Mode::Plan, Mode::Plan)] {
        assert_eq!(a.and(b), Mode::Plan);
    }
}
