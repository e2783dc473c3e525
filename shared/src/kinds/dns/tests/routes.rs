//! Routes that move names, and targets beside each other.

use super::*;

/// What is said of a route that sends this command when this happens.
fn routed(when: &str, command: &str) -> Result<(), String> {
    let text = format!("{GOOD}routes:\n  - name: r\n    when: {{{when}}}\n    then: [{command}]\n");
    Playbook::parse(&text).map(drop).map_err(|error| error.to_string())
}

#[test]
fn routes_fail_over_and_back() {
    let over = "{action: fail-over, target: turns, reason: down}";
    assert_eq!(routed("alarm: down", over), Ok(()));
    assert_eq!(routed("alarm: down, from: [OK, ALARM]", over), Ok(()));
    assert_eq!(routed("event: deployment-failure", over), Ok(()));
    let back = "{action: fail-back, target: turns, force: false}";
    assert_eq!(routed("alarm: down, from: [ALARM], to: [OK]", back), Ok(()));
    expect!["route `r`: field `action` is `failover`; expected `fail-over`, `fail-back`, `status`, `drill` or `reconcile` at line 73, column 12"].assert_eq(&routed("alarm: down", "{action: failover, target: turns}").unwrap_err());
    expect!["route `r`: field `force` is unknown; expected no further field at line 73, column 12"]
        .assert_eq(&routed("alarm: down", "{action: drill, target: turns, force: true}").unwrap_err());
}

#[test]
fn only_a_person_forces_a_move() {
    let forced = |action: &str| {
        routed("alarm: down", &format!("{{action: {action}, target: turns, force: true}}")).unwrap_err()
    };
    expect![
        "route `r`: field `force` is `true`; expected it only in an operator's command at line 73, column 12"
    ]
    .assert_eq(&forced("fail-over"));
    assert_eq!(forced("fail-back"), forced("fail-over"));
}

#[test]
fn a_new_alarm_moves_nothing() {
    let over = "{action: fail-over, target: turns}";
    let from = |states: &str| routed(&format!("alarm: down, from: [{states}]"), over).unwrap_err();
    expect!["route `r`: `from` has `INSUFFICIENT_DATA`; expected only `OK` or `ALARM` beside a target of kind `dns`: a new alarm begins so, and says nothing of an outage at line 73, column 12"].assert_eq(&from("INSUFFICIENT_DATA"));
    assert_eq!(from("OK, INSUFFICIENT_DATA"), from("INSUFFICIENT_DATA"));
    // Other targets may want to know of it.
    let purge = "{action: invalidate, target: site, everything: true}";
    assert_eq!(routed("alarm: down, from: [INSUFFICIENT_DATA]", purge), Ok(()));
}

#[test]
fn a_record_has_one_target() {
    let both = |a: &str, b: &str| {
        let target = |name: &str, record: &str| {
            format!(
                "  {name}: {{kind: dns, {record}, strategy: health-check, primary: {{health-check: a-1, evidence: {{alarm: a}}}}, secondary: {{evidence: {{alarm: b}}}}}}\n"
            )
        };
        let text = format!("version: 1\ntargets:\n{}{}", target("a", a), target("b", b));
        Playbook::parse(&text).map(drop).map_err(|error| error.to_string())
    };
    let www = "zone: Z1EXAMPLE, records: [{name: www.example.com, type: A}]";
    expect!["targets `a` and `b` both move A www.example.com of zone `Z1EXAMPLE`; expected one target"]
        .assert_eq(&both(www, www).unwrap_err());
    let other_spelling =
        "zone: Z1EXAMPLE, records: [{name: a.example.com, type: A}, {name: WWW.example.com., type: A}]";
    expect!["targets `a` and `b` both move A WWW.example.com. of zone `Z1EXAMPLE`; expected one target"]
        .assert_eq(&both(www, other_spelling).unwrap_err());
    // Other types, names and zones are other records.
    for other in [
        "zone: Z1EXAMPLE, records: [{name: www.example.com, type: AAAA}]",
        "zone: Z1EXAMPLE, records: [{name: ww.example.com, type: A}]",
        "zone: Z2EXAMPLE, records: [{name: www.example.com, type: A}]",
    ] {
        assert_eq!(both(www, other), Ok(()), "{other}");
    }
}
