//! What holds whatever there is, and whatever becomes of it.

use std::collections::BTreeMap;

use proptest::prelude::*;
use shared::kinds::database::{Database as Rule, RegionCode};
use shared::plan::Plan;

use super::super::plan;
use crate::examples::{
    With as _, at_home, cluster, cluster_id, coming, copy_of, failed, foreign, home, hours, instance,
    instance_id, labelled, night, now, ordered, ours, rule, scratch, tagged, target, west, with_tag,
};
use crate::fake::region;
use crate::names::{COPY_OF, Owner};
use crate::plan::Step;
use crate::world::{DatabaseId, Family, Origin, Quota, Snapshot, World};

fn ireland() -> RegionCode {
    region("eu-west-1")
}

fn a_retention() -> impl Strategy<Value = String> {
    let rule = prop_oneof![
        (1_u32..12).prop_map(|days| format!("days: {days}")),
        (1_u32..6, 1_u32..4).prop_map(|(daily, weekly)| format!("daily: {daily}, weekly: {weekly}")),
    ];
    (rule, 1_u32..4).prop_map(|(rule, least)| format!("{{{rule}, keep-at-least: {least}}}"))
}

fn a_rule() -> impl Strategy<Value = Rule> {
    let which = prop_oneof![
        Just("instance: a"),
        Just("cluster: c"),
        Just("all-tagged: {backup: nightly}"),
        Just("all-tagged: {backup: nightly}, snapshots: copy-automated"),
    ];
    (which, a_retention(), a_retention(), a_retention(), 0_usize..3, any::<bool>()).prop_map(
        |(which, at_home, there, beyond, copies, drills)| {
            let copy =
                |region: &str, retention: &str| format!("{{region: {region}, retention: {retention}}}");
            let copies = &[copy("us-west-2", &there), copy("eu-west-1", &beyond)][..copies];
            let verify = if drills { "verify: {restore-drill: monthly}, " } else { "" };
            rule(&format!("{which}, {verify}retention: {at_home}, copies: [{}]", copies.join(", ")))
        },
    )
}

/// Whose snapshot it is, how old in hours, what its state is, and what became of its copies in the two Regions.
type Seed = (usize, i64, u8, [u8; 2], bool);

fn databases() -> [DatabaseId; 4] {
    [instance_id("a"), instance_id("b"), cluster_id("c"), instance_id("gone")]
}

fn in_some_state(kind: u8, snapshot: Snapshot) -> Snapshot {
    match kind % 8 {
        0 => failed(snapshot),
        1 => coming("copying", snapshot),
        2 => snapshot.with(|snapshot| snapshot.progress = 50),
        3 => snapshot.with(|snapshot| "deleting".clone_into(&mut snapshot.status)),
        _ => snapshot,
    }
}

fn a_world() -> impl Strategy<Value = World> {
    let seed = (0_usize..4, 0_i64..700, 0_u8..12, [0_u8..12, 0_u8..12], any::<bool>());
    let quota = || proptest::option::of(0_u32..40);
    let statuses = ["available", "available", "modifying", "stopped"];
    (
        proptest::collection::vec(seed, 0..24),
        [quota(), quota(), quota()],
        proptest::collection::vec(prop::sample::select(statuses.to_vec()), 3),
        any::<bool>(),
        any::<bool>(),
        0_usize..22,
    )
        .prop_map(|(seeds, quotas, statuses, is_unseen, is_drilled, of_others)| {
            let mut by_region: BTreeMap<RegionCode, Vec<Snapshot>> =
                [home(), west(), ireland()].into_iter().map(|region| (region, Vec::new())).collect();
            for (number, seed) in seeds.iter().enumerate() {
                sow(number, *seed, &mut by_region);
            }
            for number in 0..of_others {
                let other = foreign(&instance_id("other"), &format!("other-{number}"), "20T01:30");
                by_region.entry(west()).or_default().push(coming("copying", other));
            }
            let mut there = grown(by_region, quotas, &statuses);
            if is_unseen {
                let fault = crate::examples::fault("list", crate::examples::THROTTLED);
                there.snapshots.insert((west(), Family::Instance), Err(fault));
            }
            let is_drilled = |one: &&Snapshot| is_drilled && one.of == instance_id("a") && one.is_good();
            let source = there.seen_of(&home(), Family::Instance).find(is_drilled).cloned();
            if let Some(source) = source {
                there.databases.push(scratch(instance("lamplighter-drill-0"), &source, "verify-0"));
            }
            there
        })
}

/// A snapshot at home, and its copies.
fn sow(number: usize, seed: Seed, by_region: &mut BTreeMap<RegionCode, Vec<Snapshot>>) {
    let (of, age, kind, copies, is_labelled) = seed;
    let of = &databases()[of];
    let name = format!("s{number}");
    let mut snapshot = ours(of, &name, "21T01:30").with(|it| it.taken_at = Some(now() - hours(age)));
    if is_labelled && number.is_multiple_of(3) {
        snapshot = labelled("release", snapshot);
    }
    for (copy, region) in copies.into_iter().zip([west(), ireland()]) {
        if copy < 9 && kind != 11 {
            by_region
                .entry(region.clone())
                .or_default()
                .push(in_some_state(copy, copy_of(&snapshot, &region)));
        }
    }
    if kind == 11 {
        snapshot.tags.clear();
    }
    // Of some the source is gone already.
    if kind != 10 {
        by_region.entry(home()).or_default().push(in_some_state(kind, snapshot));
    }
}

fn grown(
    by_region: BTreeMap<RegionCode, Vec<Snapshot>>,
    quotas: [Option<u32>; 3],
    statuses: &[&str],
) -> World {
    let mut there = at_home(vec![]);
    let nightly = |database| with_tag("backup", "nightly", database);
    there.databases = vec![nightly(instance("a")), nightly(instance("b")), nightly(cluster("c"))];
    for (database, status) in there.databases.iter_mut().zip(statuses) {
        (*status).clone_into(&mut database.status);
    }
    for (region, most) in [home(), west(), ireland()].into_iter().zip(quotas) {
        let Some(most) = most else { continue };
        let used = u32::try_from(by_region[&region].len()).unwrap();
        there.quotas.insert(region, Family::ALL.map(|family| (family, Quota { used, most })).into());
    }
    for ((region, snapshots), family) in
        by_region.iter().flat_map(|one| Family::ALL.map(|family| (one, family)))
    {
        let of_family = snapshots.iter().filter(|snapshot| snapshot.of.family == family);
        there.snapshots.insert((region.clone(), family), Ok(of_family.cloned().collect()));
    }
    there.automated =
        [instance_id("a"), cluster_id("c")].map(|of| crate::examples::automated(&of, "21T03:10")).to_vec();
    there
}

fn steps(rule: &Rule, action: &str, world: &World) -> Vec<Step> {
    match plan(&ordered(rule, action), world) {
        Plan::Act { steps, .. } => steps,
        Plan::Hold { .. } | Plan::Refuse { .. } | Plan::Wait { .. } => Vec::new(),
    }
}

/// The world after steps, as RDS and the ledger leave it.
fn after(there: &World, steps: &[Step]) -> World {
    let mut there = there.clone();
    for step in steps {
        match step {
            Step::Create(create) => {
                let made = coming("creating", night(&create.of, 21));
                add(
                    &mut there,
                    &home(),
                    made.with(|made| {
                        made.name.clone_from(&create.name);
                        made.tags.clone_from(&create.tags);
                    }),
                );
            }
            Step::Copy(copy) => {
                let all = there.snapshots.values().flatten().flatten().chain(&there.automated);
                let source =
                    all.into_iter().find(|one| one.arn == copy.source_arn).expect("it is copied").clone();
                let made = coming("copying", copy_of(&source, &copy.region));
                add(
                    &mut there,
                    &copy.region,
                    made.with(|made| {
                        made.name.clone_from(&copy.name);
                        made.tags.clone_from(&copy.tags);
                        made.origin = Origin::Manual;
                    }),
                );
            }
            Step::Delete { of, region, name, .. } => {
                let Some(Ok(seen)) = there.snapshots.get_mut(&(region.clone(), of.family)) else { panic!() };
                seen.retain(|snapshot| snapshot.name != *name);
            }
            Step::NoteDrill { of, drill } => {
                let Some(drills) = &mut there.drills else { panic!() };
                drills.insert(of.clone(), drill.clone());
            }
            Step::DeleteScratch { scratch, .. } => there.databases.retain(|database| database.id != *scratch),
            Step::Restore { .. } | Step::AddMember { .. } => panic!("{step:?}"),
        }
    }
    there
}

fn add(there: &mut World, region: &RegionCode, snapshot: Snapshot) {
    let quota = there.quotas.get_mut(region).and_then(|quotas| quotas.get_mut(&snapshot.of.family));
    if let Some(quota) = quota {
        quota.used += 1;
    }
    let Some(Ok(seen)) = there.snapshots.get_mut(&(region.clone(), snapshot.of.family)) else { panic!() };
    assert!(seen.iter().all(|known| known.name != snapshot.name), "{} is there already", snapshot.name);
    seen.push(snapshot);
}

/// The good snapshots of the target by Region and database, the newest first.
fn good(there: &World) -> BTreeMap<(RegionCode, DatabaseId), Vec<&Snapshot>> {
    let mut good: BTreeMap<(RegionCode, DatabaseId), Vec<&Snapshot>> = BTreeMap::new();
    for ((region, _), seen) in &there.snapshots {
        for snapshot in seen.iter().flatten().filter(|it| is_ours(it, region) && it.is_good()) {
            good.entry((region.clone(), snapshot.of.clone())).or_default().push(snapshot);
        }
    }
    for snapshots in good.values_mut() {
        snapshots.sort_by_key(|snapshot| std::cmp::Reverse((snapshot.taken_at, &snapshot.name)));
    }
    good
}

/// Whatever rule there is, it is about databases with a tag or about the one whose snapshot this is.
fn is_ours(snapshot: &Snapshot, region: &RegionCode) -> bool {
    Owner::new(target(), &tagged().which, &home()).owns(snapshot, region)
}

fn find<'w>(there: &'w World, region: &RegionCode, of: &DatabaseId, name: &str) -> &'w Snapshot {
    let mut seen = there.seen_of(region, of.family);
    seen.find(|snapshot| snapshot.name == name).expect("what is deleted was seen")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost(rule in a_rule(), there in a_world()) {
        for action in ["expire", "reconcile", "copy", "take", "verify"] {
            let steps = steps(&rule, action, &there);
            let before = good(&there);
            let mut deleted: BTreeMap<(RegionCode, DatabaseId), usize> = BTreeMap::new();
            for step in &steps {
                let Step::Delete { of, region, name, .. } = step else { continue };
                let gone = find(&there, region, of, name);
                prop_assert!(is_ours(gone, region) && gone.of == *of, "{action} deletes a foreign {gone:?}");
                prop_assert!(!gone.is_coming() && gone.status != "deleting", "{action} deletes {gone:?}");
                let mut copies = there.snapshots.values().flatten().flatten();
                let its_copy = copies.find(|copy| copy.is_coming() && copy.tag(COPY_OF) == Some(gone.arn.as_str()));
                prop_assert!(its_copy.is_none(), "{action} deletes {gone:?}, which is copied as {its_copy:?}");
                if !gone.is_good() {
                    continue;
                }
                let place = (region.clone(), of.clone());
                prop_assert!(before[&place][0].name != *name, "{action} deletes the newest {gone:?}");
                *deleted.entry(place).or_default() += 1;
            }
            for ((region, of), deleted) in deleted {
                let rule = rule.copies.iter().find(|copy| copy.region == region).map_or(rule.retention, |copy| copy.retention);
                let least = usize::try_from(rule.keep_at_least.get()).unwrap();
                let left = before[&(region.clone(), of.clone())].len() - deleted;
                prop_assert!(left >= least, "{action} leaves {left} of {of} in {region}");
            }
        }
    }

    /// The last that is as it should be stays too, beside newer ones that are not.
    #[test]
    fn the_last_that_is_as_it_should_be_stays(rule in a_rule(), there in a_world()) {
        let left = after(&there, &steps(&rule, "reconcile", &there));
        let whole = |there: &World| -> Vec<(RegionCode, DatabaseId)> {
            let is_whole = |one: &&Snapshot| one.progress == 100;
            good(there).into_iter().filter(|(_, all)| all.iter().any(is_whole)).map(|(place, _)| place).collect()
        };
        prop_assert_eq!(whole(&there), whole(&left));
    }

    #[test]
    fn budgets_and_quotas_are_kept(rule in a_rule(), there in a_world()) {
        for action in ["copy", "reconcile", "take"] {
            let left = after(&there, &steps(&rule, action, &there));
            for ((region, family), seen) in &left.snapshots {
                let copying = |seen: &Result<Vec<Snapshot>, _>| {
                    seen.iter().flatten().filter(|it| it.status == "copying").count()
                };
                let before = copying(&there.snapshots[&(region.clone(), *family)]);
                let is_kept = copying(seen) <= family.copies_at_once().max(before);
                prop_assert!(is_kept || *region == home(), "{action}: {} to {region}", copying(seen));
            }
            for (region, quotas) in &left.quotas {
                for (family, quota) in quotas {
                    let before = there.quotas[region][family].used;
                    prop_assert!(quota.used <= quota.most.max(before), "{action}: {quota:?} in {region}");
                }
            }
        }
    }

    #[test]
    fn what_was_done_is_not_done_again(rule in a_rule(), there in a_world()) {
        for action in ["expire", "copy", "take", "reconcile"] {
            let first = steps(&rule, action, &there);
            let second = steps(&rule, action, &after(&there, &first));
            for step in &second {
                prop_assert!(!first.contains(step), "{action} does {step:?} twice");
                // What is deleted and then copied was a copy that had failed.
                if let Step::Delete { of, region, name, .. } = step {
                    let made = |first: &Step| matches!(first, Step::Copy(copy) if copy.of == *of && copy.region == *region && copy.name == *name);
                    prop_assert!(!first.iter().any(made), "{action} deletes what it made: {step:?}");
                }
            }
            let third = steps(&rule, action, &after(&after(&there, &first), &second));
            prop_assert!(!third.iter().any(|step| first.contains(step) || second.contains(step)), "{action}: {third:?}");
        }
    }

    #[test]
    fn the_same_world_makes_the_same_plan(rule in a_rule(), there in a_world()) {
        for action in ["expire", "copy", "take", "reconcile", "verify"] {
            let order = ordered(&rule, action);
            prop_assert_eq!(plan(&order, &there), plan(&order, &there));
            let turned = there.clone().with(|there| {
                for seen in there.snapshots.values_mut().flatten() {
                    seen.reverse();
                }
            });
            let sorted = |there: &World| {
                let mut names: Vec<String> = steps(&rule, action, there).iter().map(|step| format!("{step:?}")).collect();
                names.sort();
                names
            };
            prop_assert_eq!(sorted(&there), sorted(&turned), "the order of a list is chance");
        }
    }
}
