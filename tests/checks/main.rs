//! Rules of this repository, as tests.

mod dashboards;
mod notices;
mod orders;
mod schema;
mod template;
mod terraform;
mod tidy;
mod us_east_1;
mod watch;
