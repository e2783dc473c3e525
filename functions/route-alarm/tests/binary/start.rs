//! What the function needs to start, and what it does without what it can do without.

use serde_json::json;
use tests::alarms::StateChange;

use super::{counted, counts, set, set_without};

#[tokio::test]
async fn without_queues_it_does_not_start_and_names_them() {
    let (error, ended) = set_without("LAMPLIGHTER_QUEUES").await.refuse_to_start().await;
    assert_eq!(error.error_type, "Configuration");
    assert!(error.message.contains("`LAMPLIGHTER_QUEUES`"), "{}", error.message);
    assert!(!ended.status.success());
}

#[tokio::test]
async fn without_the_queue_of_a_target_it_does_not_start_and_names_the_function() {
    let stage =
        set(&[("LAMPLIGHTER_QUEUES", "scale-service=https://sqs.us-east-1.amazonaws.com/1/s.fifo")]).await;
    let (error, _) = stage.refuse_to_start().await;
    assert_eq!(error.error_type, "Configuration");
    for part in ["`LAMPLIGHTER_QUEUES`", "invalidate-cache"] {
        assert!(error.message.contains(part), "no {part} in {}", error.message);
    }
}

#[tokio::test]
async fn without_what_schedules_need_it_does_not_start_when_a_route_holds_down() {
    for variable in ["LAMPLIGHTER_SCHEDULE_GROUP", "LAMPLIGHTER_SCHEDULE_ROLE", "LAMPLIGHTER_SCHEDULE_TARGET"]
    {
        let (error, _) = set_without(variable).await.refuse_to_start().await;
        assert_eq!(error.error_type, "Configuration");
        assert!(error.message.contains(&format!("`{variable}`")), "{}", error.message);
    }
}

#[tokio::test]
async fn without_a_ledger_it_refuses_and_says_so() {
    let mut stage = set_without("LAMPLIGHTER_LEDGER_TABLE").await;
    let reports = stage.reports(&StateChange::raised("origin-5xx", 0).by_topic()).await;
    assert_eq!(counted(&reports), counts([("refused ledger-unset", 2)]), "{reports:#?}");
    let reports =
        stage.reports(&json!({"action": "pause", "scope": "all", "for": "1h", "reason": "release"})).await;
    assert_eq!(counted(&reports), counts([("refused ledger-unset", 1)]), "{reports:#?}");
    assert!(stage.aws.requests().is_empty());
}
