//! What RDS tells of databases and snapshots: by both ways the same, whatever is missing, in whichever order.

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::json;

use super::*;

fn file(name: &str) -> &'static Value {
    &DATABASES.iter().find(|(known, _)| known == name).unwrap_or_else(|| panic!("{name}")).1
}

fn change(payload: &Value) -> Option<DatabaseChange> {
    match &events_of(payload)[..] {
        [Event::Database(change)] => Some(DatabaseChange::clone(change)),
        [Event::Foreign(_)] => None,
        other => panic!("{other:?}"),
    }
}

/// The message of a subscription: no envelope around it.
fn told() -> Value {
    serde_json::from_str(file("subscription-in-sqs-raw")["Records"][0]["body"].as_str().unwrap()).unwrap()
}

fn with(payload: &Value, pointer: &str, value: Value) -> Value {
    let mut payload = payload.clone();
    *payload.pointer_mut(pointer).unwrap() = value;
    payload
}

fn without(payload: &Value, parent: &str, field: &str) -> Value {
    let mut payload = payload.clone();
    payload.pointer_mut(parent).unwrap().as_object_mut().unwrap().shift_remove(field).unwrap();
    payload
}

#[test]
fn a_happening_has_one_id_by_whichever_way_it_comes() {
    let id = |name: &str| change(file(name)).unwrap().id;
    let created = id("snapshot-created");
    for name in [
        "subscription-in-sns",
        "subscription-in-sns-in-sqs",
        "subscription-in-sqs-raw",
        "snapshot-created-replayed",
        "events-redelivered-in-sqs",
    ] {
        assert_eq!(id(name), created, "{name}");
    }
    assert_eq!(id("copy-finished"), id("subscription-copy-finished-in-sqs"));
    assert_eq!(id("cluster-snapshot-created"), id("subscription-cluster-snapshot-in-sqs"));
    // Old subscriptions have no ARN.
    assert_eq!(id("automated-created"), id("subscription-old-in-sns"));
    assert_eq!(
        id("snapshot-created-without-id"),
        change(&without(file("snapshot-created"), "/detail", "EventID")).unwrap().id
    );
}

#[test]
fn another_happening_has_another_id() {
    let created = file("snapshot-created");
    let id = |payload: &Value| change(payload).unwrap().id;
    for (pointer, value) in [
        ("/detail/SourceIdentifier", "another"),
        ("/detail/Date", "2026-11-21T01:41:07.293Z"),
        ("/detail/EventID", "RDS-EVENT-0040"),
        ("/region", "us-west-2"),
        ("/detail-type", "RDS DB Cluster Snapshot Event"),
    ] {
        assert_ne!(id(&with(created, pointer, value.into())), id(created), "{pointer}");
    }
    let nameless = file("snapshot-created-without-id");
    assert_ne!(id(&with(nameless, "/detail/Message", "Creating manual snapshot".into())), id(nameless));
    // Without a time the delivery tells them apart.
    let timeless = without(&without(created, "/detail", "Date"), "", "time");
    assert_eq!(change(&timeless).unwrap().at, None);
    assert_ne!(id(&with(&timeless, "/id", "another".into())), id(&timeless));
}

#[test]
fn a_name_is_the_identifier_as_rds_knows_it() {
    let arn = |resource: &str| json!(format!("arn:aws:rds:us-east-1:123456789012:{resource}"));
    for (detail_type, identifier, arn, name) in [
        ("RDS DB Snapshot Event", json!("a"), arn("snapshot:a"), Some("a")),
        ("RDS DB Snapshot Event", json!("rds:a-2026"), arn("snapshot:rds:a-2026"), Some("rds:a-2026")),
        ("RDS DB Snapshot Event", json!("rds:a-2026"), arn("db:a-2026"), Some("rds:a-2026")),
        ("RDS DB Snapshot Event", json!(null), arn("snapshot:rds:a-2026"), Some("rds:a-2026")),
        ("RDS DB Snapshot Event", json!(" "), arn("snapshot:a"), Some("a")),
        ("RDS DB Snapshot Event", json!(" a\n"), json!(null), Some("a")),
        ("RDS DB Snapshot Event", json!(7), json!(null), None),
        ("RDS DB Snapshot Event", json!(null), json!("arn:aws:rds:us-east-1"), None),
        ("RDS DB Snapshot Event", json!(null), arn("snapshot:"), None),
        ("RDS DB Snapshot Event", json!("\u{1}"), json!(null), None),
        ("RDS DB Cluster Snapshot Event", json!("rds:a-2026"), json!(null), Some("rds:a-2026")),
        ("RDS DB Instance Event", json!("rds:a"), arn("db:a"), Some("a")),
        ("RDS DB Instance Event", json!(null), arn("db:a"), Some("a")),
        ("RDS DB Cluster Event", json!("rds:a"), json!(null), Some("a")),
        ("RDS DB Cluster Event", json!("rds:"), json!(null), None),
        ("RDS DB Cluster Event", json!(null), json!(null), None),
    ] {
        let mut payload = with(file("snapshot-created"), "/detail-type", detail_type.into());
        payload["resources"] = json!([]);
        payload["detail"]["SourceIdentifier"] = identifier.clone();
        payload["detail"]["SourceArn"] = arn.clone();
        assert_eq!(change(&payload).map(|change| change.name).as_deref(), name, "{identifier} {arn}");
        let source = match detail_type {
            "RDS DB Snapshot Event" => "db-snapshot",
            "RDS DB Cluster Snapshot Event" => "db-cluster-snapshot",
            "RDS DB Instance Event" => "db-instance",
            _ => "db-cluster",
        };
        let mut message = with(&told(), "/Event Source", source.into());
        message["Source ID"] = identifier.clone();
        message["Source ARN"] = arn.clone();
        assert_eq!(change(&message).map(|change| change.name).as_deref(), name, "{identifier} {arn}");
    }
}

#[test]
fn what_is_about_something_else_is_left_alone() {
    let created = file("snapshot-created");
    for detail_type in
        ["RDS DB Parameter Group Event", "RDS DB Proxy Event", "RDS Blue Green Deployment Event"]
    {
        assert_eq!(change(&with(created, "/detail-type", detail_type.into())), None, "{detail_type}");
    }
    assert_eq!(change(&with(created, "/source", "aws.docdb".into())), None);
    for source in ["db-parameter-group", "db-security-group", "db-proxy", "", "DB-SNAPSHOT"] {
        assert_eq!(change(&with(&told(), "/Event Source", source.into())), None, "{source}");
    }
    for name in ["failover", "failover-in-sqs"] {
        assert!(matches!(&events_of(file(name))[..], [Event::Notice(_)]), "{name}");
    }
}

#[test]
fn an_event_id_is_kept_if_it_is_one() {
    let of_bus = |id: Value| change(&with(file("snapshot-created"), "/detail/EventID", id)).unwrap().event;
    assert_eq!(of_bus(json!("RDS-EVENT-0042")).unwrap(), "RDS-EVENT-0042");
    for bad in [
        json!(null),
        json!(42),
        json!("0042"),
        json!("RDS-EVENT-"),
        json!("RDS-EVENT-123456789"),
        json!("RDS-EVENT-00x2"),
    ] {
        assert_eq!(of_bus(bad.clone()), None, "{bad}");
    }
    let of_link = |link: &str| change(&with(&told(), "/Event ID", link.into())).unwrap().event;
    for good in
        ["http://docs.example.com/a.html#RDS-EVENT-0042", "https://a#b#RDS-EVENT-0042 ", "RDS-EVENT-0042"]
    {
        assert_eq!(of_link(good).unwrap(), "RDS-EVENT-0042", "{good}");
    }
    assert_eq!(of_link("http://docs.example.com/a.html"), None);
    assert_eq!(change(&without(&told(), "", "Event ID")).unwrap().event, None);
}

#[test]
fn what_the_detail_lacks_is_in_the_envelope_and_the_other_way_round() {
    let created = file("snapshot-created");
    let at = |payload: &Value| change(payload).unwrap().at.map(|at| at.to_string());
    assert_eq!(at(created).unwrap(), "2026-11-21T01:41:07.292Z");
    assert_eq!(at(&without(created, "/detail", "Date")).unwrap(), "2026-11-21T01:41:07Z");
    assert_eq!(at(&with(created, "/detail/Date", "yesterday".into())).unwrap(), "2026-11-21T01:41:07Z");
    let timeless = without(&told(), "", "Event Time").to_string();
    let in_sns = with(file("subscription-in-sns"), "/Records/0/Sns/Message", timeless.into());
    assert_eq!(at(&in_sns).unwrap(), "2026-11-21T01:41:09.871Z");

    let place = |payload: &Value| change(payload).map(|change| (change.region, change.account)).unwrap();
    let here = (Some("us-east-1".to_owned()), Some("123456789012".to_owned()));
    assert_eq!(place(&without(&without(created, "", "region"), "", "account")), here);
    let bare = without(&without(&without(created, "", "region"), "", "account"), "/detail", "SourceArn");
    assert_eq!(place(&bare), here);
    assert_eq!(place(&with(&bare, "/resources", json!([]))), (None, None));
    assert_eq!(place(&told()), here);
    let without_arn = without(&told(), "", "Source ARN");
    assert_eq!(place(&without_arn), (here.0, None));
    assert_eq!(place(&without(&without_arn, "", "Identifier Link")), (None, None));
}

#[test]
fn what_rds_says_is_one_short_line() {
    let text =
        |message: Value| change(&with(file("snapshot-created"), "/detail/Message", message)).unwrap().text;
    assert_eq!(text(json!("Manual snapshot\ncreated. ")), "Manual snapshot created");
    assert_eq!(text(json!(null)), "an event that does not say what happened");
    assert!(text(json!("x".repeat(50_000))).ends_with("… (50000 characters)"));
    let long = "x".repeat(50_000);
    for payload in [file("snapshot-created"), &told()] {
        let mut places = Vec::new();
        mutations::pointers(payload, "", &mut places);
        for place in places.iter().filter(|place| payload.pointer(place).unwrap().is_string()) {
            let value = payload.pointer(place).unwrap().as_str().unwrap();
            for event in events_of(&with(payload, place, format!("{value}{long}").into())) {
                let Event::Database(change) = event else { continue };
                assert!(format!("{change:?}").chars().count() < 1_500, "{place}");
            }
        }
    }
}

#[test]
fn a_bad_message_of_a_batch_leaves_its_siblings_as_they_are() {
    let arrival = decode(file("events-in-sqs-with-bad"), REQUEST).unwrap();
    let outcomes: Vec<bool> = arrival.records.iter().map(|record| record.content.is_ok()).collect();
    assert_eq!(outcomes, [true, false, true, true]);
    assert_eq!(arrival.answer, Answer::BatchItemFailures { fifo: false });
}

/// An object with its fields, and those of all objects in it, in another order.
fn shuffled(value: &Value, order: &[Index]) -> Value {
    match value {
        Value::Object(fields) => {
            let mut rest: Vec<(&String, &Value)> = fields.iter().collect();
            let mut another = serde_json::Map::new();
            for next in order.iter().cycle().take(fields.len()) {
                let (name, field) = rest.remove(next.index(rest.len()));
                another.insert(name.clone(), shuffled(field, order));
            }
            Value::Object(another)
        }
        Value::Array(items) => items.iter().map(|item| shuffled(item, order)).collect(),
        scalar @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => scalar.clone(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn the_order_of_fields_means_nothing(
        file in any::<Index>(),
        order in prop::collection::vec(any::<Index>(), 1..12),
    ) {
        let (name, payload) = file.get(&DATABASES);
        let another = shuffled(payload, &order);
        prop_assert_eq!(decode(&another, REQUEST), decode(payload, REQUEST), "{}", name);
        let message = told();
        prop_assert_eq!(change(&shuffled(&message, &order)), change(&message));
    }

    #[test]
    fn a_message_that_breaks_off_is_refused_and_no_other(end in any::<Index>(), place in 0..4_usize) {
        let mut payload = file("events-in-sqs").clone();
        let body = &mut payload["Records"][place]["body"];
        let text = body.as_str().unwrap().to_owned();
        *body = text.chars().take(end.index(text.chars().count())).collect::<String>().into();
        let arrival = decode(&payload, REQUEST).unwrap();
        for (index, record) in arrival.records.iter().enumerate() {
            prop_assert_eq!(record.content.is_err(), index == place);
        }
    }
}
