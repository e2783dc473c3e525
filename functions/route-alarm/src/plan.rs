//! Decides what becomes of one order. Read this file first.
#![cfg_attr(not(test), warn(clippy::wildcard_enum_match_arm))]

mod why;

pub use why::{LASTING, Why};

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use shared::ids::fingerprint;
use shared::plan::{Plan, Step as PlanStep};
use shared::routing::{Dispatch, Signal};
use shell::ledger::Denial;

use crate::guards::is_recovery;
use crate::order::RECHECK;
use crate::screen::{Cause, Order, Task};
use crate::world::{Seen, Wake, World};

/// The function whose commands are sent without a ledger: an outage is what it is for, and its own latch and limits
/// protect its targets.
pub const ACTS_WITHOUT_LEDGER: &str = "failover-dns";

/// Decides what to do about an order.
///
/// | condition, in this order | decision | `why.code` |
/// | --- | --- | --- |
/// | an alarm of a scaling policy | hold | `not-for-us` |
/// | a replay that the route does not ask for | hold | `replayed` |
/// | no route, and nothing newer was seen of the alarm | hold | `no-route` |
/// | an earlier route orders the same for the same signal | hold | `already-routed` |
/// | a command, and there is no ledger | refuse | `ledger-unset` |
/// | a command, and the ledger is silent | wait | `ledger-unavailable` |
/// | … but it is one for failover-dns, and needs no approval | act | `routed-without-ledger` |
/// | claimed, and done | hold | `already-routed` |
/// | claimed by another delivery that is still at work | hold | `already-routed` |
/// | something newer was seen of the alarm | hold | `stale` |
/// | a pause is in force | refuse | `paused` |
/// | claimed before by this delivery, or by one that has died | act | `routed`, `approval-asked` |
/// | a cooldown is running | refuse | `cooldown` |
/// | as many as allowed were sent in this hour | refuse | `max-per-hour` |
/// | suppressed | hold | `suppressed` |
/// | put off, and schedules can be made | act | `hold-down`, `muted` |
/// | put off, and they cannot | hold | `muted`; `hold-down` is refused as `schedules-unset` |
/// | the route only reports | hold | `reported` |
/// | otherwise | act | `routed`, `approval-asked` |
pub fn plan(order: &Order<'_>, world: &World) -> Plan<Step, Why> {
    let denials = match (&world.ledger, command(&order.task)) {
        (Seen::Denied(denials), _) => denials.as_slice(),
        (Seen::OrderedBy(route), _) => {
            let route = route.as_ref().map_or_else(|| "none".to_owned(), ToString::to_string);
            return Plan::Hold { why: Why::OrderedBy { route } };
        }
        (Seen::Passed, _) | (Seen::Silent(_) | Seen::Unset, None) => &[],
        (Seen::Silent(_) | Seen::Unset, Some(dispatch))
            if dispatch.function == ACTS_WITHOUT_LEDGER && matches!(order.task, Task::Send(_)) =>
        {
            let why = Why::RoutedWithoutLedger { route: route(order), function: dispatch.function.clone() };
            return Plan::Act { steps: vec![Step::SendCommand(Box::new(dispatch.clone()))], why };
        }
        (Seen::Silent(reason), Some(_)) => {
            return Plan::Wait { why: Why::LedgerUnavailable { reason: reason.clone() } };
        }
        (Seen::Unset, Some(_)) => return Plan::Refuse { why: Why::LedgerUnset },
    };
    if let Some(plan) = denied(order, world, denials) {
        return plan;
    }
    undenied(order, world, denials)
}

/// What follows from the ledger's denials, if anything does.
fn denied(order: &Order<'_>, world: &World, denials: &[Denial]) -> Option<Plan<Step, Why>> {
    let mut ours = false;
    if let Some((owner, until, done)) = denials.iter().find_map(claimed) {
        ours = !done && (*owner == world.delivery || *until <= world.now);
        if !ours {
            let by = (*owner != world.delivery).then(|| owner.clone());
            return Some(Plan::Hold { why: Why::AlreadyRouted { by, done } });
        }
    }
    if let Some(newest) = denials.iter().find_map(older) {
        return Some(Plan::Hold { why: Why::Stale { what: order.signal.sentence(), newest } });
    }
    for denial in denials {
        let why = match denial {
            Denial::Paused(pause) => Why::Paused { pause: pause.clone() },
            // The cooldown and the count are those of our own first attempt.
            Denial::CoolingDown { .. } | Denial::CountReached { .. } if ours => continue,
            Denial::CoolingDown { key, until } => {
                Why::Cooldown { route: route(order), key: key.clone(), until: *until }
            }
            Denial::CountReached { key, limit } => Why::MaxPerHour { key: key.clone(), limit: *limit },
            // People were told of it: that keeps nothing from being done.
            Denial::Leased { .. } if matches!(order.task, Task::Unrouted { .. }) => continue,
            Denial::Leased { target, owner, until } => {
                let why = Why::LeaseBusy { target: target.clone(), owner: owner.clone(), until: *until };
                return Some(Plan::Wait { why });
            }
            Denial::Claimed { .. } | Denial::Older { .. } | Denial::NotOpen(_) => continue,
        };
        return Some(Plan::Refuse { why });
    }
    None
}

/// What an order comes to when nothing denies it.
fn undenied(order: &Order<'_>, world: &World, denials: &[Denial]) -> Plan<Step, Why> {
    let route = || route(order);
    match &order.task {
        Task::Ignore => Plan::Hold { why: Why::NotForUs },
        Task::Unrouted { others } => {
            let quiet = if is_recovery(order.signal) {
                Some("a recovery, of which people are not told")
            } else {
                let told = denials.iter().any(|denial| matches!(denial, Denial::Leased { .. }));
                told.then_some("people were told within the last hour")
            };
            let what = order.signal.sentence();
            Plan::Hold { why: Why::NoRoute { what, others: others.clone(), quiet } }
        }
        Task::Replayed { by } => Plan::Hold { why: Why::Replayed { route: route(), by: by.clone() } },
        Task::Suppressed { by } => Plan::Hold { why: Why::Suppressed { by: by.clone() } },
        Task::Tell(text) => {
            let what = order.signal.sentence();
            let explanation = order.signal.explanation().map(str::to_owned);
            Plan::Hold { why: Why::Reported { text: text.clone(), what, explanation } }
        }
        Task::Postpone { until, cause } => {
            let why = match cause {
                Cause::HoldDown(period) => Why::HoldDown { route: route(), period: *period, until: *until },
                Cause::Mute => Why::Muted { until: *until, looks_again: world.schedules },
            };
            match (world.schedules, cause) {
                (true, _) => {
                    Plan::Act { steps: vec![Step::ScheduleRecheck(wake(order, *until, *cause))], why }
                }
                (false, Cause::Mute) => Plan::Hold { why },
                (false, Cause::HoldDown(_)) => Plan::Refuse { why: Why::SchedulesUnset },
            }
        }
        Task::Send(dispatch) => {
            let why = Why::Routed {
                what: order.signal.sentence(),
                route: route(),
                function: dispatch.function.clone(),
            };
            Plan::Act { steps: vec![Step::SendCommand(dispatch.clone())], why }
        }
        Task::Propose { planned, within, .. } => {
            let (approval, until) = (planned.approval(), within.after(world.now));
            let why = Why::ApprovalAsked { what: order.signal.sentence(), route: route(), approval, until };
            Plan::Act { steps: vec![Step::SendCommand(planned.clone())], why }
        }
    }
}

/// The command that an order would send.
#[must_use]
pub fn command(task: &Task) -> Option<&Dispatch> {
    match task {
        Task::Send(dispatch) | Task::Propose { planned: dispatch, .. } => Some(dispatch),
        Task::Ignore
        | Task::Unrouted { .. }
        | Task::Suppressed { .. }
        | Task::Replayed { .. }
        | Task::Postpone { .. }
        | Task::Tell(_) => None,
    }
}

fn claimed(denial: &Denial) -> Option<(&String, &Timestamp, bool)> {
    if let Denial::Claimed { owner, until, done } = denial { Some((owner, until, *done)) } else { None }
}

fn older(denial: &Denial) -> Option<Timestamp> {
    if let Denial::Older { newest } = denial { Some(*newest) } else { None }
}

fn route(order: &Order<'_>) -> String {
    order.route.map_or_else(|| "none".to_owned(), |route| route.name.to_string())
}

/// The schedule for another look: the same for the same signal, route and cause.
fn wake(order: &Order<'_>, at: Timestamp, cause: Cause) -> Wake {
    let cause = match cause {
        Cause::HoldDown(_) => "hold-down",
        Cause::Mute => "mute",
    };
    let name = fingerprint([&order.signal.subject(), &order.signal.occurrence(), &route(order), cause]);
    let mut input = json!({"action": RECHECK, "id": format!("recheck-{name}")});
    if let Some(route) = order.route {
        input["route"] = json!(route.name);
    }
    if let Signal::Alarm(alarm) = order.signal {
        input["alarm"] = json!(alarm);
    }
    input["origin"] = json!({"source": "schedule", "correlation": order.signal.correlation()});
    Wake { name: format!("{cause}-{name}"), at, input }
}

/// What the router can do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Sends a command to the queue of its function.
    SendCommand(Box<Dispatch>),
    /// Makes a schedule that wakes the router to look again.
    ScheduleRecheck(Wake),
}

impl PlanStep for Step {
    fn name(&self) -> &'static str {
        match self {
            Self::SendCommand(_) => "send-command",
            Self::ScheduleRecheck(_) => "schedule-recheck",
        }
    }

    fn details(&self) -> Map<String, Value> {
        let details = match self {
            Self::SendCommand(dispatch) => json!({
                "function": dispatch.function,
                "action": dispatch.action,
                "target": dispatch.target,
                "id": dispatch.id,
                "command_mode": dispatch.mode,
            }),
            Self::ScheduleRecheck(wake) => json!({"schedule": wake.name, "at": wake.at.to_string()}),
        };
        if let Value::Object(details) = details { details } else { Map::new() }
    }
}

#[cfg(test)]
mod tests;
