//! Takes, copies, verifies and expires snapshots of RDS and Aurora databases.

pub mod aws;
pub mod handler;
pub mod names;
pub mod order;
pub mod plan;
pub mod retention;
pub mod start;
pub mod world;

#[cfg(any(test, feature = "fake"))]
pub mod fake;

/// The function's name, as in reports.
pub const FUNCTION: &str = "snapshot-database";
