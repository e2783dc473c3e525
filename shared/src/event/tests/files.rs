//! Every file of `events/`, decoded.

use expect_test::expect;

use super::*;

#[test]
fn every_file_of_events_is_decoded_to_what_it_says() {
    let lines: String = EVENTS
        .iter()
        .map(|(name, payload)| format!("{name}: {}\n", line(&decode(payload, REQUEST))))
        .collect();
    expect![[r#"
        alarm-anomaly-direct: alarm weather-site-requests: OK to ALARM at 2026-11-21T09:00:12.345Z; AWS/CloudFront Requests DistributionId=E1WEATHEREXAMPLE Region=Global
        alarm-anomaly-eventbridge: alarm weather-site-requests: OK to ALARM at 2026-11-21T09:00:12.345Z; AWS/CloudFront Requests DistributionId=E1WEATHEREXAMPLE Region=Global
        alarm-anomaly-in-sns: alarm weather-site-requests: OK to ALARM at 2026-11-21T09:00:12.345Z; AWS/CloudFront Requests DistributionId=E1WEATHEREXAMPLE Region=Global
        alarm-composite-direct: alarm weather-site-down: OK to ALARM at 2026-11-21T09:00:12.345Z
        alarm-composite-eventbridge: alarm weather-site-down: OK to ALARM at 2026-11-21T09:00:12.345Z
        alarm-composite-in-sns: alarm weather-site-down: OK to ALARM at 2026-11-21T09:00:12.345Z
        alarm-configuration-change: foreign: CloudWatch Alarm Configuration Change: an alarm was made, changed or deleted, which is no change of its state
        alarm-contributor: alarm weather-api-latency: ? to ALARM at 2026-11-21T09:00:12.345Z; without reason; contributor fc1e87ada6cfa133
        alarm-math-direct: alarm weather-site-errors: OK to ALARM at 2026-11-21T09:00:12.345Z; AWS/CloudFront 4xxErrorRate DistributionId=E1WEATHEREXAMPLE Region=Global; AWS/CloudFront 5xxErrorRate DistributionId=E1WEATHEREXAMPLE Region=Global
        alarm-math-eventbridge: alarm weather-site-errors: OK to ALARM at 2026-11-21T09:00:12.345Z; AWS/CloudFront 4xxErrorRate DistributionId=E1WEATHEREXAMPLE Region=Global; AWS/CloudFront 5xxErrorRate DistributionId=E1WEATHEREXAMPLE Region=Global
        alarm-math-in-sns: alarm weather-site-errors: OK to ALARM at 2026-11-21T09:00:12.345Z; AWS/CloudFront 4xxErrorRate DistributionId=E1WEATHEREXAMPLE Region=Global; AWS/CloudFront 5xxErrorRate DistributionId=E1WEATHEREXAMPLE Region=Global
        alarm-metric-direct: alarm weather-site-5xx: OK to ALARM at 2026-11-21T09:00:12.345Z; AWS/CloudFront 5xxErrorRate DistributionId=E1WEATHEREXAMPLE Region=Global
        alarm-metric-eventbridge: alarm weather-site-5xx: OK to ALARM at 2026-11-21T09:00:12.345Z; AWS/CloudFront 5xxErrorRate DistributionId=E1WEATHEREXAMPLE Region=Global
        alarm-metric-in-sns: alarm weather-site-5xx: OK to ALARM at 2026-11-21T09:00:12.345Z; AWS/CloudFront 5xxErrorRate DistributionId=E1WEATHEREXAMPLE Region=Global
        autoscaling-test-notification: foreign: a notification of Auto Scaling: autoscaling:TEST_NOTIFICATION
        budgets-notification: foreign: a notification of AWS Budgets
        cloudformation-notification: foreign: a stack event of CloudFormation
        codepipeline-event: foreign: aws.codepipeline: CodePipeline Pipeline Execution State Change
        command-empty-paths: operator command {"action":"invalidate","target":"weather-site","paths":[]}
        command-everything: operator command {"action":"invalidate","target":"weather-site","everything":true,"id":"purge-2026-11-21"}
        command-path-without-slash: operator command {"action":"invalidate","target":"weather-site","paths":["/index.html","assets/app.css"]}
        command-paths: operator command {"action":"invalidate","target":"weather-site","paths":["/index.html","/assets/*"],"reason":"release 42"}
        command-plan-mode: operator command {"action":"invalidate","target":"weather-site","paths":["/index.html"],"mode":"plan"}
        command-tags: operator command {"action":"invalidate","target":"weather-site","tags":["forecast","Region-North"],"reason":"new forecast model"}
        command-unknown-action: operator command {"action":"purge","target":"weather-site","paths":["/index.html"]}
        command-unknown-field: operator command {"action":"invalidate","target":"weather-site","path":["/index.html"]}
        command-unknown-target: operator command {"action":"invalidate","target":"wether-site","paths":["/index.html"]}
        custom-event: custom com.example.shop `Order Placed` {"order":1042}
        deploy-event: custom com.example.deploy `Deployment Succeeded` {"target":"weather-site","paths":["/index.html","/assets/*"],"reason":"release 42","commit":"9505cacb7c710ed17125fcc6cb3669e8ddca6c8c","pipeline":{"name":"weather-site","run":42}}
        deploy-event-without-target: custom com.example.deploy `Deployment Succeeded` {"paths":["/index.html"],"commit":"9505cacb7c710ed17125fcc6cb3669e8ddca6c8c"}
        ecr-scan-event: foreign: aws.ecr: ECR Image Scan
        guardduty-event: foreign: aws.guardduty: GuardDuty Finding
        health-event: foreign: aws.health: AWS Health Event
        s3-delete: Removed s3://weather-assets/assets/old.css + Removed s3://weather-assets/assets/older.css
        s3-eventbridge: Created s3://weather-assets/assets/maps/wind+map 100%25.png
        s3-eventbridge-delete: Removed s3://weather-assets/assets/old.css
        s3-eventbridge-in-sqs: batch: Created s3://weather-assets/assets/maps/a+b.png | Created s3://weather-assets/assets/maps/50% sun.png | Removed s3://weather-assets/assets/maps/old~1.png
        s3-eventbridge-replayed: Created s3://weather-assets/assets/app.css
        s3-eventbridge-tags: foreign: aws.s3: Object Tags Added
        s3-form-encoded-keys: Created s3://weather-assets/assets/maps/wind map.png + Created s3://weather-assets/assets/maps/Zürich (north).png + Created s3://weather-assets/assets/maps/1+1=2 50%.png + Created s3://weather-assets/assets/maps/north-east@noon.png
        s3-in-sns: Created s3://weather-assets/assets/app.css
        s3-in-sns-in-sqs: batch: Created s3://weather-assets/assets/wind map.png
        s3-in-sns-in-sqs-raw: batch: Created s3://weather-assets/assets/wind map.png
        s3-in-sqs: batch: Created s3://weather-assets/assets/app.css + Created s3://weather-assets/assets/wind map.png | Created s3://weather-assets/assets/app.css
        s3-newer-families: Removed s3://weather-assets/assets/expired.css + foreign: an S3 event that leaves the content as it was: LifecycleTransition + foreign: an S3 event that leaves the content as it was: ObjectRestore:Completed + foreign: an S3 event that leaves the content as it was: Replication:OperationFailedReplication + foreign: an S3 event that leaves the content as it was: ObjectTagging:Put
        s3-other-bucket: Created s3://billing-reports/report.csv
        s3-put: Created s3://weather-assets/assets/app.css
        s3-several-records: Created s3://weather-assets/assets/app.css + Created s3://weather-assets/assets/app.js + Created s3://weather-assets/assets/img/sun.svg
        s3-test-event: foreign: an s3:TestEvent: S3 has checked that it may deliver
        s3-test-event-in-sns: foreign: an s3:TestEvent: S3 has checked that it may deliver
        s3-test-event-in-sqs: batch: foreign: an s3:TestEvent: S3 has checked that it may deliver
        s3-without-sequencer: Created s3://weather-assets/assets/app.css
        schedule-command: operator command {"action":"invalidate","target":"weather-site","paths":["/forecast/*"],"id":"schedule-nightly-forecast-2026-11-21T03:00:00Z","reason":"nightly forecast","origin":{"source":"schedule","correlation":"nightly-forecast/2026-11-21T03:00:00Z"}}
        schedule-default-event: foreign: the default event of a schedule: give the schedule an `Input` with a command
        schedule-rule-event: foreign: the default event of a schedule: give the schedule an `Input` with a command
        sns-command: queue command {"action":"invalidate","target":"weather-site","paths":["/index.html"],"reason":"editor pressed publish"}
        sns-subscription-confirmation: batch: foreign: a confirmation of an SNS subscription
        sns-without-signature: queue command {"action":"invalidate","target":"weather-site","paths":["/index.html"]}
        sqs-empty-body: batch: error: body of the SQS message is empty; expected a command (an object with `action`), or an SQS, SNS, S3, EventBridge or alarm event
        sqs-fifo: fifo batch: queue command {"action":"invalidate","target":"weather-site","paths":["/index.html"],"id":"deploy-42","origin":{"source":"schedule","correlation":"release/42"}} | queue command {"action":"invalidate","target":"weather-site","paths":["/assets/*"],"id":"deploy-43","origin":{"source":"schedule","correlation":"release/43"}}
        sqs-fifo-with-bad: fifo batch: queue command {"action":"invalidate","target":"weather-site","paths":["/index.html"],"id":"deploy-42"} | queue command {"action":"invalidate","target":"weather-site","paths":[],"id":"deploy-43"} | queue command {"action":"invalidate","target":"weather-site","paths":["/assets/*"],"id":"deploy-44"}
        sqs-mixed: batch: queue command {"action":"invalidate","target":"weather-site","paths":["/index.html","/assets/app.css"]} | error: body of the SQS message is not JSON (expected value at line 1 column 1): `invalidate everything, please`; expected a command (an object with `action`), or an SQS, SNS, S3, EventBridge or alarm event | Created s3://weather-assets/assets/app.css | queue command {"action":"invalidate","target":"wether-site","paths":["/"]} | foreign: an s3:TestEvent: S3 has checked that it may deliver | queue command {"action":"invalidate","target":"weather-site","paths":["assets/app.css"]}
        sqs-not-json: batch: error: body of the SQS message is not JSON (EOF while parsing a value at line 1 column 35): `{"action": "invalidate", "target": `; expected a command (an object with `action`), or an SQS, SNS, S3, EventBridge or alarm event
        sqs-redelivered: batch: (2 times) Created s3://weather-assets/assets/app.css
    "#]].assert_eq(&lines);
}
