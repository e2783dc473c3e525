//! The standby object, which bears whose it is: nothing is taken back by itself but what was put by the last move, and a
//! move that nobody came to note is known again.

use expect_test::expect;
use shared::ids::CommandId;
use shared::kinds::dns::{Dns, Side};

use super::{AUTOMATIC, Table, recovered};
use crate::examples::*;
use crate::world::{Health, Memory, Move, Object, Owner, Pending, Recall, World};

/// An hour after a fail-over by an alarm, with this object there.
fn failed_over(object: Object) -> World {
    let recall = Recall::Known(remembered(vec![moved(Side::Secondary, 60, false)]));
    World { recall, ..world(found_object(object)) }
}

/// The order of that fail-over.
fn earlier() -> CommandId {
    moved(Side::Secondary, 60, false).command
}

#[test]
fn only_the_object_of_the_last_move_is_removed_by_itself() {
    let mut table = Table::default();
    let rule = standby_object(AUTOMATIC);
    let by_an_older_version = Object::PutBy(Owner { order: earlier(), delivery: None });
    let other = CommandId::parse("another-order").unwrap();
    for object in [put_by(&earlier(), "m-1"), by_an_older_version, put_by(&other, "m-1"), Object::Unmarked] {
        table.row(&reconcile(&rule), &failed_over(object));
    }
    table.verdict(&recovered(&rule), &failed_over(Object::Unmarked));
    table.verdict(&by_hand(&rule, "fail-back"), &failed_over(Object::Unmarked));
    table.verdict(&by_hand(&rule, "fail-back"), &failed_over(put_by(&other, "m-1")));
    table.is(expect![[r#"
        act failed-back
          remove-object {"bucket":"standby-switch","key":"failed-over","region":"us-west-2"}
          note-move {"to":"primary","at":"2026-11-21T09:00:00.000Z"}
          traffic goes to the primary now, which is healthy: 14 of 16 checkers say so, for 15m and longer
        act failed-back
          remove-object {"bucket":"standby-switch","key":"failed-over","region":"us-west-2"}
          note-move {"to":"primary","at":"2026-11-21T09:00:00.000Z"}
          traffic goes to the primary now, which is healthy: 14 of 16 checkers say so, for 15m and longer
        act moved-by-hand
          note-told {}
          the object that is there was put by order `another-order`, and not by the last move of this stack, so only a person removes it
          next: an operator sends `fail-back` when the primary is ready
        act moved-by-hand
          note-told {}
          the object that is there bears no order: somebody has put it by other means, so only a person removes it
          next: an operator sends `fail-back` when the primary is ready
        refuse moved-by-hand
        act failed-back
        act failed-back
    "#]]);
}

#[test]
fn what_stands_in_the_way_of_the_object_is_told_once() {
    let mut table = Table::default();
    let rule = standby_object(AUTOMATIC);
    let mut world = failed_over(Object::Unmarked);
    let Recall::Known(memory) = world.recall else { panic!() };
    world.recall = Recall::Known(Memory { told: Some("moved-by-hand".to_owned()), ..memory });
    table.verdict(&reconcile(&rule), &world);
    table.is(expect![[r#"
        hold moved-by-hand
    "#]]);
}

/// A redelivery looks where it had moved traffic before, as nothing was noted when it died.
#[test]
fn the_object_of_this_very_delivery_is_a_move_to_be_noted() {
    let mut table = Table::default();
    let rule = standby_object(AUTOMATIC);
    let order = alarmed(&rule);
    let back_elsewhere = vec![moved(Side::Secondary, 60, false)];
    let noted = vec![Move { command: order.id.clone(), ..moved(Side::Secondary, 60, false) }];
    for (object, moves) in [
        (put_by(&order.id, "delivery-1"), back_elsewhere.clone()),
        (put_by(&order.id, "delivery-1"), vec![]),
        (put_by(&order.id, "delivery-1"), noted),
        (put_by(&order.id, "another-stack"), back_elsewhere.clone()),
        (put_by(&earlier(), "delivery-1"), back_elsewhere),
    ] {
        let recall = Recall::Known(remembered(moves));
        table.row(&order, &World { recall, ..world(found_object(object)) });
    }
    let unset = World { recall: Recall::Unset, ..failed_over(put_by(&order.id, "delivery-1")) };
    table.row(&order, &unset);
    table.is(expect![[r#"
        act already-there
          note-move {"to":"secondary","at":"2026-11-21T09:00:00.000Z"}
          traffic goes to the secondary already, moved by this very order, which is noted only now
        act already-there
          note-move {"to":"secondary","at":"2026-11-21T09:00:00.000Z"}
          traffic goes to the secondary already, moved by this very order, which is noted only now
        hold already-there
          traffic goes to the secondary already, since 2026-11-21T08:00:00Z
        hold already-there
          traffic goes to the secondary already, since 2026-11-21T08:00:00Z
        hold already-there
          traffic goes to the secondary already, since 2026-11-21T08:00:00Z
        hold already-there
          traffic goes to the secondary already
    "#]]);
}

/// A fail-over that was put off until now, with the primary as it is.
fn put_off(rule: &Dns, object: Object, primary: Health) -> World {
    let order = alarmed(rule);
    let pending = Some(Pending::new(&order.id, &order.origin, ago(0)));
    let memory = Memory { pending, ..remembered(vec![moved(Side::Primary, 6, false)]) };
    let mut world = World { recall: Recall::Known(memory), ..world(found_object(object)) };
    world.health.primary = Some(Ok(primary));
    world
}

/// Whether the primary is well says nothing of traffic that is at the secondary.
#[test]
fn a_fail_over_that_was_put_off_looks_first_whether_traffic_is_there() {
    let mut table = Table::default();
    let rule = standby_object(AUTOMATIC);
    let order = reconcile(&rule);
    for primary in [unhealthy(), healthy_since(1)] {
        for object in
            [put_by(&order.id, "delivery-1"), put_by(&order.id, "m-9"), Object::Unmarked, Object::Absent]
        {
            table.row(&order, &put_off(&rule, object, primary.clone()));
        }
    }
    table.is(expect![[r#"
        act already-there
          note-move {"to":"secondary","at":"2026-11-21T09:00:00.000Z"}
          traffic goes to the secondary already, moved by this very order, which is noted only now
        act already-there
          forget-put-off {}
          traffic goes to the secondary already
        act already-there
          forget-put-off {}
          traffic goes to the secondary already
        act failed-over
          put-object {"bucket":"standby-switch","key":"failed-over","region":"us-west-2"}
          note-move {"to":"secondary","at":"2026-11-21T09:00:00.000Z"}
          traffic goes to the secondary now, which is healthy: 14 of 16 checkers say so
        act already-there
          note-move {"to":"secondary","at":"2026-11-21T09:00:00.000Z"}
          traffic goes to the secondary already, moved by this very order, which is noted only now
        act already-there
          forget-put-off {}
          traffic goes to the secondary already
        act already-there
          forget-put-off {}
          traffic goes to the secondary already
        act in-order
          forget-put-off {}
          the primary is healthy again: the fail-over that was put off is not needed
    "#]]);
}
