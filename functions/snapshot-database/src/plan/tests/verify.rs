//! `verify`: what RDS says of each snapshot, and whether each database has a good one in each Region.

use expect_test::{Expect, expect};

use super::{check, decided};
use crate::examples::{
    With as _, at_home, cluster, cluster_id, coming, copied, copy_of, encrypted, failed, foreign, home,
    in_both, instance, night, ordered, plain, rule, tagged, time, unseen, weather, west, with_tag, world,
};
use crate::world::{Family, Snapshot};

const KEY: &str = "arn:aws:kms:us-west-2:123456789012:key/there";

/// What is found about the copy of a good snapshot.
fn of_copy(change: impl FnOnce(&mut Snapshot), expected: Expect) {
    let copied = copied();
    let source = night(&weather(), 21);
    let copy = copy_of(&source, &west()).with(change);
    check(&ordered(&copied, "verify"), &in_both(vec![source], vec![copy]), expected);
}

#[test]
fn what_is_as_it_should_be_is_counted() {
    let copied = copied();
    let (n20, n21) = (night(&weather(), 20), night(&weather(), 21));
    let there = in_both(vec![n20.clone(), n21.clone()], vec![copy_of(&n21, &west())]);
    check(
        &ordered(&copied, "verify"),
        &there,
        expect![[r#"
            hold verified
              3 snapshots are as they should be
        "#]],
    );
    // Also where the source is gone: there is nothing to compare with.
    check(
        &ordered(&copied, "verify"),
        &in_both(vec![n20], vec![copy_of(&n21, &west())]),
        expect![[r#"
            hold verified
              2 snapshots are as they should be
        "#]],
    );
}

#[test]
fn each_fault_of_a_copy_is_named() {
    of_copy(
        |copy| copy.progress = 99,
        expect![[r#"
        refuse unverified
          `weather-21` in us-west-2: is available, and only 99 % of it is there; instance `weather` has no good snapshot in us-west-2
    "#]],
    );
    of_copy(
        |copy| copy.engine = "mysql".to_owned(),
        expect![[r#"
        refuse unverified
          `weather-21` in us-west-2: its engine is mysql, and that of the source postgres; instance `weather` has no good snapshot in us-west-2
    "#]],
    );
    of_copy(
        |copy| copy.engine_version = "15.1".to_owned(),
        expect![[r#"
        refuse unverified
          `weather-21` in us-west-2: its engine's version is 15.1, and that of the source 16.3; instance `weather` has no good snapshot in us-west-2
    "#]],
    );
    of_copy(
        |copy| copy.storage = 20,
        expect![[r#"
        refuse unverified
          `weather-21` in us-west-2: its storage in GiB is 20, and that of the source 100; instance `weather` has no good snapshot in us-west-2
    "#]],
    );
    of_copy(
        |copy| copy.taken_at = Some(time("21T04:00")),
        expect![[r#"
        refuse unverified
          `weather-21` in us-west-2: its time is 2026-11-21T04:00:00Z, and that of the source 2026-11-21T01:30:00Z; instance `weather` has no good snapshot in us-west-2
    "#]],
    );
    of_copy(
        |copy| {
            copy.encrypted = true;
            copy.engine = "mysql".to_owned();
        },
        expect![[r#"
            refuse unverified
              `weather-21` in us-west-2: is encrypted, and RDS names no key, its engine is mysql, and that of the source postgres; instance `weather` has no good snapshot in us-west-2
        "#]],
    );
}

#[test]
fn the_key_must_be_the_playbooks() {
    let asked = |key: &str| {
        rule(&format!(
            "instance: weather, retention: {{days: 3}}, copies: [{{region: us-west-2, kms-key: '{key}', retention: {{days: 2}}}}]"
        ))
    };
    let source = encrypted("arn:aws:kms:us-east-1:123456789012:key/here", night(&weather(), 21));
    for (key, copy, expected) in [
        (
            KEY,
            encrypted(KEY, copy_of(&source, &west())),
            expect![[r#"
                hold verified
                  2 snapshots are as they should be
            "#]],
        ),
        (
            KEY,
            encrypted("arn:aws:kms:us-west-2:123456789012:key/other", copy_of(&source, &west())),
            expect![[r#"
            refuse unverified
              `weather-21` in us-west-2: is encrypted with arn:aws:kms:us-west-2:123456789012:key/other, and not with arn:aws:kms:us-west-2:123456789012:key/there; instance `weather` has no good snapshot in us-west-2
        "#]],
        ),
        (
            KEY,
            copy_of(&source, &west()).with(|copy| (copy.encrypted, copy.kms_key) = (false, None)),
            expect![[r#"
            refuse unverified
              `weather-21` in us-west-2: is not encrypted, and its source is; instance `weather` has no good snapshot in us-west-2
        "#]],
        ),
        (
            KEY,
            copy_of(&source, &west()).with(|copy| copy.kms_key = None),
            expect![[r#"
            refuse unverified
              `weather-21` in us-west-2: is encrypted, and RDS names no key; instance `weather` has no good snapshot in us-west-2
        "#]],
        ),
        // RDS names keys by their ARN, which says nothing of an alias.
        (
            "alias/backup",
            encrypted(KEY, copy_of(&source, &west())),
            expect![[r#"
                hold verified
                  2 snapshots are as they should be
            "#]],
        ),
    ] {
        let rule = asked(key);
        check(&ordered(&rule, "verify"), &in_both(vec![source.clone()], vec![copy]), expected);
    }
    // What is not encrypted needs no key, though the playbook has one.
    let rule = asked(KEY);
    let plain = night(&weather(), 21);
    check(
        &ordered(&rule, "verify"),
        &in_both(vec![plain.clone()], vec![copy_of(&plain, &west())]),
        expect![[r#"
            hold verified
              2 snapshots are as they should be
        "#]],
    );
}

/// Aurora tells no size that could be compared.
#[test]
fn copies_of_clusters_may_differ_in_a_size_that_aurora_does_not_tell() {
    let rule =
        rule("cluster: platform, retention: {days: 3}, copies: [{region: us-west-2, retention: {days: 2}}]");
    let source = night(&cluster_id("platform"), 21);
    let copy = copy_of(&source, &west()).with(|copy| copy.storage = 0);
    let there = world(vec![cluster("platform")], [(home(), vec![source]), (west(), vec![copy])]);
    check(
        &ordered(&rule, "verify"),
        &there,
        expect![[r#"
            hold verified
              2 snapshots are as they should be
        "#]],
    );
}

#[test]
fn a_database_without_a_good_snapshot_is_named_in_each_region() {
    let copied = copied();
    let verify = ordered(&copied, "verify");
    let n21 = night(&weather(), 21);
    check(
        &verify,
        &in_both(vec![n21.clone()], vec![]),
        expect![[r#"
        refuse no-good-snapshot
          instance `weather` has no good snapshot in us-west-2
    "#]],
    );
    check(
        &verify,
        &in_both(vec![n21.clone()], vec![coming("copying", copy_of(&n21, &west()))]),
        expect![[r#"
        refuse no-good-snapshot
          instance `weather` has no good snapshot in us-west-2
    "#]],
    );
    let plain = plain();
    let verify = ordered(&plain, "verify");
    check(
        &verify,
        &at_home(vec![failed(n21.clone())]),
        expect![[r#"
        refuse no-good-snapshot
          instance `weather` has no good snapshot in us-east-1
    "#]],
    );
    check(
        &verify,
        &at_home(vec![foreign(&weather(), "by-hand", "21T01:30")]),
        expect![[r#"
        refuse no-good-snapshot
          instance `weather` has no good snapshot in us-east-1
    "#]],
    );
    check(
        &verify,
        &world(vec![], [(home(), vec![n21])]),
        expect![[r#"
        refuse database-missing
          there is no instance `weather`
    "#]],
    );
    check(
        &verify,
        &world(vec![], [(home(), vec![])]),
        expect![[r#"
        refuse database-missing
          there is no instance `weather`
    "#]],
    );
}

#[test]
fn one_without_does_not_hide_another_with() {
    let tagged = tagged();
    let nightly = |name| with_tag("backup", "nightly", instance(name));
    let there = world(vec![nightly("a"), nightly("b")], [(home(), vec![night(&instance("a").id, 21)])]);
    check(
        &ordered(&tagged, "verify"),
        &there,
        expect![[r#"
        refuse no-good-snapshot
          instance `b` has no good snapshot in us-east-1
    "#]],
    );
}

#[test]
fn a_region_that_cannot_be_seen_proves_nothing() {
    let copied = copied();
    let n21 = night(&weather(), 21);
    let there = unseen(west(), Family::Instance, in_both(vec![n21], vec![]));
    check(
        &ordered(&copied, "verify"),
        &there,
        expect![[r#"
        wait throttled
          us-west-2 could not be seen: failed to list: made to fail
    "#]],
    );
}

#[test]
fn metadata_may_be_left_alone() {
    let rule = rule(
        "instance: weather, retention: {days: 3}, verify: {metadata: false}, copies: [{region: us-west-2, retention: {days: 2}}]",
    );
    let source = night(&weather(), 21);
    let odd = copy_of(&source, &west()).with(|copy| copy.engine_version = "15.1".to_owned());
    let line = decided(&ordered(&rule, "verify"), &in_both(vec![source], vec![odd]));
    expect![[r#"
        hold verified
          2 snapshots are available; with `metadata: false` nothing else was looked at
    "#]]
    .assert_eq(&line);
}
