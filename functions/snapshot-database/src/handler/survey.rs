//! Looks at what orders need, once for all of them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use shared::kinds::database::{Backup, CopyRule, RegionCode, Snapshots};
use shared::playbook::Playbook;
use shell::config::Chain;
use tracing::warn;

use crate::order::Order;
use crate::plan::{can_be_made, families, only};
use crate::world::{DatabaseId, Family, Fault, Listed, Origin, Rds, World};

/// What is to be looked at.
#[derive(Debug, Default)]
struct Needs {
    one: BTreeSet<DatabaseId>,
    all: BTreeSet<Family>,
    snapshots: BTreeMap<(RegionCode, Family), Listed>,
    automated: BTreeMap<Family, Listed>,
    quotas: BTreeSet<RegionCode>,
}

/// Looks at databases, snapshots and quotas. What a Region does not show is its own fault, and not that of the others.
///
/// Whoever asks for one database alone gets its snapshots by a filter; where copies are begun, every snapshot of the
/// other Region is listed, as all of them count.
pub(super) async fn survey(
    rds: &impl Rds,
    playbook: &Playbook,
    orders: &[&Order<'_>],
    now: Timestamp,
) -> Result<World, Fault> {
    let home = rds.home();
    let mut needs = Needs::default();
    for order in orders {
        needs.add(order, home, orders.len() == 1);
    }
    let mut world = World {
        now,
        home: home.clone(),
        targets: playbook.databases().map(|(target, _)| target.to_string()).collect(),
        named: playbook
            .databases()
            .filter_map(|(target, rule)| Some((only(rule)?, target.to_string())))
            .collect(),
        databases: Vec::new(),
        snapshots: BTreeMap::new(),
        automated: Vec::new(),
        quotas: BTreeMap::new(),
        begun: BTreeMap::new(),
        ledger: None,
        drills: None,
    };
    for family in &needs.all {
        world.databases.extend(rds.databases(*family).await?);
    }
    for id in needs.one.iter().filter(|id| !needs.all.contains(&id.family)) {
        world.databases.extend(rds.database(id).await?);
    }
    for ((region, family), listed) in needs.snapshots {
        let snapshots = rds.snapshots(&region, &listed, Origin::Manual).await;
        world.snapshots.insert((region, family), snapshots);
    }
    for listed in needs.automated.values() {
        world.automated.extend(rds.snapshots(home, listed, Origin::Automated).await?);
    }
    for region in needs.quotas {
        match rds.quotas(&region).await {
            Ok(quotas) => drop(world.quotas.insert(region, quotas)),
            // RDS refuses by itself what a quota does not allow.
            Err(fault) => warn!("the quotas of {region} are not known: {}", Chain(&fault)),
        }
    }
    Ok(world)
}

impl Needs {
    fn add(&mut self, order: &Order<'_>, home: &RegionCode, is_alone: bool) {
        let rule = order.rule;
        let only = only(rule).filter(|_| is_alone);
        let (takes, copies, drills) = match order.action {
            Backup::Take { .. } => (true, false, false),
            Backup::Copy => (false, true, false),
            Backup::Expire | Backup::Verify => (false, false, true),
            Backup::Reconcile => (true, true, true),
        };
        match &only {
            // A drill is ended, and cleaned up after, whatever the playbook says by now.
            _ if order.action == Backup::Reconcile => self.all.extend(Family::ALL),
            Some(id) if !(drills && rule.verify.restore_drill.is_some()) => drop(self.one.insert(id.clone())),
            // The instance of a scratch cluster is one like others.
            _ if families(rule).contains(&Family::Cluster) => self.all.extend(Family::ALL),
            _ => self.all.extend(families(rule)),
        }
        let listed = |family| only.clone().map_or(Listed::All(family), Listed::Of);
        for family in families(rule) {
            self.list(home, family, listed(family));
            let is_labelled = matches!(&order.action, Backup::Take { label: Some(_) });
            if takes && rule.snapshots == Snapshots::CopyAutomated && !is_labelled {
                self.automated.insert(family, listed(family));
            }
        }
        if takes {
            self.quotas.insert(home.clone());
        }
        let can_be = |copy: &&CopyRule| can_be_made(home, &copy.region);
        for copy in rule.copies.iter().filter(can_be) {
            // Whoever takes one is told at once where its copy will find no room.
            if takes || copies {
                self.quotas.insert(copy.region.clone());
            }
            if matches!(order.action, Backup::Take { .. }) {
                continue;
            }
            for family in families(rule) {
                let listed = if copies { Listed::All(family) } else { listed(family) };
                self.list(&copy.region, family, listed);
            }
        }
    }

    fn list(&mut self, region: &RegionCode, family: Family, listed: Listed) {
        self.snapshots.insert((region.clone(), family), listed);
    }
}
