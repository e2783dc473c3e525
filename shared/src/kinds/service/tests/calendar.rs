//! Holidays in zones on both sides of the equator, and on both sides of their daylight-saving changes.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::*;

fn zone(text: &str) -> TimeZone {
    ZoneName::try_from(text.to_owned()).unwrap().resolve().unwrap()
}

fn with(holidays: &[&str]) -> Service {
    let holidays = holidays.iter().map(|text| Holiday::try_from((*text).to_owned()).unwrap()).collect();
    Service { holidays, ..service("least") }
}

/// The holiday at a time, as text.
fn holiday(service: &Service, zone_name: &str, at: &str) -> Option<String> {
    service.holiday(at.parse().unwrap(), &zone(zone_name)).map(|date| date.to_string())
}

#[test]
fn a_holiday_is_the_day_of_its_zone_from_its_first_second_to_its_last() {
    for (zone, day, first, end) in [
        ("UTC", "2026-12-25", "2026-12-25T00:00:00Z", "2026-12-26T00:00:00Z"),
        // Winter and summer, north: an hour ahead of UTC and two, five hours behind it and four.
        ("Europe/Berlin", "2026-12-25", "2026-12-24T23:00:00Z", "2026-12-25T23:00:00Z"),
        ("Europe/Berlin", "2026-07-01", "2026-06-30T22:00:00Z", "2026-07-01T22:00:00Z"),
        ("America/New_York", "2026-12-25", "2026-12-25T05:00:00Z", "2026-12-26T05:00:00Z"),
        ("America/New_York", "2026-07-03", "2026-07-03T04:00:00Z", "2026-07-04T04:00:00Z"),
        // Summer and winter, south.
        ("Australia/Sydney", "2026-12-25", "2026-12-24T13:00:00Z", "2026-12-25T13:00:00Z"),
        ("Australia/Sydney", "2026-06-08", "2026-06-07T14:00:00Z", "2026-06-08T14:00:00Z"),
        ("America/Santiago", "2026-12-25", "2026-12-25T03:00:00Z", "2026-12-26T03:00:00Z"),
        ("America/Santiago", "2026-06-21", "2026-06-21T04:00:00Z", "2026-06-22T04:00:00Z"),
        // The days on which the clocks change have 23 hours or 25.
        ("Europe/Berlin", "2026-03-29", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"),
        ("Europe/Berlin", "2026-10-25", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"),
        ("America/New_York", "2026-03-08", "2026-03-08T05:00:00Z", "2026-03-09T04:00:00Z"),
        ("America/New_York", "2026-11-01", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"),
        ("Australia/Sydney", "2026-10-04", "2026-10-03T14:00:00Z", "2026-10-04T13:00:00Z"),
        ("Australia/Sydney", "2026-04-05", "2026-04-04T13:00:00Z", "2026-04-05T14:00:00Z"),
        // In Santiago midnight itself is skipped: the day begins at one. In autumn the last hour comes twice.
        ("America/Santiago", "2026-09-06", "2026-09-06T04:00:00Z", "2026-09-07T03:00:00Z"),
        ("America/Santiago", "2026-04-04", "2026-04-04T03:00:00Z", "2026-04-05T04:00:00Z"),
        // The days beside them, which a calendar that counts 24 hours a day would cut short.
        ("Europe/Berlin", "2026-03-30", "2026-03-29T22:00:00Z", "2026-03-30T22:00:00Z"),
        ("America/Santiago", "2026-09-05", "2026-09-05T04:00:00Z", "2026-09-06T04:00:00Z"),
        ("America/Santiago", "2026-04-05", "2026-04-05T04:00:00Z", "2026-04-06T04:00:00Z"),
    ] {
        let service = with(&[day]);
        let second = SignedDuration::from_secs(1);
        let (first, end): (Timestamp, Timestamp) = (first.parse().unwrap(), end.parse().unwrap());
        let found = [first - second, first, end - second, end]
            .map(|at| holiday(&service, zone, &at.to_string()).is_some());
        assert_eq!(found, [false, true, true, false], "{day} in {zone}");
        assert_eq!(holiday(&service, zone, &first.to_string()).as_deref(), Some(day));
    }
}

#[test]
fn ranges_have_both_their_ends_also_over_the_end_of_a_year() {
    let service = with(&["2026-12-24/2027-01-01", "2027-04-02"]);
    for (at, expected) in [
        ("2026-12-24T04:59:59Z", None),
        ("2026-12-24T05:00:00Z", Some("2026-12-24")),
        ("2026-12-31T12:00:00Z", Some("2026-12-31")),
        ("2027-01-01T04:59:59Z", Some("2026-12-31")),
        ("2027-01-01T05:00:00Z", Some("2027-01-01")),
        ("2027-01-02T04:59:59Z", Some("2027-01-01")),
        ("2027-01-02T05:00:00Z", None),
        ("2027-04-02T12:00:00Z", Some("2027-04-02")),
        ("2025-12-31T12:00:00Z", None),
        ("2027-12-31T12:00:00Z", None),
    ] {
        assert_eq!(holiday(&service, "America/New_York", at).as_deref(), expected, "{at}");
    }
}

#[test]
fn the_same_moment_is_a_holiday_in_one_zone_and_none_in_another() {
    let service = with(&["2027-01-01"]);
    let at = "2026-12-31T15:00:00Z";
    assert_eq!(holiday(&service, "Australia/Sydney", at).as_deref(), Some("2027-01-01"));
    assert_eq!(holiday(&service, "Europe/Berlin", at), None);
    assert_eq!(holiday(&with(&[]), "Australia/Sydney", at), None);
}

#[test]
fn zones_are_those_of_the_database_in_their_own_spelling() {
    for good in
        ["UTC", "Etc/UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+5", "US/Eastern"]
    {
        let name = ZoneName::try_from(good.to_owned()).unwrap();
        assert_eq!(name.resolve().unwrap().iana_name(), Some(good));
    }
    for unknown in ["Europe/Berln", "europe/berlin", "utc", "Etc/Unknown", "CEST", "Mars/Olympus"] {
        assert!(ZoneName::try_from(unknown.to_owned()).unwrap().resolve().is_err(), "{unknown}");
    }
    for bad in ["", "/Berlin", "Europe/", "+02:00", "Europe/../Berlin", "Europe Berlin", "Zürich"] {
        assert!(ZoneName::try_from(bad.to_owned()).is_err(), "{bad}");
    }
}

#[test]
fn a_zone_that_there_is_not_is_named_with_its_target() {
    assert_eq!(good().check_zones(), Ok(()));
    let playbook = Playbook::parse(&GOOD.replace("Europe/Berlin", "Europe/Berln")).unwrap();
    expect![
        "target `portfolio-api`: `time-zone`: `Europe/Berln` is no time zone; expected one of the IANA database, as `Europe/Berlin` or `UTC`"
    ]
    .assert_eq(&playbook.check_zones().unwrap_err().to_string());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn a_moment_is_in_the_one_day_that_its_zone_says(
        second in -2_208_988_800_i64..4_102_444_800,
        zone_name in prop::sample::select(vec![
            "UTC", "Europe/Berlin", "America/New_York", "Australia/Sydney", "America/Santiago", "Pacific/Apia",
        ]),
        days in -400_i32..400,
    ) {
        let (at, zone) = (Timestamp::from_second(second).unwrap(), zone(zone_name));
        let date = at.to_zoned(zone.clone()).date();
        let on = |date: Date| with(&[&date.to_string()]).holiday(at, &zone);
        prop_assert_eq!(on(date), Some(date));
        let other = date.checked_add(SignedDuration::from_hours(24) * days).unwrap();
        prop_assert_eq!(on(other).is_some(), other == date);
        let (first, last) = (date.min(other), date.max(other));
        prop_assert_eq!(with(&[&format!("{first}/{last}")]).holiday(at, &zone), Some(date));
    }
}
