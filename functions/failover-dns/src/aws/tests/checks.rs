//! Health checks as evidence.

use expect_test::expect;
use serde_json::{Value, json as value};

use super::*;

const CHECK: &str = "11111111-2222-3333-4444-555555555555";

fn evidence() -> Evidence {
    Evidence::HealthCheck(id(CHECK))
}

/// What so many checkers say of it being healthy, out of all.
fn status(healthy: usize, all: usize) -> Reply {
    let observation = |n: usize| {
        let words = if n < healthy {
            "Success: HTTP Status Code 200, OK"
        } else {
            "Failure: Connection timed out. The endpoint or the internet connection is down, or requests are being blocked by your firewall."
        };
        format!(
            "<HealthCheckObservation><Region>us-east-1</Region><IPAddress>192.0.2.{n}</IPAddress><StatusReport><Status>{words}</Status><CheckedTime>2026-11-21T08:59:48.123Z</CheckedTime></StatusReport></HealthCheckObservation>"
        )
    };
    let observations: String = (0..all).map(observation).collect();
    xml(
        200,
        &format!(
            r#"<GetHealthCheckStatusResponse xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><HealthCheckObservations>{observations}</HealthCheckObservations></GetHealthCheckStatusResponse>"#
        ),
    )
}

async fn health(reply: Reply) -> Health {
    with([reply], async |aws| aws.health(&evidence(), None).await.unwrap()).await.0
}

#[tokio::test(start_paused = true)]
async fn more_than_18_percent_of_the_checkers_are_enough() {
    assert_eq!(health(status(14, 16)).await, Health::now(HealthState::Healthy, "14 of 16 checkers say so"));
    for (healthy, all, expected) in [
        (3, 16, HealthState::Healthy),
        (2, 16, HealthState::Unhealthy),
        (9, 50, HealthState::Unhealthy),
        (10, 50, HealthState::Healthy),
        (0, 16, HealthState::Unhealthy),
    ] {
        assert_eq!(health(status(healthy, all)).await.state, expected, "{healthy} of {all}");
    }
    let words = "only 2 of 16 checkers say that it is healthy";
    assert_eq!(health(status(2, 16)).await.words, words);
}

#[tokio::test(start_paused = true)]
async fn a_check_that_no_checker_speaks_of_proves_nothing() {
    for (reply, words) in [
        (status(0, 0), "no checker of health check 11111111-2222-3333-4444-555555555555 says anything"),
        (
            refusal(400, "InvalidInput", "You can't get the status of a calculated health check"),
            "health check 11111111-2222-3333-4444-555555555555 has no status, as a calculated one has none: You can't get the status of a calculated health check",
        ),
        (
            refusal(404, "NoSuchHealthCheck", "A health check with id does not exist."),
            "there is no health check 11111111-2222-3333-4444-555555555555",
        ),
    ] {
        assert_eq!(health(reply).await, Health::now(HealthState::Unknown, words));
    }
}

#[tokio::test(start_paused = true)]
async fn checkers_are_asked_about_once_a_second_at_most() {
    let other = Evidence::HealthCheck(id("66666666-7777-8888-9999-000000000000"));
    let wire =
        Wire::of([status(1, 1), status(1, 1), refusal(400, "Throttling", "Rate exceeded"), status(1, 1)]);
    let aws = clients(&wire);
    let first = aws.until(left(20));
    let evidence = evidence();
    let (one, two, three) = tokio::join!(
        first.health(&evidence, None),
        first.health(&other, None),
        // Both sides may have the same evidence.
        first.health(&evidence, None)
    );
    assert_eq!((one.clone().unwrap(), two.is_ok()), (three.unwrap(), true));
    // The next invocation asks again, in its turn.
    aws.until(left(20)).health(&evidence, None).await.unwrap();
    assert_eq!((wire.times(), wire.left()), (vec![0, 1_000, 2_000, 3_000], 0));
}

#[tokio::test(start_paused = true)]
async fn a_status_that_does_not_come_is_asked_for_three_times() {
    let wire = Wire::of((0..9).map(|_| refusal(400, "Throttling", "Rate exceeded")));
    let fault = clients(&wire).until(left(20)).health(&evidence(), None).await.unwrap_err();
    let text = "failed to see what the checkers of health check 11111111-2222-3333-4444-555555555555 say: Throttling: Rate exceeded";
    assert_eq!(shown(&fault), (Meaning::Common(FaultClass::Throttled), text.to_owned()));
    assert_eq!(wire.times(), [0, 1_000, 2_000]);
    let wire = Wire::of((0..9).map(|_| refusal(403, "AccessDenied", "no")));
    let fault = clients(&wire).until(left(20)).health(&evidence(), None).await.unwrap_err();
    assert_eq!((fault.meaning, wire.times().len()), (Meaning::Common(FaultClass::Denied), 1));
}

/// Values of the metric, in no order, as CloudWatch tells them: a minute, and the least value in it.
fn metric(points: impl IntoIterator<Item = (i64, u8)>) -> Reply {
    let point = |(minute, least): (i64, u8)| {
        let at = at("2026-11-21T08:00:00Z") + jiff::SignedDuration::from_mins(minute);
        value!({"Timestamp": at.to_string(), "Minimum": f64::from(least), "Unit": "None"})
    };
    let points: Vec<Value> = points.into_iter().map(point).collect();
    let points: Vec<_> = points.into_iter().rev().collect();
    cbor(200, &value!({"Label": "HealthCheckStatus", "Datapoints": points}))
}

/// Since which minute after eight the check is healthy, where it was asked at nine about the time since 8:44:30.
async fn since(points: impl IntoIterator<Item = (i64, u8)>) -> Option<String> {
    let from = at("2026-11-21T08:44:30Z");
    let replies = [status(16, 16), metric(points)];
    let (health, _) = with(replies, async |aws| aws.health(&evidence(), Some(from)).await.unwrap()).await;
    assert_eq!(health.state, HealthState::Healthy);
    health.since.map(|since| since.strftime("%H:%M:%S").to_string())
}

#[tokio::test(start_paused = true)]
async fn a_check_is_healthy_since_the_last_bad_minute_or_gap() {
    let all = || 44..59_i64;
    let good = |minutes: std::ops::Range<i64>| minutes.map(|minute| (minute, 1));
    assert_eq!(since(good(all())).await.as_deref(), Some("08:44:30"));
    let bad = |which: i64| all().map(move |minute| (minute, u8::from(minute != which)));
    assert_eq!(since(bad(44)).await.as_deref(), Some("08:45:00"));
    assert_eq!(since(bad(50)).await.as_deref(), Some("08:51:00"));
    assert_eq!(since(bad(58)).await, None);
    // Two minutes without a value are none to speak of, three are.
    assert_eq!(since(good(44..50).chain(good(52..59))).await.as_deref(), Some("08:44:30"));
    assert_eq!(since(good(44..50).chain(good(53..59))).await.as_deref(), Some("08:53:00"));
    // The first and the last minutes are no different, but that the metric comes late.
    assert_eq!(since(good(47..59)).await.as_deref(), Some("08:44:30"));
    assert_eq!(since(good(48..59)).await.as_deref(), Some("08:48:00"));
    assert_eq!(since(good(44..57)).await.as_deref(), Some("08:44:30"));
    assert_eq!(since(good(44..55)).await, None);
    assert_eq!(since([]).await, None);
}

#[tokio::test(start_paused = true)]
async fn the_metric_is_read_where_it_is_and_a_day_at_a_time() {
    let replies = [status(16, 16), metric([]), metric([])];
    let from = Some(at("2026-11-20T08:44:00Z"));
    let (_, asked) = with(replies, async |aws| aws.health(&evidence(), from).await.unwrap()).await;
    expect![[r#"
        us-east-1 GET https://route53.amazonaws.com/2013-04-01/healthcheck/11111111-2222-3333-4444-555555555555/status
        us-east-1 POST https://monitoring.us-east-1.amazonaws.com/service/GraniteServiceVersion20100801/operation/GetMetricStatistics content-type=application/cbor {"Namespace":"AWS/Route53","MetricName":"HealthCheckStatus","Dimensions":[{"Name":"HealthCheckId","Value":"11111111-2222-3333-4444-555555555555"}],"StartTime":"2026-11-20T08:44:00Z","EndTime":"2026-11-21T08:44:00Z","Period":60,"Statistics":["Minimum"]}
        us-east-1 POST https://monitoring.us-east-1.amazonaws.com/service/GraniteServiceVersion20100801/operation/GetMetricStatistics content-type=application/cbor {"Namespace":"AWS/Route53","MetricName":"HealthCheckStatus","Dimensions":[{"Name":"HealthCheckId","Value":"11111111-2222-3333-4444-555555555555"}],"StartTime":"2026-11-21T08:44:00Z","EndTime":"2026-11-21T09:00:20Z","Period":60,"Statistics":["Minimum"]}"#]].assert_eq(&asked.join("\n"));
    // What is not healthy now needs no history.
    let (health, asked) =
        with([status(0, 16)], async |aws| aws.health(&evidence(), from).await.unwrap()).await;
    assert_eq!((health.since, asked.len()), (None, 1));
}
