//! There and back by every means: what an alarm begins, and what the look of every minute ends.

use failover_dns::world::HealthState;
use shared::kinds::dns::Side;

use super::crossroads::exactly;
use super::{Helm, STRATEGIES, playbook_of};

/// An outage of 20 minutes. The primary is healthy for 15 minutes before traffic goes back.
#[tokio::test]
async fn an_alarm_fails_over_and_a_primary_that_stays_healthy_gets_its_traffic_back() {
    for strategy in STRATEGIES {
        let helm = Helm::with(strategy, "");
        let before = exactly(helm.dns(), helm.rule("www"));
        let outcome = helm.goes_down().await;
        let is_staged = strategy == "distribution-domain";
        let code = if is_staged { "name-moved" } else { "failed-over" };
        assert_eq!(outcome.verdict(), ("acted", code), "{strategy}");
        assert!(outcome.returned.is_empty(), "{strategy}");
        let ended: &[&str] = if is_staged { &["5: acted record-pointed www"] } else { &[] };
        assert_eq!(helm.looks_for(20).await, ended, "{strategy}");
        assert_eq!(helm.at(), "secondary", "{strategy}");
        helm.becomes(Side::Primary, HealthState::Healthy);
        assert_eq!(helm.looks_for(14).await, [""; 0], "{strategy}");
        assert_eq!(helm.at(), "secondary", "{strategy}");
        let back: &[&str] = if is_staged {
            &["1: acted name-moved www", "6: acted record-pointed www"]
        } else {
            &["1: acted failed-back www"]
        };
        assert_eq!(helm.looks_for(60).await, back, "{strategy}");
        assert_eq!(helm.at(), "primary", "{strategy}");
        assert_eq!(exactly(helm.dns(), helm.rule("www")), before, "{strategy}");
        helm.is_blameless();
    }
}

#[tokio::test]
async fn a_look_at_what_is_in_order_asks_nothing() {
    for strategy in STRATEGIES {
        let helm = Helm::with(strategy, "");
        helm.looks().await;
        assert_eq!(helm.looks().await.calls, [""; 0], "{strategy}");
        helm.goes_down().await;
        helm.passes(5);
        helm.looks().await;
        helm.becomes(Side::Primary, HealthState::Healthy);
        helm.looks_for(30).await;
        assert_eq!(helm.at(), "primary", "{strategy}");
        assert_eq!(helm.looks().await.calls, [""; 0], "{strategy}");
    }
}

/// A person moves it, and only a person moves it back.
#[tokio::test]
async fn an_operator_moves_it_there_and_back() {
    for strategy in STRATEGIES {
        let helm = Helm::with(strategy, "");
        let before = exactly(helm.dns(), helm.rule("www"));
        assert_eq!(helm.ordered("fail-over").await.verdict().0, "acted", "{strategy}");
        helm.looks_for(60).await;
        assert_eq!(helm.at(), "secondary", "{strategy}");
        assert_eq!(helm.ordered("fail-over").await.verdict(), ("held", "already-there"), "{strategy}");
        assert_eq!(helm.ordered("fail-back").await.verdict().0, "acted", "{strategy}");
        helm.looks_for(6).await;
        assert_eq!(exactly(helm.dns(), helm.rule("www")), before, "{strategy}");
        assert_eq!(helm.ordered("fail-back").await.verdict(), ("held", "already-there"), "{strategy}");
        helm.is_blameless();
    }
}

/// A deployment of the function is no news of the primary: nothing but its evidence and its time count.
#[tokio::test]
async fn a_deployment_or_a_restart_fails_nothing_back() {
    for strategy in STRATEGIES {
        let mut helm = Helm::with(strategy, "");
        helm.goes_down().await;
        helm.looks_for(6).await;
        for further in ["", ", hold-down: 1m", ", failback: {how: automatic, after-healthy-for: 1m}", ""] {
            helm = helm.redeployed(&playbook_of(strategy, further));
            assert_eq!(helm.looks_for(3).await, [""; 0], "{strategy}{further}");
            assert_eq!(helm.alarmed().await.verdict(), ("held", "already-there"), "{strategy}{further}");
            assert_eq!(helm.at(), "secondary", "{strategy}{further}");
        }
    }
}

/// What the playbook says of the way back counts when it is gone.
#[tokio::test]
async fn where_failback_is_manual_nothing_but_a_person_fails_it_back() {
    for strategy in STRATEGIES {
        let helm = Helm::with(strategy, ", failback: {how: manual}");
        helm.goes_down().await;
        helm.looks_for(6).await;
        helm.becomes(Side::Primary, HealthState::Healthy);
        assert_eq!(helm.looks_for(120).await, [""; 0], "{strategy}");
        let recovered = helm.gets(&super::by_alarm("fail-back", helm.dns().now())).await;
        assert_eq!(recovered.verdict(), ("refused", "failback-manual"), "{strategy}");
        assert_eq!(helm.at(), "secondary", "{strategy}");
        assert_eq!(helm.ordered("fail-back").await.verdict().0, "acted", "{strategy}");
        helm.looks_for(6).await;
        assert_eq!(helm.at(), "primary", "{strategy}");
    }
}
