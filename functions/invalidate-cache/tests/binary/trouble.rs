//! What AWS does to a function, on the wire and with the SDK's own retries.

use std::time::Duration;

use serde_json::json;
use tests::runtime_api::{Answer, InvokeOptions};
use tests::stage::sqs;
use tests::stand_in::{Fault, Limits};

use super::{command, set};

/// The only test that waits for the SDK's real pauses, about a second each.
#[tokio::test]
async fn throttling_is_retried_until_it_passes() {
    let mut stage = set(&[]).await;
    stage.aws.fail_next("CreateInvalidation", 2, Fault::THROTTLING);
    let report = stage.report(&command()).await;
    assert_eq!(report["verdict"], "acted", "{report}");
    assert_eq!(stage.asked(), ["CreateInvalidation"; 3]);
    let requests = stage.aws.requests();
    assert!(requests.iter().all(|request| request.batch == requests[0].batch));
}

#[tokio::test]
async fn a_service_that_stays_away_fails_the_record_for_redelivery() {
    let mut stage = set(&[("AWS_MAX_ATTEMPTS", "1")]).await;
    stage.aws.fail_next("CreateInvalidation", 1, Fault::SERVICE_UNAVAILABLE);
    let failures = json!({"batchItemFailures": [{"itemIdentifier": "m-1"}]});
    assert_eq!(stage.invoke(&sqs(&[command().to_string()])).await, Answer::Response(failures));
}

#[tokio::test]
async fn a_connection_that_ends_is_a_failure_and_not_an_end() {
    let mut stage = set(&[("AWS_MAX_ATTEMPTS", "1")]).await;
    stage.aws.hang_up_next("CreateInvalidation", 1);
    let (error_type, report) = stage.failed_report(&command(), InvokeOptions::default()).await;
    assert_eq!(error_type, "CommandFailed");
    assert_eq!(report["verdict"], "failed");
    assert_eq!(stage.report(&command()).await["verdict"], "acted");
}

#[tokio::test]
async fn a_distribution_that_is_not_there_or_not_ours_fails_with_the_target() {
    let mut stage = set(&[]).await;
    for fault in [Fault::NO_SUCH_DISTRIBUTION, Fault::ACCESS_DENIED] {
        stage.aws.fail_next("CreateInvalidation", 1, fault);
        let (error_type, report) = stage.failed_report(&command(), InvokeOptions::default()).await;
        assert_eq!(error_type, "CommandFailed");
        let text = report["why"]["text"].as_str().unwrap();
        assert!(text.contains("`weather-site`") && text.contains(fault.code), "{text}");
    }
    assert_eq!(stage.asked(), ["CreateInvalidation"; 2]);
}

#[tokio::test]
async fn what_has_no_room_is_widened_after_a_look_at_what_is_in_progress() {
    let mut stage = set(&[]).await;
    stage.aws.enforce(Limits::DEFAULT);
    stage.aws.begin_invalidation("E1EXAMPLE", &["/done"]);
    stage.aws.complete_invalidations();
    let wildcards: Vec<String> = (1..=14).map(|n| format!("/{n}/*")).collect();
    let wildcards: Vec<&str> = wildcards.iter().map(String::as_str).collect();
    stage.aws.begin_invalidation("E1EXAMPLE", &wildcards);
    stage.aws.begin_invalidation("E1EXAMPLE", &["/a"]);

    let event =
        json!({"action": "invalidate", "target": "weather-site", "paths": ["/news/a/*", "/news/b/*"]});
    let report = stage.report(&event).await;
    assert_eq!(report["verdict"], "acted", "{report}");
    assert_eq!(report["why"]["code"], "invalidated-wider");
    assert_eq!(report["before"], json!({"invalidations_in_progress": 2}));
    assert_eq!(
        stage.asked(),
        [
            "CreateInvalidation",
            "ListInvalidations",
            "GetInvalidation",
            "GetInvalidation",
            "CreateInvalidation"
        ]
    );
    let widened = stage.aws.requests_of("CreateInvalidation").pop().unwrap().batch.unwrap();
    assert_eq!(widened.paths, ["/news/*"]);
}

#[tokio::test]
async fn a_tenant_that_has_no_room_is_looked_at_the_same_way() {
    let mut stage = set(&[]).await;
    stage.aws.enforce(Limits::DEFAULT);
    let wildcards: Vec<String> = (1..=14).map(|n| format!("/{n}/*")).collect();
    let wildcards: Vec<&str> = wildcards.iter().map(String::as_str).collect();
    stage.aws.begin_invalidation("dt_EXAMPLE", &wildcards);
    let event =
        json!({"action": "invalidate", "target": "customer-site", "paths": ["/news/a/*", "/news/b/*"]});
    let report = stage.report(&event).await;
    assert_eq!(report["why"]["code"], "invalidated-wider", "{report}");
    assert_eq!(
        stage.asked(),
        [
            "CreateInvalidationForDistributionTenant",
            "ListInvalidationsForDistributionTenant",
            "GetInvalidationForDistributionTenant",
            "CreateInvalidationForDistributionTenant"
        ]
    );
}

#[tokio::test]
async fn what_has_no_room_at_all_comes_back() {
    let mut stage = set(&[]).await;
    stage.aws.enforce(Limits { files: 0, wildcards: 15 });
    let wildcards: Vec<String> = (1..=15).map(|n| format!("/{n}/*")).collect();
    let wildcards: Vec<&str> = wildcards.iter().map(String::as_str).collect();
    stage.aws.begin_invalidation("E1EXAMPLE", &wildcards);

    let (error_type, report) = stage.failed_report(&command(), InvokeOptions::default()).await;
    assert_eq!(error_type, "CommandFailed");
    assert_eq!(report["why"]["code"], "invalidations-in-progress", "{report}");
    assert_eq!(stage.asked(), ["CreateInvalidation", "ListInvalidations", "GetInvalidation"]);

    stage.aws.complete_invalidations();
    stage.aws.enforce(Limits::DEFAULT);
    assert_eq!(stage.report(&command()).await["verdict"], "acted");
}

#[tokio::test]
async fn an_operation_is_not_begun_that_cannot_end_in_time() {
    let mut stage = set(&[]).await;
    let options = InvokeOptions { time_left: Duration::from_millis(900), ..InvokeOptions::default() };
    let (_, report) = stage.failed_report(&command(), options).await;
    assert_eq!(report["verdict"], "failed");
    assert_eq!(report["why"]["code"], "deadline", "{report}");
    assert!(stage.aws.requests().is_empty());
}

#[tokio::test]
async fn an_answer_that_comes_too_late_is_not_waited_for() {
    let mut stage = set(&[]).await;
    stage.aws.delay_next("CreateInvalidation", Duration::from_secs(60));
    let options = InvokeOptions { time_left: Duration::from_secs(2), ..InvokeOptions::default() };
    let (error_type, report) = stage.failed_report(&command(), options).await;
    assert_eq!(error_type, "CommandFailed");
    assert_eq!(report["verdict"], "failed", "{report}");
}
