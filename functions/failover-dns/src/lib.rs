//! Fails names over to a secondary, and back.

pub mod world;

/// The function's name, as in reports.
pub const FUNCTION: &str = "failover-dns";
