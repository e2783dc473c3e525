//! Boosts and their ends.

use expect_test::expect;
use serde_json::{Value, json};

use super::check;
use crate::examples::{boosted, order, parked, service, size, world};
use crate::fake::FakeService;
use crate::memory::Memory;
use crate::world::{Suspended, World};

const SOON: &str = "2026-11-21T09:10:00Z";
const OVER: &str = "2026-11-21T08:59:00Z";

fn with(service: FakeService, memory: Memory) -> World {
    World { memory, ..world(service) }
}

fn add(count: u32) -> Value {
    json!({"action": "boost", "add": count, "for": "30m"})
}

fn percent(percent: u32) -> Value {
    json!({"action": "boost", "percent": percent, "for": "30m"})
}

#[test]
fn a_boost_raises_the_min_and_says_when_it_ends() {
    let service = service();
    check(
        &order(&service, "b", &add(2)),
        &world(FakeService::scaled(2, 2, 10)),
        expect![[r#"
            act boosted
              save-size {"size":{"min":2,"max":10,"desired":2},"boosts":["b"]}
              schedule-restore {"schedule":"boost-api-e9c7dd5b14899740","at":"2026-11-21T09:30:00Z"}
              set-bounds {"min":4,"max":10}
              set-desired {"desired":4}
              raised the min from 2 to 4 until 2026-11-21T09:30:00Z
        "#]],
    );
    check(
        &order(&service, "b", &add(2)),
        &world(FakeService::scaled(6, 2, 10)),
        expect![[r#"
            act boosted
              save-size {"size":{"min":2,"max":10,"desired":6},"boosts":["b"]}
              schedule-restore {"schedule":"boost-api-e9c7dd5b14899740","at":"2026-11-21T09:30:00Z"}
              set-bounds {"min":4,"max":10}
              raised the min from 2 to 4 until 2026-11-21T09:30:00Z; as it has 6 already, no task is added: they are only kept from going
        "#]],
    );
    check(
        &order(&service, "b", &add(2)),
        &world(FakeService::of(2)),
        expect![[r#"
            act boosted
              save-size {"size":{"desired":2},"boosts":["b"]}
              schedule-restore {"schedule":"boost-api-e9c7dd5b14899740","at":"2026-11-21T09:30:00Z"}
              set-desired {"desired":4}
              raised the desired count from 2 to 4 until 2026-11-21T09:30:00Z; it has no scalable target: only its desired count is set
        "#]],
    );
}

#[test]
fn percent_is_rounded_up_to_whole_tasks() {
    let service = service();
    for (share, expected) in [
        (
            1,
            expect![[r#"
                act boosted
                  save-size {"size":{"desired":3},"boosts":["b"]}
                  schedule-restore {"schedule":"boost-api-e9c7dd5b14899740","at":"2026-11-21T09:30:00Z"}
                  set-desired {"desired":4}
                  raised the desired count from 3 to 4 until 2026-11-21T09:30:00Z; it has no scalable target: only its desired count is set
            "#]],
        ),
        (
            50,
            expect![[r#"
                act boosted
                  save-size {"size":{"desired":3},"boosts":["b"]}
                  schedule-restore {"schedule":"boost-api-e9c7dd5b14899740","at":"2026-11-21T09:30:00Z"}
                  set-desired {"desired":5}
                  raised the desired count from 3 to 5 until 2026-11-21T09:30:00Z; it has no scalable target: only its desired count is set
            "#]],
        ),
        (
            34,
            expect![[r#"
                act boosted
                  save-size {"size":{"desired":3},"boosts":["b"]}
                  schedule-restore {"schedule":"boost-api-e9c7dd5b14899740","at":"2026-11-21T09:30:00Z"}
                  set-desired {"desired":5}
                  raised the desired count from 3 to 5 until 2026-11-21T09:30:00Z; it has no scalable target: only its desired count is set
            "#]],
        ),
        (
            400,
            expect![[r#"
                act boosted
                  save-size {"size":{"desired":3},"boosts":["b"]}
                  schedule-restore {"schedule":"boost-api-e9c7dd5b14899740","at":"2026-11-21T09:30:00Z"}
                  set-desired {"desired":7}
                  raised the desired count from 3 to 7 until 2026-11-21T09:30:00Z; 12 more were asked for, but the largest step is 4 and the ceiling 10; it has no scalable target: only its desired count is set
            "#]],
        ),
    ] {
        check(&order(&service, "b", &percent(share)), &world(FakeService::of(3)), expected);
    }
}

#[test]
fn a_boost_is_cut_to_the_largest_step_and_to_the_ceiling() {
    let service = service();
    for (state, expected) in [
        (
            FakeService::scaled(2, 2, 10),
            expect![[r#"
                act boosted
                  save-size {"size":{"min":2,"max":10,"desired":2},"boosts":["b"]}
                  schedule-restore {"schedule":"boost-api-e9c7dd5b14899740","at":"2026-11-21T09:30:00Z"}
                  set-bounds {"min":6,"max":10}
                  set-desired {"desired":6}
                  raised the min from 2 to 6 until 2026-11-21T09:30:00Z; 7 more were asked for, but the largest step is 4 and the ceiling 10
            "#]],
        ),
        (
            FakeService::scaled(8, 8, 10),
            expect![[r#"
                act boosted
                  save-size {"size":{"min":8,"max":10,"desired":8},"boosts":["b"]}
                  schedule-restore {"schedule":"boost-api-e9c7dd5b14899740","at":"2026-11-21T09:30:00Z"}
                  set-bounds {"min":10,"max":10}
                  set-desired {"desired":10}
                  raised the min from 8 to 10 until 2026-11-21T09:30:00Z; 7 more were asked for, but the largest step is 4 and the ceiling 10
            "#]],
        ),
        (
            FakeService::scaled(3, 3, 4),
            expect![[r#"
                act boosted
                  save-size {"size":{"min":3,"max":4,"desired":3},"boosts":["b"]}
                  schedule-restore {"schedule":"boost-api-e9c7dd5b14899740","at":"2026-11-21T09:30:00Z"}
                  set-bounds {"min":7,"max":7}
                  set-desired {"desired":7}
                  raised the min from 3 to 7 until 2026-11-21T09:30:00Z; 7 more were asked for, but the largest step is 4 and the ceiling 10
            "#]],
        ),
        (
            FakeService::scaled(10, 10, 10),
            expect![[r#"
            refuse at-ceiling
              it is at 10 already, and the playbook's ceiling is 10
        "#]],
        ),
        (
            FakeService::scaled(12, 12, 12),
            expect![[r#"
            refuse at-ceiling
              it is at 12 already, and the playbook's ceiling is 10
        "#]],
        ),
        (
            FakeService::scaled(3, 3, 12),
            expect![[r#"
                act boosted
                  save-size {"size":{"min":3,"max":12,"desired":3},"boosts":["b"]}
                  schedule-restore {"schedule":"boost-api-e9c7dd5b14899740","at":"2026-11-21T09:30:00Z"}
                  set-bounds {"min":7,"max":12}
                  set-desired {"desired":7}
                  raised the min from 3 to 7 until 2026-11-21T09:30:00Z; 7 more were asked for, but the largest step is 4 and the ceiling 10
            "#]],
        ),
        (
            FakeService::scaled(1, 4, 10),
            expect![[r#"
                act boosted
                  save-size {"size":{"min":4,"max":10,"desired":1},"boosts":["b"]}
                  schedule-restore {"schedule":"boost-api-e9c7dd5b14899740","at":"2026-11-21T09:30:00Z"}
                  set-bounds {"min":5,"max":10}
                  set-desired {"desired":5}
                  raised the min from 4 to 5 until 2026-11-21T09:30:00Z; 7 more were asked for, but the largest step is 4 and the ceiling 10
            "#]],
        ),
    ] {
        check(&order(&service, "b", &add(7)), &world(state), expected);
    }
}

#[test]
fn a_parked_service_is_not_boosted() {
    let service = service();
    let by_us = with(FakeService::scaled(0, 0, 0), parked(size(3, 2, 8)));
    check(
        &order(&service, "b", &add(2)),
        &by_us,
        expect![[r#"
            refuse parked
              it is parked since 2026-11-21T01:00:00Z: `restore` comes first
        "#]],
    );
    check(
        &order(&service, "b", &add(2)),
        &world(FakeService::scaled(0, 0, 0)),
        expect![[r#"
        refuse parked
          somebody switched it off: its max, or its desired count, is 0
    "#]],
    );
    check(
        &order(&service, "b", &add(2)),
        &world(FakeService::of(0)),
        expect![[r#"
        refuse parked
          somebody switched it off: its max, or its desired count, is 0
    "#]],
    );
}

#[test]
fn a_boost_that_comes_again_adds_nothing() {
    let service = service();
    let memory = boosted(size(2, 2, 10), size(4, 4, 10), &[("b", 4, SOON)]);
    for (state, expected) in [
        (
            FakeService::scaled(4, 4, 10),
            expect![[r#"
                act boosted
                  schedule-restore {"schedule":"boost-api-8fa00d4a06d2db82","at":"2026-11-21T09:10:00Z"}
                  raised the min from 2 to 4 until 2026-11-21T09:10:00Z
            "#]],
        ),
        (
            FakeService::scaled(2, 2, 10),
            expect![[r#"
                act boosted
                  schedule-restore {"schedule":"boost-api-8fa00d4a06d2db82","at":"2026-11-21T09:10:00Z"}
                  set-bounds {"min":4,"max":10}
                  set-desired {"desired":4}
                  raised the min from 2 to 4 until 2026-11-21T09:10:00Z
            "#]],
        ),
        (
            FakeService::scaled(3, 3, 5),
            expect![[r#"
                act drift-kept
                  schedule-restore {"schedule":"boost-api-8fa00d4a06d2db82","at":"2026-11-21T09:10:00Z"}
                  somebody has set it to min 3, max 5, desired 3 since this boost began; theirs stays, as `on-drift: keep` says, and nothing is raised; the boost ends at 2026-11-21T09:10:00Z
            "#]],
        ),
    ] {
        check(&order(&service, "b", &add(2)), &with(state, memory.clone()), expected);
    }
    let over = boosted(size(2, 2, 10), size(4, 4, 10), &[("b", 4, OVER)]);
    check(
        &order(&service, "b", &add(2)),
        &with(FakeService::scaled(2, 2, 10), over),
        expect![[r#"
            hold boost-over
              its time was over at 2026-11-21T08:59:00Z: what it raised, its end gives back
        "#]],
    );
}

#[test]
fn a_second_boost_adds_to_the_first_and_prolongs_it_at_the_ceiling() {
    let service = service();
    let memory = boosted(size(2, 2, 10), size(6, 6, 10), &[("a", 6, SOON)]);
    check(
        &order(&service, "b", &add(2)),
        &with(FakeService::scaled(6, 6, 10), memory),
        expect![[r#"
            act boosted
              save-size {"size":{"min":2,"max":10,"desired":2},"boosts":["a","b"]}
              schedule-restore {"schedule":"boost-api-e9c7dd5b14899740","at":"2026-11-21T09:30:00Z"}
              set-bounds {"min":8,"max":10}
              set-desired {"desired":8}
              raised the min from 6 to 8 until 2026-11-21T09:30:00Z; a boost keeps the floor at 6 until 2026-11-21T09:10:00Z
        "#]],
    );
    let memory = boosted(size(6, 6, 10), size(10, 10, 10), &[("a", 10, SOON)]);
    check(
        &order(&service, "b", &add(2)),
        &with(FakeService::scaled(10, 10, 10), memory),
        expect![[r#"
            act boosted
              save-size {"size":{"min":6,"max":10,"desired":6},"boosts":["a","b"]}
              schedule-restore {"schedule":"boost-api-e9c7dd5b14899740","at":"2026-11-21T09:30:00Z"}
              keeps the min at 10 until 2026-11-21T09:30:00Z; 2 more were asked for, but the largest step is 4 and the ceiling 10; as it has 10 already, no task is added: they are only kept from going; a boost keeps the floor at 10 until 2026-11-21T09:10:00Z
        "#]],
    );
}

#[test]
fn a_service_that_runs_although_it_was_parked_is_boosted() {
    let service = service();
    let mut fake = FakeService::scaled(2, 2, 10);
    if let Some(scaling) = &mut fake.state.scaling {
        scaling.suspended = Suspended::ALL;
    }
    check(
        &order(&service, "b", &add(2)),
        &with(fake, parked(size(3, 2, 8))),
        expect![[r#"
        act boosted
          save-size {"size":{"min":2,"max":10,"desired":2,"suspended":["dynamic-in","dynamic-out","scheduled"]},"boosts":["b"]}
          schedule-restore {"schedule":"boost-api-e9c7dd5b14899740","at":"2026-11-21T09:30:00Z"}
          set-bounds {"min":4,"max":10,"suspended":[]}
          set-desired {"desired":4}
          raised the min from 2 to 4 until 2026-11-21T09:30:00Z; it runs although it was parked at 2026-11-21T01:00:00Z: that is over with this
    "#]],
    );
}

#[test]
fn a_boost_takes_no_task_that_somebody_set_above_the_max() {
    let service = service();
    check(
        &order(&service, "b", &add(2)),
        &world(FakeService::scaled(8, 1, 4)),
        expect![[r#"
            act boosted
              save-size {"size":{"min":1,"max":4,"desired":8},"boosts":["b"]}
              schedule-restore {"schedule":"boost-api-e9c7dd5b14899740","at":"2026-11-21T09:30:00Z"}
              set-bounds {"min":3,"max":8}
              raised the min from 1 to 3 until 2026-11-21T09:30:00Z; as it has 8 already, no task is added: they are only kept from going
        "#]],
    );
}

#[test]
fn nothing_is_saved_over_what_is_saved_of_another_service() {
    let service = service();
    let mut memory = parked(size(3, 2, 8));
    memory.service = "service/portfolio-dev/old-api".to_owned();
    let world = with(FakeService::scaled(2, 2, 10), memory);
    check(
        &order(&service, "b", &add(2)),
        &world,
        expect![[r#"
        refuse other-service
          what is saved is of service/portfolio-dev/old-api, which the target named before: min 2, max 8, desired 3
    "#]],
    );
    check(
        &order(&service, "p", &json!({"action": "park"})),
        &world,
        expect![[r#"
        refuse other-service
          what is saved is of service/portfolio-dev/old-api, which the target named before: min 2, max 8, desired 3
    "#]],
    );
    check(
        &order(&service, "r", &json!({"action": "restore"})),
        &world,
        expect![[r#"
        refuse other-service
          what is saved is of service/portfolio-dev/old-api, which the target named before: min 2, max 8, desired 3
    "#]],
    );
    check(
        &order(&service, "s", &json!({"action": "set", "desired": 3})),
        &world,
        expect![[r#"
        act set
          set-desired {"desired":3}
          forget-size {}
          set from min 2, max 10, desired 2 to min 2, max 10, desired 3; what was saved of service/portfolio-dev/old-api, which the target named before, is forgotten
    "#]],
    );
    check(
        &order(&service, "s", &json!({"action": "profile", "profile": "day"})),
        &world,
        expect![[r#"
        act profile-set
          set-bounds {"min":3,"max":8}
          set-desired {"desired":3}
          profile `day`: set from min 2, max 10, desired 2 to min 3, max 8, desired 3
    "#]],
    );
}
