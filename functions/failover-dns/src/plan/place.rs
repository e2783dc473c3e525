//! Where traffic goes, from what the means of a strategy show.

use shared::kinds::dns::{Dns, RecordName, Side, Sides, Strategy, Turn, WeightedSide, normal};

use super::way::Obstacle;
use super::{targets, weights};
use crate::world::{Before, Distribution, Found, Leads, Memory, Object, Place, RecordSet};

/// Where a target leads.
///
/// # Errors
/// When the records are not of the form that the strategy changes.
pub(super) fn leads(rule: &Dns, place: &Place, memory: Option<&Memory>) -> Result<Leads, Obstacle> {
    match (&rule.strategy, place) {
        (Strategy::RecordWeights(sides), Place::Records(found)) => of_weights(sides, found),
        (Strategy::RecordTargets(turns), Place::Records(found)) => {
            of_targets(turns, found, saved_sets(memory))
        }
        (Strategy::HealthCheck(_), Place::Check(check)) => {
            Ok(Leads::To(if check.is_forced() { Side::Secondary } else { Side::Primary }))
        }
        (Strategy::StandbyObject(_), Place::Object(found)) => Ok(match found {
            Some(Object::Unmarked | Object::PutBy(_)) => Leads::To(Side::Secondary),
            Some(Object::Absent) => Leads::To(Side::Primary),
            None => Leads::Unasked,
        }),
        (Strategy::RoutingControl { .. }, Place::Controls(on)) => Ok(match on {
            Some(Sides { primary: true, secondary: false }) => Leads::To(Side::Primary),
            Some(Sides { primary: false, secondary: true }) => Leads::To(Side::Secondary),
            Some(_) => Leads::Astray,
            None => Leads::Unasked,
        }),
        (Strategy::DistributionDomain(_), Place::Domain { distributions, records }) => {
            of_domain(rule, distributions, records)
        }
        // What is looked at follows from the strategy.
        _ => Ok(Leads::Unasked),
    }
}

/// The primary has traffic while its weight is not zero, whatever share the secondary has as a rule.
fn of_weights(sides: &Sides<WeightedSide>, found: &[Found]) -> Result<Leads, Obstacle> {
    let mut all = Vec::new();
    for found in found {
        let pair = weights::pair(sides, found)?;
        let weight = |side| pair.of(side).weight.unwrap_or(0);
        all.push(match (weight(Side::Primary), weight(Side::Secondary)) {
            (0, 0) => Leads::Astray,
            (0, _) => Leads::To(Side::Secondary),
            (_, _) => Leads::To(Side::Primary),
        });
    }
    Ok(together(&all))
}

/// What was there before the last fail-over is the primary, though the playbook may know an older answer of it.
fn of_targets(turns: &[Turn], found: &[Found], saved: &[RecordSet]) -> Result<Leads, Obstacle> {
    let mut all = Vec::new();
    for (turn, found) in turns.iter().zip(found) {
        let set = targets::set(turn, found)?;
        let was_there = |side| side == Side::Primary && targets::is_saved(set, saved);
        let by_playbook = |side: Side| targets::answers(set, turn.answers.of(side));
        let side =
            [Side::Secondary, Side::Primary].into_iter().find(|side| by_playbook(*side) || was_there(*side));
        all.push(side.map_or(Leads::Astray, Leads::To));
    }
    Ok(together(&all))
}

/// The sets that were there before the last fail-over.
pub(super) fn saved_sets(memory: Option<&Memory>) -> &[RecordSet] {
    match memory.and_then(|memory| memory.before.as_ref()) {
        Some(Before::Records(sets)) => sets,
        Some(Before::Check { .. }) | None => &[],
    }
}

/// The names lead: CloudFront answers a name at the distribution that has it, whichever the records point at.
fn of_domain(rule: &Dns, distributions: &Sides<Distribution>, found: &[Found]) -> Result<Leads, Obstacle> {
    let mut names = Vec::new();
    for name in names_of(rule) {
        let side = Side::ALL.into_iter().find(|side| has(distributions.of(*side), name));
        names.push(side.map_or(Leads::Astray, Leads::To));
    }
    let Leads::To(side) = together(&names) else { return Ok(Leads::Astray) };
    for found in found {
        let set = targets::only_set(found)?;
        if !targets::points_at(set, &distributions.of(side).domain) {
            return Ok(Leads::Toward(side));
        }
    }
    Ok(Leads::To(side))
}

/// Whether every record that does not point at a side's distribution points at the other one: the names left it there.
pub(super) fn were_left(place: &Place, to: Side) -> bool {
    let Place::Domain { distributions, records } = place else { return false };
    let points_at = |set: &RecordSet, side: Side| targets::points_at(set, &distributions.of(side).domain);
    let mut sets = records.iter().flat_map(|found| &found.sets);
    sets.all(|set| points_at(set, to) || points_at(set, to.other()))
}

/// Whether records must be pointed at a side after its distribution has the names.
pub(super) fn must_follow(place: &Place, to: Side) -> bool {
    let Place::Domain { distributions, records } = place else { return false };
    let sets = records.iter().flat_map(|found| &found.sets);
    sets.into_iter().any(|set| !targets::points_at(set, &distributions.of(to).domain))
}

/// Whether a distribution has a name.
pub(super) fn has(distribution: &Distribution, name: &RecordName) -> bool {
    distribution.names.iter().any(|one| name.is(one))
}

/// The names of a target's records, each once.
#[must_use]
pub fn names_of(rule: &Dns) -> Vec<&RecordName> {
    let mut names: Vec<&RecordName> = Vec::new();
    for record in &rule.records {
        if !names.iter().any(|name| normal(name.as_str()) == normal(record.name.as_str())) {
            names.push(&record.name);
        }
    }
    names
}

/// One side, if all agree.
fn together(all: &[Leads]) -> Leads {
    match all.split_first() {
        Some((first, rest)) if rest.iter().all(|one| one == first) => *first,
        _ => Leads::Astray,
    }
}

/// How long resolvers keep what a record says now, in seconds: where it was not read, what the playbook says.
pub(super) fn ttl(rule: &Dns, place: &Place) -> i64 {
    let unread = rule.ttl.as_secs();
    let (Place::Records(found) | Place::Domain { records: found, .. }) = place else { return unread };
    let sets = found.iter().flat_map(|found| &found.sets);
    sets.map(|set| set.ttl.unwrap_or(unread)).max().unwrap_or(unread)
}
