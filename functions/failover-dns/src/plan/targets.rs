//! Records that answer one thing or another.

use shared::kinds::dns::{Answer, Side, Turn, normal};

use super::way::{Obstacle, changeable, missing, unfit};
use crate::world::{Alias, Found, RecordSet};

/// How long resolvers keep values where neither the playbook nor the record says it, in seconds: the most that Route
/// 53's developer guide has for records that health checks move.
const USUAL_TTL: i64 = 60;

/// The zone of every CloudFront distribution. Source: Route 53 API reference, `AliasTarget`.
const CLOUDFRONT_ZONE: &str = "Z2FDTNDATAQYW2";

/// The set of a record that is changed.
///
/// # Errors
/// When there is none, or it cannot be told which.
pub(super) fn set<'w>(turn: &Turn, found: &'w Found) -> Result<&'w RecordSet, Obstacle> {
    match &turn.set_identifier {
        None => only_set(found),
        Some(identifier) => {
            let is_it = |set: &&RecordSet| set.set_identifier.as_deref() == Some(identifier.as_str());
            let set = found.sets.iter().find(is_it);
            let set = set.ok_or_else(|| missing(found, &format!("its set `{identifier}`")))?;
            changeable(set, found)
        }
    }
}

/// The one set of a record that has only one.
///
/// # Errors
/// When there is none, or more.
pub(super) fn only_set(found: &Found) -> Result<&RecordSet, Obstacle> {
    match found.sets.as_slice() {
        [] => Err(missing(found, "the record")),
        [set] => changeable(set, found),
        sets => Err(unfit(found, &format!("it has {} sets; name one by `set-identifier`", sets.len()))),
    }
}

/// Whether a set answers so.
pub(super) fn answers(set: &RecordSet, answer: &Answer) -> bool {
    match (answer, &set.alias) {
        (Answer::Alias(wanted), Some(alias)) => {
            alias.zone == wanted.zone.as_str()
                && wanted.name.is(&alias.name)
                && alias.evaluate_target_health == wanted.evaluate_target_health
        }
        (Answer::Values { values, .. }, None) => {
            let mut wanted: Vec<String> = values.iter().map(|value| normal(value.as_str())).collect();
            let mut has: Vec<String> = set.values.iter().map(|value| normal(value)).collect();
            wanted.sort();
            has.sort();
            wanted == has
        }
        (Answer::Alias(_), None) | (Answer::Values { .. }, Some(_)) => false,
    }
}

/// Whether a set answers what it did before the last fail-over.
pub(super) fn is_saved(set: &RecordSet, saved: &[RecordSet]) -> bool {
    let before = saved.iter().find(|one| one.is_same_set(set));
    before.is_some_and(|before| answering_as(set, before) == *set)
}

/// The set as it is to be when traffic goes to a side.
///
/// Back to the primary it answers what was saved, if that was not the secondary's answer.
pub(super) fn turned(set: &RecordSet, turn: &Turn, to: Side, saved: &[RecordSet]) -> RecordSet {
    let before = saved.iter().find(|one| one.is_same_set(set) && !answers(one, &turn.answers.secondary));
    if let (Side::Primary, Some(before)) = (to, before) {
        return answering_as(set, before);
    }
    match turn.answers.of(to) {
        Answer::Alias(alias) => {
            let alias = Alias {
                zone: alias.zone.to_string(),
                name: alias.name.to_string(),
                evaluate_target_health: alias.evaluate_target_health,
            };
            with_answer(set, Vec::new(), Some(alias), None)
        }
        Answer::Values { values, ttl } => {
            let ttl = set.ttl.or_else(|| ttl.map(|ttl| ttl.as_secs())).unwrap_or(USUAL_TTL);
            with_answer(set, values.iter().map(ToString::to_string).collect(), None, Some(ttl))
        }
    }
}

/// The set with another one's answer.
pub(super) fn answering_as(set: &RecordSet, other: &RecordSet) -> RecordSet {
    // A TTL belongs to values: between values it stays as it is now.
    let ttl = if set.alias.is_none() && other.alias.is_none() { set.ttl } else { other.ttl };
    with_answer(set, other.values.clone(), other.alias.clone(), ttl)
}

fn with_answer(set: &RecordSet, values: Vec<String>, alias: Option<Alias>, ttl: Option<i64>) -> RecordSet {
    RecordSet { values, alias, ttl, ..set.clone() }
}

/// Whether a set leads to a distribution.
pub(super) fn points_at(set: &RecordSet, domain: &str) -> bool {
    let target = set.alias.as_ref().map(|alias| alias.name.as_str()).or_else(|| {
        let only = set.values.first();
        only.filter(|_| set.values.len() == 1).map(String::as_str)
    });
    target.is_some_and(|target| normal(target) == normal(domain))
}

/// The set as it is to be when it leads to a distribution.
pub(super) fn pointed_at(set: &RecordSet, domain: &str) -> RecordSet {
    if set.alias.is_none() && set.kind == "CNAME" {
        return RecordSet { values: vec![domain.to_owned()], ..set.clone() };
    }
    // CloudFront's own health is never evaluated: Route 53 refuses that.
    let alias =
        Alias { zone: CLOUDFRONT_ZONE.to_owned(), name: domain.to_owned(), evaluate_target_health: false };
    with_answer(set, Vec::new(), Some(alias), None)
}
