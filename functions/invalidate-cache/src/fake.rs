//! The port in memory: invalidations with CloudFront's rules for caller references and its limits.

use std::cell::RefCell;
use std::collections::BTreeMap;

use jiff::Timestamp;
use shared::fault::FaultClass;
use shared::kinds::distribution::Cache;

use crate::paths::{Items, Room};
use crate::world::{Distributions, Fault, InProgress, Invalidation, MOST_READ, Meaning, Request};

/// A CloudFront that can be looked into and made to fail.
#[derive(Debug, Default)]
pub struct FakeDistributions {
    state: RefCell<State>,
}

#[derive(Debug, Default)]
struct State {
    invalidations: BTreeMap<String, Vec<Invalidation>>,
    calls: Vec<String>,
    failures: Vec<(&'static str, Meaning)>,
    limits: bool,
    largest_batch: Option<usize>,
    now: Timestamp,
}

impl FakeDistributions {
    /// A CloudFront that keeps to its limits of invalidations in progress.
    #[must_use]
    pub fn with_limits() -> Self {
        let fake = Self::default();
        fake.state.borrow_mut().limits = true;
        fake
    }

    /// Takes no more than this many items in one request.
    pub fn limit_batch(&self, largest: usize) {
        self.state.borrow_mut().largest_batch = Some(largest);
    }

    /// Makes the next call of an operation (`create`, `in_progress`, `find`) fail.
    pub fn fail_next(&self, operation: &'static str, meaning: Meaning) {
        self.state.borrow_mut().failures.push((operation, meaning));
    }

    /// Sets the time at which invalidations are made from now on.
    pub fn set_time(&self, now: Timestamp) {
        self.state.borrow_mut().now = now;
    }

    /// Puts an invalidation of somebody else in progress.
    pub fn begin(&self, cache: &str, caller_reference: &str, items: &[&str]) {
        let items = items.iter().map(|item| (*item).to_owned()).collect();
        let mut state = self.state.borrow_mut();
        let invalidation = state.invalidation(cache, caller_reference, items);
        state.invalidations.entry(cache.to_owned()).or_default().push(invalidation);
    }

    /// Completes all invalidations.
    pub fn complete_all(&self) {
        let mut state = self.state.borrow_mut();
        for invalidation in state.invalidations.values_mut().flatten() {
            "Completed".clone_into(&mut invalidation.status);
        }
    }

    /// The invalidations of a distribution or tenant, oldest first.
    #[must_use]
    pub fn invalidations(&self, cache: &str) -> Vec<Invalidation> {
        self.state.borrow().invalidations.get(cache).cloned().unwrap_or_default()
    }

    /// The calls since the last time this was asked.
    #[must_use]
    pub fn take_calls(&self) -> Vec<String> {
        std::mem::take(&mut self.state.borrow_mut().calls)
    }
}

impl State {
    fn call(&mut self, operation: &'static str, cache: &Cache) -> Result<(), Fault> {
        self.calls.push(format!("{operation} {}", cache.id()));
        match self.failures.iter().position(|(failing, _)| *failing == operation) {
            Some(position) => Err(fault(operation, cache, self.failures.remove(position).1)),
            None => Ok(()),
        }
    }

    fn invalidation(&self, cache: &str, caller_reference: &str, items: Vec<String>) -> Invalidation {
        let number = self.invalidations.get(cache).map_or(0, Vec::len) + 1;
        Invalidation {
            id: format!("I{number}"),
            status: "InProgress".to_owned(),
            created_at: Some(self.now),
            caller_reference: caller_reference.to_owned(),
            items,
        }
    }

    fn in_progress(&self, cache: &Cache) -> Vec<Invalidation> {
        let all = self.invalidations.get(cache.id()).into_iter().flatten();
        all.filter(|invalidation| invalidation.status == "InProgress").cloned().collect()
    }
}

impl Distributions for FakeDistributions {
    async fn create(&self, request: &Request) -> Result<Invalidation, Fault> {
        let mut state = self.state.borrow_mut();
        let Request { cache, items, caller_reference } = request;
        state.call("create", cache)?;
        let known = state.invalidations.get(cache.id()).into_iter().flatten();
        if let Some(earlier) = known.into_iter().find(|known| &known.caller_reference == caller_reference) {
            if &earlier.items == items {
                return Ok(earlier.clone());
            }
            return Err(fault("create", cache, Meaning::ReferenceUsed));
        }
        if state.largest_batch.is_some_and(|largest| items.len() > largest) {
            return Err(fault("create", cache, Meaning::BatchTooLarge));
        }
        if state.limits {
            let room =
                state.in_progress(cache).iter().fold(Room::EMPTY, |room, other| room.less(&other.items));
            if !room.takes(&Items::new(items.iter().cloned(), [])) {
                return Err(fault("create", cache, Meaning::NoRoom));
            }
        }
        let invalidation = state.invalidation(cache.id(), caller_reference, items.clone());
        state.invalidations.entry(cache.id().to_owned()).or_default().push(invalidation.clone());
        Ok(invalidation)
    }

    async fn in_progress(&self, cache: &Cache) -> Result<InProgress, Fault> {
        let mut state = self.state.borrow_mut();
        state.call("in_progress", cache)?;
        let all = state.in_progress(cache);
        Ok(if all.len() > MOST_READ { InProgress::TooMany } else { InProgress::Read(all) })
    }

    async fn find(&self, cache: &Cache, caller_reference: &str) -> Result<Option<Invalidation>, Fault> {
        let mut state = self.state.borrow_mut();
        state.call("find", cache)?;
        let newest = state.invalidations.get(cache.id()).into_iter().flatten().rev().take(MOST_READ);
        Ok(newest.into_iter().find(|known| known.caller_reference == caller_reference).cloned())
    }
}

fn fault(operation: &'static str, cache: &Cache, meaning: Meaning) -> Fault {
    let source = match meaning {
        Meaning::Common(FaultClass::Denied) => "AccessDenied: not authorized",
        Meaning::Common(FaultClass::NotFound) => {
            "NoSuchDistribution: The specified distribution does not exist."
        }
        _ => "made to fail",
    };
    Fault { operation, cache: cache.id().to_owned(), meaning, source: source.into() }
}
