//! Boosts services for a while, and ends boosts.

use serde_json::json;
use shared::command::Source;
use shared::ids::{CommandId, TargetName, fingerprint};
use shared::kinds::service::{Increase, OnDrift};
use shared::period::Period;
use shared::plan::Plan;
use shell::schedules::OneTime;

use super::parking::is_off;
use super::{Fact, Limits, Note, Scene, Step, Wanted, Why, hold, refuse};
use crate::memory::{Boost, Boosted, Memory, Size};
use crate::world::{Bounds, Policy};

/// Raises the floor for a while: the min, or, where there is no scalable target, the desired count.
pub(super) fn begin(scene: &Scene<'_>, increase: Increase, lasts: Period) -> Plan<Step, Why> {
    let Scene { order, world, state } = scene;
    if let Some(parked) = &world.memory.parked {
        return refuse(Fact::Parked { at: Some(parked.at) });
    }
    let running = world.memory.boosted.as_ref();
    if let Some(boosted) = running
        && let Some(boost) = boosted.boosts.iter().find(|boost| boost.id == order.id.as_str())
    {
        return go_on(scene, boosted, boost);
    }
    if is_off(state) {
        return refuse(Fact::Parked { at: None });
    }
    let bounds = order.service.bounds;
    let current = state.scaling.as_ref().map_or(state.desired, |scaling| scaling.min);
    let asked = asked(increase, current);
    if current > bounds.ceiling || (current == bounds.ceiling && running.is_none()) {
        return refuse(Fact::AtCeiling { current, ceiling: bounds.ceiling });
    }
    // Where the desired count lags behind the min, the step is the one from the desired count.
    let reach = state.desired.saturating_add(bounds.largest_step);
    let raised = current.saturating_add(asked.min(bounds.largest_step)).min(bounds.ceiling);
    let floor = raised.min(reach.max(current));
    let wanted = match &state.scaling {
        Some(scaling) => {
            let max = scaling.max.max(floor);
            let set = Bounds { min: floor, max, suspended: None };
            Wanted { bounds: Some(set), desired: state.desired.clamp(floor, max) }
        }
        None => Wanted { bounds: None, desired: floor },
    };
    if let Some(stopped) = scene.stopped(&wanted, Limits::All) {
        return stopped;
    }
    let boost = Boost {
        id: order.id.to_string(),
        correlation: order.origin.correlation.clone(),
        floor,
        until: lasts.after(world.now),
    };
    let memory = with(scene, running, &boost, wanted.size(state));
    let mut steps = vec![Step::SaveSize(memory), Step::ScheduleRestore(end_of(&order.target, &boost))];
    steps.extend(scene.steps_to(&wanted));
    let mut notes = Vec::new();
    if floor - current < asked {
        notes.push(Note::Cut { asked, bounds });
    }
    if let Some(others) = running {
        notes.push(Note::UnderBoosts { floor: others.floor(), until: others.until() });
    }
    let what = if state.scaling.is_some() { "min" } else { "desired count" };
    scene.act(steps, Fact::Boosted { what, from: current, to: floor, until: boost.until }, notes)
}

/// How many tasks an increase asks for: at least one, and a part of one is a whole one.
fn asked(increase: Increase, current: u32) -> u32 {
    match increase {
        Increase::Add(add) => add.get(),
        Increase::Percent(percent) => {
            let tasks = (u64::from(current) * u64::from(percent.get())).div_ceil(100);
            u32::try_from(tasks).unwrap_or(u32::MAX).max(1)
        }
    }
}

/// What is remembered with one more boost.
fn with(scene: &Scene<'_>, running: Option<&Boosted>, boost: &Boost, left: Size) -> Memory {
    let Scene { order, world, state } = scene;
    let now = Size::of(state);
    let (base, mut boosts) = match running {
        None => (now.clone(), Vec::new()),
        Some(running) => {
            let theirs_wins = order.service.on_drift == OnDrift::Keep && has_drifted(running, &now);
            let base = if theirs_wins { now.clone() } else { running.base.clone() };
            (base, running.boosts.clone())
        }
    };
    boosts.push(boost.clone());
    Memory { boosted: Some(Boosted { base, found: now, left, boosts }), ..world.memory.clone() }
}

/// A boost whose message came again: an earlier delivery may have died on its way.
fn go_on(scene: &Scene<'_>, boosted: &Boosted, boost: &Boost) -> Plan<Step, Why> {
    let Scene { order, world, state } = scene;
    if boost.until <= world.now {
        return hold(Fact::BoostOver { until: boost.until });
    }
    let mut steps = vec![Step::ScheduleRestore(end_of(&order.target, boost))];
    let now = Size::of(state);
    if !has_drifted(boosted, &now) {
        let wanted = match (&boosted.left.scaling, &state.scaling) {
            (Some(left), Some(_)) => Wanted {
                bounds: Some(Bounds { min: left.min, max: left.max, suspended: None }),
                desired: state.desired.clamp(left.min, left.max),
            },
            _ => Wanted { bounds: None, desired: boosted.left.desired },
        };
        if let Some(stopped) = scene.stopped(&wanted, Limits::All) {
            return stopped;
        }
        steps.extend(scene.steps_to(&wanted));
    }
    let (what, from) = match &boosted.base.scaling {
        Some(scaling) => ("min", scaling.min),
        None => ("desired count", boosted.base.desired),
    };
    scene.act(steps, Fact::Boosted { what, from, to: boost.floor, until: boost.until }, Vec::new())
}

/// Ends a boost: the last one gives back the size under it, any other is only forgotten.
pub(super) fn end(scene: &Scene<'_>, id: &CommandId) -> Plan<Step, Why> {
    let Scene { order, world, state } = scene;
    if let Some(parked) = &world.memory.parked {
        return hold(Fact::Superseded { id: id.clone(), parked_at: Some(parked.at) });
    }
    let is_it = |boost: &Boost| boost.id == id.as_str();
    let Some(boosted) = world.memory.boosted.as_ref().filter(|boosted| boosted.boosts.iter().any(is_it))
    else {
        return hold(Fact::Superseded { id: id.clone(), parked_at: None });
    };
    // Those that are overdue end with it: their own end got lost.
    let others = boosted.boosts.iter().filter(|boost| !is_it(boost) && boost.until > world.now);
    let others: Vec<Boost> = others.cloned().collect();
    if !others.is_empty() {
        let rest = Boosted { boosts: others, ..boosted.clone() };
        let fact = Fact::BoostContinues { floor: boosted.floor(), until: rest.until() };
        let memory = Memory { boosted: Some(rest), ..world.memory.clone() };
        return scene.act(vec![Step::ForgetSize(memory)], fact, Vec::new());
    }
    let forget = Step::ForgetSize(Memory { boosted: None, ..world.memory.clone() });
    let now = Size::of(state);
    let mut notes = Vec::new();
    if has_drifted(boosted, &now) {
        match order.service.on_drift {
            OnDrift::Keep => {
                let fact = Fact::DriftKept { saved: boosted.base.clone(), kept: now };
                return scene.act(vec![forget], fact, notes);
            }
            OnDrift::Restore => notes.push(Note::DriftUndone(now)),
        }
    }
    let removed_by_policies = has_policies_that_remove(scene);
    let desired = match &state.scaling {
        // Nobody but us removes the boost's own tasks. If somebody has changed their number, they stay.
        Some(_) if removed_by_policies || state.desired != boosted.left.desired => state.desired,
        _ => boosted.base.desired,
    };
    let (wanted, cut) = scene.back_to(&boosted.base, desired, None);
    let wanted = within_its_bounds(wanted);
    if let Some(stopped) = scene.stopped(&wanted, Limits::AnyStep) {
        return stopped;
    }
    if removed_by_policies && wanted.bounds.as_ref().is_some_and(|bounds| wanted.desired > bounds.min) {
        notes.push(Note::PoliciesScaleIn);
    }
    notes.extend(cut);
    let mut steps = scene.steps_to(&wanted);
    steps.push(forget);
    scene.act(steps, Fact::BoostEnded { to: wanted.size(state) }, notes)
}

/// Whether scaling policies remove tasks that are too many, once the load allows it.
fn has_policies_that_remove(scene: &Scene<'_>) -> bool {
    let Scene { world, state, .. } = scene;
    let removes = |policies: &Vec<Policy>| policies.iter().any(|policy| policy.scales_in);
    state
        .scaling
        .as_ref()
        .is_some_and(|scaling| !scaling.suspended.dynamic_in && world.policies.as_ref().is_none_or(removes))
}

/// The desired count that the bounds leave: Application Auto Scaling would set it so.
fn within_its_bounds(wanted: Wanted) -> Wanted {
    let Wanted { bounds, desired } = wanted;
    let desired = bounds.as_ref().map_or(desired, |Bounds { min, max, .. }| desired.clamp(*min, *max));
    Wanted { bounds, desired }
}

/// Whether somebody has changed the size under the boosts: it is neither as they left it, nor as it was before, as it
/// is when a boost or its end died on its way.
fn has_drifted(boosted: &Boosted, now: &Size) -> bool {
    let Boosted { base, found, left, boosts: _ } = boosted;
    ![base, found, left].into_iter().any(|known| now.is_set_like(known))
}

/// The command id of a boost's end: the same whether its schedule sends it or the reconciliation.
#[must_use]
pub(crate) fn end_id(target: &TargetName, boost: &str) -> CommandId {
    CommandId::derived(["boost-end", target.as_str(), boost])
}

/// The schedule that ends a boost: its input is the whole command.
pub(super) fn end_of(target: &TargetName, boost: &Boost) -> OneTime {
    // A schedule's name has at most 64 characters, a target's at most 40.
    const DIGITS: usize = 16;
    let mut digits = fingerprint([target.as_str(), &boost.id]);
    digits.truncate(DIGITS);
    OneTime {
        name: format!("boost-{target}-{digits}"),
        at: boost.until,
        input: json!({
            "action": "restore",
            "target": target,
            "of": boost.id,
            "id": end_id(target, &boost.id),
            "origin": {"source": Source::Schedule, "correlation": boost.correlation},
        }),
        message_group: target.to_string(),
    }
}
