//! The ids that make an event the same event when it arrives twice.

use serde_json::json;

use super::*;

fn id(payload: &Value) -> String {
    match &events_of(payload)[..] {
        [Event::Command(command)] => command.fallback_id.to_string(),
        [Event::Object(change)] => change.id.to_string(),
        [Event::Custom(event)] => event.id.to_string(),
        other => panic!("{other:?}"),
    }
}

fn changed(payload: &Value, pointer: &str, value: &str) -> Value {
    let mut payload = payload.clone();
    *payload.pointer_mut(pointer).unwrap() = Value::from(value);
    payload
}

#[test]
fn a_change_of_an_object_has_one_id_by_whichever_way_it_comes() {
    let notified = payload("s3-put");
    let sequencer = notified.pointer("/Records/0/s3/object/sequencer").unwrap().as_str().unwrap();
    let by_bus = changed(payload("s3-eventbridge"), "/detail/object/key", "assets/app.css");
    let by_bus = changed(&by_bus, "/detail/object/sequencer", sequencer);
    let in_queue =
        json!({"Records": [{"eventSource": "aws:sqs", "messageId": "m", "body": notified.to_string()}]});
    assert_eq!(id(&by_bus), id(notified));
    assert_eq!(id(&in_queue), id(notified));
}

#[test]
fn another_change_has_another_id() {
    let original = payload("s3-put");
    for (pointer, value) in [
        ("/Records/0/s3/object/sequencer", "0066A1B2C3D4E5F6FF"),
        ("/Records/0/s3/object/key", "assets/app.js"),
        ("/Records/0/s3/bucket/name", "weather-assets-2"),
    ] {
        assert_ne!(id(&changed(original, pointer, value)), id(original), "{pointer}");
    }
    // Without a sequencer the time tells changes apart.
    let original = payload("s3-without-sequencer");
    assert_ne!(id(&changed(original, "/Records/0/eventTime", "2026-11-21T09:00:00.124Z")), id(original));
    assert_eq!(id(original), id(&original.clone()));
}

#[test]
fn a_command_without_an_id_gets_that_of_what_it_came_in() {
    let body = payload("command-paths").to_string();
    let notification = json!({"Type": "Notification", "MessageId": "sns-1", "Message": body});
    let queued =
        |body: &str| json!({"Records": [{"eventSource": "aws:sqs", "messageId": "sqs-1", "body": body}]});
    let by_bus = json!({
        "id": "bus-1", "source": "com.example.deploy", "detail-type": "Deployed", "detail": payload("command-paths"),
    });
    for (payload, expected) in [
        (payload("command-paths").clone(), REQUEST),
        (queued(&body), "sqs-1"),
        (json!({"Records": [{"EventSource": "aws:sns", "Sns": notification}]}), "sns-1"),
        // One notification to two queues, or delivered twice to one, is one command.
        (queued(&notification.to_string()), "sns-1"),
        (by_bus.clone(), "bus-1"),
        (queued(&by_bus.to_string()), "bus-1"),
    ] {
        assert_eq!(id(&payload), expected, "{payload}");
    }
}

#[test]
fn records_are_known_by_the_id_that_their_invoker_knows() {
    let ids = |name: &str| -> Vec<String> {
        decode(payload(name), REQUEST).unwrap().records.into_iter().map(|record| record.id).collect()
    };
    let own =
        |name: &str, pointer: &str| payload(name).pointer(pointer).unwrap().as_str().unwrap().to_owned();
    assert_eq!(ids("s3-several-records"), [REQUEST]);
    assert_eq!(ids("sns-command"), [own("sns-command", "/Records/0/Sns/MessageId")]);
    assert_eq!(ids("s3-in-sns-in-sqs"), [own("s3-in-sns-in-sqs", "/Records/0/messageId")]);
}
