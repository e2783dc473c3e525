//! Somebody else changes the same thing between the look and the change.

use failover_dns::fake::text;
use failover_dns::world::{Check, Distribution, Meaning, RecordSet};
use shared::fault::FaultClass;
use shared::kinds::distribution::DistributionId;
use shared::kinds::dns::{HealthCheckId, Strategy, ZoneId};

use super::Helm;

fn check() -> HealthCheckId {
    text("99999999-2222-3333-4444-555555555555")
}

/// Somebody changes the health check's settings: the next version is looked at, and what it says is given back.
#[tokio::test]
async fn another_version_of_a_health_check_is_looked_at_again() {
    let helm = Helm::with("health-check", "");
    helm.dns().before("set-check", |dns| {
        let known = dns.find_check(&check()).unwrap();
        dns.put_check(&check(), Check { version: known.version + 5, inverted: true, ..known });
    });
    assert_eq!(helm.goes_down().await.verdict(), ("acted", "failed-over"));
    assert_eq!(helm.dns().tally()["set-check"], 2);
    assert_eq!(helm.at(), "secondary");
    assert_eq!(helm.forced("fail-back").await.verdict(), ("acted", "failed-back"));
    let back = helm.dns().find_check(&check()).unwrap();
    assert_eq!((back.disabled, back.inverted), (false, true));
}

/// Somebody has forced it a moment before: it is there.
#[tokio::test]
async fn who_finds_it_done_after_a_conflict_has_not_done_it() {
    let helm = Helm::with("health-check", "");
    helm.dns().before("set-check", |dns| {
        let known = dns.find_check(&check()).unwrap();
        dns.put_check(
            &check(),
            Check { version: known.version + 1, disabled: true, inverted: true, ..known },
        );
    });
    let outcome = helm.goes_down().await;
    assert_eq!(outcome.verdict(), ("held", "already-there"), "{}", outcome.report());
    assert_eq!(helm.dns().effects(), [""; 0]);
}

#[tokio::test]
async fn another_version_of_a_distribution_is_looked_at_again() {
    let helm = Helm::with("distribution-domain", "");
    let id: DistributionId = text("E2EXAMPLE");
    helm.dns().before("move-name", move |dns| {
        let known = dns.find_distribution(&id).unwrap();
        dns.put_distribution(&id, Distribution { etag: "E77".to_owned(), ..known });
    });
    assert_eq!(helm.goes_down().await.verdict(), ("acted", "name-moved"));
    assert_eq!(helm.dns().tally()["move-name"], 2);
    assert_eq!(helm.looks_for(6).await, ["5: acted record-pointed www"]);
    helm.is_blameless();
}

/// Three in a row are a matter for the next delivery.
#[tokio::test]
async fn it_is_planned_again_twice_and_then_the_message_comes_back() {
    for (strategy, call) in
        [("record-weights", "change"), ("health-check", "set-check"), ("distribution-domain", "move-name")]
    {
        let helm = Helm::with(strategy, "");
        for _ in 0..3 {
            helm.dns().fail_next_of(call, Meaning::Common(FaultClass::Conflict));
        }
        let outcome = helm.goes_down().await;
        assert_eq!((outcome.verdict(), outcome.returned.len()), (("failed", "conflict"), 1), "{strategy}");
        assert_eq!(helm.dns().tally()[call], 3, "{strategy}");
        assert_eq!(helm.dns().effects(), [""; 0], "{strategy}");
        let steps: Vec<_> = outcome.report().steps.iter().map(|step| step.step).collect();
        assert_eq!(steps.iter().filter(|step| **step == "note-move").count(), 1, "{strategy}: {steps:?}");
    }
}

/// Route 53 has no versions of record sets: who changes one in the second between look and change is overwritten, in
/// that set and no other.
#[tokio::test]
async fn sets_that_are_not_the_targets_keep_somebody_elses_change() {
    let helm = Helm::with("record-weights", "");
    let zone: ZoneId = text("Z1EXAMPLE");
    helm.dns().before("change", |dns| {
        let zone: ZoneId = text("Z1EXAMPLE");
        let green =
            dns.all_sets(&zone).into_iter().filter(|set| set.set_identifier.as_deref() == Some("green"));
        for set in green.collect::<Vec<_>>() {
            dns.put_set(&zone, RecordSet { ttl: Some(5), ..set });
        }
    });
    assert_eq!(helm.goes_down().await.verdict(), ("acted", "failed-over"));
    let green =
        helm.dns().all_sets(&zone).into_iter().filter(|set| set.set_identifier.as_deref() == Some("green"));
    assert!(green.into_iter().all(|set| set.ttl == Some(5)));
}

/// Somebody deletes the record, or its set, while it is failed over.
#[tokio::test]
async fn a_record_that_is_gone_is_said_and_not_made() {
    let helm = Helm::with("record-weights", "");
    helm.goes_down().await;
    helm.looks_for(6).await;
    helm.dns().remove_sets(&helm.rule("www").zone, "www.example.com");
    assert_eq!(helm.ordered("fail-back").await.verdict(), ("refused", "record-missing"));
    assert_eq!(helm.looks_for(60).await, ["1: refused record-missing www"]);
    assert_eq!(helm.dns().all_sets(&helm.rule("www").zone), []);
}

/// The safety rule of the cluster has the last word, also over an operator's force.
#[tokio::test]
async fn a_safety_rule_is_never_overridden() {
    let helm = Helm::with("routing-control", "");
    helm.dns().set_safety_rule(Some(failover_dns::fake::SafetyRule::NothingMoves));
    for outcome in [helm.goes_down().await, helm.forced("fail-over").await] {
        assert_eq!((outcome.verdict(), outcome.returned.len()), (("refused", "safety-rule"), 0));
    }
    assert_eq!(helm.at(), "primary");
    helm.dns().set_safety_rule(Some(failover_dns::fake::SafetyRule::OneIsOn));
    assert_eq!(helm.ordered("fail-over").await.verdict(), ("acted", "failed-over"));
    let Strategy::RoutingControl { controls, .. } = &helm.rule("www").strategy else { panic!() };
    helm.passes(1);
    // Both on, by somebody's hand: traffic goes to neither alone, and a fail-over makes it one.
    helm.dns().set_control(&controls.primary, true);
    assert_eq!(helm.at(), "both");
    assert_eq!(helm.ordered("fail-over").await.verdict(), ("acted", "failed-over"));
    assert_eq!(helm.at(), "secondary");
}
