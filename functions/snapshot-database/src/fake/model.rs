//! What the model holds, and what is forbidden in it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use shared::kinds::database::RegionCode;

use super::faults::{Dice, Faults};
use super::lives::{Due, Happening, Times};
use super::shapes::{FakeDatabase, snapshot_arn};
use crate::world::{DatabaseId, Family, Origin, Snapshot, Tags};

#[derive(Debug)]
pub(super) struct Model {
    pub(super) home: RegionCode,
    pub(super) now: Timestamp,
    pub(super) times: Times,
    pub(super) failing_snapshots: u32,
    pub(super) failing_copies: u32,
    pub(super) hides_quotas: bool,
    pub(super) databases: BTreeMap<DatabaseId, Held<FakeDatabase>>,
    shelves: BTreeMap<RegionCode, [Shelf; 2]>,
    pub(super) due: BTreeMap<(Timestamp, u64), Due>,
    pub(super) lives: u64,
    pub(super) dice: Dice,
    pub(super) faults: Faults,
    /// The snapshots that somebody else has made, whatever their tags.
    pub(super) strangers: BTreeSet<(RegionCode, Family, String)>,
    pub(super) violations: Vec<String>,
    pub(super) over_budget: usize,
    pub(super) happenings: Vec<Happening>,
    pub(super) effects: Vec<String>,
    pub(super) calls: Vec<String>,
    pub(super) tally: BTreeMap<&'static str, usize>,
}

/// Something, and the number of what it is going through.
#[derive(Debug, Clone)]
pub(super) struct Held<T> {
    pub(super) thing: T,
    pub(super) life: Option<u64>,
}

/// The snapshots of a family in a Region.
#[derive(Debug)]
pub(super) struct Shelf {
    pub(super) manual: BTreeMap<String, Held<Snapshot>>,
    automated: BTreeMap<String, Held<Snapshot>>,
    /// The copies in progress into the Region, by their names.
    pub(super) in_flight: BTreeMap<String, Source>,
    pub(super) most: u32,
}

/// What a copy is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Source {
    pub(super) region: RegionCode,
    pub(super) name: String,
}

impl Default for Shelf {
    /// 100 are as many as an account may have at first. Source: Amazon RDS user guide, quotas.
    fn default() -> Self {
        let (manual, automated, in_flight) = Default::default();
        Self { manual, automated, in_flight, most: 100 }
    }
}

impl Shelf {
    pub(super) fn of(&self, origin: Origin) -> &BTreeMap<String, Held<Snapshot>> {
        match origin {
            Origin::Manual => &self.manual,
            Origin::Automated => &self.automated,
        }
    }

    pub(super) fn of_mut(&mut self, origin: Origin) -> &mut BTreeMap<String, Held<Snapshot>> {
        match origin {
            Origin::Manual => &mut self.manual,
            Origin::Automated => &mut self.automated,
        }
    }

    pub(super) fn find_mut(&mut self, name: &str) -> Option<&mut Held<Snapshot>> {
        self.manual.get_mut(name).or_else(|| self.automated.get_mut(name))
    }

    pub(super) fn is_full(&self) -> bool {
        self.used() >= self.most
    }

    pub(super) fn used(&self) -> u32 {
        u32::try_from(self.manual.len()).unwrap_or(u32::MAX)
    }
}

impl Model {
    pub(super) fn new(home: RegionCode, now: Timestamp) -> Self {
        Self {
            home,
            now,
            times: Times::default(),
            failing_snapshots: 0,
            failing_copies: 0,
            hides_quotas: false,
            databases: BTreeMap::new(),
            shelves: BTreeMap::new(),
            due: BTreeMap::new(),
            lives: 0,
            dice: Dice::default(),
            faults: Faults::default(),
            strangers: BTreeSet::new(),
            violations: Vec::new(),
            over_budget: 0,
            happenings: Vec::new(),
            effects: Vec::new(),
            calls: Vec::new(),
            tally: BTreeMap::new(),
        }
    }

    pub(super) fn shelf(&mut self, region: &RegionCode, family: Family) -> &mut Shelf {
        &mut self.shelves.entry(region.clone()).or_default()[place(family)]
    }

    pub(super) fn back_up(&mut self, id: &DatabaseId) -> Option<Snapshot> {
        let at = self.now.strftime("%Y-%m-%d-%H-%M");
        let name = format!("rds:{}-{at}", id.name);
        let mut snapshot = self.snapshot_of(id, name.clone(), Tags::new())?;
        snapshot.origin = Origin::Automated;
        "available".clone_into(&mut snapshot.status);
        (snapshot.taken_at, snapshot.progress) = (Some(self.now), 100);
        let home = self.home.clone();
        let held = Held { thing: snapshot.clone(), life: None };
        self.shelf(&home, id.family).automated.insert(name.clone(), held);
        let told = match id.family {
            Family::Instance => "RDS-EVENT-0091",
            Family::Cluster => "RDS-EVENT-0169",
        };
        self.happens(&home, id.family, &name, told);
        Some(snapshot)
    }

    /// A manual snapshot of a database, as it begins.
    pub(super) fn snapshot_of(&self, id: &DatabaseId, name: String, tags: Tags) -> Option<Snapshot> {
        let FakeDatabase { database, kms_key, engine_version, storage } = &self.databases.get(id)?.thing;
        Some(Snapshot {
            of: id.clone(),
            arn: snapshot_arn(&self.home, id.family, &name),
            name,
            origin: Origin::Manual,
            source: None,
            status: "creating".to_owned(),
            taken_at: None,
            progress: 0,
            encrypted: kms_key.is_some(),
            kms_key: kms_key.clone(),
            engine: database.engine.clone(),
            engine_version: engine_version.clone(),
            storage: *storage,
            option_group: database.option_group.clone(),
            tags,
        })
    }

    /// A database is gone, and with it its automated snapshots and, for an instance, its place in its cluster.
    pub(super) fn remove_database(&mut self, id: &DatabaseId) {
        let Some(gone) = self.databases.remove(id) else { return };
        let home = self.home.clone();
        self.shelf(&home, id.family).automated.retain(|_, held| held.thing.of != *id);
        let cluster = gone.thing.database.member_of.map(|name| DatabaseId { family: Family::Cluster, name });
        if let Some(cluster) = cluster.and_then(|cluster| self.databases.get_mut(&cluster)) {
            cluster.thing.database.members.retain(|member| *member != id.name);
        }
    }

    /// A snapshot is gone. The copy that it was ends, and so do those that are made of it.
    pub(super) fn remove_snapshot(&mut self, region: &RegionCode, family: Family, name: &str) {
        let shelf = self.shelf(region, family);
        if shelf.manual.remove(name).or_else(|| shelf.automated.remove(name)).is_none() {
            return;
        }
        self.copy_ends(region, family, name, false);
        self.end_copies_of(&Source { region: region.clone(), name: name.to_owned() }, family);
        if family == Family::Instance {
            self.happens(region, family, name, "RDS-EVENT-0041");
        }
    }

    /// Whether a copy of it is in progress, into whichever Region.
    pub(super) fn is_in_flight(&self, source: &Source, family: Family) -> bool {
        let of_family = self.shelves.values().map(|shelves| &shelves[place(family)]);
        of_family.into_iter().any(|shelf| shelf.in_flight.values().any(|known| known == source))
    }

    /// What becomes of copies whose source is deleted: nothing.
    pub(super) fn end_copies_of(&mut self, source: &Source, family: Family) {
        let regions: Vec<RegionCode> = self.shelves.keys().cloned().collect();
        for region in regions {
            let shelf = self.shelf(&region, family);
            let of_it = shelf.in_flight.iter().filter(|(_, known)| *known == source);
            for copy in of_it.map(|(copy, _)| copy.clone()).collect::<Vec<_>>() {
                if let Some(held) = self.shelf(&region, family).find_mut(&copy) {
                    held.life = None;
                    "failed".clone_into(&mut held.thing.status);
                }
                self.copy_ends(&region, family, &copy, false);
            }
        }
    }
}

fn place(family: Family) -> usize {
    match family {
        Family::Instance => 0,
        Family::Cluster => 1,
    }
}
