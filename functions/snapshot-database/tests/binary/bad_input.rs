//! Commands that cannot be understood, or that no playbook allows: each is told what is wrong with it.

use serde_json::{Value, json};
use tests::runtime_api::InvokeOptions;
use tests::stand_in::Service;

use super::{order, said, set};

#[tokio::test]
async fn a_bad_command_is_told_field_value_and_expectation() {
    let mut stage = set(&[]).await;
    let weather = |fields: Value| {
        let mut command = json!({"target": "weather-db"});
        command.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        command
    };
    let actions = "`take`, `copy`, `expire`, `verify` or `reconcile`";
    let rows: [(Value, [&str; 3]); 8] = [
        (json!({"action": "take"}), ["`target`", "missing", "a target of the playbook"]),
        (weather(json!({"action": "backup"})), ["`action`", "`backup`", actions]),
        (weather(json!({"label": "x"})), ["`action`", "missing", actions]),
        (
            weather(json!({"action": "take", "label": "before release"})),
            ["`label`", "`before release`", "a label"],
        ),
        (weather(json!({"action": "take", "label": ""})), ["`label`", "``", "a label"]),
        (weather(json!({"action": "take", "name": "x"})), ["`name`", "unknown", "`label`"]),
        (weather(json!({"action": "expire", "days": 7})), ["`days`", "unknown", "no further field"]),
        (
            weather(json!({"action": "copy", "region": "us-west-2"})),
            ["`region`", "unknown", "no further field"],
        ),
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
    assert!(stage.aws.operations(Service::Rds).is_empty());
}

#[tokio::test]
async fn an_unknown_target_is_told_those_that_there_are() {
    let mut stage = set(&[]).await;
    let (kind, report) = stage.failed_report(&order("take", "wether-db"), InvokeOptions::default()).await;
    assert_eq!((kind.as_str(), &report["target"]), ("UnknownTarget", &json!("wether-db")));
    assert!(report["error"]["text"].as_str().unwrap().contains("weather-db"), "{report:#}");
}

#[tokio::test]
async fn somebody_elses_event_is_acknowledged_and_told_to_nobody() {
    let mut stage = set(&[]).await;
    let event = json!({"Service": "Amazon S3", "Event": "s3:TestEvent", "Time": "2026-11-21T09:00:00.000Z",
        "Bucket": "weather-assets", "RequestId": "1", "HostId": "2"});
    assert_eq!(said(&stage.report(&event).await), "held not-for-us");
    assert!(stage.aws.requests().is_empty());
}
