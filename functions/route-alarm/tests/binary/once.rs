//! One alarm on all its ways causes each command once.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Value, json};
use tests::alarms::{Message, StateChange};
use tests::runtime_api::{Answer, InvokeOptions};
use tests::stage::Stage;
use tests::stand_in::{Sent, StandIn};

use super::{QUEUE, counted, counts, set, set_on};

fn origin_down() -> StateChange {
    StateChange::raised("origin-5xx", 12)
}

/// The two commands of the route, once each.
fn assert_sent_once(sent: &[Sent]) {
    let targets: BTreeSet<&str> = sent.iter().map(|one| one.group.as_str()).collect();
    assert_eq!((sent.len(), targets), (2, ["customer-site", "weather-site"].into()), "{sent:#?}");
}

#[tokio::test]
async fn a_command_says_all_that_its_function_needs() {
    let mut stage = set(&[]).await;
    let reports = stage.reports(&origin_down().by_topic()).await;
    assert_eq!(counted(&reports), counts([("acted routed", 2)]), "{reports:#?}");
    assert_eq!(stage.asked().first().map(String::as_str), Some("TransactWriteItems"));

    let sent = stage.aws.sent();
    assert_sent_once(&sent);
    let one = sent.iter().find(|one| one.group == "customer-site").unwrap();
    assert_eq!(one.queue, QUEUE);
    let report = reports.iter().find(|report| report["target"] == "customer-site").unwrap();
    assert_eq!((&one.body["action"], &one.body["target"]), (&json!("invalidate"), &json!("customer-site")));
    assert_eq!(one.body["paths"], json!(["/index.html"]));
    assert_eq!(one.body["origin"]["source"], "alarm");
    assert_eq!(one.body["origin"]["alarm"], "origin-5xx");
    assert_eq!(one.body["origin"]["route"], "origin-down");
    assert_eq!(one.body["origin"]["correlation"], report["correlation"]);
    assert_eq!(one.body.get("mode"), None);
}

#[tokio::test]
async fn three_deliveries_in_turn_cause_each_command_once() {
    let mut stage = set(&[]).await;
    let change = origin_down();
    let first = stage.reports(&change.by_topic()).await;
    assert_eq!(counted(&first), counts([("acted routed", 2)]));
    for delivery in [change.by_bus(), change.by_alarm()] {
        let reports = stage.reports(&delivery).await;
        assert_eq!(counted(&reports), counts([("held already-routed", 2)]), "{reports:#?}");
        assert_eq!(reports[0]["correlation"], first[0]["correlation"]);
    }
    assert_sent_once(&stage.aws.sent());
}

/// What one function reports of a delivery, failures among them. Every delivery has an id of its own.
async fn deliver(mut stage: Stage, id: &str, event: Value) -> Vec<Value> {
    let options = InvokeOptions { request_id: Some(id.to_owned()), ..InvokeOptions::default() };
    let answer = match stage.invoke_with(&event, options).await {
        Answer::Response(answer) => answer,
        Answer::FunctionError(error) => serde_json::from_str(&error.message).unwrap(),
    };
    answer["reports"].as_array().unwrap().clone()
}

#[tokio::test]
async fn three_deliveries_at_once_cause_each_command_once() {
    for seconds in 0..5 {
        let aws = Arc::new(StandIn::start().await.unwrap());
        let change = StateChange::raised("origin-5xx", seconds);
        let [one, two, three] = [set_on(&aws, &[]).await, set_on(&aws, &[]).await, set_on(&aws, &[]).await];
        let reports = tokio::join!(
            deliver(one, "by-topic", change.by_topic()),
            deliver(two, "by-bus", change.by_bus()),
            deliver(three, "by-alarm", change.by_alarm()),
        );
        assert_sent_once(&aws.sent());
        assert_eq!(aws.repeated(), 0, "the claim let a repetition pass");
        let reports = [reports.0, reports.1, reports.2].concat();
        assert_eq!(counted(&reports), counts([("acted routed", 2), ("held already-routed", 4)]));
    }
}

#[tokio::test]
async fn the_same_message_again_causes_nothing_again() {
    let mut stage = set(&[]).await;
    let message = Message::new("m-1", origin_down().notification());
    for _ in 0..3 {
        assert_eq!(stage.returned(std::slice::from_ref(&message)).await, [""; 0]);
    }
    assert_sent_once(&stage.aws.sent());
}

/// After five minutes the queue no longer knows what it has taken; the ledger does.
#[tokio::test]
async fn the_same_message_much_later_causes_nothing_again() {
    let mut stage = set(&[]).await;
    let message = Message::new("m-1", origin_down().by_bus());
    assert_eq!(stage.returned(std::slice::from_ref(&message)).await, [""; 0]);
    stage.aws.forget_deduplication();
    assert_eq!(stage.returned(std::slice::from_ref(&message)).await, [""; 0]);
    assert_sent_once(&stage.aws.sent());
}
