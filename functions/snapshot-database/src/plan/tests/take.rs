//! `take`: a snapshot of each database that can have one now.

use expect_test::expect;
use serde_json::{Value, json};
use shared::plan::Plan;

use super::check;
use crate::examples::{
    With as _, at_home, automated, cluster, cluster_id, coming, failed, foreign, home, in_state, instance,
    instance_id, labelled, night, order, ordered, ours, plain, rule, tagged, unseen, weather, with_tag,
    world,
};
use crate::plan::{Step, plan};
use crate::world::{Create, Family, Snapshot, World};

/// The world with one database, in a state.
fn while_it_is(status: &str) -> World {
    world(vec![in_state(status, instance("weather"))], [(home(), vec![])])
}

/// The snapshot that `take` makes of the instance `weather`.
fn own() -> Snapshot {
    ours(&weather(), "c-1", "21T11:58")
}

#[test]
fn every_state_of_a_database_has_its_own_answer() {
    let plain = plain();
    let take = ordered(&plain, "take");
    for (status, expected) in [
        (
            "available",
            expect![[r#"
                act taken
                  create-snapshot {"instance":"weather","snapshot":"weather-09a1559d2512ba27"}
                  took 1 snapshot
            "#]],
        ),
        (
            "storage-optimization",
            expect![[r#"
                act taken
                  create-snapshot {"instance":"weather","snapshot":"weather-09a1559d2512ba27"}
                  took 1 snapshot
            "#]],
        ),
        (
            "backing-up",
            expect![[r#"
            wait database-busy
              instance `weather` is `backing-up`: a snapshot can be taken when it is available
        "#]],
        ),
        (
            "modifying",
            expect![[r#"
            wait database-busy
              instance `weather` is `modifying`: a snapshot can be taken when it is available
        "#]],
        ),
        (
            "starting",
            expect![[r#"
            wait database-busy
              instance `weather` is `starting`: a snapshot can be taken when it is available
        "#]],
        ),
        (
            "stopping",
            expect![[r#"
            refuse database-stopped
              instance `weather` is stopped, and RDS takes no snapshot of it until it is started
        "#]],
        ),
        (
            "stopped",
            expect![[r#"
            refuse database-stopped
              instance `weather` is stopped, and RDS takes no snapshot of it until it is started
        "#]],
        ),
        (
            "failed",
            expect![[r#"
            refuse database-unusable
              instance `weather` is `failed`
        "#]],
        ),
        (
            "deleting",
            expect![[r#"
            refuse database-unusable
              instance `weather` is `deleting`
        "#]],
        ),
        (
            "inaccessible-encryption-credentials",
            expect![[r#"
            refuse database-unusable
              instance `weather` is `inaccessible-encryption-credentials`
        "#]],
        ),
        (
            "a-state-of-next-year",
            expect![[r#"
            wait database-busy
              instance `weather` is `a-state-of-next-year`: a snapshot can be taken when it is available
        "#]],
        ),
    ] {
        check(&take, &while_it_is(status), expected);
    }
}

#[test]
fn a_database_that_is_not_there_or_in_a_cluster_is_refused() {
    let plain = plain();
    let take = ordered(&plain, "take");
    check(
        &take,
        &world(vec![], [(home(), vec![])]),
        expect![[r#"
        refuse database-missing
          there is no instance `weather`
    "#]],
    );
    // The cluster of the same name is another database.
    check(
        &take,
        &world(vec![cluster("weather")], [(home(), vec![])]),
        expect![[r#"
        refuse database-missing
          there is no instance `weather`
    "#]],
    );
    let member = instance("weather").with(|member| member.member_of = Some("platform".to_owned()));
    check(
        &take,
        &world(vec![member], [(home(), vec![])]),
        expect![[r#"
        refuse aurora-member
          instance `weather` is in cluster `platform`: name the cluster, which is backed up as a whole
    "#]],
    );
}

#[test]
fn a_cluster_is_taken_as_a_whole() {
    let rule = rule("cluster: platform, retention: {days: 3}");
    let take = ordered(&rule, "take");
    let writer = instance("platform-1").with(|member| member.member_of = Some("platform".to_owned()));
    check(
        &take,
        &world(vec![writer, cluster("platform")], [(home(), vec![])]),
        expect![[r#"
            act taken
              create-snapshot {"cluster":"platform","snapshot":"platform-b62ea29514ddf1c0"}
              took 1 snapshot
        "#]],
    );
}

#[test]
fn the_request_has_the_playbooks_tags_and_ours() {
    let rule = rule("instance: weather, retention: {days: 3}, tags: {team: ops}");
    let take = order(&rule, &json!({"action": "take", "label": "before-release-42", "id": "deploy-7"}));
    let Plan::Act { steps, .. } = plan(&take, &at_home(vec![])) else { panic!() };
    let [Step::Create(Create { of, name, tags })] = steps.as_slice() else { panic!("{steps:?}") };
    let own = labelled("before-release-42", ours(&weather(), "deploy-7", "21T11:58"));
    assert_eq!((of, name), (&weather(), &own.name));
    assert_eq!(
        serde_json::to_value(tags).unwrap(),
        json!({
            "team": "ops",
            "lamplighter:target": "weather-db",
            "lamplighter:home": "us-east-1",
            "lamplighter:command": "deploy-7",
            "lamplighter:label": "before-release-42",
        })
    );
}

#[test]
fn what_this_command_has_taken_is_not_taken_again() {
    let plain = plain();
    let take = ordered(&plain, "take");
    for (snapshot, expected) in [
        (
            own(),
            expect![[r#"
                hold already-taken
                  1 snapshot is there already
            "#]],
        ),
        (
            coming("creating", own()),
            expect![[r#"
                hold already-taken
                  1 snapshot is there already
            "#]],
        ),
        // A name is taken even by what has failed; another command has another name.
        (
            failed(own()),
            expect![[r#"
                refuse snapshot-failed
                  snapshot `c-1` of instance `weather` has failed; RDS does not say why
            "#]],
        ),
    ] {
        check(&take, &at_home(vec![snapshot]), expected);
    }
    let other = order(&plain, &json!({"action": "take", "id": "c-2"}));
    check(
        &other,
        &at_home(vec![failed(own())]),
        expect![[r#"
            act taken
              create-snapshot {"instance":"weather","snapshot":"weather-63a8fc44fddcf0d1"}
              took 1 snapshot
        "#]],
    );
    // Neither what another command took, nor what somebody else did, is this command's.
    check(
        &take,
        &at_home(vec![night(&weather(), 21), foreign(&weather(), "weather-1", "21T11:00")]),
        expect![[r#"
            act taken
              create-snapshot {"instance":"weather","snapshot":"c-1"}
              took 1 snapshot
        "#]],
    );
}

/// While it was taken the database became busy; when the answer is lost, the redelivery finds the snapshot.
#[test]
fn a_redelivery_finds_its_snapshot_although_the_database_is_backing_up() {
    let plain = plain();
    let take = ordered(&plain, "take");
    let database = in_state("backing-up", instance("weather"));
    check(
        &take,
        &world(vec![database], [(home(), vec![coming("creating", own())])]),
        expect![[r#"
            hold already-taken
              1 snapshot is there already
        "#]],
    );
}

#[test]
fn one_database_in_the_way_does_not_stop_the_others() {
    let tagged = tagged();
    let take = ordered(&tagged, "take");
    let member = |name: &str| instance(name).with(|member| member.member_of = Some("platform".to_owned()));
    let nightly = |database| with_tag("backup", "nightly", database);
    let databases = vec![
        nightly(instance("a")),
        nightly(in_state("modifying", instance("b"))),
        nightly(in_state("stopped", instance("c"))),
        nightly(instance("scrap")),
        nightly(member("platform-1")),
        nightly(cluster("platform")),
        instance("untagged"),
        with_tag("backup", "weekly", instance("weekly")),
        with_tag("lamplighter:drill", "2026-11-21T17:00:00Z", nightly(instance("lamplighter-drill-0"))),
    ];
    check(
        &take,
        &world(databases.clone(), [(home(), vec![])]),
        expect![[r#"
            act taken
              create-snapshot {"instance":"a","snapshot":"a-af47bbcfcbbdf20b"}
              create-snapshot {"cluster":"platform","snapshot":"platform-b62ea29514ddf1c0"}
              took 2 snapshots; instance `b` is `modifying`: a snapshot can be taken when it is available; instance `c` is stopped, and RDS takes no snapshot of it until it is started
        "#]],
    );
    let only_busy = vec![databases[1].clone(), databases[2].clone()];
    check(
        &take,
        &world(only_busy, [(home(), vec![])]),
        expect![[r#"
        wait database-busy
          instance `b` is `modifying`: a snapshot can be taken when it is available; instance `c` is stopped, and RDS takes no snapshot of it until it is started
    "#]],
    );
    check(
        &take,
        &world(vec![instance("untagged")], [(home(), vec![])]),
        expect![[r#"
        refuse nothing-selected
          no database has the tag backup=nightly
    "#]],
    );
}

#[test]
fn the_newest_automated_snapshot_is_copied_where_the_playbook_says_so() {
    let rule = rule("instance: weather, snapshots: copy-automated, retention: {days: 3}, tags: {team: ops}");
    let take = ordered(&rule, "take");
    let newest = automated(&weather(), "21T03:10");
    let there = at_home(vec![]).with(|world| {
        world.databases = vec![in_state("stopped", instance("weather"))];
        world.automated = vec![
            automated(&weather(), "20T03:10"),
            newest.clone(),
            coming("creating", automated(&weather(), "21T11:59")),
            automated(&instance_id("other"), "21T11:00"),
            automated(&cluster_id("weather"), "21T11:00"),
        ];
    });
    check(
        &take,
        &there,
        expect![[r#"
            act taken
              copy-snapshot {"instance":"weather","snapshot":"weather-4ab5b687d6e83395","to":"us-east-1"}
              took 1 snapshot; automated ones are copied, with the data of 2026-11-21T03:10:00Z or newer
        "#]],
    );
    let Plan::Act { steps, .. } = plan(&take, &there) else { panic!() };
    let [Step::Copy(copy)] = steps.as_slice() else { panic!("{steps:?}") };
    assert_eq!((&copy.region, &copy.source_arn, &copy.kms_key), (&home(), &newest.arn, &None));
    let tags: Value = serde_json::to_value(&copy.tags).unwrap();
    assert_eq!(
        tags,
        json!({
            "team": "ops",
            "lamplighter:target": "weather-db",
            "lamplighter:home": "us-east-1",
            "lamplighter:automated": "rds:weather-2026-11-21-03-10",
            "lamplighter:command": "c-1",
            "lamplighter:copy-of": "arn:aws:rds:us-east-1:123456789012:snapshot:rds:weather-2026-11-21-03-10",
            "lamplighter:taken-at": "2026-11-21T03:10:00Z",
        })
    );
    // Whoever comes next, by whatever command, finds that copy.
    let other = order(&rule, &json!({"action": "take", "id": "c-2"}));
    let copied = foreign(&weather(), &copy.name, "21T03:10").with(|it| it.tags = copy.tags.clone());
    let there =
        there.with(|world| drop(world.snapshots.insert((home(), Family::Instance), Ok(vec![copied]))));
    check(
        &other,
        &there,
        expect![[r#"
            hold already-copied
              nothing was taken; of 1 database RDS has made no automated snapshot since the last was copied, with the data of 2026-11-21T03:10:00Z or newer
        "#]],
    );
    check(
        &take,
        &at_home(vec![]),
        expect![[r#"
        refuse no-automated-snapshot
          instance `weather` has no automated snapshot that could be copied
    "#]],
    );
}

/// A pipeline labels what it takes before a release: last night's data would be no way back.
#[test]
fn what_has_a_label_is_taken_now_though_automated_ones_are_copied() {
    let rule = rule("instance: weather, snapshots: copy-automated, retention: {days: 3}");
    let release = json!({"action": "take", "label": "release", "id": "build-42"});
    let release = order(&rule, &release);
    let there = |snapshots| {
        at_home(snapshots).with(|world| world.automated = vec![automated(&weather(), "21T03:10")])
    };
    check(
        &release,
        &there(vec![]),
        expect![[r#"
        act taken
          create-snapshot {"instance":"weather","snapshot":"weather-f50a73a71e9b4787","label":"release"}
          took 1 snapshot
    "#]],
    );
    let own = labelled("release", ours(&weather(), "build-42", "21T11:58"));
    check(
        &release,
        &there(vec![own]),
        expect![[r#"
        hold already-taken
          1 snapshot is there already
    "#]],
    );
}

#[test]
fn nothing_is_taken_where_the_home_region_cannot_be_seen() {
    let plain = plain();
    check(
        &ordered(&plain, "take"),
        &unseen(home(), Family::Instance, at_home(vec![])),
        expect![[r#"
        wait throttled
          us-east-1 could not be seen: failed to list: made to fail
    "#]],
    );
}
