//! What others get wrong, or leave out: one test for each.

use std::collections::BTreeSet;

use failover_dns::fake::{Api, FakeDns};
use failover_dns::world::{HealthState, Meaning};
use serde_json::json;
use shared::fault::FaultClass;
use shared::kinds::dns::{RecordType, Side, Strategy};

use super::{Helm, NINE, STRATEGIES, batch, by_alarm, queued};

/// What has failed comes back, and in the end it is in the dead-letter queue: it is never called a success.
#[tokio::test]
async fn an_error_is_an_error_so_that_the_message_is_delivered_again() {
    for strategy in STRATEGIES {
        for (meaning, code) in [
            (Meaning::Common(FaultClass::Denied), "access-denied"),
            (Meaning::Common(FaultClass::Throttled), "throttled"),
            (Meaning::Common(FaultClass::Unavailable), "unavailable"),
            (Meaning::OutOfTime, "deadline"),
        ] {
            let helm = Helm::with(strategy, "");
            for api in [Api::Route53, Api::S3, Api::Recovery, Api::CloudFront] {
                helm.dns().set_down(api, Some(meaning));
            }
            let at = helm.dns().now();
            let failed = helm.goes_down().await;
            let evidence_first = ["standby-object", "routing-control"].contains(&strategy);
            let code = if evidence_first { "evidence-unseen" } else { code };
            assert_eq!(failed.verdict(), ("failed", code), "{strategy}");
            assert_eq!(failed.returned.len(), 1, "{strategy}");
            for api in [Api::Route53, Api::S3, Api::Recovery, Api::CloudFront] {
                helm.dns().set_down(api, None);
            }
            let again = helm.gets(&by_alarm("fail-over", at)).await;
            assert_eq!(again.verdict().0, "acted", "{strategy}");
            assert!(again.returned.is_empty(), "{strategy}");
        }
    }
}

#[tokio::test]
async fn a_change_that_is_refused_for_good_is_said_and_not_tried_again() {
    let helm = Helm::with("record-weights", "");
    helm.dns().protect(&helm.rule("www").zone, "www.example.com", RecordType::Aaaa);
    let refused = helm.goes_down().await;
    assert_eq!(refused.verdict(), ("refused", "change-refused"));
    assert!(refused.returned.is_empty());
    assert_eq!(helm.at(), "primary");
}

#[tokio::test]
async fn every_message_of_a_batch_counts() {
    let one = super::playbook_of("record-weights", "");
    let two = one.replace("www:", "api:").replace("Z1EXAMPLE", "Z2EXAMPLE");
    let both = format!(
        "{}, {}",
        one.strip_suffix("}}").unwrap(),
        two.strip_prefix("{version: 1, targets: {").unwrap()
    );
    let helm = Helm::of(&both, NINE);
    let origin = json!({"source": "alarm", "at": helm.dns().now()});
    let order = |target: &str| json!({"action": "fail-over", "target": target, "id": format!("c-{target}"), "origin": origin});
    let messages = [order("nobodys"), order("api"), json!("no command"), order("www")];
    let ids = ["m-0", "m-1", "m-2", "m-3"];
    let outcome = helm.gets(&batch(ids.into_iter().zip(&messages).map(|(id, body)| (id, 1, body)))).await;
    assert_eq!(outcome.returned, ["m-0", "m-2"]);
    let zones: Vec<String> = helm.dns().accepted().iter().map(|change| change.zone.to_string()).collect();
    assert_eq!(zones, ["Z2EXAMPLE", "Z1EXAMPLE"]);
}

#[tokio::test]
async fn endpoints_are_tried_in_turn_from_a_start_that_differs() {
    let mut tried = BTreeSet::new();
    for minute in 0..12 {
        let helm = Helm::with("routing-control", ", failback: {how: manual}");
        helm.passes(minute);
        let Strategy::RoutingControl { endpoints, .. } = &helm.rule("www").strategy else { panic!() };
        helm.dns().set_endpoint_dead(&endpoints[0], true);
        assert_eq!(helm.goes_down().await.verdict(), ("acted", "failed-over"));
        tried.insert(helm.dns().tally()["endpoint"]);
        assert_eq!(helm.at(), "secondary");
    }
    assert_eq!(tried, BTreeSet::from([1, 2]));
}

#[tokio::test]
async fn while_one_endpoint_answers_traffic_moves_and_without_any_it_is_an_error() {
    let helm = Helm::with("routing-control", ", failback: {how: manual}");
    let Strategy::RoutingControl { endpoints, .. } = &helm.rule("www").strategy else { panic!() };
    endpoints.iter().for_each(|endpoint| helm.dns().set_endpoint_dead(endpoint, true));
    let failed = helm.goes_down().await;
    assert_eq!((failed.verdict(), failed.returned.len()), (("failed", "unavailable"), 1));
    assert_eq!(helm.dns().tally()["endpoint"], 3);
    helm.dns().set_endpoint_dead(&endpoints[2], false);
    assert_eq!(helm.alarmed().await.verdict(), ("acted", "failed-over"));
    // Both states in one call, so that no safety rule sees a moment between them.
    assert_eq!(helm.dns().tally()["set-controls"], 2);
    helm.is_blameless();
}

/// `PriorRequestNotComplete`: twice within the invocation, and then the message comes again.
#[tokio::test]
async fn a_change_before_that_is_not_complete_is_waited_out() {
    for (others, verdicts) in [
        (1, vec!["acted"]),
        (2, vec!["acted"]),
        (3, vec!["failed", "acted"]),
        (6, vec!["failed", "failed", "acted"]),
    ] {
        let helm = Helm::with("record-weights", "");
        helm.becomes(Side::Primary, HealthState::Unhealthy);
        helm.dns().set_prior_changes(others);
        let mut found = Vec::new();
        while found.last() != Some(&"acted") {
            let outcome = helm.gets(&by_alarm("fail-over", NINE.parse().unwrap())).await;
            assert_eq!(outcome.returned.len(), usize::from(outcome.verdict().0 == "failed"), "{others}");
            if outcome.verdict().0 == "failed" {
                assert_eq!(outcome.verdict().1, "conflict");
            }
            found.push(outcome.verdict().0);
        }
        assert_eq!(found, verdicts, "{others}");
        assert_eq!(helm.dns().accepted().len(), 1);
    }
}

#[tokio::test]
async fn the_secondary_is_looked_at_before_traffic_goes_there() {
    for strategy in STRATEGIES {
        for state in [HealthState::Unhealthy, HealthState::Unknown] {
            let helm = Helm::with(strategy, "");
            helm.becomes(Side::Secondary, state);
            for outcome in [helm.goes_down().await, helm.ordered("fail-over").await] {
                assert_eq!(outcome.verdict(), ("refused", "standby-unproven"), "{strategy}");
                assert!(outcome.returned.is_empty(), "{strategy}");
            }
            assert_eq!(helm.dns().effects(), [""; 0], "{strategy}");
            assert_eq!(helm.forced("fail-over").await.verdict().0, "acted", "{strategy}");
        }
        let helm = Helm::with(strategy, "");
        helm.dns().fail_next_of("health", Meaning::Common(FaultClass::Throttled));
        let unseen = helm.goes_down().await;
        assert_eq!(
            (unseen.verdict(), unseen.returned.len()),
            (("failed", "evidence-unseen"), 1),
            "{strategy}"
        );
        assert_eq!(helm.dns().effects(), [""; 0], "{strategy}");
    }
}

/// Somebody was faster, in the console.
#[tokio::test]
async fn what_is_there_already_is_not_changed_again() {
    for strategy in STRATEGIES {
        let helm = Helm::with(strategy, "");
        helm.ordered("fail-over").await;
        helm.looks_for(6).await;
        let there = helm.with_an_empty_ledger();
        let effects = there.dns().effects().len();
        let outcome = there.alarmed().await;
        assert_eq!(outcome.verdict(), ("held", "already-there"), "{strategy}");
        assert_eq!(there.dns().effects().len(), effects, "{strategy}");
        assert_eq!(there.at(), "secondary", "{strategy}");
    }
}

#[tokio::test]
async fn a_dry_run_changes_nothing_and_says_what_it_would() {
    for strategy in STRATEGIES {
        let planned = Helm::with(strategy, "");
        let command = json!({"action": "fail-over", "target": "www", "mode": "plan", "id": "c-1"});
        for (helm, command) in [
            (&planned, command.clone()),
            (&Helm::with(strategy, "").in_plan_mode(), json!({"action": "fail-over", "target": "www"})),
        ] {
            let size = helm.ledger().size();
            let outcome = helm.gets(&command).await;
            assert_eq!(outcome.verdict().0, "planned", "{strategy}");
            assert!(!outcome.report().steps.is_empty(), "{strategy}");
            assert_eq!(helm.dns().effects(), [""; 0], "{strategy}");
            assert_eq!(helm.ledger().size(), size, "{strategy}");
        }
    }
}

#[tokio::test]
async fn the_same_alarm_twice_moves_once_and_one_from_before_the_last_move_not_at_all() {
    for strategy in STRATEGIES {
        let helm = Helm::with(strategy, "");
        let first = helm.dns().now();
        helm.goes_down().await;
        let effects = helm.dns().effects();
        for _ in 0..3 {
            let again = helm.gets(&by_alarm("fail-over", first)).await;
            assert_eq!(again.verdict().0, "held", "{strategy}");
        }
        assert_eq!(helm.dns().effects(), effects, "{strategy}");
        helm.looks_for(10).await;
        helm.becomes(Side::Primary, HealthState::Healthy);
        helm.looks_for(30).await;
        assert_eq!(helm.at(), "primary", "{strategy}");
        // Two that were late, of before and of while it was failed over. The second may have seen what the way back did
        // not, so the primary is looked at once more.
        let late = async |at| helm.gets(&by_alarm("fail-over", at)).await;
        assert_eq!(late(first).await.verdict(), ("held", "already-done"), "{strategy}");
        let between = first + jiff::SignedDuration::from_mins(10);
        assert_eq!(late(between).await.verdict(), ("held", "hold-down"), "{strategy}");
        helm.looks_for(30).await;
        assert_eq!(helm.at(), "primary", "{strategy}");
        // What a person has brought back is not taken away by what was before.
        helm.ordered("fail-over").await;
        helm.looks_for(10).await;
        helm.ordered("fail-back").await;
        helm.looks_for(10).await;
        assert_eq!(late(between).await.verdict(), ("refused", "alarm-before-move"), "{strategy}");
        assert_eq!(helm.at(), "primary", "{strategy}");
    }
}

#[tokio::test]
async fn every_outcome_is_reported() {
    for strategy in STRATEGIES {
        let helm = Helm::with(strategy, "");
        helm.becomes(Side::Secondary, HealthState::Unhealthy);
        let refused = helm.goes_down().await;
        helm.becomes(Side::Secondary, HealthState::Healthy);
        let acted = helm.alarmed().await;
        let held = helm.alarmed().await;
        for (outcome, verdict) in [(refused, "refused"), (acted, "acted"), (held, "held")] {
            let report = outcome.report();
            assert_eq!(report.verdict.as_str(), verdict, "{strategy}");
            assert!(report.is_published() && report.why.text.len() > 20, "{strategy}: {report}");
            assert!(verdict == "held" || report.next.is_some(), "{strategy}: {report}");
        }
    }
}

/// A queue's message says nothing that a log would not: whose order it was, and what joins it to its alarm.
#[tokio::test]
async fn a_report_leads_back_to_its_alarm() {
    let helm = Helm::with("record-weights", "");
    helm.becomes(Side::Primary, HealthState::Unhealthy);
    let origin =
        json!({"source": "alarm", "correlation": "the-alarm", "alarm": "www-primary-health", "route": "r"});
    let order = json!({"action": "fail-over", "target": "www", "id": "c-1", "origin": origin});
    let outcome = helm.gets(&queued("m-1", 1, &order)).await;
    assert_eq!(outcome.report().subject.correlation, "the-alarm");
    let dns: &FakeDns = helm.dns();
    assert_eq!(dns.accepted()[0].comment, "lamplighter fail-over c-1");
}
