//! The keys of a target of kind `dns`, and which of them each strategy needs.

mod answers;
mod means;

use std::num::NonZeroU32;

use schemars::JsonSchema;
use serde::Deserialize;

use super::evidence::Evidence;
use super::strategy::{
    Alias, ClusterEndpoint, ControlArn, HealthCheckId, RecordValue, SetIdentifier, StandbyObject,
};
use super::{Dns, Failback, How, Record, RecordName, RecordType, Sides, ZoneId};
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
    /// How long resolvers keep an alias's answer, for reports; with `health-check`, `standby-object` and `routing-control`
    /// that of any of the records. `60s` where it is left out.
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
#[serde(expecting = "a record, as `{name: www.example.com, type: A}`")]
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
#[serde(expecting = "what a record answers, as `{values: [192.0.2.1]}`")]
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
#[serde(expecting = "a side, as `{evidence: {alarm: primary-down}}`")]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct SideKeys {
    /// How its health is known.
    evidence: Evidence,
    /// With `record-weights`: which of the sets of each record it is.
    set_identifier: Option<SetIdentifier>,
    /// With `record-weights`: its weight while traffic goes there, where no earlier one is known. 100 where it is left
    /// out.
    #[schemars(range(min = 1, max = 255))]
    weight: Option<i64>,
    /// With `health-check`, the primary's: the check that is forced.
    health_check: Option<HealthCheckId>,
    /// With `routing-control`: the control that is on while traffic goes there.
    routing_control: Option<ControlArn>,
    /// With `distribution-domain`: the distribution.
    distribution: Option<DistributionId>,
}

#[derive(Default, Deserialize, JsonSchema)]
#[serde(expecting = "when traffic goes back, as `{how: automatic, after-healthy-for: 15m}`")]
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

impl TryFrom<DnsKeys> for Dns {
    type Error = String;

    fn try_from(keys: DnsKeys) -> Result<Self, String> {
        let strategy = means::strategy(&keys)?;
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

fn failback(keys: &DnsKeys) -> Result<Failback, String> {
    let FailbackKeys { how, after_healthy_for } = &keys.failback;
    if matches!(keys.primary.evidence, Evidence::Https(_)) {
        // An answer of this moment says nothing of the minutes before it.
        if *how == How::Automatic || after_healthy_for.is_some() {
            return Err("`failback` waits for a healthy primary, and `primary.evidence` is `https`, which shows only the moment; expected an `alarm` or a `health-check` there".to_owned());
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

/// The word of a strategy in the playbook.
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
