//! Log lines and metrics.
//!
//! Everything goes to standard output, a line each: the function's own events by `tracing`, every report as one
//! object under `report`, so that Logs Insights finds `report.correlation`, and metrics in the embedded metric
//! format, which CloudWatch reads out of the log whatever its format and level.

use std::io::Write;

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use shared::report::{ErrorType, Gauge, NONE, Report, StepStatus, Verdict};
use tracing::Level;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::config::LogFormat;

/// The CloudWatch namespace of all metrics.
const NAMESPACE: &str = "Lamplighter";

/// Beginnings of the names of crates whose own chatter is not wanted below a warning.
const NOISY: [&str; 3] = ["aws_", "hyper", "rustls"];

/// Where lines go, and how.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Log {
    format: LogFormat,
    level: Level,
}

impl Log {
    /// Makes `tracing` write lines of this format and level.
    pub(crate) fn install((format, level): (LogFormat, Level)) -> Self {
        let quiet = NOISY.map(|name| (name, LevelFilter::from_level(level.min(Level::WARN))));
        let targets = Targets::new().with_default(level).with_targets(quiet);
        let lines = tracing_subscriber::fmt::layer().with_target(false).with_ansi(false);
        let installed = match format {
            LogFormat::Json => {
                let lines = lines.json().flatten_event(true).with_current_span(true).with_span_list(false);
                tracing_subscriber::registry().with(targets).with(lines).try_init()
            }
            LogFormat::Text => tracing_subscriber::registry().with(targets).with(lines).try_init(),
        };
        // A second installation in one process happens in tests only, and the first one serves.
        drop(installed);
        Self { format, level }
    }

    /// Writes a report to the log, and its metrics.
    pub(crate) fn report(self, report: &Report, tally: &Tally, now: Timestamp) {
        if let Some(line) = self.line(report, now) {
            write_line(&line);
        }
        write_line(&metrics(report, tally, now).to_string());
        for line in report.gauges.iter().filter_map(|gauge| measured(gauge, report.subject.function, now)) {
            write_line(&line.to_string());
        }
    }

    fn line(self, report: &Report, now: Timestamp) -> Option<String> {
        let level = match report.verdict {
            Verdict::Failed => Level::ERROR,
            Verdict::Refused => Level::WARN,
            Verdict::Acted | Verdict::Planned | Verdict::Held => Level::INFO,
        };
        if level > self.level {
            return None;
        }
        Some(match self.format {
            LogFormat::Json => {
                let (timestamp, message) = (format!("{now:.3}"), report.to_string());
                json!({"timestamp": timestamp, "level": level.as_str(), "message": message, "report": report})
                    .to_string()
            }
            LogFormat::Text => format!("{now:.3} {level:>5} {report} {}", json!({"report": report})),
        })
    }
}

/// What was counted while a report came about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Requests sent to AWS, retries included.
    pub api_calls: u64,
}

/// The metrics of one report in the embedded metric format.
/// Source: CloudWatch user guide, "Specification: Embedded metric format".
fn metrics(report: &Report, tally: &Tally, now: Timestamp) -> Value {
    let subject = &report.subject;
    // A name that somebody mistyped must not become a metric of its own.
    let target = match report.error.as_ref().map(|error| error.kind) {
        Some(ErrorType::InvalidCommand | ErrorType::UnknownTarget | ErrorType::UndecodableEvent) => NONE,
        Some(ErrorType::CommandFailed | ErrorType::Configuration) | None => &subject.target,
    };
    let failed_steps = report.steps.iter().filter(|step| step.status == StepStatus::Failed).count();
    json!({
        "_aws": {
            "Timestamp": now.as_millisecond(),
            "CloudWatchMetrics": [
                {
                    "Namespace": NAMESPACE,
                    "Dimensions": [["function", "verdict"], ["function", "target", "verdict"], ["function", "why"]],
                    "Metrics": [{"Name": "Reports", "Unit": "Count"}],
                },
                {
                    "Namespace": NAMESPACE,
                    "Dimensions": [["function"], ["function", "target"]],
                    "Metrics": [
                        {"Name": "Duration", "Unit": "Milliseconds"},
                        {"Name": "StepFailures", "Unit": "Count"},
                        {"Name": "ApiCalls", "Unit": "Count"},
                    ],
                },
            ],
        },
        "function": subject.function,
        "target": target,
        "verdict": report.verdict.as_str(),
        "why": report.why.code,
        "correlation": subject.correlation,
        "Reports": 1,
        "Duration": report.duration_ms,
        "StepFailures": failed_steps,
        "ApiCalls": tally.api_calls,
    })
}

/// How many dimensions a metric may have. Source: as above.
const DIMENSIONS: usize = 30;

/// The metric of one measurement, unless CloudWatch would not take it: it rejects what is not a finite number, and
/// dimensions without a value.
fn measured(gauge: &Gauge, function: &str, now: Timestamp) -> Option<Value> {
    if !gauge.value.is_finite() {
        return None;
    }
    let mut line = Map::new();
    line.insert("function".to_owned(), json!(function));
    for (name, value) in gauge.dimensions.iter().filter(|(_, value)| !value.is_empty()).take(DIMENSIONS - 1) {
        line.insert((*name).to_owned(), json!(value));
    }
    let dimensions: Vec<&String> = line.keys().collect();
    let about = json!({
        "Timestamp": now.as_millisecond(),
        "CloudWatchMetrics": [{
            "Namespace": NAMESPACE,
            "Dimensions": [dimensions],
            "Metrics": [{"Name": gauge.name, "Unit": gauge.unit.as_str()}],
        }],
    });
    line.insert("_aws".to_owned(), about);
    line.insert(gauge.name.to_owned(), json!(gauge.value));
    Some(line.into())
}

/// Counts reports that could not be published: a pager hangs on them, so their loss is a metric.
pub(crate) fn unpublished(function: &str, count: u64, now: Timestamp) {
    let line = json!({
        "_aws": {
            "Timestamp": now.as_millisecond(),
            "CloudWatchMetrics": [{
                "Namespace": NAMESPACE,
                "Dimensions": [["function"]],
                "Metrics": [{"Name": "UnpublishedReports", "Unit": "Count"}],
            }],
        },
        "function": function,
        "UnpublishedReports": count,
    });
    write_line(&line.to_string());
}

/// One call a line, so that lines never mix. A closed standard output leaves nothing to tell and nobody to tell it.
fn write_line(line: &str) {
    let mut out = std::io::stdout().lock();
    let written = out.write_all(format!("{line}\n").as_bytes()).and_then(|()| out.flush());
    drop(written);
}

#[cfg(test)]
mod tests {
    use shared::command::{Mode, Source};
    use shared::ids::CommandId;
    use shared::report::{ErrorReport, Reason, Subject, Unit};

    use super::*;

    fn subject() -> Subject {
        Subject {
            function: "invalidate-cache",
            id: CommandId::parse("id-1").unwrap(),
            correlation: "c-1".into(),
            action: "invalidate".into(),
            target: "weather-site".into(),
            source: Source::Queue,
            mode: Mode::Apply,
            records: None,
            approval: None,
        }
    }

    fn failed(kind: ErrorType) -> Report {
        Report::failed(
            subject(),
            Reason::new("broken", "it broke"),
            ErrorReport { kind, text: "because".into() },
        )
    }

    #[test]
    fn json_lines_have_the_report_as_an_object() {
        let log = Log { format: LogFormat::Json, level: Level::INFO };
        let line = log.line(&failed(ErrorType::CommandFailed), Timestamp::UNIX_EPOCH).unwrap();
        let line: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(line["level"], "ERROR");
        assert_eq!(line["timestamp"], "1970-01-01T00:00:00.000Z");
        assert_eq!(line["message"], "failed invalidate weather-site: it broke (broken)");
        assert_eq!(line["report"]["correlation"], "c-1");
    }

    #[test]
    fn the_level_silences_lines_but_not_metrics() {
        let log = Log { format: LogFormat::Json, level: Level::ERROR };
        let held = Report::new(subject(), Verdict::Held, Reason::new("already-invalidated", ""));
        assert_eq!(log.line(&held, Timestamp::UNIX_EPOCH), None);
        assert!(log.line(&failed(ErrorType::CommandFailed), Timestamp::UNIX_EPOCH).is_some());
        assert_eq!(metrics(&held, &Tally::default(), Timestamp::UNIX_EPOCH)["Reports"], 1);
    }

    #[test]
    fn every_metric_and_dimension_of_the_format_is_a_member() {
        let metrics =
            metrics(&failed(ErrorType::CommandFailed), &Tally { api_calls: 3 }, Timestamp::UNIX_EPOCH);
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
        let metrics = metrics(&failed(ErrorType::UnknownTarget), &Tally::default(), Timestamp::UNIX_EPOCH);
        assert_eq!(metrics["target"], "none");
    }

    fn age(value: f64, dimensions: Vec<(&'static str, String)>) -> Option<Value> {
        let gauge = Gauge { name: "NewestSnapshotAge", unit: Unit::Seconds, value, dimensions };
        measured(&gauge, "snapshot-database", Timestamp::UNIX_EPOCH)
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
        let many = age(1.0, names.map(|name| (name, "x".to_owned())).collect()).unwrap();
        assert_eq!(many["_aws"]["CloudWatchMetrics"][0]["Dimensions"][0].as_array().unwrap().len(), 30);
        assert!(many.get("dd").is_none());
    }
}
