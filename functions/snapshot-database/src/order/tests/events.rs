//! RDS events: which targets each may concern, and how all of a batch become one look.

use expect_test::expect;
use serde_json::{Value, json};

use super::{batch, check, playbook};
use crate::order::{Job, Work, jobs};
use shared::command::Mode;
use shared::event::decode;
use shared::playbook::Playbook;

const OF_INSTANCE: &str = "RDS DB Snapshot Event";
const OF_CLUSTER: &str = "RDS DB Cluster Snapshot Event";

/// An event of EventBridge.
fn event(kind: &str, id: Option<&str>, name: &str) -> Value {
    let arn_kind = match kind {
        OF_INSTANCE => "snapshot",
        OF_CLUSTER => "cluster-snapshot",
        "RDS DB Instance Event" => "db",
        _ => "cluster",
    };
    let mut event = json!({
        "id": format!("event-of-{name}"),
        "source": "aws.rds",
        "detail-type": kind,
        "account": "123456789012",
        "region": "us-east-1",
        "time": "2026-11-21T11:59:00Z",
        "detail": {
            "SourceIdentifier": name,
            "SourceArn": format!("arn:aws:rds:us-east-1:123456789012:{arn_kind}:{name}"),
            "Date": "2026-11-21T11:59:00Z",
            "Message": "something happened",
        },
    });
    if let Some(id) = id {
        event["detail"]["EventID"] = json!(id);
    }
    event
}

/// The targets that an event makes the function look at.
fn concerned(playbook: &Playbook, event: &Value) -> String {
    let arrival = decode(event, "request-1").unwrap();
    let [Job { work, .. }] = jobs(playbook, &arrival, Mode::Apply).try_into().unwrap();
    match work {
        Work::Orders(orders) => {
            orders.iter().map(|order| order.target.as_str()).collect::<Vec<_>>().join(" ")
        }
        Work::Answered(report) => report.why.code.to_owned(),
    }
}

#[test]
fn an_event_concerns_the_targets_whose_database_its_name_begins_with() {
    let playbook = playbook();
    for (kind, name, expected) in [
        (OF_INSTANCE, "weather-0123456789abcdef", "weather-db"),
        // What somebody took by hand is a hint too.
        (OF_INSTANCE, "weather-before-the-upgrade", "weather-db"),
        (OF_INSTANCE, "weather", "not-for-us"),
        (OF_INSTANCE, "weatherman-0123456789abcdef", "not-for-us"),
        (OF_INSTANCE, "somebody-elses", "not-for-us"),
        (OF_CLUSTER, "platform-0123456789abcdef", "platform-db"),
        // The families do not mix.
        (OF_INSTANCE, "platform-0123456789abcdef", "not-for-us"),
        (OF_CLUSTER, "weather-0123456789abcdef", "not-for-us"),
        // Automated snapshots are of use where they are copied.
        (OF_INSTANCE, "rds:metrics-2026-11-21-03-05", "copied-db"),
        (OF_INSTANCE, "metrics-0123456789abcdef", "copied-db"),
        (OF_INSTANCE, "rds:weather-2026-11-21-03-05", "not-for-us"),
        (OF_CLUSTER, "rds:platform-2026-11-21-03-05", "not-for-us"),
        // Scratch databases of drills bear no target's name.
        ("RDS DB Instance Event", "lamplighter-drill-0123456789abcdef", "copied-db platform-db weather-db"),
        ("RDS DB Cluster Event", "lamplighter-drill-0123456789abcdef", "copied-db platform-db weather-db"),
        ("RDS DB Instance Event", "weather", "not-for-us"),
        ("RDS DB Cluster Event", "platform", "not-for-us"),
    ] {
        assert_eq!(concerned(&playbook, &event(kind, None, name)), expected, "{kind} {name}");
    }
}

#[test]
fn whatever_has_a_tag_may_be_meant_by_any_name() {
    let playbook = Playbook::parse(
        "version: 1
targets:
  fleet-db: {kind: database, all-tagged: {backup: nightly}, retention: {days: 3}}
",
    )
    .unwrap();
    for (kind, name, expected) in [
        (OF_INSTANCE, "anything-at-all", "fleet-db"),
        (OF_CLUSTER, "anything-at-all", "fleet-db"),
        (OF_INSTANCE, "rds:anything-2026-11-21-03-05", "not-for-us"),
        ("RDS DB Instance Event", "anything", "not-for-us"),
    ] {
        assert_eq!(concerned(&playbook, &event(kind, None, name)), expected, "{kind} {name}");
    }
}

#[test]
fn the_longest_name_of_a_database_is_known_again_in_that_of_its_snapshot() {
    let name = format!("{}-{}", "a".repeat(45), "b".repeat(17));
    let text = format!(
        "version: 1\ntargets:\n  long-db: {{kind: database, cluster: {name}, retention: {{days: 3}}}}\n"
    );
    let playbook = Playbook::parse(&text).unwrap();
    let of = crate::world::DatabaseId { family: crate::world::Family::Cluster, name };
    let (target, rule) = playbook.databases().next().unwrap();
    let id = shared::ids::CommandId::parse("c-1").unwrap();
    let (home, which) = (crate::examples::home(), &rule.which);
    let snapshot = crate::names::Owner::new(target, which, &home).snapshot(&id, &of, None);
    assert_eq!(concerned(&playbook, &event(OF_CLUSTER, None, &snapshot)), "long-db");
}

#[test]
fn what_has_only_begun_or_is_gone_is_no_hint() {
    let playbook = playbook();
    for (kind, id, name, expected) in [
        (OF_INSTANCE, "RDS-EVENT-0042", "weather-1", "weather-db"),
        (OF_INSTANCE, "RDS-EVENT-0060", "weather-1", "weather-db"),
        (OF_INSTANCE, "RDS-EVENT-0061", "weather-1", "weather-db"),
        (OF_INSTANCE, "RDS-EVENT-0091", "rds:metrics-2026-11-21-03-05", "copied-db"),
        (OF_INSTANCE, "RDS-EVENT-0190", "metrics-1", "copied-db"),
        (OF_INSTANCE, "RDS-EVENT-0197", "metrics-1", "copied-db"),
        (OF_CLUSTER, "RDS-EVENT-0075", "platform-1", "platform-db"),
        (OF_INSTANCE, "RDS-EVENT-9999", "weather-1", "weather-db"),
        (OF_INSTANCE, "RDS-EVENT-0040", "weather-1", "not-for-us"),
        (OF_INSTANCE, "RDS-EVENT-0041", "weather-1", "not-for-us"),
        (OF_INSTANCE, "RDS-EVENT-0059", "weather-1", "not-for-us"),
        (OF_INSTANCE, "RDS-EVENT-0090", "rds:metrics-2026-11-21-03-05", "not-for-us"),
        (OF_INSTANCE, "RDS-EVENT-0196", "metrics-1", "not-for-us"),
        (OF_CLUSTER, "RDS-EVENT-0074", "platform-1", "not-for-us"),
        (OF_CLUSTER, "RDS-EVENT-0168", "rds:platform-2026-11-21-03-05", "not-for-us"),
    ] {
        assert_eq!(concerned(&playbook, &event(kind, Some(id), name)), expected, "{id} {name}");
    }
}

#[test]
fn all_events_of_a_batch_are_one_look_at_each_target_once() {
    check(
        &batch(&[
            event(OF_INSTANCE, Some("RDS-EVENT-0042"), "weather-1"),
            event(OF_CLUSTER, None, "platform-1"),
            event(OF_INSTANCE, Some("RDS-EVENT-0042"), "weather-1"),
            event(OF_INSTANCE, Some("RDS-EVENT-0060"), "weather-2"),
        ]),
        expect![[r#"
            {0, 1, 2, 3}
            reconcile platform-db (apply) of 5fdd382cfd3ea7067a4f6eef9b59d1bf from database-event by m-0 for 4 events
            reconcile weather-db (apply) of 5fdd382cfd3ea7067a4f6eef9b59d1bf from database-event by m-0 for 4 events
        "#]],
    );
}

#[test]
fn commands_and_other_peoples_events_of_a_batch_stay_what_they_are() {
    let somebody = json!({"id": "e-1", "source": "com.example", "detail-type": "Released", "detail": {}});
    check(
        &batch(&[
            event(OF_INSTANCE, Some("RDS-EVENT-0042"), "somebody-elses"),
            event(OF_INSTANCE, Some("RDS-EVENT-0042"), "weather-1"),
            json!("no JSON"),
            json!({"action": "take", "target": "platform-db", "id": "c-1"}),
            somebody,
            json!({"action": "take", "target": "platform-db", "when": "now"}),
            event(OF_CLUSTER, Some("RDS-EVENT-0075"), "platform-1"),
        ]),
        expect![[r#"
            {0}
            held none none of m-0: not for this function: RDS: `somebody-elses`: something happened (not-for-us)
            {2}
            failed none none of m-2: body of the SQS message is not JSON (expected ident at line 1 column 2): `no JSON`; expected a command (an object with `action`), or an SQS, SNS, S3, EventBridge or alarm event (undecodable-event)
            {3}
            take platform-db (apply) of c-1 from queue by m-3
            {4}
            held none none of m-4: not for this function: com.example: Released (not-for-us)
            {5}
            failed take platform-db of m-5: field `when` is unknown; expected `label` (invalid-command)
            {1, 6}
            reconcile platform-db (apply) of 5fdd382cfd3ea7067a4f6eef9b59d1bf from database-event by m-1 for 2 events
            reconcile weather-db (apply) of 5fdd382cfd3ea7067a4f6eef9b59d1bf from database-event by m-1 for 2 events
        "#]],
    );
}

#[test]
fn an_event_subscription_tells_the_same() {
    let message = json!({
        "Event Source": "db-snapshot",
        "Event Time": "2026-11-21 11:59:00.000",
        "Identifier Link": "https://console.aws.amazon.com/rds/home?region=us-east-1#snapshot:id=weather-1",
        "Source ID": "weather-1",
        "Source ARN": "arn:aws:rds:us-east-1:123456789012:snapshot:weather-1",
        "Event ID": "http://docs.amazonwebservices.com/AmazonRDS/latest/UserGuide/USER_Events.html#RDS-EVENT-0042",
        "Event Message": "Manual snapshot created",
    });
    let notification = json!({"Records": [{
        "EventSource": "aws:sns",
        "EventVersion": "1.0",
        "EventSubscriptionArn": "arn:aws:sns:us-east-1:123456789012:rds:1",
        "Sns": {
            "Type": "Notification",
            "MessageId": "n-1",
            "TopicArn": "arn:aws:sns:us-east-1:123456789012:rds",
            "Message": message.to_string(),
            "Timestamp": "2026-11-21T11:59:01.000Z",
        },
    }]});
    check(
        &notification,
        expect![[r#"
        {0}
        reconcile weather-db (apply) of 5fdd382cfd3ea7067a4f6eef9b59d1bf from database-event by n-1 for 1 events
    "#]],
    );
}

#[test]
fn in_plan_mode_events_are_only_looked_at() {
    let playbook = playbook();
    let arrival = decode(&event(OF_INSTANCE, None, "weather-1"), "request-1").unwrap();
    let [Job { work: Work::Orders(orders), .. }] = &jobs(&playbook, &arrival, Mode::Plan)[..] else {
        panic!()
    };
    assert_eq!(orders[0].mode, Mode::Plan);
    assert_eq!(orders[0].subject().records, Some(1));
}
