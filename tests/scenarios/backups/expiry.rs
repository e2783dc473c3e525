//! Deleting: by time, in each Region by its own rule, never what is somebody else's and never the last good one.

use serde_json::json;
use snapshot_database::fake::{instance, snapshot_arn};
use snapshot_database::world::{Copy, Family, Origin, Rds as _, Snapshot, Tags};

use super::{ONE, Vault, a_cluster, an_instance, far, home, tagged};

/// The instance `weather`, without copies.
const ALONE: &str = "
version: 1
targets:
  weather-db: {kind: database, instance: weather, retention: {days: 7, keep-at-least: 1}}
  other-db: {kind: database, instance: other, retention: {days: 7}}
";

fn weather(playbook: &str) -> Vault {
    let vault = Vault::of(playbook, "2026-11-21T12:00:00Z");
    vault.rds().put(instance("weather"));
    vault
}

#[tokio::test]
async fn snapshots_of_others_are_never_deleted() {
    let vault = weather(ALONE);
    vault.put_old("weather-db", &an_instance("weather"), "ours", 1);
    let ours_old = vault.put_old("weather-db", &an_instance("weather"), "ours-old", 30);
    vault.put_old("other-db", &an_instance("weather"), "of-another-target", 30);
    vault.put_old("left-db", &an_instance("weather"), "of-a-target-that-is-gone", 30);
    let automated = vault.rds().back_up(&an_instance("weather"));
    for (name, tags) in
        [("by-hand", json!({})), ("by-a-tool", json!({"CreatedBy": "tool", "lamplighter": "weather-db"}))]
    {
        let tags: Tags = serde_json::from_value(tags).unwrap();
        let old = vault.rds().find_snapshot(&home(), Family::Instance, &ours_old).unwrap();
        let arn = snapshot_arn(&home(), Family::Instance, name);
        vault.rds().put_stranger(&home(), Snapshot { name: name.to_owned(), arn, tags, ..old });
    }
    assert_eq!(vault.ordered("expire", "weather-db").await.verdict(), ("acted", "expired"));
    let left = ["by-a-tool", "by-hand", "of-a-target-that-is-gone", "of-another-target", "ours"];
    assert_eq!(vault.ids(&home()), left);
    assert_eq!(vault.rds().all_snapshots(&home(), Origin::Automated), [automated]);
}

#[tokio::test]
async fn the_newest_good_snapshot_stays_however_old_it_is() {
    let vault = weather(ALONE);
    vault.put_old("weather-db", &an_instance("weather"), "last", 400);
    vault.put_old("weather-db", &an_instance("weather"), "before", 401);
    for (name, status) in [("failed", "failed"), ("newer", "creating")] {
        let name = vault.put_old("weather-db", &an_instance("weather"), name, 1);
        let rds = vault.rds();
        rds.change_snapshot(&home(), Family::Instance, &name, |one| status.clone_into(&mut one.status));
    }
    vault.ordered("expire", "weather-db").await;
    vault.ordered("expire", "weather-db").await;
    assert_eq!(vault.ids(&home()), ["last", "newer"]);
    // Not even when the database itself is gone.
    vault.rds().remove_database(&an_instance("weather"));
    vault.ordered("expire", "weather-db").await;
    assert_eq!(vault.ids(&home()), ["last", "newer"]);
    assert_eq!(vault.rds().violations(), [""; 0]);
}

#[tokio::test]
async fn a_snapshot_is_judged_by_its_time_and_not_by_what_its_order_was_called() {
    let vault = weather(ALONE);
    for (name, days) in
        [("weather-2026-11-21-01-30", 30), ("no-date-at-all", 30), ("weather-2019-01-01-01-30", 2)]
    {
        vault.put_old("weather-db", &an_instance("weather"), name, days);
    }
    assert_eq!(vault.ordered("expire", "weather-db").await.verdict(), ("acted", "expired"));
    assert_eq!(vault.ids(&home()), ["weather-2019-01-01-01-30"]);
}

#[tokio::test]
async fn the_source_of_a_copy_on_its_way_is_not_deleted_under_it() {
    let vault = weather(ONE);
    for (id, days) in [("a", 1), ("b", 2)] {
        vault.put_old("weather-db", &an_instance("weather"), id, days);
    }
    let c = vault.put_old("weather-db", &an_instance("weather"), "c", 8);
    vault.ordered("copy", "weather-db").await;
    vault.passes(40);
    assert_eq!(vault.ids(&far()), ["a", "b"]);
    // Somebody has a copy made that the Region would not keep, so that nothing at home waits for it.
    let source = vault.rds().find_snapshot(&home(), Family::Instance, &c).unwrap();
    let mut tags = source.tags.clone();
    tags.insert("lamplighter:copy-of".to_owned(), source.arn.clone());
    let (of, name, source_arn) = (source.of, source.name, source.arn);
    let copy = Copy { of, region: far(), name, source_arn, kms_key: None, option_group: None, tags };
    vault.rds().copy(&copy).await.unwrap();
    assert_eq!(vault.ordered("expire", "weather-db").await.verdict(), ("held", "nothing-to-expire"));
    vault.passes(40);
    assert_eq!(vault.ordered("expire", "weather-db").await.verdict(), ("acted", "expired"));
    assert_eq!(
        (vault.ids(&home()), vault.ids(&far())),
        (vec!["a".into(), "b".into()], vec!["a".into(), "b".into()])
    );
    assert_eq!(vault.rds().violations(), [""; 0]);
}

#[tokio::test]
async fn nothing_goes_at_home_before_the_copy_that_should_be_elsewhere_is_there() {
    let vault = weather(&ONE.replace("days: 3", "days: 30"));
    for (id, days) in [("a", 1), ("b", 2)] {
        vault.put_old("weather-db", &an_instance("weather"), id, days);
    }
    let c = vault.put_old("weather-db", &an_instance("weather"), "c", 8);
    for _ in 0..4 {
        vault.ordered("copy", "weather-db").await;
        vault.rds().fail_coming(&far(), Family::Instance, &c);
        vault.passes(40);
        let outcome = vault.ordered("expire", "weather-db").await;
        assert!(vault.ids(&home()).contains(&"c".to_owned()), "{}", outcome.report().why.text);
    }
    for _ in 0..3 {
        vault.ordered("reconcile", "weather-db").await;
        vault.passes(40);
    }
    assert!(!vault.ids(&home()).contains(&"c".to_owned()));
    assert!(vault.ids(&far()).contains(&"c".to_owned()));
    assert_eq!(vault.rds().violations(), [""; 0]);
}

#[tokio::test]
async fn copies_go_by_the_retention_of_their_own_region() {
    let vault = weather(ONE);
    let mut counts = Vec::new();
    for day in 1..=12 {
        let night = json!({"action": "take", "target": "weather-db", "id": format!("night-{day}")});
        vault.gets(&night).await;
        for _ in 0..24 {
            vault.passes(60);
            vault.gets(&json!({"action": "reconcile"})).await;
        }
        counts.push((vault.names(&home()).len(), vault.names(&far()).len()));
    }
    // At the end of a day the snapshot of its first hour is as old as a whole number of days: too old for that number.
    assert_eq!(counts[..4], [(1, 1), (2, 2), (3, 2), (4, 2)]);
    assert_eq!(counts[8..], [(6, 2); 4]);
    assert_eq!(vault.rds().violations(), [""; 0]);
}

#[tokio::test]
async fn at_the_quota_a_refusal_names_it_and_nothing_is_lost() {
    let vault = Vault::of(&tagged(""), "2026-11-21T01:30:00Z");
    for n in 0..8 {
        vault.rds().put(instance(&format!("db-{n}")).tagged("backup", "nightly"));
    }
    vault.rds().set_quota(&home(), Family::Instance, 10);
    vault.ordered("take", "all").await;
    vault.passes(60 * 24);
    let before = vault.names(&home());
    let outcome = vault.ordered("take", "all").await;
    assert_eq!(outcome.report().verdict.as_str(), "acted", "two find room: {}", outcome.line());
    assert!(outcome.report().why.text.contains("10"), "{}", outcome.report().why.text);
    let outcome = vault.ordered("take", "all").await;
    assert_eq!(outcome.verdict(), ("refused", "snapshot-quota"));
    assert!(outcome.report().why.text.contains("db-7"), "{}", outcome.report().why.text);
    let after = vault.names(&home());
    assert!(before.iter().all(|name| after.contains(name)));
    assert_eq!(after.len(), 10);
    // What is over its time makes room.
    vault.passes(60 * 24 * 7);
    vault.ordered("expire", "all").await;
    assert_eq!(vault.ordered("take", "all").await.report().verdict.as_str(), "acted");
    assert_eq!(vault.rds().violations(), [""; 0]);
}

#[tokio::test]
async fn clusters_expire_by_the_time_of_their_data_in_both_regions() {
    let vault = Vault::of(&ONE.replace("instance: weather", "cluster: weather"), "2026-11-21T12:00:00Z");
    vault.rds().put(snapshot_database::fake::cluster("weather"));
    for (name, days) in [("a", 1), ("b", 2), ("c", 3)] {
        vault.put_old("weather-db", &a_cluster("weather"), name, days);
    }
    vault.ordered("copy", "weather-db").await;
    vault.passes(60 * 25);
    vault.ordered("expire", "weather-db").await;
    // RDS would say of all copies that they are a day old.
    assert_eq!(vault.ids(&far()), ["a"]);
}
