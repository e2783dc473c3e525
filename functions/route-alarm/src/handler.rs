//! The five verbs for one invocation: the records are decoded already; observe, plan, apply, report.

mod approvals;
mod control;
mod pauses;
mod report;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use shared::command::Mode;
use shared::plan::Plan;
use shared::playbook::Playbook;
use shared::report::Report;
use shared::routing::{Dispatch, Signal};
use shell::config::Chain;
use shell::ledger::{Denial, Entry, Guard, Ledger, Mark};
use shell::{Invocation, Settled, settle};
use tracing::{info, warn};

use crate::guards::{guards, newest};
use crate::order::{Recheck, Work, jobs};
use crate::plan::{Step, Why, command, plan};
use crate::screen::{Order, Sight, Task, screen};
use crate::world::{Fault, Made, Outside, Seen, Sent, World};

/// What the router works with.
#[derive(Debug)]
pub struct Router<'a, L, O> {
    /// The ledger, if there is one.
    pub ledger: Option<L>,
    /// The way out.
    pub outside: O,
    /// The targets and the routes.
    pub playbook: &'a Playbook,
    /// The functions that commands can be sent to.
    pub functions: &'a BTreeSet<String>,
    /// Whether schedules can be made.
    pub schedules: bool,
}

/// The circumstances of one invocation.
#[derive(Debug, Clone, Copy)]
struct Circumstances {
    mode: Mode,
    now: Timestamp,
    /// When this invocation has ended, one way or the other.
    until: Timestamp,
}

/// Serves one invocation: every event by itself, one after the other.
pub async fn handle<L: Ledger, O: Outside>(router: &Router<'_, L, O>, invocation: &Invocation) -> Settled {
    let circumstances =
        Circumstances { mode: invocation.mode, now: invocation.began_at, until: invocation.deadline.at() };
    let jobs = jobs(&invocation.arrival, invocation.mode);
    settle(invocation, jobs, async |work| match work {
        Work::Signal { signal, delivery } => {
            router.route(&signal, Sight::Delivered, &delivery, circumstances).await
        }
        Work::Recheck { recheck, delivery } => router.recheck(&recheck, &delivery, circumstances).await,
        Work::Control(control) => vec![router.control(&control, circumstances).await],
        Work::Answered(report) => vec![*report],
    })
    .await
}

/// An order, what was decided about it, and what the ledger had said.
struct Decided<'a> {
    order: Order<'a>,
    plan: Plan<Step, Why>,
    noted: bool,
}

/// What became of earlier orders of the same signal, as far as it concerns this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Before {
    /// Nothing.
    None,
    /// Another command of the same route to the same target may go: they rest together afterwards.
    Sibling,
    /// Another route sends the very same command.
    Same,
}

impl Before {
    fn of(order: &Order<'_>, decided: &[Decided<'_>]) -> Self {
        let Some(this) = command(&order.task) else { return Self::None };
        let mut before = Self::None;
        for Decided { order: earlier, plan, .. } in decided {
            let Some(other) = command(&earlier.task) else { continue };
            let (acts, is_routed) = match plan {
                Plan::Act { .. } => (true, true),
                _ => (false, matches!(plan.why(), Why::AlreadyRouted { .. })),
            };
            if acts && other.deduplication == this.deduplication {
                return Self::Same;
            }
            if is_routed && earlier.route == order.route && other.target == this.target {
                before = Self::Sibling;
            }
        }
        before
    }
}

impl<L: Ledger, O: Outside> Router<'_, L, O> {
    /// Decides about each order of a signal, sends what is to be sent together, and reports on each.
    async fn route(
        &self,
        signal: &Signal,
        sight: Sight<'_>,
        delivery: &str,
        circumstances: Circumstances,
    ) -> Vec<Report> {
        let mut decided = Vec::new();
        for order in screen(self.playbook, signal, sight, circumstances.now) {
            let ledger = match Before::of(&order, &decided) {
                Before::Same => {
                    let (owner, until) = (delivery.to_owned(), circumstances.until);
                    Seen::Denied(vec![Denial::Claimed { owner, until, done: true }])
                }
                before => self.observe(&order, before, delivery, circumstances).await,
            };
            let noted = matches!(ledger, Seen::Passed | Seen::Denied(_));
            let world = World {
                ledger,
                schedules: self.schedules,
                delivery: delivery.to_owned(),
                now: circumstances.now,
            };
            let plan = plan(&order, &world);
            info!(correlation = %signal.correlation(), "plan: {plan}");
            decided.push(Decided { order, plan, noted });
        }
        if circumstances.mode == Mode::Plan {
            return decided.iter().map(|decided| report::not_applied(decided, circumstances.mode)).collect();
        }
        let mut sent = self.send(&decided).await;
        let mut reports = Vec::with_capacity(decided.len());
        for (index, decided) in decided.iter().enumerate() {
            reports.push(self.finish(decided, sent.remove(&index), circumstances).await);
        }
        reports
    }

    /// Asks the ledger to let an order pass. That is at once the look at the world and the claim on it.
    async fn observe(
        &self,
        order: &Order<'_>,
        before: Before,
        delivery: &str,
        circumstances: Circumstances,
    ) -> Seen {
        let Some(ledger) = &self.ledger else {
            return Seen::Unset;
        };
        let Circumstances { mode, now, until } = circumstances;
        let mut guards = guards(order, &self.playbook.guardrails, delivery, now, until);
        if before == Before::Sibling {
            guards.retain(|guard| !matches!(guard, Guard::Cooldown { .. }));
        }
        if guards.is_empty() {
            return Seen::Passed;
        }
        let seen = match mode {
            Mode::Apply => ledger.enter(&guards, now).await,
            Mode::Plan => ledger.look(&guards, now).await,
        };
        match seen {
            Ok(Entry::Entered) => Seen::Passed,
            Ok(Entry::Denied(denials)) => {
                // What was denied is not taken down, but that the alarm was seen in this state must be.
                let is_known =
                    |denial: &Denial| matches!(denial, Denial::Older { .. } | Denial::Claimed { .. });
                let newest = newest(order.signal).filter(|_| mode == Mode::Apply);
                if let Some(newest) = newest.filter(|_| !denials.iter().any(is_known))
                    && let Err(fault) = ledger.enter(&[newest], now).await
                {
                    warn!("an alarm's newest state is not noted: {}", Chain(&fault));
                }
                Seen::Denied(denials)
            }
            Err(fault) => Seen::Silent(Chain(&fault).to_string()),
        }
    }

    /// Sends all commands that were decided on, those for one queue together.
    async fn send(&self, decided: &[Decided<'_>]) -> BTreeMap<usize, Result<Sent, Fault>> {
        let mut queues: BTreeMap<&str, Vec<(usize, &Dispatch)>> = BTreeMap::new();
        for (index, Decided { plan, .. }) in decided.iter().enumerate() {
            let Plan::Act { steps, .. } = plan else { continue };
            for step in steps {
                if let Step::SendCommand(dispatch) = step {
                    queues.entry(&dispatch.function).or_default().push((index, dispatch));
                }
            }
        }
        let mut sent = BTreeMap::new();
        for (function, commands) in queues {
            let (indices, commands): (Vec<usize>, Vec<&Dispatch>) = commands.into_iter().unzip();
            sent.extend(indices.into_iter().zip(self.outside.send(function, &commands).await));
        }
        sent
    }

    /// Applies what is left of a plan, notes in the ledger what was done, and reports.
    async fn finish(
        &self,
        decided: &Decided<'_>,
        sent: Option<Result<Sent, Fault>>,
        circumstances: Circumstances,
    ) -> Report {
        let mode = circumstances.mode;
        let Plan::Act { steps, .. } = &decided.plan else {
            return report::not_applied(decided, mode);
        };
        if let [Step::ScheduleRecheck(wake)] = steps.as_slice() {
            return match self.outside.wake_at(wake).await {
                Ok(made) => report::put_off(decided, mode, made == Made::Already),
                Err(fault) => report::failed(decided, mode, &fault),
            };
        }
        let report = match sent {
            Some(Ok(sent)) => report::sent(decided, mode, &sent),
            Some(Err(fault)) => return report::failed(decided, mode, &fault),
            None => return report::failed(decided, mode, &nothing_sent()),
        };
        let Some(ledger) = self.ledger.as_ref().filter(|_| decided.noted) else {
            return report;
        };
        let key = match &decided.order.task {
            Task::Send(dispatch) | Task::Propose { planned: dispatch, .. } => dispatch.deduplication.clone(),
            _ => return report,
        };
        let marks = [Mark::Done { key }, report::last(&report, circumstances.now)];
        match ledger.mark(&marks, circumstances.now).await {
            Ok(()) => report,
            Err(fault) => report::sent_and_not_noted(report, &fault),
        }
    }

    /// Looks again at an alarm that was put off, and routes it if it is still in its state.
    async fn recheck(&self, recheck: &Recheck, delivery: &str, circumstances: Circumstances) -> Vec<Report> {
        let Recheck { alarm, route, mode, .. } = recheck;
        let circumstances = Circumstances { mode: *mode, ..circumstances };
        let mut alarm = alarm.clone();
        (alarm.mute, alarm.suppressed_by) = (None, None);
        match self.outside.state_of(&alarm).await {
            Err(fault) => vec![report::recheck_failed(recheck, &fault)],
            Ok(None) => vec![report::alarm_gone(recheck)],
            Ok(Some(current)) if current.has_left(&alarm) => vec![report::state_left(recheck, &current)],
            Ok(Some(_)) => {
                let signal = Signal::Alarm(Box::new(alarm));
                self.route(&signal, Sight::Confirmed(route.as_ref()), delivery, circumstances).await
            }
        }
    }
}

fn nothing_sent() -> Fault {
    Fault { operation: "send a command".to_owned(), class: None, source: "there was no answer for it".into() }
}
