//! What should be known besides the reason.

use std::fmt;

use jiff::Timestamp;
use shared::kinds::service::{Bounds, OnDrift};
use shared::report::named;

use super::Shown;
use crate::memory::Size;
use crate::plan::step::{names, seconds};
use crate::world::{Controller, Suspended};

/// Something that should be known besides.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are what the sentence of each says")]
pub enum Note {
    /// A deployment goes on.
    DeploymentRuns,
    /// Somebody else than ECS deploys it.
    DeployedBy(Controller),
    /// It has a desired count only.
    NoScalableTarget,
    /// Some scaling is suspended.
    Suspended(Suspended),
    /// What was saved when it was parked stays saved, although it runs.
    SavedStays { at: Timestamp },
    /// More tasks run than were saved.
    MoreRun { desired: u32, saved: u32 },
    /// As many tasks as the new floor asks for run already.
    AddsNone { desired: u32 },
    /// Somebody has changed a part of the size, and that stays so.
    TheirsStays,
    /// A boost got less than it asked for.
    Cut { asked: u32, bounds: Bounds },
    /// What was saved lies outside the playbook's bounds.
    CutToBounds(Bounds),
    /// The scalable target went since its bounds were saved.
    BoundsLost { min: u32, max: u32 },
    /// Boosts run, and keep their floor.
    UnderBoosts { floor: u32, until: Option<Timestamp> },
    /// It ran although it was parked, so that parking is over.
    ParkForgotten { at: Timestamp },
    /// What was saved of another service is forgotten.
    OtherForgotten { service: String },
    /// Boosts ran, and are over.
    BoostsOver(usize),
    /// Scheduled actions of others are suspended.
    TookOver(Vec<String>),
    /// Somebody has changed the size, and the saved one was put back.
    DriftUndone(Size),
    /// Somebody has woken it since it was parked.
    WokenSince { at: Timestamp, who_wins: OnDrift },
    /// The tasks of a boost go when policies remove them.
    PoliciesScaleIn,
    /// The same, as far as one can see: nobody could read the policies.
    PoliciesUnread,
    /// A lower min leaves the tasks as they are.
    MinRemovesNothing,
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DeploymentRuns => f.write_str("a deployment is running, and follows the new count"),
            Self::DeployedBy(Controller::CodeDeploy) => f.write_str("CODE_DEPLOY deploys it"),
            Self::DeployedBy(Controller::External | Controller::Ecs) => {
                f.write_str("an EXTERNAL controller deploys it: its task sets' scale decides what runs")
            }
            Self::NoScalableTarget => f.write_str("it has no scalable target: only its desired count is set"),
            Self::Suspended(suspended) => {
                write!(f, "suspended on its scalable target: {}", names(*suspended).join(", "))
            }
            Self::SavedStays { at } => {
                write!(
                    f,
                    "it ran although it was parked at {}: what was saved then stays saved",
                    seconds(*at)
                )
            }
            Self::MoreRun { desired, saved } => {
                write!(
                    f,
                    "but for the count: {desired} tasks run already where {saved} were saved, and none is taken"
                )
            }
            Self::AddsNone { desired } => {
                write!(f, "as it has {desired} already, no task is added: they are only kept from going")
            }
            Self::TheirsStays => f.write_str(
                "somebody has changed it meanwhile, and what they set stays, as `on-drift: keep` says",
            ),
            Self::Cut { asked, bounds } => write!(
                f,
                "{asked} more were asked for, but the largest step is {} and the ceiling {}",
                bounds.largest_step, bounds.ceiling
            ),
            Self::CutToBounds(bounds) => write!(
                f,
                "what was saved is cut to the playbook's bounds of {} to {}",
                bounds.floor, bounds.ceiling
            ),
            Self::BoundsLost { min, max } => {
                write!(f, "min {min} and max {max} were saved too, but its scalable target has gone since")
            }
            Self::UnderBoosts { floor, until: Some(until) } => {
                write!(f, "a boost keeps the floor at {floor} until {}", seconds(*until))
            }
            Self::UnderBoosts { floor, until: None } => write!(f, "a boost keeps the floor at {floor}"),
            Self::ParkForgotten { at } => {
                write!(f, "it runs although it was parked at {}: that is over with this", seconds(*at))
            }
            Self::OtherForgotten { service } => {
                write!(f, "what was saved of {service}, which the target named before, is forgotten")
            }
            Self::BoostsOver(1) => f.write_str("the boost that ran is over with this"),
            Self::BoostsOver(count) => write!(f, "the {count} boosts that ran are over with this"),
            Self::TookOver(names) => write!(
                f,
                "scheduled scaling is suspended, as `takes-over` says: {} would undo it",
                named(names, ", ")
            ),
            Self::DriftUndone(size) => write!(
                f,
                "somebody had set it to {} meanwhile; the saved size wins, as `on-drift: restore` says",
                Shown(size)
            ),
            Self::WokenSince { at, who_wins: OnDrift::Keep } => {
                write!(f, "somebody had woken it since it was parked at {}; their size counts", seconds(*at))
            }
            Self::WokenSince { at, who_wins: OnDrift::Restore } => write!(
                f,
                "somebody had woken it since it was parked at {}; the size saved then counts",
                seconds(*at)
            ),
            Self::MinRemovesNothing => f.write_str(
                "a lower min removes no task by itself: its scaling policies do, when the load allows it",
            ),
            Self::PoliciesUnread => f.write_str(
                "its scaling policies could not be read: if there are none, nobody removes what is too many",
            ),
            Self::PoliciesScaleIn => {
                f.write_str("its scaling policies remove what is too many when the load allows it")
            }
        }
    }
}
