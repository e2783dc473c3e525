//! What is wrong with snapshots, by what RDS says of them.

use shared::kinds::database::CopyRule;

use super::copy::{forbidden, possible};
use super::select::select;
use super::shelves::Shelves;
use super::why::Left;
use crate::names::TARGET;
use crate::order::Order;
use crate::world::{DatabaseId, Snapshot, World};

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Verified {
    /// How many are as they should be.
    pub(super) fine: usize,
    pub(super) left: Vec<Left>,
}

/// Looks at every good snapshot of the target, and whether each database has one in each Region.
pub(super) fn verified(order: &Order<'_>, shelves: &Shelves<'_>, world: &World) -> Verified {
    let selected = select(order.rule, world);
    let mut verified = Verified { left: selected.left, ..Verified::default() };
    verified.left.extend(order.rule.copies.iter().filter_map(|rule| forbidden(rule, world)));
    for rule in [None].into_iter().chain(possible(order, world).map(Some)) {
        let region = rule.map_or(&world.home, |rule| &rule.region);
        if let Some(fault) = world.unseen(region) {
            verified.left.push(super::unseen(region, fault));
            continue;
        }
        let mut with_good: Vec<&DatabaseId> = Vec::new();
        let all = shelves.ours(region).flat_map(|(_, snapshots)| snapshots.iter().copied());
        for snapshot in all.filter(|snapshot| snapshot.is_good()) {
            let faults = shelves.faults(snapshot, rule, order);
            if faults.is_empty() {
                verified.fine += 1;
                with_good.push(&snapshot.of);
            } else {
                let (of, snapshot) = (snapshot.of.clone(), snapshot.name.clone());
                verified.left.push(Left::Unverified { of, snapshot, region: region.clone(), faults });
            }
        }
        for database in &selected.databases {
            if !with_good.contains(&&database.id) {
                verified.left.push(Left::NoGood { of: database.id.clone(), region: region.clone() });
            }
        }
    }
    verified
}

/// What is wrong with a good snapshot, compared with the one that it is a copy of, if that is still there.
pub(super) fn faults(
    snapshot: &Snapshot,
    source: Option<&Snapshot>,
    rule: Option<&CopyRule>,
    order: &Order<'_>,
) -> Vec<String> {
    let mut faults = Vec::new();
    if !order.rule.verify.metadata {
        return faults;
    }
    if snapshot.progress != 100 {
        faults.push(format!("is available, and only {} % of it is there", snapshot.progress));
    }
    if snapshot.encrypted && snapshot.kms_key.is_none() {
        faults.push("is encrypted, and RDS names no key".to_owned());
    }
    if snapshot.tag(TARGET) != Some(order.target.as_str()) {
        faults.push(format!("lacks the tag `{TARGET}`"));
    }
    let Some(source) = source else { return faults };
    let mut same = |what: &str, is: &str, was: &str| {
        if is != was {
            faults.push(format!("{what} is {is}, and that of the source {was}"));
        }
    };
    same("its engine", &snapshot.engine, &source.engine);
    same("its engine's version", &snapshot.engine_version, &source.engine_version);
    // Aurora tells no size: now it says 0, now 1.
    if snapshot.storage.max(source.storage) > 1 {
        same("its storage in GiB", &snapshot.storage.to_string(), &source.storage.to_string());
    }
    let of = |snapshot: &Snapshot| snapshot.taken_at.map_or_else(String::new, |at| format!("{at:.0}"));
    same("its time", &of(snapshot), &of(source));
    if source.encrypted && !snapshot.encrypted {
        faults.push("is not encrypted, and its source is".to_owned());
    }
    let asked = rule.and_then(|rule| rule.kms_key.as_ref()).map(ToString::to_string);
    if let (Some(asked), Some(key)) = (asked.filter(|key| key.contains(":key/")), &snapshot.kms_key)
        && source.encrypted
        && asked != *key
    {
        faults.push(format!("is encrypted with {key}, and not with {asked}"));
    }
    faults
}
