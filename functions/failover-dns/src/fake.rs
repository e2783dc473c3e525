//! The port in memory: a small model of what leads traffic and of what shows health, with a clock that a test moves.
//!
//! It refuses what AWS refuses, and notes what AWS would take and must never be asked of it.

mod faults;
mod health;
mod model;
mod places;
mod port;
mod records;
mod rules;
mod shapes;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;

use jiff::{SignedDuration, Timestamp};
use shared::kinds::distribution::DistributionId;
use shared::kinds::dns::{
    ClusterEndpoint, ControlArn, Evidence, HealthCheckId, RecordName, RecordType, StandbyObject, ZoneId,
    normal,
};

use self::model::{Held, Model};
use crate::world::{Check, Distribution, HealthState, Meaning, RecordSet};

pub use faults::Api;
pub use model::{Accepted, InSync, SafetyRule};
pub use shapes::{aliased, check, distribution, failover, simple, text, weighted, written};

/// Route 53, S3, the Application Recovery Controller, CloudFront and CloudWatch, to look into and to make fail.
#[derive(Debug)]
pub struct FakeDns {
    model: RefCell<Model>,
    hooks: RefCell<Vec<(String, Hook)>>,
}

/// What somebody else does.
struct Hook(Box<dyn FnOnce(&FakeDns)>);

impl fmt::Debug for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hook")
    }
}

/// How the clock and the records are arranged.
impl FakeDns {
    /// An account with nothing in it, at a time.
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        Self { model: RefCell::new(Model::new(now)), hooks: RefCell::default() }
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.model.borrow().now
    }

    /// Makes it another time.
    pub fn set_now(&self, now: Timestamp) {
        self.model.borrow_mut().now = now;
    }

    /// Lets time pass.
    pub fn advance(&self, by: SignedDuration) {
        self.model.borrow_mut().now += by;
    }

    /// Makes a zone without records. One that a set is put into need not be made.
    pub fn put_zone(&self, zone: &ZoneId) {
        self.model.borrow_mut().zones.entry(zone.clone()).or_default();
    }

    /// Puts a record set there, in place of the same one, whether Route 53 would take it or not.
    pub fn put_set(&self, zone: &ZoneId, mut set: RecordSet) {
        set.name = written(&set.name);
        self.model.borrow_mut().zones.entry(zone.clone()).or_default().put(set);
    }

    /// Somebody deletes every set of a name.
    pub fn remove_sets(&self, zone: &ZoneId, name: &str) {
        if let Some(zone) = self.model.borrow_mut().zones.get_mut(zone) {
            zone.remove(name);
        }
    }

    /// Protects a record: Route 53 refuses every change of it.
    pub fn protect(&self, zone: &ZoneId, name: &str, kind: RecordType) {
        let record = (zone.clone(), normal(name), kind.as_str().to_owned());
        self.model.borrow_mut().protected.insert(record);
    }

    /// Says when the changes from now on have reached all servers; where this was not called, by the first look.
    pub fn set_sync(&self, sync: InSync) {
        self.model.borrow_mut().sync = sync;
    }

    /// Makes so many changes meet another one of their zone that is not complete.
    pub fn set_prior_changes(&self, changes: usize) {
        self.model.borrow_mut().prior_changes = changes;
    }

    /// The sets of a zone, by name, type and set identifier.
    #[must_use]
    pub fn all_sets(&self, zone: &ZoneId) -> Vec<RecordSet> {
        self.model.borrow().zones.get(zone).map(|zone| zone.sets().to_vec()).unwrap_or_default()
    }
}

/// How the other means of moving traffic are arranged, and how they are now.
impl FakeDns {
    /// Puts a health check there, in place of the one with the same id.
    pub fn put_check(&self, id: &HealthCheckId, check: Check) {
        self.model.borrow_mut().checks.insert(id.clone(), check);
    }

    /// A health check as it is now.
    #[must_use]
    pub fn find_check(&self, id: &HealthCheckId) -> Option<Check> {
        self.model.borrow().checks.get(id).cloned()
    }

    /// Puts the standby object there, or takes it away.
    pub fn set_object(&self, object: &StandbyObject, text: Option<&str>) {
        let mut model = self.model.borrow_mut();
        match text {
            Some(text) => {
                let put = model::Put { text: text.to_owned(), owner: None };
                model.objects.insert(model::object_key(object), put)
            }
            None => model.objects.remove(&model::object_key(object)),
        };
    }

    /// What the standby object holds; `None`: it is not there.
    #[must_use]
    pub fn object(&self, object: &StandbyObject) -> Option<String> {
        self.model.borrow().objects.get(&model::object_key(object)).map(|put| put.text.clone())
    }

    /// Makes a routing control, on or off.
    pub fn set_control(&self, control: &ControlArn, on: bool) {
        self.model.borrow_mut().controls.insert(control.clone(), on);
    }

    /// Whether a routing control is on.
    #[must_use]
    pub fn is_on(&self, control: &ControlArn) -> Option<bool> {
        self.model.borrow().controls.get(control).copied()
    }

    /// Lets an endpoint of the cluster answer nothing from now on, or answer again.
    pub fn set_endpoint_dead(&self, endpoint: &ClusterEndpoint, dead: bool) {
        let mut model = self.model.borrow_mut();
        let url = endpoint.endpoint.as_str().to_owned();
        if dead {
            model.dead.insert(url)
        } else {
            model.dead.remove(&url)
        };
    }

    /// Makes a safety rule over all controls, or none.
    pub fn set_safety_rule(&self, rule: Option<SafetyRule>) {
        self.model.borrow_mut().safety_rule = rule;
    }

    /// Puts a distribution there, in place of the one with the same id. One that is not deployed becomes so in time.
    pub fn put_distribution(&self, id: &DistributionId, distribution: Distribution) {
        let mut model = self.model.borrow_mut();
        let deployed_at = if distribution.deployed { model.now } else { model.now + model.deployment };
        model.distributions.insert(id.clone(), Held { distribution, deployed_at, covers: None });
    }

    /// A distribution as it is now.
    #[must_use]
    pub fn find_distribution(&self, id: &DistributionId) -> Option<Distribution> {
        self.model.borrow().find_distribution(id)
    }

    /// Says how long deployments take that begin from now on; 5 minutes where this was not called.
    pub fn set_deployment(&self, takes: SignedDuration) {
        self.model.borrow_mut().deployment = takes;
    }

    /// Gives a distribution a certificate for these names alone; it has one for all where this was not called.
    ///
    /// # Panics
    /// When there is no such distribution.
    pub fn set_certificate(&self, id: &DistributionId, covers: &[&str]) {
        match self.model.borrow_mut().distributions.get_mut(id) {
            Some(held) => held.covers = Some(covers.iter().map(|name| normal(name)).collect()),
            None => panic!("the model has no distribution {id}"),
        }
    }

    /// A distribution of another account has a name.
    pub fn set_other_account(&self, name: &RecordName) {
        self.model.borrow_mut().elsewhere.insert(normal(name.as_str()));
    }

    /// Lets CloudFront take names only from distributions that are disabled.
    pub fn only_from_disabled(&self) {
        self.model.borrow_mut().only_from_disabled = true;
    }

    /// Notes what evidence shows from a time on. Before the first time, and where nothing was noted, it shows nothing.
    pub fn set_health(&self, evidence: &Evidence, state: HealthState, at: Timestamp) {
        self.model.borrow_mut().timelines.entry(evidence.clone()).or_default().insert(at, state);
    }
}

/// How calls are made to fail, or come too late.
impl FakeDns {
    /// Makes the next calls fail, so many of them, and change nothing.
    pub fn fail_next(&self, calls: usize, meaning: Meaning) {
        self.model.borrow_mut().faults.next(calls, meaning);
    }

    /// Makes the nth call from now on fail and change nothing; 1 is the next one.
    pub fn fail_nth(&self, nth: usize, meaning: Meaning) {
        self.model.borrow_mut().faults.nth(nth, meaning);
    }

    /// Makes the next call that begins so, as `change Z1EXAMPLE`, fail and change nothing.
    pub fn fail_next_of(&self, call: &str, meaning: Meaning) {
        self.model.borrow_mut().faults.next_of(call, meaning);
    }

    /// Makes every call to an API fail and change nothing from now on; `None`: no longer.
    pub fn set_down(&self, api: Api, meaning: Option<Meaning>) {
        self.model.borrow_mut().faults.set_down(api, meaning);
    }

    /// Makes every call fail after this many.
    pub fn die_after(&self, calls: Option<usize>) {
        self.model.borrow_mut().faults.die(calls, false);
    }

    /// Makes every call fail after this many, of which the last is carried out and its answer lost.
    pub fn die_before_the_answer_of(&self, calls: Option<usize>) {
        self.model.borrow_mut().faults.die(calls, true);
    }

    /// Somebody does something just before the next call that begins so, as `set-check`.
    pub fn before(&self, call: &str, somebody: impl FnOnce(&Self) + 'static) {
        self.hooks.borrow_mut().push((call.to_owned(), Hook(Box::new(somebody))));
    }
}

/// What came of it all.
impl FakeDns {
    /// Every change of records that was accepted, oldest first.
    #[must_use]
    pub fn accepted(&self) -> Vec<Accepted> {
        self.model.borrow().accepted.clone()
    }

    /// What was done that must never be: both sides left without weight, a field changed that nobody meant, a record
    /// pointed at a distribution that does not serve it, …
    #[must_use]
    pub fn violations(&self) -> Vec<String> {
        self.model.borrow().violations.clone()
    }

    /// Every call that changed something, oldest first, as `set-check ID`.
    #[must_use]
    pub fn effects(&self) -> Vec<String> {
        self.model.borrow().effects.clone()
    }

    /// Every call since this was asked last, whatever its answer, as `sets Z1EXAMPLE www.example.com`.
    #[must_use]
    pub fn take_calls(&self) -> Vec<String> {
        std::mem::take(&mut self.model.borrow_mut().calls)
    }

    /// How many calls there were by operation; those to a cluster's endpoints also by `endpoint`, dead ones included.
    #[must_use]
    pub fn tally(&self) -> BTreeMap<&'static str, usize> {
        self.model.borrow().tally.clone()
    }
}

#[cfg(test)]
mod tests;
