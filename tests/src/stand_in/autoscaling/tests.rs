//! What scalable targets do, as far as the functions count on it.

use super::*;
use crate::stand_in::EcsService;

async fn with_service(desired: u32) -> StandIn {
    let aws = StandIn::start().await.unwrap();
    aws.put_service(EcsService::new("portfolio", "api", desired));
    aws
}

fn register(aws: &StandIn, more: Value) -> Result<Value, Fault> {
    let mut request = json!({"ServiceNamespace": "ecs", "ResourceId": "service/portfolio/api", "ScalableDimension": DIMENSION});
    request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let mut state = aws.state();
    let state = &mut *state;
    state.autoscaling.register(&request, &mut state.ecs)
}

fn desired(aws: &StandIn) -> u32 {
    aws.service("portfolio", "api").unwrap().desired
}

#[tokio::test]
async fn whoever_sets_bounds_has_the_desired_count_between_them_at_once() {
    let aws = with_service(5).await;
    aws.put_scalable_target("portfolio", "api", ScalableTarget::new(1, 10));
    for (bounds, after) in [
        (json!({"MinCapacity": 7}), 7),
        (json!({"MinCapacity": 1, "MaxCapacity": 3}), 3),
        (json!({"MinCapacity": 0}), 3),
        (json!({"MinCapacity": 0, "MaxCapacity": 0}), 0),
        (json!({"MinCapacity": 2, "MaxCapacity": 4}), 2),
    ] {
        register(&aws, bounds.clone()).unwrap();
        assert_eq!(desired(&aws), after, "{bounds}");
    }
    assert!(aws.newly_registered().is_empty());
}

#[tokio::test]
async fn a_request_without_bounds_keeps_them_and_clamps_too() {
    let aws = with_service(9).await;
    aws.put_scalable_target("portfolio", "api", ScalableTarget::new(1, 4));
    let all = json!({"DynamicScalingInSuspended": true, "DynamicScalingOutSuspended": true, "ScheduledScalingSuspended": true});
    register(&aws, json!({"SuspendedState": all})).unwrap();
    let target = aws.scalable_target("portfolio", "api").unwrap();
    assert_eq!(target, ScalableTarget { min: 1, max: 4, suspended: [true; 3] });
    assert_eq!(desired(&aws), 4);

    register(&aws, json!({"MinCapacity": 2})).unwrap();
    assert_eq!(aws.scalable_target("portfolio", "api").unwrap().suspended, [true; 3]);
}

#[tokio::test]
async fn a_service_that_is_not_active_is_not_clamped() {
    let aws = with_service(5).await;
    aws.put_service(EcsService { status: "INACTIVE", ..EcsService::new("portfolio", "api", 5) });
    aws.put_scalable_target("portfolio", "api", ScalableTarget::new(1, 10));
    register(&aws, json!({"MaxCapacity": 2})).unwrap();
    assert_eq!(desired(&aws), 5);
}

#[tokio::test]
async fn what_was_not_there_is_registered_and_seen_to_be_new() {
    let aws = with_service(1).await;
    assert_eq!(register(&aws, json!({"MinCapacity": 1})).unwrap_err().code, "ValidationException");
    register(&aws, json!({"MinCapacity": 2, "MaxCapacity": 4})).unwrap();
    assert_eq!(aws.newly_registered(), ["service/portfolio/api"]);
    assert_eq!(desired(&aws), 2);
}

#[tokio::test]
async fn what_autoscaling_would_not_take_is_refused() {
    let aws = with_service(2).await;
    aws.put_scalable_target("portfolio", "api", ScalableTarget::new(1, 4));
    for bad in [
        json!({"MinCapacity": 5}),
        json!({"MinCapacity": -1}),
        json!({"ScalableDimension": "ecs:service:Tasks"}),
        json!({"ResourceId": "service/portfolio"}),
        json!({"ResourceId": "service/portfolio/never", "MinCapacity": 1, "MaxCapacity": 2}),
        json!({"SuspendedState": {"ScheduledScalingSuspended": true}}),
    ] {
        assert_eq!(register(&aws, bad.clone()).unwrap_err().code, "ValidationException", "{bad}");
    }
    assert_eq!(aws.scalable_target("portfolio", "api"), Some(ScalableTarget::new(1, 4)));
}

#[tokio::test]
async fn targets_are_described_by_id_and_an_unknown_one_gives_nothing() {
    let aws = with_service(2).await;
    aws.put_scalable_target("portfolio", "api", ScalableTarget::new(1, 4));
    let describe = |ids: Vec<String>| {
        let request = json!({"ResourceIds": ids, "ScalableDimension": DIMENSION});
        aws.state().autoscaling.describe(&request)
    };
    let answer =
        describe(vec!["service/portfolio/api".to_owned(), "service/portfolio/never".to_owned()]).unwrap();
    assert_eq!(answer["ScalableTargets"].as_array().map(Vec::len), Some(1));
    let target = &answer["ScalableTargets"][0];
    assert_eq!((&target["MinCapacity"], &target["MaxCapacity"]), (&json!(1), &json!(4)));
    assert_eq!(target["SuspendedState"]["ScheduledScalingSuspended"], false);

    let ids = |n: usize| (0..n).map(|n| format!("service/portfolio/s{n}")).collect::<Vec<_>>();
    assert_eq!(describe(ids(50)).unwrap()["ScalableTargets"], json!([]));
    assert_eq!(describe(ids(51)).unwrap_err().code, "ValidationException");
}

#[tokio::test]
async fn every_list_has_pages() {
    let aws = with_service(2).await;
    for n in 0..11 {
        let name = format!("p{n:02}");
        aws.put_scaling_policy("portfolio", "api", &name, &json!({"PolicyType": "StepScaling"}));
        aws.put_scheduled_action("portfolio", "api", &name, &json!({"Schedule": "rate(1 day)"}));
        aws.put_scalable_target("portfolio", &name, ScalableTarget::new(1, 2));
    }
    aws.put_scaling_policy("portfolio", "other", "p", &json!({"PolicyType": "StepScaling"}));
    let list = |operation: &str, member: &str| {
        let (mut token, mut pages) = (Value::Null, Vec::new());
        loop {
            let body = json!({"ServiceNamespace": "ecs", "NextToken": token, "ResourceId":
                (operation != "DescribeScalableTargets").then_some("service/portfolio/api")});
            let state = aws.state();
            let found = match operation {
                "DescribeScalableTargets" => state.autoscaling.describe(&body).unwrap(),
                "DescribeScalingPolicies" => {
                    let found = named(&state.autoscaling.policies, &body);
                    state.autoscaling.list(&body, member, PAGE_OF_POLICIES, found).unwrap()
                }
                _ => {
                    let found = named(&state.autoscaling.scheduled, &body);
                    state.autoscaling.list(&body, member, PAGE, found).unwrap()
                }
            };
            pages.push(found[member].as_array().unwrap().len());
            match found.get("NextToken") {
                Some(next) => token = next.clone(),
                None => return pages,
            }
        }
    };
    assert_eq!(list("DescribeScalingPolicies", "ScalingPolicies"), [10, 1]);
    assert_eq!(list("DescribeScheduledActions", "ScheduledActions"), [11]);
    aws.page_scaling_after(4);
    assert_eq!(list("DescribeScalableTargets", "ScalableTargets"), [4, 4, 3]);
    assert_eq!(list("DescribeScalingPolicies", "ScalingPolicies"), [4, 4, 3]);
    assert_eq!(list("DescribeScheduledActions", "ScheduledActions"), [4, 4, 3]);
}
