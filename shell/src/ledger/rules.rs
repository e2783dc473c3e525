//! The rules of the ledger: one guard or one mark against what is kept. The fake obeys them, a look into DynamoDB
//! obeys them, and the conditions that DynamoDB checks say the same in its words.

use std::collections::BTreeMap;

use jiff::Timestamp;
use shared::fault::FaultClass;

use super::record::{Key, Record, json, kept};
use super::{Cooldown, Denial, Entry, Guard, LedgerFault, Mark, Overview, Pause, Proposal};

/// What becomes of one guard.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Verdict {
    /// It lets pass, and writes nothing.
    Passes,
    /// It lets pass, and takes this down.
    Writes(Record),
    /// It does not.
    Denied(Denial),
}

/// Judges one guard by what is kept.
///
/// | guard | passes when | writes |
/// | --- | --- | --- |
/// | `Claim` | there is none | the claim |
/// | `Newest` | nothing is kept, or nothing after `at` | `at` |
/// | `NotPaused` | there is no pause, or it has ended | nothing |
/// | `Cooldown` | there is none, or it has ended | the cooldown |
/// | `HourlyCount` | fewer than `limit` are counted | one more |
/// | `Lease` | there is none, or it has ended, or it is the owner's own | the lease |
/// | `Propose` | there is none under this id | the proposal |
/// | `Propose` | the same thing is proposed under this id | nothing |
/// | `Approve` | it is there, has not ended, and nobody approved it | who approved it |
///
/// What lasts until a time has ended at that time.
pub(super) fn judge(guard: &Guard, found: Option<&Record>, now: Timestamp) -> Verdict {
    let now = kept(now);
    match (guard, found) {
        (Guard::Claim { .. }, Some(Record::Claim { owner, until, done })) => {
            Verdict::Denied(Denial::Claimed { owner: owner.clone(), until: *until, done: *done })
        }
        (Guard::Claim { owner, until, .. }, _) => {
            Verdict::Writes(Record::Claim { owner: owner.clone(), until: kept(*until), done: false })
        }
        (Guard::Newest { at, .. }, Some(Record::Newest { at: newest })) if *newest > kept(*at) => {
            Verdict::Denied(Denial::Older { newest: *newest })
        }
        (Guard::Newest { at, .. }, _) => Verdict::Writes(Record::Newest { at: kept(*at) }),
        (Guard::NotPaused { .. }, Some(Record::Pause(pause))) if pause.until > now => {
            Verdict::Denied(Denial::Paused(pause.clone()))
        }
        (Guard::NotPaused { .. }, _) => Verdict::Passes,
        (Guard::Cooldown { .. }, Some(Record::Cooldown(running))) if running.until > now => {
            let Cooldown { key, until } = running.clone();
            Verdict::Denied(Denial::CoolingDown { key, until })
        }
        (Guard::Cooldown { key, until }, _) => {
            Verdict::Writes(Record::Cooldown(Cooldown { key: key.clone(), until: kept(*until) }))
        }
        (Guard::HourlyCount { key, limit }, found) => {
            let counted = if let Some(Record::Count(counted)) = found { *counted } else { 0 };
            if counted >= *limit {
                return Verdict::Denied(Denial::CountReached { key: key.clone(), limit: *limit });
            }
            Verdict::Writes(Record::Count(counted + 1))
        }
        (Guard::Lease { target, owner, .. }, Some(Record::Lease { owner: other, until }))
            if other != owner && *until > now =>
        {
            Verdict::Denied(Denial::Leased { target: target.clone(), owner: other.clone(), until: *until })
        }
        (Guard::Lease { owner, until, .. }, _) => {
            Verdict::Writes(Record::Lease { owner: owner.clone(), until: kept(*until) })
        }
        (Guard::Propose(proposal), Some(Record::Proposal(there))) => {
            if json(&there.what) == json(&proposal.what) {
                return Verdict::Passes;
            }
            Verdict::Denied(Denial::NotOpen(Some(there.clone())))
        }
        (Guard::Propose(proposal), _) => Verdict::Writes(Record::Proposal(fresh(proposal))),
        (Guard::Approve { who, .. }, Some(Record::Proposal(there))) => {
            if there.until <= now || there.approved_by.is_some() {
                return Verdict::Denied(Denial::NotOpen(Some(there.clone())));
            }
            Verdict::Writes(Record::Proposal(Proposal { approved_by: Some(who.clone()), ..there.clone() }))
        }
        (Guard::Approve { .. }, _) => Verdict::Denied(Denial::NotOpen(None)),
    }
}

/// Judges all guards by what is kept. What passing them writes is empty when one is denied.
pub(super) fn judge_all(
    guards: &[(Key, &Guard)],
    records: &BTreeMap<Key, Record>,
    now: Timestamp,
) -> (Entry, Vec<(Key, Record)>) {
    let mut writes = Vec::new();
    let mut denials = Vec::new();
    for (key, guard) in guards {
        match judge(guard, records.get(key), now) {
            Verdict::Passes => {}
            Verdict::Writes(record) => writes.push((key.clone(), record)),
            Verdict::Denied(denial) => denials.push(denial),
        }
    }
    if denials.is_empty() { (Entry::Entered, writes) } else { (Entry::Denied(denials), Vec::new()) }
}

/// A proposal as it is first kept: approved by nobody, whatever it says.
pub(super) fn fresh(proposal: &Proposal) -> Proposal {
    let Proposal { id, since, until, what, .. } = proposal.clone();
    Proposal { id, since: kept(since), until: kept(until), what, approved_by: None, sent: false }
}

/// What a mark does to what is kept. DynamoDB does the same by the expressions of `aws/write.rs`.
#[cfg(any(test, feature = "testing"))]
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Change {
    /// There is nothing to do any more.
    Moot,
    /// It is kept.
    Put(Box<Record>),
    /// It is forgotten.
    Forget,
}

/// Says what a mark changes.
///
/// | mark | when | change |
/// | --- | --- | --- |
/// | `Done` | there is a claim | it is done |
/// | `Done` | the claim is gone | one that is done: the work was |
/// | `Uncounted` | something is counted | one less |
/// | `Uncounted` | nothing is | none |
/// | `Withdrawn` | the claim is its owner's, and not done | forgotten |
/// | `Withdrawn` | another's, done, or gone | none |
/// | `Released` | the lease is its owner's, or gone | forgotten |
/// | `Released` | somebody else has it | none |
/// | `Sent` | the proposal is there | it is sent |
/// | `Sent` | the proposal is gone | none |
/// | `Seen` | nothing is kept, or nothing after `at` | `at` |
/// | `Seen` | something later is | none |
/// | `Rest` | there is no cooldown, or none that lasts longer | the cooldown |
/// | `Rest` | one that lasts longer is there | none |
/// | `Unrest` | the cooldown ends exactly at `until` | forgotten |
/// | `Unrest` | another one is there, or none | none |
/// | `Reported` | nothing later was reported | the report |
/// | `Reported` | something later was | none |
/// | `Resaved` | | the value |
/// | `PutBack` | | forgotten |
#[cfg(any(test, feature = "testing"))]
pub(super) fn change(mark: &Mark, found: Option<&Record>, now: Timestamp) -> Change {
    match (mark, found) {
        (Mark::Done { .. }, Some(Record::Claim { owner, until, .. })) => {
            put(Record::Claim { owner: owner.clone(), until: *until, done: true })
        }
        (Mark::Done { .. }, _) => {
            put(Record::Claim { owner: UNKNOWN_OWNER.to_owned(), until: kept(now), done: true })
        }
        (Mark::Uncounted { .. }, Some(Record::Count(counted @ 1..))) => put(Record::Count(counted - 1)),
        (Mark::Uncounted { .. }, _) => Change::Moot,
        (Mark::Withdrawn { owner, .. }, Some(Record::Claim { owner: other, done: false, .. }))
            if other == owner =>
        {
            Change::Forget
        }
        (Mark::Withdrawn { .. }, _) => Change::Moot,
        (Mark::Released { owner, .. }, Some(Record::Lease { owner: other, .. })) if other != owner => {
            Change::Moot
        }
        (Mark::Released { .. }, _) => Change::Forget,
        (Mark::Sent { .. }, Some(Record::Proposal(proposal))) => {
            put(Record::Proposal(Proposal { sent: true, ..proposal.clone() }))
        }
        (Mark::Sent { .. }, _) => Change::Moot,
        (Mark::Seen { at, .. }, Some(Record::Newest { at: newest })) if *newest > kept(*at) => Change::Moot,
        (Mark::Seen { at, .. }, _) => put(Record::Newest { at: kept(*at) }),
        (Mark::Rest { until, .. }, Some(Record::Cooldown(running))) if running.until > kept(*until) => {
            Change::Moot
        }
        (Mark::Rest { key, until }, _) => {
            put(Record::Cooldown(Cooldown { key: key.clone(), until: kept(*until) }))
        }
        (Mark::Unrest { until, .. }, Some(Record::Cooldown(running))) if running.until == kept(*until) => {
            Change::Forget
        }
        (Mark::Unrest { .. }, _) => Change::Moot,
        (Mark::Reported(report), Some(Record::Report(last))) if last.at > kept(report.at) => Change::Moot,
        (Mark::Reported(report), _) => {
            put(Record::Report(super::LastReport { at: kept(report.at), ..report.clone() }))
        }
        (Mark::Resaved { value, .. }, _) => put(Record::Saved(Ok(value.clone()))),
        (Mark::PutBack { .. }, _) => Change::Forget,
    }
}

#[cfg(any(test, feature = "testing"))]
fn put(record: Record) -> Change {
    Change::Put(Box::new(record))
}

/// Who claimed what is done without a claim in the ledger.
pub(super) const UNKNOWN_OWNER: &str = "unknown";

/// The guards with their keys. One that is there twice counts once, if passing it twice is the same as once.
///
/// # Errors
/// When two guards name the same record in different ways, which no transaction takes.
pub(super) fn guarded(guards: &[Guard], now: Timestamp) -> Result<Vec<(Key, &Guard)>, TwiceInOne> {
    let mut distinct: Vec<(Key, &Guard)> = Vec::with_capacity(guards.len());
    for guard in guards {
        let key = Key::of_guard(guard, now);
        match distinct.iter().find(|(other, _)| *other == key) {
            None => distinct.push((key, guard)),
            Some((_, Guard::NotPaused { .. } | Guard::Newest { .. } | Guard::Propose(_)))
                if distinct.iter().any(|(_, other)| *other == guard) => {}
            Some(_) => return Err(TwiceInOne(key)),
        }
    }
    Ok(distinct)
}

/// The marks with their keys. Of two about the same record the later one counts; of two of the same kind that keep a
/// time, the one with the later time.
pub(super) fn marked(marks: &[Mark], now: Timestamp) -> Vec<(Key, &Mark)> {
    let mut distinct: Vec<(Key, &Mark)> = Vec::with_capacity(marks.len());
    for mark in marks {
        let key = Key::of_mark(mark, now);
        match distinct.iter_mut().find(|(other, _)| *other == key) {
            None => distinct.push((key, mark)),
            Some((_, earlier)) => match (&*earlier, mark) {
                (Mark::Reported(one), Mark::Reported(other)) if one.at > other.at => {}
                (Mark::Seen { at: one, .. }, Mark::Seen { at: other, .. })
                | (Mark::Rest { until: one, .. }, Mark::Rest { until: other, .. })
                    if one > other => {}
                _ => *earlier = mark,
            },
        }
    }
    distinct
}

/// Whether the pause that is kept keeps another one of its scope from beginning: it is in force at that one's
/// beginning, and lasts longer.
pub(super) fn outlasts(there: &Pause, pause: &Pause) -> bool {
    there.until > kept(pause.until) && there.until > kept(pause.since)
}

/// Two guards of one list would write the same record.
#[derive(Debug, thiserror::Error)]
#[error("two guards of one list are about {} {}", .0.pk, .0.sk)]
pub(super) struct TwiceInOne(Key);

impl TwiceInOne {
    /// The fault of the caller, as DynamoDB would see it too.
    pub(super) fn in_an(self, operation: &'static str) -> LedgerFault {
        LedgerFault { operation, class: Some(FaultClass::Rejected), source: self.into() }
    }
}

/// What is in force among records that come in the order of their keys.
pub(super) fn overview<'a>(records: impl IntoIterator<Item = &'a Record>, now: Timestamp) -> Overview {
    let now = kept(now);
    let mut overview = Overview::default();
    for record in records {
        match record {
            Record::Pause(pause) if pause.until > now => overview.pauses.push(pause.clone()),
            Record::Cooldown(cooldown) if cooldown.until > now => overview.cooldowns.push(cooldown.clone()),
            Record::Proposal(proposal) if proposal.until > now && proposal.approved_by.is_none() => {
                overview.approvals.push(proposal.clone());
            }
            Record::Report(report) => overview.reports.push(report.clone()),
            _ => {}
        }
    }
    overview
}
