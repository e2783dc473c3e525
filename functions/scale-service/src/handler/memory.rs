//! What the handler asks of the ledger, and tells it.

use jiff::Timestamp;
use serde_json::{Map, json};
use shared::command::Mode;
use shared::fault::FaultClass;
use shared::ids::shorten;
use shared::report::{Report, Verdict};
use shell::Applied;
use shell::config::Chain;
use shell::ledger::{Denial, Entry, Guard, LastReport, Ledger, LedgerFault, Mark, Saved, Unreadable};
use tracing::warn;

use super::report::Trouble;
use super::{Scaler, Times};
use crate::FUNCTION;
use crate::admission::{claim, guards};
use crate::memory::Memory;
use crate::order::Order;
use crate::world::{Seen, Services};

impl<L: Ledger, S: Services> Scaler<'_, L, S> {
    /// Asks the ledger to let an order in, and what it remembers about the service. A dry run only asks.
    pub(super) async fn enter(&self, order: &Order<'_>, times: Times) -> Seen {
        let Some(ledger) = &self.ledger else {
            return Seen::Unset;
        };
        let guards = guards(order, times.until);
        let entry = match order.mode {
            Mode::Apply => pass(ledger, guards, times.now).await,
            Mode::Plan => look(ledger, guards, times.now).await,
        };
        match entry {
            Ok(Entry::Denied(denials)) => Seen::Denied(denials),
            Err(fault) => Seen::Silent(Chain(&fault).to_string()),
            Ok(Entry::Entered) => {
                let seen = self.recall(order).await;
                if order.mode == Mode::Apply && !matches!(seen, Seen::Passed(_)) {
                    let withdrawn = Mark::Withdrawn { key: claim(order), owner: order.delivery.clone() };
                    self.tell(&[released(order), withdrawn], times.now).await;
                }
                seen
            }
        }
    }

    /// What is remembered about the service of an order that was let in.
    pub(super) async fn recall(&self, order: &Order<'_>) -> Seen {
        let Some(ledger) = &self.ledger else {
            return Seen::Unset;
        };
        let key = Memory::key(&order.target);
        match ledger.saved(&key).await {
            Ok(None) => Seen::Passed(Memory::default()),
            Ok(Some(saved)) => match decoded(&key, saved) {
                Ok(memory) => Seen::Passed(memory),
                Err(unreadable) => Seen::Unreadable(unreadable.to_string()),
            },
            Err(fault) => Seen::Silent(Chain(&fault).to_string()),
        }
    }

    /// Remembers something, in place of what was remembered. What nobody has saved yet is never written over.
    pub(super) async fn remember(
        &self,
        order: &Order<'_>,
        before: &Memory,
        memory: &Memory,
    ) -> Result<Applied, Trouble> {
        let ledger = self.ledger.as_ref().ok_or_else(|| Trouble::Ledger(unset()))?;
        let (key, value) = (Memory::key(&order.target), json!(memory));
        if before.is_empty() {
            let saved = ledger.save(&key, &value).await.map_err(Trouble::Ledger)?;
            if saved != value {
                return Err(Trouble::Ledger(conflict("another size was saved meanwhile")));
            }
        } else {
            let mark = Mark::Resaved { key, value };
            ledger.mark(&[mark], Timestamp::UNIX_EPOCH).await.map_err(Trouble::Ledger)?;
        }
        Ok(Applied { already: false, details: Map::new() })
    }

    /// Forgets what was put back, in one write with the claim: both are so, or neither.
    pub(super) async fn forget(
        &self,
        order: &Order<'_>,
        memory: &Memory,
        now: Timestamp,
    ) -> Result<Applied, Trouble> {
        let ledger = self.ledger.as_ref().ok_or_else(|| Trouble::Ledger(unset()))?;
        let key = Memory::key(&order.target);
        let forget = if memory.is_empty() {
            Mark::PutBack { key }
        } else {
            Mark::Resaved { key, value: json!(memory) }
        };
        let marks = [forget, Mark::Done { key: claim(order) }];
        ledger.mark(&marks, now).await.map_err(Trouble::Ledger)?;
        Ok(Applied { already: false, details: Map::new() })
    }

    /// Notes what became of an order that was let in. What is refused leaves no claim, so that it may be asked again;
    /// what failed keeps it, for its redelivery.
    pub(super) async fn note(&self, order: &Order<'_>, report: &Report, times: Times) {
        if order.mode == Mode::Plan {
            return;
        }
        let mut marks = vec![released(order)];
        match report.verdict {
            Verdict::Acted | Verdict::Held | Verdict::Planned => marks.push(Mark::Done { key: claim(order) }),
            Verdict::Refused => {
                marks.push(Mark::Withdrawn { key: claim(order), owner: order.delivery.clone() });
            }
            Verdict::Failed => {}
        }
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
        self.tell(&marks, times.now).await;
    }

    /// Marks what need not be marked for the work to be done: the lease ends by itself, and a claim that is not marked
    /// as done is looked at again, and found done.
    async fn tell(&self, marks: &[Mark], now: Timestamp) {
        let Some(ledger) = &self.ledger else { return };
        if let Err(fault) = ledger.mark(marks, now).await {
            warn!("what was done is not noted: {}", Chain(&fault));
        }
    }
}

/// Passes the guards. A claim that nobody has finished is this very order's, from a delivery that died.
async fn pass(ledger: &impl Ledger, mut guards: Vec<Guard>, now: Timestamp) -> Result<Entry, LedgerFault> {
    let entry = ledger.enter(&guards, now).await?;
    if !is_unfinished(&entry) {
        return Ok(entry);
    }
    guards.retain(|guard| !matches!(guard, Guard::Claim { .. }));
    ledger.enter(&guards, now).await
}

/// Says what the guards would say, but for the lease: a look disturbs nobody.
async fn look(ledger: &impl Ledger, mut guards: Vec<Guard>, now: Timestamp) -> Result<Entry, LedgerFault> {
    guards.retain(|guard| !matches!(guard, Guard::Lease { .. }));
    let entry = ledger.look(&guards, now).await?;
    if is_unfinished(&entry) { Ok(Entry::Entered) } else { Ok(entry) }
}

/// Whether nothing but an unfinished claim is in the way.
fn is_unfinished(entry: &Entry) -> bool {
    matches!(entry, Entry::Denied(denials)
        if denials.iter().all(|denial| matches!(denial, Denial::Claimed { done: false, .. })))
}

fn released(order: &Order<'_>) -> Mark {
    Mark::Released { target: order.target.to_string(), owner: order.delivery.clone() }
}

/// Reads what is remembered under a key.
pub(super) fn decoded(key: &str, saved: Saved) -> Result<Memory, Unreadable> {
    serde_json::from_value(saved?).map_err(|error| {
        let error = shorten(&error.to_string());
        Unreadable::new(key, format!("is no size: {error}"))
    })
}

fn unset() -> LedgerFault {
    LedgerFault { operation: "find", class: Some(FaultClass::NotFound), source: "there is none".into() }
}

fn conflict(what: &str) -> LedgerFault {
    LedgerFault { operation: "save a value in", class: Some(FaultClass::Conflict), source: what.into() }
}
