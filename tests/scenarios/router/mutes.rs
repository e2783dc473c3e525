//! Mutes: EventBridge tells of muted alarms, and nobody else tells when the mute has ended.

use serde_json::Value;
use shared::event::AlarmState;

use super::{PURGE, Station, at, event};

fn station() -> Station {
    Station::with(&PURGE.replace("origin-5xx", "weather-origin-5xx"))
}

/// The alarm was muted at nine, until ten; what the schedule is to bring back.
async fn muted(station: &Station) -> Value {
    let outcome = station.gets("09:00:13", "r-1", &event("muted-eventbridge")).await;
    assert_eq!(outcome.verdict(), ("acted", "muted"));
    let [wake] = station.outside().schedules().try_into().unwrap();
    assert!(wake.name.starts_with("mute-"), "{}", wake.name);
    assert_eq!(wake.at, at("10:00:00"));
    wake.input
}

#[tokio::test]
async fn a_muted_alarm_is_looked_at_again_when_its_mute_ends_and_routed_if_it_is_still_there() {
    let station = station();
    let input = muted(&station).await;
    assert!(station.sent().is_empty());
    station.outside().set_alarm("weather-origin-5xx", AlarmState::Alarm, Some(at("09:00:12.345")));
    assert_eq!(station.gets("10:00:01", "wake-1", &input).await.verdict(), ("acted", "routed"));
    assert_eq!(station.sent(), ["weather-site apply purge"]);
}

#[tokio::test]
async fn a_muted_alarm_that_recovered_under_its_mute_is_left_alone() {
    let station = station();
    let input = muted(&station).await;
    station.outside().set_alarm("weather-origin-5xx", AlarmState::Ok, Some(at("09:21:12.501")));
    assert_eq!(station.gets("10:00:01", "wake-1", &input).await.verdict(), ("held", "state-left"));
    assert!(station.sent().is_empty());
}

#[tokio::test]
async fn the_action_that_cloudwatch_runs_after_a_mute_and_the_look_again_are_one() {
    for action_first in [true, false] {
        let station = station();
        let input = muted(&station).await;
        station.outside().set_alarm("weather-origin-5xx", AlarmState::Alarm, Some(at("09:00:12.345")));
        let mut events = [("wake-1", input), ("r-2", event("after-mute-in-sns"))];
        if action_first {
            events.reverse();
        }
        let mut codes = Vec::new();
        for (request, event) in &events {
            codes.push(station.gets("10:00:02", request, event).await.report().why.code);
        }
        assert_eq!(codes, ["routed", "already-routed"], "{action_first}");
        assert_eq!(station.sent().len(), 1);
    }
}

#[tokio::test]
async fn a_mute_that_is_told_twice_makes_one_schedule() {
    let station = station();
    muted(&station).await;
    let again = station.gets("09:00:20", "r-2", &event("muted-eventbridge")).await;
    assert_eq!(again.verdict(), ("held", "muted"));
    assert_eq!(station.schedules().len(), 1);
}

#[tokio::test]
async fn a_mute_of_long_ago_mutes_nothing() {
    let outcome = station().gets("09:00:13", "r-1", &event("muted-before-eventbridge")).await;
    assert_eq!(outcome.verdict(), ("acted", "routed"));
}

#[tokio::test]
async fn without_schedules_a_mute_is_told_and_says_that_nobody_looks_again() {
    let station = station().without_schedules();
    let outcome = station.gets("09:00:13", "r-1", &event("muted-eventbridge")).await;
    assert_eq!(outcome.verdict(), ("held", "muted"));
    assert!(outcome.report().is_published());
    assert!(outcome.report().why.text.contains("nobody looks again"), "{}", outcome.report().why.text);
}

#[tokio::test]
async fn after_a_mute_a_hold_down_that_is_not_over_is_still_waited_for() {
    let station =
        Station::with(&format!("{}    hold-down: 2h\n", PURGE.replace("origin-5xx", "weather-origin-5xx")));
    let input = muted(&station).await;
    station.outside().set_alarm("weather-origin-5xx", AlarmState::Alarm, None);
    assert_eq!(station.gets("10:00:01", "wake-1", &input).await.verdict(), ("acted", "hold-down"));
    let wakes = station.outside().schedules();
    let wake = wakes.iter().find(|wake| wake.name.starts_with("hold-down-")).unwrap();
    assert_eq!(wake.at, at("11:00:12.345"));
    assert_eq!(station.gets("11:01:00", "wake-2", &wake.input).await.verdict(), ("acted", "routed"));
}
