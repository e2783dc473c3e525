//! Weighted records: who has which weight.

use shared::kinds::dns::{Side, Sides, WeightedSide};

use super::way::{Obstacle, changeable, missing, unfit};
use crate::world::{Found, RecordSet};

/// The two sets of a record, by side.
///
/// # Errors
/// When one is missing, or the record is not a weighted one, or is a traffic policy's.
pub(super) fn pair<'w>(
    sides: &Sides<WeightedSide>,
    found: &'w Found,
) -> Result<Sides<&'w RecordSet>, Obstacle> {
    let set = |side: Side| {
        let identifier = sides.of(side).set_identifier.as_str();
        let set = found.sets.iter().find(|set| set.set_identifier.as_deref() == Some(identifier));
        let set = set.ok_or_else(|| missing(found, &format!("its set `{identifier}`")))?;
        let set = changeable(set, found)?;
        if set.weight.is_none() {
            return Err(unfit(found, &format!("its set `{identifier}` has no weight")));
        }
        Ok(set)
    };
    Ok(Sides { primary: set(Side::Primary)?, secondary: set(Side::Secondary)? })
}

/// The sets of a record as they are to be when traffic goes to a side, next to how they are; only those that change.
///
/// On the way to the secondary it keeps the share that it has; on the way back every set gets the weight that was saved,
/// if the primary had one then.
///
/// # Errors
/// When a set is missing.
pub(super) fn turned<'w>(
    sides: &Sides<WeightedSide>,
    found: &'w Found,
    to: Side,
    saved: &[RecordSet],
) -> Result<Vec<(&'w RecordSet, RecordSet)>, Obstacle> {
    let pair = pair(sides, found)?;
    let weight_of = |set: &RecordSet| set.weight.unwrap_or(0);
    let usual = |side: Side| i64::from(sides.of(side).weight);
    let was = |side: Side| {
        let set = pair.of(side);
        saved.iter().find(|one| one.is_same_set(set)).and_then(|one| one.weight)
    };
    let wanted = match to {
        Side::Secondary => {
            let own = weight_of(pair.secondary);
            Sides { primary: 0, secondary: if own > 0 { own } else { usual(Side::Secondary) } }
        }
        Side::Primary => match (was(Side::Primary), was(Side::Secondary)) {
            (Some(primary), Some(secondary)) if primary > 0 => Sides { primary, secondary },
            _ => Sides { primary: usual(Side::Primary), secondary: 0 },
        },
    };
    let changed = Side::ALL.into_iter().filter_map(|side| {
        let (set, weight) = (*pair.of(side), *wanted.of(side));
        (weight_of(set) != weight).then(|| (set, RecordSet { weight: Some(weight), ..set.clone() }))
    });
    Ok(changed.collect())
}
