//! Saved values as they are found: somebody else may have been at them.

use serde_json::Value;
use shared::fault::FaultClass;

use super::LedgerFault;

/// What is kept under the key of a saved value: the value, or what is wrong with it.
pub type Saved = Result<Value, Unreadable>;

/// A saved value of which nobody knows what it was. It stays so until a person corrects or deletes it, so it is no
/// trouble of the ledger's: other values are read as ever.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the value saved under `{key}` {words}")]
pub struct Unreadable {
    key: String,
    words: String,
}

impl Unreadable {
    /// Says what is wrong, as `is no JSON`.
    #[must_use]
    pub fn new(key: &str, words: impl Into<String>) -> Self {
        Self { key: key.to_owned(), words: words.into() }
    }

    /// The fault of what cannot be done because of it.
    pub(super) fn in_the_way(self, operation: &'static str) -> LedgerFault {
        LedgerFault { operation, class: Some(FaultClass::Unknown), source: self.into() }
    }
}
