//! When CloudFront, or the time, does not allow it.

use std::slice;

use invalidate_cache::world::Meaning;
use serde_json::json;
use shared::fault::FaultClass;

use crate::site::{ONE, SITE, Site, change, command, event, messages, queued, redelivered};

/// Whatever can go wrong, the code that the report has, and whether trying again may help.
const MEANINGS: [(Meaning, &str, bool); 10] = [
    (Meaning::BatchTooLarge, "batch-too-large", false),
    (Meaning::ReferenceUsed, "caller-reference-used", false),
    (Meaning::OutOfTime, "deadline", true),
    (Meaning::Common(FaultClass::Throttled), "throttled", true),
    (Meaning::Common(FaultClass::Unavailable), "unavailable", true),
    (Meaning::Common(FaultClass::Conflict), "conflict", true),
    (Meaning::Common(FaultClass::NotFound), "not-found", false),
    (Meaning::Common(FaultClass::Denied), "access-denied", false),
    (Meaning::Common(FaultClass::Rejected), "rejected", false),
    (Meaning::Common(FaultClass::Unknown), "unknown-error", true),
];

/// Makes every attempt of one invocation to create an invalidation fail.
fn fail(site: &Site, meaning: Meaning) {
    for _ in 0..3 {
        site.cloudfront.fail_next("create", meaning);
    }
}

#[tokio::test]
async fn any_error_but_too_many_is_not_swallowed() {
    for (meaning, code, again) in MEANINGS {
        let site = Site::with(ONE);
        fail(&site, meaning);
        let outcome = site.gets(&queued(&change("assets/app.css"))).await;
        assert_eq!(outcome.verdict(), ("failed", code));
        assert_eq!(outcome.returned, messages([0]), "{code}");
        let report = outcome.report();
        assert!(report.why.text.contains("weather-site"), "{}", report.why.text);
        let next = report.next.as_deref().unwrap();
        assert_eq!(next.starts_with("it is tried again"), again, "{code}: {next}");
    }
}

#[tokio::test]
async fn a_failure_is_never_answered_with_success() {
    for name in
        ["s3-put", "command-paths", "sns-command", "deploy-event", "s3-eventbridge", "schedule-command"]
    {
        let site = Site::with(ONE);
        site.cloudfront.fail_next("create", Meaning::Common(FaultClass::Unavailable));
        let outcome = site.gets(&event(name)).await;
        assert_eq!(outcome.verdict(), ("failed", "unavailable"), "{name}");
        assert_eq!(outcome.returned.len(), 1, "{name}");
    }
}

#[tokio::test]
async fn on_a_fifo_queue_nothing_is_taken_up_behind_an_order_that_failed() {
    let site = Site::prod();
    let mut batch = event("sqs-fifo");
    for (message, target) in
        batch["Records"].as_array_mut().unwrap().iter_mut().zip(["weather-site", "portfolio-site"])
    {
        message["body"] =
            json!(json!({"action": "invalidate", "target": target, "paths": ["/a.css"]}).to_string());
    }
    site.cloudfront.fail_next("create", Meaning::Common(FaultClass::Unavailable));
    let outcome = site.gets(&batch).await;
    assert_eq!(outcome.verdict(), ("failed", "unavailable"));
    assert_eq!((outcome.returned.len(), outcome.calls.len()), (2, 1));
}

#[tokio::test]
async fn throttling_and_a_service_that_is_down_are_redelivered_until_it_works() {
    let site = Site::with(ONE);
    let body = change("assets/app.css");
    let troubles =
        [FaultClass::Throttled, FaultClass::Unavailable, FaultClass::Unavailable, FaultClass::Throttled];
    for (times, trouble) in (1..).zip(troubles) {
        site.cloudfront.fail_next("create", Meaning::Common(trouble));
        let outcome = site.gets(&redelivered(times, slice::from_ref(&body))).await;
        assert_eq!(outcome.returned, messages([0]));
        assert!(site.items(SITE).is_empty());
    }
    let outcome = site.gets(&redelivered(5, &[body])).await;
    assert_eq!(outcome.verdict(), ("acted", "invalidated"));
    assert_eq!(site.only(SITE).items, ["/assets/app.css"]);
}

#[tokio::test]
async fn what_cannot_be_read_of_a_redelivery_is_a_failure_and_nothing_is_asked_for() {
    let site = Site::with(ONE);
    site.cloudfront.fail_next("in_progress", Meaning::Common(FaultClass::Throttled));
    let outcome = site.gets(&redelivered(2, &[change("assets/app.css")])).await;
    assert_eq!((outcome.verdict(), outcome.returned.clone()), (("failed", "throttled"), messages([0])));
    assert_eq!(outcome.calls, [format!("in_progress {SITE}")]);
}

#[tokio::test]
async fn a_missing_distribution_and_a_missing_permission_fail_with_the_targets_name() {
    for (class, words) in [(FaultClass::NotFound, "NoSuchDistribution"), (FaultClass::Denied, "AccessDenied")]
    {
        let site = Site::with(ONE);
        site.cloudfront.fail_next("create", Meaning::Common(class));
        let outcome = site.gets(&command(json!({"paths": ["/a.css"]}))).await;
        let report = outcome.report();
        assert!(report.why.text.starts_with("target `weather-site`: "), "{}", report.why.text);
        let error = report.error.as_ref().unwrap();
        assert!(error.text.contains(words), "{}", error.text);
        assert_eq!(error.kind.as_str(), "CommandFailed");
        assert_eq!(report.steps[0].details["distribution"], SITE);
    }
}
