//! Commands that cannot be understood, or that no playbook allows: each is told what is wrong with it.

use serde_json::{Value, json};
use tests::runtime_api::InvokeOptions;

use super::{said, set};

#[tokio::test]
async fn a_bad_command_is_told_field_value_and_expectation() {
    let mut stage = set(&[]).await;
    let api = |fields: Value| {
        let mut command = json!({"target": "api"});
        command.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        command
    };
    let rows: [(Value, [&str; 3]); 21] = [
        (json!({"action": "set", "min": 1}), ["`target`", "missing", "a target of the playbook"]),
        (
            api(json!({"action": "scale"})),
            ["`action`", "`scale`", "`set`, `profile`, `boost`, `park` or `restore`"],
        ),
        (api(json!({"min": 2})), ["`action`", "missing", "`set`, `profile`, `boost`, `park` or `restore`"]),
        (api(json!({"action": "set"})), ["`min`", "missing", "`min`, `max` and `desired`"]),
        (api(json!({"action": "set", "mim": 2})), ["`mim`", "unknown", "`min`"]),
        (api(json!({"action": "set", "min": -1})), ["`min`", "`-1`", "a whole number"]),
        (api(json!({"action": "set", "min": 1.5})), ["`min`", "`1.5`", "a whole number"]),
        (api(json!({"action": "set", "min": "2"})), ["`min`", "`2`", "a whole number"]),
        (
            api(json!({"action": "set", "max": 4_294_967_296_u64})),
            ["`max`", "`4294967296`", "a whole number"],
        ),
        (api(json!({"action": "set", "min": 5, "max": 2})), ["`min`", "`5`", "at most `max`, which is 2"]),
        (
            api(json!({"action": "set", "max": 4, "desired": 5})),
            ["`desired`", "`5`", "at most `max`, which is 4"],
        ),
        (api(json!({"action": "profile"})), ["`profile`", "missing", "a profile of the service"]),
        (
            api(json!({"action": "profile", "profile": "weekend"})),
            ["`profile`", "`weekend`", "business-hours"],
        ),
        (api(json!({"action": "boost", "for": "30m"})), ["`add`", "missing", "either `add` or `percent`"]),
        (
            api(json!({"action": "boost", "add": 1, "percent": 50, "for": "30m"})),
            ["`percent`", "`50`", "one of them"],
        ),
        (api(json!({"action": "boost", "add": 0, "for": "30m"})), ["`add`", "`0`", "1 or more"]),
        (api(json!({"action": "boost", "add": 1})), ["`for`", "missing", "from 5m to 24h"]),
        (api(json!({"action": "boost", "add": 1, "for": "4m"})), ["`for`", "`4m`", "from 5m to 24h"]),
        (api(json!({"action": "boost", "add": 1, "for": "25h"})), ["`for`", "`25h`", "from 5m to 24h"]),
        (api(json!({"action": "park", "for": "8h"})), ["`for`", "unknown", "no further field"]),
        (api(json!({"action": "restore", "of": 7})), ["`of`", "`7`", ""]),
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
    assert!(super::scaling(&stage.aws.requests()).is_empty());
}

#[tokio::test]
async fn an_unknown_target_and_one_of_another_kind_are_told() {
    let mut stage = set(&[]).await;
    let (kind, report) =
        stage.failed_report(&json!({"action": "park", "target": "apy"}), InvokeOptions::default()).await;
    assert_eq!((kind.as_str(), &report["target"]), ("UnknownTarget", &json!("apy")));
}

#[tokio::test]
async fn what_leaves_the_bounds_of_the_playbook_is_refused() {
    let mut stage = set(&[]).await;
    for (command, expected) in [
        (json!({"action": "set", "target": "api", "max": 11}), "refused outside-bounds"),
        (json!({"action": "set", "target": "api", "min": 0}), "refused outside-bounds"),
        (json!({"action": "set", "target": "api", "desired": 8}), "refused step-too-large"),
    ] {
        let report = stage.report(&command).await;
        assert_eq!(said(&report), expected, "{report:#}");
    }
    assert_eq!(super::api(&stage.aws), super::API);
}

#[tokio::test]
async fn somebody_elses_event_is_acknowledged_and_told_to_nobody() {
    let mut stage = set(&[]).await;
    let event = json!({"Service": "Amazon S3", "Event": "s3:TestEvent", "Time": "2026-11-21T09:00:00.000Z",
        "Bucket": "weather-assets", "RequestId": "1", "HostId": "2"});
    assert_eq!(said(&stage.report(&event).await), "held not-for-us");
    assert!(stage.aws.requests().is_empty());
}

/// A batch is answered record by record; behind a bad one of a FIFO queue nothing is taken up.
#[tokio::test]
async fn a_record_that_is_no_command_comes_back() {
    let mut stage = set(&[]).await;
    let event = tests::stage::sqs(&[
        "desired: 4".to_owned(),
        json!({"action": "set", "target": "api", "desired": 4}).to_string(),
    ]);
    assert_eq!(stage.unacknowledged(&event).await, ["m-1"]);
    assert_eq!(super::api(&stage.aws).0, 4);
}
