//! Sets sizes: by number, and by the name of a profile.

use shared::kinds::service::{Profile, ProfileName, Size as Asked};
use shared::plan::Plan;

use super::{Fact, Limits, Note, Scene, Step, Toward, Wanted, Why, boosts, parking, refuse};
use crate::memory::{Boosted, Memory, Size};
use crate::world::{Bounds, Scaling, Suspended};

/// A size by number. It is the last word: boosts that run are over with it.
pub(super) fn set(scene: &Scene<'_>, asked: &Asked) -> Plan<Step, Why> {
    let Scene { world, state, .. } = scene;
    let parked = match parking::awake(scene) {
        Ok(parked) => parked,
        Err(refused) => return *refused,
    };
    let suspended = parking::resumes(scene, parked);
    let wanted = match &state.scaling {
        Some(scaling) => {
            // What is not named stays as it is, but for what boosts have raised: they are over with this. A raised max
            // stays as far as tasks need it.
            let under = scene.memory().boosted.as_ref().map(|boosted| boosts::under(scene, boosted));
            let stays = under.and_then(|size| size.scaling).unwrap_or_else(|| scaling.clone());
            let needed = asked.desired.unwrap_or(state.desired).min(scaling.max);
            let min = asked.min.unwrap_or(stays.min);
            let max = asked.max.unwrap_or(stays.max.max(needed));
            if min > max {
                return refuse(Fact::MinAboveMax { min, max });
            }
            let desired = asked.desired.unwrap_or(state.desired.clamp(min, max));
            if !(min..=max).contains(&desired) {
                return refuse(Fact::DesiredBeyond { desired, min, max });
            }
            Wanted { bounds: Some(Bounds { min, max, suspended }), desired, toward: Toward::Exactly }
        }
        None => {
            let (least, most) = (asked.min.unwrap_or(0), asked.max.unwrap_or(u32::MAX));
            let desired = asked.desired.unwrap_or(state.desired.clamp(least, most));
            Wanted { bounds: None, desired, toward: Toward::Exactly }
        }
    };
    let mut steps = scene.steps_to(&wanted);
    if !steps.is_empty()
        && let Some(stopped) = scene.stopped(&wanted, Limits::All)
    {
        return stopped;
    }
    let mut notes = lowered(scene, &wanted);
    if let Some(boosted) = &scene.memory().boosted {
        notes.push(Note::BoostsOver(boosted.boosts.len()));
    }
    notes.extend(parked.map(|parked| Note::ParkForgotten { at: parked.at }));
    if !world.memory.is_empty() {
        if scene.memory().is_empty() {
            notes.push(Note::OtherForgotten { service: world.memory.service.clone() });
        }
        steps.push(Step::ForgetSize(Memory::default()));
    }
    if steps.is_empty() {
        return scene.already_so();
    }
    scene.act(steps, Fact::Set { from: Size::of(state), to: wanted.size(state) }, notes)
}

/// The size of a profile. It lies under the boosts that run: they keep their floor, and go back to it.
pub(super) fn profile(scene: &Scene<'_>, name: &ProfileName) -> Plan<Step, Why> {
    let Scene { order, state, .. } = scene;
    let Ok(profile) = order.service.profile(name) else {
        return refuse(Fact::NoProfile { name: name.clone() });
    };
    let parked = match parking::awake(scene) {
        Ok(parked) => parked,
        Err(refused) => return *refused,
    };
    let now = Size::of(state);
    let floor = scene.memory().boosted.as_ref().map_or(0, |boosted| boosted.floor_in_force(&now));
    let mut notes = Vec::new();
    let wanted = match &state.scaling {
        Some(scaling) => {
            let mut suspended = parking::resumes(scene, parked);
            let afterwards = suspended.unwrap_or(scaling.suspended);
            let fighting = fighting(scene, afterwards, profile);
            if !fighting.is_empty() {
                if !order.service.takes_over {
                    return refuse(Fact::OtherSchedule { names: fighting });
                }
                suspended = Some(parking::taken_over(afterwards, parked));
                notes.push(Note::TookOver(fighting));
            }
            let (min, max) = (profile.min.max(floor), profile.max.max(floor));
            let desired = profile.desired.unwrap_or(state.desired).clamp(min, max);
            let toward = match profile.desired {
                Some(_) => Toward::Exactly,
                None if desired > state.desired => Toward::AtLeast,
                None => Toward::AtMost,
            };
            Wanted { bounds: Some(Bounds { min, max, suspended }), desired, toward }
        }
        None => {
            let desired = profile.desired.unwrap_or(profile.min).max(floor);
            Wanted { bounds: None, desired, toward: Toward::Exactly }
        }
    };
    let mut steps = Vec::new();
    if let Some(memory) = under_boosts(scene, profile, &wanted) {
        steps.push(Step::SaveSize(memory));
    }
    steps.extend(scene.steps_to(&wanted));
    if !steps.is_empty()
        && let Some(stopped) = scene.stopped(&wanted, Limits::All)
    {
        return stopped;
    }
    if let Some(parked) = parked {
        notes.push(Note::ParkForgotten { at: parked.at });
        steps.push(Step::ForgetSize(Memory::default()));
    }
    if steps.is_empty() {
        return scene.already_so();
    }
    notes.extend(lowered(scene, &wanted));
    if let Some(boosted) = scene.memory().boosted.as_ref().filter(|_| floor > 0) {
        notes.push(Note::UnderBoosts { floor, until: boosted.until() });
    }
    let (from, to) = (Size::of(state), wanted.size(state));
    scene.act(steps, Fact::ProfileSet { name: name.clone(), from, to }, notes)
}

/// A note, where somebody might expect that a lower min removes tasks.
fn lowered(scene: &Scene<'_>, wanted: &Wanted) -> Vec<Note> {
    match (&wanted.bounds, &scene.state.scaling) {
        (Some(set), Some(found)) if set.min < found.min && wanted.desired > set.min => {
            vec![Note::MinRemovesNothing]
        }
        _ => Vec::new(),
    }
}

/// The scheduled actions of others that would undo a profile.
fn fighting(scene: &Scene<'_>, suspended: Suspended, profile: &Profile) -> Vec<String> {
    if suspended.scheduled {
        return Vec::new();
    }
    let actions = scene.world.scheduled.iter().flatten();
    let fighting = actions
        .filter(|action| action.is_live(scene.world.now) && action.sets_other_than(profile.min, profile.max));
    fighting.map(|action| action.name.clone()).collect()
}

/// What is to be remembered, where boosts run over the profile: they go back to it. `None` if that is so already.
fn under_boosts(scene: &Scene<'_>, profile: &Profile, wanted: &Wanted) -> Option<Memory> {
    let memory = scene.memory();
    let boosted = memory.boosted.as_ref()?;
    let left = wanted.size(scene.state);
    let base = match &left.scaling {
        Some(scaling) => Size {
            desired: profile.desired.unwrap_or(boosted.base.desired).clamp(profile.min, profile.max),
            scaling: Some(Scaling { min: profile.min, max: profile.max, ..scaling.clone() }),
        },
        None => Size { desired: profile.desired.unwrap_or(profile.min), scaling: None },
    };
    if base == boosted.base && left.is_set_like(&boosted.left) {
        return None;
    }
    let boosted = Boosted { base, found: Size::of(scene.state), left, boosts: boosted.boosts.clone() };
    Some(Memory { boosted: Some(boosted), ..memory.clone() })
}
