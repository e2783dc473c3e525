//! End-to-end tests on the local cloud; `cargo xtask test` starts it and deploys the real template to it.
//!
//! Each test sends what AWS or a person would send, and reads back by the AWS API what became of it.

mod alarms;
mod backups;
mod bad_input;
mod context;
mod failover;
mod far_alarms;
mod faults;
mod guardrails;
mod limits;
mod rules;
mod services;
mod sources;
