//! Orders to the router itself: pauses, approvals, and what is in force.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use shared::command::{InvalidCommand, Mode};
use shared::ids::shorten;
use shared::report::{ErrorReport, ErrorType, Reason, Report, StepReport, StepStatus, Verdict};
use shared::routing::Dispatch;
use shell::ledger::{Denial, Entry, Ledger, Mark, Overview, Pause, Proposal, UNSET};

use super::{Circumstances, Router, of_approval, report};
use crate::guards::counts;
use crate::order::{ALL, Action, Control};
use crate::world::Outside;

impl<L: Ledger, O: Outside> Router<'_, L, O> {
    /// Carries out an order to the router itself.
    pub(super) async fn control(&self, control: &Control, circumstances: Circumstances) -> Report {
        let subject = control.subject();
        let Some(ledger) = &self.ledger else {
            let text = "there is no ledger to keep or read this: `LAMPLIGHTER_LEDGER_TABLE` is not set";
            return Report::new(subject, Verdict::Refused, Reason::new(UNSET, text));
        };
        let carried_out = match &control.action {
            Action::Pause { scope, period, reason, who } => {
                if let Err(error) = self.knows(scope) {
                    return invalid(control, &error);
                }
                let pause = Pause {
                    scope: scope.clone(),
                    since: circumstances.now,
                    until: period.after(circumstances.now),
                    reason: reason.clone(),
                    who: who.clone(),
                };
                pause_begins(ledger, control, pause).await
            }
            Action::Resume { scope, who } => {
                if let Err(error) = self.knows(scope) {
                    return invalid(control, &error);
                }
                pause_ends(ledger, control, scope, who, circumstances).await
            }
            Action::Approve { approval, who } => {
                return self.approve(ledger, control, approval, who, circumstances).await;
            }
            Action::Status => ledger.overview(circumstances.now).await.map(|state| status(control, state)),
        };
        carried_out.unwrap_or_else(|fault| report::of_ledger(control.subject(), &fault))
    }

    /// Whether a pause can have this scope: one that nothing is called would stop nothing.
    fn knows(&self, scope: &str) -> Result<(), InvalidCommand> {
        let targets: BTreeSet<&str> = self.playbook.targets.keys().map(|name| name.as_str()).collect();
        if scope == ALL || targets.contains(scope) || self.functions.contains(scope) {
            return Ok(());
        }
        let list = |names: &mut dyn Iterator<Item = &str>| names.collect::<Vec<_>>().join(", ");
        let expected = format!(
            "`{ALL}`, a target ({}) or a function ({})",
            list(&mut targets.iter().copied()),
            list(&mut self.functions.iter().map(String::as_str))
        );
        Err(InvalidCommand::new("scope", Some(&json!(scope)), expected))
    }

    /// Sends the command of a proposal, if it is still open.
    async fn approve(
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
        if proposal.approved_by.is_none() {
            let route = self.playbook.routes.iter().find(|known| known.name.as_str() == *route);
            let guards = of_approval(command, &proposal.id, who, counts(route, &self.playbook.guardrails));
            let entry = match control.mode {
                Mode::Apply => ledger.enter(&guards, now).await,
                Mode::Plan => ledger.look(&guards, now).await,
            };
            match entry.map_err(|fault| report::of_ledger(control.subject(), &fault))? {
                Entry::Entered => {}
                Entry::Denied(denials) => return Err(denied(control, proposal, &denials)),
            }
        } else if proposal.sent {
            let by = proposal.approved_by.as_deref().unwrap_or("somebody");
            return Err(held(
                control,
                "already-approved",
                format!("{what} was approved by {by} before, and sent"),
            ));
        }
        let reason = Reason::new(
            "approved",
            format!("{what}: approved by {} and sent to {}", shorten(who), command.function),
        );
        let step = crate::plan::Step::SendCommand(Box::new(command.clone()));
        if control.mode == Mode::Plan {
            let mut report = Report::new(control.subject(), Verdict::Planned, reason);
            report.steps = vec![StepReport::new(&step, StepStatus::Planned)];
            return Ok(report);
        }
        let mut answers = self.outside.send(&command.function, &[command]).await;
        let answer = answers.pop().unwrap_or_else(|| Err(super::nothing_sent()));
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

async fn pause_begins<L: Ledger>(
    ledger: &L,
    control: &Control,
    pause: Pause,
) -> Result<Report, shell::ledger::LedgerFault> {
    let what = if pause.scope == ALL { "everything" } else { &pause.scope };
    let text = format!(
        "{what} is paused by {} until {:.0}: {}",
        shorten(&pause.who),
        pause.until,
        shorten(&pause.reason)
    );
    let reason = Reason::new("pause-begun", text);
    let mut report = match control.mode {
        Mode::Plan => Report::new(control.subject(), Verdict::Planned, reason),
        Mode::Apply => {
            ledger.pause(&pause).await?;
            Report::new(control.subject(), Verdict::Acted, reason)
        }
    };
    report.after = Some(json!({"pause": pause}));
    report.next = Some(format!(
        "it ends by itself; to end it before, invoke route-alarm with {}",
        json!({"action": "resume", "scope": pause.scope})
    ));
    Ok(report)
}

async fn pause_ends<L: Ledger>(
    ledger: &L,
    control: &Control,
    scope: &str,
    who: &str,
    circumstances: Circumstances,
) -> Result<Report, shell::ledger::LedgerFault> {
    let now = circumstances.now;
    let found = match control.mode {
        Mode::Apply => ledger.resume(scope, now).await?,
        Mode::Plan => ledger.overview(now).await?.pauses.into_iter().find(|pause| pause.scope == scope),
    };
    let Some(pause) = found else {
        return Ok(held(control, "not-paused", format!("no pause of {scope} is in force")));
    };
    let text = format!(
        "{} ended the pause of {scope} that {} began: {}",
        shorten(who),
        shorten(&pause.who),
        shorten(&pause.reason)
    );
    let verdict = if control.mode == Mode::Apply { Verdict::Acted } else { Verdict::Planned };
    let mut report = Report::new(control.subject(), verdict, Reason::new("pause-ended", text));
    report.before = Some(json!({"pause": pause}));
    Ok(report)
}

/// The answer to `status`. Cooldowns of notifications about alarms without a route are no business of people.
fn status(control: &Control, mut state: Overview) -> Report {
    state.cooldowns.retain(|cooldown| !cooldown.key.starts_with("no-route/"));
    let text = format!(
        "{} pauses, {} cooldowns, {} approvals asked for",
        state.pauses.len(),
        state.cooldowns.len(),
        state.approvals.len()
    );
    let mut report = held(control, "status", text);
    report.state = Some(json!(state));
    report
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

fn held(control: &Control, code: &'static str, text: String) -> Report {
    Report::new(control.subject(), Verdict::Held, Reason::new(code, text))
}

fn refused(control: &Control, code: &'static str, text: String) -> Report {
    Report::new(control.subject(), Verdict::Refused, Reason::new(code, text))
}

fn invalid(control: &Control, error: &InvalidCommand) -> Report {
    let text = error.to_string();
    let error = ErrorReport { kind: ErrorType::InvalidCommand, text: text.clone() };
    Report::failed(control.subject(), Reason::new("invalid-command", text), error)
}
