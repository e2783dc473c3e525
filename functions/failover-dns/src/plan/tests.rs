//! Decisions, as tables.
