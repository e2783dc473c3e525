//! Schedules that send a command once. What they look like is tested with them, in the shell.

use super::*;

#[tokio::test]
async fn a_schedule_sends_its_command_to_the_queue_in_the_group_of_its_target() {
    let wire = Wire::answering([(200, json!({"ScheduleArn": "a"}))]);
    let made = wire.clients().until(left(60)).send_at(&end_of_boost()).await;
    assert_eq!(made.unwrap(), Made::Now);
    let bodies = wire.each(|request| {
        let mut body: Value = serde_json::from_slice(request.body().bytes().unwrap()).unwrap();
        body["ClientToken"].take();
        format!("{} {} {}", request.method(), request.uri().rsplit('/').next().unwrap(), body["Target"])
    });
    let target = json!({
        "Arn": "arn:aws:sqs:eu-central-1:123456789012:lamplighter-scale-service.fifo",
        "RoleArn": "arn:aws:iam::123456789012:role/schedules",
        "DeadLetterConfig": {"Arn": "arn:aws:sqs:eu-central-1:123456789012:schedules-dead"},
        "RetryPolicy": {"MaximumEventAgeInSeconds": 86400, "MaximumRetryAttempts": 185},
        "Input": r#"{"action":"restore","target":"portfolio-api","of":"boost-1"}"#,
        "SqsParameters": {"MessageGroupId": "portfolio-api"},
    });
    assert_eq!(bodies, [format!("POST end-1 {target}")]);
}

#[tokio::test]
async fn a_schedule_that_is_there_already_is_no_error_and_a_refusal_is_one() {
    for (status, code, expected) in [
        (409, "ConflictException", Ok(Made::Already)),
        (403, "AccessDeniedException", Err(Some(FaultClass::Denied))),
        (402, "ServiceQuotaExceededException", Err(Some(FaultClass::Rejected))),
    ] {
        let answers = [refusal(status, code, "Message")];
        let (made, asked) = with(answers, async |aws| aws.send_at(&end_of_boost()).await).await;
        if let Err(fault) = &made {
            assert_eq!(shown(fault).1, format!("failed to make the schedule end-1: {code}: no"));
        }
        assert_eq!((made.map_err(|fault| fault.class), asked.len()), (expected, 1));
    }
}

#[tokio::test]
async fn no_schedule_is_made_where_nothing_says_which_group() {
    let wire = Wire::answering([]);
    let made = wire.clients_with(None).until(left(60)).send_at(&end_of_boost()).await;
    let text = "failed to make the schedule end-1: `LAMPLIGHTER_SCHEDULE_GROUP` is not set";
    assert_eq!(shown(&made.unwrap_err()), (Some(FaultClass::NotFound), text.to_owned()));
    assert_eq!(wire.asked(), [""; 0]);
}
