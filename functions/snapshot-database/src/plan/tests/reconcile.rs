//! `reconcile`: whatever is next, all at once.

use expect_test::expect;

use super::{check, decided};
use crate::examples::{
    With as _, at_home, coming, copied, copy_of, encrypted, failed, home, in_both, in_state, instance, night,
    ordered, ours, plain, rule, unseen, weather, west, with_quota, world,
};
use crate::world::{Family, Snapshot};

#[test]
fn everything_that_is_next_is_one_plan() {
    let rule =
        rule("instance: weather, retention: {days: 3}, copies: [{region: us-west-2, retention: {days: 1}}]");
    let reconcile = ordered(&rule, "reconcile");
    let home = [16, 17, 18, 19].map(|day| night(&weather(), day)).to_vec();
    let there = vec![
        failed(copy_of(&home[3], &west())),
        copy_of(&home[0], &west()),
        copy_of(&home[1], &west()),
        copy_of(&home[2], &west()),
    ];
    check(
        &reconcile,
        &in_both(home, there),
        expect![[r#"
            act reconciled
              create-snapshot {"instance":"weather","snapshot":"weather-4183a88e3c3c51a4"}
              delete-snapshot {"instance":"weather","snapshot":"weather-19","region":"us-west-2","because":"failed"}
              delete-snapshot {"instance":"weather","snapshot":"weather-16","region":"us-west-2","because":"expired"}
              delete-snapshot {"instance":"weather","snapshot":"weather-17","region":"us-west-2","because":"expired"}
              delete-snapshot {"instance":"weather","snapshot":"weather-16","region":"us-east-1","because":"expired"}
              delete-snapshot {"instance":"weather","snapshot":"weather-17","region":"us-east-1","because":"expired"}
              delete-snapshot {"instance":"weather","snapshot":"weather-18","region":"us-east-1","because":"expired"}
              took 1 snapshot that was missed, deleted 6 snapshots; snapshot `weather-19` of instance `weather` in us-west-2 has failed; RDS does not say why
        "#]],
    );
}

#[test]
fn nothing_is_next_for_most_of_the_day() {
    let copied = copied();
    let reconcile = ordered(&copied, "reconcile");
    let home = [20, 21].map(|day| night(&weather(), day)).to_vec();
    let there: Vec<_> = home.iter().map(|source| copy_of(source, &west())).collect();
    check(
        &reconcile,
        &in_both(home.clone(), there.clone()),
        expect![[r#"
        hold in-order
          nothing is to be taken, copied or deleted
    "#]],
    );
    let on_its_way = vec![there[0].clone(), coming("copying", there[1].clone())];
    check(
        &reconcile,
        &in_both(home, on_its_way),
        expect![[r#"
        hold in-order
          nothing is to be taken, copied or deleted
    "#]],
    );
}

#[test]
fn what_is_in_the_way_is_said_once() {
    let copied = copied();
    let reconcile = ordered(&copied, "reconcile");
    let secret =
        ["20", "21"].map(|day| encrypted("arn:key", night(&weather(), day.parse().unwrap()))).to_vec();
    check(
        &reconcile,
        &in_both(secret, vec![]),
        expect![[r#"
        refuse kms-key-missing
          instance `weather` is encrypted, and its copies to us-west-2 need `kms-key` in the playbook: a key of that Region
    "#]],
    );
    let old = vec![night(&weather(), 15), night(&weather(), 21)];
    check(
        &reconcile,
        &unseen(west(), Family::Instance, in_both(old, vec![])),
        expect![[r#"
        wait throttled
          us-west-2 could not be seen: failed to list: made to fail; `weather-15` is kept, as us-west-2 has no good copy of it yet
    "#]],
    );
}

/// The next look is an hour away: nobody is told that a database is busy, and everybody what else there is.
#[test]
fn a_busy_database_hides_nothing() {
    let busy = |world: crate::world::World| {
        world.with(|world| world.databases = vec![in_state("modifying", instance("weather"))])
    };
    let plain = plain();
    check(
        &ordered(&plain, "reconcile"),
        &busy(at_home(vec![])),
        expect![[r#"
        hold database-busy
          instance `weather` is `modifying`: a snapshot can be taken when it is available
    "#]],
    );
    let copied = copied();
    let reconcile = ordered(&copied, "reconcile");
    check(
        &reconcile,
        &busy(unseen(west(), Family::Instance, in_both(vec![], vec![]))),
        expect![[r#"
        wait throttled
          us-west-2 could not be seen: failed to list: made to fail; instance `weather` is `modifying`: a snapshot can be taken when it is available
    "#]],
    );
    let secret = encrypted("arn:key", night(&weather(), 18));
    check(
        &reconcile,
        &busy(in_both(vec![secret], vec![])),
        expect![[r#"
            refuse database-busy
              instance `weather` is `modifying`: a snapshot can be taken when it is available, and it has no good one within its objective; instance `weather` is encrypted, and its copies to us-west-2 need `kms-key` in the playbook: a key of that Region
        "#]],
    );
    check(
        &reconcile,
        &busy(in_both(vec![night(&weather(), 18)], vec![])),
        expect![[r#"
            act reconciled
              copy-snapshot {"instance":"weather","snapshot":"weather-18","to":"us-west-2"}
              began 1 copy; instance `weather` is `modifying`: a snapshot can be taken when it is available, and it has no good one within its objective
        "#]],
    );
}

/// The old ones go although no new one may be made: this is how there is room again.
#[test]
fn a_full_quota_does_not_keep_what_has_expired() {
    let plain = plain();
    let there = at_home([16, 17, 18].map(|day| night(&weather(), day)).to_vec());
    check(
        &ordered(&plain, "reconcile"),
        &with_quota(home(), Family::Instance, 100, 100, there),
        expect![[r#"
            act reconciled
              delete-snapshot {"instance":"weather","snapshot":"weather-16","region":"us-east-1","because":"expired"}
              delete-snapshot {"instance":"weather","snapshot":"weather-17","region":"us-east-1","because":"expired"}
              deleted 2 snapshots; no snapshot of instance `weather` in us-east-1: there are 100 manual instance snapshots, as many as the quota allows
        "#]],
    );
}

#[test]
fn a_region_of_clusters_that_cannot_be_seen_is_no_matter_of_a_target_at_home() {
    let plain = plain();
    let there = world(vec![instance("weather")], [(home(), vec![night(&weather(), 21)])]);
    let line = decided(&ordered(&plain, "reconcile"), &unseen(west(), Family::Cluster, there));
    assert!(line.starts_with("hold in-order"), "{line}");
}

/// The playbook's key was changed: RDS has copies, and none of them is what the playbook says. To take another is safe:
/// it is copied with the new key, and the old ones stay.
#[test]
fn it_is_never_in_order_while_a_region_has_no_good_snapshot() {
    let key = "arn:aws:kms:us-west-2:123456789012:key/new";
    let rule = rule(&format!(
        "instance: weather, retention: {{days: 3}}, copies: [{{region: us-west-2, kms-key: '{key}', retention: {{days: 2}}}}]"
    ));
    let reconcile = ordered(&rule, "reconcile");
    let of_day = |day| encrypted("arn:home", night(&weather(), day));
    let with_key = |key: &str, source: &Snapshot| encrypted(key, copy_of(source, &west()));
    let (n20, n21) = (of_day(20), of_day(21));
    let old = [with_key("arn:old", &n20), with_key("arn:old", &n21)].to_vec();
    check(
        &reconcile,
        &in_both(vec![n20.clone(), n21.clone()], old.clone()),
        expect![[r#"
        refuse no-good-snapshot
          instance `weather` has no good snapshot in us-west-2; `weather-21` in us-west-2: is encrypted with arn:old, and not with arn:aws:kms:us-west-2:123456789012:key/new
    "#]],
    );
    // The next one is on its way, there or still at home.
    let next = ours(&weather(), "next", "21T11:59");
    let coming_there = [old.clone(), vec![coming("copying", copy_of(&next, &west()))]].concat();
    for seen in [
        in_both(vec![n20.clone(), n21.clone(), next.clone()], coming_there),
        in_both(vec![n20.clone(), n21.clone(), coming("creating", next)], old),
    ] {
        let line = decided(&reconcile, &seen);
        assert!(line.starts_with("hold in-order"), "{line}");
    }
    // The newest is not as it should be, and the one that is is older than the objective.
    let there = vec![with_key(key, &n20), with_key("arn:old", &n21)];
    check(
        &reconcile,
        &in_both(vec![n20, n21], there),
        expect![[r#"
        refuse unverified
          `weather-21` in us-west-2: is encrypted with arn:old, and not with arn:aws:kms:us-west-2:123456789012:key/new
    "#]],
    );
}

#[test]
fn a_snapshot_at_home_of_which_a_part_is_there_is_none() {
    let plain = plain();
    let stuck = night(&weather(), 21).with(|snapshot| snapshot.progress = 57);
    check(
        &ordered(&plain, "reconcile"),
        &at_home(vec![stuck]),
        expect![[r#"
        refuse no-good-snapshot
          instance `weather` has no good snapshot in us-east-1; `weather-21` in us-east-1: is available, and only 57 % of it is there
    "#]],
    );
}
