//! The kinds of target: one file each, with what the playbook says of it and the commands that it takes.
//!
//! A new kind is a file here and a variant of [`Target`](crate::playbook::Target).

pub mod database;
pub mod distribution;
pub mod dns;
pub mod service;
mod text;
