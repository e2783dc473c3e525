//! The function's environment, read once at the start. The only file that reads environment variables.

use std::fmt;
use std::path::{Path, PathBuf};

use shared::command::Mode;
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
}

impl Config {
    /// Reads the environment and the playbook.
    ///
    /// # Errors
    /// When a value is missing or bad: the error names the variable.
    pub fn load() -> Result<Self, ConfigError> {
        Self::from(&variable, |path| std::fs::read_to_string(path))
    }

    fn from(
        variable: &impl Fn(&str) -> Option<String>,
        read: impl Fn(&Path) -> std::io::Result<String>,
    ) -> Result<Self, ConfigError> {
        let path =
            PathBuf::from(variable("LAMPLIGHTER_PLAYBOOK").unwrap_or_else(|| PLAYBOOK_OF_THE_LAYER.into()));
        let text = read(&path).map_err(|source| ConfigError::ReadPlaybook { path: path.clone(), source })?;
        let playbook =
            Playbook::parse(&text).map_err(|source| ConfigError::ParsePlaybook { path, source })?;
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
        })
    }
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
    fn bad(name: &'static str, found: &str, expected: &'static str) -> Self {
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
        Config::from(&variable, read).map_err(|error| Chain(&error).to_string())
    }

    #[test]
    fn an_empty_environment_is_enough_where_the_layer_is() {
        let config = load(&[]).unwrap();
        assert_eq!(config.mode, Mode::Apply);
        assert_eq!((config.outcomes_topic, config.chat_topic), (None, None));
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
}
