//! The reason of a report.

use serde::Serialize;

use crate::plan::Why;

/// Why a command ended as it did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// Kebab-case, from the closed list of `docs/runbook.md`.
    pub code: &'static str,
    /// The same for people, with the particulars.
    pub text: String,
    /// Whether a refusal for it comes again until somebody repairs something.
    #[serde(skip)]
    pub lasts: bool,
}

impl Reason {
    /// Names a reason.
    #[must_use]
    pub fn new(code: &'static str, text: impl Into<String>) -> Self {
        Self { code, text: text.into(), lasts: false }
    }

    /// The same, of what lasts until somebody repairs it.
    #[must_use]
    pub fn lasting(self) -> Self {
        Self { lasts: true, ..self }
    }
}

impl<W: Why> From<&W> for Reason {
    fn from(why: &W) -> Self {
        Self { lasts: why.lasts(), ..Self::new(why.code(), why.to_string()) }
    }
}
