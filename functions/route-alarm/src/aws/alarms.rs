//! The states of alarms and of their contributors, in the Regions where they live.

use aws_sdk_cloudwatch::config::{Builder, Region};
use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{
    AlarmContributor, AlarmType, CompositeAlarm, LogAlarm, MetricAlarm, StateValue,
};
use jiff::Timestamp;
use shared::event::{Alarm, AlarmState};
use shared::ids::shorten;

use super::{AwsUntil, fault};
use crate::world::{CurrentState, Fault};

/// The kinds of alarms to ask for: without them, only metric alarms are described.
const KINDS: [AlarmType; 3] = [AlarmType::MetricAlarm, AlarmType::CompositeAlarm, AlarmType::LogAlarm];

impl AwsUntil<'_> {
    /// The state of an alarm. That of a contributor is its own, but what silences the alarm silences it.
    pub(super) async fn describe(&self, alarm: &Alarm) -> Result<Option<CurrentState>, Fault> {
        let Some(whole) = self.describe_whole(alarm).await? else {
            return Ok(None);
        };
        let Some(contributor) = &alarm.contributor else {
            return Ok(Some(whole));
        };
        let of_contributor = |(state, since)| CurrentState { state, since, ..whole };
        Ok(self.describe_contributor(alarm, contributor).await?.map(of_contributor))
    }

    async fn describe_whole(&self, alarm: &Alarm) -> Result<Option<CurrentState>, Fault> {
        let operation = || format!("describe alarm {}", shorten(&alarm.name));
        let request = self.aws.cloudwatch.describe_alarms().alarm_names(&alarm.name);
        let request = request.set_alarm_types(Some(KINDS.to_vec()));
        let settings = self.in_region_of(alarm, &operation())?;
        let answer = request.customize().config_override(settings).send().await;
        let answer = answer.map_err(|error| fault(operation(), &error))?;
        let metric = answer.metric_alarms.into_iter().flatten().map(Found::from);
        let composite = answer.composite_alarms.into_iter().flatten().map(Found::from);
        let log = answer.log_alarms.into_iter().flatten().map(Found::from);
        Ok(metric.chain(composite).chain(log).find(|found| found.is(alarm)).map(Found::state))
    }

    /// CloudWatch lists the contributors that are in `ALARM`; those that it does not list are not.
    async fn describe_contributor(
        &self,
        alarm: &Alarm,
        contributor: &str,
    ) -> Result<Option<(AlarmState, Option<Timestamp>)>, Fault> {
        let operation = || format!("describe the contributors of alarm {}", shorten(&alarm.name));
        let is_it = |listed: &&AlarmContributor| listed.contributor_id() == Some(contributor);
        let mut page = None;
        loop {
            let request = self.aws.cloudwatch.describe_alarm_contributors().alarm_name(&alarm.name);
            let settings = self.in_region_of(alarm, &operation())?;
            let request = request.set_next_token(page).customize().config_override(settings);
            let answer = match request.send().await {
                Ok(answer) => answer,
                Err(error)
                    if error.as_service_error().is_some_and(|e| e.is_resource_not_found_exception()) =>
                {
                    return Ok(None);
                }
                Err(error) => return Err(fault(operation(), &error)),
            };
            if let Some(listed) = answer.alarm_contributors().iter().find(is_it) {
                let since = listed.state_transitioned_timestamp().and_then(timestamp);
                return Ok(Some((AlarmState::Alarm, since)));
            }
            page = answer.next_token;
            if page.is_none() {
                return Ok(Some((AlarmState::Ok, None)));
            }
        }
    }

    fn in_region_of(&self, alarm: &Alarm, operation: &str) -> Result<Builder, Fault> {
        let settings = Builder::new().timeout_config(self.timeouts(operation)?);
        Ok(match &alarm.region {
            Some(region) => settings.region(Region::new(region.clone())),
            None => settings,
        })
    }
}

/// What every kind of alarm tells.
struct Found {
    name: Option<String>,
    arn: Option<String>,
    state: Option<StateValue>,
    since: Option<DateTime>,
    silenced: Option<String>,
}

impl Found {
    /// An alarm of another account may have the same name: its ARN tells them apart.
    fn is(&self, alarm: &Alarm) -> bool {
        self.name.as_ref() == Some(&alarm.name) && (alarm.arn.is_none() || self.arn == alarm.arn)
    }

    fn state(self) -> CurrentState {
        CurrentState {
            state: AlarmState::from(self.state.as_ref().map_or("UNKNOWN", StateValue::as_str).to_owned()),
            since: self.since.as_ref().and_then(timestamp),
            silenced: self.silenced,
        }
    }
}

impl From<MetricAlarm> for Found {
    fn from(alarm: MetricAlarm) -> Self {
        Self {
            name: alarm.alarm_name,
            arn: alarm.alarm_arn,
            state: alarm.state_value,
            since: alarm.state_transitioned_timestamp,
            silenced: disabled(alarm.actions_enabled),
        }
    }
}

impl From<LogAlarm> for Found {
    fn from(alarm: LogAlarm) -> Self {
        Self {
            name: alarm.alarm_name,
            arn: alarm.alarm_arn,
            state: alarm.state_value,
            since: alarm.state_transitioned_timestamp,
            silenced: disabled(alarm.actions_enabled),
        }
    }
}

impl From<CompositeAlarm> for Found {
    fn from(alarm: CompositeAlarm) -> Self {
        let suppressed = || alarm.actions_suppressed_by.map(|by| format!("suppressed by {by}"));
        Self {
            name: alarm.alarm_name,
            arn: alarm.alarm_arn,
            state: alarm.state_value,
            since: alarm.state_transitioned_timestamp,
            silenced: disabled(alarm.actions_enabled).or_else(suppressed),
        }
    }
}

fn disabled(actions: Option<bool>) -> Option<String> {
    (actions == Some(false)).then(|| "actions are disabled".to_owned())
}

fn timestamp(time: &DateTime) -> Option<Timestamp> {
    Timestamp::new(time.secs(), i32::try_from(time.subsec_nanos()).ok()?).ok()
}
