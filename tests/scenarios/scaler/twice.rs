//! The same again: nothing more happens than the first time.

use std::collections::BTreeSet;

use scale_service::world::State;
use serde_json::{Value, json};

use super::{Fleet, event, queued};
use crate::site::{Outcome, events_of};

/// What has happened before an event: nothing, a night, or the boosts that events speak of.
const BEFORE: [&[&str]; 3] = [&[], &["schedule-night-in-sqs"], &["router-boost-in-sqs", "boost-42"]];

/// Both environments, each after all of that.
async fn fleets() -> Vec<Fleet> {
    let boost =
        json!({"action": "boost", "target": "portfolio-api", "add": 1, "for": "1h", "id": "boost-42"});
    let mut fleets = Vec::new();
    for before in BEFORE {
        for fleet in [Fleet::prod(), Fleet::dev()] {
            for name in before {
                let event = if *name == "boost-42" { queued("m-0", &boost) } else { event(name) };
                fleet.gets("2026-11-21T09:00:00Z", &event).await;
            }
            fleets.push(fleet);
        }
    }
    fleets
}

/// All that can be seen from outside.
fn effects(fleet: &Fleet) -> String {
    let targets = ["platform-api", "portfolio-api"];
    let there: Vec<&str> = targets.into_iter().filter(|target| fleet.has(target)).collect();
    let states: Vec<State> = there.iter().map(|target| fleet.state(target)).collect();
    let saved: Vec<Option<Value>> = there.iter().map(|target| fleet.saved(target)).collect();
    format!("{states:?} {saved:?} {:?} {}", fleet.services().schedules(), fleet.ledger().size())
}

#[tokio::test]
async fn every_event_twice_has_the_effects_of_once() {
    let mut acted = BTreeSet::new();
    for name in events_of("scale-service") {
        for fleet in fleets().await {
            let event = event(&name);
            let first = fleet.gets("2026-11-21T09:30:00Z", &event).await;
            acted.extend(first.verdicts().into_iter().filter(|(verdict, _)| *verdict == "acted"));
            let once = effects(&fleet);
            for time in ["2026-11-21T09:30:01Z", "2026-11-21T09:31:30Z", "2026-11-21T21:30:00Z"] {
                let again = fleet.gets(time, &event).await;
                for (verdict, code) in again.verdicts() {
                    // Half a day later there may be something overdue, and that is another story.
                    assert!(verdict != "acted" || name.contains("reconcile"), "{name} at {time}: {code}");
                }
                assert!(effects(&fleet) == once || name.contains("reconcile"), "{name} at {time}");
            }
        }
    }
    let codes: Vec<&str> = acted.into_iter().map(|(_, code)| code).collect();
    assert_eq!(codes, ["boost-ended", "boosted", "parked", "profile-set", "restored", "set"]);
}

/// A standard queue, or a sender that tries again, makes two messages of one command, and both are in one batch.
#[tokio::test]
async fn every_command_twice_in_a_batch_has_the_effects_of_once() {
    let mut compared = 0;
    for name in events_of("scale-service") {
        let mut twice = event(&name);
        let Some(records) = twice["Records"].as_array_mut().filter(|all| all[0]["body"].is_string()) else {
            continue;
        };
        let copies: Vec<Value> = records.clone();
        records.extend(copies.into_iter().map(|mut copy| {
            copy["messageId"] = json!(format!("copy of {}", copy["messageId"].as_str().unwrap()));
            copy
        }));
        for (one, other) in fleets().await.into_iter().zip(fleets().await) {
            let once = one.gets("2026-11-21T09:30:00Z", &event(&name)).await;
            let both = other.gets("2026-11-21T09:30:00Z", &twice).await;
            let acts = |outcome: &Outcome| {
                outcome.verdicts().iter().filter(|(verdict, _)| *verdict == "acted").count()
            };
            assert_eq!(acts(&both), acts(&once), "{name}: {}", both.line());
            assert_eq!(effects(&other), effects(&one), "{name}");
            compared += acts(&once);
        }
    }
    assert!(compared > 20, "{compared}");
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
