//! What AWS does to the function: nothing is lost by it, and nothing is done twice.

use std::sync::Arc;
use std::time::Duration;

use tests::alarms::{Message, StateChange};
use tests::runtime_api::{Answer, InvokeOptions};
use tests::stage::until;
use tests::stand_in::{Fault, Refused, Service, StandIn};

use super::{counted, counts, set, set_on};

/// No pauses of the SDK between its attempts.
const ONE_ATTEMPT: [(&str, &str); 1] = [("AWS_MAX_ATTEMPTS", "1")];

fn message() -> [Message; 1] {
    [Message::new("m-1", StateChange::raised("origin-5xx", 0).by_bus())]
}

#[tokio::test]
async fn without_its_ledger_everything_comes_back_and_is_sent_once_when_it_is_there_again() {
    let mut stage = set(&ONE_ATTEMPT).await;
    for fault in [Fault::INTERNAL_SERVER_ERROR, Fault::THROTTLING_EXCEPTION, Fault::ACCESS_DENIED] {
        stage.aws.down(Service::DynamoDb, fault);
        assert_eq!(stage.returned(&message()).await, ["m-1"]);
    }
    stage.aws.down(Service::DynamoDb, Fault::INTERNAL_SERVER_ERROR);
    let event = StateChange::raised("origin-5xx", 0).by_topic();
    let (error_type, reports) = stage.failed_reports(&event, InvokeOptions::default()).await;
    assert_eq!(
        (error_type.as_str(), counted(&reports)),
        ("CommandFailed", counts([("failed ledger-unavailable", 2)]))
    );
    assert!(stage.aws.sent().is_empty());

    stage.aws.up(Service::DynamoDb);
    for _ in 0..2 {
        assert_eq!(stage.returned(&message()).await, [""; 0]);
    }
    assert_eq!(stage.aws.sent().len(), 2);
}

#[tokio::test]
async fn a_ledger_that_fails_after_the_send_makes_no_second_command() {
    let mut stage = set(&ONE_ATTEMPT).await;
    stage.aws.delay_next("TransactWriteItems", Duration::ZERO);
    stage.aws.delay_next("TransactWriteItems", Duration::ZERO);
    stage.aws.fail_next("TransactWriteItems", 8, Fault::INTERNAL_SERVER_ERROR);
    stage.returned(&message()).await;
    stage.aws.forget_troubles();
    assert_eq!(stage.returned(&message()).await, [""; 0]);
    assert_eq!(stage.returned(&message()).await, [""; 0]);
    assert_eq!(stage.aws.sent().len(), 2, "{:#?}", stage.aws.sent());
}

/// The claim of the dead is in force until its time has run out, but the message is its own when it comes again.
#[tokio::test]
async fn a_function_that_dies_between_claim_and_send_loses_nothing() {
    let aws = Arc::new(StandIn::start().await.unwrap());
    aws.delay_next("SendMessageBatch", Duration::from_secs(60));
    let (mut dying, message) = (set_on(&aws, &[]).await, message());
    tokio::select! {
        answer = dying.returned(&message) => panic!("it lived to answer: {answer:?}"),
        () = until(|| !aws.requests_of("SendMessageBatch").is_empty()) => {}
    }
    drop(dying);
    assert!(aws.sent().is_empty());

    let mut stage = set_on(&aws, &[]).await;
    let other = [Message::new("m-2", StateChange::raised("origin-5xx", 0).notification())];
    assert_eq!(stage.returned(&other).await, [""; 0]);
    assert!(aws.sent().is_empty());
    assert_eq!(stage.returned(&message).await, [""; 0]);
    assert_eq!(aws.sent().len(), 2);
}

#[tokio::test]
async fn a_lost_answer_of_the_ledger_is_no_denial_by_the_own_claim() {
    let mut stage = set(&[]).await;
    stage.aws.lose_answer_of_next("TransactWriteItems", 1);
    let reports = stage.reports(&StateChange::raised("origin-5xx", 0).by_topic()).await;
    assert_eq!(counted(&reports), counts([("acted routed", 2)]), "{reports:#?}");
    assert_eq!(stage.aws.sent().len(), 2);
}

#[tokio::test]
async fn a_lost_answer_of_the_queue_makes_no_second_command() {
    let mut stage = set(&[]).await;
    stage.aws.lose_answer_of_next("SendMessageBatch", 1);
    let reports = stage.reports(&StateChange::raised("origin-5xx", 0).by_topic()).await;
    assert_eq!(counted(&reports), counts([("acted routed", 2)]), "{reports:#?}");
    assert_eq!(stage.aws.sent().len(), 2);
    assert!(stage.aws.repeated() > 0);
}

#[tokio::test]
async fn another_transaction_on_the_same_item_is_waited_out() {
    let mut stage = set(&[]).await;
    stage.aws.conflict_next(1);
    let reports = stage.reports(&StateChange::raised("origin-5xx", 0).by_topic()).await;
    assert_eq!(counted(&reports), counts([("acted routed", 2)]), "{reports:#?}");
    assert_eq!(stage.aws.sent().len(), 2);
}

#[tokio::test]
async fn an_entry_that_the_queue_refuses_once_is_sent_again() {
    let mut stage = set(&[]).await;
    stage.aws.refuse_entries(Some(Refused::Next(1)));
    let reports = stage.reports(&StateChange::raised("origin-5xx", 0).by_topic()).await;
    assert_eq!(counted(&reports), counts([("acted routed", 2)]), "{reports:#?}");
    assert_eq!(stage.aws.sent().len(), 2);
}

/// Lambda tries an asynchronous invocation again under the same request id.
#[tokio::test]
async fn a_queue_that_refuses_everything_fails_the_command_until_it_takes_it() {
    let mut stage = set(&ONE_ATTEMPT).await;
    let event = StateChange::raised("origin-5xx", 0).by_topic();
    let again = || InvokeOptions { request_id: Some("again".to_owned()), ..InvokeOptions::default() };
    stage.aws.refuse_entries(Some(Refused::All));
    for _ in 0..2 {
        let (_, reports) = stage.failed_reports(&event, again()).await;
        assert_eq!(counted(&reports), counts([("failed unavailable", 2)]), "{reports:#?}");
    }

    stage.aws.refuse_entries(None);
    for code in ["acted routed", "held already-routed"] {
        let Answer::Response(answer) = stage.invoke_with(&event, again()).await else { panic!("an error") };
        assert_eq!(counted(answer["reports"].as_array().unwrap()), counts([(code, 2)]), "{answer:#}");
    }
    assert_eq!(stage.aws.sent().len(), 2);
}

#[tokio::test]
async fn a_queue_that_hangs_up_or_is_gone_fails_the_command() {
    let mut stage = set(&ONE_ATTEMPT).await;
    for fault in [Fault::QUEUE_DOES_NOT_EXIST, Fault::ACCESS_DENIED, Fault::THROTTLING_EXCEPTION] {
        stage.aws.down(Service::Sqs, fault);
        assert_eq!(stage.returned(&message()).await, ["m-1"]);
    }
    stage.aws.up(Service::Sqs);
    stage.aws.hang_up_next("SendMessageBatch", 1);
    assert_eq!(stage.returned(&message()).await, ["m-1"]);
    assert_eq!(stage.returned(&message()).await, [""; 0]);
    assert_eq!(stage.aws.sent().len(), 2);
}
