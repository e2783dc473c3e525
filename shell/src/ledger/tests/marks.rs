//! What every ledger must do with marks that set what guards look at, and with pauses of one scope.

use super::table::{Past, Row};
use super::words::*;
use crate::ledger::{Denial, Guard, Mark, Pause};

/// Rows as those of the table.
pub(crate) fn rows() -> Vec<Row> {
    [uncounted_rows(), withdrawn_rows(), seen_rows(), rest_rows(), unrest_rows(), pause_rows()]
        .into_iter()
        .flatten()
        .collect()
}

fn row(name: &'static str, before: Vec<Past>, asked: Guard, time: &str, expected: Option<Denial>) -> Row {
    Row { name, before, asked: vec![asked], at: at(time), expected: expected.into_iter().collect() }
}

fn entered(guard: Guard) -> Past {
    Past::Entered(vec![guard])
}

fn seen_rows() -> Vec<Row> {
    let row = |name, before, asked: &str, newest: Option<&str>| {
        row(
            name,
            before,
            super::words::newest(asked),
            "09:01:00",
            newest.map(|time| Denial::Older { newest: at(time) }),
        )
    };
    let (kept, seen) = (|time: &str| entered(newest(time)), |time: &str| Past::Marked(seen(time)));
    vec![
        row("seen: same", vec![seen("09:00:00.500")], "09:00:00.500", None),
        row("seen: older", vec![seen("09:00:00.500")], "09:00:00.499", Some("09:00:00.500")),
        row("seen: part of a millisecond", vec![seen("09:00:00.5009")], "09:00:00.500", None),
        row(
            "seen: later than what is kept",
            vec![kept("09:00:00.500"), seen("09:00:00.501")],
            "09:00:00.500",
            Some("09:00:00.501"),
        ),
        row(
            "seen: older than what is kept",
            vec![kept("09:00:00.500"), seen("09:00:00.499")],
            "09:00:00.499",
            Some("09:00:00.500"),
        ),
        row("seen: as kept", vec![kept("09:00:00.500"), seen("09:00:00.500")], "09:00:00.500", None),
        row(
            "seen: two, the later first",
            vec![seen("09:00:00.501"), seen("09:00:00.500")],
            "09:00:00.500",
            Some("09:00:00.501"),
        ),
    ]
}

fn rest_rows() -> Vec<Row> {
    let row = |name, before, time, expected| row(name, before, cooldown("10:00:00"), time, expected);
    let (kept, rest) = (|until: &str| entered(cooldown(until)), |until: &str| Past::Marked(rest(until)));
    vec![
        row("rest: running", vec![rest("09:30:00")], "09:29:59.999", Some(cooling())),
        row("rest: ended", vec![rest("09:30:00")], "09:30:00", None),
        row(
            "rest: shorter than what is kept",
            vec![kept("09:30:00"), rest("09:29:59.999")],
            "09:29:59.999",
            Some(cooling()),
        ),
        row("rest: as kept", vec![kept("09:30:00"), rest("09:30:00")], "09:29:59.999", Some(cooling())),
        row(
            "rest: longer than what is kept",
            vec![kept("09:29:59.999"), rest("09:30:00")],
            "09:29:59.999",
            Some(cooling()),
        ),
    ]
}

fn unrest_rows() -> Vec<Row> {
    let row = |name, before, expected| row(name, before, cooldown("10:00:00"), "09:01:00", expected);
    let (kept, unrest) = (|until: &str| entered(cooldown(until)), |until: &str| Past::Marked(unrest(until)));
    let other = Mark::Unrest { key: "route#two".to_owned(), until: at("09:30:00") };
    vec![
        row("unrest: that one", vec![kept("09:30:00"), unrest("09:30:00")], None),
        row("unrest: twice", vec![kept("09:30:00"), unrest("09:30:00"), unrest("09:30:00")], None),
        row("unrest: as it is kept", vec![kept("09:30:00.0001"), unrest("09:30:00.0009")], None),
        row("unrest: one that began late", vec![Past::Marked(rest("09:30:00")), unrest("09:30:00")], None),
        row("unrest: a longer one", vec![kept("09:30:00"), unrest("09:29:59.999")], Some(cooling())),
        row("unrest: a shorter one", vec![kept("09:30:00"), unrest("09:30:00.001")], Some(cooling())),
        row("unrest: another's", vec![kept("09:30:00"), Past::Marked(other)], Some(cooling())),
        row("unrest: none", vec![unrest("09:30:00")], None),
    ]
}

fn withdrawn_rows() -> Vec<Row> {
    let row = |name, before, expected| row(name, before, claim("two"), "09:01:00", expected);
    let withdrawn =
        |owner: &str| Past::Marked(Mark::Withdrawn { key: "work".to_owned(), owner: owner.to_owned() });
    let done = || Past::Marked(Mark::Done { key: "work".to_owned() });
    vec![
        row("withdrawn: its own", vec![entered(claim("one")), withdrawn("one")], None),
        row("withdrawn: twice", vec![entered(claim("one")), withdrawn("one"), withdrawn("one")], None),
        row("withdrawn: another's", vec![entered(claim("one")), withdrawn("two")], Some(claimed(false))),
        row(
            "withdrawn: what is done",
            vec![entered(claim("one")), done(), withdrawn("one")],
            Some(claimed(true)),
        ),
        row("withdrawn: nothing", vec![withdrawn("one")], None),
    ]
}

fn uncounted_rows() -> Vec<Row> {
    let row = |name, before, limit, time, expected: bool| {
        let denial = Denial::CountReached { key: "all".to_owned(), limit };
        row(name, before, count(limit), time, expected.then_some(denial))
    };
    let uncounted = || Past::Marked(Mark::Uncounted { key: "all".to_owned() });
    vec![
        row("uncounted: one of one", vec![entered(count(9)), uncounted()], 1, "09:01:00", false),
        row(
            "uncounted: one of two",
            vec![entered(count(9)), entered(count(9)), uncounted()],
            1,
            "09:01:00",
            true,
        ),
        row("uncounted: none", vec![uncounted(), entered(count(9))], 1, "09:01:00", true),
        row("uncounted: below none", vec![entered(count(9)), uncounted(), uncounted()], 0, "09:01:00", true),
    ]
}

fn pause_rows() -> Vec<Row> {
    let row = |name, before: Vec<Pause>, time, pause: Option<Pause>| {
        let before = before.into_iter().map(Past::Paused).collect();
        row(name, before, not_paused("all"), time, pause.map(Denial::Paused))
    };
    let alice = || pause("all");
    let elsewhere = Pause { scope: "weather-site".to_owned(), ..until("10:30:00") };
    vec![
        row("pauses: a shorter one", vec![alice(), until("10:59:59.999")], "10:59:59.999", Some(alice())),
        row("pauses: as long", vec![alice(), until("11:00:00")], "10:59:59.999", Some(until("11:00:00"))),
        row(
            "pauses: a longer one",
            vec![alice(), until("11:00:00.001")],
            "11:00:00",
            Some(until("11:00:00.001")),
        ),
        row("pauses: another scope", vec![alice(), elsewhere], "10:59:59.999", Some(alice())),
    ]
}
