//! The reports of this function.

use serde_json::{Map, Value, json};
use shared::command::Mode;
use shared::fault::FaultClass;
use shared::ids::{TargetName, shorten};
use shared::plan::Plan;
use shared::report::{
    ErrorReport, ErrorType, Reason, Report, StepReport, StepStatus, Verdict, named, put_values,
};
use shell::Applied;
use shell::config::Chain;
use shell::ledger::{LedgerFault, UNAVAILABLE};
use shell::schedules::Made;

use crate::memory::{Memory, Size};
use crate::order::{Order, Reconcile};
use crate::plan::{Fact, Step, Why, seconds, shown};
use crate::world::{Bounds, Counts, Fault, Found, Policy, ScheduledAction, State, World};

/// What kept a step from being applied.
#[derive(Debug)]
pub(super) enum Trouble {
    /// ECS, Application Auto Scaling or EventBridge Scheduler.
    Aws(Fault),
    /// The ledger.
    Ledger(LedgerFault),
}

impl Trouble {
    /// Whether somebody else was changing the same thing.
    pub(super) fn is_conflict(&self) -> bool {
        let class = match self {
            Self::Aws(fault) => fault.class,
            Self::Ledger(fault) => fault.class,
        };
        class == Some(FaultClass::Conflict)
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Aws(fault) => fault.code(),
            Self::Ledger(_) => UNAVAILABLE,
        }
    }

    fn is_transient(&self) -> bool {
        match self {
            Self::Aws(fault) => fault.is_transient(),
            Self::Ledger(_) => true,
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Aws(fault) => Chain(fault).to_string(),
            Self::Ledger(fault) => Chain(fault).to_string(),
        }
    }
}

/// The report on a plan that nobody applies.
pub(super) fn not_applied(order: &Order<'_>, world: Option<&World>, plan: &Plan<Step, Why>) -> Report {
    let mut why = Reason::from(plan.why());
    let mut report = match plan {
        Plan::Act { steps, .. } => {
            why.text = format!("if carried out: {}", why.text);
            let mut report = Report::new(order.subject(), Verdict::Planned, why);
            report.steps = steps.iter().map(|step| StepReport::new(step, StepStatus::Planned)).collect();
            report.after = world.and_then(|world| after(world, steps, None));
            report.next = Some(report.next_of_planned());
            report
        }
        Plan::Hold { .. } => Report::new(order.subject(), Verdict::Held, why),
        Plan::Refuse { .. } => Report::new(order.subject(), Verdict::Refused, why),
        Plan::Wait { .. } => {
            let error = ErrorReport { kind: ErrorType::CommandFailed, text: why.text.clone() };
            Report::failed(order.subject(), why, error)
        }
    };
    report.before = world.and_then(before);
    report.next = report.next.or_else(|| next(order, plan.why()));
    if let (Mode::Plan, Some(world)) = (order.mode, world) {
        let forces = forces(world, plan);
        if !forces.is_empty() {
            let next = report.next.take().map(|next| format!("{next}; ")).unwrap_or_default();
            report.next = Some(format!("{next}by themselves: {}", named(&forces, "; ")));
        }
    }
    report
}

/// The same with the steps that were applied before somebody else came between: the order has acted all the same.
pub(super) fn after_a_conflict(mut report: Report, done: Vec<StepReport>) -> Report {
    if report.verdict == Verdict::Held && !done.is_empty() {
        report.verdict = Verdict::Acted;
    }
    report.steps.splice(..0, done);
    report
}

/// The report on steps that were applied.
pub(super) fn applied(
    order: &Order<'_>,
    world: &World,
    steps: &[Step],
    reports: Vec<StepReport>,
    why: &Why,
) -> Report {
    let has_acted = reports.iter().any(|report| report.status == StepStatus::Applied);
    let mut report = if has_acted {
        Report::new(order.subject(), Verdict::Acted, Reason::from(why))
    } else {
        Report::new(order.subject(), Verdict::Held, Reason::from(&Why::from(Fact::AlreadyDone)))
    };
    report.before = before(world);
    report.after = after(world, steps, Some(&reports));
    report.next = next(order, why);
    report.steps = reports;
    report
}

/// The report on an order that did not work.
pub(super) fn failed(
    order: &Order<'_>,
    world: Option<&World>,
    steps: Vec<StepReport>,
    trouble: &Trouble,
) -> Report {
    let text = trouble.text();
    let why = Reason::new(trouble.code(), format!("target `{}`: {text}", order.target));
    let error = ErrorReport { kind: ErrorType::CommandFailed, text };
    let mut report = Report::failed(order.subject(), why, error);
    report.before = world.and_then(before);
    report.steps = steps;
    report.next = Some(if trouble.is_transient() { AGAIN } else { REPAIR }.to_owned());
    report
}

/// The report on a wish whose ledger did not answer.
pub(super) fn unreconciled(wish: &Reconcile, trouble: &Trouble) -> Report {
    let text = trouble.text();
    let error = ErrorReport { kind: ErrorType::CommandFailed, text: text.clone() };
    let mut report = Report::failed(wish.subject(), Reason::new(trouble.code(), text), error);
    report.next = Some(AGAIN.to_owned());
    report
}

/// What happens to a command that failed and may succeed later.
const AGAIN: &str = "it is tried again when its message is delivered again; a direct caller sends it again";

/// What happens to a command that will fail again until somebody does something.
const REPAIR: &str = "it will fail again until the cause is repaired; then redrive the dead-letter queue, if it is not too late for it, or send it again";

/// What a step that makes a schedule brought about.
pub(super) fn scheduled(made: Made) -> Applied {
    Applied { already: made == Made::Already, details: Map::new() }
}

/// What a step that sets something brought about.
pub(super) fn changed() -> Applied {
    Applied { already: false, details: Map::new() }
}

/// What a step that sets the desired count brought about.
pub(super) fn counted(counts: Counts, already: bool) -> Applied {
    let Counts { desired, running, pending } = counts;
    let mut details = Map::new();
    details.insert("desired".to_owned(), json!(desired));
    details.insert("running".to_owned(), json!(running));
    details.insert("pending".to_owned(), json!(pending));
    Applied { already, details }
}

/// What was observed.
fn before(world: &World) -> Option<Value> {
    let Found::Service(state) = &world.found else { return None };
    let Value::Object(mut before) = shown(&Size::of(state)) else { return None };
    before.insert("running".to_owned(), json!(state.running));
    before.insert("pending".to_owned(), json!(state.pending));
    if let Some(policies) = &world.policies {
        put_values(&mut before, "policies", policies.iter().map(shown_policy));
    }
    if let Some(scheduled) = &world.scheduled {
        put_values(&mut before, "scheduled_actions", scheduled.iter().map(shown_action));
    }
    Some(Value::Object(before))
}

fn shown_policy(policy: &Policy) -> Value {
    let Policy { name, what, scales_in: _ } = policy;
    json!({"name": shorten(name), "what": shorten(what)})
}

fn shown_action(action: &ScheduledAction) -> Value {
    let ScheduledAction { name, schedule, time_zone, min, max, ends } = action;
    let mut shown = json!({"name": shorten(name), "schedule": shorten(schedule)});
    shown["time_zone"] = json!(time_zone.as_deref().map_or("UTC".to_owned(), shorten));
    let optional = [("min", json!(min)), ("max", json!(max)), ("ends", json!(ends.map(seconds)))];
    for (name, value) in optional.into_iter().filter(|(_, value)| !value.is_null()) {
        shown[name] = value;
    }
    shown
}

/// What is so after the steps: what they set, and for the rest what was observed. Where they were applied (`Some`), with
/// the tasks that ECS last spoke of.
fn after(world: &World, steps: &[Step], reports: Option<&[StepReport]>) -> Option<Value> {
    let Found::Service(state) = &world.found else { return None };
    let mut size = Size::of(state);
    for step in steps {
        match step {
            Step::SetBounds(Bounds { min, max, suspended }) => {
                if let Some(scaling) = &mut size.scaling {
                    (scaling.min, scaling.max) = (*min, *max);
                    scaling.suspended = suspended.unwrap_or(scaling.suspended);
                }
            }
            Step::SetDesired { desired, toward: _ } => size.desired = *desired,
            Step::SaveSize(_) | Step::ScheduleRestore(_) | Step::ForgetSize(_) => {}
        }
    }
    let mut after = shown(&size);
    let Some(reports) = reports else { return Some(after) };
    let counts = [("desired", size.desired), ("running", state.running), ("pending", state.pending)];
    for (name, observed) in counts {
        let counted = reports.iter().rev().find_map(|report| report.details.get(name));
        after[name] = counted.cloned().unwrap_or_else(|| json!(observed));
    }
    Some(after)
}

/// What policies and scheduled actions will do next: those that are not suspended after the plan.
fn forces(world: &World, plan: &Plan<Step, Why>) -> Vec<String> {
    let Found::Service(State { scaling: Some(scaling), .. }) = &world.found else { return Vec::new() };
    let steps = if let Plan::Act { steps, .. } = plan { steps.as_slice() } else { &[] };
    let changed = steps.iter().find_map(|step| match step {
        Step::SetBounds(bounds) => bounds.suspended,
        _ => None,
    });
    let suspended = changed.unwrap_or(scaling.suspended);
    let policies =
        world.policies.iter().flatten().filter(|_| !(suspended.dynamic_in && suspended.dynamic_out));
    let policies =
        policies.map(|Policy { name, what, .. }| format!("policy `{}` {}", shorten(name), shorten(what)));
    let actions = world.scheduled.iter().flatten();
    let live = actions.filter(|action| !suspended.scheduled && action.is_live(world.now));
    let scheduled = live.map(|ScheduledAction { name, schedule, time_zone, min, max, .. }| {
        let (name, schedule) = (shorten(name), shorten(schedule));
        let zone = time_zone.as_deref().map_or("UTC".to_owned(), shorten);
        let min = min.map(|min| format!(" min {min}")).unwrap_or_default();
        let max = max.map(|max| format!(" max {max}")).unwrap_or_default();
        format!("scheduled action `{name}` sets{min}{max} at {schedule} {zone}")
    });
    policies.chain(scheduled).collect()
}

/// What a person can do about a saved value that cannot be understood.
pub(super) fn correct(target: &TargetName) -> String {
    let key = Memory::key(target);
    format!("correct or delete the item `{key}` of the partition `saved` in the ledger's table")
}

/// What happens next, or what a person can do.
fn next(order: &Order<'_>, why: &Why) -> Option<String> {
    let restore = || json!({"action": "restore", "target": order.target}).to_string();
    let text = match &why.fact {
        Fact::Boosted { over: until, .. } | Fact::BoostContinues { until: Some(until), .. } => {
            format!("restores at {}", seconds(*until))
        }
        Fact::OtherService { service, .. } => format!(
            "name {service} in the playbook again and send `restore`, or send `set` with the size that the new one \
             should have: that forgets the old one's"
        ),
        Fact::SavedUnreadable { .. } => correct(&order.target),
        Fact::ParkedNow { .. } | Fact::AlreadyParked { at: Some(_) } | Fact::Parked { at: Some(_) } => {
            format!("to wake it, send {}", restore())
        }
        Fact::Parked { at: None } | Fact::OffStays { .. } => {
            "to wake it, send `set` with the size that it should have".to_owned()
        }
        Fact::DriftKept { .. } => {
            "if the saved size was right after all, send `set` with its numbers".to_owned()
        }
        Fact::MayNotPark => "if it may be parked, say `may-park: true` in the playbook".to_owned(),
        Fact::NothingSaved { .. } => {
            "nothing, if somebody has woken it already; to change its size, send `set` or `profile`"
                .to_owned()
        }
        Fact::OutsideBounds { .. } => {
            "give numbers within them, or change `bounds` in the playbook".to_owned()
        }
        Fact::MinAboveMax { .. } | Fact::DesiredBeyond { .. } => {
            "give `min` and `max` too, with room for each other and for `desired`".to_owned()
        }
        Fact::NoProfile { .. } => "name another profile, or add this one to the playbook".to_owned(),
        Fact::StepTooLarge { .. } => {
            "go there in smaller steps, or raise `largest-step` in the playbook".to_owned()
        }
        Fact::AtCeiling { .. } => "if it may have more tasks, raise `ceiling` in the playbook".to_owned(),
        Fact::OtherSchedule { .. } => {
            "remove those scheduled actions, or say `takes-over: true` in the playbook".to_owned()
        }
        Fact::ServiceMissing { .. } => "compare `cluster` and `service` in the playbook with ECS".to_owned(),
        Fact::ServiceInactive { .. } | Fact::DaemonService => {
            "take the target out of the playbook, or name a service there that can be scaled".to_owned()
        }
        Fact::DeploymentFailed => "deploy a working revision, or roll back; then send it again".to_owned(),
        Fact::Paused { pause } => format!(
            "to end the pause, invoke route-alarm with {}",
            json!({"action": "resume", "scope": pause.scope})
        ),
        Fact::LedgerUnset => "set LAMPLIGHTER_LEDGER_TABLE".to_owned(),
        Fact::SchedulesUnset => "set LAMPLIGHTER_SCHEDULE_GROUP, _ROLE and _TARGET".to_owned(),
        Fact::LedgerUnavailable { .. } | Fact::LeaseBusy { .. } => AGAIN.to_owned(),
        Fact::Set { .. }
        | Fact::ProfileSet { .. }
        | Fact::BoostYields { .. }
        | Fact::GoneWithItsBoosts
        | Fact::Restored { .. }
        | Fact::BoostEnded { .. }
        | Fact::BoostContinues { until: None, .. }
        | Fact::AlreadySo { .. }
        | Fact::AlreadyDone
        | Fact::AlreadyParked { at: None }
        | Fact::Superseded { .. }
        | Fact::BoostOver { .. }
        | Fact::Holiday { .. } => return None,
    };
    Some(text)
}
