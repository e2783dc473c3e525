//! Which guards an order must pass, for each kind of order.

use expect_test::{Expect, expect};
use shared::command::Mode;
use shared::event::Alarm;
use shell::ledger::Denial;

use super::*;
use crate::examples::{PLAYBOOK, alarm, at, dispatch, notice, of_alarm, of_notice, route};
use crate::screen::Cause;

/// A guard as a line, with the keys that people read.
fn line(guard: &Guard) -> String {
    match guard {
        Guard::Claim { key, owner, until } => {
            format!("claim of {} characters by {owner} until {until}", key.len())
        }
        Guard::Newest { subject, at } => format!("newest of {subject} at {at}"),
        Guard::NotPaused { scope } => format!("not paused: {scope}"),
        Guard::Cooldown { key, until } => format!("cooldown {key} until {until}"),
        Guard::HourlyCount { key, limit } => format!("at most {limit} an hour: {key}"),
        Guard::Propose(proposal) => format!("propose until {}: {}", proposal.until, proposal.what["route"]),
        Guard::Lease { target, owner, until } => format!("{target} is {owner}'s until {until}"),
        Guard::Approve { .. } => panic!("not of the router's orders: {guard:?}"),
    }
}

fn of(signal: &Signal, name: &str, task: Task) -> Vec<Guard> {
    let order = Order { signal, route: Some(route(name)), task };
    guards(&order, &PLAYBOOK.guardrails, "d-1", at("09:00:01"), at("09:01:00"))
}

#[track_caller]
fn check(guards: &[Guard], expected: Expect) {
    expected.assert_eq(&guards.iter().map(|guard| line(guard) + "\n").collect::<String>());
}

fn send(signal: &Signal) -> Task {
    Task::Send(Box::new(dispatch(signal, "purge", Mode::Apply)))
}

fn propose(signal: &Signal) -> Task {
    let [planned, approved] = [Mode::Plan, Mode::Apply].map(|mode| Box::new(dispatch(signal, "asks", mode)));
    Task::Propose { planned, approved, within: Period::HOUR }
}

#[test]
fn a_command_passes_claim_pauses_cooldowns_counts_and_the_newest_state() {
    let signal = of_alarm(alarm());
    check(
        &of(&signal, "purge", send(&signal)),
        expect![[r#"
        claim of 32 characters by d-1 until 2026-11-21T09:01:00Z
        not paused: all
        not paused: site
        not paused: invalidate-cache
        cooldown route/purge/site until 2026-11-21T09:30:01Z
        cooldown target/site until 2026-11-21T09:05:01Z
        at most 4 an hour: route/purge
        at most 20 an hour: all
        newest of arn:aws:cloudwatch:us-east-1:123456789012:alarm:a at 2026-11-21T09:00:00Z
    "#]],
    );
}

#[test]
fn a_proposal_is_kept_with_the_command_to_be_approved_and_counts_for_nothing_yet() {
    let signal = of_alarm(alarm());
    let guards = of(&signal, "asks", propose(&signal));
    check(
        &guards,
        expect![[r#"
            claim of 32 characters by d-1 until 2026-11-21T09:01:00Z
            not paused: all
            not paused: site
            not paused: invalidate-cache
            propose until 2026-11-21T10:00:01Z: "asks"
            newest of arn:aws:cloudwatch:us-east-1:123456789012:alarm:a at 2026-11-21T09:00:00Z
        "#]],
    );
    let Some(Guard::Propose(proposal)) = guards.iter().find(|guard| matches!(guard, Guard::Propose(_)))
    else {
        panic!("{guards:?}");
    };
    let kept: Dispatch = serde_json::from_value(proposal.what["command"].clone()).unwrap();
    assert_eq!(kept, dispatch(&signal, "asks", Mode::Apply));
    assert_eq!(kept.body.get("mode"), None);
    assert_eq!(kept.body["origin"].get("approval"), None);
    let planned = dispatch(&signal, "asks", Mode::Plan);
    assert_eq!(planned.body["mode"], "plan");
    assert_eq!(planned.body["origin"]["approval"], proposal.id);
    assert_ne!(planned.deduplication, kept.deduplication);
}

#[test]
fn what_is_only_told_is_claimed_for_ever_and_rests_as_its_route_says() {
    let signal = of_alarm(alarm());
    check(
        &of(&signal, "tell", Task::Tell("look".to_owned())),
        expect![[r#"
        claim of 32 characters by d-1 until 9999-12-30T22:00:00.999999999Z
        cooldown route/tell until 2026-11-21T09:10:01Z
        newest of arn:aws:cloudwatch:us-east-1:123456789012:alarm:a at 2026-11-21T09:00:00Z
    "#]],
    );
    let notice = of_notice(notice());
    check(
        &of(&notice, "tell", Task::Tell("look".to_owned())),
        expect![[r#"
        claim of 32 characters by d-1 until 9999-12-30T22:00:00.999999999Z
        cooldown route/tell until 2026-11-21T09:10:01Z
    "#]],
    );
}

#[test]
fn what_is_put_off_or_suppressed_is_seen_all_the_same() {
    let signal = of_alarm(alarm());
    let newest = [Guard::Newest { subject: signal.subject(), at: at("09:00:00") }];
    let until = at("09:05:00");
    for cause in [Cause::Mute, Cause::HoldDown(Period::MINUTE)] {
        assert_eq!(of(&signal, "purge", Task::Postpone { until, cause }), newest);
    }
    assert_eq!(of(&signal, "purge", Task::Suppressed { by: "Alarm".to_owned() }), newest);
}

#[test]
fn people_are_told_once_an_hour_about_an_alarm_without_a_route() {
    let signal = of_alarm(alarm());
    check(
        &of(&signal, "purge", Task::Unrouted { others: Vec::new() }),
        expect![[r#"
            no-route/arn:aws:cloudwatch:us-east-1:123456789012:alarm:a is d-1's until 2026-11-21T10:00:01Z
            newest of arn:aws:cloudwatch:us-east-1:123456789012:alarm:a at 2026-11-21T09:00:00Z
        "#]],
    );
}

#[test]
fn what_nobody_waits_for_asks_the_ledger_for_nothing() {
    let signal = of_alarm(alarm());
    assert_eq!(of(&signal, "purge", Task::Ignore), []);
    assert_eq!(of(&signal, "purge", Task::Replayed { by: "r".to_owned() }), []);
}

#[test]
fn a_replay_says_nothing_about_what_is_newest() {
    let replayed = of_alarm(Alarm { replay: Some("r".to_owned()), ..alarm() });
    let guards = of(&replayed, "purge", send(&replayed));
    assert!(!guards.iter().any(|guard| matches!(guard, Guard::Newest { .. })), "{guards:?}");
    assert_eq!(newest(&of_notice(notice())), None);
}

#[test]
fn a_route_and_a_playbook_without_limits_ask_for_no_more_than_claim_pauses_and_newest() {
    let signal = of_alarm(alarm());
    let order = Order { signal: &signal, route: Some(route("asks")), task: send(&signal) };
    let none = shared::playbook::Guardrails::default();
    let guards = guards(&order, &none, "d-1", at("09:00:01"), at("09:01:00"));
    let kinds: Vec<&str> =
        guards.iter().map(|guard| if let Guard::NotPaused { .. } = guard { "pause" } else { "" }).collect();
    assert_eq!(kinds, ["", "pause", "pause", "pause", ""]);
}

#[test]
fn no_two_orders_of_different_work_share_a_claim() {
    let [one, next] = [alarm(), Alarm { at: at("09:00:00.001"), ..alarm() }].map(of_alarm);
    let contributor = of_alarm(Alarm { contributor: Some("c".to_owned()), ..alarm() });
    let other_region = of_alarm(Alarm {
        arn: Some("arn:aws:cloudwatch:us-west-2:123456789012:alarm:a".to_owned()),
        ..alarm()
    });
    let key = |guards: Vec<Guard>| match guards.into_iter().next() {
        Some(Guard::Claim { key, .. }) => key,
        other => panic!("{other:?}"),
    };
    let mut keys = Vec::new();
    for signal in [&one, &next, &contributor, &other_region] {
        keys.push(key(of(signal, "purge", send(signal))));
        keys.push(key(of(signal, "asks", propose(signal))));
        keys.push(key(of(signal, "tell", Task::Tell("look".to_owned()))));
        keys.push(key(of(signal, "asks", Task::Tell("look".to_owned()))));
    }
    let all = keys.len();
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), all);
}

#[tokio::test]
async fn the_ledger_takes_the_guards_of_every_order() {
    use shell::ledger::fake::FakeLedger;
    use shell::ledger::{Entry, Ledger};
    let signal = of_alarm(alarm());
    for (name, task) in
        [("purge", send(&signal)), ("asks", propose(&signal)), ("tell", Task::Tell("look".to_owned()))]
    {
        let (ledger, guards) = (FakeLedger::default(), of(&signal, name, task));
        assert_eq!(ledger.enter(&guards, at("09:00:01")).await.unwrap(), Entry::Entered);
        // And each of them, but pauses and times, denies it a second time.
        let Entry::Denied(denials) = ledger.enter(&guards, at("09:00:02")).await.unwrap() else { panic!() };
        let kept = |denial: &Denial| matches!(denial, Denial::Claimed { .. } | Denial::CoolingDown { .. });
        assert!(denials.iter().all(kept), "{denials:?}");
    }
}
