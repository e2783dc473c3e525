//! Deliveries as they really come: again, late, out of order, at the same time, and cut short.

use serde_json::{Value, json};
use shared::fault::FaultClass;
use shell::ledger::{Guard, Ledger};
use tests::alarms::{Message, StateChange, batch};

use super::{PURGE, Station, alarm, at, deliveries, raised, recovered};

const TWO_TARGETS: &str = "
guardrails: {max-per-hour: 10, target-cooldown: 5m}
routes:
  - name: purge
    when: {alarm: origin-5xx}
    then:
      - {action: invalidate, target: weather-site, everything: true}
      - {action: invalidate, target: weather-site-secondary, everything: true}
    cooldown: 30m
    max-per-hour: 5
";

/// A message of a queue with one change.
fn queued(id: &str, change: &StateChange) -> Value {
    batch(&[Message::new(id, change.by_bus())])
}

/// How many commands were counted at nine.
fn counted(station: &Station) -> (u32, u32) {
    let count = |key| station.ledger().count(key, at("09:00:00"));
    (count("route/purge"), count("all"))
}

#[tokio::test]
async fn what_another_delivery_is_sending_now_is_left_to_it() {
    let station = Station::with(PURGE);
    // The first delivery has claimed the command and is cut off, or is still at work.
    station.ledger().lose_answer_of_next("enter");
    let first = station.gets("09:00:01", "r-1", &raised(0).by_bus()).await;
    assert_eq!(first.verdict(), ("failed", "ledger-unavailable"));
    for time in ["09:00:02", "09:01:00.999"] {
        let second = station.gets(time, "r-2", &raised(0).by_alarm()).await;
        assert_eq!(second.verdict(), ("held", "already-routed"), "{time}");
        assert!(second.report().why.text.contains("another delivery r-1"), "{}", second.report().why.text);
    }
    assert!(station.sent().is_empty());
    // It comes again and goes on.
    assert_eq!(station.gets("09:01:02", "r-1", &raised(0).by_bus()).await.verdict(), ("acted", "routed"));
    assert_eq!(station.sent().len(), 1);
}

#[tokio::test]
async fn a_delivery_that_died_over_its_claim_is_replaced_by_another_after_its_end() {
    let station = Station::with(TWO_TARGETS);
    station.ledger().lose_answer_of_next("enter");
    station.gets("09:00:01", "r-1", &raised(0).by_bus()).await;
    let second = station.gets("09:01:01", "r-2", &raised(0).by_alarm()).await;
    assert_eq!(second.verdicts(), [("acted", "routed"), ("held", "already-routed")]);
    // And if it was not dead after all, there is nothing left for it to do.
    let late = station.gets("09:01:02", "r-1", &raised(0).by_bus()).await;
    assert_eq!(late.verdicts(), [("held", "already-routed"); 2]);
    assert_eq!((station.sent().len(), counted(&station)), (2, (2, 2)));
}

#[tokio::test]
async fn a_crash_between_claim_and_send_sends_once_when_it_comes_again_and_counts_once() {
    let station = Station::with(TWO_TARGETS);
    station.ledger().lose_answer_of_next("enter");
    let first = station.gets("09:00:01", "-", &queued("m-1", &raised(0))).await;
    assert_eq!(first.verdicts(), [("failed", "ledger-unavailable"), ("acted", "routed")]);
    assert_eq!(first.returned, ["m-1"]);
    assert_eq!(station.sent(), ["weather-site-secondary apply purge"]);
    let again = station.gets("09:00:31", "-", &queued("m-1", &raised(0))).await;
    assert_eq!(again.verdicts(), [("acted", "routed"), ("held", "already-routed")]);
    assert!(again.returned.is_empty());
    assert_eq!((station.sent().len(), counted(&station)), (2, (2, 2)));
}

#[tokio::test]
async fn a_crash_between_send_and_note_is_dropped_by_the_queue_when_it_comes_again() {
    for carried_out in [false, true] {
        let station = Station::with(PURGE);
        if carried_out {
            station.ledger().lose_answer_of_next("mark");
        } else {
            station.ledger().fail_next("mark", Some(FaultClass::Unavailable));
        }
        let first = station.gets("09:00:01", "-", &queued("m-1", &raised(0))).await;
        assert_eq!((first.verdict(), first.returned.len()), (("failed", "ledger-unavailable"), 1));
        assert!(first.report().why.text.starts_with("the command was sent, but that is not noted"));
        let again = station.gets("09:02:01", "-", &queued("m-1", &raised(0))).await;
        let expected = if carried_out { ("held", "already-routed") } else { ("acted", "routed") };
        assert_eq!((again.verdict(), again.returned.len()), (expected, 0));
        assert_eq!(station.sent().len(), 1);
        // After that every other delivery finds it done.
        let other = station.gets("09:02:02", "r-2", &raised(0).by_alarm()).await;
        assert_eq!(other.verdict(), ("held", "already-routed"));
    }
}

#[tokio::test]
async fn a_command_that_could_not_be_sent_is_failed_alone_and_comes_again_alone() {
    let station = Station::with(TWO_TARGETS);
    station.outside().refuse_entry(1);
    let first = station.gets("09:00:01", "-", &queued("m-1", &raised(0))).await;
    assert_eq!(first.verdicts(), [("acted", "routed"), ("failed", "unavailable")]);
    assert_eq!(first.returned, ["m-1"]);
    assert_eq!(first.reports[1].steps[0].details["target"], "weather-site-secondary");
    let again = station.gets("09:00:31", "-", &queued("m-1", &raised(0))).await;
    assert_eq!(again.verdicts(), [("held", "already-routed"), ("acted", "routed")]);
    assert!(again.calls.contains(&"send 1 to invalidate-cache".to_owned()), "{:?}", again.calls);
    assert_eq!(station.sent(), ["weather-site apply purge", "weather-site-secondary apply purge"]);
    assert_eq!(counted(&station), (2, 2));
}

#[tokio::test]
async fn a_queue_that_takes_nothing_fails_all_and_says_what_kind_of_trouble_it_is() {
    for class in [FaultClass::Throttled, FaultClass::Denied, FaultClass::NotFound, FaultClass::Unknown] {
        let station = Station::with(TWO_TARGETS);
        station.outside().fail_next("send", class);
        let first = station.gets("09:00:01", "-", &queued("m-1", &raised(0))).await;
        assert_eq!(first.verdicts(), [("failed", class.code()); 2]);
        let again = station.gets("09:05:31", "-", &queued("m-1", &raised(0))).await;
        assert_eq!(again.verdicts(), [("acted", "routed"); 2]);
        assert_eq!(counted(&station), (2, 2));
    }
}

#[tokio::test]
async fn an_older_state_that_comes_after_a_newer_one_does_nothing() {
    let station = Station::with(PURGE);
    // The alarm recovered at once, and that came first. No route is about it.
    let newer = station.gets("09:00:31", "r-2", &recovered(30).by_bus()).await;
    assert_eq!(newer.verdict(), ("held", "no-route"));
    for (way, event) in deliveries(&raised(0)) {
        let late = station.gets("09:00:32", way, &event).await;
        assert_eq!(late.verdict(), ("held", "stale"), "{way}");
        assert!(late.report().why.text.contains("2026-11-21T09:00:30Z"), "{}", late.report().why.text);
    }
    assert!(station.sent().is_empty());
    // The next one is newer than all.
    assert_eq!(station.gets("09:01:01", "r-3", &raised(60).by_bus()).await.verdict(), ("acted", "routed"));
}

#[tokio::test]
async fn the_newest_state_is_remembered_also_when_people_were_told_of_it_already() {
    let station = Station::with(PURGE);
    station.gets("09:00:01", "r-1", &recovered(0).by_bus()).await;
    // The ledger denies the second of these within the hour, and must know it all the same.
    let told = station.gets("09:10:01", "r-2", &recovered(600).by_bus()).await;
    assert!(!told.report().is_published());
    let late = station.gets("09:10:02", "r-3", &raised(300).by_bus()).await;
    assert_eq!(late.verdict(), ("held", "stale"));
}

#[tokio::test]
async fn the_newest_state_is_remembered_also_when_its_command_was_refused() {
    let routes = format!(
        "{}    cooldown: 30m\n",
        PURGE.replace("{alarm: origin-5xx}", "{alarm: origin-5xx, to: [ALARM, OK]}")
    );
    let station = Station::with(&routes);
    station.gets("09:00:01", "r-1", &raised(0).by_bus()).await;
    assert_eq!(
        station.gets("09:10:01", "r-2", &recovered(600).by_bus()).await.verdict(),
        ("refused", "cooldown")
    );
    let late = station.gets("09:40:00", "r-3", &raised(300).by_bus()).await;
    assert_eq!(late.verdict(), ("held", "stale"));
    assert_eq!(station.sent().len(), 1);
}

#[tokio::test]
async fn what_was_sent_is_called_sent_also_when_something_newer_was_seen_since() {
    let station = Station::with(PURGE);
    station.gets("09:00:01", "r-1", &raised(0).by_bus()).await;
    station.gets("09:00:31", "r-2", &recovered(30).by_bus()).await;
    let again = station.gets("09:00:32", "r-3", &raised(0).by_topic()).await;
    assert_eq!(again.verdict(), ("held", "already-routed"));
}

#[tokio::test]
async fn a_claim_whose_alarm_has_recovered_meanwhile_is_not_taken_up_again() {
    let station = Station::with(PURGE);
    station.ledger().lose_answer_of_next("enter");
    station.gets("09:00:01", "r-1", &raised(0).by_bus()).await;
    station.gets("09:00:31", "r-2", &recovered(30).by_bus()).await;
    let again = station.gets("09:01:01", "r-1", &raised(0).by_bus()).await;
    assert_eq!(again.verdict(), ("held", "stale"));
    assert!(station.sent().is_empty());
}

#[tokio::test]
async fn one_change_that_comes_twice_in_one_batch_is_one_command() {
    let station = Station::with(PURGE);
    let change = raised(0);
    let bodies = [change.by_bus(), change.notification(), change.message(), change.by_alarm()];
    let messages: Vec<Message> =
        bodies.iter().enumerate().map(|(n, body)| Message::new(format!("m-{n}"), body)).collect();
    let outcome = station.gets("09:00:01", "-", &batch(&messages)).await;
    let mut expected = vec![("held", "already-routed"); 4];
    expected[0] = ("acted", "routed");
    assert_eq!(outcome.verdicts(), expected);
    assert_eq!((station.sent().len(), outcome.returned.len()), (1, 0));
}

#[tokio::test]
async fn every_message_of_a_mixed_batch_is_reported_and_only_what_failed_comes_back() {
    let station = Station::with(PURGE);
    let messages = [
        Message::new("m-0", raised(0).by_bus()),
        Message::new("m-1", "no JSON"),
        Message::new("m-2", alarm("unknown", 0).by_bus()),
        Message::new("m-3", json!({"action": "pause", "scope": "all", "for": "1h"})),
        Message::new("m-4", recovered(30).notification()),
        Message::new("m-5", json!({"action": "invalidate", "target": "weather-site", "everything": true})),
    ];
    let outcome = station.gets("09:00:31", "-", &batch(&messages)).await;
    assert_eq!(
        outcome.verdicts(),
        [
            ("acted", "routed"),
            ("failed", "undecodable-event"),
            ("held", "no-route"),
            ("failed", "invalid-command"),
            ("held", "no-route"),
            ("failed", "invalid-command"),
        ]
    );
    assert_eq!(outcome.returned, ["m-1", "m-3", "m-5"]);
}

#[tokio::test]
async fn a_second_claim_of_the_same_message_at_the_same_time_is_dropped_by_the_queue() {
    // The queue has delivered a message a second time while the first is still at work: both have one name.
    let station = Station::with(PURGE);
    station.ledger().fail_next("mark", Some(FaultClass::Unavailable));
    station.gets("09:00:01", "-", &queued("m-1", &raised(0))).await;
    let second = station.gets("09:00:02", "-", &queued("m-1", &raised(0))).await;
    assert_eq!(second.verdict(), ("acted", "routed"));
    assert_eq!(station.sent().len(), 1);
}

#[tokio::test]
async fn somebody_elses_lease_on_the_target_is_no_business_of_the_router() {
    let station = Station::with(PURGE);
    let lease =
        Guard::Lease { target: "weather-site".to_owned(), owner: "o".to_owned(), until: at("10:00:00") };
    station.ledger().enter(&[lease], at("09:00:00")).await.unwrap();
    assert_eq!(station.gets("09:00:01", "r-1", &raised(0).by_bus()).await.verdict(), ("acted", "routed"));
}
