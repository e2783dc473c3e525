//! Scales ECS services: sets sizes and profiles, boosts for a while, parks and restores.
//!
//! **Woken by** schedules, the router and operators, by its FIFO queue or by `aws lambda invoke`.
//!
//! **May** set the bounds of scalable targets that there are, set desired counts, make one-time schedules that end
//! boosts, and write the ledger. It makes no scalable target and deletes nothing of anybody.
//!
//! **Refuses** what leaves the playbook's bounds or takes more than the largest step, what would wake a parked service
//! by the way, and what another schedule would undo.
//!
//! # What it does with a service in each state
//! | state | what becomes of an order |
//! | --- | --- |
//! | with a scalable target | acted: bounds first, in one call; then the desired count, if it lies elsewhere |
//! | without one | acted: the desired count only, and the report says so |
//! | scaling suspended on its target | acted, with a note: what is suspended stays so; `park` suspends everything, `restore` puts back what was |
//! | daemon (one task on every instance) | refused: `daemon-service` |
//! | deployed by `CODE_DEPLOY` or `EXTERNAL` | acted, with a note |
//! | a deployment runs | acted, with a note: the deployment follows the new count |
//! | the newest deployment failed | refused for more tasks: `deployment-failed`; acted for fewer |
//! | inactive or draining | refused: `service-inactive` |
//! | missing, or its cluster is | refused: `service-missing` |
//! | scheduled actions of others fight the profile | refused: `other-schedule`; with `takes-over: true` acted, and scheduled scaling is suspended |
//! | parked | refused: `parked`, but for `restore`; `park` is held: `already-parked` |
//! | a holiday in its own zone | held: `holiday`, for schedules that would add tasks |
//! | somebody changed it since it was saved | acted, as `on-drift` says: `drift-kept`, or restored with a note |
//!
//! # API calls
//! | order | calls for a service, beside ledger and outcomes |
//! | --- | --- |
//! | `set` with a scalable target | `DescribeServices`, `DescribeScalableTargets`, at most 1 `RegisterScalableTarget`, at most 1 `UpdateService` |
//! | `set` without one | `DescribeServices`, `DescribeScalableTargets`, at most 1 `UpdateService` |
//! | `profile` | the same, and with a scalable target 1 `DescribeScheduledActions` |
//! | `boost` | the same as `set`, and 1 `CreateSchedule` |
//! | `park`, `restore` | the same as `set` |
//! | the end of a boost | the same as `set`, and with a scalable target 1 `DescribeScalingPolicies` |
//! | dry run | the reads, and with a scalable target both `DescribeScheduledActions` and `DescribeScalingPolicies` |
//!
//! Ten services of a cluster are described in one `DescribeServices`, fifty in one `DescribeScalableTargets`.
//! A conflict with somebody else is looked at and planned again, at most twice.

pub mod memory;
pub mod order;
pub mod world;

pub mod admission;
pub mod plan;

pub mod handler;

pub mod aws;
#[cfg(test)]
mod examples;
#[cfg(any(test, feature = "fake"))]
pub mod fake;
pub mod start;

/// The function's name, as in reports.
pub const FUNCTION: &str = "scale-service";
