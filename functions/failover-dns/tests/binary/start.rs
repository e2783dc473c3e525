//! What the function needs to start, and what it does without what it can do without.

use serde_json::json;

use super::{by_alarm, delivery, order, said, set, set_without, weights};

#[tokio::test]
async fn without_a_playbook_or_with_a_bad_one_it_does_not_start() {
    for playbook in ["/nowhere/playbook.yaml", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")] {
        let (error, ended) = set(&[("LAMPLIGHTER_PLAYBOOK", playbook)]).await.refuse_to_start().await;
        assert_eq!(error.error_type, "Configuration");
        assert!(error.message.contains("`LAMPLIGHTER_PLAYBOOK`"), "{}", error.message);
        assert!(!ended.status.success());
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_target_is_told_with_its_place() {
    let playbook = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/binary/same-evidence.yaml");
    let (error, _) = set(&[("LAMPLIGHTER_PLAYBOOK", playbook)]).await.refuse_to_start().await;
    for part in ["same `evidence`", "line 4"] {
        assert!(error.message.contains(part), "no {part} in {}", error.message);
    }
}

#[tokio::test]
async fn in_plan_mode_nothing_is_changed() {
    let mut stage = set(&[("LAMPLIGHTER_MODE", "plan")]).await;
    let before = weights(&stage.aws);
    let report = stage.report(&order("fail-over", "www")).await;
    assert_eq!(said(&report), "planned failed-over", "{report:#}");
    assert_eq!(report["steps"][0]["status"], json!("planned"));
    assert_eq!(weights(&stage.aws), before);
    assert!(stage.aws.items("ledger").is_empty());
}

#[tokio::test]
async fn without_a_ledger_it_fails_over_and_only_people_fail_it_back() {
    let mut stage = set_without("LAMPLIGHTER_LEDGER_TABLE").await;
    assert_eq!(stage.unacknowledged(&delivery("m-1", &by_alarm("www"), 1)).await, [""; 0]);
    assert_eq!(weights(&stage.aws), ["A blue 0", "A green 10", "AAAA blue 0", "AAAA green 10"]);
    let report = stage.report(&order("fail-back", "www")).await;
    assert_eq!(said(&report), "acted failed-back", "{report:#}");
    assert_eq!(weights(&stage.aws), ["A blue 100", "A green 0", "AAAA blue 100", "AAAA green 0"]);
}
