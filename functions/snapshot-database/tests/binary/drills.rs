//! Restore drills: a scratch database is restored, measured and deleted.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tests::stage::Stage;
use tests::stand_in::RdsFamily;

use super::{HOME, order, said, set, set_without, taken};

fn scratches(stage: &Stage) -> Vec<String> {
    let all = stage.aws.databases().into_iter();
    all.filter(|one| one.tags.contains_key("lamplighter:drill")).map(|one| one.name).collect()
}

#[tokio::test]
async fn a_cluster_is_restored_with_an_instance_and_both_are_deleted() {
    let mut stage = set(&[]).await;
    taken(&mut stage, "platform-db").await;
    let report = stage.report(&order("verify", "platform-db")).await;
    // Its copy is not there yet, and that is told too.
    assert_eq!(said(&report), "acted drill-started", "{report:#}");
    let [scratch] = scratches(&stage).try_into().unwrap();
    assert!(scratch.starts_with("lamplighter-drill-"));
    let bears_our_ledger = |tags: &BTreeMap<String, String>| tags["lamplighter:ledger"] == "ledger";
    assert!(stage.aws.databases().iter().any(|one| one.name == scratch && bears_our_ledger(&one.tags)));
    stage.aws.settle_databases();

    let mut codes = Vec::new();
    for _ in 0..4 {
        let report = stage.report(&order("reconcile", "platform-db")).await;
        codes.push(said(&report));
        stage.aws.settle_databases();
        stage.aws.complete_snapshots();
        if scratches(&stage).is_empty() {
            break;
        }
    }
    assert_eq!(codes.last().map(String::as_str), Some("acted drill-passed"), "{codes:?}");
    assert_eq!(scratches(&stage), [""; 0]);
    for delete in ["DeleteDBInstance", "DeleteDBCluster"] {
        let [request] = stage.aws.requests_of(delete).try_into().unwrap();
        assert_eq!(request.fields["SkipFinalSnapshot"], "true");
    }
    assert!(stage.aws.database(RdsFamily::Cluster, HOME, "platform").is_some());
    let ledger = stage.aws.items("ledger");
    let noted = ledger.iter().find(|item| item.to_string().contains("drill/platform-db/cluster/platform"));
    assert!(noted.is_some_and(|item| item.to_string().contains("passed")), "{ledger:#?}");
    let output = stage.end().await.stdout;
    let mut lines = output.iter().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    assert!(lines.any(|line| line["RestoreDuration"].is_number() && line["target"] == "platform-db"));
}

#[tokio::test]
async fn without_a_ledger_snapshots_are_taken_and_drills_are_refused() {
    let mut stage = set_without("LAMPLIGHTER_LEDGER_TABLE").await;
    taken(&mut stage, "platform-db").await;
    stage.report(&order("copy", "platform-db")).await;
    stage.aws.complete_snapshots();
    let report = stage.report(&order("verify", "platform-db")).await;
    assert_eq!(said(&report), "refused ledger-unset", "{report:#}");
    assert_eq!(scratches(&stage), [""; 0]);
    let reconcile = stage.report(&json!({"action": "reconcile", "target": "platform-db"})).await;
    assert_eq!(said(&reconcile), "held in-order", "{reconcile:#}");
}
