//! The process is killed at any of its requests, and the message is delivered again: traffic is where it should be, and
//! what was there before is given back.

use std::sync::Arc;

use tests::stage::{Stage, until};
use tests::stand_in::Moment;

use super::{FORCED, aws, by_alarm, delivery, furnish, order, said, set_on, weights};

/// More requests than any order makes: one that makes so many hangs in a loop.
const MOST_REQUESTS: usize = 30;

/// Kills the function at each of its requests, once before that has its effect and once after, and hands the message to
/// another one. Returns how many requests there are.
async fn killed_everywhere(target: &str, check: impl AsyncFn(&mut Stage)) -> usize {
    let aws = aws().await;
    let mut survivor = set_on(&aws, &[]).await;
    let command = by_alarm(target);
    for moment in [Moment::BeforeIt, Moment::AfterIt] {
        for answered in 0.. {
            assert!(answered < MOST_REQUESTS, "it never comes to an end");
            aws.begin_anew();
            furnish(&aws);
            aws.fall_silent_after(answered, moment);
            let died = dies(set_on(&aws, &[]).await, target).await;
            aws.speak_again();
            if !died && moment == Moment::AfterIt {
                return answered;
            }
            if !died {
                break;
            }
            let returned = survivor.unacknowledged(&delivery("m-1", &command, 2)).await;
            let report = aws.published().pop();
            assert_eq!(returned, [""; 0], "killed at request {answered}, {moment:?}: {report:#?}");
            check(&mut survivor).await;
        }
    }
    0
}

/// Hands over an order, and kills the function where it meets silence. False: it was done before.
async fn dies(mut function: Stage, target: &str) -> bool {
    let (event, aws) = (delivery("m-1", &by_alarm(target), 1), Arc::clone(&function.aws));
    tokio::select! {
        returned = function.unacknowledged(&event) => {
            assert_eq!(returned, [""; 0]);
            false
        }
        () = until(|| aws.is_silent()) => true,
    }
}

#[tokio::test]
async fn weights_that_die_anywhere_have_moved_and_come_back() {
    let requests = killed_everywhere("www", async |stage| {
        assert_eq!(weights(&stage.aws), ["A blue 0", "A green 10", "AAAA blue 0", "AAAA green 10"]);
        let report = stage.report(&order("fail-back", "www")).await;
        assert_eq!(said(&report), "acted failed-back", "{report:#}");
        assert_eq!(weights(&stage.aws), ["A blue 90", "A green 10", "AAAA blue 90", "AAAA green 10"]);
    })
    .await;
    assert!(requests >= 8, "only {requests} requests");
}

#[tokio::test]
async fn a_check_that_dies_anywhere_is_forced_and_gets_its_settings_back() {
    let requests = killed_everywhere("forced", async |stage| {
        let check = stage.aws.health_check(FORCED).unwrap();
        assert!(check.disabled && check.inverted);
        let report = stage.report(&order("fail-back", "forced")).await;
        assert_eq!(said(&report), "acted failed-back", "{report:#}");
        let check = stage.aws.health_check(FORCED).unwrap();
        assert!(!check.disabled && !check.inverted);
    })
    .await;
    assert!(requests >= 7, "only {requests} requests");
}

/// The object says whose order put it, so that the redelivery knows its own.
#[tokio::test]
async fn an_object_that_dies_anywhere_is_put_and_noted_as_its_own_move() {
    let requests = killed_everywhere("object", async |stage| {
        let text = stage.aws.object("standby-switch", "failed-over").unwrap();
        assert!(text.contains("of object"), "{text}");
        let report = stage.report(&order("status", "object")).await;
        let last = &report["state"]["last_move"];
        assert_eq!((&last["to"], &last["by_hand"]), (&"secondary".into(), &false.into()), "{report:#}");
    })
    .await;
    assert!(requests >= 6, "only {requests} requests");
}
