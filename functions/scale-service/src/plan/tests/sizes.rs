//! Sizes by number and by profile.

use expect_test::expect;
use serde_json::json;

use super::check;
use crate::examples::{boosted, order, parked, service, service_with, size, tasks, world};
use crate::fake::FakeService;
use crate::world::{ScheduledAction, Suspended, World};

#[test]
fn bounds_are_set_before_the_desired_count() {
    let service = service();
    let command = json!({"action": "set", "min": 3, "max": 6, "desired": 5});
    check(
        &order(&service, "s", &command),
        &world(FakeService::scaled(2, 2, 10)),
        expect![[r#"
        act set
          set-bounds {"min":3,"max":6}
          set-desired {"desired":5}
          set from min 2, max 10, desired 2 to min 3, max 6, desired 5
    "#]],
    );
}

#[test]
fn a_count_between_the_new_bounds_is_left_alone() {
    let service = service();
    let command = json!({"action": "set", "min": 1, "max": 6});
    check(
        &order(&service, "s", &command),
        &world(FakeService::scaled(3, 2, 10)),
        expect![[r#"
        act set
          set-bounds {"min":1,"max":6}
          set from min 2, max 10, desired 3 to min 1, max 6, desired 3; a lower min removes no task by itself: its scaling policies do, when the load allows it
    "#]],
    );
}

#[test]
fn a_service_without_a_scalable_target_is_scaled_and_says_so() {
    let service = service();
    let command = json!({"action": "set", "min": 3, "max": 6});
    check(
        &order(&service, "s", &command),
        &world(FakeService::of(2)),
        expect![[r#"
        act set
          set-desired {"desired":3}
          set from desired 2 to desired 3; it has no scalable target: only its desired count is set
    "#]],
    );
    check(
        &order(&service, "s", &command),
        &world(FakeService::of(4)),
        expect![[r#"
            hold already-so
              it has that size already: desired 4; it has no scalable target: only its desired count is set
        "#]],
    );
    let command = json!({"action": "profile", "profile": "day"});
    check(
        &order(&service, "s", &command),
        &world(FakeService::of(4)),
        expect![[r#"
        act profile-set
          set-desired {"desired":3}
          profile `day`: set from desired 4 to desired 3; it has no scalable target: only its desired count is set
    "#]],
    );
}

#[test]
fn zero_is_applied() {
    let service = service_with("");
    let zero = shared::kinds::service::Bounds { floor: 0, ..service.bounds };
    let service = shared::kinds::service::Service { bounds: zero, ..service };
    let command = json!({"action": "set", "desired": 0});
    check(
        &order(&service, "s", &command),
        &world(FakeService::of(2)),
        expect![[r#"
        act set
          set-desired {"desired":0}
          set from desired 2 to desired 0; it has no scalable target: only its desired count is set
    "#]],
    );
}

#[test]
fn numbers_that_do_not_fit_what_stays_are_refused() {
    let service = service();
    for (command, expected) in [
        (
            json!({"action": "set", "min": 9}),
            expect![[r#"
            refuse min-above-max
              a min of 9 is above the max of 8: the command must give both
        "#]],
        ),
        (
            json!({"action": "set", "desired": 9}),
            expect![[r#"
            refuse outside-bounds
              a desired count of 9 does not lie between min 2 and max 8
        "#]],
        ),
    ] {
        check(&order(&service, "s", &command), &world(FakeService::scaled(3, 2, 8)), expected);
    }
    let command = json!({"action": "set", "min": 2});
    check(
        &order(&service, "s", &command),
        &world(FakeService::scaled(3, 1, 20)),
        expect![[r#"
            act set
              set-bounds {"min":2,"max":20}
              set from min 1, max 20, desired 3 to min 2, max 20, desired 3
        "#]],
    );
}

#[test]
fn the_largest_step_counts_tasks_and_the_rise_of_the_floor() {
    let service = service();
    for (command, state, expected) in [
        (
            json!({"action": "set", "desired": 7}),
            FakeService::scaled(3, 2, 8),
            expect![[r#"
            act set
              set-desired {"desired":7}
              set from min 2, max 8, desired 3 to min 2, max 8, desired 7
        "#]],
        ),
        (
            json!({"action": "set", "desired": 8}),
            FakeService::scaled(3, 2, 8),
            expect![[r#"
            refuse step-too-large
              5 tasks at once are more than the largest step of 4
        "#]],
        ),
        (
            json!({"action": "set", "max": 3}),
            FakeService::scaled(8, 2, 8),
            expect![[r#"
            refuse step-too-large
              5 tasks at once are more than the largest step of 4
        "#]],
        ),
        (
            json!({"action": "set", "min": 7}),
            FakeService::scaled(8, 2, 8),
            expect![[r#"
                act set
                  set-bounds {"min":7,"max":8}
                  set from min 2, max 8, desired 8 to min 7, max 8, desired 8
            "#]],
        ),
        (
            json!({"action": "set", "min": 1}),
            FakeService::scaled(8, 8, 8),
            expect![[r#"
            act set
              set-bounds {"min":1,"max":8}
              set from min 8, max 8, desired 8 to min 1, max 8, desired 8; a lower min removes no task by itself: its scaling policies do, when the load allows it
        "#]],
        ),
    ] {
        check(&order(&service, "s", &command), &world(state), expected);
    }
}

#[test]
fn a_profile_sets_its_bounds_and_its_count() {
    let service = service();
    let day = json!({"action": "profile", "profile": "day"});
    let night = json!({"action": "profile", "profile": "night"});
    check(
        &order(&service, "s", &day),
        &world(FakeService::scaled(1, 1, 4)),
        expect![[r#"
        act profile-set
          set-bounds {"min":3,"max":8}
          set-desired {"desired":3}
          profile `day`: set from min 1, max 4, desired 1 to min 3, max 8, desired 3
    "#]],
    );
    check(
        &order(&service, "s", &day),
        &world(FakeService::scaled(5, 3, 8)),
        expect![[r#"
        hold already-so
          it has that size already: min 3, max 8, desired 5
    "#]],
    );
    check(
        &order(&service, "s", &night),
        &world(FakeService::scaled(4, 3, 8)),
        expect![[r#"
        act profile-set
          set-bounds {"min":1,"max":4}
          set-desired {"desired":1}
          profile `night`: set from min 3, max 8, desired 4 to min 1, max 4, desired 1
    "#]],
    );
}

#[test]
fn a_parked_service_gets_no_size() {
    let service = service();
    let world = World { memory: parked(size(2, 1, 4)), ..world(FakeService::scaled(0, 0, 0)) };
    let set = json!({"action": "set", "desired": 2});
    check(
        &order(&service, "s", &set),
        &world,
        expect![[r#"
        refuse parked
          it is parked since 2026-11-21T01:00:00Z: `restore` comes first
    "#]],
    );
    let profile = json!({"action": "profile", "profile": "day"});
    check(
        &order(&service, "s", &profile),
        &world,
        expect![[r#"
        refuse parked
          it is parked since 2026-11-21T01:00:00Z: `restore` comes first
    "#]],
    );
}

fn action(name: &str, schedule: &str, min: u32) -> ScheduledAction {
    ScheduledAction {
        name: name.to_owned(),
        schedule: schedule.to_owned(),
        time_zone: Some("Europe/Berlin".to_owned()),
        min: Some(min),
        max: None,
        ends: None,
    }
}

#[test]
fn what_another_schedule_would_undo_is_refused_or_taken_over() {
    let day = json!({"action": "profile", "profile": "day"});
    let mut fake = FakeService::scaled(1, 1, 4);
    fake.scheduled = vec![
        action("evening", "cron(0 18 ? * MON-FRI *)", 1),
        action("morning", "cron(0 8 ? * MON-FRI *)", 3),
        action("once", "at(2026-11-21T09:00:00)", 1),
    ];
    let (service, taking) = (service(), service_with("takes-over: true"));
    check(
        &order(&service, "s", &day),
        &world(fake.clone()),
        expect![[r#"
        refuse other-schedule
          scheduled actions of somebody else on its scalable target would undo it: evening
    "#]],
    );
    check(
        &order(&taking, "s", &day),
        &world(fake.clone()),
        expect![[r#"
        act profile-set
          set-bounds {"min":3,"max":8,"suspended":["scheduled"]}
          set-desired {"desired":3}
          profile `day`: set from min 1, max 4, desired 1 to min 3, max 8, desired 3; scheduled scaling is suspended, as `takes-over` says: evening would undo it
    "#]],
    );
    if let Some(scaling) = &mut fake.state.scaling {
        scaling.suspended = Suspended { scheduled: true, ..Suspended::default() };
    }
    check(
        &order(&service, "s", &day),
        &world(fake),
        expect![[r#"
            act profile-set
              set-bounds {"min":3,"max":8}
              set-desired {"desired":3}
              profile `day`: set from min 1, max 4, desired 1 to min 3, max 8, desired 3; suspended on its scalable target: scheduled
        "#]],
    );
}

#[test]
fn a_schedule_that_is_over_fights_nobody() {
    let day = json!({"action": "profile", "profile": "day"});
    let service = service();
    let mut fake = FakeService::scaled(3, 1, 4);
    // 10:00 in Berlin was 09:00 UTC, which is now.
    fake.scheduled = vec![action("once", "at(2026-11-21T10:00:00)", 1)];
    check(
        &order(&service, "s", &day),
        &world(fake.clone()),
        expect![[r#"
        act profile-set
          set-bounds {"min":3,"max":8}
          profile `day`: set from min 1, max 4, desired 3 to min 3, max 8, desired 3
    "#]],
    );
    fake.scheduled = vec![action("once", "at(2026-11-21T10:00:01)", 1)];
    check(
        &order(&service, "s", &day),
        &world(fake),
        expect![[r#"
        refuse other-schedule
          scheduled actions of somebody else on its scalable target would undo it: once
    "#]],
    );
}

#[test]
fn a_profile_lies_under_the_boosts_and_a_set_is_the_last_word() {
    let service = service();
    let memory = boosted(size(3, 3, 8), size(6, 6, 8), &[("b", 6, "2026-11-21T09:10:00Z")]);
    let boosted_world = World { memory, ..world(FakeService::scaled(6, 6, 8)) };
    let night = json!({"action": "profile", "profile": "night"});
    check(
        &order(&service, "s", &night),
        &boosted_world,
        expect![[r#"
        act profile-set
          save-size {"size":{"min":1,"max":4,"desired":1},"boosts":["b"]}
          set-bounds {"min":6,"max":6}
          profile `night`: set from min 6, max 8, desired 6 to min 6, max 6, desired 6; a boost keeps the floor at 6 until 2026-11-21T09:10:00Z
    "#]],
    );
    let set = json!({"action": "set", "min": 2});
    check(
        &order(&service, "s", &set),
        &boosted_world,
        expect![[r#"
        act set
          set-bounds {"min":2,"max":8}
          forget-size {}
          set from min 6, max 8, desired 6 to min 2, max 8, desired 6; a lower min removes no task by itself: its scaling policies do, when the load allows it; the boost that ran is over with this
    "#]],
    );

    let memory = boosted(tasks(3), tasks(6), &[("b", 6, "2026-11-21T09:10:00Z")]);
    let boosted_world = World { memory, ..world(FakeService::of(6)) };
    check(
        &order(&service, "s", &night),
        &boosted_world,
        expect![[r#"
            act profile-set
              save-size {"size":{"desired":1},"boosts":["b"]}
              profile `night`: desired 6 stays for now; a boost keeps the floor at 6 until 2026-11-21T09:10:00Z; it has no scalable target: only its desired count is set
        "#]],
    );
}
