//! The process is killed at any of its requests, and the message is delivered again: the sizes are exact in the end.

use std::sync::Arc;

use serde_json::{Value, json};
use tests::stage::{Stage, until};
use tests::stand_in::Moment;

use super::{API, WORKER, api, aws, delivery, desired, park, put_services, restore, set_on, told};

/// More requests than any command makes: a command that makes so many hangs in a loop.
const MOST_REQUESTS: usize = 20;

/// Kills the function at each of its requests, once before that has its effect and once after, and hands the message to
/// another one. Returns how many requests there are.
async fn killed_everywhere(before: &[Value], command: &Value, check: impl AsyncFn(&mut Stage)) -> usize {
    let aws = aws().await;
    let mut survivor = set_on(&aws, &[]).await;
    for moment in [Moment::BeforeIt, Moment::AfterIt] {
        for answered in 0.. {
            assert!(answered < MOST_REQUESTS, "it never comes to an end");
            aws.begin_anew();
            put_services(&aws);
            for (n, command) in before.iter().enumerate() {
                told(&mut survivor, &format!("before-{n}"), command).await;
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

fn boost() -> Value {
    json!({"action": "boost", "target": "api", "add": 2, "for": "30m", "id": "b-1"})
}

#[tokio::test]
async fn a_park_that_dies_anywhere_parks_and_has_saved_the_exact_size() {
    let requests = killed_everywhere(&[], &park("api"), async |stage| {
        let (count, target) = api(&stage.aws);
        assert_eq!((count, target.min, target.max), (0, 0, 0));
        told(stage, "m-2", &restore("api")).await;
        assert_eq!(api(&stage.aws), API);
    })
    .await;
    assert!(requests >= 6, "only {requests} requests");
}

#[tokio::test]
async fn a_restore_that_dies_anywhere_puts_back_the_exact_size() {
    let requests =
        killed_everywhere(&[park("api")], &restore("api"), async |stage| assert_eq!(api(&stage.aws), API))
            .await;
    assert!(requests >= 6, "only {requests} requests");
}

#[tokio::test]
async fn without_a_scalable_target_it_is_the_same() {
    killed_everywhere(&[], &park("worker"), async |stage| {
        assert_eq!(desired(&stage.aws, "worker"), 0);
        told(stage, "m-2", &restore("worker")).await;
        assert_eq!(desired(&stage.aws, "worker"), WORKER);
    })
    .await;
    let is_back = async |stage: &mut Stage| assert_eq!(desired(&stage.aws, "worker"), WORKER);
    killed_everywhere(&[park("worker")], &restore("worker"), is_back).await;
}

#[tokio::test]
async fn a_boost_that_dies_anywhere_raises_the_floor_once() {
    let requests = killed_everywhere(&[], &boost(), async |stage| {
        let (count, target) = api(&stage.aws);
        assert_eq!((count, target.min, target.max), (4, 4, 8));
        assert_eq!(stage.aws.schedules().len(), 1);
    })
    .await;
    assert!(requests >= 7, "only {requests} requests");
}

#[tokio::test]
async fn the_end_of_a_boost_that_dies_anywhere_gives_back_the_exact_size() {
    let end = json!({"action": "restore", "target": "api", "of": "b-1"});
    killed_everywhere(&[boost()], &end, async |stage| assert_eq!(api(&stage.aws), API)).await;
}

#[tokio::test]
async fn a_park_under_a_boost_that_dies_anywhere_has_saved_the_size_under_it() {
    killed_everywhere(&[boost()], &park("api"), async |stage| {
        assert_eq!(api(&stage.aws).0, 0);
        told(stage, "m-2", &restore("api")).await;
        assert_eq!(api(&stage.aws), API);
    })
    .await;
}
