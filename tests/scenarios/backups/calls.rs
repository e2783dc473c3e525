//! What it costs: one call for each snapshot that is taken, copied or deleted, and few descriptions of what there is.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use snapshot_database::fake::instance;

use super::{Vault, batch, event, tagged, told};

fn counted(calls: &[String]) -> BTreeMap<&str, usize> {
    let mut counted = BTreeMap::new();
    for call in calls {
        *counted.entry(call.split(' ').next().unwrap_or_default()).or_default() += 1;
    }
    counted
}

#[tokio::test]
async fn no_snapshot_is_asked_for_its_tags_by_itself() {
    let keys = "    copies: [{region: us-west-2, retention: {days: 1}}]\n";
    let vault = Vault::of(&tagged(keys), "2026-11-21T01:30:00Z");
    (0..20).for_each(|n| vault.rds().put(instance(&format!("db-{n}")).tagged("backup", "nightly")));
    let night = vault.ordered("take", "all").await;
    assert_eq!(
        counted(&night.calls),
        [("create", 20), ("databases", 2), ("quotas", 2), ("snapshots", 2)].into()
    );
    vault.passes(30);
    let looks = [("databases", 2), ("quotas", 2), ("snapshots", 4)];
    let hour = vault.ordered("reconcile", "all").await;
    assert_eq!(counted(&hour.calls), [("copy", 20)].into_iter().chain(looks).collect());
    vault.passes(60);
    let idle = vault.ordered("reconcile", "all").await;
    assert_eq!(counted(&idle.calls), looks.into());
}

/// A night of a hundred databases tells at least two hundred events.
#[tokio::test]
async fn a_batch_of_events_is_one_look_at_what_there_is() {
    let vault = Vault::of(&tagged(""), "2026-11-21T01:30:00Z");
    (0..100).for_each(|n| vault.rds().put(instance(&format!("db-{n}")).tagged("backup", "nightly")));
    vault.ordered("take", "all").await;
    vault.passes(30);
    let events: Vec<Value> = vault.rds().take_happenings().iter().map(told).collect();
    assert_eq!(events.len(), 100);
    let ids: Vec<String> = (0..100).map(|n| format!("m-{n}")).collect();
    let outcome =
        vault.gets(&batch(ids.iter().zip(&events).map(|(id, event)| (id.as_str(), 1, event)))).await;
    assert_eq!((outcome.verdict(), outcome.report().subject.records), (("held", "in-order"), Some(100)));
    assert_eq!(counted(&outcome.calls), [("databases", 2), ("quotas", 1), ("snapshots", 2)].into());
}

#[tokio::test]
async fn all_targets_of_an_hour_are_looked_at_together() {
    let vault = Vault::prod().await;
    let outcome = vault.gets(&event("schedule-reconcile-in-sqs")).await;
    assert_eq!(outcome.reports.len(), 5);
    let calls: Vec<&str> =
        outcome.calls.iter().map(String::as_str).filter(|call| !call.starts_with("copy")).collect();
    let mut once = calls.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), calls.len(), "{calls:?}");
}

#[tokio::test]
async fn one_target_alone_is_looked_at_by_a_filter_of_the_server() {
    let vault = Vault::prod().await;
    let outcome = vault.gets(&json!({"action": "take", "target": "status-db", "id": "by-hand"})).await;
    let looks: Vec<&str> = outcome.calls.iter().map(String::as_str).take(2).collect();
    assert_eq!(
        looks,
        ["database instance status-page-prod", "snapshots us-east-1 instance status-page-prod"]
    );
}
