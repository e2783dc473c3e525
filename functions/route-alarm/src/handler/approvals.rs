//! Approvals: what was only planned is sent when somebody says so in time.

use serde_json::{Value, json};
use shared::command::Mode;
use shared::ids::shorten;
use shared::report::{Reason, Report, StepReport, StepStatus, Verdict};
use shared::routing::Dispatch;
use shell::ledger::{Denial, Entry, Guard, Ledger, Mark, Proposal};

use super::control::{held, refused};
use super::{Circumstances, Router, nothing_sent, report};
use crate::guards::{counts, not_paused};
use crate::order::Control;
use crate::plan::Step;
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
        let guards = match &proposal.approved_by {
            None => {
                let route = self.playbook.routes.iter().find(|known| known.name.as_str() == *route);
                guards(command, &proposal.id, who, counts(route, &self.playbook.guardrails))
            }
            Some(by) if proposal.sent => {
                let text = format!("{what} was approved by {by} before, and sent");
                return Err(held(control, "already-approved", text));
            }
            // It was approved in time, and counted, and could not be sent: only a pause can be in its way by now.
            Some(_) => not_paused(command).to_vec(),
        };
        let entry = match control.mode {
            Mode::Apply => ledger.enter(&guards, now).await,
            Mode::Plan => ledger.look(&guards, now).await,
        };
        match entry.map_err(|fault| report::of_ledger(control.subject(), &fault))? {
            Entry::Entered => {}
            Entry::Denied(denials) => return Err(denied(control, proposal, &denials)),
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
        let marks = [Mark::Sent { proposal: proposal.id.clone() }, report::last(&seen, now)];
        match ledger.mark(&marks, now).await {
            Ok(()) => Ok(report),
            Err(fault) => Err(report::sent_and_not_noted(report, &fault)),
        }
    }
}

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

fn denied(control: &Control, proposal: &Proposal, denials: &[Denial]) -> Report {
    for denial in denials {
        match denial {
            Denial::Paused(pause) => {
                let text = format!(
                    "{} is paused by {} until {:.0}: {}",
                    pause.scope, pause.who, pause.until, pause.reason
                );
                return refused(control, "paused", text);
            }
            Denial::CountReached { key, limit } => {
                return refused(control, "max-per-hour", format!("{key} has sent its {limit} of this hour"));
            }
            Denial::NotOpen(_) => {
                let text = format!("approval `{}` could be given until {:.0}", proposal.id, proposal.until);
                return refused(control, "approval-expired", text);
            }
            _ => {}
        }
    }
    refused(control, "approval-expired", format!("approval `{}` cannot be given now", proposal.id))
}

/// The guards that a command passes which somebody approves.
fn guards(dispatch: &Dispatch, id: &str, who: &str, counts: Vec<Guard>) -> Vec<Guard> {
    let approve = Guard::Approve { id: id.to_owned(), who: who.to_owned() };
    std::iter::once(approve).chain(not_paused(dispatch)).chain(counts).collect()
}
