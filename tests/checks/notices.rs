//! The rules of `template.yaml` on notices let through what the code tells of, tried on the recorded events.
#![expect(clippy::expect_used, reason = "what surprises a test is to stop it, in its helpers too")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;
use shared::event::{Event, decode};

use crate::us_east_1::pattern;
use crate::watch::template;

/// The recorded events about tasks, by the names of their files.
fn tasks() -> Vec<(String, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../events/route-alarm");
    let files = fs::read_dir(folder).expect("recorded events").map(|entry| entry.expect("a file").path());
    let events = files.map(|file| {
        let name = file.file_stem().expect("a name").to_string_lossy().into_owned();
        let text = fs::read_to_string(&file).expect("a readable file");
        (name, serde_json::from_str::<Value>(&text).expect("JSON"))
    });
    events.filter(|(_, event)| event["detail-type"] == "ECS Task State Change").collect()
}

fn is_told(event: &Value) -> bool {
    let arrival = decode(event, "request").expect("an event");
    matches!(arrival.records[0].content.as_deref(), Ok([Event::Notice(_)]))
}

#[test]
fn every_task_that_failed_reaches_the_router_and_none_that_its_service_replaces() {
    let template = template("template.yaml");
    let rule = &template["Resources"]["TaskNoticesRule"]["Properties"]["EventPattern"];
    let passes = |event: &Value| pattern::matches(rule, event);
    for (name, event) in tasks() {
        assert!(passes(&event) || !is_told(&event), "{name} is kept from the router");
    }
    let kept: BTreeSet<String> =
        tasks().into_iter().filter(|(_, event)| !passes(event)).map(|(name, _)| name).collect();
    assert_eq!(kept, ["task-stopped-by-scheduler".to_owned()].into());
}
