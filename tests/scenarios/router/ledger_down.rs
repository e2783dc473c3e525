//! Without the ledger nothing is sent that it should have been asked for, and nothing is silent.

use serde_json::json;
use shared::fault::FaultClass;
use tests::alarms::{Message, StateChange, batch};

use super::{PURGE, Station, alarm, deliveries, raised};

const MIXED: &str = "
routes:
  - name: purge
    when: {alarm: origin-5xx}
    then: [{action: invalidate, target: weather-site, everything: true}]
    cooldown: 30m
  - name: told
    when: {alarm: origin-5xx}
    report: look at the origin
";

#[tokio::test]
async fn while_the_ledger_is_down_commands_wait_and_reports_do_not() {
    let station = Station::with(MIXED);
    let event = batch(&[Message::new("m-1", raised(0).by_bus())]);
    station.ledger().fail_from_now_on(Some(FaultClass::Unavailable));
    for time in ["09:00:01", "09:00:31"] {
        let outcome = station.gets(time, "-", &event).await;
        assert_eq!(outcome.verdicts(), [("failed", "ledger-unavailable"), ("held", "reported")]);
        assert_eq!(outcome.returned, ["m-1"]);
        assert!(outcome.reports[0].next.as_ref().unwrap().contains("again"));
    }
    assert!(station.sent().is_empty());
    station.ledger().recover();
    let outcome = station.gets("09:01:01", "-", &event).await;
    assert_eq!(outcome.verdicts(), [("acted", "routed"), ("held", "reported")]);
    assert!(outcome.returned.is_empty());
    for (way, event) in deliveries(&raised(0)) {
        let later = station.gets("09:01:02", way, &event).await;
        assert_eq!(later.verdicts(), [("held", "already-routed"); 2], "{way}");
    }
    assert_eq!(station.sent().len(), 1);
}

#[tokio::test]
async fn a_failover_of_the_ledger_in_the_middle_of_a_batch_fails_only_what_needed_it() {
    let station = Station::with(PURGE);
    station.ledger().fail_next("enter", Some(FaultClass::Throttled));
    let event = batch(&[
        Message::new("m-0", raised(0).by_bus()),
        Message::new("m-1", StateChange { to: "OK", from: "ALARM", ..raised(10) }.by_bus()),
    ]);
    let outcome = station.gets("09:00:11", "-", &event).await;
    assert_eq!(outcome.verdicts(), [("failed", "ledger-unavailable"), ("held", "no-route")]);
    assert_eq!(outcome.returned, ["m-0"]);
    // And when it comes again its alarm has recovered.
    let again = station.gets("09:00:41", "-", &batch(&[Message::new("m-0", raised(0).by_bus())])).await;
    assert_eq!(again.verdict(), ("held", "stale"));
}

#[tokio::test]
async fn without_a_ledger_commands_are_refused_and_all_else_goes_on() {
    let station = Station::with(MIXED).without_ledger();
    let outcome = station.gets("09:00:01", "r-1", &raised(0).by_bus()).await;
    assert_eq!(outcome.verdicts(), [("refused", "ledger-unset"), ("held", "reported")]);
    assert!(outcome.returned.is_empty() && station.sent().is_empty());
    let unknown = station.gets("09:00:02", "r-2", &alarm("b", 0).by_bus()).await;
    assert_eq!(unknown.verdict(), ("held", "no-route"));
    assert!(unknown.report().is_published());
}

#[tokio::test]
async fn without_a_ledger_orders_to_the_router_are_refused_and_say_what_to_set() {
    let station = Station::with(PURGE).without_ledger();
    for order in [
        json!({"action": "pause", "scope": "all", "for": "1h", "reason": "release"}),
        json!({"action": "resume", "scope": "all"}),
        json!({"action": "approve", "approval": "0123456789ab"}),
        json!({"action": "status"}),
    ] {
        let outcome = station.gets("09:00:00", "p-1", &order).await;
        assert_eq!(outcome.verdict(), ("refused", "ledger-unset"), "{order}");
        assert!(outcome.report().why.text.contains("LAMPLIGHTER_LEDGER_TABLE"));
        assert!(outcome.report().why.lasts, "{order}");
    }
}

#[tokio::test]
async fn while_the_ledger_is_down_orders_to_the_router_fail_and_come_again() {
    let station = Station::with(PURGE);
    station.ledger().fail_from_now_on(Some(FaultClass::Denied));
    for order in [
        json!({"action": "pause", "scope": "all", "for": "1h", "reason": "release"}),
        json!({"action": "resume", "scope": "all"}),
        json!({"action": "approve", "approval": "0123456789ab"}),
        json!({"action": "status"}),
    ] {
        let outcome = station.gets("09:00:00", "-", &batch(&[Message::new("m-1", &order)])).await;
        assert_eq!(outcome.verdict(), ("failed", "ledger-unavailable"), "{order}");
        assert_eq!(outcome.returned, ["m-1"]);
    }
}

#[tokio::test]
async fn a_hold_down_begins_also_while_the_ledger_is_down() {
    let station = Station::with(&format!("{PURGE}    hold-down: 5m\n"));
    station.ledger().fail_from_now_on(None);
    let outcome = station.gets("09:00:01", "r-1", &raised(0).by_bus()).await;
    assert_eq!(outcome.verdict(), ("acted", "hold-down"));
    assert_eq!(station.schedules().len(), 1);
}

#[tokio::test]
async fn a_dry_run_needs_the_ledger_as_the_real_one_does() {
    let station = Station::with(PURGE).in_plan_mode();
    station.ledger().fail_next("look", Some(FaultClass::Unavailable));
    let outcome = station.gets("09:00:01", "r-1", &raised(0).by_bus()).await;
    assert_eq!(outcome.verdict(), ("failed", "ledger-unavailable"));
}
