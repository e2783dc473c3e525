//! EventBridge Scheduler: schedules that wake the router once.

use aws_sdk_scheduler::Client;
use aws_sdk_scheduler::operation::create_schedule::{CreateScheduleInput, CreateScheduleOutput};
use aws_sdk_scheduler::types::{ActionAfterCompletion, FlexibleTimeWindowMode};
use aws_smithy_mocks::mock;
use serde_json::json;

use super::*;

fn wake() -> Wake {
    let at = "2026-11-21T09:05:00.345Z".parse().unwrap();
    Wake { name: "hold-down-1".to_owned(), at, input: json!({"action": "recheck"}) }
}

fn made() -> CreateScheduleOutput {
    let arn = "arn:aws:scheduler:us-east-1:123456789012:schedule/lamplighter/hold-down-1";
    CreateScheduleOutput::builder().schedule_arn(arn).build().unwrap()
}

async fn make(rule: &Rule, deadline: Deadline) -> Result<Made, Fault> {
    let clients = Rules { scheduler: &[rule], ..Rules::default() }.clients();
    clients.until(deadline).wake_at(&wake()).await
}

#[tokio::test]
async fn a_schedule_wakes_the_router_once_at_its_minute_and_is_gone() {
    let matches = |input: &CreateScheduleInput| {
        let target = input.target().unwrap();
        input.group_name() == Some("lamplighter")
            && input.name() == Some("hold-down-1")
            && input.schedule_expression() == Some("at(2026-11-21T09:06:00)")
            && input.schedule_expression_timezone().is_none_or(|zone| zone == "UTC")
            && input.action_after_completion() == Some(&ActionAfterCompletion::Delete)
            && input.flexible_time_window().unwrap().mode() == &FlexibleTimeWindowMode::Off
            && target.arn() == "arn:aws:lambda:us-east-1:123456789012:function:route-alarm"
            && target.role_arn() == "arn:aws:iam::123456789012:role/wake"
            && target.input() == Some(r#"{"action":"recheck"}"#)
    };
    let rule = mock!(Client::create_schedule).match_requests(matches).then_output(made);
    assert_eq!(make(&rule, left(60)).await.unwrap(), Made::Now);
}

#[tokio::test]
async fn a_schedule_that_is_there_already_is_no_error() {
    let rule = mock!(Client::create_schedule)
        .then_http_response(|| refusal(409, "ConflictException", "Schedule hold-down-1 already exists."));
    assert_eq!(make(&rule, left(60)).await.unwrap(), Made::Already);
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
        let fault = make(&rule, left(60)).await.unwrap_err();
        let text = format!("failed to make the schedule hold-down-1: {code}: no");
        assert_eq!(shown(&fault), (Some(expected), text));
    }
}

#[tokio::test]
async fn nothing_is_made_without_a_group_or_without_time() {
    let rule = mock!(Client::create_schedule).then_output(made);
    let fault = make(&rule, left(1)).await.unwrap_err();
    assert_eq!((fault.code(), fault.is_transient()), ("deadline", true));

    let rules = [&rule];
    let clients = Aws { schedules: None, ..Rules { scheduler: &rules, ..Rules::default() }.clients() };
    let fault = clients.until(left(60)).wake_at(&wake()).await.unwrap_err();
    assert_eq!((fault.class, rule.num_calls()), (Some(FaultClass::NotFound), 0));
}
