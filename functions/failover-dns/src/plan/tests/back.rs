//! Fail-backs: only when the primary is shown to be healthy for long enough, and to exactly what was before.

use expect_test::expect;
use serde_json::json;
use shared::command::Source;
use shared::kinds::dns::{Dns, RecordType, Side};

use super::check;
use crate::examples::*;
use crate::order::Order;
use crate::world::{Before, Health, Memory, Place, Recall, World};

const AUTOMATIC: &str = ", failback: {how: automatic, after-healthy-for: 15m}";

/// What there is an hour after an alarm has failed it over.
fn failed_over(rule: &Dns, primary: Health) -> World {
    let before =
        Some(Before::Records([pair(RecordType::A, 90, 10), pair(RecordType::Aaaa, 80, 20)].concat()));
    let mut world = world(weighted_place(rule, 0, 50));
    world.health.primary = Some(Ok(primary));
    let memory = Memory { before, ..remembered(vec![moved(Side::Secondary, 60, false)]) };
    World { recall: Recall::Known(memory), ..world }
}

/// A fail-back that an alarm asks for which is over for a minute.
fn recovered(rule: &Dns) -> Order<'_> {
    order(rule, json!({"action": "fail-back", "origin": {"source": "alarm", "at": ago(1)}}), Source::Queue)
}

#[test]
fn every_record_gets_back_what_it_had() {
    let rule = weights("");
    check(
        &by_hand(&rule, "fail-back"),
        &failed_over(&rule, healthy_since(15)),
        expect![[r#"
            act failed-back
              change-records {"records":[{"name":"www.example.com.","type":"A","set_identifier":"blue","weight":{"from":0,"to":90}},{"name":"www.example.com.","type":"A","set_identifier":"green","weight":{"from":50,"to":10}},{"name":"www.example.com.","type":"AAAA","set_identifier":"blue","weight":{"from":0,"to":80}},{"name":"www.example.com.","type":"AAAA","set_identifier":"green","weight":{"from":50,"to":20}}]}
              note-move {"to":"primary","at":"2026-11-21T09:00:00.000Z"}
              traffic goes to the primary now, which is healthy: 14 of 16 checkers say so, for 15m and longer
        "#]],
    );
}

#[test]
fn a_primary_that_has_not_been_healthy_for_long_enough_gets_no_traffic() {
    let rule = weights("");
    check(
        &by_hand(&rule, "fail-back"),
        &failed_over(&rule, healthy_since(14)),
        expect![[r#"
        refuse primary-unproven
          the primary has not been healthy for long enough: 14 of 16 checkers say so
          next: send it again at 2026-11-21T09:01:00Z or later; to move all the same, add `force: true` and a `reason`
    "#]],
    );
    check(
        &by_hand(&rule, "fail-back"),
        &failed_over(&rule, unhealthy()),
        expect![[r#"
        refuse primary-unproven
          nothing shows that the primary is healthy: 2 of 16 checkers say so
          next: look at the primary; to move all the same, send `fail-back` with `force: true` and a `reason`
    "#]],
    );
    let forced = json!({"action": "fail-back", "force": true, "reason": "it is well, the check is wrong"});
    check(
        &order(&rule, forced, Source::Operator),
        &failed_over(&rule, unhealthy()),
        expect![[r#"
        act failed-back
          change-records {"records":[{"name":"www.example.com.","type":"A","set_identifier":"blue","weight":{"from":0,"to":90}},{"name":"www.example.com.","type":"A","set_identifier":"green","weight":{"from":50,"to":10}},{"name":"www.example.com.","type":"AAAA","set_identifier":"blue","weight":{"from":0,"to":80}},{"name":"www.example.com.","type":"AAAA","set_identifier":"green","weight":{"from":50,"to":20}}]}
          note-move {"to":"primary","at":"2026-11-21T09:00:00.000Z"}
          traffic goes to the primary now, by force: nobody looked whether it is healthy
    "#]],
    );
}

#[test]
fn an_alarm_that_is_over_fails_nothing_back_where_that_is_for_people() {
    let rule = weights("");
    check(
        &recovered(&rule),
        &failed_over(&rule, healthy_since(60)),
        expect![[r#"
        refuse failback-manual
          the target's `failback` is `manual`: a person fails it back
          next: an operator sends `fail-back` when the primary is ready
    "#]],
    );
}

#[test]
fn where_it_goes_back_by_itself_it_waits_until_the_time_is_over() {
    let rule = weights(AUTOMATIC);
    check(
        &recovered(&rule),
        &failed_over(&rule, healthy_since(1)),
        expect![[r#"
        hold not-yet
          the primary is healthy since 2026-11-21T08:59:00Z, which is not long enough: 14 of 16 checkers say so
          next: it goes back at 2026-11-21T09:14:00Z if the primary stays healthy
    "#]],
    );
    check(
        &recovered(&rule),
        &failed_over(&rule, unhealthy()),
        expect![[r#"
            hold not-yet
              nothing shows that the primary is healthy, or for how long: 2 of 16 checkers say so
              next: it goes back by itself when the primary is healthy again
        "#]],
    );
    check(
        &recovered(&rule),
        &failed_over(&rule, healthy_since(15)),
        expect![[r#"
            act failed-back
              change-records {"records":[{"name":"www.example.com.","type":"A","set_identifier":"blue","weight":{"from":0,"to":90}},{"name":"www.example.com.","type":"A","set_identifier":"green","weight":{"from":50,"to":10}},{"name":"www.example.com.","type":"AAAA","set_identifier":"blue","weight":{"from":0,"to":80}},{"name":"www.example.com.","type":"AAAA","set_identifier":"green","weight":{"from":50,"to":20}}]}
              note-move {"to":"primary","at":"2026-11-21T09:00:00.000Z"}
              traffic goes to the primary now, which is healthy: 14 of 16 checkers say so, for 15m and longer
        "#]],
    );
}

#[test]
fn what_a_person_has_moved_a_person_moves_back() {
    let rule = weights(AUTOMATIC);
    let mut world = failed_over(&rule, healthy_since(60));
    world.recall = Recall::Known(remembered(vec![moved(Side::Secondary, 60, true)]));
    check(
        &recovered(&rule),
        &world,
        expect![[r#"
        refuse moved-by-hand
          a person failed it over at 2026-11-21T08:00:00Z, so only a person fails it back
          next: an operator sends `fail-back` when the primary is ready
    "#]],
    );
    check(
        &by_hand(&rule, "fail-back"),
        &world,
        expect![[r#"
            act failed-back
              change-records {"records":[{"name":"www.example.com.","type":"A","set_identifier":"blue","weight":{"from":0,"to":100}},{"name":"www.example.com.","type":"A","set_identifier":"green","weight":{"from":50,"to":0}},{"name":"www.example.com.","type":"AAAA","set_identifier":"blue","weight":{"from":0,"to":100}},{"name":"www.example.com.","type":"AAAA","set_identifier":"green","weight":{"from":50,"to":0}}]}
              note-move {"to":"primary","at":"2026-11-21T09:00:00.000Z"}
              traffic goes to the primary now, which is healthy: 14 of 16 checkers say so, for 15m and longer
        "#]],
    );
}

#[test]
fn without_a_ledger_only_a_person_fails_back() {
    let rule = weights(AUTOMATIC);
    let with = |recall| World { recall, ..failed_over(&rule, healthy_since(60)) };
    check(
        &recovered(&rule),
        &with(Recall::Unset),
        expect![[r#"
        refuse ledger-unset
          without a ledger nobody knows who failed it over: it does not go back by itself
          next: an operator sends `fail-back` when the primary is ready
    "#]],
    );
    check(
        &recovered(&rule),
        &with(Recall::Silent("no answer".to_owned())),
        expect![[r#"
            wait ledger-unavailable
              no answer
              next: it is tried again when its message is delivered again; an operator's `fail-back` with `force: true` and a `reason` does not wait for the ledger
        "#]],
    );
    check(
        &by_hand(&rule, "fail-back"),
        &with(Recall::Unset),
        expect![[r#"
            act failed-back
              change-records {"records":[{"name":"www.example.com.","type":"A","set_identifier":"blue","weight":{"from":0,"to":100}},{"name":"www.example.com.","type":"A","set_identifier":"green","weight":{"from":50,"to":0}},{"name":"www.example.com.","type":"AAAA","set_identifier":"blue","weight":{"from":0,"to":100}},{"name":"www.example.com.","type":"AAAA","set_identifier":"green","weight":{"from":50,"to":0}}]}
              traffic goes to the primary now, which is healthy: 14 of 16 checkers say so, for 15m and longer
        "#]],
    );
}

#[test]
fn what_is_back_already_is_left_alone() {
    let rule = weights(AUTOMATIC);
    let world = World { ..world(weighted_place(&rule, 90, 10)) };
    check(
        &recovered(&rule),
        &world,
        expect![[r#"
        hold already-there
          traffic goes to the primary already
    "#]],
    );
}

#[test]
fn what_somebody_has_moved_elsewhere_is_moved_back_by_people_only() {
    let rule = targets(AUTOMATIC);
    let mut world = world(answering(&rule, &["192.0.2.99"]));
    let before =
        Some(Before::Records(vec![crate::fake::simple("www.example.com", RecordType::A, &["192.0.2.7"])]));
    let memory = Memory { before, ..remembered(vec![moved(Side::Secondary, 60, false)]) };
    world.recall = Recall::Known(memory);
    check(
        &recovered(&rule),
        &world,
        expect![[r#"
            refuse moved-by-hand
              nothing noted tells who has moved traffic, so only a person fails it back
              next: an operator sends `fail-back` when the primary is ready
        "#]],
    );
    check(
        &by_hand(&rule, "fail-back"),
        &world,
        expect![[r#"
            act failed-back
              change-records {"records":[{"name":"www.example.com.","type":"A","answer":{"from":["192.0.2.99"],"to":["192.0.2.7"]}}]}
              note-move {"to":"primary","at":"2026-11-21T09:00:00.000Z"}
              traffic goes to the primary now, which is healthy: 14 of 16 checkers say so, for 15m and longer
        "#]],
    );
}

#[test]
fn a_health_check_gets_back_its_settings_and_only_those_that_are_known() {
    let rule = health_check("");
    let mut world = world(checked(true, true));
    check(
        &by_hand(&rule, "fail-back"),
        &world,
        expect![[r#"
        refuse nothing-saved
          what the health check was before it was forced is not known: it is not in the ledger
          next: restore the health check by hand with UpdateHealthCheck; or send `fail-back` with `force: true` and a `reason`, which leaves it neither disabled nor inverted
    "#]],
    );
    let forced = json!({"action": "fail-back", "force": true, "reason": "nobody knows"});
    check(
        &order(&rule, forced, Source::Operator),
        &world,
        expect![[r#"
        act failed-back
          restore-health-check {"health_check":"99999999-2222-3333-4444-555555555555","disabled":false,"inverted":false}
          note-move {"to":"primary","at":"2026-11-21T09:00:00.000Z"}
          traffic goes to the primary now, by force: nobody looked whether it is healthy
    "#]],
    );
    let before = Some(Before::Check { disabled: false, inverted: true });
    world.recall = Recall::Known(Memory { before, ..remembered(vec![moved(Side::Secondary, 60, false)]) });
    check(
        &by_hand(&rule, "fail-back"),
        &world,
        expect![[r#"
            act failed-back
              restore-health-check {"health_check":"99999999-2222-3333-4444-555555555555","disabled":false,"inverted":true}
              note-move {"to":"primary","at":"2026-11-21T09:00:00.000Z"}
              traffic goes to the primary now, which is healthy: 14 of 16 checkers say so, for 15m and longer
        "#]],
    );
}

#[test]
fn data_planes_go_back_too() {
    let rule = standby_object("");
    check(
        &by_hand(&rule, "fail-back"),
        &world(Place::Object(Some(true))),
        expect![[r#"
            act failed-back
              remove-object {"bucket":"standby-switch","key":"failed-over","region":"us-west-2"}
              note-move {"to":"primary","at":"2026-11-21T09:00:00.000Z"}
              traffic goes to the primary now, which is healthy: 14 of 16 checkers say so, for 15m and longer
        "#]],
    );
    let rule = routing_control("");
    let on = shared::kinds::dns::Sides { primary: false, secondary: true };
    check(
        &by_hand(&rule, "fail-back"),
        &world(Place::Controls(Some(on))),
        expect![[r#"
            act failed-back
              set-routing-controls {"primary":"On","secondary":"Off"}
              note-move {"to":"primary","at":"2026-11-21T09:00:00.000Z"}
              traffic goes to the primary now, which is healthy: 14 of 16 checkers say so, for 15m and longer
        "#]],
    );
}

#[test]
fn names_go_back_in_stages_too() {
    let rule = domains("");
    let place = |names, records, deployed| domain(&rule, names, records, deployed);
    check(
        &by_hand(&rule, "fail-back"),
        &world(place(Side::Secondary, Side::Secondary, true)),
        expect![[r#"
            act name-moved
              note-begin {"to":"primary"}
              move-name {"name":"www.example.com","distribution":"E1PRIMARY"}
              note-move {"to":"primary","at":"2026-11-21T09:00:00.000Z"}
              the names are at the distribution of the primary now; the records still point at the other
              next: the records follow when CloudFront has deployed the distribution: `reconcile` looks every minute
        "#]],
    );
    check(
        &by_hand(&rule, "fail-back"),
        &world(place(Side::Primary, Side::Secondary, false)),
        expect![[r#"
            hold deploying
              the names are moved, and CloudFront has not deployed the distribution of the primary yet
              next: the records follow when CloudFront has deployed the distribution: `reconcile` looks every minute
        "#]],
    );
    check(
        &by_hand(&rule, "fail-back"),
        &world(place(Side::Primary, Side::Secondary, true)),
        expect![[r#"
            act record-pointed
              change-records {"records":[{"name":"www.example.com.","type":"A","answer":{"from":{"alias":"dsecondary.cloudfront.net."},"to":{"alias":"dprimary.cloudfront.net"}}},{"name":"www.example.com.","type":"AAAA","answer":{"from":{"alias":"dsecondary.cloudfront.net."},"to":{"alias":"dprimary.cloudfront.net"}}}]}
              note-end {}
              the records point at the distribution of the primary now, as the names do
        "#]],
    );
}

/// Evidence that has no history shows the moment alone.
#[test]
fn where_evidence_has_no_history_the_moment_counts() {
    let text = "{version: 1, targets: {weather-www: {kind: dns, zone: Z1EXAMPLE, records: [{name: www.example.com, type: A}], strategy: record-weights, primary: {set-identifier: blue, evidence: {https: 'https://one.example.com/health'}}, secondary: {set-identifier: green, evidence: {https: 'https://two.example.com/health'}}}}}";
    let playbook = shared::playbook::Playbook::parse(text).unwrap();
    let rule = playbook.dns(target()).unwrap().1.clone();
    let mut world = world(Place::Records(found(&rule, vec![pair(RecordType::A, 0, 100)])));
    world.health.primary = Some(Ok(Health { since: None, ..healthy_since(0) }));
    check(
        &by_hand(&rule, "fail-back"),
        &world,
        expect![[r#"
            act failed-back
              change-records {"records":[{"name":"www.example.com.","type":"A","set_identifier":"blue","weight":{"from":0,"to":100}},{"name":"www.example.com.","type":"A","set_identifier":"green","weight":{"from":100,"to":0}}]}
              note-move {"to":"primary","at":"2026-11-21T09:00:00.000Z"}
              traffic goes to the primary now, which is healthy: 14 of 16 checkers say so
        "#]],
    );
}

/// The alarm that failed it over may see what the evidence does not.
#[test]
fn health_of_before_the_fail_over_is_no_reason_to_go_back() {
    let rule = weights(AUTOMATIC);
    let mut world = failed_over(&rule, healthy_since(60));
    world.recall = Recall::Known(remembered(vec![moved(Side::Secondary, 14, false)]));
    check(
        &recovered(&rule),
        &world,
        expect![[r#"
        hold not-yet
          the primary is healthy since 2026-11-21T08:46:00Z, which is not long enough: 14 of 16 checkers say so
          next: it goes back at 2026-11-21T09:01:00Z if the primary stays healthy
    "#]],
    );
    check(
        &by_hand(&rule, "fail-back"),
        &world,
        expect![[r#"
        act failed-back
          change-records {"records":[{"name":"www.example.com.","type":"A","set_identifier":"blue","weight":{"from":0,"to":100}},{"name":"www.example.com.","type":"A","set_identifier":"green","weight":{"from":50,"to":0}},{"name":"www.example.com.","type":"AAAA","set_identifier":"blue","weight":{"from":0,"to":100}},{"name":"www.example.com.","type":"AAAA","set_identifier":"green","weight":{"from":50,"to":0}}]}
          note-move {"to":"primary","at":"2026-11-21T09:00:00.000Z"}
          traffic goes to the primary now, which is healthy: 14 of 16 checkers say so, for 15m and longer
    "#]],
    );
}

/// One of the day's moves is left for the next outage.
#[test]
fn the_way_back_does_not_use_up_the_moves_of_the_day() {
    let rule = weights(&format!("{AUTOMATIC}, max-moves-a-day: 4"));
    let mut world = failed_over(&rule, healthy_since(60));
    let moves = [(Side::Secondary, 200), (Side::Primary, 150), (Side::Secondary, 60)];
    let moves = moves.map(|(to, minutes)| moved(to, minutes, false)).to_vec();
    world.recall = Recall::Known(remembered(moves));
    check(
        &recovered(&rule),
        &world,
        expect![[r#"
            refuse moves-used-up
              there were 3 moves in the last 24 hours that no person ordered, and the last of the 4 of `max-moves-a-day` is kept for the next outage
              next: find out why it moves so often; an operator's order is not held up
        "#]],
    );
}

/// What an earlier fail-over had saved is not what was there before somebody else moved traffic.
#[test]
fn what_was_given_back_once_is_not_given_back_again() {
    let rule = weights("");
    let mut world = failed_over(&rule, healthy_since(60));
    let Recall::Known(memory) = world.recall else { panic!() };
    let moves = vec![moved(Side::Secondary, 600, false), moved(Side::Primary, 500, true)];
    world.recall = Recall::Known(Memory { moves, ..memory });
    check(
        &by_hand(&rule, "fail-back"),
        &world,
        expect![[r#"
        act failed-back
          change-records {"records":[{"name":"www.example.com.","type":"A","set_identifier":"blue","weight":{"from":0,"to":100}},{"name":"www.example.com.","type":"A","set_identifier":"green","weight":{"from":50,"to":0}},{"name":"www.example.com.","type":"AAAA","set_identifier":"blue","weight":{"from":0,"to":100}},{"name":"www.example.com.","type":"AAAA","set_identifier":"green","weight":{"from":50,"to":0}}]}
          note-move {"to":"primary","at":"2026-11-21T09:00:00.000Z"}
          traffic goes to the primary now, which is healthy: 14 of 16 checkers say so, for 15m and longer
    "#]],
    );
}
