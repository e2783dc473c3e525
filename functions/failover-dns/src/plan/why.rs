//! The reasons of this function.

mod words;

use jiff::Timestamp;
use shared::ids::CommandId;
use shared::kinds::dns::{Record, Side};
use shared::plan::Why as PlanWhy;
use shell::ledger::Pause;

use crate::world::Fault;

/// Why an order ends as it does.
#[derive(Debug, Clone)]
pub enum Why {
    /// Traffic goes to the other side.
    Moved {
        /// Which.
        to: Side,
        /// What shows that it is well there; `None`: it was forced.
        proof: Option<String>,
    },
    /// The names are at the other side's distribution; the records follow when it is deployed.
    NameMoved {
        /// Which side.
        to: Side,
    },
    /// The records point where the names are.
    RecordPointed {
        /// Which side.
        to: Side,
    },
    /// Traffic goes there already.
    AlreadyThere {
        /// Where.
        side: Side,
        /// Since when, where that is remembered.
        since: Option<Timestamp>,
    },
    /// An earlier delivery of the same order has moved it, and nobody came to note that.
    MadeBefore {
        /// Where to.
        to: Side,
    },
    /// The order was carried out, and something has moved traffic since.
    AlreadyDone {
        /// When.
        at: Timestamp,
    },
    /// The names are moved, and the distribution is not deployed yet.
    Deploying {
        /// Which side's.
        to: Side,
    },
    /// What was asked for is only told.
    Status(Place),
    /// Nothing is to be ended or taken back.
    InOrder,
    /// It goes back by itself, but not yet.
    NotYet {
        /// Since when the primary has been healthy; `None`: it is not.
        since: Option<Timestamp>,
        /// When it goes back if it stays so.
        back_at: Option<Timestamp>,
        /// What its evidence shows.
        words: String,
    },
    /// Nothing but a person moves it now.
    HoldDown {
        /// Until when.
        until: Timestamp,
        /// Whether it is done then, by itself.
        kept: bool,
    },
    /// A fail-over that was put off is no longer needed.
    PutOffNoLonger,
    /// A fail-over would work.
    DrillPassed {
        /// What shows that the other side is well.
        proof: String,
    },
    /// A fail-over would not work.
    DrillFailed(Box<Why>),
    /// The target is not marked as one that may be drilled.
    DrillNotAllowed,
    /// Nothing shows that the side is healthy to which it should move.
    Unproven {
        /// Which side.
        side: Side,
        /// What its evidence shows.
        words: String,
        /// When it could go back at the earliest, if the primary stays healthy.
        earliest: Option<Timestamp>,
    },
    /// Only a person fails it back.
    FailbackManual,
    /// Somebody has moved it, so that only a person moves it back.
    MovedByHand {
        /// When, if by an order to this function.
        at: Option<Timestamp>,
    },
    /// The standby object is not the one of the last move, so that only a person removes it.
    OthersObject {
        /// The order that it bears.
        by: Option<CommandId>,
    },
    /// The alarm is older than the last move.
    AlarmBeforeMove {
        /// When it changed its state.
        alarm: Timestamp,
        /// When the last move was.
        moved: Timestamp,
    },
    /// As many moves as a day may have were made.
    MovesUsedUp {
        /// How many may be.
        most: u32,
        /// How many were made.
        made: usize,
    },
    /// There is no such record, or not the set of it that is to be changed.
    RecordMissing {
        /// Which record.
        record: Record,
        /// What of it is missing.
        what: String,
    },
    /// A record is not of the form that the strategy changes.
    RecordUnfit {
        /// Which record.
        record: Record,
        /// What is wrong with it.
        what: String,
    },
    /// A record does not follow what the strategy changes.
    RecordUnled {
        /// Which record.
        record: Record,
        /// What is wrong with it.
        what: String,
    },
    /// A distribution cannot take the names.
    DistributionUnfit {
        /// Which side's.
        side: Side,
        /// What is wrong with it.
        what: String,
    },
    /// What was there before the fail-over is not known.
    NothingSaved,
    /// It does not go back by itself without a ledger.
    LedgerUnset,
    /// The ledger does not answer.
    LedgerUnavailable(String),
    /// Somebody wants nothing to be done.
    Paused(Pause),
    /// Somebody else works on the target.
    LeaseBusy {
        /// Who.
        owner: String,
    },
    /// Where it leads could not be seen.
    PlaceUnseen(Fault),
    /// Whether a distribution can take the names could not be seen.
    NamesUnseen(Fault),
    /// Whether the records follow what the strategy changes could not be seen.
    RecordsUnseen(Fault),
    /// How healthy a side is could not be seen.
    EvidenceUnseen {
        /// Which side.
        side: Side,
        /// Why.
        fault: Fault,
    },
}

/// Where a target leads, for its status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// To one side.
    At(Side),
    /// Somewhere between.
    Between,
    /// That could not be seen.
    Unseen,
}

impl Why {
    /// Whether the same order may well succeed later.
    #[must_use]
    pub fn passes(&self) -> bool {
        if let Self::DrillFailed(why) = self {
            return why.passes();
        }
        self.unseen().map_or_else(
            || matches!(self, Self::LedgerUnavailable(_) | Self::LeaseBusy { .. }),
            Fault::is_transient,
        )
    }

    /// What kept something from being seen that the decision needs, if that is the reason.
    #[must_use]
    pub fn unseen(&self) -> Option<&Fault> {
        if let Self::DrillFailed(why) = self {
            return why.unseen();
        }
        if let Self::PlaceUnseen(fault)
        | Self::NamesUnseen(fault)
        | Self::RecordsUnseen(fault)
        | Self::EvidenceUnseen { fault, .. } = self
        {
            return Some(fault);
        }
        None
    }
}

impl Why {
    /// Whether an order was refused with this, and not only held or kept from seeing something.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        matches!(
            self,
            Self::Unproven { .. }
                | Self::FailbackManual
                | Self::MovedByHand { .. }
                | Self::OthersObject { .. }
                | Self::AlarmBeforeMove { .. }
                | Self::MovesUsedUp { .. }
                | Self::RecordMissing { .. }
                | Self::RecordUnfit { .. }
                | Self::RecordUnled { .. }
                | Self::DistributionUnfit { .. }
                | Self::NothingSaved
                | Self::LedgerUnset
        )
    }
}

impl PlanWhy for Why {
    fn code(&self) -> &'static str {
        match self {
            Self::Moved { to: Side::Secondary, .. } => "failed-over",
            Self::Moved { to: Side::Primary, .. } => "failed-back",
            Self::NameMoved { .. } => "name-moved",
            Self::RecordPointed { .. } => "record-pointed",
            Self::AlreadyThere { .. } | Self::MadeBefore { .. } => "already-there",
            Self::AlreadyDone { .. } => "already-done",
            Self::Deploying { .. } => "deploying",
            Self::Status(_) => "status",
            Self::InOrder | Self::PutOffNoLonger => "in-order",
            Self::NotYet { .. } => "not-yet",
            Self::HoldDown { .. } => "hold-down",
            Self::DrillPassed { .. } => "drill-passed",
            Self::DrillFailed(why) => why.code(),
            Self::DrillNotAllowed => "drill-not-allowed",
            Self::Unproven { side: Side::Secondary, .. } => "standby-unproven",
            Self::Unproven { side: Side::Primary, .. } => "primary-unproven",
            Self::FailbackManual => "failback-manual",
            Self::MovedByHand { .. } | Self::OthersObject { .. } => "moved-by-hand",
            Self::AlarmBeforeMove { .. } => "alarm-before-move",
            Self::MovesUsedUp { .. } => "moves-used-up",
            Self::RecordMissing { .. } => "record-missing",
            Self::RecordUnfit { .. } | Self::RecordUnled { .. } => "record-unfit",
            Self::DistributionUnfit { .. } => "distribution-unfit",
            Self::NothingSaved => "nothing-saved",
            Self::LedgerUnset => shell::ledger::UNSET,
            Self::LedgerUnavailable(_) => shell::ledger::UNAVAILABLE,
            Self::Paused(_) => "paused",
            Self::LeaseBusy { .. } => "lease-busy",
            Self::PlaceUnseen(fault) | Self::NamesUnseen(fault) | Self::RecordsUnseen(fault) => fault.code(),
            Self::EvidenceUnseen { .. } => "evidence-unseen",
        }
    }
}
