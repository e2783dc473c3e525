//! The reports of this function.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use shared::command::Source;
use shared::ids::shorten;
use shared::kinds::dns::{Failover, How, Side, Strategy};
use shared::plan::Plan;
use shared::report::{ErrorReport, ErrorType, Reason, Report, StepReport, StepStatus, Verdict};
use shell::config::Chain;

use super::state::{place, state};
use crate::order::Order;
use crate::plan::{Noted, Step, Why, ttl};
use crate::world::{Fault, Memory, Move, Recall, World};

/// What became of steps.
#[derive(Debug, Default)]
pub(super) struct Done {
    pub(super) steps: Vec<StepReport>,
    /// Whether one of them has moved traffic, and did not only note something.
    pub(super) has_moved: bool,
    /// What was noted in the ledger last.
    pub(super) noted: Option<Memory>,
    /// Why something is not noted in the ledger.
    pub(super) unnoted: Option<String>,
}

/// How long Route 53 takes as a rule until all its servers have a change. Source: Route 53 API reference, `GetChange`.
const PROPAGATION: SignedDuration = SignedDuration::from_secs(60);

/// The report on an order that was not let in.
pub(super) fn not_let_in(order: &Order<'_>, why: Why) -> Report {
    // Nobody asked, so nobody is refused; and who looks every minute need not be told to look again.
    let is_only_a_look = order.action == Failover::Reconcile && !order.is_by_hand();
    let plan = match why {
        why if is_only_a_look => Plan::Hold { why },
        why if why.passes() => Plan::Wait { why },
        why => Plan::Refuse { why },
    };
    of_plan(order, &plan)
}

/// The report on a plan that nobody applies.
pub(super) fn not_applied(order: &Order<'_>, world: &World, plan: &Plan<Step, Why>) -> Report {
    let mut report = of_plan(order, plan);
    match order.action {
        Failover::Status | Failover::Drill => report.state = Some(state(order, world)),
        Failover::Reconcile if matches!(plan, Plan::Hold { .. }) => {}
        Failover::Over { .. } | Failover::Back { .. } | Failover::Reconcile => {
            report.before = Some(place(order, world));
        }
    }
    say_without_ledger(order, world, &mut report);
    report
}

/// The report on an order that was planned, perhaps again, and then needed nothing more, or could not be done.
pub(super) fn planned_again(order: &Order<'_>, world: &World, plan: &Plan<Step, Why>, done: Done) -> Report {
    let mut report = not_applied(order, world, plan);
    if report.verdict == Verdict::Held && done.has_moved {
        report.verdict = Verdict::Acted;
    }
    // Those of a dry run are its plan's.
    if !done.steps.is_empty() {
        report.steps = done.steps;
    }
    report
}

/// The report on steps that were all applied.
pub(super) fn applied(order: &Order<'_>, world: &World, done: Done, why: Why) -> Report {
    let to = match &why {
        Why::Moved { to, .. }
        | Why::NameMoved { to }
        | Why::RecordPointed { to }
        | Why::MadeBefore { to } => Some(*to),
        _ => None,
    };
    let (why, verdict) = match to {
        // Its steps say what it was; this delivery has only noted it.
        Some(_) if matches!(why, Why::MadeBefore { .. }) => (why, Verdict::Held),
        // The one request that asks and acts at once says that nothing was to be done.
        Some(side) if !done.has_moved => (Why::AlreadyThere { side, since: None }, Verdict::Held),
        Some(_) => (why, Verdict::Acted),
        None if why.is_refusal() => (why, Verdict::Refused),
        None => (why, Verdict::Held),
    };
    let mut report = Report::new(order.subject(), verdict, Reason::from(&why));
    if verdict == Verdict::Acted {
        report.before = Some(place(order, world));
        report.after = match &why {
            Why::NameMoved { to } => Some(json!({"at": "between", "names_at": to})),
            _ => to.map(|to| json!({"at": to})),
        };
    }
    report.next = match (&why, &world.recall) {
        // Nothing is remembered by which the look of every minute would know of it.
        (Why::NameMoved { .. }, Recall::Silent(_) | Recall::Unset) => Some(format!(
            "send `{}` again when CloudFront has deployed the distribution, so that the records follow: without the ledger `reconcile` does not know of it",
            order.action.name()
        )),
        _ => why.next().or_else(|| to.map(|to| next_of_move(order, world, to, &done))),
    };
    if let Some(words) = &done.unnoted {
        report.why.text = format!("{}; it is not noted in the ledger: {}", report.why.text, shorten(words));
    }
    say_without_ledger(order, world, &mut report);
    report.steps = done.steps;
    report
}

/// The report on steps of which one failed.
pub(super) fn failed(order: &Order<'_>, world: &World, done: Done, fault: &Fault) -> Report {
    let words = Chain(fault).to_string();
    let mut report = if fault.is_transient() {
        failure(order, fault.code(), words)
    } else {
        let refused =
            Report::new(order.subject(), Verdict::Refused, Reason::new(fault.code(), words.clone()));
        // What was half done is not a refusal.
        if done.has_moved || !fault.is_refusal() { failure(order, fault.code(), words) } else { refused }
    };
    report.next = Some(next_of_failed(order, report.verdict, fault));
    report.before = Some(place(order, world));
    say_without_ledger(order, world, &mut report);
    report.steps = done.steps;
    report
}

fn of_plan(order: &Order<'_>, plan: &Plan<Step, Why>) -> Report {
    let mut why = Reason::from(plan.why());
    let mut report = match plan {
        Plan::Act { steps, .. } => {
            why.text = format!("if carried out: {}", why.text);
            let mut report = Report::new(order.subject(), Verdict::Planned, why);
            report.steps = steps.iter().map(|step| StepReport::new(step, StepStatus::Planned)).collect();
            report.next = Some(report.next_of_planned());
            report
        }
        Plan::Hold { .. } => Report::new(order.subject(), Verdict::Held, why),
        Plan::Refuse { .. } => match plan.why().unseen() {
            // A missing permission is repaired, and the message then redriven.
            Some(fault) => {
                let report = failure(order, why.code, why.text);
                Report { next: Some(again(fault)), ..report }
            }
            None => Report::new(order.subject(), Verdict::Refused, why),
        },
        Plan::Wait { .. } => {
            let report = failure(order, why.code, why.text);
            Report { next: plan.why().next().or_else(|| Some(AGAIN.to_owned())), ..report }
        }
    };
    report.next = report.next.or_else(|| plan.why().next());
    report
}

fn failure(order: &Order<'_>, code: &'static str, text: String) -> Report {
    let error = ErrorReport { kind: ErrorType::CommandFailed, text: text.clone() };
    Report::failed(order.subject(), Reason::new(code, text), error)
}

const AGAIN: &str = "it is tried again when its message is delivered again; a direct caller sends it again";

/// What comes of an order that failed, or was refused as a whole: only that is told once.
fn next_of_failed(order: &Order<'_>, verdict: Verdict, fault: &Fault) -> String {
    if verdict == Verdict::Refused && order.action == Failover::Reconcile && !order.is_by_hand() {
        return "it is tried again every minute, and not told again until traffic has moved".to_owned();
    }
    again(fault)
}

fn again(fault: &Fault) -> String {
    let next = if fault.is_transient() {
        AGAIN
    } else {
        "it will fail again until the cause is repaired; then redrive the dead-letter queue, or send it again"
    };
    next.to_owned()
}

/// By when traffic has moved, and how it goes back.
fn next_of_move(order: &Order<'_>, world: &World, to: Side, done: &Done) -> String {
    let seconds = ttl(order, world);
    let moved = match &order.rule.strategy {
        Strategy::RecordWeights(_) | Strategy::RecordTargets(_) => {
            let by = world.now.saturating_add(PROPAGATION + SignedDuration::from_secs(seconds));
            let by = by.unwrap_or(Timestamp::MAX);
            format!(
                "resolvers have moved by {by:.0}: their TTL is {seconds} s, and Route 53 takes up to a minute"
            )
        }
        Strategy::DistributionDomain(_) => {
            format!(
                "resolvers follow within their TTL of {seconds} s; CloudFront answers at the new distribution already"
            )
        }
        Strategy::HealthCheck(_) | Strategy::StandbyObject(_) | Strategy::RoutingControl { .. } => {
            format!(
                "resolvers follow within {seconds} s, the target's `ttl`, after Route 53 has seen the health check change, if none of the records has a longer one: a move does not read them"
            )
        }
    };
    let noted = done.noted.as_ref().filter(|_| done.unnoted.is_none()).and_then(Memory::last);
    let back = match (to, order.rule.failback.how, order.rule.failback.after_healthy_for) {
        // The way back leaves one of the day's moves for the next outage.
        (Side::Secondary, How::Automatic, Some(_)) if is_used_up(order, world) => {
            "; `max-moves-a-day` leaves no move for the way back: an operator sends `fail-back` when the primary is ready".to_owned()
        }
        (Side::Secondary, How::Automatic, Some(after)) if noted.is_some_and(Move::is_own) => {
            format!("; it goes back when the primary has been healthy for {after}")
        }
        (Side::Secondary, _, _) => "; an operator sends `fail-back` when the primary is ready".to_owned(),
        (Side::Primary, _, _) => String::new(),
    };
    format!("{moved}{back}")
}

/// Whether the fail-over that was just made leaves no way back that nobody needs to order.
fn is_used_up(order: &Order<'_>, world: &World) -> bool {
    let before = world.recall.memory().map(|memory| memory.moves_by_itself(world.now));
    let most = usize::try_from(order.rule.max_moves_a_day.get()).unwrap_or(usize::MAX);
    !order.is_by_hand() && before.is_some_and(|before| before + 2 >= most)
}

/// Says that something could not be remembered or looked up.
fn say_without_ledger(order: &Order<'_>, world: &World, report: &mut Report) {
    let moves = matches!(order.action, Failover::Over { .. } | Failover::Back { .. });
    if let (Recall::Silent(words), true) = (&world.recall, moves) {
        report.why.text = format!(
            "{} (without the ledger: pauses, hold-down and the day's moves are not known, and what was before stands in this report alone: {})",
            report.why.text,
            shorten(words)
        );
    }
}

/// Finishes a report: what was asked for is said, and what a look every minute finds in order is not published.
pub(super) fn finished(order: &Order<'_>, mut report: Report) -> Report {
    if let Some(reason) = &order.reason {
        report.why.text = format!("{} (asked for because: {})", report.why.text, shorten(reason));
    }
    let by_itself = order.action == Failover::Reconcile && order.origin.source != Source::Operator;
    let news = [Noted::NotNeeded, Noted::Move].map(Noted::name);
    let is_news = report.steps.iter().any(|step| news.contains(&step.step));
    report.quiet |= by_itself && report.verdict == Verdict::Held && !is_news;
    report
}
