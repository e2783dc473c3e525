//! What stops an order, whatever it asks for.

use expect_test::expect;
use serde_json::json;

use super::check;
use crate::examples::{boosted, order, scheduled, service, size, world};
use crate::fake::FakeService;
use crate::world::{Controller, Deployment, Found, Suspended, World};

#[test]
fn a_service_that_cannot_be_scaled_is_refused_by_name() {
    let service = service();
    let set = order(&service, "s", &json!({"action": "set", "desired": 3}));
    let mut fake = FakeService::of(2);
    fake.state.daemon = true;
    check(
        &set,
        &world(fake.clone()),
        expect![[r#"
        refuse daemon-service
          it is a daemon, one task on every instance: it has no desired count to set
    "#]],
    );
    fake.state.status = "INACTIVE".to_owned();
    check(
        &set,
        &world(fake),
        expect![[r#"
        refuse service-inactive
          it is INACTIVE, and cannot be scaled
    "#]],
    );
    let missing = World { found: Found::Missing("MISSING".to_owned()), ..world(FakeService::of(2)) };
    check(
        &set,
        &missing,
        expect![[r#"
        refuse service-missing
          ECS does not know it: MISSING
    "#]],
    );
}

#[test]
fn who_deploys_and_what_is_suspended_is_noted() {
    let service = service();
    let set = order(&service, "s", &json!({"action": "set", "min": 3}));
    for (controller, expected) in [
        (
            Controller::CodeDeploy,
            expect![[r#"
                act set
                  set-bounds {"min":3,"max":8}
                  set-desired {"desired":3}
                  set from min 2, max 8, desired 2 to min 3, max 8, desired 3; a deployment is running, and follows the new count; CODE_DEPLOY deploys it; suspended on its scalable target: dynamic-in, dynamic-out
            "#]],
        ),
        (
            Controller::External,
            expect![[r#"
                act set
                  set-bounds {"min":3,"max":8}
                  set-desired {"desired":3}
                  set from min 2, max 8, desired 2 to min 3, max 8, desired 3; a deployment is running, and follows the new count; an EXTERNAL controller deploys it: its task sets' scale decides what runs; suspended on its scalable target: dynamic-in, dynamic-out
            "#]],
        ),
    ] {
        let mut fake = FakeService::scaled(2, 2, 8);
        fake.state.controller = controller;
        fake.state.deployment = Deployment::Running;
        if let Some(scaling) = &mut fake.state.scaling {
            scaling.suspended = Suspended { dynamic_in: true, dynamic_out: true, scheduled: false };
        }
        check(&set, &world(fake), expected);
    }
}

#[test]
fn a_failed_deployment_is_refused_for_more_tasks_and_not_for_fewer() {
    let service = service();
    let mut fake = FakeService::scaled(3, 3, 8);
    fake.state.deployment = Deployment::Failed;
    for (command, expected) in [
        (
            json!({"action": "set", "desired": 4}),
            expect![[r#"
            refuse deployment-failed
              its newest deployment has failed, so that ECS would start no tasks for it
        "#]],
        ),
        (
            json!({"action": "set", "min": 2, "desired": 2}),
            expect![[r#"
            act set
              set-bounds {"min":2,"max":8}
              set-desired {"desired":2}
              set from min 3, max 8, desired 3 to min 2, max 8, desired 2
        "#]],
        ),
        (
            json!({"action": "boost", "add": 1, "for": "5m"}),
            expect![[r#"
            refuse deployment-failed
              its newest deployment has failed, so that ECS would start no tasks for it
        "#]],
        ),
    ] {
        check(&order(&service, "s", &command), &world(fake.clone()), expected);
    }
}

#[test]
fn on_a_holiday_schedules_take_tasks_away_and_add_none() {
    let service = service();
    let holiday = |fake| World { holiday: Some("2026-12-25".parse().unwrap()), ..world(fake) };
    let day = json!({"action": "profile", "profile": "day"});
    let night = json!({"action": "profile", "profile": "night"});
    check(
        &scheduled(order(&service, "s", &day)),
        &holiday(FakeService::scaled(1, 1, 4)),
        expect![[r#"
        hold holiday
          2026-12-25 is a holiday in the service's zone: schedules add no tasks
    "#]],
    );
    check(
        &order(&service, "s", &day),
        &holiday(FakeService::scaled(1, 1, 4)),
        expect![[r#"
        act profile-set
          set-bounds {"min":3,"max":8}
          set-desired {"desired":3}
          profile `day`: set from min 1, max 4, desired 1 to min 3, max 8, desired 3
    "#]],
    );
    check(
        &scheduled(order(&service, "s", &night)),
        &holiday(FakeService::scaled(4, 3, 8)),
        expect![[r#"
        act profile-set
          set-bounds {"min":1,"max":4}
          set-desired {"desired":1}
          profile `night`: set from min 3, max 8, desired 4 to min 1, max 4, desired 1
    "#]],
    );

    let memory = boosted(size(2, 2, 10), size(6, 6, 10), &[("b", 6, "2026-11-21T09:00:00Z")]);
    let ending = World { memory, ..holiday(FakeService::scaled(6, 6, 10)) };
    let end = json!({"action": "restore", "of": "b"});
    check(
        &scheduled(order(&service, "e", &end)),
        &ending,
        expect![[r#"
        act boost-ended
          set-bounds {"min":2,"max":10}
          set-desired {"desired":2}
          forget-size {}
          the last boost is over: back to min 2, max 10, desired 2
    "#]],
    );
}
