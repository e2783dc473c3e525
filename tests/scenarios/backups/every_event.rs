//! Every file of `events/snapshot-database`, to the end, in production and in development.

use expect_test::expect;

use super::{Vault, event};
use crate::site::events_of;

#[tokio::test]
async fn every_file_of_events_ends_in_reports_that_say_what_became_of_it() {
    let mut lines = String::new();
    for name in events_of("snapshot-database") {
        lines.extend([format!("{name}\n")]);
        for (environment, vault) in [("prod", Vault::prod().await), ("dev", Vault::dev().await)] {
            let outcome = vault.gets(&event(&name)).await;
            assert!(!outcome.reports.is_empty(), "{name}");
            assert_eq!(vault.rds().violations(), [""; 0], "{name}");
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
        automated-created
          prod: held not-for-us
          dev: held not-for-us
        automated-created-as-db
          prod: held not-for-us
          dev: held not-for-us
        cluster-created
          prod: held not-for-us
          dev: held not-for-us
        cluster-snapshot-automated
          prod: held not-for-us
          dev: held not-for-us
        cluster-snapshot-created
          prod: held in-order platform-db
          dev: held not-for-us
        cluster-stopped
          prod: held not-for-us
          dev: held not-for-us
        command-bad-label
          prod: failed invalid-command portfolio-db [1 returned]
          dev: failed invalid-command portfolio-db [1 returned]
        command-copy
          prod: acted copying weather-db
          dev: failed unknown-target weather-db [1 returned]
        command-copy-nowhere
          prod: held nothing-to-copy status-db
          dev: held nothing-to-copy status-db
        command-expire
          prod: held nothing-to-expire weather-db
          dev: failed unknown-target weather-db [1 returned]
        command-expire-with-days
          prod: failed invalid-command weather-db [1 returned]
          dev: failed invalid-command weather-db [1 returned]
        command-other-kind-of-target
          prod: failed unknown-target weather-site [1 returned]
          dev: failed unknown-target weather-site [1 returned]
        command-plan-mode
          prod: held nothing-to-expire weather-db
          dev: failed unknown-target weather-db [1 returned]
        command-reconcile
          prod: held in-order metrics-db, held in-order platform-db, acted reconciled portfolio-db, held in-order status-db, acted reconciled weather-db
          dev: held in-order portfolio-db, held in-order status-db
        command-reconcile-target
          prod: acted reconciled weather-db
          dev: failed unknown-target weather-db [1 returned]
        command-take
          prod: acted taken portfolio-db
          dev: acted taken portfolio-db
        command-take-cluster
          prod: acted taken platform-db
          dev: failed unknown-target platform-db [1 returned]
        command-take-without-label
          prod: acted taken weather-db
          dev: failed unknown-target weather-db [1 returned]
        command-take-without-target
          prod: failed invalid-command [1 returned]
          dev: failed invalid-command [1 returned]
        command-unknown-action
          prod: failed invalid-command weather-db [1 returned]
          dev: failed invalid-command weather-db [1 returned]
        command-unknown-field
          prod: failed invalid-command weather-db [1 returned]
          dev: failed invalid-command weather-db [1 returned]
        command-unknown-target
          prod: failed unknown-target wether-db [1 returned]
          dev: failed unknown-target wether-db [1 returned]
        command-verify
          prod: acted drill-started metrics-db
          dev: failed unknown-target metrics-db [1 returned]
        copy-cancelled
          prod: acted reconciled portfolio-db
          dev: held not-for-us
        copy-finished
          prod: acted reconciled weather-db
          dev: held not-for-us
        copy-started
          prod: held not-for-us
          dev: held not-for-us
        database-of-somebody-else
          prod: held not-for-us
          dev: held not-for-us
        events-disordered-in-sqs
          prod: held not-for-us, held not-for-us, acted reconciled weather-db
          dev: held not-for-us, held not-for-us, held not-for-us, held not-for-us, held not-for-us
        events-in-sqs
          prod: held not-for-us, held in-order platform-db, acted reconciled weather-db
          dev: held not-for-us, held not-for-us, held not-for-us, held not-for-us
        events-in-sqs-with-bad
          prod: failed undecodable-event, held not-for-us, held in-order platform-db, acted reconciled weather-db [1 returned]
          dev: held not-for-us, failed undecodable-event, held not-for-us, held not-for-us [1 returned]
        events-of-others-in-sqs
          prod: held not-for-us, held not-for-us
          dev: held not-for-us, held not-for-us
        events-redelivered-in-sqs
          prod: acted reconciled weather-db
          dev: held not-for-us
        failover
          prod: held not-for-us
          dev: held not-for-us
        failover-in-sqs
          prod: held not-for-us
          dev: held not-for-us
        instance-backup-finished
          prod: held not-for-us
          dev: held not-for-us
        instance-created
          prod: held not-for-us
          dev: held not-for-us
        instance-deleted
          prod: held not-for-us
          dev: held not-for-us
        instance-started
          prod: held not-for-us
          dev: held not-for-us
        instance-stopped
          prod: held not-for-us
          dev: held not-for-us
        local-copy-finished
          prod: acted reconciled weather-db
          dev: held not-for-us
        parameter-group
          prod: held not-for-us
          dev: held not-for-us
        router-take-in-sqs
          prod: acted taken platform-db
          dev: failed unknown-target platform-db [1 returned]
        schedule-default-event
          prod: held not-for-us
          dev: held not-for-us
        schedule-nightly-cluster-in-sqs
          prod: acted taken platform-db
          dev: failed unknown-target platform-db [1 returned]
        schedule-nightly-in-sqs
          prod: acted taken weather-db
          dev: failed unknown-target weather-db [1 returned]
        schedule-reconcile-in-sqs
          prod: held in-order metrics-db, held in-order platform-db, acted reconciled portfolio-db, held in-order status-db, acted reconciled weather-db
          dev: held in-order portfolio-db, held in-order status-db
        schedule-take
          prod: acted taken weather-db
          dev: failed unknown-target weather-db [1 returned]
        schedule-twice-in-sqs
          prod: acted taken weather-db, held already-taken weather-db
          dev: failed unknown-target weather-db [2 returned]
        schedule-verify-in-sqs
          prod: acted drill-started weather-db
          dev: failed unknown-target weather-db [1 returned]
        snapshot-created
          prod: acted reconciled weather-db
          dev: held not-for-us
        snapshot-created-replayed
          prod: acted reconciled weather-db
          dev: held not-for-us
        snapshot-created-without-id
          prod: acted reconciled weather-db
          dev: held not-for-us
        snapshot-creating
          prod: held not-for-us
          dev: held not-for-us
        snapshot-deleted
          prod: held not-for-us
          dev: held not-for-us
        snapshot-restored
          prod: acted reconciled weather-db
          dev: held not-for-us
        snapshot-without-name
          prod: held not-for-us
          dev: held not-for-us
        sns-command
          prod: acted taken portfolio-db
          dev: acted taken portfolio-db
        sqs-empty-body
          prod: failed undecodable-event [1 returned]
          dev: failed undecodable-event [1 returned]
        sqs-fifo
          prod: acted taken portfolio-db, acted copying portfolio-db
          dev: acted taken portfolio-db, held nothing-to-copy portfolio-db
        sqs-fifo-with-bad
          prod: acted taken portfolio-db, failed invalid-command portfolio-db [2 returned]
          dev: acted taken portfolio-db, failed invalid-command portfolio-db [2 returned]
        sqs-not-json
          prod: failed undecodable-event [1 returned]
          dev: failed undecodable-event [1 returned]
        subscription-cluster-in-sns
          prod: held not-for-us
          dev: held not-for-us
        subscription-cluster-snapshot-in-sqs
          prod: held in-order platform-db
          dev: held not-for-us
        subscription-copy-finished-in-sqs
          prod: acted reconciled weather-db
          dev: held not-for-us
        subscription-in-sns
          prod: acted reconciled weather-db
          dev: held not-for-us
        subscription-in-sns-in-sqs
          prod: acted reconciled weather-db
          dev: held not-for-us
        subscription-in-sqs-raw
          prod: acted reconciled weather-db
          dev: held not-for-us
        subscription-old-in-sns
          prod: held not-for-us
          dev: held not-for-us
        subscription-parameter-group-in-sns
          prod: held not-for-us
          dev: held not-for-us
        subscription-test-in-sns
          prod: held not-for-us
          dev: held not-for-us
        subscription-test-in-sqs
          prod: held not-for-us
          dev: held not-for-us
    "#]].assert_eq(&lines);
}

#[tokio::test]
async fn every_file_of_another_function_is_answered_and_changes_nothing() {
    for function in ["invalidate-cache", "route-alarm", "scale-service"] {
        for name in events_of(function) {
            let path = crate::site::root().join(format!("events/{function}/{name}.json"));
            let event = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
            let vault = Vault::prod().await;
            let before = vault.rds().effects().len();
            let outcome = vault.gets(&event).await;
            assert!(!outcome.reports.is_empty(), "{name}");
            // A `reconcile` without a target means the same to both.
            let is_reconcile = name.contains("reconcile");
            assert!(outcome.calls.is_empty() || is_reconcile, "{name}: {:?}", outcome.calls);
            assert!(vault.rds().effects().len() == before || is_reconcile, "{name}");
        }
    }
}
