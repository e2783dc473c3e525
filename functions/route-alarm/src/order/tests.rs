//! Raw events to work: what is an alarm, what is an order, and what is answered at once.

use expect_test::{Expect, expect};
use serde_json::{Value, json};
use shared::event::decode;
use shared::report::Verdict;

use super::*;
use crate::examples::alarm;

/// Work as a line.
fn line(work: &Work) -> String {
    match work {
        Work::Signal { signal, delivery } => format!("signal of {} by {delivery}", signal.name()),
        Work::Recheck { recheck, delivery } => {
            let route = recheck.route.as_ref().map_or("all routes", |route| route.as_str());
            format!(
                "recheck {} of {} for {route} by {delivery}, {:?}",
                recheck.id, recheck.alarm.name, recheck.mode
            )
        }
        Work::Control(control) => {
            let Control { id, action, mode, origin } = &**control;
            format!("{id} from {} ({}), {mode:?}: {action:?}", origin.source, origin.correlation)
        }
        Work::Answered(report) => {
            let Subject { id, correlation, source, .. } = &report.subject;
            let kind = report.error.as_ref().map_or(String::new(), |error| format!(" {:?}", error.kind));
            let text = &report.why.text;
            format!("{}{kind} {id} ({correlation}) from {source}: {text}", report.verdict)
        }
    }
}

fn works(event: &Value, mode: Mode) -> Vec<Work> {
    jobs(&decode(event, "request-1").unwrap(), mode).into_iter().map(|job| job.work).collect()
}

#[track_caller]
fn check(event: &Value, expected: Expect) {
    let works = works(event, Mode::Apply);
    expected.assert_eq(&works.iter().map(line).collect::<Vec<_>>().join("\n"));
}

/// Messages `m-0`, `m-1`, … of a queue.
fn queue(bodies: &[Value]) -> Value {
    let message = |(index, body): (usize, &Value)| {
        let body = body.as_str().map_or_else(|| body.to_string(), str::to_owned);
        json!({"messageId": format!("m-{index}"), "eventSource": "aws:sqs", "body": body, "attributes": {}})
    };
    json!({"Records": bodies.iter().enumerate().map(message).collect::<Vec<_>>()})
}

fn by_alarm(name: &str) -> Value {
    json!({
        "source": "aws.cloudwatch",
        "alarmArn": format!("arn:aws:cloudwatch:us-east-1:123456789012:alarm:{name}"),
        "time": "2026-11-21T09:00:00.000+0000",
        "alarmData": {"alarmName": name, "state": {"value": "ALARM", "timestamp": "2026-11-21T09:00:00.000+0000"}},
    })
}

fn pause(fields: Value) -> Value {
    let mut command = json!({"action": "pause", "scope": "all", "for": "2h", "reason": "release"});
    command.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    command.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    command
}

#[test]
fn a_delivery_is_named_by_its_message_or_else_by_its_request() {
    check(&by_alarm("a"), expect!["signal of a by request-1"]);
    check(
        &queue(&[by_alarm("a"), by_alarm("b")]),
        expect![[r#"
        signal of a by m-0
        signal of b by m-1"#]],
    );
}

#[test]
fn every_record_of_a_batch_becomes_work_that_ends_in_a_report() {
    let bodies = [
        by_alarm("a"),
        json!("no JSON"),
        json!({"action": "status"}),
        json!({"action": "invalidate", "target": "site", "everything": true}),
        json!({"source": "aws.ec2", "detail-type": "EC2 Instance State-change Notification", "detail": {}}),
        json!({"source": "my.app", "detail-type": "released", "detail": {"what": "42"}}),
    ];
    let jobs = jobs(&decode(&queue(&bodies), "request-1").unwrap(), Mode::Apply);
    let lines: Vec<String> =
        jobs.iter().map(|job| format!("{:?} {}", job.records, line(&job.work))).collect();
    expect![[r#"
        {0} signal of a by m-0
        {1} failed UndecodableEvent m-1 (m-1) from queue: body of the SQS message is not JSON (expected ident at line 1 column 2): `no JSON`; expected a command (an object with `action`), or an SQS, SNS, S3, EventBridge or alarm event
        {2} m-2 from queue (m-2), Apply: Status
        {3} failed InvalidCommand m-3 (m-3) from queue: field `action` is `invalidate`; expected `pause`, `resume`, `approve` or `status`
        {4} held m-4 (m-4) from queue: not for this function: aws.ec2: EC2 Instance State-change Notification
        {5} held m-5 (m-5) from queue: not for this function: my.app: released"#]].assert_eq(&lines.join("\n"));
}

#[test]
fn orders_say_what_for_how_long_why_and_who() {
    check(
        &pause(json!({})),
        expect![[
            r#"request-1 from operator (request-1), Apply: Pause { scope: "all", period: Period(2h), reason: "release", who: "operator" }"#
        ]],
    );
    check(
        &pause(json!({"who": "ada", "id": "p-1", "for": "90m"})),
        expect![[
            r#"p-1 from operator (p-1), Apply: Pause { scope: "all", period: Period(1h 30m), reason: "release", who: "ada" }"#
        ]],
    );
    // Every other command has a target.
    check(
        &pause(json!({"scope": null, "target": "site"})),
        expect![[
            r#"request-1 from operator (request-1), Apply: Pause { scope: "site", period: Period(2h), reason: "release", who: "operator" }"#
        ]],
    );
    check(
        &json!({"action": "resume", "scope": "all", "who": "ada"}),
        expect![[r#"request-1 from operator (request-1), Apply: Resume { scope: "all", who: "ada" }"#]],
    );
    check(
        &json!({"action": "resume", "target": "site"}),
        expect![[r#"request-1 from operator (request-1), Apply: Resume { scope: "site", who: "operator" }"#]],
    );
    check(
        &json!({"action": "approve", "approval": "0123456789ab", "who": "ada"}),
        expect![[
            r#"request-1 from operator (request-1), Apply: Approve { approval: "0123456789ab", who: "ada" }"#
        ]],
    );
    check(
        &json!({"action": "status", "target": "all"}),
        expect!["request-1 from operator (request-1), Apply: Status"],
    );
    let origin = json!({"source": "schedule", "correlation": "window-7"});
    check(
        &queue(&[pause(json!({"id": "w-7", "origin": origin}))]),
        expect![[
            r#"w-7 from schedule (window-7), Apply: Pause { scope: "all", period: Period(2h), reason: "release", who: "schedule" }"#
        ]],
    );
}

#[test]
fn what_is_wrong_with_an_order_is_said_with_what_is_allowed() {
    for (order, expected) in [
        (
            pause(json!({"reason": null})),
            expect![
                "field `reason` is missing; expected why nothing shall be done, for whoever meets the pause at night"
            ],
        ),
        (
            pause(json!({"reason": "  "})),
            expect![
                "field `reason` is missing; expected why nothing shall be done, for whoever meets the pause at night"
            ],
        ),
        (pause(json!({"for": null})), expect!["field `for` is missing; expected a value"]),
        (
            pause(json!({"for": "two hours"})),
            expect![
                "field `for` is `two hours`; expected a length of time, as `90s`, `30m`, `1h30m` or `2d`; at most 31 days"
            ],
        ),
        (
            pause(json!({"for": "0s"})),
            expect![
                "field `for` is `0s`; expected a length of time, as `90s`, `30m`, `1h30m` or `2d`; at most 31 days"
            ],
        ),
        (
            pause(json!({"for": "745h"})),
            expect![
                "field `for` is `745h`; expected a length of time, as `90s`, `30m`, `1h30m` or `2d`; at most 31 days"
            ],
        ),
        (
            pause(json!({"until": "tomorrow"})),
            expect!["field `until` is unknown; expected one of `scope`, `for`, `who`"],
        ),
        (pause(json!({"scope": null})), expect!["field `scope` is missing; expected a value"]),
        (pause(json!({"scope": ["all"]})), expect![[r#"field `scope` is `["all"]`; expected a string"#]]),
        (
            pause(json!({"target": "site"})),
            expect!["field `target` is unknown; expected one of `scope`, `for`, `who`"],
        ),
        (json!({"action": "resume"}), expect!["field `scope` is missing; expected a value"]),
        (json!({"action": "approve"}), expect!["field `approval` is missing; expected a value"]),
        (
            json!({"action": "approve", "approval": "a", "target": "site"}),
            expect!["field `target` is unknown; expected `approval` or `who`"],
        ),
        (
            json!({"action": "status", "verbose": true}),
            expect!["field `verbose` is unknown; expected no further field"],
        ),
        (json!({"action": "recheck"}), expect!["field `alarm` is missing; expected a value"]),
        (
            json!({"action": "fail-over", "target": "www"}),
            expect!["field `action` is `fail-over`; expected `pause`, `resume`, `approve` or `status`"],
        ),
        (json!({"action": 7}), expect!["field `action` is `7`; expected a string"]),
    ] {
        let works = works(&order, Mode::Apply);
        let [Work::Answered(report)] = works.as_slice() else { panic!("{works:?}") };
        assert_eq!((report.verdict, report.why.code), (Verdict::Failed, "invalid-command"), "{order}");
        assert_eq!(report.subject.target, "none");
        expected.assert_eq(&report.why.text);
    }
}

#[test]
fn the_routers_own_look_again_brings_the_alarm_back_as_it_was() {
    let alarm = shared::event::Alarm { contributor: Some("c-1".to_owned()), from: None, ..alarm() };
    let origin = json!({"source": "schedule", "correlation": "c"});
    let recheck =
        json!({"action": "recheck", "id": "recheck-1", "route": "purge", "alarm": alarm, "origin": origin});
    check(&recheck, expect!["recheck recheck-1 of a for purge by request-1, Apply"]);
    let works = works(&recheck, Mode::Apply);
    let [Work::Recheck { recheck, .. }] = works.as_slice() else { panic!("{works:?}") };
    assert_eq!(recheck.alarm, alarm);
    check(
        &json!({"action": "recheck", "alarm": alarm}),
        expect!["recheck request-1 of a for all routes by request-1, Apply"],
    );
    check(
        &json!({"action": "recheck", "alarm": {"name": "a"}}),
        expect![
            "failed InvalidCommand request-1 (request-1) from operator: field `alarm.to` is missing; expected a value"
        ],
    );
}

#[test]
fn the_more_careful_of_two_modes_counts() {
    for (function, command, expected) in [
        (Mode::Apply, None, Mode::Apply),
        (Mode::Apply, Some("plan"), Mode::Plan),
        (Mode::Plan, Some("apply"), Mode::Plan),
    ] {
        let order = pause(json!({"mode": command}));
        let works = works(&order, function);
        let [Work::Control(control)] = works.as_slice() else { panic!("{works:?}") };
        assert_eq!(control.mode, expected);
    }
}
