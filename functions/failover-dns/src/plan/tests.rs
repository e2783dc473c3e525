//! Decisions, as tables: the order and the world on the left, the decision on the right.

mod answers;
mod back;
mod domains;
mod drill;
mod guards;
mod led;
mod means;
mod objects;
mod over;
mod properties;
mod reconcile;
mod weights;

use expect_test::Expect;
use serde_json::{Value, json};
use shared::command::Source;
use shared::kinds::dns::{Dns, RecordType, Side};
use shared::plan::{Plan, Step as _, Why as _};

use super::plan;
use crate::examples::{ago, moved, order, pair, remembered, weighted_place, world};
use crate::order::Order;
use crate::world::{Before, Health, Memory, Recall, World};

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

/// Decisions one after the other.
#[derive(Default)]
struct Table(String);

impl Table {
    /// A decision, whole.
    fn row(&mut self, order: &Order<'_>, world: &World) {
        self.0.push_str(&decided(order, world));
    }

    /// Of a decision the verdict and its code alone.
    fn verdict(&mut self, order: &Order<'_>, world: &World) {
        let decided = decided(order, world);
        self.0.extend(decided.lines().take(1).chain(["\n"]));
    }

    fn is(self, expected: Expect) {
        expected.assert_eq(&self.0);
    }
}

/// Of a target that goes back by itself.
const AUTOMATIC: &str = ", failback: {how: automatic, after-healthy-for: 15m}";

/// What there is an hour after an alarm has failed it over.
fn failed_over(rule: &Dns, primary: Health) -> World {
    let before =
        Some(Before::Records([pair(RecordType::A, 90, 10), pair(RecordType::Aaaa, 80, 20)].concat()));
    let mut world = world(weighted_place(rule, 0, 50));
    world.health.primary = Some(Ok(primary));
    let memory = Memory { before, ..remembered(vec![moved(Side::Secondary, 60, false)]) };
    World { recall: Recall::Known(memory), ..world }
}

/// A fail-back that an alarm asks for which is over for a minute.
fn recovered(rule: &Dns) -> Order<'_> {
    order(rule, json!({"action": "fail-back", "origin": {"source": "alarm", "at": ago(1)}}), Source::Queue)
}
