//! What RDS refuses, in its words. Codes of clusters end in `Fault`, but for those that both families have.

use super::RdsFamily;
use crate::stand_in::Fault;

/// The errors that both families have.
#[expect(missing_docs, reason = "the names are the codes")]
impl Fault {
    pub const KMS_KEY_NOT_ACCESSIBLE: Self = Self::new(
        400,
        "KMSKeyNotAccessibleFault",
        "The target KMS key does not exist, is not enabled or you do not have permissions to access it.",
    );
    pub const SNAPSHOT_QUOTA_EXCEEDED: Self =
        Self::new(400, "SnapshotQuotaExceeded", "Cannot create more manual snapshots");

    pub(super) const COPY_QUOTA_EXCEEDED: Self =
        Self::new(400, "SnapshotQuotaExceeded", "Cannot copy more snapshots across regions");

    pub(super) const fn invalid(message: &'static str) -> Self {
        Self::new(400, "InvalidParameterValue", message)
    }

    pub(super) const fn combination(message: &'static str) -> Self {
        Self::new(400, "InvalidParameterCombination", message)
    }
}

/// The errors that each family has by a code of its own.
impl RdsFamily {
    pub(super) fn no_database(self) -> Fault {
        match self {
            Self::Instance => Fault::new(404, "DBInstanceNotFound", "DBInstance not found."),
            Self::Cluster => Fault::new(404, "DBClusterNotFoundFault", "DBCluster not found."),
        }
    }

    pub(super) fn database_exists(self) -> Fault {
        match self {
            Self::Instance => Fault::new(400, "DBInstanceAlreadyExists", "DB instance already exists"),
            Self::Cluster => Fault::new(400, "DBClusterAlreadyExistsFault", "DB Cluster already exists"),
        }
    }

    pub(super) fn database_state(self, message: &'static str) -> Fault {
        match self {
            Self::Instance => Fault::new(400, "InvalidDBInstanceState", message),
            Self::Cluster => Fault::new(400, "InvalidDBClusterStateFault", message),
        }
    }

    pub(super) fn no_snapshot(self) -> Fault {
        match self {
            Self::Instance => Fault::new(404, "DBSnapshotNotFound", "DBSnapshot not found."),
            Self::Cluster => {
                Fault::new(404, "DBClusterSnapshotNotFoundFault", "DBClusterSnapshot not found.")
            }
        }
    }

    pub(super) fn snapshot_exists(self) -> Fault {
        const WORDS: &str = "Cannot create the snapshot because one with the identifier already exists.";
        match self {
            Self::Instance => Fault::new(400, "DBSnapshotAlreadyExists", WORDS),
            Self::Cluster => Fault::new(400, "DBClusterSnapshotAlreadyExistsFault", WORDS),
        }
    }

    pub(super) fn snapshot_state(self, message: &'static str) -> Fault {
        match self {
            Self::Instance => Fault::new(400, "InvalidDBSnapshotState", message),
            Self::Cluster => Fault::new(400, "InvalidDBClusterSnapshotStateFault", message),
        }
    }
}
