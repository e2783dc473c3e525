//! Batches of a queue: the poison alone comes back, and of ten thousand alarms none is lost and none doubled.

use std::collections::BTreeSet;
use std::sync::Arc;

use tests::alarms::{Message, StateChange, fleet};
use tests::stage::Stage;
use tests::stand_in::{Refused, StandIn};

use super::{set, set_on};

/// What SQS hands over at once.
const BATCH: usize = 10;

/// How often a message is received before it is a dead letter.
const MOST_RECEIVES: usize = 5;

/// How many parts the alarms come in.
const PARTS: usize = 4;

/// The most memory that the function may ever hold.
const MOST_MEMORY_KIB: u64 = 32 * 1024;

#[tokio::test]
async fn of_a_batch_with_poison_only_the_poison_comes_back() {
    let mut stage = set(&[]).await;
    let mut messages = fleet(BATCH);
    messages[3].body = "no JSON".to_owned();
    assert_eq!(stage.returned(&messages).await, ["m-3"]);
    assert_eq!(stage.aws.sent().len(), BATCH - 1);
}

#[tokio::test]
async fn a_batch_of_everything_is_sorted_out() {
    let mut stage = set(&[]).await;
    let messages = [
        Message::new("alarm", StateChange::raised("origin-5xx", 0).by_bus()),
        Message::new("empty", ""),
        Message::new("unrouted", StateChange::raised("unknown", 0).notification()),
        Message::new("test", r#"{"Service": "Amazon S3", "Event": "s3:TestEvent"}"#),
        Message::new("cut", &StateChange::raised("origin-5xx", 0).message().to_string()[..200]),
        Message::new("command", r#"{"action": "pause", "scope": "all", "for": "1h", "until": "noon"}"#),
    ];
    let returned: BTreeSet<String> = stage.returned(&messages).await.into_iter().collect();
    assert_eq!(returned, ["command", "cut", "empty"].map(str::to_owned).into());
    assert_eq!(stage.aws.sent().len(), 2);
}

/// Hands over all messages batch by batch, and again what comes back, until nothing does.
async fn pour(stage: &mut Stage, messages: &[Message]) {
    let mut waiting: Vec<Message> = messages.to_vec();
    for _ in 0..MOST_RECEIVES {
        let mut returned = BTreeSet::new();
        for batch in waiting.chunks(BATCH) {
            returned.extend(stage.returned(batch).await);
        }
        waiting.retain(|message| returned.contains(&message.id));
        if waiting.is_empty() {
            return;
        }
    }
    panic!("{} messages would be dead letters", waiting.len());
}

#[tokio::test]
async fn a_new_alarm_costs_three_calls_and_one_that_is_known_costs_one() {
    let mut stage = set(&[]).await;
    let messages = fleet(2 * BATCH);
    pour(&mut stage, &messages).await;
    let calls = ["TransactWriteItems", "SendMessageBatch", "TransactWriteItems"];
    assert_eq!(stage.asked(), calls.repeat(messages.len()));
    pour(&mut stage, &messages).await;
    assert_eq!(stage.asked().len(), 4 * messages.len());
}

/// A third of the alarms is delivered once more, to another instance of the function; after every other part of them
/// the queue of commands no longer knows what it has taken. It refuses one command in seven for longer than the
/// function insists, so that the alarm comes back.
async fn each_alarm_causes_one_command(alarms: usize) {
    let aws = Arc::new(StandIn::start().await.unwrap());
    aws.refuse_entries(Some(Refused::Some { of: 7, times: 4 }));
    let (mut one, mut other) = (set_on(&aws, &[]).await, set_on(&aws, &[]).await);
    let messages = fleet(alarms);
    for (n, part) in messages.chunks(alarms / PARTS).enumerate() {
        let (left, right) = part.split_at(part.len() / 2);
        tokio::join!(pour(&mut one, left), pour(&mut other, right));
        if n % 2 == 1 {
            aws.forget_deduplication();
        }
        let third = |half: &[Message]| half.iter().step_by(3).cloned().collect::<Vec<_>>();
        let (left, right) = (third(left), third(right));
        tokio::join!(pour(&mut one, &right), pour(&mut other, &left));
    }

    let sent = aws.sent();
    let names: BTreeSet<&str> =
        sent.iter().map(|sent| sent.body["origin"]["alarm"].as_str().unwrap()).collect();
    let ids: BTreeSet<&str> = sent.iter().map(|sent| sent.body["id"].as_str().unwrap()).collect();
    assert_eq!((sent.len(), names.len(), ids.len()), (alarms, alarms, alarms));
    for stage in [one, other] {
        let peak = stage.function.peak_memory_kib().unwrap();
        assert!(peak < MOST_MEMORY_KIB, "it held {peak} KiB");
    }
}

#[tokio::test]
async fn a_thousand_alarms_in_trouble_cause_a_thousand_commands() {
    each_alarm_causes_one_command(1_000).await;
}

#[tokio::test]
#[ignore = "takes a minute; `cargo xtask test` runs it"]
async fn ten_thousand_alarms_in_trouble_cause_ten_thousand_commands() {
    each_alarm_causes_one_command(10_000).await;
}
