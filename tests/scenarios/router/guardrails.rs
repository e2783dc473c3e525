//! Cooldowns and hourly limits: what rests, for how long, and what is said meanwhile.

use jiff::SignedDuration;
use serde_json::{Value, json};
use shared::fault::FaultClass;
use tests::alarms::StateChange;

use super::{PURGE, Station, alarm, at, raised, recovered};
use crate::site::Outcome;

fn with_cooldown() -> Station {
    Station::with(&format!(
        "{}    cooldown: 30m\n",
        PURGE.replace("{alarm: origin-5xx}", "{alarm: origin-5xx, to: [ALARM, OK]}")
    ))
}

/// The `n`-th change of a flapping alarm, so many seconds after nine.
fn flap(n: i64, second: i64) -> StateChange {
    let (from, to) = if n % 2 == 0 { ("OK", "ALARM") } else { ("ALARM", "OK") };
    StateChange { from, to, ..raised(second) }
}

/// The router gets a change 655 ms after it happened.
async fn gets(station: &Station, change: &StateChange) -> Outcome {
    let time = (change.at + SignedDuration::from_millis(655)).strftime("%H:%M:%S").to_string();
    station.gets(&time, &format!("r-{}-{time}", change.alarm), &change.by_bus()).await
}

#[tokio::test]
async fn twenty_transitions_in_ten_minutes_are_one_action_and_nineteen_reports_that_say_why_not() {
    let station = with_cooldown();
    assert_eq!(gets(&station, &flap(0, 0)).await.verdict(), ("acted", "routed"));
    for n in 1..20 {
        let outcome = gets(&station, &flap(n, n * 30)).await;
        assert_eq!(outcome.verdict(), ("refused", "cooldown"), "{n}");
        assert!(outcome.returned.is_empty() && outcome.report().is_published());
        assert_eq!(outcome.report().why.text, "route `purge` has acted and rests until 2026-11-21T09:30:01Z");
    }
    assert_eq!(station.sent().len(), 1);
    // A refusal does not make it rest any longer: half an hour after the action it acts again.
    assert_eq!(gets(&station, &flap(0, 1_799)).await.verdict(), ("refused", "cooldown"));
    assert_eq!(gets(&station, &flap(1, 1_800)).await.verdict(), ("acted", "routed"));
    assert_eq!(gets(&station, &flap(0, 1_830)).await.verdict(), ("refused", "cooldown"));
    assert_eq!(station.sent().len(), 2);
}

#[tokio::test]
async fn a_flapping_alarm_whose_recovery_has_no_route_acts_once_and_tells_nobody_of_the_recoveries() {
    let station = Station::with(&format!("{PURGE}    cooldown: 30m\n"));
    let mut codes = Vec::new();
    for n in 0..20 {
        let outcome = gets(&station, &flap(n, n * 30)).await;
        let report = outcome.report();
        codes.push((report.why.code, report.is_published()));
    }
    let count = |code| codes.iter().filter(|found| **found == code).count();
    assert_eq!(
        [("routed", true), ("cooldown", true), ("no-route", true), ("no-route", false)].map(count),
        [1, 9, 0, 10]
    );
}

#[tokio::test]
async fn a_flapping_alarm_that_comes_by_three_ways_acts_once_all_the_same() {
    let station = with_cooldown();
    let mut acted = 0;
    for n in 0..20 {
        let change = flap(n, n * 30);
        let time = format!("09:{:02}:{:02}", n / 2, 1 + n % 2 * 30);
        for (way, event) in super::deliveries(&change) {
            let outcome = station.gets(&time, &format!("{way}-{n}"), &event).await;
            acted += usize::from(outcome.report().verdict.as_str() == "acted");
        }
    }
    assert_eq!((acted, station.sent().len()), (1, 1));
}

#[tokio::test]
async fn a_route_rests_for_each_of_its_targets_apart_and_other_routes_do_not() {
    let routes = "
routes:
  - name: purge
    when: {alarm: 'origin-*'}
    then: [{action: invalidate, target: weather-site, everything: true}]
    cooldown: 30m
  - name: also
    when: {alarm: origin-4xx}
    then: [{action: invalidate, target: weather-site, paths: [/a]}]
";
    let station = Station::with(routes);
    gets(&station, &raised(0)).await;
    let outcome = gets(&station, &alarm("origin-4xx", 60)).await;
    assert_eq!(outcome.verdicts(), [("refused", "cooldown"), ("acted", "routed")]);
}

#[tokio::test]
async fn a_route_with_two_commands_for_one_target_sends_both_and_then_rests() {
    let routes = "
guardrails: {target-cooldown: 5m}
routes:
  - name: purge
    when: {alarm: origin-5xx}
    then:
      - {action: invalidate, target: weather-site, paths: [/a]}
      - {action: invalidate, target: weather-site, paths: [/b]}
    cooldown: 30m
";
    let station = Station::with(routes);
    assert_eq!(gets(&station, &raised(0)).await.verdicts(), [("acted", "routed"); 2]);
    assert_eq!(gets(&station, &raised(60)).await.verdicts(), [("refused", "cooldown"); 2]);
    assert_eq!(gets(&station, &raised(1_800)).await.verdicts(), [("acted", "routed"); 2]);
    assert_eq!(station.sent().len(), 4);
}

#[tokio::test]
async fn a_target_is_left_alone_by_all_routes_after_one_of_them_sent_it_a_command() {
    let routes = "
guardrails: {target-cooldown: 5m}
routes:
  - name: one
    when: {alarm: origin-5xx}
    then: [{action: invalidate, target: weather-site, everything: true}]
  - name: other
    when: {alarm: origin-4xx}
    then:
      - {action: invalidate, target: weather-site, everything: true}
      - {action: invalidate, target: weather-site-secondary, everything: true}
";
    let station = Station::with(routes);
    gets(&station, &raised(0)).await;
    let outcome = gets(&station, &alarm("origin-4xx", 299)).await;
    assert_eq!(outcome.verdicts(), [("refused", "cooldown"), ("acted", "routed")]);
    assert_eq!(
        outcome.reports[0].why.text,
        "target `weather-site` was sent a command and rests until 2026-11-21T09:05:01Z"
    );
    let outcome = gets(&station, &alarm("origin-4xx", 300)).await;
    assert_eq!(outcome.verdicts(), [("acted", "routed"), ("refused", "cooldown")]);
}

#[tokio::test]
async fn a_route_sends_so_many_in_a_clock_hour_and_goes_on_in_the_next() {
    let station = Station::with(&format!("{PURGE}    max-per-hour: 2\n"));
    for (second, expected) in [(3_000, "acted"), (3_100, "acted"), (3_200, "refused"), (3_597, "refused")] {
        let outcome = gets(&station, &raised(second)).await;
        assert_eq!(outcome.verdicts()[0].0, expected, "{second}");
    }
    // What happened before the hour's turn and is delivered after it counts for the new hour.
    let outcome = station.gets("10:00:00", "r-late", &raised(3_599).by_bus()).await;
    assert_eq!(outcome.verdict(), ("acted", "routed"));
    assert_eq!(station.ledger().count("route/purge", at("09:59:59.999")), 2);
    assert_eq!(station.ledger().count("route/purge", at("10:00:00")), 1);
}

#[tokio::test]
async fn all_routes_together_send_so_many_in_an_hour() {
    let routes = "
guardrails: {max-per-hour: 3}
routes:
  - name: one
    when: {alarm: origin-5xx}
    then:
      - {action: invalidate, target: weather-site, everything: true}
      - {action: invalidate, target: weather-site-secondary, everything: true}
    max-per-hour: 10
";
    let station = Station::with(routes);
    assert_eq!(gets(&station, &raised(0)).await.verdicts(), [("acted", "routed"); 2]);
    let outcome = gets(&station, &raised(60)).await;
    assert_eq!(outcome.verdicts(), [("acted", "routed"), ("refused", "max-per-hour")]);
    assert_eq!(outcome.reports[1].why.text, "all routes together have had their 3 of this hour");
    // What is refused counts neither for all nor for its route.
    assert_eq!(station.ledger().count("all", at("09:01:01")), 3);
    assert_eq!(station.ledger().count("route/one", at("09:01:01")), 3);
}

#[tokio::test]
async fn what_was_refused_once_stays_refused_for_its_other_deliveries_until_the_guard_lets_it_pass() {
    let station = with_cooldown();
    gets(&station, &flap(0, 0)).await;
    let change = flap(1, 30);
    for (way, event) in super::deliveries(&change) {
        assert_eq!(station.gets("09:00:31", way, &event).await.verdict(), ("refused", "cooldown"));
    }
    assert_eq!(station.sent().len(), 1);
}

#[tokio::test]
async fn status_shows_what_rests() {
    let station = with_cooldown();
    gets(&station, &flap(0, 0)).await;
    let state = station.status("09:10:00").await;
    assert_eq!(state["cooldowns"][0]["key"], "route/purge/weather-site");
    assert_eq!(state["cooldowns"][0]["until"], "2026-11-21T09:30:01Z");
    assert_eq!(state["reports"][0]["target"], "weather-site");
    assert_eq!(state["reports"][0]["code"], "routed");
    assert_eq!(station.status("09:30:01").await["cooldowns"], Value::Array(Vec::new()));
}

#[tokio::test]
async fn what_could_not_be_sent_does_not_rest_and_the_next_alarm_acts() {
    let station = Station::with(&format!("{PURGE}    cooldown: 30m\n"));
    station.outside().fail_next("send", FaultClass::Throttled);
    assert_eq!(gets(&station, &raised(0)).await.verdict(), ("failed", "throttled"));
    assert_eq!(station.status("09:00:02").await["cooldowns"], json!([]));
    station.gets("09:00:31", "r-ok", &recovered(30).by_bus()).await;
    assert_eq!(gets(&station, &raised(60)).await.verdict(), ("acted", "routed"));
    // The first comes again, and is no longer the newest.
    assert_eq!(gets(&station, &raised(0)).await.verdict(), ("held", "stale"));
    assert_eq!(station.sent().len(), 1);
}

#[tokio::test]
async fn what_is_sent_at_the_second_attempt_rests_from_then_on() {
    let station = Station::with(&format!("{PURGE}    cooldown: 30m\n"));
    station.outside().fail_next("send", FaultClass::Throttled);
    station.gets("09:00:01", "r-1", &raised(0).by_bus()).await;
    let again = station.gets("09:05:00", "r-1", &raised(0).by_bus()).await;
    assert_eq!(again.verdict(), ("acted", "routed"));
    let next = station.gets("09:34:59", "r-2", &raised(2_000).by_bus()).await;
    assert_eq!(next.verdict(), ("refused", "cooldown"));
    assert_eq!(station.gets("09:35:00", "r-3", &raised(2_100).by_bus()).await.verdict(), ("acted", "routed"));
}

#[tokio::test]
async fn a_plan_that_waits_for_approval_does_not_make_its_target_rest_and_the_approval_does() {
    let routes = "
guardrails: {target-cooldown: 5m}
routes:
  - name: asks
    when: {alarm: origin-5xx}
    then: [{action: invalidate, target: weather-site, everything: true}]
    approve: true
  - name: acts
    when: {alarm: origin-4xx}
    then: [{action: invalidate, target: weather-site, paths: [/a]}]
";
    let station = Station::with(routes);
    let asked = gets(&station, &raised(0)).await;
    assert_eq!(asked.verdict(), ("acted", "approval-asked"));
    let approve = json!({"action": "approve", "approval": asked.report().subject.approval});
    assert_eq!(station.gets("09:01:00", "a-1", &approve).await.verdict(), ("acted", "approved"));
    assert_eq!(gets(&station, &alarm("origin-4xx", 120)).await.verdict(), ("refused", "cooldown"));
    assert_eq!(gets(&station, &alarm("origin-4xx", 360)).await.verdict(), ("acted", "routed"));

    // And the other way round: while the target rests, nothing is approved for it.
    let again = gets(&station, &raised(370)).await;
    assert_eq!(again.verdict(), ("acted", "approval-asked"));
    let approve = json!({"action": "approve", "approval": again.report().subject.approval});
    assert_eq!(station.gets("09:07:00", "a-2", &approve).await.verdict(), ("refused", "cooldown"));
    assert_eq!(station.gets("09:11:01", "a-3", &approve).await.verdict(), ("acted", "approved"));
}

#[tokio::test]
async fn the_last_report_about_a_target_is_remembered_also_when_it_was_refused_or_failed() {
    let station = Station::with(&format!("{PURGE}    cooldown: 30m\n"));
    station.outside().fail_next("send", FaultClass::Denied);
    for (second, expected) in [(0, "access-denied"), (60, "routed"), (120, "cooldown")] {
        gets(&station, &raised(second)).await;
        let reports = &station.status("09:05:00").await["reports"];
        assert_eq!((&reports[0]["code"], reports.as_array().unwrap().len()), (&json!(expected), 1));
    }
}
