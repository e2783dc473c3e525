//! The five verbs for one invocation: the records are decoded already; observe, plan, apply, report.

mod ledger;
mod look;
mod report;
mod state;

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use shared::command::Mode;
use shared::kinds::dns::{ClusterEndpoint, Failover, Strategy};
use shared::plan::Plan;
use shared::playbook::Playbook;
use shared::report::{Report, StepReport, StepStatus};
use shell::config::Chain;
use shell::ledger::Ledger;
use shell::{Invocation, Settled, settle};
use tracing::{info, warn};

use self::report::Done;
use crate::order::{Order, Work, jobs};
use crate::plan::{Noted, Step, Telling, Why, plan, telling};
use crate::world::{Dns, Fault, Memory, Outcome, Recall, World};

/// How often an order is planned again within one invocation, after somebody else was at the same thing or AWS was asked
/// too much.
const REPLANS: usize = 2;

/// What the function works with.
#[derive(Debug)]
pub struct Mover<'a, L, D> {
    /// The ledger, if there is one.
    pub ledger: Option<L>,
    /// What leads traffic, and what shows the health of a side.
    pub dns: D,
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

/// Serves one invocation: every order by itself, one after the other.
pub async fn handle<L: Ledger, D: Dns>(mover: &Mover<'_, L, D>, invocation: &Invocation) -> Settled {
    let times = Times { now: invocation.began_at, until: invocation.deadline.at() };
    let jobs = jobs(mover.playbook, &invocation.arrival, invocation.mode);
    settle(invocation, jobs, async |work| match work {
        Work::Orders(orders) => {
            let mut reports = Vec::with_capacity(orders.len());
            for order in orders {
                reports.push(mover.serve(order, times).await);
            }
            reports
        }
        Work::Answered(report) => vec![*report],
    })
    .await
}

impl<L: Ledger, D: Dns> Mover<'_, L, D> {
    async fn serve(&self, mut order: Order<'_>, times: Times) -> Report {
        let mut is_alone = matches!(order.action, Failover::Over { .. } | Failover::Back { .. });
        let report = match self.let_in(&order, times).await {
            Err(why) => report::not_let_in(&order, *why),
            Ok(recall) if order.action == Failover::Reconcile => {
                self.reconcile(&mut order, recall, times, &mut is_alone).await
            }
            Ok(recall) => self.carry_out(&order, recall, times).await,
        };
        let report = report::finished(&order, report);
        self.let_out(&order, &report, is_alone, times).await;
        report
    }

    /// Looks whether anything is due, and only then keeps others from the target, so that a look every minute is in
    /// nobody's way.
    async fn reconcile(
        &self,
        order: &mut Order<'_>,
        recall: Recall,
        times: Times,
        is_alone: &mut bool,
    ) -> Report {
        let pending = recall.memory().and_then(|memory| memory.pending.as_ref());
        if let Some(pending) = pending.filter(|pending| pending.not_before <= times.now) {
            order.origin.correlation.clone_from(&pending.correlation);
            order.origin.alarm.clone_from(&pending.alarm);
        }
        let world = self.look(order, recall, times.now).await;
        let plan = plan(order, &world);
        if !matches!(plan, Plan::Act { .. }) || order.mode == Mode::Plan {
            return report::not_applied(order, &world, &plan);
        }
        match self.keep_others_away(order, times).await {
            Ok(recall) => {
                *is_alone = true;
                match recall {
                    Recall::Silent(words) => report::not_let_in(order, Why::LedgerUnavailable(words)),
                    recall => self.carry_out(order, recall, times).await,
                }
            }
            Err(why) => report::not_let_in(order, *why),
        }
    }

    /// Plans and applies one order, and plans again when somebody else was at the same thing or AWS was asked too much.
    async fn carry_out(&self, order: &Order<'_>, mut recall: Recall, times: Times) -> Report {
        let mut done = Done::default();
        let mut met = Vec::new();
        loop {
            let world = self.look(order, recall.clone(), times.now).await;
            let plan = plan(order, &world);
            info!(target = %order.target, "plan: {plan}");
            let (steps, why) = match plan {
                Plan::Act { steps, why } if order.mode == Mode::Apply => (steps, why),
                unapplied => {
                    let is_out_of_time = unapplied.why().unseen().is_some_and(Fault::is_out_of_time);
                    return match met.last().filter(|_| is_out_of_time) {
                        Some(fault) => report::failed(order, &world, done, fault),
                        None => report::planned_again(order, &world, &unapplied, done),
                    };
                }
            };
            match self.apply(order, &steps, &mut done, times.now).await {
                Ok(()) => return report::applied(order, &world, done, why),
                Err(fault) if fault.may_pass_at_once() && met.len() < REPLANS => {
                    self.forget_begin(order, &fault, &mut done, times.now).await;
                    // The answer may be lost of a move that was made: then it is this order's own.
                    if let Some(noted) = done.noted.take() {
                        recall = Recall::Known(noted);
                    }
                    done.steps.retain(|step| step.status == StepStatus::Applied);
                    met.push(fault);
                }
                Err(fault) => {
                    self.forget_begin(order, &fault, &mut done, times.now).await;
                    let was_told = self.was_told(order, &world, &fault, &mut done).await;
                    // What has used up the time says more than that it is over.
                    let cause = met.last().filter(|_| fault.is_out_of_time()).unwrap_or(&fault);
                    return Report { quiet: was_told, ..report::failed(order, &world, done, cause) };
                }
            }
        }
    }

    /// Whether a look every minute has told before that AWS says no; where it has not, that it does now is noted.
    async fn was_told(&self, order: &Order<'_>, world: &World, fault: &Fault, done: &mut Done) -> bool {
        // What was half done is no refusal, and comes again.
        if !fault.is_refusal() || done.has_moved {
            return false;
        }
        match telling(order, done.noted.as_ref().or(world.recall.memory()), fault.code()) {
            Telling::Aloud => false,
            Telling::Told => true,
            Telling::Once(step) => {
                // A note that fails is told in the report, and the next look tells it again.
                let _ = self.apply(order, &[*step], done, world.now).await;
                false
            }
        }
    }

    /// Forgets that a move was begun when AWS has said no to all of it: whoever finds it made later has not made it.
    /// Of other faults nobody knows; but a conflict of routing controls, which are asked once, is a no as well. Names
    /// are moved one by one: some may have moved before, and whoever looks next goes on with the others.
    async fn forget_begin(&self, order: &Order<'_>, fault: &Fault, done: &mut Done, now: Timestamp) {
        let is_asked_once = matches!(order.rule.strategy, Strategy::RoutingControl { .. });
        let is_one_by_one = matches!(order.rule.strategy, Strategy::DistributionDomain(_));
        let is_no = !is_one_by_one && (fault.is_refusal() || is_asked_once && fault.is_conflict());
        let begun = done.noted.as_ref().filter(|memory| memory.begun.is_some());
        if let Some(memory) = begun.filter(|_| is_no && !done.has_moved) {
            let memory = Memory { begun: None, ..memory.clone() };
            // A note that fails is told in the report.
            let _ = self.apply(order, &[Step::Note { memory, what: Noted::InVain }], done, now).await;
        }
    }

    /// Applies steps in their order, up to the first that fails. That something is not noted keeps no traffic from
    /// moving: an outage is what this function is for.
    async fn apply(
        &self,
        order: &Order<'_>,
        steps: &[Step],
        done: &mut Done,
        now: Timestamp,
    ) -> Result<(), Fault> {
        let mut etag = None;
        let mut failed = None;
        for step in steps {
            if failed.is_some() {
                done.steps.push(StepReport::new(step, StepStatus::NotAttempted));
                continue;
            }
            let applied = match step {
                Step::Save(memory) | Step::Note { memory, .. } => {
                    let mut report = StepReport::new(step, StepStatus::Applied);
                    if let Err(fault) = self.note(order, memory, now).await {
                        let words = Chain(&fault).to_string();
                        warn!(target = %order.target, "not noted: {words}");
                        report.status = StepStatus::Failed;
                        report.details.insert("error".to_owned(), json!(words));
                        done.unnoted = Some(words);
                    } else {
                        done.noted = Some(memory.clone());
                        done.unnoted = None;
                    }
                    // What was noted before a conflict is noted anew after it.
                    done.steps.retain(|earlier| earlier.step != report.step);
                    done.steps.push(report);
                    continue;
                }
                moves => self.move_traffic(order, moves, &mut etag).await,
            };
            match applied {
                Ok((outcome, details)) => {
                    let is_done = outcome == Outcome::Done;
                    let status = if is_done { StepStatus::Applied } else { StepStatus::Already };
                    let mut report = StepReport::new(step, status);
                    report.details.extend(details);
                    done.steps.push(report);
                    done.has_moved |= outcome != Outcome::Already;
                    // What somebody else has moved is not noted as a move, so that nothing here takes it back.
                    if outcome == Outcome::Already {
                        return Ok(());
                    }
                }
                Err(fault) => {
                    done.steps.push(StepReport::new(step, StepStatus::Failed));
                    failed = Some(fault);
                }
            }
        }
        failed.map_or(Ok(()), Err)
    }

    /// Applies a step that moves traffic. `etag` is the version of the distribution that the step before has left.
    async fn move_traffic(
        &self,
        order: &Order<'_>,
        step: &Step,
        etag: &mut Option<String>,
    ) -> Result<(Outcome, Map<String, Value>), Fault> {
        let mut details = Map::new();
        let mut outcome = Outcome::Done;
        match step {
            Step::ChangeRecords { after, .. } => {
                let comment = format!("lamplighter {} {}", order.action.name(), order.id);
                let change = self.dns.change(&order.rule.zone, after, &comment).await?;
                let seen = match self.dns.progress(&change.id).await {
                    Ok(seen) => seen,
                    Err(fault) => {
                        warn!("{}", Chain(&fault));
                        change
                    }
                };
                let status = if seen.in_sync { "INSYNC" } else { "PENDING" };
                details.insert("change".to_owned(), json!(seen.id));
                details.insert("route53".to_owned(), json!(status));
            }
            Step::SetCheck { id, check } => self.dns.set_check(id, check).await?,
            Step::PutObject(object) => {
                let text = format!("{} {} of {}\n", order.action.name(), order.id, order.target);
                outcome = self.dns.put_object(object, &text, &order.owner()).await?;
            }
            Step::RemoveObject(object) => self.dns.remove_object(object).await?,
            Step::SetControls { on } => {
                if let Strategy::RoutingControl { controls, endpoints } = &order.rule.strategy {
                    self.dns.set_controls(controls, on, &in_turn(order, endpoints)).await?;
                }
            }
            Step::MoveName { name, to, etag: seen } => {
                let version = etag.take().unwrap_or_else(|| seen.clone());
                *etag = Some(self.dns.move_name(name, to, &version).await?);
            }
            Step::Save(_) | Step::Note { .. } => {}
        }
        Ok((outcome, details))
    }
}

/// The endpoints of a cluster, from a start that differs from order to order, so that not all begin at the same one, and
/// from delivery to delivery, so that one that is dead is not waited for again.
fn in_turn<'p>(order: &Order<'p>, endpoints: &'p [ClusterEndpoint]) -> Vec<&'p ClusterEndpoint> {
    let of_order: usize = order.id.as_str().bytes().map(usize::from).sum();
    let of_delivery = usize::try_from(order.receives).unwrap_or_default();
    let start = of_order.wrapping_add(of_delivery).checked_rem(endpoints.len()).unwrap_or(0);
    endpoints.iter().cycle().skip(start).take(endpoints.len()).collect()
}

/// Why an order is not let in.
type Refusal = Box<Why>;

#[cfg(test)]
mod tests;
