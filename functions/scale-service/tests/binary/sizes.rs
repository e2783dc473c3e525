//! `set` and `profile`: which calls they make, in which order, and with what in them.

use serde_json::{Value, json};
use tests::stand_in::{EcsService, ScalableTarget};

use super::{api, desired, said, scaling, set};

#[tokio::test]
async fn a_set_with_a_scalable_target_is_four_calls_and_the_bounds_come_before_the_desired_count() {
    let mut stage = set(&[]).await;
    let command = json!({"action": "set", "target": "api", "min": 4, "max": 9, "desired": 5});
    let report = stage.report(&command).await;
    assert_eq!(said(&report), "acted set", "{report:#}");
    let requests = stage.aws.requests();
    assert_eq!(
        scaling(&requests),
        ["DescribeServices", "DescribeScalableTargets", "RegisterScalableTarget", "UpdateService"]
    );
    let body = |operation: &str| -> Value { stage.aws.requests_of(operation)[0].json() };
    assert_eq!(body("DescribeServices"), json!({"cluster": "portfolio", "services": ["api"]}));
    let resource = "service/portfolio/api";
    let dimension = "ecs:service:DesiredCount";
    assert_eq!(
        body("DescribeScalableTargets"),
        json!({"ServiceNamespace": "ecs", "ResourceIds": [resource], "ScalableDimension": dimension})
    );
    assert_eq!(
        body("RegisterScalableTarget"),
        json!({"ServiceNamespace": "ecs", "ResourceId": resource, "ScalableDimension": dimension,
            "MinCapacity": 4, "MaxCapacity": 9})
    );
    assert_eq!(
        body("UpdateService"),
        json!({"cluster": "portfolio", "service": "api", "desiredCount": 5}),
        "anything more could start a deployment"
    );
    assert_eq!(api(&stage.aws), (5, ScalableTarget { min: 4, max: 9, suspended: [false, false, true] }));
    assert_eq!(
        (&report["before"]["desired"], &report["after"]["desired"], &report["after"]["running"]),
        (&json!(3), &json!(5), &json!(3)),
        "{report:#}"
    );
}

#[tokio::test]
async fn a_set_without_a_scalable_target_is_three_calls_and_registers_none() {
    let mut stage = set(&[]).await;
    let report = stage.report(&json!({"action": "set", "target": "worker", "desired": 4})).await;
    assert_eq!(said(&report), "acted set", "{report:#}");
    assert_eq!(
        scaling(&stage.aws.requests()),
        ["DescribeServices", "DescribeScalableTargets", "UpdateService"]
    );
    assert_eq!(desired(&stage.aws, "worker"), 4);
    assert!(stage.aws.newly_registered().is_empty());
}

#[tokio::test]
async fn nothing_is_set_where_the_world_agrees() {
    let mut stage = set(&[]).await;
    let report =
        stage.report(&json!({"action": "set", "target": "api", "min": 2, "max": 8, "desired": 3})).await;
    assert_eq!(said(&report), "held already-so", "{report:#}");
    assert_eq!(scaling(&stage.aws.requests()), ["DescribeServices", "DescribeScalableTargets"]);
}

#[tokio::test]
async fn zero_is_a_size_like_any_other() {
    let mut stage = set(&[]).await;
    let report = stage.report(&json!({"action": "set", "target": "worker", "desired": 0})).await;
    assert_eq!(said(&report), "acted set", "{report:#}");
    assert_eq!(desired(&stage.aws, "worker"), 0);
}

#[tokio::test]
async fn a_profile_sets_what_the_playbook_says() {
    let mut stage = set(&[]).await;
    for (profile, size) in [("business-hours", (3, 3, 9)), ("after-hours", (1, 1, 8))] {
        let command = json!({"action": "profile", "target": "api", "profile": profile});
        let report = stage.report(&command).await;
        assert_eq!(said(&report), "acted profile-set", "{report:#}");
        let (desired, target) = api(&stage.aws);
        assert_eq!((desired, target.min, target.max), size);
        assert_eq!(said(&stage.report(&command).await), "held already-so");
    }
}

/// The list of scheduled actions has pages, and the one that fights stands on the last.
#[tokio::test]
async fn a_profile_that_another_schedule_would_undo_is_refused() {
    let mut stage = set(&[]).await;
    stage.aws.put_scalable_target("portfolio", "api", ScalableTarget::new(2, 8));
    stage.aws.page_scaling_after(1);
    let over = json!({"Schedule": "at(2020-01-01T00:00:00)", "ScalableTargetAction": {"MinCapacity": 1}});
    let fights = json!({"Schedule": "cron(0 20 * * ? *)", "Timezone": "Europe/Berlin",
        "ScalableTargetAction": {"MinCapacity": 1, "MaxCapacity": 1}});
    stage.aws.put_scheduled_action("portfolio", "api", "a-past", &over);
    stage.aws.put_scheduled_action("portfolio", "api", "nightly", &fights);
    let command = json!({"action": "profile", "target": "api", "profile": "business-hours"});
    let report = stage.report(&command).await;
    assert_eq!(said(&report), "refused other-schedule", "{report:#}");
    let text = report["why"]["text"].as_str().unwrap();
    assert!(text.contains("nightly") && !text.contains("a-past"), "{text}");
    assert_eq!(api(&stage.aws), (3, ScalableTarget::new(2, 8)));
}

#[tokio::test]
async fn what_cannot_be_scaled_is_refused_with_its_reason() {
    let mut stage = set(&[]).await;
    stage.aws.put_service(EcsService { status: "INACTIVE", ..EcsService::new("portfolio", "billing", 0) });
    for (target, expected) in [
        ("agent", "refused daemon-service"),
        ("billing", "refused service-inactive"),
        ("never", "refused service-missing"),
    ] {
        let report = stage.report(&json!({"action": "set", "target": target, "desired": 2})).await;
        assert_eq!(said(&report), expected, "{report:#}");
    }
    assert!(stage.aws.requests_of("UpdateService").is_empty());
}

#[tokio::test]
async fn only_a_failed_deployment_is_not_given_more_tasks() {
    let mut stage = set(&[]).await;
    for (rollout, controller, expected) in [
        (Some("IN_PROGRESS"), None, "acted set"),
        (None, None, "acted set"),
        (Some("COMPLETED"), Some("CODE_DEPLOY"), "acted set"),
        (Some("COMPLETED"), Some("EXTERNAL"), "acted set"),
        (Some("FAILED"), None, "refused deployment-failed"),
    ] {
        let service = EcsService { rollout, controller, ..EcsService::new("portfolio", "billing", 2) };
        stage.aws.put_service(service);
        let report = stage.report(&json!({"action": "set", "target": "billing", "desired": 3})).await;
        assert_eq!(said(&report), expected, "{rollout:?} {controller:?}: {report:#}");
    }
    let report = stage.report(&json!({"action": "set", "target": "billing", "desired": 1})).await;
    assert_eq!(said(&report), "acted set", "fewer tasks need no deployment: {report:#}");
}
