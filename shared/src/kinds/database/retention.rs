//! Which snapshots are kept: the playbook's words. What follows from them is `snapshot-database`'s.

use std::num::NonZeroU32;

use schemars::JsonSchema;
use serde::Deserialize;

/// Which snapshots of a database are kept in a Region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "RetentionKeys")]
#[schemars(with = "RetentionKeys")]
pub struct Retention {
    /// By which rule.
    pub rule: KeepRule,
    /// How many of the newest good ones are kept whatever the rule says.
    pub keep_at_least: NonZeroU32,
}

/// By which rule snapshots are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeepRule {
    /// Every one that is younger than so many days.
    Days(NonZeroU32),
    /// The newest of each of the newest days, weeks, months and years that have one.
    Generations(Generations),
}

/// Of how many days, weeks (from Monday), months and years the newest snapshot is kept. All by UTC.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Generations {
    /// Of how many days.
    pub daily: u32,
    /// Of how many weeks.
    pub weekly: u32,
    /// Of how many months.
    pub monthly: u32,
    /// Of how many years.
    pub yearly: u32,
}

/// The most of anything: a hundred years of days.
const MOST: u32 = 36_525;

/// The keys of a retention: either `days`, or one or more generations.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[serde(expecting = "a retention, as `{daily: 30, keep-at-least: 3}`")]
struct RetentionKeys {
    /// Every snapshot that is younger than so many days.
    days: Option<NonZeroU32>,
    /// The newest snapshot of each of so many days.
    daily: Option<NonZeroU32>,
    /// The newest snapshot of each of so many weeks, from Monday.
    weekly: Option<NonZeroU32>,
    /// The newest snapshot of each of so many months.
    monthly: Option<NonZeroU32>,
    /// The newest snapshot of each of so many years.
    yearly: Option<NonZeroU32>,
    /// How many of the newest good ones are kept whatever the rest says. 1 where it is left out.
    keep_at_least: Option<NonZeroU32>,
}

impl TryFrom<RetentionKeys> for Retention {
    type Error = String;

    fn try_from(keys: RetentionKeys) -> Result<Self, String> {
        let RetentionKeys { days, daily, weekly, monthly, yearly, keep_at_least } = keys;
        let numbers = [
            ("days", days),
            ("daily", daily),
            ("weekly", weekly),
            ("monthly", monthly),
            ("yearly", yearly),
            ("keep-at-least", keep_at_least),
        ];
        for (name, number) in numbers {
            if let Some(number) = number.filter(|number| number.get() > MOST) {
                return Err(format!("`{name}` is {number}; expected at most {MOST}"));
            }
        }
        let [daily, weekly, monthly, yearly] =
            [daily, weekly, monthly, yearly].map(|number| number.map_or(0, NonZeroU32::get));
        let generations = Generations { daily, weekly, monthly, yearly };
        let rule = match (days, generations == Generations::default()) {
            (Some(days), true) => KeepRule::Days(days),
            (None, false) => KeepRule::Generations(generations),
            (Some(_), false) => {
                return Err(
                    "`days` beside generations; expected either `days`, or some of `daily`, `weekly`, \
                            `monthly` and `yearly`"
                        .to_owned(),
                );
            }
            (None, true) => {
                return Err(
                    "no rule; expected either `days`, or some of `daily`, `weekly`, `monthly` and `yearly`"
                        .to_owned(),
                );
            }
        };
        Ok(Self { rule, keep_at_least: keep_at_least.unwrap_or(NonZeroU32::MIN) })
    }
}
