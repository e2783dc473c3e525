//! Alarms as evidence.

use expect_test::expect;
use serde_json::{Value, json as value};

use super::*;

fn evidence(region: Option<&str>) -> Evidence {
    Evidence::Alarm { name: id("weather-primary"), region: region.map(id) }
}

fn alarm(state: &str, since: &str) -> Value {
    value!({
        "AlarmName": "weather-primary",
        "AlarmArn": "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:weather-primary",
        "StateValue": state,
        "StateReason": "x",
        "StateUpdatedTimestamp": since,
        "StateTransitionedTimestamp": since,
    })
}

fn metric_alarm(state: &str, since: &str) -> Reply {
    cbor(200, &value!({"MetricAlarms": [alarm(state, since)], "CompositeAlarms": []}))
}

/// An item of the history, newest first, as CloudWatch keeps it.
fn change(at: &str, from: &str, to: &str) -> Value {
    let data = value!({
        "version": "1.0",
        "type": "Update",
        "oldState": {"stateValue": from, "stateReason": "x", "stateReasonData": {"version": "1.0"}},
        "newState": {"stateValue": to, "stateReason": "x", "stateReasonData": {"version": "1.0"}},
    });
    value!({
        "AlarmName": "weather-primary",
        "AlarmType": "MetricAlarm",
        "Timestamp": at,
        "HistoryItemType": "StateUpdate",
        "HistorySummary": format!("Alarm updated from {from} to {to}"),
        "HistoryData": data.to_string(),
    })
}

fn history(items: &[Value], next: Option<&str>) -> Reply {
    let mut body = value!({"AlarmHistoryItems": items});
    if let Some(next) = next {
        body["NextToken"] = next.into();
    }
    cbor(200, &body)
}

/// The health that an alarm shows, since a quarter to nine.
async fn since_quarter_to(replies: impl IntoIterator<Item = Reply>) -> Health {
    let from = Some(at("2026-11-21T08:45:00Z"));
    with(replies, async |aws| aws.health(&evidence(None), from).await.unwrap()).await.0
}

#[tokio::test(start_paused = true)]
async fn the_state_of_an_alarm_is_the_health() {
    let composite = cbor(200, &value!({"CompositeAlarms": [alarm("ALARM", "2026-11-20T08:40:11Z")]}));
    let other = cbor(200, &value!({"MetricAlarms": [{"AlarmName": "Weather-Primary", "StateValue": "OK"}]}));
    for (reply, state, words) in [
        (
            metric_alarm("OK", "2026-11-21T08:40:11.250Z"),
            HealthState::Healthy,
            "alarm `weather-primary` is OK since 08:40:11Z",
        ),
        (composite, HealthState::Unhealthy, "alarm `weather-primary` is in ALARM since 2026-11-20T08:40:11Z"),
        (
            metric_alarm("INSUFFICIENT_DATA", "2026-11-21T08:40:11Z"),
            HealthState::Unknown,
            "alarm `weather-primary` has INSUFFICIENT_DATA since 08:40:11Z",
        ),
        (
            cbor(200, &value!({"MetricAlarms": []})),
            HealthState::Unknown,
            "there is no alarm `weather-primary` in this Region",
        ),
        (other, HealthState::Unknown, "there is no alarm `weather-primary` in this Region"),
    ] {
        let (health, _) = with([reply], async |aws| aws.health(&evidence(None), None).await.unwrap()).await;
        assert_eq!(health, Health::now(state, words));
    }
}

#[tokio::test(start_paused = true)]
async fn an_alarm_is_asked_for_in_its_region_whatever_its_kind() {
    let replies = [metric_alarm("OK", "2026-11-21T08:40:11Z"), history(&[], None)];
    let from = Some(at("2026-11-21T08:45:00Z"));
    let (_, asked) =
        with(replies, async |aws| aws.health(&evidence(Some("us-east-1")), from).await.unwrap()).await;
    expect![[r#"
        us-east-1 POST https://monitoring.us-east-1.amazonaws.com/service/GraniteServiceVersion20100801/operation/DescribeAlarms content-type=application/cbor {"AlarmNames":["weather-primary"],"AlarmTypes":["MetricAlarm","CompositeAlarm","LogAlarm"]}
        us-east-1 POST https://monitoring.us-east-1.amazonaws.com/service/GraniteServiceVersion20100801/operation/DescribeAlarmHistory content-type=application/cbor {"AlarmName":"weather-primary","AlarmTypes":["MetricAlarm","CompositeAlarm","LogAlarm"],"HistoryItemType":"StateUpdate","StartDate":"2026-11-21T08:45:00Z","MaxRecords":100,"ScanBy":"TimestampDescending"}"#]].assert_eq(&asked.join("\n"));
    let (_, asked) = with([metric_alarm("ALARM", "2026-11-21T08:40:11Z")], async |aws| {
        aws.health(&evidence(None), from).await.unwrap()
    })
    .await;
    assert!(
        asked[0].starts_with("eu-central-1 POST https://monitoring.eu-central-1.amazonaws.com/"),
        "{}",
        asked[0]
    );
}

#[tokio::test(start_paused = true)]
async fn an_alarm_that_did_not_change_is_ok_since_the_time_that_was_asked_about() {
    let health = since_quarter_to([metric_alarm("OK", "2026-11-20T08:40:11Z"), history(&[], None)]).await;
    assert_eq!(health.since, Some(at("2026-11-21T08:45:00Z")));
}

#[tokio::test(start_paused = true)]
async fn an_alarm_is_ok_since_its_last_change_to_it() {
    let items = [
        change("2026-11-21T08:57:00.250Z", "INSUFFICIENT_DATA", "OK"),
        change("2026-11-21T08:56:00Z", "OK", "INSUFFICIENT_DATA"),
        change("2026-11-21T08:46:00Z", "ALARM", "OK"),
    ];
    let health =
        since_quarter_to([metric_alarm("OK", "2026-11-21T08:57:00.250Z"), history(&items, None)]).await;
    assert_eq!((health.state, health.since), (HealthState::Healthy, Some(at("2026-11-21T08:57:00.250Z"))));
}

#[tokio::test(start_paused = true)]
async fn the_history_is_read_on_where_a_page_tells_of_no_change() {
    let same = change("2026-11-21T08:58:00Z", "OK", "OK");
    let back = change("2026-11-21T08:50:00Z", "ALARM", "OK");
    let replies = [
        metric_alarm("OK", "2026-11-21T08:00:00Z"),
        history(&[], Some("two")),
        history(&[same], Some("three")),
        history(&[back], Some("four")),
    ];
    assert_eq!(since_quarter_to(replies).await.since, Some(at("2026-11-21T08:50:00Z")));
}

#[tokio::test(start_paused = true)]
async fn the_later_of_state_and_history_is_right() {
    // The history knows more: it went down a moment ago.
    let down = change("2026-11-21T08:59:59Z", "OK", "ALARM");
    let health = since_quarter_to([metric_alarm("OK", "2026-11-21T08:40:00Z"), history(&[down], None)]).await;
    assert_eq!((health.state, health.since), (HealthState::Unhealthy, None));
    // The history comes late: it is well again, but not since the time that was asked about.
    let down = change("2026-11-21T08:50:00Z", "OK", "ALARM");
    let health = since_quarter_to([metric_alarm("OK", "2026-11-21T08:52:00Z"), history(&[down], None)]).await;
    assert_eq!((health.state, health.since), (HealthState::Healthy, Some(at("2026-11-21T08:52:00Z"))));
}

#[tokio::test(start_paused = true)]
async fn a_change_that_cannot_be_read_proves_nothing() {
    let mut item = change("2026-11-21T08:50:00Z", "ALARM", "OK");
    item["HistoryData"] = "{".into();
    let health = since_quarter_to([metric_alarm("OK", "2026-11-21T08:40:00Z"), history(&[item], None)]).await;
    assert_eq!((health.state, health.since), (HealthState::Unknown, None));
}
