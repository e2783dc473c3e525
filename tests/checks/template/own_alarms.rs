//! Rules of Lamplighter's own alarms: every function has each of them, and none rings for a guard that works.

use std::path::Path;

use serde_json::{Value, json};

use super::model::{Template, number, of_stack};

/// Functions that somebody waits for: what is wrong with them is told by the minute.
const HASTY: [&str; 2] = ["failover-dns", "route-alarm"];
/// Functions whose every refusal is told.
const REFUSALS: [&str; 2] = ["failover-dns", "snapshot-database"];
/// Refusals of the others that last until a person does something, by their code.
const LASTING: [(&str, &str); 4] = [
    ("route-alarm", "max-per-hour"),
    ("scale-service", "service-missing"),
    ("scale-service", "deployment-failed"),
    ("scale-service", "saved-unreadable"),
];
/// A function that has no guard, and so refuses nothing.
const UNGUARDED: &str = "invalidate-cache";

/// The functions: the name of the resource, and that of the function.
fn functions(template: &Template) -> Vec<(String, String)> {
    let functions = template.functions().into_iter();
    let functions: Vec<_> = functions
        .filter_map(|(name, function)| {
            let folder = function["CodeUri"].as_str()?.strip_prefix("functions/")?;
            Some((name.to_owned(), folder.to_owned()))
        })
        .collect();
    assert_eq!(functions.len(), 5);
    functions
}

/// The alarm on a metric, which tells people.
fn alarm<'a>(template: &'a Template, namespace: &str, metric: &str, dimensions: &Value) -> &'a Value {
    let mut alarms = template.of_type("AWS::CloudWatch::Alarm").into_values().filter(|alarm| {
        alarm["Namespace"] == namespace && alarm["MetricName"] == metric && alarm["Dimensions"] == *dimensions
    });
    let alarm = alarms.next().unwrap_or_else(|| panic!("no alarm on {namespace} {metric} {dimensions}"));
    assert!(alarms.next().is_none(), "two alarms on {namespace} {metric} {dimensions}");
    assert_eq!(alarm["AlarmActions"], json!(["OperatorsTopic"]), "{metric} {dimensions}");
    assert_eq!(alarm["ComparisonOperator"], "GreaterThanThreshold", "{metric} {dimensions}");
    alarm
}

/// Whether an alarm sums up periods of this length, of which so many have to be above zero.
fn rings_after(alarm: &Value, period: u64, datapoints: u64) -> bool {
    let needed = alarm["DatapointsToAlarm"].as_u64().unwrap_or_else(|| number(&alarm["EvaluationPeriods"]));
    alarm["Statistic"] == "Sum"
        && alarm["Threshold"] == 0
        && (number(&alarm["Period"]), needed) == (period, datapoints)
}

fn period(function: &str) -> u64 {
    if HASTY.contains(&function) { 60 } else { 300 }
}

#[test]
fn people_hear_of_functions_that_cannot_work() {
    let template = Template::read();
    for (name, function) in functions(&template) {
        let dimensions = json!([{"Name": "FunctionName", "Value": name}]);
        let errors = alarm(&template, "AWS/Lambda", "Errors", &dimensions);
        // One may be the mistake of whoever called; what crashes does so at the next delivery too.
        assert!(rings_after(errors, period(&function), 2), "{errors}");
        let throttles = alarm(&template, "AWS/Lambda", "Throttles", &dimensions);
        assert!(rings_after(throttles, period(&function), 1), "{throttles}");
    }
}

#[test]
fn people_hear_of_what_waits_for_too_long() {
    let template = Template::read();
    let mappings = template.queue_mappings();
    assert_eq!(mappings.len(), 7);
    for (function, mapping, name, queue) in mappings {
        let dimensions = json!([{"Name": "QueueName", "Value": format!("{name}.QueueName")}]);
        let age = alarm(&template, "AWS/SQS", "ApproximateAgeOfOldestMessage", &dimensions);
        assert_eq!(age["Statistic"], "Maximum", "{name}");
        let threshold = number(&age["Threshold"]);
        // A message that fails once comes again when it is visible, which is nothing to wake anybody for.
        assert!(threshold > number(&queue["VisibilityTimeout"]), "{name}");
        let is_gathered = mapping["MaximumBatchingWindowInSeconds"] != Value::Null;
        let folder = function["CodeUri"].as_str().and_then(|uri| uri.strip_prefix("functions/"));
        let expected = match folder {
            Some(folder) if HASTY.contains(&folder) => 60,
            _ if is_gathered => 900,
            _ => 300,
        };
        assert_eq!(threshold, expected, "{name}");
    }
}

#[test]
fn people_hear_of_what_fails_again_and_again() {
    let template = Template::read();
    for (_, function) in functions(&template) {
        let dimensions = of_stack(&[("function", &function), ("verdict", "failed")]);
        let failed = alarm(&template, "Lamplighter", "Reports", &dimensions);
        assert!(rings_after(failed, period(&function), 2), "{function}");
        // All five deliveries of a command that fails are within, so that two of them are in different periods.
        assert!(number(&failed["Period"]) * number(&failed["EvaluationPeriods"]) > 125, "{function}");
    }
}

#[test]
fn people_hear_of_refusals_that_are_no_guard_at_work() {
    let template = Template::read();
    for (_, function) in functions(&template) {
        let lasting: Vec<&str> =
            LASTING.iter().filter(|(of, _)| *of == function).map(|(_, code)| *code).collect();
        if REFUSALS.contains(&function.as_str()) {
            let refused = alarm(&template, "Lamplighter", "Refusals", &of_stack(&[("function", &function)]));
            assert!(rings_after(refused, if function == "failover-dns" { 60 } else { 300 }, 1), "{function}");
        } else {
            assert_eq!(lasting.is_empty(), function == UNGUARDED, "{function}");
        }
        for code in lasting {
            let because = of_stack(&[("function", &function), ("why", code)]);
            assert!(rings_after(alarm(&template, "Lamplighter", "Reports", &because), 300, 1), "{code}");
        }
    }
}

#[test]
fn what_the_alarms_on_refusals_take_for_granted_is_so() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let read = |file: &str| std::fs::read_to_string(root.join(file)).unwrap_or_default();
    assert!(!read(&format!("functions/{UNGUARDED}/src/plan.rs")).contains("Plan::Refuse"));
    let guide = ["docs/operator-guide.md", "docs/runbook.md"].map(read).concat();
    for (_, code) in LASTING {
        assert!(guide.contains(&format!("`{code}`")), "nobody knows what `{code}` is");
    }
}
