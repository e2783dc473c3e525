//! The end of each order: what was decided is sent, noted in the ledger, and reported.

use std::collections::BTreeMap;

use shared::plan::Plan;
use shared::report::{Report, Verdict};
use shared::routing::{Dispatch, Signal};
use shell::config::Chain;
use shell::ledger::{Denial, Ledger, Mark};
use tracing::warn;

use super::{Circumstances, Decided, Router, report};
use crate::plan::{Step, command};
use crate::world::{Fault, Made, Outside, Seen, Sent};

impl<L: Ledger, O: Outside> Router<'_, L, O> {
    /// Sends all commands that were decided on, those for one queue together.
    pub(super) async fn send(&self, decided: &[Decided<'_>]) -> BTreeMap<usize, Result<Sent, Fault>> {
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
    pub(super) async fn finish(
        &self,
        decided: &Decided<'_>,
        sent: Option<Result<Sent, Fault>>,
        circumstances: Circumstances,
    ) -> Report {
        let Circumstances { mode, now, .. } = circumstances;
        let Plan::Act { steps, .. } = &decided.plan else {
            let report = report::not_applied(decided, mode);
            self.note(denied(decided, &report, circumstances), circumstances).await;
            return report;
        };
        if let [Step::ScheduleRecheck(wake)] = steps.as_slice() {
            return match self.outside.wake_at(wake).await {
                Ok(made) => report::put_off(decided, mode, made == Made::Already),
                Err(fault) => report::failed(decided, mode, &fault),
            };
        }
        let noted = matches!(decided.seen, Seen::Passed | Seen::Denied(_));
        let ledger = self.ledger.as_ref().filter(|_| noted);
        let sent = match sent.unwrap_or_else(|| Err(nothing_sent())) {
            Ok(sent) => sent,
            Err(fault) => {
                let report = report::failed(decided, mode, &fault);
                if noted {
                    self.note(not_sent(decided, &report, circumstances), circumstances).await;
                }
                return report;
            }
        };
        let report = report::sent(decided, mode, &sent);
        let (Some(ledger), Some(dispatch)) = (ledger, command(&decided.order.task)) else {
            return report;
        };
        let mut marks = vec![Mark::Done { key: dispatch.deduplication.clone() }, report::last(&report, now)];
        if !decided.took_rest {
            // It was begun by an attempt that died, or by a sibling that may have taken it back.
            marks.extend(decided.rests.iter().cloned().map(|(key, until)| Mark::Rest { key, until }));
        }
        match ledger.mark(&marks, now).await {
            Ok(()) => report,
            Err(fault) => report::sent_and_not_noted(report, &fault),
        }
    }

    /// Notes what is good to know, but not worth a failure.
    async fn note(&self, marks: Vec<Mark>, circumstances: Circumstances) {
        if let Some(ledger) = &self.ledger
            && !marks.is_empty()
            && let Err(fault) = ledger.mark(&marks, circumstances.now).await
        {
            warn!("the ledger does not know it: {}", Chain(&fault));
        }
    }
}

/// What is noted of an order that was denied: nothing of it was taken down, but that the alarm was seen in this state
/// must be, and people ask what became of the target.
fn denied(decided: &Decided<'_>, report: &Report, circumstances: Circumstances) -> Vec<Mark> {
    let is_known = |denial: &Denial| matches!(denial, Denial::Older { .. } | Denial::Claimed { .. });
    let Seen::Denied(denials) = &decided.seen else { return Vec::new() };
    if denials.iter().any(is_known) {
        return Vec::new();
    }
    let mut marks = Vec::new();
    if let Signal::Alarm(alarm) = decided.order.signal
        && alarm.replay.is_none()
    {
        marks.push(Mark::Seen { subject: decided.order.signal.subject(), at: alarm.at });
    }
    if report.verdict == Verdict::Refused {
        marks.push(report::last(report, circumstances.now));
    }
    marks
}

/// What is noted of a command that could not be sent: nothing was done, so nothing is claimed and nothing rests. The
/// next delivery, whichever it is, begins anew.
fn not_sent(decided: &Decided<'_>, report: &Report, circumstances: Circumstances) -> Vec<Mark> {
    let mut marks = vec![report::last(report, circumstances.now)];
    if let Some(dispatch) = command(&decided.order.task) {
        let (key, owner) = (dispatch.deduplication.clone(), decided.delivery.clone());
        marks.push(Mark::Withdrawn { key, owner });
    }
    if decided.seen == Seen::Passed {
        marks.extend(decided.counts.iter().cloned().map(|key| Mark::Uncounted { key }));
    }
    if decided.took_rest {
        marks.extend(decided.rests.iter().cloned().map(|(key, until)| Mark::Unrest { key, until }));
    }
    marks
}

pub(super) fn nothing_sent() -> Fault {
    Fault { operation: "send a command".to_owned(), class: None, source: "there was no answer for it".into() }
}
