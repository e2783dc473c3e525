//! Lengths of time as operators write them: `90s`, `30m`, `1h30m`.

use std::fmt;

use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::InvalidId;

/// A length of time: more than nothing, at most [`Period::LONGEST`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(
    with = "String",
    description = "a length of time, as `90s`, `30m`, `1h30m` or `2d`; at most 31 days"
)]
pub struct Period(SignedDuration);

impl Period {
    /// The longest: a month of 31 days. What should last longer belongs into the playbook.
    pub const LONGEST: SignedDuration = SignedDuration::from_hours(31 * 24);

    /// One second.
    pub const SECOND: Self = Self(SignedDuration::from_secs(1));

    /// One minute.
    pub const MINUTE: Self = Self(SignedDuration::from_mins(1));

    /// Five minutes.
    pub const FIVE_MINUTES: Self = Self(SignedDuration::from_mins(5));

    /// One hour.
    pub const HOUR: Self = Self(SignedDuration::from_hours(1));

    /// Twenty-four hours.
    pub const DAY: Self = Self(SignedDuration::from_hours(24));

    /// Parses a length of time.
    ///
    /// # Errors
    /// When the text is no length of time, or is too long or nothing.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        let span =
            text.parse::<Span>().and_then(|span| span.to_duration(SpanRelativeTo::days_are_24_hours()));
        match span {
            Ok(length) if length > SignedDuration::ZERO && length <= Self::LONGEST => Ok(Self(length)),
            Ok(_) | Err(_) => Err(InvalidId::new(
                text,
                "a length of time, as `90s`, `30m`, `1h30m` or `2d`; at most 31 days",
            )),
        }
    }

    /// In whole seconds.
    #[must_use]
    pub fn as_secs(self) -> i64 {
        self.0.as_secs()
    }

    /// The time that is this much after another; the end of time where there is none.
    #[must_use]
    pub fn after(self, time: Timestamp) -> Timestamp {
        time.checked_add(self.0).unwrap_or(Timestamp::MAX)
    }

    /// The time that is this much before another; the beginning of time where there is none.
    #[must_use]
    pub fn before(self, time: Timestamp) -> Timestamp {
        time.checked_sub(self.0).unwrap_or(Timestamp::MIN)
    }
}

impl TryFrom<String> for Period {
    type Error = InvalidId;

    fn try_from(text: String) -> Result<Self, InvalidId> {
        Self::parse(&text)
    }
}

impl From<Period> for String {
    fn from(period: Period) -> Self {
        period.to_string()
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = format!("{:#}", self.0);
        f.write_str(&text.replace(' ', ""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_are_read_and_written_as_operators_do() {
        for (text, shown) in [
            ("30m", "30m"),
            ("90s", "1m30s"),
            ("1h 30m", "1h30m"),
            ("744h", "744h"),
            ("PT5M", "5m"),
            ("1d", "24h"),
            ("2d 12h", "60h"),
        ] {
            assert_eq!(Period::parse(text).map(|period| period.to_string()).as_deref(), Ok(shown));
        }
        for text in ["", "30", "0s", "-5m", "745h", "32d", "1 month", "soon"] {
            assert!(Period::parse(text).is_err(), "{text}");
        }
    }
}
