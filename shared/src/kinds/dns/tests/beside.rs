//! What is said of keys of one strategy beside another.

use super::*;

#[test]
fn what_is_for_one_strategy_is_not_beside_another() {
    let domain = "primary: {distribution: E1EXAMPLE";
    error(
        domain,
        "primary: {set-identifier: one, distribution: E1EXAMPLE",
        expect![
            "`primary.set-identifier` with strategy `distribution-domain`; expected it only with `record-weights` at line 62, column 5"
        ],
    );
    error(
        domain,
        "primary: {weight: 1, distribution: E1EXAMPLE",
        expect![
            "`primary.weight` with strategy `distribution-domain`; expected it only with `record-weights` at line 62, column 5"
        ],
    );
    error(
        domain,
        "primary: {health-check: 11111111-2222, distribution: E1EXAMPLE",
        expect![
            "`primary.health-check` with strategy `distribution-domain`; expected it only with `health-check` at line 62, column 5"
        ],
    );
    let control = "arn:aws:route53-recovery-control::123456789012:controlpanel/p/routingcontrol/one";
    error(
        domain,
        &format!("primary: {{routing-control: '{control}', distribution: E1EXAMPLE"),
        expect![
            "`primary.routing-control` with strategy `distribution-domain`; expected it only with `routing-control` at line 62, column 5"
        ],
    );
    error(
        "secondary: {set-identifier: there",
        "secondary: {set-identifier: there, distribution: E2EXAMPLE",
        expect![
            "`secondary.distribution` with strategy `record-weights`; expected it only with `distribution-domain` at line 5, column 5"
        ],
    );
    let strategy = "strategy: distribution-domain";
    error(
        strategy,
        &format!("{strategy}\n    standby-object: {{bucket: standby, key: k, region: us-west-2}}"),
        expect![
            "`standby-object` with strategy `distribution-domain`; expected it only with `standby-object` at line 62, column 5"
        ],
    );
    error(
        strategy,
        &format!("{strategy}\n    cluster-endpoints: [{{endpoint: 'https://a', region: us-west-2}}]"),
        expect![
            "`cluster-endpoints` with strategy `distribution-domain`; expected it only with `routing-control` at line 62, column 5"
        ],
    );
    let record = "{name: domain.example.com, type: HTTPS";
    error(
        record,
        &format!("{record}, set-identifier: one"),
        expect![
            "`records[1].set-identifier` with strategy `distribution-domain`; expected it only with `record-targets` at line 62, column 5"
        ],
    );
    error(
        record,
        &format!("{record}, primary: {{values: [a]}}"),
        expect![
            "`records[1].primary` with strategy `distribution-domain`; expected it only with `record-targets` at line 62, column 5"
        ],
    );
    error(
        record,
        &format!("{record}, secondary: {{values: [a]}}"),
        expect![
            "`records[1].secondary` with strategy `distribution-domain`; expected it only with `record-targets` at line 62, column 5"
        ],
    );
}
