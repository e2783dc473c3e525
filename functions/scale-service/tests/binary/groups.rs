//! Groups: one look at all of them, a report for each, and none stops the others.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tests::stand_in::Fault;

use super::{delivery, said, scaling, set, told};

const MEMBERS: usize = 10;

fn members(reports: &[Value]) -> Vec<&str> {
    reports.iter().map(|report| report["target"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn ten_services_of_a_cluster_are_described_in_one_call() {
    let mut stage = set(&[]).await;
    let reports = stage.reports(&json!({"action": "set", "target": "fleet", "min": 3})).await;
    let names: Vec<String> = (0..MEMBERS).map(|n| format!("fleet-{n}")).collect();
    assert_eq!(members(&reports), names, "in the order of the playbook");
    assert!(reports.iter().all(|report| said(report) == "acted set"), "{reports:#?}");
    let described = stage.aws.requests_of("DescribeServices");
    assert_eq!(described.len(), 1);
    assert_eq!(described[0].json()["services"].as_array().map(Vec::len), Some(MEMBERS));
    assert_eq!(stage.aws.requests_of("DescribeScalableTargets").len(), 1);
    for n in 0..MEMBERS {
        let name = format!("s{n}");
        assert_eq!(stage.aws.scalable_target("fleet", &name).unwrap().min, 3);
        assert_eq!(stage.aws.service("fleet", &name).unwrap().desired, 3);
    }
}

#[tokio::test]
async fn a_member_that_fails_stops_no_other_and_the_command_comes_back_for_it() {
    let mut stage = set(&[("AWS_MAX_ATTEMPTS", "1")]).await;
    stage.aws.fail_next("RegisterScalableTarget", 1, Fault::INTERNAL_SERVICE);
    let command = json!({"action": "set", "target": "fleet", "min": 3});
    assert_eq!(stage.unacknowledged(&delivery("m-1", &command, 1)).await, ["m-1"]);
    let first: Vec<Value> = stage.aws.published().into_iter().map(|one| one.message).collect();
    let failed: Vec<&Value> = first.iter().filter(|report| report["verdict"] == "failed").collect();
    assert_eq!((first.len(), failed.len()), (MEMBERS, 1), "{first:#?}");
    assert_eq!(failed[0]["target"], "fleet-0");

    stage.aws.take_requests();
    assert_eq!(stage.unacknowledged(&delivery("m-1", &command, 2)).await, [""; 0]);
    let again = stage.aws.published().split_off(MEMBERS);
    let verdicts: BTreeSet<&str> = again.iter().map(|one| one.message["verdict"].as_str().unwrap()).collect();
    assert_eq!(verdicts, ["acted", "held"].into());
    let requests = stage.aws.take_requests();
    assert_eq!(
        scaling(&requests),
        ["DescribeServices", "DescribeScalableTargets", "RegisterScalableTarget", "UpdateService"],
        "only the one that failed is at it again"
    );
}

#[tokio::test]
async fn a_member_that_is_gone_is_refused_by_itself() {
    let mut stage = set(&[]).await;
    let mut gone = stage.aws.service("fleet", "s4").unwrap();
    gone.status = "INACTIVE";
    stage.aws.put_service(gone);
    let reports = told(&mut stage, "m-1", &json!({"action": "set", "target": "fleet", "max": 5})).await;
    let refused: Vec<&Value> = reports.iter().filter(|report| report["verdict"] == "refused").collect();
    assert_eq!((reports.len(), refused.len()), (MEMBERS, 1), "{reports:#?}");
    assert_eq!(
        (&refused[0]["target"], said(refused[0])),
        (&json!("fleet-4"), "refused service-inactive".to_owned())
    );
}

#[tokio::test]
async fn a_group_is_parked_and_restored_as_one() {
    let mut stage = set(&[]).await;
    for (command, desired, bounds) in [("park", 0, (0, 0)), ("restore", 2, (1, 4))] {
        let reports = told(&mut stage, command, &json!({"action": command, "target": "fleet"})).await;
        assert!(reports.iter().all(|report| report["verdict"] == "acted"), "{reports:#?}");
        assert_eq!(reports.len(), MEMBERS);
        for n in 0..MEMBERS {
            let name = format!("s{n}");
            let target = stage.aws.scalable_target("fleet", &name).unwrap();
            assert_eq!((target.min, target.max), bounds);
            assert_eq!(stage.aws.service("fleet", &name).unwrap().desired, desired);
        }
    }
}
