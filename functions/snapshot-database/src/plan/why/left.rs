//! What is left undone.

use jiff::SignedDuration;
use shared::kinds::database::RegionCode;

use crate::world::{DatabaseId, Family};

/// Something that is left undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Left {
    /// There is no such database.
    Missing(DatabaseId),
    /// No database has the tag.
    NothingSelected {
        /// The tag.
        tag: String,
    },
    /// It is in a cluster, and backed up with it.
    Member {
        /// The instance.
        of: DatabaseId,
        /// The cluster.
        cluster: String,
    },
    /// It is stopped.
    Stopped(DatabaseId),
    /// It is in a state that does not pass by itself.
    Unusable {
        /// Which.
        of: DatabaseId,
        /// RDS's word.
        status: String,
    },
    /// It is busy with something that passes.
    Busy {
        /// Which.
        of: DatabaseId,
        /// RDS's word.
        status: String,
        /// Whether its newest good snapshot is older than the objective by now.
        is_late: bool,
    },
    /// Its newest good snapshot is older than the objective, and another is still being made.
    Late {
        /// Of what.
        of: DatabaseId,
        /// The one that is being made.
        snapshot: String,
        /// RDS's word for its state.
        status: String,
    },
    /// Its newest automated snapshot is older than the objective.
    AutomatedLate {
        /// Of what.
        of: DatabaseId,
        /// Which.
        snapshot: String,
        /// How old it is.
        age: SignedDuration,
    },
    /// A snapshot or a copy has failed, and is deleted.
    Failed {
        /// Of what.
        of: DatabaseId,
        /// Which.
        snapshot: String,
        /// Where.
        region: RegionCode,
    },
    /// The snapshot that was taken of it has failed.
    CameToNothing {
        /// Of what.
        of: DatabaseId,
        /// Which.
        snapshot: String,
    },
    /// It has no automated snapshot that could be copied.
    NoAutomated(DatabaseId),
    /// There are as many manual snapshots in a Region as there may be.
    Quota {
        /// Of what.
        of: DatabaseId,
        /// Where.
        region: RegionCode,
        /// The quota.
        most: u32,
    },
    /// A Region's key is not in the playbook, and the snapshots are encrypted.
    KeyMissing {
        /// Of what.
        of: DatabaseId,
        /// Where.
        region: RegionCode,
    },
    /// Copies to or from `us-gov` Regions need a presigned URL.
    GovCloud {
        /// Where.
        region: RegionCode,
    },
    /// A Region is the home Region.
    CopyToHome {
        /// Which.
        region: RegionCode,
    },
    /// Copies wait until others have ended.
    Waiting {
        /// Where.
        region: RegionCode,
        /// Of which family.
        family: Family,
        /// How many.
        copies: usize,
    },
    /// What a Region holds could not be seen.
    Unseen {
        /// Which.
        region: RegionCode,
        /// The `why.code` of it.
        code: &'static str,
        /// Why.
        words: String,
        /// Whether that passes with time.
        is_transient: bool,
    },
    /// A snapshot is kept although its time is over, as its copy is not there or not good.
    NotCopied {
        /// Of what.
        of: DatabaseId,
        /// Which.
        snapshot: String,
        /// Where the copy should be.
        region: RegionCode,
    },
    /// Nothing of a database expires, as somebody else makes a snapshot of it, which may be a copy of one of ours.
    Theirs {
        /// Of what.
        of: DatabaseId,
        /// Theirs.
        snapshot: String,
        /// Where.
        region: RegionCode,
        /// RDS's word for its state.
        status: String,
    },
    /// A snapshot is not as it should be.
    Unverified {
        /// Of what.
        of: DatabaseId,
        /// Which.
        snapshot: String,
        /// Where.
        region: RegionCode,
        /// What is wrong with it.
        faults: Vec<String>,
    },
    /// There is no good snapshot of a database.
    NoGood {
        /// Of what.
        of: DatabaseId,
        /// Where.
        region: RegionCode,
    },
    /// A drill is asked for, and there is no ledger to note it in.
    LedgerUnset,
    /// The quota of manual snapshots is nearly used up.
    Headroom {
        /// Where.
        region: RegionCode,
        /// Of which family.
        family: Family,
        /// How many there are.
        used: u32,
        /// How many there may be.
        most: u32,
    },
}

impl Left {
    /// The `why.code` of a command that could do nothing because of it.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing(_) => "database-missing",
            Self::NothingSelected { .. } => "nothing-selected",
            Self::Member { .. } => "aurora-member",
            Self::Stopped(_) => "database-stopped",
            Self::Unusable { .. } => "database-unusable",
            Self::Busy { .. } => "database-busy",
            Self::Late { .. } => "snapshot-late",
            Self::AutomatedLate { .. } => "automated-snapshot-late",
            Self::CameToNothing { .. } | Self::Failed { .. } => "snapshot-failed",
            Self::NoAutomated(_) => "no-automated-snapshot",
            Self::Quota { .. } => "snapshot-quota",
            Self::KeyMissing { .. } => "kms-key-missing",
            Self::GovCloud { .. } => "govcloud-unsupported",
            Self::CopyToHome { .. } => "copy-to-home",
            Self::Waiting { .. } => "copies-waiting",
            Self::Unseen { code, .. } => code,
            Self::NotCopied { .. } => "not-copied",
            Self::Theirs { .. } => "others-at-work",
            Self::Unverified { .. } => "unverified",
            Self::NoGood { .. } => "no-good-snapshot",
            Self::LedgerUnset => "ledger-unset",
            Self::Headroom { .. } => "quota-headroom",
        }
    }

    /// Says of a database that is in the way that its newest good snapshot is older than the objective.
    pub fn is_late_for(&mut self, database: &DatabaseId) {
        if let Self::Busy { of, is_late, .. } = self {
            *is_late |= of == database;
        }
    }
}
