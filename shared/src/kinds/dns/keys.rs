//! The keys of a target of kind `dns`, and which of them each strategy needs.

use std::collections::BTreeSet;
use std::num::NonZeroU32;

use schemars::JsonSchema;
use serde::Deserialize;

use super::evidence::Evidence;
use super::strategy::{
    Alias, Answer, ClusterEndpoint, ControlArn, HealthCheckId, RecordValue, SetIdentifier, StandbyObject,
    Strategy, Turn, WeightedSide,
};
use super::{Dns, Failback, How, Record, RecordName, RecordType, Side, Sides, ZoneId};
use crate::kinds::distribution::DistributionId;
use crate::period::Period;

/// The keys of a target of kind `dns`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct DnsKeys {
    /// The id of the hosted zone that the records are in.
    zone: ZoneId,
    /// The records that are moved together.
    records: Vec<RecordKeys>,
    /// How traffic is moved.
    strategy: StrategyName,
    /// Where traffic goes as a rule.
    primary: SideKeys,
    /// Where it goes when the primary is down.
    secondary: SideKeys,
    /// With `standby-object`: the object.
    standby_object: Option<StandbyObject>,
    /// With `routing-control`: the endpoints of the cluster.
    #[serde(default)]
    cluster_endpoints: Vec<ClusterEndpoint>,
    /// How long after a move nothing but a person moves it again. `5m` where it is left out.
    hold_down: Option<Period>,
    /// When traffic goes back. Only when somebody says so where it is left out.
    #[serde(default)]
    failback: FailbackKeys,
    /// The most moves in 24 hours that nobody ordered by hand. 4 where it is left out.
    max_moves_a_day: Option<NonZeroU32>,
    /// How long resolvers keep an alias's answer. `60s` where it is left out.
    ttl: Option<Period>,
    /// Whether `drill` may be asked of it, and is by the weekly schedule.
    #[serde(default)]
    may_drill: bool,
}

/// The word of a strategy.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum StrategyName {
    /// The weights of weighted records.
    RecordWeights,
    /// The values or alias targets of records.
    RecordTargets,
    /// The primary's health check, forced to be unhealthy.
    HealthCheck,
    /// An object that an inverted health check looks for.
    StandbyObject,
    /// Routing controls of the Application Recovery Controller.
    RoutingControl,
    /// The names of CloudFront distributions, then the records.
    DistributionDomain,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RecordKeys {
    /// Its name, in full.
    name: RecordName,
    /// Its type.
    #[serde(rename = "type")]
    kind: RecordType,
    /// With `record-targets`: which of its sets it is, where there are several.
    set_identifier: Option<SetIdentifier>,
    /// With `record-targets`: what it answers while traffic goes to the primary.
    primary: Option<AnswerKeys>,
    /// With `record-targets`: what it answers while traffic goes to the secondary.
    secondary: Option<AnswerKeys>,
}

/// `values` or `alias`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct AnswerKeys {
    /// These values.
    #[serde(default)]
    values: Vec<RecordValue>,
    /// With `values`: how long resolvers keep them, where the record was an alias. `60s` where it is left out.
    ttl: Option<Period>,
    /// What another name of AWS answers.
    alias: Option<Alias>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct SideKeys {
    /// How its health is known.
    evidence: Evidence,
    /// With `record-weights`: which of the sets of each record it is.
    set_identifier: Option<SetIdentifier>,
    /// With `record-weights`: its weight while traffic goes there, where no earlier one is known. 100 where it is left
    /// out.
    weight: Option<u8>,
    /// With `health-check`, the primary's: the check that is forced.
    health_check: Option<HealthCheckId>,
    /// With `routing-control`: the control that is on while traffic goes there.
    routing_control: Option<ControlArn>,
    /// With `distribution-domain`: the distribution.
    distribution: Option<DistributionId>,
}

#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct FailbackKeys {
    /// Whether it goes back by itself.
    #[serde(default)]
    how: How,
    /// For how long the primary must have been healthy without a break, at most a day. `15m` where it is left out.
    after_healthy_for: Option<Period>,
}

/// How long after a move nothing but a person moves it again, where the playbook does not say.
const USUAL_HOLD_DOWN: Period = Period::FIVE_MINUTES;

/// For how long the primary must have been healthy, where the playbook does not say.
const USUAL_HEALTHY: &str = "15m";

/// The most moves in 24 hours, where the playbook does not say.
const USUAL_MOVES: NonZeroU32 = NonZeroU32::new(4).unwrap();

/// The weight of a side that traffic goes to, where the playbook does not say.
const USUAL_WEIGHT: u8 = 100;

/// The most records of a target. A change has at most 1,000 record elements, an `UPSERT` counts twice, and each of
/// at most 255 characters counts twice against 32,000. Source: Route 53 developer guide, "quotas".
const MOST_RECORDS: usize = 50;

/// The most endpoints of a cluster. Source: Application Recovery Controller developer guide: a cluster has five.
const MOST_ENDPOINTS: usize = 5;

impl TryFrom<DnsKeys> for Dns {
    type Error = String;

    fn try_from(keys: DnsKeys) -> Result<Self, String> {
        let strategy = strategy(&keys)?;
        let failback = failback(&keys)?;
        let records = keys.records.into_iter().map(|RecordKeys { name, kind, .. }| Record { name, kind });
        Ok(Self {
            zone: keys.zone,
            records: records.collect(),
            strategy,
            evidence: Sides { primary: keys.primary.evidence, secondary: keys.secondary.evidence },
            hold_down: keys.hold_down.unwrap_or(USUAL_HOLD_DOWN),
            failback,
            max_moves_a_day: keys.max_moves_a_day.unwrap_or(USUAL_MOVES),
            ttl: keys.ttl.unwrap_or(Period::MINUTE),
            may_drill: keys.may_drill,
        })
    }
}

fn strategy(keys: &DnsKeys) -> Result<Strategy, String> {
    records(keys)?;
    only_with(keys)?;
    let sides = Sides { primary: &keys.primary, secondary: &keys.secondary };
    match keys.strategy {
        StrategyName::RecordWeights => {
            let side = |side: Side| {
                let of = sides.of(side);
                let set_identifier =
                    needed(of.set_identifier.clone(), &format!("{}.set-identifier", side.as_str()), keys)?;
                match of.weight.unwrap_or(USUAL_WEIGHT) {
                    0 => Err(format!(
                        "`{}.weight` is 0; expected 1 to 255: no traffic would go there",
                        side.as_str()
                    )),
                    weight => Ok(WeightedSide { set_identifier, weight }),
                }
            };
            let (primary, secondary) = (side(Side::Primary)?, side(Side::Secondary)?);
            if primary.set_identifier == secondary.set_identifier {
                return Err(same("set-identifier"));
            }
            Ok(Strategy::RecordWeights(Sides { primary, secondary }))
        }
        StrategyName::RecordTargets => keys
            .records
            .iter()
            .map(|record| turn(record, keys))
            .collect::<Result<_, _>>()
            .map(Strategy::RecordTargets),
        StrategyName::HealthCheck => {
            let check = needed(keys.primary.health_check.clone(), "primary.health-check", keys)?;
            for side in Side::ALL {
                if sides.of(side).evidence == Evidence::HealthCheck(check.clone()) {
                    return Err(format!(
                        "`{}.evidence` is `{check}`, the check that is forced; expected another one, or an alarm that does not watch it, as a forced check shows nothing",
                        side.as_str()
                    ));
                }
            }
            Ok(Strategy::HealthCheck(check))
        }
        StrategyName::StandbyObject => {
            needed(keys.standby_object.clone(), "standby-object", keys).map(Strategy::StandbyObject)
        }
        StrategyName::RoutingControl => {
            let of = |side: Side| {
                needed(
                    sides.of(side).routing_control.clone(),
                    &format!("{}.routing-control", side.as_str()),
                    keys,
                )
            };
            let (primary, secondary) = (of(Side::Primary)?, of(Side::Secondary)?);
            if primary == secondary {
                return Err(same("routing-control"));
            }
            let endpoints = keys.cluster_endpoints.clone();
            if !(1..=MOST_ENDPOINTS).contains(&endpoints.len()) {
                return Err(format!(
                    "`cluster-endpoints` has {} entries; expected 1 to {MOST_ENDPOINTS} with strategy `routing-control`: a cluster has five",
                    endpoints.len()
                ));
            }
            Ok(Strategy::RoutingControl { controls: Sides { primary, secondary }, endpoints })
        }
        StrategyName::DistributionDomain => {
            let of = |side: Side| {
                needed(sides.of(side).distribution.clone(), &format!("{}.distribution", side.as_str()), keys)
            };
            let (primary, secondary) = (of(Side::Primary)?, of(Side::Secondary)?);
            if primary == secondary {
                return Err(same("distribution"));
            }
            Ok(Strategy::DistributionDomain(Sides { primary, secondary }))
        }
    }
}

/// Checks that there are records, and each once.
fn records(keys: &DnsKeys) -> Result<(), String> {
    if !(1..=MOST_RECORDS).contains(&keys.records.len()) {
        return Err(format!("`records` has {} entries; expected 1 to {MOST_RECORDS}", keys.records.len()));
    }
    let mut seen = BTreeSet::new();
    for RecordKeys { name, kind, .. } in &keys.records {
        if !seen.insert((super::normal(name.as_str()), kind)) {
            return Err(format!("`records` names {} {name} twice; expected each once", kind.as_str()));
        }
    }
    Ok(())
}

/// Checks that what is only for one strategy stands beside that one.
fn only_with(keys: &DnsKeys) -> Result<(), String> {
    let mut given = vec![
        (keys.standby_object.is_some(), "standby-object".to_owned(), StrategyName::StandbyObject),
        (!keys.cluster_endpoints.is_empty(), "cluster-endpoints".to_owned(), StrategyName::RoutingControl),
        (keys.primary.health_check.is_some(), "primary.health-check".to_owned(), StrategyName::HealthCheck),
    ];
    for (side, of) in [("primary", &keys.primary), ("secondary", &keys.secondary)] {
        given.extend([
            (of.set_identifier.is_some(), format!("{side}.set-identifier"), StrategyName::RecordWeights),
            (of.weight.is_some(), format!("{side}.weight"), StrategyName::RecordWeights),
            (of.routing_control.is_some(), format!("{side}.routing-control"), StrategyName::RoutingControl),
            (of.distribution.is_some(), format!("{side}.distribution"), StrategyName::DistributionDomain),
        ]);
    }
    for (index, record) in keys.records.iter().enumerate() {
        let turns = record.set_identifier.is_some() || record.primary.is_some() || record.secondary.is_some();
        given.push((
            turns,
            format!("records[{index}]` with more than `name` and `type"),
            StrategyName::RecordTargets,
        ));
    }
    if keys.secondary.health_check.is_some() {
        return Err(
            "`secondary.health-check` is given; expected it only for `primary`, or within `evidence`"
                .to_owned(),
        );
    }
    match given.into_iter().find(|(is_given, _, strategy)| *is_given && *strategy != keys.strategy) {
        Some((_, key, strategy)) => Err(format!(
            "`{key}` with strategy `{}`; expected it only with `{}`",
            word(keys.strategy),
            word(strategy)
        )),
        None => Ok(()),
    }
}

fn turn(record: &RecordKeys, keys: &DnsKeys) -> Result<Turn, String> {
    let name = &record.name;
    let answer = |side: &str, answer: &Option<AnswerKeys>| match answer {
        Some(answer) => self::answer(record, side, answer),
        None => Err(format!("strategy `{}` needs `{side}` of record {name}", word(keys.strategy))),
    };
    let primary = answer("primary", &record.primary)?;
    let secondary = answer("secondary", &record.secondary)?;
    if primary == secondary {
        return Err(format!("record {name} answers the same on both sides; expected two answers"));
    }
    Ok(Turn { set_identifier: record.set_identifier.clone(), answers: Sides { primary, secondary } })
}

fn answer(record: &RecordKeys, side: &str, answer: &AnswerKeys) -> Result<Answer, String> {
    let RecordKeys { name, kind, .. } = record;
    let wrong = |what: &str| Err(format!("`{side}` of record {name}: {what}"));
    let AnswerKeys { values, ttl, alias } = answer;
    let fits = match kind {
        RecordType::A => RecordValue::is_ipv4,
        RecordType::Aaaa => RecordValue::is_ipv6,
        RecordType::Cname => RecordValue::is_name,
        RecordType::Https | RecordType::Mx | RecordType::Srv | RecordType::Txt => {
            return wrong(&format!(
                "its type is `{}`; expected `A`, `AAAA` or `CNAME` with strategy `record-targets`",
                kind.as_str()
            ));
        }
    };
    match (values.as_slice(), alias) {
        ([], None) => wrong("neither `values` nor `alias`; expected one of them"),
        ([], Some(_)) if ttl.is_some() => wrong("`ttl` beside `alias`; expected it only beside `values`"),
        ([], Some(_)) if *kind == RecordType::Cname => wrong("`alias` with type `CNAME`; expected `values`"),
        ([], Some(alias)) => Ok(Answer::Alias(alias.clone())),
        (_, Some(_)) => wrong("both `values` and `alias`; expected one of them"),
        (values, None) => match values.iter().find(|value| !fits(value)) {
            Some(value) => wrong(&format!("`{value}` is no value of a record of type `{}`", kind.as_str())),
            None if *kind == RecordType::Cname && values.len() > 1 => {
                wrong("a CNAME has several values; expected one")
            }
            None => Ok(Answer::Values { values: values.to_vec(), ttl: *ttl }),
        },
    }
}

fn failback(keys: &DnsKeys) -> Result<Failback, String> {
    let FailbackKeys { how, after_healthy_for } = &keys.failback;
    if matches!(keys.primary.evidence, Evidence::Https(_)) {
        // An answer of this moment says nothing of the minutes before it.
        if *how == How::Automatic || after_healthy_for.is_some() {
            return Err("`failback` after a time, and `primary.evidence` is `https`, which only shows the moment; expected an `alarm` or a `health-check` there".to_owned());
        }
        return Ok(Failback { how: *how, after_healthy_for: None });
    }
    let usual = || Period::parse(USUAL_HEALTHY).map_err(|error| error.to_string());
    let after = after_healthy_for.map_or_else(usual, Ok)?;
    if after > Period::DAY {
        return Err(format!("`failback.after-healthy-for` is `{after}`; expected at most a day"));
    }
    Ok(Failback { how: *how, after_healthy_for: Some(after) })
}

fn needed<T>(value: Option<T>, key: &str, keys: &DnsKeys) -> Result<T, String> {
    value.ok_or_else(|| format!("strategy `{}` needs `{key}`", word(keys.strategy)))
}

fn same(key: &str) -> String {
    format!("`primary` and `secondary` have the same `{key}`; expected two")
}

fn word(strategy: StrategyName) -> &'static str {
    match strategy {
        StrategyName::RecordWeights => "record-weights",
        StrategyName::RecordTargets => "record-targets",
        StrategyName::HealthCheck => "health-check",
        StrategyName::StandbyObject => "standby-object",
        StrategyName::RoutingControl => "routing-control",
        StrategyName::DistributionDomain => "distribution-domain",
    }
}
