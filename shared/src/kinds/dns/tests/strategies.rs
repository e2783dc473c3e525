//! What is said of the keys of each strategy, where they are wrong.

use super::*;

#[test]
fn a_strategy_is_one_of_six() {
    error(
        "strategy: record-weights",
        "strategy: weights",
        expect![
            "unknown variant `weights`, expected one of record-weights, record-targets, health-check, standby-object, routing-control, distribution-domain at line 8, column 15"
        ],
    );
    error("    strategy: record-weights\n", "", expect!["missing field `strategy` at line 14, column 5"]);
}

#[test]
fn bad_weights_are_rejected_with_line_column_value_and_expectation() {
    error(
        "set-identifier: there, ",
        "",
        expect!["strategy `record-weights` needs `secondary.set-identifier` at line 5, column 5"],
    );
    error(
        "set-identifier: here, ",
        "",
        expect!["strategy `record-weights` needs `primary.set-identifier` at line 5, column 5"],
    );
    error(
        "set-identifier: there",
        "set-identifier: here",
        expect!["`primary` and `secondary` have the same `set-identifier`; expected two at line 5, column 5"],
    );
    error(
        "set-identifier: there",
        "set-identifier: ''",
        expect!["`` is not a set identifier: 1 to 128 characters at line 10, column 33"],
    );
    error(
        "weight: 255",
        "weight: 0",
        expect!["`primary.weight` is 0; expected 1 to 255 at line 5, column 5"],
    );
    error(
        "weight: 255",
        "weight: 256",
        expect!["`primary.weight` is 256; expected 1 to 255 at line 5, column 5"],
    );
    error(
        "weight: 255",
        "weight: -1",
        expect!["`primary.weight` is -1; expected 1 to 255 at line 5, column 5"],
    );
    error("weight: 255", "weight: all", expect!["invalid i64 at line 9, column 45"]);
    error(
        "weight: 255",
        "wieght: 255",
        expect![
            "unknown field `wieght`, expected one of evidence, set-identifier, weight, health-check, routing-control, distribution at line 9, column 37"
        ],
    );
}

#[test]
fn bad_health_checks_are_rejected_with_line_column_value_and_expectation() {
    error(
        "health-check: 33333333-4444, ",
        "",
        expect!["strategy `health-check` needs `primary.health-check` at line 37, column 5"],
    );
    error(
        "health-check: 33333333-4444",
        "health-check: first",
        expect![
            "`first` is not the id of a health check, as `11111111-2222-3333-4444-555555555555` at line 41, column 29"
        ],
    );
    // A forced check shows nothing.
    error(
        "{health-check: 55555555-6666}",
        "{health-check: 33333333-4444}",
        expect![
            "`primary.evidence` is `33333333-4444`, the check that is forced; expected another one, or an alarm that does not watch it, as a forced check shows nothing at line 37, column 5"
        ],
    );
    error(
        "{https: 'https://192.0.2.9'}",
        "{health-check: 33333333-4444}",
        expect![
            "`secondary.evidence` is `33333333-4444`, the check that is forced; expected another one, or an alarm that does not watch it, as a forced check shows nothing at line 37, column 5"
        ],
    );
    error(
        "secondary: {evidence: {https: 'https://192.0.2.9'}}",
        "secondary: {health-check: 77777777-8888, evidence: {https: 'https://192.0.2.9'}}",
        expect![
            "`secondary.health-check` is given; expected it only for `primary`, or within `evidence` at line 37, column 5"
        ],
    );
}

#[test]
fn bad_standby_objects_are_rejected_with_line_column_value_and_expectation() {
    let object = "standby-object: {bucket: standby-switch, key: fail-over, region: us-west-2}";
    error(
        &format!("    {object}\n"),
        "",
        expect!["strategy `standby-object` needs `standby-object` at line 44, column 5"],
    );
    error(
        object,
        "standby-object: s3://standby-switch/fail-over",
        expect![[
            r#"invalid type: string "s3://standby-switch/fail-over", expected an object, as `{bucket: weather-standby, key: fail-over, region: us-west-2}` at line 44, column 5"#
        ]],
    );
    error(
        "bucket: standby-switch",
        "bucket: Standby",
        expect![
            "`Standby` is not the name of a bucket: 3 to 63 of a-z, 0-9, `.` and `-` at line 44, column 5"
        ],
    );
    error(
        "key: fail-over",
        "key: /fail-over",
        expect![
            "`/fail-over` is not an object's key: 1 to 1024 letters, digits and `!-_.*'()/`, no `/` first at line 44, column 5"
        ],
    );
    error(", region: us-west-2}", "}", expect!["missing field `region` at line 44, column 5"]);
    error(
        ", region: us-west-2}",
        ", region: Oregon}",
        expect!["`Oregon` is not the code of a Region, as `us-west-2` at line 44, column 5"],
    );
    error(
        "key: fail-over",
        "path: fail-over",
        expect!["unknown field `path`, expected one of `bucket`, `key`, `region` at line 44, column 5"],
    );
}

#[test]
fn bad_routing_controls_are_rejected_with_line_column_value_and_expectation() {
    let arn = |end: &str| {
        format!("arn:aws:route53-recovery-control::123456789012:controlpanel/p/routingcontrol/{end}")
    };
    error(
        &format!("routing-control: '{}', ", arn("one")),
        "",
        expect!["strategy `routing-control` needs `primary.routing-control` at line 52, column 5"],
    );
    error(
        &format!("routing-control: '{}', ", arn("two")),
        "",
        expect!["strategy `routing-control` needs `secondary.routing-control` at line 52, column 5"],
    );
    error(
        &arn("two"),
        &arn("one"),
        expect![
            "`primary` and `secondary` have the same `routing-control`; expected two at line 52, column 5"
        ],
    );
    error(
        &arn("two"),
        "two",
        expect![
            "`two` is not the ARN of a routing control, as `arn:aws:route53-recovery-control::123456789012:controlpanel/0123abcd/routingcontrol/4567ef01` at line 57, column 34"
        ],
    );
    let endpoints = "    cluster-endpoints:
      - {endpoint: 'https://one.example.com/v1', region: us-east-1}
      - {endpoint: 'https://two.example.com/v1', region: ap-northeast-1}
";
    error(
        endpoints,
        "",
        expect![
            "`cluster-endpoints` has 0 entries; expected 1 to 5 with strategy `routing-control`: a cluster has five at line 52, column 5"
        ],
    );
    error(
        endpoints,
        "    cluster-endpoints: []\n",
        expect![
            "`cluster-endpoints` has 0 entries; expected 1 to 5 with strategy `routing-control`: a cluster has five at line 52, column 5"
        ],
    );
    let one = "{endpoint: 'https://one.example.com/v1', region: us-east-1}";
    let six = format!("    cluster-endpoints: [{}]\n", [one; 6].join(", "));
    error(
        endpoints,
        &six,
        expect![
            "`cluster-endpoints` has 6 entries; expected 1 to 5 with strategy `routing-control`: a cluster has five at line 52, column 5"
        ],
    );
    error(one, "https://one.example.com/v1", expect!["expected mapping start at line 59, column 9"]);
    error(
        one,
        "{endpoint: 'https://one.example.com/v1'}",
        expect!["missing field `region` at line 59, column 10"],
    );
    error(
        one,
        "{endpoint: one.example.com, region: us-east-1}",
        expect![
            "`one.example.com` is not an address that begins with `https://` and a host, without a user and at most 2048 characters long at line 59, column 20"
        ],
    );
    error(
        one,
        "{endpoint: 'https://one.example.com/v1', region: Virginia}",
        expect!["`Virginia` is not the code of a Region, as `us-west-2` at line 59, column 58"],
    );
    error(
        one,
        "{url: 'https://one.example.com/v1', region: us-east-1}",
        expect!["unknown field `url`, expected one of endpoint, region at line 59, column 10"],
    );
}

#[test]
fn bad_distributions_are_rejected_with_line_column_value_and_expectation() {
    error(
        "{name: domain.example.com, type: HTTPS}",
        "{name: domain.example.com, type: MX}",
        expect![
            "record MX domain.example.com with strategy `distribution-domain`; expected type `A`, `AAAA`, `HTTPS` or `CNAME` at line 62, column 5"
        ],
    );
    error(
        "distribution: E1EXAMPLE, ",
        "",
        expect!["strategy `distribution-domain` needs `primary.distribution` at line 62, column 5"],
    );
    error(
        "distribution: E2EXAMPLE, ",
        "",
        expect!["strategy `distribution-domain` needs `secondary.distribution` at line 62, column 5"],
    );
    error(
        "distribution: E2EXAMPLE",
        "distribution: E1EXAMPLE",
        expect!["`primary` and `secondary` have the same `distribution`; expected two at line 62, column 5"],
    );
    error(
        "distribution: E2EXAMPLE",
        "distribution: d2.cloudfront.net",
        expect![
            "`d2.cloudfront.net` is not the id of a distribution: `E`, then capital letters and digits at line 67, column 31"
        ],
    );
}
