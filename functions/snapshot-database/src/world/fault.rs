//! What did not work, and what that means.

use std::sync::Arc;

use shared::fault::FaultClass;

/// Something that did not work.
#[derive(Debug, Clone, thiserror::Error)]
#[error("failed to {operation}")]
pub struct Fault {
    /// What was tried, and on what.
    pub operation: String,
    /// What it means here.
    pub meaning: Meaning,
    /// RDS's own words, or the network's.
    #[source]
    pub source: Arc<dyn std::error::Error + Send + Sync>,
}

/// What a fault means to whoever must decide what to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// The database or the snapshot is not in the state for it just now.
    WrongState,
    /// There are as many manual snapshots, or copies in progress, as there may be.
    QuotaReached,
    /// There is something of that name, and it is not ours or of something else.
    NameTaken,
    /// The key cannot be used.
    KeyUnusable,
    /// What every service may answer.
    Common(FaultClass),
    /// The invocation ends too soon to try.
    OutOfTime,
}

impl Fault {
    /// The `why.code` of a command that failed with this.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self.meaning {
            Meaning::WrongState => "wrong-state",
            Meaning::QuotaReached => "snapshot-quota",
            Meaning::NameTaken => "name-taken",
            Meaning::KeyUnusable => "key-unusable",
            Meaning::Common(class) => class.code(),
            Meaning::OutOfTime => "deadline",
        }
    }

    /// Whether the same may well succeed later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self.meaning {
            Meaning::WrongState | Meaning::OutOfTime => true,
            Meaning::QuotaReached | Meaning::NameTaken | Meaning::KeyUnusable => false,
            Meaning::Common(class) => class.is_transient(),
        }
    }
}
