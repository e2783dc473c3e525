//! What is said of the answers of records that are wrong.

use super::*;

#[test]
fn bad_answers_are_rejected_with_line_column_value_and_expectation() {
    let values = "{values: [192.0.2.1, 192.0.2.2]}";
    let alias = "{alias: {zone: Z2EXAMPLE, name: api.example.net, evaluate-target-health: true}}";
    error(
        &format!("        primary: {values}\n"),
        "",
        expect!["strategy `record-targets` needs `primary` of A api.example.com at line 17, column 5"],
    );
    error(
        &format!("        secondary: {alias}\n"),
        "",
        expect!["strategy `record-targets` needs `secondary` of A api.example.com at line 17, column 5"],
    );
    error(
        values,
        "{}",
        expect![
            "`primary` of A api.example.com: neither `values` nor `alias`; expected one of them at line 17, column 5"
        ],
    );
    error(
        values,
        "{values: []}",
        expect![
            "`primary` of A api.example.com: neither `values` nor `alias`; expected one of them at line 17, column 5"
        ],
    );
    error(
        values,
        "{ttl: 60s}",
        expect![
            "`primary` of A api.example.com: neither `values` nor `alias`; expected one of them at line 17, column 5"
        ],
    );
    error(values, "192.0.2.1", expect!["expected mapping start at line 24, column 18"]);
    error(
        values,
        "{value: 192.0.2.1}",
        expect!["unknown field `value`, expected one of values, ttl, alias at line 24, column 19"],
    );
    error(
        values,
        "{values: [192.0.2.1], ttl: 60}",
        expect![
            "`60` is not a length of time, as `90s`, `30m`, `1h30m` or `2d`; at most 31 days at line 24, column 45"
        ],
    );
    error(
        values,
        "{values: ['2001:db8::1']}",
        expect![
            "`primary` of A api.example.com: `2001:db8::1` is among the `values`; expected an IPv4 address at line 17, column 5"
        ],
    );
    error(
        values,
        "{values: [api.example.net]}",
        expect![
            "`primary` of A api.example.com: `api.example.net` is among the `values`; expected an IPv4 address at line 17, column 5"
        ],
    );
    error(
        values,
        "{values: ['a b']}",
        expect![
            "`a b` is not an IPv4 address, an IPv6 address, or a name, as the record's type wants it at line 24, column 28"
        ],
    );
    error(
        values,
        alias,
        expect![
            "A api.example.com answers the same on both sides; expected two answers at line 17, column 5"
        ],
    );
    error(
        alias,
        "{values: [192.0.2.9], alias: {zone: Z2EXAMPLE, name: a.example.net}}",
        expect![
            "`secondary` of A api.example.com: both `values` and `alias`; expected one of them at line 17, column 5"
        ],
    );
    error(
        alias,
        "{alias: {zone: Z2EXAMPLE, name: a.example.net}, ttl: 60s}",
        expect![
            "`secondary` of A api.example.com: `ttl` beside `alias`; expected it only beside `values` at line 17, column 5"
        ],
    );
    error(alias, "{alias: {name: a.example.net}}", expect!["missing field `zone` at line 25, column 29"]);
    error(alias, "{alias: {zone: Z2EXAMPLE}}", expect!["missing field `name` at line 25, column 29"]);
    error(alias, "{alias: a.example.net}", expect!["expected mapping start at line 25, column 28"]);
    error(
        alias,
        "{alias: {zone: z2, name: a.example.net}}",
        expect![
            "`z2` is not the id of a hosted zone: `Z` and at most 31 capital letters and digits at line 25, column 35"
        ],
    );
    error(
        alias,
        "{alias: {zone: Z2EXAMPLE, name: a.example.net, health: true}}",
        expect![
            "unknown field `health`, expected one of zone, name, evaluate-target-health at line 25, column 67"
        ],
    );
    let cloudfront = "zone: Z2FDTNDATAQYW2, name: d111111abcdef8.cloudfront.net";
    error(
        cloudfront,
        &format!("{cloudfront}, evaluate-target-health: true"),
        expect![
            "`secondary` of AAAA v6.example.com: `evaluate-target-health` is `true` beside CloudFront's zone, which Route 53 refuses; expected `false` at line 17, column 5"
        ],
    );
    error(
        "'2001:db8::1'",
        "192.0.2.1",
        expect![
            "`primary` of AAAA v6.example.com: `192.0.2.1` is among the `values`; expected an IPv6 address at line 17, column 5"
        ],
    );
    error(
        "[docs.example.org]",
        "[docs.example.org, a.example.org]",
        expect![
            "`secondary` of CNAME docs.example.com: several `values` with type `CNAME`; expected one at line 17, column 5"
        ],
    );
    error(
        "[docs.example.org]",
        "[192.0.2.1]",
        expect![
            "`secondary` of CNAME docs.example.com: `192.0.2.1` is among the `values`; expected a name in full at line 17, column 5"
        ],
    );
    error(
        "{values: [docs.example.org]}",
        "{alias: {zone: Z2EXAMPLE, name: docs.example.org}}",
        expect![
            "`secondary` of CNAME docs.example.com: `alias` with type `CNAME`; expected `values` at line 17, column 5"
        ],
    );
    error(
        "type: CNAME",
        "type: TXT",
        expect![
            "`primary` of TXT docs.example.com: its type is `TXT`; expected `A`, `AAAA` or `CNAME` with strategy `record-targets` at line 17, column 5"
        ],
    );
    error(
        "set-identifier: one",
        "set-identifier: ''",
        expect!["`` is not a set identifier: 1 to 128 characters at line 23, column 25"],
    );
}

#[test]
fn the_same_answer_in_another_spelling_is_no_other_answer() {
    let values = "{values: [192.0.2.1, 192.0.2.2]}";
    let alias = "{alias: {zone: Z2EXAMPLE, name: api.example.net, evaluate-target-health: true}}";
    error(
        alias,
        "{values: [192.0.2.2, 192.0.2.1], ttl: 30s}",
        expect![
            "A api.example.com answers the same on both sides; expected two answers at line 17, column 5"
        ],
    );
    error(
        values,
        "{alias: {zone: Z2EXAMPLE, name: API.example.net.}}",
        expect![
            "A api.example.com answers the same on both sides; expected two answers at line 17, column 5"
        ],
    );
    error(
        "[docs.example.org]",
        "[DOCS.example.net]",
        expect![
            "CNAME docs.example.com answers the same on both sides; expected two answers at line 17, column 5"
        ],
    );
}
