//! Arrivals to orders: what is served together, and what stands alone.

mod others;
mod subjects;

use expect_test::{Expect, expect};
use serde_json::json;
use shared::event::decode;

use super::*;

/// Two distributions share a bucket; a third serves two folders of another, one inside the other.
const PLAYBOOK: &str = "
version: 1
targets:
  site:
    kind: distribution
    distribution: E1
    sources: [{bucket: assets, prefix: public/}]
  mirror:
    kind: distribution
    distribution: E2
    sources: [{bucket: assets, prefix: public/, path: /copy/}]
  archive:
    kind: distribution
    distribution: E3
    sources: [{bucket: records}, {bucket: records, prefix: new/, path: /latest/}]
";

fn object(bucket: &str, key: &str, sequencer: &str) -> Value {
    json!({
        "source": "aws.s3", "detail-type": "Object Created",
        "detail": {"bucket": {"name": bucket}, "object": {"key": key, "sequencer": sequencer}},
    })
}

fn command(fields: Value) -> Value {
    let mut command = json!({"action": "invalidate", "target": "archive"});
    command.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    command
}

/// A message: its body and how often it was received.
fn batch(group: Option<&str>, messages: &[(Value, u32)]) -> Arrival {
    let records = messages.iter().enumerate().map(|(index, (body, receives))| {
        let body = body.as_str().map_or_else(|| body.to_string(), str::to_owned);
        let mut attributes = json!({"ApproximateReceiveCount": receives.to_string()});
        if let Some(group) = group {
            attributes["MessageGroupId"] = json!(group);
        }
        json!({"eventSource": "aws:sqs", "messageId": format!("m-{index}"), "body": body, "attributes": attributes})
    });
    decode(&json!({"Records": records.collect::<Vec<_>>()}), "request-1").unwrap()
}

fn queue(bodies: &[Value]) -> Arrival {
    batch(None, &bodies.iter().map(|body| (body.clone(), 1)).collect::<Vec<_>>())
}

fn fifo(bodies: &[Value]) -> Arrival {
    batch(Some("g"), &bodies.iter().map(|body| (body.clone(), 1)).collect::<Vec<_>>())
}

/// A job as a line: the positions of its records, and its work.
fn line(Job { records, work }: &Job<Work<'_>>) -> String {
    let work = match work {
        Work::Answered(report) => {
            let Subject { action, target, records, .. } = &report.subject;
            let together = records.map_or(String::new(), |records| format!(" ({records} together)"));
            format!("{} {action} {target}{together}: {}", report.verdict, report.why.text)
        }
        Work::Order(order, distribution) => {
            let Order { target, mode, ids, records, redelivered, origin: _, reason, everything, .. } =
                &**order;
            let ids: Vec<&str> = ids.iter().map(CommandId::as_str).collect();
            let short: Vec<&str> = ids.iter().map(|id| &id[..id.len().min(6)]).collect();
            let paths = order.changed.values().chain([&order.asked]).flatten().cloned();
            let tags = order.tags.iter().map(|tag| format!("#{tag}"));
            let items = paths.chain(tags).chain(everything.then(|| "everything".to_owned()));
            let again =
                if *redelivered > 0 { format!(", {redelivered} received before") } else { String::new() };
            [
                format!("{} {target} of {}: ", mode.as_str(), distribution.cache.id()),
                items.collect::<Vec<_>>().join(" "),
                format!("; {records} from {}{again}", short.join(" ")),
                reason.as_ref().map_or(String::new(), |reason| format!("; {reason}")),
            ]
            .concat()
        }
    };
    format!("{records:?} {work}\n")
}

fn check_mode(mode: Mode, arrival: &Arrival, expected: Expect) {
    let playbook = Playbook::parse(PLAYBOOK).unwrap();
    let lines: String = jobs(&playbook, arrival, mode).iter().map(line).collect();
    expected.assert_eq(&lines);
}

fn check(arrival: &Arrival, expected: Expect) {
    check_mode(Mode::Apply, arrival, expected);
}

/// The only order of an arrival.
fn order(arrival: &Arrival) -> Order {
    let playbook = Playbook::parse(PLAYBOOK).unwrap();
    match jobs(&playbook, arrival, Mode::Apply).remove(0).work {
        Work::Order(order, _) => *order,
        Work::Answered(report) => panic!("{report}"),
    }
}

#[test]
fn an_object_is_invalidated_in_every_distribution_that_serves_it() {
    check(
        &queue(&[object("assets", "public/a.css", "01")]),
        expect![[r#"
        {0} apply mirror of E2: /copy/a.css; 1 from ff5804
        {0} apply site of E1: /a.css; 1 from ff5804
    "#]],
    );
}

#[test]
fn an_object_that_one_distribution_serves_twice_is_two_paths_of_one_order() {
    check(
        &queue(&[object("records", "new/a.csv", "01")]),
        expect![[r#"
        {0} apply archive of E3: /new/a.csv /latest/a.csv; 1 from a5fce0
    "#]],
    );
}

#[test]
fn the_records_of_a_batch_that_concern_one_target_are_one_order() {
    let arrival = queue(&[
        object("records", "b.csv", "02"),
        command(json!({"paths": ["/c.csv"], "tags": ["x"], "reason": "first"})),
        object("records", "a.csv", "01"),
        command(json!({"paths": ["/a.csv", "#y"], "id": "id-4", "reason": "second"})),
    ]);
    check(
        &arrival,
        expect![[r#"
        {0, 1, 2, 3} apply archive of E3: /a.csv /b.csv /a.csv /c.csv #x #y; 4 from 3f1d75 9e4f56 id-4 m-1; first
    "#]],
    );
    assert!(order(&arrival).ids.iter().is_sorted());
}

#[test]
fn one_key_twice_is_one_path_and_one_record_twice_is_one_id() {
    let arrival = queue(&[
        object("records", "a.csv", "01"),
        object("records", "a.csv", "02"),
        object("records", "a.csv", "01"),
    ]);
    check(
        &arrival,
        expect![[r#"
        {0, 1, 2} apply archive of E3: /a.csv; 3 from 3f1d75 8d2e9e
    "#]],
    );
}

#[test]
fn the_whole_cache_is_asked_for_beside_single_paths() {
    let arrival = queue(&[command(json!({"paths": ["/a"]})), command(json!({"everything": true}))]);
    check(
        &arrival,
        expect![[r#"
        {0, 1} apply archive of E3: /a everything; 2 from m-0 m-1
    "#]],
    );
}

#[test]
fn what_is_only_planned_is_kept_apart_from_what_is_carried_out() {
    let arrival = queue(&[
        command(json!({"paths": ["/a"]})),
        command(json!({"paths": ["/b"], "mode": "plan"})),
        command(json!({"paths": ["/c"], "mode": "apply"})),
    ]);
    check(
        &arrival,
        expect![[r#"
        {0, 2} apply archive of E3: /a /c; 2 from m-0 m-2
        {1} plan archive of E3: /b; 1 from m-1
    "#]],
    );
}

#[test]
fn a_function_in_plan_mode_only_plans_whatever_a_command_says() {
    let arrival = queue(&[
        command(json!({"paths": ["/a"], "mode": "apply"})),
        command(json!({"paths": ["/b"], "mode": "plan"})),
        object("records", "c.csv", "01"),
    ]);
    check_mode(
        Mode::Plan,
        &arrival,
        expect![[r#"
        {0, 1, 2} plan archive of E3: /c.csv /a /b; 3 from e2354b m-0 m-1
    "#]],
    );
}

#[test]
fn a_deploy_event_is_an_order_for_the_target_that_it_names() {
    let deploy = |detail: Value| json!({"id": "e-1", "source": "com.example", "detail-type": "Deployed", "detail": detail});
    let full =
        json!({"target": "archive", "paths": ["/a"], "tags": ["x"], "reason": "release 42", "commit": "abc"});
    check(
        &queue(&[deploy(full)]),
        expect![[r#"
        {0} apply archive of E3: /a #x; 1 from e-1; release 42
    "#]],
    );
    check(
        &queue(&[deploy(json!({"paths": ["/a"], "commit": "abc"}))]),
        expect![[r#"
        {0} failed invalidate none: field `target` is missing; expected a target of the playbook
    "#]],
    );
    check(
        &queue(&[deploy(json!({"target": "archive", "paths": "/a"}))]),
        expect![[r#"
        {0} failed invalidate archive: field `paths` is `/a`; expected a sequence
    "#]],
    );
    check(
        &queue(&[deploy(json!({"order": 7}))]),
        expect![[r#"
        {0} held none none: not for this function: event `Deployed` of `com.example`
    "#]],
    );
}

#[test]
fn records_that_were_received_before_are_counted() {
    let arrival =
        batch(None, &[(command(json!({"paths": ["/a"]})), 1), (command(json!({"paths": ["/b"]})), 3)]);
    check(
        &arrival,
        expect![[r#"
        {0, 1} apply archive of E3: /a /b; 2 from m-0 m-1, 1 received before
    "#]],
    );
}
