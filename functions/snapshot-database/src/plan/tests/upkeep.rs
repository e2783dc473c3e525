//! What becomes of the scratch database of a drill: an instance.

use expect_test::{Expect, expect};
use shared::ids::fingerprint;

use super::drill::{drilled, nights};
use super::{check, decided};
use crate::examples::{
    With as _, at_home, cluster, cluster_id, copy_of, in_both, in_state, instance, last_drill, night,
    ordered, plain, rule, scratch, tagged, time, weather, west, with_tag,
};
use crate::names;
use crate::world::{Database, Family, World};

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
              the restore was too slow: snapshot `weather-20` of instance `weather` was restored in 4h 30m at most, and the objective is 4h
        "#]],
    );
}

#[test]
fn what_has_failed_or_takes_too_long_has_failed_and_goes() {
    for status in ["failed", "incompatible-network"] {
        upkeep(
            vec![scratch_instance(status)],
            NOTHING,
            expect![[r#"
            act drill-failed
              note-drill {"instance":"weather","snapshot":"weather-20","passed":false,"seconds":10800}
              delete-scratch {"instance":"weather","scratch":"lamplighter-drill-0"}
              the restore drill failed: no database came of snapshot `weather-20` of instance `weather` in 3h
        "#]],
        );
    }
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
              the restore drill failed: no database came of snapshot `weather-20` of instance `weather` in 8h
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
              the restore drill failed: no database came of snapshot `weather-20` of instance `weather` in 3h
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
        (world.ledger, world.drills) = (None, None);
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

/// A drill of a target that was renamed, or taken out of the playbook, is nobody's: it goes two hours after its time.
#[test]
fn a_scratch_database_whose_target_is_gone_goes_without_a_note() {
    let with = |key: &str, value: &str, mut it: Database| {
        it.tags.insert(key.to_owned(), value.to_owned());
        it
    };
    let left = |status| with(names::TARGET, "old-db", scratch_instance(status));
    for (scratch, at) in [
        (left("available"), "21T19:00"),
        // Another target of the playbook looks after its own; another Region's and what only inherited the tag are none.
        (with(names::TARGET, "metrics-db", scratch_instance("available")), "21T23:00"),
        (with(names::HOME, "eu-west-1", left("available")), "21T23:00"),
        (left("available").with(|it| "restored".clone_into(&mut it.id.name)), "21T23:00"),
        (left("deleting"), "21T23:00"),
    ] {
        upkeep(
            vec![scratch],
            |world| {
                world.now = time(at);
                world.targets.insert("metrics-db".to_owned());
            },
            expect![[r#"
                hold in-order
                  nothing is to be taken, copied or deleted
            "#]],
        );
    }
    upkeep(
        vec![left("available")],
        |world| world.now = time("21T19:01"),
        expect![[r#"
        act reconciled
          delete-scratch {"instance":"weather","scratch":"lamplighter-drill-0"}
          went on with a restore drill
    "#]],
    );
}

/// What the version before has made bears no ledger.
fn of_before(scratch: Database) -> Database {
    scratch.with(|it| drop(it.tags.remove(names::LEDGER)))
}

/// Several stacks of an account and a Region may have targets of the same name.
#[test]
fn scratch_databases_of_another_stack_are_left_alone() {
    let theirs = |status| with_tag(names::LEDGER, "lamplighter-prod-ledger", scratch_instance(status));
    let gone = |it| with_tag(names::TARGET, "old-db", it);
    let of_before = |status| of_before(scratch_instance(status));
    for scratch in [
        theirs("available"),
        theirs("failed"),
        gone(theirs("available")),
        // Without a ledger's name only who has the database knows that it is its own.
        with_tag(names::DRILL_OF, "weather-prod", of_before("available")),
        with_tag(names::DRILL_OF, "weather-prod", of_before("failed")),
        gone(of_before("available")),
    ] {
        for at in ["21T12:00", "21T23:00"] {
            upkeep(
                vec![scratch.clone()],
                |world| world.now = time(at),
                expect![[r#"
                    hold in-order
                      nothing is to be taken, copied or deleted
                "#]],
            );
        }
        let (drilled, there) = (drilled(), at_home(nights()));
        let line = decided(&ordered(&drilled, "verify"), &there.with(|world| world.databases.push(scratch)));
        assert!(line.starts_with("act drill-started"), "{line}");
    }
    // Nobody's, as far as a stack without a ledger can tell.
    upkeep(
        vec![gone(theirs("available"))],
        |world| (world.now, world.ledger) = (time("21T23:00"), None),
        expect![[r#"
            hold in-order
              nothing is to be taken, copied or deleted
        "#]],
    );
}

#[test]
fn a_scratch_database_of_the_version_before_goes_as_it_did() {
    upkeep(
        vec![of_before(scratch_instance("available"))],
        NOTHING,
        expect![[r#"
            act drill-passed
              note-drill {"instance":"weather","snapshot":"weather-20","passed":true,"seconds":10800}
              delete-scratch {"instance":"weather","scratch":"lamplighter-drill-0"}
              snapshot `weather-20` of instance `weather` was restored in 3h at most, within the objective of 4h
        "#]],
    );
    let tagged = tagged();
    let selected_by = |tag| {
        let scratch = of_before(scratch_instance("available"))
            .with(|it| drop(it.tags.insert(names::SELECTION.to_owned(), fingerprint(["backup", tag]))));
        let there = at_home(nights()).with(|world| {
            world.databases = vec![with_tag("backup", "nightly", instance("weather")), scratch];
        });
        decided(&ordered(&tagged, "reconcile"), &there)
    };
    assert!(selected_by("nightly").starts_with("act drill-passed"), "{}", selected_by("nightly"));
    assert!(selected_by("prod").starts_with("hold in-order"), "{}", selected_by("prod"));
}

/// One that somebody's own database looks like: a person restored it, and its tags came with the data.
#[test]
fn what_a_person_has_restored_is_no_scratch_database() {
    let restored = scratch_instance("available").with(|it| "weather-restored".clone_into(&mut it.id.name));
    let elsewhere = scratch_instance("available")
        .with(|it| drop(it.tags.insert(names::HOME.to_owned(), "eu-west-1".to_owned())));
    upkeep(
        vec![restored, elsewhere],
        NOTHING,
        expect![[r#"
        hold in-order
          nothing is to be taken, copied or deleted
    "#]],
    );
}

/// The drill was begun when the target was a cluster.
#[test]
fn a_scratch_database_of_the_other_family_is_the_targets_too() {
    let scratch = scratch(
        in_state("failed", cluster("lamplighter-drill-0")),
        &night(&cluster_id("weather"), 20),
        "verify-0",
    );
    upkeep(
        vec![scratch],
        NOTHING,
        expect![[r#"
            act drill-failed
              note-drill {"cluster":"weather","snapshot":"weather-20","passed":false,"seconds":10800}
              delete-scratch {"cluster":"weather","scratch":"lamplighter-drill-0"}
              the restore drill failed: no database came of snapshot `weather-20` of cluster `weather` in 3h
        "#]],
    );
}

/// What else was next is not hidden behind the drill.
#[test]
fn the_end_of_a_drill_hides_nothing_that_is_done_beside_it() {
    let rule = rule(
        "instance: weather, retention: {days: 3}, copies: [{region: us-west-2, retention: {days: 3}}], verify: {restore-drill: monthly}",
    );
    let there = in_both([1, 2, 20].map(|day| night(&weather(), day)).to_vec(), vec![]).with(|world| {
        world.databases.push(scratch_instance("available"));
        world.now = time("21T09:20");
    });
    let there = there.with(|world| {
        let [n1, n2, _] = [1, 2, 20].map(|day| copy_of(&night(&weather(), day), &west()));
        world.snapshots.insert((west(), Family::Instance), Ok(vec![n1, n2]));
    });
    check(
        &ordered(&rule, "reconcile"),
        &there,
        expect![[r#"
        act drill-passed
          create-snapshot {"instance":"weather","snapshot":"weather-0c513084dc856603"}
          copy-snapshot {"instance":"weather","snapshot":"weather-20","to":"us-west-2"}
          note-drill {"instance":"weather","snapshot":"weather-20","passed":true,"seconds":1200}
          delete-scratch {"instance":"weather","scratch":"lamplighter-drill-0"}
          delete-snapshot {"instance":"weather","snapshot":"weather-01","region":"us-west-2","because":"expired"}
          delete-snapshot {"instance":"weather","snapshot":"weather-01","region":"us-east-1","because":"expired"}
          delete-snapshot {"instance":"weather","snapshot":"weather-02","region":"us-east-1","because":"expired"}
          snapshot `weather-20` of instance `weather` was restored in 20m at most; also took 1 snapshot that was missed, began 1 copy, deleted 3 snapshots
    "#]],
    );
}
