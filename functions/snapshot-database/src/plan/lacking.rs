//! Which databases have no good snapshot in a Region, though nothing is in its way and none is coming.

use shared::kinds::database::RegionCode;

use super::select::select;
use super::shelves::Shelves;
use super::state::{Place, places};
use super::step::Step;
use super::why::Left;
use crate::order::Order;
use crate::world::{Copy, DatabaseId, Snapshot, World};

/// What is to be told of databases that are not as safe in a Region as they look: none of their snapshots there is good,
/// or the newest is not as it should be and the newest good one is older than the objective.
///
/// `begun` and `left` are what is done, and what is said, already.
pub(super) fn lacking(
    order: &Order<'_>,
    shelves: &Shelves<'_>,
    world: &World,
    begun: &[Step],
    left: &[Left],
) -> Vec<Left> {
    let mut lacking = Vec::new();
    for database in select(order.rule, world).databases {
        let of = &database.id;
        for place in places(order, world) {
            let is_seen = world.was_looked_at(place.0, of.family) && world.unseen(place.0).is_none();
            let is_said = left.iter().any(|left| left.explains(of, place.0, &world.home));
            if is_seen && !is_said && !is_coming(of, place.0, shelves, world, begun) {
                lacking.extend(in_region(order, shelves, world, of, place));
            }
        }
    }
    lacking
}

/// Whether a snapshot of a database is on its way to a Region: there, or at home, from where it is copied next.
fn is_coming(
    of: &DatabaseId,
    region: &RegionCode,
    shelves: &Shelves<'_>,
    world: &World,
    begun: &[Step],
) -> bool {
    let is_on_its_way = |region| shelves.ours_of(region, of).iter().any(|snapshot| snapshot.is_coming());
    let is_copied = |step: &Step| matches!(step, Step::Copy(Copy { region: to, .. }) if to == region || *to == world.home);
    let brings = |step: &Step| matches!(step, Step::Create(_)) || is_copied(step);
    is_on_its_way(region)
        || is_on_its_way(&world.home)
        || begun.iter().filter(|step| step.of() == of).any(brings)
}

fn in_region(
    order: &Order<'_>,
    shelves: &Shelves<'_>,
    world: &World,
    of: &DatabaseId,
    (region, _, rule): Place<'_>,
) -> Vec<Left> {
    let good = shelves.ours_of(region, of).iter().copied().filter(|snapshot| snapshot.is_good());
    let (fine, odd): (Vec<&Snapshot>, Vec<&Snapshot>) =
        good.partition(|snapshot| shelves.is_fine(snapshot, rule, order));
    let newest_fine = fine.iter().filter_map(|snapshot| snapshot.taken_at).max();
    if newest_fine.is_some_and(|at| order.rule.objective.after(at) >= world.now) {
        return Vec::new();
    }
    let none = newest_fine.is_none().then(|| Left::NoGood { of: of.clone(), region: region.clone() });
    let newest_odd = odd.into_iter().max_by_key(|snapshot| (snapshot.taken_at, &snapshot.name));
    let odd =
        newest_odd.filter(|snapshot| snapshot.taken_at > newest_fine).map(|snapshot| Left::Unverified {
            of: of.clone(),
            snapshot: snapshot.name.clone(),
            region: region.clone(),
            faults: shelves.faults(snapshot, rule, order),
        });
    none.into_iter().chain(odd).collect()
}
