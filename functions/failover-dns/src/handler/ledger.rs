//! What the handler asks of the ledger, and tells it.

use jiff::Timestamp;
use serde_json::json;
use shared::command::Mode;
use shared::kinds::dns::Failover;
use shared::report::Report;
use shell::config::Chain;
use shell::ledger::{Denial, Entry, Guard, LastReport, Ledger, LedgerFault, Mark};
use tracing::warn;

use super::{Mover, Refusal, Times};
use crate::FUNCTION;
use crate::order::Order;
use crate::plan::Why;
use crate::world::{Dns, Memory, Recall};

impl<L: Ledger, D: Dns> Mover<'_, L, D> {
    /// Lets an order in, with what is remembered of its target; or says why not.
    ///
    /// Where the ledger does not answer, traffic still moves to the secondary, and wherever a person forces it.
    pub(super) async fn let_in(&self, order: &Order<'_>, times: Times) -> Result<Recall, Refusal> {
        let Some(ledger) = &self.ledger else { return Ok(Recall::Unset) };
        let moves = matches!(order.action, Failover::Over { .. } | Failover::Back { .. });
        let mut guards = Vec::new();
        if !order.is_by_hand() && (moves || order.action == Failover::Reconcile) {
            let scopes = ["all", FUNCTION, order.target.as_str()];
            guards.extend(scopes.map(|scope| Guard::NotPaused { scope: scope.to_owned() }));
        }
        let entry = if order.mode == Mode::Apply && moves {
            guards.push(lease(order, times));
            ledger.enter(&guards, times.now).await
        } else if guards.is_empty() {
            Ok(Entry::Entered)
        } else {
            ledger.look(&guards, times.now).await
        };
        let recall = match entry {
            Ok(Entry::Entered) => self.recall(ledger, order).await,
            Ok(Entry::Denied(denials)) => return Err(denied(denials)),
            Err(fault) => Recall::Silent(Chain(&fault).to_string()),
        };
        match (&recall, order.action) {
            (Recall::Silent(words), Failover::Reconcile) => {
                Err(Box::new(Why::LedgerUnavailable(words.clone())))
            }
            _ => Ok(recall),
        }
    }

    /// Takes the lease of a target, and what is remembered of it from then on.
    pub(super) async fn keep_others_away(&self, order: &Order<'_>, times: Times) -> Result<Recall, Refusal> {
        let Some(ledger) = &self.ledger else { return Ok(Recall::Unset) };
        match ledger.enter(&[lease(order, times)], times.now).await {
            Ok(Entry::Entered) => Ok(self.recall(ledger, order).await),
            Ok(Entry::Denied(denials)) => Err(denied(denials)),
            Err(fault) => Err(Box::new(Why::LedgerUnavailable(Chain(&fault).to_string()))),
        }
    }

    async fn recall(&self, ledger: &L, order: &Order<'_>) -> Recall {
        match ledger.saved(&key(order)).await {
            Ok(None) => Recall::Known(Memory::default()),
            Ok(Some(Ok(value))) => match serde_json::from_value(value) {
                Ok(memory) => Recall::Known(memory),
                Err(error) => Recall::Silent(format!("`{}` cannot be read: {error}", key(order))),
            },
            Ok(Some(Err(unreadable))) => Recall::Silent(unreadable.to_string()),
            Err(fault) => Recall::Silent(Chain(&fault).to_string()),
        }
    }

    /// Saves what is to be remembered of a target.
    pub(super) async fn note(
        &self,
        order: &Order<'_>,
        memory: &Memory,
        now: Timestamp,
    ) -> Result<(), LedgerFault> {
        let Some(ledger) = &self.ledger else { return Ok(()) };
        ledger.mark(&[Mark::Resaved { key: key(order), value: json!(memory) }], now).await
    }

    /// Gives the lease back, if the order had one, and notes what became of it, for the router's `status`; not what a
    /// look every minute found in order, nor that somebody asked.
    pub(super) async fn let_out(&self, order: &Order<'_>, report: &Report, is_alone: bool, times: Times) {
        let Some(ledger) = self.ledger.as_ref().filter(|_| order.mode == Mode::Apply) else { return };
        let mut marks = Vec::new();
        if is_alone {
            marks.push(Mark::Released { target: order.target.to_string(), owner: order.delivery.clone() });
        }
        // Who asks how it is does not want to take the place of the move that it came of.
        if !report.quiet && order.action != Failover::Status {
            marks.push(Mark::Reported(LastReport {
                target: order.target.to_string(),
                function: FUNCTION.to_owned(),
                at: times.now,
                id: order.id.to_string(),
                correlation: order.origin.correlation.clone(),
                action: order.action.name().to_owned(),
                verdict: report.verdict.to_string(),
                code: report.why.code.to_owned(),
                text: report.why.text.clone(),
            }));
        }
        if marks.is_empty() {
            return;
        }
        if let Err(fault) = ledger.mark(&marks, times.now).await {
            warn!("what was done is not noted: {}", Chain(&fault));
        }
    }
}

fn lease(order: &Order<'_>, times: Times) -> Guard {
    Guard::Lease { target: order.target.to_string(), owner: order.delivery.clone(), until: times.until }
}

fn denied(denials: Vec<Denial>) -> Refusal {
    let mut busy = "unknown".to_owned();
    for denial in denials {
        match denial {
            Denial::Paused(pause) => return Box::new(Why::Paused(pause)),
            Denial::Leased { owner, .. } => busy = owner,
            _ => {}
        }
    }
    Box::new(Why::LeaseBusy { owner: busy })
}

/// The key of what is remembered of a target.
fn key(order: &Order<'_>) -> String {
    format!("dns/{}", order.target)
}
