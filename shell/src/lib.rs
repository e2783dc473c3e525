//! Everything Lambda-shaped around a function's decision: starting, opening the invocation, the clock, telemetry,
//! carrying out steps, acknowledging records and publishing reports.
//!
//! It knows no kind of target and no action. A function is a closure from [`Invocation`] to [`Settled`], given to
//! [`run`]; between the two it calls [`settle`] and [`apply_in_order`].

mod runtime;
pub use runtime::{Invocation, Start, run};

mod batch;
pub use batch::{Job, Settled, settle};

mod apply;
pub use apply::{Applied, apply_in_order};

#[cfg(feature = "ledger")]
pub mod ledger;
#[cfg(feature = "schedules")]
pub mod schedules;

pub mod aws;
pub mod clock;
pub mod config;
pub mod reader;
pub mod telemetry;

mod answer;
mod outcomes;
