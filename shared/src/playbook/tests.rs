//! What the keys of a playbook mean, and where the error stands when they are wrong.

use std::num::NonZero;

use expect_test::{Expect, expect};

use super::*;

const GOOD: &str = "
version: 1
targets:
  weather-site:
    kind: distribution
    distribution: E1EXAMPLE
    sources: [{bucket: weather-assets, prefix: assets/, path: /assets/}]
    collapse-over: 50
  tenant:
    distribution-tenant: dt_2wjDZi3hD1ivOXf6rpZJO1AB
    kind: distribution
    index-document: index.html
";

fn error(text: &str, expected: Expect) {
    expected.assert_eq(&Playbook::parse(text).unwrap_err().to_string());
}

fn name(text: &str) -> TargetName {
    TargetName::parse(text).unwrap()
}

#[test]
fn the_designs_example_is_a_playbook() {
    let playbook = Playbook::parse(GOOD).unwrap();
    let site = playbook.distribution(&name("weather-site")).unwrap();
    assert_eq!(site.cache.id(), "E1EXAMPLE");
    assert_eq!(site.collapse_over.map(NonZero::get), Some(50));
    assert_eq!(site.sources[0].path.as_str(), "/assets/");
    let tenant = playbook.distribution(&name("tenant")).unwrap();
    assert_eq!(tenant.cache.id(), "dt_2wjDZi3hD1ivOXf6rpZJO1AB");
}

#[test]
fn an_unknown_target_is_told_the_known_ones() {
    let playbook = Playbook::parse(GOOD).unwrap();
    expect!["field `target` is `wether-site`; expected a distribution of the playbook: tenant, weather-site"]
        .assert_eq(&playbook.distribution(&name("wether-site")).unwrap_err().to_string());
    let empty = Playbook::parse("{version: 1, targets: {}}").unwrap();
    expect!["field `target` is `a`; expected a distribution of the playbook: it has none"]
        .assert_eq(&empty.distribution(&name("a")).unwrap_err().to_string());
}

#[test]
fn unknown_keys_are_rejected_with_line_and_column() {
    error(
        "version: 1\ntargets: {}\nroots: []\n",
        expect![
            "unknown field `roots`, expected one of version, targets, guardrails, routes at line 3, column 1"
        ],
    );
    error(
        &GOOD.replace("collapse-over", "colapse-over"),
        expect![
            "unknown field `colapse-over`, expected one of distribution, distribution-tenant, sources, collapse-over, index-document at line 8, column 5"
        ],
    );
    error(
        &GOOD.replace("prefix:", "prefx:"),
        expect!["unknown field `prefx`, expected one of bucket, prefix, path at line 7, column 40"],
    );
}

#[test]
fn bad_values_are_rejected_with_line_column_value_and_expectation() {
    error(&GOOD.replace("version: 1", "version: 2"), expect!["version 2; expected 1 at line 2, column 10"]);
    error(
        &GOOD.replace("weather-site", "Weather"),
        expect![
            "`Weather` is not a target's name: a lower-case letter, then at most 39 of a-z, 0-9 and - at line 4, column 3"
        ],
    );
    error(
        &GOOD.replace("E1EXAMPLE", "e1"),
        expect![
            "`e1` is not the id of a distribution: `E`, then capital letters and digits at line 6, column 19"
        ],
    );
    error(
        &GOOD.replace("collapse-over: 50", "collapse-over: 0"),
        expect!["invalid value: integer `0`, expected a nonzero usize at line 8, column 5"],
    );
    error(
        &GOOD.replace("path: /assets/", "path: assets"),
        expect!["`assets` is not a path that starts and ends with `/` at line 7, column 63"],
    );
    error(
        &GOOD.replace("prefix: assets/", "prefix: /assets/"),
        expect!["`/assets/` is not the beginning of keys, which do not start with `/` at line 7, column 48"],
    );
    error(
        &GOOD.replace("bucket: weather-assets", "bucket: Weather_Assets"),
        expect![
            "`Weather_Assets` is not the name of a bucket: 3 to 63 of a-z, 0-9, `.` and `-` at line 7, column 24"
        ],
    );
    error(
        &GOOD.replacen("kind: distribution", "kind: distribushon", 1),
        expect![
            "unknown variant `distribushon`, expected one of distribution, service, service-group, database, dns at line 5, column 11"
        ],
    );
    error(
        &GOOD.replacen("    kind: distribution\n", "", 1),
        expect!["missing field `kind` at line 7, column 5"],
    );
    error(
        &GOOD.replace("    distribution: E1EXAMPLE\n", ""),
        expect!["neither `distribution` nor `distribution-tenant`; expected one of them at line 5, column 5"],
    );
    error("version: 1\ntargets: [", expect!["expected mapping start at line 2, column 10"]);
    error("", expect!["unexpected end of input at line 1, column 1"]);
}
