//! One-time schedules in EventBridge Scheduler. With its tests, the only file of the schedules that names the SDK.

use std::cell::OnceCell;

use aws_sdk_scheduler::Client;
use aws_sdk_scheduler::config::Builder;
use aws_sdk_scheduler::error::{BuildError, ProvideErrorMetadata};
use aws_sdk_scheduler::types::{
    ActionAfterCompletion, DeadLetterConfig, FlexibleTimeWindow, FlexibleTimeWindowMode, RetryPolicy,
    SqsParameters, Target,
};
use shared::fault::FaultClass;

use super::{Made, OneTime, ScheduleFault};
use crate::aws::{CallCounter, SdkConfig, timeouts, words};
use crate::clock::Deadline;
use crate::config::Schedules;

/// How often a call is tried again: the most that there is, which is also the default. Source: EventBridge Scheduler
/// API reference, `RetryPolicy`.
const MOST_RETRIES: i32 = 185;

/// For how many seconds a call is tried again: a day, likewise the most and the default. Source: the same.
const LONGEST_RETRIED: i32 = 86_400;

/// Makes one-time schedules, for as long as the process lives.
#[derive(Debug)]
pub struct Scheduler {
    sdk: SdkConfig,
    calls: CallCounter,
    /// Built for the first schedule: few invocations make one, and every cold start would pay for it.
    client: OnceCell<Client>,
    schedules: Schedules,
}

impl Scheduler {
    /// Takes what a client is made of.
    #[must_use]
    pub fn new(sdk: &SdkConfig, calls: CallCounter, schedules: Schedules) -> Self {
        Self { sdk: sdk.clone(), calls, client: OnceCell::new(), schedules }
    }

    fn client(&self) -> &Client {
        let config = || Builder::from(&self.sdk).interceptor(self.calls.clone()).build();
        self.client.get_or_init(|| Client::from_conf(config()))
    }

    /// Makes a schedule, and says whether there was one of its name.
    ///
    /// # Guarantees
    /// One that is there stays as it is: the same occasion is not put off by being noticed twice.
    ///
    /// # Assumptions
    /// A FIFO queue deduplicates by content, since Scheduler gives messages no deduplication id. Source: EventBridge
    /// Scheduler API reference, `SqsParameters`.
    ///
    /// # Errors
    /// When EventBridge Scheduler, or the time, does not allow it.
    pub async fn make(&self, schedule: &OneTime, deadline: &Deadline) -> Result<Made, ScheduleFault> {
        let fault = |class, source| {
            let operation = format!("make the schedule {}", schedule.name);
            ScheduleFault { operation, class, source }
        };
        let unbuilt = |reason: BuildError| fault(Some(FaultClass::Rejected), reason.into());
        let target = self.target(schedule).map_err(unbuilt)?;
        let exact = FlexibleTimeWindow::builder().mode(FlexibleTimeWindowMode::Off).build();
        let timeouts = timeouts(deadline).map_err(|reason| fault(None, reason.into()))?;
        let request = self.client().create_schedule().group_name(&self.schedules.group).name(&schedule.name);
        let request = request.schedule_expression(schedule.expression()).target(target);
        let request = request.flexible_time_window(exact.map_err(unbuilt)?);
        let request = request.action_after_completion(ActionAfterCompletion::Delete).customize();
        match request.config_override(Builder::new().timeout_config(timeouts)).send().await {
            Ok(_) => Ok(Made::Now),
            Err(error) if error.as_service_error().is_some_and(|error| error.is_conflict_exception()) => {
                Ok(Made::Already)
            }
            Err(error) => {
                let status = error.raw_response().map(|response| response.status().as_u16());
                let class = FaultClass::of(error.code(), status);
                Err(fault(Some(class), words(&error).into()))
            }
        }
    }

    fn target(&self, schedule: &OneTime) -> Result<Target, BuildError> {
        let Schedules { target, role, dead_letters, .. } = &self.schedules;
        // EventBridge Scheduler takes a message group for FIFO queues only.
        let group = (is_queue(target) && target.ends_with(".fifo"))
            .then(|| SqsParameters::builder().message_group_id(&schedule.message_group).build());
        let dead_letters = dead_letters.as_ref().map(|queue| DeadLetterConfig::builder().arn(queue).build());
        let retries = RetryPolicy::builder().maximum_retry_attempts(MOST_RETRIES);
        let retries = retries.maximum_event_age_in_seconds(LONGEST_RETRIED).build();
        let target = Target::builder().arn(target).role_arn(role).input(schedule.input.to_string());
        let target = target.set_sqs_parameters(group).set_dead_letter_config(dead_letters);
        target.retry_policy(retries).build()
    }
}

fn is_queue(arn: &str) -> bool {
    arn.split(':').nth(2) == Some("sqs")
}

#[cfg(test)]
mod tests;
