//! Stories: a raw event arrives, and what becomes of the world, of the reports and of the messages.
//!
//! The events are the files of `events/`, or changed from them; CloudFront is the fake that the function brings.
//! Nothing here looks inside a function.
#![expect(clippy::unwrap_used, reason = "what surprises a test is to stop it, in its helpers too")]

mod site;

mod every_event;

mod batches;
mod paths;
mod targets;

mod limits;
mod trouble;
mod twice;

mod bad_input;
mod calls;
mod reports;

mod router;

mod scaler;

mod backups;

mod failover;
