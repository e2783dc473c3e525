//! Orders to the router itself.

use serde_json::{Map, Value, json};
use shared::command::InvalidCommand;
use shared::report::{ErrorReport, ErrorType, Reason, Report, SHOWN_ITEMS, Verdict};
use shell::ledger::{Ledger, Overview, Pause, Proposal, UNSET};

use super::{Circumstances, Router, pauses, report};
use crate::order::{ALL, Action, Control};
use crate::world::Outside;

impl<L: Ledger, O: Outside> Router<'_, L, O> {
    /// Carries out an order to the router itself.
    pub(super) async fn control(&self, control: &Control, circumstances: Circumstances) -> Report {
        let subject = control.subject();
        let Some(ledger) = &self.ledger else {
            let text = "there is no ledger to keep or read this: `LAMPLIGHTER_LEDGER_TABLE` is not set";
            return Report::new(subject, Verdict::Refused, Reason::new(UNSET, text).lasting());
        };
        let carried_out = match &control.action {
            Action::Pause { scope, .. } | Action::Resume { scope, .. } if !self.knows(scope) => {
                return self.unknown_scope(control, scope);
            }
            Action::Pause { scope, period, reason, who } => {
                let (scope, reason, who) = (scope.clone(), reason.clone(), who.clone());
                let Circumstances { now, .. } = circumstances;
                let pause = Pause { scope, since: now, until: period.after(now), reason, who };
                let begin = async || pauses::begin(ledger, control, pause).await;
                pauses::once(ledger, control, circumstances, begin).await
            }
            Action::Resume { scope, who } => {
                let end = async || pauses::end(ledger, control, scope, who, circumstances).await;
                pauses::once(ledger, control, circumstances, end).await
            }
            Action::Approve { approval, who } => {
                return self.approve(ledger, control, approval, who, circumstances).await;
            }
            Action::Status => ledger.overview(circumstances.now).await.map(|state| status(control, state)),
        };
        carried_out.unwrap_or_else(|fault| report::of_ledger(control.subject(), &fault))
    }

    /// Whether a pause can have this scope: one that nothing is called would stop nothing.
    fn knows(&self, scope: &str) -> bool {
        let is_target = self.playbook.targets.keys().any(|name| name.as_str() == scope);
        scope == ALL || is_target || self.functions.contains(scope)
    }

    fn unknown_scope(&self, control: &Control, scope: &str) -> Report {
        let targets: Vec<&str> = self.playbook.targets.keys().map(|name| name.as_str()).collect();
        let functions: Vec<&str> = self.functions.iter().map(String::as_str).collect();
        let (targets, functions) = (targets.join(", "), functions.join(", "));
        let expected = format!("`{ALL}`, a target ({targets}) or a function ({functions})");
        let text = InvalidCommand::new("scope", Some(&json!(scope)), expected).to_string();
        let error = ErrorReport { kind: ErrorType::InvalidCommand, text: text.clone() };
        Report::failed(control.subject(), Reason::new("invalid-command", text), error)
    }
}

/// The answer to `status`.
fn status(control: &Control, state: Overview) -> Report {
    let text = format!(
        "{} pauses, {} cooldowns, {} approvals asked for",
        state.pauses.len(),
        state.cooldowns.len(),
        state.approvals.len()
    );
    let mut report = held(control, "status", text);
    let Overview { pauses, cooldowns, approvals, reports } = state;
    let mut shown = Map::new();
    put_all(&mut shown, "pauses", pauses.iter().map(|pause| json!(pause)));
    put_all(&mut shown, "cooldowns", cooldowns.iter().map(|cooldown| json!(cooldown)));
    put_all(&mut shown, "approvals", approvals.iter().map(asked_for));
    put_all(&mut shown, "reports", reports.iter().map(|report| json!(report)));
    report.state = Some(Value::Object(shown));
    report
}

/// Puts a list into the answer: its first fifty, and under `<name>_total` how many there are if there are more.
fn put_all(shown: &mut Map<String, Value>, name: &str, items: impl ExactSizeIterator<Item = Value>) {
    let total = items.len();
    shown.insert(name.to_owned(), items.take(SHOWN_ITEMS).collect());
    if total > SHOWN_ITEMS {
        shown.insert(format!("{name}_total"), json!(total));
    }
}

/// A proposal as somebody reads it who is to approve it.
fn asked_for(proposal: &Proposal) -> Value {
    let Proposal { id, since, until, what, .. } = proposal;
    let command = &what["command"];
    json!({
        "approval": id,
        "action": command["action"],
        "target": command["target"],
        "alarm": what["alarm"],
        "route": what["route"],
        "since": since,
        "until": until,
    })
}

pub(super) fn held(control: &Control, code: &'static str, text: String) -> Report {
    Report::new(control.subject(), Verdict::Held, Reason::new(code, text))
}

pub(super) fn refused(control: &Control, code: &'static str, text: String) -> Report {
    Report::new(control.subject(), Verdict::Refused, Reason::new(code, text))
}
