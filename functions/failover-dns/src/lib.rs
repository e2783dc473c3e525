//! Fails names over to a secondary, and back.

pub mod aws;
pub mod order;
pub mod plan;
pub mod world;

#[cfg(any(test, feature = "fake"))]
pub mod fake;

/// The function's name, as in reports.
pub const FUNCTION: &str = "failover-dns";
