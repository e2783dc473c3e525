//! What reports tell of what there is, and what is measured of it.

use expect_test::{Expect, expect};
use serde_json::Value;

use crate::examples::{
    With as _, at_home, cluster, coming, copied, copy_of, failed, home, in_both, instance, labelled, night,
    ordered, ours, plain, readable, rule, tagged, time, unseen, weather, west, with_tag, world,
};
use crate::order::Order;
use crate::plan::state::state;
use crate::world::{Family, World};

/// Every row of the state on a line of its own.
fn told(order: &Order<'_>, world: &World, expected: Expect) {
    let (state, _) = state(order, world);
    let mut lines = String::new();
    for (name, rows) in state.as_object().unwrap() {
        let rows = rows.as_array().map_or_else(|| vec![rows], |rows| rows.iter().collect::<Vec<&Value>>());
        lines.extend(rows.into_iter().map(|row| format!("{name}: {row}\n")));
    }
    expected.assert_eq(&readable(&lines));
}

fn measured(order: &Order<'_>, world: &World, expected: Expect) {
    let line = |gauge: shared::report::Gauge| {
        let of: Vec<String> =
            gauge.dimensions.iter().map(|(name, value)| format!("{name}={value}")).collect();
        format!("{} {} {}\n", gauge.name, gauge.value, of.join(" "))
    };
    expected.assert_eq(&state(order, world).1.into_iter().map(line).collect::<String>());
}

#[test]
fn what_there_is_in_each_region_is_told() {
    let copied = copied();
    let expire = ordered(&copied, "expire");
    let (n20, n21) = (night(&weather(), 20), night(&weather(), 21));
    let home = vec![
        n20.clone(),
        n21.clone(),
        labelled("release", ours(&weather(), "release", "20T09:00")),
        coming("creating", ours(&weather(), "next", "21T11:59")),
        failed(night(&weather(), 18)),
    ];
    let there = vec![copy_of(&n20, &west()), coming("copying", copy_of(&n21, &west()))];
    told(
        &expire,
        &in_both(home, there),
        expect![[r#"
            backups: {"instance":"weather","region":"us-west-2","good":1,"coming":1,"newest":"weather-20","newest_at":"2026-11-20T01:30:00Z","age_seconds":124200,"within_objective":false}
            backups: {"instance":"weather","region":"us-east-1","good":3,"coming":1,"failed":1,"newest":"weather-21","newest_at":"2026-11-21T01:30:00Z","age_seconds":37800,"within_objective":true,"next_expiry":"2026-11-23T01:30:00Z"}
        "#]],
    );
    told(
        &expire,
        &unseen(west(), Family::Instance, in_both(vec![n20.clone()], vec![])),
        expect![[r#"
            backups: {"instance":"weather","region":"us-east-1","good":1,"newest":"weather-20","newest_at":"2026-11-20T01:30:00Z","age_seconds":124200,"within_objective":false}
            backups: {"instance":"weather","region":"us-west-2","unseen":"throttled"}
        "#]],
    );
    told(
        &ordered(&copied, "take"),
        &at_home(vec![]),
        expect![[r#"
        backups: {"instance":"weather","region":"us-east-1","good":0,"within_objective":false}
    "#]],
    );
    // What is not as it should be is no good snapshot.
    let odd = copy_of(&n21, &west()).with(|copy| copy.engine_version = "15.1".to_owned());
    told(
        &expire,
        &in_both(vec![n21], vec![odd]),
        expect![[r#"
            backups: {"instance":"weather","region":"us-west-2","good":0,"within_objective":false}
            backups: {"instance":"weather","region":"us-east-1","good":1,"newest":"weather-21","newest_at":"2026-11-21T01:30:00Z","age_seconds":37800,"within_objective":true}
        "#]],
    );
}

/// The day of a generation is counted in snapshots: nobody knows when it ends.
#[test]
fn the_next_expiry_is_told_where_age_decides() {
    let rule = rule("instance: weather, retention: {daily: 3}");
    told(
        &ordered(&rule, "expire"),
        &at_home(vec![night(&weather(), 21)]),
        expect![[r#"
        backups: {"instance":"weather","region":"us-east-1","good":1,"newest":"weather-21","newest_at":"2026-11-21T01:30:00Z","age_seconds":37800,"within_objective":true}
    "#]],
    );
    let release = labelled("release", ours(&weather(), "release", "20T09:00"));
    told(
        &ordered(&rule, "expire"),
        &at_home(vec![night(&weather(), 21), release]),
        expect![[r#"
        backups: {"instance":"weather","region":"us-east-1","good":2,"newest":"weather-21","newest_at":"2026-11-21T01:30:00Z","age_seconds":37800,"within_objective":true,"next_expiry":"2026-11-23T09:00:00Z"}
    "#]],
    );
}

#[test]
fn what_a_tag_selects_and_what_it_does_not_is_told() {
    let tagged = tagged();
    let nightly = |database| with_tag("backup", "nightly", database);
    let databases = vec![
        nightly(instance("a")),
        nightly(instance("scrap")),
        instance("untagged"),
        nightly(instance("platform-1")).with(|member| member.member_of = Some("platform".to_owned())),
        nightly(cluster("platform")),
        nightly(cluster("documents")).with(|cluster| cluster.engine = "docdb".to_owned()),
        with_tag("lamplighter:drill", "x", nightly(instance("lamplighter-drill-0"))),
    ];
    told(
        &ordered(&tagged, "reconcile"),
        &world(databases, [(home(), vec![])]),
        expect![[r#"
            backups: {"instance":"a","region":"us-east-1","good":0,"within_objective":false}
            backups: {"cluster":"platform","region":"us-east-1","good":0,"within_objective":false}
            not_selected: {"instance":"scrap","because":"excepted"}
            not_selected: {"instance":"untagged","because":"without the tag"}
            not_selected: {"instance":"platform-1","because":"in a cluster"}
            not_selected: {"cluster":"documents","because":"of another service"}
        "#]],
    );
}

#[test]
fn a_long_list_is_cut_with_its_number() {
    let tagged = tagged();
    let databases = (0..60).map(|n| with_tag("backup", "nightly", instance(&format!("db-{n:02}")))).collect();
    let (state, _) = state(&ordered(&tagged, "reconcile"), &world(databases, [(home(), vec![])]));
    assert_eq!(state["backups"].as_array().unwrap().len(), 50);
    assert_eq!(state["backups_total"], 60);
}

#[test]
fn the_age_of_the_database_that_is_worst_off_is_measured() {
    let copied = copied();
    let reconcile = ordered(&copied, "reconcile");
    let (n20, n21) = (night(&weather(), 20), night(&weather(), 21));
    measured(
        &reconcile,
        &in_both(vec![n20.clone(), n21.clone()], vec![copy_of(&n20, &west())]),
        expect![[r#"
            NewestSnapshotAge 37800 target=weather-db region=us-east-1
            NewestSnapshotAge 124200 target=weather-db region=us-west-2
        "#]],
    );
    // What comes, has failed or is not as it should be makes nothing younger.
    let odd = copy_of(&n21, &west()).with(|copy| copy.storage = 1);
    let here =
        vec![n20.clone(), failed(n21.clone()), coming("creating", ours(&weather(), "next", "21T11:59"))];
    measured(
        &reconcile,
        &in_both(here, vec![copy_of(&n20, &west()), odd]),
        expect![[r#"
        NewestSnapshotAge 124200 target=weather-db region=us-east-1
        NewestSnapshotAge 124200 target=weather-db region=us-west-2
    "#]],
    );
    // Of a Region that cannot be seen nothing is said: missing data is an alarm.
    measured(
        &reconcile,
        &unseen(west(), Family::Instance, in_both(vec![n21.clone()], vec![])),
        expect![[r#"
            NewestSnapshotAge 37800 target=weather-db region=us-east-1
        "#]],
    );
    let tagged = tagged();
    let nightly = |name| with_tag("backup", "nightly", instance(name));
    let snapshots = vec![night(&nightly("a").id, 21), night(&nightly("b").id, 19)];
    measured(
        &ordered(&tagged, "reconcile"),
        &world(vec![nightly("a"), nightly("b")], [(home(), snapshots)]),
        expect![[r#"
            NewestSnapshotAge 210600 target=weather-db region=us-east-1
        "#]],
    );
}

#[test]
fn a_database_without_any_snapshot_is_as_old_as_itself() {
    let plain = plain();
    let reconcile = ordered(&plain, "reconcile");
    let made = at_home(vec![]).with(|world| world.databases[0].created = Some(time("20T12:00")));
    measured(
        &reconcile,
        &made,
        expect![[r#"
        NewestSnapshotAge 86400 target=weather-db region=us-east-1
    "#]],
    );
    measured(&reconcile, &at_home(vec![]), expect![[""]]);
    measured(&reconcile, &world(vec![], [(home(), vec![])]), expect![[""]]);
    // A clock that is behind.
    let early = at_home(vec![night(&weather(), 21)]).with(|world| world.now = time("20T00:00"));
    measured(
        &reconcile,
        &early,
        expect![[r#"
        NewestSnapshotAge 0 target=weather-db region=us-east-1
    "#]],
    );
}

/// It was deleted, or has lost its tag: what there is of it is what somebody who restores it asks for first.
#[test]
fn databases_that_are_gone_are_told_by_their_snapshots() {
    let copied = copied();
    let n21 = night(&weather(), 21);
    let there =
        in_both(vec![n21.clone()], vec![copy_of(&n21, &west())]).with(|world| world.databases.clear());
    told(
        &ordered(&copied, "verify"),
        &there,
        expect![[r#"
        backups: {"instance":"weather","region":"us-east-1","good":1,"newest":"weather-21","newest_at":"2026-11-21T01:30:00Z","age_seconds":37800,"within_objective":true,"gone":true}
        backups: {"instance":"weather","region":"us-west-2","good":1,"newest":"weather-21","newest_at":"2026-11-21T01:30:00Z","age_seconds":37800,"within_objective":true,"gone":true}
    "#]],
    );
    let tagged = tagged();
    let databases = vec![with_tag("backup", "nightly", instance("a")), instance("untagged")];
    let of = |name: &str| night(&instance(name).id, 21);
    let snapshots = vec![of("a"), of("untagged"), of("gone")];
    told(
        &ordered(&tagged, "verify"),
        &world(databases, [(home(), snapshots)]),
        expect![[r#"
            backups: {"instance":"gone","region":"us-east-1","good":1,"newest":"gone-21","newest_at":"2026-11-21T01:30:00Z","age_seconds":37800,"within_objective":true,"gone":true}
            backups: {"instance":"a","region":"us-east-1","good":1,"newest":"a-21","newest_at":"2026-11-21T01:30:00Z","age_seconds":37800,"within_objective":true}
            backups: {"instance":"untagged","region":"us-east-1","good":1,"newest":"untagged-21","newest_at":"2026-11-21T01:30:00Z","age_seconds":37800,"within_objective":true,"selected":false}
            not_selected: {"instance":"untagged","because":"without the tag"}
        "#]],
    );
}

/// A target that names a database has it to itself.
#[test]
fn what_another_target_names_is_not_selected_by_a_tag() {
    let tagged = tagged();
    let databases = ["a", "b"].map(|name| with_tag("backup", "nightly", instance(name))).to_vec();
    let there = world(databases, [(home(), vec![])]).with(|world| {
        world.named.insert(instance("b").id, "named-db".to_owned());
        // The cluster of that name is another database.
        world.named.insert(cluster("a").id, "platform-db".to_owned());
    });
    told(
        &ordered(&tagged, "reconcile"),
        &there,
        expect![[r#"
        backups: {"instance":"a","region":"us-east-1","good":0,"within_objective":false}
        not_selected: {"instance":"b","because":"target named-db"}
    "#]],
    );
}

/// `keep-at-least` keeps it then, or it waits for its copy.
#[test]
fn no_time_is_told_at_which_something_else_keeps_a_snapshot() {
    let two = rule("instance: weather, retention: {days: 3, keep-at-least: 2}");
    let nights = |days: &[i8]| days.iter().map(|day| night(&weather(), *day)).collect::<Vec<_>>();
    told(
        &ordered(&two, "expire"),
        &at_home(nights(&[20, 21])),
        expect![[r#"
        backups: {"instance":"weather","region":"us-east-1","good":2,"newest":"weather-21","newest_at":"2026-11-21T01:30:00Z","age_seconds":37800,"within_objective":true}
    "#]],
    );
    told(
        &ordered(&two, "expire"),
        &at_home(nights(&[19, 20, 21])),
        expect![[r#"
        backups: {"instance":"weather","region":"us-east-1","good":3,"newest":"weather-21","newest_at":"2026-11-21T01:30:00Z","age_seconds":37800,"within_objective":true,"next_expiry":"2026-11-22T01:30:00Z"}
    "#]],
    );
    let copied =
        rule("instance: weather, retention: {days: 3}, copies: [{region: us-west-2, retention: {days: 9}}]");
    told(
        &ordered(&copied, "expire"),
        &in_both(nights(&[20, 21]), vec![]),
        expect![[r#"
        backups: {"instance":"weather","region":"us-west-2","good":0,"within_objective":false}
        backups: {"instance":"weather","region":"us-east-1","good":2,"newest":"weather-21","newest_at":"2026-11-21T01:30:00Z","age_seconds":37800,"within_objective":true}
    "#]],
    );
}
