//! Rules of Lamplighter's own alarms: every function has each of them, and none rings for a guard that works.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value, json};

use super::model::{Template, number, of_stack};

/// Functions that somebody waits for: what is wrong with them is told by the minute.
const HASTY: [&str; 2] = ["failover-dns", "route-alarm"];
/// Functions whose every refusal is told.
const REFUSALS: [&str; 2] = ["failover-dns", "snapshot-database"];
/// What the others refuse until somebody repairs something, as their code has it.
const LASTING: [(&str, &[&str]); 2] =
    [("route-alarm", &route_alarm::plan::LASTING), ("scale-service", &scale_service::plan::LASTING)];
/// A limit at work, of which people are to hear all the same.
const STORM: (&str, &str) = ("route-alarm", "max-per-hour");
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
        let lasts = LASTING.iter().any(|(of, _)| *of == function);
        let metric = match (REFUSALS.contains(&function.as_str()), lasts) {
            (true, false) => "Refusals",
            (false, true) => "LastingRefusals",
            (false, false) if function == UNGUARDED => continue,
            _ => panic!("which refusals of {function} are told?"),
        };
        let refused = alarm(&template, "Lamplighter", metric, &of_stack(&[("function", &function)]));
        assert!(rings_after(refused, if function == "failover-dns" { 60 } else { 300 }, 1), "{function}");
        let reconciles = function == "scale-service";
        // What its schedule says again every quarter of an hour is one alarm, and not four in an hour.
        assert_eq!(number(&refused["Period"]) * number(&refused["EvaluationPeriods"]) > 900, reconciles);
    }
    let (function, code) = STORM;
    let storm = of_stack(&[("function", function), ("why", code)]);
    assert!(rings_after(alarm(&template, "Lamplighter", "Reports", &storm), 300, 1), "{code}");
}

fn read(file: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    std::fs::read_to_string(root.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

#[test]
fn what_the_alarms_on_refusals_take_for_granted_is_so() {
    assert!(!read(&format!("functions/{UNGUARDED}/src/plan.rs")).contains("Plan::Refuse"));
    let counted = read("shell/src/telemetry/metrics.rs");
    assert!(["Refusals", "LastingRefusals"].iter().all(|name| counted.contains(&format!("\"{name}\""))));
}

/// The codes of a line, between backticks.
fn codes(line: &str) -> BTreeSet<&str> {
    line.split('`').skip(1).step_by(2).collect()
}

#[test]
fn the_runbook_says_for_which_refusals_no_alarm_rings() {
    let runbook = read("docs/runbook.md");
    for (function, lasting) in LASTING {
        let section = runbook.split(&format!("\n## Reasons of `{function}`\n")).nth(1).expect("a section");
        let refused = section.split("\n`refused`").nth(1).and_then(|rest| rest.split("\n`failed`").next());
        let lines = || refused.expect("what is refused").lines();
        let rows = lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
        let mut told: BTreeSet<&str> = rows.collect();
        let silent = lines().find_map(|line| line.strip_prefix("No alarm rings for "));
        for code in codes(silent.expect("for which no alarm rings")) {
            assert!(told.remove(code), "{function} does not refuse `{code}`");
        }
        assert!(function != STORM.0 || told.remove(STORM.1));
        assert_eq!(told, lasting.iter().copied().collect(), "{function}");
        let repeated = lines().find(|line| line.contains("told every 15 minutes")).map(codes);
        assert!(repeated.unwrap_or_default().is_subset(&told), "{function}");
    }
}
