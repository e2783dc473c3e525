//! Names and ids, parsed once at the border; past it no bare `String` stands for one of them.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The name of a target in the playbook: `[a-z][a-z0-9-]{0,39}`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(extend("pattern" = "^[a-z][a-z0-9-]{0,39}$"))]
pub struct TargetName(String);

impl TargetName {
    /// The longest name: with a function's name and a hash it still fits the 64 characters of a
    /// Scheduler schedule's name.
    pub const MAX_CHARS: usize = 40;

    /// Parses a name.
    ///
    /// # Errors
    /// When the text is not of the form `[a-z][a-z0-9-]{0,39}`.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        let rest_is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.len() <= Self::MAX_CHARS
            && text.chars().all(rest_is_plain)
        {
            return Ok(Self(text.to_owned()));
        }
        Err(InvalidId::new(text, "a target's name: a lower-case letter, then at most 39 of a-z, 0-9 and -"))
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for TargetName {
    type Error = InvalidId;

    fn try_from(text: String) -> Result<Self, InvalidId> {
        Self::parse(&text)
    }
}

impl From<TargetName> for String {
    fn from(name: TargetName) -> Self {
        name.0
    }
}

impl fmt::Display for TargetName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What makes a command the same command when it arrives twice.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CommandId(String);

impl CommandId {
    /// The longest id: what SQS takes as a message deduplication id.
    pub const MAX_CHARS: usize = 128;

    /// Parses an id that somebody chose.
    ///
    /// # Errors
    /// When it is empty, longer than [`Self::MAX_CHARS`], or has a space or a character outside ASCII.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        if (1..=Self::MAX_CHARS).contains(&text.len()) && text.chars().all(|c| c.is_ascii_graphic()) {
            return Ok(Self(text.to_owned()));
        }
        Err(InvalidId::new(text, "an id: 1 to 128 printable ASCII characters without spaces"))
    }

    /// Takes the id that AWS gave a request or a message; one that is no valid id is hashed into one.
    #[must_use]
    pub fn from_aws(text: &str) -> Self {
        Self::parse(text).unwrap_or_else(|_| Self::derived(["aws", text]))
    }

    /// Derives an id from the parts that make an event the same event.
    #[must_use]
    pub fn derived<'a>(parts: impl IntoIterator<Item = &'a str>) -> Self {
        Self(fingerprint(parts))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for CommandId {
    type Error = InvalidId;

    fn try_from(text: String) -> Result<Self, InvalidId> {
        Self::parse(&text)
    }
}

impl From<CommandId> for String {
    fn from(id: CommandId) -> Self {
        id.0
    }
}

impl fmt::Display for CommandId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text that is no id of the kind that was expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{found}` is not {expected}")]
pub struct InvalidId {
    /// What was found, cut to a readable length.
    pub found: String,
    /// What was expected.
    pub expected: &'static str,
}

impl InvalidId {
    /// Says what was found and what was expected.
    #[must_use]
    pub fn new(found: &str, expected: &'static str) -> Self {
        Self { found: shorten(found), expected }
    }
}

/// The number of hexadecimal digits of a [`fingerprint`]: 128 bits, too many to collide by chance.
const FINGERPRINT_DIGITS: usize = 32;

/// A stable hash of a list of texts, as lower-case hexadecimal digits.
///
/// Each part is hashed with its length before it, so that `["ab", "c"]` and `["a", "bc"]` differ.
#[must_use]
pub fn fingerprint<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part.as_bytes());
    }
    let mut digits: String = hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    digits.truncate(FINGERPRINT_DIGITS);
    digits
}

/// The longest piece of foreign text that an error repeats.
const SHOWN_CHARS: usize = 120;

/// Cuts a foreign text to a length that an error message can carry, on one line.
#[must_use]
pub fn shorten(text: &str) -> String {
    let shown: String =
        text.chars().take(SHOWN_CHARS).map(|c| if c.is_control() { ' ' } else { c }).collect();
    let length = text.chars().count();
    if length > SHOWN_CHARS { format!("{shown}… ({length} characters)") } else { shown }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn target_names_keep_to_their_form() {
        let longest = format!("a{}", "-".repeat(39));
        for good in ["a", "weather-site", "a1-", longest.as_str()] {
            assert_eq!(TargetName::parse(good).unwrap().as_str(), good);
        }
        let too_long = format!("a{}", "b".repeat(40));
        for bad in ["", "1a", "-a", "Weather", "a_b", "a b", "ä", too_long.as_str()] {
            assert!(TargetName::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn command_ids_fit_a_deduplication_id() {
        assert!(CommandId::parse(&"x".repeat(128)).is_ok());
        for bad in ["", "a b", "é", "x".repeat(129).as_str()] {
            assert!(CommandId::parse(bad).is_err(), "{bad}");
        }
        assert_eq!(CommandId::from_aws("a b").as_str().len(), FINGERPRINT_DIGITS);
    }

    #[test]
    fn fingerprints_tell_parts_apart() {
        assert_ne!(fingerprint(["ab", "c"]), fingerprint(["a", "bc"]));
        assert_eq!(fingerprint(["ab", "c"]), fingerprint(["ab", "c"]));
        assert_eq!(fingerprint(["ab"]).len(), FINGERPRINT_DIGITS);
    }

    #[test]
    fn long_foreign_text_is_cut_between_characters() {
        assert_eq!(shorten("short"), "short");
        assert_eq!(shorten("two\r\nlines"), "two  lines");
        assert!(shorten(&"é".repeat(500)).ends_with("… (500 characters)"));
    }
}
