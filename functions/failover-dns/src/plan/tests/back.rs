//! Fail-backs: only when the primary is shown to be healthy for long enough, and to exactly what was before.

use expect_test::expect;
use serde_json::json;
use shared::command::Source;
use shared::kinds::dns::{RecordType, Side};

use super::{AUTOMATIC, Table, check, failed_over, recovered};
use crate::examples::*;
use crate::world::{Health, Place, Recall, World};

#[test]
fn a_primary_that_has_not_been_healthy_for_long_enough_gets_no_traffic() {
    let mut table = Table::default();
    let rule = weights("");
    table.row(&by_hand(&rule, "fail-back"), &failed_over(&rule, healthy_since(14)));
    table.row(&by_hand(&rule, "fail-back"), &failed_over(&rule, unhealthy()));
    let forced = json!({"action": "fail-back", "force": true, "reason": "it is well, the check is wrong"});
    table.row(&order(&rule, forced, Source::Operator), &failed_over(&rule, unhealthy()));
    table.is(expect![[r#"
        refuse primary-unproven
          the primary has not been healthy for long enough: 14 of 16 checkers say so
          next: send it again at 2026-11-21T09:01:00Z or later; to move all the same, add `force: true` and a `reason`
        refuse primary-unproven
          nothing shows that the primary is healthy: 2 of 16 checkers say so
          next: look at the primary; to move all the same, send `fail-back` with `force: true` and a `reason`
        act failed-back
          change-records {"records":[{"name":"www.example.com.","type":"A","set_identifier":"blue","weight":{"from":0,"to":90}},{"name":"www.example.com.","type":"A","set_identifier":"green","weight":{"from":50,"to":10}},{"name":"www.example.com.","type":"AAAA","set_identifier":"blue","weight":{"from":0,"to":80}},{"name":"www.example.com.","type":"AAAA","set_identifier":"green","weight":{"from":50,"to":20}}]}
          note-move {"to":"primary","at":"2026-11-21T09:00:00.000Z"}
          traffic goes to the primary now, by force: nobody looked whether it is healthy
    "#]]);
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
    let mut table = Table::default();
    let rule = weights(AUTOMATIC);
    table.row(&recovered(&rule), &failed_over(&rule, healthy_since(1)));
    table.row(&recovered(&rule), &failed_over(&rule, unhealthy()));
    table.row(&recovered(&rule), &failed_over(&rule, healthy_since(15)));
    table.is(expect![[r#"
        hold not-yet
          the primary is healthy since 2026-11-21T08:59:00Z, which is not long enough: 14 of 16 checkers say so
          next: it goes back at 2026-11-21T09:14:00Z if the primary stays healthy
        hold not-yet
          nothing shows that the primary is healthy, or for how long: 2 of 16 checkers say so
          next: it goes back by itself when the primary is healthy again
        act failed-back
          change-records {"records":[{"name":"www.example.com.","type":"A","set_identifier":"blue","weight":{"from":0,"to":90}},{"name":"www.example.com.","type":"A","set_identifier":"green","weight":{"from":50,"to":10}},{"name":"www.example.com.","type":"AAAA","set_identifier":"blue","weight":{"from":0,"to":80}},{"name":"www.example.com.","type":"AAAA","set_identifier":"green","weight":{"from":50,"to":20}}]}
          note-move {"to":"primary","at":"2026-11-21T09:00:00.000Z"}
          traffic goes to the primary now, which is healthy: 14 of 16 checkers say so, for 15m and longer
    "#]]);
}

#[test]
fn what_a_person_has_moved_a_person_moves_back() {
    let mut table = Table::default();
    let rule = weights(AUTOMATIC);
    let mut world = failed_over(&rule, healthy_since(60));
    world.recall = Recall::Known(remembered(vec![moved(Side::Secondary, 60, true)]));
    table.row(&recovered(&rule), &world);
    table.row(&by_hand(&rule, "fail-back"), &world);
    table.is(expect![[r#"
        refuse moved-by-hand
          a person failed it over at 2026-11-21T08:00:00Z, so only a person fails it back
          next: an operator sends `fail-back` when the primary is ready
        act failed-back
          change-records {"records":[{"name":"www.example.com.","type":"A","set_identifier":"blue","weight":{"from":0,"to":100}},{"name":"www.example.com.","type":"A","set_identifier":"green","weight":{"from":50,"to":0}},{"name":"www.example.com.","type":"AAAA","set_identifier":"blue","weight":{"from":0,"to":100}},{"name":"www.example.com.","type":"AAAA","set_identifier":"green","weight":{"from":50,"to":0}}]}
          note-move {"to":"primary","at":"2026-11-21T09:00:00.000Z"}
          traffic goes to the primary now, which is healthy: 14 of 16 checkers say so, for 15m and longer
    "#]]);
}

#[test]
fn without_a_ledger_only_a_person_fails_back() {
    let mut table = Table::default();
    let rule = weights(AUTOMATIC);
    let with = |recall| World { recall, ..failed_over(&rule, healthy_since(60)) };
    table.row(&recovered(&rule), &with(Recall::Unset));
    table.row(&recovered(&rule), &with(Recall::Silent("no answer".to_owned())));
    table.row(&by_hand(&rule, "fail-back"), &with(Recall::Unset));
    table.is(expect![[r#"
        refuse ledger-unset
          without a ledger nobody knows who failed it over: it does not go back by itself
          next: an operator sends `fail-back` when the primary is ready
        wait ledger-unavailable
          no answer
          next: it is tried again when its message is delivered again; an operator's `fail-back` with `force: true` and a `reason` does not wait for the ledger
        act failed-back
          change-records {"records":[{"name":"www.example.com.","type":"A","set_identifier":"blue","weight":{"from":0,"to":100}},{"name":"www.example.com.","type":"A","set_identifier":"green","weight":{"from":50,"to":0}},{"name":"www.example.com.","type":"AAAA","set_identifier":"blue","weight":{"from":0,"to":100}},{"name":"www.example.com.","type":"AAAA","set_identifier":"green","weight":{"from":50,"to":0}}]}
          traffic goes to the primary now, which is healthy: 14 of 16 checkers say so, for 15m and longer
    "#]]);
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
    let mut table = Table::default();
    let rule = weights(AUTOMATIC);
    let mut world = failed_over(&rule, healthy_since(60));
    world.recall = Recall::Known(remembered(vec![moved(Side::Secondary, 14, false)]));
    table.row(&recovered(&rule), &world);
    table.row(&by_hand(&rule, "fail-back"), &world);
    table.is(expect![[r#"
        hold not-yet
          the primary is healthy since 2026-11-21T08:46:00Z, which is not long enough: 14 of 16 checkers say so
          next: it goes back at 2026-11-21T09:01:00Z if the primary stays healthy
        act failed-back
          change-records {"records":[{"name":"www.example.com.","type":"A","set_identifier":"blue","weight":{"from":0,"to":100}},{"name":"www.example.com.","type":"A","set_identifier":"green","weight":{"from":50,"to":0}},{"name":"www.example.com.","type":"AAAA","set_identifier":"blue","weight":{"from":0,"to":100}},{"name":"www.example.com.","type":"AAAA","set_identifier":"green","weight":{"from":50,"to":0}}]}
          note-move {"to":"primary","at":"2026-11-21T09:00:00.000Z"}
          traffic goes to the primary now, which is healthy: 14 of 16 checkers say so, for 15m and longer
    "#]]);
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
