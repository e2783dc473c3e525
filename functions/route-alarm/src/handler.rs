//! The five verbs for one invocation: the records are decoded already; observe, plan, apply, report.

mod approvals;
mod before;
mod control;
mod finish;
mod pauses;
mod report;

use std::collections::BTreeSet;

use jiff::Timestamp;
use shared::command::Mode;
use shared::ids::TargetName;
use shared::plan::Plan;
use shared::playbook::Playbook;
use shared::report::Report;
use shared::routing::Signal;
use shell::config::Chain;
use shell::ledger::{Entry, Guard, Ledger};
use shell::{Invocation, Settled, settle};
use tracing::info;

use self::before::Before;
use crate::guards::guards;
use crate::order::{Recheck, Work, jobs};
use crate::plan::{Step, Why, plan};
use crate::screen::{Order, Sight, screen};
use crate::world::{CurrentState, Outside, Seen, World};

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

/// An order, what the ledger said to it, and what was decided.
struct Decided<'a> {
    order: Order<'a>,
    /// What rests when the command is sent, and until when.
    rests: Vec<(String, Timestamp)>,
    /// Whether it was this order that made it rest.
    took_rest: bool,
    /// What it was counted under.
    counts: Vec<String>,
    delivery: String,
    seen: Seen,
    plan: Plan<Step, Why>,
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
            decided.push(self.decide(order, &decided, delivery, circumstances).await);
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

    /// Asks the ledger to let an order pass, and decides. To ask is at once the look at the world and the claim on it.
    async fn decide<'a>(
        &self,
        order: Order<'a>,
        decided: &[Decided<'_>],
        delivery: &str,
        circumstances: Circumstances,
    ) -> Decided<'a> {
        let Circumstances { now, until, .. } = circumstances;
        let mut guards = guards(&order, &self.playbook.guardrails, delivery, now, until);
        let rests: Vec<(String, Timestamp)> = guards.iter().filter_map(rest).collect();
        let counts = guards.iter().filter_map(count).collect();
        let before = Before::of(&order, decided);
        if before == Before::Sibling {
            guards.retain(|guard| rest(guard).is_none());
        }
        let (seen, took_rest) = match before {
            Before::Same(route) => (Seen::OrderedBy(route), false),
            Before::Sibling => (self.observe(&guards, circumstances).await, false),
            Before::None => {
                let seen = self.observe(&guards, circumstances).await;
                let passed = seen == Seen::Passed;
                (seen, passed)
            }
        };
        let (schedules, delivery) = (self.schedules, delivery.to_owned());
        let world = World { ledger: seen.clone(), schedules, delivery: delivery.clone(), now };
        let plan = plan(&order, &world);
        info!(correlation = %order.signal.correlation(), "plan: {plan}");
        Decided { order, rests, took_rest, counts, delivery, seen, plan }
    }

    async fn observe(&self, guards: &[Guard], circumstances: Circumstances) -> Seen {
        let Some(ledger) = &self.ledger else {
            return Seen::Unset;
        };
        let Circumstances { mode, now, .. } = circumstances;
        if guards.is_empty() {
            return Seen::Passed;
        }
        let seen = match mode {
            Mode::Apply => ledger.enter(guards, now).await,
            Mode::Plan => ledger.look(guards, now).await,
        };
        match seen {
            Ok(Entry::Entered) => Seen::Passed,
            Ok(Entry::Denied(denials)) => Seen::Denied(denials),
            Err(fault) => Seen::Silent(Chain(&fault).to_string()),
        }
    }

    /// Looks again at an alarm that was put off, and routes it if it is still in its state.
    async fn recheck(&self, recheck: &Recheck, delivery: &str, circumstances: Circumstances) -> Vec<Report> {
        let Recheck { alarm, mode, .. } = recheck;
        // A route that is gone, or has another name by now, must not leave an alarm unheard.
        let is_there = |name: &&TargetName| self.playbook.routes.iter().any(|route| route.name == **name);
        let route = recheck.route.as_ref().filter(is_there);
        let circumstances = Circumstances { mode: *mode, ..circumstances };
        let mut alarm = alarm.clone();
        (alarm.mute, alarm.suppressed_by) = (None, None);
        match self.outside.state_of(&alarm).await {
            Err(fault) => vec![report::recheck_failed(recheck, &fault)],
            Ok(None) => vec![report::alarm_gone(recheck)],
            Ok(Some(current)) if current.has_left(&alarm) => vec![report::state_left(recheck, &current)],
            Ok(Some(CurrentState { silenced: Some(by), .. })) => {
                alarm.suppressed_by = Some(by);
                let signal = Signal::Alarm(Box::new(alarm));
                self.route(&signal, Sight::Delivered, delivery, circumstances).await
            }
            Ok(Some(_)) => {
                let signal = Signal::Alarm(Box::new(alarm));
                self.route(&signal, Sight::Confirmed(route), delivery, circumstances).await
            }
        }
    }
}

/// What a guard makes rest, and until when.
fn rest(guard: &Guard) -> Option<(String, Timestamp)> {
    if let Guard::Cooldown { key, until } = guard { Some((key.clone(), *until)) } else { None }
}

/// What a guard counts under.
fn count(guard: &Guard) -> Option<String> {
    if let Guard::HourlyCount { key, .. } = guard { Some(key.clone()) } else { None }
}
