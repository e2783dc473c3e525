//! The order within a message group, whatever SQS takes and refuses, and the sizes of requests.

use serde_json::json;

use super::*;

/// A request that has exactly these entries, and its answer: what it takes, what it refuses.
fn request(
    expected: &'static [&'static str],
    taken: &'static [&str],
    refused: &'static [(&str, bool)],
) -> Rule {
    mock!(Client::send_message_batch)
        .match_requests(move |input| entries(input) == expected)
        .then_output(move || answer(taken, refused))
}

#[tokio::test]
async fn the_next_command_of_a_target_goes_when_the_one_before_is_taken() {
    let commands = commands_for(["site", "site", "blog", "site"]);
    let first = request(&["d-0", "d-2"], &["0", "2"], &[]);
    let second = request(&["d-1"], &["1"], &[]);
    let third = request(&["d-3"], &["3"], &[]);
    assert_eq!(send(&[&first, &second, &third], &commands, left(60)).await, ok(&["0", "1", "2", "3"]));
}

#[tokio::test]
async fn what_is_sent_again_still_goes_before_the_later_ones_of_its_target() {
    let commands = commands_for(["site", "site", "blog", "blog"]);
    let first = request(&["d-0", "d-2"], &["2"], &[("0", false)]);
    let second = request(&["d-0", "d-3"], &["0", "3"], &[]);
    let third = request(&["d-1"], &["1"], &[]);
    assert_eq!(send(&[&first, &second, &third], &commands, left(60)).await, ok(&["0", "1", "2", "3"]));
}

#[tokio::test]
async fn behind_a_command_that_is_never_taken_its_target_stops_and_the_others_go_on() {
    let commands = commands_for(["site", "site", "site", "blog", "blog", "blog", "blog"]);
    let first = request(&["d-0", "d-3"], &["0", "3"], &[]);
    let again = [
        request(&["d-1", "d-4"], &["4"], &[("1", false)]),
        request(&["d-1", "d-5"], &["5"], &[("1", false)]),
        request(&["d-1", "d-6"], &["6"], &[("1", false)]),
    ];
    let rules = [&first, &again[0], &again[1], &again[2]];
    let clients = Rules { sqs: &rules, ..Rules::default() }.clients();
    let commands: Vec<&Dispatch> = commands.iter().collect();
    let answers = clients.until(left(60)).send("invalidate-cache", &commands).await;
    let word = |answer: &Result<Sent, Fault>| answer.as_ref().map(|sent| sent.message.clone()).map_err(shown);
    let answers: Vec<_> = answers.iter().map(word).collect();
    let (failed, last) = ("failed to send a command to invalidate-cache", "InternalError: try later");
    assert_eq!(answers[1], Err((Some(FaultClass::Unavailable), format!("{failed}: {last}"))));
    let behind = format!("{failed}: an earlier command for the same target was not taken: {last}");
    assert_eq!(answers[2], Err((Some(FaultClass::Unavailable), behind)));
    let taken = |n: usize| Ok(format!("message-{n}"));
    assert_eq!([&answers[..1], &answers[3..]].concat(), [0, 3, 4, 5, 6].map(taken));
}

#[tokio::test]
async fn behind_a_command_that_is_wrong_nothing_of_its_target_is_tried() {
    let rule = request(&["d-0", "d-2"], &["2"], &[("0", true)]);
    let rejected = Err("rejected".to_owned());
    let expected = [rejected.clone(), rejected, Ok("message-2".to_owned())];
    assert_eq!(send(&[&rule], &commands_for(["site", "site", "blog"]), left(60)).await, expected);
}

#[tokio::test]
async fn a_refused_request_stops_the_targets_that_it_has_and_no_others() {
    let refused = mock!(Client::send_message_batch)
        .match_requests(|input| entries(input).len() == 10)
        .then_http_response(|| refusal(400, "RequestThrottled", "no"));
    let rest = request(&["d-10"], &["10"], &[]);
    let targets = (0..11).chain([0]).map(|n| format!("site-{n}"));
    let answers = send(&[&refused, &rest], &commands_for(targets), left(60)).await;
    assert_eq!(answers[10], Ok("message-10".to_owned()));
    assert_eq!(answers.iter().filter(|answer| **answer == Err("throttled".to_owned())).count(), 11);
}

/// Commands whose bodies have these sizes.
fn of_sizes(sizes: &[usize]) -> Vec<Dispatch> {
    let mut commands = commands(sizes.len());
    for (command, size) in commands.iter_mut().zip(sizes) {
        command.body = json!("x".repeat(size - 2));
    }
    commands
}

#[tokio::test]
async fn a_request_has_at_most_256_kib_of_messages() {
    const HALF: usize = 128 * 1024;
    let full = request(&["d-0", "d-1"], &["0", "1"], &[]);
    let rest = request(&["d-2"], &["2"], &[]);
    assert_eq!(send(&[&full, &rest], &of_sizes(&[HALF, HALF, 10]), left(60)).await, ok(&["0", "1", "2"]));
    let first = request(&["d-0"], &["0"], &[]);
    let second = request(&["d-1", "d-2"], &["1", "2"], &[]);
    assert_eq!(
        send(&[&first, &second], &of_sizes(&[HALF, HALF + 1, 10]), left(60)).await,
        ok(&["0", "1", "2"])
    );
}

#[tokio::test]
async fn a_message_that_is_too_big_goes_alone_for_sqs_to_say_so() {
    let first = request(&["d-0"], &["0"], &[]);
    let big = request(&["d-1"], &[], &[("1", true)]);
    let rest = request(&["d-2"], &["2"], &[]);
    let answers = send(&[&first, &big, &rest], &of_sizes(&[10, 256 * 1024 + 1, 10]), left(60)).await;
    assert_eq!(answers, [Ok("message-0".to_owned()), Err("rejected".to_owned()), Ok("message-2".to_owned())]);
}
