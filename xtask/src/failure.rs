//! Why a command fails, and the exit code that says so.

use std::process::ExitCode;

/// What a command may find wrong. Any other error is the environment's.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// A check or an effect failed: the work is wrong, not the machine.
    #[error("{0}")]
    Found(String),
    /// The command was called wrongly: it names what is not there.
    #[error("{0}")]
    Usage(String),
    /// Something that the command needs is missing.
    #[error("{problem}\n  next: {next}")]
    Environment {
        /// What is missing.
        problem: String,
        /// What to do about it, in one step.
        next: String,
    },
}

/// A failed check or effect.
pub(crate) fn found(what: impl Into<String>) -> anyhow::Error {
    Failure::Found(what.into()).into()
}

/// A wrong call.
pub(crate) fn usage(what: impl Into<String>) -> anyhow::Error {
    Failure::Usage(what.into()).into()
}

/// Something missing on this machine, and the step that helps.
pub(crate) fn environment(problem: impl Into<String>, next: impl Into<String>) -> anyhow::Error {
    Failure::Environment { problem: problem.into(), next: next.into() }.into()
}

/// 1 when a check or an effect failed, 2 for a wrong call, 3 for everything else.
pub(crate) fn exit_code(error: &anyhow::Error) -> ExitCode {
    match error.downcast_ref::<Failure>() {
        Some(Failure::Found(_)) => ExitCode::from(1),
        Some(Failure::Usage(_)) => ExitCode::from(2),
        Some(Failure::Environment { .. }) | None => ExitCode::from(3),
    }
}
