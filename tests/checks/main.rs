//! Rules of this repository, as tests.

mod schema;
mod template;
mod tidy;
