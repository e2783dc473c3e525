//! Turns alarms into commands.

/// The function's name, as in reports.
pub const FUNCTION: &str = "route-alarm";
