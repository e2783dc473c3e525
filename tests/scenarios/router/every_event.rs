//! Every file of `events/route-alarm`, to the end, by the routes of `playbooks/prod`.

use std::fs;

use expect_test::expect;

use super::{Station, event};
use crate::site::{events_of, root};

#[tokio::test]
async fn every_file_of_events_ends_in_reports_that_say_what_became_of_it() {
    let names = events_of("route-alarm");
    let prod = fs::read_to_string(root().join("playbooks/prod/playbook.yaml")).unwrap();
    let mut lines = String::new();
    for name in &names {
        let station = Station::of(&prod);
        let outcome = station.gets("09:30:00", "request-1", &event(name)).await;
        assert!(!outcome.reports.is_empty(), "{name}");
        lines.extend([format!("{name}: {}\n", outcome.line())]);
    }
    expect![[r#"
        after-mute-in-sns: held reported
        alarms-in-sqs: held reported, acted routed weather-site, acted routed weather-site-secondary, failed undecodable-event, held reported, held not-for-us, held reported [1 returned]
        anomaly-direct: held no-route
        anomaly-eventbridge: held no-route
        anomaly-in-sns: held no-route
        bucket-test-event: held not-for-us
        budget-actual-in-sns: held reported
        budget-forecast-in-sqs: held no-route
        budget-prose-in-sns: held reported
        budget-sns-in-sqs: held reported
        budget-without-name-in-sns: held not-for-us
        certificate-expired: held reported
        certificate-expires-soon: held reported
        codedeploy-trigger-in-sns: held not-for-us
        command-approve: refused approval-unknown
        command-approve-without-id: failed invalid-command [1 returned]
        command-of-another-function: failed invalid-command [1 returned]
        command-pause: acted pause-begun
        command-pause-bad-duration: failed invalid-command [1 returned]
        command-pause-function: acted pause-begun invalidate-cache
        command-pause-target: acted pause-begun weather-site
        command-pause-unknown-field: failed invalid-command [1 returned]
        command-pause-without-reason: failed invalid-command [1 returned]
        command-resume: held not-paused
        command-status: held status
        composite-delayed-direct: held no-route
        composite-delayed-eventbridge: held no-route
        composite-delayed-in-sns: held no-route
        composite-direct: held no-route
        composite-eventbridge: held no-route
        composite-in-sns: held no-route
        composite-suppressed-eventbridge: held no-route
        configuration-change: held not-for-us
        contributor-direct: held reported
        contributor-eventbridge: held reported
        contributor-in-sns: held reported
        contributor-other-eventbridge: held reported
        contributor-whole-alarm-eventbridge: held reported
        database-backup-eventbridge: held not-for-us
        database-failover-cluster-eventbridge: held no-route
        database-failover-eventbridge: held reported
        database-failover-in-sns: held reported
        database-failover-old-in-sqs: held no-route
        database-failover-replayed: held replayed
        database-restart-in-sns: held not-for-us
        database-subscription-in-sns: held not-for-us
        deployment-failed: held reported
        deployment-rolls-back: held not-for-us
        first-alarm-direct: held no-route
        first-alarm-eventbridge: held no-route
        first-ok-eventbridge: held no-route
        first-ok-in-sns: held no-route
        future-kind-direct: held no-route
        future-kind-eventbridge: held no-route
        future-kind-in-sns: held no-route
        log-alarm-direct: held reported
        log-alarm-eventbridge: held reported
        log-alarm-in-sns: held reported
        math-direct: held no-route
        math-eventbridge: held no-route
        math-in-sns: held no-route
        metric-api-dimensions-in-sns: held reported
        metric-direct: held reported
        metric-eventbridge: held reported
        metric-eventbridge-in-sqs: held reported
        metric-in-sns: held reported
        metric-sns-in-sqs: held reported
        metric-sns-in-sqs-raw: held reported
        muted-before-eventbridge: held reported
        muted-eventbridge: acted muted
        no-data-eventbridge: held no-route
        old-form-in-sns: held reported
        other-region-eventbridge: held reported
        other-region-in-sns: held reported
        promql-contributor-eventbridge: held reported
        promql-eventbridge: held reported
        recovery-direct: acted routed weather-site, acted routed weather-site-secondary
        recovery-eventbridge: acted routed weather-site, acted routed weather-site-secondary
        recovery-in-sns: acted routed weather-site, acted routed weather-site-secondary
        replayed-eventbridge: held replayed
        same-by-eventbridge: held reported
        same-by-sns: held reported
        same-direct: held reported
        schedule-pause: acted pause-begun weather-site
        service-steady: held not-for-us
        set-by-hand-composite-in-sns: held no-route
        set-by-hand-direct: held reported
        set-by-hand-in-sns: held reported
        target-tracking-eventbridge: held not-for-us
        target-tracking-in-sns: held not-for-us
        task-cannot-start: held no-route
        task-ended-well: held not-for-us
        task-failed: held reported
        task-failed-container-checks: held no-route
        task-failed-load-balancer-checks: held no-route
        task-lost-its-capacity: held no-route
        task-on-unhealthy-infrastructure: held no-route
        task-out-of-memory: held no-route
        task-placement-failure: held no-route
        task-start-impaired: held no-route
        task-stopped-by-scheduler: held not-for-us
        topic-subscription-confirmation: held not-for-us
    "#]].assert_eq(&lines);
}

#[tokio::test]
async fn every_file_of_another_function_is_answered_too() {
    let prod = fs::read_to_string(root().join("playbooks/prod/playbook.yaml")).unwrap();
    for file in fs::read_dir(root().join("events/invalidate-cache")).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let station = Station::of(&prod);
        let outcome = station.gets("09:30:00", "request-1", &crate::site::event(&name)).await;
        assert!(!outcome.reports.is_empty(), "{name}");
        assert!(station.sent().is_empty() || name.starts_with("alarm-"), "{name}");
    }
}
