//! The reasons of this function, in words.

mod note;

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use shared::ids::CommandId;
use shared::kinds::service::{Bounds, ProfileName};
use shared::plan::Why as PlanWhy;
use shared::report::named;
use shell::ledger::{Pause, UNAVAILABLE, UNSET};

pub use self::note::Note;
use super::step::seconds;
use crate::memory::Size;

/// Why an order ended as it did, and what should be known besides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Why {
    /// The reason.
    pub fact: Fact,
    /// What should be known besides.
    pub notes: Vec<Note>,
}

impl From<Fact> for Why {
    fn from(fact: Fact) -> Self {
        Self { fact, notes: Vec::new() }
    }
}

/// A reason.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are what the sentence of each says")]
pub enum Fact {
    /// A size by number.
    Set { from: Size, to: Size },
    /// A size by name.
    ProfileSet { name: ProfileName, from: Size, to: Size },
    /// A floor for a while.
    Boosted { what: &'static str, from: u32, to: u32, until: Timestamp, over: Timestamp },
    /// Somebody has changed the size between two deliveries of a boost, and it stays so.
    BoostYields { kept: Size, until: Timestamp },
    /// The service is gone, and so is what it would go back to.
    GoneWithItsBoosts,
    /// Everything is set to 0.
    ParkedNow { saved: Size },
    /// What was saved is put back.
    Restored { to: Size, parked_at: Timestamp },
    /// The last boost is over.
    BoostEnded { to: Size },
    /// A boost is over, and others are not.
    BoostContinues { floor: u32, until: Option<Timestamp> },
    /// Somebody has changed the size, and it stays so.
    DriftKept { saved: Size, kept: Size },
    /// Somebody has switched it off under its boosts, and it stays so.
    OffStays { saved: Size },
    /// It has the wanted size.
    AlreadySo { size: Size },
    /// The same order was carried out before.
    AlreadyDone,
    /// It is parked, or at zero.
    AlreadyParked { at: Option<Timestamp> },
    /// The boost to be ended is gone.
    Superseded { id: CommandId, parked_at: Option<Timestamp> },
    /// The boost's time was over when its message came again.
    BoostOver { until: Timestamp },
    /// Nobody is at work.
    Holiday { date: Date },
    /// It is parked (`Some`), or somebody switched it off.
    Parked { at: Option<Timestamp> },
    /// The playbook does not let it be parked.
    MayNotPark,
    /// Nothing was saved by a `park`.
    NothingSaved { boosts: Vec<String> },
    /// A number outside the playbook's bounds.
    OutsideBounds { what: &'static str, value: u32, bounds: Bounds },
    /// The bounds of a `set` do not fit those that stay.
    MinAboveMax { min: u32, max: u32 },
    /// The desired count of a `set` does not fit the bounds that stay.
    DesiredBeyond { desired: u32, min: u32, max: u32 },
    /// Too many tasks at once.
    StepTooLarge { step: u32, largest: u32 },
    /// Nothing can be added.
    AtCeiling { current: u32, ceiling: u32 },
    /// Another schedule would undo it.
    OtherSchedule { names: Vec<String> },
    /// The playbook has no such profile.
    NoProfile { name: ProfileName },
    /// What is saved is of the service that the target named before.
    OtherService { service: String, size: Size },
    /// What the ledger remembers cannot be understood.
    SavedUnreadable { words: String },
    /// ECS does not know it.
    ServiceMissing { words: String },
    /// It cannot be scaled any more.
    ServiceInactive { status: String },
    /// It has no desired count to set.
    DaemonService,
    /// ECS starts no tasks for it.
    DeploymentFailed,
    /// Somebody wants nothing to be done.
    Paused { pause: Pause },
    /// There is no ledger.
    LedgerUnset,
    /// No one-time schedule can be made.
    SchedulesUnset,
    /// The ledger does not answer.
    LedgerUnavailable { words: String },
    /// Somebody else works on it.
    LeaseBusy { owner: String, until: Timestamp },
}

/// The codes of refusals that come again until somebody repairs a service, the playbook, a schedule or the stack.
/// The others are of limits at work, and of what the next order ends.
pub const LASTING: [&str; 15] = [
    "may-not-park",
    "other-service",
    "saved-unreadable",
    "outside-bounds",
    "min-above-max",
    "step-too-large",
    "no-profile",
    "other-schedule",
    "service-missing",
    "service-inactive",
    "daemon-service",
    "deployment-failed",
    UNSET,
    "schedules-unset",
    "unknown-target",
];

impl PlanWhy for Why {
    fn lasts(&self) -> bool {
        LASTING.contains(&self.code())
    }

    fn code(&self) -> &'static str {
        match &self.fact {
            Fact::Set { .. } => "set",
            Fact::ProfileSet { .. } => "profile-set",
            Fact::Boosted { .. } => "boosted",
            Fact::ParkedNow { .. } | Fact::Parked { .. } => "parked",
            Fact::Restored { .. } => "restored",
            Fact::BoostEnded { .. } | Fact::GoneWithItsBoosts => "boost-ended",
            Fact::BoostContinues { .. } => "boost-continues",
            Fact::DriftKept { .. } | Fact::BoostYields { .. } | Fact::OffStays { .. } => "drift-kept",
            Fact::OtherService { .. } => "other-service",
            Fact::SavedUnreadable { .. } => "saved-unreadable",
            Fact::AlreadySo { .. } => "already-so",
            Fact::AlreadyDone => "already-done",
            Fact::AlreadyParked { .. } => "already-parked",
            Fact::Superseded { .. } => "superseded",
            Fact::BoostOver { .. } => "boost-over",
            Fact::Holiday { .. } => "holiday",
            Fact::MayNotPark => "may-not-park",
            Fact::NothingSaved { .. } => "nothing-saved",
            Fact::OutsideBounds { .. } | Fact::DesiredBeyond { .. } => "outside-bounds",
            Fact::MinAboveMax { .. } => "min-above-max",
            Fact::StepTooLarge { .. } => "step-too-large",
            Fact::AtCeiling { .. } => "at-ceiling",
            Fact::OtherSchedule { .. } => "other-schedule",
            Fact::NoProfile { .. } => "no-profile",
            Fact::ServiceMissing { .. } => "service-missing",
            Fact::ServiceInactive { .. } => "service-inactive",
            Fact::DaemonService => "daemon-service",
            Fact::DeploymentFailed => "deployment-failed",
            Fact::Paused { .. } => "paused",
            Fact::LedgerUnset => UNSET,
            Fact::SchedulesUnset => "schedules-unset",
            Fact::LedgerUnavailable { .. } => UNAVAILABLE,
            Fact::LeaseBusy { .. } => "lease-busy",
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { fact, notes } = self;
        write!(f, "{fact}")?;
        notes.iter().try_for_each(|note| write!(f, "; {note}"))
    }
}

impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Set { from, to } => write!(f, "set from {} to {}", Shown(from), Shown(to)),
            Self::ProfileSet { name, from, to } if from == to => {
                write!(f, "profile `{}`: {} stays for now", name.as_str(), Shown(to))
            }
            Self::ProfileSet { name, from, to } => {
                write!(f, "profile `{}`: set from {} to {}", name.as_str(), Shown(from), Shown(to))
            }
            Self::Boosted { what, from, to, until, .. } if from == to => {
                write!(f, "keeps the {what} at {to} until {}", seconds(*until))
            }
            Self::BoostYields { kept, until } => write!(
                f,
                "somebody has set it to {} since this boost began; theirs stays, as `on-drift: keep` says, and nothing \
                 is raised; the boost ends at {}",
                Shown(kept),
                seconds(*until)
            ),
            Self::GoneWithItsBoosts => {
                f.write_str("the service is gone, and its boosts with it: there is nothing to go back to")
            }
            Self::OtherService { service, size } => {
                write!(f, "what is saved is of {service}, which the target named before: {}", Shown(size))
            }
            Self::SavedUnreadable { words } => {
                write!(f, "what the ledger has saved of it cannot be understood: {words}")
            }
            Self::Boosted { what, from, to, until, .. } => {
                write!(f, "raised the {what} from {from} to {to} until {}", seconds(*until))
            }
            Self::ParkedNow { saved } => write!(f, "set to 0; {} is saved", Shown(saved)),
            Self::Restored { to, parked_at } => {
                write!(f, "back to {}, as it was when it was parked at {}", Shown(to), seconds(*parked_at))
            }
            Self::BoostEnded { to } => write!(f, "the last boost is over: back to {}", Shown(to)),
            Self::BoostContinues { floor, until: Some(until) } => {
                write!(f, "this boost is over, another keeps the floor at {floor} until {}", seconds(*until))
            }
            Self::BoostContinues { floor, until: None } => {
                write!(f, "this boost is over, another keeps the floor at {floor}")
            }
            Self::DriftKept { saved, kept } => write!(
                f,
                "somebody has set it to {} since {} was saved; theirs stays, as `on-drift: keep` says, and the \
                 saved size is forgotten",
                Shown(kept),
                Shown(saved)
            ),
            Self::OffStays { saved } => write!(
                f,
                "somebody has switched it off under its boost, and it stays off; the saved size is forgotten: {}",
                Shown(saved)
            ),
            Self::AlreadySo { size } => write!(f, "it has that size already: {}", Shown(size)),
            Self::AlreadyDone => f.write_str("the same order was carried out before"),
            Self::AlreadyParked { at: Some(at) } => write!(f, "it is parked since {}", seconds(*at)),
            Self::AlreadyParked { at: None } => {
                f.write_str("it is at zero already, and not by a `park`: there is no size to save")
            }
            Self::Superseded { parked_at: Some(at), .. } => {
                write!(
                    f,
                    "the service was parked since, at {}: what was under the boost is saved",
                    seconds(*at)
                )
            }
            Self::Superseded { id, parked_at: None } => {
                write!(f, "no boost `{id}` is running: it has ended, or a `set` or a `park` has ended it")
            }
            Self::BoostOver { until } => {
                write!(f, "its time was over at {}: what it raised, its end gives back", seconds(*until))
            }
            Self::Holiday { date } => {
                write!(f, "{date} is a holiday in the service's zone: schedules add no tasks")
            }
            Self::Parked { at: Some(at) } => {
                write!(f, "it is parked since {}: `restore` comes first", seconds(*at))
            }
            Self::Parked { at: None } => {
                f.write_str("somebody switched it off: its max, or its desired count, is 0")
            }
            Self::MayNotPark => f.write_str("the playbook does not say `may-park: true`"),
            Self::NothingSaved { boosts } if boosts.is_empty() => {
                f.write_str("no size is saved: it is not parked, or was restored before")
            }
            Self::NothingSaved { boosts } => {
                write!(f, "it is not parked; to end a boost, say which in `of`: {}", named(boosts, ", "))
            }
            Self::OutsideBounds { what, value, bounds } => write!(
                f,
                "{what} {value} is outside the playbook's bounds of {} to {}",
                bounds.floor, bounds.ceiling
            ),
            Self::MinAboveMax { min, max } => {
                write!(f, "a min of {min} is above the max of {max}: the command must give both")
            }
            Self::DesiredBeyond { desired, min, max } => {
                write!(f, "a desired count of {desired} does not lie between min {min} and max {max}")
            }
            Self::StepTooLarge { step, largest } => {
                write!(f, "{step} tasks at once are more than the largest step of {largest}")
            }
            Self::AtCeiling { current, ceiling } => {
                write!(f, "it is at {current} already, and the playbook's ceiling is {ceiling}")
            }
            Self::OtherSchedule { names } => write!(
                f,
                "scheduled actions of somebody else on its scalable target would undo it: {}",
                named(names, ", ")
            ),
            Self::NoProfile { name } => write!(f, "the playbook has no profile `{}` for it", name.as_str()),
            Self::ServiceMissing { words } => write!(f, "ECS does not know it: {words}"),
            Self::ServiceInactive { status } => write!(f, "it is {status}, and cannot be scaled"),
            Self::DaemonService => {
                f.write_str("it is a daemon, one task on every instance: it has no desired count to set")
            }
            Self::DeploymentFailed => {
                f.write_str("its newest deployment has failed, so that ECS would start no tasks for it")
            }
            Self::Paused { pause } => write!(
                f,
                "{} is paused by {} until {}: {}",
                pause.scope,
                pause.who,
                seconds(pause.until),
                pause.reason
            ),
            Self::LedgerUnset => f.write_str(
                "there is no ledger to remember the size in: `LAMPLIGHTER_LEDGER_TABLE` is not set",
            ),
            Self::SchedulesUnset => f.write_str(
                "no schedule can be made that would end it: `LAMPLIGHTER_SCHEDULE_GROUP` is not set",
            ),
            Self::LedgerUnavailable { words } => write!(f, "the ledger does not answer: {words}"),
            Self::LeaseBusy { owner, until } => {
                write!(f, "delivery {owner} works on it, until {} at the latest", seconds(*until))
            }
        }
    }
}

/// A size in a sentence: `min 2, max 10, desired 3`.
struct Shown<'a>(&'a Size);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Size { desired, scaling } = self.0;
        if let Some(scaling) = scaling {
            write!(f, "min {}, max {}, ", scaling.min, scaling.max)?;
        }
        write!(f, "desired {desired}")
    }
}
