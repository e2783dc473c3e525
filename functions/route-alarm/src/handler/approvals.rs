//! Approvals: what was only planned is sent when somebody says so in time.

use serde_json::{Value, json};
use shared::command::Mode;
use shared::ids::shorten;
use shared::period::Period;
use shared::report::{Reason, Report, StepReport, StepStatus, Verdict};
use shared::routing::Dispatch;
use shell::ledger::{Denial, Entry, Guard, Ledger, Mark, Proposal};

use super::control::{held, refused};
use super::finish::nothing_sent;
use super::{Circumstances, Router, report};
use crate::guards::{counts, not_paused, target_rests};
use crate::order::Control;
use crate::plan::{Step, Why};
use crate::world::Outside;

impl<L: Ledger, O: Outside> Router<'_, L, O> {
    /// Sends the command of a proposal, if it is still open.
    pub(super) async fn approve(
        &self,
        ledger: &L,
        control: &Control,
        id: &str,
        who: &str,
        circumstances: Circumstances,
    ) -> Report {
        let proposal = match ledger.proposal(id).await {
            Ok(Some(proposal)) => proposal,
            Ok(None) => {
                return refused(
                    control,
                    "approval-unknown",
                    format!("no approval `{}` is asked for", shorten(id)),
                );
            }
            Err(fault) => return report::of_ledger(control.subject(), &fault),
        };
        let Some(asked) = Asked::of(&proposal) else {
            return refused(control, "approval-unknown", format!("approval `{id}` is not of this version"));
        };
        let mut report = match self.approve_open(ledger, control, &proposal, &asked, who, circumstances).await
        {
            Ok(report) | Err(report) => report,
        };
        report.subject.target = asked.command.target.to_string();
        report.subject.correlation = asked.correlation;
        report.subject.approval = Some(id.to_owned());
        report
    }

    async fn approve_open(
        &self,
        ledger: &L,
        control: &Control,
        proposal: &Proposal,
        asked: &Asked,
        who: &str,
        circumstances: Circumstances,
    ) -> Result<Report, Report> {
        let now = circumstances.now;
        let Asked { command, alarm, route, .. } = asked;
        let what = format!("{} {} for alarm `{}`", command.action, command.target, shorten(alarm));
        let (who, guards) = match &proposal.approved_by {
            None => {
                let route = self.playbook.routes.iter().find(|known| known.name.as_str() == *route);
                let guardrails = &self.playbook.guardrails;
                let approve = Guard::Approve { id: proposal.id.clone(), who: who.to_owned() };
                let rests = target_rests(guardrails, command, now);
                let guards = [approve].into_iter().chain(not_paused(command)).chain(rests);
                (who, guards.chain(counts(route, guardrails)).collect())
            }
            Some(_) if proposal.sent => return Err(already_approved(control, proposal, &what)),
            Some(_) if TO_BE_SENT.after(proposal.until) <= now => return Err(too_late(control, proposal)),
            // It was approved in time, and counted, and could not be sent: only a pause can be in its way by now.
            Some(by) => (by.as_str(), not_paused(command).to_vec()),
        };
        let entry = match control.mode {
            Mode::Apply => ledger.enter(&guards, now).await,
            Mode::Plan => ledger.look(&guards, now).await,
        };
        match entry.map_err(|fault| report::of_ledger(control.subject(), &fault))? {
            Entry::Entered => {}
            Entry::Denied(denials) => return Err(denied(control, proposal, &what, &denials)),
        }
        let reason = Reason::new(
            "approved",
            format!("{what}: approved by {} and sent to {}", shorten(who), command.function),
        );
        let step = Step::SendCommand(Box::new(command.clone()));
        if control.mode == Mode::Plan {
            let mut report = Report::new(control.subject(), Verdict::Planned, reason);
            report.steps = vec![StepReport::new(&step, StepStatus::Planned)];
            return Ok(report);
        }
        let mut answers = self.outside.send(&command.function, &[command]).await;
        let answer = answers.pop().unwrap_or_else(|| Err(nothing_sent()));
        let sent = match answer {
            Ok(sent) => sent,
            Err(fault) => {
                let mut report = report::of_fault(control.subject(), &fault);
                report.steps = vec![StepReport::new(&step, StepStatus::Failed)];
                return Err(report);
            }
        };
        let mut report = Report::new(control.subject(), Verdict::Acted, reason);
        let mut step = StepReport::new(&step, StepStatus::Applied);
        step.details.insert("message".to_owned(), json!(sent.message));
        report.steps = vec![step];
        let mut seen = report.clone();
        seen.subject.target = command.target.to_string();
        seen.subject.correlation.clone_from(&asked.correlation);
        let marks = [Mark::Sent { proposal: proposal.id.clone() }, report::last(&seen, now)];
        match ledger.mark(&marks, now).await {
            Ok(()) => Ok(report),
            Err(fault) => {
                let mut report = report::sent_and_not_noted(report, &fault);
                report.next = Some(
                    "nothing: it is on its way; the same approval again is dropped by queue and function"
                        .to_owned(),
                );
                Err(report)
            }
        }
    }
}

/// How long after its time an approval that was given in time, but could not be sent, still counts: longer than a
/// repeated delivery takes, and short enough for the alarm to matter.
const TO_BE_SENT: Period = Period::HOUR;

/// What a proposal is about.
struct Asked {
    command: Dispatch,
    alarm: String,
    route: String,
    correlation: String,
}

impl Asked {
    fn of(proposal: &Proposal) -> Option<Self> {
        let text = |name: &str| proposal.what.get(name).and_then(Value::as_str).map(str::to_owned);
        let command = serde_json::from_value(proposal.what.get("command")?.clone()).ok()?;
        Some(Self {
            command,
            alarm: text("alarm")?,
            route: text("route")?,
            correlation: text("correlation")?,
        })
    }
}

fn denied(control: &Control, proposal: &Proposal, what: &str, denials: &[Denial]) -> Report {
    for denial in denials {
        match denial {
            Denial::NotOpen(Some(approved)) if approved.approved_by.is_some() => {
                return already_approved(control, approved, what);
            }
            Denial::NotOpen(_) => return too_late(control, proposal),
            Denial::Paused(pause) => {
                let mut report = refused(control, "paused", Why::Paused { pause: pause.clone() }.to_string());
                let resume = json!({"action": "resume", "scope": pause.scope});
                report.next =
                    Some(format!("to end the pause, invoke route-alarm with {resume}, then approve again"));
                return report;
            }
            Denial::CoolingDown { key, until } => {
                let why = Why::Cooldown { route: String::new(), key: key.clone(), until: *until };
                return refused(control, "cooldown", why.to_string());
            }
            Denial::CountReached { key, limit } => {
                let why = Why::MaxPerHour { key: key.clone(), limit: *limit };
                return refused(control, "max-per-hour", why.to_string());
            }
            Denial::Claimed { .. } | Denial::Older { .. } | Denial::Leased { .. } => {}
        }
    }
    too_late(control, proposal)
}

fn already_approved(control: &Control, proposal: &Proposal, what: &str) -> Report {
    let by = proposal.approved_by.as_deref().unwrap_or("somebody");
    held(control, "already-approved", format!("{what} was approved by {} before", shorten(by)))
}

fn too_late(control: &Control, proposal: &Proposal) -> Report {
    let Proposal { id, until, .. } = proposal;
    let text = format!("approval `{id}` could be given until {until:.0}");
    let mut report = refused(control, "approval-expired", text);
    report.next = Some("if it is needed all the same, send the command to the function yourself".to_owned());
    report
}
