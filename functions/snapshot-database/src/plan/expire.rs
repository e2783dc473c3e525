//! Deleting what need not be kept.

use shared::kinds::database::{CopyRule, RegionCode, Retention};

use super::copy::{by_database, dated, there};
use super::select::ours;
use super::step::{Because, Step};
use super::verify::is_fine;
use super::why::Left;
use crate::names::{COPY_OF, DRILL_SNAPSHOT};
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
/// home Region what has no good copy in a Region whose retention would keep it.
pub(super) fn expiry(order: &Order<'_>, world: &World) -> Expiry {
    let mut expiry = Expiry::default();
    let copies = order.rule.copies.iter().filter(|rule| rule.region != world.home);
    let copies: Vec<&CopyRule> = copies.collect();
    let home = (&world.home, &order.rule.retention);
    for (region, retention) in copies.iter().map(|rule| (&rule.region, &rule.retention)).chain([home]) {
        match world.unseen(region) {
            Some(fault) => expiry.left.push(super::unseen(region, fault)),
            None => of_region(order, world, region, retention, &copies, &mut expiry),
        }
    }
    expiry
}

fn of_region(
    order: &Order<'_>,
    world: &World,
    region: &RegionCode,
    retention: &Retention,
    copies: &[&CopyRule],
    expiry: &mut Expiry,
) {
    for (of, snapshots) in by_database(ours(world, region, order.target)) {
        let good: Vec<Dated<'_>> = snapshots.iter().filter_map(|snapshot| dated(snapshot)).collect();
        let kept = kept(retention, &good, world.now);
        for snapshot in snapshots {
            let because = match dated(snapshot) {
                Some(dated) if kept.contains(&dated) => None,
                Some(_) => Some(Because::Expired),
                None if snapshot.has_failed() => Some(Because::Failed),
                None => continue,
            };
            let Some(because) = because.filter(|_| !is_in_use(snapshot, world)) else {
                expiry.kept += usize::from(snapshot.is_good());
                continue;
            };
            if because == Because::Expired
                && *region == world.home
                && let Some(rule) = copies.iter().find(|rule| lacks(rule, snapshot, order, world))
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
            expiry.steps.push(Step::Delete { of, region, name, because });
        }
    }
}

/// Whether a copy of it is on its way, or a scratch database is being restored from it.
fn is_in_use(snapshot: &Snapshot, world: &World) -> bool {
    let is_its_copy =
        |other: &Snapshot| other.tag(COPY_OF) == Some(snapshot.arn.as_str()) && other.is_coming();
    let every = world.snapshots.values().filter_map(|seen| seen.as_ref().ok()).flatten();
    let mut scratch = world.databases.iter().filter_map(|database| database.tags.get(DRILL_SNAPSHOT));
    every.into_iter().any(is_its_copy) || scratch.any(|name| *name == snapshot.name)
}

/// Whether a Region should have a good copy of a snapshot, and has none.
///
/// It should where its retention would keep the copy beside the good ones that are there: so where copies fail for
/// weeks, the snapshots at home wait for them. A Region that could not be seen counts as having none.
fn lacks(rule: &CopyRule, snapshot: &Snapshot, order: &Order<'_>, world: &World) -> bool {
    if world.unseen(&rule.region).is_some() {
        return true;
    }
    if there(world, &rule.region, snapshot).is_some_and(|copy| is_fine(copy, Some(rule), order, world)) {
        return false;
    }
    let others = ours(world, &rule.region, order.target).filter(|copy| copy.of == snapshot.of);
    let good = others.filter(|copy| is_fine(copy, Some(rule), order, world)).filter_map(dated);
    let all: Vec<Dated<'_>> = good.chain(dated(snapshot)).collect();
    let kept = kept(&rule.retention, &all, world.now);
    dated(snapshot).is_some_and(|dated| kept.contains(&dated))
}
