//! `expire`: what need not be kept, and whatever else there is.

use expect_test::{Expect, expect};

use super::{check, decided};
use crate::examples::{
    With as _, at_home, coming, copied, copy_of, failed, home, in_both, instance, instance_id, labelled,
    night, ordered, ours, plain, rule, scratch, unseen, weather, west, world,
};
use crate::names::TARGET;
use crate::world::{Family, Snapshot, World};

fn nights(days: impl IntoIterator<Item = i8>) -> Vec<Snapshot> {
    days.into_iter().map(|day| night(&weather(), day)).collect()
}

fn plainly(snapshots: Vec<Snapshot>, expected: Expect) {
    let plain = plain();
    check(&ordered(&plain, "expire"), &at_home(snapshots), expected);
}

#[test]
fn what_is_older_than_the_retention_goes() {
    plainly(
        nights([17, 18, 19, 20, 21]),
        expect![[r#"
        act expired
          delete-snapshot {"instance":"weather","snapshot":"weather-17","region":"us-east-1","because":"expired"}
          delete-snapshot {"instance":"weather","snapshot":"weather-18","region":"us-east-1","because":"expired"}
          deleted 2 snapshots
    "#]],
    );
    plainly(
        nights([19, 20, 21]),
        expect![[r#"
        hold nothing-to-expire
          3 snapshots are kept
    "#]],
    );
    plainly(
        vec![],
        expect![[r#"
        hold nothing-to-expire
          0 snapshots are kept
    "#]],
    );
}

#[test]
fn the_newest_good_one_stays_however_old_it_is() {
    plainly(
        nights([1]),
        expect![[r#"
        hold nothing-to-expire
          1 snapshot is kept
    "#]],
    );
    plainly(
        nights([1, 2]),
        expect![[r#"
        act expired
          delete-snapshot {"instance":"weather","snapshot":"weather-01","region":"us-east-1","because":"expired"}
          deleted 1 snapshot
    "#]],
    );
    // What is newer and not good is no reason to give up the last good one.
    let newer = [failed(night(&weather(), 21)), coming("creating", ours(&weather(), "next", "21T11:59"))];
    plainly(
        [nights([2]), newer.to_vec()].concat(),
        expect![[r#"
            act expired
              delete-snapshot {"instance":"weather","snapshot":"weather-21","region":"us-east-1","because":"failed"}
              deleted 1 snapshot; snapshot `weather-21` of instance `weather` in us-east-1 has failed; RDS does not say why
        "#]],
    );
}

#[test]
fn so_many_as_the_playbook_says_are_kept() {
    let rule = rule("instance: weather, retention: {days: 1, keep-at-least: 3}");
    check(
        &ordered(&rule, "expire"),
        &at_home(nights([1, 2, 3, 4])),
        expect![[r#"
        act expired
          delete-snapshot {"instance":"weather","snapshot":"weather-01","region":"us-east-1","because":"expired"}
          deleted 1 snapshot
    "#]],
    );
}

#[test]
fn generations_are_kept_and_what_is_labelled_beside_them() {
    let rule = rule("instance: weather, retention: {daily: 2, weekly: 2}");
    let release = labelled("release-42", ours(&weather(), "release", "20T12:00"));
    let old_release = labelled("release-41", ours(&weather(), "old-release", "18T12:00"));
    let all = [nights(8..=21), vec![release, old_release]].concat();
    check(
        &ordered(&rule, "expire"),
        &at_home(all),
        expect![[r#"
        act expired
          delete-snapshot {"instance":"weather","snapshot":"weather-08","region":"us-east-1","because":"expired"}
          delete-snapshot {"instance":"weather","snapshot":"weather-09","region":"us-east-1","because":"expired"}
          delete-snapshot {"instance":"weather","snapshot":"weather-10","region":"us-east-1","because":"expired"}
          delete-snapshot {"instance":"weather","snapshot":"weather-11","region":"us-east-1","because":"expired"}
          delete-snapshot {"instance":"weather","snapshot":"weather-12","region":"us-east-1","because":"expired"}
          delete-snapshot {"instance":"weather","snapshot":"weather-13","region":"us-east-1","because":"expired"}
          delete-snapshot {"instance":"weather","snapshot":"weather-14","region":"us-east-1","because":"expired"}
          delete-snapshot {"instance":"weather","snapshot":"weather-16","region":"us-east-1","because":"expired"}
          delete-snapshot {"instance":"weather","snapshot":"weather-17","region":"us-east-1","because":"expired"}
          delete-snapshot {"instance":"weather","snapshot":"weather-18","region":"us-east-1","because":"expired"}
          delete-snapshot {"instance":"weather","snapshot":"weather-19","region":"us-east-1","because":"expired"}
          delete-snapshot {"instance":"weather","snapshot":"old-release","region":"us-east-1","because":"expired"}
          deleted 12 snapshots
    "#]],
    );
}

#[test]
fn failed_ones_go_at_once() {
    plainly(
        vec![night(&weather(), 21), failed(night(&weather(), 20))],
        expect![[r#"
            act expired
              delete-snapshot {"instance":"weather","snapshot":"weather-20","region":"us-east-1","because":"failed"}
              deleted 1 snapshot; snapshot `weather-20` of instance `weather` in us-east-1 has failed; RDS does not say why
        "#]],
    );
    plainly(
        vec![failed(night(&weather(), 20))],
        expect![[r#"
            act expired
              delete-snapshot {"instance":"weather","snapshot":"weather-20","region":"us-east-1","because":"failed"}
              deleted 1 snapshot; snapshot `weather-20` of instance `weather` in us-east-1 has failed; RDS does not say why
        "#]],
    );
}

#[test]
fn what_is_on_its_way_or_going_stays() {
    let going = night(&weather(), 1).with(|snapshot| "deleting".clone_into(&mut snapshot.status));
    plainly(
        vec![night(&weather(), 21), coming("creating", night(&weather(), 20)), going],
        expect![[r#"
            hold nothing-to-expire
              1 snapshot is kept
        "#]],
    );
}

/// The database was deleted, and this is why there are snapshots.
#[test]
fn the_last_snapshots_of_a_database_that_is_gone_are_kept() {
    let tagged = rule("all-tagged: {backup: nightly}, retention: {days: 3, keep-at-least: 2}");
    let gone = instance_id("gone");
    let there = world(vec![instance("other")], [(home(), [1, 2, 3].map(|day| night(&gone, day)).to_vec())]);
    check(
        &ordered(&tagged, "expire"),
        &there,
        expect![[r#"
        act expired
          delete-snapshot {"instance":"gone","snapshot":"gone-01","region":"us-east-1","because":"expired"}
          deleted 1 snapshot
    "#]],
    );
}

/// An old snapshot, newer ones, and in the other Region copies of these.
fn with_copy(copy: Option<Snapshot>) -> World {
    let newer = nights([20, 21]);
    let copies = newer.iter().map(|source| copy_of(source, &west())).chain(copy).collect();
    in_both([nights([17]), newer].concat(), copies)
}

#[test]
fn a_source_stays_while_its_copy_is_on_its_way() {
    let copied = copied();
    let expire = ordered(&copied, "expire");
    let n17 = night(&weather(), 17);
    check(
        &expire,
        &with_copy(Some(coming("copying", copy_of(&n17, &west())))),
        expect![[r#"
        hold nothing-to-expire
          5 snapshots are kept
    "#]],
    );
    check(
        &expire,
        &with_copy(Some(coming("creating", copy_of(&n17, &west())))),
        expect![[r#"
        hold nothing-to-expire
          5 snapshots are kept
    "#]],
    );
    // Also where somebody else copies it: they keep our tags.
    let theirs = coming("copying", copy_of(&n17, &west())).with(|copy| drop(copy.tags.remove(TARGET)));
    check(
        &expire,
        &with_copy(Some(theirs)),
        expect![[r#"
        hold nothing-to-expire
          5 snapshots are kept
    "#]],
    );
}

/// Its time is over here, and there it would be kept: three days here, a week there.
#[test]
fn a_source_stays_until_its_copy_is_good() {
    let rule =
        rule("instance: weather, retention: {days: 3}, copies: [{region: us-west-2, retention: {days: 7}}]");
    let expire = ordered(&rule, "expire");
    let n17 = night(&weather(), 17);
    check(
        &expire,
        &with_copy(Some(copy_of(&n17, &west()))),
        expect![[r#"
        act expired
          delete-snapshot {"instance":"weather","snapshot":"weather-17","region":"us-east-1","because":"expired"}
          deleted 1 snapshot
    "#]],
    );
    check(
        &expire,
        &with_copy(None),
        expect![[r#"
        hold nothing-to-expire
          5 snapshots are kept; `weather-17` is kept, as us-west-2 has no good copy of it yet
    "#]],
    );
    check(
        &expire,
        &with_copy(Some(failed(copy_of(&n17, &west())))),
        expect![[r#"
            act expired
              delete-snapshot {"instance":"weather","snapshot":"weather-17","region":"us-west-2","because":"failed"}
              deleted 1 snapshot; snapshot `weather-17` of instance `weather` in us-west-2 has failed; RDS does not say why; `weather-17` is kept, as us-west-2 has no good copy of it yet
        "#]],
    );
    let odd = copy_of(&n17, &west()).with(|copy| copy.engine_version = "15.1".to_owned());
    check(
        &expire,
        &with_copy(Some(odd)),
        expect![[r#"
        hold nothing-to-expire
          6 snapshots are kept; `weather-17` is kept, as us-west-2 has no good copy of it yet
    "#]],
    );
    check(
        &expire,
        &unseen(west(), Family::Instance, with_copy(Some(copy_of(&n17, &west())))),
        expect![[r#"
        wait throttled
          us-west-2 could not be seen: failed to list: made to fail; `weather-17` is kept, as us-west-2 has no good copy of it yet
    "#]],
    );
    // What the other Region would not keep needs no copy there.
    let old = in_both(nights([1, 20, 21]), nights([20, 21]).iter().map(|it| copy_of(it, &west())).collect());
    check(
        &expire,
        &old,
        expect![[r#"
        act expired
          delete-snapshot {"instance":"weather","snapshot":"weather-01","region":"us-east-1","because":"expired"}
          deleted 1 snapshot
    "#]],
    );
}

/// For weeks, no copy succeeds: the other Region's retention is counted in what it has.
#[test]
fn sources_wait_for_copies_that_fail_for_weeks() {
    let rule =
        rule("instance: weather, retention: {days: 1}, copies: [{region: us-west-2, retention: {daily: 3}}]");
    check(
        &ordered(&rule, "expire"),
        &in_both(nights([1, 5, 10, 15, 21]), vec![]),
        expect![[r#"
        hold nothing-to-expire
          5 snapshots are kept; `weather-01` is kept, as us-west-2 has no good copy of it yet; `weather-05` is kept, as us-west-2 has no good copy of it yet; `weather-10` is kept, as us-west-2 has no good copy of it yet; `weather-15` is kept, as us-west-2 has no good copy of it yet
    "#]],
    );
}

#[test]
fn copies_expire_by_their_own_retention() {
    let rule = rule(
        "instance: weather, retention: {days: 30}, copies: [{region: us-west-2, retention: {days: 1, keep-at-least: 2}}]",
    );
    let copies = nights([16, 17, 18, 19]).iter().map(|it| copy_of(it, &west())).collect();
    check(
        &ordered(&rule, "expire"),
        &in_both(nights([16, 17, 18, 19]), copies),
        expect![[r#"
        act expired
          delete-snapshot {"instance":"weather","snapshot":"weather-16","region":"us-west-2","because":"expired"}
          delete-snapshot {"instance":"weather","snapshot":"weather-17","region":"us-west-2","because":"expired"}
          deleted 2 snapshots
    "#]],
    );
}

/// The newest copy is not what it should be: the one before it is the last that is.
#[test]
fn the_newest_that_is_as_it_should_be_stays() {
    let rule =
        rule("instance: weather, retention: {days: 30}, copies: [{region: us-west-2, retention: {days: 1}}]");
    let odd = copy_of(&night(&weather(), 21), &west()).with(|copy| copy.engine_version = "15.1".to_owned());
    let copies =
        vec![copy_of(&night(&weather(), 18), &west()), copy_of(&night(&weather(), 19), &west()), odd];
    check(
        &ordered(&rule, "expire"),
        &in_both(nights([18, 19, 20, 21]), copies),
        expect![[r#"
            act expired
              delete-snapshot {"instance":"weather","snapshot":"weather-18","region":"us-west-2","because":"expired"}
              deleted 1 snapshot
        "#]],
    );
    let odd = night(&weather(), 21).with(|snapshot| snapshot.progress = 40);
    plainly(
        [nights([10, 11]), vec![odd]].concat(),
        expect![[r#"
            act expired
              delete-snapshot {"instance":"weather","snapshot":"weather-10","region":"us-east-1","because":"expired"}
              deleted 1 snapshot
        "#]],
    );
}

#[test]
fn what_a_restore_drill_uses_stays() {
    let plain = plain();
    let n17 = night(&weather(), 17);
    let drill = scratch(instance("lamplighter-drill-0"), &n17, "verify-1");
    let there = world(vec![instance("weather"), drill], [(home(), nights([16, 17, 21]))]);
    check(
        &ordered(&plain, "expire"),
        &there,
        expect![[r#"
        act expired
          delete-snapshot {"instance":"weather","snapshot":"weather-16","region":"us-east-1","because":"expired"}
          deleted 1 snapshot
    "#]],
    );
}

/// What can never be copied is waited for by nothing.
#[test]
fn a_rule_that_rds_cannot_carry_out_keeps_no_source() {
    for region in ["us-gov-west-1", "cn-north-1", "us-east-1"] {
        let rule = rule(&format!(
            "instance: weather, retention: {{days: 3}}, copies: [{{region: {region}, retention: {{days: 30}}}}]"
        ));
        let line = decided(&ordered(&rule, "expire"), &at_home(nights([17, 20, 21])));
        assert!(line.starts_with("act expired"), "{region}: {line}");
    }
}

#[test]
fn where_the_home_region_cannot_be_seen_nothing_goes_anywhere() {
    let copied = copied();
    let copies = nights([1, 20, 21]).iter().map(|it| copy_of(it, &west())).collect();
    let there = unseen(home(), Family::Instance, in_both(vec![], copies));
    let line = decided(&ordered(&copied, "expire"), &there);
    expect![[r#"
        wait throttled
          us-east-1 could not be seen: failed to list: made to fail
    "#]]
    .assert_eq(&line);
}
