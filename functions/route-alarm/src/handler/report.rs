//! The reports of the router.

use jiff::Timestamp;
use serde_json::json;
use shared::command::{Mode, Source};
use shared::plan::{Plan, Why as _};
use shared::report::{
    ErrorReport, ErrorType, NOT_FOR_US, Reason, Report, StepReport, StepStatus, Subject, Verdict,
};
use shared::routing::Signal;
use shell::config::Chain;
use shell::ledger::{LastReport, LedgerFault, Mark, UNAVAILABLE};

use super::Decided;
use crate::FUNCTION;
use crate::order::Recheck;
use crate::plan::{Step, Why};
use crate::world::{CurrentState, Fault, Sent};

/// The report on a plan that nobody applies.
pub(super) fn not_applied(decided: &Decided<'_>, mode: Mode) -> Report {
    let Decided { order, plan, .. } = decided;
    let why = Reason::from(plan.why());
    let subject = order.subject(mode);
    let mut report = match plan {
        Plan::Act { steps, .. } => {
            let mut report = Report::new(subject, Verdict::Planned, why);
            report.steps = steps.iter().map(|step| StepReport::new(step, StepStatus::Planned)).collect();
            report
        }
        Plan::Hold { .. } => Report::new(subject, Verdict::Held, why),
        Plan::Refuse { .. } => Report::new(subject, Verdict::Refused, why),
        Plan::Wait { .. } => {
            let error = ErrorReport { kind: ErrorType::CommandFailed, text: why.text.clone() };
            Report::failed(subject, why, error)
        }
    };
    // Nothing was ordered, so there is nothing to approve.
    report.subject.approval = None;
    report.quiet = matches!(plan.why(), Why::NoRoute { quiet: Some(_), .. });
    report.next = next(plan);
    if plan.why().code() != NOT_FOR_US {
        report.before = Some(order.signal.shown());
    }
    report
}

/// What a person can do about a plan that nobody applies.
fn next(plan: &Plan<Step, Why>) -> Option<String> {
    if let Plan::Act { .. } = plan {
        return Some("nothing was sent: the router is in plan mode".to_owned());
    }
    match plan.why() {
        Why::NoRoute { .. } => Some(
            "add a route to the playbook (`cargo xtask explain EVENT.json` shows what matches), \
             or take the router out of the alarm's actions"
                .to_owned(),
        ),
        Why::Paused { pause } => Some(format!(
            "to end the pause, invoke route-alarm with {}",
            json!({"action": "resume", "scope": pause.scope})
        )),
        Why::Cooldown { .. } | Why::MaxPerHour { .. } => {
            Some("if it is needed all the same, send the command to the function yourself".to_owned())
        }
        Why::LedgerUnavailable { .. } | Why::LeaseBusy { .. } => {
            Some("it is tried again when the alarm is delivered again".to_owned())
        }
        Why::LedgerUnset => Some("set LAMPLIGHTER_LEDGER_TABLE".to_owned()),
        Why::SchedulesUnset => Some("set LAMPLIGHTER_SCHEDULE_GROUP, _ROLE and _TARGET".to_owned()),
        _ => None,
    }
}

/// The report on a command that a queue has taken.
pub(super) fn sent(decided: &Decided<'_>, mode: Mode, sent: &Sent) -> Report {
    let mut report = applied(decided, mode, StepStatus::Applied);
    for step in &mut report.steps {
        step.details.insert("message".to_owned(), json!(sent.message));
    }
    report.next = Some(match &report.subject.approval {
        Some(_) => report.next_of_planned(),
        None => format!(
            "what became of it is in the function's report with correlation {}",
            report.subject.correlation
        ),
    });
    report
}

/// The report on a signal that the router looks at again.
pub(super) fn put_off(decided: &Decided<'_>, mode: Mode, already: bool) -> Report {
    applied(decided, mode, if already { StepStatus::Already } else { StepStatus::Applied })
}

fn applied(decided: &Decided<'_>, mode: Mode, status: StepStatus) -> Report {
    let Decided { order, plan, .. } = decided;
    let verdict = if status == StepStatus::Applied { Verdict::Acted } else { Verdict::Held };
    let mut report = Report::new(order.subject(mode), verdict, Reason::from(plan.why()));
    report.steps = steps(plan, status);
    report.before = Some(order.signal.shown());
    report
}

fn steps(plan: &Plan<Step, Why>, status: StepStatus) -> Vec<StepReport> {
    let Plan::Act { steps, .. } = plan else { return Vec::new() };
    steps.iter().map(|step| StepReport::new(step, status)).collect()
}

/// The report on a plan that could not be applied.
pub(super) fn failed(decided: &Decided<'_>, mode: Mode, fault: &Fault) -> Report {
    let Decided { order, plan, .. } = decided;
    let mut report = of_fault(order.subject(mode), fault);
    report.subject.approval = None;
    report.steps = steps(plan, StepStatus::Failed);
    report.before = Some(order.signal.shown());
    report
}

pub(super) fn of_fault(subject: Subject, fault: &Fault) -> Report {
    let text = Chain(fault).to_string();
    let error = ErrorReport { kind: ErrorType::CommandFailed, text: text.clone() };
    let mut report = Report::failed(subject, Reason::new(fault.code(), text), error);
    report.next = Some(if fault.is_transient() { AGAIN } else { REPAIR }.to_owned());
    report
}

/// The report on something that the ledger would have been needed for.
pub(super) fn of_ledger(subject: Subject, fault: &LedgerFault) -> Report {
    let text = Chain(fault).to_string();
    let error = ErrorReport { kind: ErrorType::CommandFailed, text: text.clone() };
    let mut report = Report::failed(subject, Reason::new(UNAVAILABLE, text), error);
    report.next = Some(AGAIN.to_owned());
    report
}

/// A command was sent, but the ledger does not know: it comes again, and the queue drops the repetition.
pub(super) fn sent_and_not_noted(report: Report, fault: &LedgerFault) -> Report {
    let text = format!("the command was sent, but that is not noted: {}", Chain(fault));
    let error = ErrorReport { kind: ErrorType::CommandFailed, text: text.clone() };
    let why = Reason::new(UNAVAILABLE, text);
    let next =
        "the alarm is delivered again; the queue and the function drop the repeated command".to_owned();
    Report {
        steps: report.steps,
        before: report.before,
        next: Some(next),
        ..Report::failed(report.subject, why, error)
    }
}

/// What the ledger keeps of a report.
pub(super) fn last(report: &Report, now: Timestamp) -> Mark {
    let Subject { function, id, correlation, action, target, .. } = &report.subject;
    Mark::Reported(LastReport {
        target: target.clone(),
        function: (*function).to_owned(),
        at: now,
        id: id.to_string(),
        correlation: correlation.clone(),
        action: action.clone(),
        verdict: report.verdict.as_str().to_owned(),
        code: report.why.code.to_owned(),
        text: report.why.text.clone(),
    })
}

/// The report on an alarm that CloudWatch could not be asked about.
pub(super) fn recheck_failed(recheck: &Recheck, fault: &Fault) -> Report {
    let mut report = of_fault(subject_of(recheck), fault);
    report.before = Some(Signal::Alarm(Box::new(recheck.alarm.clone())).shown());
    report
}

/// The report on an alarm that CloudWatch does not know.
pub(super) fn alarm_gone(recheck: &Recheck) -> Report {
    let text = format!(
        "CloudWatch knows no alarm `{}` here: it was deleted, or it belongs to another account; nothing was sent",
        recheck.alarm.name
    );
    held(recheck, Reason::new("alarm-gone", text))
}

/// The report on an alarm that has not stayed in its state.
pub(super) fn state_left(recheck: &Recheck, current: &CurrentState) -> Report {
    let (was, is) = (recheck.alarm.to.as_str(), current.state.as_str());
    let since = current.since.map_or(String::new(), |since| format!(" since {since:.0}"));
    let text =
        format!("alarm `{}` did not stay {was}: it is {is}{since}; nothing was sent", recheck.alarm.name);
    held(recheck, Reason::new("state-left", text))
}

fn held(recheck: &Recheck, why: Reason) -> Report {
    let mut report = Report::new(subject_of(recheck), Verdict::Held, why);
    report.before = Some(Signal::Alarm(Box::new(recheck.alarm.clone())).shown());
    report
}

fn subject_of(recheck: &Recheck) -> Subject {
    let signal = Signal::Alarm(Box::new(recheck.alarm.clone()));
    Subject {
        correlation: signal.correlation().into(),
        action: "route".to_owned(),
        ..Subject::unnamed(FUNCTION, recheck.id.clone(), Source::Alarm, recheck.mode)
    }
}

/// What happens to an alarm that could not be routed and may be later.
const AGAIN: &str = "it is tried again when its message is delivered again; a direct caller sends it again";

/// What happens to an alarm that cannot be routed until somebody does something.
const REPAIR: &str =
    "it will fail again until the cause is repaired; then redrive the dead-letter queue, or send it again";
