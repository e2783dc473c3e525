//! The ledger and RDS of one process that may die at any call.

use std::cell::Cell;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;
use shared::fault::FaultClass;
use shared::kinds::database::RegionCode;
use shell::ledger::fake::FakeLedger;
use shell::ledger::{Entry, Guard, Ledger, LedgerFault, Mark, Overview, Pause, Proposal, Saved};

use crate::fake::FakeRds;
use crate::world::{
    Copy, Create, Database, DatabaseId, Family, Fault, Listed, Meaning, Member, Origin, Outcome, Quotas, Rds,
    Restore, Snapshot,
};

/// How a process dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Death {
    /// Before the call is made.
    Before,
    /// After it was carried out: only its answer is lost.
    After,
}

/// Both ports of one process.
#[derive(Debug)]
pub(super) struct Mortal {
    pub(super) ledger: FakeLedger,
    pub(super) rds: FakeRds,
    dies: Cell<Option<(usize, Death)>>,
    calls: Cell<usize>,
}

impl Mortal {
    pub(super) fn new(rds: FakeRds) -> Self {
        Self { ledger: FakeLedger::default(), rds, dies: Cell::default(), calls: Cell::default() }
    }

    /// Makes the process die at a call, which is counted from 0 and from now on.
    pub(super) fn dies_at(&self, call: usize, death: Death) {
        self.dies.set(Some((call, death)));
        self.calls.set(0);
    }

    /// Says whether it died, and makes it live again.
    pub(super) fn revives(&self) -> bool {
        self.dies.take().is_some_and(|(call, _)| self.calls.get() > call)
    }

    /// Whether the next call is carried out, and whether its answer arrives.
    fn lives(&self) -> (bool, bool) {
        let call = self.calls.replace(self.calls.get() + 1);
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

    async fn rds<T>(&self, call: impl Future<Output = Result<T, Fault>>) -> Result<T, Fault> {
        let (is_made, arrives) = self.lives();
        let answer = if is_made { call.await } else { Err(lost()) };
        if arrives { answer } else { Err(lost()) }
    }
}

fn lost() -> Fault {
    let source: Box<dyn std::error::Error + Send + Sync> = "the process died".into();
    let meaning = Meaning::Common(FaultClass::Unavailable);
    Fault { operation: "ask".to_owned(), meaning, source: Arc::from(source) }
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

impl Rds for &Mortal {
    fn home(&self) -> &RegionCode {
        self.rds.home()
    }

    async fn database(&self, id: &DatabaseId) -> Result<Option<Database>, Fault> {
        self.rds(self.rds.database(id)).await
    }

    async fn databases(&self, family: Family) -> Result<Vec<Database>, Fault> {
        self.rds(self.rds.databases(family)).await
    }

    async fn snapshots(
        &self,
        region: &RegionCode,
        listed: &Listed,
        origin: Origin,
    ) -> Result<Vec<Snapshot>, Fault> {
        self.rds(self.rds.snapshots(region, listed, origin)).await
    }

    async fn quotas(&self, region: &RegionCode) -> Result<Quotas, Fault> {
        self.rds(self.rds.quotas(region)).await
    }

    async fn create(&self, create: &Create) -> Result<Outcome, Fault> {
        self.rds(self.rds.create(create)).await
    }

    async fn copy(&self, copy: &Copy) -> Result<Outcome, Fault> {
        self.rds(self.rds.copy(copy)).await
    }

    async fn delete(&self, region: &RegionCode, family: Family, name: &str) -> Result<Outcome, Fault> {
        self.rds(self.rds.delete(region, family, name)).await
    }

    async fn restore(&self, restore: &Restore) -> Result<Outcome, Fault> {
        self.rds(self.rds.restore(restore)).await
    }

    async fn add_member(&self, member: &Member) -> Result<Outcome, Fault> {
        self.rds(self.rds.add_member(member)).await
    }

    async fn delete_scratch(&self, scratch: &DatabaseId) -> Result<Outcome, Fault> {
        self.rds(self.rds.delete_scratch(scratch)).await
    }
}
