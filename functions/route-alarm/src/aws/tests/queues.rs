//! SQS: what is taken, what is taken in part, what is refused.

mod groups;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::operation::send_message_batch::{SendMessageBatchInput, SendMessageBatchOutput};
use aws_sdk_sqs::types::{BatchResultErrorEntry, SendMessageBatchResultEntry};
use aws_smithy_mocks::mock;
use shared::command::Mode;
use shared::ids::TargetName;

use super::*;
use crate::examples::{alarm, dispatch, of_alarm};

/// Commands for these targets, which a queue tells apart.
fn commands_for<T: AsRef<str>>(targets: impl IntoIterator<Item = T>) -> Vec<Dispatch> {
    let command = dispatch(&of_alarm(alarm()), "purge", Mode::Apply);
    let of = |(n, target): (usize, T)| Dispatch {
        deduplication: format!("d-{n}"),
        target: TargetName::parse(target.as_ref()).unwrap(),
        ..command.clone()
    };
    targets.into_iter().enumerate().map(of).collect()
}

/// Commands, each for a target of its own.
fn commands(count: usize) -> Vec<Dispatch> {
    commands_for((0..count).map(|n| format!("site-{n}")))
}

/// An answer that takes some entries, and refuses others: `fault` says whether it is the sender's.
fn answer(taken: &[&str], refused: &[(&str, bool)]) -> SendMessageBatchOutput {
    let taken = taken.iter().map(|id| {
        let entry = SendMessageBatchResultEntry::builder().id(*id).message_id(format!("message-{id}"));
        entry.md5_of_message_body("md5").build().unwrap()
    });
    let refused = refused.iter().map(|(id, fault)| {
        let entry = BatchResultErrorEntry::builder().id(*id).code("InternalError").message("try later");
        entry.sender_fault(*fault).build().unwrap()
    });
    SendMessageBatchOutput::builder()
        .set_successful(Some(taken.collect()))
        .set_failed(Some(refused.collect()))
        .build()
        .unwrap()
}

async fn send(rules: &[&Rule], commands: &[Dispatch], deadline: Deadline) -> Vec<Result<String, String>> {
    let clients = Rules { sqs: rules, ..Rules::default() }.clients();
    let commands: Vec<&Dispatch> = commands.iter().collect();
    let answers = clients.until(deadline).send("invalidate-cache", &commands).await;
    let word = |answer: Result<Sent, Fault>| {
        answer.map(|sent| sent.message).map_err(|fault| fault.code().to_owned())
    };
    answers.into_iter().map(word).collect()
}

fn ok(messages: &[&str]) -> Vec<Result<String, String>> {
    messages.iter().map(|id| Ok(format!("message-{id}"))).collect()
}

/// The deduplication ids of the entries of a request.
fn entries(input: &SendMessageBatchInput) -> Vec<&str> {
    input.entries().iter().filter_map(|entry| entry.message_deduplication_id()).collect()
}

#[tokio::test]
async fn a_command_goes_to_its_queue_with_its_target_as_group_and_its_deduplication_id() {
    let command = dispatch(&of_alarm(alarm()), "purge", Mode::Apply);
    let (deduplication, body) = (command.deduplication.clone(), command.body.to_string());
    let matches = move |input: &SendMessageBatchInput| {
        let [entry] = input.entries() else { return false };
        input.queue_url() == Some(QUEUE)
            && entry.message_group_id() == Some("site")
            && entry.message_deduplication_id() == Some(&deduplication)
            && entry.message_body() == body
            && entry.delay_seconds().is_none()
    };
    let rule = mock!(Client::send_message_batch).match_requests(matches).then_output(|| answer(&["0"], &[]));
    assert_eq!(send(&[&rule], &[command], left(60)).await, ok(&["0"]));
}

#[tokio::test]
async fn more_than_ten_commands_are_sent_ten_at_a_time_in_their_order() {
    let ids: Vec<String> = (0..10).map(|n| n.to_string()).collect();
    let first = mock!(Client::send_message_batch)
        .match_requests(|input| entries(input).len() == 10 && entries(input)[0] == "d-0")
        .then_output(move || answer(&ids.iter().map(String::as_str).collect::<Vec<_>>(), &[]));
    let second = mock!(Client::send_message_batch)
        .match_requests(|input| entries(input) == ["d-10", "d-11"])
        .then_output(|| answer(&["10", "11"], &[]));
    let answers = send(&[&first, &second], &commands(12), left(60)).await;
    assert_eq!((answers.len(), first.num_calls(), second.num_calls()), (12, 1, 1));
    assert_eq!(answers[9..], ok(&["9", "10", "11"]));
}

#[tokio::test]
async fn what_is_taken_in_part_is_sent_again_in_part_under_the_same_deduplication_id() {
    let first = mock!(Client::send_message_batch)
        .match_requests(|input| entries(input) == ["d-0", "d-1", "d-2"])
        .then_output(|| answer(&["1"], &[("0", false), ("2", false)]));
    let second = mock!(Client::send_message_batch)
        .match_requests(|input| entries(input) == ["d-0", "d-2"])
        .then_output(|| answer(&["2"], &[("0", false)]));
    let third = mock!(Client::send_message_batch)
        .match_requests(|input| entries(input) == ["d-0"])
        .then_output(|| answer(&["0"], &[]));
    let answers = send(&[&first, &second, &third], &commands(3), left(60)).await;
    assert_eq!(answers, ok(&["0", "1", "2"]));
}

#[tokio::test]
async fn what_is_never_taken_is_failed_alone_after_two_more_attempts() {
    let all = mock!(Client::send_message_batch).then_output(|| answer(&["0"], &[("1", false)]));
    let alone = || mock!(Client::send_message_batch).then_output(|| answer(&[], &[("1", false)]));
    let (second, third, fourth) = (alone(), alone(), alone());
    let answers = send(&[&all, &second, &third, &fourth], &commands(2), left(60)).await;
    assert_eq!(answers, [Ok("message-0".to_owned()), Err("unavailable".to_owned())]);
    assert_eq!((third.num_calls(), fourth.num_calls()), (1, 0));
}

#[tokio::test]
async fn what_is_wrong_with_the_entry_itself_is_not_sent_again() {
    let rule = mock!(Client::send_message_batch).then_output(|| answer(&["1"], &[("0", true)]));
    let answers = send(&[&rule], &commands(2), left(60)).await;
    assert_eq!(answers, [Err("rejected".to_owned()), Ok("message-1".to_owned())]);
    assert_eq!(rule.num_calls(), 1);
}

#[tokio::test]
async fn an_entry_that_the_answer_does_not_mention_was_not_sent() {
    let silent = || mock!(Client::send_message_batch).then_output(|| answer(&[], &[]));
    let (first, second, third) = (silent(), silent(), silent());
    assert_eq!(
        send(&[&first, &second, &third], &commands(1), left(60)).await,
        [Err("unknown-error".to_owned())]
    );
}

#[tokio::test]
async fn a_request_that_is_refused_fails_all_of_its_commands_and_is_not_repeated() {
    use FaultClass::{Denied, NotFound, Throttled, Unavailable};
    for (status, code, expected) in [
        (400, "RequestThrottled", Throttled),
        (400, "ThrottlingException", Throttled),
        (403, "AccessDeniedException", Denied),
        (400, "QueueDoesNotExist", NotFound),
        (400, "AWS.SimpleQueueService.NonExistentQueue", NotFound),
        (503, "ServiceUnavailable", Unavailable),
        (500, "InternalFailure", Unavailable),
    ] {
        let rule = mock!(Client::send_message_batch).then_http_response(move || refusal(status, code, "no"));
        let answers = send(&[&rule], &commands(2), left(60)).await;
        let expected = Err(expected.code().to_owned());
        assert_eq!((answers, rule.num_calls()), (vec![expected.clone(), expected], 1), "{code}");
    }
}

#[tokio::test]
async fn a_function_without_a_queue_and_an_invocation_without_time_send_nothing() {
    let rule = mock!(Client::send_message_batch).then_output(|| answer(&["0"], &[]));
    assert_eq!(send(&[&rule], &commands(2), left(1)).await, vec![Err("deadline".to_owned()); 2]);
    let clients = Rules { sqs: &[&rule], ..Rules::default() }.clients();
    let commands = commands(1);
    let answers = clients.until(left(60)).send("failover-dns", &[&commands[0]]).await;
    let fault = answers.into_iter().next().unwrap().unwrap_err();
    assert_eq!(
        shown(&fault),
        (
            Some(FaultClass::NotFound),
            "failed to send a command to failover-dns: `LAMPLIGHTER_QUEUES` has no queue for it".to_owned()
        )
    );
    assert_eq!(rule.num_calls(), 0);
}
