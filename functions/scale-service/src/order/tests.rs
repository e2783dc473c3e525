//! What becomes of every kind of arrival: orders, the wish to reconcile, or an answer.

use expect_test::{Expect, expect};
use serde_json::{Value, json};
use shared::event::decode;

use super::*;
use crate::examples::KEYS;

/// Two services, a group of both, and a distribution.
fn playbook() -> Playbook {
    Playbook::parse(&format!(
        "version: 1
targets:
  api:
    kind: service{KEYS}
  worker:
    kind: service
    cluster: portfolio-dev
    service: worker
    bounds: {{floor: 0, ceiling: 3, largest-step: 1}}
    profiles: {{night: {{min: 0, max: 1}}}}
  both: {{kind: service-group, services: [worker, api]}}
  site: {{kind: distribution, distribution: E1EXAMPLE}}
"
    ))
    .unwrap()
}

/// What one job is, on a line a part.
fn shown(work: &Work<'_>) -> String {
    match work {
        Work::Orders(orders) => orders.iter().map(order).collect(),
        Work::Reconcile(Reconcile { id, mode, origin, delivery }) => {
            format!("reconcile {} of {id} from {} by {delivery}\n", mode.as_str(), origin.source)
        }
        Work::Answered(report) => {
            let Subject { action, target, id, .. } = &report.subject;
            format!(
                "{} {action} {target} of {id}: {} ({})\n",
                report.verdict, report.why.text, report.why.code
            )
        }
    }
}

fn order(order: &Order<'_>) -> String {
    let Order { id, target, group, service, action, mode, origin, reason, delivery } = order;
    let group = group.as_ref().map(|group| format!(" in {group}")).unwrap_or_default();
    let reason = reason.as_ref().map(|reason| format!(" because {reason}")).unwrap_or_default();
    format!(
        "{} {target}{group} ({}) {} of {id} from {} by {delivery}{reason}\n",
        action.name(),
        service.resource_id(),
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

/// Messages `m-0`, `m-1`, … of the queue of commands.
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
fn a_command_for_a_service_is_one_order() {
    check(
        &json!({"action": "park", "target": "api", "reason": "the weekend"}),
        expect![[r#"
            {0}
            park api (service/portfolio-dev/api) apply of request-1 from operator by request-1 because the weekend
        "#]],
    );
}

#[test]
fn a_command_for_a_group_is_one_order_for_each_member_in_the_playbooks_order() {
    check(
        &json!({"action": "profile", "target": "both", "profile": "night", "id": "c-1", "mode": "plan"}),
        expect![[r#"
            {0}
            profile worker in both (service/portfolio-dev/worker) plan of c-1 from operator by request-1
            profile api in both (service/portfolio-dev/api) plan of c-1 from operator by request-1
        "#]],
    );
}

#[test]
fn a_profile_that_one_member_lacks_is_an_order_to_none() {
    check(
        &json!({"action": "profile", "target": "both", "profile": "day"}),
        expect![[r#"
            {0}
            failed profile both of request-1: field `profile` is `day`; expected a profile of the service: `night` (invalid-command)
        "#]],
    );
}

#[test]
fn every_message_of_a_batch_is_a_job_of_its_own() {
    let origin = json!({"source": "schedule", "correlation": "cause"});
    check(
        &batch(&[
            json!({"action": "set", "target": "api", "desired": 3, "id": "c-1", "origin": origin}),
            json!("no JSON"),
            json!({"action": "reconcile", "id": "r-1", "origin": {"source": "schedule"}}),
            json!({"action": "boost", "target": "worker", "add": 1, "for": "30m"}),
        ]),
        expect![[r#"
            {0}
            set api (service/portfolio-dev/api) apply of c-1 from schedule by m-0
            {1}
            failed none none of m-1: body of the SQS message is not JSON (expected ident at line 1 column 2): `no JSON`; expected a command (an object with `action`), or an SQS, SNS, S3, EventBridge or alarm event (undecodable-event)
            {2}
            reconcile apply of r-1 from schedule by m-2
            {3}
            boost worker (service/portfolio-dev/worker) apply of m-3 from queue by m-3
        "#]],
    );
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
            json!({"action": "park", "target": "api", "mode": command}),
            json!({"action": "reconcile", "mode": command}),
        ] {
            let arrival = decode(&command, "request-1").unwrap();
            match &jobs(&playbook, &arrival, function)[0].work {
                Work::Orders(orders) => assert_eq!(orders[0].mode, expected, "{command}"),
                Work::Reconcile(wish) => assert_eq!(wish.mode, expected, "{command}"),
                Work::Answered(report) => panic!("{report}"),
            }
        }
    }
}

#[test]
fn what_is_no_order_is_answered_with_what_it_should_have_been() {
    for (command, expected) in [
        (
            json!({"action": "park", "target": "apis"}),
            expect![[r#"
                {0}
                failed park apis of request-1: field `target` is `apis`; expected a service or a group of services of the playbook: api, both, worker (unknown-target)
            "#]],
        ),
        (
            json!({"action": "park", "target": "site"}),
            expect![[r#"
                {0}
                failed park site of request-1: field `target` is `site`, a distribution; expected a service or a group of services of the playbook: api, both, worker (unknown-target)
            "#]],
        ),
        (
            json!({"action": "park"}),
            expect![[r#"
                {0}
                failed park none of request-1: field `target` is missing; expected a target of the playbook (invalid-command)
            "#]],
        ),
        (
            json!({"action": "scale", "target": "api"}),
            expect![[r#"
                {0}
                failed scale api of request-1: field `action` is `scale`; expected `set`, `profile`, `boost`, `park` or `restore` (invalid-command)
            "#]],
        ),
        (
            json!({"action": "profile", "target": "api", "profile": "weekend"}),
            expect![[r#"
                {0}
                failed profile api of request-1: field `profile` is `weekend`; expected a profile of the service: `day` or `night` (invalid-command)
            "#]],
        ),
        (
            json!({"action": "set", "target": "api", "count": 3}),
            expect![[r#"
                {0}
                failed set api of request-1: field `count` is unknown; expected one of `min`, `max`, `desired` (invalid-command)
            "#]],
        ),
        (
            json!({"action": "boost", "target": "both", "add": 1, "for": "30m", "id": "park"}),
            expect![[r#"
                {0}
                failed boost both of park: field `id` is `park`; expected another: `park` is what `restore` calls a parking (invalid-command)
            "#]],
        ),
        (
            json!({"action": "reconcile", "target": "api"}),
            expect![[r#"
                {0}
                failed reconcile api of request-1: field `target` is unknown; expected no further field (invalid-command)
            "#]],
        ),
        (
            json!({"action": "reconcile", "mode": "perhaps"}),
            expect![[r#"
                {0}
                failed reconcile none of request-1: field `mode` is `perhaps`; expected `apply` or `plan` (invalid-command)
            "#]],
        ),
    ] {
        check(&command, expected);
    }
}

#[test]
fn somebody_elses_event_is_named_and_left_alone() {
    let bus =
        |source: &str, kind: &str| json!({"id": "e-1", "source": source, "detail-type": kind, "detail": {}});
    let arrival_at = "2026-11-21T09:00:00.000+0000";
    let alarm = json!({
        "source": "aws.cloudwatch",
        "alarmArn": "arn:aws:cloudwatch:us-east-1:123456789012:alarm:slow",
        "time": arrival_at,
        "alarmData": {"alarmName": "slow", "state": {"value": "ALARM", "timestamp": arrival_at}},
    });
    for (event, expected) in [
        (
            bus("com.example", "Released"),
            expect![[r#"
            {0}
            held none none of request-1: not for this function: com.example: Released (not-for-us)
        "#]],
        ),
        (
            bus("aws.application-autoscaling", "Application Auto Scaling Scaling Activity State Change"),
            expect![[r#"
            {0}
            held none none of request-1: not for this function: aws.application-autoscaling: Application Auto Scaling Scaling Activity State Change (not-for-us)
        "#]],
        ),
        (
            alarm,
            expect![[r#"
            {0}
            held none none of request-1: not for this function: alarm `slow` went to ALARM (not-for-us)
        "#]],
        ),
    ] {
        check(&event, expected);
    }
}

#[test]
fn a_report_about_an_order_bears_its_target_and_its_cause() {
    let playbook = playbook();
    let origin =
        json!({"source": "alarm", "correlation": "cause", "alarm": "slow", "route": "r", "approval": "a1"});
    let command =
        json!({"action": "boost", "target": "both", "add": 1, "for": "30m", "id": "c-1", "origin": origin});
    let arrival = decode(&command, "request-1").unwrap();
    let jobs = jobs(&playbook, &arrival, Mode::Apply);
    let [Job { work: Work::Orders(orders), .. }] = jobs.as_slice() else { panic!("{jobs:?}") };
    let subjects: Vec<Subject> = orders.iter().map(Order::subject).collect();
    let said = |subject: &Subject| {
        let Subject { action, target, id, correlation, source, approval, .. } = subject;
        format!("{action} {target} of {id} ({correlation}) from {source}, {approval:?}")
    };
    assert_eq!(
        subjects.iter().map(said).collect::<Vec<_>>(),
        [
            r#"boost worker of c-1 (cause) from alarm, Some("a1")"#,
            r#"boost api of c-1 (cause) from alarm, Some("a1")"#
        ]
    );
}
