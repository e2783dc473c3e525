//! Reports on their topics.

use serde_json::json;
use tests::runtime_api::Answer;
use tests::stage::sqs;
use tests::stand_in::{Fault, Published};

use super::{command, set};

const OUTCOMES: &str = "arn:aws:sns:us-east-1:123456789012:outcomes";
const CHAT: &str = "arn:aws:sns:us-east-1:123456789012:chat";
const TOPICS: [(&str, &str); 2] =
    [("LAMPLIGHTER_OUTCOMES_TOPIC", OUTCOMES), ("LAMPLIGHTER_CHAT_TOPIC", CHAT)];

fn on<'a>(topic: &str, published: &'a [Published]) -> Vec<&'a Published> {
    published.iter().filter(|one| one.topic == topic).collect()
}

#[tokio::test]
async fn every_report_is_published_once_with_attributes_to_filter_by() {
    let mut stage = set(&TOPICS[..1]).await;
    let tenant = json!({"action": "invalidate", "target": "customer-site", "paths": ["/a"]});
    let event = sqs(&[command().to_string(), tenant.to_string(), "no JSON".to_owned()]);
    let failures = json!({"batchItemFailures": [{"itemIdentifier": "m-3"}]});
    assert_eq!(stage.invoke(&event).await, Answer::Response(failures));

    let published = stage.aws.published();
    assert_eq!(published.len(), 3);
    let mut seen = Vec::new();
    for one in on(OUTCOMES, &published) {
        assert_eq!(one.attributes["function"], "invalidate-cache");
        assert_eq!(one.attributes["verdict"], one.message["verdict"]);
        assert_eq!(one.attributes["target"], one.message["target"]);
        seen.push(format!("{} {}", one.attributes["target"], one.attributes["verdict"]));
    }
    seen.sort();
    assert_eq!(seen, ["customer-site acted", "none failed", "weather-site acted"]);
}

#[tokio::test]
async fn a_published_report_is_the_one_that_is_returned() {
    let mut stage = set(&TOPICS[..1]).await;
    let report = stage.report(&command()).await;
    assert_eq!(stage.aws.published()[0].message, report);
}

#[tokio::test]
async fn the_chat_topic_gets_a_notification_for_people() {
    let mut stage = set(&TOPICS).await;
    let report = stage.report(&command()).await;
    let published = stage.aws.published();
    assert_eq!(on(OUTCOMES, &published).len(), 1);
    let [chat] = on(CHAT, &published)[..] else { panic!("not one message for the chat") };
    assert_eq!(chat.message["version"], "1.0");
    assert_eq!(chat.message["source"], "custom");
    assert!(chat.message["content"]["description"].is_string(), "{}", chat.message);
    assert_eq!(chat.message["metadata"]["threadId"], report["correlation"]);
}

#[tokio::test]
async fn an_event_that_is_not_for_us_is_not_published() {
    let mut stage = set(&TOPICS).await;
    let event = json!({"Service": "Amazon S3", "Event": "s3:TestEvent", "Time": "2026-11-21T09:00:00.000Z",
        "Bucket": "weather-assets", "RequestId": "1", "HostId": "2"});
    let report = stage.report(&event).await;
    assert_eq!(report["why"]["code"], "not-for-us", "{report}");
    assert!(stage.aws.requests().is_empty());
}

#[tokio::test]
async fn a_topic_that_is_gone_does_not_undo_what_was_done() {
    let mut stage = set(&TOPICS[..1]).await;
    let gone = Fault { status: 404, code: "NotFound", message: "Topic does not exist" };
    stage.aws.fail_next("Publish", 1, gone);
    assert_eq!(stage.report(&command()).await["verdict"], "acted");
    let log = stage.end().await.log().unwrap();
    assert!(log.iter().any(|line| line["UnpublishedReports"] == 1), "{log:?}");
}
