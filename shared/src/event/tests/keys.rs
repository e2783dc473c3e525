//! S3 keys: decoded exactly once, and only where the form needs it.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use proptest::prelude::*;
use serde_json::json;

use super::*;

fn notification(key: &str) -> Value {
    let mut payload = payload("s3-put").clone();
    *payload.pointer_mut("/Records/0/s3/object/key").unwrap() = Value::from(key);
    payload
}

fn bus_event(key: &str) -> Value {
    let mut payload = payload("s3-eventbridge").clone();
    *payload.pointer_mut("/detail/object/key").unwrap() = Value::from(key);
    payload
}

fn by_sns(inner: &Value) -> Value {
    json!({"Records": [{"EventSource": "aws:sns", "Sns": envelope(inner)}]})
}

fn by_sqs(inner: &Value) -> Value {
    json!({"Records": [{"eventSource": "aws:sqs", "messageId": "m-1", "body": inner.to_string()}]})
}

fn envelope(inner: &Value) -> Value {
    json!({"Type": "Notification", "MessageId": "n-1", "Message": inner.to_string()})
}

/// Every way by which an S3 event can come.
fn ways(event: &Value) -> [Value; 4] {
    [event.clone(), by_sns(event), by_sqs(event), by_sqs(&envelope(event))]
}

fn key(payload: &Value) -> String {
    match &events_of(payload)[..] {
        [Event::Object(change)] => change.key.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_notification_spells_its_key_as_a_form_and_it_is_decoded_once() {
    for (spelt, expected) in [
        ("assets/app.css", "assets/app.css"),
        ("wind+map.png", "wind map.png"),
        ("wind%20map.png", "wind map.png"),
        ("1%2B1.png", "1+1.png"),
        ("Z%C3%BCrich.png", "Zürich.png"),
        ("a%40b", "a@b"),
        ("a%2Db", "a-b"),
        // A key that itself looks encoded stays so.
        ("100%2525.png", "100%25.png"),
        ("1%252B1.png", "1%2B1.png"),
        ("a%2526b", "a%26b"),
    ] {
        for payload in ways(&notification(spelt)) {
            assert_eq!(key(&payload), expected, "{payload}");
        }
    }
}

#[test]
fn eventbridge_leaves_a_key_as_it_is_and_so_do_we() {
    for raw in ["wind map.png", "1+1.png", "100%25.png", "50% sun.png", "Zürich.png", "a%2Bb", "%zz", "%"] {
        for payload in ways(&bus_event(raw)) {
            assert_eq!(key(&payload), raw, "{payload}");
        }
    }
}

#[test]
fn a_key_that_is_no_text_is_refused_by_name() {
    let records = decode(&notification("a%FFb"), REQUEST).unwrap().records;
    let Ok([Event::Undecodable(error)]) = records[0].content.as_deref() else { panic!("{records:?}") };
    assert_eq!(error.to_string(), "`Records` is a key `a%FFb`; expected form-encoded UTF-8");
}

#[test]
fn a_bad_object_of_a_notification_leaves_its_siblings_as_they_are() {
    let mut payload = notification("good");
    let bad = notification("a%FFb")["Records"][0].clone();
    payload["Records"].as_array_mut().unwrap().insert(0, bad);
    let records = decode(&payload, REQUEST).unwrap().records;
    let Ok([Event::Undecodable(_), Event::Object(change)]) = records[0].content.as_deref() else {
        panic!("{records:?}")
    };
    assert_eq!(change.key, "good");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn any_key_survives_both_ways(original in any::<String>()) {
        let form = utf8_percent_encode(&original, NON_ALPHANUMERIC).to_string().replace("%20", "+");
        for payload in ways(&notification(&form)).iter().chain(&ways(&bus_event(&original))) {
            prop_assert_eq!(key(payload), original.clone());
        }
    }
}
