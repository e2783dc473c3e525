//! Months of backups in seconds: many databases, slow and failed copies, lost and doubled events, throttling, quotas.

mod crowd;

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use shared::fault::FaultClass;
use shared::kinds::database::RegionCode;
use snapshot_database::world::{DatabaseId, Family, Meaning, Origin, Snapshot};

use self::crowd::{KEPT_AT_HOME, KEPT_FAR, Months, Size};
use super::{Vault, far, home};

/// The recovery-point objective of every target, and what a snapshot, its turn and its copy take.
const OBJECTIVE: SignedDuration = SignedDuration::from_hours(26);
const COPY: SignedDuration = SignedDuration::from_hours(1);

/// More of either family than may be copied at once.
const SMALL: Size = Size { instances: 24, clusters: 7 };
const LARGE: Size = Size { instances: 150, clusters: 50 };

#[tokio::test]
async fn weeks_leave_a_verified_copy_of_every_database_and_nothing_else() {
    copies_are_there_and_nothing_else(SMALL, 16).await;
}

#[tokio::test]
#[ignore = "takes minutes; `cargo xtask test` runs it"]
async fn ninety_days_leave_a_verified_copy_of_each_of_two_hundred_databases_and_nothing_else() {
    copies_are_there_and_nothing_else(LARGE, 90).await;
}

#[tokio::test]
async fn a_quota_that_is_too_small_ends_in_named_refusals_and_loses_nothing() {
    nothing_is_lost(SMALL, 15, 6).await;
}

#[tokio::test]
#[ignore = "takes half a minute; `cargo xtask test` runs it"]
async fn the_usual_quota_is_too_small_for_two_hundred_databases_and_nothing_is_lost() {
    nothing_is_lost(LARGE, 100, 14).await;
}

async fn copies_are_there_and_nothing_else(size: Size, days: u32) {
    let mut months = Months::begin(size, 5_000);
    months.vault.rds().fail_some(10, 20);
    months.vault.rds().fail_often(50, Meaning::Common(FaultClass::Throttled));
    let foreign = months.put_foreign();
    for day in 1..=days {
        // At the end it is quiet, so that what is left is what the policy says.
        if day == days - 1 {
            months.vault.rds().fail_some(0, 0);
            months.vault.rds().fail_often(0, Meaning::OutOfTime);
        }
        months.pass_a_day().await;
        assert_eq!(months.vault.rds().violations(), [""; 0], "day {day}");
        assert_eq!(months.vault.rds().over_budget(), 0, "day {day}");
        if day > 2 {
            every_database_has_a_verified_copy(&months, day);
        }
    }
    no_orphan_is_left(&months);
    for (verdict, code) in [("acted", "taken"), ("acted", "reconciled"), ("failed", "throttled")] {
        assert!(months.reports.contains_key(&(verdict, code)), "{code}: {:?}", months.reports);
    }
    assert!(!months.reports.keys().any(|(verdict, _)| *verdict == "refused"), "{:?}", months.reports);
    let still_there = |(region, snapshot): &(RegionCode, Snapshot)| {
        months.vault.rds().find_snapshot(region, snapshot.of.family, &snapshot.name).as_ref()
            == Some(snapshot)
    };
    assert!(foreign.iter().all(still_there));
}

async fn nothing_is_lost(size: Size, quota: u32, days: u32) {
    let mut months = Months::begin(size, quota);
    let mut newest: BTreeMap<DatabaseId, Timestamp> = BTreeMap::new();
    for day in 1..=days {
        months.pass_a_day().await;
        assert_eq!(months.vault.rds().violations(), [""; 0], "day {day}");
        assert_eq!(months.vault.rds().over_budget(), 0, "day {day}");
        let now = newest_good(&months.vault, &home());
        for (id, before) in newest {
            assert!(now.get(&id).is_some_and(|now| *now >= before), "{id} had a snapshot of {before}");
        }
        newest = now;
    }
    let mut used = 0;
    months.vault.rds().each_snapshot(&home(), Origin::Manual, |one| {
        used += u32::from(one.of.family == Family::Instance);
    });
    assert_eq!(used, quota);
    assert!(months.reports.contains_key(&("refused", "snapshot-quota")), "{:?}", months.reports);
    let names = |text: &String| text.contains("`db-") && text.contains(&quota.to_string());
    assert!(months.refusals.iter().all(names), "{:?}", months.refusals);
}

/// The time of the newest good snapshot of each database.
fn newest_good(vault: &Vault, region: &RegionCode) -> BTreeMap<DatabaseId, Timestamp> {
    let mut newest = BTreeMap::new();
    vault.rds().each_snapshot(region, Origin::Manual, |snapshot| {
        if let Some(at) = snapshot.taken_at.filter(|_| snapshot.status == "available")
            && snapshot.tags.contains_key("lamplighter:target")
        {
            let newest = newest.entry(snapshot.of.clone()).or_insert(at);
            *newest = at.max(*newest);
        }
    });
    newest
}

/// Every database has, in the other Region, a copy that is young enough and like its database.
fn every_database_has_a_verified_copy(months: &Months, day: u32) {
    let Months { vault, size, .. } = months;
    let now = vault.rds().now();
    let newest = newest_good(vault, &far());
    assert_eq!(newest.len(), size.databases(), "day {day}");
    for (id, at) in &newest {
        let age = now.duration_since(*at);
        assert!(age <= OBJECTIVE + COPY, "day {day}: the newest copy of {id} is {age:#} old");
    }
    let databases = vault.rds().all_databases();
    let databases: BTreeMap<_, _> = databases.into_iter().map(|one| (one.id.clone(), one)).collect();
    vault.rds().each_snapshot(&far(), Origin::Manual, |copy| {
        if copy.status == "available" && copy.tags.contains_key("lamplighter:copy-of") {
            let source = &databases[&copy.of];
            assert_eq!((&copy.engine, copy.progress), (&source.engine, 100), "{}", copy.name);
            assert_eq!(copy.encrypted, source.tags.contains_key("encrypted"), "{}", copy.name);
        }
    });
}

/// What is there is exactly what the policy keeps: the newest of each of the last days, and as many as it says at least.
fn no_orphan_is_left(months: &Months) {
    let Months { vault, size, .. } = months;
    for (region, days) in [(home(), KEPT_AT_HOME), (far(), KEPT_FAR)] {
        let mut databases = 0;
        for (target, _) in vault.keeper.playbook.databases() {
            for (id, snapshots) in vault.backups(&region, target.as_str()) {
                databases += 1;
                let statuses: BTreeSet<&str> = snapshots.iter().map(|one| one.status.as_str()).collect();
                assert_eq!(statuses, BTreeSet::from(["available"]), "{region} {id}");
                let taken_on = |one: &Snapshot| one.taken_at.unwrap().strftime("%F").to_string();
                let dates: BTreeSet<String> = snapshots.iter().map(taken_on).collect();
                let last = (0..days).map(|day| vault.rds().now() - SignedDuration::from_hours(24 * day + 1));
                let last: BTreeSet<String> = last.map(|day| day.strftime("%F").to_string()).collect();
                assert_eq!(dates, last, "{region} {id}");
                assert_eq!(snapshots.len(), dates.len(), "{region} {id}");
            }
        }
        assert_eq!(databases, size.databases());
    }
}
