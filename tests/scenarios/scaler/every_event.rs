//! Every file of `events/scale-service`, to the end, in production and in development.

use expect_test::expect;

use super::{Fleet, event};
use crate::site::events_of;

#[tokio::test]
async fn every_file_of_events_ends_in_reports_that_say_what_became_of_it() {
    let mut lines = String::new();
    for name in events_of("scale-service") {
        lines.extend([format!("{name}\n")]);
        for (environment, fleet) in [("prod", Fleet::prod()), ("dev", Fleet::dev())] {
            let outcome = fleet.gets("2026-11-21T09:30:00Z", &event(&name)).await;
            assert!(!outcome.reports.is_empty(), "{name}");
            lines.extend([format!("  {environment}: {}\n", outcome.line())]);
        }
    }
    expect![[r#"
        alarm-metric-direct
          prod: held not-for-us
          dev: held not-for-us
        alarm-metric-in-sns
          prod: held not-for-us
          dev: held not-for-us
        boost-and-end-in-sqs
          prod: acted boosted platform-api, acted boost-ended platform-api
          dev: failed unknown-target platform-api [2 returned]
        boost-end-in-sqs
          prod: held superseded platform-api
          dev: failed unknown-target platform-api [1 returned]
        command-boost
          prod: acted boosted portfolio-api
          dev: acted boosted portfolio-api
        command-boost-add-and-percent
          prod: failed invalid-command portfolio-api [1 returned]
          dev: failed invalid-command portfolio-api [1 returned]
        command-boost-percent
          prod: acted boosted platform-api
          dev: failed unknown-target platform-api [1 returned]
        command-boost-too-long
          prod: failed invalid-command portfolio-api [1 returned]
          dev: failed invalid-command portfolio-api [1 returned]
        command-boost-without-for
          prod: failed invalid-command portfolio-api [1 returned]
          dev: failed invalid-command portfolio-api [1 returned]
        command-other-kind-of-target
          prod: failed unknown-target weather-site [1 returned]
          dev: failed unknown-target weather-site [1 returned]
        command-park
          prod: refused may-not-park portfolio-api
          dev: acted parked portfolio-api
        command-plan-mode
          prod: planned boosted platform-api
          dev: failed unknown-target platform-api [1 returned]
        command-profile
          prod: acted profile-set platform-api
          dev: failed unknown-target platform-api [1 returned]
        command-reconcile
          prod: held nothing-overdue
          dev: held nothing-overdue
        command-reconcile-with-target
          prod: failed invalid-command portfolio-api [1 returned]
          dev: failed invalid-command portfolio-api [1 returned]
        command-restore
          prod: refused nothing-saved portfolio-api
          dev: refused nothing-saved portfolio-api
        command-restore-boost
          prod: held superseded portfolio-api
          dev: held superseded portfolio-api
        command-set
          prod: acted set portfolio-api
          dev: refused outside-bounds portfolio-api
        command-set-desired
          prod: held already-so portfolio-api
          dev: held already-so portfolio-api
        command-set-min-above-max
          prod: failed invalid-command portfolio-api [1 returned]
          dev: failed invalid-command portfolio-api [1 returned]
        command-set-negative
          prod: failed invalid-command portfolio-api [1 returned]
          dev: failed invalid-command portfolio-api [1 returned]
        command-set-nothing
          prod: failed invalid-command portfolio-api [1 returned]
          dev: failed invalid-command portfolio-api [1 returned]
        command-set-outside-bounds
          prod: refused outside-bounds portfolio-api
          dev: refused outside-bounds portfolio-api
        command-set-too-large-step
          prod: refused step-too-large portfolio-api
          dev: refused outside-bounds portfolio-api
        command-unknown-action
          prod: failed invalid-command portfolio-api [1 returned]
          dev: failed invalid-command portfolio-api [1 returned]
        command-unknown-field
          prod: failed invalid-command portfolio-api [1 returned]
          dev: failed invalid-command portfolio-api [1 returned]
        command-unknown-profile
          prod: failed invalid-command platform-api [1 returned]
          dev: failed unknown-target platform-api [1 returned]
        command-unknown-target
          prod: failed unknown-target portfolio-app [1 returned]
          dev: failed unknown-target portfolio-app [1 returned]
        router-boost-in-sqs
          prod: acted boosted platform-api
          dev: failed unknown-target platform-api [1 returned]
        router-boost-redelivered
          prod: acted boosted platform-api
          dev: failed unknown-target platform-api [1 returned]
        router-boost-to-approve-in-sqs
          prod: planned boosted platform-api
          dev: failed unknown-target platform-api [1 returned]
        scaled-to-max
          prod: held not-for-us
          dev: held not-for-us
        schedule-after-hours-in-sqs
          prod: acted profile-set platform-api
          dev: failed unknown-target platform-api [1 returned]
        schedule-business-hours-in-sqs
          prod: acted profile-set platform-api
          dev: failed unknown-target platform-api [1 returned]
        schedule-default-event
          prod: held not-for-us
          dev: held not-for-us
        schedule-default-event-in-sqs
          prod: held not-for-us
          dev: held not-for-us
        schedule-morning-in-sqs
          prod: refused nothing-saved portfolio-api
          dev: refused nothing-saved portfolio-api
        schedule-night-in-sqs
          prod: refused may-not-park portfolio-api
          dev: acted parked portfolio-api
        schedule-profile
          prod: acted profile-set platform-api
          dev: failed unknown-target platform-api [1 returned]
        schedule-reconcile-in-sqs
          prod: held nothing-overdue
          dev: held nothing-overdue
        schedule-twice-in-sqs
          prod: acted profile-set platform-api, held already-done platform-api
          dev: failed unknown-target platform-api [2 returned]
        service-steady
          prod: held not-for-us
          dev: held not-for-us
        sns-command
          prod: acted boosted portfolio-api
          dev: acted boosted portfolio-api
        sqs-empty-body
          prod: failed undecodable-event [1 returned]
          dev: failed undecodable-event [1 returned]
        sqs-fifo
          prod: held already-so portfolio-api, acted boosted portfolio-api
          dev: held already-so portfolio-api, acted boosted portfolio-api
        sqs-fifo-with-bad
          prod: held already-so portfolio-api, failed invalid-command portfolio-api [2 returned]
          dev: held already-so portfolio-api, failed invalid-command portfolio-api [2 returned]
        sqs-not-json
          prod: failed undecodable-event [1 returned]
          dev: failed undecodable-event [1 returned]
    "#]]
    .assert_eq(&lines);
}

#[tokio::test]
async fn every_file_of_another_function_is_answered_and_changes_nothing() {
    for function in ["invalidate-cache", "route-alarm"] {
        for name in events_of(function) {
            let path = crate::site::root().join(format!("events/{function}/{name}.json"));
            let event = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
            let fleet = Fleet::prod();
            let outcome = fleet.gets("2026-11-21T09:30:00Z", &event).await;
            assert!(!outcome.reports.is_empty(), "{name}");
            assert!(outcome.calls.is_empty(), "{name}: {:?}", outcome.calls);
            assert_eq!(fleet.ledger().size(), 0, "{name}");
        }
    }
}

/// Not by any event of any file, and whatever came before.
#[tokio::test]
async fn no_scalable_target_is_ever_made() {
    let fleets = [(Fleet::prod(), ["platform-api", "portfolio-api"]), (Fleet::dev(), ["portfolio-api"; 2])];
    for (fleet, targets) in fleets {
        for target in targets {
            fleet.put(target, scale_service::fake::FakeService::of(2));
        }
        let mut changes = 0;
        for name in events_of("scale-service") {
            let outcome = fleet.gets("2026-11-21T09:30:00Z", &event(&name)).await;
            changes += outcome.calls.iter().filter(|call| call.starts_with("set-desired")).count();
            assert!(outcome.calls.iter().all(|call| !call.starts_with("set-bounds")), "{name}");
            assert!(targets.iter().all(|target| fleet.state(target).scaling.is_none()), "{name}");
        }
        assert!(changes > 0);
    }
}
