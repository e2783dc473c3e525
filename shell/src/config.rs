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
}

/// Reads where one-time schedules are made: `None` if nothing is said about it.
///
/// # Errors
/// When only some of it is said, or what should be an ARN is none.
pub fn schedules() -> Result<Option<Schedules>, ConfigError> {
    schedules_of(&variable)
}

fn schedules_of(variable: &impl Fn(&str) -> Option<String>) -> Result<Option<Schedules>, ConfigError> {
    const GROUP: &str = "LAMPLIGHTER_SCHEDULE_GROUP";
    const ROLE: &str = "LAMPLIGHTER_SCHEDULE_ROLE";
    const TARGET: &str = "LAMPLIGHTER_SCHEDULE_TARGET";
    if [GROUP, ROLE, TARGET].into_iter().all(|name| variable(name).is_none()) {
        return Ok(None);
    }
    let arn = |name, services: &[&str], expected| {
        let arn = variable(name).ok_or(ConfigError::Missing { name, expected })?;
        let service = arn.split(':').nth(2);
        let is_good = arn.starts_with("arn:") && service.is_some_and(|service| services.contains(&service));
        if is_good { Ok(arn) } else { Err(ConfigError::bad(name, &arn, expected)) }
    };
    let expected = "the name of a schedule group, beside the other two of its kind";
    Ok(Some(Schedules {
        group: variable(GROUP).ok_or(ConfigError::Missing { name: GROUP, expected })?,
        role: arn(ROLE, &["iam"], "the ARN of an IAM role")?,
        target: arn(TARGET, &["lambda", "sqs"], "the ARN of a Lambda function or an SQS queue")?,
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
mod tests {
    use super::*;

    fn load(variables: &[(&str, &str)]) -> Result<Config, String> {
        let variable =
            |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        let read = |path: &Path| match path.to_str() {
            Some("/opt/playbook.yaml") => Ok("{version: 1, targets: {}}".to_owned()),
            Some("/bad.yaml") => Ok("version: 7".to_owned()),
            _ => Err(std::io::Error::from(std::io::ErrorKind::NotFound)),
        };
        Config::from(&variable, read, Playbook::parse).map_err(|error| Chain(&error).to_string())
    }

    #[test]
    fn an_empty_environment_is_enough_where_the_layer_is() {
        let config = load(&[]).unwrap();
        assert_eq!(config.mode, Mode::Apply);
        assert_eq!((config.outcomes_topic, config.chat_topic, config.stack), (None, None, None));
        let config = load(&[("LAMPLIGHTER_STACK", "lamplighter-prod")]).unwrap();
        assert_eq!(config.stack.as_deref(), Some("lamplighter-prod"));
    }

    #[test]
    fn bad_values_are_named_with_what_was_expected() {
        for (variable, expected) in [
            (("LAMPLIGHTER_MODE", "dry"), "`LAMPLIGHTER_MODE` is `dry`; expected `apply` or `plan`"),
            (
                ("LAMPLIGHTER_CHAT_TOPIC", "chat"),
                "`LAMPLIGHTER_CHAT_TOPIC` is `chat`; expected the ARN of an SNS topic",
            ),
            (
                ("LAMPLIGHTER_STACK", "prod stack"),
                "`LAMPLIGHTER_STACK` is `prod stack`; expected the name of a stack",
            ),
            (
                ("LAMPLIGHTER_PLAYBOOK", "/none.yaml"),
                "`LAMPLIGHTER_PLAYBOOK`: cannot read `/none.yaml`; expected the playbook of a Lambda layer there: entity not found",
            ),
            (
                ("LAMPLIGHTER_PLAYBOOK", "/bad.yaml"),
                "`LAMPLIGHTER_PLAYBOOK`: `/bad.yaml` is no playbook; check it with `cargo xtask check`: version 7; expected 1 at line 1, column 10",
            ),
        ] {
            assert_eq!(load(&[variable]).unwrap_err(), expected);
        }
    }

    fn given<'v>(variables: &'v [(&'v str, &'v str)]) -> impl Fn(&str) -> Option<String> + 'v {
        |name| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
    }

    #[test]
    fn queues_are_pairs_of_function_and_url() {
        let queues =
            |text| queues_of(&given(&[("LAMPLIGHTER_QUEUES", text)])).map_err(|error| error.to_string());
        let found = queues("invalidate-cache=https://sqs/a.fifo, scale-service=https://sqs/b.fifo").unwrap();
        assert_eq!(found["scale-service"], "https://sqs/b.fifo");
        let expected = "expected `function=queue-url` pairs, comma-separated, each function once";
        for (text, shown) in [
            ("a", "a"),
            ("a=b", "a=b"),
            ("=https://x", "=https://x"),
            ("a=https://x,a=https://y", "a=https://y"),
        ] {
            assert_eq!(queues(text).unwrap_err(), format!("`LAMPLIGHTER_QUEUES` is `{shown}`; {expected}"));
        }
        let error = queues_of(&given(&[])).unwrap_err().to_string();
        assert_eq!(error, format!("`LAMPLIGHTER_QUEUES` is not set; {expected}"));
    }

    #[test]
    fn schedules_are_described_as_a_whole_or_not_at_all() {
        let all = [
            ("LAMPLIGHTER_SCHEDULE_GROUP", "checks"),
            ("LAMPLIGHTER_SCHEDULE_ROLE", "arn:aws:iam::123456789012:role/r"),
            ("LAMPLIGHTER_SCHEDULE_TARGET", "arn:aws:lambda:us-east-1:123456789012:function:f"),
        ];
        assert_eq!(schedules_of(&given(&[])).unwrap(), None);
        assert_eq!(schedules_of(&given(&all)).unwrap().unwrap().group, "checks");
        for missing in 0..all.len() {
            let mut some = all.to_vec();
            let (name, _) = some.remove(missing);
            let error = schedules_of(&given(&some)).unwrap_err().to_string();
            assert!(error.starts_with(&format!("`{name}` is not set; expected ")), "{error}");
        }
    }

    #[test]
    fn schedules_call_a_function_or_a_queue() {
        let with = |target| {
            let role = ("LAMPLIGHTER_SCHEDULE_ROLE", "arn:aws:iam::123456789012:role/r");
            let variables =
                [("LAMPLIGHTER_SCHEDULE_GROUP", "checks"), role, ("LAMPLIGHTER_SCHEDULE_TARGET", target)];
            let schedules = schedules_of(&given(&variables));
            schedules.map(|schedules| schedules.unwrap().target).map_err(|error| error.to_string())
        };
        for good in [
            "arn:aws:lambda:us-east-1:123456789012:function:f",
            "arn:aws:sqs:us-east-1:123456789012:commands.fifo",
            "arn:aws-cn:sqs:cn-north-1:123456789012:commands",
        ] {
            assert_eq!(with(good).unwrap(), good);
        }
        let expected = "expected the ARN of a Lambda function or an SQS queue";
        for bad in
            ["commands", "arn:aws:sns:us-east-1:123456789012:topic", "https://sqs/commands.fifo", "arn:aws"]
        {
            assert_eq!(
                with(bad).unwrap_err(),
                format!("`LAMPLIGHTER_SCHEDULE_TARGET` is `{bad}`; {expected}")
            );
        }
    }
}
