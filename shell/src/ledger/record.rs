//! What the ledger keeps, and under which key. No rules and no DynamoDB.

use jiff::Timestamp;
use serde_json::Value;
use shared::ids::fingerprint;

use super::{Cooldown, Guard, LastReport, Mark, Pause, Proposal, Saved};

/// The partition of all pauses.
pub(super) const PAUSES: &str = "pause";
/// The partition of all cooldowns.
pub(super) const COOLDOWNS: &str = "cooldown";
/// The partition of all proposals.
pub(super) const PROPOSALS: &str = "proposal";
/// The partition of all last reports.
pub(super) const REPORTS: &str = "report";
/// The partition of all saved values.
pub(super) const SAVED: &str = "saved";

/// Under what a record is kept.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    /// The partition.
    pub(super) pk: String,
    /// The place in it.
    pub(super) sk: String,
}

impl Key {
    pub(super) fn of_guard(guard: &Guard, now: Timestamp) -> Self {
        match guard {
            Guard::Claim { key, .. } => Self::alone("claim", key),
            Guard::Newest { subject, .. } => Self::alone("newest", subject),
            Guard::NotPaused { scope } => Self::listed(PAUSES, scope),
            Guard::Cooldown { key, .. } => Self::listed(COOLDOWNS, key),
            Guard::HourlyCount { key, .. } => Self::count(key, now),
            Guard::Lease { target, .. } => Self::alone("lease", target),
            Guard::Propose(Proposal { id, .. }) | Guard::Approve { id, .. } => Self::listed(PROPOSALS, id),
        }
    }

    pub(super) fn of_mark(mark: &Mark, now: Timestamp) -> Self {
        match mark {
            Mark::Uncounted { key } => Self::count(key, now),
            Mark::Done { key } | Mark::Withdrawn { key, .. } => Self::alone("claim", key),
            Mark::Released { target, .. } => Self::alone("lease", target),
            Mark::Sent { proposal } => Self::listed(PROPOSALS, proposal),
            Mark::Seen { subject, .. } => Self::alone("newest", subject),
            Mark::Rest { key, .. } | Mark::Unrest { key, .. } => Self::listed(COOLDOWNS, key),
            Mark::Reported(LastReport { target, function, .. }) => {
                Self::listed(REPORTS, &format!("{target}#{function}"))
            }
            Mark::Resaved { key, .. } | Mark::PutBack { key } => Self::saved(key),
        }
    }

    /// A clock hour of UTC, as its first minute begins: `2026-11-21T09`.
    pub(super) fn count(key: &str, now: Timestamp) -> Self {
        Self { pk: format!("count#{}", fitting(key)), sk: now.strftime("%Y-%m-%dT%H").to_string() }
    }

    pub(super) fn pause(scope: &str) -> Self {
        Self::listed(PAUSES, scope)
    }

    pub(super) fn proposal(id: &str) -> Self {
        Self::listed(PROPOSALS, id)
    }

    pub(super) fn saved(key: &str) -> Self {
        Self::listed(SAVED, key)
    }

    /// The only record of its partition: these are many, and nobody lists them.
    fn alone(kind: &str, name: &str) -> Self {
        Self { pk: format!("{kind}#{}", fitting(name)), sk: kind.to_owned() }
    }

    /// One of the records of a partition that is listed.
    fn listed(partition: &str, name: &str) -> Self {
        Self { pk: partition.to_owned(), sk: fitting(name) }
    }
}

/// The longest name that is kept as it is, in bytes. A sort key holds 1,024.
const LONGEST_NAME: usize = 512;

/// How much of a longer name stays readable, in characters of at most 4 bytes.
const READABLE: usize = 64;

/// A name that fits a key: alarms' names do, a contributor's id is any text.
fn fitting(name: &str) -> String {
    if name.len() <= LONGEST_NAME {
        return name.to_owned();
    }
    let beginning: String = name.chars().take(READABLE).collect();
    format!("{beginning}…{}", fingerprint([name]))
}

/// What is kept under a key.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Record {
    Claim { owner: String, until: Timestamp, done: bool },
    Newest { at: Timestamp },
    Pause(Pause),
    Cooldown(Cooldown),
    Count(u32),
    Lease { owner: String, until: Timestamp },
    Proposal(Proposal),
    Report(LastReport),
    Saved(Saved),
}

impl Record {
    /// The saved value, if it is one, be it readable or not.
    pub(super) fn into_saved(self) -> Option<Saved> {
        if let Self::Saved(value) = self { Some(value) } else { None }
    }
}

/// A time as it is kept: in whole milliseconds, as alarms have it.
pub(super) fn kept(time: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(time.as_millisecond()).unwrap_or(time)
}

/// A value as it is kept: as text, which also says whether two are the same.
pub(super) fn json(value: &Value) -> String {
    value.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_readable_until_they_are_too_long_for_a_key() {
        let longest = "é".repeat(LONGEST_NAME / 2);
        assert_eq!(fitting(&longest), longest);
        let [one, other] = ["a", "b"].map(|last| fitting(&format!("{longest}{last}")));
        assert!(one.starts_with(&"é".repeat(READABLE)) && one.len() < 1_024, "{one}");
        assert_ne!(one, other);
    }

    #[test]
    fn an_hour_is_a_clock_hour_of_utc() {
        for (now, hour) in [
            ("2026-11-21T09:00:00Z", "2026-11-21T09"),
            ("2026-11-21T09:59:59.999999999Z", "2026-11-21T09"),
            ("2026-11-21T10:00:00+05:30", "2026-11-21T04"),
        ] {
            assert_eq!(Key::count("all", now.parse().unwrap()).sk, hour);
        }
    }
}
