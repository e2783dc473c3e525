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
        task-failed-container-checks: notice task-failure of api, 123456789012 in us-east-1 at 2026-11-21T09:00:12.345Z: a task of `api` in cluster `portfolio-prod` was stopped: Task failed container health checks; `api` exited with 137
        task-failed-load-balancer-checks: notice task-failure of api, 123456789012 in us-east-1 at 2026-11-21T09:00:12.345Z: a task of `api` in cluster `portfolio-prod` was stopped: Task failed ELB health checks in (target-group arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/portfolio… (142 characters); `api` exited with 143
        task-lost-its-capacity: notice task-failure of api, 123456789012 in us-east-1 at 2026-11-21T09:00:12.345Z: a task of `api` in cluster `portfolio-prod` lost its capacity: Your Spot Task was interrupted; `api` exited with 143
        task-on-unhealthy-infrastructure: notice task-failure of api, 123456789012 in us-east-1 at 2026-11-21T09:00:12.345Z: a task of `api` in cluster `portfolio-prod` lost its capacity: Infrastructure health check failed
        task-out-of-memory: notice task-failure of api, 123456789012 in us-east-1 at 2026-11-21T09:00:12.345Z: a task of `api` in cluster `portfolio-prod` failed: Essential container in task exited; `api` exited with 137 (OutOfMemoryError: Container killed due to memory usage)
        task-placement-failure: notice task-failure of api, 123456789012 in us-east-1 at 2026-11-21T09:00:11.087Z: ECS cannot place a task of `api` in cluster `portfolio-prod`: RESOURCE:FARGATE
        task-start-impaired: notice task-failure of api, 123456789012 in us-east-1 at 2026-11-21T09:00:11.725Z: ECS cannot start the tasks of `api` in cluster `portfolio-prod`
        task-stopped-by-scheduler: foreign: aws.ecs: ECS Task State Change
        topic-subscription-confirmation: batch: foreign: a confirmation of an SNS subscription
    "#]].assert_eq(&table(&ALARMS));
}

#[test]
fn every_file_for_databases_is_decoded_to_what_it_says() {
    expect![[r#"
        alarm-metric-direct: alarm weather-site-5xx: OK to ALARM at 2026-11-21T09:00:12.345Z; AWS/CloudFront 5xxErrorRate DistributionId=E1WEATHEREXAMPLE Region=Global
        alarm-metric-in-sns: alarm weather-site-5xx: OK to ALARM at 2026-11-21T09:00:12.345Z; AWS/CloudFront 5xxErrorRate DistributionId=E1WEATHEREXAMPLE Region=Global
        automated-created: Snapshot rds:weather-tracker-postgres-prod-2026-11-21-03-05, 123456789012 in us-east-1 at 2026-11-21T03:09:40.511Z: Automated snapshot created (RDS-EVENT-0091)
        automated-created-as-db: Snapshot rds:weather-tracker-postgres-prod-2026-11-21-03-05, 123456789012 in us-east-1 at 2026-11-21T03:09:40.511Z: Automated snapshot created (?)
        cluster-created: Cluster ecs-platform-prod, 123456789012 in us-east-1 at 2026-11-21T08:12:47.33Z: DB cluster created (RDS-EVENT-0170)
        cluster-snapshot-automated: ClusterSnapshot rds:ecs-platform-prod-2026-11-21-04-10, 123456789012 in us-east-1 at 2026-11-21T04:13:25.902Z: Automated cluster snapshot created (?)
        cluster-snapshot-created: ClusterSnapshot ecs-platform-prod-41d7a90c6e2b58f3, 123456789012 in us-east-1 at 2026-11-21T01:34:52.64Z: Manual cluster snapshot created (RDS-EVENT-0075)
        cluster-stopped: Cluster ecs-platform-prod, 123456789012 in us-east-1 at 2026-11-21T09:00:12.292Z: DB cluster stopped (RDS-EVENT-0150)
        command-bad-label: operator command {"action":"take","target":"portfolio-db","label":"before release 42"}
        command-copy: operator command {"action":"copy","target":"weather-db"}
        command-copy-nowhere: operator command {"action":"copy","target":"status-db"}
        command-expire: operator command {"action":"expire","target":"weather-db"}
        command-expire-with-days: operator command {"action":"expire","target":"weather-db","days":7}
        command-other-kind-of-target: operator command {"action":"take","target":"weather-site"}
        command-plan-mode: operator command {"action":"expire","target":"weather-db","mode":"plan"}
        command-reconcile: operator command {"action":"reconcile"}
        command-reconcile-target: operator command {"action":"reconcile","target":"weather-db"}
        command-take: operator command {"action":"take","target":"portfolio-db","label":"before-release-42","reason":"release 42"}
        command-take-cluster: operator command {"action":"take","target":"platform-db","id":"before-upgrade"}
        command-take-without-label: operator command {"action":"take","target":"weather-db"}
        command-take-without-target: operator command {"action":"take"}
        command-unknown-action: operator command {"action":"delete","target":"weather-db"}
        command-unknown-field: operator command {"action":"take","target":"weather-db","name":"before-release-42"}
        command-unknown-target: operator command {"action":"take","target":"wether-db"}
        command-verify: operator command {"action":"verify","target":"metrics-db"}
        copy-cancelled: Snapshot portfolio-prod-5e0b93d1c7a8f264, 123456789012 in us-west-2 at 2026-11-21T02:10:12.405Z: Canceled snapshot copy request of portfolio-prod-5e0b93d1c7a8f264 from region us-east-1 (RDS-EVENT-0061)
        copy-finished: Snapshot weather-tracker-postgres-prod-8c1f0e5a7b2d4963, 123456789012 in us-west-2 at 2026-11-21T02:03:41.733Z: Finished copy of snapshot weather-tracker-postgres-prod-8c1f0e5a7b2d4963 from region us-east-1 in 21 minutes (RDS-EVENT-0060)
        copy-started: Snapshot weather-tracker-postgres-prod-8c1f0e5a7b2d4963, 123456789012 in us-west-2 at 2026-11-21T01:42:30.077Z: Started copy of snapshot weather-tracker-postgres-prod-8c1f0e5a7b2d4963 from region us-east-1 (RDS-EVENT-0059)
        database-of-somebody-else: Instance ledger-prod, 123456789012 in us-east-1 at 2026-11-21T09:00:12.292Z: DB instance created (RDS-EVENT-0005)
        events-disordered-in-sqs: batch: Snapshot weather-tracker-postgres-prod-8c1f0e5a7b2d4963, 123456789012 in us-west-2 at 2026-11-21T02:03:41.733Z: Finished copy of snapshot weather-tracker-postgres-prod-8c1f0e5a7b2d4963 from region us-east-1 in 21 minutes (RDS-EVENT-0060) | Snapshot weather-tracker-postgres-prod-8c1f0e5a7b2d4963, 123456789012 in us-east-1 at 2026-11-21T01:41:07.292Z: Manual snapshot created (RDS-EVENT-0042) | Snapshot weather-tracker-postgres-prod-8c1f0e5a7b2d4963, 123456789012 in us-west-2 at 2026-11-21T01:42:30.077Z: Started copy of snapshot weather-tracker-postgres-prod-8c1f0e5a7b2d4963 from region us-east-1 (RDS-EVENT-0059) | Snapshot weather-tracker-postgres-prod-8c1f0e5a7b2d4963, 123456789012 in us-east-1 at 2026-11-21T01:30:04.118Z: Creating manual snapshot (RDS-EVENT-0040) | Snapshot weather-tracker-postgres-prod-8c1f0e5a7b2d4963, 123456789012 in us-east-1 at 2026-11-21T01:41:07.292Z: Manual snapshot created (RDS-EVENT-0042)
        events-in-sqs: batch: Snapshot weather-tracker-postgres-prod-8c1f0e5a7b2d4963, 123456789012 in us-east-1 at 2026-11-21T01:41:07.292Z: Manual snapshot created (RDS-EVENT-0042) | ClusterSnapshot ecs-platform-prod-41d7a90c6e2b58f3, 123456789012 in us-east-1 at 2026-11-21T01:34:52.64Z: Manual cluster snapshot created (RDS-EVENT-0075) | Snapshot weather-tracker-postgres-prod-8c1f0e5a7b2d4963, 123456789012 in us-west-2 at 2026-11-21T02:03:41.733Z: Finished copy of snapshot weather-tracker-postgres-prod-8c1f0e5a7b2d4963 from region us-east-1 in 21 minutes (RDS-EVENT-0060) | Snapshot weather-tracker-postgres-prod-0b6d442278dba546, 123456789012 in us-east-1 at 2026-11-21T02:03:55.871Z: Deleted user snapshot (RDS-EVENT-0041)
        events-in-sqs-with-bad: batch: Snapshot weather-tracker-postgres-prod-8c1f0e5a7b2d4963, 123456789012 in us-east-1 at 2026-11-21T01:41:07.292Z: Manual snapshot created (RDS-EVENT-0042) | error: body of the SQS message is not JSON (EOF while parsing a string at line 1 column 210): `{"version":"0","id":"9e686079-35de-4b92-b0c4-acaa3cf7f61b","detail-type":"RDS DB Snapshot Event","source":"aws.rds","acc… (210 characters)`; expected a command (an object with `action`), or an SQS, SNS, S3, EventBridge or alarm event | ClusterSnapshot ecs-platform-prod-41d7a90c6e2b58f3, 123456789012 in us-east-1 at 2026-11-21T01:34:52.64Z: Manual cluster snapshot created (RDS-EVENT-0075) | foreign: a test notification of RDS
        events-of-others-in-sqs: batch: Instance ledger-prod, 123456789012 in us-east-1 at 2026-11-21T09:00:12.292Z: DB instance created (RDS-EVENT-0005) | Snapshot ledger-prod-before-upgrade, 123456789012 in us-east-1 at 2026-11-21T09:20:00.1Z: Manual snapshot created (RDS-EVENT-0042)
        events-redelivered-in-sqs: batch: (3 times) Snapshot weather-tracker-postgres-prod-8c1f0e5a7b2d4963, 123456789012 in us-east-1 at 2026-11-21T01:41:07.292Z: Manual snapshot created (RDS-EVENT-0042)
        failover: notice database-failover of weather-tracker-postgres-prod, 123456789012 in us-east-1 at 2026-11-21T09:00:12.292Z: database `weather-tracker-postgres-prod`: Multi-AZ instance failover completed (RDS-EVENT-0049)
        failover-in-sqs: batch: notice database-failover of ecs-platform-prod, 123456789012 in us-east-1 at 2026-11-21T09:00:12.292Z: database `ecs-platform-prod`: Completed failover to DB instance: ecs-platform-prod-2 (RDS-EVENT-0071)
        instance-backup-finished: Instance status-page-prod, 123456789012 in us-east-1 at 2026-11-21T03:31:02.114Z: Finished DB Instance backup (RDS-EVENT-0002)
        instance-created: Instance external-metrics-prod, 123456789012 in us-east-1 at 2026-11-21T08:12:47.33Z: DB instance created (RDS-EVENT-0005)
        instance-deleted: Instance external-metrics-prod, 123456789012 in us-east-1 at 2026-11-21T09:45:00.008Z: DB instance deleted (RDS-EVENT-0003)
        instance-started: Instance status-page-prod, 123456789012 in us-east-1 at 2026-11-21T10:00:12.292Z: DB instance started (RDS-EVENT-0088)
        instance-stopped: Instance status-page-prod, 123456789012 in us-east-1 at 2026-11-21T09:00:12.292Z: DB instance stopped (RDS-EVENT-0087)
        local-copy-finished: Snapshot weather-tracker-postgres-prod-8c1f0e5a7b2d4963, 123456789012 in us-east-1 at 2026-11-21T03:20:18.26Z: Finished copy of snapshot rds:weather-tracker-postgres-prod-2026-11-21-03-05 in region us-east-1 (RDS-EVENT-0197)
        parameter-group: foreign: aws.rds: RDS DB Parameter Group Event
        router-take-in-sqs: fifo batch: queue command {"action":"take","target":"platform-db","label":"proxy-out-of-connections","id":"3dc606a62fa4b70abbf25a99572a33d2","reason":"alarm `ecs-platform-proxy-connections` went from OK to ALARM","origin":{"source":"alarm","correlation":"bd14eb843d6d153a4466ac2d936c6662","alarm":"ecs-platform-proxy-connections","route":"platform-snapshot"}}
        schedule-default-event: foreign: the default event of a schedule: give the schedule an `Input` with a command
        schedule-nightly-cluster-in-sqs: fifo batch: queue command {"action":"take","target":"platform-db","id":"nightly-platform-db-2026-11-21T01:30:00Z","origin":{"source":"schedule"}}
        schedule-nightly-in-sqs: fifo batch: queue command {"action":"take","target":"weather-db","id":"nightly-weather-db-2026-11-21T01:30:00Z","origin":{"source":"schedule"}}
        schedule-reconcile-in-sqs: fifo batch: queue command {"action":"reconcile","id":"reconcile-databases-2026-11-21T02:00:00Z","origin":{"source":"schedule"}}
        schedule-take: operator command {"action":"take","target":"weather-db","id":"nightly-weather-db-2026-11-21T01:30:00Z","origin":{"source":"schedule"}}
        schedule-twice-in-sqs: fifo batch: queue command {"action":"take","target":"weather-db","id":"nightly-weather-db-2026-11-21T01:30:00Z","origin":{"source":"schedule"}} | queue command {"action":"take","target":"weather-db","id":"nightly-weather-db-2026-11-21T01:30:00Z","origin":{"source":"schedule"}}
        schedule-verify-in-sqs: fifo batch: queue command {"action":"verify","target":"weather-db","id":"verify-weather-db-2026-12-02T05:00:00Z","origin":{"source":"schedule"}}
        snapshot-created: Snapshot weather-tracker-postgres-prod-8c1f0e5a7b2d4963, 123456789012 in us-east-1 at 2026-11-21T01:41:07.292Z: Manual snapshot created (RDS-EVENT-0042)
        snapshot-created-replayed: Snapshot weather-tracker-postgres-prod-8c1f0e5a7b2d4963, 123456789012 in us-east-1 at 2026-11-21T01:41:07.292Z: Manual snapshot created (RDS-EVENT-0042)
        snapshot-created-without-id: Snapshot weather-tracker-postgres-prod-8c1f0e5a7b2d4963, 123456789012 in us-east-1 at 2026-11-21T01:41:07.292Z: Manual snapshot created (?)
        snapshot-creating: Snapshot weather-tracker-postgres-prod-8c1f0e5a7b2d4963, 123456789012 in us-east-1 at 2026-11-21T01:30:04.118Z: Creating manual snapshot (RDS-EVENT-0040)
        snapshot-deleted: Snapshot weather-tracker-postgres-prod-0b6d442278dba546, 123456789012 in us-east-1 at 2026-11-21T02:03:55.871Z: Deleted user snapshot (RDS-EVENT-0041)
        snapshot-restored: Snapshot weather-tracker-postgres-prod-8c1f0e5a7b2d4963, 123456789012 in us-east-1 at 2026-12-02T05:00:31.002Z: Restored from snapshot weather-tracker-postgres-prod-8c1f0e5a7b2d4963 (RDS-EVENT-0043)
        snapshot-without-name: foreign: aws.rds: RDS DB Snapshot Event
        sns-command: queue command {"action":"take","target":"portfolio-db","label":"before-release-42","reason":"release 42"}
        sqs-empty-body: fifo batch: error: body of the SQS message is empty; expected a command (an object with `action`), or an SQS, SNS, S3, EventBridge or alarm event
        sqs-fifo: fifo batch: queue command {"action":"take","target":"portfolio-db","label":"before-release-42","id":"release-42"} | queue command {"action":"copy","target":"portfolio-db","id":"release-42-copy"}
        sqs-fifo-with-bad: fifo batch: queue command {"action":"take","target":"portfolio-db","label":"before-release-42","id":"release-42"} | queue command {"action":"take","target":"portfolio-db","label":43,"id":"release-43"} | queue command {"action":"expire","target":"portfolio-db","id":"release-44"}
        sqs-not-json: fifo batch: error: body of the SQS message is not JSON (EOF while parsing a value at line 1 column 29): `{"action": "take", "target": `; expected a command (an object with `action`), or an SQS, SNS, S3, EventBridge or alarm event
        subscription-cluster-in-sns: Cluster ecs-platform-prod, 123456789012 in us-east-1 at 2026-11-21T09:00:12.292Z: DB cluster stopped (RDS-EVENT-0150)
        subscription-cluster-snapshot-in-sqs: batch: ClusterSnapshot ecs-platform-prod-41d7a90c6e2b58f3, 123456789012 in us-east-1 at 2026-11-21T01:34:52.64Z: Manual cluster snapshot created (RDS-EVENT-0075)
        subscription-copy-finished-in-sqs: batch: Snapshot weather-tracker-postgres-prod-8c1f0e5a7b2d4963, 123456789012 in us-west-2 at 2026-11-21T02:03:41.733Z: Finished copy of snapshot weather-tracker-postgres-prod-8c1f0e5a7b2d4963 from region us-east-1 in 21 minutes (RDS-EVENT-0060)
        subscription-in-sns: Snapshot weather-tracker-postgres-prod-8c1f0e5a7b2d4963, 123456789012 in us-east-1 at 2026-11-21T01:41:07.292Z: Manual snapshot created (RDS-EVENT-0042)
        subscription-in-sns-in-sqs: batch: Snapshot weather-tracker-postgres-prod-8c1f0e5a7b2d4963, 123456789012 in us-east-1 at 2026-11-21T01:41:07.292Z: Manual snapshot created (RDS-EVENT-0042)
        subscription-in-sqs-raw: batch: Snapshot weather-tracker-postgres-prod-8c1f0e5a7b2d4963, 123456789012 in us-east-1 at 2026-11-21T01:41:07.292Z: Manual snapshot created (RDS-EVENT-0042)
        subscription-old-in-sns: Snapshot rds:weather-tracker-postgres-prod-2026-11-21-03-05, ? in us-east-1 at 2026-11-21T03:09:40.511Z: Automated snapshot created (RDS-EVENT-0091)
        subscription-parameter-group-in-sns: foreign: an RDS event notification
        subscription-test-in-sns: foreign: a test notification of RDS
        subscription-test-in-sqs: batch: foreign: a test notification of RDS
    "#]].assert_eq(&table(&DATABASES));
}
