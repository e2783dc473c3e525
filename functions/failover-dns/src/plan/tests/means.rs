//! What moves traffic without changing a record: a health check, an object, routing controls.

use expect_test::expect;
use serde_json::json;
use shared::command::Source;
use shared::kinds::dns::{Side, Sides};
use shared::plan::Plan;

use super::{AUTOMATIC, Table, recovered};
use crate::examples::*;
use crate::order::Order;
use crate::plan::{Noted, Step, plan};
use crate::world::{Before, Memory, Move, Object, Place, Recall, World};

#[test]
fn a_health_check_is_forced() {
    let mut table = Table::default();
    let rule = health_check("");
    table.row(&alarmed(&rule), &world(checked(false, false)));
    table.row(&alarmed(&rule), &world(checked(false, true)));
    table.row(&alarmed(&rule), &world(checked(true, true)));
    table.is(expect![[r#"
        act failed-over
          save-before {"disabled":false,"inverted":false}
          force-health-check {"health_check":"99999999-2222-3333-4444-555555555555","disabled":true,"inverted":true}
          note-move {"to":"secondary","at":"2026-11-21T09:00:00.000Z"}
          traffic goes to the secondary now, which is healthy: 14 of 16 checkers say so
        act failed-over
          save-before {"disabled":false,"inverted":true}
          force-health-check {"health_check":"99999999-2222-3333-4444-555555555555","disabled":true,"inverted":true}
          note-move {"to":"secondary","at":"2026-11-21T09:00:00.000Z"}
          traffic goes to the secondary now, which is healthy: 14 of 16 checkers say so
        hold already-there
          traffic goes to the secondary already
    "#]]);
}

#[test]
fn a_health_check_gets_back_its_settings_and_only_those_that_are_known() {
    let mut table = Table::default();
    let rule = health_check("");
    let mut world = world(checked(true, true));
    table.row(&by_hand(&rule, "fail-back"), &world);
    let forced = json!({"action": "fail-back", "force": true, "reason": "nobody knows"});
    table.row(&order(&rule, forced, Source::Operator), &world);
    let before = Some(Before::Check { disabled: false, inverted: true });
    world.recall = Recall::Known(Memory { before, ..remembered(vec![moved(Side::Secondary, 60, false)]) });
    table.row(&by_hand(&rule, "fail-back"), &world);
    table.is(expect![[r#"
        refuse nothing-saved
          what the health check was before it was forced is not known: it is not in the ledger
          next: restore the health check by hand with UpdateHealthCheck; or send `fail-back` with `force: true` and a `reason`, which leaves it neither disabled nor inverted
        act failed-back
          restore-health-check {"health_check":"99999999-2222-3333-4444-555555555555","disabled":false,"inverted":false}
          note-move {"to":"primary","at":"2026-11-21T09:00:00.000Z"}
          traffic goes to the primary now, by force: nobody looked whether it is healthy
        act failed-back
          restore-health-check {"health_check":"99999999-2222-3333-4444-555555555555","disabled":false,"inverted":true}
          note-move {"to":"primary","at":"2026-11-21T09:00:00.000Z"}
          traffic goes to the primary now, which is healthy: 14 of 16 checkers say so, for 15m and longer
    "#]]);
}

#[test]
fn an_object_is_put_without_asking_first() {
    let mut table = Table::default();
    let rule = standby_object("");
    table.row(&alarmed(&rule), &world(Place::Object(None)));
    table.row(&alarmed(&rule), &world(found_object(Object::Unmarked)));
    table.is(expect![[r#"
        act failed-over
          put-object {"bucket":"standby-switch","key":"failed-over","region":"us-west-2"}
          note-move {"to":"secondary","at":"2026-11-21T09:00:00.000Z"}
          traffic goes to the secondary now, which is healthy: 14 of 16 checkers say so
        hold already-there
          traffic goes to the secondary already
    "#]]);
}

#[test]
fn routing_controls_are_set_without_asking_first() {
    let mut table = Table::default();
    let rule = routing_control("");
    table.row(&alarmed(&rule), &world(Place::Controls(None)));
    let on = |primary, secondary| Place::Controls(Some(Sides { primary, secondary }));
    table.row(&alarmed(&rule), &world(on(false, true)));
    table.row(&alarmed(&rule), &world(on(true, true)));
    table.is(expect![[r#"
        act failed-over
          set-routing-controls {"primary":"Off","secondary":"On"}
          note-move {"to":"secondary","at":"2026-11-21T09:00:00.000Z"}
          traffic goes to the secondary now, which is healthy: 14 of 16 checkers say so
        hold already-there
          traffic goes to the secondary already
        act failed-over
          set-routing-controls {"primary":"Off","secondary":"On"}
          note-move {"to":"secondary","at":"2026-11-21T09:00:00.000Z"}
          traffic goes to the secondary now, which is healthy: 14 of 16 checkers say so
    "#]]);
}

/// To set them does not tell whether somebody had set them before: so a move that is to be taken back by itself is one that
/// was seen to begin at the primary.
#[test]
fn controls_that_were_not_seen_at_the_primary_are_nothing_to_take_back() {
    let rule = routing_control(AUTOMATIC);
    let at = |primary, secondary| Place::Controls(Some(Sides { primary, secondary }));
    let unsure = |order: &Order<'_>, place| match plan(order, &world(place)) {
        Plan::Act { steps, .. } => steps.into_iter().find_map(|step| match step {
            Step::Note { memory, what: Noted::Move } => memory.last().map(|last| last.unsure),
            _ => None,
        }),
        other => panic!("{other}"),
    };
    assert_eq!(unsure(&alarmed(&rule), at(true, false)), Some(false));
    assert_eq!(unsure(&alarmed(&rule), at(true, true)), Some(true));
    assert_eq!(unsure(&alarmed(&rule), Place::Controls(None)), Some(true));
    // It is not noted before where nobody will look before.
    let mut table = Table::default();
    table.row(&alarmed(&rule), &world(at(true, false)));
    table.row(&by_hand(&rule, "fail-over"), &world(Place::Controls(None)));
    let moved = Move { unsure: true, ..moved(Side::Secondary, 60, false) };
    let there = World { recall: Recall::Known(remembered(vec![moved])), ..world(at(false, true)) };
    table.row(&reconcile(&rule), &there);
    table.row(&recovered(&rule), &there);
    table.is(expect![[r#"
        act failed-over
          note-begin {"to":"secondary"}
          set-routing-controls {"primary":"Off","secondary":"On"}
          note-move {"to":"secondary","at":"2026-11-21T09:00:00.000Z"}
          traffic goes to the secondary now, which is healthy: 14 of 16 checkers say so
        act failed-over
          set-routing-controls {"primary":"Off","secondary":"On"}
          note-move {"to":"secondary","at":"2026-11-21T09:00:00.000Z"}
          traffic goes to the secondary now, which is healthy: 14 of 16 checkers say so
        hold in-order
          nothing is to be ended or taken back
        refuse moved-by-hand
          nothing noted tells who has moved traffic, so only a person fails it back
          next: an operator sends `fail-back` when the primary is ready
    "#]]);
}

#[test]
fn data_planes_go_back_too() {
    let mut table = Table::default();
    let rule = standby_object("");
    table.row(&by_hand(&rule, "fail-back"), &world(found_object(Object::Unmarked)));
    let rule = routing_control("");
    let on = Sides { primary: false, secondary: true };
    table.row(&by_hand(&rule, "fail-back"), &world(Place::Controls(Some(on))));
    table.is(expect![[r#"
        act failed-back
          remove-object {"bucket":"standby-switch","key":"failed-over","region":"us-west-2"}
          note-move {"to":"primary","at":"2026-11-21T09:00:00.000Z"}
          traffic goes to the primary now, which is healthy: 14 of 16 checkers say so, for 15m and longer
        act failed-back
          set-routing-controls {"primary":"On","secondary":"Off"}
          note-move {"to":"primary","at":"2026-11-21T09:00:00.000Z"}
          traffic goes to the primary now, which is healthy: 14 of 16 checkers say so, for 15m and longer
    "#]]);
}
