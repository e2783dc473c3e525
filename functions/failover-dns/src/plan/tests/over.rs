//! Fail-overs, whatever moves the traffic.

use expect_test::expect;
use serde_json::json;
use shared::command::Source;
use shared::fault::FaultClass;
use shared::kinds::dns::Side;

use super::{Table, check, decided};
use crate::examples::*;
use crate::world::{Place, Recall, World};

#[test]
fn what_is_there_already_is_left_alone() {
    let mut table = Table::default();
    let rule = weights("");
    let mut world = world(weighted_place(&rule, 0, 100));
    table.row(&alarmed(&rule), &world);
    world.recall = Recall::Known(remembered(vec![moved(Side::Secondary, 20, false)]));
    table.row(&alarmed(&rule), &world);
    table.is(expect![[r#"
        hold already-there
          traffic goes to the secondary already
        hold already-there
          traffic goes to the secondary already, since 2026-11-21T08:40:00Z
    "#]]);
}

#[test]
fn what_cannot_be_seen_waits_or_fails_for_good() {
    let mut table = Table::default();
    let rule = weights("");
    let unseen = |class| World { place: Err(fault(class)), ..world(Place::Object(None)) };
    table.row(&alarmed(&rule), &unseen(FaultClass::Throttled));
    table.row(&alarmed(&rule), &unseen(FaultClass::Denied));
    table.is(expect![[r#"
        wait throttled
          where traffic goes could not be seen: failed to list the records of www.example.com: no answer
        refuse access-denied
          where traffic goes could not be seen: failed to list the records of www.example.com: no answer
    "#]]);
}

#[test]
fn without_a_ledger_it_moves_all_the_same() {
    let rule = weights("");
    for recall in [Recall::Unset, Recall::Silent("no answer".to_owned())] {
        let world = World { recall, ..world(weighted_place(&rule, 100, 0)) };
        let decision = decided(&alarmed(&rule), &world);
        let steps: Vec<&str> = decision.lines().map(|line| line.split(" {").next().unwrap()).collect();
        let sentence = "  traffic goes to the secondary now, which is healthy: 14 of 16 checkers say so";
        assert_eq!(steps, ["act failed-over", "  change-records", sentence]);
    }
}

#[test]
fn a_forced_move_asks_for_no_evidence() {
    let rule = weights("");
    let forced = json!({"action": "fail-over", "force": true, "reason": "the Region is down"});
    let mut world = world(weighted_place(&rule, 100, 0));
    world.health.secondary = None;
    check(
        &order(&rule, forced, Source::Operator),
        &world,
        expect![[r#"
        act failed-over
          save-before {"records":4}
          change-records {"records":[{"name":"www.example.com.","type":"A","set_identifier":"blue","weight":{"from":100,"to":0}},{"name":"www.example.com.","type":"A","set_identifier":"green","weight":{"from":0,"to":50}},{"name":"www.example.com.","type":"AAAA","set_identifier":"blue","weight":{"from":100,"to":0}},{"name":"www.example.com.","type":"AAAA","set_identifier":"green","weight":{"from":0,"to":50}}]}
          note-move {"to":"secondary","at":"2026-11-21T09:00:00.000Z"}
          traffic goes to the secondary now, by force: nobody looked whether it is healthy
    "#]],
    );
}
