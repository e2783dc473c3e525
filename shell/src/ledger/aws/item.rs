//! Records as items of the table.
//!
//! | `pk` | `sk` | attributes | kept for |
//! | --- | --- | --- | --- |
//! | `claim#KEY` | `claim` | `owner`, `until`, `done` | [`OF_EVENTS`] |
//! | `newest#SUBJECT` | `newest` | `at` | [`OF_EVENTS`] |
//! | `pause` | SCOPE | `scope`, `since`, `until`, `reason`, `who` | [`AFTER_ITS_END`] |
//! | `cooldown` | KEY | `key`, `until` | [`AFTER_ITS_END`] |
//! | `count#KEY` | the hour: `2026-11-21T09` | `count` | [`OF_COUNTS`] |
//! | `lease#TARGET` | `lease` | `owner`, `until` | [`AFTER_ITS_END`] |
//! | `proposal` | ID | `id`, `since`, `until`, `what`, `approved_by`, `sent` | [`OF_PROPOSALS`] |
//! | `report` | `TARGET#FUNCTION` | those of a last report | [`OF_REPORTS`] |
//! | `saved` | KEY | `value` | for ever |
//!
//! `since`, `until` and `at` are epoch milliseconds; `what` and `value` are JSON as text. All but saved values have
//! `expires_at`, in epoch seconds, for the table's time to live. DynamoDB deletes hours or days after that: nothing
//! here ends by being deleted.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::super::record::{COOLDOWNS, Key, PAUSES, PROPOSALS, REPORTS, Record, SAVED, json};
use super::super::{Cooldown, LastReport, Pause, Proposal, Saved, Unreadable};

/// An item of the table.
pub(super) type Item = HashMap<String, AttributeValue>;

/// Claims, and the newest of a subject: SNS redelivers for up to 23 days.
const OF_EVENTS: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Counts: their hour, and a day to look at them.
const OF_COUNTS: SignedDuration = SignedDuration::from_hours(2 * 24);

/// What lasts until a time: a day more, to look at it.
const AFTER_ITS_END: SignedDuration = SignedDuration::from_hours(24);

/// Proposals, after their end: whoever approves one late is told that it is late, not that it is unknown.
const OF_PROPOSALS: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Last reports: a target that nothing happens to for a quarter of a year has no news.
const OF_REPORTS: SignedDuration = SignedDuration::from_hours(90 * 24);

/// When DynamoDB may delete a record that is written at `now`.
pub(super) fn expires_at(record: &Record, now: Timestamp) -> Option<AttributeValue> {
    let (from, keep) = match record {
        Record::Claim { .. } | Record::Newest { .. } => (now, OF_EVENTS),
        Record::Count(_) => (now, OF_COUNTS),
        Record::Pause(Pause { until, .. })
        | Record::Cooldown(Cooldown { until, .. })
        | Record::Lease { until, .. } => (*until, AFTER_ITS_END),
        Record::Proposal(Proposal { until, .. }) => (*until, OF_PROPOSALS),
        Record::Report(LastReport { at, .. }) => (*at, OF_REPORTS),
        Record::Saved(_) => return None,
    };
    let end = from.as_second().saturating_add(keep.as_secs());
    Some(AttributeValue::N(end.to_string()))
}

/// The primary key of an item.
pub(super) fn key(key: &Key) -> Item {
    Item::from([("pk".to_owned(), text(&key.pk)), ("sk".to_owned(), text(&key.sk))])
}

/// A record as it is written at `now`.
pub(super) fn item(under: &Key, record: &Record, now: Timestamp) -> Item {
    let mut item = key(under);
    let mut with = |name: &str, value| drop(item.insert(name.to_owned(), value));
    match record {
        Record::Claim { owner, until, done } => {
            with("owner", text(owner));
            with("until", millis(*until));
            with("done", AttributeValue::Bool(*done));
        }
        Record::Newest { at } => with("at", millis(*at)),
        Record::Pause(Pause { scope, since, until, reason, who }) => {
            with("scope", text(scope));
            with("since", millis(*since));
            with("until", millis(*until));
            with("reason", text(reason));
            with("who", text(who));
        }
        Record::Cooldown(Cooldown { key, until }) => {
            with("key", text(key));
            with("until", millis(*until));
        }
        Record::Count(count) => with("count", number(*count)),
        Record::Lease { owner, until } => {
            with("owner", text(owner));
            with("until", millis(*until));
        }
        Record::Proposal(Proposal { id, since, until, what, approved_by, sent }) => {
            with("id", text(id));
            with("since", millis(*since));
            with("until", millis(*until));
            with("what", text(&json(what)));
            if let Some(who) = approved_by {
                with("approved_by", text(who));
            }
            with("sent", AttributeValue::Bool(*sent));
        }
        Record::Report(report) => {
            with("target", text(&report.target));
            with("function", text(&report.function));
            with("at", millis(report.at));
            with("id", text(&report.id));
            with("correlation", text(&report.correlation));
            with("action", text(&report.action));
            with("verdict", text(&report.verdict));
            with("code", text(&report.code));
            with("text", text(&report.text));
        }
        Record::Saved(Ok(value)) => with("value", text(&json(value))),
        // Only what is found is ever unreadable.
        Record::Saved(Err(_)) => {}
    }
    if let Some(expires_at) = expires_at(record, now) {
        with("expires_at", expires_at);
    }
    item
}

/// The record that an item is, and its key.
///
/// # Errors
/// When it is none that this version writes.
pub(super) fn record(item: &Item) -> Result<(Key, Record), Undecodable> {
    let fields = Fields(item);
    let key = Key { pk: fields.text("pk")?, sk: fields.text("sk")? };
    let record = match key.pk.split_once('#').map_or(key.pk.as_str(), |(kind, _)| kind) {
        "claim" => Record::Claim {
            owner: fields.text("owner")?,
            until: fields.time("until")?,
            done: fields.flag("done"),
        },
        "newest" => Record::Newest { at: fields.time("at")? },
        "count" => Record::Count(fields.number("count")?),
        "lease" => Record::Lease { owner: fields.text("owner")?, until: fields.time("until")? },
        PAUSES => Record::Pause(Pause {
            scope: fields.text("scope")?,
            since: fields.time("since")?,
            until: fields.time("until")?,
            reason: fields.text("reason")?,
            who: fields.text("who")?,
        }),
        COOLDOWNS => Record::Cooldown(Cooldown { key: fields.text("key")?, until: fields.time("until")? }),
        PROPOSALS => Record::Proposal(Proposal {
            id: fields.text("id")?,
            since: fields.time("since")?,
            until: fields.time("until")?,
            what: fields.json("what")?,
            approved_by: fields.text("approved_by").ok(),
            sent: fields.flag("sent"),
        }),
        REPORTS => Record::Report(LastReport {
            target: fields.text("target")?,
            function: fields.text("function")?,
            at: fields.time("at")?,
            id: fields.text("id")?,
            correlation: fields.text("correlation")?,
            action: fields.text("action")?,
            verdict: fields.text("verdict")?,
            code: fields.text("code")?,
            text: fields.text("text")?,
        }),
        SAVED => Record::Saved(fields.saved(&key.sk)),
        _ => return Err(fields.undecodable("pk")),
    };
    Ok((key, record))
}

/// The attributes of an item, by name.
struct Fields<'a>(&'a Item);

impl Fields<'_> {
    fn text(&self, name: &'static str) -> Result<String, Undecodable> {
        let text = self.0.get(name).and_then(|value| value.as_s().ok());
        text.cloned().ok_or_else(|| self.undecodable(name))
    }

    fn number<N: std::str::FromStr>(&self, name: &'static str) -> Result<N, Undecodable> {
        let digits = self.0.get(name).and_then(|value| value.as_n().ok());
        digits.and_then(|digits| digits.parse().ok()).ok_or_else(|| self.undecodable(name))
    }

    fn time(&self, name: &'static str) -> Result<Timestamp, Undecodable> {
        Timestamp::from_millisecond(self.number(name)?).map_err(|_| self.undecodable(name))
    }

    fn json(&self, name: &'static str) -> Result<Value, Undecodable> {
        serde_json::from_str(&self.text(name)?).map_err(|_| self.undecodable(name))
    }

    fn saved(&self, key: &str) -> Saved {
        let text = self.text("value").map_err(|_| Unreadable::new(key, "has no text"))?;
        serde_json::from_str(&text).map_err(|error| Unreadable::new(key, format!("is no JSON: {error}")))
    }

    fn flag(&self, name: &'static str) -> bool {
        matches!(self.0.get(name), Some(AttributeValue::Bool(true)))
    }

    fn undecodable(&self, attribute: &'static str) -> Undecodable {
        let part = |name| self.0.get(name).and_then(|value| value.as_s().ok()).cloned().unwrap_or_default();
        Undecodable { pk: part("pk"), sk: part("sk"), attribute }
    }
}

/// Somebody else wrote into the table.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{attribute}` of the item `{pk}`, `{sk}` is not what the ledger writes")]
pub(super) struct Undecodable {
    pk: String,
    sk: String,
    attribute: &'static str,
}

pub(super) fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

pub(super) fn number(number: u32) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

pub(super) fn millis(time: Timestamp) -> AttributeValue {
    AttributeValue::N(time.as_millisecond().to_string())
}
