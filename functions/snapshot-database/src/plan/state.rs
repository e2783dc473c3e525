//! What there is, for reports and metrics.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};
use shared::kinds::database::{CopyRule, KeepRule, RegionCode, Retention};
use shared::report::{Gauge, Unit, put_values};

use super::copy::{dated, possible};
use super::expire::lacks;
use super::select::select;
use super::shelves::Shelves;
use crate::names::is_labelled;
use crate::order::Order;
use crate::retention::{Dated, kept, lifetime};
use crate::world::{DatabaseId, Snapshot, World};

/// The age of the newest good snapshot of each database in each Region, what else is there, also of databases that are
/// gone or the target's no more, and which databases are the target's; and for each Region, how old the newest good snapshot is of the database that is worst off.
#[must_use]
pub fn state(order: &Order<'_>, world: &World) -> (Value, Vec<Gauge>) {
    let shelves = Shelves::new(order, world);
    (backups(order, &shelves, world), ages(order, &shelves, world))
}

fn backups(order: &Order<'_>, shelves: &Shelves<'_>, world: &World) -> Value {
    let selected = select(order.rule, world);
    let mut state = Map::new();
    let of_target: Vec<&DatabaseId> = selected.databases.iter().map(|database| &database.id).collect();
    let with_snapshots = places(order, world).flat_map(|(region, _, _)| shelves.ours(region));
    let others: BTreeSet<&DatabaseId> =
        with_snapshots.map(|(of, _)| of).filter(|of| !of_target.contains(of)).collect();
    let mut rows = Vec::new();
    for of in of_target.iter().copied().chain(others.iter().copied()) {
        let looked_at = places(order, world).filter(|(region, _, _)| world.was_looked_at(region, of.family));
        for place in looked_at {
            let mut row = row(of, place, order, shelves, world);
            if others.contains(of) {
                let is_there = world.databases.iter().any(|database| database.id == *of);
                let (key, value) = if is_there { ("selected", false) } else { ("gone", true) };
                row.insert(key.to_owned(), json!(value));
            }
            rows.push(row);
        }
    }
    // Those that are worst off are not among those that are cut.
    rows.sort_by_key(|row| {
        let is_well = row.get("within_objective") == Some(&json!(true)) && !row.contains_key("gone");
        (is_well, row.contains_key("selected"))
    });
    let rows = rows.into_iter().map(Value::Object);
    put_values(&mut state, "backups", rows);
    if !selected.passed_over.is_empty() {
        let over =
            selected.passed_over.iter().map(|(id, why)| json!({id.family.noun(): id.name, "because": why}));
        put_values(&mut state, "not_selected", over);
    }
    Value::Object(state)
}

fn row(
    of: &DatabaseId,
    (region, retention, rule): Place<'_>,
    order: &Order<'_>,
    shelves: &Shelves<'_>,
    world: &World,
) -> Map<String, Value> {
    let mut row = Map::new();
    row.insert(of.family.noun().to_owned(), json!(of.name));
    row.insert("region".to_owned(), json!(region));
    if let Some(fault) = world.unseen(region) {
        row.insert("unseen".to_owned(), json!(fault.code()));
        return row;
    }
    let all = shelves.ours_of(region, of);
    let fine = |snapshot: &&Snapshot| shelves.is_fine(snapshot, rule, order);
    let good: Vec<&Snapshot> = all.iter().copied().filter(fine).collect();
    let count = |is: fn(&Snapshot) -> bool| all.iter().filter(|snapshot| is(snapshot)).count();
    row.insert("good".to_owned(), json!(good.len()));
    for (name, count) in [("coming", count(Snapshot::is_coming)), ("failed", count(Snapshot::has_failed))] {
        if count > 0 {
            row.insert(name.to_owned(), json!(count));
        }
    }
    if let Some((newest, at)) = newest(&good) {
        let age = world.now.duration_since(at);
        row.insert("newest".to_owned(), json!(newest.name));
        row.insert("newest_at".to_owned(), json!(format!("{at:.0}")));
        row.insert("age_seconds".to_owned(), json!(age.as_secs()));
        row.insert("within_objective".to_owned(), json!(order.rule.objective.after(at) >= world.now));
    } else {
        row.insert("within_objective".to_owned(), json!(false));
    }
    let by_age = good.iter().filter(|one| matches!(retention.rule, KeepRule::Days(_)) || is_labelled(one));
    let ends = by_age.filter_map(|one| Some((*one, dated(one)?.at.checked_add(lifetime(retention)).ok()?)));
    let goes = |(one, end): &(&Snapshot, Timestamp)| {
        *end > world.now && would_go(one, *end, (region, retention, rule), order, shelves, world)
    };
    if let Some((_, next)) = ends.filter(goes).min_by_key(|(_, end)| *end) {
        row.insert("next_expiry".to_owned(), json!(format!("{next:.0}")));
    }
    row
}

/// Whether nothing but its age keeps a snapshot: neither `keep-at-least`, nor that a Region lacks its copy.
fn would_go(
    snapshot: &Snapshot,
    at: Timestamp,
    (region, retention, rule): Place<'_>,
    order: &Order<'_>,
    shelves: &Shelves<'_>,
    world: &World,
) -> bool {
    let Some(own) = dated(snapshot) else { return false };
    let all = shelves.ours_of(region, &snapshot.of).iter().copied();
    let good: Vec<Dated<'_>> = all.clone().filter_map(dated).collect();
    let fine = all.filter(|one| shelves.is_fine(one, rule, order)).filter_map(dated);
    let is_kept = [good, fine.collect()].iter().any(|dated| kept(retention, dated, at).contains(&own));
    let is_lacking =
        rule.is_none() && possible(order, world).any(|rule| lacks(rule, snapshot, at, order, shelves, world));
    !is_kept && !is_lacking
}

/// A database without any good snapshot counts from when it was made.
fn ages(order: &Order<'_>, shelves: &Shelves<'_>, world: &World) -> Vec<Gauge> {
    let mut gauges = Vec::new();
    for (region, _, rule) in places(order, world) {
        if world.unseen(region).is_some() {
            continue;
        }
        let ages = select(order.rule, world).databases.into_iter().filter_map(|database| {
            let of_it = shelves.ours_of(region, &database.id).iter().copied();
            let of_it: Vec<&Snapshot> = of_it.filter(|one| shelves.is_fine(one, rule, order)).collect();
            let since = newest(&of_it).map(|(_, at)| at).or(database.created)?;
            Some(world.now.duration_since(since).max(SignedDuration::ZERO))
        });
        if let Some(age) = ages.max() {
            gauges.push(Gauge {
                name: "NewestSnapshotAge",
                unit: Unit::Seconds,
                value: age.as_secs_f64(),
                dimensions: vec![("target", order.target.to_string()), ("region", region.to_string())],
            });
        }
    }
    gauges
}

fn newest<'w>(good: &[&'w Snapshot]) -> Option<(&'w Snapshot, Timestamp)> {
    let newest = good.iter().copied().max_by_key(|snapshot| (snapshot.taken_at, &snapshot.name))?;
    Some((newest, newest.taken_at?))
}

/// A Region that the target's snapshots are in, what is kept there, and for copies their rule.
pub(super) type Place<'w> = (&'w RegionCode, &'w Retention, Option<&'w CopyRule>);

/// The home Region, and those of copies that can be made.
pub(super) fn places<'w>(order: &'w Order<'_>, world: &'w World) -> impl Iterator<Item = Place<'w>> {
    let copies = possible(order, world).map(|rule| (&rule.region, &rule.retention, Some(rule)));
    [(&world.home, &order.rule.retention, None)].into_iter().chain(copies)
}
