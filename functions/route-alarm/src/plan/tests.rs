//! What the ledger says about an order, to plans: every reason once, both sides of every boundary.

mod claims;
mod ledgerless;
mod properties;
mod schedules;

use std::sync::LazyLock;

use expect_test::{Expect, expect};
use shared::command::Mode;
use shared::period::Period;
use shared::plan::Why as _;
use shell::ledger::Pause;

use super::*;
use crate::examples::{alarm, at, dispatch, of_alarm};
use crate::world::Seen::{Denied, Passed, Silent, Unset};

static SIGNAL: LazyLock<Signal> = LazyLock::new(|| of_alarm(alarm()));

fn order(route: &str, task: Task) -> Order<'static> {
    Order { signal: &SIGNAL, route: Some(crate::examples::route(route)), task }
}

fn send() -> Order<'static> {
    order("purge", Task::Send(Box::new(dispatch(&SIGNAL, "purge", Mode::Apply))))
}

fn propose() -> Order<'static> {
    let [planned, approved] = [Mode::Plan, Mode::Apply].map(|mode| Box::new(dispatch(&SIGNAL, "asks", mode)));
    order("asks", Task::Propose { planned, approved, within: Period::parse("2h").unwrap() })
}

fn tell() -> Order<'static> {
    order("tell", Task::Tell("look at the origin".to_owned()))
}

fn hold_down() -> Order<'static> {
    let cause = Cause::HoldDown(Period::parse("5m").unwrap());
    order("purge", Task::Postpone { until: at("09:05:00"), cause })
}

fn of_all_routes(task: Task) -> Order<'static> {
    Order { signal: &SIGNAL, route: None, task }
}

fn mute() -> Order<'static> {
    of_all_routes(Task::Postpone { until: at("10:00:00"), cause: Cause::Mute })
}

/// A command for the function that acts without a ledger.
fn fail_over(order: Order<'static>) -> Order<'static> {
    let to_dns = |mut dispatch: Box<Dispatch>| {
        dispatch.function = ACTS_WITHOUT_LEDGER.to_owned();
        dispatch
    };
    let task = match order.task {
        Task::Send(dispatch) => Task::Send(to_dns(dispatch)),
        Task::Propose { planned, approved, within } => {
            Task::Propose { planned: to_dns(planned), approved: to_dns(approved), within }
        }
        other => other,
    };
    Order { task, ..order }
}

/// Nine o'clock, to the delivery `d-1`, with schedules.
fn world(ledger: Seen) -> World {
    World { ledger, schedules: true, delivery: "d-1".to_owned(), now: at("09:00:00") }
}

fn claimed(owner: &str, until: &str, done: bool) -> Denial {
    Denial::Claimed { owner: owner.to_owned(), until: at(until), done }
}

fn older() -> Denial {
    Denial::Older { newest: at("09:00:01") }
}

fn paused(scope: &str) -> Denial {
    Denial::Paused(Pause {
        scope: scope.to_owned(),
        since: at("08:00:00"),
        until: at("10:00:00"),
        reason: "release".to_owned(),
        who: "ada".to_owned(),
    })
}

fn cooling(key: &str) -> Denial {
    Denial::CoolingDown { key: key.to_owned(), until: at("09:20:00") }
}

fn counted(key: &str) -> Denial {
    Denial::CountReached { key: key.to_owned(), limit: 4 }
}

fn leased() -> Denial {
    Denial::Leased { target: "site".to_owned(), owner: "d-9".to_owned(), until: at("09:10:00") }
}

/// A plan as a line: the decision, its steps, its code and its sentence.
fn line(plan: &Plan<Step, Why>) -> String {
    let (decision, why) = (plan.to_string(), plan.why());
    let (decision, _) = decision.split_once(": ").unwrap();
    format!("{decision} {}: {why}", why.code())
}

#[track_caller]
fn check(order: &Order<'_>, ledger: Seen, expected: Expect) {
    expected.assert_eq(&line(&plan(order, &world(ledger))));
}

/// The code of what a plan for the command of `purge` comes to.
fn code(denials: &[Denial]) -> &'static str {
    plan(&send(), &world(Denied(denials.to_vec()))).why().code()
}

#[test]
fn what_every_guard_lets_pass_is_done() {
    check(
        &send(),
        Passed,
        expect![
            "act (send-command) routed: alarm `a` went from OK to ALARM: sent to invalidate-cache by route `purge`"
        ],
    );
    check(
        &propose(),
        Passed,
        expect![
            "act (send-command) approval-asked: alarm `a` went from OK to ALARM: route `asks` wants approval deb271069687 by 2026-11-21T11:00:00Z; only a plan was ordered so far"
        ],
    );
    check(
        &tell(),
        Passed,
        expect![
            "hold reported: look at the origin: alarm `a` went from OK to ALARM (1 datapoint was above 10.0)"
        ],
    );
    check(
        &hold_down(),
        Passed,
        expect![
            "act (schedule-recheck) hold-down: route `purge` waits until the alarm has been in its state for 5m; nothing is sent before it looks again at 2026-11-21T09:05:00Z"
        ],
    );
    check(
        &mute(),
        Passed,
        expect![
            "act (schedule-recheck) muted: the alarm's actions are muted; the router looks again at 2026-11-21T10:00:00Z"
        ],
    );
    check(
        &of_all_routes(Task::Suppressed { by: "WaitPeriod".to_owned() }),
        Passed,
        expect!["hold suppressed: the alarm's actions are suppressed (WaitPeriod)"],
    );
    check(
        &order("purge", Task::Replayed { by: "after-the-outage".to_owned() }),
        Passed,
        expect!["hold replayed: a replay (after-the-outage), and route `purge` does not say `replays: true`"],
    );
    check(
        &of_all_routes(Task::Ignore),
        Passed,
        expect!["hold not-for-us: not for this function: an alarm of a scaling policy"],
    );
    check(
        &of_all_routes(Task::Unrouted { others: Vec::new() }),
        Passed,
        expect!["hold no-route: alarm `a` went from OK to ALARM: no route of the playbook matches"],
    );
}

#[test]
fn what_a_guard_denies_is_not_done_and_the_report_says_until_when() {
    check(
        &send(),
        Denied(vec![claimed("d-2", "08:00:00", true)]),
        expect!["hold already-routed: the same was sent before for the same change of this alarm"],
    );
    check(
        &send(),
        Denied(vec![claimed("d-2", "09:01:00", false)]),
        expect![
            "hold already-routed: another delivery d-2 of the same change of this alarm takes care of it"
        ],
    );
    check(
        &send(),
        Denied(vec![older()]),
        expect![
            "hold stale: alarm `a` went from OK to ALARM, but it was seen in a newer state of 2026-11-21T09:00:01Z"
        ],
    );
    check(
        &send(),
        Denied(vec![paused("all")]),
        expect!["refuse paused: everything is paused by ada until 2026-11-21T10:00:00Z: release"],
    );
    check(
        &send(),
        Denied(vec![paused("site")]),
        expect!["refuse paused: site is paused by ada until 2026-11-21T10:00:00Z: release"],
    );
    check(
        &send(),
        Denied(vec![cooling("route/purge/site")]),
        expect!["refuse cooldown: route `purge` has acted and rests until 2026-11-21T09:20:00Z"],
    );
    check(
        &send(),
        Denied(vec![cooling("target/site")]),
        expect!["refuse cooldown: target `site` was sent a command and rests until 2026-11-21T09:20:00Z"],
    );
    check(
        &send(),
        Denied(vec![counted("route/purge")]),
        expect!["refuse max-per-hour: route `purge` has had its 4 of this hour"],
    );
    check(
        &send(),
        Denied(vec![counted("all")]),
        expect!["refuse max-per-hour: all routes together have had their 4 of this hour"],
    );
    check(
        &send(),
        Denied(vec![leased()]),
        expect!["wait lease-busy: d-9 works on `site` until 2026-11-21T09:10:00Z"],
    );
}

#[test]
fn of_several_denials_the_one_that_says_most_is_reported() {
    let (done, busy) = (claimed("d-2", "08:00:00", true), claimed("d-2", "09:01:00", false));
    let rests = cooling("route/purge/site");
    for (denials, expected) in [
        (vec![done.clone(), paused("all"), rests.clone(), older()], "already-routed"),
        (vec![busy, paused("all"), rests.clone(), older()], "already-routed"),
        (vec![paused("all"), rests.clone(), counted("all"), older()], "stale"),
        (vec![paused("all"), rests.clone(), counted("all")], "paused"),
        (vec![rests, counted("all")], "cooldown"),
        (vec![counted("all")], "max-per-hour"),
    ] {
        assert_eq!(code(&denials), expected, "{denials:?}");
    }
    // One that was done is never called stale, paused or resting: people would send it again.
    assert_eq!(code(&[done, older(), paused("site"), counted("all")]), "already-routed");
}

#[test]
fn an_alarm_without_a_route_is_told_whatever_the_ledger_says_and_says_which_routes_are_near() {
    let near = shared::ids::TargetName::parse("purge").unwrap();
    let told = Denial::Leased {
        target: "no-route/a".to_owned(),
        owner: "another".to_owned(),
        until: "2026-11-21T10:00:00Z".parse().unwrap(),
    };
    let unrouted = of_all_routes(Task::Unrouted { others: vec![near] });
    check(
        &unrouted,
        Passed,
        expect![
            "hold no-route: alarm `a` went from OK to ALARM: no route of the playbook matches (about other transitions of it: purge)"
        ],
    );
    check(
        &unrouted,
        Denied(vec![told]),
        expect![
            "hold no-route: alarm `a` went from OK to ALARM: no route of the playbook matches (about other transitions of it: purge); people were told within the last hour"
        ],
    );
    check(
        &unrouted,
        Denied(vec![older()]),
        expect![
            "hold stale: alarm `a` went from OK to ALARM, but it was seen in a newer state of 2026-11-21T09:00:01Z"
        ],
    );
}

#[test]
fn an_alarm_that_is_put_off_and_older_than_another_is_stale() {
    for order in [hold_down(), mute(), tell(), of_all_routes(Task::Suppressed { by: "Alarm".to_owned() })] {
        assert_eq!(plan(&order, &world(Denied(vec![older()]))).why().code(), "stale");
    }
}
