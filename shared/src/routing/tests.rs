//! What a routed command says of its origin.

use std::sync::LazyLock;

use super::*;
use crate::command::{Command, Origin, RawCommand};
use crate::event::{AlarmState, NoticeKind};
use crate::kinds::dns::Failover;

static PLAYBOOK: LazyLock<Playbook> = LazyLock::new(|| {
    Playbook::parse(
        "
version: 1
targets:
  www:
    kind: dns
    zone: Z1EXAMPLE
    records: [{name: www.example.com, type: A}]
    strategy: record-weights
    primary: {set-identifier: here, evidence: {alarm: here}}
    secondary: {set-identifier: there, evidence: {alarm: there}}
routes:
  - name: down
    when: {alarm: here}
    then: [{action: fail-over, target: www}]
    approve: true
",
    )
    .unwrap()
});

fn at(time: &str) -> Timestamp {
    format!("2026-11-21T{time}Z").parse().unwrap()
}

fn alarm() -> Signal {
    Signal::Alarm(Box::new(Alarm {
        name: "here".to_owned(),
        arn: None,
        account: Some("123456789012".to_owned()),
        region: Some("us-east-1".to_owned()),
        contributor: None,
        metrics: Vec::new(),
        from: Some(AlarmState::Ok),
        to: AlarmState::Alarm,
        at: at("09:00:00.678"),
        reason: None,
        suppressed_by: None,
        mute: None,
        replay: None,
    }))
}

/// A deployment has failed, at a time that is known.
fn notice() -> Signal {
    Signal::Notice(Box::new(Notice {
        kind: NoticeKind::DeploymentFailure,
        resource: "weather".to_owned(),
        account: None,
        region: None,
        at: Some(at("09:00:00")),
        id: CommandId::parse("notice-1").unwrap(),
        text: "a deployment of `weather` has failed".to_owned(),
        replay: None,
    }))
}

/// The command of the route, as its function reads it.
fn routed(signal: &Signal, mode: Mode) -> Command<Failover> {
    let route = &PLAYBOOK.routes[0];
    let dispatch = Dispatch::new(&PLAYBOOK, signal, route, &route.commands()[0], mode).unwrap();
    assert_eq!(dispatch.function, "failover-dns");
    let Value::Object(fields) = dispatch.body else { panic!("not an object") };
    let fallback_id = CommandId::from_aws("message-1");
    RawCommand { fields, fallback_id, source: Source::Queue }.decode().unwrap()
}

#[test]
fn a_command_says_when_its_alarm_changed_its_state() {
    let signal = alarm();
    let Command { origin, reason, .. } = routed(&signal, Mode::Apply);
    let expected = Origin {
        source: Source::Alarm,
        correlation: signal.correlation().to_string(),
        alarm: Some("here".to_owned()),
        at: Some(at("09:00:00.678")),
        route: Some("down".to_owned()),
        approval: None,
    };
    assert_eq!(origin, expected);
    assert_eq!(reason.as_deref(), Some("alarm `here` went from OK to ALARM"));
    // What is only planned says so too, and so does what is approved later.
    let planned = routed(&signal, Mode::Plan).origin;
    assert_eq!((planned.at, planned.approval.is_some()), (expected.at, true));
}

#[test]
fn the_time_of_a_notice_is_no_state_of_an_alarm() {
    let Origin { at, alarm, .. } = routed(&notice(), Mode::Apply).origin;
    assert_eq!((at, alarm.as_deref()), (None, Some("weather")));
}
