//! CloudWatch: the state of an alarm of any kind, in the Region where it lives.

mod contributors;

use std::sync::{Arc, Mutex};

use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::config::interceptors::BeforeTransmitInterceptorContextRef;
use aws_sdk_cloudwatch::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_cloudwatch::error::BoxError;
use aws_sdk_cloudwatch::operation::describe_alarms::{DescribeAlarmsInput, DescribeAlarmsOutput};
use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{
    ActionsSuppressedBy, AlarmType, CompositeAlarm, LogAlarm, MetricAlarm, StateValue,
};
use aws_smithy_mocks::mock;
use shared::event::AlarmState;

use super::*;
use crate::examples::alarm;

/// The ARN of the alarm `a`.
const ARN: &str = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:a";

async fn state(rule: &Rule, alarm: &Alarm, deadline: Deadline) -> Result<Option<CurrentState>, Fault> {
    let clients = Rules { cloudwatch: &[rule], ..Rules::default() }.clients();
    clients.until(deadline).state_of(alarm).await
}

fn since(second: i64) -> DateTime {
    DateTime::from_secs(second)
}

#[tokio::test]
async fn alarms_of_every_kind_are_asked_for_by_their_whole_name() {
    let matches = |input: &DescribeAlarmsInput| {
        let kinds = [AlarmType::MetricAlarm, AlarmType::CompositeAlarm, AlarmType::LogAlarm];
        input.alarm_names() == ["a"]
            && kinds.iter().all(|kind| input.alarm_types().contains(kind))
            && input.alarm_name_prefix().is_none()
    };
    let rule = mock!(Client::describe_alarms)
        .match_requests(matches)
        .then_output(|| DescribeAlarmsOutput::builder().build());
    assert_eq!(state(&rule, &alarm(), left(60)).await.unwrap(), None);
}

#[tokio::test]
async fn the_state_is_that_of_the_alarm_with_this_name_whatever_its_kind() {
    let metric = |name: &str, state: StateValue| {
        MetricAlarm::builder()
            .alarm_name(name)
            .alarm_arn(ARN)
            .state_value(state)
            .state_transitioned_timestamp(since(60))
            .build()
    };
    let composite =
        CompositeAlarm::builder().alarm_name("a").alarm_arn(ARN).state_value(StateValue::Ok).build();
    let log = LogAlarm::builder().alarm_name("a").alarm_arn(ARN).state_value(StateValue::Alarm);
    let log = log.state_transitioned_timestamp(since(90)).build();
    let at = |second| Some(Timestamp::from_second(second).unwrap());
    for (answer, expected) in [
        (
            DescribeAlarmsOutput::builder().metric_alarms(metric("a", StateValue::Alarm)),
            Some((AlarmState::Alarm, at(60))),
        ),
        (DescribeAlarmsOutput::builder().composite_alarms(composite), Some((AlarmState::Ok, None))),
        (DescribeAlarmsOutput::builder().log_alarms(log), Some((AlarmState::Alarm, at(90)))),
        (
            DescribeAlarmsOutput::builder()
                .metric_alarms(metric("ab", StateValue::Ok))
                .metric_alarms(metric("a", StateValue::InsufficientData)),
            Some((AlarmState::InsufficientData, at(60))),
        ),
        // Names differ by case, and another alarm's state says nothing.
        (DescribeAlarmsOutput::builder().metric_alarms(metric("A", StateValue::Alarm)), None),
        (
            DescribeAlarmsOutput::builder().metric_alarms(metric("a", StateValue::from("PAUSED"))),
            Some((AlarmState::Other("PAUSED".to_owned()), at(60))),
        ),
    ] {
        let answer = answer.build();
        let rule = mock!(Client::describe_alarms).then_output(move || answer.clone());
        let found = state(&rule, &alarm(), left(60)).await.unwrap();
        assert_eq!(found.map(|current| (current.state, current.since)), expected);
    }
}

#[tokio::test]
async fn an_alarm_of_this_name_in_another_account_is_another_alarm() {
    let here = MetricAlarm::builder().alarm_name("a").alarm_arn(ARN).state_value(StateValue::Alarm).build();
    let answer = DescribeAlarmsOutput::builder().metric_alarms(here).build();
    for (arn, is_found) in [
        (Some(ARN), true),
        (Some("arn:aws:cloudwatch:us-east-1:000000000000:alarm:a"), false),
        (Some("arn:aws:cloudwatch:eu-central-1:123456789012:alarm:a"), false),
        // Old notifications have none.
        (None, true),
    ] {
        let (answer, alarm) = (answer.clone(), Alarm { arn: arn.map(str::to_owned), ..alarm() });
        let rule = mock!(Client::describe_alarms).then_output(move || answer.clone());
        assert_eq!(state(&rule, &alarm, left(60)).await.unwrap().is_some(), is_found, "{arn:?}");
    }
}

#[tokio::test]
async fn what_keeps_an_alarm_from_acting_is_told() {
    let metric = |enabled: bool| {
        let alarm = MetricAlarm::builder().alarm_name("a").alarm_arn(ARN).actions_enabled(enabled);
        DescribeAlarmsOutput::builder().metric_alarms(alarm.build())
    };
    let log = LogAlarm::builder().alarm_name("a").alarm_arn(ARN).actions_enabled(false).build();
    let composite = |enabled: bool, by: Option<ActionsSuppressedBy>| {
        let alarm = CompositeAlarm::builder().alarm_name("a").alarm_arn(ARN).actions_enabled(enabled);
        DescribeAlarmsOutput::builder().composite_alarms(alarm.set_actions_suppressed_by(by).build())
    };
    let (by_alarm, waits) = (Some(ActionsSuppressedBy::Alarm), Some(ActionsSuppressedBy::WaitPeriod));
    for (answer, expected) in [
        (metric(true), None),
        (metric(false), Some("actions are disabled")),
        (DescribeAlarmsOutput::builder().log_alarms(log), Some("actions are disabled")),
        (composite(true, None), None),
        (composite(true, by_alarm.clone()), Some("suppressed by Alarm")),
        (composite(true, waits), Some("suppressed by WaitPeriod")),
        (composite(false, by_alarm), Some("actions are disabled")),
    ] {
        let answer = answer.build();
        let rule = mock!(Client::describe_alarms).then_output(move || answer.clone());
        let found = state(&rule, &alarm(), left(60)).await.unwrap().unwrap();
        assert_eq!(found.silenced.as_deref(), expected);
    }
}

/// Keeps the addresses of requests.
#[derive(Debug, Clone, Default)]
struct Addresses(Arc<Mutex<Vec<String>>>);

impl Intercept for Addresses {
    fn name(&self) -> &'static str {
        "Addresses"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _runtime_components: &RuntimeComponents,
        _cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let host = context.request().uri().split('/').nth(2).unwrap_or_default().to_owned();
        self.0.lock().map_err(|_| "somebody panicked with it")?.push(host);
        Ok(())
    }
}

#[tokio::test]
async fn an_alarm_is_looked_for_in_its_own_region() {
    let answer = || mock!(Client::describe_alarms).then_output(|| DescribeAlarmsOutput::builder().build());
    let (rules, addresses) = ([answer(), answer(), answer()], Addresses::default());
    let cloudwatch = mock_client!(aws_sdk_cloudwatch, RuleMode::Sequential, &rules, |config| config
        .retry_config(RetryConfig::disabled())
        .interceptor(addresses.clone()));
    let clients = Aws { cloudwatch, ..Rules::default().clients() };
    for region in [Some("us-west-2"), Some("eu-central-1"), None] {
        let alarm = Alarm { region: region.map(str::to_owned), ..alarm() };
        clients.until(left(60)).state_of(&alarm).await.unwrap();
    }
    // Of an old notification that has no ARN nobody knows the Region: it is the router's own.
    assert_eq!(
        *addresses.0.lock().unwrap(),
        [
            "monitoring.us-west-2.amazonaws.com",
            "monitoring.eu-central-1.amazonaws.com",
            "monitoring.us-east-1.amazonaws.com"
        ]
    );
}

/// A refusal in CBOR, as CloudWatch sends it.
fn refusal(status: u16, code: &str, message: &str) -> HttpResponse {
    let mut body = vec![0xa2];
    for text in ["__type", code, "message", message] {
        body.extend([0x78, u8::try_from(text.len()).unwrap()]);
        body.extend(text.bytes());
    }
    let mut response = HttpResponse::new(StatusCode::try_from(status).unwrap(), SdkBody::from(body));
    response.headers_mut().insert("smithy-protocol", "rpc-v2-cbor");
    response.headers_mut().insert("x-amzn-query-error", format!("{code};Sender"));
    response
}

#[tokio::test]
async fn refusals_are_told_apart_by_their_code() {
    use FaultClass::{Denied, Rejected, Throttled, Unavailable};
    for (status, code, expected) in [
        (400, "Throttling", Throttled),
        (403, "AccessDenied", Denied),
        (400, "ValidationError", Rejected),
        (500, "InternalFailure", Unavailable),
    ] {
        let rule = mock!(Client::describe_alarms).then_http_response(move || refusal(status, code, "no"));
        let fault = state(&rule, &alarm(), left(60)).await.unwrap_err();
        assert_eq!(shown(&fault), (Some(expected), format!("failed to describe alarm a: {code}: no")));
    }
}

#[tokio::test]
async fn nothing_is_asked_when_the_invocation_is_about_to_end() {
    let rule = mock!(Client::describe_alarms).then_output(|| DescribeAlarmsOutput::builder().build());
    let fault = state(&rule, &alarm(), left(1)).await.unwrap_err();
    assert_eq!((fault.code(), rule.num_calls()), ("deadline", 0));
}
