//! What must be so before an order is carried out: the guards that the ledger is asked to pass.

use jiff::Timestamp;
use serde_json::json;
use shared::event::AlarmState;
use shared::ids::fingerprint;
use shared::period::Period;
use shared::playbook::Guardrails;
use shared::playbook::route::Route;
use shared::routing::{Dispatch, Signal};
use shell::ledger::{Guard, Proposal};

use crate::order::ALL;
use crate::screen::{Order, Task};

/// How often people are told about an alarm that no route matches: once in this time.
const NO_ROUTE_AGAIN: Period = Period::HOUR;

/// Lists the guards of an order, as one write of the ledger can pass them.
///
/// Claims end at `until`, when this invocation has ended one way or the other.
#[must_use]
pub fn guards(
    order: &Order<'_>,
    guardrails: &Guardrails,
    delivery: &str,
    now: Timestamp,
    until: Timestamp,
) -> Vec<Guard> {
    let mut guards = Vec::new();
    let claim = |key, until| Guard::Claim { key, owner: delivery.to_owned(), until };
    match &order.task {
        Task::Ignore | Task::Replayed { .. } => return guards,
        Task::Suppressed { .. } | Task::Postpone { .. } => {}
        Task::Unrouted { .. } => {
            // A lease, which the same delivery enters again: one that died before it told people still does.
            if !is_recovery(order.signal) {
                let target = format!("no-route/{}", order.signal.subject());
                let (owner, until) = (delivery.to_owned(), NO_ROUTE_AGAIN.after(now));
                guards.push(Guard::Lease { target, owner, until });
            }
        }
        Task::Tell(_) => {
            guards.push(claim(told(order), Timestamp::MAX));
            if let Some((route, cooldown)) = order.route.and_then(|route| Some((route, route.cooldown?))) {
                let key = format!("route/{}", route.name);
                guards.push(Guard::Cooldown { key, until: cooldown.after(now) });
            }
        }
        Task::Send(dispatch) => {
            guards.push(claim(dispatch.deduplication.clone(), until));
            guards.extend(not_paused(dispatch));
            guards.extend(route_rests(order.route, dispatch, now));
            guards.extend(target_rests(guardrails, dispatch, now));
            guards.extend(counts(order.route, guardrails));
        }
        Task::Propose { planned, approved, within } => {
            guards.push(claim(planned.deduplication.clone(), until));
            guards.extend(not_paused(planned));
            guards.extend(route_rests(order.route, planned, now));
            guards.push(Guard::Propose(Proposal {
                id: planned.approval(),
                since: now,
                until: within.after(now),
                what: json!({
                    "command": approved,
                    "alarm": order.signal.name(),
                    "route": order.route.map(|route| &route.name),
                    "correlation": order.signal.correlation(),
                }),
                approved_by: None,
                sent: false,
            }));
        }
    }
    guards.extend(newest(order.signal));
    guards
}

/// The guard against alarms that are older than what was seen of them.
#[must_use]
pub fn newest(signal: &Signal) -> Option<Guard> {
    match signal {
        Signal::Alarm(alarm) if alarm.replay.is_none() => {
            Some(Guard::Newest { subject: signal.subject(), at: alarm.at })
        }
        Signal::Alarm(_) | Signal::Notice(_) => None,
    }
}

/// The guards against pauses: of everything, of the target and of its function.
#[must_use]
pub fn not_paused(dispatch: &Dispatch) -> [Guard; 3] {
    [ALL, dispatch.target.as_str(), &dispatch.function]
        .map(|scope| Guard::NotPaused { scope: scope.to_owned() })
}

/// The guards against too many commands in an hour: of a route, and of all.
#[must_use]
pub fn counts(route: Option<&Route>, guardrails: &Guardrails) -> Vec<Guard> {
    let of_route = route.and_then(|route| Some((format!("route/{}", route.name), route.max_per_hour?)));
    let of_all = guardrails.max_per_hour.map(|limit| (ALL.to_owned(), limit));
    let guards = of_route.into_iter().chain(of_all);
    guards.map(|(key, limit)| Guard::HourlyCount { key, limit: limit.get() }).collect()
}

/// The guard that makes a route rest for a target.
fn route_rests(route: Option<&Route>, dispatch: &Dispatch, now: Timestamp) -> Option<Guard> {
    let route = route?;
    let (key, cooldown) = (format!("route/{}/{}", route.name, dispatch.target), route.cooldown?);
    Some(Guard::Cooldown { key, until: cooldown.after(now) })
}

/// The guard that makes a target rest from all routes, once a command for it is to be carried out.
#[must_use]
pub fn target_rests(guardrails: &Guardrails, dispatch: &Dispatch, now: Timestamp) -> Option<Guard> {
    let (key, cooldown) = (format!("target/{}", dispatch.target), guardrails.target_cooldown?);
    Some(Guard::Cooldown { key, until: cooldown.after(now) })
}

/// Whether an alarm is well again. That it was not is what people are told.
#[must_use]
pub fn is_recovery(signal: &Signal) -> bool {
    matches!(signal, Signal::Alarm(alarm) if alarm.to == AlarmState::Ok)
}

/// What makes a report of a route that only reports the same report.
fn told(order: &Order<'_>) -> String {
    let route = order.route.map_or("", |route| route.name.as_str());
    fingerprint(["told", &order.signal.subject(), &order.signal.occurrence(), route])
}

#[cfg(test)]
mod tests;
