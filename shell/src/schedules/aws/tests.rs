//! The adapter on the wire: exact requests out, real bodies of EventBridge Scheduler in.

use aws_sdk_scheduler::config::retry::RetryConfig;
use aws_sdk_scheduler::operation::create_schedule::{CreateScheduleInput, CreateScheduleOutput};
use aws_smithy_mocks::{Rule, RuleMode, mock, mock_client};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use jiff::Timestamp;
use serde_json::json;

use super::*;
use crate::clock::Clock;

const LAMBDA: &str = "arn:aws:lambda:us-east-1:123456789012:function:route-alarm";

async fn make(rule: &Rule, target: &str, seconds_left: i64) -> Result<Made, ScheduleFault> {
    make_with(rule, target, None, seconds_left).await
}

async fn make_with(
    rule: &Rule,
    target: &str,
    dead_letters: Option<&str>,
    seconds_left: i64,
) -> Result<Made, ScheduleFault> {
    let client = mock_client!(aws_sdk_scheduler, RuleMode::Sequential, [rule], |config| config
        .retry_config(RetryConfig::disabled()));
    let schedules = Schedules {
        group: "lamplighter".to_owned(),
        role: "arn:aws:iam::123456789012:role/wake".to_owned(),
        target: target.to_owned(),
        dead_letters: dead_letters.map(str::to_owned),
    };
    let [name, message_group] = ["hold-down-1", "portfolio-api"].map(str::to_owned);
    let at = "2026-11-21T09:05:00.345Z".parse().unwrap();
    let schedule = OneTime { name, at, input: json!({"action": "recheck"}), message_group };
    let end = Timestamp::from_second(seconds_left).unwrap();
    let deadline = Deadline::new(end, Clock::of(|| Timestamp::UNIX_EPOCH));
    let (sdk, calls, client) = (SdkConfig::builder().build(), CallCounter::default(), OnceCell::from(client));
    Scheduler { sdk, calls, client, schedules }.make(&schedule, &deadline).await
}

fn made() -> CreateScheduleOutput {
    let arn = "arn:aws:scheduler:us-east-1:123456789012:schedule/lamplighter/hold-down-1";
    CreateScheduleOutput::builder().schedule_arn(arn).build().unwrap()
}

fn refusal(status: u16, code: &str, message: &str) -> HttpResponse {
    let body = json!({"Message": message}).to_string();
    let mut response = HttpResponse::new(StatusCode::try_from(status).unwrap(), SdkBody::from(body));
    response.headers_mut().insert("x-amzn-errortype", code.to_owned());
    response
}

#[tokio::test]
async fn a_schedule_arrives_once_at_its_minute_and_is_gone() {
    let matches = |input: &CreateScheduleInput| {
        let target = input.target().unwrap();
        input.group_name() == Some("lamplighter")
            && input.name() == Some("hold-down-1")
            && input.schedule_expression() == Some("at(2026-11-21T09:06:00)")
            && input.schedule_expression_timezone().is_none_or(|zone| zone == "UTC")
            && input.action_after_completion() == Some(&ActionAfterCompletion::Delete)
            && input.flexible_time_window().unwrap().mode() == &FlexibleTimeWindowMode::Off
            && input.client_token().is_some_and(|token| !token.is_empty())
            && target.arn() == LAMBDA
            && target.role_arn() == "arn:aws:iam::123456789012:role/wake"
            && target.input() == Some(r#"{"action":"recheck"}"#)
    };
    let rule = mock!(Client::create_schedule).match_requests(matches).then_output(made);
    assert_eq!(make(&rule, LAMBDA, 60).await.unwrap(), Made::Now);
}

#[tokio::test]
async fn only_a_fifo_queue_gets_a_message_group() {
    for (target, group) in [
        (LAMBDA, None),
        ("arn:aws:lambda:us-east-1:123456789012:function:f.fifo", None),
        ("arn:aws:sqs:us-east-1:123456789012:commands", None),
        ("arn:aws:sqs:us-east-1:123456789012:commands.fifo", Some("portfolio-api")),
        ("arn:aws-cn:sqs:cn-north-1:123456789012:commands.fifo", Some("portfolio-api")),
    ] {
        let matches = move |input: &CreateScheduleInput| {
            let found = input.target().unwrap();
            assert_eq!(found.arn(), target);
            assert_eq!(found.sqs_parameters().is_some(), group.is_some(), "{target}");
            assert_eq!(found.sqs_parameters().and_then(SqsParameters::message_group_id), group);
            true
        };
        let rule = mock!(Client::create_schedule).match_requests(matches).then_output(made);
        assert_eq!(make(&rule, target, 60).await.unwrap(), Made::Now);
    }
}

#[tokio::test]
async fn what_never_arrived_is_tried_for_a_day_and_kept_where_there_is_a_queue_for_it() {
    for queue in [None, Some("arn:aws:sqs:us-east-1:123456789012:dead")] {
        let matches = move |input: &CreateScheduleInput| {
            let target = input.target().unwrap();
            let retries = target.retry_policy().unwrap();
            assert_eq!(retries.maximum_retry_attempts(), Some(185));
            assert_eq!(retries.maximum_event_age_in_seconds(), Some(86_400));
            assert_eq!(target.dead_letter_config().is_some(), queue.is_some());
            assert_eq!(target.dead_letter_config().and_then(DeadLetterConfig::arn), queue);
            true
        };
        let rule = mock!(Client::create_schedule).match_requests(matches).then_output(made);
        assert_eq!(make_with(&rule, LAMBDA, queue, 60).await.unwrap(), Made::Now);
    }
}

#[tokio::test]
async fn a_schedule_that_is_there_already_is_no_error() {
    let rule = mock!(Client::create_schedule)
        .then_http_response(|| refusal(409, "ConflictException", "Schedule hold-down-1 already exists."));
    assert_eq!(make(&rule, LAMBDA, 60).await.unwrap(), Made::Already);
}

#[tokio::test]
async fn refusals_are_told_apart_by_their_code() {
    use FaultClass::{Denied, NotFound, Rejected, Throttled, Unavailable};
    for (status, code, expected) in [
        (429, "ThrottlingException", Throttled),
        (403, "AccessDeniedException", Denied),
        (404, "ResourceNotFoundException", NotFound),
        (400, "ValidationException", Rejected),
        (402, "ServiceQuotaExceededException", Rejected),
        (500, "InternalServerException", Unavailable),
    ] {
        let rule = mock!(Client::create_schedule).then_http_response(move || refusal(status, code, "no"));
        let fault = make(&rule, LAMBDA, 60).await.unwrap_err();
        assert_eq!((fault.class, fault.source.to_string()), (Some(expected), format!("{code}: no")));
        assert_eq!(fault.to_string(), "failed to make the schedule hold-down-1");
    }
}

#[tokio::test]
async fn nothing_is_made_when_the_invocation_is_about_to_end() {
    let rule = mock!(Client::create_schedule).then_output(made);
    let fault = make(&rule, LAMBDA, 1).await.unwrap_err();
    assert_eq!((fault.class, rule.num_calls()), (None, 0));
    assert_eq!(fault.source.to_string(), "only 1000 ms are left of this invocation");
}
