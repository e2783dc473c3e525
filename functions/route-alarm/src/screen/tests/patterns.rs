//! Which alarms, which of their transitions, and which notices a route means.

use shared::event::{AlarmMetric, Notice, NoticeKind};

use super::*;

/// Whether a route with this `when` means a signal.
fn means(when: &str, signal: &Signal) -> bool {
    let routes = format!("  - {{name: r, when: {{{when}}}, report: look}}");
    matches!(delivered(&routes, signal).as_slice(), [told] if told.starts_with("tell r"))
}

fn transition(from: Option<AlarmState>, to: AlarmState) -> Signal {
    of_alarm(Alarm { from, to, ..alarm() })
}

#[test]
fn a_transition_is_meant_by_where_it_comes_from_and_where_it_goes() {
    use AlarmState::{Alarm, InsufficientData, Ok};
    let other = || AlarmState::Other("PAUSED".to_owned());
    for (states, from, to, expected) in [
        // `to` left out is ALARM, `from` left out is any but the first state of an alarm.
        ("", Some(Ok), Alarm, true),
        ("", Some(other()), Alarm, true),
        ("", None, Alarm, true),
        ("", Some(InsufficientData), Alarm, false),
        ("", Some(Alarm), Ok, false),
        ("", Some(Ok), other(), false),
        (", to: [OK]", Some(Alarm), Ok, true),
        (", to: [OK]", Some(InsufficientData), Ok, false),
        (", to: [INSUFFICIENT_DATA]", Some(Ok), InsufficientData, true),
        (", to: [INSUFFICIENT_DATA]", Some(InsufficientData), InsufficientData, true),
        (", to: [ALARM, OK]", Some(Alarm), Ok, true),
        // Who wants the first transition says so.
        (", from: [INSUFFICIENT_DATA]", Some(InsufficientData), Alarm, true),
        (", from: [INSUFFICIENT_DATA]", Some(Ok), Alarm, false),
        (", from: [OK, INSUFFICIENT_DATA]", Some(InsufficientData), Alarm, true),
        (", from: [ALARM], to: [OK]", Some(Alarm), Ok, true),
        (", from: [ALARM], to: [OK]", Some(InsufficientData), Ok, false),
        (", from: [OK]", Some(other()), Alarm, false),
        // An action that was delayed: from ALARM to ALARM, for whoever waits for one out of a known state.
        ("", Some(Alarm), Alarm, true),
        (", from: [OK]", Some(Alarm), Alarm, true),
        (", from: [ALARM]", Some(Alarm), Alarm, true),
        (", from: [INSUFFICIENT_DATA]", Some(Alarm), Alarm, false),
        (", from: [OK], to: [OK]", Some(Alarm), Alarm, false),
        // Of a contributor nobody knows the state before: for routes that do not ask for it.
        (", from: [OK]", None, Alarm, false),
        (", from: [OK, ALARM, INSUFFICIENT_DATA]", None, Alarm, false),
        (", to: [OK]", None, Ok, true),
    ] {
        let signal = transition(from.clone(), to.clone());
        assert_eq!(means(&format!("alarm: a{states}"), &signal), expected, "{states}: {from:?} to {to:?}");
    }
}

#[test]
fn an_alarm_is_meant_by_its_name_place_and_metric() {
    let signal = of_alarm(alarm());
    for (when, expected) in [
        ("alarm: a", true),
        ("alarm: '*'", true),
        ("alarm: '?'", true),
        ("alarm: A", false),
        ("alarm: 'a?'", false),
        ("alarm: a, account: '123456789012', region: us-east-1", true),
        ("alarm: a, account: '000000000000'", false),
        ("alarm: a, region: us-west-2", false),
        ("namespace: AWS/CloudFront", true),
        ("namespace: 'AWS/*', metric: '5xx*'", true),
        ("namespace: AWS/RDS", false),
        ("metric: 5xxErrorRate, dimensions: {DistributionId: 'E1*'}", true),
        ("dimensions: {DistributionId: E2EXAMPLE}", false),
        ("dimensions: {Region: '*'}", false),
        ("alarm: b, metric: 5xxErrorRate", false),
    ] {
        assert_eq!(means(when, &signal), expected, "{when}");
    }
}

#[test]
fn one_metric_must_have_all_that_is_asked_for_of_metrics() {
    let metric = |name: &str, id: &str| AlarmMetric {
        namespace: "AWS/RDS".to_owned(),
        name: name.to_owned(),
        dimensions: [("DBInstanceIdentifier".to_owned(), id.to_owned())].into(),
    };
    let metrics = vec![metric("CPUUtilization", "writer"), metric("ReadLatency", "reader")];
    let math = of_alarm(Alarm { metrics, ..alarm() });
    assert!(means("metric: ReadLatency, dimensions: {DBInstanceIdentifier: reader}", &math));
    assert!(!means("metric: CPUUtilization, dimensions: {DBInstanceIdentifier: reader}", &math));
    // A composite alarm measures nothing.
    let composite = of_alarm(Alarm { metrics: Vec::new(), ..alarm() });
    assert!(means("alarm: a", &composite) && !means("alarm: a, namespace: '*'", &composite));
}

#[test]
fn what_an_alarm_does_not_tell_of_itself_is_not_what_a_route_asks_for() {
    let old = of_alarm(Alarm { arn: None, account: None, region: None, ..alarm() });
    assert!(means("alarm: a", &old));
    assert!(!means("alarm: a, region: us-east-1", &old) && !means("alarm: a, account: '123456789012'", &old));
}

#[test]
fn a_notice_is_meant_by_its_kind_resource_and_place() {
    let budget = of_notice(notice());
    let failover = of_notice(Notice {
        kind: NoticeKind::DatabaseFailover,
        resource: "weather-db".to_owned(),
        region: Some("us-east-1".to_owned()),
        ..notice()
    });
    for (when, of_budget, of_failover) in [
        ("budget: 'status-page-*'", true, false),
        ("budget: 'other-*'", false, false),
        ("event: budget", true, false),
        ("event: budget, account: '123456789012'", true, false),
        ("event: budget, region: us-east-1", false, false),
        ("event: database-failover", false, true),
        ("event: database-failover, resource: 'weather-*', region: us-east-1", false, true),
        ("event: database-failover, resource: other", false, false),
        ("event: task-failure", false, false),
        ("alarm: '*', to: [ALARM, OK, INSUFFICIENT_DATA]", false, false),
    ] {
        assert_eq!((means(when, &budget), means(when, &failover)), (of_budget, of_failover), "{when}");
    }
    assert!(!means("budget: '*'", &of_alarm(alarm())));
}
