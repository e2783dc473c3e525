//! Between distributions: the names first, and the records when CloudFront has deployed them.

use failover_dns::world::{HealthState, Meaning};
use jiff::SignedDuration;
use serde_json::{Value, json};
use shared::fault::FaultClass;
use shared::kinds::dns::{Side, Strategy};

use super::crossroads::exactly;
use super::{Helm, NINE, STRATEGIES, playbook_of};

fn helm() -> Helm {
    Helm::with("distribution-domain", "")
}

#[tokio::test]
async fn records_follow_names_when_they_are_deployed_and_not_before() {
    let helm = helm();
    assert_eq!(helm.goes_down().await.verdict(), ("acted", "name-moved"));
    assert_eq!(helm.at(), "names secondary, records primary");
    helm.passes(1);
    assert_eq!(helm.alarmed().await.verdict(), ("held", "deploying"));
    assert_eq!(helm.ordered("fail-over").await.verdict(), ("held", "deploying"));
    assert_eq!(helm.looks_for(3).await, [""; 0]);
    assert_eq!(helm.looks_for(1).await, ["1: acted record-pointed www"]);
    assert_eq!(helm.at(), "secondary");
    assert_eq!(helm.looks_for(10).await, [""; 0]);
    helm.is_blameless();
}

#[tokio::test]
async fn a_deployment_that_takes_an_hour_is_waited_for() {
    let helm = helm();
    helm.dns().set_deployment(SignedDuration::from_mins(60));
    helm.goes_down().await;
    assert_eq!(helm.looks_for(90).await, ["60: acted record-pointed www"]);
    helm.is_blameless();
}

/// An alarm or a person may come before the next minute does.
#[tokio::test]
async fn whoever_comes_first_ends_the_second_stage() {
    for by_hand in [true, false] {
        let helm = helm();
        helm.goes_down().await;
        helm.passes(6);
        let outcome = if by_hand { helm.ordered("fail-over").await } else { helm.alarmed().await };
        assert_eq!(outcome.verdict(), ("acted", "record-pointed"));
        assert_eq!(helm.at(), "secondary");
        assert_eq!(helm.looks_for(5).await, [""; 0]);
        assert_eq!(helm.memory().unwrap().get("unfinished"), None);
    }
}

/// The records have not followed yet, so the names alone go back, and nothing is left to be done.
#[tokio::test]
async fn it_can_go_back_half_way() {
    let helm = helm();
    let before = exactly(helm.dns(), helm.rule("www"));
    helm.goes_down().await;
    helm.passes(2);
    let back = helm.forced("fail-back").await;
    assert_eq!(back.verdict(), ("acted", "failed-back"), "{}", back.report());
    assert_eq!(exactly(helm.dns(), helm.rule("www")), before);
    assert_eq!(helm.looks_for(10).await, [""; 0]);
    assert_eq!(helm.looks().await.calls, [""; 0]);
    // The next outage, after the hold-down, is served as the first.
    assert_eq!(helm.alarmed().await.verdict(), ("acted", "name-moved"));
    helm.looks_for(6).await;
    assert_eq!(helm.at(), "secondary");
    helm.is_blameless();
}

/// Half-way back the primary fails again: hold-down is for what comes by itself, and a person may turn round.
#[tokio::test]
async fn it_can_turn_round_on_the_way_back() {
    let helm = helm();
    helm.goes_down().await;
    helm.looks_for(30).await;
    assert_eq!(helm.forced("fail-back").await.verdict(), ("acted", "name-moved"));
    assert_eq!(helm.at(), "names primary, records secondary");
    helm.passes(1);
    assert_eq!(helm.alarmed().await.verdict(), ("held", "hold-down"));
    assert_eq!(helm.forced("fail-over").await.verdict(), ("acted", "failed-over"));
    assert_eq!(helm.at(), "secondary");
    assert_eq!(helm.looks_for(10).await, [""; 0]);
    helm.is_blameless();
}

/// A put-off fail-over is done even if the last move was turned round half-way.
#[tokio::test]
async fn what_was_put_off_half_way_is_done_in_its_time() {
    let helm = Helm::with("distribution-domain", ", hold-down: 10m");
    helm.goes_down().await;
    helm.passes(2);
    helm.forced("fail-back").await;
    helm.passes(1);
    assert_eq!(helm.alarmed().await.verdict(), ("held", "hold-down"));
    assert_eq!(helm.looks_for(30).await, ["9: acted name-moved www", "14: acted record-pointed www"]);
    assert_eq!(helm.at(), "secondary");
}

fn two_names() -> String {
    playbook_of("distribution-domain", "")
        .replace("{name: www.example.com, type: AAAA}", "{name: example.com, type: A}")
}

/// Of two names the first was moved when CloudFront failed.
#[tokio::test]
async fn names_that_are_moved_in_part_are_moved_in_full_by_the_redelivery() {
    let helm = Helm::of(&two_names(), NINE);
    let Strategy::DistributionDomain(sides) = &helm.rule("www").strategy else { panic!() };
    let both = ["www.example.com", "example.com"];
    helm.dns().put_distribution(
        &sides.primary,
        failover_dns::fake::distribution("d1example.cloudfront.net", &both),
    );
    let root = failover_dns::fake::simple("example.com", shared::kinds::dns::RecordType::A, &[]);
    let zone = &helm.rule("www").zone;
    helm.dns().put_set(zone, failover_dns::fake::aliased(root, "Z2FDTNDATAQYW2", "d1example.cloudfront.net"));
    let six = helm.dns().all_sets(zone).into_iter().filter(|set| set.kind == "A").collect::<Vec<_>>();
    helm.dns().remove_sets(zone, "www.example.com");
    six.into_iter().for_each(|set| helm.dns().put_set(zone, set));
    let at = helm.dns().now();
    helm.dns().fail_next_of("move-name example.com", Meaning::Common(FaultClass::Unavailable));
    let failed = helm.goes_down().await;
    assert_eq!((failed.verdict(), failed.returned.len()), (("failed", "unavailable"), 1));
    let steps: Vec<_> =
        failed.report().steps.iter().map(|step| (step.step, format!("{:?}", step.status))).collect();
    assert_eq!(steps[1], ("move-name", "Applied".to_owned()));
    assert_eq!(steps[2], ("move-name", "Failed".to_owned()));
    let again = helm.gets(&super::by_alarm("fail-over", at)).await;
    assert_eq!(again.verdict(), ("acted", "name-moved"));
    let ended = helm.looks_for(10).await;
    assert_eq!(ended, ["5: acted record-pointed www"]);
    let has = helm.dns().find_distribution(&sides.secondary).unwrap().names;
    assert_eq!(has, both);
    helm.becomes(Side::Primary, HealthState::Healthy);
    helm.looks_for(30).await;
    assert_eq!(helm.dns().find_distribution(&sides.primary).unwrap().names, both);
    helm.is_blameless();
}

#[tokio::test]
async fn what_cloudfront_refuses_is_said_and_moves_nothing() {
    type Spoil = fn(&Helm);
    let cases: [(&str, Spoil, (&str, &str)); 4] = [
        (
            "certificate",
            |helm| helm.dns().set_certificate(&failover_dns::fake::text("E2EXAMPLE"), &["other.example.com"]),
            ("refused", "change-refused"),
        ),
        (
            "other account",
            |helm| helm.dns().set_other_account(&failover_dns::fake::text("www.example.com")),
            ("refused", "other-account"),
        ),
        ("only from disabled", |helm| helm.dns().only_from_disabled(), ("refused", "change-refused")),
        (
            "disabled",
            |helm| {
                let id = failover_dns::fake::text("E2EXAMPLE");
                let distribution = helm.dns().find_distribution(&id).unwrap();
                helm.dns().put_distribution(
                    &id,
                    failover_dns::world::Distribution { enabled: false, ..distribution },
                );
            },
            ("refused", "distribution-unfit"),
        ),
    ];
    for (name, spoil, verdict) in cases {
        let helm = helm();
        spoil(&helm);
        let before = exactly(helm.dns(), helm.rule("www"));
        let drill = helm.ordered("drill").await;
        let is_seen_by_drill = name != "only from disabled";
        assert_eq!(drill.verdict().0 == "refused", is_seen_by_drill, "{name}: {}", drill.report());
        let refused = helm.goes_down().await;
        assert_eq!((refused.verdict(), refused.returned.len()), (verdict, 0), "{name}");
        assert_eq!(exactly(helm.dns(), helm.rule("www")), before, "{name}");
        helm.is_blameless();
    }
}

/// Who else has the names was not seen: that proves nothing, and the drill comes again.
#[tokio::test]
async fn a_drill_that_cannot_see_who_has_the_names_fails_and_does_not_pass() {
    for (meaning, code) in [
        (Meaning::Common(FaultClass::Throttled), "throttled"),
        (Meaning::Common(FaultClass::Denied), "access-denied"),
        (Meaning::Common(FaultClass::Unavailable), "unavailable"),
        (Meaning::OutOfTime, "deadline"),
    ] {
        let helm = helm();
        helm.dns().fail_next_of("conflicts", meaning);
        let drill = json!({"action": "drill", "target": "www", "origin": {"source": "schedule"}});
        let outcome = helm.gets(&super::queued("m-1", 1, &drill)).await;
        assert_eq!((outcome.verdict(), outcome.returned.len()), (("failed", code), 1));
        let state = outcome.report().state.as_ref().unwrap();
        assert!(state["names_unseen"].as_str().unwrap().contains("conflicts"), "{state}");
        let again = helm.gets(&super::queued("m-1", 2, &drill)).await;
        assert_eq!((again.verdict(), again.returned.len()), (("held", "drill-passed"), 0));
    }
}

/// The same of everything else that a drill looks at.
#[tokio::test]
async fn a_drill_that_cannot_see_something_fails_and_is_not_refused() {
    for strategy in STRATEGIES {
        for call in ["sets", "check", "find-object", "controls", "distribution", "health"] {
            for class in [FaultClass::Throttled, FaultClass::Denied] {
                let helm = Helm::with(strategy, "");
                helm.dns().fail_next_of(call, Meaning::Common(class));
                let outcome = helm.ordered("drill").await;
                let is_asked = outcome.calls.iter().any(|made| made.starts_with(&format!("{call} ")));
                // Of the primary's evidence a drill only tells.
                let is_told = call == "health" || !is_asked;
                let verdict = outcome.verdict().0;
                assert!(verdict == "failed" || (is_told && verdict == "held"), "{strategy} {call} {class:?}");
            }
        }
        let helm = Helm::with(strategy, "");
        helm.dns().set_down(failover_dns::fake::Api::Route53, Some(Meaning::Common(FaultClass::Denied)));
        assert_eq!(helm.ordered("drill").await.verdict().0, "failed", "{strategy}");
    }
}

/// Without a ledger the second stage is looked for every minute, by what there is alone.
#[tokio::test]
async fn without_a_ledger_the_records_follow_too() {
    let helm = helm().without_ledger();
    helm.goes_down().await;
    assert_eq!(helm.looks_for(10).await, ["5: acted record-pointed www"]);
    assert_eq!(helm.at(), "secondary");
    let state: Value =
        helm.gets(&json!({"action": "status", "target": "www"})).await.report().state.clone().unwrap();
    assert_eq!(state["at"], "secondary");
}
