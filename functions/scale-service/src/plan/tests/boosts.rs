use expect_test::expect;
use serde_json::{Value, json};

use super::check;
use crate::examples::{boosted, order, parked, service, service_with, size, tasks, world};
use crate::fake::FakeService;
use crate::memory::Memory;
use crate::world::{Policy, Suspended, World};

const SOON: &str = "2026-11-21T09:10:00Z";
const LATER: &str = "2026-11-21T09:20:00Z";
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

fn end(id: &str) -> Value {
    json!({"action": "restore", "of": id})
}

#[test]
fn a_boost_raises_the_min_and_says_when_it_ends() {
    let service = service();
    check(&order(&service, "b", &add(2)), &world(FakeService::scaled(2, 2, 10)), expect![[r#"
        act boosted
          save-size {"size":{"min":2,"max":10,"desired":2},"boosts":["b"]}
          schedule-restore {"schedule":"boost-api-f4bdec670d6a83cf","at":"2026-11-21T09:30:00Z"}
          set-bounds {"min":4,"max":10}
          set-desired {"desired":4}
          raised the min from 2 to 4 until 2026-11-21T09:30:00Z
    "#]]);
    check(&order(&service, "b", &add(2)), &world(FakeService::scaled(6, 2, 10)), expect![[r#"
        act boosted
          save-size {"size":{"min":2,"max":10,"desired":6},"boosts":["b"]}
          schedule-restore {"schedule":"boost-api-f4bdec670d6a83cf","at":"2026-11-21T09:30:00Z"}
          set-bounds {"min":4,"max":10}
          raised the min from 2 to 4 until 2026-11-21T09:30:00Z
    "#]]);
    check(&order(&service, "b", &add(2)), &world(FakeService::of(2)), expect![[r#"
        act boosted
          save-size {"size":{"desired":2},"boosts":["b"]}
          schedule-restore {"schedule":"boost-api-f4bdec670d6a83cf","at":"2026-11-21T09:30:00Z"}
          set-desired {"desired":4}
          raised the desired count from 2 to 4 until 2026-11-21T09:30:00Z; it has no scalable target: only its desired count is set
    "#]]);
}

#[test]
fn percent_is_rounded_up_to_whole_tasks() {
    let service = service();
    for (share, expected) in
        [(1, expect![[r#"
            act boosted
              save-size {"size":{"desired":3},"boosts":["b"]}
              schedule-restore {"schedule":"boost-api-f4bdec670d6a83cf","at":"2026-11-21T09:30:00Z"}
              set-desired {"desired":4}
              raised the desired count from 3 to 4 until 2026-11-21T09:30:00Z; it has no scalable target: only its desired count is set
        "#]]), (50, expect![[r#"
            act boosted
              save-size {"size":{"desired":3},"boosts":["b"]}
              schedule-restore {"schedule":"boost-api-f4bdec670d6a83cf","at":"2026-11-21T09:30:00Z"}
              set-desired {"desired":5}
              raised the desired count from 3 to 5 until 2026-11-21T09:30:00Z; it has no scalable target: only its desired count is set
        "#]]), (34, expect![[r#"
            act boosted
              save-size {"size":{"desired":3},"boosts":["b"]}
              schedule-restore {"schedule":"boost-api-f4bdec670d6a83cf","at":"2026-11-21T09:30:00Z"}
              set-desired {"desired":5}
              raised the desired count from 3 to 5 until 2026-11-21T09:30:00Z; it has no scalable target: only its desired count is set
        "#]]), (400, expect![[r#"
            act boosted
              save-size {"size":{"desired":3},"boosts":["b"]}
              schedule-restore {"schedule":"boost-api-f4bdec670d6a83cf","at":"2026-11-21T09:30:00Z"}
              set-desired {"desired":7}
              raised the desired count from 3 to 7 until 2026-11-21T09:30:00Z; 12 more were asked for, cut to the largest step of 4 and the ceiling of 10; it has no scalable target: only its desired count is set
        "#]])]
    {
        check(&order(&service, "b", &percent(share)), &world(FakeService::of(3)), expected);
    }
}

#[test]
fn a_boost_is_cut_to_the_largest_step_and_to_the_ceiling() {
    let service = service();
    for (state, expected) in [
        (FakeService::scaled(2, 2, 10), expect![[r#"
            act boosted
              save-size {"size":{"min":2,"max":10,"desired":2},"boosts":["b"]}
              schedule-restore {"schedule":"boost-api-f4bdec670d6a83cf","at":"2026-11-21T09:30:00Z"}
              set-bounds {"min":6,"max":10}
              set-desired {"desired":6}
              raised the min from 2 to 6 until 2026-11-21T09:30:00Z; 7 more were asked for, cut to the largest step of 4 and the ceiling of 10
        "#]]),
        (FakeService::scaled(8, 8, 10), expect![[r#"
            act boosted
              save-size {"size":{"min":8,"max":10,"desired":8},"boosts":["b"]}
              schedule-restore {"schedule":"boost-api-f4bdec670d6a83cf","at":"2026-11-21T09:30:00Z"}
              set-bounds {"min":10,"max":10}
              set-desired {"desired":10}
              raised the min from 8 to 10 until 2026-11-21T09:30:00Z; 7 more were asked for, cut to the largest step of 4 and the ceiling of 10
        "#]]),
        (FakeService::scaled(3, 3, 4), expect![[r#"
            act boosted
              save-size {"size":{"min":3,"max":4,"desired":3},"boosts":["b"]}
              schedule-restore {"schedule":"boost-api-f4bdec670d6a83cf","at":"2026-11-21T09:30:00Z"}
              set-bounds {"min":7,"max":7}
              set-desired {"desired":7}
              raised the min from 3 to 7 until 2026-11-21T09:30:00Z; 7 more were asked for, cut to the largest step of 4 and the ceiling of 10
        "#]]),
        (FakeService::scaled(10, 10, 10), expect![[r#"
            refuse at-ceiling
              it is at 10 already, and the playbook's ceiling is 10
        "#]]),
        (FakeService::scaled(12, 12, 12), expect![[r#"
            refuse at-ceiling
              it is at 12 already, and the playbook's ceiling is 10
        "#]]),
        (FakeService::scaled(3, 3, 12), expect![[r#"
            refuse outside-bounds
              max 12 is outside the playbook's bounds of 1 to 10
        "#]]),
        (FakeService::scaled(1, 4, 10), expect![[r#"
            act boosted
              save-size {"size":{"min":4,"max":10,"desired":1},"boosts":["b"]}
              schedule-restore {"schedule":"boost-api-f4bdec670d6a83cf","at":"2026-11-21T09:30:00Z"}
              set-bounds {"min":5,"max":10}
              set-desired {"desired":5}
              raised the min from 4 to 5 until 2026-11-21T09:30:00Z; 7 more were asked for, cut to the largest step of 4 and the ceiling of 10
        "#]]),
    ] {
        check(&order(&service, "b", &add(7)), &world(state), expected);
    }
}

#[test]
fn a_parked_service_is_not_boosted() {
    let service = service();
    let by_us = with(FakeService::scaled(0, 0, 0), parked(size(3, 2, 8)));
    check(&order(&service, "b", &add(2)), &by_us, expect![[r#"
        refuse parked
          it is parked since 2026-11-21T01:00:00Z: only `restore` wakes it
    "#]]);
    check(&order(&service, "b", &add(2)), &world(FakeService::scaled(0, 0, 0)), expect![[r#"
        refuse parked
          somebody switched it off: its max, or its desired count, is 0
    "#]]);
    check(&order(&service, "b", &add(2)), &world(FakeService::of(0)), expect![[r#"
        refuse parked
          somebody switched it off: its max, or its desired count, is 0
    "#]]);
}

#[test]
fn a_boost_that_comes_again_adds_nothing() {
    let service = service();
    let memory = boosted(size(2, 2, 10), size(4, 4, 10), &[("b", 4, SOON)]);
    for (state, expected) in [
        (FakeService::scaled(4, 4, 10), expect![[r#"
            act boosted
              schedule-restore {"schedule":"boost-api-f4bdec670d6a83cf","at":"2026-11-21T09:10:00Z"}
              raised the min from 2 to 4 until 2026-11-21T09:10:00Z
        "#]]),
        (FakeService::scaled(2, 2, 10), expect![[r#"
            act boosted
              schedule-restore {"schedule":"boost-api-f4bdec670d6a83cf","at":"2026-11-21T09:10:00Z"}
              set-bounds {"min":4,"max":10}
              set-desired {"desired":4}
              raised the min from 2 to 4 until 2026-11-21T09:10:00Z
        "#]]),
        (FakeService::scaled(3, 3, 5), expect![[r#"
            act boosted
              schedule-restore {"schedule":"boost-api-f4bdec670d6a83cf","at":"2026-11-21T09:10:00Z"}
              raised the min from 2 to 4 until 2026-11-21T09:10:00Z
        "#]]),
    ] {
        check(&order(&service, "b", &add(2)), &with(state, memory.clone()), expected);
    }
    let over = boosted(size(2, 2, 10), size(4, 4, 10), &[("b", 4, OVER)]);
    check(&order(&service, "b", &add(2)), &with(FakeService::scaled(2, 2, 10), over), expect![[r#"
        hold boost-over
          its time was over at 2026-11-21T08:59:00Z; nothing is raised any more
    "#]]);
}

#[test]
fn a_second_boost_adds_to_the_first_and_prolongs_it_at_the_ceiling() {
    let service = service();
    let memory = boosted(size(2, 2, 10), size(6, 6, 10), &[("a", 6, SOON)]);
    check(&order(&service, "b", &add(2)), &with(FakeService::scaled(6, 6, 10), memory), expect![[r#"
        act boosted
          save-size {"size":{"min":2,"max":10,"desired":2},"boosts":["a","b"]}
          schedule-restore {"schedule":"boost-api-f4bdec670d6a83cf","at":"2026-11-21T09:30:00Z"}
          set-bounds {"min":8,"max":10}
          set-desired {"desired":8}
          raised the min from 6 to 8 until 2026-11-21T09:30:00Z; a boost keeps the floor at 6 until 2026-11-21T09:10:00Z
    "#]]);
    let memory = boosted(size(6, 6, 10), size(10, 10, 10), &[("a", 10, SOON)]);
    check(&order(&service, "b", &add(2)), &with(FakeService::scaled(10, 10, 10), memory), expect![[r#"
        act boosted
          save-size {"size":{"min":6,"max":10,"desired":6},"boosts":["a","b"]}
          schedule-restore {"schedule":"boost-api-f4bdec670d6a83cf","at":"2026-11-21T09:30:00Z"}
          keeps the min at 10 until 2026-11-21T09:30:00Z; 2 more were asked for, cut to the largest step of 4 and the ceiling of 10; a boost keeps the floor at 10 until 2026-11-21T09:10:00Z
    "#]]);
}

#[test]
fn overlapping_boosts_keep_the_higher_floor_until_the_last_one_ends() {
    let service = service();
    let both = boosted(size(2, 2, 10), size(6, 6, 10), &[("a", 4, SOON), ("b", 6, LATER)]);
    let state = FakeService::scaled(6, 6, 10);
    check(&order(&service, "e", &end("a")), &with(state.clone(), both.clone()), expect![[r#"
        act boost-continues
          forget-size {"boosts":["b"]}
          this boost is over, another keeps the floor at 6 until 2026-11-21T09:20:00Z
    "#]]);
    check(&order(&service, "e", &end("b")), &with(state.clone(), both), expect![[r#"
        act boost-continues
          forget-size {"boosts":["a"]}
          this boost is over, another keeps the floor at 6 until 2026-11-21T09:10:00Z
    "#]]);
    let one = boosted(size(2, 2, 10), size(6, 6, 10), &[("b", 6, LATER)]);
    check(&order(&service, "e", &end("b")), &with(state.clone(), one), expect![[r#"
        act boost-ended
          set-bounds {"min":2,"max":10}
          set-desired {"desired":2}
          forget-size {}
          the last boost is over: back to min 2, max 10, desired 2
    "#]]);
    let overdue = boosted(size(2, 2, 10), size(6, 6, 10), &[("a", 4, OVER), ("b", 6, LATER)]);
    check(&order(&service, "e", &end("b")), &with(state, overdue), expect![[r#"
        act boost-ended
          set-bounds {"min":2,"max":10}
          set-desired {"desired":2}
          forget-size {}
          the last boost is over: back to min 2, max 10, desired 2
    "#]]);
}

#[test]
fn the_tasks_of_a_boost_are_left_to_policies_where_there_are_any() {
    let service = service();
    let memory = boosted(size(2, 2, 10), size(6, 6, 10), &[("b", 6, SOON)]);
    let mut fake = FakeService::scaled(6, 6, 10);
    let policy = |scales_in| Policy { name: "cpu".to_owned(), what: "keeps CPU at 70".to_owned(), scales_in };
    fake.policies = vec![policy(true)];
    check(&order(&service, "e", &end("b")), &with(fake.clone(), memory.clone()), expect![[r#"
        act boost-ended
          set-bounds {"min":2,"max":10}
          forget-size {}
          the last boost is over: back to min 2, max 10, desired 6; its scaling policies remove what is too many when the load allows it
    "#]]);
    fake.policies = vec![policy(false)];
    check(&order(&service, "e", &end("b")), &with(fake.clone(), memory.clone()), expect![[r#"
        act boost-ended
          set-bounds {"min":2,"max":10}
          set-desired {"desired":2}
          forget-size {}
          the last boost is over: back to min 2, max 10, desired 2
    "#]]);
    fake.policies = vec![policy(true)];
    if let Some(scaling) = &mut fake.state.scaling {
        scaling.suspended = Suspended { dynamic_in: true, ..Suspended::default() };
    }
    check(&order(&service, "e", &end("b")), &with(fake, memory.clone()), expect![[r#"
        act boost-ended
          set-bounds {"min":2,"max":10}
          set-desired {"desired":2}
          forget-size {}
          the last boost is over: back to min 2, max 10, desired 2; suspended on its scalable target: ["dynamic-in"]
    "#]]);
    check(&order(&service, "e", &end("b")), &with(FakeService::scaled(8, 6, 10), memory), expect![[r#"
        act boost-ended
          set-bounds {"min":2,"max":10}
          forget-size {}
          the last boost is over: back to min 2, max 10, desired 8
    "#]]);
}

#[test]
fn the_end_of_a_boost_that_is_gone_or_was_parked_over_is_superseded() {
    let service = service();
    check(&order(&service, "e", &end("b")), &world(FakeService::scaled(2, 2, 10)), expect![[r#"
        hold superseded
          no boost `b` is running: it has ended, or a `set` or a `park` has ended it
    "#]]);
    let other = boosted(size(2, 2, 10), size(4, 4, 10), &[("a", 4, SOON)]);
    check(&order(&service, "e", &end("b")), &with(FakeService::scaled(4, 4, 10), other), expect![[r#"
        hold superseded
          no boost `b` is running: it has ended, or a `set` or a `park` has ended it
    "#]]);
    let asleep = with(FakeService::scaled(0, 0, 0), parked(size(3, 2, 8)));
    check(&order(&service, "e", &end("b")), &asleep, expect![[r#"
        hold superseded
          the service was parked since, at 2026-11-21T01:00:00Z: what was under the boost is saved
    "#]]);
}

#[test]
fn what_somebody_set_under_a_boost_stays_or_goes_as_the_playbook_says() {
    let (keeping, restoring) = (service(), service_with("on-drift: restore"));
    let memory = boosted(size(2, 2, 10), size(6, 6, 10), &[("b", 6, SOON)]);
    for (state, kept, restored) in [
        (FakeService::scaled(3, 3, 5), expect![[r#"
            act drift-kept
              forget-size {}
              somebody has set it to min 3, max 5, desired 3 since min 2, max 10, desired 2 was saved; theirs stays, as `on-drift: keep` says, and the saved size is forgotten
        "#]], expect![[r#"
            act boost-ended
              set-bounds {"min":2,"max":10}
              forget-size {}
              the last boost is over: back to min 2, max 10, desired 3; somebody had set it to min 3, max 5, desired 3 meanwhile; the saved size wins, as `on-drift: restore` says
        "#]]),
        (FakeService::of(6), expect![[r#"
            act drift-kept
              forget-size {}
              somebody has set it to desired 6 since min 2, max 10, desired 2 was saved; theirs stays, as `on-drift: keep` says, and the saved size is forgotten; it has no scalable target: only its desired count is set
        "#]], expect![[r#"
            act boost-ended
              set-desired {"desired":2}
              forget-size {}
              the last boost is over: back to desired 2; somebody had set it to desired 6 meanwhile; the saved size wins, as `on-drift: restore` says; it has no scalable target: only its desired count is set
        "#]]),
    ] {
        let world = with(state, memory.clone());
        check(&order(&keeping, "e", &end("b")), &world, kept);
        check(&order(&restoring, "e", &end("b")), &world, restored);
    }
    let bare = boosted(tasks(2), tasks(6), &[("b", 6, SOON)]);
    check(&order(&keeping, "e", &end("b")), &with(FakeService::of(5), bare.clone()), expect![[r#"
        act drift-kept
          forget-size {}
          somebody has set it to desired 5 since desired 2 was saved; theirs stays, as `on-drift: keep` says, and the saved size is forgotten; it has no scalable target: only its desired count is set
    "#]]);
    check(&order(&keeping, "e", &end("b")), &with(FakeService::of(6), bare), expect![[r#"
        act boost-ended
          set-desired {"desired":2}
          forget-size {}
          the last boost is over: back to desired 2; it has no scalable target: only its desired count is set
    "#]]);
}
