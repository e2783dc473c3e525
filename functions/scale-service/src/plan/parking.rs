//! Parks services, and restores them.

use shared::kinds::service::OnDrift;
use shared::plan::Plan;

use super::{Fact, Limits, Note, Scene, Step, Toward, Wanted, Why, boosts, hold, refuse};
use crate::memory::{Memory, Parked, Size};
use crate::world::{Bounds, Scaling, State, Suspended};

/// Saves the size, and then sets everything to 0.
///
/// The bounds are set to 0 too, and all scaling is suspended: neither policies nor anybody's scheduled actions wake it.
pub(super) fn park(scene: &Scene<'_>) -> Plan<Step, Why> {
    let Scene { order, world, state } = scene;
    let bounds =
        state.scaling.is_some().then_some(Bounds { min: 0, max: 0, suspended: Some(Suspended::ALL) });
    let wanted = Wanted { bounds, desired: 0, toward: Toward::Exactly };
    let steps_to_zero = scene.steps_to(&wanted);
    if steps_to_zero.is_empty() || (world.memory.parked.is_none() && is_at_zero(state)) {
        return hold(Fact::AlreadyParked { at: world.memory.parked.as_ref().map(|parked| parked.at) });
    }
    let found = Size::of(state);
    let mut notes = Vec::new();
    let size = match (&world.memory.parked, &world.memory.boosted) {
        (Some(parked), _) if parked.by == order.id.as_str() || is_off(state) => None,
        (Some(parked), _) if !has_drifted(scene, parked) => {
            // Somebody may have woken it, or a `restore` died on its way, and what it was to put back must not get lost.
            notes.push(Note::SavedStays { at: parked.at });
            None
        }
        (Some(parked), _) => {
            notes.push(Note::WokenSince { at: parked.at, who_wins: order.service.on_drift });
            match order.service.on_drift {
                OnDrift::Keep => Some(resumed(parked, found.clone())),
                OnDrift::Restore => None,
            }
        }
        (None, Some(boosted)) => {
            notes.push(Note::BoostsOver(boosted.boosts.len()));
            Some(boosts::under(scene, boosted))
        }
        (None, None) => Some(found.clone()),
    };
    let saved = match (&size, &world.memory.parked) {
        (Some(size), _) => size.clone(),
        (None, Some(parked)) => parked.size.clone(),
        (None, None) => found.clone(),
    };
    let save = size.map(|size| {
        let parked = Parked { size, found, by: order.id.to_string(), at: world.now };
        let service = order.service.resource_id();
        Step::SaveSize(Memory { service, parked: Some(parked), boosted: None })
    });
    let steps = save.into_iter().chain(steps_to_zero).collect();
    scene.act(steps, Fact::ParkedNow { saved }, notes)
}

/// Puts back what was saved, and forgets it.
pub(super) fn restore(scene: &Scene<'_>) -> Plan<Step, Why> {
    let Scene { order, world, state } = scene;
    let Some(parked) = &world.memory.parked else {
        let running = world.memory.boosted.iter().flat_map(|boosted| &boosted.boosts);
        return refuse(Fact::NothingSaved { boosts: running.map(|boost| boost.id.clone()).collect() });
    };
    let forget = Step::ForgetSize(Memory { parked: None, ..world.memory.clone() });
    let mut notes = Vec::new();
    if has_drifted(scene, parked) {
        match order.service.on_drift {
            OnDrift::Keep => {
                let kept = resumed(parked, Size::of(state));
                let bounds = kept.scaling.as_ref().map(|Scaling { min, max, suspended }| Bounds {
                    min: *min,
                    max: *max,
                    suspended: Some(*suspended),
                });
                let as_it_is = Wanted { bounds, desired: state.desired, toward: Toward::Exactly };
                let mut steps = scene.steps_to(&as_it_is);
                steps.push(forget);
                return scene.act(steps, Fact::DriftKept { saved: parked.size.clone(), kept }, notes);
            }
            OnDrift::Restore => notes.push(Note::DriftUndone(Size::of(state))),
        }
    }
    let suspended = parked.size.scaling.as_ref().map(|scaling| scaling.suspended);
    if let (None, Some(Scaling { min, max: 0, .. })) = (&parked.size.scaling, &state.scaling) {
        // A scalable target that came meanwhile and lets nothing run: the size stays saved.
        let desired = parked.size.desired;
        return refuse(Fact::DesiredBeyond { desired, min: *min, max: 0 });
    }
    let more = more_than_ever(scene, parked);
    let (wanted, cut) = scene.back_to(&parked.size, more.unwrap_or(parked.size.desired), suspended);
    notes.extend(more.map(|desired| Note::MoreRun { desired, saved: parked.size.desired }));
    if let Some(stopped) = scene.stopped(&wanted, Limits::AnyStep) {
        return stopped;
    }
    notes.extend(cut);
    let mut steps = scene.steps_to(&wanted);
    steps.push(forget);
    scene.act(steps, Fact::Restored { to: wanted.size(state), parked_at: parked.at }, notes)
}

/// How many tasks run, where that is more than before parking and under it: somebody has woken it, and none of their
/// tasks is taken. What a parking or a restoring that died has left is never more.
fn more_than_ever(scene: &Scene<'_>, parked: &Parked) -> Option<u32> {
    let Scene { order, state, .. } = scene;
    let saved = parked.size.scaling.as_ref().filter(|_| order.service.on_drift == OnDrift::Keep)?;
    let most = saved.max.min(order.service.bounds.ceiling);
    let ever = parked.size.desired.max(parked.found.desired).min(most);
    let runs = state.desired.min(most);
    (state.scaling.is_some() && !is_off(state) && runs > ever).then_some(runs)
}

/// A size that somebody has set since it was parked, with the suspension that was parking's own taken off it: they
/// would hardly think of it, and no policy would ever act again.
fn resumed(parked: &Parked, now: Size) -> Size {
    let saved = parked.size.scaling.as_ref().map(|scaling| scaling.suspended).unwrap_or_default();
    let scaling = now.scaling.map(|scaling| match scaling.suspended {
        Suspended::ALL => Scaling { suspended: saved, ..scaling },
        _ => scaling,
    });
    Size { scaling, ..now }
}

/// Whether somebody has changed the size since it was parked: it is neither as parking left it, nor as it was before,
/// as it is when the parking or the restoring died on its way.
fn has_drifted(scene: &Scene<'_>, parked: &Parked) -> bool {
    !is_off(scene.state) && !scene.has_known_size(&[&parked.size, &parked.found])
}

/// What a service was parked with, where it runs all the same: the parking never came so far, or somebody woke it. It is
/// theirs to size then. One without tasks is still to be restored: a `restore` may have died before it started them.
///
/// # Errors
/// The refusal, where it is off.
pub(super) fn awake<'w>(scene: &Scene<'w>) -> Result<Option<&'w Parked>, Box<Plan<Step, Why>>> {
    match scene.memory().parked.as_ref() {
        Some(parked) if is_off(scene.state) || scene.state.desired == 0 => {
            Err(Box::new(refuse(Fact::Parked { at: Some(parked.at) })))
        }
        parked => Ok(parked),
    }
}

/// What is to be suspended on a scalable target that runs although it was parked; `None`: what is.
pub(super) fn resumes(scene: &Scene<'_>, parked: Option<&Parked>) -> Option<Suspended> {
    let now = Size::of(scene.state);
    let resumed = resumed(parked?, now.clone()).scaling?.suspended;
    (now.scaling?.suspended != resumed).then_some(resumed)
}

/// What is suspended once scheduled scaling is, too. Where that is everything, on a scalable target that runs although it
/// was parked, nobody can tell it from parking's own suspension any more, which is resumed: so it is at once.
pub(super) fn taken_over(afterwards: Suspended, parked: Option<&Parked>) -> Suspended {
    let taken = Suspended { scheduled: true, ..afterwards };
    match parked {
        Some(parked) if taken == Suspended::ALL => {
            let saved = parked.size.scaling.as_ref().map(|scaling| scaling.suspended).unwrap_or_default();
            Suspended { scheduled: true, ..saved }
        }
        _ => taken,
    }
}

/// Whether it is switched off: its bounds are 0, or, without a scalable target, its desired count is.
pub(super) fn is_off(state: &State) -> bool {
    state.scaling.as_ref().map_or(state.desired == 0, |scaling| scaling.max == 0)
}

/// Whether there is nothing to save.
fn is_at_zero(state: &State) -> bool {
    is_off(state) && state.desired == 0
}
