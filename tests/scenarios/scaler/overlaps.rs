//! Boosts that overlap: with one another, with nights, with what people set, and with their own copies.

use jiff::SignedDuration;
use scale_service::fake::FakeService;
use serde_json::{Value, json};

use super::{Fleet, event, playbook, queued};

const NINE: &str = "2026-11-21T09:00:00Z";

fn boost(id: &str, add: u32, lasts: &str) -> Value {
    json!({"action": "boost", "target": "platform-api", "add": add, "for": lasts, "id": id})
}

/// Every end that is due, in the order of their times.
async fn ends(fleet: &Fleet) -> Vec<(String, String)> {
    let mut schedules = fleet.services().schedules();
    schedules.sort_by_key(|schedule| schedule.at);
    let mut lines = Vec::new();
    for schedule in schedules {
        let outcome = fleet.gets_at(schedule.at, &queued(&schedule.name, &schedule.input)).await;
        lines.push((outcome.verdict().1.to_owned(), fleet.size("platform-api")));
    }
    lines
}

fn told(lines: &[(String, String)]) -> Vec<(&str, &str)> {
    lines.iter().map(|(code, size)| (code.as_str(), size.as_str())).collect()
}

#[tokio::test]
async fn the_highest_floor_holds_until_the_last_boost_ends() {
    for [first, second] in [["20m", "40m"], ["40m", "20m"]] {
        let fleet = Fleet::prod();
        fleet.gets(NINE, &queued("m-1", &boost("b-1", 2, first))).await;
        assert_eq!(fleet.size("platform-api"), "4 in 4..8");
        let outcome = fleet.gets("2026-11-21T09:05:00Z", &queued("m-2", &boost("b-2", 3, second))).await;
        assert_eq!(outcome.verdict(), ("acted", "boosted"));
        assert_eq!(fleet.size("platform-api"), "7 in 7..8");
        let until = if second == "40m" { "09:45" } else { "09:40" };
        assert_eq!(outcome.report().next, Some(format!("restores at 2026-11-21T{until}:00Z")));
        let lines = ends(&fleet).await;
        assert_eq!(told(&lines), [("boost-continues", "7 in 7..8"), ("boost-ended", "3 in 2..8")]);
        assert_eq!(fleet.saved("platform-api"), None);
    }
}

/// Also under a profile that comes after the end of the boost whose floor it is.
#[tokio::test]
async fn the_highest_floor_holds_under_a_profile_too() {
    let fleet = Fleet::prod();
    fleet.gets("2026-11-20T07:30:00Z", &queued("m-1", &boost("b-1", 2, "60m"))).await;
    fleet.gets("2026-11-20T07:31:00Z", &queued("m-2", &boost("b-2", 3, "20m"))).await;
    let mut schedules = fleet.services().schedules();
    schedules.sort_by_key(|schedule| schedule.at);
    let [first, last] = schedules.try_into().unwrap();
    fleet.gets_at(first.at, &queued("end-1", &first.input)).await;
    let morning = fleet.gets("2026-11-20T08:00:20Z", &event("schedule-business-hours-in-sqs")).await;
    assert_eq!(morning.verdict(), ("acted", "profile-set"));
    assert_eq!(fleet.size("platform-api"), "7 in 7..10");
    fleet.gets_at(last.at, &queued("end-2", &last.input)).await;
    assert_eq!(fleet.size("platform-api"), "3 in 2..10");
}

#[tokio::test]
async fn a_boost_that_comes_again_after_its_end_raises_nothing() {
    let fleet = Fleet::prod();
    fleet.gets(NINE, &event("router-boost-in-sqs")).await;
    ends(&fleet).await;
    let late = fleet.gets("2026-11-21T10:00:00Z", &event("router-boost-redelivered")).await;
    assert_eq!(late.verdict(), ("held", "already-done"));

    // It died on its way, and its copy comes when its time is over.
    let fleet = Fleet::prod();
    fleet.services().fail_next("set-bounds", Some(shared::fault::FaultClass::Unavailable));
    let died = fleet.gets(NINE, &event("router-boost-in-sqs")).await;
    assert_eq!(died.verdict(), ("failed", "unavailable"));
    let late = fleet.gets("2026-11-21T09:31:00Z", &event("router-boost-redelivered")).await;
    assert_eq!(late.verdict(), ("held", "boost-over"));
    ends(&fleet).await;
    assert_eq!((fleet.size("platform-api"), fleet.saved("platform-api")), ("3 in 2..8".to_owned(), None));
}

/// Whatever became of the first delivery, the second makes the same schedule: its name comes from what is in it.
#[tokio::test]
async fn a_boost_that_died_on_its_way_has_one_schedule_and_one_end() {
    for fake in [FakeService::scaled(3, 2, 8), FakeService::of(3)] {
        for calls in 0..5 {
            let fleet = Fleet::prod();
            fleet.put("platform-api", fake.clone());
            let before = fleet.size("platform-api");
            fleet.services().die_after(Some(calls));
            fleet.gets(NINE, &event("router-boost-in-sqs")).await;
            fleet.services().die_after(None);
            fleet.gets("2026-11-21T09:02:00Z", &event("router-boost-redelivered")).await;
            let boosted = fleet.size("platform-api");
            assert!(["4 in 4..8", "5"].contains(&boosted.as_str()), "{boosted} after {calls} calls");
            assert_eq!(fleet.services().schedules().len(), 1, "after {calls} calls");
            let lines = ends(&fleet).await;
            assert_eq!(told(&lines), [("boost-ended", before.as_str())], "after {calls} calls");
        }
    }
}

#[tokio::test]
async fn a_night_over_a_boost_saves_the_size_under_it_and_its_end_wakes_nobody() {
    let fleet = Fleet::dev();
    let boost = json!({"action": "boost", "target": "portfolio-api", "add": 1, "for": "2h", "id": "b-1"});
    fleet.gets("2026-11-21T00:30:00Z", &queued("m-1", &boost)).await;
    assert_eq!(fleet.size("portfolio-api"), "3 in 3..4");
    let night = fleet.gets("2026-11-21T01:00:10Z", &event("schedule-night-in-sqs")).await;
    assert_eq!(night.verdict(), ("acted", "parked"));
    assert!(night.report().why.text.contains("the boost that ran is over"), "{}", night.report().why.text);
    let [schedule] = fleet.services().schedules().try_into().unwrap();
    let ended = fleet.gets_at(schedule.at, &queued("end", &schedule.input)).await;
    assert_eq!(ended.verdict(), ("held", "superseded"));
    assert_eq!(fleet.size("portfolio-api"), "0 in 0..0");
    let overdue = schedule.at + SignedDuration::from_mins(15);
    let quiet = fleet.gets_at(overdue, &event("schedule-reconcile-in-sqs")).await;
    assert_eq!(quiet.verdict(), ("held", "nothing-overdue"));
    fleet.gets("2026-11-23T12:00:00Z", &event("schedule-morning-in-sqs")).await;
    assert_eq!(fleet.size("portfolio-api"), "3 in 2..4");
}

#[tokio::test]
async fn what_somebody_set_under_a_boost_stays_or_goes_as_the_playbook_says() {
    for (on_drift, code, size) in
        [("keep", "drift-kept", "6 in 5..9"), ("restore", "boost-ended", "6 in 2..8")]
    {
        let text = playbook("prod")
            .replace("takes-over: true", &format!("takes-over: true\n    on-drift: {on_drift}"));
        let fleet = Fleet::of(&text);
        fleet.put("platform-api", FakeService::scaled(3, 2, 8));
        fleet.gets(NINE, &queued("m-1", &boost("b-1", 2, "30m"))).await;
        fleet.change("platform-api", |found| {
            let scaling = found.state.scaling.as_mut().unwrap();
            (scaling.min, scaling.max, found.state.desired) = (5, 9, 6);
        });
        let lines = ends(&fleet).await;
        assert_eq!(told(&lines), [(code, size)], "{on_drift}");
        assert_eq!(fleet.saved("platform-api"), None, "{on_drift}");
    }
}

/// A command by hand is the last word: the end of the boost finds nothing to give back.
#[tokio::test]
async fn a_set_under_a_boost_is_the_last_word() {
    let fleet = Fleet::prod();
    fleet.gets(NINE, &queued("m-1", &boost("b-1", 2, "30m"))).await;
    let wish = json!({"action": "set", "target": "platform-api", "min": 3, "max": 6, "desired": 5});
    let set = fleet.gets("2026-11-21T09:10:00Z", &queued("m-2", &wish)).await;
    assert_eq!(set.verdict(), ("acted", "set"));
    assert!(
        set.report().why.text.contains("the boost that ran is over with this"),
        "{}",
        set.report().why.text
    );
    let lines = ends(&fleet).await;
    assert_eq!(told(&lines), [("superseded", "5 in 3..6")]);
}

/// The end is a schedule's command, but what it gives back is nothing new.
#[tokio::test]
async fn a_boost_ends_on_a_holiday_too_and_gives_back_what_was() {
    let text = playbook("prod")
        .replace("takes-over: true", "takes-over: true\n    on-drift: restore\n    holidays: [2026-11-21]");
    let fleet = Fleet::of(&text);
    fleet.put("platform-api", FakeService::of(3));
    fleet.gets(NINE, &queued("m-1", &boost("b-1", 2, "30m"))).await;
    fleet.change("platform-api", |found| found.state.desired = 1);
    let lines = ends(&fleet).await;
    assert_eq!(told(&lines), [("boost-ended", "3")]);
}
