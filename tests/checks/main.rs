//! Rules of this repository, as tests.

mod orders;
mod schema;
mod template;
mod tidy;
mod watch;
