//! What becomes of the scratch database of a drill: an instance.

use expect_test::{Expect, expect};

use super::check;
use super::drill::{drilled, nights};
use crate::examples::{
    With as _, at_home, in_state, instance, last_drill, night, ordered, plain, scratch, time, weather,
};
use crate::names;
use crate::world::{Database, World};

/// What `reconcile` does with what a drill has made, three hours after it began.
fn upkeep(databases: Vec<Database>, change: impl FnOnce(&mut World), expected: Expect) {
    let drilled = drilled();
    let there = at_home(nights()).with(|world| world.databases.extend(databases)).with(change);
    check(&ordered(&drilled, "reconcile"), &there, expected);
}

fn scratch_instance(status: &str) -> Database {
    scratch(in_state(status, instance("lamplighter-drill-0")), &night(&weather(), 20), "verify-0")
}

pub(super) const NOTHING: fn(&mut World) = |_| {};

#[test]
fn an_instance_that_is_there_has_passed_and_goes() {
    upkeep(
        vec![scratch_instance("creating")],
        NOTHING,
        expect![[r#"
        hold in-order
          nothing is to be taken, copied or deleted
    "#]],
    );
    upkeep(
        vec![scratch_instance("backing-up")],
        NOTHING,
        expect![[r#"
        hold in-order
          nothing is to be taken, copied or deleted
    "#]],
    );
    upkeep(
        vec![scratch_instance("available")],
        NOTHING,
        expect![[r#"
        act drill-passed
          note-drill {"instance":"weather","snapshot":"weather-20","passed":true,"seconds":10800}
          delete-scratch {"instance":"weather","scratch":"lamplighter-drill-0"}
          snapshot `weather-20` of instance `weather` was restored in 3h at most, within the objective of 4h
    "#]],
    );
    upkeep(
        vec![scratch_instance("available")],
        |world| world.now = time("21T13:30"),
        expect![[r#"
        act drill-too-slow
          note-drill {"instance":"weather","snapshot":"weather-20","passed":true,"seconds":16200}
          delete-scratch {"instance":"weather","scratch":"lamplighter-drill-0"}
          snapshot `weather-20` of instance `weather` was restored in 4h 30m, and the objective is 4h
    "#]],
    );
}

#[test]
fn what_has_failed_or_takes_too_long_has_failed_and_goes() {
    upkeep(
        vec![scratch_instance("failed")],
        NOTHING,
        expect![[r#"
        act drill-failed
          note-drill {"instance":"weather","snapshot":"weather-20","passed":false,"seconds":10800}
          delete-scratch {"instance":"weather","scratch":"lamplighter-drill-0"}
          no database came of snapshot `weather-20` of instance `weather` in 3h
    "#]],
    );
    upkeep(
        vec![scratch_instance("incompatible-network")],
        NOTHING,
        expect![[r#"
        act drill-failed
          note-drill {"instance":"weather","snapshot":"weather-20","passed":false,"seconds":10800}
          delete-scratch {"instance":"weather","scratch":"lamplighter-drill-0"}
          no database came of snapshot `weather-20` of instance `weather` in 3h
    "#]],
    );
    upkeep(
        vec![scratch_instance("creating")],
        |world| world.now = time("21T16:59"),
        expect![[r#"
        hold in-order
          nothing is to be taken, copied or deleted
    "#]],
    );
    upkeep(
        vec![scratch_instance("creating")],
        |world| world.now = time("21T17:00"),
        expect![[r#"
        act drill-failed
          note-drill {"instance":"weather","snapshot":"weather-20","passed":false,"seconds":28800}
          delete-scratch {"instance":"weather","scratch":"lamplighter-drill-0"}
          no database came of snapshot `weather-20` of instance `weather` in 8h
    "#]],
    );
    let spoilt = scratch_instance("creating")
        .with(|it| drop(it.tags.insert(names::DRILL.to_owned(), "soon".to_owned())));
    upkeep(
        vec![spoilt],
        NOTHING,
        expect![[r#"
        act drill-failed
          note-drill {"instance":"weather","snapshot":"weather-20","passed":false,"seconds":10800}
          delete-scratch {"instance":"weather","scratch":"lamplighter-drill-0"}
          no database came of snapshot `weather-20` of instance `weather` in 3h
    "#]],
    );
}

#[test]
fn what_is_noted_is_not_noted_again_and_goes() {
    let noted = |world: &mut World| {
        world.drills = Some([(weather(), last_drill("verify-0", "21T11:00"))].into());
    };
    upkeep(
        vec![scratch_instance("available")],
        noted,
        expect![[r#"
        act reconciled
          delete-scratch {"instance":"weather","scratch":"lamplighter-drill-0"}
          went on with a restore drill
    "#]],
    );
    upkeep(
        vec![scratch_instance("deleting")],
        noted,
        expect![[r#"
        hold in-order
          nothing is to be taken, copied or deleted
    "#]],
    );
    // The note is of the drill before.
    let before = |world: &mut World| {
        world.drills = Some([(weather(), last_drill("verify-of-october", "01T11:00"))].into());
    };
    upkeep(
        vec![scratch_instance("available")],
        before,
        expect![[r#"
        act drill-passed
          note-drill {"instance":"weather","snapshot":"weather-20","passed":true,"seconds":10800}
          delete-scratch {"instance":"weather","scratch":"lamplighter-drill-0"}
          snapshot `weather-20` of instance `weather` was restored in 3h at most, within the objective of 4h
    "#]],
    );
}

/// Somebody deletes it, or nobody can tell whether it was noted: it is no failure of the snapshot.
#[test]
fn what_is_being_deleted_says_nothing() {
    upkeep(
        vec![scratch_instance("deleting")],
        NOTHING,
        expect![[r#"
            hold in-order
              nothing is to be taken, copied or deleted
        "#]],
    );
    upkeep(
        vec![scratch_instance("deleting")],
        |world| world.drills = None,
        expect![[r#"
            hold in-order
              nothing is to be taken, copied or deleted
        "#]],
    );
    upkeep(
        vec![scratch_instance("deleting")],
        |world| world.now = time("21T18:00"),
        expect![[r#"
        hold in-order
          nothing is to be taken, copied or deleted
    "#]],
    );
}

/// It is cleaned up also where the playbook asks for drills no more, and where there is no ledger any more.
#[test]
fn scratch_databases_go_whatever_the_playbook_says_now() {
    let plain = plain();
    let there = at_home(nights()).with(|world| {
        world.databases.push(scratch_instance("available"));
        world.drills = None;
    });
    check(
        &ordered(&plain, "reconcile"),
        &there,
        expect![[r#"
        act drill-passed
          note-drill {"instance":"weather","snapshot":"weather-20","passed":true,"seconds":10800}
          delete-scratch {"instance":"weather","scratch":"lamplighter-drill-0"}
          snapshot `weather-20` of instance `weather` was restored in 3h at most
    "#]],
    );
}
