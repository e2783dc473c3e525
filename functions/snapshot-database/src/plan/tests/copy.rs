//! `copy`: what should be in another Region, and whether it can go there now.

use expect_test::expect;
use shared::plan::Plan;

use super::{check, decided};
use crate::examples::{
    With as _, at_home, cluster, cluster_id, coming, copied, copy_of, encrypted, failed, foreign, home,
    in_both, instance_id, labelled, night, ordered, ours, readable, rule, unseen, weather, west, world,
};
use crate::fake::region;
use crate::plan::{Step, plan};
use crate::world::{Copy, Family, World};

const KEY_HERE: &str = "arn:aws:kms:us-east-1:123456789012:key/here";
const KEY_THERE: &str = "arn:aws:kms:us-west-2:123456789012:key/there";

/// The copies of a plan.
fn copies(keys: &str, world: &World) -> Vec<Copy> {
    let rule = rule(keys);
    let Plan::Act { steps, .. } = plan(&ordered(&rule, "copy"), world) else { panic!() };
    let copy = |step| if let Step::Copy(copy) = step { copy } else { panic!("{step:?}") };
    steps.into_iter().map(copy).collect()
}

#[test]
fn what_the_other_region_would_keep_is_copied_the_newest_first() {
    let copied = copied();
    let copy = ordered(&copied, "copy");
    let (n19, n20, n21) = (night(&weather(), 19), night(&weather(), 20), night(&weather(), 21));
    check(
        &copy,
        &in_both(vec![n19.clone(), n20.clone(), n21.clone()], vec![]),
        expect![[r#"
        act copying
          copy-snapshot {"instance":"weather","snapshot":"weather-21","to":"us-west-2"}
          copy-snapshot {"instance":"weather","snapshot":"weather-20","to":"us-west-2"}
          began 2 copies
    "#]],
    );
    // What is there, or on its way, is not copied again; nor is what its retention would not keep.
    check(
        &copy,
        &in_both(vec![n19.clone(), n20.clone(), n21.clone()], vec![copy_of(&n21, &west())]),
        expect![[r#"
        act copying
          copy-snapshot {"instance":"weather","snapshot":"weather-20","to":"us-west-2"}
          began 1 copy
    "#]],
    );
    let on_its_way = coming("copying", copy_of(&n20, &west()));
    check(
        &copy,
        &in_both(vec![n19.clone(), n20, n21.clone()], vec![copy_of(&n21, &west()), on_its_way]),
        expect![[r#"
        hold nothing-to-copy
          every snapshot that should be elsewhere is there or on its way
    "#]],
    );
    // With one alone, that one is kept however old it is.
    check(
        &copy,
        &in_both(vec![n19.clone()], vec![]),
        expect![[r#"
        act copying
          copy-snapshot {"instance":"weather","snapshot":"weather-19","to":"us-west-2"}
          began 1 copy
    "#]],
    );
    check(
        &copy,
        &in_both(vec![coming("creating", n21), failed(n19)], vec![]),
        expect![[r#"
        hold nothing-to-copy
          every snapshot that should be elsewhere is there or on its way
    "#]],
    );
    check(
        &copy,
        &in_both(vec![foreign(&weather(), "by-hand", "21T01:30")], vec![]),
        expect![[r#"
        hold nothing-to-copy
          every snapshot that should be elsewhere is there or on its way
    "#]],
    );
}

#[test]
fn a_request_names_the_source_and_has_its_tags() {
    let source = labelled("release-42", night(&weather(), 21)).with(|source| {
        source.tags.insert("team".to_owned(), "ops".to_owned());
        source.tags.insert("aws:cloudformation:stack-name".to_owned(), "x".to_owned());
        source.tags.insert("lamplighter:copy-of".to_owned(), "arn:of-an-automated-one".to_owned());
    });
    let keys = "instance: weather, retention: {days: 3}, copies: [{region: us-west-2, retention: {days: 2}}]";
    let copies = copies(keys, &in_both(vec![source.clone()], vec![]));
    let [Copy { of, region, name, source_arn, kms_key, option_group, tags }] = copies.as_slice() else {
        panic!()
    };
    assert_eq!((of, region, name), (&weather(), &west(), &source.name));
    assert_eq!((source_arn, kms_key, option_group), (&source.arn, &None, &None));
    expect![[r#"
        lamplighter:command=weather-21
        lamplighter:copy-of=arn:aws:rds:us-east-1:123456789012:snapshot:weather-21
        lamplighter:home=us-east-1
        lamplighter:label=release-42
        lamplighter:selection=33c41cbf45d50729ec7554b3884e19f8
        lamplighter:taken-at=2026-11-21T01:30:00Z
        lamplighter:target=weather-db
        team=ops
    "#]]
    .assert_eq(&readable(&tags.iter().map(|(key, value)| format!("{key}={value}\n")).collect::<String>()));
}

#[test]
fn a_key_is_named_only_for_what_is_encrypted() {
    let plain = night(&weather(), 21);
    let secret = encrypted(KEY_HERE, night(&weather(), 20));
    let with_key = format!(
        "instance: weather, retention: {{days: 3}}, copies: [{{region: us-west-2, kms-key: '{KEY_THERE}', retention: {{days: 2}}}}]"
    );
    let requests = copies(&with_key, &in_both(vec![plain.clone(), secret.clone()], vec![]));
    let keys: Vec<_> = requests.iter().map(|copy| (&copy.name, copy.kms_key.as_deref())).collect();
    assert_eq!(keys, [(&plain.name, None), (&secret.name, Some(KEY_THERE))]);

    let without_key = copied();
    let copy = ordered(&without_key, "copy");
    check(
        &copy,
        &in_both(vec![plain, secret.clone()], vec![]),
        expect![[r#"
        act copying
          copy-snapshot {"instance":"weather","snapshot":"weather-21","to":"us-west-2"}
          began 1 copy; instance `weather` is encrypted, and its copies to us-west-2 need `kms-key` in the playbook: a key of that Region
    "#]],
    );
    check(
        &copy,
        &in_both(vec![secret.clone(), encrypted(KEY_HERE, night(&weather(), 21))], vec![]),
        expect![[r#"
        refuse kms-key-missing
          instance `weather` is encrypted, and its copies to us-west-2 need `kms-key` in the playbook: a key of that Region
    "#]],
    );
}

#[test]
fn an_option_group_is_named_only_where_the_source_has_one() {
    let keys = "instance: weather, retention: {days: 3}, \
                copies: [{region: us-west-2, option-group: tde-west, retention: {days: 2}}]";
    let with_group =
        night(&weather(), 20).with(|snapshot| snapshot.option_group = Some("tde-east".to_owned()));
    let requests = copies(keys, &in_both(vec![night(&weather(), 21), with_group], vec![]));
    let groups: Vec<_> = requests.iter().map(|copy| copy.option_group.as_deref()).collect();
    assert_eq!(groups, [None, Some("tde-west")]);
}

#[test]
fn a_failed_copy_is_deleted_first_and_begun_again_at_the_next_look() {
    let copied = copied();
    let copy = ordered(&copied, "copy");
    let (n20, n21) = (night(&weather(), 20), night(&weather(), 21));
    let failed_copy = failed(copy_of(&n20, &west()));
    check(
        &copy,
        &in_both(vec![n20.clone(), n21.clone()], vec![failed_copy.clone()]),
        expect![[r#"
            act copying
              delete-snapshot {"instance":"weather","snapshot":"weather-20","region":"us-west-2","because":"failed"}
              copy-snapshot {"instance":"weather","snapshot":"weather-21","to":"us-west-2"}
              began 1 copy, deleted 1 that had failed: the next look begins what is missing; snapshot `weather-20` of instance `weather` in us-west-2 has failed; RDS does not say why
        "#]],
    );
    check(
        &copy,
        &in_both(vec![n20.clone()], vec![failed_copy]),
        expect![[r#"
            act copying
              delete-snapshot {"instance":"weather","snapshot":"weather-20","region":"us-west-2","because":"failed"}
              deleted 1 that had failed: the next look begins what is missing; snapshot `weather-20` of instance `weather` in us-west-2 has failed; RDS does not say why
        "#]],
    );
    let going = copy_of(&n20, &west()).with(|copy| "deleting".clone_into(&mut copy.status));
    check(
        &copy,
        &in_both(vec![n20], vec![going]),
        expect![[r#"
        hold nothing-to-copy
          every snapshot that should be elsewhere is there or on its way
    "#]],
    );
}

#[test]
fn where_nothing_may_be_copied_it_is_refused_by_name() {
    for (to, expected) in [
        (
            "us-gov-west-1",
            expect![[r#"
                refuse govcloud-unsupported
                  copies to us-gov-west-1 are not supported: in GovCloud they need a presigned URL, and none go into China or out of it
            "#]],
        ),
        (
            "us-east-1",
            expect![[r#"
        refuse copy-to-home
          us-east-1 is the home Region: nothing is copied there
    "#]],
        ),
    ] {
        let rule = rule(&format!(
            "instance: weather, retention: {{days: 3}}, copies: [{{region: {to}, retention: {{days: 2}}}}]"
        ));
        check(&ordered(&rule, "copy"), &at_home(vec![night(&weather(), 21)]), expected);
    }
    // From GovCloud, nothing leaves.
    let copied = copied();
    let gov = region("us-gov-east-1");
    let there = in_both(vec![], vec![]).with(|world| {
        world.home = gov.clone();
        for family in Family::ALL {
            world.snapshots.insert((gov.clone(), family), Ok(vec![]));
        }
    });
    check(
        &ordered(&copied, "copy"),
        &there,
        expect![[r#"
            refuse govcloud-unsupported
              copies to us-west-2 are not supported: in GovCloud they need a presigned URL, and none go into China or out of it
        "#]],
    );
}

#[test]
fn a_region_that_cannot_be_seen_does_not_stop_another() {
    let rule = rule(
        "instance: weather, retention: {days: 3}, copies: [{region: us-west-2, retention: {days: 2}}, \
         {region: eu-west-1, retention: {days: 2}}]",
    );
    let copy = ordered(&rule, "copy");
    let ireland = region("eu-west-1");
    let n21 = night(&weather(), 21);
    let there = in_both(vec![n21.clone()], vec![])
        .with(|world| drop(world.snapshots.insert((ireland.clone(), Family::Instance), Ok(vec![]))));
    check(
        &copy,
        &there,
        expect![[r#"
        act copying
          copy-snapshot {"instance":"weather","snapshot":"weather-21","to":"us-west-2"}
          copy-snapshot {"instance":"weather","snapshot":"weather-21","to":"eu-west-1"}
          began 2 copies
    "#]],
    );
    check(
        &copy,
        &unseen(west(), Family::Instance, there.clone()),
        expect![[r#"
        act copying
          copy-snapshot {"instance":"weather","snapshot":"weather-21","to":"eu-west-1"}
          began 1 copy; us-west-2 could not be seen: failed to list: made to fail
    "#]],
    );
    let done = there.with(|world| {
        world.snapshots.insert((ireland.clone(), Family::Instance), Ok(vec![copy_of(&n21, &ireland)]));
    });
    check(
        &copy,
        &unseen(west(), Family::Instance, done),
        expect![[r#"
        wait throttled
          us-west-2 could not be seen: failed to list: made to fail
    "#]],
    );
}

/// A copy that expired there is not copied again, though its source is kept longer.
#[test]
fn what_expired_there_is_not_copied_again() {
    let rule = rule(
        "instance: weather, retention: {daily: 30}, copies: [{region: us-west-2, retention: {daily: 2}}]",
    );
    let copy = ordered(&rule, "copy");
    let all: Vec<_> = (10..=21).map(|day| night(&weather(), day)).collect();
    let there = [20, 21].map(|day| copy_of(&night(&weather(), day), &west())).to_vec();
    check(
        &copy,
        &in_both(all.clone(), there.clone()),
        expect![[r#"
        hold nothing-to-copy
          every snapshot that should be elsewhere is there or on its way
    "#]],
    );
    // Copies outlive their sources.
    check(
        &copy,
        &in_both(vec![night(&weather(), 12)], there),
        expect![[r#"
        hold nothing-to-copy
          every snapshot that should be elsewhere is there or on its way
    "#]],
    );
}

#[test]
fn clusters_are_copied_like_instances() {
    let rule =
        rule("cluster: platform, retention: {days: 3}, copies: [{region: us-west-2, retention: {days: 2}}]");
    let there = world(
        vec![cluster("platform")],
        [
            (
                home(),
                vec![
                    night(&cluster_id("platform"), 21),
                    ours(&instance_id("platform"), "of-an-instance", "21T01:30"),
                ],
            ),
            (west(), vec![]),
        ],
    );
    let line = decided(&ordered(&rule, "copy"), &there);
    expect![[r#"
        act copying
          copy-snapshot {"cluster":"platform","snapshot":"platform-21","to":"us-west-2"}
          began 1 copy
    "#]]
    .assert_eq(&line);
}
