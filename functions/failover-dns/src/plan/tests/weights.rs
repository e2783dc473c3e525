//! Weighted records: who has which weight, there and back.

use expect_test::expect;
use shared::kinds::dns::{RecordType, Side};

use super::{Table, check, failed_over};
use crate::examples::*;
use crate::fake::{failover, simple};
use crate::world::{Before, Memory, Place, Recall, World};

#[test]
fn weights_of_all_records_change_together() {
    let rule = weights("");
    check(
        &alarmed(&rule),
        &world(weighted_place(&rule, 100, 0)),
        expect![[r#"
            act failed-over
              save-before {"records":4}
              change-records {"records":[{"name":"www.example.com.","type":"A","set_identifier":"blue","weight":{"from":100,"to":0}},{"name":"www.example.com.","type":"A","set_identifier":"green","weight":{"from":0,"to":50}},{"name":"www.example.com.","type":"AAAA","set_identifier":"blue","weight":{"from":100,"to":0}},{"name":"www.example.com.","type":"AAAA","set_identifier":"green","weight":{"from":0,"to":50}}]}
              note-move {"to":"secondary","at":"2026-11-21T09:00:00.000Z"}
              traffic goes to the secondary now, which is healthy: 14 of 16 checkers say so
        "#]],
    );
}

#[test]
fn a_secondary_that_has_a_share_keeps_its_weight() {
    let rule = weights("");
    check(
        &alarmed(&rule),
        &world(weighted_place(&rule, 90, 10)),
        expect![[r#"
            act failed-over
              save-before {"records":4}
              change-records {"records":[{"name":"www.example.com.","type":"A","set_identifier":"blue","weight":{"from":90,"to":0}},{"name":"www.example.com.","type":"AAAA","set_identifier":"blue","weight":{"from":90,"to":0}}]}
              note-move {"to":"secondary","at":"2026-11-21T09:00:00.000Z"}
              traffic goes to the secondary now, which is healthy: 14 of 16 checkers say so
        "#]],
    );
}

#[test]
fn only_the_record_that_is_not_there_yet_changes() {
    let rule = weights("");
    let sets = vec![pair(RecordType::A, 0, 100), pair(RecordType::Aaaa, 100, 0)];
    check(
        &alarmed(&rule),
        &world(Place::Records(found(&rule, sets))),
        expect![[r#"
            act failed-over
              save-before {"records":4}
              change-records {"records":[{"name":"www.example.com.","type":"AAAA","set_identifier":"blue","weight":{"from":100,"to":0}},{"name":"www.example.com.","type":"AAAA","set_identifier":"green","weight":{"from":0,"to":50}}]}
              note-move {"to":"secondary","at":"2026-11-21T09:00:00.000Z"}
              traffic goes to the secondary now, which is healthy: 14 of 16 checkers say so
        "#]],
    );
}

/// All weights zero is no state of rest: Route 53 then answers all alike.
#[test]
fn two_weights_of_zero_lead_nowhere_and_the_secondary_gets_one() {
    let rule = weights("");
    check(
        &alarmed(&rule),
        &world(weighted_place(&rule, 0, 0)),
        expect![[r#"
            act failed-over
              save-before {"records":4}
              change-records {"records":[{"name":"www.example.com.","type":"A","set_identifier":"green","weight":{"from":0,"to":50}},{"name":"www.example.com.","type":"AAAA","set_identifier":"green","weight":{"from":0,"to":50}}]}
              note-move {"to":"secondary","at":"2026-11-21T09:00:00.000Z"}
              traffic goes to the secondary now, which is healthy: 14 of 16 checkers say so
        "#]],
    );
}

/// Somebody has undone the last fail-over by hand: what was before that one is not what is before this one.
#[test]
fn what_is_saved_is_what_there_is_unless_it_leads_nowhere() {
    let rule = weights("");
    let before = Some(Before::Records(pair(RecordType::A, 255, 1)));
    let mut world = world(weighted_place(&rule, 1, 1));
    world.recall = Recall::Known(Memory { before: before.clone(), ..Memory::default() });
    let saved = |world: &World| match crate::plan::plan(&alarmed(&rule), world) {
        shared::plan::Plan::Act { steps, .. } => steps.into_iter().find_map(|step| match step {
            crate::plan::Step::Note { memory, .. } => memory.before,
            _ => None,
        }),
        other => panic!("{other}"),
    };
    let is = [pair(RecordType::A, 1, 1), pair(RecordType::Aaaa, 1, 1)].concat();
    assert_eq!(saved(&world), Some(Before::Records(is)));
    world.place = Ok(weighted_place(&rule, 0, 0));
    assert_eq!(saved(&world), before);
}

#[test]
fn a_record_that_is_missing_or_not_weighted_is_refused() {
    let mut table = Table::default();
    let rule = weights("");
    let place = |sets| Place::Records(found(&rule, sets));
    table.row(&alarmed(&rule), &world(place(vec![vec![], vec![]])));
    let plain = vec![simple("www.example.com", RecordType::A, &["192.0.2.1"])];
    table.row(&alarmed(&rule), &world(place(vec![plain, vec![]])));
    let role =
        |set: &str, role| failover(simple("www.example.com", RecordType::A, &["192.0.2.1"]), set, role);
    let roles = vec![role("blue", "PRIMARY"), role("green", "SECONDARY")];
    table.row(&alarmed(&rule), &world(place(vec![roles, vec![]])));
    table.is(expect![[r#"
        refuse record-missing
          its set `blue` of A www.example.com is not in the zone
          next: compare `records` of the target with the zone, in the playbook or in Route 53
        refuse record-missing
          its set `blue` of A www.example.com is not in the zone
          next: compare `records` of the target with the zone, in the playbook or in Route 53
        refuse record-unfit
          A www.example.com cannot be changed: its set `blue` has no weight
          next: compare `records` of the target with the zone, in the playbook or in Route 53
    "#]]);
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
