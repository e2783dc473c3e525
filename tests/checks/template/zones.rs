//! Local times that a daylight-saving change skips or repeats. EventBridge Scheduler leaves the first out, and what
//! happens at the second is not what anybody meant.
#![expect(clippy::unwrap_used, reason = "what surprises a test is to stop it, in its helpers too")]

use std::ops::RangeInclusive;

use jiff::ToSpan;
use jiff::civil::{Date, Time, date, time};
use jiff::tz::TimeZone;

/// The years that are looked at: what is deployed today is to run for long.
pub(super) const YEARS: RangeInclusive<i16> = 2026..=2046;

/// The days of those years on which a local time is not exactly one moment, whatever the day of the week.
pub(super) fn days_without_one(time: Time, zone: &TimeZone, years: RangeInclusive<i16>) -> Vec<Date> {
    let (first, last) = (date(*years.start(), 1, 1), date(*years.end(), 12, 31));
    let days = first.series(1.day()).take_while(|day| *day <= last);
    days.filter(|day| zone.to_ambiguous_timestamp(day.to_datetime(time)).is_ambiguous()).collect()
}

#[track_caller]
fn check(zone: &str, hour: i8, minute: i8, expected: &[&str]) {
    let zone = TimeZone::get(zone).unwrap();
    let days = days_without_one(time(hour, minute, 0, 0), &zone, 2026..=2027);
    assert_eq!(days.iter().map(Date::to_string).collect::<Vec<_>>(), expected);
}

#[test]
fn in_the_north_a_time_is_skipped_in_spring_and_one_is_repeated_in_autumn() {
    check("America/New_York", 1, 59, &["2026-11-01", "2027-11-07"]);
    check("America/New_York", 2, 0, &["2026-03-08", "2027-03-14"]);
    check("America/New_York", 2, 59, &["2026-03-08", "2027-03-14"]);
    check("America/New_York", 3, 0, &[]);
    check("America/New_York", 0, 59, &[]);
    check("Europe/Berlin", 2, 30, &["2026-03-29", "2026-10-25", "2027-03-28", "2027-10-31"]);
}

#[test]
fn in_the_south_it_is_the_other_half_of_the_year() {
    check("Australia/Sydney", 2, 30, &["2026-04-05", "2026-10-04", "2027-04-04", "2027-10-03"]);
    check("Australia/Sydney", 3, 0, &[]);
    // Half an hour only.
    check("Australia/Lord_Howe", 2, 15, &["2026-10-04", "2027-10-03"]);
    check("Australia/Lord_Howe", 2, 45, &[]);
}

#[test]
fn midnight_can_be_missing_too() {
    check("America/Santiago", 0, 0, &["2026-09-06", "2027-09-05"]);
    check("America/Santiago", 23, 30, &["2026-04-04", "2027-04-03"]);
}

#[test]
fn a_zone_without_daylight_saving_has_every_time_once_a_day() {
    for zone in ["UTC", "Asia/Kolkata", "America/Phoenix"] {
        for hour in 0..24 {
            check(zone, hour, 30, &[]);
        }
    }
}
