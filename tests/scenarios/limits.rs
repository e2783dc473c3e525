//! CloudFront's limits: 3,000 files and 15 wildcards in progress for a distribution.

use std::slice;

use invalidate_cache::world::Meaning;
use serde_json::json;

use crate::site::{ONE, SITE, Site, change, command, messages, queue, queued, redelivered};

/// Paths `/other/0.css` and so on, of an invalidation of somebody else.
fn others(count: usize) -> Vec<String> {
    (0..count).map(|n| format!("/other/{n}.css")).collect()
}

fn begin(site: &Site, reference: &str, items: &[String]) {
    let items: Vec<&str> = items.iter().map(String::as_str).collect();
    site.cloudfront.begin(SITE, reference, &items);
}

#[tokio::test]
async fn more_than_3000_paths_do_not_fail_for_ever() {
    let site = Site::with(ONE);
    let keys = (0..3_500).map(|n| format!("assets/{}/{n}.css", n % 70));
    let changes: Vec<_> = keys.map(|key| change(&key)).collect();
    let outcome = site.gets(&queue(&changes)).await;
    assert_eq!(outcome.verdict(), ("acted", "invalidated-wider"));
    assert_eq!(outcome.returned, messages([]));
    let items = site.only(SITE).items;
    let covered = |path: &str| {
        items
            .iter()
            .any(|item| item == path || item.strip_suffix('*').is_some_and(|start| path.starts_with(start)))
    };
    assert!((0..3_500).all(|n| covered(&format!("/assets/{}/{n}.css", n % 70))));
    let wildcards = items.iter().filter(|item| item.ends_with('*')).count();
    assert!(
        wildcards <= 15 && items.len() - wildcards <= 3_000,
        "{} items, {wildcards} wildcards",
        items.len()
    );
}

#[tokio::test]
async fn exactly_3000_paths_are_invalidated_one_by_one() {
    let site = Site::with(ONE);
    let changes: Vec<_> = (0..3_000).map(|n| change(&format!("assets/{n}.css"))).collect();
    assert_eq!(site.gets(&queue(&changes)).await.verdict(), ("acted", "invalidated"));
    assert_eq!(site.only(SITE).items.len(), 3_000);
}

#[tokio::test]
async fn what_does_not_fit_beside_others_is_widened_to_a_wildcard_above_it() {
    let site = Site::with(ONE);
    begin(&site, "somebody-else", &others(2_999));
    let outcome = site.gets(&queue(&[change("assets/a/1.css"), change("assets/a/2.css")])).await;
    assert_eq!(outcome.verdict(), ("acted", "invalidated-wider"));
    assert_eq!(site.items(SITE)[1], ["/assets/a/*"]);
    assert_eq!(outcome.report().before, Some(json!({"invalidations_in_progress": 1})));
}

#[tokio::test]
async fn wildcards_in_progress_are_counted_apart_from_files() {
    let site = Site::with(ONE);
    let wildcards: Vec<String> = (0..15).map(|n| format!("/{n}/*")).collect();
    begin(&site, "somebody-else", &wildcards);
    let files = site.gets(&queued(&change("assets/app.css"))).await;
    assert_eq!(files.verdict(), ("acted", "invalidated"));
    let wildcard = site.gets(&queued(&command(json!({"paths": ["/assets/*"]})))).await;
    assert_eq!(wildcard.verdict(), ("failed", "invalidations-in-progress"));
}

#[tokio::test]
async fn too_many_invalidations_in_progress_is_redelivered_never_dropped() {
    let site = Site::with(ONE);
    let wildcards: Vec<String> = (0..15).map(|n| format!("/{n}/*")).collect();
    begin(&site, "somebody-else", &wildcards);
    begin(&site, "somebody-else-too", &others(3_000));
    let body = change("assets/app.css");
    for times in 1..=4 {
        let outcome = site.gets(&redelivered(times, slice::from_ref(&body))).await;
        assert_eq!(outcome.verdict(), ("failed", "invalidations-in-progress"));
        assert_eq!(outcome.returned, messages([0]));
        assert_eq!(site.items(SITE).len(), 2);
    }
    site.cloudfront.complete_all();
    let outcome = site.gets(&redelivered(5, &[body])).await;
    assert_eq!((outcome.verdict(), outcome.returned), (("acted", "invalidated"), messages([])));
    assert_eq!(site.items(SITE)[2], ["/assets/app.css"]);
}

#[tokio::test]
async fn more_invalidations_in_progress_than_are_read_leave_no_room() {
    let site = Site::with(ONE);
    for n in 0..21 {
        begin(&site, &format!("somebody-{n}"), &others(1));
    }
    let outcome = site.gets(&redelivered(2, &[change("assets/app.css")])).await;
    assert_eq!(outcome.verdict(), ("failed", "invalidations-in-progress"));
    assert_eq!(outcome.calls, [format!("in_progress {SITE}")]);
    assert_eq!(outcome.report().before, Some(json!({"invalidations_in_progress": "more than 20"})));
}

#[tokio::test]
async fn room_that_somebody_else_takes_meanwhile_is_looked_for_again() {
    let site = Site::with(ONE);
    site.cloudfront.fail_next("create", Meaning::NoRoom);
    site.cloudfront.fail_next("create", Meaning::NoRoom);
    let outcome = site.gets(&queued(&change("assets/app.css"))).await;
    assert_eq!(outcome.verdict(), ("acted", "invalidated"));
    assert_eq!(site.only(SITE).items, ["/assets/app.css"]);
}

#[tokio::test]
async fn a_batch_that_is_too_large_is_sent_smaller() {
    let site = Site::with(ONE);
    site.cloudfront.limit_batch(100);
    let changes: Vec<_> = (0..150).map(|n| change(&format!("assets/{}/{n}.css", n % 3))).collect();
    let outcome = site.gets(&queue(&changes)).await;
    assert_eq!(outcome.verdict(), ("acted", "invalidated-wider"));
    let items = site.only(SITE).items;
    assert!(items.len() <= 100 && items.iter().any(|item| item.ends_with("/*")), "{items:?}");
}
