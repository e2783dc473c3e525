//! Every file of `events/failover-dns`, to the end: in production, and in the standby Region, where nothing is moved yet.

use expect_test::expect;

use super::{Helm, event, playbook};
use crate::site::events_of;

/// After the alarm of the files, and before the hold-down of an earlier move would count.
const NOW: &str = "2026-11-21T09:05:00Z";

#[tokio::test]
async fn every_file_of_events_ends_in_reports_that_say_what_became_of_it() {
    let mut lines = String::new();
    for name in events_of("failover-dns") {
        lines.extend([format!("{name}\n")]);
        for environment in ["prod", "standby", "dev"] {
            let helm = Helm::of(&playbook(environment), NOW);
            let outcome = helm.gets(&event(&name)).await;
            assert!(!outcome.reports.is_empty(), "{name}");
            helm.is_blameless();
            lines.extend([format!("  {environment}: {}\n", outcome.line())]);
        }
    }
    expect![[r#"
        alarm-primary-down-direct
          prod: held not-for-us
          standby: held not-for-us
          dev: held not-for-us
        alarm-primary-down-eventbridge
          prod: held not-for-us
          standby: held not-for-us
          dev: held not-for-us
        alarm-primary-down-in-sns
          prod: held not-for-us
          standby: held not-for-us
          dev: held not-for-us
        alarm-primary-new-in-sns
          prod: held not-for-us
          standby: held not-for-us
          dev: held not-for-us
        alarm-primary-up-in-sns
          prod: held not-for-us
          standby: held not-for-us
          dev: held not-for-us
        command-drill
          prod: held drill-passed weather-www
          standby: held drill-passed weather-www
          dev: failed unknown-target weather-www [1 returned]
        command-drill-of-all
          prod: held drill-passed weather-www
          standby: held drill-passed weather-www
          dev: held in-order
        command-drill-with-force
          prod: failed invalid-command [1 returned]
          standby: failed invalid-command [1 returned]
          dev: failed invalid-command [1 returned]
        command-fail-back
          prod: held already-there weather-www
          standby: held already-there weather-www
          dev: failed unknown-target weather-www [1 returned]
        command-fail-back-forced
          prod: held already-there weather-www
          standby: held already-there weather-www
          dev: failed unknown-target weather-www [1 returned]
        command-fail-back-without-target
          prod: failed invalid-command [1 returned]
          standby: failed invalid-command [1 returned]
          dev: failed invalid-command [1 returned]
        command-fail-over
          prod: acted name-moved weather-www
          standby: acted name-moved weather-www
          dev: failed unknown-target weather-www [1 returned]
        command-fail-over-forced
          prod: acted name-moved weather-www
          standby: acted name-moved weather-www
          dev: failed unknown-target weather-www [1 returned]
        command-fail-over-with-id
          prod: acted name-moved weather-www
          standby: acted name-moved weather-www
          dev: failed unknown-target weather-www [1 returned]
        command-fail-over-without-target
          prod: failed invalid-command [1 returned]
          standby: failed invalid-command [1 returned]
          dev: failed invalid-command [1 returned]
        command-force-as-text
          prod: failed invalid-command weather-www [1 returned]
          standby: failed invalid-command weather-www [1 returned]
          dev: failed invalid-command weather-www [1 returned]
        command-force-with-empty-reason
          prod: failed invalid-command weather-www [1 returned]
          standby: failed invalid-command weather-www [1 returned]
          dev: failed invalid-command weather-www [1 returned]
        command-force-without-reason
          prod: failed invalid-command weather-www [1 returned]
          standby: failed invalid-command weather-www [1 returned]
          dev: failed invalid-command weather-www [1 returned]
        command-other-kind-of-target
          prod: failed unknown-target weather-site [1 returned]
          standby: failed unknown-target weather-site [1 returned]
          dev: failed unknown-target weather-site [1 returned]
        command-plan-mode
          prod: planned name-moved weather-www
          standby: planned name-moved weather-www
          dev: failed unknown-target weather-www [1 returned]
        command-reconcile
          prod: held in-order weather-www
          standby: held in-order weather-www
          dev: held in-order
        command-reconcile-target
          prod: held in-order weather-www
          standby: held in-order weather-www
          dev: failed unknown-target weather-www [1 returned]
        command-status
          prod: held status weather-www
          standby: held status weather-www
          dev: failed unknown-target weather-www [1 returned]
        command-status-forced
          prod: failed invalid-command weather-www [1 returned]
          standby: failed invalid-command weather-www [1 returned]
          dev: failed invalid-command weather-www [1 returned]
        command-status-of-all
          prod: held status weather-www
          standby: held status weather-www
          dev: held in-order
        command-unknown-action
          prod: failed invalid-command weather-www [1 returned]
          standby: failed invalid-command weather-www [1 returned]
          dev: failed invalid-command weather-www [1 returned]
        command-unknown-field
          prod: failed invalid-command weather-www [1 returned]
          standby: failed invalid-command weather-www [1 returned]
          dev: failed invalid-command weather-www [1 returned]
        command-unknown-target
          prod: failed unknown-target wether-www [1 returned]
          standby: failed unknown-target wether-www [1 returned]
          dev: failed unknown-target wether-www [1 returned]
        router-fail-over-again-in-sqs
          prod: acted name-moved weather-www
          standby: acted name-moved weather-www
          dev: failed unknown-target weather-www [1 returned]
        router-fail-over-in-sqs
          prod: acted name-moved weather-www
          standby: acted name-moved weather-www
          dev: failed unknown-target weather-www [1 returned]
        router-fail-over-redelivered
          prod: acted name-moved weather-www
          standby: acted name-moved weather-www
          dev: failed unknown-target weather-www [1 returned]
        router-fail-over-to-approve-in-sqs
          prod: planned name-moved weather-www
          standby: planned name-moved weather-www
          dev: failed unknown-target weather-www [1 returned]
        router-fail-over-without-time-in-sqs
          prod: acted name-moved weather-www
          standby: acted name-moved weather-www
          dev: failed unknown-target weather-www [1 returned]
        router-force-in-sqs
          prod: failed invalid-command weather-www [1 returned]
          standby: failed invalid-command weather-www [1 returned]
          dev: failed invalid-command weather-www [1 returned]
        schedule-default-event
          prod: held not-for-us
          standby: held not-for-us
          dev: held not-for-us
        schedule-default-event-in-sqs
          prod: held not-for-us
          standby: held not-for-us
          dev: held not-for-us
        schedule-drill
          prod: held drill-passed weather-www
          standby: held drill-passed weather-www
          dev: held in-order
        schedule-drill-in-sqs
          prod: held drill-passed weather-www
          standby: held drill-passed weather-www
          dev: held in-order
        schedule-force-in-sqs
          prod: failed invalid-command weather-www [1 returned]
          standby: failed invalid-command weather-www [1 returned]
          dev: failed invalid-command weather-www [1 returned]
        schedule-reconcile-in-sqs
          prod: held in-order weather-www
          standby: held in-order weather-www
          dev: held in-order
        schedule-twice-in-sqs
          prod: held in-order weather-www, held in-order weather-www
          standby: held in-order weather-www, held in-order weather-www
          dev: held in-order, held in-order
        sns-command
          prod: acted name-moved weather-www
          standby: acted name-moved weather-www
          dev: failed unknown-target weather-www [1 returned]
        sqs-empty-body
          prod: failed undecodable-event [1 returned]
          standby: failed undecodable-event [1 returned]
          dev: failed undecodable-event [1 returned]
        sqs-fifo
          prod: acted name-moved weather-www, held status weather-www
          standby: acted name-moved weather-www, held status weather-www
          dev: failed unknown-target weather-www [2 returned]
        sqs-fifo-with-bad
          prod: acted name-moved weather-www, failed invalid-command weather-www [2 returned]
          standby: acted name-moved weather-www, failed invalid-command weather-www [2 returned]
          dev: failed unknown-target weather-www [3 returned]
        sqs-not-json
          prod: failed undecodable-event [1 returned]
          standby: failed undecodable-event [1 returned]
          dev: failed undecodable-event [1 returned]
        standby-object-put
          prod: held not-for-us
          standby: held not-for-us
          dev: held not-for-us
    "#]]
    .assert_eq(&lines);
}

#[tokio::test]
async fn every_event_twice_has_the_effects_of_once() {
    let mut acted = 0;
    for name in events_of("failover-dns") {
        let helm = Helm::of(&playbook("prod"), NOW);
        let first = helm.gets(&event(&name)).await;
        acted += first.verdicts().iter().filter(|(verdict, _)| *verdict == "acted").count();
        let once = helm.dns().effects();
        for minutes in [0, 1] {
            helm.passes(minutes);
            helm.gets(&event(&name)).await;
            assert!(
                helm.dns().effects() == once || name == "sqs-fifo-with-bad",
                "{name}: {:?}",
                helm.dns().effects()
            );
        }
    }
    assert!(acted > 8, "{acted}");
}

#[tokio::test]
async fn every_file_of_another_function_is_answered_and_changes_nothing() {
    for function in ["invalidate-cache", "route-alarm", "scale-service", "snapshot-database"] {
        for name in events_of(function) {
            let path = crate::site::root().join(format!("events/{function}/{name}.json"));
            let event = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
            let helm = Helm::of(&playbook("prod"), NOW);
            let outcome = helm.gets(&event).await;
            assert!(!outcome.reports.is_empty(), "{name}");
            assert_eq!(helm.dns().effects(), [""; 0], "{name}");
        }
    }
}
