//! Alarms as evidence: what CloudWatch says of them now, and since when.

use aws_sdk_cloudwatch::config::{Builder, Region};
use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{AlarmHistoryItem, AlarmType, HistoryItemType, ScanBy, StateValue};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Deserialize;
use shared::kinds::database::RegionCode;
use shared::kinds::dns::AlarmName;

use super::fault::fault;
use super::{AwsUntil, date_time, time};
use crate::world::{Fault, Health, HealthState};

/// The kinds of alarms to ask for: without them, CloudWatch speaks of metric alarms only.
const KINDS: [AlarmType; 3] = [AlarmType::MetricAlarm, AlarmType::CompositeAlarm, AlarmType::LogAlarm];

/// How many items a page of history has: CloudWatch's limit. Source: CloudWatch API reference, `DescribeAlarmHistory`.
const PAGE: i32 = 100;

/// What every kind of alarm tells.
struct Found {
    state: StateValue,
    since: Option<Timestamp>,
}

impl AwsUntil<'_> {
    pub(super) async fn alarm_health(
        &self,
        name: &AlarmName,
        region: Option<&RegionCode>,
        from: Option<Timestamp>,
    ) -> Result<Health, Fault> {
        let Some(now) = self.describe_alarm(name, region).await? else {
            let place = region.map_or("this Region", RegionCode::as_str);
            let words = format!("there is no alarm `{name}` in {place}");
            return Ok(Health::now(HealthState::Unknown, &words));
        };
        let Some(from) = from.filter(|_| now.state == StateValue::Ok) else {
            return Ok(self.health_of(name, &now));
        };
        let last = self.last_change(name, region, from).await?;
        // History and state are not always told at the same moment: the later one is right.
        let now = match last {
            Some(last) if last.since > now.since => last,
            _ => now,
        };
        let health = self.health_of(name, &now);
        let since = (health.state == HealthState::Healthy).then(|| now.since.unwrap_or(from).max(from));
        Ok(Health { since, ..health })
    }

    async fn describe_alarm(
        &self,
        name: &AlarmName,
        region: Option<&RegionCode>,
    ) -> Result<Option<Found>, Fault> {
        let operation = format!("describe alarm `{name}`");
        let request = self.aws.cloudwatch().describe_alarms().alarm_names(name.as_str());
        let request = request.set_alarm_types(Some(KINDS.to_vec()));
        let settings = self.in_cloudwatch(region.map(RegionCode::as_str), &operation)?;
        let answer = request.customize().config_override(settings).send().await;
        let answer = answer.map_err(|error| fault(&operation, &error))?;
        let found = |alarm: Option<String>, state: Option<StateValue>, times: [Option<DateTime>; 2]| {
            let since = times.iter().flatten().find_map(time);
            state.filter(|_| alarm.as_deref() == Some(name.as_str())).map(|state| Found { state, since })
        };
        let metric = answer.metric_alarms.into_iter().flatten().map(|alarm| {
            let times = [alarm.state_transitioned_timestamp, alarm.state_updated_timestamp];
            found(alarm.alarm_name, alarm.state_value, times)
        });
        let composite = answer.composite_alarms.into_iter().flatten().map(|alarm| {
            let times = [alarm.state_transitioned_timestamp, alarm.state_updated_timestamp];
            found(alarm.alarm_name, alarm.state_value, times)
        });
        let log = answer.log_alarms.into_iter().flatten().map(|alarm| {
            let times = [alarm.state_transitioned_timestamp, alarm.state_updated_timestamp];
            found(alarm.alarm_name, alarm.state_value, times)
        });
        Ok(metric.chain(composite).chain(log).flatten().next())
    }

    /// The last change of an alarm's state since `from`.
    async fn last_change(
        &self,
        name: &AlarmName,
        region: Option<&RegionCode>,
        from: Timestamp,
    ) -> Result<Option<Found>, Fault> {
        let operation = format!("read the history of alarm `{name}`");
        let mut page = None;
        loop {
            let request = self.aws.cloudwatch().describe_alarm_history().alarm_name(name.as_str());
            let request = request.set_alarm_types(Some(KINDS.to_vec()));
            let request = request.history_item_type(HistoryItemType::StateUpdate).start_date(date_time(from));
            let request = request.scan_by(ScanBy::TimestampDescending).max_records(PAGE).set_next_token(page);
            let settings = self.in_cloudwatch(region.map(RegionCode::as_str), &operation)?;
            let answer = request.customize().config_override(settings).send().await;
            let answer = answer.map_err(|error| fault(&operation, &error))?;
            let last = answer.alarm_history_items.into_iter().flatten().find_map(|item| change(&item));
            page = answer.next_token;
            if last.is_some() || page.is_none() {
                return Ok(last);
            }
        }
    }

    fn health_of(&self, name: &AlarmName, now: &Found) -> Health {
        let (state, is) = match now.state {
            StateValue::Ok => (HealthState::Healthy, "is OK"),
            StateValue::Alarm => (HealthState::Unhealthy, "is in ALARM"),
            StateValue::InsufficientData => (HealthState::Unknown, "has INSUFFICIENT_DATA"),
            _ => (HealthState::Unknown, "is in a state that is not known here"),
        };
        let since = now.since.map(|since| format!(" since {}", self.written(since))).unwrap_or_default();
        Health::now(state, &format!("alarm `{name}` {is}{since}"))
    }

    /// A time for people: of a day that is not this one, also the day.
    fn written(&self, time: Timestamp) -> String {
        let day = |time: Timestamp| time.to_zoned(TimeZone::UTC).date();
        let form = if day(time) == day(self.deadline.at()) { "%H:%M:%SZ" } else { "%Y-%m-%dT%H:%M:%SZ" };
        time.strftime(form).to_string()
    }

    /// The settings of an operation that is begun now, in a Region or in the function's own.
    pub(super) fn in_cloudwatch(&self, region: Option<&str>, operation: &str) -> Result<Builder, Fault> {
        let settings = Builder::new().timeout_config(self.timeouts(operation)?);
        Ok(match region {
            Some(region) => settings.region(Region::new(region.to_owned())),
            None => settings,
        })
    }
}

/// What CloudWatch keeps of a change of state. Source: recorded answers of `DescribeAlarmHistory`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct HistoryData {
    old_state: Option<State>,
    new_state: State,
}

#[derive(PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
struct State {
    state_value: String,
}

/// The change that an item tells of. What cannot be read is a change to no known state: better no proof than a wrong one.
fn change(item: &AlarmHistoryItem) -> Option<Found> {
    let since = item.timestamp().and_then(time)?;
    let data = item.history_data().and_then(|data| serde_json::from_str::<HistoryData>(data).ok());
    let state = match data {
        Some(HistoryData { old_state: Some(old), new_state }) if old == new_state => return None,
        Some(HistoryData { new_state, .. }) => StateValue::from(new_state.state_value.as_str()),
        None => StateValue::from(""),
    };
    Some(Found { state, since: Some(since) })
}
