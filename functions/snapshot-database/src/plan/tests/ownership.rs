//! Whose a snapshot is: what bears our tags and is somebody else's is left alone, and ours is known in spite of what it
//! has inherited.

use expect_test::{Expect, expect};

use super::check;
use crate::examples::{
    With as _, at_home, automated, coming, copied, copy_of, failed, foreign, home, in_both, instance,
    instance_id, named, named_by_its_tags, night, ordered, ours, ours_of, plain, rule, tagged, weather, west,
    with_tag, world,
};
use crate::fake::{region, snapshot_arn};
use crate::names::{AUTOMATED, COPY_OF, DRILL, HOME, LABEL, TAKEN_AT, TARGET};
use crate::world::{Family, Snapshot};

fn nights(days: impl IntoIterator<Item = i8>) -> Vec<Snapshot> {
    days.into_iter().map(|day| night(&weather(), day)).collect()
}

fn plainly(snapshots: Vec<Snapshot>, expected: Expect) {
    let plain = plain();
    check(&ordered(&plain, "expire"), &at_home(snapshots), expected);
}

#[test]
fn nothing_of_anybody_else_is_touched() {
    let old = |id: &str| ours(&weather(), id, "01T01:30");
    let tag = |key: &str, value: &str, mut it: Snapshot| {
        it.tags.insert(key.to_owned(), value.to_owned());
        it
    };
    let renamed = |name: &str| old(name).with(|it| name.clone_into(&mut it.name));
    plainly(
        vec![
            night(&weather(), 21),
            foreign(&weather(), "by-hand", "01T01:30"),
            ours_of(named("metrics-db"), &weather(), "of-another-target", "01T01:30"),
            tag(TARGET, "weather-db", ours_of(named("metrics-db"), &weather(), "retagged", "01T01:30")),
            // A person's copy with all tags, and the last one of a database that was restored and has inherited them.
            renamed("before-the-move"),
            failed(renamed("failed-before-the-move")),
            renamed("final-of-a-restored-one"),
            // Another stack's of a target of the same name, and another home Region's.
            ours(&instance_id("weather-dev"), "of-another-stack", "01T01:30"),
            failed(ours(&instance_id("weather-dev"), "failed-of-another-stack", "01T01:30")),
            tag(HOME, "eu-west-1", old("of-another-region")).with(named_by_its_tags),
            // What RDS says is a copy was not taken by us.
            old("copied-back").with(|it| it.source = Some(snapshot_arn(&west(), Family::Instance, &it.name))),
            automated(&weather(), "01T03:10").with(|it| it.tags = old("x").tags),
            failed(foreign(&weather(), "failed-by-hand", "01T01:30")),
        ],
        expect![[r#"
            hold nothing-to-expire
              1 snapshot is kept
        "#]],
    );
}

/// Two stacks in one account, each with a target of the same name that selects by another tag.
#[test]
fn what_another_tag_has_selected_is_somebody_elses() {
    let dev = rule("all-tagged: {backup: dev}, retention: {days: 3}");
    let of_prod = at_home(nights([1, 2, 21]));
    check(
        &ordered(&dev, "expire"),
        &of_prod,
        expect![[r#"
            hold nothing-to-expire
              0 snapshots are kept
        "#]],
    );
    check(
        &ordered(&tagged(), "expire"),
        &of_prod,
        expect![[r#"
        act expired
          delete-snapshot {"instance":"weather","snapshot":"weather-01","region":"us-east-1","because":"expired"}
          delete-snapshot {"instance":"weather","snapshot":"weather-02","region":"us-east-1","because":"expired"}
          deleted 2 snapshots
    "#]],
    );
}

/// Two home Regions copy into one, and people copy what is there.
#[test]
fn copies_of_another_home_region_and_of_people_are_left_alone() {
    let copied = copied();
    let there = |id: &str| copy_of(&ours(&weather(), id, "01T01:30"), &west());
    let of_ireland = |id: &str| {
        there(id).with(|it| {
            it.tags.insert(HOME.to_owned(), "eu-west-1".to_owned());
            named_by_its_tags(it);
            let arn = snapshot_arn(&region("eu-west-1"), Family::Instance, &it.name);
            it.tags.insert(COPY_OF.to_owned(), arn.clone());
            it.source = Some(arn);
        })
    };
    let strangers = vec![
        of_ireland("of-ireland"),
        failed(of_ireland("failed-of-ireland")),
        // Another name than its source; no source, as a person's copy of one at home; and another source than its tag.
        there("renamed").with(|it| "renamed".clone_into(&mut it.name)),
        there("by-hand").with(|it| drop(it.tags.remove(COPY_OF))),
        failed(there("failed-by-hand").with(|it| drop(it.tags.remove(COPY_OF)))),
        there("of-a-copy")
            .with(|it| it.source = Some(snapshot_arn(&region("eu-west-1"), Family::Instance, &it.name))),
    ];
    let n21 = night(&weather(), 21);
    let all = [vec![copy_of(&n21, &west())], strangers.clone()].concat();
    check(
        &ordered(&copied, "expire"),
        &in_both(vec![n21.clone()], all),
        expect![[r#"
        hold nothing-to-expire
          2 snapshots are kept
    "#]],
    );
    // They are no copies of ours either.
    let in_their_place = strangers[3]
        .clone()
        .with(|it| it.tags.insert(COPY_OF.to_owned(), n21.arn.clone()).map(drop).unwrap_or_default());
    check(
        &ordered(&copied, "copy"),
        &in_both(vec![n21], vec![in_their_place]),
        expect![[r#"
        act copying
          copy-snapshot {"instance":"weather","snapshot":"weather-21","to":"us-west-2"}
          began 1 copy
    "#]],
    );
}

/// A database that was restored from one of ours has inherited its tags, and its snapshots have them from it.
#[test]
fn an_inherited_label_does_not_change_what_is_kept() {
    let inherited =
        |day| night(&weather(), day).with(|it| drop(it.tags.insert(LABEL.to_owned(), "release".to_owned())));
    let weekly = rule("instance: weather, retention: {weekly: 2}");
    let all = [9, 15, 16, 20, 21].map(inherited).to_vec();
    check(
        &ordered(&weekly, "expire"),
        &at_home(all),
        expect![[r#"
        act expired
          delete-snapshot {"instance":"weather","snapshot":"weather-09","region":"us-east-1","because":"expired"}
          delete-snapshot {"instance":"weather","snapshot":"weather-16","region":"us-east-1","because":"expired"}
          delete-snapshot {"instance":"weather","snapshot":"weather-20","region":"us-east-1","because":"expired"}
          deleted 3 snapshots
    "#]],
    );
}

/// Nor does anything else that it inherits: where a snapshot comes from, and that it is of a drill.
#[test]
fn what_else_is_inherited_makes_no_snapshot_a_strangers() {
    let tags = [
        (COPY_OF, "arn:aws:rds:us-east-1:123456789012:snapshot:weather-x"),
        (TAKEN_AT, "2025-01-01T00:00:00Z"),
        (AUTOMATED, "rds:weather-2025-01-01-00-00"),
        (DRILL, "2025-01-01T08:00:00Z"),
    ];
    let inherited = |day| {
        night(&weather(), day).with(|it| {
            it.tags.extend(tags.map(|(key, value)| (key.to_owned(), value.to_owned())));
        })
    };
    plainly(
        [17, 18, 19, 20, 21].map(inherited).to_vec(),
        expect![[r#"
        act expired
          delete-snapshot {"instance":"weather","snapshot":"weather-17","region":"us-east-1","because":"expired"}
          delete-snapshot {"instance":"weather","snapshot":"weather-18","region":"us-east-1","because":"expired"}
          deleted 2 snapshots
    "#]],
    );
}

/// Whoever copies it: the copy would come to nothing.
#[test]
fn what_a_stranger_is_copying_stays() {
    let [n1, n2, n21] = [1, 2, 21].map(|day| night(&weather(), day));
    let theirs = coming("copying", foreign(&weather(), "by-hand", "01T01:30"));
    let theirs = theirs.with(|it| it.source = Some(n1.arn.clone()));
    let there = vec![theirs, copy_of(&n2, &west()), copy_of(&n21, &west())];
    let copied = copied();
    check(
        &ordered(&copied, "expire"),
        &in_both(vec![n1, n2, n21], there),
        expect![[r#"
        act expired
          delete-snapshot {"instance":"weather","snapshot":"weather-02","region":"us-west-2","because":"expired"}
          delete-snapshot {"instance":"weather","snapshot":"weather-02","region":"us-east-1","because":"expired"}
          deleted 2 snapshots
    "#]],
    );
}

/// The runbook's copy by hand, without tags: RDS names no source of a copy within a Region, and deleting the source ends
/// the copy.
#[test]
fn nothing_of_a_database_expires_while_a_stranger_makes_a_snapshot_of_it() {
    let [n1, n21] = [1, 21].map(|day| night(&weather(), day));
    let copied = copied();
    for status in ["creating", "copying", "pending"] {
        let theirs = coming(status, foreign(&weather(), "keep-for-the-audit", "01T01:30"));
        let there = [copy_of(&n1, &west()), copy_of(&n21, &west())].to_vec();
        let seen = in_both(vec![n1.clone(), n21.clone(), theirs], there);
        let line = super::decided(&ordered(&copied, "expire"), &seen);
        let expected = format!(
            "hold nothing-to-expire\n  4 snapshots are kept; nothing of instance `weather` expires while somebody \
             else's `keep-for-the-audit` in us-east-1 is `{status}`: it may be a copy\n"
        );
        assert_eq!(line, expected);
    }
    // In any Region that is looked at; and what has failed can be nobody's source.
    let theirs = coming("creating", foreign(&weather(), "keep-for-the-audit", "01T01:30"));
    let failed = failed(night(&weather(), 2));
    check(
        &ordered(&copied, "expire"),
        &in_both(vec![n1.clone(), n21.clone(), failed], vec![theirs]),
        expect![[r#"
            act expired
              delete-snapshot {"instance":"weather","snapshot":"weather-02","region":"us-east-1","because":"failed"}
              deleted 1 snapshot; nothing of instance `weather` expires while somebody else's `keep-for-the-audit` in us-west-2 is `creating`: it may be a copy; snapshot `weather-02` of instance `weather` in us-east-1 has failed; RDS does not say why
        "#]],
    );
    // Of another database, or ready, it keeps nothing.
    let of_other = coming("creating", foreign(&instance_id("other"), "theirs", "01T01:30"));
    let ready = foreign(&weather(), "keep-for-the-audit", "01T01:30");
    check(
        &ordered(&copied, "expire"),
        &in_both(vec![n1, n21.clone(), of_other, ready], vec![copy_of(&n21, &west())]),
        expect![[r#"
            act expired
              delete-snapshot {"instance":"weather","snapshot":"weather-01","region":"us-east-1","because":"expired"}
              deleted 1 snapshot
        "#]],
    );
}

/// It is restored from what a drill left, and named as people name databases.
#[test]
fn a_database_that_has_inherited_the_tags_of_a_drill_is_backed_up() {
    let tagged = tagged();
    let restored =
        with_tag("backup", "nightly", with_tag(DRILL, "2026-11-01T00:00:00Z", instance("weather")));
    check(
        &ordered(&tagged, "take"),
        &world(vec![restored], [(home(), vec![])]),
        expect![[r#"
        act taken
          create-snapshot {"instance":"weather","snapshot":"weather-09a1559d2512ba27"}
          took 1 snapshot
    "#]],
    );
}
