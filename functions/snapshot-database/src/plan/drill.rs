//! Restore drills: a snapshot is restored into a scratch database, which is deleted when it has become available.

use jiff::{SignedDuration, Timestamp};
use shared::command::Source;
use shared::kinds::database::{Database as Rule, RestoreDrill};

use super::select::select;
use super::shelves::Shelves;
use super::step::Step;
use super::why::Left;
use crate::names::{
    self, COMMAND, DRILL, DRILL_BEGAN, DRILL_OF, DRILL_SNAPSHOT, LEDGER, Owner, TARGET, is_scratch,
};
use crate::order::Order;
use crate::world::{Database, DatabaseId, Family, LastDrill, Member, Restore, Snapshot, World};

/// What becomes of a wish for a drill.
#[derive(Debug)]
pub(super) enum Begin {
    /// None is due: the playbook asks for none, or there was one, or there is nothing to restore.
    None,
    /// One is going on.
    Running(DatabaseId),
    /// A restore is to be begun.
    Restore(Box<Step>),
    /// None can be begun.
    Left(Left),
}

/// How long a drill may take where the playbook has no objective: large databases take hours.
const LONGEST: SignedDuration = SignedDuration::from_hours(24);

/// How long after the beginning of a drill a schedule begins the next: a schedule may come every month, the shortest of which has 28 days,
/// and the shortest three of which have 89. A person's order is carried out whenever it comes.
fn interval(how_often: RestoreDrill) -> SignedDuration {
    let days = match how_often {
        RestoreDrill::Monthly => 27,
        RestoreDrill::Quarterly => 88,
    };
    SignedDuration::from_hours(days * 24)
}

/// The class of a scratch cluster's instance where neither the playbook nor the source has one: the smallest that
/// both engines of Aurora have.
const SMALLEST_CLASS: &str = "db.t4g.medium";

/// The class of instances that need a scaling configuration of their cluster, which a scratch one has not.
const SERVERLESS: &str = "db.serverless";

/// Begins a drill, one at a time for a target: of the database whose last drill is the longest ago.
pub(super) fn begin(order: &Order<'_>, shelves: &Shelves<'_>, world: &World) -> Begin {
    let Some(how_often) = order.rule.verify.restore_drill else { return Begin::None };
    let Some(drills) = &world.drills else { return Begin::Left(Left::LedgerUnset) };
    if let Some(scratch) = scratches(order, world).next() {
        return Begin::Running(drilled(scratch));
    }
    if drills.values().any(|drill| drill.command == names::tag_of(&order.id)) {
        return Begin::None;
    }
    // A drill that has failed proves nothing, and puts off no other.
    let passed = drills.values().filter(|drill| drill.passed);
    let began = passed.map(|drill| drill.at - SignedDuration::from_secs(drill.seconds)).max();
    let is_early = began.is_some_and(|began| world.now.duration_since(began) < interval(how_often));
    if order.origin.source == Source::Schedule && is_early {
        return Begin::None;
    }
    let last = |database: &&Database| drills.get(&database.id).map(|drill| drill.at);
    let candidates = select(order.rule, world).databases.into_iter().filter_map(|database| {
        let of_it = shelves.ours_of(&world.home, &database.id).iter().copied();
        let fine = of_it.filter(|snapshot| shelves.is_fine(snapshot, None, order));
        let newest = fine.max_by_key(|one| (one.taken_at, &one.name));
        newest.map(|newest| (database, newest))
    });
    match candidates.min_by_key(|(database, _)| (last(database), &database.id)) {
        Some((database, snapshot)) => Begin::Restore(Box::new(restore(order, database, snapshot, world))),
        None => Begin::None,
    }
}

fn restore(order: &Order<'_>, database: &Database, snapshot: &Snapshot, world: &World) -> Step {
    let (verify, now) = (&order.rule.verify, world.now);
    let owner = owner(order, world);
    let mut tags = owner.tags(&order.id, None, crate::world::Tags::new());
    tags.insert(DRILL.to_owned(), time_for(order.rule, now).to_string());
    tags.insert(DRILL_OF.to_owned(), database.id.name.clone());
    tags.insert(DRILL_SNAPSHOT.to_owned(), snapshot.name.clone());
    tags.insert(DRILL_BEGAN.to_owned(), now.to_string());
    tags.extend(world.ledger.clone().map(|ledger| (LEDGER.to_owned(), ledger)));
    let class = verify.class.as_ref().map(ToString::to_string);
    // An instance gets its source's class by itself.
    let of_cluster = database.class.clone().filter(|_| database.id.family == Family::Cluster);
    Step::Restore {
        of: database.id.clone(),
        request: Restore {
            scratch: owner.scratch(&order.id, &database.id),
            snapshot: snapshot.name.clone(),
            engine: snapshot.engine.clone(),
            engine_version: snapshot.engine_version.clone(),
            class: class.or(of_cluster).filter(|_| has_own_instances(database)),
            subnet_group: verify.subnet_group.as_ref().map(ToString::to_string),
            security_groups: verify.security_groups.iter().map(ToString::to_string).collect(),
            tags,
        },
    }
}

/// When the drill of a scratch database has failed if it has not passed.
fn deadline(scratch: &Database) -> Option<Timestamp> {
    scratch.tags.get(DRILL)?.parse().ok()
}

/// Twice the objective, so that a drill that misses it still shows how long a restore takes.
fn time_for(rule: &Rule, now: Timestamp) -> Timestamp {
    match rule.verify.restore_objective {
        Some(objective) => objective.after(objective.after(now)),
        None => now.saturating_add(LONGEST).unwrap_or(now),
    }
}

/// Whose scratch databases an order is about.
fn owner<'a>(order: &Order<'a>, world: &'a World) -> Owner<'a> {
    Owner::of(order, &world.home).noting_in(world.ledger.as_deref())
}

/// The scratch databases of a target, without the instances of scratch clusters.
fn scratches<'w>(order: &'w Order<'_>, world: &'w World) -> impl Iterator<Item = &'w Database> {
    let owner = owner(order, world);
    world.databases.iter().filter(move |database| database.member_of.is_none() && owner.drills(database))
}

/// The database whose snapshot a scratch database was restored from.
fn drilled(scratch: &Database) -> DatabaseId {
    let name = scratch.tags.get(DRILL_OF).cloned().unwrap_or_default();
    DatabaseId { family: scratch.id.family, name }
}

/// Whether a restore makes all of it: an instance is one, and a Multi-AZ DB cluster comes and goes with its instances.
/// Only a cluster of Aurora is restored without any.
fn has_own_instances(database: &Database) -> bool {
    database.id.family == Family::Instance || !database.engine.starts_with("aurora")
}

/// Whether there is a scratch database of a target.
#[must_use]
pub fn is_drilled(order: &Order<'_>, world: &World) -> bool {
    scratches(order, world).next().is_some()
}

/// How long after its time a scratch database is left to the target that it bears.
const LEFT_TO_ITS_TARGET: SignedDuration = SignedDuration::from_hours(2);

/// The scratch databases of this stack that nobody has cleaned up: the target that they bear was renamed, or is out of
/// the playbook. Every order to reconcile does it, and notes no drill.
fn abandoned(order: &Order<'_>, world: &World) -> Vec<Step> {
    let owner = owner(order, world);
    let is_over = |scratch: &&Database| {
        let is_over = |deadline| world.now.duration_since(deadline) > LEFT_TO_ITS_TARGET;
        deadline(scratch).is_none_or(is_over)
    };
    let has_target = |scratch: &Database| {
        let target = scratch.tags.get(TARGET);
        target.is_some_and(|target| world.targets.contains(target))
    };
    let scratches = world.databases.iter().filter(|database| database.member_of.is_none());
    let left = scratches.filter(|scratch| owner.made(scratch) && !has_target(scratch));
    left.filter(is_over).flat_map(|scratch| deletions(&drilled(scratch), scratch, world)).collect()
}

/// What deletes a scratch database, its instance first.
fn deletions(of: &DatabaseId, scratch: &Database, world: &World) -> Vec<Step> {
    let members = members(scratch, world).filter(|member| !has_own_instances(scratch) && is_scratch(member));
    let doomed = members.chain([scratch]).filter(|database| database.status != "deleting");
    doomed.map(|database| Step::DeleteScratch { of: of.clone(), scratch: database.id.clone() }).collect()
}

fn members<'w>(cluster: &'w Database, world: &'w World) -> impl Iterator<Item = &'w Database> {
    let is_in = |database: &&Database| database.member_of.as_deref() == Some(cluster.id.name.as_str());
    world.databases.iter().filter(move |database| cluster.id.family == Family::Cluster && is_in(database))
}

/// What is next for the scratch databases of a target, and for those that are nobody's any more.
///
/// | scratch database | next |
/// | --- | --- |
/// | an available instance, or Multi-AZ DB cluster | noted as passed, deleted |
/// | an available cluster of Aurora without an instance | gets one |
/// | an available cluster of Aurora, its instance available | noted as passed; the instance is deleted, then the cluster |
/// | failed, or its time is over | noted as failed, deleted |
/// | noted already | deleted |
/// | being deleted | nothing |
/// | anything else | nothing until its time is over |
/// | of this stack and a target that is gone, its time over for two hours | deleted |
/// | of another stack | nothing |
pub(super) fn next(order: &Order<'_>, world: &World) -> Vec<Step> {
    let ours = scratches(order, world).flat_map(|scratch| of_scratch(order, scratch, world));
    ours.chain(abandoned(order, world)).collect()
}

fn of_scratch(order: &Order<'_>, scratch: &Database, world: &World) -> Vec<Step> {
    let of = drilled(scratch);
    let members: Vec<&Database> = members(scratch, world).collect();
    let noted = world
        .drills
        .as_ref()
        .and_then(|drills| drills.get(&of))
        .is_some_and(|drill| Some(&drill.command) == scratch.tags.get(COMMAND));
    // Who deletes it has noted it, or does not want to know.
    let is_going = scratch.status == "deleting";
    let ended = if noted || is_going { None } else { ending(scratch, &members, world.now) };
    let mut steps = Vec::new();
    match ended {
        Some(passed) => {
            steps.push(Step::NoteDrill { of: of.clone(), drill: ended_drill(scratch, passed, world.now) })
        }
        None if noted => {}
        None if !has_own_instances(scratch) && scratch.status == "available" && members.is_empty() => {
            steps.push(Step::AddMember { of: of.clone(), request: member(order, scratch, &of, world) });
            return steps;
        }
        None => return steps,
    }
    steps.extend(deletions(&of, scratch, world));
    steps
}

/// Whether a drill has passed or failed; `None` while it is going on.
fn ending(scratch: &Database, members: &[&Database], now: Timestamp) -> Option<bool> {
    let is_available = |database: &Database| database.status == "available";
    let is_whole = has_own_instances(scratch)
        || (!members.is_empty() && members.iter().all(|member| is_available(member)));
    if is_available(scratch) && is_whole {
        return Some(true);
    }
    let has_failed =
        |database: &Database| database.status == "failed" || database.status.starts_with("incompatible-");
    let is_over = deadline(scratch).is_none_or(|deadline| deadline <= now);
    (is_over || has_failed(scratch) || members.iter().any(|member| has_failed(member))).then_some(false)
}

/// What is noted of a restore that RDS refuses for good: a drill that has failed, so that the next is of another database.
#[must_use]
pub fn refused_for_good(order: &Order<'_>, restore: &Restore, now: Timestamp) -> LastDrill {
    let (command, snapshot) = (names::tag_of(&order.id), restore.snapshot.clone());
    LastDrill { at: now, command, snapshot, passed: false, seconds: 0 }
}

fn ended_drill(scratch: &Database, passed: bool, now: Timestamp) -> LastDrill {
    let tag = |key: &str| scratch.tags.get(key).cloned().unwrap_or_default();
    let began = tag(DRILL_BEGAN).parse::<Timestamp>().unwrap_or(now);
    LastDrill {
        at: now,
        command: tag(COMMAND),
        snapshot: tag(DRILL_SNAPSHOT),
        passed,
        seconds: now.duration_since(began).as_secs(),
    }
}

fn member(order: &Order<'_>, scratch: &Database, of: &DatabaseId, world: &World) -> Member {
    let of_source = world
        .databases
        .iter()
        .filter(|database| database.member_of.as_deref() == Some(of.name.as_str()))
        .filter_map(|database| database.class.clone())
        .find(|class| class != SERVERLESS);
    let class = order.rule.verify.class.as_ref().map(ToString::to_string);
    Member {
        cluster: scratch.id.name.clone(),
        name: names::member(&scratch.id).name,
        engine: scratch.engine.clone(),
        class: class.or(of_source).unwrap_or_else(|| SMALLEST_CLASS.to_owned()),
        tags: scratch.tags.clone(),
    }
}
