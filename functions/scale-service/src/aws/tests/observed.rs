//! What there is in place of services, asked for in as few calls as there can be.

use std::sync::atomic::{AtomicI64, Ordering};

use super::*;
use crate::world::{Controller, Deployment, Scaling, State, Suspended};

/// What is observed of a service that ECS describes so.
async fn state(special: Value, scaling: &[Value]) -> State {
    let answers = [services(&[described("portfolio-prod", "api", special)], &[]), targets(scaling)];
    let (found, _) = with(answers, async |aws| aws.observe(&[&api()]).await).await;
    match found.as_slice() {
        [Ok(Found::Service(state))] => state.clone(),
        other => panic!("{other:?}"),
    }
}

/// The desired counts of services that are all found, in the order of the answers, and what AWS was asked.
async fn desired(asked: &[Service], answers: Vec<(u16, Value)>) -> (Vec<u32>, Vec<String>) {
    let asked: Vec<&Service> = asked.iter().collect();
    let (found, calls) = with(answers, async |aws| aws.observe(&asked).await).await;
    let counts = found.into_iter().map(|found| match found {
        Ok(Found::Service(state)) => state.desired,
        other => panic!("{other:?}"),
    });
    (counts.collect(), calls)
}

/// The services `api-0`, `api-1`, … of a cluster.
fn many(cluster: &str, count: usize) -> Vec<Service> {
    (0..count).map(|n| service(cluster, &format!("api-{n:02}"))).collect()
}

/// ECS's answer about some of them: each desires its own number.
fn answer(cluster: &str, numbers: std::ops::Range<usize>) -> (u16, Value) {
    let all = numbers.map(|n| described(cluster, &format!("api-{n:02}"), json!({"desiredCount": n})));
    services(&all.collect::<Vec<_>>(), &[])
}

#[tokio::test]
async fn a_service_is_found_by_its_cluster_and_name_and_its_scalable_target_by_its_resource_id() {
    let answers = [
        services(&[described("portfolio-prod", "api", json!({"runningCount": 1, "pendingCount": 3}))], &[]),
        targets(&[target("service/portfolio-prod/api", 1, 6, awake())]),
    ];
    let (found, asked) = with(answers, async |aws| aws.observe(&[&api()]).await).await;
    let expected = State {
        status: "ACTIVE".to_owned(),
        desired: 2,
        running: 1,
        pending: 3,
        daemon: false,
        controller: Controller::Ecs,
        deployment: Deployment::Steady,
        scaling: Some(Scaling { min: 1, max: 6, suspended: Suspended::default() }),
    };
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].as_ref().unwrap(), &Found::Service(expected));
    assert_eq!(
        asked,
        [
            r#"DescribeServices {"cluster":"portfolio-prod","services":["api"]}"#,
            r#"DescribeScalableTargets {"ServiceNamespace":"ecs","ResourceIds":["service/portfolio-prod/api"],"ScalableDimension":"ecs:service:DesiredCount"}"#,
        ]
    );
}

#[tokio::test]
async fn a_daemon_is_told_from_a_service_with_a_desired_count() {
    assert!(state(json!({"schedulingStrategy": "DAEMON"}), &[]).await.daemon);
    assert!(!state(json!({"schedulingStrategy": null}), &[]).await.daemon);
}

#[tokio::test]
async fn who_deploys_a_service_is_told_and_it_is_ecs_where_nothing_is_said() {
    for (controller, expected) in [
        (json!({"type": "ECS"}), Controller::Ecs),
        (json!({"type": "CODE_DEPLOY"}), Controller::CodeDeploy),
        (json!({"type": "EXTERNAL"}), Controller::External),
        (json!({"type": "SOMETHING_NEW"}), Controller::External),
        (Value::Null, Controller::Ecs),
    ] {
        assert_eq!(state(json!({"deploymentController": controller}), &[]).await.controller, expected);
    }
}

#[tokio::test]
async fn the_deployment_that_counts_is_the_primary_one_of_a_service_that_ecs_deploys() {
    use Deployment::{Failed, Running, Steady};
    let deployment =
        |status: &str, rollout: Value| json!({"id": "d", "status": status, "rolloutState": rollout});
    let primary = |rollout: &str| json!([deployment("PRIMARY", json!(rollout))]);
    let after =
        |old: &str| json!([deployment("ACTIVE", json!(old)), deployment("PRIMARY", json!("IN_PROGRESS"))]);
    for (controller, deployments, expected) in [
        ("ECS", primary("COMPLETED"), Steady),
        ("ECS", primary("IN_PROGRESS"), Running),
        ("ECS", primary("FAILED"), Failed),
        ("ECS", after("FAILED"), Running),
        ("ECS", after("COMPLETED"), Running),
        // Behind a Classic load balancer.
        ("ECS", json!([deployment("PRIMARY", Value::Null)]), Steady),
        ("ECS", json!([]), Steady),
        ("CODE_DEPLOY", primary("FAILED"), Steady),
        ("EXTERNAL", primary("IN_PROGRESS"), Steady),
    ] {
        let special = json!({"deploymentController": {"type": controller}, "deployments": deployments});
        assert_eq!(state(special, &[]).await.deployment, expected, "{controller} {deployments}");
    }
}

#[tokio::test]
async fn what_is_suspended_on_a_scalable_target_is_told() {
    for (suspension, expected) in [
        (Value::Null, Suspended::default()),
        (json!({}), Suspended::default()),
        (suspended(true, false, false), Suspended { dynamic_in: true, ..Suspended::default() }),
        (suspended(false, true, false), Suspended { dynamic_out: true, ..Suspended::default() }),
        (suspended(false, false, true), Suspended { scheduled: true, ..Suspended::default() }),
        (suspended(true, true, true), Suspended::ALL),
    ] {
        let target = target("service/portfolio-prod/api", 0, 0, suspension);
        let scaling = state(json!({}), &[target]).await.scaling;
        assert_eq!(scaling, Some(Scaling { min: 0, max: 0, suspended: expected }));
    }
}

#[tokio::test]
async fn a_service_without_a_scalable_target_has_none_whatever_others_have() {
    let other = target("service/portfolio-prod/api-2", 1, 6, awake());
    assert_eq!(state(json!({}), &[other]).await.scaling, None);
    assert_eq!(state(json!({}), &[]).await.scaling, None);
}

#[tokio::test]
async fn counts_are_never_negative() {
    let state = state(json!({"desiredCount": -1, "runningCount": i32::MAX}), &[]).await;
    assert_eq!((state.desired, state.running), (0, 2_147_483_647));
}

#[tokio::test]
async fn ten_services_of_a_cluster_are_described_in_one_call_and_eleven_in_two() {
    let (found, asked) = desired(&many("one", 10), vec![answer("one", 0..10), targets(&[])]).await;
    assert_eq!((found, asked.len()), ((0..10).collect(), 2));

    let answers = vec![answer("one", 0..10), answer("one", 10..11), targets(&[])];
    let (found, asked) = desired(&many("one", 11), answers).await;
    assert_eq!((found, asked.len()), ((0..11).collect(), 3));
    assert_eq!(asked[1], r#"DescribeServices {"cluster":"one","services":["api-10"]}"#);
}

#[tokio::test]
async fn fifty_scalable_targets_are_asked_for_in_one_call_and_fifty_one_in_two() {
    let described =
        |count: usize| (0..count).step_by(10).map(move |from| answer("one", from..count.min(from + 10)));
    let (_, asked) = desired(&many("one", 50), described(50).chain([targets(&[])]).collect()).await;
    assert_eq!(asked.len(), 5 + 1);

    let answers = described(51).chain([targets(&[]), targets(&[])]).collect();
    let (_, asked) = desired(&many("one", 51), answers).await;
    assert_eq!(asked.len(), 6 + 2);
    assert!(asked[7].contains(r#""ResourceIds":["service/one/api-50"],"#), "{}", asked[7]);
}

#[tokio::test]
async fn services_of_two_clusters_take_a_call_each_and_are_answered_in_the_order_they_were_asked_for() {
    let [first, second] = [many("one", 2), many("two", 3)];
    let asked = [&second[2], &first[0], &second[1], &first[1]];
    let answers = [
        answer("one", 0..2),
        answer("two", 1..3),
        targets(&[target("service/two/api-01", 1, 2, awake()), target("service/one/api-01", 3, 4, awake())]),
    ];
    let (found, calls) = with(answers, async |aws| aws.observe(&asked).await).await;
    let shown = found.iter().map(|found| match found {
        Ok(Found::Service(state)) => {
            (state.desired, state.scaling.as_ref().map(|scaling| (scaling.min, scaling.max)))
        }
        other => panic!("{other:?}"),
    });
    let expected = [(2, None), (0, None), (1, Some((1, 2))), (1, Some((3, 4)))];
    assert_eq!(shown.collect::<Vec<_>>(), expected);
    assert_eq!(calls[0], r#"DescribeServices {"cluster":"one","services":["api-00","api-01"]}"#);
    assert_eq!(calls[1], r#"DescribeServices {"cluster":"two","services":["api-01","api-02"]}"#);
    assert!(
        calls[2].contains(
            r#"["service/one/api-00","service/one/api-01","service/two/api-01","service/two/api-02"]"#
        ),
        "{}",
        calls[2]
    );
}

#[tokio::test]
async fn a_service_that_is_asked_for_twice_is_asked_for_once_of_aws() {
    let all = [many("one", 1), many("one", 1)].concat();
    let (found, asked) = desired(&all, vec![answer("one", 0..1), targets(&[])]).await;
    assert_eq!(found, [0, 0]);
    assert_eq!(asked[0], r#"DescribeServices {"cluster":"one","services":["api-00"]}"#);
    assert!(asked[1].contains(r#"["service/one/api-00"]"#), "{}", asked[1]);
}

#[tokio::test]
async fn services_of_the_same_name_in_two_clusters_are_two() {
    let all = [many("one", 1), many("two", 1)].concat();
    let two = services(&[described("two", "api-00", json!({"desiredCount": 7}))], &[]);
    let (found, _) = desired(&all, vec![answer("one", 0..1), two, targets(&[])]).await;
    assert_eq!(found, [0, 7]);
}

#[tokio::test]
async fn every_page_of_scalable_targets_is_read() {
    let page = |token: &str, id: &str| {
        (200, json!({"ScalableTargets": [target(id, 1, 2, awake())], "NextToken": token}))
    };
    let last = targets(&[target("service/one/api-00", 1, 2, awake())]);
    let answers =
        [answer("one", 0..3), page("a", "service/one/api-02"), page("b", "service/one/api-01"), last];
    let all = many("one", 3);
    let all: Vec<&Service> = all.iter().collect();
    let (found, asked) = with(answers, async |aws| aws.observe(&all).await).await;
    let is_scaled =
        |found: &Result<Found, Fault>| matches!(found, Ok(Found::Service(s)) if s.scaling.is_some());
    assert!(found.iter().all(is_scaled), "{found:?}");
    let tokens = asked[1..].iter().map(|asked| asked.split_once("\"NextToken\":").map(|(_, token)| token));
    assert_eq!(tokens.collect::<Vec<_>>(), [None, Some("\"a\"}"), Some("\"b\"}")]);
}

#[tokio::test]
async fn nothing_is_asked_about_nothing() {
    let (found, asked) = with([], async |aws| aws.observe(&[]).await).await;
    assert_eq!((found.len(), asked.len()), (0, 0));
}

#[tokio::test]
async fn nothing_more_is_asked_once_the_time_is_up() {
    /// A second before the end when it is looked at first, and past it from then on.
    fn passing() -> Timestamp {
        static LOOKS: AtomicI64 = AtomicI64::new(0);
        Timestamp::from_second(LOOKS.fetch_add(2, Ordering::Relaxed)).unwrap()
    }
    let wire = Wire::answering([answer("one", 0..10)]);
    let deadline = Deadline::new(Timestamp::from_millisecond(1_500).unwrap(), Clock::of(passing));
    let all = many("one", 11);
    let all: Vec<&Service> = all.iter().collect();
    let found = wire.clients().until(deadline).observe(&all).await;
    let codes = found.iter().map(|found| found.as_ref().map_err(Fault::code).err());
    assert_eq!(codes.collect::<Vec<_>>(), [Some("deadline"); 11]);
    assert_eq!(wire.asked().len(), 1);
}
