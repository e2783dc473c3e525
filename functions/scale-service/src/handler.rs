//! The five verbs for one invocation: the records are decoded already; observe, plan, apply, report.

mod memory;
mod reconcile;
mod report;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use shared::command::Mode;
use shared::ids::shorten;
use shared::kinds::service::{Of, Scale, Service};
use shared::plan::Plan;
use shared::playbook::Playbook;
use shared::report::{Report, StepStatus};
use shell::config::Chain;
use shell::ledger::Ledger;
use shell::{Applied, Invocation, Settled, apply_in_order, settle};
use tracing::{info, warn};

use self::report::Trouble;
use crate::admission::{Means, admit, forbidden};
use crate::memory::Memory;
use crate::order::{Order, Work, jobs};
use crate::plan::{Step, Toward, plan};
use crate::world::{Fault, Found, Services, World};

/// How often an order is planned again within one invocation, after somebody else was at the same service.
const REPLANS: usize = 2;

/// What the function works with.
#[derive(Debug)]
pub struct Scaler<'a, L, S> {
    /// The ledger, if there is one.
    pub ledger: Option<L>,
    /// The services.
    pub services: S,
    /// The targets.
    pub playbook: &'a Playbook,
    /// What the environment allows.
    pub means: Means,
}

/// The times of one invocation.
#[derive(Debug, Clone, Copy)]
struct Times {
    now: Timestamp,
    /// When this invocation has ended, one way or the other.
    until: Timestamp,
}

/// Serves one invocation: every command by itself, one after the other.
pub async fn handle<L: Ledger, S: Services>(scaler: &Scaler<'_, L, S>, invocation: &Invocation) -> Settled {
    let times = Times { now: invocation.began_at, until: invocation.deadline.at() };
    let jobs = jobs(scaler.playbook, &invocation.arrival, invocation.mode);
    settle(invocation, jobs, async |work| match work {
        Work::Orders(orders) => scaler.serve(&orders, times).await,
        Work::Reconcile(wish) => scaler.reconcile(&wish, times).await,
        Work::Answered(report) => vec![*report],
    })
    .await
}

impl<L: Ledger, S: Services> Scaler<'_, L, S> {
    /// Carries out orders in their sequence: all are let in, then looked at together, then done one by one. One that
    /// fails does not stop the others.
    async fn serve<'o>(&self, orders: &'o [Order<'_>], times: Times) -> Vec<Report> {
        let mut admitted = Vec::with_capacity(orders.len());
        for order in orders {
            admitted.push(self.let_in(order, times).await);
        }
        let is_in = |(order, memory): (&'o Order<'_>, &Result<_, _>)| memory.is_ok().then_some(order.service);
        let services: Vec<&Service> = orders.iter().zip(&admitted).filter_map(is_in).collect();
        let mut found = self.services.observe(&services).await.into_iter();
        let mut reports = Vec::with_capacity(orders.len());
        for (order, memory) in orders.iter().zip(admitted) {
            let mut report = match memory {
                Err(report) => *report,
                Ok(memory) => {
                    let found = found.next().unwrap_or_else(|| Ok(Found::Missing("no answer".to_owned())));
                    let report = self.carry_out(order, memory, found, times).await;
                    self.note(order, &report, times).await;
                    report
                }
            };
            if let Some(reason) = &order.reason {
                report.why.text = format!("{} (asked for because: {})", report.why.text, shorten(reason));
            }
            reports.push(report);
        }
        reports
    }

    /// Lets an order in, with what is remembered about its service; or answers it.
    async fn let_in(&self, order: &Order<'_>, times: Times) -> Result<Memory, Box<Report>> {
        let answered = |plan: &_| Box::new(report::not_applied(order, None, plan));
        if let Some(plan) = forbidden(order, self.means) {
            return Err(answered(&plan));
        }
        admit(self.enter(order, times).await).map_err(|plan| answered(&plan))
    }

    /// Plans and applies one order, and plans again when somebody else was at the same service.
    async fn carry_out(
        &self,
        order: &Order<'_>,
        mut memory: Memory,
        mut found: Result<Found, Fault>,
        times: Times,
    ) -> Report {
        let mut done = Vec::new();
        let mut replans = 0;
        loop {
            let world = match found {
                Ok(found) => self.world(order, memory, found, times).await,
                Err(fault) => Err(fault),
            };
            let world = match world {
                Ok(world) => world,
                Err(fault) => return report::failed(order, None, done, &Trouble::Aws(fault)),
            };
            let plan = plan(order, &world);
            info!(target = %order.target, "plan: {plan}");
            let (steps, why) = match plan {
                Plan::Act { steps, why } if order.mode == Mode::Apply => (steps, why),
                unapplied => {
                    return report::after_a_conflict(
                        report::not_applied(order, Some(&world), &unapplied),
                        done,
                    );
                }
            };
            let (reports, trouble) =
                apply_in_order(&steps, async |step| self.apply(order, step, &world).await).await;
            let Some(trouble) = trouble else {
                done.extend(reports);
                return report::applied(order, &world, &steps, done, &why);
            };
            if !trouble.is_conflict() || replans == REPLANS {
                done.extend(reports);
                return report::failed(order, Some(&world), done, &trouble);
            }
            replans += 1;
            done.extend(reports.into_iter().filter(|report| report.status == StepStatus::Applied));
            memory = match admit(self.recall(order).await) {
                Ok(memory) => memory,
                Err(plan) => {
                    return report::after_a_conflict(report::not_applied(order, Some(&world), &plan), done);
                }
            };
            found = self.services.observe(&[order.service]).await.pop().unwrap_or(Ok(world.found));
        }
    }

    /// Looks at what the order's decision depends on besides the service itself.
    async fn world(
        &self,
        order: &Order<'_>,
        memory: Memory,
        found: Found,
        times: Times,
    ) -> Result<World, Fault> {
        let scales = matches!(&found, Found::Service(state) if state.scaling.is_some());
        let is_dry = order.mode == Mode::Plan;
        let is_profile = matches!(order.action, Scale::Profile(_));
        let is_end = matches!(order.action, Scale::Restore(Of::Boost(_)));
        let scheduled = if scales && (is_dry || is_profile) {
            Some(self.services.scheduled(order.service).await?)
        } else {
            None
        };
        let policies = if scales && (is_dry || is_end) {
            // A boost ends also where they cannot be read: then the count is left to them.
            match self.services.policies(order.service).await {
                Err(fault) if is_end && !is_dry => {
                    warn!("{}", Chain(&fault));
                    None
                }
                policies => Some(policies?),
            }
        } else {
            None
        };
        // The start has seen to it that there is such a zone.
        let zone = order.service.time_zone.resolve().unwrap_or(TimeZone::UTC);
        let holiday = order.service.holiday(times.now, &zone);
        Ok(World { found, memory, policies, scheduled, holiday, now: times.now })
    }

    /// Applies a step.
    async fn apply(&self, order: &Order<'_>, step: &Step, world: &World) -> Result<Applied, Trouble> {
        let service = order.service;
        match step {
            Step::SaveSize(memory) => self.remember(order, &world.memory, memory).await,
            Step::ForgetSize(memory) => self.forget(order, memory, world.now).await,
            Step::ScheduleRestore(schedule) => {
                let made = self.services.send_at(schedule).await.map_err(Trouble::Aws)?;
                Ok(report::scheduled(made))
            }
            Step::SetBounds(bounds) => {
                self.services.set_bounds(service, bounds).await.map_err(Trouble::Aws)?;
                Ok(report::changed())
            }
            Step::SetDesired { desired, toward } => {
                if *toward != Toward::Exactly {
                    let counts = self.services.count(service).await.map_err(Trouble::Aws)?;
                    if toward.is_met(*desired, counts.desired) {
                        return Ok(report::counted(counts, true));
                    }
                }
                let counts = self.services.set_desired(service, *desired).await.map_err(Trouble::Aws)?;
                Ok(report::counted(counts, false))
            }
        }
    }
}

#[cfg(test)]
mod tests;
