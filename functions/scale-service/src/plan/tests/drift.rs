//! What somebody changed while a service was parked.

use expect_test::expect;
use serde_json::json;

use super::check;
use crate::examples::{order, parked, service, service_with, size, tasks, world};
use crate::fake::FakeService;
use crate::memory::Memory;
use crate::world::{Suspended, World};

fn with(service: FakeService, memory: Memory) -> World {
    World { memory, ..world(service) }
}

#[test]
fn a_size_that_somebody_set_since_counts_as_the_playbook_says() {
    let park = json!({"action": "park"});
    let woken = with(FakeService::scaled(4, 4, 6), parked(size(3, 2, 8)));
    check(
        &order(&service(), "p2", &park),
        &woken,
        expect![[r#"
        act parked
          save-size {"size":{"min":4,"max":6,"desired":4}}
          set-bounds {"min":0,"max":0,"suspended":["dynamic-in","dynamic-out","scheduled"]}
          set-desired {"desired":0}
          set to 0; min 4, max 6, desired 4 is saved; somebody had woken it since it was parked at 2026-11-21T01:00:00Z; their size counts
    "#]],
    );
    check(
        &order(&service_with("on-drift: restore"), "p2", &park),
        &woken,
        expect![[r#"
        act parked
          set-bounds {"min":0,"max":0,"suspended":["dynamic-in","dynamic-out","scheduled"]}
          set-desired {"desired":0}
          set to 0; min 2, max 8, desired 3 is saved; somebody had woken it since it was parked at 2026-11-21T01:00:00Z; the size saved then counts
    "#]],
    );
}

#[test]
fn what_somebody_changed_stays_or_goes_as_the_playbook_says() {
    let restore = json!({"action": "restore"});
    let (keeping, restoring) = (service(), service_with("on-drift: restore"));
    for (state, memory, kept, restored) in [
        (
            FakeService::scaled(4, 4, 6),
            parked(size(3, 2, 8)),
            expect![[r#"
            act drift-kept
              forget-size {}
              somebody has set it to min 4, max 6, desired 4 since min 2, max 8, desired 3 was saved; theirs stays, as `on-drift: keep` says, and the saved size is forgotten
        "#]],
            expect![[r#"
                act restored
                  set-bounds {"min":2,"max":8}
                  set-desired {"desired":3}
                  forget-size {}
                  back to min 2, max 8, desired 3, as it was when it was parked at 2026-11-21T01:00:00Z; somebody had set it to min 4, max 6, desired 4 meanwhile; the saved size wins, as `on-drift: restore` says
            "#]],
        ),
        (
            FakeService::of(1),
            parked(tasks(3)),
            expect![[r#"
            act drift-kept
              forget-size {}
              somebody has set it to desired 1 since desired 3 was saved; theirs stays, as `on-drift: keep` says, and the saved size is forgotten; it has no scalable target: only its desired count is set
        "#]],
            expect![[r#"
            act restored
              set-desired {"desired":3}
              forget-size {}
              back to desired 3, as it was when it was parked at 2026-11-21T01:00:00Z; somebody had set it to desired 1 meanwhile; the saved size wins, as `on-drift: restore` says; it has no scalable target: only its desired count is set
        "#]],
        ),
        (
            FakeService::of(0),
            parked(size(3, 2, 8)),
            expect![[r#"
                act restored
                  set-desired {"desired":3}
                  forget-size {}
                  back to desired 3, as it was when it was parked at 2026-11-21T01:00:00Z; min 2 and max 8 were saved too, but its scalable target has gone since; it has no scalable target: only its desired count is set
            "#]],
            expect![[r#"
                act restored
                  set-desired {"desired":3}
                  forget-size {}
                  back to desired 3, as it was when it was parked at 2026-11-21T01:00:00Z; min 2 and max 8 were saved too, but its scalable target has gone since; it has no scalable target: only its desired count is set
            "#]],
        ),
        (
            FakeService::scaled(0, 0, 0),
            parked(tasks(3)),
            expect![[r#"
            refuse outside-bounds
              a desired count of 3 does not lie between min 0 and max 0
        "#]],
            expect![[r#"
            refuse outside-bounds
              a desired count of 3 does not lie between min 0 and max 0
        "#]],
        ),
        (
            FakeService::scaled(0, 0, 5),
            parked(tasks(3)),
            expect![[r#"
            act drift-kept
              forget-size {}
              somebody has set it to min 0, max 5, desired 0 since desired 3 was saved; theirs stays, as `on-drift: keep` says, and the saved size is forgotten
        "#]],
            expect![[r#"
            act restored
              set-desired {"desired":3}
              forget-size {}
              back to desired 3, as it was when it was parked at 2026-11-21T01:00:00Z; somebody had set it to min 0, max 5, desired 0 meanwhile; the saved size wins, as `on-drift: restore` says
        "#]],
        ),
    ] {
        let world = with(state, memory);
        check(&order(&keeping, "r", &restore), &world, kept);
        check(&order(&restoring, "r", &restore), &world, restored);
    }
}

#[test]
fn what_parking_suspended_is_resumed_for_whoever_woke_it() {
    let mut fake = FakeService::scaled(4, 4, 6);
    if let Some(scaling) = &mut fake.state.scaling {
        scaling.suspended = Suspended::ALL;
    }
    let woken = with(fake, parked(size(3, 2, 8)));
    let restore = json!({"action": "restore"});
    check(
        &order(&service(), "r", &restore),
        &woken,
        expect![[r#"
        act drift-kept
          set-bounds {"min":4,"max":6,"suspended":[]}
          forget-size {}
          somebody has set it to min 4, max 6, desired 4 since min 2, max 8, desired 3 was saved; theirs stays, as `on-drift: keep` says, and the saved size is forgotten
    "#]],
    );
    let plan = super::super::plan(&order(&service(), "p", &json!({"action": "park"})), &woken);
    let shared::plan::Plan::Act { steps, .. } = plan else { panic!("it is parked") };
    let Some(crate::plan::Step::SaveSize(memory)) = steps.into_iter().next() else { panic!("it is saved") };
    assert_eq!(memory.parked.unwrap().size, size(4, 4, 6));
}
