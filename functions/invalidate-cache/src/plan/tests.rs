//! Orders and worlds to plans: every reason once, both sides of every boundary.

use std::collections::{BTreeMap, BTreeSet};

use expect_test::{Expect, expect};
use proptest::prelude::*;
use shared::command::{Mode, Origin, Source};
use shared::ids::TargetName;

use super::*;
use crate::paths::{EVERYTHING, Room};

/// An order of one operator for nothing yet.
fn order() -> Order {
    Order {
        target: TargetName::parse("weather-site").unwrap(),
        mode: Mode::Apply,
        ids: ids(&["id-1"]),
        records: 1,
        redelivered: 0,
        origin: Origin {
            source: Source::Operator,
            correlation: "id-1".into(),
            alarm: None,
            at: None,
            route: None,
            approval: None,
        },
        reason: None,
        everything: false,
        asked: BTreeSet::new(),
        changed: BTreeMap::new(),
        tags: BTreeSet::new(),
    }
}

fn ids(ids: &[&str]) -> BTreeSet<CommandId> {
    ids.iter().map(|id| CommandId::parse(id).unwrap()).collect()
}

fn asked(paths: &[&str]) -> Order {
    Order { asked: paths.iter().map(|path| (*path).to_owned()).collect(), ..order() }
}

fn changed(paths: impl IntoIterator<Item = String>) -> Order {
    Order { changed: BTreeMap::from([("/".to_owned(), paths.into_iter().collect())]), ..order() }
}

fn distribution(keys: &str) -> Distribution {
    serde_json::from_str(&format!(r#"{{"distribution": "E1EXAMPLE"{keys}}}"#)).unwrap()
}

fn in_progress(invalidations: &[&[&str]]) -> World {
    let invalidation = |items: &&[&str]| Invalidation {
        id: "IOTHER".into(),
        status: "InProgress".into(),
        created_at: None,
        caller_reference: "somebody-else".into(),
        items: items.iter().map(|item| (*item).to_owned()).collect(),
    };
    World {
        in_progress: InProgress::Read(invalidations.iter().map(invalidation).collect()),
        largest_batch: None,
    }
}

/// A plan as a line: the decision, its code, and the items of its request.
fn line(plan: &Plan<Step, Why>) -> String {
    let code = plan.why().code();
    match plan {
        Plan::Act { steps, .. } => {
            let items: Vec<String> = steps
                .iter()
                .flat_map(|Step::CreateInvalidation { request, .. }| request.items.clone())
                .collect();
            format!("act {code}: {}", items.join(" "))
        }
        Plan::Hold { .. } => format!("hold {code}"),
        Plan::Refuse { .. } => format!("refuse {code}"),
        Plan::Wait { why } => format!("wait {code}: {why}"),
    }
}

#[track_caller]
fn check(order: &Order, keys: &str, world: &World, expected: Expect) {
    expected.assert_eq(&line(&plan(order, &distribution(keys), world)));
}

#[test]
fn what_is_asked_is_invalidated_with_its_twins_and_nothing_twice() {
    check(
        &asked(&["/index.html", "/assets/*", "/assets/a.css"]),
        "",
        &World::UNREAD,
        expect!["act invalidated: / /assets/* /index.html"],
    );
    check(&asked(&["/docs"]), "", &World::UNREAD, expect!["act invalidated: /docs /docs/"]);
    check(
        &asked(&["/docs/"]),
        r#", "index-document": "index.html""#,
        &World::UNREAD,
        expect!["act invalidated: /docs /docs/ /docs/index.html"],
    );
    let tagged = Order { tags: BTreeSet::from(["Product-7".to_owned()]), ..asked(&["/a.css"]) };
    check(&tagged, "", &World::UNREAD, expect!["act invalidated: #product-7 /a.css"]);
    check(
        &Order { everything: true, ..asked(&["/a.css"]) },
        "",
        &World::UNREAD,
        expect!["act invalidated: /*"],
    );
}

#[test]
fn changed_objects_collapse_over_the_playbooks_limit_and_not_at_it() {
    let styles = |count: usize| changed((0..count).map(|n| format!("/css/{n}.css")));
    check(
        &styles(3),
        r#", "collapse-over": 3"#,
        &World::UNREAD,
        expect!["act invalidated: /css/0.css /css/1.css /css/2.css"],
    );
    check(&styles(4), r#", "collapse-over": 3"#, &World::UNREAD, expect!["act invalidated: /css/*"]);
    check(
        &styles(4),
        "",
        &World::UNREAD,
        expect!["act invalidated: /css/0.css /css/1.css /css/2.css /css/3.css"],
    );
    // What a person asks for by name is not second-guessed.
    let by_name = asked(&["/css/0.css", "/css/1.css", "/css/2.css", "/css/3.css"]);
    check(
        &by_name,
        r#", "collapse-over": 3"#,
        &World::UNREAD,
        expect!["act invalidated: /css/0.css /css/1.css /css/2.css /css/3.css"],
    );
}

#[test]
fn the_room_that_is_left_decides_how_wide_an_invalidation_is() {
    let full_of_files: Vec<String> = (0..2_999).map(|n| format!("/x/{n}.png")).collect();
    let full_of_files: Vec<&str> = full_of_files.iter().map(String::as_str).collect();
    let wildcards: Vec<String> = (0..15).map(|n| format!("/w{n}/*")).collect();
    let wildcards: Vec<&str> = wildcards.iter().map(String::as_str).collect();

    check(&asked(&["/a/1.css"]), "", &in_progress(&[&full_of_files]), expect!["act invalidated: /a/1.css"]);
    check(
        &asked(&["/a/1.css", "/a/2.css"]),
        "",
        &in_progress(&[&full_of_files]),
        expect!["act invalidated-wider: /a/*"],
    );
    check(&asked(&["/a/*"]), "", &in_progress(&[&wildcards[..14]]), expect!["act invalidated: /a/*"]);
    check(
        &asked(&["/a/*"]),
        "",
        &in_progress(&[&wildcards]),
        expect![
            "wait invalidations-in-progress: no room for 1 billable path, not even as /*: 1 invalidations are in progress"
        ],
    );
    check(&asked(&["/a/1.css"]), "", &in_progress(&[&wildcards]), expect!["act invalidated: /a/1.css"]);
    check(
        &asked(&["/a/1.css", "/a/2.css"]),
        "",
        &in_progress(&[&full_of_files, &wildcards]),
        expect![
            "wait invalidations-in-progress: no room for 2 billable paths, not even as /*: 2 invalidations are in progress"
        ],
    );
    let too_many = World { in_progress: InProgress::TooMany, largest_batch: None };
    check(
        &asked(&["/a/1.css"]),
        "",
        &too_many,
        expect![
            "wait invalidations-in-progress: no room for 1 billable path, not even as /*: more than 20 invalidations are in progress"
        ],
    );
    let small_batches = World { in_progress: InProgress::Unread, largest_batch: Some(1) };
    check(&asked(&["/a/1.css", "/a/2.css"]), "", &small_batches, expect!["act invalidated-wider: /a/*"]);
}

#[test]
fn a_plan_after_its_own_effects_is_hold() {
    let wide = World { in_progress: InProgress::Unread, largest_batch: Some(1) };
    for before in [World::UNREAD, wide] {
        let order = asked(&["/a/1.css", "/a/2.css"]);
        let Plan::Act { steps, .. } = plan(&order, &distribution(""), &before) else { panic!("not an act") };
        let Step::CreateInvalidation { request, .. } = &steps[0];
        let after = World {
            in_progress: InProgress::Read(vec![Invalidation {
                id: "I1".into(),
                status: "InProgress".into(),
                created_at: None,
                caller_reference: request.caller_reference.clone(),
                items: request.items.iter().rev().cloned().collect(),
            }]),
            largest_batch: None,
        };
        check(&order, "", &after, expect!["hold already-invalidated"]);
        // The same paths asked for by another record are asked for again: something changed in between.
        check(
            &Order { ids: ids(&["id-2"]), ..order },
            "",
            &after,
            expect!["act invalidated: /a/1.css /a/2.css"],
        );
    }
}

#[test]
fn the_caller_reference_comes_from_cache_items_and_records_alone() {
    let reference = |order: &Order, keys: &str| match plan(order, &distribution(keys), &World::UNREAD) {
        Plan::Act { mut steps, .. } => {
            let Step::CreateInvalidation { request, .. } = steps.remove(0);
            request.caller_reference
        }
        other => panic!("{other:?}"),
    };
    let one = asked(&["/a", "/b"]);
    let same = Order { records: 2, redelivered: 1, reason: Some("again".into()), ..asked(&["/b", "/a"]) };
    assert_eq!(reference(&one, ""), reference(&same, ""));
    assert_ne!(reference(&one, ""), reference(&asked(&["/a"]), ""));
    assert_ne!(reference(&one, ""), reference(&Order { ids: ids(&["id-1", "id-2"]), ..one.clone() }, ""));
}

#[test]
fn reasons_are_sentences_for_people() {
    for (why, expected) in [
        (Why::Invalidated { items: 1, records: 1 }, "1 billable path"),
        (Why::Invalidated { items: 2, records: 90 }, "2 billable paths for 90 records"),
        (
            Why::InvalidatedWider { wanted: 9, items: 2 },
            "9 billable paths wanted, widened to 2 billable paths as CloudFront has no room for more",
        ),
        (
            Why::AlreadyInvalidated { id: "I1".into() },
            "the same records have asked for it before: invalidation I1",
        ),
        (
            Why::InvalidationsInProgress { wanted: 2, seen: Some(3) },
            "no room for 2 billable paths, not even as /*: 3 invalidations are in progress",
        ),
        (
            Why::InvalidationsInProgress { wanted: 2, seen: None },
            "no room for 2 billable paths, not even as /*: more than 20 invalidations are in progress",
        ),
    ] {
        assert_eq!(why.to_string(), expected);
    }
}

proptest! {
    #[test]
    fn whatever_is_asked_a_request_covers_it_and_keeps_to_the_room(
        paths in proptest::collection::btree_set("(/[ab]{1,2}){1,4}[/*]?", 1..40),
        objects in proptest::collection::btree_set("(/[ab]{1,2}){1,4}", 0..40),
        limit in 1_usize..9,
        taken_files in 0_usize..3_000,
        taken_wildcards in 0_usize..15,
    ) {
        let files: Vec<String> = (0..taken_files).map(|n| format!("/taken/{n}")).collect();
        let wildcards: Vec<String> = (0..taken_wildcards).map(|n| format!("/taken{n}/*")).collect();
        let taken: Vec<&str> = files.iter().chain(&wildcards).map(String::as_str).collect();
        let world = in_progress(&[&taken]);
        let order = Order { asked: paths.clone(), ..changed(objects.clone()) };
        let keys = format!(r#", "collapse-over": {limit}"#);
        let plan = plan(&order, &distribution(&keys), &world);
        prop_assert_eq!(&plan, &super::plan(&order, &distribution(&keys), &world), "the same input, the same plan");
        let Plan::Act { steps, .. } = plan else { return Err(TestCaseError::fail("there was room for /*")) };
        let Step::CreateInvalidation { request, .. } = &steps[0];
        let items = Items::new(request.items.iter().cloned(), []);
        prop_assert_eq!(items.len(), request.items.len(), "nothing twice, nothing covered");
        prop_assert!(world.room().takes(&items));
        prop_assert!(Room::EMPTY.takes(&items) && (items.covers(EVERYTHING) || request.items.is_sorted()));
        for path in paths.iter().chain(&objects) {
            prop_assert!(items.covers(path), "{} in {:?}", path, items);
        }
    }
}
