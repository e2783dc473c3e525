//! The reports of this function.

mod next;

use serde_json::{Value, json};
use shared::command::{Mode, Source};
use shared::ids::shorten;
use shared::kinds::database::Backup;
use shared::plan::{Plan, Why as _};
use shared::report::{
    ErrorReport, ErrorType, Gauge, Reason, Report, SHOWN_ITEMS, StepReport, StepStatus, Unit, Verdict, named,
};
use shell::config::Chain;

use self::next::{again, next_of_done, repair};
use crate::order::Order;
use crate::plan::{Automated, Because, Fact, Left, Step, Weight, Why, state};
use crate::world::{Copy, Fault, Meaning, World};

/// What became of steps.
#[derive(Debug, Default)]
pub(super) struct Done {
    pub(super) steps: Vec<StepReport>,
    /// The steps that failed, and why.
    pub(super) faults: Vec<(Step, Fault)>,
}

/// The report on an order that was not let in.
pub(super) fn not_admitted(order: &Order<'_>, plan: &Plan<Step, Why>) -> Report {
    of_plan(order, plan)
}

/// The report on an order of which nothing could be observed.
pub(super) fn unobserved(order: &Order<'_>, fault: &Fault) -> Report {
    let report = failed(order, fault.code(), words(fault));
    Report { next: Some(again(fault.is_transient())), ..report }
}

/// The report on an order that needs the ledger, which does not answer.
pub(super) fn without_ledger(order: &Order<'_>, words: String) -> Report {
    failed(order, shell::ledger::UNAVAILABLE, words)
}

/// The report on a plan that nobody applies.
pub(super) fn not_applied(order: &Order<'_>, world: &World, plan: &Plan<Step, Why>) -> Report {
    let mut report = of_plan(order, plan);
    add_state(order, world, &mut report);
    report
}

fn of_plan(order: &Order<'_>, plan: &Plan<Step, Why>) -> Report {
    let mut why = Reason::from(plan.why());
    let mut report = match plan {
        Plan::Act { steps, .. } => {
            why.text = plan.why().in_words_of_a_plan();
            let mut report = Report::new(order.subject(), Verdict::Planned, why);
            report.steps = steps.iter().map(|step| StepReport::new(step, StepStatus::Planned)).collect();
            report.next = Some(report.next_of_planned());
            report
        }
        Plan::Hold { .. } => Report::new(order.subject(), Verdict::Held, why),
        Plan::Refuse { .. } => Report::new(order.subject(), Verdict::Refused, why),
        Plan::Wait { why: waits } => {
            Report { next: Some(again(waits.passes())), ..failed(order, why.code, why.text) }
        }
    };
    report.next = report.next.or_else(|| plan.why().next());
    report
}

/// The report on steps that were applied, as far as they went.
pub(super) fn applied(order: &Order<'_>, world: &World, steps: &[Step], done: Done, mut why: Why) -> Report {
    let Done { steps: reports, faults } = done;
    let is_applied = |report: &StepReport| report.status == StepStatus::Applied;
    let applied = reports.iter().filter(|report| is_applied(report)).count();
    let (waiting, faults): (Vec<_>, Vec<_>) =
        faults.into_iter().partition(|(step, fault)| waits_its_turn(step, fault, world));
    wait_their_turn(&waiting, &mut why);
    let mut refused = Vec::new();
    let mut failing = Vec::new();
    for (step, fault) in &faults {
        match weight(step, fault, steps) {
            Weight::Note => {}
            Weight::Stays => refused.push((step, fault)),
            Weight::Passes => failing.push(fault),
        }
    }
    let waits = why.left.iter().any(|left| left.weight(&order.action) == Weight::Passes);
    let said: Vec<String> = faults.iter().map(|(_, fault)| words(fault)).collect();
    // How a drill ended is told once, whatever else does not work.
    let is_noted = !faults.iter().any(|(step, _)| matches!(step, Step::NoteDrill { .. }));
    let ended = match &why.fact {
        Fact::DrillEnded { drill, .. } if is_noted => format!("{drill}; "),
        _ => String::new(),
    };
    let all = reports.len();
    let is_unchanged = applied == 0 && faults.is_empty();
    let others = match all - applied {
        _ if !faults.is_empty() || !waiting.is_empty() => "",
        1 => ", the other needed nothing",
        _ => ", the others needed nothing",
    };
    let said = if said.is_empty() { String::new() } else { format!("; {}", named(&said, "; ")) };
    let mut report = if let Some(fault) = failing.first() {
        let text = format!("{ended}{applied} of {all} steps were applied{said}{}", why.left_in_words());
        let code = if applied > 0 { PARTLY } else { fault.code() };
        let is_transient = why.passes() && failing.iter().all(|fault| fault.is_transient());
        Report { next: Some(again(is_transient)), ..failed(order, code, text) }
    } else if waits {
        let text = format!("{why}{said}");
        Report { next: Some(again(why.passes())), ..failed(order, PARTLY, text) }
    } else if applied == 0
        && let Some((_, fault)) = refused.first()
    {
        let reason = Reason::new(fault.code(), format!("nothing could be done{said}{}", why.left_in_words()));
        Report::new(order.subject(), Verdict::Refused, reason)
    } else if applied == all {
        Report::new(order.subject(), Verdict::Acted, Reason::from(&why))
    } else if let Some(fact) = unchanged(&why.fact, !waiting.is_empty(), all).filter(|_| is_unchanged) {
        why.fact = fact;
        Report::new(order.subject(), Verdict::Held, Reason::from(&why))
    } else {
        let verdict = if applied > 0 { Verdict::Acted } else { Verdict::Held };
        let text =
            format!("{ended}{applied} of {all} steps were applied{others}{said}{}", why.left_in_words());
        Report::new(order.subject(), verdict, Reason::new(why.code(), text))
    };
    let repair = refused.first().and_then(|(step, fault)| repair(step, fault)).map(str::to_owned);
    let next = || why.next().or(repair).or_else(|| next_of_done(order, world, steps, &reports));
    report.next = report.next.or_else(next);
    report.steps = reports;
    add_state(order, world, &mut report);
    if applied > 0
        && let Some(Value::Object(state)) = &mut report.state
    {
        state.insert("as_of".to_owned(), json!("before"));
    }
    let noted = steps.iter().filter(|step| !faults.iter().any(|(failed, _)| failed == *step));
    let refused = faults.iter().filter(|(step, fault)| is_drill_that_failed(step, fault));
    report.gauges.extend(noted.flat_map(|step| gauges_of_drill(order, step)));
    report.gauges.extend(refused.map(|_| drill_failed(true)));
    report
}

/// What is so where nothing had to be done, or nothing could be begun: an answer was lost before, or copies wait.
fn unchanged(planned: &Fact, is_waiting: bool, steps: usize) -> Option<Fact> {
    match planned {
        _ if is_waiting => Some(Fact::CopiesWaiting),
        Fact::Taken { automated: Automated { data_of: None, .. }, .. } => Some(Fact::AlreadyTaken(steps)),
        Fact::Taken { automated: Automated { data_of, .. }, .. } => {
            let automated = Automated { before: steps, data_of: *data_of };
            Some(Fact::AlreadyCopied { already: 0, automated })
        }
        Fact::Copying { .. } => Some(Fact::NothingToCopy),
        Fact::DrillStarted(of) => Some(Fact::DrillRunning(of.clone())),
        _ => None,
    }
}

/// Whether RDS makes as many copies as it makes at once, which others began: it has the same word for a full quota, of
/// which it was asked.
fn waits_its_turn(step: &Step, fault: &Fault, world: &World) -> bool {
    let Step::Copy(Copy { region, of, .. }) = step else { return false };
    let quota = world.quotas.get(region).and_then(|quotas| quotas.get(&of.family));
    fault.meaning == Meaning::QuotaReached && quota.is_some_and(|quota| quota.left() > 0)
}

/// Counts copies that wait for others to end among those that the plan left.
fn wait_their_turn(waiting: &[(Step, Fault)], why: &mut Why) {
    for (step, _) in waiting {
        let Step::Copy(Copy { region, of, .. }) = step else { continue };
        let known = why.left.iter_mut().find_map(|left| match left {
            Left::Waiting { region: known, family, copies } if known == region && *family == of.family => {
                Some(copies)
            }
            _ => None,
        });
        match known {
            Some(copies) => *copies += 1,
            None => {
                why.left.push(Left::Waiting { region: region.clone(), family: of.family, copies: 1 });
            }
        }
    }
}

/// The `why.code` where only a part was done.
const PARTLY: &str = "partly";

/// What a failed step means for the order, of which these are all.
fn weight(step: &Step, fault: &Fault, steps: &[Step]) -> Weight {
    let ends_now =
        |of| steps.iter().any(|step| matches!(step, Step::NoteDrill { of: ended, .. } if ended == of));
    match (step, fault.meaning) {
        (_, Meaning::QuotaReached) => Weight::Stays,
        // It is noted as a drill that has failed, and sending it again begins no other.
        _ if is_drill_that_failed(step, fault) => Weight::Stays,
        // What has failed, or was left by an earlier drill, has had its time.
        (Step::Delete { because: Because::Failed, .. }, Meaning::WrongState) => Weight::Stays,
        (Step::DeleteScratch { of, .. }, Meaning::WrongState) if !ends_now(of) => Weight::Stays,
        // What cannot be deleted or added to just now is looked at again within the hour.
        (Step::Delete { .. } | Step::DeleteScratch { .. } | Step::AddMember { .. }, Meaning::WrongState) => {
            Weight::Note
        }
        _ => Weight::Passes,
    }
}

fn failed(order: &Order<'_>, code: &'static str, text: String) -> Report {
    let error = ErrorReport { kind: ErrorType::CommandFailed, text: text.clone() };
    let report = Report::failed(order.subject(), Reason::new(code, text), error);
    Report { next: Some(again(true)), ..report }
}

/// What is measured of a drill that has ended.
fn gauges_of_drill(order: &Order<'_>, step: &Step) -> Vec<Gauge> {
    let Step::NoteDrill { drill, .. } = step else { return Vec::new() };
    let mut gauges = vec![drill_failed(!drill.passed)];
    if drill.passed {
        let seconds = i32::try_from(drill.seconds).unwrap_or(i32::MAX);
        let dimensions = vec![("target", order.target.to_string())];
        let (name, unit) = ("RestoreDuration", Unit::Seconds);
        gauges.push(Gauge { name, unit, value: seconds.into(), dimensions });
    }
    gauges
}

/// Whether a drill has failed, as a number: one alarm watches it for all targets, so that no new one is forgotten.
fn drill_failed(has_failed: bool) -> Gauge {
    let value = if has_failed { 1.0 } else { 0.0 };
    Gauge { name: "RestoreDrillFailed", unit: Unit::Count, value, dimensions: Vec::new() }
}

/// Whether a step is a restore that RDS refuses for good, which is noted as a drill that has failed.
fn is_drill_that_failed(step: &Step, fault: &Fault) -> bool {
    matches!(step, Step::Restore { .. }) && !fault.is_transient()
}

fn add_state(order: &Order<'_>, world: &World, report: &mut Report) {
    if matches!(order.action, Backup::Take { .. }) {
        return;
    }
    let (backups, ages) = state::state(order, world);
    report.state = Some(backups);
    if order.action == Backup::Reconcile && order.mode == Mode::Apply {
        report.gauges = ages;
    }
}

/// Finishes a report: what was asked for is said, and what would only repeat itself every hour is not published.
pub(super) fn finished(order: &Order<'_>, mut report: Report) -> Report {
    cut_steps(&mut report);
    if let Some(reason) = &order.reason {
        report.why.text = format!("{} (asked for because: {})", report.why.text, shorten(reason));
    }
    let by_itself = order.action == Backup::Reconcile && order.origin.source != Source::Operator;
    let is_said_elsewhere = matches!(report.why.code, "paused" | "lease-busy");
    report.quiet = by_itself && (report.verdict == Verdict::Held || is_said_elsewhere);
    report
}

/// Cuts a long list of steps: those that did not work come first.
fn cut_steps(report: &mut Report) {
    let total = report.steps.len();
    if total <= SHOWN_ITEMS {
        return;
    }
    report.steps.sort_by_key(|step| match step.status {
        StepStatus::Failed => 0,
        StepStatus::NotAttempted => 1,
        StepStatus::Applied | StepStatus::Already | StepStatus::Planned => 2,
    });
    report.steps.truncate(SHOWN_ITEMS);
    let state = report.state.get_or_insert_with(|| json!({}));
    if let Value::Object(state) = state {
        state.insert("steps_total".to_owned(), json!(total));
    }
}

/// A fault with its causes.
pub(super) fn words(fault: &Fault) -> String {
    Chain(fault).to_string()
}
