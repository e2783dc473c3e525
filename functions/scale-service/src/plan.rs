//! Decides what one order needs. Read this file first.
#![cfg_attr(not(test), warn(clippy::wildcard_enum_match_arm))]

mod boosts;
mod parking;
mod sizes;
mod step;
mod why;

use shared::command::Source;
use shared::kinds::service::{Of, Scale};
use shared::plan::Plan;

pub(crate) use boosts::end_id;
pub use step::{Step, Toward};
pub(crate) use step::{seconds, shown};
pub use why::{Fact, LASTING, Note, Why};

use crate::memory::{Memory, Size};
use crate::order::Order;
use crate::world::{Bounds, Controller, Deployment, Found, Scaling, State, Suspended, World};

/// Decides what to do about an order that was let in.
///
/// | condition, in this order | decision | `why.code` |
/// | --- | --- | --- |
/// | what is saved is of another service, and it is `boost`, `park` or `restore` | refuse | `other-service` |
/// | `restore` of a boost whose service ECS does not know, or that is inactive or draining | act | `boost-ended` |
/// | ECS does not know the service or its cluster | refuse | `service-missing` |
/// | it is inactive or draining | refuse | `service-inactive` |
/// | it is a daemon | refuse | `daemon-service` |
/// | `profile` that the playbook does not have | refuse | `no-profile` |
/// | `set`, `profile`, `boost` of a service that is parked, and off or without a task; `boost` of any that is off | refuse | `parked` |
/// | `set` of a min above the max | refuse | `min-above-max` |
/// | `set` of a desired count that is not between min and max | refuse | `outside-bounds` |
/// | `profile`, and another schedule would undo it, without `takes-over` | refuse | `other-schedule` |
/// | `boost` that has been over when its message came again | hold | `boost-over` |
/// | `boost` that came again after somebody changed the size, and `on-drift: keep` | act | `drift-kept` |
/// | new `boost` of a service at its ceiling under no boost, or above it | refuse | `at-ceiling` |
/// | `park` of a service at zero | hold | `already-parked` |
/// | `restore` of a boost that is gone, or whose service was parked since | hold | `superseded` |
/// | `restore` of a boost while others run | act | `boost-continues` |
/// | `restore` of a boost whose service somebody switched off | act | `drift-kept` |
/// | `restore` of a service that nothing is saved of | refuse | `nothing-saved` |
/// | `restore` of what somebody else has changed (of a boost: all that it would give back), and `on-drift: keep` | act | `drift-kept` |
/// | `restore` under a scalable target that came since, with a max of 0 | refuse | `outside-bounds` |
/// | `set`, `profile`, and the size is the wanted one | hold | `already-so` |
/// | a number would change to one outside the playbook's bounds (not `park`; `restore` cuts what it changes) | refuse | `outside-bounds` |
/// | a schedule would add tasks or raise the min on a holiday (not the end of a boost) | hold | `holiday` |
/// | tasks would be added, and the newest deployment failed | refuse | `deployment-failed` |
/// | more tasks at once than the largest step (not `park`, not `restore`) | refuse | `step-too-large` |
/// | none of these | act | `set`, `profile-set`, `boosted`, `parked`, `restored`, `boost-ended` |
pub fn plan(order: &Order<'_>, world: &World) -> Plan<Step, Why> {
    if let Some(refused) = about_another(order, world) {
        return refused;
    }
    let state = match &world.found {
        Found::Missing(_) if ends_a_boost(order, world) => return boosts::forget(world),
        Found::Service(state) if state.status != State::ACTIVE && ends_a_boost(order, world) => {
            return boosts::forget(world);
        }
        Found::Missing(words) => return refuse(Fact::ServiceMissing { words: words.clone() }),
        Found::Service(state) if state.status != State::ACTIVE => {
            return refuse(Fact::ServiceInactive { status: state.status.clone() });
        }
        Found::Service(State { daemon: true, .. }) => return refuse(Fact::DaemonService),
        Found::Service(state) => state,
    };
    let scene = Scene { order, world, state };
    match &order.action {
        Scale::Set(size) => sizes::set(&scene, size),
        Scale::Profile(name) => sizes::profile(&scene, name),
        Scale::Boost { increase, lasts } => boosts::begin(&scene, *increase, *lasts),
        Scale::Park => parking::park(&scene),
        Scale::Restore(Of::Park) => parking::restore(&scene),
        Scale::Restore(Of::Boost(id)) => boosts::end(&scene, id),
    }
}

/// Whether the boost to be ended runs.
fn ends_a_boost(order: &Order<'_>, world: &World) -> bool {
    let boosts = world.memory.boosted.iter().flat_map(|boosted| &boosted.boosts);
    matches!(&order.action, Scale::Restore(Of::Boost(id)) if boosts.into_iter().any(|boost| boost.id == id.as_str()))
}

/// What is remembered may be of a service that the target named before: nothing may be put back from there, and nothing
/// saved over it. `set` and `profile` need nothing of it.
fn about_another(order: &Order<'_>, world: &World) -> Option<Plan<Step, Why>> {
    let Memory { service, parked, boosted } = &world.memory;
    if world.memory.is_empty() || *service == order.service.resource_id() {
        return None;
    }
    let size =
        parked.as_ref().map(|parked| &parked.size).or(boosted.as_ref().map(|boosted| &boosted.base))?;
    match &order.action {
        Scale::Set(_) | Scale::Profile(_) => None,
        Scale::Boost { .. } | Scale::Park | Scale::Restore(_) => {
            Some(refuse(Fact::OtherService { service: service.clone(), size: size.clone() }))
        }
    }
}

/// A refusal without further notes.
pub(crate) fn refuse(fact: Fact) -> Plan<Step, Why> {
    Plan::Refuse { why: Why::from(fact) }
}

fn hold(fact: Fact) -> Plan<Step, Why> {
    Plan::Hold { why: Why::from(fact) }
}

/// What a decision is made about.
struct Scene<'a> {
    order: &'a Order<'a>,
    world: &'a World,
    state: &'a State,
}

/// The size that a service is to have.
struct Wanted {
    /// The bounds of its scalable target; `None` where it has none.
    bounds: Option<Bounds>,
    desired: u32,
    toward: Toward,
}

impl Wanted {
    /// As it would be found afterwards.
    fn size(&self, state: &State) -> Size {
        let scaling = self.bounds.as_ref().map(|Bounds { min, max, suspended }| Scaling {
            min: *min,
            max: *max,
            suspended: suspended
                .or(state.scaling.as_ref().map(|scaling| scaling.suspended))
                .unwrap_or_default(),
        });
        Size { desired: self.desired, scaling }
    }
}

/// Which guards a size has to pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Limits {
    /// All of them.
    All,
    /// It goes back to what was: any number of tasks at once.
    AnyStep,
}

impl<'a> Scene<'a> {
    /// What is remembered of this very service: nothing, where the target named another one before.
    fn memory(&self) -> &'a Memory {
        const NOTHING: &Memory = &Memory { service: String::new(), parked: None, boosted: None };
        let memory = &self.world.memory;
        if memory.service == self.order.service.resource_id() { memory } else { NOTHING }
    }

    /// The steps from the size that was found to the wanted one: the bounds before the desired count, as a desired
    /// count below the min does not stay. None if it is that size already.
    fn steps_to(&self, wanted: &Wanted) -> Vec<Step> {
        let mut steps = Vec::new();
        if let (Some(bounds), Some(scaling)) = (&wanted.bounds, &self.state.scaling) {
            let suspends = bounds.suspended.is_some_and(|suspended| suspended != scaling.suspended);
            if suspends || (bounds.min, bounds.max) != (scaling.min, scaling.max) {
                let suspended = bounds.suspended.filter(|_| suspends);
                steps.push(Step::SetBounds(Bounds { suspended, ..bounds.clone() }));
            }
        }
        if !wanted.toward.is_met(wanted.desired, self.state.desired) {
            steps.push(Step::SetDesired { desired: wanted.desired, toward: wanted.toward });
        }
        steps
    }

    /// The guards that any size must pass, in the order of the table above.
    fn stopped(&self, wanted: &Wanted, limits: Limits) -> Option<Plan<Step, Why>> {
        let Self { order, world, state } = self;
        let bounds = order.service.bounds;
        let both = wanted.bounds.as_ref().zip(state.scaling.as_ref());
        let min = both.and_then(|(set, found)| (set.min != found.min).then_some(("min", set.min)));
        let max = both.and_then(|(set, found)| (set.max != found.max).then_some(("max", set.max)));
        let desired = (wanted.desired != state.desired).then_some(("desired", wanted.desired));
        for (what, value) in [min, max, desired].into_iter().flatten() {
            if !bounds.allow(value) {
                return Some(refuse(Fact::OutsideBounds { what, value, bounds }));
            }
        }
        let rise = match (&wanted.bounds, &state.scaling) {
            (Some(wanted), Some(found)) => wanted.min.saturating_sub(found.min),
            _ => 0,
        };
        let adds = wanted.desired > state.desired;
        if let Some(date) =
            world.holiday.filter(|_| (adds || rise > 0) && order.origin.source == Source::Schedule)
            && !matches!(order.action, Scale::Restore(Of::Boost(_)))
        {
            return Some(hold(Fact::Holiday { date }));
        }
        if adds && state.deployment == Deployment::Failed {
            return Some(refuse(Fact::DeploymentFailed));
        }
        let step = wanted.desired.abs_diff(state.desired);
        if limits == Limits::All && step > bounds.largest_step {
            return Some(refuse(Fact::StepTooLarge { step, largest: bounds.largest_step }));
        }
        None
    }

    /// What somebody who reads the report should know besides. What is suspended is told as it is after the steps.
    fn notes(&self, steps: &[Step]) -> Vec<Note> {
        let State { controller, deployment, scaling, .. } = self.state;
        let mut notes = Vec::new();
        if *deployment == Deployment::Running {
            notes.push(Note::DeploymentRuns);
        }
        match controller {
            Controller::Ecs => {}
            Controller::CodeDeploy | Controller::External => notes.push(Note::DeployedBy(*controller)),
        }
        let changes_suspension =
            |step: &Step| matches!(step, Step::SetBounds(Bounds { suspended: Some(_), .. }));
        match scaling {
            None => notes.push(Note::NoScalableTarget),
            Some(scaling) if scaling.suspended != Suspended::default() => {
                if !steps.iter().any(changes_suspension) {
                    notes.push(Note::Suspended(scaling.suspended));
                }
            }
            Some(_) => {}
        }
        notes
    }

    /// A decision to act, with the notes on the service.
    fn act(&self, steps: Vec<Step>, fact: Fact, further: Vec<Note>) -> Plan<Step, Why> {
        let mut notes = further;
        notes.extend(self.notes(&steps));
        Plan::Act { steps, why: Why { fact, notes } }
    }

    /// The decision that there is nothing to do.
    fn already_so(&self) -> Plan<Step, Why> {
        let why = Why { fact: Fact::AlreadySo { size: Size::of(self.state) }, notes: self.notes(&[]) };
        Plan::Hold { why }
    }

    /// Whether the size is one that we gave the service or found it with, be it cut to the playbook's bounds.
    fn has_known_size(&self, known: &[&Size]) -> bool {
        let now = Size::of(self.state);
        let limits = self.order.service.bounds;
        let cut = |value: u32| value.clamp(limits.floor, limits.ceiling);
        known.iter().any(|size| {
            let Size { desired, scaling } = size;
            let scaling =
                scaling.as_ref().map(|it| Scaling { min: cut(it.min), max: cut(it.max), ..it.clone() });
            now.is_set_like(size) || now.is_set_like(&Size { desired: cut(*desired), scaling })
        })
    }

    /// The size to go back to, cut to the playbook's bounds. What has no place any more, as the scalable target came or
    /// went meanwhile, is left out. The notes say what was cut or left out.
    fn back_to(&self, size: &Size, desired: u32, suspended: Option<Suspended>) -> (Wanted, Vec<Note>) {
        let bounds = self.order.service.bounds;
        let now = &self.state;
        // What stays as it is is not cut: somebody has set it so. The zeros of a service that is off are parking's.
        let is_off = parking::is_off(now);
        let cut_unless = |found: u32, value: u32| {
            if value == found && !is_off { value } else { value.clamp(bounds.floor, bounds.ceiling) }
        };
        let cut = |value: u32| cut_unless(now.desired, value);
        let toward = Toward::Exactly;
        let wanted = match (&size.scaling, &now.scaling) {
            (Some(saved), Some(now)) => {
                let min = cut_unless(now.min, saved.min);
                let max = cut_unless(now.max, saved.max).max(min);
                // Application Auto Scaling would set it so.
                let desired = desired.clamp(min, max);
                Wanted { bounds: Some(Bounds { min, max, suspended }), desired, toward }
            }
            (None, Some(now)) => {
                Wanted { bounds: None, desired: cut(desired).min(now.max).max(now.min), toward }
            }
            (_, None) => Wanted { bounds: None, desired: cut(desired), toward },
        };
        let saved = size.scaling.as_ref().map(|scaling| (scaling.min, scaling.max));
        let is_cut = match (saved, &wanted.bounds) {
            (Some(saved), Some(bounds)) => saved != (bounds.min, bounds.max),
            _ => cut(desired) != desired,
        };
        let mut notes = Vec::new();
        if is_cut {
            notes.push(Note::CutToBounds(bounds));
        }
        if let (Some((min, max)), None) = (saved, &self.state.scaling) {
            notes.push(Note::BoundsLost { min, max });
        }
        (wanted, notes)
    }
}

#[cfg(test)]
mod tests;
