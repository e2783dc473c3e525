//! Finds the routes of a signal, and what each of them asks for.

use jiff::Timestamp;
use shared::command::Mode;
use shared::event::{Alarm, Mute};
use shared::ids::{CommandId, TargetName, shorten};
use shared::period::Period;
use shared::playbook::Playbook;
use shared::playbook::route::{Fit, Route, Then};
use shared::report::{NONE, Subject};
use shared::routing::{Dispatch, Signal};

use crate::FUNCTION;

/// Something to be decided about a signal: one report will say what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order<'a> {
    /// What happened.
    pub signal: &'a Signal,
    /// The route that it matched, if it is about one.
    pub route: Option<&'a Route>,
    /// What the route asks for.
    pub task: Task,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Task {
    /// Nothing: alarms of scaling policies fire all day by design.
    Ignore,
    /// Nothing, as no route matched; these routes are about the same alarm, but about another transition.
    Unrouted {
        /// Their names.
        others: Vec<TargetName>,
    },
    /// Nothing: the actions of the alarm are suppressed, and CloudWatch sends another event when they no longer are.
    Suppressed {
        /// By what.
        by: String,
    },
    /// Nothing: it is a replay, and the route does not ask for those.
    Replayed {
        /// The replay.
        by: String,
    },
    /// To look again later.
    Postpone {
        /// When.
        until: Timestamp,
        /// Why.
        cause: Cause,
    },
    /// To tell people, in these words.
    Tell(String),
    /// To send a command.
    Send(Box<Dispatch>),
    /// To send it to be planned only, and to keep what is to be sent once somebody approves.
    Propose {
        /// The command to be planned.
        planned: Box<Dispatch>,
        /// The command to be carried out.
        approved: Box<Dispatch>,
        /// How long it can be approved.
        within: Period,
    },
}

/// Why something is put off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// The route wants the alarm to have been in its state for so long.
    HoldDown(Period),
    /// The alarm's actions are muted.
    Mute,
}

/// How the router came to see a signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight<'a> {
    /// It was delivered.
    Delivered,
    /// It looked again, as it set out to, and the alarm is still in the state: for this route, or for all.
    Confirmed(Option<&'a TargetName>),
}

/// Lists what is to be decided about a signal: one order for each command of each route that it matches.
///
/// | condition, in this order | task |
/// | --- | --- |
/// | no route is about an alarm of a scaling policy | ignore |
/// | no route matches | unrouted |
/// | its actions are suppressed | suppressed, once for all routes |
/// | its actions are muted, now or when its state changed | look again when the mute ends, once for all routes |
/// | it is a replay and the route does not ask for those | replayed |
/// | the route has a hold-down, and nobody has looked again since it was over | look again when it is over |
/// | the route only reports | tell |
/// | the route wants approval | propose, for each command |
/// | otherwise | send, for each command |
#[must_use]
pub fn screen<'a>(
    playbook: &'a Playbook,
    signal: &'a Signal,
    sight: Sight<'_>,
    now: Timestamp,
) -> Vec<Order<'a>> {
    let asked = |route: &&Route| match sight {
        Sight::Delivered | Sight::Confirmed(None) => true,
        Sight::Confirmed(Some(name)) => route.name == *name,
    };
    let fits = |fit| playbook.routes.iter().filter(asked).filter(move |route| signal.fit(route) == fit);
    let routes: Vec<&Route> = fits(Fit::Matches).collect();
    let once = |task| vec![Order { signal, route: None, task }];
    if routes.is_empty() {
        let others: Vec<_> = fits(Fit::OtherTransition).map(|route| route.name.clone()).collect();
        if signal.is_of_scaling() && others.is_empty() {
            return once(Task::Ignore);
        }
        return once(Task::Unrouted { others });
    }
    if let Signal::Alarm(alarm) = signal
        && sight == Sight::Delivered
    {
        if let Some(by) = &alarm.suppressed_by {
            return once(Task::Suppressed { by: shorten(by) });
        }
        if let Some(mute) = alarm.mute.as_ref().filter(|mute| covers(mute, alarm, now)) {
            let until = later(mute.until, now);
            return once(Task::Postpone { until, cause: Cause::Mute });
        }
    }
    routes.into_iter().flat_map(|route| orders(playbook, signal, route, sight, now)).collect()
}

fn orders<'a>(
    playbook: &Playbook,
    signal: &'a Signal,
    route: &'a Route,
    sight: Sight<'_>,
    now: Timestamp,
) -> Vec<Order<'a>> {
    let once = |task| vec![Order { signal, route: Some(route), task }];
    if let Some(by) = signal.replay().filter(|_| !route.replays) {
        return once(Task::Replayed { by: shorten(by) });
    }
    if let (Some(period), Some(at)) = (route.hold_down, signal.at()) {
        let over = period.after(at);
        let has_waited = match sight {
            Sight::Delivered => false,
            // A look for this very route is the one that the hold-down asked for, whatever two clocks say.
            Sight::Confirmed(Some(_)) => true,
            Sight::Confirmed(None) => now >= over,
        };
        if !has_waited {
            return once(Task::Postpone { until: later(over, now), cause: Cause::HoldDown(period) });
        }
    }
    match &route.then {
        Then::Report(text) => once(Task::Tell(text.clone())),
        Then::Send(commands) => {
            let tasks = commands.iter().filter_map(|command| {
                let dispatch = |mode| Dispatch::new(playbook, signal, route, command, mode).map(Box::new);
                match route.approve_within {
                    None => dispatch(Mode::Apply).map(Task::Send),
                    Some(within) => Some(Task::Propose {
                        planned: dispatch(Mode::Plan)?,
                        approved: dispatch(Mode::Apply)?,
                        within,
                    }),
                }
            });
            tasks.map(|task| Order { signal, route: Some(route), task }).collect()
        }
    }
}

/// Whether a mute is in force: the window that an event carries may be one of long ago or of next week.
fn covers(mute: &Mute, alarm: &Alarm, now: Timestamp) -> bool {
    let window = mute.from..mute.until;
    window.contains(&alarm.at) || window.contains(&now)
}

/// The later of two times, but at least a minute from now: Scheduler takes no time that is past.
fn later(time: Timestamp, now: Timestamp) -> Timestamp {
    time.max(A_MINUTE.after(now))
}

/// The precision of EventBridge Scheduler. Source: EventBridge Scheduler user guide, "Schedule types".
pub const A_MINUTE: Period = Period::MINUTE;

impl Order<'_> {
    /// Whose outcome a report about this is.
    #[must_use]
    pub fn subject(&self, mode: Mode) -> Subject {
        let (id, target, approval) = match &self.task {
            Task::Send(dispatch) => (dispatch.id.clone(), dispatch.target.to_string(), None),
            Task::Propose { planned, .. } => {
                (planned.id.clone(), planned.target.to_string(), Some(planned.approval()))
            }
            Task::Ignore
            | Task::Unrouted { .. }
            | Task::Suppressed { .. }
            | Task::Replayed { .. }
            | Task::Postpone { .. }
            | Task::Tell(_) => {
                let route = self.route.map_or(NONE, |route| route.name.as_str());
                let parts = ["alarm", &self.signal.subject(), &self.signal.occurrence(), route, NONE];
                (CommandId::derived(parts), NONE.to_owned(), None)
            }
        };
        Subject {
            function: FUNCTION,
            id,
            correlation: self.signal.correlation().into(),
            action: "route".to_owned(),
            target,
            source: shared::command::Source::Alarm,
            mode,
            records: None,
            approval,
        }
    }
}

#[cfg(test)]
mod tests;
