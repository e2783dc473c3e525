//! Invalidates CloudFront caches.
//!
//! **Woken by** changes of S3 objects (by notification, SNS, SQS or EventBridge), deploy events on an EventBridge
//! bus, schedules, and commands by SQS, SNS or `aws lambda invoke`.
//!
//! **May** create invalidations for the distributions and tenants of the playbook, and read those it needs to see.
//!
//! **Fails, to be redelivered,** when CloudFront has no room or no time, or does not know or does not let it touch
//! the distribution. It never drops a path: what does not fit is widened to a wildcard above it, or comes back.
//!
//! # API calls
//! | situation | calls for a distribution |
//! | --- | --- |
//! | first delivery | 1 `CreateInvalidation` |
//! | a record was received before | 1 `ListInvalidations`, 1 `GetInvalidation` for each in progress (at most 20), at most 1 `CreateInvalidation` |
//! | `TooManyInvalidationsInProgress` | the 1 that failed, then as above; once more if it fails again |
//! | `BatchTooLarge` | the 1 that failed, then 1 with half the files, at most twice |
//! | `InvalidationBatchAlreadyExists`, or `InvalidArgument` about the reference | the 1 that failed, 1 list, at most 20 gets |
//! | dry run | none on first delivery; the reads of a redelivery |
//!
//! Requests that the SDK sends again after throttling or a 5xx come on top.

pub mod order;
pub mod paths;
pub mod world;

pub mod plan;

pub mod handler;

pub mod aws;
#[cfg(any(test, feature = "fake"))]
pub mod fake;

/// The function's name, as in reports.
pub const FUNCTION: &str = "invalidate-cache";
