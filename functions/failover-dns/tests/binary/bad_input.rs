//! Commands that cannot be understood, or that no playbook allows: each is told what is wrong with it.

use serde_json::{Value, json};
use tests::alarms::{Message, StateChange};
use tests::runtime_api::InvokeOptions;

use super::{asked, order, said, set, weights};

#[tokio::test]
async fn a_bad_command_is_told_field_value_and_expectation() {
    let mut stage = set(&[]).await;
    let www = |fields: Value| {
        let mut command = json!({"target": "www"});
        command.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        command
    };
    let rows: [(Value, [&str; 3]); 6] = [
        (json!({"action": "fail-over"}), ["`target`", "missing", "a target of the playbook"]),
        (www(json!({"action": "failover"})), ["`action`", "`failover`", "`fail-over`"]),
        (www(json!({"action": "fail-over", "to": "green"})), ["`to`", "unknown", "`force`"]),
        (www(json!({"action": "fail-over", "force": true})), ["`reason`", "missing", "why it is forced"]),
        (www(json!({"action": "fail-back", "force": 1})), ["`force`", "`1`", "boolean"]),
        (www(json!({"action": "status", "force": true})), ["`force`", "unknown", "no further field"]),
    ];
    for (command, parts) in rows {
        let (kind, report) = stage.failed_report(&command, InvokeOptions::default()).await;
        assert_eq!(
            (kind.as_str(), said(&report).as_str()),
            ("InvalidCommand", "failed invalid-command"),
            "{command}"
        );
        let text = report["error"]["text"].as_str().unwrap();
        for part in parts {
            assert!(text.contains(part), "no {part} in {text}, of {command}");
        }
        assert!(report["next"].is_string(), "{report:#}");
    }
    let (kind, report) = stage.failed_report(&order("fail-over", "wwww"), InvokeOptions::default()).await;
    assert_eq!((kind.as_str(), &report["target"]), ("UnknownTarget", &json!("wwww")));
    assert_eq!(asked(&stage.aws), [""; 0]);
}

#[tokio::test]
async fn in_a_batch_the_bad_one_comes_back_alone() {
    let mut stage = set(&[]).await;
    let messages = [
        Message::new("m-1", json!({"action": "fail-over", "target": "nobodys"})),
        Message::new("m-2", "{"),
        Message::new("m-3", order("fail-over", "www")),
    ];
    assert_eq!(stage.returned(&messages).await, ["m-1", "m-2"]);
    assert_eq!(weights(&stage.aws)[0], "A blue 0");
}

#[tokio::test]
async fn an_alarm_is_no_order_whatever_its_state() {
    let mut stage = set(&[]).await;
    for (from, to) in [("OK", "ALARM"), ("ALARM", "OK"), ("INSUFFICIENT_DATA", "ALARM")] {
        let change = StateChange { from, to, ..StateChange::raised("primary-health", 0) };
        for event in [change.by_topic(), change.by_bus(), change.by_alarm()] {
            assert_eq!(said(&stage.report(&event).await), "held not-for-us");
        }
    }
    assert!(stage.aws.requests().is_empty());
}
