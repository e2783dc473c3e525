//! The same again: once is enough.

use expect_test::expect;
use serde_json::json;

use super::{Stage, command, line, minutes, only, read, to};
use crate::examples::{With as _, copy_of, night, ours, weather, west};
use crate::names::COMMAND;

/// A world in which every action has something to do.
fn ready() -> Stage {
    let stage = Stage::new();
    stage.has([10, 11, 18].map(|day| night(&weather(), day)));
    stage.has([ours(&weather(), "weather-20", "20T10:30")]);
    stage.rds().put_snapshot(&west(), copy_of(&night(&weather(), 18), &west()));
    stage
}

#[tokio::test]
async fn every_order_twice_has_the_effects_of_once() {
    for action in ["take", "copy", "expire", "reconcile"] {
        let stage = ready();
        let order = command("c-1", action);
        let first = only(&stage.gets("r-1", &order).await);
        assert!(first.starts_with("acted "), "{action}: {first}");
        let once = stage.picture();
        for request in ["r-1", "r-2"] {
            let again = only(&stage.gets(request, &order).await);
            assert!(again.starts_with("held "), "{action}: {again}");
            assert_eq!(stage.picture(), once, "{action}");
        }
        // Also when it comes late, and all has become what it was to become.
        stage.rds().advance(minutes(45));
        let (late, before) = (stage.gets("r-3", &order).await, stage.rds().effects().len());
        if action != "reconcile" && action != "copy" {
            assert!(line(&late[0]).starts_with("held "), "{action}: {}", line(&late[0]));
        }
        assert_eq!(only(&stage.gets("r-4", &order).await).split(' ').next(), Some("held"), "{action}");
        assert_eq!(stage.rds().effects().len(), before, "{action}");
    }
}

#[tokio::test]
async fn the_same_command_to_two_targets_is_two_snapshots() {
    let stage = Stage::new();
    for target in ["weather-db", "platform-db"] {
        let report = only(&stage.gets("r-1", &to(target, "nightly", "take")).await);
        assert_eq!(report, "acted taken: create-snapshot applied", "{target}");
    }
    assert_eq!(stage.snapshots().lines().count(), 2);
}

#[tokio::test]
async fn two_labels_of_one_release_are_two_snapshots() {
    let stage = Stage::new();
    for (id, label) in [("c-1", "before"), ("c-2", "after")] {
        let mut order = command(id, "take");
        order["label"] = json!(label);
        assert_eq!(only(&stage.gets("r", &order).await), "acted taken: create-snapshot applied");
        stage.rds().advance(minutes(10));
    }
    assert_eq!(stage.snapshots().lines().count(), 2);
}

/// Somebody else has a snapshot of the very name: it is not ours, and not touched.
#[tokio::test]
async fn a_name_that_is_taken_by_another_database_is_a_fault() {
    let stage = Stage::new();
    stage.gets("r-1", &command("c-1", "take")).await;
    let name =
        stage.rds().all_snapshots(&crate::examples::home(), crate::world::Origin::Manual)[0].name.clone();
    let other = Stage::new();
    other.has([crate::examples::foreign(&crate::examples::instance_id("other"), &name, "20T01:30")]);
    let reports = other.gets("r-1", &command("c-1", "take")).await;
    assert_eq!(only(&reports), "failed name-taken: create-snapshot failed");
}

/// The answer to the request that took it was lost, and RDS did not list it yet with its tags.
#[tokio::test]
async fn what_is_there_when_it_is_to_be_taken_is_there_already() {
    let stage = Stage::new();
    let there = ours(&weather(), "c-1", "21T11:59").with(|it| drop(it.tags.remove(COMMAND)));
    stage.has([there]);
    let reports = stage.gets("r-1", &command("c-1", "take")).await;
    expect![[r#"
        held take weather-db: 1 snapshot is there already (already-taken)
          create-snapshot already: {"instance":"weather","snapshot":"c-1"}
    "#]]
    .assert_eq(&read(&reports));
}
