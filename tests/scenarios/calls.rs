//! The calls to CloudFront on every path, as the function's own documentation counts them.

use invalidate_cache::world::Meaning;
use serde_json::{Value, json};

use crate::site::{ONE, SITE, Site, change, command, event, queue, queued, redelivered};

/// The calls that an event leads to, without the distribution's name.
async fn calls(site: &Site, event: &Value) -> Vec<String> {
    let outcome = site.gets(event).await;
    outcome.calls.iter().map(|call| call.replace(&format!(" {SITE}"), "")).collect()
}

fn body() -> Value {
    change("assets/app.css")
}

#[tokio::test]
async fn a_first_delivery_is_one_request_and_no_other() {
    assert_eq!(calls(&Site::with(ONE), &queued(&body())).await, ["create"]);
    let many: Vec<Value> = (0..100).map(|n| change(&format!("assets/{n}.css"))).collect();
    assert_eq!(calls(&Site::with(ONE), &queue(&many)).await, ["create"]);
}

#[tokio::test]
async fn a_batch_is_one_request_for_each_distribution() {
    let outcome = Site::prod().gets(&event("s3-eventbridge-in-sqs")).await;
    assert_eq!(outcome.calls, ["create E1WEATHEREXAMPLE", "create E2WEATHEREXAMPLE"]);
}

#[tokio::test]
async fn a_redelivery_looks_first() {
    let site = Site::with(ONE);
    assert_eq!(calls(&site, &redelivered(2, &[body()])).await, ["in_progress", "create"]);
    // What it finds done needs no request.
    assert_eq!(calls(&site, &redelivered(3, &[body()])).await, ["in_progress"]);
}

#[tokio::test]
async fn no_room_is_looked_into_and_asked_for_again_at_most_twice() {
    let site = Site::with(ONE);
    site.cloudfront.fail_next("create", Meaning::NoRoom);
    assert_eq!(calls(&site, &queued(&body())).await, ["create", "in_progress", "create"]);
    let site = Site::with(ONE);
    for _ in 0..9 {
        site.cloudfront.fail_next("create", Meaning::NoRoom);
    }
    let all = ["create", "in_progress", "create", "in_progress", "create"];
    assert_eq!(calls(&site, &queued(&body())).await, all);
}

#[tokio::test]
async fn a_batch_that_is_too_large_is_halved_at_most_twice() {
    let many = || queue(&(0..40).map(|n| change(&format!("assets/{n}.css"))).collect::<Vec<_>>());
    let site = Site::with(ONE);
    site.cloudfront.fail_next("create", Meaning::BatchTooLarge);
    assert_eq!(calls(&site, &many()).await, ["create", "create"]);
    let site = Site::with(ONE);
    for _ in 0..9 {
        site.cloudfront.fail_next("create", Meaning::BatchTooLarge);
    }
    assert_eq!(calls(&site, &many()).await, ["create", "create", "create"]);
}

#[tokio::test]
async fn a_used_reference_is_looked_up_once() {
    let site = Site::with(ONE);
    site.cloudfront.fail_next("create", Meaning::ReferenceUsed);
    assert_eq!(calls(&site, &queued(&body())).await, ["create", "find"]);
}

#[tokio::test]
async fn a_dry_run_changes_nothing_and_reads_only_what_a_redelivery_needs() {
    let planned = command(json!({"paths": ["/a.css"], "mode": "plan"}));
    assert_eq!(calls(&Site::with(ONE), &queued(&planned)).await, [""; 0]);
    assert_eq!(calls(&Site::with(ONE), &redelivered(2, &[planned])).await, ["in_progress"]);
    let site = Site::with(ONE).in_plan_mode();
    assert_eq!(calls(&site, &queued(&body())).await, [""; 0]);
    assert!(site.items(SITE).is_empty());
}

#[tokio::test]
async fn what_is_answered_without_looking_needs_no_call() {
    for name in
        ["command-unknown-target", "s3-test-event", "alarm-metric-in-sns", "health-event", "custom-event"]
    {
        assert_eq!(calls(&Site::with(ONE), &event(name)).await, [""; 0], "{name}");
    }
}
