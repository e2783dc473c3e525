//! Rules of the example for Terraform: it is HCL, and what it reads and names is there.
#![expect(clippy::expect_used, reason = "what surprises a test is to stop it, in its helpers too")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use shared::playbook::route::{Then, When};

use crate::watch::{playbook, template};

/// The example, as JSON: an expression is a text, as `${var.name}`.
fn example() -> Value {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/terraform/main.tf");
    hcl::from_str(&fs::read_to_string(file).expect("a readable example")).expect("HCL")
}

/// Every text in it.
fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::Object(members) => members.values().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn every_output_that_it_reads_is_one_of_the_stack() {
    let (example, template) = (example(), template("template.yaml"));
    let start = "local.lamplighter[\"";
    let read: BTreeSet<&str> = texts(&example)
        .into_iter()
        .flat_map(|text| text.split(start).skip(1))
        .map(|rest| rest.split('"').next().expect("a name"))
        .collect();
    assert_eq!(read, ["AlarmsTopicArn", "OperatorsTopicArn"].into());
    for name in read {
        let output = &template["Outputs"][name];
        assert!(output["Value"].is_string(), "the stack has no output {name}");
        // One that is there only now and then fails `terraform plan` elsewhere.
        assert_eq!(output["Condition"], Value::Null, "{name}");
    }
    let stack = &example["data"]["aws_cloudformation_stack"]["lamplighter"];
    assert_eq!(stack["name"], "${var.lamplighter_stack}");
    assert_eq!(example["locals"]["lamplighter"], "${data.aws_cloudformation_stack.lamplighter.outputs}");
}

#[test]
fn every_variable_that_it_names_is_declared() {
    let example = example();
    let declared: BTreeSet<&str> =
        example["variable"].as_object().expect("variables").keys().map(String::as_str).collect();
    let named = texts(&example).into_iter().flat_map(|text| text.split("var.").skip(1));
    let named: BTreeSet<&str> =
        named.map(|rest| rest.split(['}', '.', ' ', ']']).next().expect("a name")).collect();
    assert_eq!(named, declared);
}

#[test]
fn one_alarm_is_acted_on_and_one_is_only_reported() {
    let (example, playbook) = (example(), playbook());
    let alarms = example["resource"]["aws_cloudwatch_metric_alarm"].as_object().expect("alarms");
    let mut found = Vec::new();
    for (name, alarm) in alarms {
        let topic = json!(["${local.lamplighter[\"AlarmsTopicArn\"]}"]);
        assert_eq!((&alarm["alarm_actions"], &alarm["ok_actions"]), (&topic, &topic), "{name}");
        let alarm_name = alarm["alarm_name"].as_str().expect("a name");
        let routes = playbook.routes.iter().filter(|route| match &route.when {
            When::Alarm(pattern) => pattern.name.as_ref().is_some_and(|glob| glob.matches(alarm_name)),
            When::Notice(_) => false,
        });
        let sends = routes.map(|route| matches!(route.then, Then::Send(_))).collect::<Vec<_>>();
        assert!(!sends.is_empty(), "no route knows {alarm_name}");
        found.push((name.as_str(), sends.contains(&true)));
    }
    assert_eq!(found, [("response_time", true), ("cache_memory", false)]);
}
