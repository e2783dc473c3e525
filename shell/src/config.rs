//! The function's environment, read once at the start. The only file that reads environment variables.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use shared::command::Mode;
use shared::ids::TargetName;
use shared::playbook::{Playbook, PlaybookError};

/// Where a Lambda layer puts the playbook.
const PLAYBOOK_OF_THE_LAYER: &str = "/opt/playbook.yaml";

/// What every function is told by its environment.
#[derive(Debug)]
pub struct Config {
    /// The targets.
    pub playbook: Playbook,
    /// Whether commands are carried out.
    pub mode: Mode,
    /// The topic for reports.
    pub outcomes_topic: Option<String>,
    /// The topic for the chat rendering of reports.
    pub chat_topic: Option<String>,
    /// The stack that the function is of, by which its metrics are told from those of others.
    pub stack: Option<String>,
}

/// How a function reads the playbook: [`Playbook::parse`], or [`Playbook::parse_targets`] if it does not route.
pub type Parse = fn(&str) -> Result<Playbook, PlaybookError>;

impl Config {
    /// Reads the environment and the playbook.
    ///
    /// # Errors
    /// When a value is missing or bad: the error names the variable.
    pub fn load(parse: Parse) -> Result<Self, ConfigError> {
        Self::from(&variable, |path| std::fs::read_to_string(path), parse)
    }

    fn from(
        variable: &impl Fn(&str) -> Option<String>,
        read: impl Fn(&Path) -> std::io::Result<String>,
        parse: Parse,
    ) -> Result<Self, ConfigError> {
        let path =
            PathBuf::from(variable("LAMPLIGHTER_PLAYBOOK").unwrap_or_else(|| PLAYBOOK_OF_THE_LAYER.into()));
        let text = read(&path).map_err(|source| ConfigError::ReadPlaybook { path: path.clone(), source })?;
        let playbook = parse(&text).map_err(|source| ConfigError::ParsePlaybook { path, source })?;
        let mode = match variable("LAMPLIGHTER_MODE").as_deref() {
            None | Some("apply") => Mode::Apply,
            Some("plan") => Mode::Plan,
            Some(other) => return Err(ConfigError::bad("LAMPLIGHTER_MODE", other, "`apply` or `plan`")),
        };
        Ok(Self {
            playbook,
            mode,
            outcomes_topic: topic("LAMPLIGHTER_OUTCOMES_TOPIC", variable)?,
            chat_topic: topic("LAMPLIGHTER_CHAT_TOPIC", variable)?,
            stack: stack(variable)?,
        })
    }
}

/// The name of the ledger's table; without one there is no ledger.
#[must_use]
pub fn ledger_table() -> Option<String> {
    variable("LAMPLIGHTER_LEDGER_TABLE")
}

/// The queues that commands are sent to: the URL of each function's.
///
/// # Errors
/// When the variable is missing, or is no list of `function=queue-url`.
pub fn queues() -> Result<BTreeMap<String, String>, ConfigError> {
    queues_of(&variable)
}

fn queues_of(variable: &impl Fn(&str) -> Option<String>) -> Result<BTreeMap<String, String>, ConfigError> {
    const NAME: &str = "LAMPLIGHTER_QUEUES";
    const EXPECTED: &str = "`function=queue-url` pairs, comma-separated, each function once";
    let text = variable(NAME).ok_or(ConfigError::Missing { name: NAME, expected: EXPECTED })?;
    let mut queues = BTreeMap::new();
    for pair in text.split(',') {
        let (function, url) =
            pair.trim().split_once('=').ok_or_else(|| ConfigError::bad(NAME, pair, EXPECTED))?;
        let is_good = TargetName::parse(function).is_ok() && url.starts_with("http");
        if !is_good || queues.insert(function.to_owned(), url.to_owned()).is_some() {
            return Err(ConfigError::bad(NAME, pair, EXPECTED));
        }
    }
    Ok(queues)
}

/// Where one-time schedules are made, and what they wake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedules {
    /// The name of their group.
    pub group: String,
    /// The ARN of the role by which EventBridge Scheduler calls the target.
    pub role: String,
    /// The ARN of what they call: a Lambda function, or an SQS queue.
    pub target: String,
    /// The ARN of the queue that keeps what never reached the target.
    pub dead_letters: Option<String>,
}

/// Reads where one-time schedules are made: `None` if nothing is said about it.
///
/// # Errors
/// When only some of it is said, what should be an ARN is none, or a FIFO queue is to keep the dead letters.
pub fn schedules() -> Result<Option<Schedules>, ConfigError> {
    schedules_of(&variable)
}

fn schedules_of(variable: &impl Fn(&str) -> Option<String>) -> Result<Option<Schedules>, ConfigError> {
    const GROUP: &str = "LAMPLIGHTER_SCHEDULE_GROUP";
    const ROLE: &str = "LAMPLIGHTER_SCHEDULE_ROLE";
    const TARGET: &str = "LAMPLIGHTER_SCHEDULE_TARGET";
    const DEAD_LETTERS: &str = "LAMPLIGHTER_SCHEDULE_DEAD_LETTERS";
    if [GROUP, ROLE, TARGET, DEAD_LETTERS].into_iter().all(|name| variable(name).is_none()) {
        return Ok(None);
    }
    let is_of = |arn: &str, services: &[&str]| {
        arn.starts_with("arn:") && arn.split(':').nth(2).is_some_and(|service| services.contains(&service))
    };
    let arn = |name, services: &[&str], expected| {
        let arn = variable(name).ok_or(ConfigError::Missing { name, expected })?;
        if is_of(&arn, services) { Ok(arn) } else { Err(ConfigError::bad(name, &arn, expected)) }
    };
    let standard = |arn: String| {
        // Source: EventBridge Scheduler user guide, "Configuring a dead-letter queue".
        let expected =
            "the ARN of a standard SQS queue: the dead-letter queue of EventBridge Scheduler must be one";
        let is_good = is_of(&arn, &["sqs"]) && arn.split(':').count() == 6 && !arn.ends_with(".fifo");
        if is_good { Ok(arn) } else { Err(ConfigError::bad(DEAD_LETTERS, &arn, expected)) }
    };
    let expected = "the name of a schedule group, beside the others of its kind";
    Ok(Some(Schedules {
        group: variable(GROUP).ok_or(ConfigError::Missing { name: GROUP, expected })?,
        role: arn(ROLE, &["iam"], "the ARN of an IAM role")?,
        target: arn(TARGET, &["lambda", "sqs"], "the ARN of a Lambda function or an SQS queue")?,
        dead_letters: variable(DEAD_LETTERS).map(standard).transpose()?,
    }))
}

/// How log lines are written: Lambda's own setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// One line for people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Reads `AWS_LAMBDA_LOG_FORMAT` and `AWS_LAMBDA_LOG_LEVEL`. Lambda sets them, so a strange value is no error.
#[must_use]
pub fn logging() -> (LogFormat, tracing::Level) {
    let format = match variable("AWS_LAMBDA_LOG_FORMAT") {
        Some(format) if format.eq_ignore_ascii_case("json") => LogFormat::Json,
        _ => LogFormat::Text,
    };
    let level = match variable("AWS_LAMBDA_LOG_LEVEL").map(|level| level.to_ascii_uppercase()).as_deref() {
        Some("FATAL") => tracing::Level::ERROR,
        Some(level) => level.parse().unwrap_or(tracing::Level::INFO),
        None => tracing::Level::INFO,
    };
    (format, level)
}

/// A variable of the environment; an empty one counts as unset, as that is how a template leaves one out.
fn variable(name: &str) -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn topic(
    name: &'static str,
    variable: &impl Fn(&str) -> Option<String>,
) -> Result<Option<String>, ConfigError> {
    let Some(arn) = variable(name) else {
        return Ok(None);
    };
    if arn.starts_with("arn:") && arn.split(':').count() == 6 && arn.split(':').nth(2) == Some("sns") {
        return Ok(Some(arn));
    }
    Err(ConfigError::bad(name, &arn, "the ARN of an SNS topic"))
}

/// CloudWatch drops a metric without a word when a dimension is not what it takes; the name of a stack always is.
fn stack(variable: &impl Fn(&str) -> Option<String>) -> Result<Option<String>, ConfigError> {
    const NAME: &str = "LAMPLIGHTER_STACK";
    /// Source: AWS CloudFormation API reference, `CreateStack`, `StackName`.
    const LONGEST: usize = 128;
    let Some(name) = variable(NAME) else {
        return Ok(None);
    };
    let is_good = name.len() <= LONGEST
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    if is_good { Ok(Some(name)) } else { Err(ConfigError::bad(NAME, &name, "the name of a stack")) }
}

/// An environment in which the function cannot start.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The playbook cannot be read.
    #[error("`LAMPLIGHTER_PLAYBOOK`: cannot read `{}`; expected the playbook of a Lambda layer there", path.display())]
    ReadPlaybook {
        /// Where it should be.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The playbook is none.
    #[error("`LAMPLIGHTER_PLAYBOOK`: `{}` is no playbook; check it with `cargo xtask check`", path.display())]
    ParsePlaybook {
        /// Where it is.
        path: PathBuf,
        /// What is wrong with it.
        source: PlaybookError,
    },
    /// The playbook is one, but not for this function.
    #[error(
        "`LAMPLIGHTER_PLAYBOOK`: the playbook has what this function cannot use; check it with `cargo xtask check`"
    )]
    Playbook(#[source] PlaybookError),
    /// A variable that this function needs is not set.
    #[error("`{name}` is not set; expected {expected}")]
    Missing {
        /// The variable.
        name: &'static str,
        /// What it should be.
        expected: &'static str,
    },
    /// Something in the playbook cannot be done without a variable, or without more in it.
    #[error("`{name}` is needed: {by}")]
    Needed {
        /// The variable.
        name: &'static str,
        /// What needs it.
        by: String,
    },
    /// A variable has a value that means nothing.
    #[error("`{name}` is `{found}`; expected {expected}")]
    Bad {
        /// The variable.
        name: &'static str,
        /// Its value.
        found: String,
        /// What it should be.
        expected: &'static str,
    },
}

impl ConfigError {
    /// Says what is wrong with a variable.
    #[must_use]
    pub fn bad(name: &'static str, found: &str, expected: &'static str) -> Self {
        Self::Bad { name, found: found.to_owned(), expected }
    }
}

/// An error with all its causes on one line. The one place where a chain is printed.
#[derive(Debug)]
pub struct Chain<'a>(pub &'a dyn std::error::Error);

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
