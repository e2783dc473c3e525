//! The five verbs for one invocation: the records are decoded already; observe, plan, apply, report.

mod ledger;
mod report;
mod survey;

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::Map;
use shared::command::Mode;
use shared::plan::Plan;
use shared::playbook::Playbook;
use shared::report::{Report, StepReport, StepStatus};
use shell::ledger::Ledger;
use shell::{Applied, Invocation, Settled, settle};
use tracing::info;

use self::report::Done;
use self::survey::survey;
use crate::order::{Order, Work, jobs};
use crate::plan::{Line, Step, plan, refused_for_good};
use crate::world::{Fault, Meaning, Outcome, Rds, World};

/// What the function works with.
#[derive(Debug)]
pub struct Keeper<'a, L, R> {
    /// The ledger, if there is one.
    pub ledger: Option<L>,
    /// The name of its table, by which scratch databases of this stack are told from those of others.
    pub ledger_table: Option<&'a str>,
    /// RDS.
    pub rds: R,
    /// The targets.
    pub playbook: &'a Playbook,
}

/// The times of one invocation.
#[derive(Debug, Clone, Copy)]
struct Times {
    now: Timestamp,
    /// When this invocation has ended, one way or the other.
    until: Timestamp,
}

/// Serves one invocation: every command by itself, and all RDS events as one.
pub async fn handle<L: Ledger, R: Rds>(keeper: &Keeper<'_, L, R>, invocation: &Invocation) -> Settled {
    let times = Times { now: invocation.began_at, until: invocation.deadline.at() };
    let jobs = jobs(keeper.playbook, &invocation.arrival, invocation.mode);
    settle(invocation, jobs, async |work| match work {
        Work::Orders(orders) => keeper.serve(&orders, times).await,
        Work::Answered(report) => vec![*report],
    })
    .await
}

impl<L: Ledger, R: Rds> Keeper<'_, L, R> {
    /// Carries out orders, each for another target: all are let in, what they need is looked at once, then each is
    /// planned and done by itself.
    async fn serve(&self, orders: &[Order<'_>], times: Times) -> Vec<Report> {
        let mut reports = Vec::with_capacity(orders.len());
        let mut admitted = Vec::with_capacity(orders.len());
        for order in orders {
            match self.let_in(order, times).await {
                Ok(()) => admitted.push(order),
                Err(report) => reports.push(report::finished(order, *report)),
            }
        }
        if admitted.is_empty() {
            return reports;
        }
        let mut world = match survey(&self.rds, self.playbook, &admitted, times.now).await {
            Ok(world) => World { ledger: self.ledger_table.map(str::to_owned), ..world },
            Err(fault) => {
                for order in admitted {
                    let report = report::finished(order, report::unobserved(order, &fault));
                    self.let_out(order, &report, times).await;
                    reports.push(report);
                }
                return reports;
            }
        };
        for order in admitted {
            let report = report::finished(order, self.carry_out(order, &mut world).await);
            self.let_out(order, &report, times).await;
            reports.push(report);
        }
        reports
    }

    /// Plans and applies one order. What it has begun counts for the orders after it.
    async fn carry_out(&self, order: &Order<'_>, world: &mut World) -> Report {
        world.drills = match self.drills(order, world).await {
            Ok(drills) => drills,
            Err(words) => return report::without_ledger(order, words),
        };
        let plan = plan(order, world);
        info!(target = %order.target, "plan: {plan}");
        let (steps, why) = match plan {
            Plan::Act { steps, why } if order.mode == Mode::Apply => (steps, why),
            unapplied => return report::not_applied(order, world, &unapplied),
        };
        let done = self.apply(order, &steps, world).await;
        report::applied(order, world, &steps, done, why)
    }

    /// Applies steps in their order. What fails for one database keeps nothing from another; what comes after it in the
    /// same line is not attempted, unless RDS only was not ready for that one snapshot.
    async fn apply(&self, order: &Order<'_>, steps: &[Step], world: &mut World) -> Done {
        let mut done = Done::default();
        let mut failed: BTreeSet<Line<'_>> = BTreeSet::new();
        let mut out_of_time = false;
        for step in steps {
            if out_of_time || failed.contains(&step.line()) {
                done.steps.push(StepReport::new(step, StepStatus::NotAttempted));
                continue;
            }
            match self.apply_one(order, step).await {
                Ok(Applied { already, .. }) => {
                    count(step, already, world);
                    let status = if already { StepStatus::Already } else { StepStatus::Applied };
                    done.steps.push(StepReport::new(step, status));
                }
                Err(mut fault) => {
                    if let Step::Restore { of, request } = step
                        && !fault.is_transient()
                        && let Err(unnoted) =
                            self.note_drill(order, of, &refused_for_good(order, request, world.now)).await
                    {
                        fault = unnoted;
                    }
                    out_of_time = fault.meaning == Meaning::OutOfTime;
                    if fault.meaning != Meaning::WrongState {
                        failed.insert(step.line());
                    }
                    let mut report = StepReport::new(step, StepStatus::Failed);
                    report.details.insert("error".to_owned(), report::words(&fault).into());
                    done.steps.push(report);
                    done.faults.push((step.clone(), fault));
                }
            }
        }
        done
    }

    async fn apply_one(&self, order: &Order<'_>, step: &Step) -> Result<Applied, Fault> {
        let outcome = match step {
            Step::Create(create) => self.rds.create(create).await?,
            Step::Copy(copy) => self.rds.copy(copy).await?,
            Step::Delete { of, region, name, .. } => self.rds.delete(region, of.family, name).await?,
            Step::Restore { request, .. } => self.rds.restore(request).await?,
            Step::AddMember { request, .. } => self.rds.add_member(request).await?,
            Step::NoteDrill { of, drill } => self.note_drill(order, of, drill).await?,
            Step::DeleteScratch { scratch, .. } => self.rds.delete_scratch(scratch).await?,
        };
        Ok(Applied { already: outcome == Outcome::Already, details: Map::new() })
    }
}

/// Counts what was begun against the budgets of the Region, for the orders after this one; what one of them has deleted
/// is left to it.
fn count(step: &Step, already: bool, world: &mut World) {
    let (region, family) = match step {
        Step::Copy(copy) if !already => {
            *world.begun.entry((copy.region.clone(), copy.of.family)).or_default() += 1;
            (copy.region.clone(), copy.of.family)
        }
        Step::Create(create) if !already => (world.home.clone(), create.of.family),
        Step::DeleteScratch { scratch, .. } => {
            let going = world.databases.iter_mut().filter(|database| database.id == *scratch);
            going.for_each(|database| "deleting".clone_into(&mut database.status));
            return;
        }
        _ => return,
    };
    if let Some(quota) = world.quotas.get_mut(&region).and_then(|quotas| quotas.get_mut(&family)) {
        quota.used = quota.used.saturating_add(1);
    }
}

#[cfg(test)]
mod tests;
