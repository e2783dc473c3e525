//! The reasons of this function.

mod left;
mod next;
mod words;

use shared::plan::Why as PlanWhy;
use shell::ledger::Pause;

pub use self::left::{Left, Weight};
pub use self::next::MORE_ROOM;
use crate::world::DatabaseId;

/// Why a command ends as it does, and what it leaves undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Why {
    /// The reason.
    pub fact: Fact,
    /// What is left undone, and why.
    pub left: Vec<Left>,
}

impl From<Fact> for Why {
    fn from(fact: Fact) -> Self {
        Self { fact, left: Vec::new() }
    }
}

/// A reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// Snapshots are taken.
    Taken(usize),
    /// They were taken by this very command.
    AlreadyTaken(usize),
    /// Copies are begun.
    Copying {
        /// How many.
        begun: usize,
        /// How many failed ones are deleted first, so that they can be begun again.
        cleared: usize,
    },
    /// Every snapshot is where it should be, or on its way.
    NothingToCopy,
    /// Copies wait for others to end.
    CopiesWaiting,
    /// Snapshots are deleted.
    Expired(usize),
    /// All that there are are kept.
    NothingToExpire(usize),
    /// Snapshots were looked at.
    Verified {
        /// How many there are, of those that are as they should be.
        fine: usize,
        /// Whether they were compared with what they should be.
        compared: bool,
    },
    /// A restore is begun.
    DrillStarted(DatabaseId),
    /// One is going on.
    DrillRunning(DatabaseId),
    /// Whatever was next was done.
    Reconciled {
        /// Snapshots taken that were missed.
        taken: usize,
        /// Copies begun.
        copied: usize,
        /// Snapshots deleted.
        deleted: usize,
        /// Steps of drills.
        drills: usize,
    },
    /// A restore drill has ended.
    DrillEnded {
        /// Whose snapshot was restored.
        of: DatabaseId,
        /// Which.
        snapshot: String,
        /// Whether a database came of it.
        passed: bool,
        /// How long it took, in seconds.
        seconds: i64,
        /// How long it may take, in seconds.
        objective: Option<i64>,
    },
    /// There is nothing to do.
    InOrder,
    /// Only what is left undone is to be told.
    Left(Left),
    /// Somebody wants nothing to be done.
    Paused(Pause),
    /// Somebody else works on the target.
    LeaseBusy {
        /// Who.
        owner: String,
    },
    /// The ledger does not answer.
    LedgerUnavailable(String),
}

impl PlanWhy for Why {
    fn code(&self) -> &'static str {
        match &self.fact {
            Fact::Taken(_) => "taken",
            Fact::AlreadyTaken(_) => "already-taken",
            Fact::Copying { .. } => "copying",
            Fact::NothingToCopy => "nothing-to-copy",
            Fact::CopiesWaiting => "copies-waiting",
            Fact::Expired(_) => "expired",
            Fact::NothingToExpire(_) => "nothing-to-expire",
            Fact::Verified { .. } => "verified",
            Fact::DrillStarted(_) => "drill-started",
            Fact::DrillRunning(_) => "drill-running",
            Fact::Reconciled { .. } => "reconciled",
            Fact::DrillEnded { passed: false, .. } => "drill-failed",
            Fact::DrillEnded { seconds, objective: Some(objective), .. } if seconds > objective => {
                "drill-too-slow"
            }
            Fact::DrillEnded { .. } => "drill-passed",
            Fact::InOrder => "in-order",
            Fact::Left(left) => left.code(),
            Fact::Paused(_) => "paused",
            Fact::LeaseBusy { .. } => "lease-busy",
            Fact::LedgerUnavailable(_) => shell::ledger::UNAVAILABLE,
        }
    }
}
