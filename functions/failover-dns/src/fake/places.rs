//! The other means of moving traffic: health checks, the standby object, routing controls, names of distributions.

use shared::kinds::distribution::DistributionId;
use shared::kinds::dns::{
    ClusterEndpoint, ControlArn, HealthCheckId, RecordName, Side, Sides, StandbyObject, normal,
};

use super::model::{CONFLICT, Held, Model, NOT_FOUND, Put, REJECTED, SafetyRule, UNAVAILABLE, object_key};
use crate::world::{Check, Conflict, Distribution, Meaning, Object, Outcome, Owner};

impl Model {
    pub(super) fn set_check(&mut self, id: &HealthCheckId, asked: &Check) -> Result<(), Meaning> {
        let known = self.checks.get_mut(id).ok_or(NOT_FOUND)?;
        if known.version != asked.version {
            return Err(CONFLICT);
        }
        if known.kind != asked.kind {
            return Err(REJECTED);
        }
        *known = Check { version: known.version + 1, ..asked.clone() };
        Ok(())
    }

    pub(super) fn find_object(&self, object: &StandbyObject) -> Object {
        match self.objects.get(&object_key(object)) {
            None => Object::Absent,
            Some(Put { owner: None, .. }) => Object::Unmarked,
            Some(Put { owner: Some(owner), .. }) => Object::PutBy(owner.clone()),
        }
    }

    pub(super) fn put_object(&mut self, object: &StandbyObject, text: &str, owner: &Owner) -> Outcome {
        match self.find_object(object) {
            Object::PutBy(found) if found == *owner => Outcome::Repeated,
            Object::PutBy(_) | Object::Unmarked => Outcome::Already,
            Object::Absent => {
                let put = Put { text: text.to_owned(), owner: Some(owner.clone()) };
                self.objects.insert(object_key(object), put);
                Outcome::Done
            }
        }
    }
}

/// Routing controls.
impl Model {
    pub(super) fn control_states(&self, controls: &Sides<ControlArn>) -> Result<Sides<bool>, Meaning> {
        let state = |side| self.controls.get(controls.of(side)).copied().ok_or(NOT_FOUND);
        Ok(Sides { primary: state(Side::Primary)?, secondary: state(Side::Secondary)? })
    }

    pub(super) fn set_controls(
        &mut self,
        controls: &Sides<ControlArn>,
        on: &Sides<bool>,
    ) -> Result<(), Meaning> {
        self.control_states(controls)?;
        let mut after = self.controls.clone();
        for side in Side::ALL {
            after.insert(controls.of(side).clone(), *on.of(side));
        }
        let is_safe = match self.safety_rule {
            None => true,
            Some(SafetyRule::OneIsOn) => after.values().any(|on| *on),
            Some(SafetyRule::OneIsOff) => after.values().any(|on| !*on),
            Some(SafetyRule::NothingMoves) => after == self.controls,
        };
        if !is_safe {
            return Err(Meaning::SafetyRule);
        }
        if !on.primary && !on.secondary {
            self.violations.push(format!("turned both off: {} and {}", controls.primary, controls.secondary));
        }
        self.controls = after;
        Ok(())
    }

    /// Tries the endpoints in turn until one answers.
    pub(super) fn reach(&mut self, endpoints: &[&ClusterEndpoint]) -> Result<(), Meaning> {
        for endpoint in endpoints {
            *self.tally.entry("endpoint").or_default() += 1;
            if !self.dead.contains(endpoint.endpoint.as_str()) {
                return Ok(());
            }
        }
        Err(UNAVAILABLE)
    }
}

/// Distributions.
impl Model {
    pub(super) fn find_distribution(&self, id: &DistributionId) -> Option<Distribution> {
        self.distributions.get(id).map(|held| self.seen(held))
    }

    fn seen(&self, held: &Held) -> Distribution {
        Distribution { deployed: self.now >= held.deployed_at, ..held.distribution.clone() }
    }

    pub(super) fn move_name(
        &mut self,
        name: &RecordName,
        to: &DistributionId,
        etag: &str,
    ) -> Result<String, Meaning> {
        let target = self.distributions.get(to).ok_or(NOT_FOUND)?;
        if target.distribution.etag != etag {
            return Err(CONFLICT);
        }
        if self.elsewhere.contains(&normal(name.as_str())) {
            return Err(Meaning::OtherAccount);
        }
        let has_it = |held: &Held| held.distribution.names.iter().any(|known| name.is(known));
        let comes_from_enabled =
            self.distributions.values().any(|held| has_it(held) && held.distribution.enabled);
        if !is_covered(target, name) || (self.only_from_disabled && comes_from_enabled) {
            return Err(Meaning::ChangeRefused);
        }
        if has_it(target) {
            return Ok(etag.to_owned());
        }
        if !target.distribution.enabled {
            self.violations.push(format!("moved {name} to a distribution that is disabled: {to}"));
        }
        let deployed_at = self.now + self.deployment;
        for (id, held) in &mut self.distributions {
            let of_it = &mut held.distribution;
            let count = of_it.names.len();
            of_it.names.retain(|known| !name.is(known));
            if id == to {
                of_it.names.push(normal(name.as_str()));
            }
            if id == to || of_it.names.len() != count {
                of_it.etag = next_etag(&of_it.etag);
                held.deployed_at = deployed_at;
            }
        }
        self.distributions.get(to).map(|held| held.distribution.etag.clone()).ok_or(NOT_FOUND)
    }

    pub(super) fn conflicts(&self, name: &RecordName, to: &DistributionId) -> Result<Vec<Conflict>, Meaning> {
        let target = self.distributions.get(to).ok_or(NOT_FOUND)?;
        if !is_covered(target, name) {
            return Err(Meaning::ChangeRefused);
        }
        let name = normal(name.as_str());
        let overlaps = |known: &str| covers(known, &name) || covers(&name, known);
        let here = self.distributions.iter().filter(|(id, held)| {
            *id != to && held.distribution.names.iter().any(|known| overlaps(&normal(known)))
        });
        // CloudFront hides the beginnings, of what is its caller's too.
        let shown = |end: &str, account: &str| Conflict {
            resource: format!("*******{end}"),
            account: format!("******{account}"),
        };
        let here = here.map(|(id, _)| {
            let id = id.as_str();
            shown(id.get(id.len().saturating_sub(7)..).unwrap_or(id), "789012")
        });
        let there = self.elsewhere.iter().filter(|known| overlaps(known)).map(|_| shown("ELSEWHR", "112233"));
        Ok(here.chain(there).collect())
    }

    /// What is wrong with an alias of a name to a distribution of the model.
    pub(super) fn cannot_serve(&self, name: &str, domain: &str) -> Option<String> {
        let is_it = |held: &&Held| normal(&held.distribution.domain) == normal(domain);
        let distribution = self.seen(self.distributions.values().find(is_it)?);
        let has_it = distribution.names.iter().any(|known| covers(&normal(known), &normal(name)));
        let what = match distribution {
            _ if !has_it => "a distribution without that name",
            Distribution { deployed: false, .. } => "a distribution that is not deployed",
            Distribution { enabled: false, .. } => "a distribution that is disabled",
            Distribution { .. } => return None,
        };
        Some(format!("{what}: {domain}"))
    }
}

fn is_covered(held: &Held, name: &RecordName) -> bool {
    let name = normal(name.as_str());
    held.covers.as_ref().is_none_or(|patterns| patterns.iter().any(|pattern| covers(pattern, &name)))
}

/// Whether a name is, or its first label a `*` that stands for, another one's.
fn covers(pattern: &str, name: &str) -> bool {
    let parent = |name: &str| name.split_once('.').map(|(_, parent)| parent.to_owned());
    pattern == name || (pattern.starts_with("*.") && parent(pattern) == parent(name))
}

fn next_etag(etag: &str) -> String {
    let number = etag.trim_start_matches(|c: char| !c.is_ascii_digit()).parse::<u64>().unwrap_or(0);
    format!("E{}", number + 1)
}
