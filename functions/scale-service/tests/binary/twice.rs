//! Every command twice, as a queue delivers it: the effects are there once.

use serde_json::{Value, json};
use tests::stage::Stage;

use super::{delivery, park, restore, set, told};

/// What can be seen of the effects.
fn effects(stage: &Stage) -> Value {
    let services = ["api", "worker"].map(|name| format!("{:?}", stage.aws.service("portfolio", name)));
    let target = format!("{:?}", stage.aws.scalable_target("portfolio", "api"));
    json!({"services": services, "target": target, "schedules": stage.aws.schedules()})
}

#[tokio::test]
async fn a_message_that_comes_again_is_done_already() {
    for target in ["api", "worker"] {
        let profile = json!({"action": "profile", "target": "api", "profile": "business-hours", "id": "night-2026-11-21"});
        let boost = |id: &str| json!({"action": "boost", "target": target, "add": 2, "for": "5m", "id": id});
        let mut stage = set(&[]).await;
        let commands = [
            json!({"action": "set", "target": target, "desired": 4}),
            profile,
            boost("b-1"),
            json!({"action": "restore", "target": target, "of": "b-1"}),
            park(target),
            restore(target),
        ];
        for (n, command) in commands.iter().enumerate() {
            let id = format!("m-{n}");
            let first = told(&mut stage, &id, command).await;
            assert_eq!(first[0]["verdict"], "acted", "{first:#?}");
            let after = effects(&stage);
            stage.aws.take_requests();
            for receives in 2..=3 {
                assert_eq!(stage.unacknowledged(&delivery(&id, command, receives)).await, [""; 0]);
                let again = stage.aws.published().pop().unwrap().message;
                assert_eq!(
                    (&again["verdict"], &again["why"]["code"]),
                    (&json!("held"), &json!("already-done")),
                    "{again:#}"
                );
            }
            assert_eq!(effects(&stage), after);
            let calls = super::scaling(&stage.aws.requests()).len();
            assert_eq!(calls, 0, "what is done is not looked at again");
        }
    }
}

/// A schedule that fires twice sends two messages, with one command id.
#[tokio::test]
async fn two_messages_with_one_command_id_act_once() {
    let mut stage = set(&[]).await;
    let command = json!({"action": "boost", "target": "api", "add": 1, "for": "5m", "id": "at-2026-11-21T08:00:00Z",
        "origin": {"source": "schedule"}});
    assert_eq!(told(&mut stage, "m-1", &command).await[0]["verdict"], "acted");
    let again = told(&mut stage, "m-2", &command).await;
    assert_eq!(again[0]["why"]["code"], "already-done", "{again:#?}");
    assert_eq!(stage.aws.scalable_target("portfolio", "api").unwrap().min, 3);
    assert_eq!(stage.aws.schedules().len(), 1);
}

/// The answer of the effect gets lost and the SDK asks again: each effect is absolute, or has a name.
#[tokio::test]
async fn a_lost_answer_of_any_effect_changes_nothing() {
    for operation in
        ["RegisterScalableTarget", "UpdateService", "CreateSchedule", "TransactWriteItems", "PutItem"]
    {
        let mut stage = set(&[]).await;
        stage.aws.lose_answer_of_next(operation, 1);
        let boost = json!({"action": "boost", "target": "api", "add": 2, "for": "5m", "id": "b-1"});
        let reports = told(&mut stage, "m-1", &boost).await;
        assert_eq!(reports[0]["verdict"], "acted", "{operation}: {reports:#?}");
        assert_eq!(
            (stage.aws.scalable_target("portfolio", "api").unwrap().min, stage.aws.schedules().len()),
            (4, 1)
        );
        stage.aws.lose_answer_of_next(operation, 1);
        told(&mut stage, "m-2", &park("api")).await;
        stage.aws.lose_answer_of_next(operation, 1);
        told(&mut stage, "m-3", &restore("api")).await;
        assert_eq!(super::api(&stage.aws), super::API, "{operation}");
    }
}
