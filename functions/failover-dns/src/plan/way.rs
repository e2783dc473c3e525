//! The way to a side: the steps of each strategy.

use shared::kinds::distribution::DistributionId;
use shared::kinds::dns::{Dns, Side, Sides, Strategy};

use super::place::{has, names_of, saved_sets};
use super::step::Step;
use super::why::Why;
use super::{targets, weights};
use crate::world::{Before, Check, Distribution, Found, Memory, Place, RecordSet};

/// What is in the way.
pub(super) type Obstacle = Box<Why>;

/// What is to be done, and what must be known to take it back.
#[derive(Debug, Default)]
pub(super) struct Way {
    /// The steps that move traffic.
    pub(super) steps: Vec<Step>,
    /// What is there now; `None` where the strategy knows the way back by itself.
    pub(super) before: Option<Before>,
}

/// The way to a side.
///
/// # Errors
/// When what is to be changed is missing, or is not of the form that the strategy changes.
pub(super) fn way(
    rule: &Dns,
    place: &Place,
    to: Side,
    memory: Option<&Memory>,
    force: bool,
) -> Result<Way, Obstacle> {
    // What was saved is given back once: after that somebody else has moved traffic, and knows better.
    let memory = memory.filter(|memory| to == Side::Secondary || memory.is_failed_over());
    let before = memory.and_then(|memory| memory.before.as_ref());
    let saved = saved_sets(memory);
    match (&rule.strategy, place) {
        (Strategy::RecordWeights(sides), Place::Records(found)) => {
            let mut changes = Vec::new();
            for found in found {
                changes.extend(weights::turned(sides, found, to, saved)?);
            }
            let all = found.iter().map(|found| weights::pair(sides, found));
            let all: Vec<Sides<&RecordSet>> = all.collect::<Result<_, _>>()?;
            let sets = all.iter().flat_map(|pair| [pair.primary.clone(), pair.secondary.clone()]);
            Ok(Way { steps: changed(changes), before: Some(Before::Records(sets.collect())) })
        }
        (Strategy::RecordTargets(turns), Place::Records(found)) => {
            let (mut changes, mut sets) = (Vec::new(), Vec::new());
            for (turn, found) in turns.iter().zip(found) {
                let set = targets::set(turn, found)?;
                let turned = targets::turned(set, turn, to, saved);
                sets.push(set.clone());
                if turned != *set {
                    changes.push((set, turned));
                }
            }
            Ok(Way { steps: changed(changes), before: Some(Before::Records(sets)) })
        }
        (Strategy::HealthCheck(id), Place::Check(check)) => {
            let (disabled, inverted) = match (to, before) {
                (Side::Secondary, _) => (true, true),
                (Side::Primary, Some(Before::Check { disabled, inverted })) => (*disabled, *inverted),
                (Side::Primary, _) if force => (false, false),
                (Side::Primary, _) => return Err(Box::new(Why::NothingSaved)),
            };
            let wanted = Check { disabled, inverted, ..check.clone() };
            let before = Before::Check { disabled: check.disabled, inverted: check.inverted };
            let step = Step::SetCheck { id: id.clone(), check: wanted };
            Ok(Way { steps: vec![step], before: Some(before) })
        }
        (Strategy::StandbyObject(object), _) => {
            let step = match to {
                Side::Secondary => Step::PutObject(object.clone()),
                Side::Primary => Step::RemoveObject(object.clone()),
            };
            Ok(Way { steps: vec![step], before: None })
        }
        (Strategy::RoutingControl { .. }, _) => {
            let on = Sides { primary: to == Side::Primary, secondary: to == Side::Secondary };
            Ok(Way { steps: vec![Step::SetControls { on }], before: None })
        }
        (Strategy::DistributionDomain(sides), Place::Domain { distributions, records }) => {
            let sets = records.iter().map(|found| targets::only_set(found).cloned());
            let before = Before::Records(sets.collect::<Result<_, _>>()?);
            Ok(Way { steps: names(rule, sides, distributions, to)?, before: Some(before) })
        }
        // What is looked at follows from the strategy.
        _ => Ok(Way::default()),
    }
}

/// The first stage between distributions: the names.
fn names(
    rule: &Dns,
    sides: &Sides<DistributionId>,
    distributions: &Sides<Distribution>,
    to: Side,
) -> Result<Vec<Step>, Obstacle> {
    let distribution = distributions.of(to);
    if !distribution.enabled {
        return Err(Box::new(Why::DistributionUnfit { side: to, what: "it is disabled".to_owned() }));
    }
    let missing = names_of(rule).into_iter().filter(|name| !has(distribution, name));
    let steps = missing.map(|name| Step::MoveName {
        name: name.clone(),
        to: sides.of(to).clone(),
        etag: distribution.etag.clone(),
    });
    Ok(steps.collect())
}

/// The second stage between distributions: the records follow the names.
///
/// # Errors
/// When a record is missing, or has several sets.
pub(super) fn follow(place: &Place, to: Side, memory: Option<&Memory>) -> Result<Vec<Step>, Obstacle> {
    let Place::Domain { distributions, records } = place else { return Ok(Vec::new()) };
    let saved = saved_sets(memory);
    let (domain, other) = (&distributions.of(to).domain, &distributions.of(to.other()).domain);
    let mut changes = Vec::new();
    for found in records {
        let set = targets::only_set(found)?;
        if targets::points_at(set, domain) {
            continue;
        }
        let was = saved.iter().find(|one| one.is_same_set(set) && !targets::points_at(one, other));
        let turned = match (to, was) {
            (Side::Primary, Some(was)) => targets::answering_as(set, was),
            _ => targets::pointed_at(set, domain),
        };
        if turned != *set {
            changes.push((set, turned));
        }
    }
    Ok(changed(changes))
}

fn changed(changes: Vec<(&RecordSet, RecordSet)>) -> Vec<Step> {
    if changes.is_empty() {
        return Vec::new();
    }
    let (before, after) = changes.into_iter().map(|(before, after)| (before.clone(), after)).unzip();
    vec![Step::ChangeRecords { before, after }]
}

pub(super) fn missing(found: &Found, what: &str) -> Obstacle {
    Box::new(Why::RecordMissing { record: found.record.clone(), what: what.to_owned() })
}

pub(super) fn unfit(found: &Found, what: &str) -> Obstacle {
    Box::new(Why::RecordUnfit { record: found.record.clone(), what: what.to_owned() })
}

/// A set of a record, if it may be changed.
///
/// # Errors
/// When a traffic policy made it.
pub(super) fn changeable<'w>(set: &'w RecordSet, found: &Found) -> Result<&'w RecordSet, Obstacle> {
    if set.traffic_policy.is_some() {
        return Err(unfit(found, "a traffic policy made it, and only that can change it"));
    }
    Ok(set)
}
