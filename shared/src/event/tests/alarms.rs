//! Alarms: the same one by every way it can come, and none spoilt by what does not matter.

use serde_json::json;

use super::*;

fn alarm(payload: &Value) -> Alarm {
    match &events_of(payload)[..] {
        [Event::Alarm(alarm)] => Alarm::clone(alarm),
        other => panic!("{other:?}"),
    }
}

fn of(name: &str) -> Alarm {
    alarm(payload(name))
}

fn error(payload: &Value) -> String {
    let arrival = decode(payload, REQUEST).unwrap();
    arrival.records.into_iter().next().unwrap().content.unwrap_err().to_string()
}

fn with(name: &str, pointer: &str, value: Value) -> Value {
    let mut payload = payload(name).clone();
    *payload.pointer_mut(pointer).unwrap() = value;
    payload
}

#[test]
fn an_alarm_is_the_same_by_all_its_deliveries() {
    for names in [
        &["same-by-sns", "same-by-eventbridge", "same-direct"][..],
        &["metric-in-sns", "metric-eventbridge", "metric-direct", "metric-eventbridge-in-sqs"],
        &["metric-in-sns", "metric-sns-in-sqs", "metric-sns-in-sqs-raw"],
        &["math-in-sns", "math-eventbridge", "math-direct"],
        &["anomaly-in-sns", "anomaly-eventbridge", "anomaly-direct"],
        &["composite-in-sns", "composite-eventbridge", "composite-direct"],
        &["composite-delayed-in-sns", "composite-delayed-eventbridge", "composite-delayed-direct"],
        &["contributor-in-sns", "contributor-eventbridge", "contributor-direct"],
        &["log-alarm-in-sns", "log-alarm-eventbridge", "log-alarm-direct"],
        &["future-kind-in-sns", "future-kind-eventbridge", "future-kind-direct"],
        &["recovery-in-sns", "recovery-eventbridge", "recovery-direct"],
        &["first-ok-in-sns", "first-ok-eventbridge"],
        &["set-by-hand-in-sns", "set-by-hand-direct"],
        &["other-region-in-sns", "other-region-eventbridge"],
        &["target-tracking-in-sns", "target-tracking-eventbridge"],
    ] {
        let first = of(names[0]);
        for name in names {
            assert_eq!(of(name), first, "{name}");
            assert_eq!(of(name).key(), first.key(), "{name}");
        }
    }
}

#[test]
fn the_key_tells_alarms_and_contributors_apart() {
    assert_eq!(
        of("metric-direct").key(),
        "arn:aws:cloudwatch:us-east-1:123456789012:alarm:weather-origin-5xx"
    );
    assert_eq!(of("old-form-in-sns").key(), "123456789012::weather-origin-5xx");
    let keys =
        ["contributor-eventbridge", "contributor-other-eventbridge", "contributor-whole-alarm-eventbridge"]
            .map(|name| of(name).key());
    assert!(keys[0].ends_with(":external-metrics-latency#fc1e87ada6cfa133"), "{}", keys[0]);
    assert!(keys[1].ends_with(":external-metrics-latency#0b6d442278dba546"), "{}", keys[1]);
    assert!(keys[2].ends_with(":external-metrics-latency"), "{}", keys[2]);
}

#[test]
fn the_region_is_a_code_and_never_the_display_name() {
    for (name, region) in [
        ("other-region-in-sns", Some("eu-central-1")),
        ("other-region-eventbridge", Some("eu-central-1")),
        ("metric-in-sns", Some("us-east-1")),
        ("old-form-in-sns", None),
    ] {
        assert_eq!(of(name).region.as_deref(), region, "{name}");
    }
    let mut direct = payload("metric-direct").clone();
    for field in ["region", "accountId"] {
        direct.as_object_mut().unwrap().shift_remove(field);
    }
    let Alarm { region, account, .. } = alarm(&direct);
    assert_eq!((region.as_deref(), account.as_deref()), (Some("us-east-1"), Some("123456789012")));
}

#[test]
fn a_contributor_is_found_wherever_it_is_named() {
    for (pointer, value) in [
        ("/alarmData", json!({"alarmContributor": {"id": "c1"}})),
        ("/alarmData", json!({"alarmContributor": "c1"})),
        ("/alarmData", json!({"alarmContributorId": "c1"})),
        ("", json!({"alarmContributor": {"id": "c1", "attributes": {}}})),
        ("", json!({"alarmContributorId": "c1"})),
    ] {
        let mut payload = payload("metric-direct").clone();
        let place = payload.pointer_mut(pointer).unwrap().as_object_mut().unwrap();
        place.extend(value.as_object().unwrap().clone());
        assert_eq!(alarm(&payload).contributor.as_deref(), Some("c1"), "{payload}");
    }
    for nothing in [json!(null), json!({}), json!(""), json!({"id": null})] {
        let payload = with("contributor-eventbridge", "/detail/alarmContributor", nothing);
        assert_eq!(alarm(&payload).contributor, None);
    }
}

#[test]
fn metrics_of_an_unknown_form_are_none() {
    let cpu = |dimensions: Value| json!({"metricStat": {"metric": {"namespace": "N", "name": "M", "dimensions": dimensions}}});
    for (configuration, expected) in [
        (json!({"metrics": [cpu(json!({"a": "b", "c": 7}))]}), 1),
        (json!({"metrics": [cpu(json!([])), cpu(json!({})), cpu(json!("none"))]}), 1),
        (json!({"metrics": [7, {"metricStat": 7}, {"metricStat": {"metric": []}}, {"expression": "1"}]}), 0),
        (json!({"metrics": {"metricStat": 7}}), 0),
        (json!([]), 0),
        (json!("text"), 0),
        (json!(null), 0),
    ] {
        let payload = with("metric-direct", "/alarmData/configuration", configuration);
        assert_eq!(alarm(&payload).metrics.len(), expected, "{payload}");
    }
    let by_api = of("metric-api-dimensions-in-sns").metrics;
    assert_eq!(by_api[0].dimensions["DBInstanceIdentifier"], "portfolio-db-prod");
}

#[test]
fn a_time_is_strict_but_for_blanks_and_the_envelope_stands_in_for_a_missing_one() {
    let at = "/alarmData/state/timestamp";
    let of = |text: &str| alarm(&with("metric-direct", at, text.into())).at.to_string();
    assert_eq!(of("2026-11-21T09: 00: 12.345+0000"), "2026-11-21T09:00:12.345Z");
    assert_eq!(of(" 2026-11-21T10:00:12.345+0100 "), "2026-11-21T09:00:12.345Z");
    for bad in [json!("2026-11-21T09:00:12.345"), json!("yesterday"), json!(""), json!(7), json!({})] {
        let error = error(&with("metric-direct", at, bad));
        assert!(error.ends_with("expected a time with its offset"), "{error}");
    }
    for (name, pointer, expected) in [
        ("metric-direct", at, "2026-11-21T09:00:12.345Z"),
        ("metric-eventbridge", "/detail/state/timestamp", "2026-11-21T09:00:12Z"),
    ] {
        assert_eq!(alarm(&with(name, pointer, Value::Null)).at.to_string(), expected, "{name}");
    }
    let mut message: Value = serde_json::from_str(
        payload("metric-in-sns").pointer("/Records/0/Sns/Message").unwrap().as_str().unwrap(),
    )
    .unwrap();
    message.as_object_mut().unwrap().shift_remove("StateChangeTime");
    let by_sns = with("metric-in-sns", "/Records/0/Sns/Message", message.to_string().into());
    assert_eq!(alarm(&by_sns).at.to_string(), "2026-11-21T09:00:12.871Z");
    assert_eq!(error(&message), "payload is an alarm without a time; expected a time with its offset");
}

#[test]
fn a_mute_needs_both_ends_of_its_window() {
    let window = of("muted-eventbridge").mute.unwrap();
    assert_eq!(
        window.by.unwrap(),
        "arn:aws:cloudwatch:us-east-1:123456789012:alarm-mute-rule:weather-maintenance"
    );
    for field in ["muteWindowStart", "muteWindowEnd"] {
        for bad in [json!(null), json!("soon"), json!(7)] {
            let payload = with("muted-eventbridge", &format!("/detail/muteDetail/{field}"), bad);
            assert_eq!(alarm(&payload).mute, None, "{field}");
        }
    }
    for bad in [json!(null), json!([]), json!("always")] {
        assert_eq!(alarm(&with("muted-eventbridge", "/detail/muteDetail", bad)).mute, None);
    }
}

#[test]
fn what_stops_an_alarm_from_acting_counts_in_whatever_form() {
    for (value, expected) in
        [(json!("Alarm"), Some("Alarm")), (json!(true), Some("true")), (json!(""), None), (json!(null), None)]
    {
        let suppressed =
            with("composite-suppressed-eventbridge", "/detail/state/actionsSuppressedBy", value.clone());
        assert_eq!(alarm(&suppressed).suppressed_by.as_deref(), expected, "{value}");
        assert_eq!(alarm(&with("replayed-eventbridge", "/replay-name", value)).replay.as_deref(), expected);
    }
    // The suppression of the state before is over.
    assert_eq!(of("composite-delayed-direct").suppressed_by, None);
}

#[test]
fn nothing_but_name_state_and_time_can_spoil_an_alarm() {
    let needed = ["alarmName", "AlarmName", "value", "NewStateValue", "timestamp", "StateChangeTime"];
    let envelope =
        ["", "/alarmData", "/detail", "/alarmData/state", "/detail/state", "/detail-type", "/source"];
    let (mut kept, transition) = (0, |alarm: &Alarm| (alarm.name.clone(), alarm.to.clone(), alarm.at));
    for (name, payload) in ALARMS.iter() {
        let payload = match payload.pointer("/Records/0/Sns/Message").and_then(Value::as_str) {
            Some(message) => serde_json::from_str(message).unwrap_or_default(),
            None => payload.clone(),
        };
        let Ok(Arrival { records, answer: Answer::Reports }) = decode(&payload, REQUEST) else { continue };
        let Ok([Event::Alarm(original)]) = records[0].content.as_deref() else { continue };
        let mut places = Vec::new();
        mutations::pointers(&payload, "", &mut places);
        places.retain(|place| {
            let field = place.rsplit('/').next().unwrap();
            let of_now = !place.contains("previousState");
            !(envelope.contains(&place.as_str()) || needed.contains(&field) && of_now)
        });
        for place in &places {
            for other in [json!(null), json!(7), json!("x"), json!([1]), json!({"a": 1})] {
                let mut damaged = payload.clone();
                *damaged.pointer_mut(place).unwrap() = other;
                assert_eq!(transition(&alarm(&damaged)), transition(original), "{name} {place}");
                kept += 1;
            }
        }
    }
    assert!(kept > 5_000, "{kept}");
}
