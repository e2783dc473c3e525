//! What the handler asks of the ledger, and tells it.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::json;
use shared::command::{Mode, Source};
use shared::fault::FaultClass;
use shared::kinds::database::Backup;
use shared::plan::Plan;
use shared::report::Report;
use shell::config::Chain;
use shell::ledger::{Denial, Entry, Guard, LastReport, Ledger, LedgerFault, Mark};
use tracing::warn;

use super::{Keeper, Times, report};
use crate::FUNCTION;
use crate::order::Order;
use crate::plan::{Fact, Why, is_drilled};
use crate::world::{DatabaseId, Family, Fault, LastDrill, Meaning, Outcome, Rds, World};

impl<L: Ledger, R: Rds> Keeper<'_, L, R> {
    /// Lets an order in, or answers it. Without a ledger everything is let in: what matters is safe by its names.
    ///
    /// A person who orders something knows of a pause; what comes by itself is stopped by it. The lease keeps the
    /// orders of one target apart, so that budgets are not counted twice; a dry run asks for none.
    pub(super) async fn let_in(&self, order: &Order<'_>, times: Times) -> Result<(), Box<Report>> {
        let Some(ledger) = &self.ledger else { return Ok(()) };
        let mut guards = Vec::new();
        if order.origin.source != Source::Operator {
            let scopes = ["all", FUNCTION, order.target.as_str()];
            guards.extend(scopes.map(|scope| Guard::NotPaused { scope: scope.to_owned() }));
        }
        let entry = if order.mode == Mode::Apply {
            guards.push(Guard::Lease {
                target: order.target.to_string(),
                owner: order.delivery.clone(),
                until: times.until,
            });
            ledger.enter(&guards, times.now).await
        } else {
            ledger.look(&guards, times.now).await
        };
        let plan = match entry {
            Ok(Entry::Entered) => return Ok(()),
            Ok(Entry::Denied(denials)) => denied(denials),
            Err(fault) => Plan::Wait { why: Why::from(Fact::LedgerUnavailable(Chain(&fault).to_string())) },
        };
        Err(Box::new(report::not_admitted(order, &plan)))
    }

    /// Gives the lease back and notes what became of an order, for `status`; not what an hourly look found in order.
    pub(super) async fn let_out(&self, order: &Order<'_>, report: &Report, times: Times) {
        let Some(ledger) = self.ledger.as_ref().filter(|_| order.mode == Mode::Apply) else { return };
        let mut marks =
            vec![Mark::Released { target: order.target.to_string(), owner: order.delivery.clone() }];
        if !report.quiet {
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
        if let Err(fault) = ledger.mark(&marks, times.now).await {
            warn!("what was done is not noted: {}", Chain(&fault));
        }
    }

    /// The last drill of each database of the target, where the order may need it. `None`: there is no ledger.
    pub(super) async fn drills(
        &self,
        order: &Order<'_>,
        world: &World,
    ) -> Result<Option<BTreeMap<DatabaseId, LastDrill>>, String> {
        let Some(ledger) = &self.ledger else { return Ok(None) };
        // A drill ends though the playbook asks for none any more.
        let has_drills = order.rule.verify.restore_drill.is_some() || is_drilled(order, world);
        if !has_drills || !matches!(order.action, Backup::Verify | Backup::Reconcile) {
            return Ok(Some(BTreeMap::new()));
        }
        let prefix = prefix(order);
        let saved = ledger.saved_under(&prefix).await.map_err(|fault| Chain(&fault).to_string())?;
        let mut drills = BTreeMap::new();
        for (key, saved) in saved {
            let Some(id) = key.strip_prefix(&prefix).and_then(database) else { continue };
            // One that cannot be read is as good as none: the drill is noted anew.
            match saved.map(serde_json::from_value) {
                Ok(Ok(drill)) => drop(drills.insert(id, drill)),
                Ok(Err(error)) => warn!("the last drill under `{key}` cannot be read: {error}"),
                Err(unreadable) => warn!("{unreadable}"),
            }
        }
        Ok(Some(drills))
    }

    /// Notes how a drill ended, in place of the one before.
    pub(super) async fn note_drill(
        &self,
        order: &Order<'_>,
        of: &DatabaseId,
        drill: &LastDrill,
    ) -> Result<Outcome, Fault> {
        // Without a ledger no drill is begun; one that was begun with it is cleaned up all the same.
        let Some(ledger) = &self.ledger else { return Ok(Outcome::Already) };
        let key = format!("{}{}/{}", prefix(order), of.family.noun(), of.name);
        let resaved = Mark::Resaved { key, value: json!(drill) };
        ledger.mark(&[resaved], drill.at).await.map_err(fault)?;
        Ok(Outcome::Done)
    }
}

fn denied(denials: Vec<Denial>) -> Plan<crate::plan::Step, Why> {
    let mut busy = "unknown".to_owned();
    for denial in denials {
        match denial {
            Denial::Paused(pause) => return Plan::Refuse { why: Why::from(Fact::Paused(pause)) },
            Denial::Leased { owner, .. } => busy = owner,
            _ => {}
        }
    }
    Plan::Wait { why: Why::from(Fact::LeaseBusy { owner: busy }) }
}

fn prefix(order: &Order<'_>) -> String {
    format!("drill/{}/", order.target)
}

/// The database of a key's end: family, and identifier.
fn database(rest: &str) -> Option<DatabaseId> {
    let (family, name) = rest.split_once('/')?;
    let family = Family::ALL.into_iter().find(|one| one.noun() == family)?;
    Some(DatabaseId { family, name: name.to_owned() })
}

fn fault(error: LedgerFault) -> Fault {
    let class = error.class.unwrap_or(FaultClass::Unavailable);
    Fault { operation: "note the drill".to_owned(), meaning: Meaning::Common(class), source: Arc::new(error) }
}
