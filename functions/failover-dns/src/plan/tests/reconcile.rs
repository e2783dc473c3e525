//! What is next although nobody orders it.

use expect_test::expect;
use shared::kinds::dns::Side;

use super::check;
use crate::examples::*;
use crate::plan::{Due, due_by};
use crate::world::{Health, Memory, Pending, Place, Recall, World};

const AUTOMATIC: &str = ", failback: {how: automatic, after-healthy-for: 15m}";

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

fn after_a_fail_over(rule: &shared::kinds::dns::Dns, primary: Health) -> World {
    let mut world = world(weighted_place(rule, 0, 50));
    world.health.primary = Some(Ok(primary));
    World { recall: Recall::Known(remembered(vec![moved(Side::Secondary, 60, false)])), ..world }
}

#[test]
fn it_goes_back_when_the_primary_was_healthy_for_the_whole_time() {
    let rule = weights(AUTOMATIC);
    check(
        &reconcile(&rule),
        &after_a_fail_over(&rule, unhealthy()),
        expect![[r#"
            hold not-yet
              nothing shows that the primary is healthy, or for how long: 2 of 16 checkers say so
              next: it goes back by itself when the primary is healthy again
        "#]],
    );
    check(
        &reconcile(&rule),
        &after_a_fail_over(&rule, healthy_since(14)),
        expect![[r#"
        hold not-yet
          the primary is healthy since 2026-11-21T08:46:00Z, which is not long enough: 14 of 16 checkers say so
          next: it goes back at 2026-11-21T09:01:00Z if the primary stays healthy
    "#]],
    );
    check(
        &reconcile(&rule),
        &after_a_fail_over(&rule, healthy_since(15)),
        expect![[r#"
            act failed-back
              change-records {"records":[{"name":"www.example.com.","type":"A","set_identifier":"blue","weight":{"from":0,"to":100}},{"name":"www.example.com.","type":"A","set_identifier":"green","weight":{"from":50,"to":0}},{"name":"www.example.com.","type":"AAAA","set_identifier":"blue","weight":{"from":0,"to":100}},{"name":"www.example.com.","type":"AAAA","set_identifier":"green","weight":{"from":50,"to":0}}]}
              note-move {"to":"primary","at":"2026-11-21T09:00:00.000Z"}
              traffic goes to the primary now, which is healthy: 14 of 16 checkers say so, for 15m and longer
        "#]],
    );
}

#[test]
fn it_does_not_go_back_from_where_it_is_not() {
    let rule = weights(AUTOMATIC);
    let mut there = after_a_fail_over(&rule, healthy_since(60));
    there.place = Ok(weighted_place(&rule, 0, 0));
    check(
        &reconcile(&rule),
        &there,
        expect![[r#"
        hold in-order
          nothing is to be ended or taken back
    "#]],
    );
    there.place = Ok(weighted_place(&rule, 100, 0));
    check(
        &reconcile(&rule),
        &there,
        expect![[r#"
            act in-order
              note-return {}
              nothing is to be ended or taken back
        "#]],
    );
}

#[test]
fn a_fail_over_that_was_put_off_is_done_if_the_primary_is_still_down() {
    let rule = weights("");
    let order = alarmed(&rule);
    let pending = |minutes| Some(Pending::new(&order.id, &order.origin, ago(minutes)));
    let with = |pending, primary| {
        let mut world = world(weighted_place(&rule, 100, 0));
        world.health.primary = Some(Ok(primary));
        let memory = Memory { pending, ..remembered(vec![moved(Side::Primary, 6, false)]) };
        World { recall: Recall::Known(memory), ..world }
    };
    check(
        &reconcile(&rule),
        &with(pending(-1), unhealthy()),
        expect![[r#"
        hold in-order
          nothing is to be ended or taken back
    "#]],
    );
    check(
        &reconcile(&rule),
        &with(pending(0), unhealthy()),
        expect![[r#"
            act failed-over
              save-before {"records":4}
              change-records {"records":[{"name":"www.example.com.","type":"A","set_identifier":"blue","weight":{"from":100,"to":0}},{"name":"www.example.com.","type":"A","set_identifier":"green","weight":{"from":0,"to":50}},{"name":"www.example.com.","type":"AAAA","set_identifier":"blue","weight":{"from":100,"to":0}},{"name":"www.example.com.","type":"AAAA","set_identifier":"green","weight":{"from":0,"to":50}}]}
              note-move {"to":"secondary","at":"2026-11-21T09:00:00.000Z"}
              traffic goes to the secondary now, which is healthy: 14 of 16 checkers say so
        "#]],
    );
    check(
        &reconcile(&rule),
        &with(pending(0), healthy_since(1)),
        expect![[r#"
            act in-order
              forget-put-off {}
              the primary is healthy again: the fail-over that was put off is not needed
        "#]],
    );
}

#[test]
fn records_follow_names() {
    let rule = domains("");
    let unfinished = |place| {
        let memory = Memory {
            unfinished: Some(Side::Secondary),
            ..remembered(vec![moved(Side::Secondary, 3, false)])
        };
        World { recall: Recall::Known(memory), ..world(place) }
    };
    let place = |records, deployed| domain(&rule, Side::Secondary, records, deployed);
    check(
        &reconcile(&rule),
        &unfinished(place(Side::Primary, false)),
        expect![[r#"
        hold deploying
          the names are moved, and CloudFront has not deployed the distribution of the secondary yet
          next: the records follow when CloudFront has deployed the distribution: `reconcile` looks every minute
    "#]],
    );
    check(
        &reconcile(&rule),
        &unfinished(place(Side::Primary, true)),
        expect![[r#"
            act record-pointed
              change-records {"records":[{"name":"www.example.com.","type":"A","answer":{"from":{"alias":"dprimary.cloudfront.net."},"to":{"alias":"dsecondary.cloudfront.net"}}},{"name":"www.example.com.","type":"AAAA","answer":{"from":{"alias":"dprimary.cloudfront.net."},"to":{"alias":"dsecondary.cloudfront.net"}}}]}
              note-end {}
              the records point at the distribution of the secondary now, as the names do
        "#]],
    );
    // Without a ledger nobody knows, and so it is looked at each time.
    let unknown = World { recall: Recall::Unset, ..world(place(Side::Primary, true)) };
    check(
        &reconcile(&rule),
        &unknown,
        expect![[r#"
            act record-pointed
              change-records {"records":[{"name":"www.example.com.","type":"A","answer":{"from":{"alias":"dprimary.cloudfront.net."},"to":{"alias":"dsecondary.cloudfront.net"}}},{"name":"www.example.com.","type":"AAAA","answer":{"from":{"alias":"dprimary.cloudfront.net."},"to":{"alias":"dsecondary.cloudfront.net"}}}]}
              the records point at the distribution of the secondary now, as the names do
        "#]],
    );
    let unknown = World { recall: Recall::Unset, ..world(Place::Object(None)) };
    check(
        &reconcile(&rule),
        &unknown,
        expect![[r#"
        hold in-order
          nothing is to be ended or taken back
    "#]],
    );
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

/// Whoever moved some of the names had passed every guard, and died or was held up.
#[test]
fn names_of_which_some_have_moved_go_on() {
    let records = "[{name: www.example.com, type: A}, {name: api.example.com, type: A}]";
    let sides = (", distribution: E1PRIMARY", ", distribution: E2SECONDARY");
    let rule = crate::examples::rule(records, "distribution-domain", sides.0, sides.1, "");
    let mut place = domain(&rule, Side::Primary, Side::Primary, true);
    if let Place::Domain { distributions, .. } = &mut place {
        distributions.secondary.names.push("api.example.com".to_owned());
    }
    let begun = Some(moved(Side::Secondary, 1, false));
    let with = |begun| World {
        recall: Recall::Known(Memory { begun, ..Memory::default() }),
        ..world(place.clone())
    };
    check(
        &reconcile(&rule),
        &with(begun),
        expect![[r#"
        act name-moved
          save-before {"records":2}
          move-name {"name":"www.example.com","distribution":"E2SECONDARY"}
          note-move {"to":"secondary","at":"2026-11-21T09:00:00.000Z"}
          the names are at the distribution of the secondary now; the records still point at the other
          next: the records follow when CloudFront has deployed the distribution: `reconcile` looks every minute
    "#]],
    );
    check(
        &reconcile(&rule),
        &with(None),
        expect![[r#"
        hold in-order
          nothing is to be ended or taken back
    "#]],
    );
}
