//! Log lines and metrics.
//!
//! Everything goes to standard output, a line each: the function's own events by `tracing`, every report as one
//! object under `report`, so that Logs Insights finds `report.correlation`, and metrics in the embedded metric
//! format, which CloudWatch reads out of the log whatever its format and level.

mod metrics;

use std::io::Write;

use jiff::Timestamp;
use serde_json::json;
use shared::report::{Report, Verdict};
use tracing::Level;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::config::LogFormat;
use metrics::Metrics;
pub use metrics::Tally;

/// Beginnings of the names of crates whose own chatter is not wanted below a warning.
const NOISY: [&str; 3] = ["aws_", "hyper", "rustls"];

/// Where lines go, and how.
#[derive(Debug, Clone)]
pub(crate) struct Log {
    format: LogFormat,
    level: Level,
    metrics: Metrics,
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
        Self { format, level, metrics: Metrics::default() }
    }

    /// Tells the metrics of one stack from those of the others in its account and Region.
    pub(crate) fn of_stack(self, stack: Option<String>) -> Self {
        Self { metrics: Metrics::of_stack(stack), ..self }
    }

    /// Writes a report to the log, and its metrics.
    pub(crate) fn report(&self, report: &Report, tally: &Tally, now: Timestamp) {
        if let Some(line) = self.line(report, now) {
            write_line(&line);
        }
        write_line(&self.metrics.of_report(report, tally, now).to_string());
        let function = report.subject.function;
        for line in report.gauges.iter().filter_map(|gauge| self.metrics.measured(gauge, function, now)) {
            write_line(&line.to_string());
        }
    }

    /// Counts reports that could not be published: a pager hangs on them, so their loss is a metric.
    pub(crate) fn unpublished(&self, function: &str, count: u64, now: Timestamp) {
        write_line(&self.metrics.unpublished(function, count, now).to_string());
    }

    fn line(&self, report: &Report, now: Timestamp) -> Option<String> {
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

/// One call a line, so that lines never mix. A closed standard output leaves nothing to tell and nobody to tell it.
fn write_line(line: &str) {
    let mut out = std::io::stdout().lock();
    let written = out.write_all(format!("{line}\n").as_bytes()).and_then(|()| out.flush());
    drop(written);
}

#[cfg(test)]
mod tests {
    use serde_json::Value;
    use shared::command::{Mode, Source};
    use shared::ids::CommandId;
    use shared::report::{ErrorReport, ErrorType, Reason, Subject};

    use super::*;

    pub(super) fn subject() -> Subject {
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

    pub(super) fn failed(kind: ErrorType) -> Report {
        Report::failed(
            subject(),
            Reason::new("broken", "it broke"),
            ErrorReport { kind, text: "because".into() },
        )
    }

    fn log(level: Level) -> Log {
        Log { format: LogFormat::Json, level, metrics: Metrics::default() }
    }

    #[test]
    fn json_lines_have_the_report_as_an_object() {
        let log = log(Level::INFO);
        let line = log.line(&failed(ErrorType::CommandFailed), Timestamp::UNIX_EPOCH).unwrap();
        let line: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(line["level"], "ERROR");
        assert_eq!(line["timestamp"], "1970-01-01T00:00:00.000Z");
        assert_eq!(line["message"], "failed invalidate weather-site: it broke (broken)");
        assert_eq!(line["report"]["correlation"], "c-1");
    }

    #[test]
    fn the_level_silences_lines_but_not_metrics() {
        let log = log(Level::ERROR);
        let held = Report::new(subject(), Verdict::Held, Reason::new("already-invalidated", ""));
        assert_eq!(log.line(&held, Timestamp::UNIX_EPOCH), None);
        assert!(log.line(&failed(ErrorType::CommandFailed), Timestamp::UNIX_EPOCH).is_some());
        assert_eq!(log.metrics.of_report(&held, &Tally::default(), Timestamp::UNIX_EPOCH)["Reports"], 1);
    }
}
