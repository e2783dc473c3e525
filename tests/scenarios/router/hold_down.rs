//! Hold-downs: nothing is sent before the alarm has been in its state for a while.

use serde_json::{Value, json};
use shared::event::AlarmState;
use shared::fault::FaultClass;
use shared::report::StepStatus;

use super::{PURGE, Station, at, deliveries, event, raised, recovered};
use crate::site::Outcome;

fn held_down() -> Station {
    Station::with(&format!("{PURGE}    hold-down: 5m\n"))
}

/// The alarm is raised at nine and put off; what the schedule is to bring back.
async fn put_off(station: &Station) -> Value {
    let outcome = station.gets("09:00:01", "r-1", &raised(0).by_bus()).await;
    assert_eq!(outcome.verdict(), ("acted", "hold-down"));
    let [wake] = station.outside().schedules().try_into().unwrap();
    wake.input
}

/// The schedule wakes the router.
async fn woken(station: &Station, input: &Value) -> Outcome {
    station.gets("09:06:00", "wake-1", input).await
}

#[tokio::test]
async fn an_alarm_is_looked_at_again_when_its_hold_down_is_over_and_only_then_acted_on() {
    let station = held_down();
    let outcome = station.gets("09:00:01", "r-1", &raised(0).by_bus()).await;
    assert_eq!(outcome.verdict(), ("acted", "hold-down"));
    assert_eq!(outcome.report().steps[0].step, "schedule-recheck");
    let [wake] = station.outside().schedules().try_into().unwrap();
    assert!(wake.name.starts_with("hold-down-") && wake.name.len() <= 64, "{}", wake.name);
    assert_eq!(wake.at, at("09:05:00.345"));
    assert_eq!((&wake.input["action"], &wake.input["route"]), (&json!("recheck"), &json!("purge")));
    assert!(station.sent().is_empty());

    station.outside().set_alarm("origin-5xx", AlarmState::Alarm, Some(at("09:00:00.345")));
    let woken = woken(&station, &wake.input).await;
    assert_eq!(woken.verdict(), ("acted", "routed"));
    assert_eq!(woken.calls, ["enter", "mark", "state_of origin-5xx", "send 1 to invalidate-cache"]);
    assert_eq!(station.sent(), ["weather-site apply purge"]);
    assert_eq!(woken.report().subject.correlation, outcome.report().subject.correlation);
    assert_eq!(woken.report().subject.source, outcome.report().subject.source);
}

#[tokio::test]
async fn all_deliveries_of_one_change_make_one_schedule() {
    let station = held_down();
    for (position, (way, event)) in deliveries(&raised(0)).into_iter().enumerate() {
        for times in 0..2 {
            let outcome = station.gets("09:00:01", way, &event).await;
            let is_first = position + times == 0;
            let expected = if is_first { ("acted", "hold-down") } else { ("held", "hold-down") };
            assert_eq!(outcome.verdict(), expected, "{way}");
            let status = if is_first { StepStatus::Applied } else { StepStatus::Already };
            assert_eq!(outcome.report().steps[0].status, status);
        }
    }
    assert_eq!(station.schedules().len(), 1);
}

#[tokio::test]
async fn an_alarm_that_did_not_stay_in_its_state_is_left_alone() {
    for (state, since, expected) in [
        (AlarmState::Ok, Some("09:02:00"), "state-left"),
        (AlarmState::Ok, None, "state-left"),
        (AlarmState::InsufficientData, Some("09:02:00"), "state-left"),
        (AlarmState::Other("PAUSED".to_owned()), None, "state-left"),
        // Changed, and back since.
        (AlarmState::Alarm, Some("09:03:00"), "state-left"),
        // CloudWatch cuts some of its times to the second.
        (AlarmState::Alarm, Some("09:00:01.345"), "routed"),
        (AlarmState::Alarm, Some("09:00:01.346"), "state-left"),
        (AlarmState::Alarm, Some("09:00:00"), "routed"),
        (AlarmState::Alarm, None, "routed"),
    ] {
        let station = held_down();
        let input = put_off(&station).await;
        station.outside().set_alarm("origin-5xx", state.clone(), since.map(at));
        let outcome = woken(&station, &input).await;
        assert_eq!(outcome.report().why.code, expected, "{state:?} {since:?}");
        assert!(outcome.report().is_published());
        assert_eq!(station.sent().len(), usize::from(expected == "routed"));
    }
}

#[tokio::test]
async fn an_alarm_that_is_gone_is_told_of() {
    let station = held_down();
    let input = put_off(&station).await;
    let outcome = woken(&station, &input).await;
    assert_eq!(outcome.verdict(), ("held", "alarm-gone"));
    assert_eq!(outcome.report().before.as_ref().unwrap()["alarm"], "origin-5xx");
    assert!(outcome.report().is_published() && station.sent().is_empty());
}

#[tokio::test]
async fn what_was_seen_since_counts_also_where_cloudwatch_does_not_say_since_when() {
    let station = held_down();
    let input = put_off(&station).await;
    station.gets("09:02:01", "r-2", &recovered(120).by_bus()).await;
    station.gets("09:03:01", "r-3", &raised(180).by_bus()).await;
    station.outside().set_alarm("origin-5xx", AlarmState::Alarm, None);
    assert_eq!(woken(&station, &input).await.verdict(), ("held", "stale"));
    assert!(station.sent().is_empty());
    // The second change has a hold-down of its own.
    assert_eq!(station.schedules().len(), 2);
}

#[tokio::test]
async fn a_second_look_at_the_same_finds_it_done() {
    let station = held_down();
    let input = put_off(&station).await;
    station.outside().set_alarm("origin-5xx", AlarmState::Alarm, None);
    assert_eq!(woken(&station, &input).await.verdict(), ("acted", "routed"));
    for request in ["wake-1", "wake-2"] {
        let again = station.gets("09:07:00", request, &input).await;
        assert_eq!(again.verdict(), ("held", "already-routed"));
    }
    assert_eq!(station.sent().len(), 1);
}

#[tokio::test]
async fn when_cloudwatch_or_scheduler_does_not_answer_it_is_tried_again() {
    let station = held_down();
    station.outside().fail_next("wake_at", FaultClass::Throttled);
    let first = station.gets("09:00:01", "r-1", &raised(0).by_bus()).await;
    assert_eq!((first.verdict(), first.returned.len()), (("failed", "throttled"), 1));
    let input = put_off(&station).await;

    station.outside().set_alarm("origin-5xx", AlarmState::Alarm, None);
    station.outside().fail_next("state_of", FaultClass::Denied);
    let outcome = woken(&station, &input).await;
    assert_eq!((outcome.verdict(), outcome.returned.len()), (("failed", "access-denied"), 1));
    assert_eq!(woken(&station, &input).await.verdict(), ("acted", "routed"));
    assert_eq!(station.sent().len(), 1);
}

#[tokio::test]
async fn guards_are_asked_when_it_is_sent_and_not_when_it_is_put_off() {
    let station = Station::with(&format!("{PURGE}    hold-down: 5m\n    cooldown: 30m\n"));
    let input = put_off(&station).await;
    assert_eq!(station.status("09:00:02").await["cooldowns"], json!([]));
    let pause = json!({"action": "pause", "scope": "weather-site", "for": "1h", "reason": "release"});
    station.gets("09:01:00", "p-1", &pause).await;
    station.outside().set_alarm("origin-5xx", AlarmState::Alarm, None);
    assert_eq!(woken(&station, &input).await.verdict(), ("refused", "paused"));
    assert!(station.sent().is_empty());
}

#[tokio::test]
async fn a_route_without_a_hold_down_does_not_wait_for_one_that_has_one() {
    let routes = "
routes:
  - name: at-once
    when: {alarm: origin-5xx}
    then: [{action: invalidate, target: weather-site, paths: [/status]}]
  - name: later
    when: {alarm: origin-5xx}
    then: [{action: invalidate, target: weather-site, everything: true}]
    hold-down: 5m
";
    let station = Station::with(routes);
    let outcome = station.gets("09:00:01", "r-1", &raised(0).by_bus()).await;
    assert_eq!(outcome.verdicts(), [("acted", "routed"), ("acted", "hold-down")]);
    let [wake] = station.outside().schedules().try_into().unwrap();
    station.outside().set_alarm("origin-5xx", AlarmState::Alarm, None);
    let woken = woken(&station, &wake.input).await;
    assert_eq!(woken.verdict(), ("acted", "routed"));
    assert_eq!(station.sent(), ["weather-site apply at-once", "weather-site apply later"]);
}

#[tokio::test]
async fn a_contributor_is_looked_at_by_the_name_of_its_alarm() {
    let station = Station::with(&format!(
        "{}    hold-down: 5m\n",
        PURGE.replace("origin-5xx", "external-metrics-latency")
    ));
    station.gets("09:00:13", "r-1", &event("contributor-eventbridge")).await;
    let [wake] = station.outside().schedules().try_into().unwrap();
    station.outside().set_alarm("external-metrics-latency", AlarmState::Alarm, Some(at("09:00:12")));
    assert_eq!(woken(&station, &wake.input).await.verdict(), ("acted", "routed"));
}

#[tokio::test]
async fn without_schedules_a_hold_down_is_refused_and_nothing_is_sent() {
    let station = held_down().without_schedules();
    let outcome = station.gets("09:00:01", "r-1", &raised(0).by_bus()).await;
    assert_eq!(outcome.verdict(), ("refused", "schedules-unset"));
    assert!(station.sent().is_empty() && station.schedules().is_empty());
}

#[tokio::test]
async fn in_plan_mode_no_schedule_is_made_and_a_look_again_sends_nothing() {
    let station = held_down().in_plan_mode();
    let outcome = station.gets("09:00:01", "r-1", &raised(0).by_bus()).await;
    assert_eq!(outcome.verdict(), ("planned", "hold-down"));
    assert!(station.schedules().is_empty());

    let input = put_off(&held_down()).await;
    station.outside().set_alarm("origin-5xx", AlarmState::Alarm, None);
    assert_eq!(woken(&station, &input).await.verdict(), ("planned", "routed"));
    assert_eq!((station.ledger().size(), station.sent().len()), (0, 0));
}

#[tokio::test]
async fn a_route_that_left_the_playbook_meanwhile_is_no_silence() {
    let input = put_off(&held_down()).await;
    let station = Station::with(&PURGE.replace("name: purge", "name: renamed"));
    station.outside().set_alarm("origin-5xx", AlarmState::Alarm, None);
    // Its alarm is routed by what the playbook says now.
    assert_eq!(woken(&station, &input).await.verdict(), ("acted", "routed"));
}
