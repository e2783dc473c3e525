//! The guards, marks and denials that the tests of every ledger speak of.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::ledger::{Denial, Guard, LastReport, Mark, Pause, Proposal};

/// A time of the day of all tests.
pub(crate) fn at(time: &str) -> Timestamp {
    format!("2026-11-21T{time}Z").parse().unwrap()
}

/// When everything before happened.
pub(crate) fn nine() -> Timestamp {
    at("09:00:00")
}

pub(crate) fn claim(owner: &str) -> Guard {
    Guard::Claim { key: "work".to_owned(), owner: owner.to_owned(), until: at("09:05:00") }
}

pub(crate) fn newest(time: &str) -> Guard {
    Guard::Newest { subject: "alarm".to_owned(), at: at(time) }
}

pub(crate) fn not_paused(scope: &str) -> Guard {
    Guard::NotPaused { scope: scope.to_owned() }
}

pub(crate) fn cooldown(until: &str) -> Guard {
    Guard::Cooldown { key: "route#one".to_owned(), until: at(until) }
}

pub(crate) fn count(limit: u32) -> Guard {
    Guard::HourlyCount { key: "all".to_owned(), limit }
}

pub(crate) fn lease(owner: &str, until: &str) -> Guard {
    Guard::Lease { target: "weather-site".to_owned(), owner: owner.to_owned(), until: at(until) }
}

pub(crate) fn proposal(what: Value) -> Proposal {
    let (since, until) = (nine(), at("10:00:00"));
    Proposal { id: "k7m2p".to_owned(), since, until, what, approved_by: None, sent: false }
}

pub(crate) fn propose() -> Guard {
    Guard::Propose(proposal(json!({"target": "weather-site", "n": 1})))
}

pub(crate) fn approve(who: &str) -> Guard {
    Guard::Approve { id: "k7m2p".to_owned(), who: who.to_owned() }
}

pub(crate) fn pause(scope: &str) -> Pause {
    let [reason, who] = ["release", "alice"].map(str::to_owned);
    Pause { scope: scope.to_owned(), since: nine(), until: at("11:00:00"), reason, who }
}

/// Another one's pause of everything.
pub(crate) fn until(time: &str) -> Pause {
    Pause { until: at(time), who: "bob".to_owned(), ..pause("all") }
}

pub(crate) fn seen(time: &str) -> Mark {
    Mark::Seen { subject: "alarm".to_owned(), at: at(time) }
}

pub(crate) fn rest(until: &str) -> Mark {
    Mark::Rest { key: "route#one".to_owned(), until: at(until) }
}

pub(crate) fn unrest(until: &str) -> Mark {
    Mark::Unrest { key: "route#one".to_owned(), until: at(until) }
}

pub(crate) fn report(time: &str, code: &str) -> LastReport {
    let [target, function] = ["weather-site", "route-alarm"].map(str::to_owned);
    let [id, correlation, action] = ["i", "c", "route"].map(str::to_owned);
    let [verdict, text] = ["acted", "routed"].map(str::to_owned);
    LastReport {
        target,
        function,
        at: at(time),
        id,
        correlation,
        action,
        verdict,
        code: code.to_owned(),
        text,
    }
}

pub(crate) fn claimed(done: bool) -> Denial {
    Denial::Claimed { owner: "one".to_owned(), until: at("09:05:00"), done }
}

pub(crate) fn not_open(approved_by: Option<&str>) -> Denial {
    let open = proposal(json!({"target": "weather-site", "n": 1}));
    Denial::NotOpen(Some(Proposal { approved_by: approved_by.map(str::to_owned), ..open }))
}

pub(crate) fn reached(limit: u32) -> Denial {
    Denial::CountReached { key: "all".to_owned(), limit }
}

pub(crate) fn leased(until: &str) -> Denial {
    Denial::Leased { target: "weather-site".to_owned(), owner: "one".to_owned(), until: at(until) }
}

pub(crate) fn cooling() -> Denial {
    Denial::CoolingDown { key: "route#one".to_owned(), until: at("09:30:00") }
}
