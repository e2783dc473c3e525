//! What RDS's refusals mean here.

use aws_sdk_rds::error::{ProvideErrorMetadata, SdkError};
use shared::fault::FaultClass;
use shell::aws::words;

use crate::world::{Fault, Meaning};

/// Nothing, where RDS does not know what the request names.
pub(super) fn unless_gone<T>(answer: Result<T, Fault>) -> Result<Option<T>, Fault> {
    match answer {
        Err(fault) if fault.meaning == Meaning::Common(FaultClass::NotFound) => Ok(None),
        answer => answer.map(Some),
    }
}

/// Says what an error of RDS means. The one place where codes are read: those of the two families end in `Fault` or do
/// not, and not by a rule.
pub(super) fn fault<E>(operation: &str, error: &SdkError<E>) -> Fault
where
    SdkError<E>: ProvideErrorMetadata,
    E: std::error::Error + Send + Sync + 'static,
{
    let status = error.raw_response().map(|response| response.status().as_u16());
    let code = error.code().map(|code| code.strip_suffix("Fault").unwrap_or(code));
    let meaning = match code {
        Some(
            "InvalidDBInstanceState"
            | "InvalidDBClusterState"
            | "InvalidDBSnapshotState"
            | "InvalidDBClusterSnapshotState",
        ) => Meaning::WrongState,
        // Also for too many copies in progress.
        Some("SnapshotQuotaExceeded") => Meaning::QuotaReached,
        Some(
            "DBInstanceAlreadyExists"
            | "DBClusterAlreadyExists"
            | "DBSnapshotAlreadyExists"
            | "DBClusterSnapshotAlreadyExists",
        ) => Meaning::NameTaken,
        Some("KMSKeyNotAccessible") => Meaning::KeyUnusable,
        Some(
            "DBInstanceNotFound" | "DBClusterNotFound" | "DBSnapshotNotFound" | "DBClusterSnapshotNotFound",
        ) => Meaning::Common(FaultClass::NotFound),
        Some(
            "InsufficientDBClusterCapacity"
            | "InsufficientDBInstanceCapacity"
            | "InsufficientStorageClusterCapacity",
        ) => Meaning::Common(FaultClass::Unavailable),
        _ => match FaultClass::of(error.code(), status) {
            // Not RDS's own answer, so it does not say what there is.
            FaultClass::NotFound if code.is_none() => Meaning::Common(FaultClass::Unknown),
            // Quotas of databases come with the status of a missing permission.
            FaultClass::Denied if code.is_some_and(|code| code.ends_with("QuotaExceeded")) => {
                Meaning::Common(FaultClass::Rejected)
            }
            class => Meaning::Common(class),
        },
    };
    let source: Box<dyn std::error::Error + Send + Sync> = words(error).into();
    Fault { operation: operation.to_owned(), meaning, source: source.into() }
}
