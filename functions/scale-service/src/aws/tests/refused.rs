//! What AWS's refusals become, which of them are tried again, and in whose name AWS is asked.

use super::*;

const BOUNDS: Bounds = Bounds { min: 2, max: 8, suspended: None };

/// Every operation that can be refused, refused so until nobody asks any more.
async fn refused_everywhere(refusal: (u16, Value)) -> Vec<(Fault, usize)> {
    let api = api();
    let mut faults = Vec::new();
    for operation in 0..5 {
        let wire = Wire::answering(vec![refusal.clone(); 9]);
        let clients = wire.clients();
        let aws = clients.until(left(60));
        let fault = match operation {
            0 => aws.observe(&[&api]).await.remove(0).unwrap_err(),
            1 => aws.policies(&api).await.unwrap_err(),
            2 => aws.scheduled(&api).await.unwrap_err(),
            3 => aws.set_bounds(&api, &BOUNDS).await.unwrap_err(),
            _ => aws.set_desired(&api, 2).await.unwrap_err(),
        };
        faults.push((fault, wire.asked().len()));
    }
    faults
}

/// The operations, as people read them.
const OPERATIONS: [&str; 5] = [
    "describe services of cluster portfolio-prod",
    "describe the scaling policies of service/portfolio-prod/api",
    "describe the scheduled actions of service/portfolio-prod/api",
    "set the bounds of service/portfolio-prod/api",
    "set the desired count of service/portfolio-prod/api",
];

#[tokio::test]
async fn refusals_are_told_apart_by_their_code_and_only_what_passes_is_tried_again() {
    use FaultClass::{Conflict, Denied, NotFound, Rejected, Throttled, Unavailable};
    for (status, code, expected, attempts) in [
        (400, "ThrottlingException", Throttled, 3),
        (500, "ServerException", Unavailable, 3),
        (500, "InternalServiceException", Unavailable, 3),
        (503, "ServiceUnavailable", Unavailable, 3),
        (400, "InternalServiceException", Unavailable, 1),
        (400, "AccessDeniedException", Denied, 1),
        (400, "ExpiredTokenException", Denied, 1),
        (400, "UnrecognizedClientException", Denied, 1),
        (400, "ClientException", Rejected, 1),
        (400, "InvalidParameterException", Rejected, 1),
        (400, "ValidationException", Rejected, 1),
        (400, "InvalidNextTokenException", Rejected, 1),
        (400, "FailedResourceAccessException", Rejected, 1),
        (400, "UnsupportedFeatureException", Rejected, 1),
        (400, "ObjectNotFoundException", NotFound, 1),
        (400, "ServiceNotFoundException", NotFound, 1),
        (400, "ServiceNotActiveException", NotFound, 1),
        (400, "ConcurrentUpdateException", Conflict, 1),
    ] {
        for key in ["message", "Message"] {
            let faults = refused_everywhere(refusal(status, code, key)).await;
            for ((fault, asked), operation) in faults.into_iter().zip(OPERATIONS) {
                let text = format!("failed to {operation}: {code}: no");
                assert_eq!((shown(&fault), asked), ((Some(expected), text), attempts), "{status}");
            }
        }
    }
}

#[tokio::test]
async fn a_service_is_not_found_where_its_cluster_is_not() {
    let answer = refusal(400, "ClusterNotFoundException", "message");
    let (counts, _) = with([answer], async |aws| aws.set_desired(&api(), 2).await).await;
    assert_eq!(counts.unwrap_err().class, Some(FaultClass::NotFound));
}

#[tokio::test]
async fn the_quota_of_scalable_targets_is_no_throttling() {
    let answer = refusal(400, "LimitExceededException", "Message");
    let (answer, asked) = with([answer], async |aws| aws.set_bounds(&api(), &BOUNDS).await).await;
    let text = "failed to set the bounds of service/portfolio-prod/api: LimitExceededException: no";
    assert_eq!(shown(&answer.unwrap_err()), (Some(FaultClass::Rejected), text.to_owned()));
    assert_eq!(asked.len(), 1);
}

#[tokio::test]
async fn what_is_throttled_once_succeeds_at_the_next_attempt() {
    let throttled = || refusal(400, "ThrottlingException", "message");
    let answer = (200, json!({"service": described("portfolio-prod", "api", json!({}))}));
    let (counts, asked) =
        with([throttled(), throttled(), answer], async |aws| aws.set_desired(&api(), 2).await).await;
    assert_eq!(counts.unwrap().desired, 2);
    assert!(asked.iter().all(|again| again == &asked[0]), "{asked:?}");

    let answers = [throttled(), (200, json!({"ScalableTargetARN": "a"}))];
    let (answer, asked) = with(answers, async |aws| aws.set_bounds(&api(), &BOUNDS).await).await;
    answer.unwrap();
    assert_eq!(asked.len(), 2);
}

#[tokio::test]
async fn an_answer_that_is_no_answer_passes() {
    let (counts, _) = with([(200, json!("strange"))], async |aws| aws.set_desired(&api(), 2).await).await;
    let fault = counts.unwrap_err();
    assert!(fault.is_transient(), "{fault:?}");
}

#[tokio::test]
async fn every_service_is_asked_in_the_region_of_the_function() {
    let wire = Wire::answering([
        services(&[described("portfolio-prod", "api", json!({}))], &[]),
        targets(&[]),
        (200, json!({"ScalableTargetARN": "a"})),
        (200, json!({"service": described("portfolio-prod", "api", json!({}))})),
        (200, json!({"ScheduleArn": "a"})),
    ]);
    let clients = wire.clients();
    let aws = clients.until(left(60));
    aws.observe(&[&api()]).await.remove(0).unwrap();
    aws.set_bounds(&api(), &BOUNDS).await.unwrap();
    aws.set_desired(&api(), 2).await.unwrap();
    aws.send_at(&end_of_boost()).await.unwrap();
    let asked = wire.each(|request| {
        let host = request.uri().split('/').nth(2).unwrap();
        let signed = request.headers().get("authorization").unwrap();
        let scope = signed.split_once("Credential=").unwrap().1.split_once(',').unwrap().0;
        let scope: Vec<&str> = scope.split('/').skip(2).collect();
        format!("{host} {}", scope.join("/"))
    });
    let ecs = "ecs.eu-central-1.amazonaws.com eu-central-1/ecs/aws4_request";
    let autoscaling = "application-autoscaling.eu-central-1.amazonaws.com \
                       eu-central-1/application-autoscaling/aws4_request";
    let scheduler = "scheduler.eu-central-1.amazonaws.com eu-central-1/scheduler/aws4_request";
    assert_eq!(asked, [ecs, autoscaling, autoscaling, ecs, scheduler]);
}

#[tokio::test]
async fn nothing_is_begun_when_the_invocation_is_about_to_end() {
    let wire = Wire::answering([]);
    let clients = wire.clients();
    let aws = clients.until(left(1));
    let api = api();
    let faults = [
        aws.observe(&[&api]).await.remove(0).unwrap_err(),
        aws.policies(&api).await.unwrap_err(),
        aws.scheduled(&api).await.unwrap_err(),
        aws.set_bounds(&api, &BOUNDS).await.unwrap_err(),
        aws.set_desired(&api, 2).await.unwrap_err(),
        aws.send_at(&end_of_boost()).await.unwrap_err(),
    ];
    for (fault, operation) in faults.iter().zip(OPERATIONS.into_iter().chain(["make the schedule end-1"])) {
        let text = format!("failed to {operation}: only 1000 ms are left of this invocation");
        assert_eq!((shown(fault), fault.code()), ((None, text), "deadline"));
    }
    assert_eq!(wire.asked(), [""; 0]);
}
