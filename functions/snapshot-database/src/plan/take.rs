//! Taking snapshots: now, or because one was missed.

use jiff::{SignedDuration, Timestamp};
use shared::ids::CommandId;
use shared::kinds::database::{Label, Snapshots};

use super::select::select;
use super::shelves::Shelves;
use super::step::Step;
use super::why::Left;
use crate::names::{self, AUTOMATED, COMMAND, Owner};
use crate::order::Order;
use crate::world::{Copy, Create, Database, DatabaseId, World};

/// What is to be taken.
#[derive(Debug, Default)]
pub(super) struct Takes {
    pub(super) steps: Vec<Step>,
    /// How many of this command are there already.
    pub(super) already: usize,
    /// How many databases have no automated snapshot that is newer than the one that was copied before.
    pub(super) copied: usize,
    /// The oldest data of the automated snapshots that are copied, now or before.
    pub(super) data_of: Option<Timestamp>,
    pub(super) left: Vec<Left>,
}

/// The states in which RDS takes a snapshot. Source: RDS API reference, `CreateDBSnapshot`.
const READY: [&str; 2] = ["available", "storage-optimization"];

/// The states that pass only when somebody does something about them.
/// Source: RDS user guide, "viewing Amazon RDS DB instance status".
const UNUSABLE: [&str; 12] = [
    "deleting",
    "failed",
    "inaccessible-encryption-credentials",
    "inaccessible-encryption-credentials-recoverable",
    "incompatible-create",
    "incompatible-network",
    "incompatible-option-group",
    "incompatible-parameters",
    "incompatible-restore",
    "insufficient-capacity",
    "restore-error",
    "storage-full",
];

/// How often what was missed is looked for: a snapshot is made up for before the objective is broken.
const RECONCILED_EVERY: SignedDuration = SignedDuration::from_hours(1);

/// A snapshot of each database of the target.
pub(super) fn take(order: &Order<'_>, label: Option<&Label>, shelves: &Shelves<'_>, world: &World) -> Takes {
    let selected = select(order.rule, world);
    let mut takes = Takes { left: selected.left, ..Takes::default() };
    for database in selected.databases {
        one(order, (&order.id, label), database, shelves, world, &mut takes);
    }
    within_quota(takes, world)
}

/// A snapshot of each database whose newest good one is, or soon will be, older than the objective, and none is on its
/// way. What is older than the objective already is said, also where nothing can be done but to wait.
pub(super) fn missed(order: &Order<'_>, shelves: &Shelves<'_>, world: &World) -> Takes {
    let selected = select(order.rule, world);
    let mut takes = Takes { left: selected.left, ..Takes::default() };
    for database in selected.databases {
        let of_it = shelves.ours_of(&world.home, &database.id);
        let good = of_it.iter().filter(|snapshot| snapshot.is_good());
        let newest = good.max_by_key(|snapshot| (snapshot.taken_at, &snapshot.name));
        let objective = order.rule.objective;
        // Of a short objective a half must pass at least: the event of a new snapshot leads here too.
        let half = objective.after(world.now).duration_since(world.now) / 2;
        let soon = world.now + RECONCILED_EVERY.min(half);
        let is_young = |at| objective.after(at) > soon;
        let since = newest.and_then(|newest| newest.taken_at);
        let is_late = since.or(database.created).is_some_and(|since| objective.after(since) < world.now);
        if let Some(coming) = of_it.iter().find(|snapshot| snapshot.is_coming()) {
            if is_late {
                let (of, snapshot) = (database.id.clone(), coming.name.clone());
                takes.left.push(Left::Late { of, snapshot, status: coming.status.clone() });
            }
            continue;
        }
        if since.is_some_and(is_young) {
            continue;
        }
        let failed = of_it.iter().filter(|snapshot| snapshot.has_failed());
        let failed = failed.map(|snapshot| snapshot.name.as_str()).collect();
        let newest = newest.map(|newest| newest.name.as_str());
        let id = names::missed(&database.id, newest, &failed, world.now);
        one(order, (&id, None), database, shelves, world, &mut takes);
        if is_late {
            takes.left.iter_mut().for_each(|left| left.is_late_for(&database.id));
        }
    }
    within_quota(takes, world)
}

/// The snapshot that a command takes of one database. What has a label is taken for something that is about to happen:
/// last night's data would not do.
fn one(
    order: &Order<'_>,
    (id, label): (&CommandId, Option<&Label>),
    database: &Database,
    shelves: &Shelves<'_>,
    world: &World,
    takes: &mut Takes,
) {
    let of = &database.id;
    let playbooks = order.rule.tags.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect();
    let (owner, label) = (Owner::of(order, &world.home), label.map(Label::as_str));
    let mut tags = owner.tags(id, label, playbooks);
    if order.rule.snapshots == Snapshots::CopyAutomated && label.is_none() {
        let of_it = world.automated.iter().filter(|snapshot| snapshot.of == *of && snapshot.is_good());
        let Some(automated) = of_it.max_by_key(|snapshot| (snapshot.taken_at, &snapshot.name)) else {
            takes.left.push(Left::NoAutomated(of.clone()));
            return;
        };
        if let Some(at) = automated.taken_at.filter(|at| order.rule.objective.after(*at) < world.now) {
            let age = world.now.duration_since(at);
            takes.left.push(Left::AutomatedLate { of: of.clone(), snapshot: automated.name.clone(), age });
        }
        takes.data_of = takes.data_of.into_iter().chain(automated.taken_at).min();
        let name = owner.copy_of_automated(automated);
        if is_there(order, shelves, world, of, &name, takes) {
            return;
        }
        tags.insert(AUTOMATED.to_owned(), automated.name.clone());
        takes.steps.push(Step::Copy(Copy {
            of: of.clone(),
            region: world.home.clone(),
            name,
            source_arn: automated.arn.clone(),
            kms_key: None,
            option_group: None,
            tags: super::copy::tags_of_copy(automated, tags),
        }));
        return;
    }
    let name = owner.snapshot(id, of, label);
    if is_there(order, shelves, world, of, &name, takes) {
        return;
    }
    let status = database.status.clone();
    if READY.contains(&status.as_str()) {
        takes.steps.push(Step::Create(Create { of: of.clone(), name, tags }));
    } else if matches!(status.as_str(), "stopped" | "stopping") {
        takes.left.push(Left::Stopped(of.clone()));
    } else if UNUSABLE.contains(&status.as_str()) {
        takes.left.push(Left::Unusable { of: of.clone(), status });
    } else {
        takes.left.push(Left::Busy { of: of.clone(), status, is_late: false });
    }
}

/// Whether there is a snapshot of ours of this name already, be it good, on its way, or failed: its name is taken.
fn is_there(
    order: &Order<'_>,
    shelves: &Shelves<'_>,
    world: &World,
    of: &DatabaseId,
    name: &str,
    takes: &mut Takes,
) -> bool {
    let of_it = shelves.ours_of(&world.home, of);
    let Some(snapshot) = of_it.iter().find(|snapshot| snapshot.name == name) else { return false };
    if snapshot.has_failed() {
        takes.left.push(Left::CameToNothing { of: of.clone(), snapshot: name.to_owned() });
    } else if snapshot.tag(AUTOMATED).is_some() && snapshot.tag(COMMAND) != Some(&names::tag_of(&order.id)) {
        takes.copied += 1;
    } else {
        takes.already += 1;
    }
    true
}

/// Leaves out what the quota of the home Region has no room for.
fn within_quota(mut takes: Takes, world: &World) -> Takes {
    let mut room = super::Room::of(world, &world.home);
    takes.steps.retain(|step| {
        let of = step.of();
        let full = room.take(of.family);
        if let Some(most) = full {
            takes.left.push(Left::Quota { of: of.clone(), region: world.home.clone(), most });
        }
        full.is_none()
    });
    takes
}
