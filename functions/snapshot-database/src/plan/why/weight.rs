//! What something left undone means for the command, and for what is told.

use shared::kinds::database::{Backup, RegionCode};

use super::Left;
use crate::world::DatabaseId;

impl Left {
    /// Whether it says already why a database has no good snapshot in a Region.
    #[must_use]
    pub fn explains(&self, database: &DatabaseId, in_region: &RegionCode, home: &RegionCode) -> bool {
        let is_about = self.about() == Some(database);
        match self {
            Self::Missing(_)
            | Self::Member { .. }
            | Self::Stopped(_)
            | Self::Unusable { .. }
            | Self::Busy { .. }
            | Self::Late { .. }
            | Self::AutomatedLate { .. }
            | Self::CameToNothing { .. }
            | Self::NoAutomated(_) => is_about,
            Self::Quota { region, .. } | Self::KeyMissing { region, .. } | Self::Failed { region, .. } => {
                is_about && (region == in_region || region == home)
            }
            Self::Waiting { region, family, .. } => *family == database.family && region == in_region,
            Self::NothingSelected { .. }
            | Self::GovCloud { .. }
            | Self::CopyToHome { .. }
            | Self::Unseen { .. }
            | Self::NotCopied { .. }
            | Self::Theirs { .. }
            | Self::Unverified { .. }
            | Self::NoGood { .. }
            | Self::LedgerUnset
            | Self::Headroom { .. } => false,
        }
    }

    /// The database that it is about, if it is about one.
    #[must_use]
    pub fn about(&self) -> Option<&DatabaseId> {
        match self {
            Self::Missing(of) | Self::Stopped(of) | Self::NoAutomated(of) => Some(of),
            Self::Member { of, .. }
            | Self::Unusable { of, .. }
            | Self::Busy { of, .. }
            | Self::Late { of, .. }
            | Self::AutomatedLate { of, .. }
            | Self::Failed { of, .. }
            | Self::CameToNothing { of, .. }
            | Self::Quota { of, .. }
            | Self::KeyMissing { of, .. }
            | Self::NotCopied { of, .. }
            | Self::Theirs { of, .. }
            | Self::Unverified { of, .. }
            | Self::NoGood { of, .. } => Some(of),
            Self::NothingSelected { .. }
            | Self::GovCloud { .. }
            | Self::CopyToHome { .. }
            | Self::Waiting { .. }
            | Self::Unseen { .. }
            | Self::LedgerUnset
            | Self::Headroom { .. } => None,
        }
    }

    /// How soon it is told among those of its weight, the gravest first.
    #[must_use]
    pub fn gravity(&self) -> u8 {
        if matches!(self, Self::Quota { .. }) {
            0
        } else if matches!(self, Self::Stopped(_)) {
            2
        } else {
            1
        }
    }

    /// What it means for a command of this action.
    #[must_use]
    pub fn weight(&self, action: &Backup) -> Weight {
        match self {
            Self::Waiting { .. }
            | Self::NotCopied { .. }
            | Self::Theirs { .. }
            | Self::Headroom { .. }
            | Self::Failed { .. } => Weight::Note,
            // The next look is an hour away at most. Until the objective is broken, nothing is lost by waiting for it.
            Self::Busy { is_late: true, .. } if *action == Backup::Reconcile => Weight::Stays,
            Self::Busy { .. } if *action == Backup::Reconcile => Weight::Note,
            Self::Busy { .. } | Self::Unseen { .. } => Weight::Passes,
            Self::Missing(_)
            | Self::NothingSelected { .. }
            | Self::Member { .. }
            | Self::Stopped(_)
            | Self::Unusable { .. }
            | Self::Late { .. }
            | Self::AutomatedLate { .. }
            | Self::CameToNothing { .. }
            | Self::NoAutomated(_)
            | Self::Quota { .. }
            | Self::KeyMissing { .. }
            | Self::GovCloud { .. }
            | Self::CopyToHome { .. }
            | Self::Unverified { .. }
            | Self::NoGood { .. }
            | Self::LedgerUnset => Weight::Stays,
        }
    }
}

/// What something left undone means for the command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// It is said, and nothing else.
    Note,
    /// The command cannot do it, and sending it again cannot help.
    Stays,
    /// It passes with time: the command is redelivered for it.
    Passes,
}
