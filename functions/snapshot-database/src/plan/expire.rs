//! Deleting what need not be kept.

use jiff::Timestamp;
use shared::kinds::database::CopyRule;

use super::copy::{dated, possible};
use super::shelves::Shelves;
use super::step::{Because, Step};
use super::why::Left;
use crate::order::Order;
use crate::retention::{Dated, kept};
use crate::world::{Snapshot, World};

/// What is to be deleted.
#[derive(Debug, Default)]
pub(super) struct Expiry {
    pub(super) steps: Vec<Step>,
    /// How many good snapshots stay.
    pub(super) kept: usize,
    pub(super) left: Vec<Left>,
}

/// The snapshots of the target that need not be kept, in every Region of the playbook.
///
/// Only what bears our tag for this target is looked at. Of each database and Region are kept, whatever else is said:
/// the newest good one, as many as `keep-at-least` says, what is being copied, what a restore drill uses, and in the
/// home Region what has no good copy in a Region whose retention would keep it; and all that is good while somebody else
/// makes a snapshot of the database that may be a copy.
pub(super) fn expiry(order: &Order<'_>, shelves: &Shelves<'_>, world: &World) -> Expiry {
    let mut expiry = Expiry::default();
    let copies: Vec<&CopyRule> = possible(order, world).collect();
    for rule in copies.iter().copied().map(Some).chain([None]) {
        let region = rule.map_or(&world.home, |rule| &rule.region);
        match world.unseen(region) {
            Some(fault) => expiry.left.push(super::unseen(region, fault)),
            None => of_region(order, shelves, world, rule, &copies, &mut expiry),
        }
    }
    expiry
}

/// `rule` is that of a Region of copies.
fn of_region(
    order: &Order<'_>,
    shelves: &Shelves<'_>,
    world: &World,
    rule: Option<&CopyRule>,
    copies: &[&CopyRule],
    expiry: &mut Expiry,
) {
    let home = (&world.home, &order.rule.retention);
    let (region, retention) = rule.map_or(home, |rule| (&rule.region, &rule.retention));
    for (of, snapshots) in shelves.ours(region) {
        let good: Vec<Dated<'_>> = snapshots.iter().filter_map(|snapshot| dated(snapshot)).collect();
        let fine = snapshots.iter().filter(|snapshot| shelves.is_fine(snapshot, rule, order));
        let fine: Vec<Dated<'_>> = fine.filter_map(|snapshot| dated(snapshot)).collect();
        // What is not as it should be takes the place of nothing that is.
        let mut kept_here = kept(retention, &good, world.now);
        kept_here.extend(kept(retention, &fine, world.now));
        for snapshot in snapshots.iter().copied() {
            let because = match dated(snapshot) {
                Some(dated) if kept_here.contains(&dated) => None,
                Some(_) => Some(Because::Expired),
                None if snapshot.has_failed() => Some(Because::Failed),
                None => continue,
            };
            let Some(because) = because.filter(|_| !shelves.is_in_use(snapshot)) else {
                expiry.kept += usize::from(snapshot.is_good());
                continue;
            };
            if because == Because::Expired
                && let Some((theirs, there)) = shelves.theirs(of)
            {
                expiry.kept += 1;
                let (of, snapshot, region) = (of.clone(), theirs.name.clone(), there.clone());
                let held = Left::Theirs { of, snapshot, region, status: theirs.status.clone() };
                if !expiry.left.contains(&held) {
                    expiry.left.push(held);
                }
                continue;
            }
            if because == Because::Expired
                && *region == world.home
                && let Some(rule) =
                    copies.iter().find(|rule| lacks(rule, snapshot, world.now, order, shelves, world))
            {
                expiry.kept += 1;
                expiry.left.push(Left::NotCopied {
                    of: of.clone(),
                    snapshot: snapshot.name.clone(),
                    region: rule.region.clone(),
                });
                continue;
            }
            let (of, region, name) = (of.clone(), region.clone(), snapshot.name.clone());
            if because == Because::Failed {
                let (of, region) = (of.clone(), region.clone());
                expiry.left.push(Left::Failed { of, snapshot: name.clone(), region });
            }
            expiry.steps.push(Step::Delete { of, region, name, because });
        }
    }
}

/// Whether a Region should have a good copy of a snapshot, and has none.
///
/// It should where its retention would keep the copy beside the good ones that are there: so where copies fail for
/// weeks, the snapshots at home wait for them. A Region that could not be seen counts as having none.
pub(super) fn lacks(
    rule: &CopyRule,
    snapshot: &Snapshot,
    now: Timestamp,
    order: &Order<'_>,
    shelves: &Shelves<'_>,
    world: &World,
) -> bool {
    if world.unseen(&rule.region).is_some() {
        return true;
    }
    let is_fine = |copy: &Snapshot| shelves.is_fine(copy, Some(rule), order);
    if shelves.copy_of(snapshot, &rule.region).is_some_and(is_fine) {
        return false;
    }
    let others = shelves.ours_of(&rule.region, &snapshot.of).iter().filter(|copy| is_fine(copy));
    let all: Vec<Dated<'_>> = others.copied().chain([snapshot]).filter_map(dated).collect();
    let kept = kept(&rule.retention, &all, now);
    dated(snapshot).is_some_and(|dated| kept.contains(&dated))
}
