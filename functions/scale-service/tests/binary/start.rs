//! What the function needs to start, and what it does without what it can do without.

use serde_json::json;

use super::{API, QUEUE, WORKER, api, desired, park, restore, said, scaling, set, set_without};

#[tokio::test]
async fn a_time_zone_that_nobody_knows_is_named_with_its_place() {
    let playbook = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/binary/unknown-zone.yaml");
    let (error, ended) = set(&[("LAMPLIGHTER_PLAYBOOK", playbook)]).await.refuse_to_start().await;
    assert_eq!(error.error_type, "Configuration");
    for part in ["`LAMPLIGHTER_PLAYBOOK`", "`Europe/Amsterdan`", "time zone"] {
        assert!(error.message.contains(part), "no {part} in {}", error.message);
    }
    assert!(!ended.status.success());
}

#[tokio::test]
async fn a_part_of_what_schedules_need_is_named_by_what_is_missing() {
    for variable in ["LAMPLIGHTER_SCHEDULE_GROUP", "LAMPLIGHTER_SCHEDULE_ROLE", "LAMPLIGHTER_SCHEDULE_TARGET"]
    {
        let (error, _) = set_without(variable).await.refuse_to_start().await;
        assert_eq!(error.error_type, "Configuration");
        assert!(error.message.contains(&format!("`{variable}`")), "{}", error.message);
    }
}

#[tokio::test]
async fn what_schedules_are_to_wake_is_a_queue_or_a_function() {
    for (target, is_good) in [
        ("arn:aws:lambda:us-east-1:123456789012:function:scale-service", true),
        ("arn:aws:sns:us-east-1:123456789012:commands", false),
        ("scale-service.fifo", false),
    ] {
        let mut stage = set(&[("LAMPLIGHTER_SCHEDULE_TARGET", target)]).await;
        if is_good {
            let boost = json!({"action": "boost", "target": "api", "add": 1, "for": "5m"});
            assert_eq!(said(&stage.report(&boost).await), "acted boosted");
            let [schedule] = stage.aws.schedules().try_into().unwrap();
            assert_eq!(schedule["Target"].get("SqsParameters"), None, "a function has no message groups");
        } else {
            let (error, _) = stage.refuse_to_start().await;
            for part in ["`LAMPLIGHTER_SCHEDULE_TARGET`", target] {
                assert!(error.message.contains(part), "no {part} in {}", error.message);
            }
        }
    }
}

#[tokio::test]
async fn an_end_that_never_arrives_is_kept_in_a_standard_queue_or_nowhere() {
    let variable = "LAMPLIGHTER_SCHEDULE_DEAD_LETTERS";
    let mut stage = set_without(variable).await;
    let boost = json!({"action": "boost", "target": "api", "add": 1, "for": "5m"});
    assert_eq!(said(&stage.report(&boost).await), "acted boosted");
    let [schedule] = stage.aws.schedules().try_into().unwrap();
    assert_eq!(schedule["Target"].get("DeadLetterConfig"), None);

    let (error, _) = set(&[(variable, QUEUE)]).await.refuse_to_start().await;
    assert_eq!(error.error_type, "Configuration");
    for part in [variable, QUEUE, "standard"] {
        assert!(error.message.contains(part), "no {part} in {}", error.message);
    }
}

#[tokio::test]
async fn without_schedules_only_boosts_are_refused() {
    let variables = super::VARIABLES
        .map(|(name, value)| (name, if name.starts_with("LAMPLIGHTER_SCHEDULE_") { "" } else { value }));
    let mut stage = set(&variables).await;
    let boost = json!({"action": "boost", "target": "api", "add": 1, "for": "5m"});
    let report = stage.report(&boost).await;
    assert_eq!(said(&report), "refused schedules-unset", "{report:#}");
    assert_eq!(said(&stage.report(&park("api")).await), "acted parked");
    assert_eq!(said(&stage.report(&restore("api")).await), "acted restored");
    assert_eq!(api(&stage.aws), API);
}

#[tokio::test]
async fn without_a_ledger_sizes_are_set_and_what_must_be_remembered_is_refused() {
    let mut stage = set_without("LAMPLIGHTER_LEDGER_TABLE").await;
    let report = stage.report(&json!({"action": "set", "target": "api", "min": 4})).await;
    assert_eq!(said(&report), "acted set", "{report:#}");
    let report =
        stage.report(&json!({"action": "profile", "target": "api", "profile": "business-hours"})).await;
    assert_eq!(said(&report), "acted profile-set", "{report:#}");
    stage.aws.take_requests();
    let boost = json!({"action": "boost", "target": "worker", "add": 1, "for": "5m"});
    for command in [park("worker"), restore("worker"), boost] {
        let report = stage.report(&command).await;
        assert_eq!(said(&report), "refused ledger-unset", "{report:#}");
    }
    assert_eq!(scaling(&stage.aws.requests()), [""; 0]);
    assert_eq!(desired(&stage.aws, "worker"), WORKER);
}
