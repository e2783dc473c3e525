//! What the playbook says of names: every key, and what is said of each that is wrong.

mod answers;
mod beside;
mod commands;
mod errors;
mod names;
mod routes;
mod strategies;

use expect_test::{Expect, expect};

use super::*;
use crate::ids::TargetName;
use crate::kinds::distribution::DistributionId;
use crate::playbook::{Playbook, Target};

const GOOD: &str = "
version: 1
targets:
  weights:
    kind: dns
    zone: Z1EXAMPLE
    records: [{name: www.example.com, type: A}, {name: www.example.com, type: AAAA}]
    strategy: record-weights
    primary: {set-identifier: here, weight: 255, evidence: {alarm: primary down, region: us-east-1}}
    secondary: {set-identifier: there, evidence: {health-check: 11111111-2222}}
    hold-down: 10m
    failback: {how: automatic, after-healthy-for: 24h}
    max-moves-a-day: 2
    ttl: 5m
    may-drill: true
  turns:
    kind: dns
    zone: Z1EXAMPLE
    strategy: record-targets
    records:
      - name: api.example.com
        type: A
        set-identifier: one
        primary: {values: [192.0.2.1, 192.0.2.2]}
        secondary: {alias: {zone: Z2EXAMPLE, name: api.example.net, evaluate-target-health: true}}
      - name: v6.example.com
        type: AAAA
        primary: {values: ['2001:db8::1'], ttl: 30s}
        secondary: {alias: {zone: Z2FDTNDATAQYW2, name: d111111abcdef8.cloudfront.net}}
      - name: docs.example.com
        type: CNAME
        primary: {values: [docs.example.net.]}
        secondary: {values: [docs.example.org]}
    primary: {evidence: {https: 'https://192.0.2.1/health?deep=1'}}
    secondary: {evidence: {alarm: secondary down}}
  forced:
    kind: dns
    zone: Z1EXAMPLE
    records: [{name: forced.example.com, type: A}]
    strategy: health-check
    primary: {health-check: 33333333-4444, evidence: {health-check: 55555555-6666}}
    secondary: {evidence: {https: 'https://192.0.2.9'}}
  object:
    zone: Z1EXAMPLE
    records: [{name: object.example.com, type: A}]
    kind: dns
    strategy: standby-object
    standby-object: {bucket: standby-switch, key: fail-over, region: us-west-2}
    primary: {evidence: {alarm: primary down}}
    secondary: {evidence: {alarm: secondary down}}
  controls:
    kind: dns
    zone: Z1EXAMPLE
    records: [{name: controls.example.com, type: A}]
    strategy: routing-control
    primary: {routing-control: 'arn:aws:route53-recovery-control::123456789012:controlpanel/p/routingcontrol/one', evidence: {alarm: primary down}}
    secondary: {routing-control: 'arn:aws:route53-recovery-control::123456789012:controlpanel/p/routingcontrol/two', evidence: {alarm: secondary down}}
    cluster-endpoints:
      - {endpoint: 'https://one.example.com/v1', region: us-east-1}
      - {endpoint: 'https://two.example.com/v1', region: ap-northeast-1}
  domain:
    kind: dns
    zone: Z1EXAMPLE
    records: [{name: domain.example.com, type: A}, {name: domain.example.com, type: HTTPS}]
    strategy: distribution-domain
    primary: {distribution: E1EXAMPLE, evidence: {alarm: primary down}}
    secondary: {distribution: E2EXAMPLE, evidence: {alarm: secondary down}}
    failback: {after-healthy-for: 1h}
  site: {kind: distribution, distribution: E3EXAMPLE}
";

fn name(text: &str) -> TargetName {
    TargetName::parse(text).unwrap()
}

fn good() -> Playbook {
    Playbook::parse(GOOD).unwrap()
}

fn dns(target: &str) -> Dns {
    good().dns(&name(target)).unwrap().1.clone()
}

/// A text of the playbook that has a form of its own.
fn text<T: TryFrom<String, Error: std::fmt::Debug>>(text: &str) -> T {
    T::try_from(text.to_owned()).unwrap()
}

fn period(text: &str) -> Period {
    Period::parse(text).unwrap()
}

fn alarm(name: &str) -> Evidence {
    Evidence::Alarm { name: text(name), region: None }
}

/// What is said of the playbook with this instead of that.
#[track_caller]
fn error(from: &str, to: &str, expected: Expect) {
    let text = GOOD.replacen(from, to, 1);
    assert_ne!(text, GOOD, "{from}");
    expected.assert_eq(&Playbook::parse(&text).unwrap_err().to_string());
}

#[test]
fn every_key_is_understood() {
    let side = |set_identifier, weight| WeightedSide { set_identifier: text(set_identifier), weight };
    let record = |kind| Record { name: text("www.example.com"), kind };
    let region = Some(text("us-east-1"));
    let expected = Dns {
        zone: text("Z1EXAMPLE"),
        records: vec![record(RecordType::A), record(RecordType::Aaaa)],
        strategy: Strategy::RecordWeights(Sides {
            primary: side("here", 255),
            secondary: side("there", 100),
        }),
        evidence: Sides {
            primary: Evidence::Alarm { name: text("primary down"), region },
            secondary: Evidence::HealthCheck(text("11111111-2222")),
        },
        hold_down: period("10m"),
        failback: Failback { how: How::Automatic, after_healthy_for: Some(Period::DAY) },
        max_moves_a_day: 2.try_into().unwrap(),
        ttl: period("5m"),
        may_drill: true,
    };
    assert_eq!(dns("weights"), expected);
}

#[test]
fn what_is_left_out_is_the_careful_choice() {
    let Dns { hold_down, failback, max_moves_a_day, ttl, may_drill, .. } = dns("object");
    assert_eq!((hold_down, ttl), (period("5m"), period("60s")));
    assert_eq!(failback, Failback { how: How::Manual, after_healthy_for: Some(period("15m")) });
    assert_eq!((max_moves_a_day.get(), may_drill), (4, false));
    // One key of `failback` leaves the other as it is.
    let after_healthy_for = Some(Period::HOUR);
    assert_eq!(dns("domain").failback, Failback { how: How::Manual, after_healthy_for });
    // What shows only the moment cannot be waited for.
    assert_eq!(dns("turns").failback, Failback { how: How::Manual, after_healthy_for: None });
}

#[test]
fn what_records_answer_is_understood() {
    let values = |values: &[&str], ttl: Option<&str>| Answer::Values {
        values: values.iter().map(|value| text(value)).collect(),
        ttl: ttl.map(period),
    };
    let alias = |zone, name, evaluate_target_health| {
        Answer::Alias(Alias { zone: text(zone), name: text(name), evaluate_target_health })
    };
    let turn = |set_identifier: Option<&str>, primary, secondary| Turn {
        set_identifier: set_identifier.map(text),
        answers: Sides { primary, secondary },
    };
    let Dns { strategy, evidence, .. } = dns("turns");
    let expected = Strategy::RecordTargets(vec![
        turn(
            Some("one"),
            values(&["192.0.2.1", "192.0.2.2"], None),
            alias("Z2EXAMPLE", "api.example.net", true),
        ),
        turn(
            None,
            values(&["2001:db8::1"], Some("30s")),
            alias("Z2FDTNDATAQYW2", "d111111abcdef8.cloudfront.net", false),
        ),
        turn(None, values(&["docs.example.net."], None), values(&["docs.example.org"], None)),
    ]);
    assert_eq!(strategy, expected);
    assert_eq!(evidence.primary, Evidence::Https(text("https://192.0.2.1/health?deep=1")));
}

#[test]
fn the_other_strategies_are_understood() {
    let forced = dns("forced");
    assert_eq!(forced.strategy, Strategy::HealthCheck(text("33333333-4444")));
    assert_eq!(forced.evidence.primary, Evidence::HealthCheck(text("55555555-6666")));
    let object =
        StandbyObject { bucket: text("standby-switch"), key: text("fail-over"), region: text("us-west-2") };
    assert_eq!(dns("object").strategy, Strategy::StandbyObject(object));
    let control = |end: &str| -> ControlArn {
        text(&format!("arn:aws:route53-recovery-control::123456789012:controlpanel/p/routingcontrol/{end}"))
    };
    let endpoint = |url: &str, region: &str| ClusterEndpoint { endpoint: text(url), region: text(region) };
    let controls = Strategy::RoutingControl {
        controls: Sides { primary: control("one"), secondary: control("two") },
        endpoints: vec![
            endpoint("https://one.example.com/v1", "us-east-1"),
            endpoint("https://two.example.com/v1", "ap-northeast-1"),
        ],
    };
    assert_eq!(dns("controls").strategy, controls);
    let [primary, secondary] = ["E1EXAMPLE", "E2EXAMPLE"].map(text::<DistributionId>);
    let domain = dns("domain");
    assert_eq!(domain.strategy, Strategy::DistributionDomain(Sides { primary, secondary }));
    assert_eq!(domain.evidence, Sides { primary: alarm("primary down"), secondary: alarm("secondary down") });
    for word in ["record-weights", "record-targets", "health-check", "standby-object", "routing-control"] {
        assert!(good().all_dns().any(|(_, dns)| dns.strategy.as_str() == word), "{word}");
    }
}

#[test]
fn another_target_is_told_what_it_is_and_which_ones_will_do() {
    let playbook = good();
    let error = |target: &str| playbook.dns(&name(target)).unwrap_err().to_string();
    expect!["field `target` is `wieghts`; expected names of kind `dns` of the playbook: controls, domain, forced, object, turns, weights"].assert_eq(&error("wieghts"));
    expect!["field `target` is `site`, a distribution; expected names of kind `dns` of the playbook: controls, domain, forced, object, turns, weights"].assert_eq(&error("site"));
    expect!["field `target` is `object`, names of kind `dns`; expected a distribution of the playbook: site"]
        .assert_eq(&playbook.distribution(&name("object")).unwrap_err().to_string());
    expect![
        "field `target` is `object`, names of kind `dns`; expected a database of the playbook: it has none"
    ]
    .assert_eq(&playbook.database(&name("object")).unwrap_err().to_string());
    expect!["field `target` is `object`, names of kind `dns`; expected a service or a group of services of the playbook: it has none"].assert_eq(&playbook.services(&name("object")).unwrap_err().to_string());
}

#[test]
fn the_function_of_names_is_failover_dns() {
    let target = good().targets.remove(&name("turns")).unwrap();
    assert!(matches!(target, Target::Dns(_)));
    assert_eq!((target.function(), target.noun()), ("failover-dns", "names of kind `dns`"));
}

#[test]
fn names_are_no_member_of_a_group_of_services() {
    let text = format!("{GOOD}  g: {{kind: service-group, services: [object]}}\n");
    expect!["group `g`: `object` is names of kind `dns`; expected a service of the playbook: it has none at line 70, column 39"].assert_eq(&Playbook::parse(&text).unwrap_err().to_string());
}
