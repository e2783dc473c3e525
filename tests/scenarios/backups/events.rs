//! RDS's events are hints: lost, doubled, late and disordered ones come to the same, and none begins a loop.

use serde_json::{Value, json};
use snapshot_database::fake::{Happening, instance, snapshot_arn};
use snapshot_database::world::Family;

use super::{FAR, ONE, Vault, batch, event, far, home, told};

/// The instance `weather`, whose snapshot is there; and what RDS told of it.
async fn tonight() -> (Vault, Vec<Value>) {
    let vault = Vault::of(ONE, "2026-11-21T01:30:00Z");
    vault.rds().put(instance("weather"));
    vault.gets(&json!({"action": "take", "target": "weather-db", "id": "night"})).await;
    vault.passes(10);
    let events = vault.rds().take_happenings().iter().map(told).collect();
    (vault, events)
}

#[tokio::test]
async fn every_record_of_a_batch_is_heard_and_not_only_the_last() {
    for place in 0..3 {
        let (vault, events) = tonight().await;
        let other = event("database-of-somebody-else");
        let mut bodies = vec![&other; 3];
        bodies[place] = &events[0];
        let ids = ["m-0", "m-1", "m-2"];
        let outcome = vault.gets(&batch(ids.into_iter().zip(bodies).map(|(id, body)| (id, 1, body)))).await;
        assert!(outcome.verdicts().contains(&("acted", "reconciled")), "{place}: {}", outcome.line());
        assert_eq!(vault.names(&far()).len(), 1);
    }
}

#[tokio::test]
async fn a_batch_about_several_targets_is_heard_for_each() {
    for order in [
        ["weather-tracker-postgres-prod", "portfolio-prod"],
        ["portfolio-prod", "weather-tracker-postgres-prod"],
    ] {
        let vault = Vault::prod().await;
        let event = |name: &str| {
            let snapshot = vault.names(&home()).into_iter().find(|one| one.starts_with(name)).unwrap();
            let arn = snapshot_arn(&home(), Family::Instance, &snapshot);
            let id = "RDS-EVENT-0042";
            told(&Happening {
                at: vault.rds().now(),
                region: home(),
                id,
                family: Family::Instance,
                snapshot,
                arn,
            })
        };
        let events = order.map(event);
        let outcome = vault
            .gets(&batch(["m-0", "m-1"].into_iter().zip(&events).map(|(id, event)| (id, 1, event))))
            .await;
        assert_eq!(outcome.verdicts(), [("acted", "reconciled"); 2]);
        assert_eq!(vault.names(&far()).len(), 2);
    }
}

#[tokio::test]
async fn a_record_that_breaks_off_comes_back_alone() {
    let (vault, events) = tonight().await;
    let mut event = batch([("good", 1, &events[0]), ("bad", 1, &events[0])]);
    event["Records"][1]["body"] = json!("{\"source\": \"aws.rds");
    let outcome = vault.gets(&event).await;
    assert_eq!(outcome.returned, ["bad"]);
    assert_eq!(vault.names(&far()).len(), 1);
}

#[tokio::test]
async fn our_own_copies_begin_no_further_copies() {
    let (vault, events) = tonight().await;
    vault.queued(&events[0]).await;
    vault.passes(60);
    let [finished] = <[Happening; 1]>::try_from(vault.rds().take_happenings()).unwrap();
    assert_eq!((finished.id, finished.region.as_str()), ("RDS-EVENT-0060", FAR));
    let before = vault.rds().effects();
    // As the event says it, forwarded by a bus; as it would be of a new snapshot, in either Region; of another form.
    for (id, region) in [("RDS-EVENT-0060", far()), ("RDS-EVENT-0042", far()), ("RDS-EVENT-0197", home())] {
        let event = told(&Happening { id, region, ..finished.clone() });
        let outcome = vault.queued(&event).await;
        assert_eq!(outcome.verdict(), ("held", "in-order"), "{id}");
        assert!(outcome.report().quiet);
    }
    assert_eq!(vault.rds().effects(), before);
}

#[tokio::test]
async fn lost_doubled_late_and_disordered_events_come_to_the_same() {
    let created = |events: &[Value]| events[0].clone();
    let begun = |events: &[Value]| {
        let mut event = events[0].clone();
        event["detail"]["EventID"] = json!("RDS-EVENT-0040");
        event
    };
    let mut ends = Vec::new();
    for which in ["none", "once", "twice", "late", "disordered"] {
        let (vault, events) = tonight().await;
        let heard = match which {
            "once" => vec![begun(&events), created(&events)],
            "twice" => vec![created(&events), created(&events)],
            "disordered" => vec![created(&events), begun(&events)],
            _ => Vec::new(),
        };
        for event in &heard {
            vault.queued(event).await;
        }
        vault.passes(50);
        vault.gets(&event("schedule-reconcile-in-sqs")).await;
        if which == "late" {
            vault.queued(&created(&events)).await;
        }
        vault.passes(60);
        ends.push((which, vault.names(&home()), vault.names(&far())));
    }
    for (which, home, far) in &ends {
        assert_eq!((home, far), (&ends[0].1, &ends[0].2), "{which}");
        assert_eq!(far.len(), 1, "{which}");
    }
}

/// The registry's schema of snapshot events has no event id, and a subscription of old has no ARN.
#[tokio::test]
async fn an_event_without_an_id_is_a_hint_too() {
    let (vault, mut events) = tonight().await;
    events[0]["detail"].as_object_mut().unwrap().remove("EventID");
    assert_eq!(vault.queued(&events[0]).await.verdict(), ("acted", "reconciled"));
}

/// Clusters have no such event at all.
#[tokio::test]
async fn the_end_of_a_cluster_copy_is_found_without_an_event() {
    let vault = Vault::of(&ONE.replace("instance:", "cluster:"), "2026-11-21T01:30:00Z");
    vault.rds().put(snapshot_database::fake::cluster("weather"));
    vault.ordered("take", "weather-db").await;
    vault.passes(10);
    for event in vault.rds().take_happenings().iter().map(told) {
        assert_eq!(vault.queued(&event).await.verdict(), ("acted", "reconciled"));
    }
    vault.passes(60);
    assert!(vault.rds().take_happenings().is_empty());
    let outcome = vault.ordered("verify", "weather-db").await;
    assert_eq!(outcome.verdict(), ("held", "verified"), "{}", outcome.report().why.text);
    let backups = outcome.report().state.as_ref().unwrap()["backups"].clone();
    assert_eq!((&backups[0]["good"], &backups[1]["good"]), (&json!(1), &json!(1)), "{backups}");
}
