//! What each strategy needs, and what may stand beside no other.

use std::collections::BTreeSet;

use super::answers::turn;
use super::{DnsKeys, RecordKeys, StrategyName, word};
use crate::kinds::dns::evidence::Evidence;
use crate::kinds::dns::strategy::{Strategy, WeightedSide};
use crate::kinds::dns::{RecordType, Side, Sides, normal};

/// The weight of a side that traffic goes to, where the playbook does not say.
const USUAL_WEIGHT: i64 = 100;

/// The most records of a target. A change has at most 1,000 record elements, an `UPSERT` counts twice, and each of
/// at most 255 characters counts twice against 32,000. Source: Route 53 developer guide, "quotas".
const MOST_RECORDS: usize = 50;

/// The most endpoints of a cluster. Source: Application Recovery Controller developer guide: a cluster has five.
const MOST_ENDPOINTS: usize = 5;

/// How traffic is moved, as the keys say it.
pub(super) fn strategy(keys: &DnsKeys) -> Result<Strategy, String> {
    records(keys)?;
    only_with(keys)?;
    if keys.primary.evidence == keys.secondary.evidence {
        // A primary that is down would take the secondary with it.
        return Err(same("evidence"));
    }
    let sides = Sides { primary: &keys.primary, secondary: &keys.secondary };
    match keys.strategy {
        StrategyName::RecordWeights => {
            let side = |side: Side| {
                let of = sides.of(side);
                let set_identifier =
                    needed(of.set_identifier.clone(), &format!("{}.set-identifier", side.as_str()), keys)?;
                let weight = of.weight.unwrap_or(USUAL_WEIGHT);
                // With 0 no traffic would go there.
                match u8::try_from(weight) {
                    Ok(weight) if weight > 0 => Ok(WeightedSide { set_identifier, weight }),
                    _ => Err(format!("`{}.weight` is {weight}; expected 1 to 255", side.as_str())),
                }
            };
            let (primary, secondary) = (side(Side::Primary)?, side(Side::Secondary)?);
            if primary.set_identifier == secondary.set_identifier {
                return Err(same("set-identifier"));
            }
            Ok(Strategy::RecordWeights(Sides { primary, secondary }))
        }
        StrategyName::RecordTargets => {
            keys.records.iter().map(turn).collect::<Result<_, _>>().map(Strategy::RecordTargets)
        }
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
            let is_of_no_site = |kind| matches!(kind, RecordType::Mx | RecordType::Srv | RecordType::Txt);
            if let Some(RecordKeys { name, kind, .. }) =
                keys.records.iter().find(|one| is_of_no_site(one.kind))
            {
                return Err(format!(
                    "record {} {name} with strategy `distribution-domain`; expected type `A`, `AAAA`, `HTTPS` or `CNAME`",
                    kind.as_str()
                ));
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
        if !seen.insert((normal(name.as_str()), kind)) {
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
    for (index, RecordKeys { set_identifier, primary, secondary, .. }) in keys.records.iter().enumerate() {
        given.extend(
            [
                (set_identifier.is_some(), "set-identifier"),
                (primary.is_some(), "primary"),
                (secondary.is_some(), "secondary"),
            ]
            .map(|(is_given, key)| {
                (is_given, format!("records[{index}].{key}"), StrategyName::RecordTargets)
            }),
        );
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

fn needed<T>(value: Option<T>, key: &str, keys: &DnsKeys) -> Result<T, String> {
    value.ok_or_else(|| format!("strategy `{}` needs `{key}`", word(keys.strategy)))
}

fn same(key: &str) -> String {
    format!("`primary` and `secondary` have the same `{key}`; expected two")
}
