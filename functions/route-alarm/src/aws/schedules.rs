//! One-time schedules that wake the router.

use aws_sdk_scheduler::types::{ActionAfterCompletion, FlexibleTimeWindow, FlexibleTimeWindowMode, Target};
use jiff::Timestamp;
use shared::fault::FaultClass;

use super::{AwsUntil, fault, missing};
use crate::world::{Fault, Made, Wake};

impl AwsUntil<'_> {
    pub(super) async fn make_schedule(&self, wake: &Wake) -> Result<Made, Fault> {
        let operation = || format!("make the schedule {}", wake.name);
        let Some(schedules) = &self.aws.schedules else {
            return Err(missing(operation(), "`LAMPLIGHTER_SCHEDULE_GROUP` is not set"));
        };
        let rejected = |reason: aws_sdk_scheduler::error::BuildError| Fault {
            operation: operation(),
            class: Some(FaultClass::Rejected),
            source: reason.into(),
        };
        let target = Target::builder()
            .arn(&schedules.target)
            .role_arn(&schedules.role)
            .input(wake.input.to_string())
            .build()
            .map_err(rejected)?;
        let exact =
            FlexibleTimeWindow::builder().mode(FlexibleTimeWindowMode::Off).build().map_err(rejected)?;
        let timeouts = self.timeouts(&operation())?;
        let settings = aws_sdk_scheduler::config::Builder::new().timeout_config(timeouts);
        let request = self.aws.scheduler.create_schedule().group_name(&schedules.group).name(&wake.name);
        let request = request.schedule_expression(expression(wake.at)).target(target);
        let request = request.flexible_time_window(exact);
        let request = request.action_after_completion(ActionAfterCompletion::Delete);
        match request.customize().config_override(settings).send().await {
            Ok(_) => Ok(Made::Now),
            Err(error) if error.as_service_error().is_some_and(|error| error.is_conflict_exception()) => {
                Ok(Made::Already)
            }
            Err(error) => Err(fault(operation(), &error)),
        }
    }
}

/// The time of a one-time schedule, to the full minute after it: never early.
fn expression(at: Timestamp) -> String {
    const MINUTE: i64 = 60;
    let second = at.as_second() + i64::from(at.subsec_nanosecond() > 0);
    let minute = second.div_euclid(MINUTE) + i64::from(second.rem_euclid(MINUTE) > 0);
    let full = Timestamp::from_second(minute * MINUTE).unwrap_or(at);
    full.strftime("at(%Y-%m-%dT%H:%M:%S)").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schedule_is_for_the_full_minute_and_never_early() {
        for (at, expected) in [
            ("2026-11-21T09:00:00Z", "at(2026-11-21T09:00:00)"),
            ("2026-11-21T09:00:00.001Z", "at(2026-11-21T09:01:00)"),
            ("2026-11-21T09:00:59Z", "at(2026-11-21T09:01:00)"),
        ] {
            assert_eq!(expression(at.parse().unwrap()), expected);
        }
    }
}
