//! What keeps a fail-over from moving traffic.

use expect_test::expect;
use shared::fault::FaultClass;
use shared::kinds::dns::Side;

use super::check;
use crate::examples::*;
use crate::world::{Health, HealthState, Memory, Recall, World};

#[test]
fn a_secondary_that_is_not_shown_to_be_healthy_gets_no_traffic() {
    let rule = weights("");
    let with = |health| {
        let mut world = world(weighted_place(&rule, 100, 0));
        world.health.secondary = health;
        world
    };
    check(
        &alarmed(&rule),
        &with(Some(Ok(unhealthy()))),
        expect![[r#"
        refuse standby-unproven
          nothing shows that the secondary is healthy: 2 of 16 checkers say so
          next: look at the secondary; to move all the same, send `fail-over` with `force: true` and a `reason`
    "#]],
    );
    let unknown = Health::now(HealthState::Unknown, "there is no alarm `weather-standby`");
    check(
        &alarmed(&rule),
        &with(Some(Ok(unknown))),
        expect![[r#"
        refuse standby-unproven
          nothing shows that the secondary is healthy: there is no alarm `weather-standby`
          next: look at the secondary; to move all the same, send `fail-over` with `force: true` and a `reason`
    "#]],
    );
    check(
        &by_hand(&rule, "fail-over"),
        &with(Some(Ok(unhealthy()))),
        expect![[r#"
        refuse standby-unproven
          nothing shows that the secondary is healthy: 2 of 16 checkers say so
          next: look at the secondary; to move all the same, send `fail-over` with `force: true` and a `reason`
    "#]],
    );
    check(
        &alarmed(&rule),
        &with(Some(Err(fault(FaultClass::Throttled)))),
        expect![[r#"
        wait evidence-unseen
          how healthy the secondary is could not be seen: failed to list the records of www.example.com: no answer
    "#]],
    );
    check(
        &alarmed(&rule),
        &with(Some(Err(fault(FaultClass::Denied)))),
        expect![[r#"
        refuse evidence-unseen
          how healthy the secondary is could not be seen: failed to list the records of www.example.com: no answer
    "#]],
    );
}

fn after(moves: Vec<crate::world::Move>, further: &str) -> (shared::kinds::dns::Dns, World) {
    let rule = weights(further);
    let world = World { recall: Recall::Known(remembered(moves)), ..world(weighted_place(&rule, 100, 0)) };
    (rule, world)
}

#[test]
fn an_alarm_of_before_the_last_move_moves_nothing() {
    let (rule, mut world) = after(vec![moved(Side::Primary, 0, true)], "");
    check(
        &alarmed(&rule),
        &world,
        expect![[r#"
            refuse alarm-before-move
              the alarm changed its state at 2026-11-21T08:59:00Z, and the last move was after that, at 2026-11-21T09:00:00Z: it may have seen what was before
        "#]],
    );
    // One of the same moment has seen what was before, too.
    world.recall = Recall::Known(remembered(vec![moved(Side::Primary, 1, true)]));
    check(
        &alarmed(&rule),
        &world,
        expect![[r#"
            refuse alarm-before-move
              the alarm changed its state at 2026-11-21T08:59:00Z, and the last move was after that, at 2026-11-21T08:59:00Z: it may have seen what was before
        "#]],
    );
    check(
        &by_hand(&rule, "fail-over"),
        &world,
        expect![[r#"
            act failed-over
              save-before {"records":4}
              change-records {"records":[{"name":"www.example.com.","type":"A","set_identifier":"blue","weight":{"from":100,"to":0}},{"name":"www.example.com.","type":"A","set_identifier":"green","weight":{"from":0,"to":50}},{"name":"www.example.com.","type":"AAAA","set_identifier":"blue","weight":{"from":100,"to":0}},{"name":"www.example.com.","type":"AAAA","set_identifier":"green","weight":{"from":0,"to":50}}]}
              note-move {"to":"secondary","at":"2026-11-21T09:00:00.000Z"}
              traffic goes to the secondary now, which is healthy: 14 of 16 checkers say so
        "#]],
    );
}

/// Nobody repeats an alarm: so it is done when the time is over.
#[test]
fn a_fail_over_within_the_hold_down_is_put_off() {
    let (rule, mut world) = after(vec![moved(Side::Primary, 2, false)], "");
    check(
        &alarmed(&rule),
        &world,
        expect![[r#"
            act hold-down
              put-off {"until":"2026-11-21T09:03:00Z"}
              it was moved a short while ago: only a person moves it before 2026-11-21T09:03:00Z
              next: `reconcile` fails over at 2026-11-21T09:03:00Z if the primary is still not healthy; to do it now, an operator sends `fail-over`
        "#]],
    );
    let mut noted = remembered(vec![moved(Side::Primary, 2, false)]);
    let order = alarmed(&rule);
    let until = rule.hold_down.after(ago(2));
    noted.pending = Some(crate::world::Pending::new(&order.id, &order.origin, until));
    world.recall = Recall::Known(noted);
    check(
        &order,
        &world,
        expect![[r#"
        hold hold-down
          it was moved a short while ago: only a person moves it before 2026-11-21T09:03:00Z
          next: `reconcile` fails over at 2026-11-21T09:03:00Z if the primary is still not healthy; to do it now, an operator sends `fail-over`
    "#]],
    );
    check(
        &by_hand(&rule, "fail-over"),
        &world,
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
fn moves_of_a_day_are_counted_and_those_of_people_are_not() {
    let four = |by_hand| (1..=4).rev().map(|hours| moved(Side::Primary, hours * 60, by_hand)).collect();
    let (rule, world) = after(four(false), "");
    check(
        &alarmed(&rule),
        &world,
        expect![[r#"
        refuse moves-used-up
          there were 4 moves in the last 24 hours that no person ordered, as many as `max-moves-a-day` allows
          next: find out why it moves so often; an operator's order is not held up
    "#]],
    );
    check(
        &by_hand(&rule, "fail-over"),
        &world,
        expect![[r#"
            act failed-over
              save-before {"records":4}
              change-records {"records":[{"name":"www.example.com.","type":"A","set_identifier":"blue","weight":{"from":100,"to":0}},{"name":"www.example.com.","type":"A","set_identifier":"green","weight":{"from":0,"to":50}},{"name":"www.example.com.","type":"AAAA","set_identifier":"blue","weight":{"from":100,"to":0}},{"name":"www.example.com.","type":"AAAA","set_identifier":"green","weight":{"from":0,"to":50}}]}
              note-move {"to":"secondary","at":"2026-11-21T09:00:00.000Z"}
              traffic goes to the secondary now, which is healthy: 14 of 16 checkers say so
        "#]],
    );
    let (rule, world) = after(four(true), "");
    check(
        &alarmed(&rule),
        &world,
        expect![[r#"
            act failed-over
              save-before {"records":4}
              change-records {"records":[{"name":"www.example.com.","type":"A","set_identifier":"blue","weight":{"from":100,"to":0}},{"name":"www.example.com.","type":"A","set_identifier":"green","weight":{"from":0,"to":50}},{"name":"www.example.com.","type":"AAAA","set_identifier":"blue","weight":{"from":100,"to":0}},{"name":"www.example.com.","type":"AAAA","set_identifier":"green","weight":{"from":0,"to":50}}]}
              note-move {"to":"secondary","at":"2026-11-21T09:00:00.000Z"}
              traffic goes to the secondary now, which is healthy: 14 of 16 checkers say so
        "#]],
    );
    let (rule, world) = after(vec![moved(Side::Primary, 25 * 60, false)], ", max-moves-a-day: 1");
    check(
        &alarmed(&rule),
        &world,
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
fn the_memory_of_moves_is_as_long_as_it_must_be() {
    let moves = vec![moved(Side::Secondary, 30 * 60, false), moved(Side::Primary, 60, true)];
    let memory = Memory { moves, ..Memory::default() }.with(moved(Side::Secondary, 0, false));
    let kept: Vec<_> = memory.moves.iter().map(|one| one.at).collect();
    assert_eq!(kept, [ago(60), ago(0)]);
}
