//! What the tests of this crate have in common: targets of a playbook, orders to them, and what there is.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use shared::command::{Command, RawCommand, Source};
use shared::fault::FaultClass;
use shared::ids::{CommandId, TargetName};
use shared::kinds::dns::{Dns as Rule, Failover, RecordType, Side, Sides};
use shared::playbook::Playbook;

use crate::fake::{distribution, failover, simple, weighted};
use crate::order::Order;
use crate::world::{
    Check, Fault, Found, Health, HealthState, Meaning, Memory, Move, Object, Owner, Place, Recall, RecordSet,
    World,
};

/// When everything happens in these tests.
pub(crate) fn now() -> Timestamp {
    "2026-11-21T09:00:00Z".parse().unwrap()
}

/// A time so many minutes before.
pub(crate) fn ago(minutes: i64) -> Timestamp {
    now() - SignedDuration::from_mins(minutes)
}

pub(crate) fn target() -> &'static TargetName {
    Box::leak(Box::new(TargetName::parse("weather-www").unwrap()))
}

/// What both sides' evidence is, for the targets of these tests.
const EVIDENCE: &str = "evidence: {alarm: weather-primary-health}";
const STANDBY: &str = "evidence: {health-check: 11111111-2222-3333-4444-555555555555}";

/// A target of a strategy, with further keys of YAML between braces, each after a comma.
pub(crate) fn rule(records: &str, strategy: &str, primary: &str, secondary: &str, further: &str) -> Rule {
    let text = format!(
        "{{version: 1, targets: {{weather-www: {{kind: dns, zone: Z1EXAMPLE, records: {records}, strategy: {strategy}, primary: {{{EVIDENCE}{primary}}}, secondary: {{{STANDBY}{secondary}}}{further}}}}}}}"
    );
    let playbook = Playbook::parse(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
    playbook.dns(target()).unwrap().1.clone()
}

/// Weighted records of `www.example.com`, A and AAAA.
pub(crate) fn weights(further: &str) -> Rule {
    let records = "[{name: www.example.com, type: A}, {name: www.example.com, type: AAAA}]";
    rule(records, "record-weights", ", set-identifier: blue", ", set-identifier: green, weight: 50", further)
}

/// An A record of `www.example.com` that answers one address or another.
pub(crate) fn targets(further: &str) -> Rule {
    let records = "[{name: www.example.com, type: A, primary: {values: [192.0.2.1]}, secondary: {values: [192.0.2.2]}}]";
    rule(records, "record-targets", "", "", further)
}

/// The check that is forced.
pub(crate) const FORCED: &str = "99999999-2222-3333-4444-555555555555";

/// The primary's health check.
pub(crate) fn health_check(further: &str) -> Rule {
    let check = format!(", health-check: {FORCED}");
    rule("[{name: www.example.com, type: A}]", "health-check", &check, "", further)
}

/// An object in the standby Region.
pub(crate) fn standby_object(further: &str) -> Rule {
    let object = ", standby-object: {bucket: standby-switch, key: failed-over, region: us-west-2}";
    let records = "[{name: www.example.com, type: A}]";
    rule(records, "standby-object", "", "", &format!("{object}{further}"))
}

/// Routing controls of a cluster with two endpoints.
pub(crate) fn routing_control(further: &str) -> Rule {
    let arn = |end: &str| {
        format!(
            ", routing-control: 'arn:aws:route53-recovery-control::123456789012:controlpanel/0123abcd/routingcontrol/{end}'"
        )
    };
    let endpoints = ", cluster-endpoints: [{endpoint: 'https://one.example.com/v1', region: us-east-1}, {endpoint: 'https://two.example.com/v1', region: eu-west-1}]";
    let records = "[{name: www.example.com, type: A}]";
    rule(records, "routing-control", &arn("aaaa"), &arn("bbbb"), &format!("{endpoints}{further}"))
}

/// Two distributions.
pub(crate) fn domains(further: &str) -> Rule {
    let records = "[{name: www.example.com, type: A}, {name: www.example.com, type: AAAA}]";
    rule(records, "distribution-domain", ", distribution: E1PRIMARY", ", distribution: E2SECONDARY", further)
}

/// A command as it comes to the target of these tests.
pub(crate) fn order<'p>(rule: &'p Rule, command: Value, source: Source) -> Order<'p> {
    let Value::Object(mut fields) = command else { panic!("{command} is no object") };
    fields.insert("target".to_owned(), json!("weather-www"));
    let raw = RawCommand { fields, fallback_id: CommandId::derived(["order"]), source };
    let command: Command<Failover> = raw.decode().unwrap();
    let Command { id, action, reason, mode, origin, .. } = command;
    let delivery = "delivery-1".to_owned();
    Order { id, target: target(), rule, action, mode, origin, reason, delivery, receives: 1 }
}

/// A fail-over that an alarm of a minute ago asks for.
pub(crate) fn alarmed(rule: &Rule) -> Order<'_> {
    order(rule, json!({"action": "fail-over", "origin": {"source": "alarm", "at": ago(1)}}), Source::Queue)
}

/// A command of a person.
pub(crate) fn by_hand<'p>(rule: &'p Rule, action: &str) -> Order<'p> {
    order(rule, json!({"action": action}), Source::Operator)
}

/// The look of every minute.
pub(crate) fn reconcile(rule: &Rule) -> Order<'_> {
    order(rule, json!({"action": "reconcile", "origin": {"source": "schedule"}}), Source::Queue)
}

/// What there is at a place, with both sides healthy for an hour, and nothing remembered.
pub(crate) fn world(place: Place) -> World {
    let healthy = || Some(Ok(healthy_since(60)));
    World {
        now: now(),
        place: Ok(place),
        health: Sides { primary: healthy(), secondary: healthy() },
        recall: Recall::Known(Memory::default()),
        obstacle: Ok(None),
        records: None,
    }
}

/// A side that has been healthy for so many minutes.
pub(crate) fn healthy_since(minutes: i64) -> Health {
    let words = "14 of 16 checkers say so".to_owned();
    Health { state: HealthState::Healthy, since: Some(ago(minutes)), words }
}

/// A side that is not healthy.
pub(crate) fn unhealthy() -> Health {
    Health { state: HealthState::Unhealthy, since: None, words: "2 of 16 checkers say so".to_owned() }
}

/// A move of so many minutes ago.
pub(crate) fn moved(to: Side, minutes: i64, by_hand: bool) -> Move {
    let command = CommandId::derived(["earlier", &minutes.to_string()]);
    Move { at: ago(minutes), to, command, by_hand, unsure: false }
}

/// What is remembered after moves.
pub(crate) fn remembered(moves: Vec<Move>) -> Memory {
    Memory { moves, ..Memory::default() }
}

/// The two sets of a weighted record.
pub(crate) fn pair(kind: RecordType, primary: i64, secondary: i64) -> Vec<RecordSet> {
    let values = |last: u8| match kind {
        RecordType::Aaaa => format!("2001:db8::{last}"),
        _ => format!("192.0.2.{last}"),
    };
    let set = |identifier: &str, weight: i64, last: u8| RecordSet {
        health_check: Some(format!("{last}1111111-2222-3333-4444-555555555555")),
        ..weighted(simple("www.example.com", kind, &[&values(last)]), identifier, weight)
    };
    vec![set("blue", primary, 1), set("green", secondary, 2)]
}

/// The failover pair of `www.example.com`, each set with its health check.
pub(crate) fn roles(primary: Option<&str>, secondary: Option<&str>) -> Vec<RecordSet> {
    let set = |identifier: &str, role: &str, value: &str, check: Option<&str>| RecordSet {
        health_check: check.map(str::to_owned),
        ..failover(simple("www.example.com", RecordType::A, &[value]), identifier, role)
    };
    let secondary = set("second", "SECONDARY", "192.0.2.2", secondary);
    vec![set("first", "PRIMARY", "192.0.2.1", primary), secondary]
}

/// Where records are found, in the order of the rule.
pub(crate) fn found(rule: &Rule, sets: Vec<Vec<RecordSet>>) -> Vec<Found> {
    let records = rule.records.iter().cloned();
    records.zip(sets).map(|(record, sets)| Found { record, sets }).collect()
}

/// Weighted A and AAAA records with the same weights.
pub(crate) fn weighted_place(rule: &Rule, primary: i64, secondary: i64) -> Place {
    let sets = [RecordType::A, RecordType::Aaaa].map(|kind| pair(kind, primary, secondary));
    Place::Records(found(rule, sets.to_vec()))
}

/// An A record with these values.
pub(crate) fn answering(rule: &Rule, values: &[&str]) -> Place {
    Place::Records(found(rule, vec![vec![simple("www.example.com", RecordType::A, values)]]))
}

/// A health check with these settings.
pub(crate) fn checked(disabled: bool, inverted: bool) -> Place {
    Place::Check(Check { version: 7, disabled, inverted, ..crate::fake::check("HTTPS") })
}

/// The standby object, as it is found.
pub(crate) fn found_object(object: Object) -> Place {
    Place::Object(Some(object))
}

/// The standby object, as an order has put it that came with a delivery.
pub(crate) fn put_by(order: &CommandId, delivery: &str) -> Object {
    Object::PutBy(Owner { order: order.clone(), delivery: Some(CommandId::from_aws(delivery)) })
}

/// Two distributions, of which one has the name, and records that lead to one of them.
pub(crate) fn domain(rule: &Rule, names_at: Side, records_at: Side, deployed: bool) -> Place {
    let of = |side: Side| {
        let names: &[&str] = if side == names_at { &["www.example.com"] } else { &[] };
        let domain = format!("d{}.cloudfront.net", side.as_str());
        let found = distribution(&domain, names);
        crate::world::Distribution { deployed: deployed || side != names_at, ..found }
    };
    let alias = format!("d{}.cloudfront.net", records_at.as_str());
    let set = |kind| crate::fake::aliased(simple("www.example.com", kind, &[]), "Z2FDTNDATAQYW2", &alias);
    let sets = [RecordType::A, RecordType::Aaaa].map(|kind| vec![set(kind)]);
    Place::Domain {
        distributions: Sides { primary: of(Side::Primary), secondary: of(Side::Secondary) },
        records: found(rule, sets.to_vec()),
    }
}

/// Something that did not work.
pub(crate) fn fault(class: FaultClass) -> Fault {
    Fault {
        operation: "list the records of www.example.com".to_owned(),
        meaning: Meaning::Common(class),
        source: std::sync::Arc::from(Box::<dyn std::error::Error + Send + Sync>::from("no answer")),
    }
}
