//! Which of the good snapshots of a database are kept in a Region.

use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use shared::kinds::database::{Generations, KeepRule, Retention};

/// A good snapshot, as retention sees it. Their order is that of age, the oldest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Dated<'s> {
    /// When its data was written.
    pub at: Timestamp,
    /// Its name.
    pub name: &'s str,
    /// Whether it was taken for something. It then stands for no day, week, month or year, or the nightly snapshot
    /// after it would take its place.
    pub labelled: bool,
}

/// The snapshots that are kept, of all good ones of a database in a Region.
///
/// | snapshot | is kept |
/// | --- | --- |
/// | one of the newest `keep-at-least` | always; so the newest good one is |
/// | labelled | as long as the rule's finest unit says: `days`, else so many days, weeks, months or years |
/// | with `days` | while it is younger than that |
/// | with generations | while it is the newest of one of the newest so many days, weeks, months or years that have one |
///
/// A generation counts the days that have a snapshot, not those that have passed: where no new ones are made, none of
/// the old ones is given up.
#[must_use]
pub fn kept<'s>(retention: &Retention, good: &[Dated<'s>], now: Timestamp) -> BTreeSet<Dated<'s>> {
    let mut newest_first: Vec<Dated<'s>> = good.to_vec();
    newest_first.sort_by(|one, other| other.cmp(one));
    let at_least = usize::try_from(retention.keep_at_least.get()).unwrap_or(usize::MAX);
    let mut kept: BTreeSet<Dated<'s>> = newest_first.iter().take(at_least).copied().collect();

    let young = |dated: &&Dated<'s>| now.duration_since(dated.at) < lifetime(retention);
    kept.extend(newest_first.iter().filter(|dated| dated.labelled).filter(young));
    let regular: Vec<Dated<'s>> = newest_first.into_iter().filter(|dated| !dated.labelled).collect();
    match retention.rule {
        KeepRule::Days(_) => kept.extend(regular.iter().filter(young)),
        KeepRule::Generations(Generations { daily, weekly, monthly, yearly }) => {
            kept.extend(newest_of_each(&regular, daily, |date| date.to_string()));
            kept.extend(newest_of_each(&regular, weekly, |date| {
                let week = date.iso_week_date();
                format!("{}-{}", week.year(), week.week())
            }));
            kept.extend(newest_of_each(&regular, monthly, |date| {
                format!("{}-{}", date.year(), date.month())
            }));
            kept.extend(newest_of_each(&regular, yearly, |date| date.year().to_string()));
        }
    }
    kept
}

/// How long a snapshot lives that is judged by its age.
#[must_use]
pub fn lifetime(retention: &Retention) -> SignedDuration {
    const DAYS_OF_A_WEEK: u32 = 7;
    const DAYS_OF_A_MONTH: u32 = 31;
    const DAYS_OF_A_YEAR: u32 = 366;
    let days = match retention.rule {
        KeepRule::Days(days) => days.get(),
        KeepRule::Generations(Generations { daily, weekly, monthly, yearly }) => {
            let units =
                [(daily, 1), (weekly, DAYS_OF_A_WEEK), (monthly, DAYS_OF_A_MONTH), (yearly, DAYS_OF_A_YEAR)];
            units
                .iter()
                .find(|(number, _)| *number > 0)
                .map_or(0, |(number, days)| number.saturating_mul(*days))
        }
    };
    SignedDuration::from_hours(i64::from(days) * 24)
}

/// The first of each of the first so many that differ in what `unit` says, of snapshots newest first.
fn newest_of_each<'s>(
    newest_first: &[Dated<'s>],
    most: u32,
    unit: impl Fn(Date) -> String,
) -> Vec<Dated<'s>> {
    let mut kept: Vec<(String, Dated<'s>)> = Vec::new();
    for dated in newest_first {
        if u32::try_from(kept.len()).is_ok_and(|kept| kept >= most) {
            break;
        }
        let name = unit(TimeZone::UTC.to_datetime(dated.at).date());
        if kept.last().is_none_or(|(last, _)| *last != name) {
            kept.push((name, *dated));
        }
    }
    kept.into_iter().map(|(_, dated)| dated).collect()
}

#[cfg(test)]
mod tests;
