//! Orders to services that boosts, parkings and other people's hands have changed before.

use expect_test::expect;
use serde_json::{Value, json};

use super::check;
use crate::examples::{boosted, order, parked, service, service_with, size, world};
use crate::fake::FakeService;
use crate::memory::Memory;
use crate::world::{Found, Policy, ScheduledAction, Suspended, World};

const SOON: &str = "2026-11-21T09:10:00Z";

fn with(service: FakeService, memory: Memory) -> World {
    World { memory, ..world(service) }
}

fn suspended(mut service: FakeService) -> FakeService {
    if let Some(scaling) = &mut service.state.scaling {
        scaling.suspended = Suspended::ALL;
    }
    service
}

fn end() -> Value {
    json!({"action": "restore", "of": "b"})
}

#[test]
fn a_set_gives_back_what_a_boost_has_raised_and_it_does_not_name() {
    let service = service();
    let memory = boosted(size(2, 2, 10), size(5, 5, 10), &[("b", 5, SOON)]);
    let world = with(FakeService::scaled(5, 5, 10), memory);
    check(
        &order(&service, "s", &json!({"action": "set", "desired": 6})),
        &world,
        expect![[r#"
        act set
          set-bounds {"min":2,"max":10}
          set-desired {"desired":6}
          forget-size {}
          set from min 5, max 10, desired 5 to min 2, max 10, desired 6; a lower min removes no task by itself: its scaling policies do, when the load allows it; the boost that ran is over with this
    "#]],
    );
    check(
        &order(&service, "s", &json!({"action": "set", "max": 4})),
        &world,
        expect![[r#"
        act set
          set-bounds {"min":2,"max":4}
          set-desired {"desired":4}
          forget-size {}
          set from min 5, max 10, desired 5 to min 2, max 4, desired 4; a lower min removes no task by itself: its scaling policies do, when the load allows it; the boost that ran is over with this
    "#]],
    );
    // What the boost's tasks need of a raised max stays.
    let memory = boosted(size(2, 2, 4), size(6, 6, 6), &[("b", 6, SOON)]);
    let world = with(FakeService::scaled(6, 6, 6), memory);
    check(
        &order(&service, "s", &json!({"action": "set", "min": 3})),
        &world,
        expect![[r#"
        act set
          set-bounds {"min":3,"max":6}
          forget-size {}
          set from min 6, max 6, desired 6 to min 3, max 6, desired 6; a lower min removes no task by itself: its scaling policies do, when the load allows it; the boost that ran is over with this
    "#]],
    );
}

#[test]
fn what_is_saved_of_one_service_is_not_forgotten_as_another_is_missing() {
    let mut memory = boosted(size(2, 2, 10), size(4, 4, 10), &[("b", 4, SOON)]);
    memory.service = "service/portfolio-dev/old-api".to_owned();
    let world = with(FakeService::of(0), memory);
    let world = World { found: Found::Missing("MISSING".to_owned()), ..world };
    check(
        &order(&service(), "e", &end()),
        &world,
        expect![[r#"
        refuse other-service
          what is saved is of service/portfolio-dev/old-api, which the target named before: min 2, max 10, desired 2
    "#]],
    );
}

#[test]
fn the_end_of_a_boost_takes_no_task_that_it_has_not_added() {
    let mut fake = FakeService::scaled(15, 4, 20);
    fake.policies =
        vec![Policy { name: "cpu".to_owned(), what: "keeps CPU at 70".to_owned(), scales_in: true }];
    let memory = boosted(size(15, 2, 20), size(15, 4, 20), &[("b", 4, SOON)]);
    check(
        &order(&service(), "e", &end()),
        &with(fake, memory),
        expect![[r#"
        act boost-ended
          set-bounds {"min":2,"max":20}
          forget-size {}
          the last boost is over: back to min 2, max 20, desired 15; its scaling policies remove what is too many when the load allows it
    "#]],
    );
}

#[test]
fn a_restore_takes_no_task_of_a_service_that_somebody_woke() {
    let woken = with(FakeService::scaled(8, 2, 10), parked(size(2, 2, 10)));
    check(
        &order(&service(), "r", &json!({"action": "restore"})),
        &woken,
        expect![[r#"
        act restored
          forget-size {}
          back to min 2, max 10, desired 8, as it was when it was parked at 2026-11-21T01:00:00Z; but for the count: 8 tasks run already where 2 were saved, and none is taken
    "#]],
    );
    // A restore that died before it started the tasks is finished all the same.
    let begun = with(FakeService::scaled(2, 2, 10), parked(size(6, 2, 10)));
    check(
        &order(&service(), "r", &json!({"action": "restore"})),
        &begun,
        expect![[r#"
        act restored
          set-desired {"desired":6}
          forget-size {}
          back to min 2, max 10, desired 6, as it was when it was parked at 2026-11-21T01:00:00Z
    "#]],
    );
}

#[test]
fn a_boost_that_never_came_to_raise_anything_keeps_no_floor() {
    let memory = boosted(size(2, 2, 10), size(6, 6, 10), &[("b", 6, SOON)]);
    let world = with(FakeService::scaled(2, 2, 10), memory);
    check(
        &order(&service(), "n", &json!({"action": "profile", "profile": "night"})),
        &world,
        expect![[r#"
        act profile-set
          save-size {"size":{"min":1,"max":4,"desired":1},"boosts":["b"]}
          set-bounds {"min":1,"max":4}
          set-desired {"desired":1}
          profile `night`: set from min 2, max 10, desired 2 to min 1, max 4, desired 1
    "#]],
    );
    check(
        &order(&service(), "c", &json!({"action": "boost", "add": 1, "for": "30m"})),
        &world,
        expect![[r#"
            act boosted
              save-size {"size":{"min":2,"max":10,"desired":2},"boosts":["b","c"]}
              schedule-restore {"schedule":"boost-api-8418156ec77c898b","at":"2026-11-21T09:30:00Z"}
              set-bounds {"min":3,"max":10}
              set-desired {"desired":3}
              raised the min from 2 to 3 until 2026-11-21T09:30:00Z
        "#]],
    );
}

#[test]
fn what_parking_suspended_is_resumed_by_the_next_delivery_of_a_boost_too() {
    let woken = suspended(FakeService::scaled(2, 2, 10));
    let mut memory = boosted(size(2, 2, 10), size(4, 4, 10), &[("b", 4, SOON)]);
    if let Some(scaling) = memory.boosted.as_mut().and_then(|boosted| boosted.found.scaling.as_mut()) {
        scaling.suspended = Suspended::ALL;
    }
    let again = json!({"action": "boost", "add": 2, "for": "10m"});
    check(
        &order(&service(), "b", &again),
        &with(woken, memory),
        expect![[r#"
        act boosted
          schedule-restore {"schedule":"boost-api-8fa00d4a06d2db82","at":"2026-11-21T09:10:00Z"}
          set-bounds {"min":4,"max":10,"suspended":[]}
          set-desired {"desired":4}
          raised the min from 2 to 4 until 2026-11-21T09:10:00Z
    "#]],
    );
}

#[test]
fn a_profile_does_not_resume_scheduled_actions_that_would_undo_it() {
    let mut woken = suspended(FakeService::scaled(2, 2, 10));
    woken.scheduled = vec![ScheduledAction {
        name: "evening".to_owned(),
        schedule: "cron(0 18 * * ? *)".to_owned(),
        time_zone: None,
        min: Some(1),
        max: None,
        ends: None,
    }];
    let world = with(woken, parked(size(3, 2, 8)));
    let day = json!({"action": "profile", "profile": "day"});
    check(
        &order(&service(), "d", &day),
        &world,
        expect![[r#"
        refuse other-schedule
          scheduled actions of somebody else on its scalable target would undo it: evening
    "#]],
    );
    check(
        &order(&service_with("takes-over: true"), "d", &day),
        &world,
        expect![[r#"
        act profile-set
          set-bounds {"min":3,"max":8,"suspended":["scheduled"]}
          set-desired {"desired":3}
          forget-size {}
          profile `day`: set from min 2, max 10, desired 2 to min 3, max 8, desired 3; scheduled scaling is suspended, as `takes-over` says: evening would undo it; it runs although it was parked at 2026-11-21T01:00:00Z: that is over with this
    "#]],
    );
}

#[test]
fn what_somebody_set_of_a_size_stays_and_the_rest_goes_back() {
    let memory = boosted(size(2, 2, 10), size(4, 4, 10), &[("b", 4, SOON)]);
    let world = with(FakeService::scaled(4, 4, 9), memory);
    check(
        &order(&service(), "e", &end()),
        &world,
        expect![[r#"
        act boost-ended
          set-bounds {"min":2,"max":9}
          forget-size {}
          the last boost is over: back to min 2, max 9, desired 4; somebody has changed it meanwhile, and what they set stays, as `on-drift: keep` says
    "#]],
    );
    check(
        &order(&service(), "p", &json!({"action": "park"})),
        &world,
        expect![[r#"
        act parked
          save-size {"size":{"min":2,"max":9,"desired":4}}
          set-bounds {"min":0,"max":0,"suspended":["dynamic-in","dynamic-out","scheduled"]}
          set-desired {"desired":0}
          set to 0; min 2, max 9, desired 4 is saved; the boost that ran is over with this
    "#]],
    );
}

#[test]
fn a_parking_that_was_ended_by_hand_keeps_the_saved_count_and_says_so() {
    let woken = with(FakeService::scaled(3, 2, 10), parked(size(9, 2, 10)));
    check(
        &order(&service(), "p", &json!({"action": "park"})),
        &woken,
        expect![[r#"
        act parked
          set-bounds {"min":0,"max":0,"suspended":["dynamic-in","dynamic-out","scheduled"]}
          set-desired {"desired":0}
          set to 0; min 2, max 10, desired 9 is saved; it ran although it was parked at 2026-11-21T01:00:00Z: what was saved then stays saved
    "#]],
    );
}

#[test]
fn a_service_whose_restore_has_started_no_task_yet_is_parked() {
    let begun = with(FakeService::scaled(0, 2, 10), parked(size(6, 2, 10)));
    check(
        &order(&service(), "n", &json!({"action": "profile", "profile": "night"})),
        &begun,
        expect![[r#"
        refuse parked
          it is parked since 2026-11-21T01:00:00Z: `restore` comes first
    "#]],
    );
}

#[test]
fn a_higher_min_is_no_step_where_as_many_tasks_run() {
    let world = with(FakeService::scaled(8, 2, 8), Memory::default());
    check(
        &order(&service(), "s", &json!({"action": "set", "min": 7})),
        &world,
        expect![[r#"
        act set
          set-bounds {"min":7,"max":8}
          set from min 2, max 8, desired 8 to min 7, max 8, desired 8
    "#]],
    );
}

#[test]
fn the_end_of_a_boost_does_not_wake_what_somebody_switched_off() {
    let memory = boosted(size(2, 2, 10), size(4, 4, 10), &[("b", 4, SOON)]);
    let world = with(FakeService::scaled(0, 0, 0), memory);
    check(
        &order(&service_with("on-drift: restore"), "e", &end()),
        &world,
        expect![[r#"
        act drift-kept
          forget-size {}
          somebody has switched it off under its boost, and it stays off; the saved size is forgotten: min 2, max 10, desired 2
    "#]],
    );
}

#[test]
fn policies_that_could_not_be_read_are_not_relied_on_in_words() {
    let memory = boosted(size(2, 2, 10), size(4, 4, 10), &[("b", 4, SOON)]);
    let world = World { policies: None, ..with(FakeService::scaled(4, 4, 10), memory) };
    check(
        &order(&service(), "e", &end()),
        &world,
        expect![[r#"
        act boost-ended
          set-bounds {"min":2,"max":10}
          forget-size {}
          the last boost is over: back to min 2, max 10, desired 4; its scaling policies could not be read: if there are none, nobody removes what is too many
    "#]],
    );
}

#[test]
fn a_boost_that_adds_no_task_says_so() {
    let world = with(FakeService::scaled(8, 2, 10), Memory::default());
    let double = json!({"action": "boost", "percent": 100, "for": "30m"});
    check(
        &order(&service(), "b", &double),
        &world,
        expect![[r#"
        act boosted
          save-size {"size":{"min":2,"max":10,"desired":8},"boosts":["b"]}
          schedule-restore {"schedule":"boost-api-e9c7dd5b14899740","at":"2026-11-21T09:30:00Z"}
          set-bounds {"min":4,"max":10}
          raised the min from 2 to 4 until 2026-11-21T09:30:00Z; as it has 8 already, no task is added: they are only kept from going
    "#]],
    );
}
