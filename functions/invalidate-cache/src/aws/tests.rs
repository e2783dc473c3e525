//! The adapter on the wire: real bodies of CloudFront in, exact requests out.

use aws_sdk_cloudfront::config::retry::RetryConfig;
use aws_sdk_cloudfront::operation::create_invalidation::{CreateInvalidationInput, CreateInvalidationOutput};
use aws_sdk_cloudfront::operation::get_invalidation::GetInvalidationOutput;
use aws_sdk_cloudfront::operation::list_invalidations::ListInvalidationsOutput;
use aws_sdk_cloudfront::primitives::DateTime;
use aws_sdk_cloudfront::types::InvalidationList;
use aws_smithy_mocks::{Rule, RuleMode, mock, mock_client};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use shared::kinds::distribution::{DistributionId, TenantId};
use shell::clock::Clock;

use super::*;

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn distribution() -> Cache {
    Cache::Distribution(DistributionId::try_from("E1EXAMPLE".to_owned()).unwrap())
}

fn tenant() -> Cache {
    Cache::Tenant(TenantId::try_from("dt_1Example".to_owned()).unwrap())
}

fn request(cache: Cache) -> Request {
    let items = vec!["#tag".to_owned(), "/a%20b".to_owned(), "/c/*".to_owned()];
    Request { cache, items, caller_reference: "lamplighter-1".to_owned() }
}

fn batch_of(items: &[String], caller_reference: &str) -> InvalidationBatch {
    batch(items, caller_reference).unwrap()
}

fn found(id: &str, caller_reference: &str) -> Found {
    Found::builder()
        .id(id)
        .status("InProgress")
        .create_time(DateTime::from_secs(60))
        .invalidation_batch(batch_of(&["/a".to_owned()], caller_reference))
        .build()
        .unwrap()
}

fn summary(id: &str, status: &str) -> InvalidationSummary {
    InvalidationSummary::builder().id(id).status(status).create_time(DateTime::from_secs(60)).build().unwrap()
}

fn listed(summaries: &[(String, &str)]) -> ListInvalidationsOutput {
    let quantity = i32::try_from(summaries.len()).unwrap();
    let items = summaries.iter().map(|(id, status)| summary(id, status)).collect();
    let list = InvalidationList::builder()
        .marker("")
        .max_items(100)
        .is_truncated(false)
        .quantity(quantity)
        .set_items(Some(items))
        .build()
        .unwrap();
    ListInvalidationsOutput::builder().invalidation_list(list).build()
}

/// CloudFront answering by these rules, with a minute left.
async fn with<T>(rules: &[&Rule], work: impl AsyncFn(&CloudFrontUntil<'_>) -> T) -> T {
    let client = mock_client!(aws_sdk_cloudfront, RuleMode::MatchAny, rules, |config| config
        .retry_config(RetryConfig::disabled()));
    let deadline = Deadline::new(Timestamp::from_second(60).unwrap(), Clock::of(|| NOW));
    work(&CloudFrontUntil { client: &client, deadline }).await
}

fn refusal(status: u16, code: &str, message: &str) -> HttpResponse {
    let body = format!(
        "<?xml version=\"1.0\"?><ErrorResponse xmlns=\"http://cloudfront.amazonaws.com/doc/2020-05-31/\">\
         <Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>\
         <RequestId>r-1</RequestId></ErrorResponse>"
    );
    HttpResponse::new(StatusCode::try_from(status).unwrap(), SdkBody::from(body))
}

#[tokio::test]
async fn a_request_carries_every_item_its_count_and_the_reference() {
    let matches = |input: &CreateInvalidationInput| {
        let batch = input.invalidation_batch().unwrap();
        let paths = batch.paths().unwrap();
        input.distribution_id() == Some("E1EXAMPLE")
            && batch.caller_reference() == "lamplighter-1"
            && paths.quantity() == 3
            && paths.items() == ["#tag", "/a%20b", "/c/*"]
    };
    let rule = mock!(Client::create_invalidation).match_requests(matches).then_output(|| {
        CreateInvalidationOutput::builder().invalidation(found("I1", "lamplighter-1")).build()
    });
    let created =
        with(&[&rule], async |cloudfront| cloudfront.create(&request(distribution())).await).await.unwrap();
    assert_eq!((created.id.as_str(), created.status.as_str()), ("I1", "InProgress"));
    assert_eq!(created.created_at, Some(Timestamp::from_second(60).unwrap()));
    assert_eq!((created.caller_reference.as_str(), rule.num_calls()), ("lamplighter-1", 1));
}

#[tokio::test]
async fn a_tenant_has_operations_of_its_own() {
    use aws_sdk_cloudfront::operation::create_invalidation_for_distribution_tenant::CreateInvalidationForDistributionTenantOutput;
    use aws_sdk_cloudfront::operation::get_invalidation_for_distribution_tenant::GetInvalidationForDistributionTenantOutput;
    use aws_sdk_cloudfront::operation::list_invalidations_for_distribution_tenant::ListInvalidationsForDistributionTenantOutput;
    let create = mock!(Client::create_invalidation_for_distribution_tenant)
        .match_requests(|input| input.id() == Some("dt_1Example"))
        .then_output(|| {
            CreateInvalidationForDistributionTenantOutput::builder().invalidation(found("I1", "r")).build()
        });
    let list = mock!(Client::list_invalidations_for_distribution_tenant)
        .match_requests(|input| input.id() == Some("dt_1Example"))
        .then_output(|| {
            let list = listed(&[("I1".to_owned(), "InProgress")]).invalidation_list;
            ListInvalidationsForDistributionTenantOutput::builder().set_invalidation_list(list).build()
        });
    let get = mock!(Client::get_invalidation_for_distribution_tenant)
        .match_requests(|input| {
            input.distribution_tenant_id() == Some("dt_1Example") && input.id() == Some("I1")
        })
        .then_output(|| {
            GetInvalidationForDistributionTenantOutput::builder().invalidation(found("I1", "r")).build()
        });
    with(&[&create, &list, &get], async |cloudfront| {
        assert_eq!(cloudfront.create(&request(tenant())).await.unwrap().id, "I1");
        let InProgress::Read(read) = cloudfront.in_progress(&tenant()).await.unwrap() else { panic!() };
        assert_eq!(read.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn errors_are_told_apart_by_their_code_on_the_wire() {
    use FaultClass::{Denied, NotFound, Rejected, Throttled, Unavailable};
    for (status, code, message, expected) in [
        (400, "TooManyInvalidationsInProgress", "too many", Meaning::NoRoom),
        (413, "BatchTooLarge", "too large", Meaning::BatchTooLarge),
        (400, "InvalidationBatchAlreadyExists", "exists", Meaning::ReferenceUsed),
        (
            400,
            "InvalidArgument",
            "Your request contains a caller reference that was used for a previous invalidation",
            Meaning::ReferenceUsed,
        ),
        (
            400,
            "InvalidArgument",
            "Your request contains one or more invalid invalidation paths.",
            Meaning::Common(Rejected),
        ),
        (404, "NoSuchDistribution", "The specified distribution does not exist.", Meaning::Common(NotFound)),
        (404, "EntityNotFound", "The entity was not found.", Meaning::Common(NotFound)),
        (
            403,
            "AccessDenied",
            "not authorized to perform: cloudfront:CreateInvalidation",
            Meaning::Common(Denied),
        ),
        (400, "Throttling", "Rate exceeded", Meaning::Common(Throttled)),
        (503, "ServiceUnavailable", "try later", Meaning::Common(Unavailable)),
        (400, "InconsistentQuantities", "counts differ", Meaning::Common(Rejected)),
    ] {
        let rule =
            mock!(Client::create_invalidation).then_http_response(move || refusal(status, code, message));
        let fault = with(&[&rule], async |cloudfront| cloudfront.create(&request(distribution())).await)
            .await
            .unwrap_err();
        assert_eq!(fault.meaning, expected, "{code}");
        assert_eq!(fault.to_string(), "failed to create an invalidation of E1EXAMPLE");
        assert_eq!(fault.source.to_string(), format!("{code}: {message}"));
    }
}

#[tokio::test]
async fn only_invalidations_in_progress_are_read_and_at_most_twenty() {
    let get = mock!(Client::get_invalidation)
        .then_output(|| GetInvalidationOutput::builder().invalidation(found("I1", "r")).build());
    for (in_progress, expected_gets) in [(0, 0), (20, 20), (21, 0)] {
        let list = mock!(Client::list_invalidations).then_output(move || {
            let busy = (0..in_progress).map(|n| (format!("I{n}"), "InProgress"));
            let done = (0..30).map(|n| (format!("D{n}"), "Completed"));
            listed(&busy.chain(done).collect::<Vec<_>>())
        });
        let before = get.num_calls();
        let read = with(&[&list, &get], async |cloudfront| cloudfront.in_progress(&distribution()).await)
            .await
            .unwrap();
        assert_eq!((list.num_calls(), get.num_calls() - before), (1, expected_gets));
        match read {
            InProgress::Read(read) => assert_eq!(read.len(), in_progress),
            other => assert_eq!((other, in_progress), (InProgress::TooMany, 21)),
        }
    }
}

#[tokio::test]
async fn a_reference_is_looked_for_among_the_newest_twenty_whatever_their_status() {
    let list = mock!(Client::list_invalidations)
        .then_output(|| listed(&(0..50).map(|n| (format!("I{n}"), "Completed")).collect::<Vec<_>>()));
    let get = mock!(Client::get_invalidation).then_compute_output(|input| {
        let id = input.id().unwrap_or_default();
        GetInvalidationOutput::builder().invalidation(found(id, &format!("reference-{id}"))).build()
    });
    with(&[&list, &get], async |cloudfront| {
        let third = cloudfront.find(&distribution(), "reference-I2").await.unwrap().unwrap();
        assert_eq!((third.id.as_str(), get.num_calls()), ("I2", 3));
        assert_eq!(cloudfront.find(&distribution(), "reference-I20").await.unwrap(), None);
        assert_eq!(get.num_calls(), 23);
    })
    .await;
}

#[tokio::test]
async fn nothing_is_sent_when_the_invocation_is_about_to_end() {
    let create = mock!(Client::create_invalidation)
        .then_output(|| CreateInvalidationOutput::builder().invalidation(found("I1", "r")).build());
    let client = mock_client!(aws_sdk_cloudfront, [&create]);
    let deadline = Deadline::new(Timestamp::from_second(1).unwrap(), Clock::of(|| NOW));
    let cloudfront = CloudFrontUntil { client: &client, deadline };
    let fault = cloudfront.create(&request(distribution())).await.unwrap_err();
    assert_eq!((fault.meaning, create.num_calls()), (Meaning::OutOfTime, 0));
    assert_eq!(fault.source.to_string(), "only 1000 ms are left of this invocation");
}

#[tokio::test]
async fn an_answer_without_an_invalidation_is_no_success() {
    let rule = mock!(Client::create_invalidation).then_output(|| CreateInvalidationOutput::builder().build());
    let fault = with(&[&rule], async |cloudfront| cloudfront.create(&request(distribution())).await)
        .await
        .unwrap_err();
    assert!(fault.meaning.is_transient());
}
