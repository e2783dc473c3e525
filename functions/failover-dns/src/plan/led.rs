//! Records that are led by a health check and never changed: whether they follow it to the secondary.

use shared::kinds::dns::{HealthCheckId, Record, Strategy, ZoneId, normal};

use super::way::Obstacle;
use super::why::Why;
use crate::order::Order;
use crate::world::{Alias, RecordSet, World};

/// How far aliases are followed. Each leads to a name of the same zone, and Route 53 lets them lead in no circle.
const DEEPEST: usize = 16;

/// Whether every record would follow a fail-over, as far as it was asked.
///
/// # Errors
/// When one is not there, or stays where it is whatever becomes of the health check; also when that was not seen.
pub fn would_follow(order: &Order<'_>, world: &World) -> Result<(), Obstacle> {
    let sets = match &world.records {
        None => return Ok(()),
        Some(Err(fault)) => return Err(Box::new(Why::RecordsUnseen(fault.clone()))),
        Some(Ok(sets)) => sets,
    };
    // Only the one that is forced is known by its id: of what looks for an object or a control the playbook says nothing.
    let check = match &order.rule.strategy {
        Strategy::HealthCheck(id) => Some(id),
        Strategy::StandbyObject(_)
        | Strategy::RoutingControl { .. }
        | Strategy::RecordWeights(_)
        | Strategy::RecordTargets(_)
        | Strategy::DistributionDomain(_) => None,
    };
    let seen = Seen { zone: &order.rule.zone, sets, check };
    order.rule.records.iter().try_for_each(|record| seen.follows(record, record.name.as_str(), DEEPEST))
}

/// The names of the zone that sets are aliases of: what those answer depends on them.
pub fn aliases<'s>(zone: &'s ZoneId, sets: &'s [RecordSet]) -> impl Iterator<Item = &'s str> {
    sets.iter().filter_map(|set| within(zone, set)).map(|alias| alias.name.as_str())
}

/// The alias of a set, if it leads to a name of the same zone.
fn within<'s>(zone: &ZoneId, set: &'s RecordSet) -> Option<&'s Alias> {
    set.alias.as_ref().filter(|alias| alias.zone == zone.as_str())
}

/// What was seen of a zone.
struct Seen<'w> {
    zone: &'w ZoneId,
    sets: &'w [RecordSet],
    /// The health check that is forced; `None`: one that is not known.
    check: Option<&'w HealthCheckId>,
}

impl<'w> Seen<'w> {
    /// Whether a record follows, by the sets of its name or of the one that it is an alias of.
    fn follows(&self, record: &Record, name: &str, deep: usize) -> Result<(), Obstacle> {
        let missing =
            |what: &str| Box::new(Why::RecordMissing { record: record.clone(), what: what.to_owned() });
        let unled = |what: String| Err(Box::new(Why::RecordUnled { record: record.clone(), what }));
        let sets = self.of(name, record.kind.as_str());
        match sets.as_slice() {
            [] if record.name.is(name) => return Err(missing("the record")),
            [] => return unled(format!("it is an alias of {}, which is not in the zone", normal(name))),
            [only] if only.set_identifier.is_none() && deep > 0 => {
                if let Some(alias) = within(self.zone, only) {
                    return self.follows(record, &alias.name, deep - 1);
                }
            }
            _ => {}
        }
        let wanted = self.wanted();
        if sets.iter().any(|set| set.failover.is_some()) {
            let of = |role: &str| sets.iter().find(|set| set.failover.as_deref() == Some(role));
            let primary = of("PRIMARY").ok_or_else(|| missing("its set with the role `PRIMARY`"))?;
            let secondary = of("SECONDARY").ok_or_else(|| missing("its set with the role `SECONDARY`"))?;
            if !self.depends(primary, deep) {
                return unled(format!("its set with the role `PRIMARY` does not depend on {wanted}"));
            }
            // With both unhealthy, Route 53 answers with the primary.
            if self.check.is_some() && self.depends(secondary, deep) {
                return unled(format!("its set with the role `SECONDARY` depends on {wanted} too"));
            }
            return Ok(());
        }
        let led = sets.iter().filter(|set| self.depends(set, deep)).count();
        // With all of them unhealthy, Route 53 answers as if all were healthy.
        let is_all = self.check.is_some() && led == sets.len();
        match led {
            0 => unled(format!("none of its sets depends on {wanted}")),
            _ if sets.len() == 1 => unled("it has one set, and nothing else could answer".to_owned()),
            _ if is_all => unled(format!("it has no set that does not depend on {wanted}")),
            _ => Ok(()),
        }
    }

    /// Whether a set is unhealthy when the health check is, by itself or as an alias of sets that all are.
    fn depends(&self, set: &RecordSet, deep: usize) -> bool {
        let is_it = |id: &String| self.check.is_none_or(|check| check.as_str() == id);
        if set.health_check.as_ref().is_some_and(is_it) {
            return true;
        }
        let alias = within(self.zone, set).filter(|alias| alias.evaluate_target_health && deep > 0);
        alias.is_some_and(|alias| {
            let sets = self.of(&alias.name, &set.kind);
            !sets.is_empty() && sets.iter().all(|set| self.depends(set, deep - 1))
        })
    }

    fn wanted(&self) -> String {
        self.check.map_or_else(|| "a health check".to_owned(), |id| format!("the health check {id}"))
    }

    fn of(&self, name: &str, kind: &str) -> Vec<&'w RecordSet> {
        let name = normal(name);
        self.sets.iter().filter(|set| set.kind == kind && normal(&set.name) == name).collect()
    }
}
