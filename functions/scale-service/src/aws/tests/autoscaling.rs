//! Bounds, and what else acts on a scalable target.

use std::sync::atomic::{AtomicI64, Ordering};

use super::*;
use crate::world::Suspended;

/// What every request about the scalable target of `api` begins with.
const OF_API: &str = r#""ServiceNamespace":"ecs","ResourceId":"service/portfolio-prod/api","ScalableDimension":"ecs:service:DesiredCount""#;

#[tokio::test]
async fn bounds_are_set_together_and_what_is_suspended_only_where_that_is_asked_for() {
    let some = Suspended { dynamic_in: true, dynamic_out: false, scheduled: true };
    let state = |dynamic_in, dynamic_out, scheduled| {
        format!(
            r#","SuspendedState":{{"DynamicScalingInSuspended":{dynamic_in},"DynamicScalingOutSuspended":{dynamic_out},"ScheduledScalingSuspended":{scheduled}}}"#
        )
    };
    for (min, max, suspended, rest) in [
        (2, 8, None, String::new()),
        (0, 0, Some(Suspended::ALL), state(true, true, true)),
        (1, 6, Some(Suspended::default()), state(false, false, false)),
        (1, 6, Some(some), state(true, false, true)),
    ] {
        let answer =
            (200, json!({"ScalableTargetARN": "arn:aws:application-autoscaling:eu-central-1:1:t/1"}));
        let bounds = Bounds { min, max, suspended };
        let (answer, asked) = with([answer], async |aws| aws.set_bounds(&api(), &bounds).await).await;
        answer.unwrap();
        let expected =
            format!(r#"RegisterScalableTarget {{{OF_API},"MinCapacity":{min},"MaxCapacity":{max}{rest}}}"#);
        assert_eq!(asked, [expected]);
    }
}

/// A policy as Application Auto Scaling describes it, with what is special about its kind.
fn policy(name: &str, kind: &str, special: Value) -> Value {
    let mut policy = json!({
        "PolicyARN": format!("arn:aws:autoscaling:eu-central-1:123456789012:scalingPolicy:1:policyName/{name}"),
        "PolicyName": name,
        "ServiceNamespace": "ecs",
        "ResourceId": "service/portfolio-prod/api",
        "ScalableDimension": "ecs:service:DesiredCount",
        "PolicyType": kind,
        "Alarms": [
            {"AlarmName": "too-busy", "AlarmARN": "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:too-busy"},
            {"AlarmName": "idle", "AlarmARN": "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:idle"},
        ],
        "CreationTime": 1_780_000_000.123,
    });
    let Value::Object(special) = special else { panic!("{special}") };
    policy.as_object_mut().unwrap().extend(special);
    policy
}

fn tracking(special: Value) -> Value {
    policy("p", "TargetTrackingScaling", json!({"TargetTrackingScalingPolicyConfiguration": special}))
}

fn steps(kind: &str, adjustments: &[i32]) -> Value {
    let adjustments: Vec<Value> = adjustments
        .iter()
        .map(|n| json!({"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": n}))
        .collect();
    let steps = json!({"AdjustmentType": kind, "StepAdjustments": adjustments});
    policy("p", "StepScaling", json!({"StepScalingPolicyConfiguration": steps}))
}

#[tokio::test]
async fn a_policy_is_told_by_what_it_keeps_or_by_what_rings_and_by_whether_it_removes_tasks() {
    let cpu = json!({"PredefinedMetricType": "ECSServiceAverageCPUUtilization"});
    let queue = json!({"MetricName": "Backlog", "Namespace": "Portfolio", "Statistic": "Average"});
    let math = json!({"Metrics": [
        {"Id": "m1", "MetricStat": {"Metric": {"MetricName": "Visible"}, "Stat": "Sum"}, "ReturnData": false},
        {"Id": "e1", "Expression": "m1 / 2"},
    ]});
    let one = json!({"Metrics": [{"Id": "m1", "MetricStat": {"Metric": {"MetricName": "Visible"}, "Stat": "Sum"}}]});
    let keeps_cpu = |value: f64, disabled: Value| {
        tracking(
            json!({"TargetValue": value, "PredefinedMetricSpecification": cpu, "DisableScaleIn": disabled}),
        )
    };
    let keeps =
        |metric: Value| tracking(json!({"TargetValue": 10.5, "CustomizedMetricSpecification": metric}));
    let ring = "changes the count by steps when its alarms ring: too-busy, idle";
    let mut silent = steps("ChangeInCapacity", &[1]);
    silent["Alarms"] = json!([]);
    for (policy, what, scales_in) in [
        (keeps_cpu(70.0, Value::Null), "keeps ECSServiceAverageCPUUtilization at 70", true),
        (keeps_cpu(70.0, json!(false)), "keeps ECSServiceAverageCPUUtilization at 70", true),
        (keeps_cpu(62.5, json!(true)), "keeps ECSServiceAverageCPUUtilization at 62.5", false),
        (keeps(queue), "keeps Backlog at 10.5", true),
        (keeps(math), "keeps metric math m1 / 2 at 10.5", true),
        (keeps(one), "keeps Visible at 10.5", true),
        (keeps(json!({})), "keeps a metric at 10.5", true),
        (steps("ChangeInCapacity", &[1, 3]), ring, false),
        (steps("ChangeInCapacity", &[1, -1]), ring, true),
        (steps("PercentChangeInCapacity", &[-10]), ring, true),
        (steps("PercentChangeInCapacity", &[10]), ring, false),
        (steps("ExactCapacity", &[5]), ring, true),
        (silent, "changes the count by steps when its alarms ring: it has none", false),
        (policy("p", "PredictiveScaling", json!({})), "is of type PredictiveScaling", true),
        (policy("p", "SomethingNew", json!({})), "is of type SomethingNew", true),
        (policy("p", "StepScaling", json!({})), "is of type StepScaling", true),
    ] {
        let answer = (200, json!({"ScalingPolicies": [policy]}));
        let (policies, _) = with([answer], async |aws| aws.policies(&api()).await).await;
        let expected = Policy { name: "p".to_owned(), what: what.to_owned(), scales_in };
        assert_eq!(policies.unwrap(), [expected]);
    }
}

#[tokio::test]
async fn every_page_of_policies_is_read() {
    let page = |name: &str| vec![policy(name, "StepScaling", json!({}))];
    let answers = [
        (200, json!({"ScalingPolicies": page("first"), "NextToken": "a"})),
        (200, json!({"ScalingPolicies": [], "NextToken": "b"})),
        (200, json!({"ScalingPolicies": page("last")})),
    ];
    let (policies, asked) = with(answers, async |aws| aws.policies(&api()).await).await;
    let names: Vec<String> = policies.unwrap().into_iter().map(|policy| policy.name).collect();
    assert_eq!(names, ["first", "last"]);
    assert_eq!(
        asked,
        [
            format!("DescribeScalingPolicies {{{OF_API}}}"),
            format!(r#"DescribeScalingPolicies {{{OF_API},"NextToken":"a"}}"#),
            format!(r#"DescribeScalingPolicies {{{OF_API},"NextToken":"b"}}"#),
        ]
    );
}

/// A scheduled action as Application Auto Scaling describes it, with what is special about it.
fn action(name: &str, special: Value) -> Value {
    let mut action = json!({
        "ScheduledActionName": name,
        "ScheduledActionARN":
            format!("arn:aws:autoscaling:eu-central-1:123456789012:scheduledAction:1:scheduledActionName/{name}"),
        "ServiceNamespace": "ecs",
        "Schedule": "cron(0 8 ? * MON-FRI *)",
        "ResourceId": "service/portfolio-prod/api",
        "ScalableDimension": "ecs:service:DesiredCount",
        "CreationTime": 1_780_000_000.123,
    });
    let Value::Object(special) = special else { panic!("{special}") };
    action.as_object_mut().unwrap().extend(special);
    action
}

#[tokio::test]
async fn every_page_of_scheduled_actions_is_read_with_what_they_set_and_when() {
    let whole = json!({
        "Timezone": "America/New_York",
        "StartTime": 1_790_000_000.0,
        "EndTime": 1_795_000_000.5,
        "ScalableTargetAction": {"MinCapacity": 0, "MaxCapacity": 12},
    });
    let half = json!({"ScalableTargetAction": {"MaxCapacity": 3}});
    let answers = [
        (200, json!({"ScheduledActions": [action("whole", whole), action("half", half)], "NextToken": "a"})),
        (200, json!({"ScheduledActions": [action("bare", json!({"Schedule": "at(2026-12-24T18:00:00)"}))]})),
    ];
    let (actions, asked) = with(answers, async |aws| aws.scheduled(&api()).await).await;
    let bare = ScheduledAction {
        name: "bare".to_owned(),
        schedule: "at(2026-12-24T18:00:00)".to_owned(),
        time_zone: None,
        min: None,
        max: None,
        ends: None,
    };
    let weekdays = ScheduledAction { schedule: "cron(0 8 ? * MON-FRI *)".to_owned(), ..bare.clone() };
    let whole = ScheduledAction {
        name: "whole".to_owned(),
        time_zone: Some("America/New_York".to_owned()),
        min: Some(0),
        max: Some(12),
        ends: Some(Timestamp::new(1_795_000_000, 500_000_000).unwrap()),
        ..weekdays.clone()
    };
    let half = ScheduledAction { name: "half".to_owned(), max: Some(3), ..weekdays };
    assert_eq!(actions.unwrap(), [whole, half, bare]);
    assert_eq!(
        asked,
        [
            format!("DescribeScheduledActions {{{OF_API}}}"),
            format!(r#"DescribeScheduledActions {{{OF_API},"NextToken":"a"}}"#),
        ]
    );
}

#[tokio::test]
async fn a_scalable_target_without_policies_and_actions_has_none() {
    let (policies, _) =
        with([(200, json!({"ScalingPolicies": []}))], async |aws| aws.policies(&api()).await).await;
    let (actions, _) = with([(200, json!({}))], async |aws| aws.scheduled(&api()).await).await;
    assert_eq!((policies.unwrap(), actions.unwrap()), (vec![], vec![]));
}

#[tokio::test]
async fn no_page_is_asked_for_once_the_time_is_up() {
    /// A second and a half before the end, and past it at every other look.
    fn passing() -> Timestamp {
        static LOOKS: AtomicI64 = AtomicI64::new(0);
        Timestamp::from_second(LOOKS.fetch_add(1, Ordering::Relaxed) % 2 * 2).unwrap()
    }
    let page = || (200, json!({"NextToken": "a"}));
    let wire = Wire::answering([page(), page()]);
    let clients = wire.clients();
    let aws = clients.until(Deadline::new(Timestamp::from_millisecond(1_500).unwrap(), Clock::of(passing)));
    let faults = [aws.policies(&api()).await.unwrap_err(), aws.scheduled(&api()).await.unwrap_err()];
    assert_eq!(faults.each_ref().map(Fault::code), ["deadline"; 2]);
    assert_eq!(wire.asked().len(), 2);
}
