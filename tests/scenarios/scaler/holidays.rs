//! Holidays begin and end at midnight in the service's own zone, wherever that is and whatever its clocks do that day.

use jiff::{SignedDuration, Timestamp};
use scale_service::fake::FakeService;
use serde_json::json;

use super::{Fleet, queued};

/// A schedule's wish for more tasks at an instant, for a service with one holiday.
async fn verdict(zone: &str, holiday: &str, at: Timestamp) -> (&'static str, &'static str) {
    let fleet = Fleet::of(&format!(
        "version: 1
targets:
  api:
    kind: service
    cluster: one
    service: api
    bounds: {{floor: 1, ceiling: 10, largest-step: 4}}
    time-zone: {zone}
    holidays: [{holiday}]
    profiles: {{day: {{min: 3, max: 10}}}}
"
    ));
    fleet.put("api", FakeService::scaled(1, 1, 10));
    let order =
        json!({"action": "profile", "target": "api", "profile": "day", "origin": {"source": "schedule"}});
    fleet.gets_at(at, &queued("m-1", &order)).await.verdict()
}

#[tokio::test]
async fn holidays_are_judged_in_the_services_zone() {
    for (zone, holiday, begins, ends) in [
        ("UTC", "2026-12-25", "2026-12-25T00:00:00Z", "2026-12-26T00:00:00Z"),
        ("America/New_York", "2026-12-25", "2026-12-25T05:00:00Z", "2026-12-26T05:00:00Z"),
        ("Europe/Berlin", "2026-12-24/2027-01-01", "2026-12-23T23:00:00Z", "2027-01-01T23:00:00Z"),
        ("Asia/Kolkata", "2026-08-15", "2026-08-14T18:30:00Z", "2026-08-15T18:30:00Z"),
        ("America/Sao_Paulo", "2026-09-07", "2026-09-07T03:00:00Z", "2026-09-08T03:00:00Z"),
        ("Pacific/Auckland", "2026-12-25", "2026-12-24T11:00:00Z", "2026-12-25T11:00:00Z"),
        ("Pacific/Kiritimati", "2027-01-01", "2026-12-31T10:00:00Z", "2027-01-01T10:00:00Z"),
        ("Pacific/Pago_Pago", "2027-01-01", "2027-01-01T11:00:00Z", "2027-01-02T11:00:00Z"),
        // Days of 23 and of 25 hours, north and south.
        ("America/New_York", "2026-03-08", "2026-03-08T05:00:00Z", "2026-03-09T04:00:00Z"),
        ("America/New_York", "2026-11-01", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"),
        ("Europe/Berlin", "2026-03-29", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"),
        ("Europe/London", "2026-03-29", "2026-03-29T00:00:00Z", "2026-03-29T23:00:00Z"),
        ("Europe/London", "2026-10-25", "2026-10-24T23:00:00Z", "2026-10-26T00:00:00Z"),
        ("Australia/Sydney", "2026-10-04", "2026-10-03T14:00:00Z", "2026-10-04T13:00:00Z"),
        ("Australia/Sydney", "2026-04-05", "2026-04-04T13:00:00Z", "2026-04-05T14:00:00Z"),
        // Of half an hour more or less.
        ("Australia/Lord_Howe", "2026-10-04", "2026-10-03T13:30:00Z", "2026-10-04T13:00:00Z"),
        ("Australia/Lord_Howe", "2026-04-05", "2026-04-04T13:00:00Z", "2026-04-05T13:30:00Z"),
        // Ranges with a change within.
        ("Europe/London", "2026-03-28/2026-03-30", "2026-03-28T00:00:00Z", "2026-03-30T23:00:00Z"),
        ("Australia/Sydney", "2026-10-03/2026-10-05", "2026-10-02T14:00:00Z", "2026-10-05T13:00:00Z"),
        // A day whose last hour comes twice.
        ("America/Santiago", "2026-04-04", "2026-04-04T03:00:00Z", "2026-04-05T04:00:00Z"),
        ("America/Santiago", "2026-04-05", "2026-04-05T04:00:00Z", "2026-04-06T04:00:00Z"),
        // Days that have no midnight: their first moment is one o'clock.
        ("America/Santiago", "2026-09-06", "2026-09-06T04:00:00Z", "2026-09-07T03:00:00Z"),
        ("Africa/Cairo", "2026-04-24", "2026-04-23T22:00:00Z", "2026-04-24T21:00:00Z"),
        // Days whose first hour comes twice, and their eves.
        ("America/Havana", "2026-11-01", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"),
        ("America/Havana", "2026-10-31", "2026-10-31T04:00:00Z", "2026-11-01T04:00:00Z"),
    ] {
        let [begins, ends] = [begins, ends].map(|text| text.parse::<Timestamp>().unwrap());
        let second = SignedDuration::from_secs(1);
        let (held, acted) = (("held", "holiday"), ("acted", "profile-set"));
        for (at, expected) in [(begins - second, acted), (begins, held), (ends - second, held), (ends, acted)]
        {
            assert_eq!(verdict(zone, holiday, at).await, expected, "{zone} {holiday} at {at}");
        }
    }
}

#[tokio::test]
async fn on_a_holiday_only_schedules_rest_and_only_from_adding_tasks() {
    let text = super::playbook("dev").replace("may-park: true", "may-park: true\n    holidays: [2026-11-26]");
    let fleet = Fleet::of(&text);
    fleet.put("portfolio-api", FakeService::scaled(3, 2, 4));
    // The evening before, in New York, is the 26th in UTC already.
    let night = super::by_schedule("schedule-night-in-sqs", "2026-11-26T01:00:00Z");
    assert_eq!(fleet.gets("2026-11-26T01:00:10Z", &night).await.verdict(), ("acted", "parked"));
    let morning = super::by_schedule("schedule-morning-in-sqs", "2026-11-26T12:00:00Z");
    let held = fleet.gets("2026-11-26T12:00:10Z", &morning).await;
    assert_eq!(held.verdict(), ("held", "holiday"));
    assert!(held.report().why.text.contains("2026-11-26"));
    let by_hand = json!({"action": "restore", "target": "portfolio-api"});
    assert_eq!(fleet.gets("2026-11-26T13:00:00Z", &by_hand).await.verdict(), ("acted", "restored"));
    let evening = super::by_schedule("schedule-night-in-sqs", "2026-11-27T01:00:00Z");
    assert_eq!(fleet.gets("2026-11-27T01:00:10Z", &evening).await.verdict(), ("acted", "parked"));
    let friday = super::by_schedule("schedule-morning-in-sqs", "2026-11-27T12:00:00Z");
    assert_eq!(fleet.gets("2026-11-27T12:00:10Z", &friday).await.verdict(), ("acted", "restored"));
    assert_eq!(fleet.size("portfolio-api"), "3 in 2..4");
}

/// Christmas morning in Sydney is the evening before in New York.
#[tokio::test]
async fn in_a_group_only_those_rest_who_have_a_holiday() {
    let service = |name: &str, zone: &str| {
        format!(
            "  {name}: {{kind: service, cluster: one, service: {name}, time-zone: {zone}, holidays: [2026-12-25], \
             bounds: {{floor: 1, ceiling: 10, largest-step: 4}}, profiles: {{day: {{min: 3, max: 10}}}}}}\n"
        )
    };
    let services = [service("sydney", "Australia/Sydney"), service("newyork", "America/New_York")].concat();
    let group = "  world: {kind: service-group, services: [sydney, newyork]}\n";
    for (time, expected) in [
        ("2026-12-24T12:00:00Z", "acted profile-set sydney, acted profile-set newyork"),
        ("2026-12-24T20:00:00Z", "held holiday sydney, acted profile-set newyork"),
        ("2026-12-25T12:00:00Z", "held holiday sydney, held holiday newyork"),
        ("2026-12-25T20:00:00Z", "acted profile-set sydney, held holiday newyork"),
    ] {
        let fleet = Fleet::of(&format!("version: 1\ntargets:\n{services}{group}"));
        for target in ["sydney", "newyork"] {
            fleet.put(target, FakeService::scaled(1, 1, 10));
        }
        let order = json!({"action": "profile", "target": "world", "profile": "day", "origin": {"source": "schedule"}});
        let outcome = fleet.gets(time, &queued("m-1", &order)).await;
        assert_eq!(outcome.line(), expected, "{time}");
        for report in outcome.reports.iter().filter(|report| report.why.code == "holiday") {
            assert!(report.why.text.starts_with("2026-12-25 is a holiday in the service's zone"));
        }
    }
}
