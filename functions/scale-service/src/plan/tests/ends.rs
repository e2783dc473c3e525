//! The ends of boosts.

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

fn end(id: &str) -> Value {
    json!({"action": "restore", "of": id})
}

#[test]
fn overlapping_boosts_keep_the_higher_floor_until_the_last_one_ends() {
    let service = service();
    let both = boosted(size(2, 2, 10), size(6, 6, 10), &[("a", 4, SOON), ("b", 6, LATER)]);
    let state = FakeService::scaled(6, 6, 10);
    check(
        &order(&service, "e", &end("a")),
        &with(state.clone(), both.clone()),
        expect![[r#"
        act boost-continues
          forget-size {"boosts":["b"]}
          this boost is over, another keeps the floor at 6 until 2026-11-21T09:20:00Z
    "#]],
    );
    check(
        &order(&service, "e", &end("b")),
        &with(state.clone(), both),
        expect![[r#"
        act boost-continues
          forget-size {"boosts":["a"]}
          this boost is over, another keeps the floor at 6 until 2026-11-21T09:10:00Z
    "#]],
    );
    let one = boosted(size(2, 2, 10), size(6, 6, 10), &[("b", 6, LATER)]);
    check(
        &order(&service, "e", &end("b")),
        &with(state.clone(), one),
        expect![[r#"
        act boost-ended
          set-bounds {"min":2,"max":10}
          set-desired {"desired":2}
          forget-size {}
          the last boost is over: back to min 2, max 10, desired 2
    "#]],
    );
    let overdue = boosted(size(2, 2, 10), size(6, 6, 10), &[("a", 4, OVER), ("b", 6, LATER)]);
    check(
        &order(&service, "e", &end("b")),
        &with(state, overdue),
        expect![[r#"
        act boost-ended
          set-bounds {"min":2,"max":10}
          set-desired {"desired":2}
          forget-size {}
          the last boost is over: back to min 2, max 10, desired 2
    "#]],
    );
}

#[test]
fn the_tasks_of_a_boost_are_left_to_policies_where_there_are_any() {
    let service = service();
    let memory = boosted(size(2, 2, 10), size(6, 6, 10), &[("b", 6, SOON)]);
    let mut fake = FakeService::scaled(6, 6, 10);
    let policy = |scales_in| Policy { name: "cpu".to_owned(), what: "keeps CPU at 70".to_owned(), scales_in };
    fake.policies = vec![policy(true)];
    check(
        &order(&service, "e", &end("b")),
        &with(fake.clone(), memory.clone()),
        expect![[r#"
        act boost-ended
          set-bounds {"min":2,"max":10}
          forget-size {}
          the last boost is over: back to min 2, max 10, desired 6; its scaling policies remove what is too many when the load allows it
    "#]],
    );
    fake.policies = vec![policy(false)];
    check(
        &order(&service, "e", &end("b")),
        &with(fake.clone(), memory.clone()),
        expect![[r#"
        act boost-ended
          set-bounds {"min":2,"max":10}
          set-desired {"desired":2}
          forget-size {}
          the last boost is over: back to min 2, max 10, desired 2
    "#]],
    );
    fake.policies = vec![policy(true)];
    if let Some(scaling) = &mut fake.state.scaling {
        scaling.suspended = Suspended { dynamic_in: true, ..Suspended::default() };
    }
    check(
        &order(&service, "e", &end("b")),
        &with(fake, memory.clone()),
        expect![[r#"
            act boost-ended
              set-bounds {"min":2,"max":10}
              set-desired {"desired":2}
              forget-size {}
              the last boost is over: back to min 2, max 10, desired 2; suspended on its scalable target: dynamic-in
        "#]],
    );
    check(
        &order(&service, "e", &end("b")),
        &with(FakeService::scaled(8, 6, 10), memory),
        expect![[r#"
        act boost-ended
          set-bounds {"min":2,"max":10}
          forget-size {}
          the last boost is over: back to min 2, max 10, desired 8
    "#]],
    );
}

#[test]
fn the_end_of_a_boost_that_is_gone_or_was_parked_over_is_superseded() {
    let service = service();
    check(
        &order(&service, "e", &end("b")),
        &world(FakeService::scaled(2, 2, 10)),
        expect![[r#"
        hold superseded
          no boost `b` is running: it has ended, or a `set` or a `park` has ended it
    "#]],
    );
    let other = boosted(size(2, 2, 10), size(4, 4, 10), &[("a", 4, SOON)]);
    check(
        &order(&service, "e", &end("b")),
        &with(FakeService::scaled(4, 4, 10), other),
        expect![[r#"
        hold superseded
          no boost `b` is running: it has ended, or a `set` or a `park` has ended it
    "#]],
    );
    let asleep = with(FakeService::scaled(0, 0, 0), parked(size(3, 2, 8)));
    check(
        &order(&service, "e", &end("b")),
        &asleep,
        expect![[r#"
        hold superseded
          the service was parked since, at 2026-11-21T01:00:00Z: what was under the boost is saved
    "#]],
    );
}

#[test]
fn what_somebody_set_under_a_boost_stays_or_goes_as_the_playbook_says() {
    let (keeping, restoring) = (service(), service_with("on-drift: restore"));
    let memory = boosted(size(2, 2, 10), size(6, 6, 10), &[("b", 6, SOON)]);
    for (state, kept, restored) in [
        (
            FakeService::scaled(3, 3, 5),
            expect![[r#"
            act drift-kept
              forget-size {}
              somebody has set it to min 3, max 5, desired 3 since min 2, max 10, desired 2 was saved; theirs stays, as `on-drift: keep` says, and the saved size is forgotten
        "#]],
            expect![[r#"
            act boost-ended
              set-bounds {"min":2,"max":10}
              forget-size {}
              the last boost is over: back to min 2, max 10, desired 3; somebody had set it to min 3, max 5, desired 3 meanwhile; the saved size wins, as `on-drift: restore` says
        "#]],
        ),
        (
            FakeService::of(6),
            expect![[r#"
            act drift-kept
              forget-size {}
              somebody has set it to desired 6 since min 2, max 10, desired 2 was saved; theirs stays, as `on-drift: keep` says, and the saved size is forgotten; it has no scalable target: only its desired count is set
        "#]],
            expect![[r#"
                act boost-ended
                  set-desired {"desired":2}
                  forget-size {}
                  the last boost is over: back to desired 2; somebody had set it to desired 6 meanwhile; the saved size wins, as `on-drift: restore` says; min 2 and max 10 were saved too, but its scalable target has gone since; it has no scalable target: only its desired count is set
            "#]],
        ),
    ] {
        let world = with(state, memory.clone());
        check(&order(&keeping, "e", &end("b")), &world, kept);
        check(&order(&restoring, "e", &end("b")), &world, restored);
    }
    let bare = boosted(tasks(2), tasks(6), &[("b", 6, SOON)]);
    check(
        &order(&keeping, "e", &end("b")),
        &with(FakeService::of(5), bare.clone()),
        expect![[r#"
        act drift-kept
          forget-size {}
          somebody has set it to desired 5 since desired 2 was saved; theirs stays, as `on-drift: keep` says, and the saved size is forgotten; it has no scalable target: only its desired count is set
    "#]],
    );
    check(
        &order(&keeping, "e", &end("b")),
        &with(FakeService::of(6), bare),
        expect![[r#"
        act boost-ended
          set-desired {"desired":2}
          forget-size {}
          the last boost is over: back to desired 2; it has no scalable target: only its desired count is set
    "#]],
    );
}

#[test]
fn the_highest_floor_holds_under_a_profile_too_when_its_own_boost_has_ended() {
    let service = service();
    let both = boosted(size(2, 2, 10), size(8, 8, 10), &[("a", 4, LATER), ("b", 8, SOON)]);
    let world = with(FakeService::scaled(8, 8, 10), both);
    let plan = crate::plan::plan(&order(&service, "e", &end("b")), &world);
    let shared::plan::Plan::Act { steps, .. } = plan else { panic!("it ends") };
    let Some(crate::plan::Step::ForgetSize(memory)) = steps.into_iter().next() else {
        panic!("it is forgotten")
    };
    let evening = World { memory, ..world };
    let night = json!({"action": "profile", "profile": "night"});
    check(
        &order(&service, "n", &night),
        &evening,
        expect![[r#"
        act profile-set
          save-size {"size":{"min":1,"max":4,"desired":1},"boosts":["a"]}
          set-bounds {"min":8,"max":8}
          profile `night`: set from min 8, max 10, desired 8 to min 8, max 8, desired 8; a boost keeps the floor at 8 until 2026-11-21T09:20:00Z
    "#]],
    );
}

#[test]
fn a_boost_of_a_service_that_is_gone_is_forgotten() {
    let service = service();
    let memory = boosted(size(2, 2, 10), size(4, 4, 10), &[("b", 4, OVER)]);
    let mut gone = FakeService::scaled(0, 4, 10);
    gone.state.status = "INACTIVE".to_owned();
    check(
        &order(&service, "e", &end("b")),
        &with(gone, memory.clone()),
        expect![[r#"
        act boost-ended
          forget-size {}
          the service is gone, and its boosts with it: there is nothing to go back to
    "#]],
    );
    let found = crate::world::Found::Missing("MISSING".to_owned());
    let missing = World { found, ..with(FakeService::of(0), memory) };
    check(
        &order(&service, "e", &end("b")),
        &missing,
        expect![[r#"
        act boost-ended
          forget-size {}
          the service is gone, and its boosts with it: there is nothing to go back to
    "#]],
    );
}

#[test]
fn parking_under_a_boost_saves_what_somebody_set_since() {
    let memory = boosted(size(2, 2, 10), size(4, 4, 10), &[("b", 4, SOON)]);
    let world = with(FakeService::scaled(6, 6, 10), memory);
    let park = json!({"action": "park"});
    check(
        &order(&service(), "p", &park),
        &world,
        expect![[r#"
        act parked
          save-size {"size":{"min":6,"max":10,"desired":6}}
          set-bounds {"min":0,"max":0,"suspended":["dynamic-in","dynamic-out","scheduled"]}
          set-desired {"desired":0}
          set to 0; min 6, max 10, desired 6 is saved; the boost that ran is over with this
    "#]],
    );
    check(
        &order(&service_with("on-drift: restore"), "p", &park),
        &world,
        expect![[r#"
        act parked
          save-size {"size":{"min":2,"max":10,"desired":2}}
          set-bounds {"min":0,"max":0,"suspended":["dynamic-in","dynamic-out","scheduled"]}
          set-desired {"desired":0}
          set to 0; min 2, max 10, desired 2 is saved; the boost that ran is over with this
    "#]],
    );
}
