//! The ledger: what must be remembered that AWS itself does not remember.
//!
//! Whoever is about to act passes a list of [`Guard`]s in one write: either all of them let it pass and are taken
//! down together, or none is, and the [`Denial`]s say why. When the act is done, a list of [`Mark`]s says so in one
//! more write. A dry run looks at the same guards and writes nothing.

pub mod aws;
#[cfg(any(test, feature = "testing"))]
pub mod fake;
mod record;
mod rules;
mod saved;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared::fault::FaultClass;

pub use self::saved::{Saved, Unreadable};

/// The ledger. Every call is about the state at `now`, which the caller says.
#[expect(async_fn_in_trait, reason = "a function has one thread: no future is sent to another")]
pub trait Ledger {
    /// Passes all guards and takes them down, in one write; or changes nothing and says which of them denied it.
    ///
    /// # Guarantees
    /// All or nothing, also against others who enter at the same time.
    ///
    /// # Errors
    /// When the ledger cannot be reached in the time that is left, or refuses the request as such. If only its answer
    /// was lost, the guards may be taken down nevertheless.
    async fn enter(&self, guards: &[Guard], now: Timestamp) -> Result<Entry, LedgerFault>;

    /// Says what [`enter`](Self::enter) would say, and writes nothing. What it says may be a moment old.
    ///
    /// # Errors
    /// As [`enter`](Self::enter).
    async fn look(&self, guards: &[Guard], now: Timestamp) -> Result<Entry, LedgerFault>;

    /// Notes what has been done, in one write. Doing it again changes nothing, but for [`Mark::Uncounted`].
    ///
    /// # Errors
    /// As [`enter`](Self::enter).
    async fn mark(&self, marks: &[Mark], now: Timestamp) -> Result<(), LedgerFault>;

    /// Saves a value before it is overwritten elsewhere, unless one is saved under this key already: the oldest is
    /// the one to go back to. Returns what is saved now.
    ///
    /// # Errors
    /// As [`enter`](Self::enter).
    async fn save(&self, key: &str, value: &Value) -> Result<Value, LedgerFault>;

    /// What is saved under a key, be it readable or not.
    ///
    /// # Errors
    /// As [`enter`](Self::enter).
    async fn saved(&self, key: &str) -> Result<Option<Saved>, LedgerFault>;

    /// All saved values whose key begins with `prefix`, with their keys and in the order of these. Reads every page, and
    /// one that is unreadable keeps none of the others back.
    ///
    /// # Assumptions
    /// The prefix has at most 64 characters: no more is readable of a key of over 512 bytes. Such a key comes back as
    /// it is kept, which is as good a name for its value.
    ///
    /// # Errors
    /// As [`enter`](Self::enter).
    async fn saved_under(&self, prefix: &str) -> Result<Vec<(String, Saved)>, LedgerFault>;

    /// Begins a pause, in place of the one of the same scope. Where one is in force at its beginning that lasts
    /// longer, changes nothing and returns that one: nobody's pause is cut short by another's.
    ///
    /// # Errors
    /// As [`enter`](Self::enter).
    async fn pause(&self, pause: &Pause) -> Result<Option<Pause>, LedgerFault>;

    /// Ends the pause of a scope, and returns it if it was in force.
    ///
    /// # Errors
    /// As [`enter`](Self::enter).
    async fn resume(&self, scope: &str, now: Timestamp) -> Result<Option<Pause>, LedgerFault>;

    /// The proposal with an id, for as long as the ledger keeps it: for a while beyond its time.
    ///
    /// # Errors
    /// As [`enter`](Self::enter).
    async fn proposal(&self, id: &str) -> Result<Option<Proposal>, LedgerFault>;

    /// All that is in force now, and the last reports. Reads every page.
    ///
    /// # Errors
    /// As [`enter`](Self::enter).
    async fn overview(&self, now: Timestamp) -> Result<Overview, LedgerFault>;
}

/// One thing that must be so before something is done, and that is taken down with the others when it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Guard {
    /// Nobody has claimed this piece of work. `owner` claims it, and should be done with it at `until`.
    Claim {
        /// What makes it the same work.
        key: String,
        /// Who claims it: the id of the delivery.
        owner: String,
        /// When the claimer must have ended, one way or the other.
        until: Timestamp,
    },
    /// Nothing newer than `at` was seen about a subject. The same time again passes.
    Newest {
        /// About what.
        subject: String,
        /// When it happened.
        at: Timestamp,
    },
    /// No pause is in force for this scope.
    NotPaused {
        /// `all`, a target or a function.
        scope: String,
    },
    /// No cooldown is running under this key. One begins, and runs until `until`.
    Cooldown {
        /// What is to rest.
        key: String,
        /// Until when.
        until: Timestamp,
    },
    /// Fewer than `limit` were counted under this key in the clock hour of `now` (UTC). Adds one.
    HourlyCount {
        /// What is counted.
        key: String,
        /// The most in an hour.
        limit: u32,
    },
    /// Nobody else works on a target. `owner` does, until `until` or until it marks the lease as released. The same
    /// owner passes again.
    Lease {
        /// On what.
        target: String,
        /// Who.
        owner: String,
        /// Until when at the latest. For work on a message, the invocation's deadline: it lies before the end of the
        /// message's visibility, so that the redelivery finds the lease ended.
        until: Timestamp,
    },
    /// Puts a proposal before people; the same one again passes and changes nothing. It is the same if id and `what`
    /// are.
    Propose(Proposal),
    /// A proposal is there, its time has not run out, and nobody has approved it. `who` does.
    Approve {
        /// The proposal's id.
        id: String,
        /// Who approves.
        who: String,
    },
}

/// What became of an attempt to pass guards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// All let it pass.
    Entered,
    /// Nothing was taken down. At least one; in the order of the guards.
    Denied(Vec<Denial>),
}

/// Why a guard did not let something pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Denial {
    /// The work is claimed.
    Claimed {
        /// By which delivery.
        owner: String,
        /// When that one must have ended.
        until: Timestamp,
        /// Whether it is marked as done.
        done: bool,
    },
    /// Something newer was seen.
    Older {
        /// When that happened.
        newest: Timestamp,
    },
    /// A pause is in force.
    Paused(Pause),
    /// A cooldown is running.
    CoolingDown {
        /// Of what.
        key: String,
        /// Until when.
        until: Timestamp,
    },
    /// As many as allowed were counted in this hour.
    CountReached {
        /// Of what.
        key: String,
        /// The most in an hour.
        limit: u32,
    },
    /// Somebody else works on the target.
    Leased {
        /// On what.
        target: String,
        /// Who.
        owner: String,
        /// Until when at the latest.
        until: Timestamp,
    },
    /// The proposal is not there, its time has run out, it is approved, or its id is taken by another one: `None`, or
    /// what there is.
    NotOpen(Option<Proposal>),
}

/// Something that has been done.
#[derive(Debug, Clone, PartialEq)]
pub enum Mark {
    /// The claimed work is done: whoever comes with it again is told so.
    Done {
        /// The key of the claim.
        key: String,
    },
    /// Claimed work could not be done and leaves nothing behind: its owner's claim is forgotten, unless it is done.
    Withdrawn {
        /// The key of the claim.
        key: String,
        /// Who claimed it.
        owner: String,
    },
    /// What was counted in this clock hour was not done after all: one less. The only mark that must not be made twice.
    Uncounted {
        /// What was counted.
        key: String,
    },
    /// A lease is given back, if its owner still has it.
    Released {
        /// On what.
        target: String,
        /// Who.
        owner: String,
    },
    /// The command of an approved proposal was sent.
    Sent {
        /// The proposal's id.
        proposal: String,
    },
    /// Something was seen about a subject, unless something later was: what [`Guard::Newest`] takes down, also where
    /// another guard denied.
    Seen {
        /// About what.
        subject: String,
        /// When it happened.
        at: Timestamp,
    },
    /// A cooldown begins, unless one that lasts longer is kept: what was sent late rests from then on.
    Rest {
        /// What is to rest.
        key: String,
        /// Until when.
        until: Timestamp,
    },
    /// The cooldown that ends at `until` is forgotten, and no other: nothing was done, so nothing rests.
    Unrest {
        /// Of what.
        key: String,
        /// Exactly when it would have ended.
        until: Timestamp,
    },
    /// The last report about a target, in place of the one before; not in place of a later one.
    Reported(LastReport),
    /// A value is saved in place of the one under its key, if there is one: what [`Ledger::save`] never does.
    Resaved {
        /// Its key.
        key: String,
        /// What is saved from now on.
        value: Value,
    },
    /// A saved value was put back: it is forgotten.
    PutBack {
        /// Its key.
        key: String,
    },
}

/// Somebody wants nothing to be done for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// `all`, a target or a function.
    pub scope: String,
    /// Since when.
    pub since: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// Why.
    pub reason: String,
    /// Who asked for it.
    pub who: String,
}

/// Something that is done when somebody approves it in time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// Its id, short enough to be typed.
    pub id: String,
    /// When it was made.
    pub since: Timestamp,
    /// Until when it can be approved.
    pub until: Timestamp,
    /// What it is about, for whoever made it.
    pub what: Value,
    /// Who approved it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<String>,
    /// Whether what was approved was sent.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sent: bool,
}

/// The last that was heard about a target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastReport {
    /// The target.
    pub target: String,
    /// The function that reported.
    pub function: String,
    /// When.
    pub at: Timestamp,
    /// The report's id.
    pub id: String,
    /// Its correlation.
    pub correlation: String,
    /// What was ordered.
    pub action: String,
    /// Its verdict.
    pub verdict: String,
    /// Its `why.code`.
    pub code: String,
    /// Its `why.text`.
    pub text: String,
}

/// A cooldown that is running.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cooldown {
    /// Of what.
    pub key: String,
    /// Until when.
    pub until: Timestamp,
}

/// All that is in force.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Overview {
    /// The pauses, by scope.
    pub pauses: Vec<Pause>,
    /// The cooldowns, by key.
    pub cooldowns: Vec<Cooldown>,
    /// The proposals that can still be approved, by id.
    pub approvals: Vec<Proposal>,
    /// The last report of each function about each target.
    pub reports: Vec<LastReport>,
}

/// The ledger did not answer, or would not.
#[derive(Debug, thiserror::Error)]
#[error("failed to {operation} the ledger")]
pub struct LedgerFault {
    /// What was tried: `enter`, `look into`, `mark`, …
    pub operation: &'static str,
    /// What kind of trouble it is. `None`: the invocation ends too soon to ask.
    pub class: Option<FaultClass>,
    /// DynamoDB's own words, or the network's.
    #[source]
    pub source: Box<dyn std::error::Error + Send + Sync>,
}

/// The `why.code` of what cannot be done while the ledger does not answer. It passes with time.
pub const UNAVAILABLE: &str = "ledger-unavailable";

/// The `why.code` of what cannot be done without a ledger, where none is configured.
pub const UNSET: &str = "ledger-unset";

/// What a [`LedgerFault`] failed to do.
mod trying {
    pub(super) const ENTER: &str = "enter";
    pub(super) const LOOK: &str = "look into";
    pub(super) const MARK: &str = "mark";
    pub(super) const SAVE: &str = "save a value in";
    pub(super) const SAVED: &str = "read a saved value of";
    pub(super) const SAVED_UNDER: &str = "list saved values of";
    pub(super) const PAUSE: &str = "begin a pause in";
    pub(super) const RESUME: &str = "end a pause in";
    pub(super) const PROPOSAL: &str = "read a proposal of";
    pub(super) const OVERVIEW: &str = "read";
}

#[cfg(test)]
mod tests;
