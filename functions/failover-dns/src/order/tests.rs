//! What becomes of every kind of arrival: orders to targets, or an answer.

mod refused;

use expect_test::{Expect, expect};
use serde_json::{Value, json};
use shared::event::decode;

use super::*;

/// Two targets with names, of which one may be drilled, and a site.
fn playbook() -> Playbook {
    let check = |first| format!("evidence: {{health-check: {first}1111111-2222-3333-4444-555555555555}}");
    let names = |name: &str, strategy: &str, further: &str| {
        format!(
            "kind: dns, zone: Z1EXAMPLE, records: [{{name: {name}.example.com, type: A}}], strategy: {strategy}{further}"
        )
    };
    let www = names("www", "record-weights", ", may-drill: true");
    let api =
        names("api", "standby-object", ", standby-object: {bucket: switches, key: api, region: us-west-2}");
    Playbook::parse(&format!(
        "version: 1
targets:
  www: {{{www}, primary: {{set-identifier: blue, {}}}, secondary: {{set-identifier: green, {}}}}}
  api-name: {{{api}, primary: {{{}}}, secondary: {{{}}}}}
  site: {{kind: distribution, distribution: E1EXAMPLE}}
",
        check(1),
        check(2),
        check(3),
        check(4),
    ))
    .unwrap()
}

/// What one job is, on a line a part.
fn shown(work: &Work<'_>) -> String {
    match work {
        Work::Orders(orders) => orders.iter().map(order).collect(),
        Work::Answered(report) => {
            let Subject { action, target, id, .. } = &report.subject;
            let quietly = if report.quiet { "quietly " } else { "" };
            let (verdict, why) = (report.verdict, &report.why);
            format!("{quietly}{verdict} {action} {target} of {id}: {} ({})\n", why.text, why.code)
        }
    }
}

fn order(order: &Order<'_>) -> String {
    let Order { id, target, action, mode, origin, reason, delivery, .. } = order;
    let reason = reason.as_ref().map(|reason| format!(" because {reason}")).unwrap_or_default();
    let by_force = if action.is_forced() { " by force" } else { "" };
    let at = origin.at.map(|at| format!(" of {at}")).unwrap_or_default();
    format!(
        "{}{by_force} {target} ({}) of {id} from {}{at} by {delivery}{reason}\n",
        action.name(),
        mode.as_str(),
        origin.source
    )
}

fn check(event: &Value, expected: Expect) {
    let playbook = playbook();
    let arrival = decode(event, "request-1").unwrap();
    let jobs = jobs(&playbook, &arrival, Mode::Apply);
    let line = |Job { records, work }: &Job<Work<'_>>| format!("{records:?}\n{}", shown(work));
    expected.assert_eq(&jobs.iter().map(line).collect::<String>());
}

/// Messages `m-0`, `m-1`, … of a queue.
fn batch(bodies: &[Value]) -> Value {
    let message = |(index, body): (usize, &Value)| {
        json!({
            "messageId": format!("m-{index}"),
            "eventSource": "aws:sqs",
            "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:commands.fifo",
            "body": body.as_str().map_or_else(|| body.to_string(), str::to_owned),
            "attributes": {},
        })
    };
    json!({"Records": bodies.iter().enumerate().map(message).collect::<Vec<_>>()})
}

#[test]
fn every_command_is_an_order_to_its_target() {
    for (command, expected) in [
        (
            json!({"action": "fail-over", "target": "www"}),
            expect![[r#"
            {0}
            fail-over www (apply) of request-1 from operator by request-1
        "#]],
        ),
        (
            json!({"action": "fail-over", "target": "www", "reason": "maintenance", "id": "c-1"}),
            expect![[r#"
            {0}
            fail-over www (apply) of c-1 from operator by request-1 because maintenance
        "#]],
        ),
        (
            json!({"action": "fail-over", "target": "www", "force": true, "reason": "hurry"}),
            expect![[r#"
            {0}
            fail-over by force www (apply) of request-1 from operator by request-1 because hurry
        "#]],
        ),
        (
            json!({"action": "fail-over", "target": "www", "force": false}),
            expect![[r#"
            {0}
            fail-over www (apply) of request-1 from operator by request-1
        "#]],
        ),
        (
            json!({"action": "fail-back", "target": "api-name", "mode": "plan"}),
            expect![[r#"
            {0}
            fail-back api-name (plan) of request-1 from operator by request-1
        "#]],
        ),
        (
            json!({"action": "fail-back", "target": "api-name", "force": true, "reason": "hurry"}),
            expect![[r#"
            {0}
            fail-back by force api-name (apply) of request-1 from operator by request-1 because hurry
        "#]],
        ),
        (
            json!({"action": "status", "target": "api-name"}),
            expect![[r#"
            {0}
            status api-name (apply) of request-1 from operator by request-1
        "#]],
        ),
        // Whether a target may be drilled is said when it is known to be there.
        (
            json!({"action": "drill", "target": "api-name"}),
            expect![[r#"
            {0}
            drill api-name (apply) of request-1 from operator by request-1
        "#]],
        ),
        (
            json!({"action": "reconcile", "target": "www", "origin": {"source": "schedule"}}),
            expect![[r#"
            {0}
            reconcile www (apply) of request-1 from schedule by request-1
        "#]],
        ),
    ] {
        check(&command, expected);
    }
}

#[test]
fn an_alarms_order_bears_the_time_of_its_change() {
    let origin =
        json!({"source": "alarm", "alarm": "weather-primary-health", "at": "2026-11-21T09:00:12.345Z"});
    check(
        &batch(&[json!({"action": "fail-over", "target": "www", "id": "c-1", "origin": origin})]),
        expect![[r#"
            {0}
            fail-over www (apply) of c-1 from alarm of 2026-11-21T09:00:12.345Z by m-0
        "#]],
    );
}

#[test]
fn what_moves_nothing_by_somebodys_word_can_be_asked_of_all() {
    for (command, expected) in [
        (
            json!({"action": "status"}),
            expect![[r#"
            {0}
            status api-name (apply) of request-1 from operator by request-1
            status www (apply) of request-1 from operator by request-1
        "#]],
        ),
        (
            json!({"action": "drill", "id": "week-47", "origin": {"source": "schedule"}}),
            expect![[r#"
            {0}
            drill www (apply) of week-47 from schedule by request-1
        "#]],
        ),
        (
            json!({"action": "reconcile", "id": "minute-1", "mode": "plan"}),
            expect![[r#"
            {0}
            reconcile api-name (plan) of minute-1 from operator by request-1
            reconcile www (plan) of minute-1 from operator by request-1
        "#]],
        ),
    ] {
        check(&command, expected);
    }
}

#[test]
fn where_there_are_no_names_nothing_is_to_be_done() {
    let site =
        Playbook::parse("version: 1\ntargets: {site: {kind: distribution, distribution: E1EXAMPLE}}\n");
    let site = site.unwrap();
    let mut lines = String::new();
    for action in ["status", "drill", "reconcile"] {
        let arrival = decode(&json!({"action": action, "id": "c-1"}), "request-1").unwrap();
        let [Job { work, .. }] = jobs(&site, &arrival, Mode::Apply).try_into().unwrap();
        lines.push_str(&shown(&work));
    }
    expect![[r#"
        quietly held status none of c-1: the playbook has no target of kind `dns` for it (in-order)
        quietly held drill none of c-1: the playbook has no target of kind `dns` for it (in-order)
        quietly held reconcile none of c-1: the playbook has no target of kind `dns` for it (in-order)
    "#]]
    .assert_eq(&lines);
}

#[test]
fn the_more_careful_mode_counts() {
    let playbook = playbook();
    for (function, command, expected) in [
        (Mode::Apply, "apply", Mode::Apply),
        (Mode::Apply, "plan", Mode::Plan),
        (Mode::Plan, "apply", Mode::Plan),
    ] {
        for command in [
            json!({"action": "fail-over", "target": "www", "mode": command}),
            json!({"action": "reconcile", "mode": command}),
        ] {
            let arrival = decode(&command, "request-1").unwrap();
            let [Job { work: Work::Orders(orders), .. }] = &jobs(&playbook, &arrival, function)[..] else {
                panic!()
            };
            assert!(!orders.is_empty() && orders.iter().all(|order| order.mode == expected), "{command}");
        }
    }
}

#[test]
fn every_message_of_a_batch_is_a_job_of_its_own_and_a_broken_one_fails_alone() {
    check(
        &batch(&[
            json!({"action": "fail-over", "target": "www", "id": "c-1", "origin": {"source": "alarm"}}),
            json!("no JSON"),
            json!({"action": "reconcile", "id": "minute-1", "origin": {"source": "schedule"}}),
            json!({"action": "fail-over", "target": "nobodys"}),
            json!({"action": "fail-back", "target": "api-name"}),
        ]),
        expect![[r#"
            {0}
            fail-over www (apply) of c-1 from alarm by m-0
            {1}
            failed none none of m-1: body of the SQS message is not JSON (expected ident at line 1 column 2): `no JSON`; expected a command (an object with `action`), or an SQS, SNS, S3, EventBridge or alarm event (undecodable-event)
            {2}
            reconcile api-name (apply) of minute-1 from schedule by m-2
            reconcile www (apply) of minute-1 from schedule by m-2
            {3}
            failed fail-over nobodys of m-3: field `target` is `nobodys`; expected names of kind `dns` of the playbook: api-name, www (unknown-target)
            {4}
            fail-back api-name (apply) of m-4 from queue by m-4
        "#]],
    );
}

#[test]
fn a_report_about_an_order_bears_its_target_and_its_cause() {
    let playbook = playbook();
    let origin =
        json!({"source": "alarm", "correlation": "cause", "alarm": "down", "route": "r", "approval": "a1"});
    let command = json!({"action": "fail-over", "target": "www", "id": "c-1", "origin": origin});
    let arrival = decode(&command, "request-1").unwrap();
    let [Job { work: Work::Orders(orders), .. }] = &jobs(&playbook, &arrival, Mode::Apply)[..] else {
        panic!()
    };
    let Subject { function, action, target, id, correlation, source, approval, records, .. } =
        orders[0].subject();
    assert_eq!((function, action.as_str(), target.as_str()), ("failover-dns", "fail-over", "www"));
    assert_eq!((id.as_str(), correlation.as_str(), source), ("c-1", "cause", Source::Alarm));
    assert_eq!((approval.as_deref(), records), (Some("a1"), None));
}

/// An alarm that comes here past the router, with what it changed from and to, and every other event.
#[test]
fn what_is_no_command_is_for_others() {
    let files = concat!(env!("CARGO_MANIFEST_DIR"), "/../../events/failover-dns");
    let mut lines = String::new();
    for name in [
        "alarm-primary-down-direct",
        "alarm-primary-down-eventbridge",
        "alarm-primary-down-in-sns",
        "alarm-primary-new-in-sns",
        "alarm-primary-up-in-sns",
        "schedule-default-event",
        "standby-object-put",
    ] {
        let text = std::fs::read_to_string(format!("{files}/{name}.json")).unwrap();
        let arrival = decode(&serde_json::from_str(&text).unwrap(), "request-1").unwrap();
        let playbook = playbook();
        let [Job { work, .. }] = jobs(&playbook, &arrival, Mode::Apply).try_into().unwrap();
        assert!(matches!(work, Work::Answered(_)), "{name}");
        lines.push_str(&shown(&work));
    }
    expect![[r#"
        held none none of request-1: not for this function: alarm `weather-primary-health` went to ALARM (not-for-us)
        held none none of request-1: not for this function: alarm `weather-primary-health` went to ALARM (not-for-us)
        held none none of cfdb1a8f-a392-4612-bdf4-501328450a00: not for this function: alarm `weather-primary-health` went to ALARM (not-for-us)
        held none none of 89e48fca-b665-455b-a381-341e4d10a0d6: not for this function: alarm `weather-primary-health` went to ALARM (not-for-us)
        held none none of 5cc64bb1-6fa5-4941-ac66-b587d209535d: not for this function: alarm `weather-primary-health` went to OK (not-for-us)
        held none none of request-1: not for this function: the default event of a schedule: give the schedule an `Input` with a command (not-for-us)
        held none none of request-1: not for this function: a change of s3://weather-standby-example/failed-over/weather-www (not-for-us)
    "#]].assert_eq(&lines);
}
