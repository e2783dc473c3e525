//! Groups of services, and what routes may send to a service or a group.

use super::*;

fn names(playbook: &Playbook, target: &str) -> Vec<String> {
    let services = playbook.services(&name(target)).unwrap();
    services.into_iter().map(|(name, _)| name.to_string()).collect()
}

#[test]
fn a_service_is_itself_and_a_group_its_members_in_order() {
    let playbook = good();
    assert_eq!(names(&playbook, "portfolio-api"), ["portfolio-api"]);
    assert_eq!(names(&playbook, "portfolio"), ["portfolio-api", "least"]);
    let all: Vec<&str> = playbook.all_services().map(|(name, _)| name.as_str()).collect();
    assert_eq!(all, ["least", "portfolio-api"]);
}

#[test]
fn another_target_is_told_what_it_is_and_which_ones_will_do() {
    let playbook = good();
    let error = |target: &str| playbook.services(&name(target)).unwrap_err().to_string();
    expect![
        "field `target` is `portfolio-app`; expected a service or a group of services of the playbook: least, portfolio, portfolio-api"
    ]
    .assert_eq(&error("portfolio-app"));
    expect![
        "field `target` is `weather-site`, a distribution; expected a service or a group of services of the playbook: least, portfolio, portfolio-api"
    ]
    .assert_eq(&error("weather-site"));
    expect![
        "field `target` is `portfolio`, a group of services; expected a distribution of the playbook: weather-site"
    ]
    .assert_eq(&playbook.distribution(&name("portfolio")).unwrap_err().to_string());
}

#[test]
fn members_that_are_not_services_are_rejected_with_line_column_value_and_expectation() {
    error(
        "[portfolio-api, least]",
        "[]",
        expect![
            "`services` is an empty list; expected at least one target of kind `service` at line 23, column 5"
        ],
    );
    error(
        "[portfolio-api, least]",
        "[portfolio-api, most]",
        expect![
            "group `portfolio`: `most` is no target; expected a service of the playbook: least, portfolio-api at line 24, column 31"
        ],
    );
    error(
        "[portfolio-api, least]",
        "[weather-site, least]",
        expect![
            "group `portfolio`: `weather-site` is a distribution; expected a service of the playbook: least, portfolio-api at line 24, column 16"
        ],
    );
    error(
        "[portfolio-api, least]",
        "[least, portfolio]",
        expect![
            "group `portfolio`: `portfolio` is a group of services; expected a service of the playbook: least, portfolio-api at line 24, column 23"
        ],
    );
    error(
        "[portfolio-api, least]",
        "[least, portfolio-api, least]",
        expect![
            "group `portfolio`: `least` is there twice; expected each service once at line 24, column 38"
        ],
    );
    error(
        "[portfolio-api, least]",
        "[least, Most]",
        expect![
            "`Most` is not a target's name: a lower-case letter, then at most 39 of a-z, 0-9 and - at line 24, column 23"
        ],
    );
    error("[portfolio-api, least]", "least", expect!["expected sequence start at line 24, column 15"]);
    error(
        "services:",
        "members:",
        expect!["unknown field `members`, expected one of services at line 24, column 5"],
    );
}

#[test]
fn what_stands_before_its_kind_is_named_without_a_position() {
    error(
        "    kind: service-group\n    services: [portfolio-api, least]\n",
        "    services: [portfolio-api, most]\n    kind: service-group\n",
        expect![
            "group `portfolio`: `most` is no target; expected a service of the playbook: least, portfolio-api"
        ],
    );
}

#[test]
fn a_playbook_without_services_says_so() {
    let text = "{version: 1, targets: {g: {kind: service-group, services: [a]}}}";
    expect![
        "group `g`: `a` is no target; expected a service of the playbook: it has none at line 1, column 60"
    ]
    .assert_eq(&Playbook::parse(text).unwrap_err().to_string());
    let empty = Playbook::parse("{version: 1, targets: {}}").unwrap();
    expect!["field `target` is `a`; expected a service or a group of services of the playbook: it has none"]
        .assert_eq(&empty.services(&name("a")).unwrap_err().to_string());
}

/// What is said of a route that sends this command.
fn routed(command: &str) -> Result<(), String> {
    let text = format!("{GOOD}routes:\n  - name: r\n    when: {{alarm: a}}\n    then: [{command}]\n");
    Playbook::parse(&text).map(drop).map_err(|error| error.to_string())
}

#[test]
fn routes_send_what_the_service_allows() {
    for command in [
        "{action: set, target: portfolio-api, min: 1, max: 10}",
        "{action: set, target: portfolio-api, desired: 10}",
        "{action: profile, target: portfolio-api, profile: after-hours}",
        "{action: boost, target: portfolio-api, add: 9, for: 30m}",
        "{action: boost, target: portfolio, percent: 50, for: 24h}",
        "{action: park, target: portfolio-api}",
        "{action: restore, target: portfolio}",
        "{action: set, target: portfolio, min: 1}",
    ] {
        assert_eq!(routed(command), Ok(()), "{command}");
    }
}

#[test]
fn routes_that_go_beyond_a_service_are_rejected_with_line_column_value_and_expectation() {
    let error = |command: &str, expected: Expect| expected.assert_eq(&routed(command).unwrap_err());
    error(
        "{action: set, target: portfolio-api, min: 0}",
        expect![
            "route `r`: field `min` is `0`; expected 1 to 10, the bounds of the service at line 29, column 12"
        ],
    );
    error(
        "{action: set, target: portfolio-api, max: 11}",
        expect![
            "route `r`: field `max` is `11`; expected 1 to 10, the bounds of the service at line 29, column 12"
        ],
    );
    error(
        "{action: set, target: portfolio, desired: 2}",
        expect![
            "route `r`: field `desired` is `2`; expected 0 to 1, the bounds of the service (`least` of the group) at line 29, column 12"
        ],
    );
    error(
        "{action: profile, target: portfolio-api, profile: night}",
        expect![
            "route `r`: field `profile` is `night`; expected a profile of the service: `after-hours` or `business-hours` at line 29, column 12"
        ],
    );
    error(
        "{action: profile, target: portfolio, profile: after-hours}",
        expect![
            "route `r`: field `profile` is `after-hours`; expected none, as the service has no profiles (`least` of the group) at line 29, column 12"
        ],
    );
    error(
        "{action: park, target: least}",
        expect![
            "route `r`: field `action` is `park`; expected another, as the service does not say `may-park: true` at line 29, column 12"
        ],
    );
    error(
        "{action: park, target: portfolio}",
        expect![
            "route `r`: field `action` is `park`; expected another, as the service does not say `may-park: true` (`least` of the group) at line 29, column 12"
        ],
    );
    error(
        "{action: boost, target: portfolio, add: 2}",
        expect![
            "route `r`: field `for` is missing; expected a length of time from 5m to 24h at line 29, column 12"
        ],
    );
    error(
        "{action: reconcile, target: portfolio}",
        expect![
            "route `r`: field `action` is `reconcile`; expected `set`, `profile`, `boost`, `park` or `restore` at line 29, column 12"
        ],
    );
}
