//! What the tests of this crate are about: a playbook, an alarm, a notice.

use std::sync::LazyLock;

use jiff::Timestamp;
use shared::command::Mode;
use shared::event::{Alarm, AlarmMetric, AlarmState, Notice, NoticeKind};
use shared::ids::CommandId;
use shared::playbook::Playbook;
use shared::playbook::route::Route;
use shared::routing::{Dispatch, Signal};

/// Routes of every kind for alarms `a`, and what only some tests ask for.
pub(crate) static PLAYBOOK: LazyLock<Playbook> = LazyLock::new(|| {
    playbook(
        "
guardrails: {max-per-hour: 20, target-cooldown: 5m}
routes:
  - name: purge
    when: {alarm: a}
    then: [{action: invalidate, target: site, everything: true}]
    cooldown: 30m
    max-per-hour: 4
  - name: tell
    when: {alarm: a}
    report: look at the origin
    cooldown: 10m
  - name: asks
    when: {alarm: a}
    then: [{action: invalidate, target: site, paths: [/a]}]
    approve: true
    approve-within: 2h
",
    )
});

/// A playbook with two sites, and with this besides.
pub(crate) fn playbook(more: &str) -> Playbook {
    let sites = "site: {kind: distribution, distribution: E1EXAMPLE}, other: {kind: distribution, distribution: E2EXAMPLE}";
    Playbook::parse(&format!("version: 1\ntargets: {{{sites}}}\n{more}")).unwrap()
}

/// A route of [`PLAYBOOK`].
pub(crate) fn route(name: &str) -> &'static Route {
    PLAYBOOK.routes.iter().find(|route| route.name.as_str() == name).unwrap()
}

/// The first command of a route of [`PLAYBOOK`] for a signal.
pub(crate) fn dispatch(signal: &Signal, of: &str, mode: Mode) -> Dispatch {
    let route = route(of);
    Dispatch::new(&PLAYBOOK, signal, route, &route.commands()[0], mode).unwrap()
}

/// A time of the day of all tests.
pub(crate) fn at(time: &str) -> Timestamp {
    format!("2026-11-21T{time}Z").parse().unwrap()
}

/// The alarm `a` goes from OK to ALARM at nine o'clock.
pub(crate) fn alarm() -> Alarm {
    let metric = AlarmMetric {
        namespace: "AWS/CloudFront".to_owned(),
        name: "5xxErrorRate".to_owned(),
        dimensions: [("DistributionId".to_owned(), "E1EXAMPLE".to_owned())].into(),
    };
    Alarm {
        name: "a".to_owned(),
        arn: Some("arn:aws:cloudwatch:us-east-1:123456789012:alarm:a".to_owned()),
        account: Some("123456789012".to_owned()),
        region: Some("us-east-1".to_owned()),
        contributor: None,
        metrics: vec![metric],
        from: Some(AlarmState::Ok),
        to: AlarmState::Alarm,
        at: at("09:00:00"),
        reason: Some("1 datapoint was above 10.0".to_owned()),
        suppressed_by: None,
        mute: None,
        replay: None,
    }
}

/// A budget has reached its threshold.
pub(crate) fn notice() -> Notice {
    Notice {
        kind: NoticeKind::Budget,
        resource: "status-page-monthly".to_owned(),
        account: Some("123456789012".to_owned()),
        region: None,
        at: Some(at("09:00:00")),
        id: CommandId::parse("mail-1").unwrap(),
        text: "budget `status-page-monthly` has reached a threshold".to_owned(),
        replay: None,
    }
}

pub(crate) fn of_alarm(alarm: Alarm) -> Signal {
    Signal::Alarm(Box::new(alarm))
}

pub(crate) fn of_notice(notice: Notice) -> Signal {
    Signal::Notice(Box::new(notice))
}
