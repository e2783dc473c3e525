//! What comes next, by itself or by somebody's hand.

use shared::report::{StepReport, StepStatus};

use crate::order::Order;
use crate::plan::{MORE_ROOM, Step, can_be_made};
use crate::world::{Fault, Meaning, World};

/// What a person can do about a step that RDS refuses.
pub(super) fn repair(step: &Step, fault: &Fault) -> Option<&'static str> {
    match step {
        Step::Restore { .. } => Some(
            "it is noted as a drill that has failed; repair the cause, then send `verify`: the next drill is of another database, if there is one",
        ),
        _ if fault.meaning == Meaning::QuotaReached => Some(MORE_ROOM),
        Step::Delete { .. } | Step::DeleteScratch { .. } => {
            Some("look at it in the RDS console; the next look tries again to delete it")
        }
        _ => None,
    }
}

/// What becomes of a command that failed.
pub(super) fn again(is_transient: bool) -> String {
    let next = if is_transient {
        "it is tried again when its message is delivered again; a direct caller sends it again"
    } else {
        "it will fail again until the cause is repaired; then redrive the dead-letter queue, if it is not too late for it, or send it again"
    };
    next.to_owned()
}

/// What happens next by itself, by the first step that was applied.
pub(super) fn next_of_done(
    order: &Order<'_>,
    world: &World,
    steps: &[Step],
    reports: &[StepReport],
) -> Option<String> {
    let applied = |(_, report): &(&Step, &StepReport)| report.status == StepStatus::Applied;
    let (step, _) = steps.iter().zip(reports).find(applied)?;
    let home = &world.home;
    let has_copies = order.rule.copies.iter().any(|rule| can_be_made(home, &rule.region));
    // Within a Region only RDS's automated snapshots are copied, in the place of one that is taken.
    let is_taken = |step: &Step| match step {
        Step::Create(_) => true,
        Step::Copy(copy) => copy.region == *home,
        _ => false,
    };
    let next = match step {
        step if is_taken(step) && has_copies => "each is copied and verified when RDS has it available",
        step if is_taken(step) => {
            "RDS has it available in its time; the hourly `reconcile` looks after the rest"
        }
        Step::Copy(_) => {
            "each copy is verified when RDS has it available; the hourly `reconcile` looks after the rest"
        }
        Step::Restore { .. } | Step::AddMember { .. } => {
            "the scratch database is deleted as soon as it is available, or when its time is over"
        }
        Step::Create(_) | Step::Delete { .. } | Step::NoteDrill { .. } | Step::DeleteScratch { .. } => {
            return None;
        }
    };
    Some(next.to_owned())
}
