//! Clocks are put forward and back, in the north and in the south: what lasts an hour lasts an hour, and what comes every
//! night comes every night.

use jiff::civil::{Date, Time, time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde_json::json;

use super::{Fleet, by_schedule, event, playbook, queued};

/// Zones, the moments at which their clocks change, and by how many minutes.
const CHANGES: [(&str, &str, i64); 10] = [
    ("America/New_York", "2026-03-08T07:00:00Z", 60),
    ("America/New_York", "2026-11-01T06:00:00Z", -60),
    ("Europe/London", "2026-03-29T01:00:00Z", 60),
    ("Europe/London", "2026-10-25T01:00:00Z", -60),
    ("Australia/Sydney", "2026-04-04T16:00:00Z", -60),
    ("Australia/Sydney", "2026-10-03T16:00:00Z", 60),
    ("America/Santiago", "2026-04-05T03:00:00Z", -60),
    ("America/Santiago", "2026-09-06T04:00:00Z", 60),
    ("Australia/Lord_Howe", "2026-04-04T15:00:00Z", -30),
    ("Australia/Lord_Howe", "2026-10-03T15:30:00Z", 30),
];

fn changes() -> impl Iterator<Item = (TimeZone, Timestamp, SignedDuration)> {
    CHANGES.into_iter().map(|(zone, at, minutes)| {
        let (zone, at) = (TimeZone::get(zone).unwrap(), at.parse::<Timestamp>().unwrap());
        let offset = |at| zone.to_offset(at).seconds();
        let change = offset(at) - offset(at - SignedDuration::from_secs(1));
        assert_eq!(i64::from(change), minutes * 60, "{zone:?} {at}");
        (zone, at, SignedDuration::from_mins(minutes))
    })
}

/// The service of development, in a zone, with further keys.
fn fleet(zone: &TimeZone, further: &str) -> Fleet {
    let zone = zone.iana_name().unwrap();
    let text =
        playbook("dev").replace("time-zone: America/New_York", &format!("time-zone: {zone}\n    {further}"));
    assert!(text.contains(zone));
    let fleet = Fleet::of(&text);
    fleet.put("portfolio-api", scale_service::fake::FakeService::scaled(3, 2, 4));
    fleet
}

fn local(zone: &TimeZone, date: Date, time: Time) -> Timestamp {
    date.to_datetime(time).to_zoned(zone.clone()).unwrap().timestamp()
}

/// Also where it ends on a holiday: only schedules that add tasks rest.
#[tokio::test]
async fn a_boost_lasts_its_time_whatever_the_clocks_do() {
    for (zone, at, _) in changes() {
        let first = (at - SignedDuration::from_hours(24)).to_zoned(zone.clone()).date();
        let holidays = format!("holidays: [{first}/{}]", first + 3.days());
        for (length, hours) in [("1h", 1), ("2h", 2), ("24h", 24)] {
            let fleet = fleet(&zone, &holidays);
            let begins = at - SignedDuration::from_mins(20);
            let ends = begins + SignedDuration::from_hours(hours);
            let boost =
                json!({"action": "boost", "target": "portfolio-api", "add": 1, "for": length, "id": "b"});
            let boosted = fleet.gets_at(begins, &queued("m-1", &boost)).await;
            assert_eq!(boosted.verdict(), ("acted", "boosted"), "{zone:?} {length}");
            let next = boosted.report().next.clone().unwrap();
            assert_eq!(next, format!("restores at {ends}"), "{zone:?}");
            let [schedule] = fleet.services().schedules().try_into().unwrap();
            assert_eq!(schedule.at, ends, "{zone:?} {length}");

            let reconcile = event("schedule-reconcile-in-sqs");
            let early = fleet.gets_at(ends - SignedDuration::from_secs(1), &reconcile).await;
            assert_eq!(early.verdict(), ("held", "nothing-overdue"), "{zone:?} {length}");
            let ended = fleet.gets_at(ends, &queued("end", &schedule.input)).await;
            assert_eq!(ended.verdict(), ("acted", "boost-ended"), "{zone:?} {length}");
            assert_eq!(fleet.size("portfolio-api"), "3 in 2..4");
        }
    }
}

/// The ids of a schedule's commands have the scheduled time in UTC, so that each is an order of its own.
#[tokio::test]
async fn nights_and_mornings_come_once_a_day_whatever_the_clocks_do() {
    for (zone, at, change) in changes() {
        let fleet = fleet(&zone, "");
        let night_of_change = (at - SignedDuration::from_hours(12)).to_zoned(zone.clone()).date();
        let mut lengths = Vec::new();
        for day in -2..=2 {
            let evening = night_of_change + i64::from(day).days();
            let parks = local(&zone, evening, time(20, 0, 0, 0));
            let wakes = local(&zone, evening.tomorrow().unwrap(), time(7, 0, 0, 0));
            for (file, at, expected) in
                [("schedule-night-in-sqs", parks, "parked"), ("schedule-morning-in-sqs", wakes, "restored")]
            {
                let order = by_schedule(file, &at.to_string());
                let arrives = at + SignedDuration::from_secs(20);
                assert_eq!(
                    fleet.gets_at(arrives, &order).await.verdict(),
                    ("acted", expected),
                    "{zone:?} {at}"
                );
                let again = fleet.gets_at(arrives + SignedDuration::from_secs(90), &order).await;
                assert_eq!(again.verdict(), ("held", "already-done"), "{zone:?} {at}");
            }
            assert_eq!(fleet.size("portfolio-api"), "3 in 2..4", "{zone:?} {evening}");
            lengths.push(wakes.duration_since(parks));
        }
        let usual = SignedDuration::from_hours(11);
        assert_eq!(lengths, [usual, usual, usual - change, usual, usual], "{zone:?}");
    }
}

/// The same time of the clock twice, an hour apart.
#[tokio::test]
async fn the_hour_that_occurs_twice_parks_once() {
    for (zone, at, change) in changes().filter(|(_, _, change)| change.is_negative()) {
        let fleet = fleet(&zone, "");
        let (before, after) = (at + change / 2, at - change / 2);
        let time_of = |at: Timestamp| at.to_zoned(zone.clone()).datetime();
        assert_eq!(time_of(before), time_of(after), "{zone:?}");
        let verdicts = [
            (before, "message-1", ("acted", "parked")),
            (before, "message-2", ("held", "already-done")),
            (after, "message-3", ("held", "already-parked")),
            (after, "message-4", ("held", "already-done")),
        ];
        for (time, message, expected) in verdicts {
            let mut night = by_schedule("schedule-night-in-sqs", &time.to_string());
            night["Records"][0]["messageId"] = json!(message);
            assert_eq!(fleet.gets_at(time, &night).await.verdict(), expected, "{zone:?} {message}");
        }
        let dawn = at + SignedDuration::from_hours(5);
        fleet.gets_at(dawn, &by_schedule("schedule-morning-in-sqs", &dawn.to_string())).await;
        assert_eq!(fleet.size("portfolio-api"), "3 in 2..4");
    }
}

/// A schedule at a time that the clocks skip is not fired that day.
#[tokio::test]
async fn a_morning_that_the_clocks_skip_loses_no_size() {
    for (zone, at, _) in changes().filter(|(_, _, change)| change.is_positive()) {
        let fleet = fleet(&zone, "");
        let hours = [(-6, "night", ("acted", "parked")), (18, "night", ("held", "already-parked"))];
        for (hour, file, expected) in hours.into_iter().chain([(27, "morning", ("acted", "restored"))]) {
            let time = at + SignedDuration::from_hours(hour);
            let order = by_schedule(&format!("schedule-{file}-in-sqs"), &time.to_string());
            assert_eq!(fleet.gets_at(time, &order).await.verdict(), expected, "{zone:?} {time}");
        }
        assert_eq!(fleet.size("portfolio-api"), "3 in 2..4", "{zone:?}");
    }
}
