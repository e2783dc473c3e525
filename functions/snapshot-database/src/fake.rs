//! The port in memory: a small model of RDS in several Regions, with a clock that a test moves by hand.
//!
//! It keeps RDS's rules on states, names, quotas and copies in progress, and notes what must never be done to it.

mod faults;
mod lives;
mod model;
mod port;
mod rules;
mod scratch;
mod shapes;

use std::cell::RefCell;
use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use shared::kinds::database::RegionCode;

use self::model::{Held, Model};
use crate::world::{Database, DatabaseId, Family, Meaning, Origin, Snapshot};

pub use lives::{Happening, Span, Times};
pub use shapes::{FakeDatabase, cluster, instance, region, snapshot_arn};

/// An RDS that can be looked into and made to fail.
#[derive(Debug)]
pub struct FakeRds {
    home: RegionCode,
    model: RefCell<Model>,
}

/// How the clock, the databases and the snapshots are arranged.
impl FakeRds {
    /// An RDS without databases, at a time. Regions are there as soon as they are named.
    #[must_use]
    pub fn new(home: &str, now: Timestamp) -> Self {
        let home = region(home);
        Self { model: RefCell::new(Model::new(home.clone(), now)), home }
    }

    /// Begins the pseudo-random numbers at another place: of times, of failures and of faults.
    pub fn seed(&self, seed: u64) {
        let mut model = self.model.borrow_mut();
        model.dice.seed(seed);
        model.faults.seed(seed);
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.model.borrow().now
    }

    /// Lets time pass, and what ends meanwhile end.
    pub fn advance(&self, by: SignedDuration) {
        self.model.borrow_mut().advance(by);
    }

    /// Says how long everything takes that begins from now on.
    pub fn set_times(&self, times: Times) {
        self.model.borrow_mut().times = times;
    }

    /// Says of how many of a thousand snapshots, and of a thousand copies, nothing comes.
    pub fn fail_some(&self, snapshots: u32, copies: u32) {
        let mut model = self.model.borrow_mut();
        (model.failing_snapshots, model.failing_copies) = (snapshots, copies);
    }

    /// Sets a quota of manual snapshots; it is 100 where this was not called.
    pub fn set_quota(&self, region: &RegionCode, family: Family, most: u32) {
        self.model.borrow_mut().shelf(region, family).most = most;
    }

    /// Tells no quotas from now on, though they hold.
    pub fn hide_quotas(&self) {
        self.model.borrow_mut().hides_quotas = true;
    }

    /// Puts a database there, in place of the one of the same family and name.
    pub fn put(&self, database: FakeDatabase) {
        let id = database.database.id.clone();
        self.model.borrow_mut().databases.insert(id, Held { thing: database, life: None });
    }

    /// Changes a database behind Lamplighter's back.
    ///
    /// # Panics
    /// When there is no such database.
    pub fn change_database(&self, id: &DatabaseId, change: impl FnOnce(&mut FakeDatabase)) {
        match self.model.borrow_mut().databases.get_mut(id) {
            Some(held) => change(&mut held.thing),
            None => panic!("the model has no {id}"),
        }
    }

    /// Somebody deletes a database; its manual snapshots stay.
    pub fn remove_database(&self, id: &DatabaseId) {
        self.model.borrow_mut().remove_database(id);
    }

    /// Puts a snapshot there, in place of the one of the same name, without asking for a quota.
    pub fn put_snapshot(&self, region: &RegionCode, snapshot: Snapshot) {
        let mut model = self.model.borrow_mut();
        let (family, name) = (snapshot.of.family, snapshot.name.clone());
        let held = Held { thing: snapshot, life: None };
        model.shelf(region, family).of_mut(held.thing.origin).insert(name, held);
    }

    /// The same with one that somebody else has made, whatever its tags say: it must never be deleted.
    pub fn put_stranger(&self, region: &RegionCode, snapshot: Snapshot) {
        let stranger = (region.clone(), snapshot.of.family, snapshot.name.clone());
        self.model.borrow_mut().strangers.insert(stranger);
        self.put_snapshot(region, snapshot);
    }

    /// Changes a snapshot behind Lamplighter's back.
    ///
    /// # Panics
    /// When there is no such snapshot.
    pub fn change_snapshot(
        &self,
        region: &RegionCode,
        family: Family,
        name: &str,
        change: impl FnOnce(&mut Snapshot),
    ) {
        match self.model.borrow_mut().shelf(region, family).find_mut(name) {
            Some(held) => change(&mut held.thing),
            None => panic!("the model has no snapshot {name} in {region}"),
        }
    }

    /// Somebody deletes a snapshot, whatever comes of it.
    pub fn remove_snapshot(&self, region: &RegionCode, family: Family, name: &str) {
        self.model.borrow_mut().remove_snapshot(region, family, name);
    }

    /// Lets what is on its way now come to nothing when its time has come.
    pub fn fail_coming(&self, region: &RegionCode, family: Family, name: &str) {
        self.model.borrow_mut().fail_coming(region, family, name);
    }

    /// RDS backs a database up by itself, as `rds:NAME-YYYY-MM-DD-HH-MM`; it is there at once.
    ///
    /// # Panics
    /// When there is no such database.
    pub fn back_up(&self, id: &DatabaseId) -> Snapshot {
        match self.model.borrow_mut().back_up(id) {
            Some(snapshot) => snapshot,
            None => panic!("the model has no {id}"),
        }
    }
}

/// How calls are made to fail.
impl FakeRds {
    /// Makes the next calls fail, so many of them, and change nothing.
    pub fn fail_next(&self, calls: usize, meaning: Meaning) {
        self.model.borrow_mut().faults.next((calls, meaning));
    }

    /// Makes the next call that begins so, as `copy us-west-2 instance`, fail and change nothing.
    pub fn fail_next_of(&self, call: &str, meaning: Meaning) {
        self.model.borrow_mut().faults.next_of(call, meaning);
    }

    /// Makes so many of a thousand calls fail and change nothing.
    pub fn fail_often(&self, of_a_thousand: u32, meaning: Meaning) {
        self.model.borrow_mut().faults.often(of_a_thousand, meaning);
    }

    /// Makes every call fail after this many.
    pub fn die_after(&self, calls: Option<usize>) {
        self.model.borrow_mut().faults.die(calls, false);
    }

    /// Makes every call fail after this many, of which the last is carried out and its answer lost.
    pub fn die_before_the_answer_of(&self, calls: Option<usize>) {
        self.model.borrow_mut().faults.die(calls, true);
    }
}

/// What came of it all.
impl FakeRds {
    /// A database as it is now.
    #[must_use]
    pub fn find_database(&self, id: &DatabaseId) -> Option<Database> {
        self.model.borrow().databases.get(id).map(|held| held.thing.database.clone())
    }

    /// Every database as it is now, instances first.
    #[must_use]
    pub fn all_databases(&self) -> Vec<Database> {
        self.model.borrow().databases.values().map(|held| held.thing.database.clone()).collect()
    }

    /// A snapshot as it is now.
    #[must_use]
    pub fn find_snapshot(&self, region: &RegionCode, family: Family, name: &str) -> Option<Snapshot> {
        self.model.borrow_mut().shelf(region, family).find_mut(name).map(|held| held.thing.clone())
    }

    /// The manual snapshots of a Region, or the automated ones, by family and name.
    #[must_use]
    pub fn all_snapshots(&self, region: &RegionCode, origin: Origin) -> Vec<Snapshot> {
        let mut all = Vec::new();
        self.each_snapshot(region, origin, |snapshot| all.push(snapshot.clone()));
        all
    }

    /// Looks at each of them without a copy, where there are many.
    pub fn each_snapshot(&self, region: &RegionCode, origin: Origin, mut look: impl FnMut(&Snapshot)) {
        let mut model = self.model.borrow_mut();
        for family in Family::ALL {
            model.shelf(region, family).of_mut(origin).values().for_each(|held| look(&held.thing));
        }
    }

    /// How many copies into a Region are in progress.
    #[must_use]
    pub fn in_flight(&self, region: &RegionCode, family: Family) -> usize {
        self.model.borrow_mut().shelf(region, family).in_flight.len()
    }

    /// What was done that must never be: to a foreign snapshot, to the last good one, to the source of a copy in
    /// progress, or to a database that is no scratch.
    #[must_use]
    pub fn violations(&self) -> Vec<String> {
        self.model.borrow().violations.clone()
    }

    /// How often a copy was begun beside as many as may be in progress.
    #[must_use]
    pub fn over_budget(&self) -> usize {
        self.model.borrow().over_budget
    }

    /// What happened since this was asked last, in the order of time, as RDS tells it in events.
    #[must_use]
    pub fn take_happenings(&self) -> Vec<Happening> {
        std::mem::take(&mut self.model.borrow_mut().happenings)
    }

    /// Every call that changed something, oldest first, as `create instance weather-db NAME`.
    #[must_use]
    pub fn effects(&self) -> Vec<String> {
        self.model.borrow().effects.clone()
    }

    /// Every call since this was asked last, whatever its answer, as `snapshots us-east-1 instance weather-db`.
    #[must_use]
    pub fn take_calls(&self) -> Vec<String> {
        std::mem::take(&mut self.model.borrow_mut().calls)
    }

    /// How many calls there were by operation.
    #[must_use]
    pub fn tally(&self) -> BTreeMap<&'static str, usize> {
        self.model.borrow().tally.clone()
    }
}

#[cfg(test)]
mod tests;
