//! What the playbook says of a service: every key, and what is said of each that is wrong.

mod calendar;
mod commands;
mod groups;

use expect_test::{Expect, expect};

use super::*;
use crate::playbook::{Playbook, Target};

const GOOD: &str = "
version: 1
targets:
  portfolio-api:
    kind: service
    cluster: portfolio-prod
    service: api
    bounds: {floor: 1, ceiling: 10, largest-step: 4}
    time-zone: Europe/Berlin
    holidays: [2026-12-25, 2026-12-24/2027-01-01]
    profiles:
      business-hours: {min: 2, max: 10}
      after-hours: {min: 1, max: 10, desired: 1}
    may-park: true
    takes-over: true
    on-drift: restore
  least:
    cluster: c
    service: s
    bounds: {floor: 0, ceiling: 1, largest-step: 1}
    kind: service
  portfolio:
    kind: service-group
    services: [portfolio-api, least]
  weather-site: {kind: distribution, distribution: E1EXAMPLE}
";

fn name(text: &str) -> TargetName {
    TargetName::parse(text).unwrap()
}

fn good() -> Playbook {
    Playbook::parse(GOOD).unwrap()
}

/// A target of the playbook that is a service.
fn service(target: &str) -> Service {
    let Some(Target::Service(service)) = good().targets.remove(&name(target)) else { panic!("{target}") };
    service
}

/// What is said of the playbook with this instead of that.
fn error(from: &str, to: &str, expected: Expect) {
    let text = GOOD.replacen(from, to, 1);
    assert_ne!(text, GOOD, "{from}");
    expected.assert_eq(&Playbook::parse(&text).unwrap_err().to_string());
    assert!(Playbook::parse_targets(&format!("{text}routes: []\n")).is_err(), "{to}");
}

#[test]
fn every_key_is_understood() {
    let service = service("portfolio-api");
    assert_eq!(service.resource_id(), "service/portfolio-prod/api");
    assert_eq!(service.bounds, Bounds { floor: 1, ceiling: 10, largest_step: 4 });
    let profiles: Vec<(&str, Profile)> =
        service.profiles.iter().map(|(name, profile)| (name.as_str(), *profile)).collect();
    assert_eq!(
        profiles,
        [
            ("after-hours", Profile { min: 1, max: 10, desired: Some(1) }),
            ("business-hours", Profile { min: 2, max: 10, desired: None }),
        ]
    );
    assert_eq!(service.time_zone.as_str(), "Europe/Berlin");
    let holidays: Vec<String> = service.holidays.iter().map(Holiday::to_string).collect();
    assert_eq!(holidays, ["2026-12-25", "2026-12-24/2027-01-01"]);
    assert_eq!((service.may_park, service.takes_over, service.on_drift), (true, true, OnDrift::Restore));
}

#[test]
fn what_is_left_out_is_the_careful_choice() {
    let service = service("least");
    assert_eq!((service.profiles.len(), service.holidays.len()), (0, 0));
    assert_eq!(service.time_zone.as_str(), "UTC");
    assert_eq!((service.may_park, service.takes_over, service.on_drift), (false, false, OnDrift::Keep));
}

#[test]
fn names_keep_to_the_form_of_ecs() {
    let longest = "a".repeat(255);
    for good in ["a", "Portfolio_prod-1", "-", longest.as_str()] {
        assert_eq!(ClusterName::try_from(good.to_owned()).unwrap().as_str(), good);
        assert_eq!(ServiceName::try_from(good.to_owned()).unwrap().as_str(), good);
    }
    for bad in ["", "a/b", "a b", "ä", "a".repeat(256).as_str()] {
        assert!(ClusterName::try_from(bad.to_owned()).is_err(), "{bad}");
        assert!(ServiceName::try_from(bad.to_owned()).is_err(), "{bad}");
    }
}

#[test]
fn bad_names_and_words_are_rejected_with_line_column_value_and_expectation() {
    error(
        "cluster: portfolio-prod",
        "cluster: arn:aws:ecs:x",
        expect![
            "`arn:aws:ecs:x` is not the name of a cluster: 1 to 255 letters, digits, `-` and `_` at line 6, column 14"
        ],
    );
    error(
        "service: api",
        "service: my api",
        expect![
            "`my api` is not the name of a service: 1 to 255 letters, digits, `-` and `_` at line 7, column 14"
        ],
    );
    error("    service: api\n", "", expect!["missing field `service` at line 15, column 5"]);
    error(
        "may-park",
        "may_park",
        expect![
            "unknown field `may_park`, expected one of cluster, service, bounds, profiles, time-zone, holidays, may-park, takes-over, on-drift at line 14, column 5"
        ],
    );
    error("may-park: true", "may-park: sometimes", expect!["invalid boolean at line 14, column 15"]);
    error(
        "on-drift: restore",
        "on-drift: forget",
        expect!["unknown variant `forget`, expected one of keep, restore at line 16, column 15"],
    );
    error(
        "Europe/Berlin",
        "Europe Berlin",
        expect![
            "`Europe Berlin` is not a time zone of the IANA database, as `Europe/Berlin` or `UTC` at line 9, column 16"
        ],
    );
    error(
        "business-hours",
        "Business",
        expect![
            "`Business` is not a profile's name: a lower-case letter, then at most 39 of a-z, 0-9 and - at line 12, column 7"
        ],
    );
    error(
        "kind: service\n    cluster: portf",
        "kind: serviced\n    cluster: portf",
        expect![
            "unknown variant `serviced`, expected one of distribution, service, service-group, database, dns at line 5, column 11"
        ],
    );
}

#[test]
fn bad_sizes_are_rejected_with_line_column_value_and_expectation() {
    error(
        "largest-step: 4",
        "largest-step: 0",
        expect!["`largest-step` is 0; expected at least 1 at line 8, column 13"],
    );
    error(
        "floor: 1",
        "floor: 11",
        expect!["`floor` is 11; expected at most the ceiling, 10 at line 8, column 13"],
    );
    error(
        "floor: 1",
        "floor: -1",
        expect!["`-1` is not a whole number from 0 to 2147483647 at line 8, column 21"],
    );
    error(
        "floor: 1",
        "floor: 1.5",
        expect!["`1.5` is not a whole number from 0 to 2147483647 at line 8, column 21"],
    );
    error("floor: 1, ", "", expect!["missing field `floor` at line 8, column 27"]);
    error(
        "floor: 0, ceiling: 1",
        "floor: 0, ceiling: 0",
        expect!["`ceiling` is 0; expected at least 1 at line 18, column 5"],
    );
    error(
        "ceiling: 10",
        "ceiling: 2147483648",
        expect!["`2147483648` is not a whole number from 0 to 2147483647 at line 8, column 33"],
    );
    error(
        "ceiling: 10",
        "ceiling: ten",
        expect!["`ten` is not a whole number from 0 to 2147483647 at line 8, column 33"],
    );
    error(
        "{min: 2, max: 10}",
        "{min: 2, max: 11}",
        expect![
            "profile `business-hours` is 2 to 11; expected it within the bounds, 1 to 10 at line 5, column 5"
        ],
    );
    error(
        "{min: 2, max: 10}",
        "{min: 0, max: 10}",
        expect![
            "profile `business-hours` is 0 to 10; expected it within the bounds, 1 to 10 at line 5, column 5"
        ],
    );
    error(
        "{min: 2, max: 10}",
        "{min: 3, max: 2}",
        expect!["`min` is 3; expected at most `max`, which is 2 at line 12, column 23"],
    );
    error("{min: 2, max: 10}", "{min: 2}", expect!["missing field `max` at line 12, column 24"]);
    error(
        "desired: 1",
        "desired: 11",
        expect!["`desired` is 11; expected 1 to 10, as `min` and `max` say at line 13, column 20"],
    );
    error(
        "min: 1, max: 10, desired: 1",
        "min: 2, max: 10, desired: 1",
        expect!["`desired` is 1; expected 2 to 10, as `min` and `max` say at line 13, column 20"],
    );
    error(
        "desired: 1",
        "wanted: 1",
        expect!["unknown field `wanted`, expected one of min, max, desired at line 13, column 38"],
    );
}

#[test]
fn bad_holidays_are_rejected_with_line_column_value_and_expectation() {
    error(
        "[2026-12-25,",
        "[2026-02-29,",
        expect![
            "`2026-02-29` is not a date, as `2026-12-25`, or the first and the last of several, as `2026-12-24/2027-01-01` at line 10, column 16"
        ],
    );
    error(
        "2026-12-24/2027-01-01",
        "2027-01-01/2026-12-24",
        expect![
            "`2027-01-01/2026-12-24` is not a range of dates, as it ends before it begins at line 10, column 28"
        ],
    );
    for bad in
        ["20261225", "2026-12-25T10:00", "2026-12-25/", "/2026-12-25", "2026-12", "25.12.2026", "1/2/3"]
    {
        assert!(Holiday::try_from(bad.to_owned()).is_err(), "{bad}");
    }
}

#[test]
fn a_service_has_one_target() {
    error(
        "cluster: c\n    service: s\n",
        "cluster: portfolio-prod\n    service: api\n",
        expect![
            "targets `least` and `portfolio-api` are both service `api` of cluster `portfolio-prod`; expected one target"
        ],
    );
}

#[test]
fn a_profile_that_there_is_not_is_told_the_others() {
    let profile = |service: &Service, text: &str| {
        let name = ProfileName::try_from(text.to_owned()).unwrap();
        service.profile(&name).map_err(|error| error.to_string()).copied()
    };
    let api = service("portfolio-api");
    assert_eq!(profile(&api, "business-hours"), Ok(Profile { min: 2, max: 10, desired: None }));
    expect![
        "field `profile` is `night`; expected a profile of the service: `after-hours` or `business-hours`"
    ]
    .assert_eq(&profile(&api, "night").unwrap_err());
    expect!["field `profile` is `night`; expected none, as the service has no profiles"]
        .assert_eq(&profile(&service("least"), "night").unwrap_err());
}
