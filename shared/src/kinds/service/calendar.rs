//! The days of a service: in which time zone they are counted, and which of them are holidays.

use std::fmt;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::ids::InvalidId;
use crate::kinds::text::text_type;

text_type!(
    /// The name of a time zone. Only its form is checked: the database of zones is not in every function.
    ZoneName,
    "a time zone of the IANA database, as `Europe/Berlin` or `UTC`",
    is_zone
);

const UTC: &str = "UTC";

impl Default for ZoneName {
    fn default() -> Self {
        Self(UTC.to_owned())
    }
}

impl ZoneName {
    /// The zone with this name.
    ///
    /// # Errors
    /// When the program's database of time zones has none of this name. `UTC` needs no database.
    pub fn resolve(&self) -> Result<TimeZone, UnknownZone> {
        if self.0 == UTC {
            return Ok(TimeZone::UTC);
        }
        // jiff does not mind the case, and has a name of its own for a zone that nobody knows.
        TimeZone::get(&self.0)
            .ok()
            .filter(|zone| zone.iana_name() == Some(self.as_str()) && !zone.is_unknown())
            .ok_or_else(|| UnknownZone(self.clone()))
    }
}

/// A name that no time zone has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no time zone; expected one of the IANA database, as `Europe/Berlin` or `UTC`")]
pub struct UnknownZone(ZoneName);

fn is_zone(text: &str) -> bool {
    let is_part = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_alphabetic())
            && part.chars().all(|c| c.is_ascii_alphanumeric() || "_+-".contains(c))
    };
    text.len() <= 64 && text.split('/').all(is_part)
}

/// A date, or several in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(
    with = "String",
    description = "a date, as `2026-12-25`, or the first and the last of several, as `2026-12-24/2027-01-01`"
)]
pub struct Holiday {
    /// The first day.
    pub first: Date,
    /// The last day: the same as the first where there is one only.
    pub last: Date,
}

impl Holiday {
    /// Whether a date is one of its days.
    #[must_use]
    pub fn has(&self, date: Date) -> bool {
        (self.first..=self.last).contains(&date)
    }
}

impl TryFrom<String> for Holiday {
    type Error = InvalidId;

    fn try_from(text: String) -> Result<Self, InvalidId> {
        let (first, last) = text.split_once('/').unwrap_or((&text, &text));
        let (Some(first), Some(last)) = (date(first), date(last)) else {
            let expected =
                "a date, as `2026-12-25`, or the first and the last of several, as `2026-12-24/2027-01-01`";
            return Err(InvalidId::new(&text, expected));
        };
        if last < first {
            return Err(InvalidId::new(&text, "a range of dates, as it ends before it begins"));
        }
        Ok(Self { first, last })
    }
}

impl fmt::Display for Holiday {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { first, last } = self;
        if first == last { write!(f, "{first}") } else { write!(f, "{first}/{last}") }
    }
}

/// A date as `2026-12-25`: jiff would also take one with a time behind it, or without its hyphens.
fn date(text: &str) -> Option<Date> {
    let is_plain = text.bytes().enumerate().all(|(index, byte)| match index {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    if is_plain && text.len() == 10 { text.parse().ok() } else { None }
}
