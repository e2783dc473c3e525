//! Approvals: a command is planned first, and carried out when somebody says so in time.

use serde_json::{Value, json};
use shared::fault::FaultClass;

use super::{PURGE, Station, at, deliveries, raised};
use crate::site::{ONE, SITE, Site, queued};

fn asking() -> Station {
    Station::with(&format!("{PURGE}    approve: true\n    max-per-hour: 4\n"))
}

/// The alarm is raised at nine; the id of the approval that is asked for, until a second past ten.
async fn asked(station: &Station) -> String {
    let outcome = station.gets("09:00:01", "r-1", &raised(0).by_bus()).await;
    assert_eq!(outcome.verdict(), ("acted", "approval-asked"));
    outcome.report().subject.approval.clone().unwrap()
}

fn approve(approval: &str) -> Value {
    json!({"action": "approve", "approval": approval, "who": "ada"})
}

#[tokio::test]
async fn an_approval_is_asked_for_with_a_plan_and_carried_out_when_it_is_given() {
    let station = asking();
    let asked = station.gets("09:00:01", "r-1", &raised(0).by_bus()).await;
    let id = asked.report().subject.approval.clone().unwrap();
    let text = &asked.report().why.text;
    assert!(text.contains(&id) && text.contains("2026-11-21T10:00:01Z"), "{text}");
    assert!(asked.report().next.as_ref().unwrap().contains(&id));
    assert_eq!(station.sent(), ["weather-site plan purge"]);
    assert_eq!(station.outside().delivered()[0].body["origin"]["approval"], json!(id));

    let approved = station.gets("09:30:00", "a-1", &approve(&id)).await;
    assert_eq!(approved.verdict(), ("acted", "approved"));
    assert!(approved.report().why.text.contains("approved by ada"), "{}", approved.report().why.text);
    assert_eq!(approved.report().subject.target, "weather-site");
    assert_eq!(approved.report().subject.correlation, asked.report().subject.correlation);
    let [planned, real] = station.outside().delivered().try_into().unwrap();
    assert_eq!(real.body.get("mode"), None);
    assert_eq!(real.body["origin"].get("approval"), None);
    assert_eq!(real.body["origin"]["correlation"], planned.body["origin"]["correlation"]);
    assert_ne!(real.deduplication, planned.deduplication);
    assert_eq!((real.function, real.group), (planned.function, planned.group));
}

#[tokio::test]
async fn the_plan_and_the_effect_are_reported_by_the_function_under_one_correlation() {
    let station = asking();
    let id = asked(&station).await;
    station.gets("09:30:00", "a-1", &approve(&id)).await;
    let [planned, real] = station.outside().delivered().try_into().unwrap();

    let site = Site::with(ONE);
    let plan = site.gets(&queued(&planned.body)).await;
    assert_eq!(plan.verdict(), ("planned", "invalidated"));
    assert_eq!(plan.report().subject.approval.as_deref(), Some(id.as_str()));
    assert!(plan.report().next.as_ref().unwrap().contains(&id), "{:?}", plan.report().next);
    assert!(site.items(SITE).is_empty());
    let effect = site.gets(&queued(&real.body)).await;
    assert_eq!(effect.verdict(), ("acted", "invalidated"));
    assert_eq!(effect.report().subject.approval, None);
    assert_eq!(effect.report().subject.correlation, plan.report().subject.correlation);
}

#[tokio::test]
async fn one_change_by_three_ways_asks_for_one_approval() {
    let station = asking();
    let mut codes = Vec::new();
    for (way, event) in deliveries(&raised(0)) {
        codes.push(station.gets("09:00:01", way, &event).await.report().why.code);
    }
    assert_eq!(codes, ["approval-asked", "already-routed", "already-routed"]);
    assert_eq!(station.sent().len(), 1);
    assert_eq!(station.status("09:01:00").await["approvals"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn an_approval_is_given_once() {
    let station = asking();
    let id = asked(&station).await;
    assert_eq!(station.gets("09:30:00", "a-1", &approve(&id)).await.verdict(), ("acted", "approved"));
    for (time, request) in [("09:30:01", "a-1"), ("09:31:00", "a-2"), ("11:00:00", "a-3")] {
        let again = station.gets(time, request, &approve(&id)).await;
        assert_eq!(again.verdict(), ("held", "already-approved"));
        assert!(again.report().why.text.contains("by ada"), "{}", again.report().why.text);
    }
    assert_eq!(station.sent().len(), 2);
}

#[tokio::test]
async fn an_approval_is_given_before_its_end_and_not_at_it() {
    for (time, expected) in
        [("10:00:00.999", ("acted", "approved")), ("10:00:01", ("refused", "approval-expired"))]
    {
        let station = asking();
        let id = asked(&station).await;
        let outcome = station.gets(time, "a-1", &approve(&id)).await;
        assert_eq!((outcome.verdict(), outcome.returned.len()), (expected, 0), "{time}");
        assert_eq!(station.sent().len(), if expected.0 == "acted" { 2 } else { 1 });
    }
    let station = Station::with(&format!("{PURGE}    approve: true\n    approve-within: 5m\n"));
    let id = asked(&station).await;
    let outcome = station.gets("09:05:01", "a-1", &approve(&id)).await;
    assert_eq!(outcome.verdict(), ("refused", "approval-expired"));
}

#[tokio::test]
async fn an_approval_that_nobody_asked_for_is_refused() {
    let station = asking();
    asked(&station).await;
    let outcome = station.gets("09:01:00", "a-1", &approve("0123456789ab")).await;
    assert_eq!(outcome.verdict(), ("refused", "approval-unknown"));
    assert_eq!(station.sent().len(), 1);
}

#[tokio::test]
async fn only_what_is_approved_counts_for_the_hour() {
    let station = Station::with(&format!("{PURGE}    approve: true\n    max-per-hour: 1\n"));
    let first = asked(&station).await;
    let second = station.gets("09:05:01", "r-2", &raised(300).by_bus()).await;
    assert_eq!(second.verdict(), ("acted", "approval-asked"));
    assert_eq!(station.ledger().count("route/purge", at("09:05:01")), 0);
    let second = second.report().subject.approval.clone().unwrap();
    assert_eq!(station.gets("09:06:00", "a-1", &approve(&first)).await.verdict(), ("acted", "approved"));
    let refused = station.gets("09:07:00", "a-2", &approve(&second)).await;
    assert_eq!(refused.verdict(), ("refused", "max-per-hour"));
    // It is still open, and the hour has turned.
    assert_eq!(station.gets("10:00:00", "a-3", &approve(&second)).await.verdict(), ("acted", "approved"));
}

#[tokio::test]
async fn a_pause_keeps_an_approval_from_being_asked_for_and_from_being_given() {
    let pause = json!({"action": "pause", "scope": "all", "for": "10m", "reason": "release"});
    let station = asking();
    station.gets("09:00:00", "p-1", &pause).await;
    let refused = station.gets("09:00:01", "r-1", &raised(0).by_bus()).await;
    assert_eq!(refused.verdict(), ("refused", "paused"));
    assert_eq!(refused.report().subject.approval, None);
    assert!(station.sent().is_empty());

    let station = asking();
    let id = asked(&station).await;
    station.gets("09:01:00", "p-1", &pause).await;
    assert_eq!(station.gets("09:02:00", "a-1", &approve(&id)).await.verdict(), ("refused", "paused"));
    assert_eq!(station.gets("09:11:00", "a-2", &approve(&id)).await.verdict(), ("acted", "approved"));
}

#[tokio::test]
async fn an_approval_that_was_given_and_not_sent_is_sent_when_it_is_given_again() {
    let station = asking();
    let id = asked(&station).await;
    station.outside().fail_next("send", FaultClass::Throttled);
    let first = station.gets("09:30:00", "a-1", &approve(&id)).await;
    assert_eq!((first.verdict(), first.returned.len()), (("failed", "throttled"), 1));
    // Lambda tries again, and the time has run out meanwhile: it was given in time.
    let again = station.gets("10:01:00", "a-1", &approve(&id)).await;
    assert_eq!(again.verdict(), ("acted", "approved"));
    assert_eq!(station.sent(), ["weather-site plan purge", "weather-site apply purge"]);
    assert_eq!(station.ledger().count("route/purge", at("09:30:00")), 1);
}

#[tokio::test]
async fn an_approval_that_was_given_and_not_sent_is_not_sent_when_the_alarm_is_long_over() {
    let station = asking();
    let id = asked(&station).await;
    station.outside().fail_next("send", FaultClass::Throttled);
    station.gets("09:30:00", "a-1", &approve(&id)).await;
    let late = station.gets("11:00:01", "a-2", &approve(&id)).await;
    assert_eq!(late.verdict(), ("refused", "approval-expired"));
    assert_eq!(station.sent(), ["weather-site plan purge"]);
}

#[tokio::test]
async fn a_crash_in_the_middle_of_an_approval_sends_once_when_it_comes_again() {
    for call in ["enter", "mark"] {
        let station = asking();
        let id = asked(&station).await;
        station.ledger().lose_answer_of_next(call);
        let first = station.gets("09:30:00", "a-1", &approve(&id)).await;
        assert_eq!((first.verdict(), first.returned.len()), (("failed", "ledger-unavailable"), 1));
        station.gets("09:31:00", "a-1", &approve(&id)).await;
        assert_eq!(
            station.gets("09:32:00", "a-1", &approve(&id)).await.verdict(),
            ("held", "already-approved")
        );
        assert_eq!(station.sent().len(), 2, "{call}");
        assert_eq!(station.ledger().count("route/purge", at("09:30:00")), 1);
    }
}

#[tokio::test]
async fn what_was_approved_and_not_sent_is_not_sent_into_a_pause() {
    let station = asking();
    let id = asked(&station).await;
    station.outside().fail_next("send", FaultClass::Throttled);
    station.gets("09:30:00", "a-1", &approve(&id)).await;
    let pause = json!({"action": "pause", "scope": "all", "for": "10m", "reason": "release"});
    station.gets("09:30:30", "p-1", &pause).await;
    let again = station.gets("09:31:00", "a-1", &approve(&id)).await;
    assert_eq!(again.verdict(), ("refused", "paused"));
    assert_eq!(station.sent().len(), 1);
    let after = station.gets("09:41:00", "a-2", &approve(&id)).await;
    assert_eq!(after.verdict(), ("acted", "approved"));
}

#[tokio::test]
async fn in_plan_mode_an_approval_is_neither_asked_for_nor_given() {
    let station = asking().in_plan_mode();
    let outcome = station.gets("09:00:01", "r-1", &raised(0).by_bus()).await;
    assert_eq!(outcome.verdict(), ("planned", "approval-asked"));
    assert_eq!((station.ledger().size(), station.sent().len()), (0, 0));

    let station = asking();
    let id = asked(&station).await;
    let mut dry = approve(&id);
    dry["mode"] = json!("plan");
    assert_eq!(station.gets("09:01:00", "a-1", &dry).await.verdict(), ("planned", "approved"));
    assert_eq!(station.sent().len(), 1);
    assert_eq!(station.gets("09:02:00", "a-2", &approve(&id)).await.verdict(), ("acted", "approved"));
}

#[tokio::test]
async fn status_shows_what_waits_for_an_approval_until_it_is_given() {
    let station = asking();
    let id = asked(&station).await;
    let approvals = &station.status("09:01:00").await["approvals"];
    assert_eq!(approvals[0]["approval"], json!(id));
    assert_eq!((&approvals[0]["alarm"], &approvals[0]["route"]), (&json!("origin-5xx"), &json!("purge")));
    let command = (&approvals[0]["action"], &approvals[0]["target"]);
    assert_eq!(command, (&json!("invalidate"), &json!("weather-site")));
    assert_eq!(approvals[0]["until"], "2026-11-21T10:00:01Z");
    station.gets("09:30:00", "a-1", &approve(&id)).await;
    assert_eq!(station.status("09:31:00").await["approvals"], json!([]));
    // Nor what nobody gave in time.
    let station = asking();
    asked(&station).await;
    assert_eq!(station.status("10:00:01").await["approvals"], json!([]));
}
