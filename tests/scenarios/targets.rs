//! Which distributions are touched.

use invalidate_cache::world::Meaning;
use serde_json::json;
use shared::fault::FaultClass;

use crate::site::{SECONDARY, SITE, Site, change, command, event, messages, queue, queued};

#[tokio::test]
async fn only_the_distributions_of_the_playbook_are_touched() {
    let site = Site::prod();
    let outcome = site.gets(&event("command-everything")).await;
    assert_eq!(outcome.calls, [format!("create {SITE}")]);
    let outcome = site.gets(&event("s3-other-bucket")).await;
    assert_eq!((outcome.verdict(), outcome.calls.len()), (("held", "not-for-us"), 0));
    let outcome = site.gets(&change("backups/2026-11-21.tar")).await;
    assert_eq!((outcome.verdict(), outcome.calls.len()), (("held", "not-for-us"), 0));
}

#[tokio::test]
async fn every_distribution_that_serves_a_bucket_is_invalidated_not_only_the_last_match() {
    let site = Site::prod();
    let outcome = site.gets(&event("s3-put")).await;
    assert_eq!(outcome.verdicts(), [("acted", "invalidated"), ("acted", "invalidated")]);
    assert_eq!(outcome.calls, [format!("create {SITE}"), format!("create {SECONDARY}")]);
    for distribution in [SITE, SECONDARY] {
        assert_eq!(site.only(distribution).items, ["/assets/app.css"]);
    }
}

#[tokio::test]
async fn one_failing_distribution_does_not_abort_the_others() {
    let site = Site::prod();
    site.cloudfront.fail_next("create", Meaning::Common(FaultClass::NotFound));
    let outcome = site.gets(&queued(&change("assets/app.css"))).await;
    assert_eq!(outcome.verdicts(), [("failed", "not-found"), ("acted", "invalidated")]);
    assert_eq!(site.only(SECONDARY).items, ["/assets/app.css"]);
    // The record was not served wholly, so it comes back; what was done is then found done.
    assert_eq!(outcome.returned, messages([0]));
}

#[tokio::test]
async fn a_schedule_that_says_nothing_invalidates_nothing() {
    for name in ["schedule-default-event", "schedule-rule-event"] {
        let outcome = Site::prod().gets(&event(name)).await;
        assert_eq!((outcome.verdict(), outcome.calls.len()), (("held", "not-for-us"), 0), "{name}");
    }
}

#[tokio::test]
async fn a_schedule_invalidates_what_its_command_says() {
    let site = Site::prod();
    let outcome = site.gets(&event("schedule-command")).await;
    assert_eq!(site.only(SITE).items, ["/forecast/*"]);
    let subject = &outcome.report().subject;
    assert_eq!(subject.source.to_string(), "schedule");
    assert_eq!(subject.id.as_str(), "schedule-nightly-forecast-2026-11-21T03:00:00Z");
    assert_eq!(subject.correlation, "nightly-forecast/2026-11-21T03:00:00Z");
}

#[tokio::test]
async fn one_object_may_be_found_in_several_places() {
    let site = Site::with(
        "{version: 1, targets: {docs: {kind: distribution, distribution: E9, sources: [
            {bucket: weather-assets, prefix: site/},
            {bucket: weather-assets, prefix: site/docs/, path: /help/}]}}}",
    );
    site.gets(&change("site/docs/a.html")).await;
    assert_eq!(site.only("E9").items, ["/docs/a.html", "/help/a.html"]);
}

#[tokio::test]
async fn a_tenant_is_invalidated_by_its_own_id_and_waited_for_by_its_own_command() {
    let site = Site::with(
        "{version: 1, targets: {weather-site: {kind: distribution, distribution-tenant: dt_1example}}}",
    );
    let outcome = site.gets(&command(json!({"paths": ["/*"]}))).await;
    assert_eq!(site.only("dt_1example").items, ["/*"]);
    assert_eq!(
        outcome.report().next.as_deref(),
        Some(
            "aws cloudfront wait invalidation-for-distribution-tenant-completed --distribution-tenant-id dt_1example --id I1"
        )
    );
}

#[tokio::test]
async fn cache_tags_are_invalidated_beside_paths() {
    let site = Site::prod();
    let tags = command(json!({"tags": ["Forecast"], "paths": ["/a.css", "#region-north"]}));
    let outcome = site.gets(&queue(&[tags, command(json!({"tags": ["FORECAST"]}))])).await;
    assert_eq!(site.only(SITE).items, ["#forecast", "#region-north", "/a.css"]);
    assert_eq!(outcome.report().steps[0].details["billable_paths"], 3);
}

#[tokio::test]
async fn a_deploy_event_invalidates_the_paths_of_its_detail() {
    let site = Site::prod();
    let outcome = site.gets(&event("deploy-event")).await;
    assert_eq!(outcome.verdict(), ("acted", "invalidated"));
    assert!(site.only(SITE).items.contains(&"/assets/*".to_owned()));
    assert!(outcome.report().why.text.contains("release 42"), "{}", outcome.report().why.text);
}
