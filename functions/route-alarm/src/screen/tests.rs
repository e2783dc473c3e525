//! Signals against playbooks: every row of the table, and every key of a pattern.

mod patterns;

use shared::event::AlarmState;
use shared::ids::TargetName;

use super::*;
use crate::examples::{alarm, at, notice, of_alarm, of_notice, playbook};

const COMMAND: &str = "then: [{action: invalidate, target: site, everything: true}]";

/// An order in a few words: what is asked for, by which route.
fn word(order: &Order<'_>) -> String {
    let route = order.route.map_or(String::new(), |route| format!(" {}", route.name));
    match &order.task {
        Task::Ignore => "ignore".to_owned(),
        Task::Unrouted { others } => {
            let others: Vec<&str> = others.iter().map(TargetName::as_str).collect();
            format!("unrouted [{}]", others.join(" "))
        }
        Task::Suppressed { by } => format!("suppressed{route} by {by}"),
        Task::Replayed { by } => format!("replayed{route} by {by}"),
        Task::Postpone { until, cause: Cause::Mute } => format!("muted{route} until {until}"),
        Task::Postpone { until, cause: Cause::HoldDown(period) } => {
            format!("held down{route} for {period} until {until}")
        }
        Task::Tell(text) => format!("tell{route}: {text}"),
        Task::Send(dispatch) => format!("send{route} to {}", dispatch.target),
        Task::Propose { planned, approved, within } => {
            assert_eq!((planned.mode, approved.mode), (Mode::Plan, Mode::Apply));
            format!("propose{route} to {} within {within}", planned.target)
        }
    }
}

/// What is asked for about a signal, by a playbook with these routes, when it is seen so at a time.
fn seen(routes: &str, signal: &Signal, sight: Sight<'_>, now: &str) -> Vec<String> {
    let playbook = playbook(&format!("routes:\n{routes}"));
    screen(&playbook, signal, sight, at(now)).iter().map(word).collect()
}

/// The same for one that is delivered a second after it happened.
fn delivered(routes: &str, signal: &Signal) -> Vec<String> {
    seen(routes, signal, Sight::Delivered, "09:00:01")
}

fn mute(from: &str, until: &str) -> Mute {
    Mute { by: None, from: at(from), until: at(until) }
}

#[test]
fn each_command_of_each_route_that_matches_is_asked_for_in_the_playbooks_order() {
    let routes = "
  - {name: b, when: {alarm: a}, then: [{action: invalidate, target: site, everything: true}, {action: invalidate, target: other, paths: [/a]}]}
  - {name: not-this, when: {alarm: b}, then: [{action: invalidate, target: site, everything: true}]}
  - {name: a, when: {alarm: a}, report: look}
  - {name: c, when: {alarm: a}, then: [{action: invalidate, target: other, everything: true}], approve: true}
";
    assert_eq!(
        delivered(routes, &of_alarm(alarm())),
        ["send b to site", "send b to other", "tell a: look", "propose c to other within 1h"]
    );
}

#[test]
fn what_no_route_matches_names_the_routes_about_its_other_transitions() {
    let routes = format!(
        "
  - {{name: back, when: {{alarm: a, to: [OK]}}, {COMMAND}}}
  - {{name: first, when: {{alarm: 'a*', from: [INSUFFICIENT_DATA]}}, {COMMAND}}}
  - {{name: other, when: {{alarm: b}}, {COMMAND}}}
"
    );
    assert_eq!(delivered(&routes, &of_alarm(alarm())), ["unrouted [back first]"]);
    assert_eq!(delivered(&routes, &of_notice(notice())), ["unrouted []"]);
}

#[test]
fn alarms_of_scaling_policies_are_ignored_unless_a_pattern_begins_so() {
    let scaling = of_alarm(Alarm { name: "TargetTracking-service/a-AlarmHigh".to_owned(), ..alarm() });
    for (pattern, expected) in [
        ("alarm: '*'", "ignore"),
        ("alarm: 'Target*'", "ignore"),
        ("namespace: 'AWS/CloudFront'", "ignore"),
        ("alarm: 'TargetTracking-*'", "send r to site"),
        ("alarm: 'TargetTracking-service/*High'", "send r to site"),
    ] {
        let routes = format!("  - {{name: r, when: {{{pattern}}}, {COMMAND}}}");
        assert_eq!(delivered(&routes, &scaling), [expected], "{pattern}");
    }
    // Once a route is about it, its other transitions count as those of any alarm: one that is late would act else.
    let routes = format!("  - {{name: r, when: {{alarm: 'TargetTracking-*', to: [OK]}}, {COMMAND}}}");
    assert_eq!(delivered(&routes, &scaling), ["unrouted [r]"]);
}

#[test]
fn what_is_suppressed_is_told_once_for_all_routes() {
    let routes = format!(
        "
  - {{name: r, when: {{alarm: a}}, {COMMAND}}}
  - {{name: s, when: {{alarm: a}}, report: look}}
"
    );
    let suppressed = Alarm { suppressed_by: Some("WaitPeriod".to_owned()), ..alarm() };
    let suppressed_and_muted = Alarm { mute: Some(mute("08:00:00", "10:00:00")), ..suppressed.clone() };
    for alarm in [suppressed.clone(), suppressed_and_muted] {
        assert_eq!(delivered(&routes, &of_alarm(alarm)), ["suppressed by WaitPeriod"]);
    }
    // What nobody waits for is not called suppressed.
    let other = format!("  - {{name: r, when: {{alarm: b}}, {COMMAND}}}");
    assert_eq!(delivered(&other, &of_alarm(suppressed)), ["unrouted []"]);
}

#[test]
fn a_mute_counts_when_it_is_in_force_now_or_was_when_the_state_changed() {
    let routes = format!("  - {{name: r, when: {{alarm: a}}, {COMMAND}}}");
    for (window, now, expected) in [
        (("08:00:00", "10:00:00"), "09:00:01", "muted until 2026-11-21T10:00:00Z"),
        // At both of its ends: the beginning belongs to it, the end does not.
        (("09:00:00", "10:00:00"), "09:00:01", "muted until 2026-11-21T10:00:00Z"),
        (("08:00:00", "09:00:00"), "09:00:00", "send r to site"),
        (("08:00:00", "09:00:00.001"), "09:00:00", "muted until 2026-11-21T09:01:00Z"),
        // It began, or ended, between the change and now. Scheduler takes no time that is past.
        (("09:00:30", "10:00:00"), "09:00:30", "muted until 2026-11-21T10:00:00Z"),
        (("08:00:00", "09:30:00"), "09:40:00", "muted until 2026-11-21T09:41:00Z"),
        // Long over, or still to come.
        (("07:00:00", "08:00:00"), "09:00:01", "send r to site"),
        (("11:00:00", "12:00:00"), "09:00:01", "send r to site"),
    ] {
        let muted = of_alarm(Alarm { mute: Some(mute(window.0, window.1)), ..alarm() });
        assert_eq!(seen(&routes, &muted, Sight::Delivered, now), [expected], "{window:?}");
    }
}

#[test]
fn a_mute_puts_off_all_routes_together_and_not_those_that_nobody_has() {
    let muted = of_alarm(Alarm { mute: Some(mute("08:00:00", "10:00:00")), ..alarm() });
    let routes = format!(
        "
  - {{name: r, when: {{alarm: a}}, {COMMAND}, hold-down: 5m}}
  - {{name: s, when: {{alarm: a}}, report: look}}
"
    );
    assert_eq!(delivered(&routes, &muted), ["muted until 2026-11-21T10:00:00Z"]);
    assert_eq!(delivered(&routes.replace("alarm: a", "alarm: b"), &muted), ["unrouted []"]);
    // Once it is over, each route goes on for itself.
    assert_eq!(seen(&routes, &muted, Sight::Confirmed(None), "10:00:00"), ["send r to site", "tell s: look"]);
}

#[test]
fn a_replay_acts_only_for_routes_that_ask_for_those() {
    let routes = format!(
        "
  - {{name: r, when: {{alarm: a}}, {COMMAND}}}
  - {{name: s, when: {{alarm: a}}, {COMMAND}, replays: true}}
  - {{name: t, when: {{budget: '*'}}, report: look}}
"
    );
    let by = Some("after-the-outage".to_owned());
    let replayed = of_alarm(Alarm { replay: by.clone(), ..alarm() });
    assert_eq!(delivered(&routes, &replayed), ["replayed r by after-the-outage", "send s to site"]);
    let notice = of_notice(shared::event::Notice { replay: by, ..notice() });
    assert_eq!(delivered(&routes, &notice), ["replayed t by after-the-outage"]);
}

#[test]
fn a_hold_down_is_over_when_somebody_has_looked_again_since() {
    let routes = format!("  - {{name: r, when: {{alarm: a}}, {COMMAND}, hold-down: 5m}}");
    let signal = of_alarm(alarm());
    let name = TargetName::parse("r").unwrap();
    let confirmed = Sight::Confirmed(Some(&name));
    for (sight, now, expected) in [
        (Sight::Delivered, "09:00:01", "held down r for 5m until 2026-11-21T09:05:00Z"),
        // Delivered late, it is looked at again all the same: nobody knows what the alarm did meanwhile.
        (Sight::Delivered, "09:30:00", "held down r for 5m until 2026-11-21T09:31:00Z"),
        // The look that the hold-down asked for is one, even by a clock that is slow.
        (confirmed, "09:04:59.999", "send r to site"),
        (confirmed, "09:05:00", "send r to site"),
        // One for all routes comes from a mute, and may come before the hold-down is over.
        (Sight::Confirmed(None), "09:04:59.999", "held down r for 5m until 2026-11-21T09:05:59.999Z"),
        (Sight::Confirmed(None), "09:05:00", "send r to site"),
    ] {
        assert_eq!(seen(&routes, &signal, sight, now), [expected], "{sight:?} {now}");
    }
}

#[test]
fn a_look_again_for_one_route_is_about_that_route_alone() {
    let routes = format!(
        "
  - {{name: r, when: {{alarm: a}}, {COMMAND}, hold-down: 5m}}
  - {{name: s, when: {{alarm: a}}, report: look}}
"
    );
    let signal = of_alarm(alarm());
    let [known, gone] = ["r", "gone"].map(|name| TargetName::parse(name).unwrap());
    assert_eq!(seen(&routes, &signal, Sight::Confirmed(Some(&known)), "09:05:00"), ["send r to site"]);
    // A route that was taken out of the playbook meanwhile is no silence.
    assert_eq!(seen(&routes, &signal, Sight::Confirmed(Some(&gone)), "09:05:00"), ["unrouted []"]);
}

#[test]
fn each_order_is_reported_under_an_id_of_its_own_and_all_under_the_correlation_of_the_signal() {
    let routes = "
  - {name: r, when: {alarm: a}, then: [{action: invalidate, target: site, everything: true}, {action: invalidate, target: other, everything: true}]}
  - {name: s, when: {alarm: a}, report: look}
  - {name: t, when: {alarm: a}, report: look}
  - {name: u, when: {alarm: a}, then: [{action: invalidate, target: site, paths: [/a]}], approve: true}
";
    let (playbook, signal) = (playbook(&format!("routes:\n{routes}")), of_alarm(alarm()));
    let orders = screen(&playbook, &signal, Sight::Delivered, at("09:00:01"));
    let subjects: Vec<Subject> = orders.iter().map(|order| order.subject(Mode::Apply)).collect();
    let mut ids: Vec<&str> = subjects.iter().map(|subject| subject.id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 5);
    for subject in &subjects {
        assert_eq!(subject.correlation, signal.correlation().as_str());
        assert_eq!((subject.function, subject.action.as_str()), ("route-alarm", "route"));
    }
    let targets: Vec<&str> = subjects.iter().map(|subject| subject.target.as_str()).collect();
    assert_eq!(targets, ["site", "other", "none", "none", "site"]);
    let approvals: Vec<bool> = subjects.iter().map(|subject| subject.approval.is_some()).collect();
    assert_eq!(approvals, [false, false, false, false, true]);
}

#[test]
fn another_delivery_of_the_same_change_yields_the_same_commands() {
    let routes = format!("  - {{name: r, when: {{alarm: a}}, {COMMAND}}}");
    let playbook = playbook(&format!("routes:\n{routes}"));
    let by_bus = of_alarm(alarm());
    // SNS and EventBridge do not tell the same of it.
    let by_topic = of_alarm(Alarm { metrics: Vec::new(), reason: None, account: None, ..alarm() });
    let only =
        |signal: &Signal| match screen(&playbook, signal, Sight::Delivered, at("09:00:01")).remove(0).task {
            Task::Send(dispatch) => *dispatch,
            other => panic!("{other:?}"),
        };
    let one = only(&by_bus);
    assert_eq!(one.deduplication, only(&by_topic).deduplication);
    assert_eq!(one.id, only(&by_topic).id);
    assert_eq!(one.body, only(&by_topic).body);
    let next = only(&of_alarm(Alarm { at: at("09:00:00.001"), ..alarm() }));
    assert!(next.deduplication != one.deduplication && next.id != one.id);
}
