//! What every ledger must do, whatever it keeps its records in: what went before, what is asked, what it says.

use jiff::Timestamp;
use serde_json::json;

use super::words::*;

use crate::ledger::{Denial, Entry, Guard, Ledger, LedgerFault, Mark, Pause};

/// One row: a list of guards asked of a ledger with a past.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) before: Vec<Past>,
    pub(crate) asked: Vec<Guard>,
    pub(crate) at: Timestamp,
    pub(crate) expected: Vec<Denial>,
}

/// Something that went before.
pub(crate) enum Past {
    Entered(Vec<Guard>),
    Marked(Mark),
    Paused(Pause),
    Resumed(&'static str),
}

impl Row {
    /// Asks a ledger that is empty: a look says what entering says, and who is denied changed nothing.
    pub(crate) async fn check(&self, ledger: &impl Ledger) -> Result<(), LedgerFault> {
        for past in &self.before {
            match past {
                Past::Entered(guards) => {
                    assert_eq!(ledger.enter(guards, nine()).await?, Entry::Entered, "before: {}", self.name);
                }
                Past::Marked(mark) => ledger.mark(std::slice::from_ref(mark), nine()).await?,
                Past::Paused(pause) => drop(ledger.pause(pause).await?),
                Past::Resumed(scope) => drop(ledger.resume(scope, nine()).await?),
            }
        }
        let expected = match self.expected.as_slice() {
            [] => Entry::Entered,
            denials => Entry::Denied(denials.to_vec()),
        };
        let before = ledger.overview(self.at).await?;
        assert_eq!(ledger.look(&self.asked, self.at).await?, expected, "look: {}", self.name);
        assert_eq!(ledger.overview(self.at).await?, before, "after look: {}", self.name);
        assert_eq!(ledger.enter(&self.asked, self.at).await?, expected, "enter: {}", self.name);
        if !self.expected.is_empty() {
            assert_eq!(ledger.overview(self.at).await?, before, "after enter: {}", self.name);
            assert_eq!(ledger.enter(&self.asked, self.at).await?, expected, "enter again: {}", self.name);
        }
        Ok(())
    }
}

/// All rows: every guard on both sides of each of its borders.
pub(crate) fn rows() -> Vec<Row> {
    let row = |name, before, asked, time, expected| Row { name, before, asked, at: at(time), expected };
    let entered = |guard| Past::Entered(vec![guard]);
    let done = || Past::Marked(Mark::Done { key: "work".to_owned() });
    let released = |owner: &str| {
        let target = "weather-site".to_owned();
        Past::Marked(Mark::Released { target, owner: owner.to_owned() })
    };
    let older = || vec![Denial::Older { newest: at("09:00:00.500") }];
    vec![
        row("no guard", vec![], vec![], "09:00:00", vec![]),
        row("claim: none", vec![], vec![claim("one")], "09:00:00", vec![]),
        row(
            "claim: another's",
            vec![entered(claim("one"))],
            vec![claim("two")],
            "09:01:00",
            vec![claimed(false)],
        ),
        row(
            "claim: one's own",
            vec![entered(claim("one"))],
            vec![claim("one")],
            "09:01:00",
            vec![claimed(false)],
        ),
        row("claim: late", vec![entered(claim("one"))], vec![claim("two")], "12:00:00", vec![claimed(false)]),
        row(
            "claim: done",
            vec![entered(claim("one")), done()],
            vec![claim("two")],
            "09:01:00",
            vec![claimed(true)],
        ),
        row(
            "claim: done twice",
            vec![entered(claim("one")), done(), done()],
            vec![claim("two")],
            "09:01:00",
            vec![claimed(true)],
        ),
        row(
            "claim: done without one",
            vec![done()],
            vec![claim("two")],
            "09:01:00",
            vec![Denial::Claimed { owner: "unknown".to_owned(), until: nine(), done: true }],
        ),
        row("newest: nothing", vec![], vec![newest("08:00:00")], "09:00:00", vec![]),
        row(
            "newest: same",
            vec![entered(newest("09:00:00.500"))],
            vec![newest("09:00:00.500")],
            "09:01:00",
            vec![],
        ),
        row(
            "newest: later",
            vec![entered(newest("09:00:00.500"))],
            vec![newest("09:00:00.501")],
            "09:01:00",
            vec![],
        ),
        row(
            "newest: older",
            vec![entered(newest("09:00:00.500"))],
            vec![newest("09:00:00.499")],
            "09:01:00",
            older(),
        ),
        row("pause: none", vec![], vec![not_paused("all"), not_paused("weather-site")], "09:00:00", vec![]),
        row(
            "pause: all and the target",
            vec![Past::Paused(pause("all")), Past::Paused(pause("weather-site"))],
            vec![not_paused("all"), not_paused("weather-site"), not_paused("invalidate-cache")],
            "10:59:59.999",
            vec![Denial::Paused(pause("all")), Denial::Paused(pause("weather-site"))],
        ),
        row("pause: ended", vec![Past::Paused(pause("all"))], vec![not_paused("all")], "11:00:00", vec![]),
        row(
            "pause: another",
            vec![Past::Paused(pause("other"))],
            vec![not_paused("all")],
            "10:00:00",
            vec![],
        ),
        row(
            "pause: resumed",
            vec![Past::Paused(pause("all")), Past::Resumed("all")],
            vec![not_paused("all")],
            "10:00:00",
            vec![],
        ),
        row(
            "pause: asked twice",
            vec![Past::Paused(pause("all"))],
            vec![not_paused("all"), not_paused("all")],
            "10:00:00",
            vec![Denial::Paused(pause("all"))],
        ),
        row("cooldown: none", vec![], vec![cooldown("09:30:00")], "09:00:00", vec![]),
        row(
            "cooldown: running",
            vec![entered(cooldown("09:30:00"))],
            vec![cooldown("10:00:00")],
            "09:29:59.999",
            vec![cooling()],
        ),
        row(
            "cooldown: ended",
            vec![entered(cooldown("09:30:00"))],
            vec![cooldown("10:00:00")],
            "09:30:00",
            vec![],
        ),
        row("count: none allowed", vec![], vec![count(0)], "09:00:00", vec![reached(0)]),
        row("count: the first", vec![], vec![count(1)], "09:00:00", vec![]),
        row(
            "count: one left",
            vec![entered(count(3)), entered(count(3))],
            vec![count(3)],
            "09:59:59.999",
            vec![],
        ),
        row(
            "count: none left",
            vec![entered(count(3)), entered(count(3))],
            vec![count(2)],
            "09:59:59.999",
            vec![reached(2)],
        ),
        row(
            "count: none allowed any more",
            vec![entered(count(3))],
            vec![count(0)],
            "09:30:00",
            vec![reached(0)],
        ),
        row("count: the next hour", vec![entered(count(1))], vec![count(1)], "10:00:00", vec![]),
        row("lease: none", vec![], vec![lease("one", "09:05:00")], "09:00:00", vec![]),
        row(
            "lease: another's",
            vec![entered(lease("one", "09:05:00"))],
            vec![lease("two", "09:10:00")],
            "09:04:59.999",
            vec![leased("09:05:00")],
        ),
        row(
            "lease: ended",
            vec![entered(lease("one", "09:05:00"))],
            vec![lease("two", "09:10:00")],
            "09:05:00",
            vec![],
        ),
        row(
            "lease: one's own",
            vec![entered(lease("one", "09:05:00"))],
            vec![lease("one", "09:10:00")],
            "09:01:00",
            vec![],
        ),
        row(
            "lease: prolonged",
            vec![entered(lease("one", "09:05:00")), entered(lease("one", "09:10:00"))],
            vec![lease("two", "09:20:00")],
            "09:06:00",
            vec![leased("09:10:00")],
        ),
        row(
            "lease: released",
            vec![entered(lease("one", "09:05:00")), released("one"), released("one")],
            vec![lease("two", "09:10:00")],
            "09:01:00",
            vec![],
        ),
        row(
            "lease: released by another",
            vec![entered(lease("one", "09:05:00")), released("two")],
            vec![lease("two", "09:10:00")],
            "09:01:00",
            vec![leased("09:05:00")],
        ),
        row("proposal: new", vec![], vec![propose()], "09:00:00", vec![]),
        row("proposal: again", vec![entered(propose())], vec![propose()], "09:01:00", vec![]),
        row("proposal: again, ended", vec![entered(propose())], vec![propose()], "12:00:00", vec![]),
        row(
            "proposal: another of this id",
            vec![entered(propose())],
            vec![Guard::Propose(proposal(json!({"target": "weather-site", "n": 2})))],
            "09:01:00",
            vec![not_open(None)],
        ),
        row("approval: open", vec![entered(propose())], vec![approve("bob")], "09:59:59.999", vec![]),
        row(
            "approval: ended",
            vec![entered(propose())],
            vec![approve("bob")],
            "10:00:00",
            vec![not_open(None)],
        ),
        row("approval: unknown", vec![], vec![approve("bob")], "09:00:00", vec![Denial::NotOpen(None)]),
        row(
            "approval: approved",
            vec![entered(propose()), entered(approve("alice"))],
            vec![approve("bob")],
            "09:30:00",
            vec![not_open(Some("alice"))],
        ),
        row(
            "approval: approved, and proposed again",
            vec![entered(propose()), entered(approve("alice")), entered(propose())],
            vec![approve("alice")],
            "09:30:00",
            vec![not_open(Some("alice"))],
        ),
        row(
            "all of a router's guards",
            vec![],
            vec![
                not_paused("all"),
                not_paused("weather-site"),
                not_paused("invalidate-cache"),
                claim("one"),
                newest("09:00:00"),
                cooldown("09:30:00"),
                count(1),
            ],
            "09:00:00",
            vec![],
        ),
        row(
            "all that deny, in the order of the guards",
            vec![
                Past::Entered(vec![claim("one"), newest("09:00:00.500"), cooldown("09:30:00"), count(1)]),
                Past::Paused(pause("all")),
            ],
            vec![not_paused("all"), claim("two"), newest("09:00:00"), cooldown("10:00:00"), count(1)],
            "09:00:01",
            vec![
                Denial::Paused(pause("all")),
                claimed(false),
                Denial::Older { newest: at("09:00:00.500") },
                cooling(),
                reached(1),
            ],
        ),
    ]
}
