//! Parking and restoring.

use expect_test::expect;
use serde_json::json;

use super::check;
use crate::examples::{boosted, order, parked, scheduled, service, size, tasks, world};
use crate::fake::FakeService;
use crate::memory::Memory;
use crate::world::{Deployment, Scaling, State, Suspended, World};

fn with(service: FakeService, memory: Memory) -> World {
    World { memory, ..world(service) }
}

/// As parking leaves it.
fn zeroed() -> FakeService {
    let mut fake = FakeService::scaled(0, 0, 0);
    fake.state.scaling = Some(Scaling { min: 0, max: 0, suspended: Suspended::ALL });
    fake
}

#[test]
fn the_size_is_saved_before_anything_changes() {
    let service = service();
    let park = json!({"action": "park"});
    check(
        &order(&service, "p", &park),
        &world(FakeService::scaled(3, 2, 8)),
        expect![[r#"
        act parked
          save-size {"size":{"min":2,"max":8,"desired":3}}
          set-bounds {"min":0,"max":0,"suspended":["dynamic-in","dynamic-out","scheduled"]}
          set-desired {"desired":0}
          set to 0; min 2, max 8, desired 3 is saved
    "#]],
    );
    check(
        &order(&service, "p", &park),
        &world(FakeService::of(3)),
        expect![[r#"
        act parked
          save-size {"size":{"desired":3}}
          set-desired {"desired":0}
          set to 0; desired 3 is saved; it has no scalable target: only its desired count is set
    "#]],
    );
}

#[test]
fn a_second_park_never_saves_zeros() {
    let service = service();
    let park = json!({"action": "park"});
    for (state, memory, expected) in [
        (
            zeroed(),
            parked(size(3, 2, 8)),
            expect![[r#"
            hold already-parked
              it is parked since 2026-11-21T01:00:00Z
        "#]],
        ),
        (
            zeroed(),
            Memory::default(),
            expect![[r#"
            hold already-parked
              it is at zero already, and not by a `park`: there is no size to save
        "#]],
        ),
        (
            FakeService::scaled(2, 0, 0),
            parked(size(3, 2, 8)),
            expect![[r#"
            act parked
              set-bounds {"min":0,"max":0,"suspended":["dynamic-in","dynamic-out","scheduled"]}
              set-desired {"desired":0}
              set to 0; min 2, max 8, desired 3 is saved
        "#]],
        ),
        (
            FakeService::of(0),
            parked(tasks(3)),
            expect![[r#"
            hold already-parked
              it is parked since 2026-11-21T01:00:00Z
        "#]],
        ),
        (
            FakeService::of(0),
            Memory::default(),
            expect![[r#"
            hold already-parked
              it is at zero already, and not by a `park`: there is no size to save
        "#]],
        ),
    ] {
        check(&order(&service, "p2", &park), &with(state, memory), expected);
    }
}

#[test]
fn a_park_that_died_on_its_way_goes_on_with_the_size_it_saved() {
    let service = service();
    let park = json!({"action": "park"});
    let memory = parked(size(3, 2, 8));
    check(
        &order(&service, "evening", &park),
        &with(FakeService::scaled(3, 2, 8), memory.clone()),
        expect![[r#"
            act parked
              set-bounds {"min":0,"max":0,"suspended":["dynamic-in","dynamic-out","scheduled"]}
              set-desired {"desired":0}
              set to 0; min 2, max 8, desired 3 is saved
        "#]],
    );
    // Another command finds it: nobody has changed anything, so that it is the same size.
    check(
        &order(&service, "p2", &park),
        &with(FakeService::scaled(3, 2, 8), memory),
        expect![[r#"
            act parked
              set-bounds {"min":0,"max":0,"suspended":["dynamic-in","dynamic-out","scheduled"]}
              set-desired {"desired":0}
              set to 0; min 2, max 8, desired 3 is saved; it ran although it was parked at 2026-11-21T01:00:00Z: what was saved then stays saved
        "#]],
    );
}

#[test]
fn parking_ends_boosts_and_saves_the_size_under_them() {
    let service = service();
    let memory = boosted(size(2, 2, 8), size(5, 5, 8), &[("b", 5, "2026-11-21T09:10:00Z")]);
    let park = json!({"action": "park"});
    check(
        &order(&service, "p", &park),
        &with(FakeService::scaled(6, 5, 8), memory),
        expect![[r#"
        act parked
          save-size {"size":{"min":2,"max":8,"desired":2}}
          set-bounds {"min":0,"max":0,"suspended":["dynamic-in","dynamic-out","scheduled"]}
          set-desired {"desired":0}
          set to 0; min 2, max 8, desired 2 is saved; the boost that ran is over with this
    "#]],
    );
}

#[test]
fn restore_gives_back_every_task_not_one() {
    let service = service();
    let restore = json!({"action": "restore"});
    check(
        &order(&service, "r", &restore),
        &with(zeroed(), parked(size(7, 2, 8))),
        expect![[r#"
            act restored
              set-bounds {"min":2,"max":8,"suspended":[]}
              set-desired {"desired":7}
              forget-size {}
              back to min 2, max 8, desired 7, as it was when it was parked at 2026-11-21T01:00:00Z
        "#]],
    );
    check(
        &order(&service, "r", &restore),
        &with(FakeService::of(0), parked(tasks(7))),
        expect![[r#"
        act restored
          set-desired {"desired":7}
          forget-size {}
          back to desired 7, as it was when it was parked at 2026-11-21T01:00:00Z; it has no scalable target: only its desired count is set
    "#]],
    );
}

#[test]
fn scaling_that_was_suspended_before_stays_so() {
    let service = service();
    let mut memory = parked(size(3, 2, 8));
    if let Some(scaling) = memory.parked.as_mut().and_then(|parked| parked.size.scaling.as_mut()) {
        scaling.suspended = Suspended { dynamic_in: true, ..Suspended::default() };
    }
    let restore = json!({"action": "restore"});
    check(
        &order(&service, "r", &restore),
        &with(zeroed(), memory),
        expect![[r#"
            act restored
              set-bounds {"min":2,"max":8,"suspended":["dynamic-in"]}
              set-desired {"desired":3}
              forget-size {}
              back to min 2, max 8, desired 3, as it was when it was parked at 2026-11-21T01:00:00Z
        "#]],
    );
}

#[test]
fn nothing_saved_is_nothing_to_restore() {
    let restore = json!({"action": "restore"});
    check(
        &order(&service(), "r", &restore),
        &world(zeroed()),
        expect![[r#"
        refuse nothing-saved
          no size is saved: it is not parked, or was restored before
    "#]],
    );
}

#[test]
fn a_restore_that_died_on_its_way_is_finished() {
    let service = service();
    let restore = json!({"action": "restore"});
    let memory = parked(size(3, 2, 8));
    for (state, expected) in [
        (
            FakeService::scaled(3, 2, 8),
            expect![[r#"
            act restored
              forget-size {}
              back to min 2, max 8, desired 3, as it was when it was parked at 2026-11-21T01:00:00Z
        "#]],
        ),
        (
            FakeService::scaled(2, 2, 8),
            expect![[r#"
            act restored
              set-desired {"desired":3}
              forget-size {}
              back to min 2, max 8, desired 3, as it was when it was parked at 2026-11-21T01:00:00Z
        "#]],
        ),
    ] {
        check(&order(&service, "r", &restore), &with(state, memory.clone()), expected);
    }
}

#[test]
fn a_saved_size_outside_the_bounds_is_cut_to_them() {
    let restore = json!({"action": "restore"});
    check(
        &order(&service(), "r", &restore),
        &with(zeroed(), parked(size(12, 0, 20))),
        expect![[r#"
            act restored
              set-bounds {"min":1,"max":10,"suspended":[]}
              set-desired {"desired":10}
              forget-size {}
              back to min 1, max 10, desired 10, as it was when it was parked at 2026-11-21T01:00:00Z; what was saved is cut to the playbook's bounds of 1 to 10
        "#]],
    );
}

#[test]
fn a_failed_deployment_is_not_woken_and_keeps_its_saved_size() {
    let service = service();
    let mut fake = zeroed();
    fake.state = State { deployment: Deployment::Failed, ..fake.state };
    let restore = json!({"action": "restore"});
    let morning = scheduled(order(&service, "r", &restore));
    check(
        &morning,
        &with(fake, parked(size(3, 2, 8))),
        expect![[r#"
        refuse deployment-failed
          its newest deployment has failed, so that ECS would start no tasks for it
    "#]],
    );
}

#[test]
fn a_schedule_wakes_nobody_on_a_holiday() {
    let service = service();
    let restore = json!({"action": "restore"});
    let holiday =
        World { holiday: Some("2026-12-25".parse().unwrap()), ..with(zeroed(), parked(size(3, 2, 8))) };
    check(
        &scheduled(order(&service, "r", &restore)),
        &holiday,
        expect![[r#"
        hold holiday
          2026-12-25 is a holiday in the service's zone: schedules add no tasks
    "#]],
    );
    check(
        &order(&service, "r", &restore),
        &holiday,
        expect![[r#"
            act restored
              set-bounds {"min":2,"max":8,"suspended":[]}
              set-desired {"desired":3}
              forget-size {}
              back to min 2, max 8, desired 3, as it was when it was parked at 2026-11-21T01:00:00Z
        "#]],
    );
}
