//! What an invoker gets back, and what was asked of CloudFront for it.

use serde_json::json;
use tests::runtime_api::{Answer, InvokeOptions};
use tests::stage::sqs;

use super::{command, set};

#[tokio::test]
async fn a_command_makes_one_invalidation_and_no_other_call() {
    let mut stage = set(&[]).await;
    let report = stage.report(&command()).await;
    assert_eq!(report["verdict"], "acted", "{report}");
    assert_eq!(report["source"], "operator");
    assert_eq!(report["after"], json!({"invalidation": "I0000000000001", "status": "InProgress"}));
    assert_eq!(
        report["next"],
        "aws cloudfront wait invalidation-completed --distribution-id E1EXAMPLE --id I0000000000001"
    );
    assert_eq!(stage.asked(), ["CreateInvalidation"]);
    let request = &stage.aws.requests()[0];
    assert_eq!(request.resource, "E1EXAMPLE");
    assert_eq!(request.batch.as_ref().unwrap().paths, ["/app.js", "/news/*"]);
}

#[tokio::test]
async fn a_tenant_is_invalidated_by_its_own_operation() {
    let mut stage = set(&[]).await;
    let report =
        stage.report(&json!({"action": "invalidate", "target": "customer-site", "everything": true})).await;
    assert_eq!(report["verdict"], "acted", "{report}");
    assert_eq!(stage.asked(), ["CreateInvalidationForDistributionTenant"]);
    let request = &stage.aws.requests()[0];
    assert_eq!(request.resource, "dt_EXAMPLE");
    assert_eq!(request.batch.as_ref().unwrap().paths, ["/*"]);
}

#[tokio::test]
async fn the_same_command_again_is_a_new_order_of_an_operator() {
    let mut stage = set(&[]).await;
    stage.report(&command()).await;
    stage.report(&command()).await;
    let references = stage.aws.requests().into_iter().map(|request| request.batch.unwrap().caller_reference);
    let references: Vec<String> = references.collect();
    assert_ne!(references[0], references[1]);
}

#[tokio::test]
async fn the_same_invocation_again_makes_nothing_new() {
    let mut stage = set(&[]).await;
    let options =
        InvokeOptions { request_id: Some("one-and-the-same".to_owned()), ..InvokeOptions::default() };
    stage.invoke_with(&command(), options.clone()).await;
    let Answer::Response(answer) = stage.invoke_with(&command(), options).await else {
        panic!("a function error")
    };
    assert_eq!(answer["reports"][0]["after"]["invalidation"], "I0000000000001", "{answer}");
    assert_eq!(stage.asked(), ["CreateInvalidation", "CreateInvalidation"]);
}

#[tokio::test]
async fn a_plan_asks_nothing() {
    let mut stage = set(&[("LAMPLIGHTER_MODE", "plan")]).await;
    let report = stage.report(&command()).await;
    assert_eq!(report["verdict"], "planned", "{report}");
    assert_eq!(report["mode"], "plan");
    assert!(stage.aws.requests().is_empty());
}

#[tokio::test]
async fn a_batch_is_answered_with_its_failures_alone() {
    let mut stage = set(&[]).await;
    let event = sqs(&[command().to_string(), command().to_string()]);
    assert_eq!(stage.invoke(&event).await, Answer::Response(json!({"batchItemFailures": []})));
    assert_eq!(stage.asked(), ["CreateInvalidation"]);
}

#[tokio::test]
async fn a_record_that_is_no_json_fails_alone() {
    let mut stage = set(&[]).await;
    let event = sqs(&[command().to_string(), "paths: everything".to_owned(), command().to_string()]);
    let failures = json!({"batchItemFailures": [{"itemIdentifier": "m-2"}]});
    assert_eq!(stage.invoke(&event).await, Answer::Response(failures));
    assert_eq!(stage.asked(), ["CreateInvalidation"]);
    assert_eq!(stage.aws.requests()[0].batch.as_ref().unwrap().paths, ["/app.js", "/news/*"]);
}

#[tokio::test]
async fn an_unknown_target_is_a_function_error_with_the_report() {
    let mut stage = set(&[]).await;
    let event = json!({"action": "invalidate", "target": "wether-site", "everything": true});
    let (error_type, report) = stage.failed_report(&event, InvokeOptions::default()).await;
    assert_eq!(error_type, "UnknownTarget");
    assert_eq!(report["verdict"], "failed");
    assert_eq!(report["target"], "wether-site");
    assert_eq!(report["error"]["type"], "UnknownTarget");
    assert!(stage.aws.requests().is_empty());
}

#[tokio::test]
async fn an_unknown_field_is_an_invalid_command_that_names_it() {
    let mut stage = set(&[]).await;
    let event = json!({"action": "invalidate", "target": "weather-site", "path": "/index.html"});
    let (error_type, report) = stage.failed_report(&event, InvokeOptions::default()).await;
    assert_eq!(error_type, "InvalidCommand");
    assert!(report["error"]["text"].as_str().unwrap().contains("`path`"), "{report}");
    assert!(stage.aws.requests().is_empty());
}

#[tokio::test]
async fn a_function_survives_what_it_cannot_do() {
    let mut stage = set(&[]).await;
    stage.invoke(&json!(["a", "list"])).await;
    assert_eq!(stage.report(&command()).await["verdict"], "acted");
}

/// serde stops at 128 levels, and the runtime with it: such a payload must be refused before it gets there.
#[tokio::test]
async fn a_payload_too_deep_to_read_is_refused_with_a_report() {
    let mut stage = set(&[]).await;
    let deep = (0..200).fold(json!(null), |inner, _| json!([inner]));
    let (kind, report) = stage.failed_report(&deep, InvokeOptions::default()).await;
    assert_eq!(kind, "UndecodableEvent");
    assert_eq!(report["why"]["code"], "undecodable-event");
}
