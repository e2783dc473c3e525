//! The ledger and the services of one process that may die at any call, and to which others come between any two.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;
use shared::fault::FaultClass;
use shared::kinds::service::Service;
use shell::ledger::fake::FakeLedger;
use shell::ledger::{Entry, Guard, Ledger, LedgerFault, Mark, Overview, Pause, Proposal, Saved};
use shell::schedules::{Made, OneTime};

use crate::fake::FakeServices;
use crate::world::{Bounds, Counts, Fault, Found, Policy, ScheduledAction, Services};

/// How a process dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Death {
    /// Before the call is made.
    Before,
    /// After it was carried out: only its answer is lost.
    After,
}

type Visitor = Box<dyn FnOnce(&Mortal)>;

/// Both ports of one process.
#[derive(Default)]
pub(super) struct Mortal {
    pub(super) ledger: FakeLedger,
    pub(super) services: FakeServices,
    dies: Cell<Option<(usize, Death)>>,
    calls: Cell<usize>,
    visitors: RefCell<Vec<(usize, Visitor)>>,
}

impl fmt::Debug for Mortal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mortal").field("dies", &self.dies).finish_non_exhaustive()
    }
}

impl Mortal {
    /// Makes the process die at a call, which is counted from 0 and from now on.
    pub(super) fn dies_at(&self, call: usize, death: Death) {
        self.dies.set(Some((call, death)));
        self.calls.set(0);
    }

    /// Says whether it died, and makes it live again.
    pub(super) fn revives(&self) -> bool {
        self.dies.take().is_some_and(|(call, _)| self.calls.get() > call)
    }

    /// Something happens just before a call, which is counted from 0 and from now on.
    pub(super) fn before(&self, call: usize, visitor: impl FnOnce(&Mortal) + 'static) {
        self.calls.set(0);
        self.visitors.borrow_mut().push((call, Box::new(visitor)));
    }

    /// How many calls were made since they are counted.
    pub(super) fn calls(&self) -> usize {
        self.calls.get()
    }

    /// Whether the next call is carried out, and whether its answer arrives.
    fn lives(&self) -> (bool, bool) {
        let call = self.calls.replace(self.calls.get() + 1);
        let visitors: Vec<Visitor> = {
            let mut all = self.visitors.borrow_mut();
            let (due, rest) = all.drain(..).partition(|(number, _)| *number == call);
            *all = rest;
            due.into_iter().map(|(_, visitor): (usize, Visitor)| visitor).collect()
        };
        for visitor in visitors {
            visitor(self);
        }
        match self.dies.get() {
            Some((last, Death::Before)) if call >= last => (false, false),
            Some((last, Death::After)) if call > last => (false, false),
            Some((last, Death::After)) if call == last => (true, false),
            _ => (true, true),
        }
    }

    async fn ledger<T>(&self, call: impl Future<Output = Result<T, LedgerFault>>) -> Result<T, LedgerFault> {
        let (is_made, arrives) = self.lives();
        let lost = || LedgerFault {
            operation: "ask",
            class: Some(FaultClass::Unavailable),
            source: "the process died".into(),
        };
        let answer = if is_made { call.await } else { Err(lost()) };
        if arrives { answer } else { Err(lost()) }
    }

    async fn services<T>(&self, call: impl Future<Output = Result<T, Fault>>) -> Result<T, Fault> {
        let (is_made, arrives) = self.lives();
        let answer = if is_made { call.await } else { Err(lost()) };
        if arrives { answer } else { Err(lost()) }
    }
}

fn lost() -> Fault {
    let source: Box<dyn std::error::Error + Send + Sync> = "the process died".into();
    Fault { operation: "ask".to_owned(), class: Some(FaultClass::Unavailable), source: Arc::from(source) }
}

impl Ledger for &Mortal {
    async fn enter(&self, guards: &[Guard], now: Timestamp) -> Result<Entry, LedgerFault> {
        self.ledger(self.ledger.enter(guards, now)).await
    }

    async fn look(&self, guards: &[Guard], now: Timestamp) -> Result<Entry, LedgerFault> {
        self.ledger(self.ledger.look(guards, now)).await
    }

    async fn mark(&self, marks: &[Mark], now: Timestamp) -> Result<(), LedgerFault> {
        self.ledger(self.ledger.mark(marks, now)).await
    }

    async fn save(&self, key: &str, value: &Value) -> Result<Value, LedgerFault> {
        self.ledger(self.ledger.save(key, value)).await
    }

    async fn saved(&self, key: &str) -> Result<Option<Saved>, LedgerFault> {
        self.ledger(self.ledger.saved(key)).await
    }

    async fn saved_under(&self, prefix: &str) -> Result<Vec<(String, Saved)>, LedgerFault> {
        self.ledger(self.ledger.saved_under(prefix)).await
    }

    async fn pause(&self, pause: &Pause) -> Result<Option<Pause>, LedgerFault> {
        self.ledger(self.ledger.pause(pause)).await
    }

    async fn resume(&self, scope: &str, now: Timestamp) -> Result<Option<Pause>, LedgerFault> {
        self.ledger(self.ledger.resume(scope, now)).await
    }

    async fn proposal(&self, id: &str) -> Result<Option<Proposal>, LedgerFault> {
        self.ledger(self.ledger.proposal(id)).await
    }

    async fn overview(&self, now: Timestamp) -> Result<Overview, LedgerFault> {
        self.ledger(self.ledger.overview(now)).await
    }
}

impl Services for &Mortal {
    async fn observe(&self, services: &[&Service]) -> Vec<Result<Found, Fault>> {
        if services.is_empty() {
            return Vec::new();
        }
        match self.services(async { Ok(self.services.observe(services).await) }).await {
            Ok(found) => found,
            Err(fault) => services.iter().map(|_| Err(fault.clone())).collect(),
        }
    }

    async fn policies(&self, service: &Service) -> Result<Vec<Policy>, Fault> {
        self.services(self.services.policies(service)).await
    }

    async fn scheduled(&self, service: &Service) -> Result<Vec<ScheduledAction>, Fault> {
        self.services(self.services.scheduled(service)).await
    }

    async fn set_bounds(&self, service: &Service, bounds: &Bounds) -> Result<(), Fault> {
        self.services(self.services.set_bounds(service, bounds)).await
    }

    async fn count(&self, service: &Service) -> Result<Counts, Fault> {
        self.services(self.services.count(service)).await
    }

    async fn set_desired(&self, service: &Service, desired: u32) -> Result<Counts, Fault> {
        self.services(self.services.set_desired(service, desired)).await
    }

    async fn send_at(&self, schedule: &OneTime) -> Result<Made, Fault> {
        self.services(self.services.send_at(schedule)).await
    }
}
