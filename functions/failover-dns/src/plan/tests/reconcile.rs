//! What is next although nobody orders it.

use expect_test::expect;
use shared::fault::FaultClass;
use shared::kinds::dns::{Dns, Side};

use super::{AUTOMATIC, Table, check};
use crate::examples::*;
use crate::plan::{Due, Noted, Step, Telling, due_by, telling};
use crate::world::{Health, Memory, Pending, Recall, World};

#[test]
fn nothing_is_looked_at_where_nothing_can_be_due() {
    let rule = weights(AUTOMATIC);
    let order = reconcile(&rule);
    let due = |moves| due_by(&order, Some(&remembered(moves)), now());
    assert_eq!(due(vec![]), None);
    assert_eq!(due(vec![moved(Side::Primary, 60, false)]), None);
    assert_eq!(due(vec![moved(Side::Secondary, 60, true)]), None);
    assert_eq!(due(vec![moved(Side::Secondary, 60, false)]), Some(Due::Back));
    assert_eq!(due_by(&order, None, now()), None);
    let manual = weights("");
    let moves = remembered(vec![moved(Side::Secondary, 60, false)]);
    assert_eq!(due_by(&reconcile(&manual), Some(&moves), now()), None);
    check(
        &order,
        &world(weighted_place(&rule, 100, 0)),
        expect![[r#"
        hold in-order
          nothing is to be ended or taken back
    "#]],
    );
}

fn after_a_fail_over(rule: &Dns, primary: Health) -> World {
    let mut world = world(weighted_place(rule, 0, 50));
    world.health.primary = Some(Ok(primary));
    World { recall: Recall::Known(remembered(vec![moved(Side::Secondary, 60, false)])), ..world }
}

#[test]
fn it_goes_back_when_the_primary_was_healthy_for_the_whole_time() {
    let mut table = Table::default();
    let rule = weights(AUTOMATIC);
    table.row(&reconcile(&rule), &after_a_fail_over(&rule, unhealthy()));
    table.row(&reconcile(&rule), &after_a_fail_over(&rule, healthy_since(14)));
    table.row(&reconcile(&rule), &after_a_fail_over(&rule, healthy_since(15)));
    table.is(expect![[r#"
        hold not-yet
          nothing shows that the primary is healthy, or for how long: 2 of 16 checkers say so
          next: it goes back by itself when the primary is healthy again
        hold not-yet
          the primary is healthy since 2026-11-21T08:46:00Z, which is not long enough: 14 of 16 checkers say so
          next: it goes back at 2026-11-21T09:01:00Z if the primary stays healthy
        act failed-back
          change-records {"records":[{"name":"www.example.com.","type":"A","set_identifier":"blue","weight":{"from":0,"to":100}},{"name":"www.example.com.","type":"A","set_identifier":"green","weight":{"from":50,"to":0}},{"name":"www.example.com.","type":"AAAA","set_identifier":"blue","weight":{"from":0,"to":100}},{"name":"www.example.com.","type":"AAAA","set_identifier":"green","weight":{"from":50,"to":0}}]}
          note-move {"to":"primary","at":"2026-11-21T09:00:00.000Z"}
          traffic goes to the primary now, which is healthy: 14 of 16 checkers say so, for 15m and longer
    "#]]);
}

#[test]
fn it_does_not_go_back_from_where_it_is_not() {
    let mut table = Table::default();
    let rule = weights(AUTOMATIC);
    let mut there = after_a_fail_over(&rule, healthy_since(60));
    there.place = Ok(weighted_place(&rule, 0, 0));
    table.row(&reconcile(&rule), &there);
    there.place = Ok(weighted_place(&rule, 100, 0));
    table.row(&reconcile(&rule), &there);
    table.is(expect![[r#"
        hold in-order
          nothing is to be ended or taken back
        act in-order
          note-return {}
          nothing is to be ended or taken back
    "#]]);
}

#[test]
fn a_fail_over_that_was_put_off_is_done_if_the_primary_is_still_down() {
    let mut table = Table::default();
    let rule = weights("");
    let order = alarmed(&rule);
    let pending = |minutes| Some(Pending::new(&order.id, &order.origin, ago(minutes)));
    let with = |pending, primary| {
        let mut world = world(weighted_place(&rule, 100, 0));
        world.health.primary = Some(Ok(primary));
        let memory = Memory { pending, ..remembered(vec![moved(Side::Primary, 6, false)]) };
        World { recall: Recall::Known(memory), ..world }
    };
    table.row(&reconcile(&rule), &with(pending(-1), unhealthy()));
    table.row(&reconcile(&rule), &with(pending(0), unhealthy()));
    table.row(&reconcile(&rule), &with(pending(0), healthy_since(1)));
    table.is(expect![[r#"
        hold in-order
          nothing is to be ended or taken back
        act failed-over
          save-before {"records":4}
          change-records {"records":[{"name":"www.example.com.","type":"A","set_identifier":"blue","weight":{"from":100,"to":0}},{"name":"www.example.com.","type":"A","set_identifier":"green","weight":{"from":0,"to":50}},{"name":"www.example.com.","type":"AAAA","set_identifier":"blue","weight":{"from":100,"to":0}},{"name":"www.example.com.","type":"AAAA","set_identifier":"green","weight":{"from":0,"to":50}}]}
          note-move {"to":"secondary","at":"2026-11-21T09:00:00.000Z"}
          traffic goes to the secondary now, which is healthy: 14 of 16 checkers say so
        act in-order
          forget-put-off {}
          the primary is healthy again: the fail-over that was put off is not needed
    "#]]);
}

/// Both weights 0, by somebody's hand: nobody came to make the move that was begun, and nobody will.
#[test]
fn a_move_that_was_begun_in_vain_is_forgotten() {
    let rule = weights("");
    let memory = Memory { begun: Some(moved(Side::Secondary, 1, false)), ..Memory::default() };
    let there = World { recall: Recall::Known(memory), ..world(weighted_place(&rule, 0, 0)) };
    check(
        &reconcile(&rule),
        &there,
        expect![[r#"
        act in-order
          forget-begin {}
          nothing is to be ended or taken back
    "#]],
    );
}

/// A refusal of the plan, or of AWS: who looks every minute tells it once.
#[test]
fn a_refusal_is_told_once_where_nobody_has_asked() {
    let rule = weights("");
    let look = reconcile(&rule);
    let asked = [by_hand(&rule, "reconcile"), by_hand(&rule, "fail-back"), alarmed(&rule)];
    let told = |code: Option<&str>| Memory {
        told: code.map(str::to_owned),
        ..remembered(vec![moved(Side::Secondary, 60, false)])
    };
    let once = || {
        let memory = told(Some("safety-rule"));
        Telling::Once(Box::new(Step::Note { memory, what: Noted::Told }))
    };
    assert_eq!(telling(&look, Some(&told(None)), "safety-rule"), once());
    assert_eq!(telling(&look, Some(&told(Some("moves-used-up"))), "safety-rule"), once());
    assert_eq!(telling(&look, Some(&told(Some("safety-rule"))), "safety-rule"), Telling::Told);
    assert_eq!(telling(&look, None, "safety-rule"), Telling::Aloud);
    for order in asked {
        assert_eq!(telling(&order, Some(&told(Some("safety-rule"))), "safety-rule"), Telling::Aloud);
    }
}

/// Somebody else has moved it during the hold-down.
#[test]
fn a_fail_over_that_was_put_off_is_forgotten_when_traffic_is_there() {
    let mut table = Table::default();
    for (rule, there) in [
        (weights(AUTOMATIC), weighted_place(&weights(""), 0, 50)),
        (health_check(AUTOMATIC), checked(true, true)),
        (domains(AUTOMATIC), domain(&domains(""), Side::Secondary, Side::Primary, true)),
    ] {
        for primary in [unhealthy(), healthy_since(1)] {
            let order = alarmed(&rule);
            let pending = Some(Pending::new(&order.id, &order.origin, ago(0)));
            let memory = Memory { pending, ..remembered(vec![moved(Side::Primary, 6, false)]) };
            let mut world = World { recall: Recall::Known(memory), ..world(there.clone()) };
            world.health.primary = Some(Ok(primary));
            table.row(&reconcile(&rule), &world);
        }
    }
    let rule = weights("");
    let mut unseen =
        World { place: Err(fault(FaultClass::Throttled)), ..world(weighted_place(&rule, 0, 50)) };
    let order = alarmed(&rule);
    let pending = Some(Pending::new(&order.id, &order.origin, ago(0)));
    unseen.recall = Recall::Known(Memory { pending, ..remembered(vec![moved(Side::Primary, 6, false)]) });
    table.row(&reconcile(&rule), &unseen);
    table.is(expect![[r#"
        act already-there
          forget-put-off {}
          traffic goes to the secondary already
        act already-there
          forget-put-off {}
          traffic goes to the secondary already
        act already-there
          forget-put-off {}
          traffic goes to the secondary already
        act already-there
          forget-put-off {}
          traffic goes to the secondary already
        act record-pointed
          change-records {"records":[{"name":"www.example.com.","type":"A","answer":{"from":{"alias":"dprimary.cloudfront.net."},"to":{"alias":"dsecondary.cloudfront.net"}}},{"name":"www.example.com.","type":"AAAA","answer":{"from":{"alias":"dprimary.cloudfront.net."},"to":{"alias":"dsecondary.cloudfront.net"}}}]}
          note-end {}
          the records point at the distribution of the secondary now, as the names do
        act already-there
          forget-put-off {}
          traffic goes to the secondary already
        wait throttled
          where traffic goes could not be seen: failed to list the records of www.example.com: no answer
    "#]]);
}
