//! Every file of `events/`, to the end: verdicts, what CloudFront was asked for, and what is returned.

use expect_test::expect;

use crate::site::{Site, event, events_of};

#[tokio::test]
async fn every_file_of_events_ends_in_the_outcome_that_its_name_promises() {
    let names = events_of("invalidate-cache");
    let mut lines = String::new();
    for name in &names {
        let site = Site::prod();
        let outcome = site.gets(&event(name)).await;
        lines.extend([format!("{name}: {}\n", outcome.line())]);
    }
    expect![[r#"
        alarm-anomaly-direct: held not-for-us
        alarm-anomaly-eventbridge: held not-for-us
        alarm-anomaly-in-sns: held not-for-us
        alarm-composite-direct: held not-for-us
        alarm-composite-eventbridge: held not-for-us
        alarm-composite-in-sns: held not-for-us
        alarm-configuration-change: held not-for-us
        alarm-contributor: held not-for-us
        alarm-math-direct: held not-for-us
        alarm-math-eventbridge: held not-for-us
        alarm-math-in-sns: held not-for-us
        alarm-metric-direct: held not-for-us
        alarm-metric-eventbridge: held not-for-us
        alarm-metric-in-sns: held not-for-us
        autoscaling-test-notification: held not-for-us
        budgets-notification: held not-for-us
        cloudformation-notification: held not-for-us
        codepipeline-event: held not-for-us
        command-empty-paths: failed invalid-command weather-site [1 returned]
        command-everything: acted invalidated weather-site
        command-path-without-slash: failed invalid-command weather-site [1 returned]
        command-paths: acted invalidated weather-site
        command-plan-mode: planned invalidated weather-site
        command-tags: acted invalidated weather-site
        command-unknown-action: failed invalid-command weather-site [1 returned]
        command-unknown-field: failed invalid-command weather-site [1 returned]
        command-unknown-target: failed unknown-target wether-site [1 returned]
        custom-event: held not-for-us
        deploy-event: acted invalidated weather-site
        deploy-event-without-target: failed invalid-command [1 returned]
        ecr-scan-event: held not-for-us
        guardduty-event: held not-for-us
        health-event: held not-for-us
        s3-delete: acted invalidated weather-site, acted invalidated weather-site-secondary
        s3-eventbridge: acted invalidated weather-site, acted invalidated weather-site-secondary
        s3-eventbridge-delete: acted invalidated weather-site, acted invalidated weather-site-secondary
        s3-eventbridge-in-sqs: acted invalidated weather-site, acted invalidated weather-site-secondary
        s3-eventbridge-replayed: acted invalidated weather-site, acted invalidated weather-site-secondary
        s3-eventbridge-tags: held not-for-us
        s3-form-encoded-keys: acted invalidated weather-site, acted invalidated weather-site-secondary
        s3-in-sns: acted invalidated weather-site, acted invalidated weather-site-secondary
        s3-in-sns-in-sqs: acted invalidated weather-site, acted invalidated weather-site-secondary
        s3-in-sns-in-sqs-raw: acted invalidated weather-site, acted invalidated weather-site-secondary
        s3-in-sqs: acted invalidated weather-site, acted invalidated weather-site-secondary
        s3-newer-families: acted invalidated weather-site, acted invalidated weather-site-secondary, held not-for-us, held not-for-us, held not-for-us, held not-for-us
        s3-other-bucket: held not-for-us
        s3-put: acted invalidated weather-site, acted invalidated weather-site-secondary
        s3-several-records: acted invalidated weather-site, acted invalidated weather-site-secondary
        s3-test-event: held not-for-us
        s3-test-event-in-sns: held not-for-us
        s3-test-event-in-sqs: held not-for-us
        s3-without-sequencer: acted invalidated weather-site, acted invalidated weather-site-secondary
        schedule-command: acted invalidated weather-site
        schedule-default-event: held not-for-us
        schedule-rule-event: held not-for-us
        sns-command: acted invalidated weather-site
        sns-subscription-confirmation: held not-for-us
        sns-without-signature: acted invalidated weather-site
        sqs-empty-body: failed undecodable-event [1 returned]
        sqs-fifo: acted invalidated weather-site
        sqs-fifo-with-bad: acted invalidated weather-site, failed invalid-command weather-site [2 returned]
        sqs-mixed: acted invalidated weather-site, failed undecodable-event, acted invalidated weather-site-secondary, failed unknown-target wether-site, held not-for-us, failed invalid-command weather-site [3 returned]
        sqs-not-json: failed undecodable-event [1 returned]
        sqs-redelivered: acted invalidated weather-site, acted invalidated weather-site-secondary
    "#]].assert_eq(&lines);
}
