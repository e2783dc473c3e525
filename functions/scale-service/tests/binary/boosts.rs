//! `boost`: a higher floor for a while, and the schedule that ends it.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tests::runtime_api::InvokeOptions;
use tests::stage::until;
use tests::stand_in::{EcsService, Fault, ScalableTarget, StandIn};

use super::{API, DEAD_LETTERS, QUEUE, WORKER, api, desired, park, said, scaling, set, told};

fn boost(target: &str, add: u32, id: &str) -> Value {
    json!({"action": "boost", "target": target, "add": add, "for": "30m", "id": id,
        "origin": {"source": "alarm", "correlation": "slow-api", "alarm": "portfolio-api-slow"}})
}

/// The inputs of all schedules, as Scheduler sends them.
fn inputs(aws: &StandIn) -> Vec<Value> {
    let input =
        |schedule: &Value| serde_json::from_str(schedule["Target"]["Input"].as_str().unwrap()).unwrap();
    aws.schedules().iter().map(input).collect()
}

/// The only input that ends this boost.
fn end_of(aws: &StandIn, boost: &str) -> Value {
    let ends: Vec<Value> = inputs(aws).into_iter().filter(|input| input["of"] == boost).collect();
    let [end] = ends.as_slice() else { panic!("not one end of {boost}: {ends:#?}") };
    end.clone()
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the function is another process, with a clock of its own")]
async fn a_boost_makes_the_schedule_that_ends_it() {
    let mut stage = set(&[]).await;
    let before = jiff::Timestamp::now();
    let report = stage.report(&boost("api", 2, "b-1")).await;
    assert_eq!(said(&report), "acted boosted", "{report:#}");
    let [schedule] = stage.aws.schedules().try_into().unwrap();
    assert_eq!(schedule["GroupName"], "lamplighter");
    assert_eq!(schedule["ActionAfterCompletion"], "DELETE");
    assert_eq!(schedule["FlexibleTimeWindow"]["Mode"], "OFF");
    let name = schedule["Name"].as_str().unwrap();
    assert!(name.contains("api") && name.len() <= 64, "{name}");
    let target = &schedule["Target"];
    assert_eq!(
        (&target["Arn"], &target["RoleArn"]),
        (&json!(QUEUE), &json!("arn:aws:iam::123456789012:role/end-boosts"))
    );
    assert_eq!(
        target["SqsParameters"],
        json!({"MessageGroupId": "api"}),
        "a FIFO queue takes nothing without"
    );
    assert_eq!(target["DeadLetterConfig"], json!({"Arn": DEAD_LETTERS}));
    let input = end_of(&stage.aws, "b-1");
    assert_eq!((&input["action"], &input["target"]), (&json!("restore"), &json!("api")));
    assert_eq!(input["origin"], json!({"source": "schedule", "correlation": "slow-api"}));
    assert!(input["id"].is_string());

    // `at(…)` has no zone, and Scheduler takes it for UTC.
    let at = schedule["ScheduleExpression"].as_str().unwrap().trim_start_matches("at(").trim_end_matches(')');
    let at: jiff::Timestamp = format!("{at}Z").parse().unwrap();
    let after = at.duration_since(before).as_secs();
    assert!((30 * 60..=31 * 60 + 5).contains(&after), "it ends after {after} s");
}

#[tokio::test]
async fn the_way_back_is_made_before_the_change() {
    let mut stage = set(&[]).await;
    // With a scalable target the new minimum raises the count: it is looked at again, and high enough.
    let look = ["DescribeServices", "DescribeScalableTargets", "CreateSchedule"];
    for (target, change) in [
        ("api", ["RegisterScalableTarget", "DescribeServices"].as_slice()),
        ("worker", ["UpdateService"].as_slice()),
    ] {
        stage.report(&boost(target, 2, target)).await;
        assert_eq!(scaling(&stage.aws.take_requests()), [&look, change].concat());
    }
    let (count, target) = api(&stage.aws);
    assert_eq!((count, target.min, target.max, desired(&stage.aws, "worker")), (4, 4, 8, 4));
}

#[tokio::test]
async fn a_task_that_is_added_while_a_boost_begins_is_not_taken_away() {
    let mut stage = set(&[]).await;
    let aws = Arc::clone(&stage.aws);
    aws.delay_next("CreateSchedule", Duration::from_millis(300));
    let added = async {
        until(|| !aws.requests_of("CreateSchedule").is_empty()).await;
        aws.put_service(EcsService::new("portfolio", "api", 5));
    };
    let command = boost("api", 2, "b-1");
    let (report, ()) = tokio::join!(stage.report(&command), added);
    assert_eq!(said(&report), "acted boosted", "{report:#}");
    assert_eq!(api(&aws), (5, ScalableTarget { min: 4, ..API.1 }));
    assert!(aws.requests_of("UpdateService").is_empty());
}

#[tokio::test]
async fn a_boost_whose_way_back_cannot_be_made_changes_nothing() {
    let mut stage = set(&[("AWS_MAX_ATTEMPTS", "1")]).await;
    stage.aws.fail_next("CreateSchedule", 1, Fault::ACCESS_DENIED);
    let (_, report) = stage.failed_report(&boost("api", 2, "b-1"), InvokeOptions::default()).await;
    assert_eq!(report["verdict"], "failed", "{report:#}");
    assert_eq!(api(&stage.aws), API);
    assert_eq!(said(&stage.report(&boost("api", 2, "b-1")).await), "acted boosted");
    assert_eq!(api(&stage.aws).1.min, 4);
}

#[tokio::test]
async fn its_end_gives_back_the_exact_size_once() {
    let mut stage = set(&[]).await;
    for (target, id) in [("api", "b-1"), ("worker", "b-2")] {
        let reports = told(&mut stage, id, &boost(target, 2, id)).await;
        assert_eq!(said(&reports[0]), "acted boosted", "{reports:#?}");
        let end = end_of(&stage.aws, id);
        let reports = told(&mut stage, &format!("{id} ends"), &end).await;
        assert_eq!(said(&reports[0]), "acted boost-ended", "{reports:#?}");
        assert_eq!(
            (&reports[0]["source"], &reports[0]["correlation"]),
            (&json!("schedule"), &json!("slow-api"))
        );
        let reports = told(&mut stage, &format!("{id} ends again"), &end).await;
        assert_eq!(reports[0]["verdict"], "held", "{reports:#?}");
    }
    assert_eq!((api(&stage.aws), desired(&stage.aws, "worker")), (API, WORKER));
}

#[tokio::test]
async fn two_boosts_keep_the_higher_floor_until_the_last_one_ends() {
    for [first, last] in [["b-1", "b-2"], ["b-2", "b-1"]] {
        let mut stage = set(&[]).await;
        stage.report(&boost("api", 2, "b-1")).await;
        stage.report(&boost("api", 1, "b-2")).await;
        assert_eq!(api(&stage.aws).1.min, 5);
        let (first, last) = (end_of(&stage.aws, first), end_of(&stage.aws, last));
        assert_eq!(said(&told(&mut stage, "first", &first).await[0]), "acted boost-continues");
        assert_eq!(api(&stage.aws).1.min, 5);
        assert_eq!(said(&told(&mut stage, "last", &last).await[0]), "acted boost-ended");
        assert_eq!(api(&stage.aws), API);
    }
}

#[tokio::test]
async fn the_end_of_a_boost_does_not_wake_what_was_parked_since() {
    let mut stage = set(&[]).await;
    stage.report(&boost("api", 2, "b-1")).await;
    stage.report(&park("api")).await;
    let end = end_of(&stage.aws, "b-1");
    let reports = told(&mut stage, "end", &end).await;
    assert_eq!(said(&reports[0]), "held superseded", "{reports:#?}");
    assert_eq!(api(&stage.aws).0, 0);
    stage.report(&super::restore("api")).await;
    assert_eq!(api(&stage.aws), API, "it goes back to the size under the boost");
}

#[tokio::test]
async fn a_boost_is_cut_to_the_largest_step_and_the_ceiling() {
    let mut stage = set(&[]).await;
    let report =
        stage.report(&json!({"action": "boost", "target": "api", "percent": 400, "for": "5m"})).await;
    assert_eq!(said(&report), "acted boosted", "{report:#}");
    assert_eq!(api(&stage.aws).1.min, 6);
    for _ in 0..2 {
        stage.aws.settle_services();
        stage.report(&json!({"action": "boost", "target": "api", "add": 4, "for": "24h"})).await;
    }
    let (count, target) = api(&stage.aws);
    assert_eq!((count, target.min, target.max), (10, 10, 10));
}

/// It is asked every few minutes, so people are not told.
#[tokio::test]
async fn nothing_is_overdue_while_a_boost_runs() {
    let mut stage = set(&[]).await;
    let reconcile = json!({"action": "reconcile", "origin": {"source": "schedule"}});
    assert_eq!(said(&stage.report(&reconcile).await), "held nothing-overdue");
    stage.report(&boost("api", 2, "b-1")).await;
    assert_eq!(said(&stage.report(&reconcile).await), "held nothing-overdue");
    assert!(told(&mut stage, "r-1", &reconcile).await.is_empty());
    assert_eq!(api(&stage.aws).1.min, 4);
}
