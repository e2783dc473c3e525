//! Several orders of one signal: what the earlier ones mean for a later one.

use shared::ids::TargetName;
use shared::plan::Plan;

use super::Decided;
use crate::plan::{Why, command};
use crate::screen::Order;

/// What became of earlier orders of the same signal, as far as it concerns this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Before {
    /// Nothing.
    None,
    /// Another command of the same route to the same target may go: they rest together afterwards.
    Sibling,
    /// Another route orders the very same command.
    Same(Option<TargetName>),
}

impl Before {
    pub(super) fn of(order: &Order<'_>, decided: &[Decided<'_>]) -> Self {
        let Some(this) = command(&order.task) else { return Self::None };
        let mut before = Self::None;
        for Decided { order: earlier, plan, .. } in decided {
            let Some(other) = command(&earlier.task) else { continue };
            let (acts, is_routed) = match plan {
                Plan::Act { .. } => (true, true),
                _ => (false, matches!(plan.why(), Why::AlreadyRouted { .. })),
            };
            if acts && other.deduplication == this.deduplication {
                return Self::Same(earlier.route.map(|route| route.name.clone()));
            }
            if is_routed && earlier.route == order.route && other.target == this.target {
                before = Self::Sibling;
            }
        }
        before
    }
}
