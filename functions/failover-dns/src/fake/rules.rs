//! What Route 53 refuses of record sets. Source: Route 53 API reference, `ResourceRecordSet` and `AliasTarget`.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::world::RecordSet;

/// The zone of all CloudFront distributions.
const CLOUDFRONT: &str = "Z2FDTNDATAQYW2";

/// How one set of several is chosen. All sets of a record have the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Policy {
    Simple,
    Weighted,
    Latency,
    Failover,
    MultiValue,
    GeoLocation,
    GeoProximity,
    Cidr,
}

/// Whether a set is refused whatever else there is.
pub(super) fn refuses_set(set: &RecordSet) -> bool {
    let policies = policies(set);
    let is_lonely_policy = policies.len() > 1 || policies.is_empty() == set.set_identifier.is_some();
    let lacks_answer = match &set.alias {
        Some(alias) => {
            set.ttl.is_some()
                || !set.values.is_empty()
                || set.multi_value.is_some()
                || (alias.zone == CLOUDFRONT && alias.evaluate_target_health)
        }
        None => set.ttl.is_none_or(|ttl| !(0..=2_147_483_647).contains(&ttl)) || set.values.is_empty(),
    };
    let is_overweight = set.weight.is_some_and(|weight| !(0..=255).contains(&weight));
    let has_wrong_role = set.failover.as_deref().is_some_and(|role| !matches!(role, "PRIMARY" | "SECONDARY"));
    is_lonely_policy || lacks_answer || is_overweight || has_wrong_role || has_wrong_values(set)
}

fn has_wrong_values(set: &RecordSet) -> bool {
    match set.kind.as_str() {
        "A" => set.values.iter().any(|value| value.parse::<Ipv4Addr>().is_err()),
        "AAAA" => set.values.iter().any(|value| value.parse::<Ipv6Addr>().is_err()),
        "CNAME" => set.values.len() > 1 || set.multi_value.is_some(),
        _ => false,
    }
}

/// Whether the sets of a name cannot be there beside each other.
pub(super) fn refuses_group(of_name: &[&RecordSet]) -> bool {
    let is_cname = |set: &&RecordSet| set.kind == "CNAME";
    if of_name.iter().any(is_cname) && !of_name.iter().all(is_cname) {
        return true;
    }
    of_name.iter().any(|set| {
        let others = of_name.iter().filter(|other| other.kind == set.kind && !other.is_same_set(set));
        others.into_iter().any(|other| {
            let (one, two) = (policy(set), policy(other));
            one != two || one == Policy::Simple || is_no_pair(set, other)
        })
    })
}

/// Whether two sets have the same failover role, or are both CloudFront's.
fn is_no_pair(one: &RecordSet, other: &RecordSet) -> bool {
    let is_cloudfront = |set: &RecordSet| set.alias.as_ref().is_some_and(|alias| alias.zone == CLOUDFRONT);
    one.failover.is_some() && (one.failover == other.failover || (is_cloudfront(one) && is_cloudfront(other)))
}

fn policy(set: &RecordSet) -> Policy {
    policies(set).first().copied().unwrap_or(Policy::Simple)
}

fn policies(set: &RecordSet) -> Vec<Policy> {
    let given = [
        (set.weight.is_some(), Policy::Weighted),
        (set.region.is_some(), Policy::Latency),
        (set.failover.is_some(), Policy::Failover),
        (set.multi_value.is_some(), Policy::MultiValue),
        (set.geo_location.is_some(), Policy::GeoLocation),
        (set.geo_proximity.is_some(), Policy::GeoProximity),
        (set.cidr.is_some(), Policy::Cidr),
    ];
    given.into_iter().filter(|(is_given, _)| *is_given).map(|(_, policy)| policy).collect()
}
