//! What becomes of the scratch database of a drill: a cluster, which must get an instance first.

use expect_test::{Expect, expect};
use shared::kinds::database::Database as Rule;
use shared::plan::Plan;

use super::check;
use super::upkeep::NOTHING;
use crate::examples::{
    With as _, cluster, cluster_id, home, in_state, instance, last_drill, night, ordered, rule, scratch,
    time, world,
};
use crate::names;
use crate::plan::{Step, plan};
use crate::world::World;

fn cluster_drill() -> Rule {
    rule("cluster: platform, retention: {days: 3}, verify: {restore-drill: monthly, restore-objective: 4h}")
}

/// The same with a cluster, its writer, and scratch databases of these states.
fn of_cluster(scratch_status: &str, member: Option<&str>, change: impl FnOnce(&mut World), expected: Expect) {
    let rule = cluster_drill();
    let n21 = night(&cluster_id("platform"), 21);
    let scratch_cluster = scratch(in_state(scratch_status, cluster("lamplighter-drill-0")), &n21, "verify-0");
    let of = |name: &str, cluster: &str| instance(name).with(|it| it.member_of = Some(cluster.to_owned()));
    let writer = of("platform-1", "platform").with(|it| it.class = Some("db.r6g.xlarge".to_owned()));
    let member = member.map(|status| {
        scratch(in_state(status, of("lamplighter-drill-0-1", "lamplighter-drill-0")), &n21, "verify-0")
    });
    let databases =
        [vec![cluster("platform"), writer, scratch_cluster], member.into_iter().collect()].concat();
    check(&ordered(&rule, "reconcile"), &world(databases, [(home(), vec![n21])]).with(change), expected);
}

#[test]
fn a_cluster_gets_an_instance_and_goes_after_it() {
    of_cluster(
        "creating",
        None,
        NOTHING,
        expect![[r#"
        hold in-order
          nothing is to be taken, copied or deleted
    "#]],
    );
    of_cluster(
        "available",
        None,
        NOTHING,
        expect![[r#"
        act reconciled
          add-scratch-member {"cluster":"platform","scratch":"lamplighter-drill-0-1"}
          went on with a restore drill
    "#]],
    );
    of_cluster(
        "available",
        Some("creating"),
        NOTHING,
        expect![[r#"
        hold in-order
          nothing is to be taken, copied or deleted
    "#]],
    );
    of_cluster(
        "available",
        Some("available"),
        NOTHING,
        expect![[r#"
        act drill-passed
          note-drill {"cluster":"platform","snapshot":"platform-21","passed":true,"seconds":10800}
          delete-scratch {"cluster":"platform","scratch":"lamplighter-drill-0-1"}
          delete-scratch {"cluster":"platform","scratch":"lamplighter-drill-0"}
          snapshot `platform-21` of cluster `platform` was restored in 3h at most, within the objective of 4h
    "#]],
    );
    let noted = |world: &mut World| {
        world.drills = Some([(cluster_id("platform"), last_drill("verify-0", "21T11:00"))].into());
    };
    of_cluster(
        "available",
        Some("deleting"),
        noted,
        expect![[r#"
        act reconciled
          delete-scratch {"cluster":"platform","scratch":"lamplighter-drill-0"}
          went on with a restore drill
    "#]],
    );
    of_cluster(
        "available",
        None,
        noted,
        expect![[r#"
        act reconciled
          delete-scratch {"cluster":"platform","scratch":"lamplighter-drill-0"}
          went on with a restore drill
    "#]],
    );
    of_cluster(
        "deleting",
        None,
        noted,
        expect![[r#"
        hold in-order
          nothing is to be taken, copied or deleted
    "#]],
    );
}

#[test]
fn a_cluster_whose_instance_fails_has_failed() {
    of_cluster(
        "available",
        Some("failed"),
        NOTHING,
        expect![[r#"
            act drill-failed
              note-drill {"cluster":"platform","snapshot":"platform-21","passed":false,"seconds":10800}
              delete-scratch {"cluster":"platform","scratch":"lamplighter-drill-0-1"}
              delete-scratch {"cluster":"platform","scratch":"lamplighter-drill-0"}
              the restore drill failed: no database came of snapshot `platform-21` of cluster `platform` in 3h
        "#]],
    );
    of_cluster(
        "failed",
        None,
        NOTHING,
        expect![[r#"
            act drill-failed
              note-drill {"cluster":"platform","snapshot":"platform-21","passed":false,"seconds":10800}
              delete-scratch {"cluster":"platform","scratch":"lamplighter-drill-0"}
              the restore drill failed: no database came of snapshot `platform-21` of cluster `platform` in 3h
        "#]],
    );
    of_cluster(
        "available",
        Some("creating"),
        |world| world.now = time("21T17:00"),
        expect![[r#"
            act drill-failed
              note-drill {"cluster":"platform","snapshot":"platform-21","passed":false,"seconds":28800}
              delete-scratch {"cluster":"platform","scratch":"lamplighter-drill-0-1"}
              delete-scratch {"cluster":"platform","scratch":"lamplighter-drill-0"}
              the restore drill failed: no database came of snapshot `platform-21` of cluster `platform` in 8h
        "#]],
    );
    of_cluster(
        "available",
        None,
        |world| world.now = time("21T17:00"),
        expect![[r#"
            act drill-failed
              note-drill {"cluster":"platform","snapshot":"platform-21","passed":false,"seconds":28800}
              delete-scratch {"cluster":"platform","scratch":"lamplighter-drill-0"}
              the restore drill failed: no database came of snapshot `platform-21` of cluster `platform` in 8h
        "#]],
    );
}

#[test]
fn the_instance_of_a_scratch_cluster_is_what_the_playbook_says_or_what_the_source_has() {
    let class = |keys: &str, writer: Option<&str>| {
        let rule = rule(&format!(
            "cluster: platform, retention: {{days: 3}}, verify: {{restore-drill: monthly{keys}}}"
        ));
        let n21 = night(&cluster_id("platform"), 21);
        let mut databases =
            vec![cluster("platform"), scratch(cluster("lamplighter-drill-0"), &n21, "verify-0")];
        databases.extend(writer.map(|class| {
            instance("platform-1").with(|it| {
                it.member_of = Some("platform".to_owned());
                it.class = Some(class.to_owned());
            })
        }));
        let Plan::Act { steps, .. } =
            plan(&ordered(&rule, "reconcile"), &world(databases, [(home(), vec![n21])]))
        else {
            panic!()
        };
        let [Step::AddMember { request, .. }] = steps.as_slice() else { panic!("{steps:?}") };
        assert_eq!(
            (request.cluster.as_str(), request.name.as_str()),
            ("lamplighter-drill-0", "lamplighter-drill-0-1")
        );
        assert!(request.tags.contains_key(names::DRILL), "it is known as a scratch one too");
        request.class.clone()
    };
    assert_eq!(class(", class: db.r6g.large", Some("db.r6g.xlarge")), "db.r6g.large");
    assert_eq!(class("", Some("db.r6g.xlarge")), "db.r6g.xlarge");
    assert_eq!(class("", None), "db.t4g.medium");
    // A Serverless one would need a scaling configuration of the scratch cluster.
    assert_eq!(class("", Some("db.serverless")), "db.t4g.medium");
}

/// A Multi-AZ DB cluster has its instances by itself, and they go with it.
#[test]
fn a_cluster_that_is_not_of_aurora_is_one_thing() {
    let rule = cluster_drill();
    let n21 = night(&cluster_id("platform"), 21);
    let postgres = |name: &str| cluster(name).with(|it| it.engine = "postgres".to_owned());
    for (status, expected) in [
        (
            "creating",
            expect![[r#"
        hold in-order
          nothing is to be taken, copied or deleted
    "#]],
        ),
        (
            "available",
            expect![[r#"
        act drill-passed
          note-drill {"cluster":"platform","snapshot":"platform-21","passed":true,"seconds":10800}
          delete-scratch {"cluster":"platform","scratch":"lamplighter-drill-0"}
          snapshot `platform-21` of cluster `platform` was restored in 3h at most, within the objective of 4h
    "#]],
        ),
    ] {
        let member = in_state(status, instance("lamplighter-drill-0-instance-1"));
        let member = member.with(|it| it.member_of = Some("lamplighter-drill-0".to_owned()));
        let drill = scratch(in_state(status, postgres("lamplighter-drill-0")), &n21, "verify-0");
        let databases = vec![postgres("platform"), drill, member];
        check(&ordered(&rule, "reconcile"), &world(databases, [(home(), vec![n21.clone()])]), expected);
    }
}
