//! The same again, and again by another way: nothing more happens than the first time.

use serde_json::{Value, json};
use shared::event::AlarmState;
use tests::alarms::{Message, batch};

use super::{PURGE, Station, alarm, deliveries, event, raised, recovered};

/// All that can be seen from outside: what was sent, which schedules there are, what is in force, what is kept.
async fn effects(station: &Station) -> String {
    let status = station.status("09:10:00").await;
    let delivered = station.outside().delivered().len();
    format!("{delivered} sent, {:?}, {} records, {status}", station.schedules(), station.ledger().size())
}

/// Every kind of event that has effects, for a station that knows the alarm.
fn events() -> Vec<(&'static str, String, Value)> {
    let route = |more: &str| format!("{PURGE}{more}");
    let by_bus = || raised(0).by_bus();
    let muted = PURGE.replace("origin-5xx", "weather-origin-5xx");
    let pause = json!({"action": "pause", "scope": "all", "for": "2h", "reason": "release"});
    let mixed = batch(&[
        Message::new("m-0", raised(0).by_bus()),
        Message::new("m-1", &pause),
        Message::new("m-2", alarm("unknown", 0).notification()),
    ]);
    vec![
        ("routed", route(""), by_bus()),
        ("routed with guards", route("    cooldown: 30m\n    max-per-hour: 4\n"), by_bus()),
        ("approval asked", route("    approve: true\n"), by_bus()),
        ("held down", route("    hold-down: 5m\n"), by_bus()),
        ("muted", muted, event("muted-eventbridge")),
        ("no route", route(""), recovered(0).by_bus()),
        ("pause", route(""), pause),
        ("resume", route(""), json!({"action": "resume", "scope": "all"})),
        ("unknown approval", route(""), json!({"action": "approve", "approval": "0123456789ab"})),
        ("a batch", route("    cooldown: 30m\n"), mixed),
    ]
}

#[tokio::test]
async fn every_event_twice_has_the_effects_of_once() {
    for (name, routes, event) in events() {
        let station = Station::with(&routes);
        station.gets("09:00:20", "r-1", &event).await;
        let once = effects(&station).await;
        for time in ["09:00:21", "09:02:20"] {
            let again = station.gets(time, "r-1", &event).await;
            assert_eq!(effects(&station).await, once, "{name}");
            assert!(again.returned.is_empty(), "{name}");
            for (verdict, code) in again.verdicts() {
                assert_ne!(verdict, "acted", "{name}: {code}");
            }
        }
    }
}

#[tokio::test]
async fn every_alarm_by_another_way_has_the_effects_of_once() {
    for more in ["", "    cooldown: 30m\n    max-per-hour: 4\n", "    approve: true\n", "    hold-down: 5m\n"]
    {
        let station = Station::with(&format!("{PURGE}{more}"));
        let mut once = None;
        for (way, event) in deliveries(&raised(0)) {
            station.gets("09:00:20", way, &event).await;
            let effects = effects(&station).await;
            assert_eq!(*once.get_or_insert(effects.clone()), effects, "{way} {more}");
        }
    }
}

#[tokio::test]
async fn a_look_again_twice_has_the_effects_of_once() {
    let station = Station::with(&format!("{PURGE}    hold-down: 5m\n    cooldown: 30m\n"));
    station.gets("09:00:01", "r-1", &raised(0).by_bus()).await;
    let [wake] = station.outside().schedules().try_into().unwrap();
    station.outside().set_alarm("origin-5xx", AlarmState::Alarm, None);
    station.gets("09:06:00", "wake-1", &wake.input).await;
    let once = effects(&station).await;
    station.gets("09:07:00", "wake-1", &wake.input).await;
    station.gets("09:08:00", "wake-2", &wake.input).await;
    assert_eq!(effects(&station).await, once);
    assert_eq!(station.sent().len(), 1);
}

#[tokio::test]
async fn whatever_call_fails_once_the_second_delivery_makes_good_exactly_what_was_missing() {
    let routes = format!("{PURGE}    cooldown: 30m\n    max-per-hour: 4\n");
    let event = batch(&[Message::new("m-1", raised(0).by_bus())]);
    let reference = Station::with(&routes);
    reference.gets("09:00:01", "-", &event).await;
    let sent = reference.sent();
    for (call, answer_lost) in
        [("enter", true), ("enter", false), ("mark", true), ("mark", false), ("send", false)]
    {
        let station = Station::with(&routes);
        let class = shared::fault::FaultClass::Unavailable;
        match (call, answer_lost) {
            ("send", _) => station.outside().fail_next("send", class),
            (call, true) => station.ledger().lose_answer_of_next(call),
            (call, false) => station.ledger().fail_next(call, Some(class)),
        }
        let first = station.gets("09:00:01", "-", &event).await;
        assert_eq!(first.returned, ["m-1"], "{call}");
        let second = station.gets("09:01:31", "-", &event).await;
        assert!(second.returned.is_empty(), "{call}");
        assert_eq!(station.sent(), sent, "{call}");
        assert_eq!(station.ledger().count("route/purge", super::at("09:00:01")), 1, "{call}");
        assert_eq!(station.ledger().size(), reference.ledger().size(), "{call}");
        let third = station.gets("09:02:31", "-", &event).await;
        assert_eq!(third.verdict(), ("held", "already-routed"), "{call}");
    }
}
