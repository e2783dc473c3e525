//! Dry runs: they look at everything, tell what would come, and change nothing anywhere.

use serde_json::{Value, json};
use tests::stand_in::Recorded;

use super::{API, api, park, restore, said, set};

/// What changes nothing, wherever it is sent.
const READS: [&str; 8] = [
    "BatchGetItem",
    "DescribeScalableTargets",
    "DescribeScalingPolicies",
    "DescribeScheduledActions",
    "DescribeServices",
    "GetItem",
    "PublishBatch",
    "Publish",
];

fn commands() -> [Value; 5] {
    [
        json!({"action": "set", "target": "api", "min": 4}),
        json!({"action": "profile", "target": "api", "profile": "business-hours"}),
        json!({"action": "boost", "target": "api", "add": 2, "for": "30m"}),
        park("api"),
        json!({"action": "set", "target": "worker", "desired": 4}),
    ]
}

fn writes(requests: &[Recorded]) -> Vec<&str> {
    let operations = requests.iter().map(|request| request.operation.as_str());
    operations.filter(|operation| !READS.contains(operation)).collect()
}

#[tokio::test]
async fn a_function_in_plan_mode_changes_nothing() {
    let mut stage = set(&[("LAMPLIGHTER_MODE", "plan")]).await;
    for command in commands() {
        let report = stage.report(&command).await;
        assert_eq!((&report["verdict"], &report["mode"]), (&json!("planned"), &json!("plan")), "{report:#}");
        let steps = report["steps"].as_array().unwrap();
        assert!(!steps.is_empty() && steps.iter().all(|step| step["status"] == "planned"), "{report:#}");
    }
    assert_eq!(writes(&stage.aws.requests()), [""; 0]);
    assert_eq!((api(&stage.aws), stage.aws.items("ledger"), stage.aws.schedules()), (API, vec![], vec![]));
}

#[tokio::test]
async fn a_command_may_ask_for_a_plan() {
    let mut stage = set(&[]).await;
    for mut command in commands() {
        command["mode"] = "plan".into();
        assert_eq!(stage.report(&command).await["verdict"], "planned");
    }
    assert_eq!(writes(&stage.aws.requests()), [""; 0]);
    assert_eq!(api(&stage.aws), API);

    stage.report(&park("api")).await;
    stage.aws.take_requests();
    let mut command = restore("api");
    command["mode"] = "plan".into();
    let report = stage.report(&command).await;
    assert_eq!(said(&report), "planned restored", "{report:#}");
    assert_eq!(writes(&stage.aws.requests()), [""; 0]);
}

#[tokio::test]
async fn a_plan_tells_what_policies_and_scheduled_actions_will_do_next() {
    let mut stage = set(&[]).await;
    let policy = json!({"PolicyType": "TargetTrackingScaling", "TargetTrackingScalingPolicyConfiguration": {
        "TargetValue": 70.0,
        "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"},
    }});
    let nightly = json!({"Schedule": "cron(0 20 * * ? *)", "ScalableTargetAction": {"MinCapacity": 1}});
    stage.aws.put_scaling_policy("portfolio", "api", "cpu", &policy);
    stage.aws.put_scheduled_action("portfolio", "api", "nightly", &nightly);
    stage.aws.page_scaling_after(1);
    let command = json!({"action": "set", "target": "api", "min": 4, "mode": "plan"});
    let report = stage.report(&command).await.to_string();
    for part in ["ECSServiceAverageCPUUtilization", "70", "nightly", "cron(0 20 * * ? *)"] {
        assert!(report.contains(part), "no {part} in {report}");
    }
}
