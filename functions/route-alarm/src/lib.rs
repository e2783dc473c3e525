//! Turns alarms into commands, by the routes of the playbook.
//!
//! **Woken by** CloudWatch alarms of every kind (by SNS, EventBridge, SQS or as a direct action), by notices (AWS
//! Budgets, RDS failovers, failures of ECS, expiring certificates), by its own one-time schedules, and by commands:
//! `pause`, `resume`, `approve`, `status`.
//!
//! **May** send commands to the queues of the other functions, write the ledger, make one-time schedules that wake
//! itself, and ask CloudWatch for an alarm's state.
//!
//! **Refuses** what is paused, what rests after an action, and what would be too many in an hour. It tells people
//! about every alarm that no route matches, so that silence is never the answer.
//!
//! # API calls
//! | situation | calls for a command |
//! | --- | --- |
//! | routed | 1 `TransactWriteItems` (all guards), 1 `SendMessageBatch` for all commands of the alarm to one queue, 1 `TransactWriteItems` (sent) |
//! | denied by a cooldown, a count or a pause | the 1 that is cancelled, 1 for the newest state of the alarm |
//! | delivered again | the 1 that is cancelled |
//! | no route | 1, or 2 within an hour of the last notification |
//! | hold-down | 1 `TransactWriteItems`, 1 `CreateSchedule`; later 1 `DescribeAlarms` (and `DescribeAlarmContributors` for a contributor), then as above |
//! | dry run | 1 read of the ledger |

pub mod order;
pub mod screen;
pub mod world;

pub mod guards;
pub mod plan;

pub mod handler;

pub mod aws;
#[cfg(test)]
mod examples;
#[cfg(any(test, feature = "fake"))]
pub mod fake;
pub mod start;

/// The function's name, as in reports.
pub const FUNCTION: &str = "route-alarm";
