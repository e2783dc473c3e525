//! The decision: what is taken, copied, verified and deleted. Pure; the world and the time are arguments.
#![cfg_attr(not(test), warn(clippy::wildcard_enum_match_arm))]

mod copy;
mod drill;
mod expire;
mod lacking;
mod select;
mod shelves;
pub mod state;
mod step;
mod take;
mod verify;
mod why;

use std::collections::BTreeMap;

use jiff::Timestamp;
use shared::kinds::database::{Backup, RegionCode};
use shared::plan::Plan;
use shell::config::Chain;

pub use self::copy::can_be_made;
pub use self::drill::{is_drilled, refused_for_good};
pub use self::select::{Selected, families, only, select};
use self::shelves::Shelves;
pub use self::step::{Because, Line, Step};
pub use self::why::{Automated, Ended, Fact, Left, MORE_ROOM, Upkeep, Weight, Why};
use crate::order::Order;
use crate::world::{Family, Fault, Quotas, World};

/// Decides about one order.
///
/// | order | acted | held | refused | waits |
/// | --- | --- | --- | --- | --- |
/// | `take` | `taken` | `already-taken`, `already-copied` | `database-missing`, `nothing-selected`, `aurora-member`, `database-stopped`, `database-unusable`, `no-automated-snapshot`, `automated-snapshot-late`, `snapshot-failed`, `snapshot-quota` | `database-busy` |
/// | `copy` | `copying` | `nothing-to-copy`, `copies-waiting` | `kms-key-missing`, `govcloud-unsupported`, `copy-to-home`, `snapshot-quota` | a Region that cannot be seen now |
/// | `expire` | `expired` | `nothing-to-expire` | | a Region that cannot be seen now |
/// | `verify` | `drill-started` | `verified`, `drill-running` | `unverified`, `no-good-snapshot`, `database-missing`, `ledger-unset` | a Region that cannot be seen now |
/// | `reconcile` | `reconciled`, `drill-passed`, `drill-too-slow`, `drill-failed` | `in-order`, `copies-waiting`, `database-busy` | what is left of the others, if nothing was done; `snapshot-late`, `database-busy` | the same |
///
/// What is done for some databases is done although others are in the way; the reason then names those.
pub fn plan(order: &Order<'_>, world: &World) -> Plan<Step, Why> {
    if let Some(fault) = world.unseen(&world.home) {
        return conclude(order, Vec::new(), Fact::InOrder, Fact::InOrder, vec![unseen(&world.home, fault)]);
    }
    let shelves = Shelves::new(order, world);
    match &order.action {
        Backup::Take { label } => {
            let takes = take::take(order, label.as_ref(), &shelves, world);
            let automated = Automated { before: takes.copied, data_of: takes.data_of };
            let (count, already) = (takes.steps.len(), takes.already);
            let done = Fact::Taken { count, automated };
            let held = if takes.copied > 0 {
                Fact::AlreadyCopied { already, automated }
            } else {
                Fact::AlreadyTaken(already)
            };
            let left = with_headroom(takes.left, order, world);
            conclude(order, takes.steps, done, held, left)
        }
        Backup::Copy => {
            let copies = copy::copies(order, &shelves, world);
            let begun = copies.steps.iter().filter(|step| matches!(step, Step::Copy(_))).count();
            let cleared = copies.steps.len() - begun;
            conclude(
                order,
                copies.steps,
                Fact::Copying { begun, cleared },
                waiting_or(Fact::NothingToCopy, &copies.left),
                with_headroom(copies.left, order, world),
            )
        }
        Backup::Expire => {
            let expiry = expire::expiry(order, &shelves, world);
            let (done, held) = (Fact::Expired(expiry.steps.len()), Fact::NothingToExpire(expiry.kept));
            conclude(order, expiry.steps, done, held, expiry.left)
        }
        Backup::Verify => verify(order, &shelves, world),
        Backup::Reconcile => reconcile(order, &shelves, world),
    }
}

fn verify(order: &Order<'_>, shelves: &Shelves<'_>, world: &World) -> Plan<Step, Why> {
    let verify::Verified { fine, mut left } = verify::verified(order, shelves, world);
    let held = Fact::Verified { fine, compared: order.rule.verify.metadata };
    match drill::begin(order, shelves, world) {
        drill::Begin::Restore(step) => {
            let done = Fact::DrillStarted(step.of().clone());
            conclude(order, vec![*step], done, held, left)
        }
        drill::Begin::Running(of) => conclude(order, Vec::new(), held, Fact::DrillRunning(of), left),
        drill::Begin::None => conclude(order, Vec::new(), held.clone(), held, left),
        drill::Begin::Left(reason) => {
            left.push(reason);
            conclude(order, Vec::new(), held.clone(), held, left)
        }
    }
}

/// Whatever is next: what was missed, copies, drills, and last what may go.
fn reconcile(order: &Order<'_>, shelves: &Shelves<'_>, world: &World) -> Plan<Step, Why> {
    let takes = take::missed(order, shelves, world);
    let copies = copy::copies(order, shelves, world);
    let drills = drill::next(order, world);
    let expiry = expire::expiry(order, shelves, world);
    let mut left = takes.left;
    for more in [copies.left, expiry.left].concat() {
        if !left.contains(&more) {
            left.push(more);
        }
    }
    let begun = [takes.steps.as_slice(), &copies.steps].concat();
    left.extend(lacking::lacking(order, shelves, world, &begun, &left));
    let left = with_headroom(left, order, world);
    let held = waiting_or(Fact::InOrder, &left);
    let (taken, data_of) = (takes.steps.len(), takes.data_of);
    let ended = drills.iter().find_map(|step| ended(step, order));
    let went_on = if ended.is_some() { 0 } else { drills.len() };
    let mut steps = takes.steps;
    for step in [copies.steps, drills, expiry.steps].concat() {
        // What has failed elsewhere makes room for a copy, and is of no use either.
        if !steps.contains(&step) {
            steps.push(step);
        }
    }
    let count = |is: fn(&Step) -> bool| steps.iter().skip(taken).filter(|step| is(step)).count();
    let upkeep = Upkeep {
        taken,
        data_of: data_of.filter(|_| taken > 0),
        copied: count(|step| matches!(step, Step::Copy(_))),
        deleted: count(|step| matches!(step, Step::Delete { .. })),
        drills: went_on,
    };
    let done = match ended {
        Some(drill) => Fact::DrillEnded { drill, also: upkeep },
        None => Fact::Reconciled(upkeep),
    };
    conclude(order, steps, done, held, left)
}

/// How a drill ended, if the step notes that.
fn ended(step: &Step, order: &Order<'_>) -> Option<Ended> {
    let Step::NoteDrill { of, drill } = step else { return None };
    let objective = order.rule.verify.restore_objective;
    let epoch = Timestamp::UNIX_EPOCH;
    Some(Ended {
        of: of.clone(),
        snapshot: drill.snapshot.clone(),
        passed: drill.passed,
        seconds: drill.seconds,
        objective: objective.map(|objective| objective.after(epoch).duration_since(epoch).as_secs()),
    })
}

/// The plan that follows from steps, from what was found, and from what is left undone.
fn conclude(
    order: &Order<'_>,
    steps: Vec<Step>,
    done: Fact,
    held: Fact,
    mut left: Vec<Left>,
) -> Plan<Step, Why> {
    let weight = |left: &Left| left.weight(&order.action);
    left.sort_by_key(|left| (std::cmp::Reverse(weight(left)), left.gravity()));
    if !steps.is_empty() {
        return Plan::Act { steps, why: Why { fact: done, left } };
    }
    let heaviest = left.first().map_or(Weight::Note, weight);
    if heaviest == Weight::Note {
        let busy = left.iter().position(|left| matches!(left, Left::Busy { .. }));
        let fact = busy.map_or(held, |busy| Fact::Left(left.remove(busy)));
        return Plan::Hold { why: Why { fact, left } };
    }
    let rest = left.split_off(1);
    let why = Why { fact: left.pop().map_or(held, Fact::Left), left: rest };
    if heaviest == Weight::Passes { Plan::Wait { why } } else { Plan::Refuse { why } }
}

fn waiting_or(fact: Fact, left: &[Left]) -> Fact {
    if left.iter().any(|left| matches!(left, Left::Waiting { .. })) { Fact::CopiesWaiting } else { fact }
}

/// A Region that could not be seen.
fn unseen(region: &RegionCode, fault: &Fault) -> Left {
    let (region, code, words) = (region.clone(), fault.code(), Chain(fault).to_string());
    Left::Unseen { region, code, words, is_transient: fault.is_transient() }
}

/// At how much of a quota people are told: a tenth is left.
const TIGHT: u32 = 10;

/// What is left undone, and the quotas that are nearly used up in the Regions of the target, where that was not said
/// already.
fn with_headroom(mut left: Vec<Left>, order: &Order<'_>, world: &World) -> Vec<Left> {
    let copies = order.rule.copies.iter().map(|rule| &rule.region).filter(|region| **region != world.home);
    for region in [&world.home].into_iter().chain(copies) {
        for (family, quota) in world.quotas.get(region).into_iter().flatten() {
            let is_full = |left: &Left| matches!(left, Left::Quota { of, region: full, .. } if of.family == *family && full == region);
            if quota.left() <= quota.most / TIGHT
                && families(order.rule).contains(family)
                && !left.iter().any(is_full)
            {
                let (region, family) = (region.clone(), *family);
                left.push(Left::Headroom { region, family, used: quota.used, most: quota.most });
            }
        }
    }
    left
}

/// How many more manual snapshots a Region has room for, by family; a family that is not there has no known limit.
struct Room(BTreeMap<Family, (u32, u32)>);

impl Room {
    fn of(world: &World, region: &RegionCode) -> Self {
        let none = Quotas::new();
        let quotas = world.quotas.get(region).unwrap_or(&none);
        Self(quotas.iter().map(|(family, quota)| (*family, (quota.left(), quota.most))).collect())
    }

    /// Takes room for one more. The quota, where there is none left.
    fn take(&mut self, family: Family) -> Option<u32> {
        let (left, most) = self.0.get_mut(&family)?;
        match left.checked_sub(1) {
            Some(less) => {
                *left = less;
                None
            }
            None => Some(*most),
        }
    }
}

#[cfg(test)]
mod tests;
