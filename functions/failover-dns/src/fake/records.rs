//! Zones, and how a change of their records is made, or refused as a whole.

use shared::kinds::dns::{RecordName, ZoneId, normal};

use super::model::{Accepted, CONFLICT, InSync, Model, NOT_FOUND, REJECTED};
use super::rules::{refuses_group, refuses_set};
use super::shapes::written;
use crate::world::{Change, Meaning, RecordSet};

/// The sets of a zone, by name, type and set identifier.
#[derive(Debug, Clone, Default)]
pub(super) struct Zone(Vec<RecordSet>);

/// The most elements of a change. Source: Route 53 developer guide, "quotas".
const MOST_ELEMENTS: usize = 1000;

impl Zone {
    pub(super) fn sets(&self) -> &[RecordSet] {
        &self.0
    }

    /// Every set of a name, of whatever type.
    pub(super) fn of_name<'z>(&'z self, name: &'z str) -> impl Iterator<Item = &'z RecordSet> {
        let name = normal(name);
        self.0.iter().filter(move |set| normal(&set.name) == name)
    }

    fn same(&self, as_this: &RecordSet) -> Option<&RecordSet> {
        self.0.iter().find(|set| set.is_same_set(as_this))
    }

    /// Writes a set in place of the same one.
    pub(super) fn put(&mut self, set: RecordSet) {
        self.0.retain(|other| !other.is_same_set(&set));
        self.0.push(set);
        self.0.sort_by(|a, b| {
            let key = |set: &RecordSet| (normal(&set.name), set.kind.clone(), set.set_identifier.clone());
            key(a).cmp(&key(b))
        });
    }

    pub(super) fn remove(&mut self, name: &str) {
        let name = normal(name);
        self.0.retain(|set| normal(&set.name) != name);
    }
}

impl Model {
    pub(super) fn sets(&self, zone: &ZoneId, name: &RecordName) -> Result<Vec<RecordSet>, Meaning> {
        let zone = self.zones.get(zone).ok_or(NOT_FOUND)?;
        Ok(zone.of_name(name.as_str()).cloned().collect())
    }

    pub(super) fn change(
        &mut self,
        id: &ZoneId,
        sets: &[RecordSet],
        comment: &str,
    ) -> Result<Change, Meaning> {
        let before = self.zones.get(id).ok_or(NOT_FOUND)?.clone();
        // An UPSERT counts twice. Source: Route 53 API reference, `ChangeResourceRecordSets`.
        let elements: usize = sets.iter().map(|set| 2 * set.values.len().max(1)).sum();
        if sets.is_empty() || elements > MOST_ELEMENTS {
            return Err(REJECTED);
        }
        if self.prior_changes > 0 {
            self.prior_changes -= 1;
            return Err(CONFLICT);
        }
        let mut after = before.clone();
        for (index, set) in sets.iter().enumerate() {
            let is_twice = sets[..index].iter().any(|other| other.is_same_set(set));
            let is_protected = self.protected.contains(&(id.clone(), normal(&set.name), set.kind.clone()));
            let is_of_policy = before.same(set).is_some_and(|set| set.traffic_policy.is_some());
            if is_twice || is_protected || is_of_policy || refuses_set(set) {
                return Err(Meaning::ChangeRefused);
            }
            after.put(RecordSet { name: written(&set.name), ..set.clone() });
            // One after the other, as two sets cannot even change their roles in one change.
            let of_name: Vec<&RecordSet> = after.of_name(&set.name).collect();
            if refuses_group(&of_name) {
                return Err(Meaning::ChangeRefused);
            }
        }
        self.note_wrongs(&before, &after, sets);
        self.zones.insert(id.clone(), after);
        let accepted = Accepted {
            id: format!("C{:013}", self.accepted.len() + 1),
            zone: id.clone(),
            sets: sets.to_vec(),
            comment: comment.to_owned(),
            at: self.now,
            sync: self.sync,
        };
        let change = Change { id: accepted.id.clone(), in_sync: false };
        self.accepted.push(accepted);
        Ok(change)
    }

    pub(super) fn progress(&mut self, id: &str) -> Result<Change, Meaning> {
        let now = self.now;
        let known = self.accepted.iter_mut().find(|accepted| accepted.id == id).ok_or(NOT_FOUND)?;
        let in_sync = match &mut known.sync {
            InSync::Looks(0) => true,
            InSync::Looks(looks) => {
                *looks -= 1;
                false
            }
            InSync::Time(takes) => now >= known.at + *takes,
        };
        Ok(Change { id: id.to_owned(), in_sync })
    }

    /// Notes what an accepted change did that must never be done.
    fn note_wrongs(&mut self, before: &Zone, after: &Zone, sets: &[RecordSet]) {
        let mut wrongs = Vec::new();
        for set in sets {
            let record = format!("{} {}", set.kind, set.name);
            let which = set.set_identifier.as_deref().map(|id| format!(" {id}")).unwrap_or_default();
            match before.same(set) {
                None => wrongs.push(format!("made a record set that was not there: {record}{which}")),
                Some(old) => {
                    let meant = other_fields(old, set);
                    wrongs.extend(meant.map(|field| format!("changed {field} of {record}{which}")));
                }
            }
            let is_of_record = |other: &&RecordSet| other.kind == set.kind;
            let written: Vec<_> = sets
                .iter()
                .filter(is_of_record)
                .filter(|other| normal(&other.name) == normal(&set.name))
                .collect();
            let all: Vec<_> = after.of_name(&set.name).filter(is_of_record).collect();
            if are_all_zero(&all) || (written.len() > 1 && are_all_zero(&written)) {
                wrongs.push(format!("left no side of {record} with a weight"));
            }
            let target = set.alias.as_ref().filter(|alias| {
                before.same(set).is_none_or(|old| old.alias.as_ref().is_none_or(|old| old.name != alias.name))
            });
            let wrong = target.and_then(|alias| self.cannot_serve(&set.name, &alias.name));
            wrongs.extend(wrong.map(|wrong| format!("pointed {record}{which} at {wrong}")));
        }
        wrongs.dedup();
        self.violations.extend(wrongs);
    }
}

fn are_all_zero(sets: &[&RecordSet]) -> bool {
    !sets.is_empty() && sets.iter().all(|set| set.weight == Some(0))
}

/// The fields that no move changes, and did: all but the weight, or else what the set answers.
fn other_fields<'f>(old: &RecordSet, new: &RecordSet) -> impl Iterator<Item = &'f str> {
    let RecordSet {
        // What tells it from others.
        name: _,
        kind: _,
        set_identifier: _,
        weight,
        region,
        failover,
        multi_value,
        geo_location,
        geo_proximity,
        cidr,
        ttl,
        values,
        alias,
        health_check,
        traffic_policy,
    } = old;
    let answers_other = (values, alias) != (&new.values, &new.alias);
    let changed = [
        ("the region", *region != new.region),
        ("the failover role", *failover != new.failover),
        ("the multi-value answer", *multi_value != new.multi_value),
        ("the geolocation", *geo_location != new.geo_location),
        ("the geoproximity", *geo_proximity != new.geo_proximity),
        ("the CIDR location", *cidr != new.cidr),
        ("the health check", *health_check != new.health_check),
        ("the traffic policy", *traffic_policy != new.traffic_policy),
        ("the TTL", *ttl != new.ttl && alias.is_none() && new.alias.is_none()),
        ("weight and answer", *weight != new.weight && answers_other),
    ];
    changed.into_iter().filter(|(_, is_changed)| *is_changed).map(|(field, _)| field)
}
