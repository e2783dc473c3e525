//! What became of one command: the record that is logged, published and returned.

mod chat;
mod gauge;
mod reason;

use std::fmt;

use jiff::Timestamp;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

use crate::command::{Mode, Source};
use crate::ids::{CommandId, shorten};
use crate::plan::Step;

pub use gauge::{Gauge, Unit};
pub use reason::Reason;

/// The outcome of one command.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[must_use = "a report that nobody reads is a silence"]
pub struct Report {
    /// Whose outcome this is.
    #[serde(flatten)]
    pub subject: Subject,
    /// What became of it.
    pub verdict: Verdict,
    /// Why.
    pub why: Reason,
    /// What was done, in order; steps that were not attempted included.
    pub steps: Vec<StepReport>,
    /// What was observed before anything was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    /// What is known to be so now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
    /// The answer to a question about the state of things.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<Value>,
    /// What happens next, or what a person can do next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// The error behind a `failed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorReport>,
    /// Whether it is only logged and returned: people were told the same a short while ago.
    #[serde(skip)]
    pub quiet: bool,
    /// What was measured on the way, for metrics and the alarms on them.
    #[serde(skip)]
    pub gauges: Vec<Gauge>,
    /// When work on the command began.
    #[serde(serialize_with = "milliseconds")]
    pub started_at: Timestamp,
    /// How long the work took.
    pub duration_ms: u64,
}

impl Report {
    /// A report of nothing but a verdict and its reason.
    pub fn new(subject: Subject, verdict: Verdict, why: Reason) -> Self {
        Self {
            subject,
            verdict,
            why,
            steps: Vec::new(),
            before: None,
            after: None,
            state: None,
            next: None,
            error: None,
            quiet: false,
            gauges: Vec::new(),
            started_at: Timestamp::UNIX_EPOCH,
            duration_ms: 0,
        }
    }

    /// A `failed` report: `error` says what kind of failure it is and repeats the cause in full.
    pub fn failed(subject: Subject, why: Reason, error: ErrorReport) -> Self {
        Self { error: Some(error), ..Self::new(subject, Verdict::Failed, why) }
    }

    /// A `held` report about an event that is well-formed but nobody's business here.
    pub fn not_for_us(subject: Subject, what: &str) -> Self {
        Self::new(subject, Verdict::Held, Reason::new(NOT_FOR_US, format!("not for this function: {what}")))
    }

    /// Whether the report goes to the outcomes topic: every one does, but those about other people's events and those
    /// that would only repeat themselves.
    #[must_use]
    pub fn is_published(&self) -> bool {
        self.why.code != NOT_FOR_US && !self.quiet
    }

    /// What a person can do about something that was only planned.
    #[must_use]
    pub fn next_of_planned(&self) -> String {
        match &self.subject.approval {
            Some(approval) => format!(
                "nothing was changed yet; to carry it out, invoke route-alarm with {}",
                json!({"action": "approve", "approval": approval})
            ),
            None => "nothing was changed; send the command without `mode: plan` to carry it out".to_owned(),
        }
    }

    /// The report as a custom notification of Amazon Q Developer in chat applications.
    #[must_use]
    pub fn for_chat(&self) -> Value {
        chat::notification(self)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Subject { action, target, .. } = &self.subject;
        write!(f, "{} {action} {target}: {} ({})", self.verdict, self.why.text, self.why.code)
    }
}

/// The `why.code` of an event that is somebody else's.
pub const NOT_FOR_US: &str = "not-for-us";

/// The `action` and `target` of a report about something that names none.
pub const NONE: &str = "none";

/// Whose outcome a report is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Subject {
    /// The function that reports.
    pub function: &'static str,
    /// The command's idempotency key.
    pub id: CommandId,
    /// What joins everything that one cause brought about, from alarm to effect.
    pub correlation: String,
    /// What was ordered, or [`NONE`].
    pub action: String,
    /// On what, or [`NONE`].
    pub target: String,
    /// Where the order came from.
    pub source: Source,
    /// Whether it was carried out or only planned.
    pub mode: Mode,
    /// How many records of a batch became this one command, where there could be several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub records: Option<usize>,
    /// The id by which people can approve what was only planned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approval: Option<String>,
}

impl Subject {
    /// Something that names neither an action nor a target, and that nothing else brought about.
    #[must_use]
    pub fn unnamed(function: &'static str, id: CommandId, source: Source, mode: Mode) -> Self {
        Self {
            function,
            correlation: id.to_string(),
            id,
            action: NONE.to_owned(),
            target: NONE.to_owned(),
            source,
            mode,
            records: None,
            approval: None,
        }
    }
}

/// What became of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// At least one step was applied.
    Acted,
    /// A dry run: the steps say what would be applied.
    Planned,
    /// The world already agrees, or the event is not for us.
    Held,
    /// A guard said no.
    Refused,
    /// It did not work, or cannot work now.
    Failed,
}

impl Verdict {
    /// The verdict as it is written in reports and message attributes.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Acted => "acted",
            Self::Planned => "planned",
            Self::Held => "held",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What became of one step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StepReport {
    /// The step's name.
    pub step: &'static str,
    /// What became of it.
    pub status: StepStatus,
    /// Its particulars.
    #[serde(flatten)]
    pub details: Map<String, Value>,
}

impl StepReport {
    /// Reports on a step.
    #[must_use]
    pub fn new(step: &impl Step, status: StepStatus) -> Self {
        Self { step: step.name(), status, details: step.details() }
    }
}

/// What became of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepStatus {
    /// Its effect was brought about now.
    Applied,
    /// Its effect was there already.
    Already,
    /// A dry run: it would be applied.
    Planned,
    /// It was tried and did not work.
    Failed,
    /// A step before it failed.
    NotAttempted,
}

/// The error behind a `failed` report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ErrorReport {
    /// Its kind.
    #[serde(rename = "type")]
    pub kind: ErrorType,
    /// The whole chain of causes.
    pub text: String,
}

/// The kinds of failure, as Lambda's `errorType` and as `error.type` of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum ErrorType {
    /// The command is not of the form that the function takes.
    InvalidCommand,
    /// The command names a target that the playbook does not have, or has as another kind.
    UnknownTarget,
    /// What arrived is no event and no command.
    UndecodableEvent,
    /// The command was understood, and did not work.
    CommandFailed,
    /// The function's environment or playbook is wrong: it did not start.
    Configuration,
}

impl ErrorType {
    /// The type as it is written in errors and reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidCommand => "InvalidCommand",
            Self::UnknownTarget => "UnknownTarget",
            Self::UndecodableEvent => "UndecodableEvent",
            Self::CommandFailed => "CommandFailed",
            Self::Configuration => "Configuration",
        }
    }
}

/// How many items of a list a report shows.
pub const SHOWN_ITEMS: usize = 50;

/// Puts a list into a step's particulars: its first [`SHOWN_ITEMS`], and under `<name>_total` how many there are.
pub fn put_list<'a>(details: &mut Map<String, Value>, name: &str, items: impl IntoIterator<Item = &'a str>) {
    put_values(details, name, items.into_iter().map(|item| json!(shorten(item))));
}

/// The same for items that are more than a text. What they say is cut by who makes them.
pub fn put_values(details: &mut Map<String, Value>, name: &str, items: impl IntoIterator<Item = Value>) {
    let mut items = items.into_iter().fuse();
    let shown: Vec<Value> = items.by_ref().take(SHOWN_ITEMS).collect();
    let more = items.count();
    if more > 0 {
        details.insert(format!("{name}_total"), json!(shown.len() + more));
    }
    details.insert(name.to_owned(), json!(shown));
}

/// How many items of a list a sentence names.
const NAMED_ITEMS: usize = 10;

/// A list in a sentence: its first ten items, and how many more there are.
#[must_use]
pub fn named(items: &[String], separator: &str) -> String {
    let (named, more) = items.split_at(items.len().min(NAMED_ITEMS));
    let named = named.join(separator);
    if more.is_empty() { named } else { format!("{named}{separator}and {} more", more.len()) }
}

fn milliseconds<S: Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{time:.3}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn subject() -> Subject {
        Subject {
            function: "invalidate-cache",
            id: CommandId::parse("deploy-42").unwrap(),
            correlation: "deploy-42".into(),
            action: "invalidate".into(),
            target: "weather-site".into(),
            source: Source::Operator,
            mode: Mode::Apply,
            records: None,
            approval: None,
        }
    }

    #[test]
    fn a_report_has_the_fields_of_the_contract_in_reading_order() {
        let mut report = Report::new(subject(), Verdict::Held, Reason::new("already-invalidated", "it was"));
        report.started_at = "2026-11-21T09:00:00.1239Z".parse().unwrap();
        report.duration_ms = 41;
        expect_test::expect![[r#"{"function":"invalidate-cache","id":"deploy-42","correlation":"deploy-42","action":"invalidate","target":"weather-site","source":"operator","mode":"apply","verdict":"held","why":{"code":"already-invalidated","text":"it was"},"steps":[],"started_at":"2026-11-21T09:00:00.123Z","duration_ms":41}"#]]
        .assert_eq(&serde_json::to_string(&report).unwrap());
    }

    #[test]
    fn lists_are_cut_with_a_count() {
        let items: Vec<String> = (0..51).map(|n| format!("/{n}")).collect();
        let mut details = Map::new();
        put_list(&mut details, "paths", items.iter().map(String::as_str));
        assert_eq!(details["paths"].as_array().unwrap().len(), 50);
        assert_eq!(details["paths_total"], 51);

        let mut details = Map::new();
        put_list(&mut details, "paths", items[..50].iter().map(String::as_str));
        assert!(!details.contains_key("paths_total"));
    }

    #[test]
    fn a_sentence_names_ten_items_and_counts_the_rest() {
        let items: Vec<String> = (1..=12).map(|n| n.to_string()).collect();
        assert_eq!(named(&items[..0], ", "), "");
        assert_eq!(named(&items[..1], ", "), "1");
        assert_eq!(named(&items[..10], "; "), "1; 2; 3; 4; 5; 6; 7; 8; 9; 10");
        assert_eq!(named(&items[..11], ", "), "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, and 1 more");
        assert_eq!(named(&items, ", "), "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, and 2 more");
    }

    #[test]
    fn only_other_peoples_events_stay_unpublished() {
        assert!(!Report::not_for_us(subject(), "an s3:TestEvent").is_published());
        assert!(Report::new(subject(), Verdict::Held, Reason::new("already-invalidated", "")).is_published());
    }
}
