//! Ends what is overdue: boosts whose end never came.

use jiff::SignedDuration;
use shared::command::{Origin, Source};
use shared::ids::{CommandId, TargetName};
use shared::kinds::service::{Of, Scale};
use shared::report::{Reason, Report, Verdict};
use shell::ledger::{Ledger, UNSET, Unreadable};

use super::memory::decoded;
use super::report::{self, Trouble};
use super::{Scaler, Times};
use crate::memory::{Boost, Memory};
use crate::order::{Order, Reconcile};
use crate::plan::{Fact, end_id, refuse};
use crate::world::Services;

/// The `why.code` of a boost that a pause keeps from ending. Who paused knows.
const PAUSED: &str = "paused";

/// How long a boost's own end is waited for: EventBridge Scheduler is precise to a minute, and the queue may be busy.
const GRACE: SignedDuration = SignedDuration::from_mins(2);

impl<L: Ledger, S: Services> Scaler<'_, L, S> {
    /// Ends every boost that is overdue, by the command that its own schedule would have sent.
    pub(super) async fn reconcile(&self, wish: &Reconcile, times: Times) -> Vec<Report> {
        let Some(ledger) = &self.ledger else {
            let text = "there is no ledger to look into: `LAMPLIGHTER_LEDGER_TABLE` is not set";
            return vec![Report::new(wish.subject(), Verdict::Refused, Reason::new(UNSET, text).lasting())];
        };
        let remembered = match ledger.saved_under(Memory::ALL).await {
            Ok(remembered) => remembered,
            Err(fault) => return vec![report::unreconciled(wish, &Trouble::Ledger(fault))],
        };
        let mut orders = Vec::new();
        let mut reports = Vec::new();
        for (key, saved) in remembered {
            let target = key.strip_prefix(Memory::ALL).and_then(|name| TargetName::parse(name).ok());
            let Some(target) = target else { continue };
            let boost = match decoded(&key, saved) {
                Ok(memory) => overdue(memory, times),
                Err(error) => {
                    reports.push(unreadable(wish, &target, &error));
                    continue;
                }
            };
            let Some(boost) = boost else { continue };
            match self.end_of(wish, &target, &boost) {
                Some(order) => orders.push(order),
                None => reports.push(unknown(wish, &target, &boost)),
            }
        }
        reports.extend(self.serve(&orders, times).await);
        if reports.is_empty() {
            reports.push(Report::new(
                wish.subject(),
                Verdict::Held,
                Reason::new("nothing-overdue", "every boost that is over was ended"),
            ));
        }
        // People are told what was done, and what could not be. The rest would be said again every few minutes.
        for report in &mut reports {
            report.quiet = report.verdict == Verdict::Held || report.why.code == PAUSED;
        }
        reports
    }

    fn end_of(&self, wish: &Reconcile, target: &TargetName, boost: &Boost) -> Option<Order<'_>> {
        let services = self.playbook.services(target).ok()?;
        let (_, service) = services.into_iter().find(|(name, _)| *name == target)?;
        Some(Order {
            id: end_id(target, boost),
            target: target.clone(),
            group: None,
            service,
            action: Scale::Restore(Of::Boost(CommandId::parse(&boost.id).ok()?)),
            mode: wish.mode,
            origin: Origin {
                source: Source::Schedule,
                correlation: boost.correlation.clone(),
                alarm: None,
                at: None,
                route: None,
                approval: None,
            },
            reason: None,
            delivery: wish.delivery.clone(),
        })
    }
}

/// The oldest boost that should have ended.
fn overdue(memory: Memory, times: Times) -> Option<Boost> {
    memory.boosted?.boosts.into_iter().find(|boost| times.now.duration_since(boost.until) >= GRACE)
}

/// A service of which nobody knows whether a boost of it is overdue.
fn unreadable(wish: &Reconcile, target: &TargetName, error: &Unreadable) -> Report {
    let mut subject = wish.subject();
    subject.target = target.to_string();
    let plan = refuse(Fact::SavedUnreadable { words: error.to_string() });
    let mut report = Report::new(subject, Verdict::Refused, Reason::from(plan.why()));
    report.next = Some(report::correct(target));
    report
}

/// A boost of a service that the playbook does not have any more.
fn unknown(wish: &Reconcile, target: &TargetName, boost: &Boost) -> Report {
    let mut subject = wish.subject();
    subject.target = target.to_string();
    let text = format!(
        "boost `{}` of `{target}` is over since {:.0}, but the playbook has no such service any more",
        boost.id, boost.until
    );
    let mut report = Report::new(subject, Verdict::Refused, Reason::new("unknown-target", text).lasting());
    report.next = Some("put the service back into the playbook until its boost has ended".to_owned());
    report
}
