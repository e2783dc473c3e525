//! Every file of `events/`, decoded.

use expect_test::expect;

use super::*;

fn table(events: &[(String, Value)]) -> String {
    let line = |(name, payload): &(String, Value)| format!("{name}: {}\n", line(&decode(payload, REQUEST)));
    events.iter().map(line).collect()
}

#[test]
fn every_file_of_events_is_decoded_to_what_it_says() {
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
    "#]].assert_eq(&table(&EVENTS));
}

#[test]
fn every_file_for_the_router_is_decoded_to_what_it_says() {
    expect![[r#"
        after-mute-in-sns: alarm weather-origin-5xx: OK to ALARM at 2026-11-21T09:00:12.345Z; AWS/ApplicationELB HTTPCode_Target_5XX_Count LoadBalancer=app/weather-origin/50dc6c495c0c9188
        alarms-in-sqs: batch: (2 times) alarm weather-origin-5xx: OK to ALARM at 2026-11-21T09:00:12.345Z; AWS/ApplicationELB HTTPCode_Target_5XX_Count LoadBalancer=app/weather-origin/50dc6c495c0c9188 | alarm weather-origin-5xx: ALARM to OK at 2026-11-21T09:21:12.501Z; AWS/ApplicationELB HTTPCode_Target_5XX_Count LoadBalancer=app/weather-origin/50dc6c495c0c9188 | error: body of the SQS message is not JSON (expected value at line 1 column 1): `ALARM: weather-origin-5xx, please look`; expected a command (an object with `action`), or an SQS, SNS, S3, EventBridge or alarm event | alarm external-metrics-latency: ? to ALARM at 2026-11-21T09:00:12.345Z; contributor fc1e87ada6cfa133 | foreign: an s3:TestEvent: S3 has checked that it may deliver | notice budget of status-page-monthly, 123456789012 at ?: budget `status-page-monthly` has reached a threshold: type Cost, actual amount $251.37, threshold > $240.00, budgeted $300.00
        anomaly-direct: alarm weather-site-requests: OK to ALARM at 2026-11-21T09:00:12.345Z; AWS/CloudFront Requests DistributionId=E1WEATHEREXAMPLE Region=Global
        anomaly-eventbridge: alarm weather-site-requests: OK to ALARM at 2026-11-21T09:00:12.345Z; AWS/CloudFront Requests DistributionId=E1WEATHEREXAMPLE Region=Global
        anomaly-in-sns: alarm weather-site-requests: OK to ALARM at 2026-11-21T09:00:12.345Z; AWS/CloudFront Requests DistributionId=E1WEATHEREXAMPLE Region=Global
        bucket-test-event: foreign: an s3:TestEvent: S3 has checked that it may deliver
        budget-actual-in-sns: notice budget of status-page-monthly, 123456789012 at 2026-11-21T09:00:12.871Z: budget `status-page-monthly` has reached a threshold: type Cost, actual amount $251.37, threshold > $240.00, budgeted $300.00
        budget-forecast-in-sqs: batch: notice budget of Portfolio Monthly Budget, 123456789012 at ?: budget `Portfolio Monthly Budget` has reached a threshold: type Cost, forecasted amount $1,184.20, threshold > $1,000.00, budgeted $1,000.00
        budget-prose-in-sns: notice budget of status-page-daily, 123456789012 at 2026-11-21T09:00:12.871Z: budget `status-page-daily` has reached a threshold: the ACTUAL Cost associated with your status-page-daily budget is greater than $12.00 per day
        budget-sns-in-sqs: batch: notice budget of status-page-monthly, 123456789012 at 2026-11-21T09:00:12.871Z: budget `status-page-monthly` has reached a threshold: type Cost, actual amount $251.37, threshold > $240.00, budgeted $300.00
        budget-without-name-in-sns: foreign: a notification of AWS Budgets
        certificate-expired: notice certificate-expiry of www.example.com, 123456789012 in us-east-1 at 2026-11-21T06:51:08Z: the certificate of `www.example.com` (61f50cd4-45b9-4259-b049-d0a53682fa4b) has expired
        certificate-expires-soon: notice certificate-expiry of www.example.com, 123456789012 in us-east-1 at 2026-11-21T06:51:08Z: the certificate of `www.example.com` (61f50cd4-45b9-4259-b049-d0a53682fa4b) expires in 31 days
        codedeploy-trigger-in-sns: foreign: a notification of CodeDeploy: status-page-deployments
        command-approve: operator command {"action":"approve","approval":"3f9d2c1e7a64b805d1c2e3f4a5b60718","who":"ben"}
        command-approve-without-id: operator command {"action":"approve","who":"ben"}
        command-of-another-function: operator command {"action":"invalidate","target":"weather-site","everything":true}
        command-pause: operator command {"action":"pause","scope":"all","for":"2h","reason":"database move","who":"ann"}
        command-pause-bad-duration: operator command {"action":"pause","scope":"all","for":"two hours","reason":"database move","who":"ann"}
        command-pause-function: operator command {"action":"pause","scope":"invalidate-cache","for":"24h","reason":"CloudFront has an incident","who":"ben"}
        command-pause-target: operator command {"action":"pause","scope":"weather-site","for":"30m","reason":"editors rework the front page","who":"ann","id":"pause-weather-site-2026-11-21"}
        command-pause-unknown-field: operator command {"action":"pause","scope":"all","for":"2h","reason":"database move","until":"2026-11-21T11:00:00Z"}
        command-pause-without-reason: operator command {"action":"pause","scope":"all","for":"2h","who":"ann"}
        command-resume: operator command {"action":"resume","scope":"all","reason":"the database has moved","who":"ann"}
        command-status: operator command {"action":"status"}
        composite-delayed-direct: alarm weather-site-down: ALARM to ALARM at 2026-11-21T09:02:12.345Z
        composite-delayed-eventbridge: alarm weather-site-down: ALARM to ALARM at 2026-11-21T09:02:12.345Z
        composite-delayed-in-sns: alarm weather-site-down: ALARM to ALARM at 2026-11-21T09:02:12.345Z
        composite-direct: alarm weather-site-down: OK to ALARM at 2026-11-21T09:00:12.345Z
        composite-eventbridge: alarm weather-site-down: OK to ALARM at 2026-11-21T09:00:12.345Z
        composite-in-sns: alarm weather-site-down: OK to ALARM at 2026-11-21T09:00:12.345Z
        composite-suppressed-eventbridge: alarm weather-site-down: OK to ALARM at 2026-11-21T09:00:12.345Z; suppressed by WaitPeriod
        configuration-change: foreign: CloudWatch Alarm Configuration Change: an alarm was made, changed or deleted, which is no change of its state
        contributor-direct: alarm external-metrics-latency: ? to ALARM at 2026-11-21T09:00:12.345Z; contributor fc1e87ada6cfa133
        contributor-eventbridge: alarm external-metrics-latency: ? to ALARM at 2026-11-21T09:00:12.345Z; contributor fc1e87ada6cfa133
        contributor-in-sns: alarm external-metrics-latency: ? to ALARM at 2026-11-21T09:00:12.345Z; contributor fc1e87ada6cfa133
        contributor-other-eventbridge: alarm external-metrics-latency: ? to ALARM at 2026-11-21T09:00:12.345Z; contributor 0b6d442278dba546
        contributor-whole-alarm-eventbridge: alarm external-metrics-latency: OK to ALARM at 2026-11-21T09:00:12.345Z
        database-backup-eventbridge: Instance weather-tracker-postgres-prod, 123456789012 in us-east-1 at 2026-11-21T09:00:12.292Z: Finished DB Instance backup (RDS-EVENT-0002)
        database-failover-cluster-eventbridge: notice database-failover of portfolio-aurora-prod, 123456789012 in us-east-1 at 2026-11-21T09:00:12.292Z: database `portfolio-aurora-prod`: Completed failover to DB instance: portfolio-aurora-prod-2 (RDS-EVENT-0071)
        database-failover-eventbridge: notice database-failover of weather-tracker-postgres-prod, 123456789012 in us-east-1 at 2026-11-21T09:00:12.292Z: database `weather-tracker-postgres-prod`: Multi-AZ instance failover completed (RDS-EVENT-0049)
        database-failover-in-sns: notice database-failover of weather-tracker-postgres-prod, 123456789012 in us-east-1 at 2026-11-21T09:00:12.292Z: database `weather-tracker-postgres-prod`: Multi-AZ instance failover completed (RDS-EVENT-0049)
        database-failover-old-in-sqs: batch: notice database-failover of portfolio-aurora-prod, ? in us-east-1 at 2026-11-21T09:00:12.292Z: database `portfolio-aurora-prod`: Started same AZ failover to DB instance: portfolio-aurora-prod-2 (RDS-EVENT-0072)
        database-failover-replayed: notice database-failover of weather-tracker-postgres-prod, 123456789012 in us-east-1 at 2026-11-21T09:00:12.292Z: database `weather-tracker-postgres-prod`: Multi-AZ instance failover started (RDS-EVENT-0013); replayed by after-the-outage
        database-restart-in-sns: Instance weather-tracker-postgres-prod, 123456789012 in us-east-1 at 2026-11-21T09:00:12.292Z: DB instance restarted (RDS-EVENT-0006)
        database-subscription-in-sns: foreign: a test notification of RDS
        deployment-failed: notice deployment-failure of api, 123456789012 in us-east-1 at 2026-11-21T09:00:11.9Z: deployment ecs-svc/6512234589012345678 of `api` failed: ECS deployment circuit breaker: tasks failed to start
        deployment-rolls-back: foreign: aws.ecs: ECS Deployment State Change
        first-alarm-direct: alarm weather-origin-5xx: INSUFFICIENT_DATA to ALARM at 2026-11-21T09:00:12.345Z; AWS/ApplicationELB HTTPCode_Target_5XX_Count LoadBalancer=app/weather-origin/50dc6c495c0c9188
        first-alarm-eventbridge: alarm weather-origin-5xx: INSUFFICIENT_DATA to ALARM at 2026-11-21T09:00:12.345Z; AWS/ApplicationELB HTTPCode_Target_5XX_Count LoadBalancer=app/weather-origin/50dc6c495c0c9188
        first-ok-eventbridge: alarm weather-origin-5xx: INSUFFICIENT_DATA to OK at 2026-11-21T09:00:12.345Z; AWS/ApplicationELB HTTPCode_Target_5XX_Count LoadBalancer=app/weather-origin/50dc6c495c0c9188
        first-ok-in-sns: alarm weather-origin-5xx: INSUFFICIENT_DATA to OK at 2026-11-21T09:00:12.345Z; AWS/ApplicationELB HTTPCode_Target_5XX_Count LoadBalancer=app/weather-origin/50dc6c495c0c9188
        future-kind-direct: alarm weather-forecast-drift: OK to DEGRADED at 2026-11-21T09:00:12.345Z; without reason
        future-kind-eventbridge: alarm weather-forecast-drift: OK to DEGRADED at 2026-11-21T09:00:12.345Z; without reason
        future-kind-in-sns: alarm weather-forecast-drift: OK to DEGRADED at 2026-11-21T09:00:12.345Z; without reason
        log-alarm-direct: alarm portfolio-api-log-errors: OK to ALARM at 2026-11-21T09:00:12.345Z
        log-alarm-eventbridge: alarm portfolio-api-log-errors: OK to ALARM at 2026-11-21T09:00:12.345Z
        log-alarm-in-sns: alarm portfolio-api-log-errors: OK to ALARM at 2026-11-21T09:00:12.345Z
        math-direct: alarm weather-site-error-rate: OK to ALARM at 2026-11-21T09:00:12.345Z; AWS/CloudFront 4xxErrorRate DistributionId=E1WEATHEREXAMPLE Region=Global; AWS/CloudFront 5xxErrorRate DistributionId=E1WEATHEREXAMPLE Region=Global
        math-eventbridge: alarm weather-site-error-rate: OK to ALARM at 2026-11-21T09:00:12.345Z; AWS/CloudFront 4xxErrorRate DistributionId=E1WEATHEREXAMPLE Region=Global; AWS/CloudFront 5xxErrorRate DistributionId=E1WEATHEREXAMPLE Region=Global
        math-in-sns: alarm weather-site-error-rate: OK to ALARM at 2026-11-21T09:00:12.345Z; AWS/CloudFront 4xxErrorRate DistributionId=E1WEATHEREXAMPLE Region=Global; AWS/CloudFront 5xxErrorRate DistributionId=E1WEATHEREXAMPLE Region=Global
        metric-api-dimensions-in-sns: alarm portfolio-db-cpu: OK to ALARM at 2026-11-21T10:15:30.042Z; AWS/RDS CPUUtilization DBInstanceIdentifier=portfolio-db-prod
        metric-direct: alarm weather-origin-5xx: OK to ALARM at 2026-11-21T09:00:12.345Z; AWS/ApplicationELB HTTPCode_Target_5XX_Count LoadBalancer=app/weather-origin/50dc6c495c0c9188
        metric-eventbridge: alarm weather-origin-5xx: OK to ALARM at 2026-11-21T09:00:12.345Z; AWS/ApplicationELB HTTPCode_Target_5XX_Count LoadBalancer=app/weather-origin/50dc6c495c0c9188
        metric-eventbridge-in-sqs: batch: alarm weather-origin-5xx: OK to ALARM at 2026-11-21T09:00:12.345Z; AWS/ApplicationELB HTTPCode_Target_5XX_Count LoadBalancer=app/weather-origin/50dc6c495c0c9188
        metric-in-sns: alarm weather-origin-5xx: OK to ALARM at 2026-11-21T09:00:12.345Z; AWS/ApplicationELB HTTPCode_Target_5XX_Count LoadBalancer=app/weather-origin/50dc6c495c0c9188
        metric-sns-in-sqs: batch: alarm weather-origin-5xx: OK to ALARM at 2026-11-21T09:00:12.345Z; AWS/ApplicationELB HTTPCode_Target_5XX_Count LoadBalancer=app/weather-origin/50dc6c495c0c9188
        metric-sns-in-sqs-raw: batch: alarm weather-origin-5xx: OK to ALARM at 2026-11-21T09:00:12.345Z; AWS/ApplicationELB HTTPCode_Target_5XX_Count LoadBalancer=app/weather-origin/50dc6c495c0c9188
        muted-before-eventbridge: alarm weather-origin-5xx: OK to ALARM at 2026-11-21T09:00:12.345Z; AWS/ApplicationELB HTTPCode_Target_5XX_Count LoadBalancer=app/weather-origin/50dc6c495c0c9188; muted by arn:aws:cloudwatch:us-east-1:123456789012:alarm-mute-rule:weather-maintenance from 2026-01-01T10:00:00Z until 2026-01-01T12:00:00Z
        muted-eventbridge: alarm weather-origin-5xx: OK to ALARM at 2026-11-21T09:00:12.345Z; AWS/ApplicationELB HTTPCode_Target_5XX_Count LoadBalancer=app/weather-origin/50dc6c495c0c9188; muted by arn:aws:cloudwatch:us-east-1:123456789012:alarm-mute-rule:weather-maintenance from 2026-11-21T08:30:00Z until 2026-11-21T10:00:00Z
        no-data-eventbridge: alarm weather-origin-5xx: OK to INSUFFICIENT_DATA at 2026-11-21T09:00:12.345Z; AWS/ApplicationELB HTTPCode_Target_5XX_Count LoadBalancer=app/weather-origin/50dc6c495c0c9188
        old-form-in-sns: alarm weather-origin-5xx: OK to ALARM at 2026-11-21T09:00:12.345Z; without arn; without region; AWS/ApplicationELB HTTPCode_Target_5XX_Count LoadBalancer=app/weather-origin/50dc6c495c0c9188
        other-region-eventbridge: alarm status-page-alb-5xx: OK to ALARM at 2026-11-21T09:00:12.345Z; AWS/ApplicationELB HTTPCode_ELB_5XX_Count LoadBalancer=app/status-page/77ab10c2d3e4f506
        other-region-in-sns: alarm status-page-alb-5xx: OK to ALARM at 2026-11-21T09:00:12.345Z; AWS/ApplicationELB HTTPCode_ELB_5XX_Count LoadBalancer=app/status-page/77ab10c2d3e4f506
        promql-contributor-eventbridge: alarm external-metrics-queue-depth: ? to ALARM at 2026-11-21T09:00:12.345Z; without reason; contributor 77aa01b2c3d4e5f6
        promql-eventbridge: alarm external-metrics-queue-depth: OK to ALARM at 2026-11-21T09:00:12.345Z; without reason
        recovery-direct: alarm weather-origin-5xx: ALARM to OK at 2026-11-21T09:21:12.501Z; AWS/ApplicationELB HTTPCode_Target_5XX_Count LoadBalancer=app/weather-origin/50dc6c495c0c9188
        recovery-eventbridge: alarm weather-origin-5xx: ALARM to OK at 2026-11-21T09:21:12.501Z; AWS/ApplicationELB HTTPCode_Target_5XX_Count LoadBalancer=app/weather-origin/50dc6c495c0c9188
        recovery-in-sns: alarm weather-origin-5xx: ALARM to OK at 2026-11-21T09:21:12.501Z; AWS/ApplicationELB HTTPCode_Target_5XX_Count LoadBalancer=app/weather-origin/50dc6c495c0c9188
        replayed-eventbridge: alarm weather-origin-5xx: OK to ALARM at 2026-11-21T09:00:12.345Z; AWS/ApplicationELB HTTPCode_Target_5XX_Count LoadBalancer=app/weather-origin/50dc6c495c0c9188; replayed by after-the-outage
        same-by-eventbridge: alarm portfolio-api-5xx: OK to ALARM at 2026-11-21T10:15:30.042Z; AWS/ApplicationELB HTTPCode_Target_5XX_Count LoadBalancer=app/portfolio/1f3a9c2be07d4c55
        same-by-sns: alarm portfolio-api-5xx: OK to ALARM at 2026-11-21T10:15:30.042Z; AWS/ApplicationELB HTTPCode_Target_5XX_Count LoadBalancer=app/portfolio/1f3a9c2be07d4c55
        same-direct: alarm portfolio-api-5xx: OK to ALARM at 2026-11-21T10:15:30.042Z; AWS/ApplicationELB HTTPCode_Target_5XX_Count LoadBalancer=app/portfolio/1f3a9c2be07d4c55
        schedule-pause: operator command {"action":"pause","scope":"weather-site","for":"1h","reason":"weekly maintenance window","who":"schedule weather-maintenance","id":"schedule-weather-maintenance-2026-11-22T04:00:00Z","origin":{"source":"schedule","correlation":"weather-maintenance/2026-11-22T04:00:00Z"}}
        service-steady: foreign: aws.ecs: ECS Service Action
        set-by-hand-composite-in-sns: alarm weather-site-down: OK to ALARM at 2026-11-21T09:00:12.345Z
        set-by-hand-direct: alarm weather-origin-5xx: OK to ALARM at 2026-11-21T09:00:12.345Z; AWS/ApplicationELB HTTPCode_Target_5XX_Count LoadBalancer=app/weather-origin/50dc6c495c0c9188
        set-by-hand-in-sns: alarm weather-origin-5xx: OK to ALARM at 2026-11-21T09:00:12.345Z; AWS/ApplicationELB HTTPCode_Target_5XX_Count LoadBalancer=app/weather-origin/50dc6c495c0c9188
        target-tracking-eventbridge: alarm TargetTracking-service/portfolio-prod/api-AlarmHigh-0b1a4979-3846-4e3e-846f-b63a9ad545b0: OK to ALARM at 2026-11-21T09:00:12.345Z; AWS/ECS CPUUtilization ClusterName=portfolio-prod ServiceName=api
        target-tracking-in-sns: alarm TargetTracking-service/portfolio-prod/api-AlarmHigh-0b1a4979-3846-4e3e-846f-b63a9ad545b0: OK to ALARM at 2026-11-21T09:00:12.345Z; AWS/ECS CPUUtilization ClusterName=portfolio-prod ServiceName=api
        task-cannot-start: notice task-failure of api, 123456789012 in us-east-1 at 2026-11-21T09:00:12.345Z: a task of `api` in cluster `portfolio-prod` could not start: CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref: not found
        task-ended-well: foreign: aws.ecs: ECS Task State Change
        task-failed: notice task-failure of portfolio-report, 123456789012 in us-east-1 at 2026-11-21T09:00:12.345Z: a task of `portfolio-report` in cluster `portfolio-prod` failed: Essential container in task exited; `report` exited with 1
        task-lost-its-capacity: notice task-failure of api, 123456789012 in us-east-1 at 2026-11-21T09:00:12.345Z: a task of `api` in cluster `portfolio-prod` lost its capacity: Your Spot Task was interrupted; `api` exited with 143
        task-out-of-memory: notice task-failure of api, 123456789012 in us-east-1 at 2026-11-21T09:00:12.345Z: a task of `api` in cluster `portfolio-prod` failed: Essential container in task exited; `api` exited with 137 (OutOfMemoryError: Container killed due to memory usage)
        task-placement-failure: notice task-failure of api, 123456789012 in us-east-1 at 2026-11-21T09:00:11.087Z: ECS cannot place a task of `api` in cluster `portfolio-prod`: RESOURCE:FARGATE
        task-start-impaired: notice task-failure of api, 123456789012 in us-east-1 at 2026-11-21T09:00:11.725Z: ECS cannot start the tasks of `api` in cluster `portfolio-prod`
        task-stopped-by-scheduler: foreign: aws.ecs: ECS Task State Change
        topic-subscription-confirmation: batch: foreign: a confirmation of an SNS subscription
    "#]].assert_eq(&table(&ALARMS));
}
