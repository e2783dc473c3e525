//! Boosts services for a while, and ends boosts.

use serde_json::json;
use shared::command::Source;
use shared::ids::{CommandId, TargetName, fingerprint};
use shared::kinds::service::{Increase, OnDrift};
use shared::period::Period;
use shared::plan::Plan;
use shell::schedules::OneTime;

use super::parking::{self, is_off};
use super::{Fact, Limits, Note, Scene, Step, Toward, Wanted, Why, hold, refuse, seconds};
use crate::memory::{Boost, Boosted, Memory, Size};
use crate::world::{Bounds, Policy, Scaling, World};

/// Raises the floor for a while: the min, or, where there is no scalable target, the desired count.
pub(super) fn begin(scene: &Scene<'_>, increase: Increase, lasts: Period) -> Plan<Step, Why> {
    let Scene { order, world, state } = scene;
    let parked = match parking::awake(scene) {
        Ok(parked) => parked,
        Err(refused) => return *refused,
    };
    if is_off(state) {
        return refuse(Fact::Parked { at: None });
    }
    let running = world.memory.boosted.as_ref();
    if let Some(boosted) = running
        && let Some(boost) = boosted.boosts.iter().find(|boost| boost.id == order.id.as_str())
    {
        return go_on(scene, boosted, boost);
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
            // Somebody may have set more tasks than the max: a boost takes none of them.
            let max = scaling.max.max(floor).max(state.desired.min(bounds.ceiling));
            let set = Bounds { min: floor, max, suspended: parking::resumes(scene, parked) };
            let (desired, toward) = (state.desired.clamp(floor, max), Toward::AtLeast);
            Wanted { bounds: Some(set), desired, toward }
        }
        None => Wanted { bounds: None, desired: floor, toward: Toward::Exactly },
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
    let mut notes: Vec<Note> =
        parked.map(|parked| Note::ParkForgotten { at: parked.at }).into_iter().collect();
    if floor - current < asked {
        notes.push(Note::Cut { asked, bounds });
    }
    if wanted.desired == state.desired {
        notes.push(Note::AddsNone { desired: state.desired });
    }
    if let Some(others) = running
        && let floor @ 1.. = others.floor_in_force(&Size::of(state))
    {
        notes.push(Note::UnderBoosts { floor, until: others.until() });
    }
    let what = if state.scaling.is_some() { "min" } else { "desired count" };
    let over = running.and_then(Boosted::until).map_or(boost.until, |until| until.max(boost.until));
    scene.act(steps, Fact::Boosted { what, from: current, to: floor, until: boost.until, over }, notes)
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
    let found = Size::of(scene.state);
    let base = running.map_or_else(|| found.clone(), |running| under(scene, running));
    let mut boosts = running.map(|running| running.boosts.clone()).unwrap_or_default();
    boosts.push(boost.clone());
    let boosted = Some(Boosted { base, found, left, boosts });
    Memory { service: scene.order.service.resource_id(), parked: None, boosted }
}

/// The size under the boosts, number by number: what was saved, or what somebody has set since, as the playbook says.
/// What is suspended is nobody's but theirs.
pub(super) fn under(scene: &Scene<'_>, running: &Boosted) -> Size {
    let Boosted { base, found, left, boosts: _ } = running;
    let now = Size::of(scene.state);
    let keeps = scene.order.service.on_drift == OnDrift::Keep;
    match (&base.scaling, &now.scaling) {
        (Some(saved), Some(set)) => {
            let ours = [base, found, left].map(|size| size.scaling.as_ref());
            let limits = scene.order.service.bounds;
            let stays = |number: fn(&Scaling) -> u32| {
                let now = number(set);
                let is_ours = |ours: u32| now == ours || now == ours.clamp(limits.floor, limits.ceiling);
                let is_theirs = !ours.iter().flatten().any(|ours| is_ours(number(ours)));
                if keeps && is_theirs { now } else { number(saved) }
            };
            let min = stays(|scaling| scaling.min);
            let max = stays(|scaling| scaling.max).max(min);
            let is_saved = (min, max) == (saved.min, saved.max);
            let desired = if is_saved { base.desired } else { now.desired.clamp(min, max) };
            Size { desired, scaling: Some(Scaling { min, max, suspended: set.suspended }) }
        }
        _ if keeps && has_drifted(scene, running) => now,
        _ => base.clone(),
    }
}

/// A boost whose message came again: an earlier delivery may have died on its way.
fn go_on(scene: &Scene<'_>, boosted: &Boosted, boost: &Boost) -> Plan<Step, Why> {
    let Scene { order, world, state } = scene;
    if boost.until <= world.now {
        return hold(Fact::BoostOver { until: boost.until });
    }
    let mut steps = vec![Step::ScheduleRestore(end_of(&order.target, boost))];
    if order.service.on_drift == OnDrift::Keep && has_drifted(scene, boosted) {
        let fact = Fact::BoostYields { kept: Size::of(state), until: boost.until };
        return scene.act(steps, fact, Vec::new());
    }
    let wanted = match (&boosted.left.scaling, &state.scaling) {
        (Some(left), Some(now)) => {
            let min = left.min.max(boost.floor);
            let max = left.max.max(min).max(now.max);
            // What it was to resume of a parking is resumed now.
            let was = boosted.found.scaling.as_ref().map(|found| found.suspended);
            let suspended = (was == Some(now.suspended)).then_some(left.suspended);
            let (desired, toward) = (state.desired.clamp(min, max), Toward::AtLeast);
            Wanted { bounds: Some(Bounds { min, max, suspended }), desired, toward }
        }
        (_, None) => {
            let desired = boosted.left.desired.max(boost.floor);
            Wanted { bounds: None, desired, toward: Toward::Exactly }
        }
        (None, Some(_)) => Wanted { bounds: None, desired: state.desired, toward: Toward::Exactly },
    };
    if let Some(stopped) = scene.stopped(&wanted, Limits::All) {
        return stopped;
    }
    steps.extend(scene.steps_to(&wanted));
    let (what, from) = match &boosted.base.scaling {
        Some(scaling) => ("min", scaling.min),
        None => ("desired count", boosted.base.desired),
    };
    let over = boosted.until().unwrap_or(boost.until);
    scene.act(steps, Fact::Boosted { what, from, to: boost.floor, until: boost.until, over }, Vec::new())
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
    // The highest floor holds until the last of them ends.
    let others: Vec<Boost> = others.map(|boost| Boost { floor: boosted.floor(), ..boost.clone() }).collect();
    if !others.is_empty() {
        let rest = Boosted { boosts: others, ..boosted.clone() };
        let fact = Fact::BoostContinues { floor: boosted.floor(), until: rest.until() };
        let memory = Memory { boosted: Some(rest), ..world.memory.clone() };
        return scene.act(vec![Step::ForgetSize(memory)], fact, Vec::new());
    }
    let forget = Step::ForgetSize(Memory { boosted: None, ..world.memory.clone() });
    let (now, under) = (Size::of(state), under(scene, boosted));
    let mut notes = Vec::new();
    if is_off(state) {
        let fact = Fact::OffStays { saved: boosted.base.clone() };
        return scene.act(vec![forget], fact, notes);
    }
    if has_drifted(scene, boosted) {
        match order.service.on_drift {
            OnDrift::Keep if under.is_set_like(&now) => {
                let fact = Fact::DriftKept { saved: boosted.base.clone(), kept: now };
                return scene.act(vec![forget], fact, notes);
            }
            OnDrift::Keep => notes.push(Note::TheirsStays),
            OnDrift::Restore => notes.push(Note::DriftUndone(now)),
        }
    }
    let removed_by_policies = has_policies_that_remove(scene);
    let desired = match &state.scaling {
        // Nobody but us removes the boost's own tasks. If somebody has changed their number, they stay.
        Some(_) if removed_by_policies || state.desired != boosted.left.desired => state.desired,
        _ => under.desired,
    };
    let (wanted, cut) = scene.back_to(&under, desired, None);
    if let Some(stopped) = scene.stopped(&wanted, Limits::AnyStep) {
        return stopped;
    }
    if removed_by_policies && wanted.bounds.as_ref().is_some_and(|bounds| wanted.desired > bounds.min) {
        notes.push(if world.policies.is_some() { Note::PoliciesScaleIn } else { Note::PoliciesUnread });
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

/// Whether somebody has changed the size under the boosts: it is neither as they left it, nor as it was before, as it
/// is when a boost or its end died on its way.
fn has_drifted(scene: &Scene<'_>, boosted: &Boosted) -> bool {
    let Boosted { base, found, left, boosts: _ } = boosted;
    !scene.has_known_size(&[base, found, left])
}

/// Forgets the boosts of a service that is gone.
pub(super) fn forget(world: &World) -> Plan<Step, Why> {
    let steps = vec![Step::ForgetSize(Memory { boosted: None, ..world.memory.clone() })];
    Plan::Act { steps, why: Why::from(Fact::GoneWithItsBoosts) }
}

/// The command id of a boost's end: the same whether its schedule sends it or the reconciliation. Its time is a part of
/// it, as a boost that was ended before it raised anything begins anew when it is sent again.
#[must_use]
pub(crate) fn end_id(target: &TargetName, boost: &Boost) -> CommandId {
    CommandId::derived(["boost-end", target.as_str(), &boost.id, &seconds(boost.until)])
}

/// The schedule that ends a boost: its input is the whole command.
pub(super) fn end_of(target: &TargetName, boost: &Boost) -> OneTime {
    // A schedule's name has at most 64 characters, a target's at most 40.
    const DIGITS: usize = 16;
    let id = end_id(target, boost);
    let mut digits = fingerprint([id.as_str()]);
    digits.truncate(DIGITS);
    OneTime {
        name: format!("boost-{target}-{digits}"),
        at: boost.until,
        input: json!({
            "action": "restore",
            "target": target,
            "of": boost.id,
            "id": id,
            "origin": {"source": Source::Schedule, "correlation": boost.correlation},
        }),
        message_group: target.to_string(),
    }
}
