//! The states of alarms, in the Regions where they live.

use aws_sdk_cloudwatch::config::Region;
use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{AlarmType, StateValue};
use jiff::Timestamp;
use shared::event::{Alarm, AlarmState};
use shared::ids::shorten;

use super::{AwsUntil, fault};
use crate::world::{CurrentState, Fault};

/// The kinds of alarms to ask for: without them, only metric alarms are described.
const KINDS: [AlarmType; 3] = [AlarmType::MetricAlarm, AlarmType::CompositeAlarm, AlarmType::LogAlarm];

impl AwsUntil<'_> {
    pub(super) async fn describe(&self, alarm: &Alarm) -> Result<Option<CurrentState>, Fault> {
        let operation = || format!("describe alarm {}", shorten(&alarm.name));
        let mut settings =
            aws_sdk_cloudwatch::config::Builder::new().timeout_config(self.timeouts(&operation())?);
        if let Some(region) = &alarm.region {
            settings = settings.region(Region::new(region.clone()));
        }
        let request = self.aws.cloudwatch.describe_alarms().alarm_names(&alarm.name);
        let request = request.set_alarm_types(Some(KINDS.to_vec()));
        let answer = request.customize().config_override(settings).send().await;
        let answer = answer.map_err(|error| fault(operation(), &error))?;
        let metric = answer.metric_alarms.into_iter().flatten().find_map(|found| {
            (found.alarm_name.as_deref() == Some(alarm.name.as_str()))
                .then_some((found.state_value, found.state_transitioned_timestamp))
        });
        let composite = || {
            answer.composite_alarms.into_iter().flatten().find_map(|found| {
                (found.alarm_name.as_deref() == Some(alarm.name.as_str()))
                    .then_some((found.state_value, found.state_transitioned_timestamp))
            })
        };
        let log = || {
            answer.log_alarms.into_iter().flatten().find_map(|found| {
                (found.alarm_name.as_deref() == Some(alarm.name.as_str()))
                    .then_some((found.state_value, found.state_transitioned_timestamp))
            })
        };
        Ok(metric.or_else(composite).or_else(log).map(|(state, since)| CurrentState {
            state: AlarmState::from(state.as_ref().map_or("UNKNOWN", StateValue::as_str).to_owned()),
            since: since.as_ref().and_then(timestamp),
            silenced: None,
        }))
    }
}

fn timestamp(time: &DateTime) -> Option<Timestamp> {
    Timestamp::new(time.secs(), i32::try_from(time.subsec_nanos()).ok()?).ok()
}
