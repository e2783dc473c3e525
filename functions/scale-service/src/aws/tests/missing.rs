//! Services and clusters that are not there, and those of which AWS says nothing good.

use super::*;

const ARN: &str = "arn:aws:ecs:eu-central-1:123456789012:service";

fn failure(arn: &str, reason: &str) -> Value {
    json!({"arn": format!("{ARN}/{arn}"), "reason": reason})
}

/// What is observed, as people read it; `service` for one that there is.
fn said(found: &[Result<Found, Fault>]) -> Vec<String> {
    let say = |found: &Result<Found, Fault>| match found {
        Ok(Found::Service(state)) => format!("service with {} tasks", state.desired),
        Ok(Found::Missing(words)) => format!("missing: {words}"),
        Err(fault) => format!("{}: {fault}: {}", fault.code(), fault.source),
    };
    found.iter().map(say).collect()
}

#[tokio::test]
async fn a_missing_service_is_an_answer_and_nobody_asks_for_its_scalable_target() {
    for arn in ["portfolio-prod/api", "api"] {
        let answers = [services(&[], &[failure(arn, "MISSING")])];
        let (found, asked) = with(answers, async |aws| aws.observe(&[&api()]).await).await;
        let expected = format!("missing: cluster portfolio-prod: MISSING: {ARN}/{arn}");
        assert_eq!((said(&found), asked.len()), (vec![expected], 1));
    }
}

#[tokio::test]
async fn a_missing_service_does_not_keep_others_from_being_found() {
    let [api, worker] = ["api", "worker"].map(|name| service("portfolio-prod", name));
    let worker_alone = [described("portfolio-prod", "worker", json!({}))];
    let answers = [services(&worker_alone, &[failure("portfolio-prod/api", "MISSING")]), targets(&[])];
    let (found, asked) = with(answers, async |aws| aws.observe(&[&api, &worker]).await).await;
    let expected = format!("missing: cluster portfolio-prod: MISSING: {ARN}/portfolio-prod/api");
    assert_eq!(said(&found), [expected.as_str(), "service with 2 tasks"]);
    assert!(asked[1].contains(r#""ResourceIds":["service/portfolio-prod/worker"],"#), "{}", asked[1]);
}

#[tokio::test]
async fn services_of_a_missing_cluster_are_missing_and_others_are_not() {
    let [first, second] = ["api", "worker"].map(|name| service("gone", name));
    let no_cluster = (400, json!({"__type": "ClusterNotFoundException", "message": "Cluster not found."}));
    let answers = [no_cluster, services(&[described("portfolio-prod", "api", json!({}))], &[]), targets(&[])];
    let (found, asked) = with(answers, async |aws| aws.observe(&[&first, &api(), &second]).await).await;
    let missing = "missing: cluster gone: ClusterNotFoundException: Cluster not found.";
    assert_eq!(said(&found), [missing, "service with 2 tasks", missing]);
    assert!(asked[2].contains(r#""ResourceIds":["service/portfolio-prod/api"],"#), "{}", asked[2]);
}

/// What a role that may describe all but `worker` gets to know of three services, and how often ECS is asked.
#[tokio::test]
async fn a_service_that_the_role_may_not_describe_keeps_no_neighbour_from_being_found() {
    let all = ["api", "web", "worker"].map(|name| service("portfolio-prod", name));
    let one = |name: &str| services(&[described("portfolio-prod", name, json!({}))], &[]);
    let denied = || refusal(400, "AccessDeniedException", "message");
    let answers = [denied(), one("api"), one("web"), denied(), targets(&[])];
    let (found, asked) = with(answers, async |aws| aws.observe(&all.each_ref()).await).await;
    let text =
        "access-denied: failed to describe services of cluster portfolio-prod: AccessDeniedException: no";
    assert_eq!(said(&found), ["service with 2 tasks", "service with 2 tasks", text]);
    let named =
        |names: &str| format!(r#"DescribeServices {{"cluster":"portfolio-prod","services":[{names}]}}"#);
    let expected = [r#""api","web","worker""#, r#""api""#, r#""web""#, r#""worker""#].map(named);
    assert_eq!(asked[..4], expected);
    assert!(
        asked[4].contains(r#"["service/portfolio-prod/api","service/portfolio-prod/web"]"#),
        "{}",
        asked[4]
    );
}

/// No other refusal tells one service from its neighbours.
#[tokio::test]
async fn what_is_refused_for_another_reason_is_not_asked_one_by_one() {
    let [api, worker] = ["api", "worker"].map(|name| service("portfolio-prod", name));
    for (code, expected) in [("ClientException", "rejected"), ("ServiceNotFoundException", "not-found")] {
        let answers = [refusal(400, code, "message")];
        let (found, asked) = with(answers, async |aws| aws.observe(&[&api, &worker]).await).await;
        let codes = found.iter().map(|found| found.as_ref().map_err(Fault::code).err());
        assert_eq!((codes.collect::<Vec<_>>(), asked.len()), (vec![Some(expected); 2], 1));
    }
}

#[tokio::test]
async fn the_error_of_one_cluster_is_none_of_another() {
    let closed = service("closed", "api");
    let denied = refusal(400, "AccessDeniedException", "message");
    let answers = [denied, services(&[described("portfolio-prod", "api", json!({}))], &[]), targets(&[])];
    let (found, _) = with(answers, async |aws| aws.observe(&[&closed, &api()]).await).await;
    let denied = "access-denied: failed to describe services of cluster closed: AccessDeniedException: no";
    assert_eq!(said(&found), [denied, "service with 2 tasks"]);
}

#[tokio::test]
async fn where_scalable_targets_cannot_be_read_services_fail_but_missing_ones_stay_missing() {
    let [api, worker] = ["api", "worker"].map(|name| service("portfolio-prod", name));
    let api_alone = [described("portfolio-prod", "api", json!({}))];
    let answers = [
        services(&api_alone, &[failure("portfolio-prod/worker", "MISSING")]),
        refusal(400, "AccessDeniedException", "Message"),
    ];
    let (found, _) = with(answers, async |aws| aws.observe(&[&api, &worker]).await).await;
    let denied = "access-denied: failed to describe scalable targets: AccessDeniedException: no";
    let missing = format!("missing: cluster portfolio-prod: MISSING: {ARN}/portfolio-prod/worker");
    assert_eq!(said(&found), [denied, missing.as_str()]);
}

#[tokio::test]
async fn another_failure_is_no_missing_service_and_neither_is_silence() {
    let prefix = "failed to describe service/portfolio-prod/api";
    let mut detailed = failure("portfolio-prod/api", "BROKEN");
    detailed["detail"] = json!("in two");
    let nameless = json!({"reason": "MISSING"});
    for (failures, expected) in [
        (vec![failure("api", "BROKEN")], format!("BROKEN: {ARN}/api")),
        (vec![detailed], format!("BROKEN: in two: {ARN}/portfolio-prod/api")),
        (vec![json!({"arn": "api"})], "api".to_owned()),
        (vec![], "the answer does not say what became of it".to_owned()),
        (vec![nameless], "the answer does not say what became of it".to_owned()),
        (vec![failure("my-api", "MISSING")], "the answer does not say what became of it".to_owned()),
    ] {
        let (found, asked) = with([services(&[], &failures)], async |aws| aws.observe(&[&api()]).await).await;
        assert_eq!(said(&found), [format!("unknown-error: {prefix}: {expected}")]);
        assert_eq!(asked.len(), 1);
    }
}
