//! What the reports tell.

use expect_test::expect;
use serde_json::{Value, json};

use crate::site::{ONE, Site, change, command, event, queue};

#[tokio::test]
async fn a_report_tells_what_was_asked_of_cloudfront_and_how_to_wait_for_it() {
    let outcome = Site::with(ONE).gets(&event("command-paths")).await;
    expect![[r#"
        {
          "function": "invalidate-cache",
          "id": "request-1",
          "correlation": "request-1",
          "action": "invalidate",
          "target": "weather-site",
          "source": "operator",
          "mode": "apply",
          "verdict": "acted",
          "why": {
            "code": "invalidated",
            "text": "asked CloudFront for invalidation I1: 3 billable paths (asked for because: release 42)"
          },
          "steps": [
            {
              "step": "create-invalidation",
              "status": "applied",
              "distribution": "E1WEATHEREXAMPLE",
              "paths": [
                "/",
                "/assets/*",
                "/index.html"
              ],
              "billable_paths": 3,
              "caller_reference": "lamplighter-57644b53d609297a3c8a5acfc8140362",
              "invalidation": "I1",
              "invalidation_status": "InProgress"
            }
          ],
          "after": {
            "invalidation": "I1",
            "status": "InProgress"
          },
          "next": "aws cloudfront wait invalidation-completed --distribution-id E1WEATHEREXAMPLE --id I1",
          "started_at": "1970-01-01T00:00:00.000Z",
          "duration_ms": 0
        }"#]]
    .assert_eq(&serde_json::to_string_pretty(outcome.report()).unwrap());
}

#[tokio::test]
async fn a_dry_run_tells_the_paths_and_what_they_would_cost() {
    let site = Site::with(ONE).in_plan_mode();
    let bodies =
        [change("assets/a.css"), change("assets/b.css"), command(json!({"paths": ["/assets/a.css"]}))];
    let outcome = site.gets(&queue(&bodies)).await;
    assert_eq!(outcome.verdict(), ("planned", "invalidated"));
    let step = serde_json::to_value(&outcome.report().steps[0]).unwrap();
    assert_eq!((&step["status"], &step["billable_paths"]), (&json!("planned"), &json!(2)));
    assert_eq!(step["paths"], json!(["/assets/a.css", "/assets/b.css"]));
    assert_eq!(outcome.returned.len(), 0);
}

#[tokio::test]
async fn a_report_is_never_larger_than_its_topic_takes() {
    let long = "x".repeat(100_000);
    let paths: Vec<String> = (0..3_000).map(|n| format!("/{n}/{}.css", "p".repeat(50))).collect();
    let alarm =
        json!({"AlarmName": long, "NewStateValue": long, "StateChangeTime": "2026-11-21T09:00:00.000+0000"});
    let bus = json!({"source": long, "detail-type": long, "detail": {"x": long}});
    let events: [Value; 11] = [
        command(json!({"paths": paths})),
        command(json!({"paths": [format!("/{long}")]})),
        command(json!({"paths": [long]})),
        command(json!({"paths": ["/a"], "reason": long})),
        command(json!({"paths": ["/a"], "id": long})),
        command(json!({"paths": ["/a"], "target": long})),
        command(json!({"paths": ["/a"], "mode": format!("expected {long}")})),
        command(json!({"paths": ["/a"], long.as_str(): 1})),
        command(json!({"paths": ["/a"], "origin": {"source": "alarm", "correlation": long, "alarm": long}})),
        alarm,
        bus,
    ];
    for event in events {
        let outcome = Site::with(ONE).gets(&event).await;
        let size = serde_json::to_string(outcome.report()).unwrap().len();
        assert!(size < 8_000, "{size} bytes: {:?}", outcome.verdicts());
    }
}
