//! The ledger and everything that leads traffic, of one process that may die at any call, or get no answer to it.

use std::cell::Cell;
use std::future::pending;
use std::sync::Arc;

use failover_dns::fake::FakeDns;
use failover_dns::world::{
    Change, Check, Conflict, Distribution, Dns, Fault, Health, Meaning, Object, Outcome, Owner, RecordSet,
};
use jiff::Timestamp;
use serde_json::Value;
use shared::fault::FaultClass;
use shared::kinds::distribution::DistributionId;
use shared::kinds::dns::{
    ClusterEndpoint, ControlArn, Evidence, HealthCheckId, RecordName, Sides, StandbyObject, ZoneId,
};
use shell::ledger::fake::FakeLedger;
use shell::ledger::{Entry, Guard, Ledger, LedgerFault, Mark, Overview, Pause, Proposal, Saved};

/// What becomes of a process at a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Blow {
    /// It dies before the call is made.
    DiesBefore,
    /// It dies when the call was carried out.
    DiesAfter,
    /// The call is not carried out, and it lives.
    Fault,
    /// The call is carried out, its answer is lost, and it lives.
    Unheard,
}

impl Blow {
    pub(super) const ALL: [Self; 4] = [Self::DiesBefore, Self::DiesAfter, Self::Fault, Self::Unheard];

    pub(super) fn is_death(self) -> bool {
        matches!(self, Self::DiesBefore | Self::DiesAfter)
    }
}

/// Both ports of one process.
#[derive(Debug)]
pub(super) struct Mortal {
    pub(super) ledger: FakeLedger,
    pub(super) dns: FakeDns,
    blow: Cell<Option<(usize, Blow)>>,
    calls: Cell<usize>,
    is_dead: Cell<bool>,
}

impl Mortal {
    pub(super) fn new(ledger: FakeLedger, dns: FakeDns) -> Self {
        Self { ledger, dns, blow: Cell::new(None), calls: Cell::new(0), is_dead: Cell::new(false) }
    }

    /// Makes this happen at a call, which is counted from 0 and from now on.
    pub(super) fn is_hit_at(&self, call: usize, blow: Blow) {
        self.blow.set(Some((call, blow)));
        self.calls.set(0);
        self.is_dead.set(false);
    }

    /// Says whether it happened, and makes it happen no more.
    pub(super) fn recovers(&self) -> bool {
        self.is_dead.set(false);
        self.blow.take().is_some_and(|(call, _)| self.calls.get() > call)
    }

    async fn call<T, E>(
        &self,
        call: impl Future<Output = Result<T, E>>,
        lost: impl FnOnce() -> E,
    ) -> Result<T, E> {
        // Who looks at several things at once asks none of them when it is dead.
        if self.is_dead.get() {
            return pending().await;
        }
        let number = self.calls.replace(self.calls.get() + 1);
        let blow = self.blow.get().filter(|(hit, _)| *hit == number).map(|(_, blow)| blow);
        match blow {
            None => call.await,
            Some(Blow::DiesBefore) => {
                self.is_dead.set(true);
                pending().await
            }
            Some(Blow::DiesAfter) => {
                drop(call.await);
                self.is_dead.set(true);
                pending().await
            }
            Some(Blow::Fault) => Err(lost()),
            Some(Blow::Unheard) => {
                drop(call.await);
                Err(lost())
            }
        }
    }

    async fn ask<T>(&self, call: impl Future<Output = Result<T, LedgerFault>>) -> Result<T, LedgerFault> {
        let class = Some(FaultClass::Unavailable);
        self.call(call, || LedgerFault { operation: "ask the ledger", class, source: "no answer".into() })
            .await
    }

    async fn reach<T>(&self, call: impl Future<Output = Result<T, Fault>>) -> Result<T, Fault> {
        let source: Box<dyn std::error::Error + Send + Sync> = "no answer".into();
        let meaning = Meaning::Common(FaultClass::Unavailable);
        self.call(call, || Fault { operation: "ask".to_owned(), meaning, source: Arc::from(source) }).await
    }
}

impl Ledger for &Mortal {
    async fn enter(&self, guards: &[Guard], now: Timestamp) -> Result<Entry, LedgerFault> {
        self.ask(self.ledger.enter(guards, now)).await
    }

    async fn look(&self, guards: &[Guard], now: Timestamp) -> Result<Entry, LedgerFault> {
        self.ask(self.ledger.look(guards, now)).await
    }

    async fn mark(&self, marks: &[Mark], now: Timestamp) -> Result<(), LedgerFault> {
        self.ask(self.ledger.mark(marks, now)).await
    }

    async fn save(&self, key: &str, value: &Value) -> Result<Value, LedgerFault> {
        self.ask(self.ledger.save(key, value)).await
    }

    async fn saved(&self, key: &str) -> Result<Option<Saved>, LedgerFault> {
        self.ask(self.ledger.saved(key)).await
    }

    async fn saved_under(&self, prefix: &str) -> Result<Vec<(String, Saved)>, LedgerFault> {
        self.ask(self.ledger.saved_under(prefix)).await
    }

    async fn pause(&self, pause: &Pause) -> Result<Option<Pause>, LedgerFault> {
        self.ask(self.ledger.pause(pause)).await
    }

    async fn resume(&self, scope: &str, now: Timestamp) -> Result<Option<Pause>, LedgerFault> {
        self.ask(self.ledger.resume(scope, now)).await
    }

    async fn proposal(&self, id: &str) -> Result<Option<Proposal>, LedgerFault> {
        self.ask(self.ledger.proposal(id)).await
    }

    async fn overview(&self, now: Timestamp) -> Result<Overview, LedgerFault> {
        self.ask(self.ledger.overview(now)).await
    }
}

impl Dns for &Mortal {
    async fn sets(&self, zone: &ZoneId, name: &RecordName) -> Result<Vec<RecordSet>, Fault> {
        self.reach(self.dns.sets(zone, name)).await
    }

    async fn change(&self, zone: &ZoneId, sets: &[RecordSet], comment: &str) -> Result<Change, Fault> {
        self.reach(self.dns.change(zone, sets, comment)).await
    }

    async fn progress(&self, id: &str) -> Result<Change, Fault> {
        self.reach(self.dns.progress(id)).await
    }

    async fn check(&self, id: &HealthCheckId) -> Result<Check, Fault> {
        self.reach(self.dns.check(id)).await
    }

    async fn set_check(&self, id: &HealthCheckId, check: &Check) -> Result<(), Fault> {
        self.reach(self.dns.set_check(id, check)).await
    }

    async fn find_object(&self, object: &StandbyObject) -> Result<Object, Fault> {
        self.reach(self.dns.find_object(object)).await
    }

    async fn put_object(&self, object: &StandbyObject, text: &str, owner: &Owner) -> Result<Outcome, Fault> {
        self.reach(self.dns.put_object(object, text, owner)).await
    }

    async fn remove_object(&self, object: &StandbyObject) -> Result<(), Fault> {
        self.reach(self.dns.remove_object(object)).await
    }

    async fn controls(
        &self,
        controls: &Sides<ControlArn>,
        endpoints: &[&ClusterEndpoint],
    ) -> Result<Sides<bool>, Fault> {
        self.reach(self.dns.controls(controls, endpoints)).await
    }

    async fn set_controls(
        &self,
        controls: &Sides<ControlArn>,
        on: &Sides<bool>,
        endpoints: &[&ClusterEndpoint],
    ) -> Result<(), Fault> {
        self.reach(self.dns.set_controls(controls, on, endpoints)).await
    }

    async fn distribution(&self, id: &DistributionId) -> Result<Distribution, Fault> {
        self.reach(self.dns.distribution(id)).await
    }

    async fn move_name(&self, name: &RecordName, to: &DistributionId, etag: &str) -> Result<String, Fault> {
        self.reach(self.dns.move_name(name, to, etag)).await
    }

    async fn conflicts(&self, name: &RecordName, to: &DistributionId) -> Result<Vec<Conflict>, Fault> {
        self.reach(self.dns.conflicts(name, to)).await
    }

    async fn health(&self, evidence: &Evidence, from: Option<Timestamp>) -> Result<Health, Fault> {
        self.reach(self.dns.health(evidence, from)).await
    }
}
