//! The way out on SQS, EventBridge Scheduler and CloudWatch.

mod alarms;
mod queues;

use std::collections::BTreeMap;

use aws_sdk_sqs::error::{ProvideErrorMetadata, SdkError};
use shared::event::Alarm;
use shared::fault::FaultClass;
use shared::routing::Dispatch;
use shell::aws::{CallCounter, SdkConfig, timeouts, words};
use shell::clock::Deadline;
use shell::config::Schedules;
use shell::schedules::{OneTime, ScheduleFault, Scheduler};

use crate::world::{CurrentState, Fault, Made, Outside, Sent, Wake};

/// The clients, for as long as the process lives.
#[derive(Debug)]
pub struct Aws {
    sqs: aws_sdk_sqs::Client,
    scheduler: Option<Scheduler>,
    cloudwatch: aws_sdk_cloudwatch::Client,
    queues: BTreeMap<String, String>,
}

impl Aws {
    /// Builds the clients. `queues` has the URL of each function's queue.
    #[must_use]
    pub fn new(
        sdk: &SdkConfig,
        calls: &CallCounter,
        queues: BTreeMap<String, String>,
        schedules: Option<Schedules>,
    ) -> Self {
        let sqs = aws_sdk_sqs::config::Builder::from(sdk).interceptor(calls.clone()).build();
        let cloudwatch = aws_sdk_cloudwatch::config::Builder::from(sdk).interceptor(calls.clone()).build();
        Self {
            sqs: aws_sdk_sqs::Client::from_conf(sqs),
            scheduler: schedules.map(|schedules| Scheduler::new(sdk, calls.clone(), schedules)),
            cloudwatch: aws_sdk_cloudwatch::Client::from_conf(cloudwatch),
            queues,
        }
    }

    /// The way out, for as long as an invocation lasts.
    #[must_use]
    pub fn until(&self, deadline: Deadline) -> AwsUntil<'_> {
        AwsUntil { aws: self, deadline }
    }
}

/// The way out, for as long as an invocation lasts.
#[derive(Debug)]
pub struct AwsUntil<'a> {
    aws: &'a Aws,
    deadline: Deadline,
}

impl Outside for AwsUntil<'_> {
    async fn send(&self, function: &str, commands: &[&Dispatch]) -> Vec<Result<Sent, Fault>> {
        self.send_all(function, commands).await
    }

    async fn wake_at(&self, wake: &Wake) -> Result<Made, Fault> {
        match &self.aws.scheduler {
            Some(scheduler) => Ok(scheduler.make(&one_time(wake), &self.deadline).await?),
            None => Err(missing(
                format!("make the schedule {}", wake.name),
                "`LAMPLIGHTER_SCHEDULE_GROUP` is not set",
            )),
        }
    }

    async fn state_of(&self, alarm: &Alarm) -> Result<Option<CurrentState>, Fault> {
        self.describe(alarm).await
    }
}

/// A wake as a schedule. It keeps no order with others: each is about an occasion of its own.
fn one_time(Wake { name, at, input }: &Wake) -> OneTime {
    OneTime { name: name.clone(), at: *at, input: input.clone(), message_group: name.clone() }
}

impl From<ScheduleFault> for Fault {
    fn from(ScheduleFault { operation, class, source }: ScheduleFault) -> Self {
        Self { operation, class, source }
    }
}

/// Something that is not there although the playbook or the environment says so: nothing but a repair helps.
fn missing(operation: String, what: &str) -> Fault {
    Fault { operation, class: Some(FaultClass::NotFound), source: what.into() }
}

/// Classifies an error of a service. The one place where codes are read.
fn fault<E>(operation: String, error: &SdkError<E>) -> Fault
where
    SdkError<E>: ProvideErrorMetadata,
    E: std::error::Error + Send + Sync + 'static,
{
    let status = error.raw_response().map(|response| response.status().as_u16());
    let class = match error.code() {
        Some(code) if code.ends_with("NonExistentQueue") || code.ends_with("QueueDoesNotExist") => {
            FaultClass::NotFound
        }
        code => FaultClass::of(code, status),
    };
    Fault { operation, class: Some(class), source: words(error).into() }
}

impl AwsUntil<'_> {
    fn timeouts(&self, operation: &str) -> Result<aws_sdk_sqs::config::timeout::TimeoutConfig, Fault> {
        timeouts(&self.deadline).map_err(|reason| Fault {
            operation: operation.to_owned(),
            class: None,
            source: reason.into(),
        })
    }
}

#[cfg(test)]
mod tests;
