//! Scales ECS services: sets sizes and profiles, boosts for a while, parks and restores.
//!
//! **Woken by** schedules, the router and operators, by its FIFO queue or by `aws lambda invoke`.
//!
//! **May** set the bounds of scalable targets that there are, set desired counts, make one-time schedules that end
//! boosts, and write the ledger. It makes no scalable target and deletes nothing of anybody.
//!
//! **Refuses** what leaves the playbook's bounds or adds or takes more tasks than the largest step, what would wake a
//! parked service by the way, what another schedule would undo, and what would lose a saved size.
//!
//! # What it does with a service in each state
//! `set`, `profile`, `boost`, `park` and `restore` are the orders; *an end* is the `restore` of a boost. Where a row
//! names no order, it is for all of them. What is saved of another ECS service is judged before everything else.
//!
//! | state | what becomes of an order |
//! | --- | --- |
//! | with a scalable target | acted: bounds first, in one call; then the desired count, if it lies elsewhere |
//! | without one | acted, with a note: the desired count only |
//! | missing, or its cluster is | refused: `service-missing`; an end: acted, `boost-ended`, its boosts are forgotten |
//! | inactive or draining | refused: `service-inactive`; an end: as where it is missing |
//! | daemon (one task on every instance) | refused: `daemon-service` |
//! | deployed by `CODE_DEPLOY` or `EXTERNAL` | acted, with a note; how its deployment fares is not known |
//! | a deployment runs | acted, with a note: the deployment follows the new count |
//! | the newest deployment failed | refused for more tasks: `deployment-failed`; acted for fewer |
//! | scaling suspended on its target | acted, with a note: what is suspended stays so. `park` suspends everything, `restore` puts back what was |
//! | scheduled actions of others set other bounds than the profile | `profile` refused: `other-schedule`; with `takes-over: true` acted, with a note, and scheduled scaling is suspended |
//! | parked, and off | `set`, `profile`, `boost` refused: `parked`; `park` held: `already-parked`; `restore` acted: `restored`; an end held: `superseded` |
//! | off, and not by `park` | `boost` refused: `parked`; `park` held: `already-parked`; `restore` refused: `nothing-saved`; `set`, `profile` acted |
//! | parked, and has its bounds back but no task | as off and parked; `park` acted, and what was saved stays saved |
//! | runs although parked | `set`, `profile`, `boost` acted, with a note: the parking is forgotten, and what it suspended is resumed, also by a `boost` that comes again; an end held: `superseded` |
//! | runs although parked, with the bounds saved | `park` acted, with a note: what was saved first stays saved; `restore` acted: `restored`, and with `on-drift: keep` takes no task beyond those saved, with a note |
//! | runs although parked, with others | `park`, `restore` acted, as `on-drift` says |
//! | under boosts | `set` acted, ends them, and gives back the bounds that it does not name, a max as far as the tasks allow; `profile` acted, under their floor; `boost` acted, on top; `park` acted, and saves the size under them; `restore` refused: `nothing-saved`, with their ids |
//! | under boosts, and one ends | acted: `boost-continues` while others run, `boost-ended` for the last; held: `superseded` where that one is gone |
//! | under boosts that have raised nothing | as under none, for the floor of a `profile` or another `boost`; their saved size stays until their end |
//! | switched off under boosts | an end acted: `drift-kept`, whatever `on-drift` says |
//! | its policies cannot be read | an end acted, with a note: the tasks are left to them |
//! | at its ceiling, under no boost | `boost` refused: `at-ceiling` |
//! | its max is above the ceiling | an end leaves a max that was there before; a `restore` from parking is cut to the ceiling |
//! | as many tasks run as the new floor asks for | `boost` acted, with a note: it adds none |
//! | the boost's time was over when its message came again | `boost` held: `boost-over` |
//! | somebody changed it since it was parked | `restore` acted, as `on-drift` says: `drift-kept`, or put back with a note |
//! | somebody changed it under boosts | as `on-drift` says, min and max each by itself: an end acted, `boost-ended` with a note, or `drift-kept` where nothing is left to give back; `park` saves what they changed; `boost` that came again: `drift-kept` and nothing is raised, or it goes on |
//! | its scalable target came or went since the size was saved | as if somebody changed it, unless it is off; what is put back is the desired count only, with a note on bounds that were lost |
//! | what is saved is of another ECS service | `boost`, `park`, `restore`, an end refused: `other-service`, also where ECS does not know the new one; `set` acted, and forgets it; `profile` acted, and leaves it alone |
//! | what is saved cannot be read | refused: `saved-unreadable`; `reconcile` goes on with the others |
//! | the role may not describe it | failed: `access-denied`, it alone |
//! | a holiday in its own zone | held: `holiday`, for schedules that would add tasks; an end is acted |
//! | it has the wanted size | held: `already-so` |
//!
//! "Off" is a max of 0, or, without a scalable target, a desired count of 0.
//!
//! # API calls
//! | order | calls for a service, beside ledger and outcomes |
//! | --- | --- |
//! | `set`, `park`, `restore` with a scalable target | `DescribeServices`, `DescribeScalableTargets`, at most 1 `RegisterScalableTarget`, at most 1 `UpdateService` |
//! | `set`, `park`, `restore` without one | `DescribeServices`, `DescribeScalableTargets`, at most 1 `UpdateService` |
//! | `profile` | the same, and with a scalable target 1 `DescribeScheduledActions`; before an `UpdateService` 1 more `DescribeServices`, where the profile has no `desired` |
//! | `boost` | the same as `set`, and 1 `CreateSchedule`; with a scalable target 1 more `DescribeServices` before an `UpdateService` |
//! | an end | the same as `set`, and with a scalable target 1 `DescribeScalingPolicies` |
//! | `reconcile` | none where nothing is overdue; else those of the ends |
//! | dry run | the reads before the first change, and with a scalable target both `DescribeScheduledActions` and `DescribeScalingPolicies` |
//!
//! Ten services of a cluster are described in one `DescribeServices`, fifty in one `DescribeScalableTargets`; where
//! the role may not describe one of ten, each of them is described by itself. Lists of scheduled actions and policies
//! take a call for each page. The second look keeps a profile and a boost from taking away a task that scaling policies
//! have added meanwhile. A conflict with somebody else is looked at and planned again, at most twice.

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
