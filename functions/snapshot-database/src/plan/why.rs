//! The reasons of this function.

mod left;
mod next;
mod weight;
mod words;

use jiff::Timestamp;
use shared::plan::Why as PlanWhy;
use shell::ledger::Pause;

pub use self::left::Left;
pub use self::next::MORE_ROOM;
pub use self::weight::Weight;
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
    Taken {
        /// How many.
        count: usize,
        /// The automated ones that are copied for it, and those that were copied before.
        automated: Automated,
    },
    /// They were taken by this very command.
    AlreadyTaken(usize),
    /// RDS has made no automated snapshot since the last was copied, by another command.
    AlreadyCopied {
        /// How many were taken by this very command.
        already: usize,
        /// The others.
        automated: Automated,
    },
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
    Reconciled(Upkeep),
    /// A restore drill has ended.
    DrillEnded {
        /// How.
        drill: Ended,
        /// Whatever else was next was done.
        also: Upkeep,
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

/// RDS's automated snapshots, where they are copied instead of taking others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Automated {
    /// How many databases have no newer one than what was copied before.
    pub before: usize,
    /// The oldest data in what is copied, now or before; `None` where none is.
    pub data_of: Option<Timestamp>,
}

/// What `reconcile` has done.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Upkeep {
    /// Snapshots taken that were missed.
    pub taken: usize,
    /// From when the oldest data in those is, where RDS's automated ones were copied.
    pub data_of: Option<Timestamp>,
    /// Copies begun.
    pub copied: usize,
    /// Snapshots deleted.
    pub deleted: usize,
    /// Steps of drills that go on.
    pub drills: usize,
}

/// How a restore drill ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// Whose snapshot was restored.
    pub of: DatabaseId,
    /// Which.
    pub snapshot: String,
    /// Whether a database came of it.
    pub passed: bool,
    /// How long it took, in seconds.
    pub seconds: i64,
    /// How long it may take, in seconds.
    pub objective: Option<i64>,
}

impl Ended {
    /// Whether it took longer than it may.
    #[must_use]
    pub fn is_too_slow(&self) -> bool {
        self.passed && self.objective.is_some_and(|objective| self.seconds > objective)
    }
}

impl PlanWhy for Why {
    fn code(&self) -> &'static str {
        match &self.fact {
            Fact::Taken { .. } => "taken",
            Fact::AlreadyCopied { .. } => "already-copied",
            Fact::AlreadyTaken(_) => "already-taken",
            Fact::Copying { .. } => "copying",
            Fact::NothingToCopy => "nothing-to-copy",
            Fact::CopiesWaiting => "copies-waiting",
            Fact::Expired(_) => "expired",
            Fact::NothingToExpire(_) => "nothing-to-expire",
            Fact::Verified { .. } => "verified",
            Fact::DrillStarted(_) => "drill-started",
            Fact::DrillRunning(_) => "drill-running",
            Fact::Reconciled(_) => "reconciled",
            Fact::DrillEnded { drill, .. } if !drill.passed => "drill-failed",
            Fact::DrillEnded { drill, .. } if drill.is_too_slow() => "drill-too-slow",
            Fact::DrillEnded { .. } => "drill-passed",
            Fact::InOrder => "in-order",
            Fact::Left(left) => left.code(),
            Fact::Paused(_) => "paused",
            Fact::LeaseBusy { .. } => "lease-busy",
            Fact::LedgerUnavailable(_) => shell::ledger::UNAVAILABLE,
        }
    }
}
