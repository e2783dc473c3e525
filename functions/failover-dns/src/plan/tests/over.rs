//! Fail-overs: what each strategy changes, and what it finds in the way.

use expect_test::expect;
use serde_json::json;
use shared::command::Source;
use shared::fault::FaultClass;
use shared::kinds::dns::{RecordType, Side};

use super::check;
use crate::examples::*;
use crate::fake::{aliased, failover, simple, weighted};
use crate::world::{Before, Found, Memory, Place, Recall, RecordSet, World};

#[test]
fn weights_of_all_records_change_together() {
    let rule = weights("");
    check(
        &alarmed(&rule),
        &world(weighted_place(&rule, 100, 0)),
        expect![[r#"
            act failed-over
              save-before {"records":4}
              change-records {"records":[{"name":"www.example.com.","type":"A","set_identifier":"blue","weight":{"from":100,"to":0}},{"name":"www.example.com.","type":"A","set_identifier":"green","weight":{"from":0,"to":50}},{"name":"www.example.com.","type":"AAAA","set_identifier":"blue","weight":{"from":100,"to":0}},{"name":"www.example.com.","type":"AAAA","set_identifier":"green","weight":{"from":0,"to":50}}]}
              note-move {"to":"secondary","at":"2026-11-21T09:00:00.000Z"}
              traffic goes to the secondary now, which is healthy: 14 of 16 checkers say so
        "#]],
    );
}

#[test]
fn a_secondary_that_has_a_share_keeps_its_weight() {
    let rule = weights("");
    check(
        &alarmed(&rule),
        &world(weighted_place(&rule, 90, 10)),
        expect![[r#"
            act failed-over
              save-before {"records":4}
              change-records {"records":[{"name":"www.example.com.","type":"A","set_identifier":"blue","weight":{"from":90,"to":0}},{"name":"www.example.com.","type":"AAAA","set_identifier":"blue","weight":{"from":90,"to":0}}]}
              note-move {"to":"secondary","at":"2026-11-21T09:00:00.000Z"}
              traffic goes to the secondary now, which is healthy: 14 of 16 checkers say so
        "#]],
    );
}

#[test]
fn only_the_record_that_is_not_there_yet_changes() {
    let rule = weights("");
    let sets = vec![pair(RecordType::A, 0, 100), pair(RecordType::Aaaa, 100, 0)];
    check(
        &alarmed(&rule),
        &world(Place::Records(found(&rule, sets))),
        expect![[r#"
            act failed-over
              save-before {"records":4}
              change-records {"records":[{"name":"www.example.com.","type":"AAAA","set_identifier":"blue","weight":{"from":100,"to":0}},{"name":"www.example.com.","type":"AAAA","set_identifier":"green","weight":{"from":0,"to":50}}]}
              note-move {"to":"secondary","at":"2026-11-21T09:00:00.000Z"}
              traffic goes to the secondary now, which is healthy: 14 of 16 checkers say so
        "#]],
    );
}

/// All weights zero is no state of rest: Route 53 then answers all alike.
#[test]
fn two_weights_of_zero_lead_nowhere_and_the_secondary_gets_one() {
    let rule = weights("");
    check(
        &alarmed(&rule),
        &world(weighted_place(&rule, 0, 0)),
        expect![[r#"
            act failed-over
              save-before {"records":4}
              change-records {"records":[{"name":"www.example.com.","type":"A","set_identifier":"green","weight":{"from":0,"to":50}},{"name":"www.example.com.","type":"AAAA","set_identifier":"green","weight":{"from":0,"to":50}}]}
              note-move {"to":"secondary","at":"2026-11-21T09:00:00.000Z"}
              traffic goes to the secondary now, which is healthy: 14 of 16 checkers say so
        "#]],
    );
}

#[test]
fn what_is_there_already_is_left_alone() {
    let rule = weights("");
    let mut world = world(weighted_place(&rule, 0, 100));
    check(
        &alarmed(&rule),
        &world,
        expect![[r#"
        hold already-there
          traffic goes to the secondary already
    "#]],
    );
    world.recall = Recall::Known(remembered(vec![moved(Side::Secondary, 20, false)]));
    check(
        &alarmed(&rule),
        &world,
        expect![[r#"
        hold already-there
          traffic goes to the secondary already, since 2026-11-21T08:40:00Z
    "#]],
    );
}

/// Somebody has undone the last fail-over by hand: what was before that one is not what is before this one.
#[test]
fn what_is_saved_is_what_there_is_unless_it_leads_nowhere() {
    let rule = weights("");
    let before = Some(Before::Records(pair(RecordType::A, 255, 1)));
    let mut world = world(weighted_place(&rule, 1, 1));
    world.recall = Recall::Known(Memory { before: before.clone(), ..Memory::default() });
    let saved = |world: &World| match crate::plan::plan(&alarmed(&rule), world) {
        shared::plan::Plan::Act { steps, .. } => steps.into_iter().find_map(|step| match step {
            crate::plan::Step::Note { memory, .. } => memory.before,
            _ => None,
        }),
        other => panic!("{other}"),
    };
    let is = [pair(RecordType::A, 1, 1), pair(RecordType::Aaaa, 1, 1)].concat();
    assert_eq!(saved(&world), Some(Before::Records(is)));
    world.place = Ok(weighted_place(&rule, 0, 0));
    assert_eq!(saved(&world), before);
}

#[test]
fn a_record_that_is_missing_or_not_weighted_is_refused() {
    let rule = weights("");
    let place = |sets| Place::Records(found(&rule, sets));
    check(
        &alarmed(&rule),
        &world(place(vec![vec![], vec![]])),
        expect![[r#"
        refuse record-missing
          its set `blue` of A www.example.com is not in the zone
          next: compare `records` of the target with the zone, in the playbook or in Route 53
    "#]],
    );
    let plain = vec![simple("www.example.com", RecordType::A, &["192.0.2.1"])];
    check(
        &alarmed(&rule),
        &world(place(vec![plain, vec![]])),
        expect![[r#"
        refuse record-missing
          its set `blue` of A www.example.com is not in the zone
          next: compare `records` of the target with the zone, in the playbook or in Route 53
    "#]],
    );
    let role =
        |set: &str, role| failover(simple("www.example.com", RecordType::A, &["192.0.2.1"]), set, role);
    let roles = vec![role("blue", "PRIMARY"), role("green", "SECONDARY")];
    check(
        &alarmed(&rule),
        &world(place(vec![roles, vec![]])),
        expect![[r#"
        refuse record-unfit
          A www.example.com cannot be changed: its set `blue` has no weight
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
fn a_record_answers_something_else() {
    let rule = targets("");
    check(
        &alarmed(&rule),
        &world(answering(&rule, &["192.0.2.1"])),
        expect![[r#"
            act failed-over
              save-before {"records":1}
              change-records {"records":[{"name":"www.example.com.","type":"A","answer":{"from":["192.0.2.1"],"to":["192.0.2.2"]}}]}
              note-move {"to":"secondary","at":"2026-11-21T09:00:00.000Z"}
              traffic goes to the secondary now, which is healthy: 14 of 16 checkers say so
        "#]],
    );
    check(
        &alarmed(&rule),
        &world(answering(&rule, &["192.0.2.2"])),
        expect![[r#"
        hold already-there
          traffic goes to the secondary already
    "#]],
    );
    // Somebody has changed the primary's address since the playbook was written.
    check(
        &alarmed(&rule),
        &world(answering(&rule, &["192.0.2.77"])),
        expect![[r#"
            act failed-over
              save-before {"records":1}
              change-records {"records":[{"name":"www.example.com.","type":"A","answer":{"from":["192.0.2.77"],"to":["192.0.2.2"]}}]}
              note-move {"to":"secondary","at":"2026-11-21T09:00:00.000Z"}
              traffic goes to the secondary now, which is healthy: 14 of 16 checkers say so
        "#]],
    );
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

#[test]
fn a_health_check_is_forced() {
    let rule = health_check("");
    check(
        &alarmed(&rule),
        &world(checked(false, false)),
        expect![[r#"
            act failed-over
              save-before {"disabled":false,"inverted":false}
              force-health-check {"health_check":"99999999-2222-3333-4444-555555555555","disabled":true,"inverted":true}
              note-move {"to":"secondary","at":"2026-11-21T09:00:00.000Z"}
              traffic goes to the secondary now, which is healthy: 14 of 16 checkers say so
        "#]],
    );
    check(
        &alarmed(&rule),
        &world(checked(false, true)),
        expect![[r#"
            act failed-over
              save-before {"disabled":false,"inverted":true}
              force-health-check {"health_check":"99999999-2222-3333-4444-555555555555","disabled":true,"inverted":true}
              note-move {"to":"secondary","at":"2026-11-21T09:00:00.000Z"}
              traffic goes to the secondary now, which is healthy: 14 of 16 checkers say so
        "#]],
    );
    check(
        &alarmed(&rule),
        &world(checked(true, true)),
        expect![[r#"
        hold already-there
          traffic goes to the secondary already
    "#]],
    );
}

#[test]
fn an_object_is_put_without_asking_first() {
    let rule = standby_object("");
    check(
        &alarmed(&rule),
        &world(Place::Object(None)),
        expect![[r#"
            act failed-over
              put-object {"bucket":"standby-switch","key":"failed-over","region":"us-west-2"}
              note-move {"to":"secondary","at":"2026-11-21T09:00:00.000Z"}
              traffic goes to the secondary now, which is healthy: 14 of 16 checkers say so
        "#]],
    );
    check(
        &alarmed(&rule),
        &world(Place::Object(Some(true))),
        expect![[r#"
        hold already-there
          traffic goes to the secondary already
    "#]],
    );
}

#[test]
fn routing_controls_are_set_without_asking_first() {
    let rule = routing_control("");
    check(
        &alarmed(&rule),
        &world(Place::Controls(None)),
        expect![[r#"
            act failed-over
              set-routing-controls {"primary":"Off","secondary":"On"}
              note-move {"to":"secondary","at":"2026-11-21T09:00:00.000Z"}
              traffic goes to the secondary now, which is healthy: 14 of 16 checkers say so
        "#]],
    );
    let on = |primary, secondary| Place::Controls(Some(shared::kinds::dns::Sides { primary, secondary }));
    check(
        &alarmed(&rule),
        &world(on(false, true)),
        expect![[r#"
        hold already-there
          traffic goes to the secondary already
    "#]],
    );
    check(
        &alarmed(&rule),
        &world(on(true, true)),
        expect![[r#"
            act failed-over
              set-routing-controls {"primary":"Off","secondary":"On"}
              note-move {"to":"secondary","at":"2026-11-21T09:00:00.000Z"}
              traffic goes to the secondary now, which is healthy: 14 of 16 checkers say so
        "#]],
    );
}

#[test]
fn names_move_first_and_records_follow() {
    let rule = domains("");
    let place = |names, records, deployed| domain(&rule, names, records, deployed);
    check(
        &alarmed(&rule),
        &world(place(Side::Primary, Side::Primary, true)),
        expect![[r#"
        act name-moved
          save-before {"records":2}
          move-name {"name":"www.example.com","distribution":"E2SECONDARY"}
          note-move {"to":"secondary","at":"2026-11-21T09:00:00.000Z"}
          the names are at the distribution of the secondary now; the records still point at the other
          next: the records follow when CloudFront has deployed the distribution: `reconcile` looks every minute
    "#]],
    );
    check(
        &alarmed(&rule),
        &world(place(Side::Secondary, Side::Primary, false)),
        expect![[r#"
        hold deploying
          the names are moved, and CloudFront has not deployed the distribution of the secondary yet
          next: the records follow when CloudFront has deployed the distribution: `reconcile` looks every minute
    "#]],
    );
    check(
        &alarmed(&rule),
        &world(place(Side::Secondary, Side::Primary, true)),
        expect![[r#"
            act record-pointed
              change-records {"records":[{"name":"www.example.com.","type":"A","answer":{"from":{"alias":"dprimary.cloudfront.net."},"to":{"alias":"dsecondary.cloudfront.net"}}},{"name":"www.example.com.","type":"AAAA","answer":{"from":{"alias":"dprimary.cloudfront.net."},"to":{"alias":"dsecondary.cloudfront.net"}}}]}
              note-end {}
              the records point at the distribution of the secondary now, as the names do
        "#]],
    );
    check(
        &alarmed(&rule),
        &world(place(Side::Secondary, Side::Secondary, true)),
        expect![[r#"
        hold already-there
          traffic goes to the secondary already
    "#]],
    );
}

#[test]
fn a_disabled_distribution_takes_no_names() {
    let rule = domains("");
    let mut place = domain(&rule, Side::Primary, Side::Primary, true);
    if let Place::Domain { distributions, .. } = &mut place {
        distributions.secondary.enabled = false;
    }
    check(
        &alarmed(&rule),
        &world(place),
        expect![[r#"
        refuse distribution-unfit
          the distribution of the secondary cannot take the names: it is disabled
          next: see the prerequisites of `distribution-domain` in docs/failing-over.md
    "#]],
    );
}

#[test]
fn what_cannot_be_seen_waits_or_fails_for_good() {
    let rule = weights("");
    let unseen = |class| World { place: Err(fault(class)), ..world(Place::Object(None)) };
    check(
        &alarmed(&rule),
        &unseen(FaultClass::Throttled),
        expect![[r#"
        wait throttled
          where traffic goes could not be seen: failed to list the records of www.example.com: no answer
    "#]],
    );
    check(
        &alarmed(&rule),
        &unseen(FaultClass::Denied),
        expect![[r#"
        refuse access-denied
          where traffic goes could not be seen: failed to list the records of www.example.com: no answer
    "#]],
    );
}

#[test]
fn without_a_ledger_it_moves_all_the_same() {
    let rule = weights("");
    for recall in [Recall::Unset, Recall::Silent("no answer".to_owned())] {
        let world = World { recall, ..world(weighted_place(&rule, 100, 0)) };
        let decision = super::decided(&alarmed(&rule), &world);
        let steps: Vec<&str> = decision.lines().map(|line| line.split(" {").next().unwrap()).collect();
        let sentence = "  traffic goes to the secondary now, which is healthy: 14 of 16 checkers say so";
        assert_eq!(steps, ["act failed-over", "  change-records", sentence]);
    }
}

#[test]
fn a_forced_move_asks_for_no_evidence() {
    let rule = weights("");
    let forced = json!({"action": "fail-over", "force": true, "reason": "the Region is down"});
    let mut world = world(weighted_place(&rule, 100, 0));
    world.health.secondary = None;
    check(
        &order(&rule, forced, Source::Operator),
        &world,
        expect![[r#"
        act failed-over
          save-before {"records":4}
          change-records {"records":[{"name":"www.example.com.","type":"A","set_identifier":"blue","weight":{"from":100,"to":0}},{"name":"www.example.com.","type":"A","set_identifier":"green","weight":{"from":0,"to":50}},{"name":"www.example.com.","type":"AAAA","set_identifier":"blue","weight":{"from":100,"to":0}},{"name":"www.example.com.","type":"AAAA","set_identifier":"green","weight":{"from":0,"to":50}}]}
          note-move {"to":"secondary","at":"2026-11-21T09:00:00.000Z"}
          traffic goes to the secondary now, by force: nobody looked whether it is healthy
    "#]],
    );
}
