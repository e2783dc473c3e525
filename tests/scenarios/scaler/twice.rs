//! The same again: nothing more happens than the first time.

use serde_json::json;

use super::{Fleet, by_schedule, event, queued};
use crate::site::events_of;

#[tokio::test]
async fn every_event_twice_has_the_effects_of_once() {
    for name in events_of("scale-service") {
        for fleet in [Fleet::prod(), Fleet::dev()] {
            let event = event(&name);
            let world = |fleet: &Fleet| {
                let target = "portfolio-api";
                (
                    fleet.size(target),
                    fleet.saved(target),
                    fleet.services().schedules().len(),
                    fleet.ledger().size(),
                )
            };
            fleet.gets("2026-11-21T09:30:00Z", &event).await;
            let once = world(&fleet);
            let again = fleet.gets("2026-11-21T09:31:30Z", &event).await;
            for (verdict, code) in again.verdicts() {
                assert_ne!(verdict, "acted", "{name}: {code}");
            }
            assert_eq!(world(&fleet), once, "{name}");
        }
    }
}

#[tokio::test]
async fn a_schedule_that_fires_twice_acts_once() {
    let fleet = Fleet::prod();
    let twice = fleet.gets("2026-11-20T08:00:20Z", &event("schedule-twice-in-sqs")).await;
    assert_eq!(twice.verdicts(), [("acted", "profile-set"), ("held", "already-done")]);
    // A copy that was late, when the evening has come, does not bring the morning back.
    fleet.gets("2026-11-20T18:00:20Z", &event("schedule-after-hours-in-sqs")).await;
    let late = fleet.gets("2026-11-20T18:30:00Z", &event("schedule-business-hours-in-sqs")).await;
    assert_eq!(late.verdict(), ("held", "already-done"));
    assert_eq!(fleet.state("platform-api").scaling.unwrap().min, 1);
}

/// Half past one comes twice on 2026-11-01 in New York: at 05:30 and at 06:30 UTC. The ids have the UTC time, so that
/// each is an order of its own, and the second finds all done.
#[tokio::test]
async fn the_hour_that_occurs_twice_parks_once() {
    let fleet = Fleet::dev();
    let verdicts = [
        ("2026-11-01T05:30:00Z", "message-1", ("acted", "parked")),
        ("2026-11-01T05:30:00Z", "message-2", ("held", "already-done")),
        ("2026-11-01T06:30:00Z", "message-3", ("held", "already-parked")),
        ("2026-11-01T06:30:00Z", "message-4", ("held", "already-done")),
    ];
    for (time, message, expected) in verdicts {
        let mut night = by_schedule("schedule-night-in-sqs", time);
        night["Records"][0]["messageId"] = json!(message);
        assert_eq!(fleet.gets(time, &night).await.verdict(), expected, "{message}");
    }
    fleet.gets("2026-11-01T12:00:00Z", &by_schedule("schedule-morning-in-sqs", "2026-11-01T12:00:00Z")).await;
    assert_eq!(fleet.size("portfolio-api"), "3 in 2..4");
}

#[tokio::test]
async fn the_end_of_a_boost_and_the_reconciliation_act_once() {
    for end_first in [true, false] {
        let fleet = Fleet::prod();
        fleet.gets("2026-11-21T09:00:00Z", &event("router-boost-in-sqs")).await;
        let [schedule] = fleet.services().schedules().try_into().unwrap();
        let end = queued("end", &schedule.input);
        let mut both = [event("schedule-reconcile-in-sqs"), end];
        if end_first {
            both.reverse();
        }
        let first = fleet.gets("2026-11-21T09:33:00Z", &both[0]).await;
        assert_eq!(first.verdict(), ("acted", "boost-ended"));
        let second = fleet.gets("2026-11-21T09:33:01Z", &both[1]).await;
        assert_eq!(second.verdict().0, "held");
        assert_eq!(fleet.size("platform-api"), "3 in 2..8");
    }
}
