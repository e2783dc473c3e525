//! Alarms as CloudWatch tells of them, in every delivery: what the router is tested and measured with.

use std::fmt::Display;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

const ACCOUNT: &str = "123456789012";
const REGION: &str = "us-east-1";

/// 2026-11-20, 09:00:00.345 UTC.
const LONG_AGO: Timestamp = Timestamp::constant(1_795_165_200, 345_000_000);

/// A change of an alarm's state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateChange {
    /// The alarm's name.
    pub alarm: String,
    /// The state before.
    pub from: &'static str,
    /// The state after.
    pub to: &'static str,
    /// When.
    pub at: Timestamp,
}

impl StateChange {
    /// An alarm goes from OK to ALARM, so many seconds after a time long ago.
    #[must_use]
    pub fn raised(alarm: impl Into<String>, seconds: i64) -> Self {
        Self {
            alarm: alarm.into(),
            from: "OK",
            to: "ALARM",
            at: LONG_AGO + SignedDuration::from_secs(seconds),
        }
    }

    fn arn(&self) -> String {
        format!("arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{}", self.alarm)
    }

    /// CloudWatch's own form of a time: milliseconds, and an offset without a colon.
    fn time(&self) -> String {
        self.at.strftime("%Y-%m-%dT%H:%M:%S.%3f+0000").to_string()
    }

    /// The message that a topic gets.
    #[must_use]
    pub fn message(&self) -> Value {
        json!({
            "AlarmName": self.alarm, "AlarmDescription": null, "AWSAccountId": ACCOUNT,
            "AlarmConfigurationUpdatedTimestamp": "2026-11-20T08:00:00.000+0000",
            "NewStateValue": self.to, "NewStateReason": "Threshold Crossed: 1 datapoint was breaching.",
            "StateChangeTime": self.time(), "Region": "US East (N. Virginia)", "AlarmArn": self.arn(),
            "OldStateValue": self.from, "OKActions": [], "AlarmActions": [], "InsufficientDataActions": [],
            "Trigger": {
                "MetricName": "5xxErrorRate", "Namespace": "AWS/CloudFront", "StatisticType": "Statistic",
                "Statistic": "AVERAGE", "Unit": null,
                "Dimensions": [{"value": "E1EXAMPLE", "name": "DistributionId"}],
                "Period": 60, "EvaluationPeriods": 1, "ComparisonOperator": "GreaterThanThreshold",
                "Threshold": 1.0, "TreatMissingData": "notBreaching", "EvaluateLowSampleCountPercentile": "",
            },
        })
    }

    /// The message as a topic wraps it for a queue.
    #[must_use]
    pub fn notification(&self) -> Value {
        json!({
            "Type": "Notification",
            "MessageId": format!("50c595c4-e95f-4657-a0b4-{:012x}", self.at.as_millisecond()),
            "TopicArn": format!("arn:aws:sns:{REGION}:{ACCOUNT}:alarms"),
            "Subject": format!("{}: \"{}\" in US East (N. Virginia)", self.to, self.alarm),
            "Message": self.message().to_string(),
            "Timestamp": "2026-11-21T09:59:59.412Z",
            "SignatureVersion": "1",
            "Signature": "c2lnbmF0dXJlLW9mLWFuLWV4YW1wbGU=",
            "SigningCertURL": "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-example.pem",
            "UnsubscribeURL": "https://sns.us-east-1.amazonaws.com/?Action=Unsubscribe",
        })
    }

    /// The event of a topic that calls the function.
    #[must_use]
    pub fn by_topic(&self) -> Value {
        let mut notification = self.notification();
        notification["MessageAttributes"] = json!({});
        json!({"Records": [{
            "EventSource": "aws:sns",
            "EventVersion": "1.0",
            "EventSubscriptionArn": format!("arn:aws:sns:{REGION}:{ACCOUNT}:alarms:423c13f0-ca66-493d-a4a1-a450404698ae"),
            "Sns": notification,
        }]})
    }

    /// The event of a bus.
    #[must_use]
    pub fn by_bus(&self) -> Value {
        json!({
            "version": "0",
            "id": "fb7fa28f-4382-4b91-ae35-4a854027332e",
            "detail-type": "CloudWatch Alarm State Change",
            "source": "aws.cloudwatch",
            "account": ACCOUNT,
            "time": "2026-11-21T09:59:59Z",
            "region": REGION,
            "resources": [self.arn()],
            "detail": self.state_change(),
        })
    }

    /// The event of an alarm that calls the function itself.
    #[must_use]
    pub fn by_alarm(&self) -> Value {
        json!({
            "source": "aws.cloudwatch",
            "alarmArn": self.arn(),
            "accountId": ACCOUNT,
            "time": self.time(),
            "region": REGION,
            "alarmData": self.state_change(),
        })
    }

    fn state_change(&self) -> Value {
        let metric = json!({"namespace": "AWS/CloudFront", "name": "5xxErrorRate",
            "dimensions": {"DistributionId": "E1EXAMPLE"}});
        json!({
            "alarmName": self.alarm,
            "state": {"value": self.to, "timestamp": self.time(),
                "reason": "Threshold Crossed: 1 datapoint was breaching."},
            "previousState": {"value": self.from, "timestamp": "2026-11-21T08:00:00.000+0000", "reason": "all was well"},
            "configuration": {"description": null, "metrics": [
                {"id": "m1", "metricStat": {"metric": metric, "period": 60, "stat": "Average"}, "returnData": true},
            ]},
        })
    }
}

/// A message of a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Its id.
    pub id: String,
    /// Its body.
    pub body: String,
}

impl Message {
    /// A message with this body.
    pub fn new(id: impl Into<String>, body: impl Display) -> Self {
        Self { id: id.into(), body: body.to_string() }
    }
}

/// The event by which Lambda hands over messages of a standard queue.
#[must_use]
pub fn batch(messages: &[Message]) -> Value {
    let records = messages.iter().map(|Message { id, body }| {
        json!({
            "messageId": id,
            "receiptHandle": "handle",
            "body": body,
            "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": "1763715600000"},
            "messageAttributes": {},
            "eventSource": "aws:sqs",
            "eventSourceARN": format!("arn:aws:sqs:{REGION}:{ACCOUNT}:alarms"),
            "awsRegion": REGION,
        })
    });
    json!({"Records": records.collect::<Vec<_>>()})
}

/// Messages of distinct alarms, `fleet-0` and so on, in all the forms that a queue gets them in.
#[must_use]
pub fn fleet(alarms: usize) -> Vec<Message> {
    let message = |n: usize| {
        let change = StateChange::raised(format!("fleet-{n}"), 0);
        let body = match n % 3 {
            0 => change.by_bus(),
            1 => change.notification(),
            _ => change.message(),
        };
        Message::new(format!("m-{n}"), body)
    };
    (0..alarms).map(message).collect()
}
