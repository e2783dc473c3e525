//! What a function decided to do about one command, before anything is done.

use std::fmt;

use serde_json::{Map, Value};

/// A decision. `plan` functions return it; they cannot fail.
///
/// The dry run of a plan is that nobody applies it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a plan does nothing until it is applied and reported"]
pub enum Plan<S, W> {
    /// Carry out these steps, in this order. Never empty.
    Act {
        /// The steps.
        steps: Vec<S>,
        /// Why.
        why: W,
    },
    /// Nothing to do: the world already agrees.
    Hold {
        /// Why.
        why: W,
    },
    /// A guard said no, and the same command again would meet the same guard.
    Refuse {
        /// Why.
        why: W,
    },
    /// Not now: it can be done when something has passed, so the command ends `failed` and is redelivered.
    Wait {
        /// What it waits on.
        why: W,
    },
}

impl<S, W> Plan<S, W> {
    /// The reason, whatever the decision.
    pub fn why(&self) -> &W {
        match self {
            Self::Act { why, .. } | Self::Hold { why } | Self::Refuse { why } | Self::Wait { why } => why,
        }
    }
}

impl<S: Step, W: Why> fmt::Display for Plan<S, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let why = self.why();
        match self {
            Self::Act { steps, .. } => {
                let names: Vec<&str> = steps.iter().map(Step::name).collect();
                write!(f, "act ({}): {why}", names.join(", "))
            }
            Self::Hold { .. } => write!(f, "hold: {why}"),
            Self::Refuse { .. } => write!(f, "refuse: {why}"),
            Self::Wait { .. } => write!(f, "wait: {why}"),
        }
    }
}

/// One effect: absolute, so that doing it twice is doing it once.
pub trait Step {
    /// Its name in reports: kebab-case, an imperative.
    fn name(&self) -> &'static str;

    /// Its particulars in reports.
    fn details(&self) -> Map<String, Value>;
}

/// A reason. `Display` is the sentence for people.
pub trait Why: fmt::Display {
    /// The reason's `why.code`: kebab-case, from a closed list.
    fn code(&self) -> &'static str;

    /// Whether a refusal for it comes again until somebody repairs something, so that people are to hear of it though
    /// nobody waits for the answer.
    fn lasts(&self) -> bool {
        false
    }
}
