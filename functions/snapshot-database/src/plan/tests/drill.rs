//! Restore drills: when one is begun, and what becomes of its scratch database.

use expect_test::expect;
use serde_json::json;
use shared::kinds::database::{Database as Rule, Verify};
use shared::plan::Plan;

use super::{check, decided};
use crate::examples::{
    With as _, at_home, cluster, cluster_id, copied, copy_of, home, hours, in_both, in_state, instance,
    instance_id, last_drill, night, now, order, ordered, readable, rule, scheduled, scratch, weather, west,
    with_tag, world,
};
use crate::names;
use crate::plan::{Step, plan};
use crate::world::{LastDrill, Snapshot};

pub(super) fn drilled() -> Rule {
    rule("instance: weather, retention: {days: 3}, verify: {restore-drill: monthly, restore-objective: 4h}")
}

pub(super) fn nights() -> Vec<Snapshot> {
    [20, 21].map(|day| night(&weather(), day)).to_vec()
}

#[test]
fn the_newest_good_snapshot_is_restored() {
    let drilled = drilled();
    let verify = ordered(&drilled, "verify");
    check(
        &verify,
        &at_home(nights()),
        expect![[r#"
            act drill-started
              restore-scratch {"instance":"weather","snapshot":"weather-21","scratch":"lamplighter-drill-d3155019b306953d"}
              began to restore the newest good snapshot of instance `weather`
        "#]],
    );
    let odd = night(&weather(), 21).with(|snapshot| snapshot.progress = 40);
    check(
        &verify,
        &at_home(vec![night(&weather(), 20), odd]),
        expect![[r#"
            act drill-started
              restore-scratch {"instance":"weather","snapshot":"weather-20","scratch":"lamplighter-drill-d3155019b306953d"}
              began to restore the newest good snapshot of instance `weather`; `weather-21` in us-east-1: is available, and only 40 % of it is there
        "#]],
    );
    check(
        &verify,
        &at_home(vec![]),
        expect![[r#"
        refuse no-good-snapshot
          instance `weather` has no good snapshot in us-east-1
    "#]],
    );
    check(
        &verify,
        &world(vec![], [(home(), nights())]),
        expect![[r#"
        refuse database-missing
          there is no instance `weather`
    "#]],
    );
}

#[test]
fn a_request_to_restore_has_all_that_the_playbook_says_and_a_deadline() {
    let rule = rule(
        "instance: weather, retention: {days: 3}, tags: {team: ops}, verify: {restore-drill: monthly, restore-objective: 4h, \
         subnet-group: drills, class: db.t4g.small, security-groups: [sg-1]}",
    );
    let Plan::Act { steps, .. } = plan(&ordered(&rule, "verify"), &at_home(nights())) else { panic!() };
    let [Step::Restore { request, .. }] = steps.as_slice() else { panic!("{steps:?}") };
    expect![[r#"
        Restore {
            scratch: DatabaseId {
                family: Instance,
                name: "lamplighter-drill-d3155019b306953d",
            },
            snapshot: "weather-21",
            engine: "postgres",
            engine_version: "16.3",
            class: Some(
                "db.t4g.small",
            ),
            subnet_group: Some(
                "drills",
            ),
            security_groups: [
                "sg-1",
            ],
            tags: {
                "lamplighter:command": "c-1",
                "lamplighter:drill": "2026-11-21T20:00:00Z",
                "lamplighter:drill-began": "2026-11-21T12:00:00Z",
                "lamplighter:drill-of": "weather",
                "lamplighter:drill-snapshot": "weather-21",
                "lamplighter:home": "us-east-1",
                "lamplighter:ledger": "lamplighter-ledger",
                "lamplighter:target": "weather-db",
            },
        }
    "#]]
    .assert_eq(&readable(&format!("{request:#?}\n")));
    let drilled = Rule { verify: Verify { restore_objective: None, ..drilled().verify }, ..drilled() };
    let Plan::Act { steps, .. } = plan(&ordered(&drilled, "verify"), &at_home(nights())) else { panic!() };
    let [Step::Restore { request, .. }] = steps.as_slice() else { panic!("{steps:?}") };
    assert_eq!(request.tags[names::DRILL], "2026-11-22T12:00:00Z", "a day, where nothing is said");
    assert_eq!(request.class, None, "the source's");
}

#[test]
fn a_cluster_is_restored_in_its_own_version_and_gets_its_class_with_its_instance() {
    let rule = rule(
        "cluster: platform, retention: {days: 3}, verify: {restore-drill: monthly, class: db.r6g.large}",
    );
    let there = world(vec![cluster("platform")], [(home(), vec![night(&cluster_id("platform"), 21)])]);
    let Plan::Act { steps, .. } = plan(&ordered(&rule, "verify"), &there) else { panic!() };
    let [Step::Restore { request, .. }] = steps.as_slice() else { panic!("{steps:?}") };
    assert_eq!(request.class, None);
    assert_eq!(
        (request.engine.as_str(), request.engine_version.as_str()),
        ("aurora-mysql", "8.0.mysql_aurora.3.08.0")
    );
}

#[test]
fn none_is_begun_twice_or_beside_another_or_without_a_ledger() {
    let drilled = drilled();
    let verify = ordered(&drilled, "verify");
    let running = scratch(instance("lamplighter-drill-0"), &night(&weather(), 20), "verify-0");
    for status in ["creating", "available", "deleting", "failed"] {
        let running = in_state(status, running.clone());
        let there = at_home(nights()).with(|world| world.databases.push(running));
        let line = decided(&verify, &there);
        assert_eq!(
            line, "hold drill-running\n  a restore drill of instance `weather` is going on\n",
            "{status}"
        );
    }
    let over = at_home(nights())
        .with(|world| world.drills = Some([(weather(), last_drill("c-1", "20T09:00"))].into()));
    check(
        &verify,
        &over,
        expect![[r#"
            hold verified
              2 snapshots are as they should be
        "#]],
    );
    check(
        &verify,
        &at_home(nights()).with(|world| world.drills = None),
        expect![[r#"
        refuse ledger-unset
          a restore drill is noted in the ledger: set `LAMPLIGHTER_LEDGER_TABLE`
    "#]],
    );
    // Where no drill is asked for, no ledger is.
    let copied = copied();
    let there = in_both(nights(), nights().iter().map(|it| copy_of(it, &west())).collect());
    check(
        &ordered(&copied, "verify"),
        &there.with(|world| world.drills = None),
        expect![[r#"
            hold verified
              4 snapshots are as they should be
        "#]],
    );
    // Somebody else's drill is somebody else's.
    let theirs = scratch(instance("lamplighter-drill-1"), &night(&weather(), 20), "verify-0")
        .with(|theirs| drop(theirs.tags.insert(names::TARGET.to_owned(), "metrics-db".to_owned())));
    check(
        &verify,
        &at_home(nights()).with(|world| world.databases.push(theirs)),
        expect![[r#"
            act drill-started
              restore-scratch {"instance":"weather","snapshot":"weather-21","scratch":"lamplighter-drill-d3155019b306953d"}
              began to restore the newest good snapshot of instance `weather`
        "#]],
    );
}

#[test]
fn a_schedule_begins_one_when_it_is_due_and_a_person_whenever_he_likes() {
    for (how_often, days, is_due) in
        [("monthly", 26, false), ("monthly", 27, true), ("quarterly", 87, false), ("quarterly", 88, true)]
    {
        let rule = rule(&format!(
            "instance: weather, retention: {{days: 3}}, verify: {{restore-drill: {how_often}}}"
        ));
        let there = at_home(nights()).with(|world| {
            let at = world.now - hours(days * 24);
            let last = LastDrill { at, ..last_drill("verify-0", "21T12:00") };
            world.drills = Some([(weather(), last)].into());
        });
        let begins = |order| matches!(plan(&order, &there), Plan::Act { .. });
        assert_eq!(begins(scheduled(ordered(&rule, "verify"))), is_due, "{how_often} {days}");
        assert!(begins(ordered(&rule, "verify")), "{how_often} {days}");
    }
}

/// It counts from when it began: the next may come at the same hour of the same day of the month.
#[test]
fn how_long_a_drill_took_or_that_it_failed_does_not_put_off_the_next() {
    let rule = drilled();
    let begins = |passed: bool, days_and_hours: i64| {
        let at = now() - hours(days_and_hours);
        let last = LastDrill { at, passed, seconds: 8 * 3600, ..last_drill("verify-0", "21T12:00") };
        let there = at_home(nights()).with(|world| world.drills = Some([(weather(), last)].into()));
        matches!(plan(&scheduled(ordered(&rule, "verify")), &there), Plan::Act { .. })
    };
    assert!(begins(true, 27 * 24 - 8));
    assert!(!begins(true, 27 * 24 - 9));
    assert!(begins(false, 24));
}

/// A request that no tag could hold is known again by its fingerprint.
#[test]
fn a_drill_is_begun_once_by_an_id_that_no_tag_can_hold() {
    let rule = drilled();
    let verify = order(&rule, &json!({"action": "verify", "id": "build#42"}));
    let Plan::Act { steps, .. } = plan(&verify, &at_home(nights())) else { panic!() };
    let [Step::Restore { request, .. }] = steps.as_slice() else { panic!("{steps:?}") };
    let tag = &request.tags[names::COMMAND];
    assert!(!tag.contains('#'), "{tag}");
    let there = at_home(nights()).with(|world| {
        world.drills = Some([(weather(), last_drill(tag, "21T11:00"))].into());
    });
    assert!(matches!(plan(&verify, &there), Plan::Hold { .. }));
}

#[test]
fn of_several_databases_the_one_whose_drill_is_the_longest_ago_is_next() {
    let rule = rule("all-tagged: {backup: nightly}, retention: {days: 3}, verify: {restore-drill: monthly}");
    let nightly = |name| with_tag("backup", "nightly", instance(name));
    let snapshots = ["a", "b", "c"].map(|name| night(&instance_id(name), 21)).to_vec();
    let there = world(vec![nightly("a"), nightly("b"), nightly("c"), nightly("d")], [(home(), snapshots)]);
    let next = |drills: &[(&str, &str)]| {
        let of = |(name, at): &(&str, &str)| (instance_id(name), last_drill(&format!("drill-of-{name}"), at));
        let there = there.clone().with(|world| world.drills = Some(drills.iter().map(of).collect()));
        let verify = order(&rule, &json!({"action": "verify", "id": "verify-9"}));
        match plan(&verify, &there) {
            Plan::Act { steps, .. } => steps[0].of().name.clone(),
            other => panic!("{other}"),
        }
    };
    assert_eq!(next(&[]), "a");
    assert_eq!(next(&[("a", "01T09:00")]), "b");
    assert_eq!(next(&[("a", "02T09:00"), ("b", "01T09:00"), ("c", "03T09:00")]), "b");
    // `d` has no snapshot, and `z` is gone.
    assert_eq!(next(&[("a", "02T09:00"), ("b", "03T09:00"), ("c", "01T09:00"), ("z", "01T00:00")]), "c");
}
