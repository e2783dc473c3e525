//! The payloads that the crate `aws_lambda_events` tests itself with.

use expect_test::expect;

use super::*;

/// The beginnings of the names of fixtures in envelopes that we open.
const OURS: [&str; 11] = [
    "example-autoscaling-",
    "example-cloudwatch-",
    "example-codebuild-",
    "example-codedeploy-",
    "example-codepipeline-",
    "example-ecr-",
    "example-eventbridge-",
    "example-s3-event",
    "example-ses-",
    "example-sns-",
    "example-sqs-",
];

#[test]
fn other_peoples_payloads_in_our_envelopes_are_decoded_or_clearly_refused() {
    let ours = FIXTURES.iter().filter(|(name, _)| OURS.iter().any(|start| name.starts_with(start)));
    let lines: String = ours
        .map(|(name, payload)| format!("{name}: {}\n", line(&decode(payload, REQUEST)).replace("\r\n", " ")))
        .collect();
    expect![[r#"
        example-autoscaling-event-launch-successful: foreign: aws.autoscaling: EC2 Instance Launch Successful
        example-autoscaling-event-launch-unsuccessful: foreign: aws.autoscaling: EC2 Instance Launch Unsuccessful
        example-autoscaling-event-lifecycle-action: foreign: aws.autoscaling: EC2 Instance-launch Lifecycle Action
        example-autoscaling-event-terminate-action: foreign: aws.autoscaling: EC2 Instance-terminate Lifecycle Action
        example-autoscaling-event-terminate-successful: foreign: aws.autoscaling: EC2 Instance Terminate Successful
        example-autoscaling-event-terminate-unsuccessful: foreign: aws.autoscaling: EC2 Instance Terminate Unsuccessful
        example-cloudwatch-alarm-composite: alarm CompositeDemo.Main: ALARM to ALARM at 2023-08-04T12:56:46.138Z
        example-cloudwatch-alarm-composite-with-suppressor-alarm: alarm ServiceAggregatedAlarm: OK to ALARM at 2022-07-22T15:57:45.394Z; suppressed by WaitPeriod
        example-cloudwatch-alarm-metric: alarm lambda-demo-metric-alarm: INSUFFICIENT_DATA to ALARM at 2023-08-04T12:36:15.49Z; AWS/Logs CallCount InstanceId=i-12345678
        example-cloudwatch-alarm-sns-payload-multiple-metrics: alarm EXAMPLE: INSUFFICIENT_DATA to ALARM at 2015-06-03T17:43:27.123Z; AWS/EC2 NetworkOut InstanceId=TestInstance | alarm EXAMPLE: INSUFFICIENT_DATA to ALARM at 2015-06-03T17:43:27.123Z; AWS/EC2 NetworkOut InstanceId=TestInstance
        example-cloudwatch-alarm-sns-payload-single-metric: alarm EXAMPLE: INSUFFICIENT_DATA to ALARM at 2015-06-03T17:43:27.123Z; AWS/EC2 NetworkOut InstanceId=TestInstance
        example-cloudwatch-cloudtrail-assumed-role: error: payload is an object with eventVersion, userIdentity, eventTime, eventSource, eventName, awsRegion, sourceIPAddress, userAgent, requestParameters,… (260 characters); expected a command (an object with `action`), or an SQS, SNS, S3, EventBridge or alarm event
        example-cloudwatch-cloudtrail-unknown-federate: error: payload is an object with eventVersion, userIdentity, eventTime, eventSource, eventName, awsRegion, sourceIPAddress, userAgent, requestParameters,… (251 characters); expected a command (an object with `action`), or an SQS, SNS, S3, EventBridge or alarm event
        example-cloudwatch-cloudtrail-unknown-user-auth: error: payload is an object with eventVersion, userIdentity, eventTime, eventSource, eventName, awsRegion, sourceIPAddress, userAgent, requestParameters,… (272 characters); expected a command (an object with `action`), or an SQS, SNS, S3, EventBridge or alarm event
        example-codebuild-phase-change: foreign: aws.codebuild: CodeBuild Build Phase Change
        example-codebuild-state-change: foreign: aws.codebuild: CodeBuild Build State Change
        example-codedeploy-deployment-event: foreign: aws.codedeploy: CodeDeploy Deployment State-change Notification
        example-codedeploy-instance-event: foreign: aws.codedeploy: CodeDeploy Instance State-change Notification
        example-codedeploy-lifecycle-event: error: payload is an object with DeploymentId, LifecycleEventHookExecutionId; expected a command (an object with `action`), or an SQS, SNS, S3, EventBridge or alarm event
        example-codepipeline-action-execution-stage-change-event: foreign: aws.codepipeline: CodePipeline Action Execution State Change
        example-codepipeline-execution-stage-change-event: foreign: aws.codepipeline: CodePipeline Stage Execution State Change
        example-codepipeline-execution-state-change-event: foreign: aws.codepipeline: CodePipeline Pipeline Execution State Change
        example-ecr-image-scan-event: foreign: aws.ecr: ECR Image Scan
        example-ecr-image-scan-event-with-missing-severities: foreign: aws.ecr: ECR Image Scan
        example-eventbridge-event-obj: foreign: aws.ec2: EC2 Instance State-change Notification
        example-eventbridge-schedule: foreign: the default event of a schedule: give the schedule an `Input` with a command
        example-s3-event: Created s3://sourcebucket/Happy Face.jpg
        example-s3-event-with-decoded: Created s3://sourcebucket/Happy Face.jpg
        example-ses-bcc-event: foreign: records of aws:ses
        example-ses-event: foreign: records of aws:ses
        example-ses-lambda-event: foreign: records of aws:ses
        example-ses-s3-event: foreign: records of aws:ses
        example-ses-sns-event: foreign: records of aws:ses
        example-sns-event: error: message of the SNS notification is not JSON (expected value at line 1 column 1): `Hello  world!`; expected a command (an object with `action`), or an SQS, SNS, S3, EventBridge or alarm event
        example-sns-event-obj: error: message of the SNS notification is an object with foo, bar; expected a command (an object with `action`), or an SQS, SNS, S3, EventBridge or alarm event
        example-sns-event-pascal-case: error: message of the SNS notification is not JSON (expected value at line 1 column 1): `Hello  world!`; expected a command (an object with `action`), or an SQS, SNS, S3, EventBridge or alarm event
        example-sns-subscription-confirmation: foreign: a confirmation of an SNS subscription
        example-sns-unsubscribe-confirmation: foreign: a confirmation of an SNS subscription
        example-sqs-api-event-obj: error: payload is an object with Messages; expected a command (an object with `action`), or an SQS, SNS, S3, EventBridge or alarm event
        example-sqs-batch-response: error: payload is an object with batchItemFailures; expected a command (an object with `action`), or an SQS, SNS, S3, EventBridge or alarm event
        example-sqs-event: batch: (2 times) error: body of the SQS message is not JSON (expected value at line 1 column 1): `Message Body`; expected a command (an object with `action`), or an SQS, SNS, S3, EventBridge or alarm event
        example-sqs-event-obj: batch: (2 times) error: body of the SQS message is an object with a, b; expected a command (an object with `action`), or an SQS, SNS, S3, EventBridge or alarm event
    "#]].assert_eq(&lines);
}

#[test]
fn every_payload_of_other_services_has_an_outcome() {
    assert!(FIXTURES.len() > 150, "{}", FIXTURES.len());
    for (name, payload) in FIXTURES.iter() {
        match decode(payload, REQUEST) {
            Ok(arrival) => assert!(!arrival.records.is_empty(), "{name}"),
            Err(error) => assert!(!error.found.is_empty() && !error.expected.is_empty(), "{name}: {error}"),
        }
    }
}
