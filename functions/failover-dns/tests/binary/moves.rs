//! There and back on the wire, by every means that the stand-in serves.

use serde_json::json;
use tests::stand_in::{AlarmKind, HealthCheck};

use super::{FORCED, STANDBY, asked, by_alarm, control, delivery, order, said, set, weights};

#[tokio::test]
async fn weights_move_in_one_change_and_come_back_exactly() {
    let mut stage = set(&[]).await;
    assert_eq!(stage.unacknowledged(&delivery("m-1", &by_alarm("www"), 1)).await, [""; 0]);
    let mut calls = asked(&stage.aws);
    calls.sort();
    assert_eq!(
        calls,
        ["ChangeResourceRecordSets", "GetChange", "GetHealthCheckStatus", "ListResourceRecordSets"]
    );
    assert_eq!(weights(&stage.aws), ["A blue 0", "A green 10", "AAAA blue 0", "AAAA green 10"]);
    let report = stage.aws.published().pop().unwrap().message;
    assert_eq!(said(&report), "acted failed-over", "{report:#}");
    assert_eq!(report["steps"][1]["route53"], json!("PENDING"), "{report:#}");
    assert!(report["next"].as_str().unwrap().contains("TTL is 45 s"), "{report:#}");
    // A further alarm finds it there.
    stage.unacknowledged(&delivery("m-2", &by_alarm("www"), 1)).await;
    assert_eq!(said(&stage.aws.published().pop().unwrap().message), "held already-there");
    let report = stage.report(&order("fail-back", "www")).await;
    assert_eq!(said(&report), "acted failed-back", "{report:#}");
    assert_eq!(weights(&stage.aws), ["A blue 90", "A green 10", "AAAA blue 90", "AAAA green 10"]);
    for set in stage.aws.records(super::ZONE) {
        assert!(set.contains("<TTL>45</TTL>") && set.contains(STANDBY), "{set}");
    }
}

#[tokio::test]
async fn a_health_check_is_forced_and_gets_its_settings_back() {
    let mut stage = set(&[]).await;
    stage.aws.put_health_check(HealthCheck { inverted: true, version: 7, ..HealthCheck::new(FORCED) });
    let state = |stage: &tests::stage::Stage| {
        let HealthCheck { disabled, inverted, version, .. } = stage.aws.health_check(FORCED).unwrap();
        (disabled, inverted, version)
    };
    let report = stage.report(&order("fail-over", "forced")).await;
    assert_eq!((said(&report).as_str(), state(&stage)), ("acted failed-over", (true, true, 8)), "{report:#}");
    let report = stage.report(&order("fail-over", "forced")).await;
    assert_eq!((said(&report).as_str(), state(&stage)), ("held already-there", (true, true, 8)));
    let report = stage.report(&order("fail-back", "forced")).await;
    assert_eq!(
        (said(&report).as_str(), state(&stage)),
        ("acted failed-back", (false, true, 9)),
        "{report:#}"
    );
}

#[tokio::test]
async fn an_object_is_put_and_removed() {
    let mut stage = set(&[]).await;
    let object = |stage: &tests::stage::Stage| stage.aws.object("standby-switch", "failed-over");
    let report = stage.report(&order("fail-over", "object")).await;
    assert_eq!(said(&report), "acted failed-over", "{report:#}");
    assert!(object(&stage).unwrap().contains("object"));
    let report = stage.report(&order("fail-over", "object")).await;
    assert_eq!(said(&report), "held already-there", "{report:#}");
    let report = stage.report(&order("fail-back", "object")).await;
    assert_eq!((said(&report).as_str(), object(&stage)), ("acted failed-back", None), "{report:#}");
}

#[tokio::test]
async fn both_controls_turn_in_one_request() {
    let mut stage = set(&[]).await;
    let on = |stage: &tests::stage::Stage| {
        ["primary", "secondary"].map(|side| stage.aws.routing_control(&control(side)).unwrap())
    };
    let report = stage.report(&order("fail-over", "controls")).await;
    assert_eq!((said(&report).as_str(), on(&stage)), ("acted failed-over", [false, true]), "{report:#}");
    assert_eq!(stage.aws.requests_of("UpdateRoutingControlStates").len(), 1);
    let report = stage.report(&order("fail-back", "controls")).await;
    assert_eq!((said(&report).as_str(), on(&stage)), ("acted failed-back", [true, false]), "{report:#}");
}

#[tokio::test]
async fn a_drill_and_a_status_change_nothing_and_a_secondary_that_is_down_gets_no_traffic() {
    let mut stage = set(&[]).await;
    let before = weights(&stage.aws);
    let drilled = stage.report(&json!({"action": "drill"})).await;
    assert_eq!(said(&drilled), "held drill-passed", "{drilled:#}");
    let all = stage.reports(&json!({"action": "status"})).await;
    assert_eq!(
        all.iter().map(|one| one["target"].as_str().unwrap()).collect::<Vec<_>>(),
        ["controls", "object", "forced", "www"]
    );
    // 2 of 15 are 13 %.
    stage.aws.put_health_check(HealthCheck { healthy: 2, ..HealthCheck::new(STANDBY) });
    let drilled = stage.report(&order("drill", "www")).await;
    assert_eq!(said(&drilled), "refused standby-unproven", "{drilled:#}");
    for target in ["www", "forced", "object", "controls"] {
        let report = stage.report(&order("fail-over", target)).await;
        assert_eq!(said(&report), "refused standby-unproven", "{report:#}");
    }
    assert_eq!(weights(&stage.aws), before);
    stage.aws.put_health_check(HealthCheck { healthy: 3, ..HealthCheck::new(STANDBY) });
    assert_eq!(said(&stage.report(&order("fail-over", "www")).await), "acted failed-over");
    // The primary's alarm has not been OK for long enough.
    stage.aws.set_alarm(AlarmKind::Metric, "primary-health", "ALARM", 1_795_165_200_000);
    let report = stage.report(&order("fail-back", "www")).await;
    assert_eq!(said(&report), "refused primary-unproven", "{report:#}");
}
