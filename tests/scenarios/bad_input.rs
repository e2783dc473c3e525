//! Bad input: what it is told, and that nothing is done for it.

use expect_test::{Expect, expect};
use serde_json::{Value, json};

use crate::site::{ONE, SITE, Site, command, event, message, messages, queue};

/// Directly and by a queue: the same error, no call, and it comes back to go to the dead-letter queue.
async fn check(bad: &Value, kind: &str, expected: Expect) {
    let site = Site::with(ONE);
    let direct = site.gets(bad).await;
    let report = direct.report();
    expected.assert_eq(&report.why.text);
    let error = report.error.as_ref().unwrap();
    assert_eq!((error.kind.as_str(), error.text.as_str()), (kind, report.why.text.as_str()));
    assert_eq!((direct.returned.as_slice(), direct.calls.len()), (["request-1".to_owned()].as_slice(), 0));
    assert!(report.next.is_some());

    let site = Site::with(ONE);
    let good = command(json!({"paths": ["/good.css"]}));
    let batch = site.gets(&queue(&[good.clone(), bad.clone(), good])).await;
    assert_eq!(batch.returned, messages([1]));
    assert_eq!(batch.verdicts(), [("acted", "invalidated"), ("failed", report.why.code)]);
    assert_eq!(site.only(SITE).items, ["/good.css"]);
}

#[tokio::test]
async fn an_unknown_action_is_told_the_known_ones() {
    check(
        &event("command-unknown-action"),
        "InvalidCommand",
        expect!["field `action` is `purge`; expected `invalidate`"],
    )
    .await;
}

#[tokio::test]
async fn an_unknown_field_is_named_with_those_that_there_are() {
    check(
        &event("command-unknown-field"),
        "InvalidCommand",
        expect!["field `path` is unknown; expected one of `paths`, `tags`, `everything`"],
    )
    .await;
}

#[tokio::test]
async fn an_unknown_target_is_told_the_known_ones() {
    check(
        &event("command-unknown-target"),
        "UnknownTarget",
        expect!["field `target` is `wether-site`; expected a distribution of the playbook: weather-site"],
    )
    .await;
}

#[tokio::test]
async fn empty_paths_are_refused() {
    check(
        &event("command-empty-paths"),
        "InvalidCommand",
        expect!["field `paths` is an empty list; expected at least one"],
    )
    .await;
    check(
        &command(json!({"tags": []})),
        "InvalidCommand",
        expect!["field `tags` is an empty list; expected at least one"],
    )
    .await;
    check(
        &command(json!({})),
        "InvalidCommand",
        expect!["field `paths` is missing; expected `paths`, `tags` or `everything: true`"],
    )
    .await;
    check(
        &command(json!({"everything": false})),
        "InvalidCommand",
        expect!["field `paths` is missing; expected `paths`, `tags` or `everything: true`"],
    )
    .await;
}

#[tokio::test]
async fn a_path_without_a_leading_slash_is_named() {
    check(&event("command-path-without-slash"), "InvalidCommand", expect!["field `paths[1]` is `assets/app.css`; expected a path that starts with `/`, as viewers ask for it"]).await;
}

#[tokio::test]
async fn a_command_with_more_than_3000_paths_is_told_the_limit() {
    let paths: Vec<String> = (0..3_001).map(|n| format!("/{n}.css")).collect();
    check(&command(json!({"paths": paths})), "InvalidCommand", expect!["field `paths` is a list of 3001; expected at most 3000 (CloudFront's limit); use wildcards or `everything`"]).await;
}

#[tokio::test]
async fn a_field_of_the_wrong_form_is_named_with_its_value() {
    check(
        &command(json!({"paths": "/a.css"})),
        "InvalidCommand",
        expect!["field `paths` is `/a.css`; expected a sequence"],
    )
    .await;
    check(
        &command(json!({"paths": ["/a.css", 7]})),
        "InvalidCommand",
        expect!["field `paths[1]` is `7`; expected a string"],
    )
    .await;
    check(
        &command(json!({"paths": ["/a"], "mode": "dry-run"})),
        "InvalidCommand",
        expect!["field `mode` is `dry-run`; expected `apply` or `plan`"],
    )
    .await;
    check(&command(json!({"paths": ["/a"], "target": "Weather Site"})), "InvalidCommand", expect!["field `target` is `Weather Site`; expected a target's name: a lower-case letter, then at most 39 of a-z, 0-9 and -"])
        .await;
    check(
        &command(json!({"paths": ["/a"], "id": ""})),
        "InvalidCommand",
        expect!["field `id` is ``; expected an id: 1 to 128 printable ASCII characters without spaces"],
    )
    .await;
    check(
        &command(json!({"tags": ["a,b"]})),
        "InvalidCommand",
        expect!["field `tags[0]` is `a,b`; expected 1 to 256 printable ASCII characters without a comma"],
    )
    .await;
    check(
        &json!({"target": "weather-site", "paths": ["/a"]}),
        "InvalidCommand",
        expect!["field `action` is missing; expected `invalidate`"],
    )
    .await;
}

#[tokio::test]
async fn a_deploy_event_without_a_target_is_told_so() {
    check(
        &event("deploy-event-without-target"),
        "InvalidCommand",
        expect!["field `target` is missing; expected a target of the playbook"],
    )
    .await;
}

#[tokio::test]
async fn what_is_no_command_and_no_event_is_told_what_could_be() {
    check(&json!({"hello": "world"}), "UndecodableEvent", expect!["payload is an object with hello; expected a command (an object with `action`), or an SQS, SNS, S3, EventBridge or alarm event"]).await;
}

#[tokio::test]
async fn a_message_that_is_not_json_or_empty_goes_to_the_dead_letter_queue() {
    for name in ["sqs-not-json", "sqs-empty-body"] {
        let outcome = Site::with(ONE).gets(&event(name)).await;
        assert_eq!(outcome.verdict(), ("failed", "undecodable-event"), "{name}");
        assert_eq!((outcome.returned.len(), outcome.calls.len()), (1, 0), "{name}");
    }
}

#[tokio::test]
async fn a_batch_as_large_as_sqs_delivers_is_served() {
    let site = Site::with(ONE);
    let bodies =
        (0..10_000).map(|n| (format!("m-{n}"), command(json!({"paths": [format!("/{}.css", n % 50)]}))));
    let records: Vec<Value> = bodies.map(|(id, body)| message(&id, 1, &body)).collect();
    let outcome = site.gets(&json!({"Records": records})).await;
    assert_eq!((outcome.verdict(), outcome.returned), (("acted", "invalidated"), messages([])));
    assert_eq!(site.only(SITE).items.len(), 50);
}
