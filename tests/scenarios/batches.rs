//! Many records, few requests.

use serde_json::json;

use crate::site::{ONE, SITE, Site, change, command, event, messages, queue};

#[tokio::test]
async fn every_record_of_an_event_is_invalidated_not_only_the_last() {
    let site = Site::with(ONE);
    let outcome = site.gets(&event("s3-several-records")).await;
    assert_eq!(outcome.verdict(), ("acted", "invalidated"));
    assert_eq!(outcome.report().subject.records, Some(3));
    assert_eq!(site.only(SITE).items, ["/assets/app.css", "/assets/app.js", "/assets/img/sun.svg"]);
}

#[tokio::test]
async fn every_message_of_a_batch_is_served_not_only_the_first() {
    let site = Site::with(ONE);
    let outcome = site.gets(&event("s3-in-sqs")).await;
    assert_eq!((outcome.verdict(), outcome.returned.len()), (("acted", "invalidated"), 0));
    assert_eq!(site.only(SITE).items, ["/assets/app.css", "/assets/wind%20map.png"]);
}

#[tokio::test]
async fn the_same_path_twice_in_a_batch_is_one_billable_path() {
    let site = Site::with(ONE);
    let twice =
        [change("assets/app.css"), change("assets/app.css"), command(json!({"paths": ["/assets/app.css"]}))];
    let outcome = site.gets(&queue(&twice)).await;
    assert_eq!(outcome.verdict(), ("acted", "invalidated"));
    assert_eq!(site.only(SITE).items, ["/assets/app.css"]);
    assert_eq!(outcome.report().steps[0].details["billable_paths"], 1);
}

#[tokio::test]
async fn more_than_a_hundred_paths_are_one_request() {
    let site = Site::with(ONE);
    let changes: Vec<_> = (0..250).map(|n| change(&format!("assets/{n}.css"))).collect();
    let outcome = site.gets(&queue(&changes)).await;
    assert_eq!(outcome.verdict(), ("acted", "invalidated"));
    assert_eq!(outcome.calls, [format!("create {SITE}")]);
    assert_eq!(site.only(SITE).items.len(), 250);
}

#[tokio::test]
async fn more_than_ten_messages_are_acknowledged_together_and_none_is_invalidated_again() {
    let site = Site::with(ONE);
    let changes: Vec<_> = (0..25).map(|n| change(&format!("assets/{n}.css"))).collect();
    let outcome = site.gets(&queue(&changes)).await;
    assert_eq!(outcome.returned, messages([]));
    assert_eq!(outcome.report().subject.records, Some(25));
    assert_eq!(site.items(SITE).len(), 1);
}

#[tokio::test]
async fn a_changed_object_invalidates_its_own_path_and_not_everything() {
    let site = Site::with(ONE);
    site.gets(&event("s3-put")).await;
    assert_eq!(site.only(SITE).items, ["/assets/app.css"]);
}

#[tokio::test]
async fn a_removed_object_is_invalidated_as_well_as_a_written_one() {
    let site = Site::with(ONE);
    site.gets(&event("s3-delete")).await;
    assert_eq!(site.only(SITE).items, ["/assets/old.css", "/assets/older.css"]);
}

#[tokio::test]
async fn paths_under_a_wildcard_that_is_asked_for_cost_nothing() {
    let site = Site::with(ONE);
    let bodies = [
        change("assets/img/a.png"),
        command(json!({"paths": ["/assets/*", "/x.css"]})),
        change("assets/b.css"),
    ];
    let outcome = site.gets(&queue(&bodies)).await;
    assert_eq!(site.only(SITE).items, ["/assets/*", "/x.css"]);
    assert_eq!(outcome.report().steps[0].details["billable_paths"], 2);
}

#[tokio::test]
async fn a_directory_with_more_changes_than_the_playbook_allows_becomes_its_wildcard() {
    let site = Site::with(&format!("{ONE}    collapse-over: 3\n"));
    let keys = ["a/1", "a/2", "b/1", "b/2", "b/3", "b/4"].map(|key| change(&format!("assets/{key}.css")));
    site.gets(&queue(&keys)).await;
    assert_eq!(site.only(SITE).items, ["/assets/a/1.css", "/assets/a/2.css", "/assets/b/*"]);
}

#[tokio::test]
async fn an_s3_test_event_is_acknowledged_and_invalidates_nothing() {
    for name in ["s3-test-event", "s3-test-event-in-sqs", "s3-test-event-in-sns"] {
        let site = Site::prod();
        let outcome = site.gets(&event(name)).await;
        assert_eq!(outcome.verdict(), ("held", "not-for-us"), "{name}");
        assert_eq!((outcome.returned.len(), outcome.calls.len()), (0, 0), "{name}");
        assert!(!outcome.report().is_published(), "{name}");
    }
}

#[tokio::test]
async fn a_good_message_beside_bad_ones_is_served_and_only_the_bad_ones_come_back() {
    let site = Site::with(ONE);
    let event = event("sqs-mixed");
    let outcome = site.gets(&event).await;
    let bad = [1, 3, 5].map(|index| event["Records"][index]["messageId"].as_str().unwrap().to_owned());
    assert_eq!(outcome.returned, bad);
    assert_eq!(site.only(SITE).items, ["/", "/assets/app.css", "/index.html"]);
}

#[tokio::test]
async fn on_a_fifo_queue_nothing_overtakes_a_message_that_failed() {
    let site = Site::with(ONE);
    let event = event("sqs-fifo-with-bad");
    let outcome = site.gets(&event).await;
    let behind = [1, 2].map(|index| event["Records"][index]["messageId"].as_str().unwrap().to_owned());
    assert_eq!(outcome.returned, behind);
    assert_eq!(outcome.verdicts(), [("acted", "invalidated"), ("failed", "invalid-command")]);
    assert!(!site.only(SITE).items.contains(&"/assets/*".to_owned()));
}
