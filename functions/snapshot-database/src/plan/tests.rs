//! What is decided, as tables: the order and the world on the left, the decision on the right.

mod cluster_upkeep;
mod copy;
mod drill;
mod expire;
mod limits;
mod missed;
mod ownership;
mod properties;
mod reconcile;
mod state;
mod take;
mod upkeep;
mod verify;

use expect_test::Expect;
use serde_json::Value;
use shared::plan::{Plan, Step as _, Why as _};

use super::plan;
use crate::examples::readable;
use crate::order::Order;
use crate::world::World;

/// A decision on one line a part: the verdict with its code, the steps with their particulars, the sentence.
pub(super) fn decided(order: &Order<'_>, world: &World) -> String {
    let plan = plan(order, world);
    let (verdict, steps) = match &plan {
        Plan::Act { steps, .. } => ("act", steps.as_slice()),
        Plan::Hold { .. } => ("hold", [].as_slice()),
        Plan::Refuse { .. } => ("refuse", [].as_slice()),
        Plan::Wait { .. } => ("wait", [].as_slice()),
    };
    let steps: String =
        steps.iter().map(|step| format!("\n  {} {}", step.name(), Value::Object(step.details()))).collect();
    readable(&format!("{verdict} {}{steps}\n  {}\n", plan.why().code(), plan.why()))
}

pub(super) fn check(order: &Order<'_>, world: &World, expected: Expect) {
    expected.assert_eq(&decided(order, world));
}
