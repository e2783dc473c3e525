//! The domain of Lamplighter: what arrives, what is ordered, what was decided and what became of it.
//!
//! Read `event` first, then `command`, `playbook`, `plan` and `report`; `kinds` has one file per kind of target.
//! Nothing here does I/O: no network, no files, no environment, no clock, no Lambda, no SDK.
#![warn(clippy::wildcard_enum_match_arm)]

pub mod event;

pub mod command;
pub mod ids;
pub mod kinds;
pub mod period;
pub mod playbook;
pub mod routing;

pub mod fault;
pub mod plan;
pub mod report;
