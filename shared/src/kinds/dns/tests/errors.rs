//! What is said of the keys that every strategy has, where they are wrong.

use super::*;

#[test]
fn bad_zones_and_records_are_rejected_with_line_column_value_and_expectation() {
    error("    zone: Z1EXAMPLE\n", "", expect!["missing field `zone` at line 14, column 5"]);
    error(
        "zone: Z1EXAMPLE",
        "zone: /hostedzone/Z1EXAMPLE",
        expect![
            "`/hostedzone/Z1EXAMPLE` is not the id of a hosted zone: `Z` and at most 31 capital letters and digits at line 6, column 11"
        ],
    );
    error(
        "zone: Z1EXAMPLE",
        "zones: Z1EXAMPLE",
        expect![
            "unknown field `zones`, expected one of zone, records, strategy, primary, secondary, standby-object, cluster-endpoints, hold-down, failback, max-moves-a-day, ttl, may-drill at line 6, column 5"
        ],
    );
    let records = "records: [{name: www.example.com, type: A}, {name: www.example.com, type: AAAA}]";
    error(&format!("    {records}\n"), "", expect!["missing field `records` at line 14, column 5"]);
    error(records, "records: []", expect!["`records` has 0 entries; expected 1 to 50 at line 5, column 5"]);
    error(records, "records: www.example.com", expect!["expected sequence start at line 7, column 14"]);
    error(records, "records: [www.example.com]", expect!["expected mapping start at line 7, column 15"]);
    error(
        records,
        "records: [{name: www, type: A}]",
        expect![
            "`www` is not a record's name in full, as `www.example.com` or `*.example.com`: at most 255 characters, labels of 1 to 63 at line 7, column 22"
        ],
    );
    error(
        records,
        "records: [{name: www.example.com, type: NS}]",
        expect![
            "unknown variant `NS`, expected one of A, AAAA, CNAME, HTTPS, MX, SRV, TXT at line 7, column 45"
        ],
    );
    error(
        records,
        "records: [{name: www.example.com, type: a}]",
        expect![
            "unknown variant `a`, expected one of A, AAAA, CNAME, HTTPS, MX, SRV, TXT at line 7, column 45"
        ],
    );
    error(
        records,
        "records: [{name: www.example.com}]",
        expect!["missing field `type` at line 7, column 16"],
    );
    error(records, "records: [{type: A}]", expect!["missing field `name` at line 7, column 16"]);
    error(
        records,
        "records: [{name: www.example.com, kind: A}]",
        expect![
            "unknown field `kind`, expected one of name, type, set-identifier, primary, secondary at line 7, column 39"
        ],
    );
    error(
        "type: AAAA}",
        "type: A}",
        expect!["`records` names A www.example.com twice; expected each once at line 5, column 5"],
    );
    error(
        "{name: www.example.com, type: AAAA}",
        "{name: WWW.example.com., type: A}",
        expect!["`records` names A WWW.example.com. twice; expected each once at line 5, column 5"],
    );
    let many: Vec<String> = (0..51).map(|n| format!("{{name: n{n}.example.com, type: A}}")).collect();
    error(
        records,
        &format!("records: [{}]", many.join(", ")),
        expect!["`records` has 51 entries; expected 1 to 50 at line 5, column 5"],
    );
}

#[test]
fn bad_sides_and_evidence_are_rejected_with_line_column_value_and_expectation() {
    error(
        "    secondary: {set-identifier: there, evidence: {health-check: 11111111-2222}}\n",
        "",
        expect!["missing field `secondary` at line 14, column 5"],
    );
    error(
        ", evidence: {health-check: 11111111-2222}",
        "",
        expect!["missing field `evidence` at line 10, column 17"],
    );
    let evidence = "{health-check: 11111111-2222}";
    error(
        evidence,
        "{}",
        expect!["none of `alarm`, `health-check` and `https`; expected one of them at line 10, column 50"],
    );
    error(
        evidence,
        "{alarm: a, health-check: 11111111-2222}",
        expect![
            "more than one of `alarm`, `health-check` and `https`; expected only one at line 10, column 50"
        ],
    );
    error(
        evidence,
        "{alarm: a, https: 'https://a'}",
        expect![
            "more than one of `alarm`, `health-check` and `https`; expected only one at line 10, column 50"
        ],
    );
    error(
        evidence,
        "{health-check: 11111111-2222, region: us-east-1}",
        expect!["`region` without `alarm`; expected it only beside that at line 10, column 50"],
    );
    error(
        evidence,
        "{region: us-east-1}",
        expect!["`region` without `alarm`; expected it only beside that at line 10, column 50"],
    );
    error(
        evidence,
        "{alarm: a, region: Virginia}",
        expect!["`Virginia` is not the code of a Region, as `us-west-2` at line 10, column 69"],
    );
    error(
        evidence,
        "{alarm: ''}",
        expect!["`` is not the name of an alarm: 1 to 255 characters at line 10, column 58"],
    );
    error(
        evidence,
        "{health-check: the first}",
        expect![
            "`the first` is not the id of a health check, as `11111111-2222-3333-4444-555555555555` at line 10, column 65"
        ],
    );
    error(
        evidence,
        "{https: 'http://example.com'}",
        expect![
            "`http://example.com` is not an address that begins with `https://` and a host, without a user and at most 2048 characters long at line 10, column 58"
        ],
    );
    error(
        evidence,
        "{http: 'http://example.com'}",
        expect![
            "unknown field `http`, expected one of alarm, region, health-check, https at line 10, column 51"
        ],
    );
    error(evidence, "secondary down", expect!["expected mapping start at line 10, column 50"]);
    error(
        evidence,
        "{alarm: primary down, region: us-east-1}",
        expect!["`primary` and `secondary` have the same `evidence`; expected two at line 5, column 5"],
    );
}

#[test]
fn bad_limits_are_rejected_with_line_column_value_and_expectation() {
    error(
        "hold-down: 10m",
        "hold-down: 0m",
        expect![
            "`0m` is not a length of time, as `90s`, `30m`, `1h30m` or `2d`; at most 31 days at line 11, column 16"
        ],
    );
    error(
        "hold-down: 10m",
        "hold-down: 10",
        expect![
            "`10` is not a length of time, as `90s`, `30m`, `1h30m` or `2d`; at most 31 days at line 11, column 16"
        ],
    );
    error(
        "max-moves-a-day: 2",
        "max-moves-a-day: 0",
        expect!["invalid value: integer `0`, expected a nonzero u32 at line 13, column 5"],
    );
    error("max-moves-a-day: 2", "max-moves-a-day: many", expect!["invalid u32 at line 13, column 22"]);
    error(
        "ttl: 5m",
        "ttl: 300",
        expect![
            "`300` is not a length of time, as `90s`, `30m`, `1h30m` or `2d`; at most 31 days at line 14, column 10"
        ],
    );
    error("may-drill: true", "may-drill: weekly", expect!["invalid boolean at line 15, column 16"]);
    error(
        "may-drill: true",
        "drill: true",
        expect![
            "unknown field `drill`, expected one of zone, records, strategy, primary, secondary, standby-object, cluster-endpoints, hold-down, failback, max-moves-a-day, ttl, may-drill at line 15, column 5"
        ],
    );
}

#[test]
fn bad_failbacks_are_rejected_with_line_column_value_and_expectation() {
    let failback = "failback: {how: automatic, after-healthy-for: 24h}";
    error(failback, "failback: automatic", expect!["expected mapping start at line 12, column 15"]);
    error(
        failback,
        "failback: {how: auto}",
        expect!["unknown variant `auto`, expected one of manual, automatic at line 12, column 21"],
    );
    error(
        failback,
        "failback: {after: 15m}",
        expect!["unknown field `after`, expected one of how, after-healthy-for at line 12, column 16"],
    );
    error(
        failback,
        "failback: {how: automatic, after-healthy-for: 1441m}",
        expect!["`failback.after-healthy-for` is `24h1m`; expected at most a day at line 5, column 5"],
    );
    let https = "primary: {evidence: {https: 'https://192.0.2.1/health?deep=1'}}";
    error(
        https,
        &format!("{https}\n    failback: {{how: automatic}}"),
        expect![
            "`failback` waits for a healthy primary, and `primary.evidence` is `https`, which shows only the moment; expected an `alarm` or a `health-check` there at line 17, column 5"
        ],
    );
    error(
        https,
        &format!("{https}\n    failback: {{after-healthy-for: 15m}}"),
        expect![
            "`failback` waits for a healthy primary, and `primary.evidence` is `https`, which shows only the moment; expected an `alarm` or a `health-check` there at line 17, column 5"
        ],
    );
}
