//! The built `invalidate-cache` as Lambda runs it: a process, a Runtime API, and AWS's wire on loopback.
//! What the function decides is tested with the function; here it is that the parts are joined, and what is public.

mod answers;
mod log;
mod outcomes;
mod stage;
mod start;
mod trouble;
