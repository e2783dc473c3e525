//! Quotas of snapshots, and budgets of copies.

use expect_test::expect;
use shared::plan::Plan;

use super::check;
use crate::examples::{
    With as _, at_home, cluster_id, coming, copied, foreign, home, in_both, instance, instance_id, night,
    ordered, plain, rule, tagged, weather, west, with_quota, with_tag, world,
};
use crate::fake::region;
use crate::plan::plan;
use crate::world::{DatabaseId, Family, Snapshot};

#[test]
fn a_quota_that_is_reached_is_said_before_rds_says_it() {
    let plain = plain();
    let take = ordered(&plain, "take");
    for (used, expected) in [
        (
            89,
            expect![[r#"
                act taken
                  create-snapshot {"instance":"weather","snapshot":"weather-09a1559d2512ba27"}
                  took 1 snapshot
            "#]],
        ),
        (
            90,
            expect![[r#"
                act taken
                  create-snapshot {"instance":"weather","snapshot":"weather-09a1559d2512ba27"}
                  took 1 snapshot; 90 of 100 manual instance snapshots in us-east-1 are used: ask AWS for more, or keep fewer
            "#]],
        ),
        (
            99,
            expect![[r#"
                act taken
                  create-snapshot {"instance":"weather","snapshot":"weather-09a1559d2512ba27"}
                  took 1 snapshot; 99 of 100 manual instance snapshots in us-east-1 are used: ask AWS for more, or keep fewer
            "#]],
        ),
        (
            100,
            expect![[r#"
                refuse snapshot-quota
                  no snapshot of instance `weather` in us-east-1: there are 100 manual instance snapshots, as many as the quota allows
            "#]],
        ),
        (
            101,
            expect![[r#"
                refuse snapshot-quota
                  no snapshot of instance `weather` in us-east-1: there are 100 manual instance snapshots, as many as the quota allows
            "#]],
        ),
    ] {
        check(&take, &with_quota(home(), Family::Instance, used, 100, at_home(vec![])), expected);
    }
    // The quota of the other family, and that of another Region, are no matter of this target.
    let full = with_quota(home(), Family::Cluster, 100, 100, at_home(vec![]));
    check(
        &take,
        &with_quota(west(), Family::Instance, 100, 100, full),
        expect![[r#"
            act taken
              create-snapshot {"instance":"weather","snapshot":"weather-09a1559d2512ba27"}
              took 1 snapshot
        "#]],
    );
}

#[test]
fn what_there_is_room_for_is_taken_though_it_is_not_for_all() {
    let tagged = tagged();
    let take = ordered(&tagged, "take");
    let databases = ["a", "b", "c"].map(|name| with_tag("backup", "nightly", instance(name))).to_vec();
    let there = world(databases, [(home(), vec![])]);
    check(
        &take,
        &with_quota(home(), Family::Instance, 18, 20, there.clone()),
        expect![[r#"
            act taken
              create-snapshot {"instance":"a","snapshot":"a-af47bbcfcbbdf20b"}
              create-snapshot {"instance":"b","snapshot":"b-fffc5558a5486a18"}
              took 2 snapshots; no snapshot of instance `c` in us-east-1: there are 20 manual instance snapshots, as many as the quota allows
        "#]],
    );
    check(
        &take,
        &with_quota(home(), Family::Instance, 20, 20, there),
        expect![[r#"
            refuse snapshot-quota
              no snapshot of instance `a` in us-east-1: there are 20 manual instance snapshots, as many as the quota allows; no snapshot of instance `b` in us-east-1: there are 20 manual instance snapshots, as many as the quota allows; no snapshot of instance `c` in us-east-1: there are 20 manual instance snapshots, as many as the quota allows
        "#]],
    );
}

/// Copies of somebody else, of this family, in the other Region.
fn of_others(count: usize, of: &DatabaseId) -> Vec<Snapshot> {
    let other = |n| coming("copying", foreign(of, &format!("other-{n}"), "20T01:30"));
    (0..count).map(other).collect()
}

#[test]
fn no_more_than_twenty_instances_and_five_clusters_are_on_their_way_whoever_began_them() {
    let keys = "all-tagged: {backup: nightly}, retention: {days: 3}, copies: [{region: us-west-2, retention: {days: 2}}]";
    let rule = rule(keys);
    let copy = ordered(&rule, "copy");
    let instances: Vec<_> = (0..25).map(|n| night(&instance_id(&format!("i{n:02}")), 21)).collect();
    let clusters: Vec<_> = (0..8).map(|n| night(&cluster_id(&format!("c{n}")), 21)).collect();
    let all = [instances, clusters].concat();
    for (other_instances, other_clusters, begun, expected) in
        [(0, 0, 0, [20, 5]), (18, 4, 0, [2, 1]), (30, 5, 0, [0, 0]), (3, 1, 2, [15, 4])]
    {
        let others =
            [of_others(other_instances, &weather()), of_others(other_clusters, &cluster_id("other"))]
                .concat();
        let there = world(vec![], [(home(), all.clone()), (west(), others)])
            .with(|world| *world.begun.entry((west(), Family::Instance)).or_default() = begun);
        let (begins, left) = match plan(&copy, &there) {
            Plan::Act { steps, why } => (steps, why.to_string()),
            Plan::Hold { why } => (vec![], why.to_string()),
            other => panic!("{other}"),
        };
        let of = |family| begins.iter().filter(|step| step.of().family == family).count();
        assert_eq!(Family::ALL.map(of), expected);
        let waiting = format!("{} more to us-west-2 wait: at most 20", 25 - expected[0]);
        assert!(left.contains(&waiting), "{left}");
        let waiting = format!("{} more to us-west-2 wait: at most 5", 8 - expected[1]);
        assert!(left.contains(&waiting), "{left}");
    }
}

#[test]
fn what_waits_is_said_also_where_nothing_else_is() {
    let copied = copied();
    let there = in_both(vec![night(&weather(), 21), night(&weather(), 20)], of_others(20, &weather()));
    check(
        &ordered(&copied, "copy"),
        &there,
        expect![[r#"
        hold copies-waiting
          no copy can be begun now; 2 more to us-west-2 wait: at most 20 copies of instance snapshots go there at once
    "#]],
    );
}

#[test]
fn the_quota_of_the_other_region_is_kept() {
    let copied = copied();
    let copy = ordered(&copied, "copy");
    let there = in_both(vec![night(&weather(), 21), night(&weather(), 20)], vec![]);
    check(
        &copy,
        &with_quota(west(), Family::Instance, 99, 100, there.clone()),
        expect![[r#"
        act copying
          copy-snapshot {"instance":"weather","snapshot":"weather-21","to":"us-west-2"}
          began 1 copy; no snapshot of instance `weather` in us-west-2: there are 100 manual instance snapshots, as many as the quota allows
    "#]],
    );
    check(
        &copy,
        &with_quota(west(), Family::Instance, 100, 100, there.clone()),
        expect![[r#"
            refuse snapshot-quota
              no snapshot of instance `weather` in us-west-2: there are 100 manual instance snapshots, as many as the quota allows
        "#]],
    );
    check(
        &copy,
        &with_quota(home(), Family::Instance, 100, 100, there),
        expect![[r#"
            act copying
              copy-snapshot {"instance":"weather","snapshot":"weather-21","to":"us-west-2"}
              copy-snapshot {"instance":"weather","snapshot":"weather-20","to":"us-west-2"}
              began 2 copies; 100 of 100 manual instance snapshots in us-east-1 are used: ask AWS for more, or keep fewer
        "#]],
    );
}

/// Where the copy of what is taken will find no room is said while somebody can still do something about it.
#[test]
fn the_headroom_of_every_region_of_the_target_is_told() {
    let copied = copied();
    let there = with_quota(home(), Family::Instance, 50, 100, in_both(vec![], vec![]));
    let there = with_quota(west(), Family::Instance, 95, 100, there);
    let there = with_quota(region("eu-west-1"), Family::Instance, 95, 100, there);
    check(
        &ordered(&copied, "take"),
        &there,
        expect![[r#"
        act taken
          create-snapshot {"instance":"weather","snapshot":"weather-09a1559d2512ba27"}
          took 1 snapshot; 95 of 100 manual instance snapshots in us-west-2 are used: ask AWS for more, or keep fewer
    "#]],
    );
    check(
        &ordered(&copied, "copy"),
        &there,
        expect![[r#"
        hold nothing-to-copy
          every snapshot that should be elsewhere is there or on its way; 95 of 100 manual instance snapshots in us-west-2 are used: ask AWS for more, or keep fewer
    "#]],
    );
}

/// A fleet: what is left for one reason does not hide another, and the full quota comes first.
#[test]
fn no_reason_is_hidden_behind_another() {
    let tagged = tagged();
    let databases = (0..60).map(|n| {
        let database = with_tag("backup", "nightly", instance(&format!("db-{n:02}")));
        if n < 12 { crate::examples::in_state("stopped", database) } else { database }
    });
    let there = world(databases.collect(), [(home(), vec![])]);
    let there = with_quota(home(), Family::Instance, 90, 100, there);
    let plan = plan(&ordered(&tagged, "take"), &there);
    expect!["took 10 snapshots; no snapshot of instance `db-22` in us-east-1: there are 100 manual instance snapshots, as many as the quota allows; no snapshot of instance `db-23` in us-east-1: there are 100 manual instance snapshots, as many as the quota allows; no snapshot of instance `db-24` in us-east-1: there are 100 manual instance snapshots, as many as the quota allows; no snapshot of instance `db-25` in us-east-1: there are 100 manual instance snapshots, as many as the quota allows; and 34 more of `snapshot-quota`: `db-26`, `db-27`, `db-28`, `db-29`, `db-30`, `db-31`, `db-32`, `db-33`, `db-34`, `db-35`, and 24 more; instance `db-00` is stopped, and RDS takes no snapshot of it until it is started; instance `db-01` is stopped, and RDS takes no snapshot of it until it is started; instance `db-02` is stopped, and RDS takes no snapshot of it until it is started; instance `db-03` is stopped, and RDS takes no snapshot of it until it is started; and 8 more of `database-stopped`: `db-04`, `db-05`, `db-06`, `db-07`, `db-08`, `db-09`, `db-10`, `db-11`"].assert_eq(&plan.why().to_string());
}
