//! Records that a health check leads: what keeps them from following it is found out in the drill.

use expect_test::expect;
use shared::fault::FaultClass;
use shared::kinds::dns::{Dns, RecordType, Sides};

use super::{Table, decided};
use crate::examples::*;
use crate::fake::{aliased, failover, simple};
use crate::world::{Alias, Object, Place, RecordSet, World};

const DRILLED: &str = ", may-drill: true";
const OTHER: &str = "88888888-2222-3333-4444-555555555555";
/// How a target of a strategy is made, and where its traffic goes.
type Means = (fn(&str) -> Dns, fn() -> Place);
/// The three strategies that change no record, while traffic goes to the primary.
const MEANS: [Means; 3] = [
    (health_check, || checked(false, false)),
    (standby_object, || found_object(Object::Absent)),
    (routing_control, || Place::Controls(Some(Sides { primary: true, secondary: false }))),
];

fn led(place: Place, sets: Vec<RecordSet>) -> World {
    World { records: Some(Ok(sets)), ..world(place) }
}

/// An alias in the zone of the target.
fn alias(set: RecordSet, name: &str, evaluate: bool) -> RecordSet {
    let set = aliased(set, "Z1EXAMPLE", name);
    let alias = set.alias.clone().map(|alias| Alias { evaluate_target_health: evaluate, ..alias });
    RecordSet { alias, ..set }
}

fn with_check(set: RecordSet, check: &str) -> RecordSet {
    RecordSet { health_check: Some(check.to_owned()), ..set }
}

fn of(name: &str) -> RecordSet {
    simple(name, RecordType::A, &["192.0.2.9"])
}

#[test]
fn a_drill_finds_records_that_would_stay_where_they_are() {
    let mut table = Table::default();
    for (make, place) in MEANS {
        let rule = make(DRILLED);
        let mut row = |sets| table.row(&by_hand(&rule, "drill"), &led(place(), sets));
        row(roles(Some(FORCED), None));
        // The name is misspelt; the primary's set has no check; the record has no second answer.
        row(Vec::new());
        row(roles(None, None));
        row(vec![with_check(of("www.example.com"), FORCED)]);
    }
    table.is(expect![[r#"
        hold drill-passed
          a fail-over would work now, and the secondary is healthy: 14 of 16 checkers say so
        refuse record-missing
          a fail-over would not work now: the record of A www.example.com is not in the zone
          next: compare `records` of the target with the zone, in the playbook or in Route 53
        refuse record-unfit
          a fail-over would not work now: A www.example.com would stay where it is: its set with the role `PRIMARY` does not depend on the health check 99999999-2222-3333-4444-555555555555
          next: compare `records` of the target with the zone, in the playbook or in Route 53
        refuse record-unfit
          a fail-over would not work now: A www.example.com would stay where it is: it has one set, and nothing else could answer
          next: compare `records` of the target with the zone, in the playbook or in Route 53
        hold drill-passed
          a fail-over would work now, and the secondary is healthy: 14 of 16 checkers say so
        refuse record-missing
          a fail-over would not work now: the record of A www.example.com is not in the zone
          next: compare `records` of the target with the zone, in the playbook or in Route 53
        refuse record-unfit
          a fail-over would not work now: A www.example.com would stay where it is: its set with the role `PRIMARY` does not depend on a health check
          next: compare `records` of the target with the zone, in the playbook or in Route 53
        refuse record-unfit
          a fail-over would not work now: A www.example.com would stay where it is: it has one set, and nothing else could answer
          next: compare `records` of the target with the zone, in the playbook or in Route 53
        hold drill-passed
          a fail-over would work now, and the secondary is healthy: 14 of 16 checkers say so
        refuse record-missing
          a fail-over would not work now: the record of A www.example.com is not in the zone
          next: compare `records` of the target with the zone, in the playbook or in Route 53
        refuse record-unfit
          a fail-over would not work now: A www.example.com would stay where it is: its set with the role `PRIMARY` does not depend on a health check
          next: compare `records` of the target with the zone, in the playbook or in Route 53
        refuse record-unfit
          a fail-over would not work now: A www.example.com would stay where it is: it has one set, and nothing else could answer
          next: compare `records` of the target with the zone, in the playbook or in Route 53
    "#]]);
}

#[test]
fn a_check_that_is_forced_is_known_by_its_id() {
    let mut table = Table::default();
    let (forced, object) = (health_check(DRILLED), standby_object(DRILLED));
    for sets in [
        roles(Some(OTHER), None),
        roles(Some(FORCED), Some(FORCED)),
        roles(Some(FORCED), Some(OTHER)),
        roles(Some(FORCED), None).into_iter().take(1).collect(),
        roles(Some(FORCED), None).into_iter().skip(1).collect(),
    ] {
        table.row(&by_hand(&forced, "drill"), &led(checked(false, false), sets.clone()));
        table.verdict(&by_hand(&object, "drill"), &led(found_object(Object::Absent), sets));
    }
    table.is(expect![[r#"
        refuse record-unfit
          a fail-over would not work now: A www.example.com would stay where it is: its set with the role `PRIMARY` does not depend on the health check 99999999-2222-3333-4444-555555555555
          next: compare `records` of the target with the zone, in the playbook or in Route 53
        hold drill-passed
        refuse record-unfit
          a fail-over would not work now: A www.example.com would stay where it is: its set with the role `SECONDARY` depends on the health check 99999999-2222-3333-4444-555555555555 too
          next: compare `records` of the target with the zone, in the playbook or in Route 53
        hold drill-passed
        hold drill-passed
          a fail-over would work now, and the secondary is healthy: 14 of 16 checkers say so
        hold drill-passed
        refuse record-missing
          a fail-over would not work now: its set with the role `SECONDARY` of A www.example.com is not in the zone
          next: compare `records` of the target with the zone, in the playbook or in Route 53
        refuse record-missing
        refuse record-missing
          a fail-over would not work now: its set with the role `PRIMARY` of A www.example.com is not in the zone
          next: compare `records` of the target with the zone, in the playbook or in Route 53
        refuse record-missing
    "#]]);
}

/// Weighted, latency and other sets: one with the check is left for one without.
#[test]
fn sets_without_roles_are_led_too() {
    let mut table = Table::default();
    let forced = health_check(DRILLED);
    let sets = |first: Option<&str>, second: Option<&str>| {
        let [blue, green] = pair(RecordType::A, 100, 0).try_into().unwrap();
        let of = |set, check: Option<&str>| RecordSet { health_check: check.map(str::to_owned), ..set };
        vec![of(blue, first), of(green, second)]
    };
    for (first, second) in
        [(Some(FORCED), Some(OTHER)), (Some(FORCED), None), (Some(OTHER), None), (Some(FORCED), Some(FORCED))]
    {
        table.row(&by_hand(&forced, "drill"), &led(checked(false, false), sets(first, second)));
    }
    table.is(expect![[r#"
        hold drill-passed
          a fail-over would work now, and the secondary is healthy: 14 of 16 checkers say so
        hold drill-passed
          a fail-over would work now, and the secondary is healthy: 14 of 16 checkers say so
        refuse record-unfit
          a fail-over would not work now: A www.example.com would stay where it is: none of its sets depends on the health check 99999999-2222-3333-4444-555555555555
          next: compare `records` of the target with the zone, in the playbook or in Route 53
        refuse record-unfit
          a fail-over would not work now: A www.example.com would stay where it is: it has no set that does not depend on the health check 99999999-2222-3333-4444-555555555555
          next: compare `records` of the target with the zone, in the playbook or in Route 53
    "#]]);
}

#[test]
fn aliases_of_the_same_zone_are_followed() {
    let mut table = Table::default();
    let forced = health_check(DRILLED);
    let mut row = |sets| table.row(&by_hand(&forced, "drill"), &led(checked(false, false), sets));
    let moved = |set: RecordSet, name: &str| RecordSet { name: format!("{name}."), ..set };
    let below = |check| roles(check, None).into_iter().map(move |set| moved(set, "pair.example.com"));
    // The record is an alias of the pair: whether it cares for its health is all the same.
    let www = || of("www.example.com");
    row([alias(www(), "pair.example.com", false)].into_iter().chain(below(Some(FORCED))).collect());
    row([alias(www(), "pair.example.com", false)].into_iter().chain(below(None)).collect());
    row(vec![alias(www(), "pair.example.com", true)]);
    // The primary's set takes over the health of a name, whose sets have the check; or does not.
    let tree = |evaluate, below: Vec<RecordSet>| {
        let primary = failover(alias(www(), "one.example.com", evaluate), "first", "PRIMARY");
        [vec![primary, failover(www(), "second", "SECONDARY")], below].concat()
    };
    row(tree(true, vec![with_check(of("one.example.com"), FORCED)]));
    row(tree(false, vec![with_check(of("one.example.com"), FORCED)]));
    row(tree(true, vec![of("one.example.com")]));
    // A circle, which Route 53 does not allow.
    row(vec![alias(www(), "www.example.com", true)]);
    // The health of what is elsewhere is not what is forced.
    let elsewhere = |set: RecordSet| {
        let alias = set.alias.clone().map(|alias| Alias { zone: "Z35SXDOTRQ7X7K".to_owned(), ..alias });
        RecordSet { alias, ..set }
    };
    row(tree(true, vec![with_check(of("one.example.com"), FORCED)]).into_iter().map(elsewhere).collect());
    table.is(expect![[r#"
        hold drill-passed
          a fail-over would work now, and the secondary is healthy: 14 of 16 checkers say so
        refuse record-unfit
          a fail-over would not work now: A www.example.com would stay where it is: its set with the role `PRIMARY` does not depend on the health check 99999999-2222-3333-4444-555555555555
          next: compare `records` of the target with the zone, in the playbook or in Route 53
        refuse record-unfit
          a fail-over would not work now: A www.example.com would stay where it is: it is an alias of pair.example.com, which is not in the zone
          next: compare `records` of the target with the zone, in the playbook or in Route 53
        hold drill-passed
          a fail-over would work now, and the secondary is healthy: 14 of 16 checkers say so
        refuse record-unfit
          a fail-over would not work now: A www.example.com would stay where it is: its set with the role `PRIMARY` does not depend on the health check 99999999-2222-3333-4444-555555555555
          next: compare `records` of the target with the zone, in the playbook or in Route 53
        refuse record-unfit
          a fail-over would not work now: A www.example.com would stay where it is: its set with the role `PRIMARY` does not depend on the health check 99999999-2222-3333-4444-555555555555
          next: compare `records` of the target with the zone, in the playbook or in Route 53
        refuse record-unfit
          a fail-over would not work now: A www.example.com would stay where it is: none of its sets depends on the health check 99999999-2222-3333-4444-555555555555
          next: compare `records` of the target with the zone, in the playbook or in Route 53
        refuse record-unfit
          a fail-over would not work now: A www.example.com would stay where it is: its set with the role `PRIMARY` does not depend on the health check 99999999-2222-3333-4444-555555555555
          next: compare `records` of the target with the zone, in the playbook or in Route 53
    "#]]);
}

/// Nobody has seen the records: that is no proof that they follow, nor that they do not.
#[test]
fn a_drill_that_did_not_see_the_records_has_not_passed() {
    let mut table = Table::default();
    for (make, place) in MEANS {
        let rule = make(DRILLED);
        let unseen = |class| World { records: Some(Err(fault(class))), ..world(place()) };
        table.row(&by_hand(&rule, "drill"), &unseen(FaultClass::Throttled));
        table.verdict(&by_hand(&rule, "drill"), &unseen(FaultClass::Denied));
        // What is known to be in the way is said first: that does not pass by itself.
        let mut down = unseen(FaultClass::Throttled);
        down.health.secondary = Some(Ok(unhealthy()));
        table.verdict(&by_hand(&rule, "drill"), &down);
    }
    table.is(expect![[r#"
        wait throttled
          whether a fail-over would work now is not known: whether the records would follow could not be seen: failed to list the records of www.example.com: no answer
        refuse access-denied
        refuse standby-unproven
        wait throttled
          whether a fail-over would work now is not known: whether the records would follow could not be seen: failed to list the records of www.example.com: no answer
        refuse access-denied
        refuse standby-unproven
        wait throttled
          whether a fail-over would work now is not known: whether the records would follow could not be seen: failed to list the records of www.example.com: no answer
        refuse access-denied
        refuse standby-unproven
    "#]]);
}

/// They are no business of a move: it waits for no control plane.
#[test]
fn a_fail_over_does_not_depend_on_what_was_seen_of_them() {
    for (make, place) in MEANS {
        let rule = make("");
        let unfit = led(place(), Vec::new());
        assert_eq!(
            decided(&alarmed(&rule), &unfit),
            decided(&alarmed(&rule), &World { records: None, ..unfit.clone() })
        );
    }
    let rule = health_check(DRILLED);
    let there = led(checked(true, true), roles(Some(FORCED), None));
    assert!(decided(&by_hand(&rule, "drill"), &there).starts_with("hold already-there"));
}
