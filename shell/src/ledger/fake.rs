//! The ledger in memory, by the same rules.

use std::cell::RefCell;
use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;
use shared::fault::FaultClass;

use super::record::{Key, Record, kept};
use super::rules::{Change, change, guarded, judge_all, marked, outlasts, overview};
use super::{Entry, Guard, Ledger, LedgerFault, Mark, Overview, Pause, Proposal, Saved, Unreadable, trying};

/// A ledger that can be looked into and made to fail.
#[derive(Debug, Default)]
pub struct FakeLedger {
    state: RefCell<State>,
}

#[derive(Debug, Default)]
struct State {
    records: BTreeMap<Key, Record>,
    calls: Vec<String>,
    failures: Vec<(&'static str, Option<FaultClass>)>,
    lost_answers: Vec<&'static str>,
    unreachable: Option<Option<FaultClass>>,
}

impl FakeLedger {
    /// Makes the next call of an operation (`enter`, `look`, `mark`, …) fail, and change nothing.
    pub fn fail_next(&self, call: &'static str, class: Option<FaultClass>) {
        self.state.borrow_mut().failures.push((call, class));
    }

    /// Carries out the next call of an operation, and loses its answer: the caller sees it fail.
    pub fn lose_answer_of_next(&self, call: &'static str) {
        self.state.borrow_mut().lost_answers.push(call);
    }

    /// Makes every call fail.
    pub fn fail_from_now_on(&self, class: Option<FaultClass>) {
        self.state.borrow_mut().unreachable = Some(class);
    }

    /// Ends [`fail_from_now_on`](Self::fail_from_now_on).
    pub fn recover(&self) {
        self.state.borrow_mut().unreachable = None;
    }

    /// The calls since the last time this was asked: `enter`, `look`, `mark`, `save`, `saved`, `saved-under`,
    /// `pause`, `resume`, `proposal`, `overview`.
    #[must_use]
    pub fn take_calls(&self) -> Vec<String> {
        std::mem::take(&mut self.state.borrow_mut().calls)
    }

    /// Who has a claim, and whether it is marked as done.
    #[must_use]
    pub fn claim(&self, key: &str) -> Option<(String, bool)> {
        let mark = Mark::Done { key: key.to_owned() };
        match self.state.borrow().records.get(&Key::of_mark(&mark, Timestamp::UNIX_EPOCH)) {
            Some(Record::Claim { owner, done, .. }) => Some((owner.clone(), *done)),
            _ => None,
        }
    }

    /// How many were counted under a key in the clock hour of `now`.
    #[must_use]
    pub fn count(&self, key: &str, now: Timestamp) -> u32 {
        match self.state.borrow().records.get(&Key::count(key, now)) {
            Some(Record::Count(counted)) => *counted,
            _ => 0,
        }
    }

    /// Who has a lease on a target, be it ended or not.
    #[must_use]
    pub fn lease(&self, target: &str) -> Option<(String, Timestamp)> {
        let mark = Mark::Released { target: target.to_owned(), owner: String::new() };
        match self.state.borrow().records.get(&Key::of_mark(&mark, Timestamp::UNIX_EPOCH)) {
            Some(Record::Lease { owner, until }) => Some((owner.clone(), *until)),
            _ => None,
        }
    }

    /// The value that is saved under a key, if there is one that can be read.
    #[must_use]
    pub fn saved_value(&self, key: &str) -> Option<Value> {
        let record = self.state.borrow().records.get(&Key::saved(key)).cloned();
        record.and_then(Record::into_saved)?.ok()
    }

    /// Puts a saved value there, behind everybody's back, of which these words are true.
    pub fn spoil(&self, key: &str, words: &str) {
        let spoilt = Record::Saved(Err(Unreadable::new(key, words)));
        self.state.borrow_mut().records.insert(Key::saved(key), spoilt);
    }

    /// How many records there are: the same before and after what wrote nothing.
    #[must_use]
    pub fn size(&self) -> usize {
        self.state.borrow().records.len()
    }

    /// Notes a call, and carries it out unless it is to fail.
    fn call<T>(
        &self,
        call: &'static str,
        operation: &'static str,
        work: impl FnOnce(&mut BTreeMap<Key, Record>) -> Result<T, LedgerFault>,
    ) -> Result<T, LedgerFault> {
        let mut state = self.state.borrow_mut();
        state.calls.push(call.to_owned());
        let failing = state.failures.iter().position(|(failing, _)| *failing == call);
        let failure = failing.map(|position| state.failures.remove(position).1).or(state.unreachable);
        if let Some(class) = failure {
            return Err(made_to_fail(operation, class));
        }
        let answer = work(&mut state.records)?;
        match state.lost_answers.iter().position(|lost| *lost == call) {
            None => Ok(answer),
            Some(position) => {
                state.lost_answers.remove(position);
                Err(made_to_fail(operation, Some(FaultClass::Unavailable)))
            }
        }
    }
}

impl Ledger for FakeLedger {
    async fn enter(&self, guards: &[Guard], now: Timestamp) -> Result<Entry, LedgerFault> {
        self.call("enter", trying::ENTER, |records| {
            let guards = guarded(guards, now).map_err(|error| error.in_an(trying::ENTER))?;
            let (entry, writes) = judge_all(&guards, records, now);
            records.extend(writes);
            Ok(entry)
        })
    }

    async fn look(&self, guards: &[Guard], now: Timestamp) -> Result<Entry, LedgerFault> {
        self.call("look", trying::LOOK, |records| {
            let guards = guarded(guards, now).map_err(|error| error.in_an(trying::LOOK))?;
            Ok(judge_all(&guards, records, now).0)
        })
    }

    async fn mark(&self, marks: &[Mark], now: Timestamp) -> Result<(), LedgerFault> {
        self.call("mark", trying::MARK, |records| {
            for (key, mark) in marked(marks, now) {
                match change(mark, records.get(&key), now) {
                    Change::Moot => {}
                    Change::Put(record) => drop(records.insert(key, *record)),
                    Change::Forget => drop(records.remove(&key)),
                }
            }
            Ok(())
        })
    }

    async fn save(&self, key: &str, value: &Value) -> Result<Value, LedgerFault> {
        self.call("save", trying::SAVE, |records| {
            let saved = records.entry(Key::saved(key)).or_insert_with(|| Record::Saved(Ok(value.clone())));
            let saved = saved.clone().into_saved().unwrap_or(Ok(Value::Null));
            saved.map_err(|unreadable| unreadable.in_the_way(trying::SAVE))
        })
    }

    async fn saved(&self, key: &str) -> Result<Option<Saved>, LedgerFault> {
        self.call("saved", trying::SAVED, |records| {
            Ok(records.get(&Key::saved(key)).cloned().and_then(Record::into_saved))
        })
    }

    async fn saved_under(&self, prefix: &str) -> Result<Vec<(String, Saved)>, LedgerFault> {
        self.call("saved-under", trying::SAVED_UNDER, |records| {
            let under = records.iter().filter(|(key, _)| key.sk.starts_with(prefix));
            let saved =
                under.filter_map(|(key, record)| Some((key.sk.clone(), record.clone().into_saved()?)));
            Ok(saved.collect())
        })
    }

    async fn pause(&self, pause: &Pause) -> Result<Option<Pause>, LedgerFault> {
        self.call("pause", trying::PAUSE, |records| {
            let under = Key::pause(&pause.scope);
            match records.get(&under) {
                Some(Record::Pause(there)) if outlasts(there, pause) => return Ok(Some(there.clone())),
                _ => {}
            }
            let Pause { since, until, .. } = *pause;
            let pause = Pause { since: kept(since), until: kept(until), ..pause.clone() };
            records.insert(under, Record::Pause(pause));
            Ok(None)
        })
    }

    async fn resume(&self, scope: &str, now: Timestamp) -> Result<Option<Pause>, LedgerFault> {
        self.call("resume", trying::RESUME, |records| match records.remove(&Key::pause(scope)) {
            Some(Record::Pause(pause)) if pause.until > kept(now) => Ok(Some(pause)),
            _ => Ok(None),
        })
    }

    async fn proposal(&self, id: &str) -> Result<Option<Proposal>, LedgerFault> {
        self.call("proposal", trying::PROPOSAL, |records| match records.get(&Key::proposal(id)) {
            Some(Record::Proposal(proposal)) => Ok(Some(proposal.clone())),
            _ => Ok(None),
        })
    }

    async fn overview(&self, now: Timestamp) -> Result<Overview, LedgerFault> {
        self.call("overview", trying::OVERVIEW, |records| Ok(overview(records.values(), now)))
    }
}

fn made_to_fail(operation: &'static str, class: Option<FaultClass>) -> LedgerFault {
    LedgerFault { operation, class, source: "made to fail".into() }
}
