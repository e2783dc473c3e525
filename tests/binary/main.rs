//! The built functions as Lambda runs them: a process, a Runtime API, and AWS's wire on loopback.
//! What a function decides is tested with the function; here it is that the parts are joined, and what is public.
#![expect(clippy::unwrap_used, reason = "these are tests, and what fails here fails them")]

mod stage;

mod invalidate_cache;
mod route_alarm;
mod scale_service;
