//! The same event twice, and different events that look alike.

use invalidate_cache::world::Meaning;
use serde_json::json;

use crate::site::{
    ONE, SITE, Site, change, command, event, message, messages, queue, queued, redelivered, time,
};

const LATER: &str = "2026-11-21T09:02:00Z";

/// A change of the same object at another moment.
fn at(sequencer: &str) -> serde_json::Value {
    let mut change = change("assets/app.css");
    change["detail"]["object"]["sequencer"] = json!(sequencer);
    change
}

#[tokio::test]
async fn the_same_event_twice_is_one_invalidation() {
    for name in [
        "command-paths",
        "command-tags",
        "command-everything",
        "schedule-command",
        "s3-put",
        "s3-several-records",
        "s3-without-sequencer",
        "s3-in-sns",
        "s3-in-sqs",
        "s3-in-sns-in-sqs",
        "s3-eventbridge",
        "s3-eventbridge-in-sqs",
        "s3-delete",
        "deploy-event",
        "sns-command",
        "sns-without-signature",
        "sqs-fifo",
    ] {
        let site = Site::with(ONE);
        let first = site.gets(&event(name)).await;
        assert_eq!(first.verdict(), ("acted", "invalidated"), "{name}");
        let invalidation = site.only(SITE);
        // Whether it is still in progress or not.
        for completed in [false, true] {
            if completed {
                site.cloudfront.complete_all();
            }
            let second = site.gets_at(LATER, &event(name)).await;
            assert_eq!(second.verdict(), ("held", "already-invalidated"), "{name}");
            assert!(second.report().why.text.contains(&invalidation.id), "{}", second.report().why.text);
            assert_eq!(site.items(SITE).len(), 1, "{name}");
        }
    }
}

#[tokio::test]
async fn an_event_that_was_replayed_from_an_archive_makes_nothing_new() {
    let site = Site::with(ONE);
    let mut original = event("s3-eventbridge-replayed");
    original.as_object_mut().unwrap().remove("replay-name");
    assert_eq!(site.gets(&original).await.verdict(), ("acted", "invalidated"));
    let replayed = site.gets_at(LATER, &event("s3-eventbridge-replayed")).await;
    assert_eq!(replayed.verdict(), ("held", "already-invalidated"));
}

#[tokio::test]
async fn one_change_that_comes_by_two_ways_is_one_invalidation() {
    let site = Site::with(ONE);
    site.gets(&event("s3-in-sns-in-sqs")).await;
    let other_way = site.gets_at(LATER, &event("s3-in-sns-in-sqs-raw")).await;
    assert_eq!(other_way.verdict(), ("held", "already-invalidated"));
    site.only(SITE);
}

#[tokio::test]
async fn a_message_that_comes_twice_in_one_batch_is_one_request() {
    let site = Site::with(ONE);
    let body = command(json!({"paths": ["/a.css"]}));
    let twice = json!({"Records": [message("m-0", 1, &body), message("m-0", 1, &body)]});
    site.gets(&twice).await;
    let again = site.gets_at(LATER, &queued(&body)).await;
    assert_eq!(again.verdict(), ("held", "already-invalidated"));
}

#[tokio::test]
async fn two_events_in_the_same_millisecond_do_not_collide() {
    let site = Site::with(ONE);
    for sequencer in ["01", "02"] {
        let outcome = site.gets(&queued(&at(sequencer))).await;
        assert_eq!(outcome.verdict(), ("acted", "invalidated"));
    }
    let [first, second] = site.cloudfront.invalidations(SITE).try_into().unwrap();
    assert_eq!(first.items, second.items);
    assert_eq!(first.created_at, second.created_at);
    assert_ne!(first.caller_reference, second.caller_reference);
}

#[tokio::test]
async fn the_same_order_given_again_acts_again() {
    let site = Site::with(ONE);
    let body = command(json!({"paths": ["/a.css"]}));
    for id in ["m-0", "m-1"] {
        let outcome = site.gets(&json!({"Records": [message(id, 1, &body)]})).await;
        assert_eq!(outcome.verdict(), ("acted", "invalidated"));
    }
    assert_eq!(site.items(SITE).len(), 2);
}

#[tokio::test]
async fn one_reference_never_stands_for_two_distributions_or_two_sets_of_paths() {
    let site = Site::prod();
    site.gets(&command(json!({"paths": ["/a.css"], "id": "id-1"}))).await;
    site.gets(&command(json!({"paths": ["/b.css"], "id": "id-1"}))).await;
    site.gets(&command(json!({"paths": ["/a.css"], "id": "id-1", "target": "weather-site-secondary"}))).await;
    let all =
        [site.cloudfront.invalidations(SITE), site.cloudfront.invalidations("E2WEATHEREXAMPLE")].concat();
    let mut references: Vec<String> =
        all.into_iter().map(|invalidation| invalidation.caller_reference).collect();
    references.sort();
    references.dedup();
    assert_eq!(references.len(), 3);
}

#[tokio::test]
async fn records_that_are_grouped_anew_may_be_invalidated_again_and_are_counted() {
    let site = Site::with(ONE);
    site.gets(&queue(&[at("01"), change("assets/b.css")])).await;
    let alone = site.gets_at(LATER, &redelivered(2, &[at("01")])).await;
    assert_eq!(alone.verdict(), ("acted", "invalidated"));
    assert_eq!(alone.report().steps[0].details["redelivered"], 1);
    assert_eq!(site.items(SITE)[1], ["/assets/app.css"]);
}

#[tokio::test]
async fn a_widened_invalidation_is_recognized_when_its_records_come_again() {
    let site = Site::with(ONE);
    let others: Vec<String> = (0..2_999).map(|n| format!("/other/{n}.css")).collect();
    site.cloudfront.begin(SITE, "somebody-else", &others.iter().map(String::as_str).collect::<Vec<_>>());
    let bodies = [change("assets/a/1.css"), change("assets/a/2.css")];
    assert_eq!(site.gets(&queue(&bodies)).await.verdict(), ("acted", "invalidated-wider"));
    let again = site.gets_at(LATER, &redelivered(2, &bodies)).await;
    assert_eq!(again.verdict(), ("held", "already-invalidated"));
    assert_eq!(site.items(SITE).len(), 2);
}

#[tokio::test]
async fn a_reference_that_cloudfront_calls_used_is_looked_up_before_it_is_called_done() {
    let body = queued(&change("assets/app.css"));
    let site = Site::with(ONE);
    site.gets(&body).await;
    let invalidation = site.only(SITE);

    // CloudFront says so of the very same request: done it is.
    site.cloudfront.fail_next("create", Meaning::ReferenceUsed);
    let same = site.gets_at(LATER, &body).await;
    assert_eq!((same.verdict(), same.returned), (("held", "already-invalidated"), messages([])));

    // Somebody used the reference for something else: done it is not.
    let site = Site::with(ONE);
    site.cloudfront.set_time(time("2026-11-21T08:00:00Z"));
    site.cloudfront.begin(SITE, &invalidation.caller_reference, &["/other.css"]);
    let other = site.gets(&body).await;
    assert_eq!((other.verdict(), other.returned), (("failed", "caller-reference-used"), messages([0])));

    // CloudFront says so, and nothing is to be found.
    let site = Site::with(ONE);
    site.cloudfront.fail_next("create", Meaning::ReferenceUsed);
    let none = site.gets(&body).await;
    assert_eq!((none.verdict(), none.returned), (("failed", "caller-reference-used"), messages([0])));
}

#[tokio::test]
async fn a_failed_batch_is_done_once_when_it_comes_again() {
    let site = Site::prod();
    site.cloudfront.fail_next("create", Meaning::OutOfTime);
    let body = change("assets/app.css");
    let first = site.gets(&queued(&body)).await;
    assert_eq!(first.verdicts(), [("failed", "deadline"), ("acted", "invalidated")]);
    let second = site.gets_at(LATER, &redelivered(2, &[body])).await;
    assert_eq!(second.verdicts(), [("acted", "invalidated"), ("held", "already-invalidated")]);
    assert_eq!((site.items(SITE).len(), site.items("E2WEATHEREXAMPLE").len()), (1, 1));
}
