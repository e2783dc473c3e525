//! What is known of a distribution's invalidations, and the port by which it is learned and changed.

use std::time::Duration;

use jiff::Timestamp;
use shared::fault::FaultClass;
use shared::kinds::distribution::Cache;

use crate::paths::Room;

/// What was observed about a distribution just now. It may have changed since: others invalidate too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct World {
    /// The invalidations in progress.
    pub in_progress: InProgress,
    /// The most items that CloudFront takes in one request, where it has refused more.
    pub largest_batch: Option<usize>,
}

impl World {
    /// Nothing was looked at: what a first delivery works from, as the ordinary request then needs no other.
    pub const UNREAD: Self = Self { in_progress: InProgress::Unread, largest_batch: None };

    /// The room that is left, as far as it is known.
    #[must_use]
    pub fn room(&self) -> Room {
        let room = match &self.in_progress {
            InProgress::Unread => Room::EMPTY,
            InProgress::Read(invalidations) => {
                invalidations.iter().fold(Room::EMPTY, |room, invalidation| room.less(&invalidation.items))
            }
            InProgress::TooMany => Room { files: 0, wildcards: 0 },
        };
        match self.largest_batch {
            Some(largest) => Room { files: room.files.min(largest), wildcards: room.wildcards },
            None => room,
        }
    }
}

/// The invalidations in progress for a distribution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InProgress {
    /// Nobody looked.
    Unread,
    /// These, and no other.
    Read(Vec<Invalidation>),
    /// More than [`MOST_READ`].
    TooMany,
}

/// How many invalidations are read to learn what room is left. With more in progress there is none: CloudFront
/// takes 15 wildcards at a time, and it is busy.
pub const MOST_READ: usize = 20;

/// An invalidation that CloudFront knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalidation {
    /// CloudFront's id.
    pub id: String,
    /// `InProgress` or `Completed`; free text.
    pub status: String,
    /// When CloudFront took it.
    pub created_at: Option<Timestamp>,
    /// The reference under which it was asked for.
    pub caller_reference: String,
    /// Its paths and tags.
    pub items: Vec<String>,
}

/// A request to invalidate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Of what.
    pub cache: Cache,
    /// Paths and tags, sorted, each once.
    pub items: Vec<String>,
    /// What makes the request the same when it is sent twice.
    pub caller_reference: String,
}

/// The invalidations of distributions and tenants.
#[expect(async_fn_in_trait, reason = "a function has one thread: no future is sent to another")]
pub trait Distributions {
    /// Asks for an invalidation.
    ///
    /// # Guarantees
    /// The same request again makes nothing new, and answers with the invalidation that there is.
    ///
    /// # Errors
    /// When CloudFront, or the time, does not allow it.
    async fn create(&self, request: &Request) -> Result<Invalidation, Fault>;

    /// Reads the invalidations in progress: one page of the list, and each one of them, at most [`MOST_READ`].
    ///
    /// # Assumptions
    /// The list has the newest first, so that those in progress are on its first page. It may be a moment old.
    ///
    /// # Errors
    /// When CloudFront, or the time, does not allow it.
    async fn in_progress(&self, cache: &Cache) -> Result<InProgress, Fault>;

    /// Finds the invalidation with a reference among the newest [`MOST_READ`].
    ///
    /// # Errors
    /// When CloudFront, or the time, does not allow it.
    async fn find(&self, cache: &Cache, caller_reference: &str) -> Result<Option<Invalidation>, Fault>;
}

/// An operation that did not work.
#[derive(Debug, thiserror::Error)]
#[error("failed to {operation} of {cache}")]
pub struct Fault {
    /// What was tried.
    pub operation: &'static str,
    /// On which distribution or tenant.
    pub cache: String,
    /// What it means.
    pub meaning: Meaning,
    /// CloudFront's own words, or the network's.
    #[source]
    pub source: Box<dyn std::error::Error + Send + Sync>,
}

/// What a fault means to this function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// The limits of invalidations in progress are reached.
    NoRoom,
    /// The request has more items than CloudFront takes in one.
    BatchTooLarge,
    /// The caller reference was used before, says CloudFront, for something else.
    ReferenceUsed,
    /// The invocation ends too soon to begin the operation.
    OutOfTime,
    /// Something that can happen to any request.
    Common(FaultClass),
}

impl Meaning {
    /// The `why.code` of an order that failed with this.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NoRoom => "invalidations-in-progress",
            Self::BatchTooLarge => "batch-too-large",
            Self::ReferenceUsed => "caller-reference-used",
            Self::OutOfTime => "deadline",
            Self::Common(class) => class.code(),
        }
    }

    /// Whether the same order may well succeed later.
    #[must_use]
    pub fn is_transient(self) -> bool {
        match self {
            Self::NoRoom | Self::OutOfTime => true,
            Self::BatchTooLarge | Self::ReferenceUsed => false,
            Self::Common(class) => class.is_transient(),
        }
    }
}

/// By how much CloudFront's clock and ours may differ. AWS keeps both within some milliseconds.
const CLOCKS: Duration = Duration::from_millis(100);

impl Invalidation {
    /// Whether it was made before a time, with certainty: CloudFront answers a repeated request with the invalidation
    /// that it made for the first one. A time without a fraction is taken to be cut to the second.
    #[must_use]
    pub fn is_older_than(&self, time: Timestamp) -> bool {
        self.created_at.is_some_and(|created_at| {
            let cut =
                if created_at.subsec_nanosecond() == 0 { Duration::from_secs(1) } else { Duration::ZERO };
            created_at.checked_add(cut + CLOCKS).is_ok_and(|latest| latest < time)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invalidation_is_older_only_when_no_clock_can_be_to_blame() {
        for (created_at, older) in [
            ("2026-11-21T09:00:00.899Z", true),
            ("2026-11-21T09:00:00.900Z", false),
            ("2026-11-21T09:00:01.500Z", false),
            ("2026-11-21T09:00:00Z", false),
            ("2026-11-21T08:59:59Z", true),
        ] {
            let invalidation = Invalidation {
                id: String::new(),
                status: String::new(),
                created_at: Some(created_at.parse().unwrap()),
                caller_reference: String::new(),
                items: Vec::new(),
            };
            assert_eq!(
                invalidation.is_older_than("2026-11-21T09:00:01Z".parse().unwrap()),
                older,
                "{created_at}"
            );
        }
    }
}
