//! What the function needs to start.

use serde_json::json;

use super::{order, said, set};

#[tokio::test]
async fn a_region_that_is_none_is_named() {
    let (error, ended) = set(&[("AWS_REGION", "Frankfurt")]).await.refuse_to_start().await;
    assert_eq!(error.error_type, "Configuration");
    for part in ["`AWS_REGION`", "`Frankfurt`"] {
        assert!(error.message.contains(part), "no {part} in {}", error.message);
    }
    assert!(!ended.status.success());
}

#[tokio::test]
async fn in_plan_mode_nothing_is_changed() {
    let mut stage = set(&[("LAMPLIGHTER_MODE", "plan")]).await;
    let report = stage.report(&order("take", "weather-db")).await;
    assert_eq!(said(&report), "planned taken", "{report:#}");
    assert_eq!(report["steps"][0]["status"], json!("planned"));
    assert!(stage.aws.snapshots().is_empty());
    assert!(stage.aws.items("ledger").is_empty());
}
