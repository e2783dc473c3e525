//! An alarm that cannot decide acts once, and every other time says why it does not.

use serde_json::Value;
use tests::alarms::StateChange;
use tests::stage::Stage;

use super::{counted, counts, set};

/// Twenty changes in ten minutes, in which the alarm goes back and forth. The function sees them within a second: the
/// cooldown counts from its own clock, so this is no easier.
async fn flap(stage: &mut Stage, alarm: &str) -> Vec<Value> {
    let mut reports = Vec::new();
    for n in 0..20 {
        let (from, to) = if n % 2 == 0 { ("OK", "ALARM") } else { ("ALARM", "OK") };
        let change = StateChange { from, to, ..StateChange::raised(alarm, n * 30) };
        reports.push(stage.report(&change.by_topic()).await);
    }
    reports
}

#[tokio::test]
async fn twenty_changes_within_a_cooldown_cause_one_action_and_nineteen_refusals() {
    let mut stage = set(&[]).await;
    let reports = flap(&mut stage, "flapping").await;
    assert_eq!(reports[0]["verdict"], "acted", "{}", reports[0]);
    assert_eq!(counted(&reports), counts([("acted routed", 1), ("refused cooldown", 19)]));
    assert_eq!(stage.aws.sent().len(), 1);
    for report in &reports[1..] {
        assert!(report["why"]["text"].as_str().unwrap().contains("flapping"), "{report}");
    }
}

#[tokio::test]
async fn a_route_for_one_way_says_of_each_change_why_it_does_nothing() {
    let mut stage = set(&[]).await;
    let reports = flap(&mut stage, "flapping-one-way").await;
    let expected = counts([("acted routed", 1), ("refused cooldown", 9), ("held no-route", 10)]);
    assert_eq!(counted(&reports), expected);
    assert_eq!(stage.aws.sent().len(), 1);
}

#[tokio::test]
async fn an_older_change_that_comes_late_is_stale() {
    let mut stage = set(&[]).await;
    let change = |second| StateChange::raised("origin-5xx", second);
    assert_eq!(counted(&stage.reports(&change(60).by_bus()).await), counts([("acted routed", 2)]));
    assert_eq!(counted(&stage.reports(&change(59).by_topic()).await), counts([("held stale", 2)]));
    assert_eq!(counted(&stage.reports(&change(61).by_alarm()).await), counts([("acted routed", 2)]));
    assert_eq!(stage.aws.sent().len(), 4);
}
