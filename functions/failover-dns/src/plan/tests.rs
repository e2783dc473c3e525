//! Decisions, as tables: the order and the world on the left, the decision on the right.

mod back;
mod drill;
mod guards;
mod over;
mod properties;
mod reconcile;

use expect_test::Expect;
use serde_json::Value;
use shared::plan::{Plan, Step as _, Why as _};

use super::plan;
use crate::order::Order;
use crate::world::World;

/// A decision: the verdict with its code, the steps with their particulars, the sentence, and what is next.
fn decided(order: &Order<'_>, world: &World) -> String {
    let plan = plan(order, world);
    let (verdict, steps) = match &plan {
        Plan::Act { steps, .. } => ("act", steps.as_slice()),
        Plan::Hold { .. } => ("hold", [].as_slice()),
        Plan::Refuse { .. } => ("refuse", [].as_slice()),
        Plan::Wait { .. } => ("wait", [].as_slice()),
    };
    let steps: String =
        steps.iter().map(|step| format!("\n  {} {}", step.name(), Value::Object(step.details()))).collect();
    let next = plan.why().next().map(|next| format!("  next: {next}\n")).unwrap_or_default();
    format!("{verdict} {}{steps}\n  {}\n{next}", plan.why().code(), plan.why())
}

fn check(order: &Order<'_>, world: &World, expected: Expect) {
    expected.assert_eq(&decided(order, world));
}
