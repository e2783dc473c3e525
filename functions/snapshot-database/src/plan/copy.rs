//! Copying snapshots to other Regions.

use std::collections::BTreeSet;

use jiff::Timestamp;
use shared::kinds::database::{CopyRule, RegionCode};

use super::select::families;
use super::shelves::Shelves;
use super::step::{Because, Step};
use super::why::Left;
use crate::names::{COPY_OF, TAKEN_AT, is_labelled};
use crate::order::Order;
use crate::retention::{Dated, kept};
use crate::world::{Copy, DatabaseId, Family, Snapshot, Tags, World};

/// What is to be copied.
#[derive(Debug, Default)]
pub(super) struct Copies {
    pub(super) steps: Vec<Step>,
    pub(super) left: Vec<Left>,
}

/// The copies that should be begun now, to every Region of the playbook: those that would be kept there, the newest
/// first, and no more than may be on their way at once.
pub(super) fn copies(order: &Order<'_>, shelves: &Shelves<'_>, world: &World) -> Copies {
    let mut copies = Copies::default();
    for rule in &order.rule.copies {
        if let Some(left) = forbidden(rule, world) {
            copies.left.push(left);
        } else if let Some(fault) = world.unseen(&rule.region) {
            copies.left.push(super::unseen(&rule.region, fault));
        } else {
            to(order, rule, shelves, world, &mut copies);
        }
    }
    copies
}

/// The copies of the playbook that RDS can make at all: nothing waits for the others.
pub(super) fn possible<'o>(order: &'o Order<'_>, world: &World) -> impl Iterator<Item = &'o CopyRule> {
    order.rule.copies.iter().filter(|rule| can_be_made(&world.home, &rule.region))
}

/// Whether copies can go from a home Region to another.
#[must_use]
pub fn can_be_made(home: &RegionCode, to: &RegionCode) -> bool {
    home != to && can_be_copied(home, to)
}

pub(super) fn forbidden(rule: &CopyRule, world: &World) -> Option<Left> {
    let region = rule.region.clone();
    if region == world.home {
        return Some(Left::CopyToHome { region });
    }
    (!can_be_copied(&world.home, &region)).then_some(Left::GovCloud { region })
}

/// Whether RDS copies from one Region to another without a presigned URL; into China and out of it, it copies nothing.
fn can_be_copied(from: &RegionCode, to: &RegionCode) -> bool {
    let is_in = |region: &RegionCode, beginning| region.as_str().starts_with(beginning);
    ![from, to].iter().any(|region| is_in(region, "us-gov-")) && is_in(from, "cn-") == is_in(to, "cn-")
}

fn to(order: &Order<'_>, rule: &CopyRule, shelves: &Shelves<'_>, world: &World, copies: &mut Copies) {
    let mut wanted = Vec::new();
    for (of, home) in shelves.ours(&world.home) {
        for snapshot in missing(home, shelves.ours_of(&rule.region, of), rule, shelves, world.now) {
            match shelves.copy_of(snapshot, &rule.region) {
                Some(failed) if failed.has_failed() => {
                    let (of, name, region) = (failed.of.clone(), failed.name.clone(), rule.region.clone());
                    let (of_it, there) = (of.clone(), region.clone());
                    copies.left.push(Left::Failed { of: of_it, snapshot: name.clone(), region: there });
                    copies.steps.push(Step::Delete { of, region, name, because: Because::Failed });
                }
                Some(_) => {}
                None => wanted.push(snapshot),
            }
        }
    }
    // The newest of every database come first: it is for them that there are copies.
    wanted.sort_by(|one, other| (other.taken_at, &other.name).cmp(&(one.taken_at, &one.name)));
    let mut room = super::Room::of(world, &rule.region);
    let mut keyless: Vec<&DatabaseId> = Vec::new();
    for family in families(order.rule) {
        let mut free = family.copies_at_once().saturating_sub(on_their_way(world, &rule.region, family));
        let mut waiting = 0;
        for snapshot in wanted.iter().filter(|snapshot| snapshot.of.family == family) {
            let of = &snapshot.of;
            if snapshot.encrypted && rule.kms_key.is_none() {
                if !keyless.contains(&of) {
                    keyless.push(of);
                    copies.left.push(Left::KeyMissing { of: of.clone(), region: rule.region.clone() });
                }
            } else if free == 0 {
                waiting += 1;
            } else if let Some(most) = room.take(family) {
                let full = Left::Quota { of: of.clone(), region: rule.region.clone(), most };
                if !copies.left.contains(&full) {
                    copies.left.push(full);
                }
            } else {
                free -= 1;
                copies.steps.push(Step::Copy(copy(snapshot, rule)));
            }
        }
        if waiting > 0 {
            copies.left.push(Left::Waiting { region: rule.region.clone(), family, copies: waiting });
        }
    }
}

/// The good snapshots of one database that the Region's retention would keep, were they there beside its good copies,
/// and of which it has none that is good or on its way.
fn missing<'w>(
    home: &[&'w Snapshot],
    there: &[&'w Snapshot],
    rule: &CopyRule,
    shelves: &Shelves<'w>,
    now: Timestamp,
) -> Vec<&'w Snapshot> {
    let good: Vec<&Snapshot> = home.iter().copied().filter(|snapshot| snapshot.is_good()).collect();
    let at_home: BTreeSet<&str> = good.iter().map(|snapshot| snapshot.arn.as_str()).collect();
    let only_there = there.iter().filter(|copy| copy.tag(COPY_OF).is_none_or(|arn| !at_home.contains(arn)));
    let all: Vec<Dated<'_>> = good.iter().chain(only_there).filter_map(|snapshot| dated(snapshot)).collect();
    let kept = kept(&rule.retention, &all, now);
    let is_kept = |snapshot: &&Snapshot| dated(snapshot).is_some_and(|dated| kept.contains(&dated));
    let is_there = |snapshot: &Snapshot| {
        shelves.copy_of(snapshot, &rule.region).is_some_and(|copy| copy.is_good() || copy.is_coming())
    };
    good.into_iter().filter(is_kept).filter(|snapshot| !is_there(snapshot)).collect()
}

fn copy(snapshot: &Snapshot, rule: &CopyRule) -> Copy {
    let key = rule.kms_key.as_ref().filter(|_| snapshot.encrypted);
    let group = rule.option_group.as_ref().filter(|_| snapshot.option_group.is_some());
    Copy {
        of: snapshot.of.clone(),
        region: rule.region.clone(),
        name: snapshot.name.clone(),
        source_arn: snapshot.arn.clone(),
        kms_key: key.map(ToString::to_string),
        option_group: group.map(ToString::to_string),
        tags: tags_of_copy(snapshot, snapshot.tags.clone()),
    }
}

/// The tags of a copy: whose copy it is, and when its data was written.
pub(super) fn tags_of_copy(source: &Snapshot, mut tags: Tags) -> Tags {
    tags.retain(|key, _| !key.starts_with("aws:") && !key.starts_with("rds:"));
    tags.insert(COPY_OF.to_owned(), source.arn.clone());
    if let Some(at) = source.taken_at {
        tags.insert(TAKEN_AT.to_owned(), at.to_string());
    }
    tags
}

/// How many copies into a Region are in progress, whoever began them.
fn on_their_way(world: &World, region: &RegionCode, family: Family) -> usize {
    let is_copy = |snapshot: &&Snapshot| {
        let has_source = snapshot.source.is_some() || snapshot.tag(COPY_OF).is_some();
        snapshot.status == "copying" || (snapshot.is_coming() && has_source)
    };
    let seen = world.seen_of(region, family).filter(is_copy).count();
    seen + world.begun.get(&(region.clone(), family)).copied().unwrap_or(0)
}

/// A good snapshot, as retention sees it.
pub(super) fn dated(snapshot: &Snapshot) -> Option<Dated<'_>> {
    let at = snapshot.taken_at.filter(|_| snapshot.is_good())?;
    Some(Dated { at, name: &snapshot.name, labelled: is_labelled(snapshot) })
}
