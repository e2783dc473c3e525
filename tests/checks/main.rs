//! Rules of this repository, as tests.

mod template;
