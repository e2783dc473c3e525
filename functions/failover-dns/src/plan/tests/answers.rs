//! Records that answer one thing or another.

use expect_test::expect;
use shared::kinds::dns::{RecordType, Side};

use super::{AUTOMATIC, Table, check, recovered};
use crate::examples::*;
use crate::fake::{aliased, failover, simple, weighted};
use crate::world::{Before, Found, Memory, Place, Recall, RecordSet};

#[test]
fn a_record_answers_something_else() {
    let mut table = Table::default();
    let rule = targets("");
    table.row(&alarmed(&rule), &world(answering(&rule, &["192.0.2.1"])));
    table.row(&alarmed(&rule), &world(answering(&rule, &["192.0.2.2"])));
    // Somebody has changed the primary's address since the playbook was written.
    table.row(&alarmed(&rule), &world(answering(&rule, &["192.0.2.77"])));
    table.is(expect![[r#"
        act failed-over
          save-before {"records":1}
          change-records {"records":[{"name":"www.example.com.","type":"A","answer":{"from":["192.0.2.1"],"to":["192.0.2.2"]}}]}
          note-move {"to":"secondary","at":"2026-11-21T09:00:00.000Z"}
          traffic goes to the secondary now, which is healthy: 14 of 16 checkers say so
        hold already-there
          traffic goes to the secondary already
        act failed-over
          save-before {"records":1}
          change-records {"records":[{"name":"www.example.com.","type":"A","answer":{"from":["192.0.2.77"],"to":["192.0.2.2"]}}]}
          note-move {"to":"secondary","at":"2026-11-21T09:00:00.000Z"}
          traffic goes to the secondary now, which is healthy: 14 of 16 checkers say so
    "#]]);
}

#[test]
fn a_cname_answers_another_name_and_keeps_its_ttl() {
    let records = "[{name: docs.example.com, type: CNAME, primary: {values: [one.example.net]}, secondary: {values: [two.example.net]}}]";
    let rule = rule(records, "record-targets", "", "", "");
    let set = |value| simple("docs.example.com", RecordType::Cname, &[value]);
    let mut table = Table::default();
    table.row(&alarmed(&rule), &world(Place::Records(found(&rule, vec![vec![set("One.example.net.")]]))));
    table.row(
        &by_hand(&rule, "fail-back"),
        &world(Place::Records(found(&rule, vec![vec![set("two.example.net")]]))),
    );
    table.is(expect![[r#"
        act failed-over
          save-before {"records":1}
          change-records {"records":[{"name":"docs.example.com.","type":"CNAME","answer":{"from":["One.example.net."],"to":["two.example.net"]}}]}
          note-move {"to":"secondary","at":"2026-11-21T09:00:00.000Z"}
          traffic goes to the secondary now, which is healthy: 14 of 16 checkers say so
        act failed-back
          change-records {"records":[{"name":"docs.example.com.","type":"CNAME","answer":{"from":["two.example.net"],"to":["one.example.net"]}}]}
          note-move {"to":"primary","at":"2026-11-21T09:00:00.000Z"}
          traffic goes to the primary now, which is healthy: 14 of 16 checkers say so, for 15m and longer
    "#]]);
}

/// Roles are never swapped in place, which Route 53 rejects: the primary set gets the other answer.
#[test]
fn a_failover_pair_keeps_its_roles() {
    let records = "[{name: www.example.com, type: A, set-identifier: blue, primary: {alias: {zone: Z35SXDOTRQ7X7K, name: one.elb.example.com, evaluate-target-health: true}}, secondary: {values: [192.0.2.2], ttl: 30s}}]";
    let rule = rule(records, "record-targets", "", "", "");
    let set = |identifier, role| failover(simple("www.example.com", RecordType::A, &[]), identifier, role);
    let primary = aliased(set("blue", "PRIMARY"), "Z35SXDOTRQ7X7K", "one.elb.example.com");
    let secondary = aliased(set("green", "SECONDARY"), "Z35SXDOTRQ7X7K", "two.elb.example.com");
    let place = Place::Records(found(&rule, vec![vec![primary, secondary]]));
    check(
        &alarmed(&rule),
        &world(place),
        expect![[r#"
            act failed-over
              save-before {"records":1}
              change-records {"records":[{"name":"www.example.com.","type":"A","set_identifier":"blue","answer":{"from":{"alias":"one.elb.example.com."},"to":["192.0.2.2"]},"ttl":{"from":null,"to":30}}]}
              note-move {"to":"secondary","at":"2026-11-21T09:00:00.000Z"}
              traffic goes to the secondary now, which is healthy: 14 of 16 checkers say so
        "#]],
    );
}

#[test]
fn one_set_of_several_must_be_named() {
    let rule = targets("");
    let set = |identifier| weighted(simple("www.example.com", RecordType::A, &["192.0.2.1"]), identifier, 1);
    let place = Place::Records(found(&rule, vec![vec![set("a"), set("b")]]));
    check(
        &alarmed(&rule),
        &world(place),
        expect![[r#"
        refuse record-unfit
          A www.example.com cannot be changed: it has 2 sets; name one by `set-identifier`
          next: compare `records` of the target with the zone, in the playbook or in Route 53
    "#]],
    );
}

/// Only the policy may change what it has made.
#[test]
fn records_of_a_traffic_policy_are_refused_by_every_strategy_that_changes_records() {
    let of_policy = |sets: Vec<RecordSet>| -> Vec<RecordSet> {
        let traffic_policy = Some("a1b2c3d4".to_owned());
        sets.into_iter().map(|set| RecordSet { traffic_policy: traffic_policy.clone(), ..set }).collect()
    };
    let spoiled = |place| match place {
        Place::Records(found) => {
            let spoil = |one: Found| Found { sets: of_policy(one.sets), ..one };
            Place::Records(found.into_iter().map(spoil).collect())
        }
        Place::Domain { distributions, records } => {
            let spoil = |one: Found| Found { sets: of_policy(one.sets), ..one };
            Place::Domain { distributions, records: records.into_iter().map(spoil).collect() }
        }
        other => panic!("{other:?}"),
    };
    let (weights, targets, domains) = (weights(""), targets(""), domains(""));
    for (rule, place) in [
        (&weights, weighted_place(&weights, 100, 0)),
        (&targets, answering(&targets, &["192.0.2.1"])),
        (&domains, domain(&domains, Side::Primary, Side::Primary, true)),
    ] {
        check(
            &alarmed(rule),
            &world(spoiled(place.clone())),
            expect![[r#"
            refuse record-unfit
              A www.example.com cannot be changed: a traffic policy made it, and only that can change it
              next: compare `records` of the target with the zone, in the playbook or in Route 53
        "#]],
        );
    }
}

#[test]
fn what_somebody_has_moved_elsewhere_is_moved_back_by_people_only() {
    let mut table = Table::default();
    let rule = targets(AUTOMATIC);
    let mut world = world(answering(&rule, &["192.0.2.99"]));
    let before = Some(Before::Records(vec![simple("www.example.com", RecordType::A, &["192.0.2.7"])]));
    let memory = Memory { before, ..remembered(vec![moved(Side::Secondary, 60, false)]) };
    world.recall = Recall::Known(memory);
    table.row(&recovered(&rule), &world);
    table.row(&by_hand(&rule, "fail-back"), &world);
    table.is(expect![[r#"
        refuse moved-by-hand
          nothing noted tells who has moved traffic, so only a person fails it back
          next: an operator sends `fail-back` when the primary is ready
        act failed-back
          change-records {"records":[{"name":"www.example.com.","type":"A","answer":{"from":["192.0.2.99"],"to":["192.0.2.7"]}}]}
          note-move {"to":"primary","at":"2026-11-21T09:00:00.000Z"}
          traffic goes to the primary now, which is healthy: 14 of 16 checkers say so, for 15m and longer
    "#]]);
}
