//! Metrics in the embedded metric format.
//!
//! CloudWatch keeps a series for each set of dimensions, and alarms look at one of them: several stacks of one account
//! and Region are told apart by the stack's name, which is the first dimension of every set where it is known.

use std::rc::Rc;

use jiff::Timestamp;
use serde_json::{Value, json};
use shared::command::{Mode, Source};
use shared::report::{ErrorType, Gauge, NONE, Report, StepStatus, Verdict};

/// The CloudWatch namespace of all metrics.
const NAMESPACE: &str = "Lamplighter";

/// What was counted while a report came about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Requests sent to AWS, retries included.
    pub api_calls: u64,
}

/// How many dimensions a metric may have. Source: CloudWatch user guide, "Specification: Embedded metric format".
const DIMENSIONS: usize = 30;

/// Metrics in that format, each told apart by the stack first where it has a name.
#[derive(Debug, Clone, Default)]
pub(super) struct Metrics {
    stack: Option<Rc<str>>,
}

impl Metrics {
    /// Those of a stack, or of none.
    pub(super) fn of_stack(name: Option<String>) -> Self {
        Self { stack: name.map(Rc::from) }
    }

    /// The metrics of one report.
    pub(super) fn of_report(&self, report: &Report, tally: &Tally, now: Timestamp) -> Value {
        let subject = &report.subject;
        // A name that somebody mistyped must not become a metric of its own.
        let target = match report.error.as_ref().map(|error| error.kind) {
            Some(ErrorType::InvalidCommand | ErrorType::UnknownTarget | ErrorType::UndecodableEvent) => NONE,
            Some(ErrorType::CommandFailed | ErrorType::Configuration) | None => &subject.target,
        };
        let failed_steps = report.steps.iter().filter(|step| step.status == StepStatus::Failed).count();
        // What a schedule is refused again and again is told once, and is to call people once.
        // Of a dry run nobody need hear but who asked for it.
        let is_meant = subject.mode == Mode::Apply && report.is_published();
        let refusals = u8::from(report.verdict == Verdict::Refused && is_meant);
        let mut directives = vec![
            json!({
                "Namespace": NAMESPACE,
                "Dimensions": [["function", "verdict"], ["function", "target", "verdict"], ["function", "why"]],
                "Metrics": [{"Name": "Reports", "Unit": "Count"}],
            }),
            json!({
                "Namespace": NAMESPACE,
                "Dimensions": [["function"], ["function", "target"]],
                "Metrics": [
                    {"Name": "Duration", "Unit": "Milliseconds"},
                    {"Name": "StepFailures", "Unit": "Count"},
                    {"Name": "ApiCalls", "Unit": "Count"},
                ],
            }),
            json!({
                "Namespace": NAMESPACE,
                "Dimensions": [["function"]],
                "Metrics": [{"Name": "Refusals", "Unit": "Count"}],
            }),
        ];
        let mut members = json!({
            "function": subject.function,
            "target": target,
            "verdict": report.verdict.as_str(),
            "why": report.why.code,
            "correlation": subject.correlation,
            "Reports": 1,
            "Duration": report.duration_ms,
            "StepFailures": failed_steps,
            "ApiCalls": tally.api_calls,
            "Refusals": refusals,
        });
        // Who orders something reads the answer; a schedule and an alarm do not.
        if refusals > 0 && report.why.lasts && subject.source != Source::Operator {
            directives.push(json!({
                "Namespace": NAMESPACE,
                "Dimensions": [["function"]],
                "Metrics": [{"Name": "LastingRefusals", "Unit": "Count"}],
            }));
            members["LastingRefusals"] = json!(1);
        }
        self.line(members, json!(directives), now)
    }

    /// The metric of one measurement, unless CloudWatch would not take it: it rejects what is not a finite number,
    /// and dimensions without a value.
    pub(super) fn measured(&self, gauge: &Gauge, function: &str, now: Timestamp) -> Option<Value> {
        if !gauge.value.is_finite() {
            return None;
        }
        let with_value = gauge.dimensions.iter().filter(|(_, value)| !value.is_empty());
        let mut names = vec!["function"];
        let mut members = json!({"function": function, gauge.name: gauge.value});
        for (name, value) in with_value.take(DIMENSIONS - 2) {
            names.push(name);
            members[*name] = json!(value);
        }
        let metric = json!({"Name": gauge.name, "Unit": gauge.unit.as_str()});
        let directives = json!([{"Namespace": NAMESPACE, "Dimensions": [names], "Metrics": [metric]}]);
        Some(self.line(members, directives, now))
    }

    /// A count of reports that nobody got.
    pub(super) fn unpublished(&self, function: &str, count: u64, now: Timestamp) -> Value {
        let metric = json!({"Name": "UnpublishedReports", "Unit": "Count"});
        let directives = json!([{"Namespace": NAMESPACE, "Dimensions": [["function"]], "Metrics": [metric]}]);
        self.line(json!({"function": function, "UnpublishedReports": count}), directives, now)
    }

    /// A line with its members, and which of them are metrics by which others.
    fn line(&self, mut members: Value, mut directives: Value, now: Timestamp) -> Value {
        if let Some(stack) = self.stack.as_deref() {
            members["stack"] = json!(stack);
            let directives = directives.as_array_mut().into_iter().flatten();
            let sets = directives.filter_map(|directive| directive["Dimensions"].as_array_mut()).flatten();
            for set in sets.filter_map(Value::as_array_mut) {
                set.insert(0, json!("stack"));
            }
        }
        members["_aws"] = json!({"Timestamp": now.as_millisecond(), "CloudWatchMetrics": directives});
        members
    }
}

#[cfg(test)]
mod tests {
    use shared::report::{Reason, Subject, Unit};

    use super::super::tests::{failed, subject};
    use super::*;

    fn metrics(report: &Report, tally: &Tally) -> Value {
        Metrics::default().of_report(report, tally, Timestamp::UNIX_EPOCH)
    }

    /// The metrics of a stack with a name.
    fn named() -> Metrics {
        Metrics::of_stack(Some("lamplighter-prod".into()))
    }

    #[test]
    fn every_metric_and_dimension_of_the_format_is_a_member() {
        let (report, tally) = (failed(ErrorType::CommandFailed), Tally { api_calls: 3 });
        let metrics = named().of_report(&report, &tally, Timestamp::UNIX_EPOCH);
        for directive in metrics["_aws"]["CloudWatchMetrics"].as_array().unwrap() {
            for metric in directive["Metrics"].as_array().unwrap() {
                assert!(metrics[metric["Name"].as_str().unwrap()].is_u64(), "{metric}");
            }
            for dimension in
                directive["Dimensions"].as_array().unwrap().iter().flat_map(|set| set.as_array().unwrap())
            {
                assert!(metrics[dimension.as_str().unwrap()].is_string(), "{dimension}");
            }
        }
        assert_eq!(metrics["ApiCalls"], 3);
        assert_eq!(metrics["target"], "weather-site");
    }

    #[test]
    fn a_mistyped_target_makes_no_metric_of_its_own() {
        let metrics = metrics(&failed(ErrorType::UnknownTarget), &Tally::default());
        assert_eq!(metrics["target"], "none");
    }

    fn age(value: f64, dimensions: Vec<(&'static str, String)>) -> Option<Value> {
        let gauge = Gauge { name: "NewestSnapshotAge", unit: Unit::Seconds, value, dimensions };
        Metrics::default().measured(&gauge, "snapshot-database", Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn a_refusal_counts_when_it_is_meant_and_told() {
        let refused = Report::new(subject(), Verdict::Refused, Reason::new("paused", ""));
        let quiet = Report { quiet: true, ..refused.clone() };
        let held = Report::new(subject(), Verdict::Held, Reason::new("fine", ""));
        let dry = Report::new(
            Subject { mode: Mode::Plan, ..subject() },
            Verdict::Refused,
            Reason::new("paused", ""),
        );
        for (report, expected) in [(refused, 1), (quiet, 0), (held, 0), (dry, 0)] {
            assert_eq!(metrics(&report, &Tally::default())["Refusals"], expected, "{report}");
        }
    }

    #[test]
    fn a_refusal_that_lasts_counts_when_nobody_reads_the_answer() {
        let unset = || Reason::new("ledger-unset", "").lasting();
        let of = |source, why| {
            let subject = Subject { source, ..subject() };
            metrics(&Report::new(subject, Verdict::Refused, why), &Tally::default())
        };
        for (report, expected) in [
            (of(Source::Schedule, unset()), json!(1)),
            (of(Source::Queue, unset()), json!(1)),
            (of(Source::Operator, unset()), Value::Null),
            (of(Source::Schedule, Reason::new("paused", "")), Value::Null),
        ] {
            assert_eq!(report["LastingRefusals"], expected, "{report}");
            // Nobody pays for a series of zeroes.
            let counted = report["_aws"].to_string().contains("LastingRefusals");
            assert_eq!(counted, expected == 1, "{report}");
        }
        let quiet = Report { quiet: true, ..Report::new(subject(), Verdict::Refused, unset()) };
        assert_eq!(metrics(&quiet, &Tally::default())["LastingRefusals"], Value::Null);
        let held = Report::new(subject(), Verdict::Held, unset());
        assert_eq!(metrics(&held, &Tally::default())["LastingRefusals"], Value::Null);
    }

    #[test]
    fn every_metric_of_a_stack_has_its_name_first() {
        let report = failed(ErrorType::CommandFailed);
        let gauge = Gauge { name: "Age", unit: Unit::Seconds, value: 1.0, dimensions: Vec::new() };
        let now = Timestamp::UNIX_EPOCH;
        let lines = [
            named().of_report(&report, &Tally::default(), now),
            named().measured(&gauge, "f", now).unwrap(),
            named().unpublished("f", 1, now),
        ];
        for line in lines {
            assert_eq!(line["stack"], "lamplighter-prod");
            for directive in line["_aws"]["CloudWatchMetrics"].as_array().unwrap() {
                for set in directive["Dimensions"].as_array().unwrap() {
                    assert_eq!((&set[0], &set[1]), (&json!("stack"), &json!("function")), "{line}");
                }
            }
        }
        let without = Metrics::default().unpublished("f", 1, now);
        assert_eq!(without["_aws"]["CloudWatchMetrics"][0]["Dimensions"], json!([["function"]]));
        assert_eq!(without.get("stack"), None);
    }

    #[test]
    fn a_gauge_is_a_metric_of_the_function_and_its_own_dimensions() {
        let line = age(90.5, vec![("target", "weather-db".into()), ("region", "us-west-2".into())]).unwrap();
        let expected = json!({
            "_aws": {
                "Timestamp": 0,
                "CloudWatchMetrics": [{
                    "Namespace": "Lamplighter",
                    "Dimensions": [["function", "target", "region"]],
                    "Metrics": [{"Name": "NewestSnapshotAge", "Unit": "Seconds"}],
                }],
            },
            "function": "snapshot-database",
            "target": "weather-db",
            "region": "us-west-2",
            "NewestSnapshotAge": 90.5,
        });
        assert_eq!(line, expected);
    }

    #[test]
    fn cloudwatch_is_not_sent_what_it_rejects() {
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(age(value, Vec::new()), None);
        }
        let empty = age(1.0, vec![("target", String::new())]).unwrap();
        assert_eq!(empty["_aws"]["CloudWatchMetrics"][0]["Dimensions"], json!([["function"]]));

        let names = "a b c d e f g h i j k l m n o p q r s t u v w x y z aa bb cc dd".split(' ');
        let dimensions = names.map(|name| (name, "x".to_owned())).collect();
        let gauge = Gauge { name: "Age", unit: Unit::Seconds, value: 1.0, dimensions };
        let many = named().measured(&gauge, "f", Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(many["_aws"]["CloudWatchMetrics"][0]["Dimensions"][0].as_array().unwrap().len(), 30);
        assert!(many.get("dd").is_none());
    }
}
