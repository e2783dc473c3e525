//! The process is killed at any of its requests, and the message is delivered again: it comes to the same.

use std::sync::Arc;

use serde_json::{Value, json};
use tests::stage::{Stage, until};
use tests::stand_in::Moment;

use super::{aws, delivery, order, put_databases, set_on, told};

/// More requests than any command makes: a command that makes so many hangs in a loop.
const MOST_REQUESTS: usize = 30;

/// Kills the function at each of its requests, once before that has its effect and once after, and hands the message to
/// another one. Returns how many requests there are.
async fn killed_everywhere(before: &[Value], command: &Value, check: impl AsyncFn(&mut Stage)) -> usize {
    let aws = aws().await;
    let mut survivor = set_on(&aws, &[]).await;
    for moment in [Moment::BeforeIt, Moment::AfterIt] {
        for answered in 0.. {
            assert!(answered < MOST_REQUESTS, "it never comes to an end");
            aws.begin_anew();
            put_databases(&aws);
            for (n, command) in before.iter().enumerate() {
                told(&mut survivor, &format!("before-{n}"), command).await;
                aws.complete_snapshots();
            }
            aws.fall_silent_after(answered, moment);
            let died = dies(set_on(&aws, &[]).await, command).await;
            aws.speak_again();
            if !died && moment == Moment::AfterIt {
                return answered;
            }
            if !died {
                break;
            }
            let returned = survivor.unacknowledged(&delivery("m-1", command, 2)).await;
            let report = aws.published().pop();
            assert_eq!(returned, [""; 0], "killed at request {answered}, {moment:?}: {report:#?}");
            check(&mut survivor).await;
        }
    }
    0
}

/// Hands over a command, and kills the function where it meets silence. False: it was done before.
async fn dies(mut function: Stage, command: &Value) -> bool {
    let (event, aws) = (delivery("m-1", command, 1), Arc::clone(&function.aws));
    tokio::select! {
        returned = function.unacknowledged(&event) => {
            assert_eq!(returned, [""; 0]);
            false
        }
        () = until(|| aws.is_silent()) => true,
    }
}

fn take(target: &str) -> Value {
    json!({"action": "take", "target": target, "id": "night-1"})
}

#[tokio::test]
async fn a_take_that_dies_anywhere_takes_each_snapshot_once() {
    let requests = killed_everywhere(&[], &take("fleet-db"), async |stage| {
        assert_eq!(stage.aws.snapshots().len(), 3);
    })
    .await;
    assert!(requests >= 6, "only {requests} requests");
}

#[tokio::test]
async fn a_copy_that_dies_anywhere_is_one_copy() {
    let reconcile = json!({"action": "reconcile", "target": "weather-db", "id": "hour-1"});
    let requests = killed_everywhere(&[take("weather-db")], &reconcile, async |stage| {
        assert_eq!(stage.aws.snapshots().len(), 2);
        stage.aws.complete_snapshots();
        let report = stage.report(&order("verify", "weather-db")).await;
        assert_eq!(report["why"]["code"], "verified", "{report:#}");
    })
    .await;
    assert!(requests >= 6, "only {requests} requests");
}

#[tokio::test]
async fn a_drill_that_dies_anywhere_restores_one_scratch() {
    let verify = json!({"action": "verify", "target": "platform-db", "id": "month-1"});
    let requests = killed_everywhere(&[take("platform-db")], &verify, async |stage| {
        let scratch =
            |tags: &std::collections::BTreeMap<String, String>| tags.contains_key("lamplighter:drill");
        assert_eq!(stage.aws.databases().iter().filter(|one| scratch(&one.tags)).count(), 1);
    })
    .await;
    assert!(requests >= 6, "only {requests} requests");
}
