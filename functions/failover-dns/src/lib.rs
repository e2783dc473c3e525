//! Fails names over to a secondary, and back: in one change, once, and only to a side that is shown to be healthy.
//!
//! **Woken by** the router (an alarm on the primary), operators and schedules, by its FIFO queue or by
//! `aws lambda invoke`.
//!
//! **May** change what the playbook's records lead to, by the one means that the target's strategy names, and nothing
//! else about them. It makes and deletes no record, no health check and no distribution.
//!
//! **Refuses** to move without evidence, unless a person forces it with a reason; to move again a short while after a
//! move, or more often a day than the playbook allows, unless a person says so; and to go back by itself where a person
//! has moved it, or the playbook says `manual`.
//!
//! # A move
//! Traffic that is there already is left alone, so that further alarms change nothing. What is there before a fail-over
//! is noted in the ledger before it is changed, and given back exactly. While the ledger does not answer, traffic fails
//! over all the same, and the report has what was there before; the way back waits for it, or for a person's force.
//!
//! | strategy | fail-over | needs the control plane of |
//! | --- | --- | --- |
//! | `record-weights` | the primary's weight becomes 0, the secondary's keeps or gets one, all in one change | Route 53 |
//! | `record-targets` | the records answer something else, all in one change | Route 53 |
//! | `health-check` | the primary's check becomes disabled and inverted, so always unhealthy | Route 53 |
//! | `standby-object` | an object is put that an inverted check looks for | nothing: S3 in the standby Region |
//! | `routing-control` | one control off, the other on, in one request | nothing: any of the cluster's five endpoints |
//! | `distribution-domain` | the names move to the other distribution; when that is deployed, the records follow | CloudFront, then Route 53 |
//!
//! # API calls
//! | order | calls, beside ledger and outcomes |
//! | --- | --- |
//! | `fail-over` with `record-weights` or `record-targets` | one list for each name, one look at the secondary's evidence, 1 `ChangeResourceRecordSets`, 1 `GetChange` |
//! | … with `health-check` | `GetHealthCheck`, the evidence, `UpdateHealthCheck` |
//! | … with `standby-object` | the evidence, 1 conditional `PutObject`; a `HeadObject` after it if there was an object, and before it if it was failed over already |
//! | … with `routing-control` | the evidence, 1 `UpdateRoutingControlStates` at the first endpoint that answers; the states before it if it was failed over already, and beside the evidence where an alarm's move is to be taken back by itself |
//! | … with `distribution-domain` | 2 `GetDistribution`, one list for each name, the evidence, 1 `UpdateDomainAssociation` for each name; later the same looks, 1 change, 1 `GetChange`; where a name is refused, 1 `GetDistribution` and `ListDomainConflicts` |
//! | `fail-back` | the same, with the primary's evidence and its history; the object and the controls are always looked at |
//! | `reconcile` | none, unless something is due |
//!
//! After a conflict, or a throttle that outlives the SDK's retries, all of it is done once more, at most twice.

pub mod aws;
pub mod handler;
pub mod order;
pub mod plan;
pub mod start;
pub mod world;

#[cfg(test)]
mod examples;
#[cfg(any(test, feature = "fake"))]
pub mod fake;

/// The function's name, as in reports.
pub const FUNCTION: &str = "failover-dns";
