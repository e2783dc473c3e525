//! What is said of a target of databases that is wrong.

use super::*;

/// What is said of the playbook with this instead of that.
fn error(from: &str, to: &str, expected: Expect) {
    let text = GOOD.replacen(from, to, 1);
    assert_ne!(text, GOOD, "{from}");
    expected.assert_eq(&Playbook::parse(&text).unwrap_err().to_string());
    assert!(Playbook::parse_targets(&format!("{text}routes: []\n")).is_err(), "{to}");
}

#[test]
fn which_databases_is_said_once() {
    error(
        "    instance: weather-prod\n",
        "",
        expect!["none of `instance`, `cluster` and `all-tagged`; expected one of them at line 5, column 5"],
    );
    error(
        "instance: weather-prod",
        "cluster: weather\n    instance: weather-prod",
        expect![
            "more than one of `instance`, `cluster` and `all-tagged`; expected only one at line 5, column 5"
        ],
    );
    error(
        "    cluster: platform\n",
        "    cluster: platform\n    instance: platform\n",
        expect![
            "more than one of `instance`, `cluster` and `all-tagged`; expected only one at line 26, column 5"
        ],
    );
    error(
        "    cluster: platform\n",
        "    cluster: platform\n    all-tagged: {a: b}\n",
        expect![
            "more than one of `instance`, `cluster` and `all-tagged`; expected only one at line 26, column 5"
        ],
    );
    error(
        "instance: weather-prod",
        "instance: Weather",
        expect![
            "`Weather` is not the identifier of an instance or a cluster: 1 to 63 lower-case letters, digits and `-`, a letter first, no `--`, no `-` at the end at line 6, column 15"
        ],
    );
    error(
        "cluster: platform",
        "cluster: arn:aws:rds:x",
        expect![
            "`arn:aws:rds:x` is not the identifier of an instance or a cluster: 1 to 63 lower-case letters, digits and `-`, a letter first, no `--`, no `-` at the end at line 26, column 5"
        ],
    );
    error(
        "{backup: nightly}",
        "{}",
        expect!["`all-tagged` has 0 tags; expected one, as `{backup: nightly}` at line 30, column 5"],
    );
    error(
        "{backup: nightly}",
        "{backup: nightly, team: a}",
        expect!["`all-tagged` has 2 tags; expected one, as `{backup: nightly}` at line 30, column 5"],
    );
    error("{backup: nightly}", "backup", expect!["expected mapping start at line 31, column 17"]);
    error(
        "{backup: nightly}",
        "{'aws:backup': nightly}",
        expect![
            "`aws:backup` is not a tag's key: 1 to 128 letters, digits, spaces and `_.:/=+-@`, not beginning with `aws:` or `rds:` at line 31, column 18"
        ],
    );
    error(
        "    cluster: platform\n",
        "    cluster: platform\n    except: [a]\n",
        expect!["`except` without `all-tagged`; expected it only there at line 26, column 5"],
    );
    error(
        "[scratch, weather-prod]",
        "[Scratch]",
        expect![
            "`Scratch` is not the identifier of an instance or a cluster: 1 to 63 lower-case letters, digits and `-`, a letter first, no `--`, no `-` at the end at line 32, column 14"
        ],
    );
}

#[test]
fn bad_names_and_words_are_rejected_with_line_column_value_and_expectation() {
    error(
        "snapshots: copy-automated",
        "snapshots: all",
        expect!["unknown variant `all`, expected one of take, copy-automated at line 7, column 16"],
    );
    error(
        "objective: 24h",
        "objective: daily",
        expect![
            "`daily` is not a length of time, as `90s`, `30m`, `1h30m` or `2d`; at most 31 days at line 9, column 16"
        ],
    );
    error(
        "objective: 24h",
        "objective: 32d",
        expect![
            "`32d` is not a length of time, as `90s`, `30m`, `1h30m` or `2d`; at most 31 days at line 9, column 16"
        ],
    );
    error(
        "objective: 24h",
        "rpo: 24h",
        expect![
            "unknown field `rpo`, expected one of instance, cluster, all-tagged, except, snapshots, retention, objective, copies, verify, tags at line 9, column 5"
        ],
    );
    error(
        "tags: {cost centre: '42'}",
        "tags: {'cost,centre': '42'}",
        expect![
            "`cost,centre` is not a tag's key: 1 to 128 letters, digits, spaces and `_.:/=+-@`, not beginning with `aws:` or `rds:` at line 24, column 12"
        ],
    );
    error(
        "tags: {cost centre: '42'}",
        "tags: {'lamplighter:target': a}",
        expect![
            "tag `lamplighter:target` begins with `lamplighter:`; expected another, as those are Lamplighter's at line 5, column 5"
        ],
    );
    error(
        "tags: {cost centre: '42'}",
        "tags: {cost centre: 'a,b'}",
        expect![
            "`a,b` is not a tag's value: at most 256 letters, digits, spaces and `_.:/=+-@` at line 24, column 25"
        ],
    );
    error(
        "kind: database",
        "kind: databases",
        expect![
            "unknown variant `databases`, expected one of distribution, service, service-group, database, dns at line 5, column 11"
        ],
    );
}

#[test]
fn bad_retentions_are_rejected_with_line_column_value_and_expectation() {
    error("    retention: {days: 14}\n", "", expect!["missing field `retention` at line 26, column 5"]);
    error(
        "{days: 14}",
        "{}",
        expect![
            "no rule; expected either `days`, or some of `daily`, `weekly`, `monthly` and `yearly` at line 26, column 5"
        ],
    );
    error(
        "{days: 14}",
        "{keep-at-least: 3}",
        expect![
            "no rule; expected either `days`, or some of `daily`, `weekly`, `monthly` and `yearly` at line 26, column 5"
        ],
    );
    error(
        "{days: 14}",
        "{days: 14, weekly: 4}",
        expect![
            "`days` beside generations; expected either `days`, or some of `daily`, `weekly`, `monthly` and `yearly` at line 26, column 5"
        ],
    );
    error(
        "{days: 14}",
        "{days: 0}",
        expect!["invalid value: integer `0`, expected a nonzero u32 at line 26, column 5"],
    );
    error(
        "{days: 14}",
        "{days: -1}",
        expect!["invalid value: integer `-1`, expected a nonzero u32 at line 26, column 5"],
    );
    error(
        "{days: 14}",
        "{days: two}",
        expect![[r#"invalid type: string "two", expected a nonzero u32 at line 26, column 5"#]],
    );
    error(
        "{days: 14}",
        "{days: 36526}",
        expect!["`days` is 36526; expected at most 36525 at line 26, column 5"],
    );
    error(
        "yearly: 7",
        "yearly: 40000",
        expect!["`yearly` is 40000; expected at most 36525 at line 8, column 16"],
    );
    error(
        "keep-at-least: 3",
        "keep-at-least: 0",
        expect!["invalid value: integer `0`, expected a nonzero u32 at line 8, column 63"],
    );
    error(
        "keep-at-least: 3",
        "keep-at-least: 36526",
        expect!["`keep-at-least` is 36526; expected at most 36525 at line 8, column 16"],
    );
    error(
        "keep-at-least: 3",
        "keep_at_least: 3",
        expect![
            "unknown field `keep_at_least`, expected one of days, daily, weekly, monthly, yearly, keep-at-least at line 8, column 63"
        ],
    );
    error(
        "{days: 14}",
        "14",
        expect![
            "invalid type: integer `14`, expected a retention, as `{daily: 30, keep-at-least: 3}` at line 26, column 5"
        ],
    );
}

#[test]
fn bad_copies_are_rejected_with_line_column_value_and_expectation() {
    error(
        "region: us-west-2",
        "region: Oregon",
        expect!["`Oregon` is not the code of a Region, as `us-west-2` at line 11, column 17"],
    );
    error(
        "region: eusc-de-east-1",
        "region: us-west-2",
        expect!["`copies` names Region `us-west-2` twice; expected each once at line 5, column 5"],
    );
    error(
        "region: us-west-2\n        kms-key",
        "kms-key",
        expect!["missing field `region` at line 13, column 9"],
    );
    error("        retention: {daily: 1}\n", "", expect!["missing field `retention` at line 15, column 9"]);
    error(
        "kms-key: alias/copies",
        "kms-key: my key",
        expect![
            "`my key` is not a KMS key: its ARN, its id, or `alias/` and a name; 1 to 2048 characters without spaces at line 12, column 18"
        ],
    );
    error(
        "kms-key: alias/copies",
        "kms: alias/copies",
        expect![
            "unknown field `kms`, expected one of region, kms-key, option-group, retention at line 12, column 9"
        ],
    );
    error(
        "option-group: weather-options",
        "option-group: a/b",
        expect![
            "`a/b` is not the name of an option group: 1 to 255 letters, digits, `-` and `:` at line 13, column 23"
        ],
    );
    error(
        "{days: 7, keep-at-least: 2}",
        "{keep-at-least: 2}",
        expect![
            "no rule; expected either `days`, or some of `daily`, `weekly`, `monthly` and `yearly` at line 14, column 20"
        ],
    );
}

#[test]
fn bad_verifications_are_rejected_with_line_column_value_and_expectation() {
    error("metadata: false", "metadata: sometimes", expect!["invalid boolean at line 18, column 17"]);
    error(
        "restore-drill: monthly",
        "restore-drill: weekly",
        expect!["unknown variant `weekly`, expected one of monthly, quarterly at line 19, column 22"],
    );
    error(
        "restore-drill: monthly",
        "drill: monthly",
        expect![
            "unknown field `drill`, expected one of metadata, restore-drill, restore-objective, subnet-group, class, security-groups at line 19, column 7"
        ],
    );
    error(
        "restore-objective: 4h",
        "restore-objective: 0h",
        expect![
            "`0h` is not a length of time, as `90s`, `30m`, `1h30m` or `2d`; at most 31 days at line 20, column 26"
        ],
    );
    error(
        "subnet-group: drills",
        "subnet-group: a/b",
        expect![
            "`a/b` is not the name of a DB subnet group: 1 to 255 letters, digits, spaces and `._-` at line 21, column 21"
        ],
    );
    error(
        "class: db.t4g.medium",
        "class: t4g.medium",
        expect!["`t4g.medium` is not the class of an instance, as `db.t4g.medium` at line 22, column 14"],
    );
    error(
        "[sg-0123456789abcdef0]",
        "[default]",
        expect![
            "`default` is not the id of a security group, as `sg-0123456789abcdef0` at line 23, column 25"
        ],
    );
    error(
        "[sg-0123456789abcdef0]",
        "sg-0123456789abcdef0",
        expect!["expected sequence start at line 23, column 24"],
    );
}

#[test]
fn a_database_has_one_target() {
    let both = |a: &str, b: &str| {
        let target = |name: &str, which: &str| {
            format!("  {name}: {{kind: database, {which}, retention: {{days: 1}}}}\n")
        };
        let text = format!("version: 1\ntargets:\n{}{}", target("a", a), target("b", b));
        Playbook::parse(&text).map(drop).map_err(|error| error.to_string())
    };
    expect!["targets `a` and `b` are both instance `x`; expected one target"]
        .assert_eq(&both("instance: x", "instance: x").unwrap_err());
    expect!["targets `a` and `b` are both cluster `x`; expected one target"]
        .assert_eq(&both("cluster: x", "cluster: x").unwrap_err());
    // Each family has names of its own.
    assert_eq!(both("instance: x", "cluster: x"), Ok(()));
    assert_eq!(both("instance: x", "instance: y"), Ok(()));
    assert_eq!(both("all-tagged: {a: b}", "all-tagged: {a: b}"), Ok(()));
}

#[test]
fn a_database_is_no_member_of_a_group_of_services() {
    let text = format!("{GOOD}  g: {{kind: service-group, services: [least]}}\n");
    expect!["group `g`: `least` is a database; expected a service of the playbook: it has none at line 36, column 39"].assert_eq(&Playbook::parse(&text).unwrap_err().to_string());
}
