//! What keeps a fail-over from moving traffic.

use expect_test::expect;
use shared::fault::FaultClass;
use shared::kinds::dns::{Dns, Side};

use super::Table;
use crate::examples::*;
use crate::world::{Health, HealthState, Memory, Pending, Recall, World};

#[test]
fn a_secondary_that_is_not_shown_to_be_healthy_gets_no_traffic() {
    let mut table = Table::default();
    let rule = weights("");
    let with = |health| {
        let mut world = world(weighted_place(&rule, 100, 0));
        world.health.secondary = health;
        world
    };
    table.row(&alarmed(&rule), &with(Some(Ok(unhealthy()))));
    let unknown = Health::now(HealthState::Unknown, "there is no alarm `weather-standby`");
    table.row(&alarmed(&rule), &with(Some(Ok(unknown))));
    table.row(&by_hand(&rule, "fail-over"), &with(Some(Ok(unhealthy()))));
    table.row(&alarmed(&rule), &with(Some(Err(fault(FaultClass::Throttled)))));
    table.row(&alarmed(&rule), &with(Some(Err(fault(FaultClass::Denied)))));
    table.is(expect![[r#"
        refuse standby-unproven
          nothing shows that the secondary is healthy: 2 of 16 checkers say so
          next: look at the secondary; to move all the same, send `fail-over` with `force: true` and a `reason`
        refuse standby-unproven
          nothing shows that the secondary is healthy: there is no alarm `weather-standby`
          next: look at the secondary; to move all the same, send `fail-over` with `force: true` and a `reason`
        refuse standby-unproven
          nothing shows that the secondary is healthy: 2 of 16 checkers say so
          next: look at the secondary; to move all the same, send `fail-over` with `force: true` and a `reason`
        wait evidence-unseen
          how healthy the secondary is could not be seen: failed to list the records of www.example.com: no answer
        refuse evidence-unseen
          how healthy the secondary is could not be seen: failed to list the records of www.example.com: no answer
    "#]]);
}

fn after(moves: Vec<crate::world::Move>, further: &str) -> (Dns, World) {
    let rule = weights(further);
    let world = World { recall: Recall::Known(remembered(moves)), ..world(weighted_place(&rule, 100, 0)) };
    (rule, world)
}

#[test]
fn an_alarm_of_before_the_last_move_moves_nothing() {
    let mut table = Table::default();
    let (rule, mut world) = after(vec![moved(Side::Primary, 0, true)], "");
    table.row(&alarmed(&rule), &world);
    // One of the same moment has seen what was before, too.
    world.recall = Recall::Known(remembered(vec![moved(Side::Primary, 1, true)]));
    table.row(&alarmed(&rule), &world);
    table.verdict(&by_hand(&rule, "fail-over"), &world);
    table.is(expect![[r#"
        refuse alarm-before-move
          the alarm changed its state at 2026-11-21T08:59:00Z, and the last move was after that, at 2026-11-21T09:00:00Z: it may have seen what was before
        refuse alarm-before-move
          the alarm changed its state at 2026-11-21T08:59:00Z, and the last move was after that, at 2026-11-21T08:59:00Z: it may have seen what was before
        act failed-over
    "#]]);
}

/// Nobody repeats an alarm: so it is done when the time is over.
#[test]
fn a_fail_over_within_the_hold_down_is_put_off() {
    let mut table = Table::default();
    let (rule, mut world) = after(vec![moved(Side::Primary, 2, false)], "");
    table.row(&alarmed(&rule), &world);
    let mut noted = remembered(vec![moved(Side::Primary, 2, false)]);
    let order = alarmed(&rule);
    let until = rule.hold_down.after(ago(2));
    noted.pending = Some(Pending::new(&order.id, &order.origin, until));
    world.recall = Recall::Known(noted);
    table.row(&order, &world);
    table.verdict(&by_hand(&rule, "fail-over"), &world);
    table.is(expect![[r#"
        act hold-down
          put-off {"until":"2026-11-21T09:03:00Z"}
          it was moved a short while ago: only a person moves it before 2026-11-21T09:03:00Z
          next: `reconcile` fails over at 2026-11-21T09:03:00Z if the primary is still not healthy; to do it now, an operator sends `fail-over`
        hold hold-down
          it was moved a short while ago: only a person moves it before 2026-11-21T09:03:00Z
          next: `reconcile` fails over at 2026-11-21T09:03:00Z if the primary is still not healthy; to do it now, an operator sends `fail-over`
        act failed-over
    "#]]);
}

#[test]
fn moves_of_a_day_are_counted_and_those_of_people_are_not() {
    let mut table = Table::default();
    let four = |by_hand| (1..=4).rev().map(|hours| moved(Side::Primary, hours * 60, by_hand)).collect();
    let (rule, world) = after(four(false), "");
    table.row(&alarmed(&rule), &world);
    table.verdict(&by_hand(&rule, "fail-over"), &world);
    let (rule, world) = after(four(true), "");
    table.verdict(&alarmed(&rule), &world);
    let (rule, world) = after(vec![moved(Side::Primary, 25 * 60, false)], ", max-moves-a-day: 1");
    table.verdict(&alarmed(&rule), &world);
    table.is(expect![[r#"
        refuse moves-used-up
          there were 4 moves in the last 24 hours that no person ordered, as many as `max-moves-a-day` allows
          next: find out why it moves so often; an operator's order is not held up
        act failed-over
        act failed-over
        act failed-over
    "#]]);
}

#[test]
fn the_memory_of_moves_is_as_long_as_it_must_be() {
    let moves = vec![moved(Side::Secondary, 30 * 60, false), moved(Side::Primary, 60, true)];
    let memory = Memory { moves, ..Memory::default() }.with(moved(Side::Secondary, 0, false));
    let kept: Vec<_> = memory.moves.iter().map(|one| one.at).collect();
    assert_eq!(kept, [ago(60), ago(0)]);
}
