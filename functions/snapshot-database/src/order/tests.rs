//! What becomes of every kind of arrival: orders to targets, or an answer.

mod events;

use expect_test::{Expect, expect};
use serde_json::{Value, json};
use shared::event::decode;

use super::*;

/// An instance, a cluster, whatever has a tag, one whose automated snapshots are copied, and a service.
fn playbook() -> Playbook {
    Playbook::parse(
        "version: 1
targets:
  weather-db: {kind: database, instance: weather, retention: {days: 3}}
  platform-db: {kind: database, cluster: platform, retention: {days: 3}}
  api:
    kind: service
    cluster: portfolio-dev
    service: api
    bounds: {floor: 1, ceiling: 10, largest-step: 4}
    profiles: {night: {min: 1, max: 4}}
  copied-db: {kind: database, instance: metrics, snapshots: copy-automated, retention: {days: 3}}
",
    )
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
    let Order { id, target, action, mode, origin, reason, delivery, events, .. } = order;
    let reason = reason.as_ref().map(|reason| format!(" because {reason}")).unwrap_or_default();
    let events = events.map(|events| format!(" for {events} events")).unwrap_or_default();
    let label = match action {
        Backup::Take { label: Some(label) } => format!(" ({label})"),
        _ => String::new(),
    };
    format!(
        "{}{label} {target} ({}) of {id} from {} by {delivery}{events}{reason}\n",
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
            json!({"action": "take", "target": "weather-db"}),
            expect![[r#"
            {0}
            take weather-db (apply) of request-1 from operator by request-1
        "#]],
        ),
        (
            json!({"action": "take", "target": "weather-db", "label": "before-release-42", "reason": "release 42", "id": "c-1"}),
            expect![[r#"
                {0}
                take (before-release-42) weather-db (apply) of c-1 from operator by request-1 because release 42
            "#]],
        ),
        (
            json!({"action": "copy", "target": "platform-db", "mode": "plan"}),
            expect![[r#"
            {0}
            copy platform-db (plan) of request-1 from operator by request-1
        "#]],
        ),
        (
            json!({"action": "expire", "target": "weather-db"}),
            expect![[r#"
            {0}
            expire weather-db (apply) of request-1 from operator by request-1
        "#]],
        ),
        (
            json!({"action": "verify", "target": "copied-db", "origin": {"source": "schedule"}}),
            expect![[r#"
            {0}
            verify copied-db (apply) of request-1 from schedule by request-1
        "#]],
        ),
        (
            json!({"action": "reconcile", "target": "platform-db"}),
            expect![[r#"
            {0}
            reconcile platform-db (apply) of request-1 from operator by request-1
        "#]],
        ),
    ] {
        check(&command, expected);
    }
}

#[test]
fn reconcile_without_a_target_is_one_job_of_an_order_to_each_database() {
    check(
        &json!({"action": "reconcile", "id": "hour-1", "origin": {"source": "schedule"}}),
        expect![[r#"
        {0}
        reconcile copied-db (apply) of hour-1 from schedule by request-1
        reconcile platform-db (apply) of hour-1 from schedule by request-1
        reconcile weather-db (apply) of hour-1 from schedule by request-1
    "#]],
    );
    let none = Playbook::parse("version: 1\ntargets: {}\n").unwrap();
    let arrival = decode(&json!({"action": "reconcile", "id": "hour-1"}), "request-1").unwrap();
    let [Job { work, .. }] = jobs(&none, &arrival, Mode::Apply).try_into().unwrap();
    expect![[r#"
        quietly held reconcile none of hour-1: the playbook has no target of kind `database` (in-order)
    "#]]
    .assert_eq(&shown(&work));
}

#[test]
fn what_is_no_order_is_answered_with_what_it_should_have_been() {
    for (command, expected) in [
        (
            json!({"action": "take"}),
            expect![[r#"
            {0}
            failed take none of request-1: field `target` is missing; expected a target of the playbook (invalid-command)
        "#]],
        ),
        (
            json!({"action": "take", "target": "weather"}),
            expect![[r#"
            {0}
            failed take weather of request-1: field `target` is `weather`; expected a database of the playbook: copied-db, platform-db, weather-db (unknown-target)
        "#]],
        ),
        (
            json!({"action": "take", "target": "api"}),
            expect![[r#"
            {0}
            failed take api of request-1: field `target` is `api`, a service; expected a database of the playbook: copied-db, platform-db, weather-db (unknown-target)
        "#]],
        ),
        (
            json!({"action": "take", "target": "weather-db", "label": "two words"}),
            expect![[r#"
            {0}
            failed take weather-db of request-1: field `label` is `two words`; expected a label: 1 to 128 letters, digits and `_.:/=+-@` (invalid-command)
        "#]],
        ),
        (
            json!({"action": "take", "target": "weather-db", "days": 3}),
            expect![[r#"
            {0}
            failed take weather-db of request-1: field `days` is unknown; expected `label` (invalid-command)
        "#]],
        ),
        (
            json!({"action": "copy", "target": "weather-db", "to": "us-west-2"}),
            expect![[r#"
            {0}
            failed copy weather-db of request-1: field `to` is unknown; expected no further field (invalid-command)
        "#]],
        ),
        (
            json!({"action": "delete", "target": "weather-db"}),
            expect![[r#"
            {0}
            failed delete weather-db of request-1: field `action` is `delete`; expected `take`, `copy`, `expire`, `verify` or `reconcile` (invalid-command)
        "#]],
        ),
        (
            json!({"action": "reconcile", "target": null}),
            expect![[r#"
            {0}
            failed reconcile none of request-1: field `target` is `null`; expected a string (invalid-command)
        "#]],
        ),
        (
            json!({"action": "reconcile", "target": ""}),
            expect![[r#"
            {0}
            failed reconcile none of request-1: field `target` is ``; expected a target's name: a lower-case letter, then at most 39 of a-z, 0-9 and - (invalid-command)
        "#]],
        ),
        (
            json!({"action": "reconcile", "mode": "perhaps"}),
            expect![[r#"
            {0}
            failed reconcile none of request-1: field `mode` is `perhaps`; expected `apply` or `plan` (invalid-command)
        "#]],
        ),
        (
            json!({"action": "reconcile", "all": true}),
            expect![[r#"
            {0}
            failed reconcile none of request-1: field `all` is unknown; expected no further field (invalid-command)
        "#]],
        ),
        (
            json!({"action": "expire"}),
            expect![[r#"
            {0}
            failed expire none of request-1: field `target` is missing; expected a target of the playbook (invalid-command)
        "#]],
        ),
    ] {
        check(&command, expected);
    }
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
            json!({"action": "take", "target": "weather-db", "mode": command}),
            json!({"action": "reconcile", "mode": command}),
        ] {
            let arrival = decode(&command, "request-1").unwrap();
            let [Job { work: Work::Orders(orders), .. }] = &jobs(&playbook, &arrival, function)[..] else {
                panic!()
            };
            assert!(orders.iter().all(|order| order.mode == expected), "{command}");
        }
    }
}

#[test]
fn every_message_of_a_batch_is_a_job_of_its_own_and_a_broken_one_fails_alone() {
    check(
        &batch(&[
            json!({"action": "take", "target": "weather-db", "id": "c-1", "origin": {"source": "schedule"}}),
            json!("no JSON"),
            json!({"action": "reconcile", "id": "hour-1", "origin": {"source": "schedule"}}),
            json!({"action": "take", "target": "nobodys"}),
            json!({"action": "copy", "target": "platform-db"}),
        ]),
        expect![[r#"
            {0}
            take weather-db (apply) of c-1 from schedule by m-0
            {1}
            failed none none of m-1: body of the SQS message is not JSON (expected ident at line 1 column 2): `no JSON`; expected a command (an object with `action`), or an SQS, SNS, S3, EventBridge or alarm event (undecodable-event)
            {2}
            reconcile copied-db (apply) of hour-1 from schedule by m-2
            reconcile platform-db (apply) of hour-1 from schedule by m-2
            reconcile weather-db (apply) of hour-1 from schedule by m-2
            {3}
            failed take nobodys of m-3: field `target` is `nobodys`; expected a database of the playbook: copied-db, platform-db, weather-db (unknown-target)
            {4}
            copy platform-db (apply) of m-4 from queue by m-4
        "#]],
    );
}

#[test]
fn a_report_about_an_order_bears_its_target_and_its_cause() {
    let playbook = playbook();
    let origin =
        json!({"source": "alarm", "correlation": "cause", "alarm": "full", "route": "r", "approval": "a1"});
    let command = json!({"action": "take", "target": "weather-db", "id": "c-1", "origin": origin});
    let arrival = decode(&command, "request-1").unwrap();
    let [Job { work: Work::Orders(orders), .. }] = &jobs(&playbook, &arrival, Mode::Apply)[..] else {
        panic!()
    };
    let Subject { function, action, target, id, correlation, source, approval, records, .. } =
        orders[0].subject();
    assert_eq!((function, action.as_str(), target.as_str()), ("snapshot-database", "take", "weather-db"));
    assert_eq!((id.as_str(), correlation.as_str(), source), ("c-1", "cause", Source::Alarm));
    assert_eq!((approval.as_deref(), records), (Some("a1"), None));
}
