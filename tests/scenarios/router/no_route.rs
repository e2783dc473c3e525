//! Alarms that no route is about: people are told, and not too often.

use serde_json::json;
use tests::alarms::StateChange;

use super::{PURGE, Station, alarm, event, raised, recovered};

fn unknown(second: i64) -> StateChange {
    alarm("somebody-elses", second)
}

#[tokio::test]
async fn an_alarm_without_a_route_is_told_once_an_hour_and_logged_every_time() {
    let station = Station::with(PURGE);
    for (time, second, published) in [
        ("09:00:01", 0, true),
        ("09:00:02", 1, false),
        ("09:59:00", 3_500, false),
        ("10:00:00.999", 3_598, false),
        ("10:00:01", 3_599, true),
        ("10:00:02", 3_599, false),
    ] {
        let outcome = station.gets(time, &format!("r-{time}"), &unknown(second).by_bus()).await;
        assert_eq!(outcome.verdict(), ("held", "no-route"), "{time}");
        assert_eq!(outcome.report().is_published(), published, "{time}");
        assert!(outcome.returned.is_empty());
    }
}

#[tokio::test]
async fn the_deliveries_of_one_change_ring_once() {
    let station = Station::with(PURGE);
    let mut published = 0;
    for (way, event) in super::deliveries(&unknown(0)) {
        published += usize::from(station.gets("09:00:01", way, &event).await.report().is_published());
    }
    assert_eq!(published, 1);
}

#[tokio::test]
async fn each_alarm_without_a_route_has_an_hour_of_its_own() {
    let station = Station::with(PURGE);
    for n in 0..3 {
        let change = alarm(format!("unknown-{n}"), 0);
        assert!(station.gets("09:00:01", "r-1", &change.by_bus()).await.report().is_published());
    }
}

#[tokio::test]
async fn a_transition_that_no_route_is_about_names_the_routes_of_the_others() {
    let station = Station::with(PURGE);
    let outcome = station.gets("09:00:01", "r-1", &recovered(0).by_bus()).await;
    assert_eq!(outcome.verdict(), ("held", "no-route"));
    let text = &outcome.report().why.text;
    assert!(text.contains("(about other transitions of it: purge)"), "{text}");
    // People are told of alarms, not of recoveries.
    assert!(!outcome.report().is_published());
    assert!(outcome.report().next.as_ref().unwrap().contains("add a route"));
    // It does not keep the route from acting.
    assert_eq!(station.gets("09:01:01", "r-2", &raised(60).by_bus()).await.verdict(), ("acted", "routed"));
}

#[tokio::test]
async fn alarms_of_scaling_policies_are_nobodys_business_unless_a_route_begins_so() {
    for (pattern, expected) in [("'*'", ("held", "not-for-us")), ("'TargetTracking-*'", ("acted", "routed"))]
    {
        for name in ["target-tracking-in-sns", "target-tracking-eventbridge"] {
            let station = Station::with(&PURGE.replace("origin-5xx", pattern));
            let outcome = station.gets("09:00:13", "r-1", &event(name)).await;
            assert_eq!(outcome.verdict(), expected, "{name} {pattern}");
            assert_eq!(outcome.report().is_published(), expected.0 == "acted");
        }
    }
}

#[tokio::test]
async fn an_alarm_of_a_scaling_policy_that_a_route_is_about_is_stale_like_any_other() {
    let name = "TargetTracking-service/portfolio-AlarmHigh";
    let station = Station::with(&PURGE.replace("origin-5xx", "'TargetTracking-*'"));
    let newer = StateChange { from: "ALARM", to: "OK", ..alarm(name, 30) };
    assert_eq!(station.gets("09:00:31", "r-2", &newer.by_bus()).await.verdict(), ("held", "no-route"));
    let late = station.gets("09:00:32", "r-1", &alarm(name, 0).by_bus()).await;
    assert_eq!(late.verdict(), ("held", "stale"));
    assert!(station.sent().is_empty());
}

#[tokio::test]
async fn a_notice_without_a_route_is_told_too() {
    let outcome = Station::with(PURGE).gets("09:00:13", "r-1", &event("task-failed")).await;
    assert_eq!(outcome.verdict(), ("held", "no-route"));
    assert!(outcome.report().is_published());
}

#[tokio::test]
async fn a_playbook_without_routes_is_no_silence() {
    let station = Station::with("");
    assert_eq!(station.gets("09:00:01", "r-1", &raised(0).by_bus()).await.verdict(), ("held", "no-route"));
}

#[tokio::test]
async fn status_does_not_show_what_was_told_as_something_that_rests() {
    let station = Station::with(PURGE);
    station.gets("09:00:01", "r-1", &unknown(0).by_bus()).await;
    assert_eq!(station.status("09:00:02").await["cooldowns"], json!([]));
}

#[tokio::test]
async fn in_plan_mode_it_is_told_and_nothing_is_remembered() {
    let station = Station::with(PURGE).in_plan_mode();
    for request in ["r-1", "r-2"] {
        let outcome = station.gets("09:00:01", request, &unknown(0).by_bus()).await;
        assert_eq!(outcome.verdict(), ("held", "no-route"));
        assert!(outcome.report().is_published());
    }
    assert_eq!(station.ledger().size(), 0);
}

#[tokio::test]
async fn a_delivery_that_died_before_it_told_people_still_tells_them() {
    let station = Station::with(PURGE);
    for (time, request, published) in
        [("09:00:01", "r-1", true), ("09:00:02", "r-2", false), ("09:01:02", "r-1", true)]
    {
        let outcome = station.gets(time, request, &unknown(0).by_bus()).await;
        assert_eq!(outcome.report().is_published(), published, "{time} {request}");
    }
}

#[tokio::test]
async fn a_recovery_without_a_route_is_logged_and_rings_nobody_and_the_next_alarm_rings_at_once() {
    let station = Station::with(PURGE);
    let recovery = StateChange { from: "ALARM", to: "OK", ..unknown(0) };
    let outcome = station.gets("09:00:01", "r-1", &recovery.by_bus()).await;
    assert_eq!((outcome.verdict(), outcome.report().is_published()), (("held", "no-route"), false));
    assert!(station.gets("09:00:31", "r-2", &unknown(30).by_bus()).await.report().is_published());
    let no_data = StateChange { from: "ALARM", to: "INSUFFICIENT_DATA", ..alarm("silent", 0) };
    assert!(station.gets("09:00:32", "r-3", &no_data.by_bus()).await.report().is_published());
}
