//! The ledger does not answer: an outage of the primary may well be one of the ledger too.

use failover_dns::world::HealthState;
use shared::fault::FaultClass;
use shared::kinds::dns::Side;

use super::{Helm, STRATEGIES, by_alarm};

const DOWN: Option<FaultClass> = Some(FaultClass::Unavailable);

#[tokio::test]
async fn a_fail_over_acts_without_the_ledger_and_says_so() {
    for strategy in STRATEGIES {
        for by_hand in [false, true] {
            let helm = Helm::with(strategy, "");
            helm.ledger().fail_from_now_on(DOWN);
            let outcome = if by_hand { helm.ordered("fail-over").await } else { helm.goes_down().await };
            assert_eq!((outcome.verdict().0, outcome.returned.len()), ("acted", 0), "{strategy}");
            let report = outcome.report();
            assert!(report.why.text.contains("without the ledger"), "{strategy}: {report}");
            // What was there before stands in the report, so that a person can put it back.
            let before = report.before.clone().unwrap().to_string();
            let kept = match strategy {
                "record-weights" => "\"weight\":90",
                "record-targets" => "one.elb.example.com",
                "health-check" => "\"inverted\":false",
                "distribution-domain" => "d1example.cloudfront.net",
                _ => "at",
            };
            assert!(before.contains(kept), "{strategy}: {before}");
            let next = report.next.clone().unwrap();
            assert!(next.contains("send"), "{strategy}: {next}");
            helm.passes(6);
            if strategy == "distribution-domain" {
                assert_eq!(helm.alarmed().await.verdict(), ("acted", "record-pointed"));
            }
            assert_eq!(helm.at(), "secondary", "{strategy}");
        }
    }
}

#[tokio::test]
async fn what_comes_by_itself_does_not_go_back_without_the_ledger() {
    for strategy in STRATEGIES {
        let helm = Helm::with(strategy, "");
        helm.goes_down().await;
        helm.looks_for(10).await;
        helm.becomes(Side::Primary, HealthState::Healthy);
        helm.ledger().fail_from_now_on(DOWN);
        assert_eq!(helm.looks_for(60).await, [""; 0], "{strategy}");
        let recovered = helm.gets(&by_alarm("fail-back", helm.dns().now())).await;
        assert_eq!(
            (recovered.verdict(), recovered.returned.len()),
            (("failed", "ledger-unavailable"), 1),
            "{strategy}"
        );
        assert_eq!(helm.at(), "secondary", "{strategy}");
        helm.ledger().recover();
        let back = helm.looks_for(10).await;
        assert!(back[0].starts_with("1: acted"), "{strategy}: {back:?}");
        assert_eq!(helm.at(), "primary", "{strategy}");
    }
}

/// What was before is in the ledger, and is given back exactly, or else by a person's force to what the playbook says.
#[tokio::test]
async fn a_person_waits_for_the_ledger_where_it_knows_what_was_before_or_forces_it() {
    for strategy in STRATEGIES {
        let helm = Helm::with(strategy, "");
        helm.goes_down().await;
        helm.looks_for(10).await;
        helm.becomes(Side::Primary, HealthState::Healthy);
        helm.passes(20);
        helm.ledger().fail_from_now_on(DOWN);
        let is_kept = !["standby-object", "routing-control"].contains(&strategy);
        let ordered = helm.ordered("fail-back").await;
        if is_kept {
            assert_eq!(ordered.verdict(), ("failed", "ledger-unavailable"), "{strategy}");
            assert!(ordered.report().next.as_ref().unwrap().contains("force"), "{strategy}");
            assert_eq!(helm.at(), "secondary", "{strategy}");
            assert_eq!(helm.forced("fail-back").await.verdict().0, "acted", "{strategy}");
        } else {
            assert_eq!(ordered.verdict(), ("acted", "failed-back"), "{strategy}");
        }
        helm.passes(6);
        helm.ordered("fail-back").await;
        if strategy == "distribution-domain" {
            helm.forced("fail-back").await;
        }
        assert_eq!(helm.at(), "primary", "{strategy}");
        helm.is_blameless();
    }
}

#[tokio::test]
async fn while_the_ledger_does_not_answer_a_look_is_quiet_and_status_and_drill_answer() {
    for strategy in STRATEGIES {
        let helm = Helm::with(strategy, "");
        helm.ledger().fail_from_now_on(DOWN);
        let look = helm.looks().await;
        assert_eq!((look.verdict(), look.calls.len()), (("held", "ledger-unavailable"), 0), "{strategy}");
        assert!(look.report().quiet && look.returned.is_empty(), "{strategy}");
        assert_eq!(helm.ordered("status").await.verdict(), ("held", "status"), "{strategy}");
        assert_eq!(helm.ordered("drill").await.verdict(), ("held", "drill-passed"), "{strategy}");
    }
}

/// One word with the ledger fails, and the others do not.
#[tokio::test]
async fn a_move_that_is_not_noted_says_so() {
    for strategy in STRATEGIES {
        let helm = Helm::with(strategy, "");
        for _ in 0..2 {
            helm.ledger().fail_next("mark", DOWN);
        }
        let outcome = helm.goes_down().await;
        assert_eq!(outcome.verdict().0, "acted", "{strategy}");
        let report = outcome.report();
        assert!(report.why.text.contains("not noted in the ledger"), "{strategy}: {report}");
        let failed = report.steps.iter().filter(|step| format!("{:?}", step.status) == "Failed");
        assert!(
            failed.clone().count() >= 1 && failed.clone().all(|step| !step.step.starts_with("move")),
            "{strategy}"
        );
    }
}

#[tokio::test]
async fn what_cannot_be_read_in_the_ledger_keeps_no_traffic_from_moving_over() {
    for strategy in STRATEGIES {
        let helm = Helm::with(strategy, "");
        helm.ledger().spoil("dns/www", "it is of another version");
        let outcome = helm.goes_down().await;
        assert_eq!(outcome.verdict().0, "acted", "{strategy}");
        assert!(outcome.report().why.text.contains("another version"), "{strategy}: {}", outcome.report());
    }
}

/// Somebody else works on the same target: the message comes again when that one is done.
#[tokio::test]
async fn two_at_the_same_target_take_turns() {
    use shell::ledger::{Entry, Guard, Ledger as _};
    for strategy in STRATEGIES {
        let helm = Helm::with(strategy, "");
        let now = helm.dns().now();
        let until = now + jiff::SignedDuration::from_secs(20);
        let lease = Guard::Lease { target: "www".to_owned(), owner: "somebody".to_owned(), until };
        assert_eq!(helm.ledger().enter(&[lease], now).await.unwrap(), Entry::Entered);
        for outcome in [helm.goes_down().await, helm.ordered("fail-over").await] {
            assert_eq!(
                (outcome.verdict(), outcome.returned.len()),
                (("failed", "lease-busy"), 1),
                "{strategy}"
            );
            assert_eq!(outcome.calls, [""; 0], "{strategy}");
        }
        assert_eq!(helm.ordered("status").await.verdict(), ("held", "status"), "{strategy}");
        helm.passes(1);
        assert_eq!(helm.gets(&by_alarm("fail-over", now)).await.verdict().0, "acted", "{strategy}");
    }
}
