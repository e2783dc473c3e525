//! Takes, copies, verifies and expires snapshots of RDS and Aurora databases.
//!
//! **Woken by** schedules, the router, pipelines and operators, by its FIFO queue or by `aws lambda invoke`; and by RDS
//! events, by a queue that gathers them for a minute.
//!
//! **May** take and copy snapshots with our tags, delete snapshots that bear them and the name that follows from them,
//! restore one into a scratch database and delete that. It touches no database that it has not made, and no snapshot of
//! anybody else.
//!
//! **Refuses** what would cost a database its last good snapshot, copies that RDS would refuse later, and whatever a
//! quota has no room for.
//!
//! # A snapshot's way
//! *Taken, available, copying, copied, verified, and then it may expire.* Nothing of this is kept in a table: RDS's own
//! status and our tags say where each snapshot stands, so that an event that is lost, doubled or late changes nothing.
//! The hourly `reconcile`, and every RDS event that may concern a target, looks at all of it and does what is next.
//!
//! | a snapshot, or a database | what is next |
//! | --- | --- |
//! | the newest good snapshot will be older than `objective` within the hour | another is taken |
//! | good, and a Region's retention would keep it there | it is copied, the newest first, as far as budget and quota allow |
//! | its copy has failed | the failed copy is deleted, and then begun again |
//! | its time is over, and no Region lacks a good copy of it that it should have | it is deleted |
//! | failed | it is deleted |
//! | a copy of it is on its way, or a restore drill uses it | it stays |
//! | a scratch database is available, has failed, or its time is over | that is noted, and it is deleted |
//! | a scratch database of this stack and a target that is gone, its time over for two hours | it is deleted |
//!
//! # API calls
//! | order | calls, beside ledger and outcomes |
//! | --- | --- |
//! | `take` | one describe of the database (all pages with `all-tagged`), its manual snapshots, `DescribeAccountAttributes` at home and in each Region of copies; 1 `CreateDBSnapshot` or `CreateDBClusterSnapshot` a database |
//! | `copy` | the database, its snapshots at home, all pages of the manual snapshots of each other Region and its quotas; 1 copy each |
//! | `expire` | the database, its snapshots in each Region; 1 delete each |
//! | `verify` | the same; with a restore drill all databases, and 1 restore |
//! | `reconcile` | all of these at once, and all pages of databases; for several targets also of manual snapshots, once for all targets |
//!
//! Tags come with the describes: there is no call for the tags of a snapshot. All RDS events of a batch make one look.

pub mod aws;
pub mod handler;
pub mod names;
pub mod order;
pub mod plan;
pub mod retention;
pub mod start;
pub mod world;

#[cfg(test)]
mod examples;
#[cfg(any(test, feature = "fake"))]
pub mod fake;

/// The function's name, as in reports.
pub const FUNCTION: &str = "snapshot-database";
