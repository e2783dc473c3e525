//! The snapshots of a target, sorted once for all that is asked of them.

use std::collections::{BTreeMap, BTreeSet};

use shared::kinds::database::{CopyRule, RegionCode};

use super::verify::faults;
use crate::names::{COPY_OF, DRILL_SNAPSHOT, Owner, SCRATCH};
use crate::order::Order;
use crate::world::{DatabaseId, Family, Snapshot, World};

/// The snapshots of a target by Region and database, and which is a copy of which.
#[derive(Debug)]
pub(super) struct Shelves<'w> {
    ours: BTreeMap<&'w RegionCode, BTreeMap<&'w DatabaseId, Vec<&'w Snapshot>>>,
    copies: BTreeMap<(&'w RegionCode, Family, &'w str), &'w Snapshot>,
    home: BTreeMap<&'w str, &'w Snapshot>,
    /// The ARNs of what is being copied.
    copied: BTreeSet<&'w str>,
    /// What somebody else makes of a database, from nobody knows what: perhaps it is a copy of one of ours.
    theirs: BTreeMap<&'w DatabaseId, (&'w Snapshot, &'w RegionCode)>,
    /// The names of what a scratch database is or was restored from.
    drilled: BTreeSet<&'w str>,
}

impl<'w> Shelves<'w> {
    /// Only what is ours is on a shelf. Of anybody else's it is only known what is being copied, and from what.
    pub(super) fn new(order: &Order<'_>, world: &'w World) -> Self {
        let owner = Owner::of(order, &world.home);
        let mut shelves = Self {
            ours: BTreeMap::new(),
            copies: BTreeMap::new(),
            home: BTreeMap::new(),
            copied: BTreeSet::new(),
            theirs: BTreeMap::new(),
            drilled: BTreeSet::new(),
        };
        for ((region, family), seen) in &world.snapshots {
            for snapshot in seen.iter().flatten() {
                if snapshot.is_coming() {
                    shelves
                        .copied
                        .extend([snapshot.tag(COPY_OF), snapshot.source.as_deref()].into_iter().flatten());
                }
                if !owner.owns(snapshot, region) {
                    if snapshot.is_coming() && snapshot.source.is_none() {
                        shelves.theirs.insert(&snapshot.of, (snapshot, region));
                    }
                    continue;
                }
                let of_region = shelves.ours.entry(region).or_default();
                of_region.entry(&snapshot.of).or_default().push(snapshot);
                if *region == world.home {
                    shelves.home.insert(&snapshot.arn, snapshot);
                } else if let Some(source) = snapshot.tag(COPY_OF) {
                    shelves.copies.insert((region, *family, source), snapshot);
                }
            }
        }
        let scratches = world.databases.iter().filter(|database| database.id.name.starts_with(SCRATCH));
        let restored = scratches.filter_map(|database| database.tags.get(DRILL_SNAPSHOT));
        shelves.drilled.extend(restored.map(String::as_str));
        shelves
    }

    /// The snapshots of the target in a Region, by database and whatever their state. Those of a database that is gone
    /// are among them.
    pub(super) fn ours(
        &self,
        region: &RegionCode,
    ) -> impl Iterator<Item = (&'w DatabaseId, &[&'w Snapshot])> {
        let of_region = self.ours.get(region).into_iter().flatten();
        of_region.map(|(of, snapshots)| (*of, snapshots.as_slice()))
    }

    /// The snapshots of one database of the target in a Region.
    pub(super) fn ours_of(&self, region: &RegionCode, of: &DatabaseId) -> &[&'w Snapshot] {
        self.ours.get(region).and_then(|of_region| of_region.get(of)).map_or(&[], Vec::as_slice)
    }

    /// The snapshot of a Region that is a copy of another, whatever its state.
    pub(super) fn copy_of(&self, source: &Snapshot, region: &RegionCode) -> Option<&'w Snapshot> {
        self.copies.get(&(region, source.of.family, source.arn.as_str())).copied()
    }

    /// The snapshot of the home Region that another is a copy of, if it is still there.
    pub(super) fn source_of(&self, copy: &Snapshot) -> Option<&'w Snapshot> {
        self.home.get(copy.tag(COPY_OF)?).copied()
    }

    /// Whether a copy of it is on its way, or a scratch database was restored from it.
    pub(super) fn is_in_use(&self, snapshot: &Snapshot) -> bool {
        self.copied.contains(snapshot.arn.as_str()) || self.drilled.contains(snapshot.name.as_str())
    }

    /// What somebody else makes of a database, and where, if RDS does not name what it is made from. Of copies within a
    /// Region it does not, and whoever deletes the source of a copy ends the copy.
    pub(super) fn theirs(&self, of: &DatabaseId) -> Option<(&'w Snapshot, &'w RegionCode)> {
        self.theirs.get(of).copied()
    }

    /// Whether a snapshot of ours is good, and is what it should be. `rule` is that of a Region of copies.
    pub(super) fn is_fine(&self, snapshot: &Snapshot, rule: Option<&CopyRule>, order: &Order<'_>) -> bool {
        snapshot.is_good() && self.faults(snapshot, rule, order).is_empty()
    }

    /// What is wrong with a good snapshot.
    pub(super) fn faults(
        &self,
        snapshot: &Snapshot,
        rule: Option<&CopyRule>,
        order: &Order<'_>,
    ) -> Vec<String> {
        faults(snapshot, rule.and_then(|_| self.source_of(snapshot)), rule, order)
    }
}
