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
    /// AWS's own words, or the network's.
    #[source]
    pub source: Arc<dyn std::error::Error + Send + Sync>,
}

/// What a fault means to whoever must decide what to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// The change as a whole was refused, and would be again: a protected record, a bad alias, a name without a
    /// certificate.
    ChangeRefused,
    /// A safety rule of the Application Recovery Controller does not allow it.
    SafetyRule,
    /// What is to be moved belongs to another account.
    OtherAccount,
    /// What every service may answer. A conflict: somebody changes the same thing, so it is looked at again.
    Common(FaultClass),
    /// The invocation ends too soon to try.
    OutOfTime,
}

impl Fault {
    /// The `why.code` of a command that failed with this.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self.meaning {
            Meaning::ChangeRefused => "change-refused",
            Meaning::SafetyRule => "safety-rule",
            Meaning::OtherAccount => "other-account",
            Meaning::Common(class) => class.code(),
            Meaning::OutOfTime => "deadline",
        }
    }

    /// Whether somebody else was at the same thing.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        self.meaning == Meaning::Common(FaultClass::Conflict)
    }

    /// Whether looking and planning again may help at once: after a conflict, and where AWS was asked too much.
    #[must_use]
    pub fn may_pass_at_once(&self) -> bool {
        self.is_conflict() || self.meaning == Meaning::Common(FaultClass::Throttled)
    }

    /// Whether nothing was tried, as the invocation ends too soon.
    #[must_use]
    pub fn is_out_of_time(&self) -> bool {
        self.meaning == Meaning::OutOfTime
    }

    /// Whether AWS has said no to the change as such: a missing permission is no such answer, it can be repaired.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        matches!(self.meaning, Meaning::ChangeRefused | Meaning::SafetyRule | Meaning::OtherAccount)
    }

    /// Whether the same may well succeed later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self.meaning {
            Meaning::OutOfTime => true,
            Meaning::ChangeRefused | Meaning::SafetyRule | Meaning::OtherAccount => false,
            Meaning::Common(class) => class.is_transient(),
        }
    }
}
