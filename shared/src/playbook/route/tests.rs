//! Routes, well-formed and not: every message has the line, the column, the value and what is allowed.

use expect_test::{Expect, expect};

use super::*;
use crate::event::AlarmState;
use crate::playbook::Playbook;

const GOOD: &str = r#"
version: 1
guardrails: {max-per-hour: 20, target-cooldown: 5m}
routes:
  - name: purge-after-outage
    when: {alarm: "weather-origin-5xx*", from: [ALARM], to: [OK], region: us-east-1, account: "123456789012"}
    then:
      - {action: invalidate, target: weather-site, everything: true}
      - {action: invalidate, target: weather-site, paths: [/index.html], reason: the page of errors}
    cooldown: 30m
    hold-down: 5m
    max-per-hour: 4
  - name: budget
    when: {budget: "status-page-*"}
    report: the budget is nearly spent
targets:
  weather-site: {kind: distribution, distribution: E1EXAMPLE}
"#;

fn error(text: &str, expected: Expect) {
    expected.assert_eq(&Playbook::parse(text).unwrap_err().to_string());
}

fn with(what: &str, instead: &str) -> String {
    assert!(GOOD.contains(what), "{what}");
    GOOD.replacen(what, instead, 1)
}

#[test]
fn a_route_says_when_what_and_how_carefully() {
    let playbook = Playbook::parse(GOOD).unwrap();
    let [purge, budget] = playbook.routes.as_slice() else { panic!("{playbook:?}") };
    let When::Alarm(pattern) = &purge.when else { panic!("{purge:?}") };
    assert_eq!((&pattern.from, &pattern.to), (&vec![AlarmState::Alarm], &vec![AlarmState::Ok]));
    assert_eq!(pattern.account.as_deref(), Some("123456789012"));
    let [all, page] = purge.commands() else { panic!("{purge:?}") };
    assert_eq!(
        (all.action.as_str(), all.target.as_str(), all.position),
        ("invalidate", "weather-site", (8, 9))
    );
    assert_eq!(page.reason.as_deref(), Some("the page of errors"));
    assert_eq!(purge.cooldown.map(|period| period.to_string()).as_deref(), Some("30m"));
    assert_eq!((purge.approve_within, purge.replays), (None, false));
    assert!(matches!(&budget.then, Then::Report(text) if text == "the budget is nearly spent"));
    assert_eq!(playbook.guardrails.max_per_hour.map(NonZeroU32::get), Some(20));
}

#[test]
fn what_is_left_out_has_its_default() {
    let playbook = Playbook::parse(&with("from: [ALARM], to: [OK], ", "")).unwrap();
    let When::Alarm(pattern) = &playbook.routes[0].when else { panic!("{playbook:?}") };
    assert_eq!((&pattern.from, &pattern.to), (&vec![], &vec![AlarmState::Alarm]));
    let asked = Playbook::parse(&with("max-per-hour: 4", "approve: true")).unwrap();
    assert_eq!(asked.routes[0].approve_within, Some(Period::HOUR));
    let none = Playbook::parse("{version: 1, targets: {}}").unwrap();
    assert!(none.routes.is_empty() && none.guardrails == Default::default());
}

#[test]
fn unknown_keys_are_rejected_where_they_stand() {
    error(
        &with("cooldown: 30m", "cooldwn: 30m"),
        expect![
            "unknown field `cooldwn`, expected one of name, when, then, report, cooldown, hold-down, max-per-hour, approve, approve-within, replays at line 10, column 5"
        ],
    );
    error(
        &with("from: [ALARM]", "form: [ALARM]"),
        expect![
            "unknown field `form`, expected one of alarm, namespace, metric, dimensions, from, to, budget, event, resource, account, region at line 6, column 42"
        ],
    );
    error(
        &with("max-per-hour: 20", "max-an-hour: 20"),
        expect![
            "unknown field `max-an-hour`, expected one of max-per-hour, target-cooldown at line 3, column 14"
        ],
    );
}

#[test]
fn bad_values_are_shown_with_what_is_allowed() {
    error(
        &with("cooldown: 30m", "cooldown: soon"),
        expect![
            "`soon` is not a length of time, as `90s`, `30m`, `1h30m` or `2d`; at most 31 days at line 10, column 15"
        ],
    );
    error(
        &with("to: [OK]", "to: [FINE]"),
        expect!["unknown variant `FINE`, expected one of OK, ALARM, INSUFFICIENT_DATA at line 6, column 62"],
    );
    error(
        &with("to: [OK]", "to: []"),
        expect!["`to` is an empty list; expected states, or no `to` at line 6, column 11"],
    );
    error(
        &with("max-per-hour: 4", "max-per-hour: 0"),
        expect!["invalid value: integer `0`, expected a nonzero u32 at line 12, column 5"],
    );
    error(
        &with("name: budget", "name: Budget"),
        expect![
            "`Budget` is not a target's name: a lower-case letter, then at most 39 of a-z, 0-9 and - at line 13, column 11"
        ],
    );
    error(
        &with("account: \"123456789012\"", "account: \"12\""),
        expect!["`12` is not an account's id: twelve digits, in quotes at line 6, column 95"],
    );
    error(
        &with("{budget: \"status-page-*\"}", "{budget: x, event: budget}"),
        expect!["`when` has both `budget` and `event`; expected one of them at line 14, column 11"],
    );
    error(
        &with("{budget: \"status-page-*\"}", "{budget: x, alarm: y}"),
        expect![
            "`when` has keys of an alarm beside `budget` or `event`; expected one of the three at line 14, column 11"
        ],
    );
    error(
        &with("{budget: \"status-page-*\"}", "{event: earthquake}"),
        expect![
            "unknown variant `earthquake`, expected one of budget, database-failover, task-failure, deployment-failure, certificate-expiry at line 14, column 19"
        ],
    );
    error(
        &with("{budget: \"status-page-*\"}", "{resource: x}"),
        expect!["`when` has a `resource` without an `event` at line 14, column 11"],
    );
    error(
        &with("{budget: \"status-page-*\"}", "{to: [OK]}"),
        expect![
            "`when` is about nothing; expected `alarm`, `namespace`, `metric`, `dimensions`, `budget` or `event` at line 14, column 11"
        ],
    );
}

#[test]
fn a_route_either_sends_or_reports() {
    error(
        &with("    report: the budget is nearly spent\n", ""),
        expect![
            "route `budget` has neither commands in `then` nor a `report`; expected one of them at line 13, column 5"
        ],
    );
    error(
        &with("    cooldown: 30m\n", "    report: both\n"),
        expect![
            "route `purge-after-outage` has both `then` and `report`; expected one of them at line 5, column 5"
        ],
    );
    error(
        &with("report: the budget is nearly spent", "report: x\n    approve: true"),
        expect![
            "route `budget` has `approve`, `max-per-hour` or `hold-down` beside `report`; it sends nothing to limit at line 13, column 5"
        ],
    );
    error(
        &with(
            "report: the budget is nearly spent",
            "then: [{action: invalidate, target: weather-site, everything: true}]\n    hold-down: 5m",
        ),
        expect![
            "route `budget` has a `hold-down`, which only an alarm can have: nothing else has a state to look at again at line 13, column 5"
        ],
    );
    error(
        &with("max-per-hour: 4", "approve-within: 4h"),
        expect![
            "route `purge-after-outage` has `approve-within` without `approve: true` at line 5, column 5"
        ],
    );
}

#[test]
fn a_command_of_a_route_fits_its_target() {
    error(
        &with("target: weather-site, everything", "target: wether-site, everything"),
        expect![
            "route `purge-after-outage`: `target` is `wether-site`; expected a target of the playbook: weather-site at line 8, column 9"
        ],
    );
    error(
        &with(
            "action: invalidate, target: weather-site, everything",
            "action: purge, target: weather-site, everything",
        ),
        expect![
            "route `purge-after-outage`: field `action` is `purge`; expected `invalidate` at line 8, column 9"
        ],
    );
    error(
        &with("everything: true", "evrything: true"),
        expect![
            "route `purge-after-outage`: field `evrything` is unknown; expected one of `paths`, `tags`, `everything` at line 8, column 9"
        ],
    );
    error(
        &with("paths: [/index.html]", "paths: [index.html]"),
        expect![
            "route `purge-after-outage`: field `paths[0]` is `index.html`; expected a path that starts with `/`, as viewers ask for it at line 9, column 9"
        ],
    );
    error(
        &with("everything: true}", "everything: true, mode: plan}"),
        expect!["`mode` in a command of a route; the router adds it at line 8, column 9"],
    );
    error(
        &with("action: invalidate, target: weather-site, everything", "target: weather-site, everything"),
        expect!["missing field `action` at line 8, column 9"],
    );
    error(
        &with("name: budget", "name: purge-after-outage"),
        expect!["`purge-after-outage` is the name of two routes; expected one at line 13, column 11"],
    );
}

#[test]
fn who_does_not_route_reads_no_routes() {
    let last = "version: 1\ntargets: {a: {kind: distribution, distribution: E1EXAMPLE}}\nguardrails: {max-per-hour: 9}\nroutes: [{}]\n";
    assert!(Playbook::parse(last).is_err());
    let playbook = Playbook::parse_targets(last).unwrap();
    assert_eq!((playbook.targets.len(), playbook.routes.len()), (1, 0));
    // With carriage returns, too.
    assert_eq!(Playbook::parse_targets(&last.replace('\n', "\r\n")).unwrap(), playbook);
    // Where the targets come last, the whole is read.
    assert_eq!(Playbook::parse_targets(GOOD), Playbook::parse(GOOD));
    assert_eq!(Playbook::parse_targets("{version: 1, targets: {}, routes: []}").unwrap().targets.len(), 0);
    // What is wrong with the targets is told as ever.
    let wrong = last.replace("E1EXAMPLE", "e1");
    assert_eq!(Playbook::parse_targets(&wrong), Playbook::parse(&wrong));
}
