//! What takes more than one event: pauses, approvals, and alarms that must last.

use serde_json::{Value, json};
use tests::alarms::StateChange;
use tests::stand_in::AlarmKind;

use super::{DEAD_LETTERS, counted, counts, set};

#[tokio::test]
async fn a_pause_holds_everything_until_it_is_ended() {
    let mut stage = set(&[]).await;
    let pause =
        json!({"action": "pause", "scope": "all", "for": "2h", "reason": "release 42", "who": "alice"});
    assert_eq!(stage.report(&pause).await["why"]["code"], "pause-begun");
    let reports = stage.reports(&StateChange::raised("origin-5xx", 0).by_topic()).await;
    assert_eq!(counted(&reports), counts([("refused paused", 2)]), "{reports:#?}");
    let text = reports[0]["why"]["text"].as_str().unwrap();
    assert!(text.contains("release 42") && text.contains("alice"), "{text}");
    assert!(stage.aws.sent().is_empty());

    let status = stage.report(&json!({"action": "status"})).await;
    assert_eq!(status["state"]["pauses"][0]["scope"], "all", "{status:#}");

    assert_eq!(
        stage.report(&json!({"action": "resume", "scope": "all"})).await["why"]["code"],
        "pause-ended"
    );
    let reports = stage.reports(&StateChange::raised("origin-5xx", 1).by_topic()).await;
    assert_eq!(counted(&reports), counts([("acted routed", 2)]), "{reports:#?}");
}

#[tokio::test]
async fn status_reads_every_page() {
    let mut stage = set(&[]).await;
    stage.aws.page_after(1);
    for scope in ["all", "weather-site", "invalidate-cache"] {
        let pause = json!({"action": "pause", "scope": scope, "for": "1h", "reason": "release"});
        assert_eq!(stage.report(&pause).await["verdict"], "acted");
    }
    let status = stage.report(&json!({"action": "status"})).await;
    assert_eq!(status["state"]["pauses"].as_array().map(Vec::len), Some(3), "{status:#}");
}

#[tokio::test]
async fn what_needs_consent_is_planned_and_sent_once_it_is_given() {
    let mut stage = set(&[]).await;
    let report = stage.report(&StateChange::raised("with-consent", 0).by_topic()).await;
    assert_eq!(report["why"]["code"], "approval-asked", "{report:#}");
    let [plan] = stage.aws.sent().try_into().unwrap();
    assert_eq!(plan.body["mode"], "plan");
    let approval = plan.body["origin"]["approval"].clone();

    let approve = json!({"action": "approve", "approval": approval, "who": "alice"});
    let report = stage.report(&approve).await;
    assert_eq!(
        (&report["verdict"], &report["why"]["code"]),
        (&json!("acted"), &json!("approved")),
        "{report:#}"
    );
    let [_, real] = stage.aws.sent().try_into().unwrap();
    assert_eq!(real.body.get("mode"), None);
    assert_ne!(real.deduplication, plan.deduplication);

    let again = stage.report(&approve).await;
    assert_eq!(again["why"]["code"], "already-approved", "{again:#}");
    assert_eq!(stage.aws.sent().len(), 2);
}

/// The input with which the only schedule wakes the function.
fn wake(schedules: &[Value]) -> Value {
    let [schedule] = schedules else { panic!("not one schedule: {schedules:#?}") };
    assert_eq!(schedule["ActionAfterCompletion"], "DELETE");
    assert_eq!(schedule["GroupName"], "lamplighter");
    assert_eq!(schedule["Target"]["DeadLetterConfig"]["Arn"], DEAD_LETTERS);
    serde_json::from_str(schedule["Target"]["Input"].as_str().unwrap()).unwrap()
}

#[tokio::test]
async fn an_alarm_that_lasts_acts_when_it_is_looked_at_again() {
    let mut stage = set(&[]).await;
    let change = StateChange::raised("lasting", 0);
    for delivery in [change.by_topic(), change.by_bus()] {
        let report = stage.report(&delivery).await;
        assert_eq!(report["why"]["code"], "hold-down", "{report:#}");
    }
    let input = wake(&stage.aws.schedules());
    assert!(stage.aws.sent().is_empty());

    stage.aws.set_alarm(AlarmKind::Metric, "lasting", "ALARM", change.at.as_millisecond());
    for code in ["routed", "already-routed"] {
        let report = stage.report(&input).await;
        assert_eq!(report["why"]["code"], code, "{report:#}");
    }
    assert_eq!(stage.aws.sent().len(), 1);
}

#[tokio::test]
async fn an_alarm_that_does_not_last_or_is_gone_does_nothing() {
    let mut stage = set(&[]).await;
    let change = StateChange::raised("lasting", 0);
    stage.report(&change.by_topic()).await;
    let input = wake(&stage.aws.schedules());
    assert_eq!(stage.report(&input).await["why"]["code"], "alarm-gone");
    for (state, later) in [("OK", 60_000), ("ALARM", 120_000)] {
        stage.aws.set_alarm(AlarmKind::Composite, "lasting", state, change.at.as_millisecond() + later);
        let report = stage.report(&input).await;
        assert_eq!(report["why"]["code"], "state-left", "{report:#}");
    }
    assert!(stage.aws.sent().is_empty());
}

#[tokio::test]
async fn a_contributor_that_is_not_in_alarm_any_more_does_nothing() {
    let mut stage = set(&[]).await;
    let change = StateChange::raised("lasting", 0);
    let mut told = change.by_bus();
    told["detail-type"] = "CloudWatch Alarm Contributor State Change".into();
    told["detail"]["alarmContributor"] =
        json!({"id": "fc1e87ada6cfa133", "attributes": {"Route": "/metrics"}});
    let report = stage.report(&told).await;
    assert_eq!(report["why"]["code"], "hold-down", "{report:#}");
    stage.aws.set_alarm(AlarmKind::Metric, "lasting", "ALARM", change.at.as_millisecond());
    let report = stage.report(&wake(&stage.aws.schedules())).await;
    assert_eq!(report["why"]["code"], "state-left", "{report:#}");
    assert_eq!(stage.aws.requests_of("DescribeAlarmContributors").len(), 1);
}
