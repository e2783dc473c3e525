//! What a change writes, and what it leaves as it is.

use failover_dns::fake::{failover, simple, text, weighted};
use failover_dns::world::{Meaning, RecordSet};
use shared::fault::FaultClass;
use shared::kinds::dns::{RecordType, ZoneId};

use super::crossroads::exactly;
use super::{Helm, NINE, STRATEGIES};

fn zone() -> ZoneId {
    text("Z1EXAMPLE")
}

fn sets(helm: &Helm) -> Vec<RecordSet> {
    helm.dns().all_sets(&zone())
}

/// What of a set no move may touch: all but its weight and what it answers.
fn rest(sets: Vec<RecordSet>) -> Vec<RecordSet> {
    let rest = |set: RecordSet| {
        let ttl = if set.alias.is_none() { set.ttl } else { None };
        RecordSet { weight: None, values: Vec::new(), alias: None, ttl, ..set }
    };
    sets.into_iter().map(rest).collect()
}

#[tokio::test]
async fn all_records_of_a_target_move_in_one_change() {
    for (strategy, count) in [("record-weights", 2), ("record-targets", 2)] {
        let helm = Helm::with(strategy, "");
        helm.goes_down().await;
        let [accepted] = &helm.dns().accepted()[..] else { panic!("{strategy}: not one change") };
        assert_eq!(accepted.sets.len(), count, "{strategy}");
        assert_eq!(helm.at(), "secondary", "{strategy}");
    }
}

#[tokio::test]
async fn a_change_that_fails_leaves_all_as_it_was() {
    for strategy in STRATEGIES {
        let helm = Helm::with(strategy, "");
        let before = exactly(helm.dns(), helm.rule("www"));
        for change in ["change", "set-check", "put-object", "set-controls", "move-name"] {
            helm.dns().fail_next_of(change, Meaning::Common(FaultClass::Unavailable));
        }
        let outcome = helm.goes_down().await;
        assert_eq!(outcome.verdict(), ("failed", "unavailable"), "{strategy}");
        assert_eq!(exactly(helm.dns(), helm.rule("www")), before, "{strategy}");
    }
}

/// Route 53 answers all alike where every weight is zero, and so the dead primary too.
#[tokio::test]
async fn there_is_no_moment_with_both_sides_at_zero() {
    for (blue, green) in [(100, 0), (100, 100), (1, 255), (0, 0), (0, 7), (255, 1)] {
        let helm = Helm::with("record-weights", "");
        for set in sets(&helm) {
            let weight = if set.set_identifier.as_deref() == Some("blue") { blue } else { green };
            helm.dns().put_set(&zone(), RecordSet { weight: Some(weight), ..set });
        }
        helm.ordered("fail-over").await;
        assert_eq!(helm.at(), "secondary", "{blue} {green}");
        helm.ordered("fail-back").await;
        assert_eq!(helm.at(), "primary", "{blue} {green}");
        // Every change that was accepted is looked at by the model.
        helm.is_blameless();
    }
}

#[tokio::test]
async fn health_check_target_health_ttl_and_geolocation_are_kept() {
    for strategy in ["record-weights", "record-targets"] {
        let helm = Helm::with(strategy, "");
        let before = sets(&helm);
        helm.goes_down().await;
        let kept = rest(sets(&helm));
        for (was, is) in rest(before.clone()).into_iter().zip(kept) {
            // An alias has no TTL of its own, and values need one.
            assert_eq!(RecordSet { ttl: None, ..is }, RecordSet { ttl: None, ..was.clone() }, "{strategy}");
        }
        if strategy == "record-weights" {
            assert!(sets(&helm).iter().all(|set| set.ttl == Some(45) && set.health_check.is_some()));
        }
        assert_eq!(helm.ordered("fail-back").await.verdict(), ("refused", "primary-unproven"));
        helm.forced("fail-back").await;
        assert_eq!(sets(&helm), before, "{strategy}");
        helm.is_blameless();
    }
}

/// One of several answers: only the set that is named changes.
#[tokio::test]
async fn multivalue_answers_and_the_sets_beside_are_kept() {
    let records = "[{name: '*.Example.com.', type: A, set-identifier: one, primary: {values: [192.0.2.1]}, secondary: {values: [192.0.2.9]}}]";
    let text = format!(
        "{{version: 1, targets: {{www: {{kind: dns, zone: Z1EXAMPLE, records: {records}, strategy: record-targets, \
         primary: {{evidence: {{alarm: www-primary-health}}}}, \
         secondary: {{evidence: {{health-check: 11111111-2222-3333-4444-555555555555}}}}}}}}}}"
    );
    let set = |identifier: &str, last: u8| RecordSet {
        multi_value: Some(true),
        set_identifier: Some(identifier.to_owned()),
        health_check: Some("check".to_owned()),
        ..simple("*.example.com", RecordType::A, &[&format!("192.0.2.{last}")])
    };
    let helm = Helm::of(&text, NINE);
    for (id, name) in [(1, "www.example.com"), (3, "api.example.com")] {
        helm.dns().put_set(&zone(), simple(name, RecordType::A, &[&format!("192.0.2.{id}")]));
    }
    helm.dns().remove_sets(&zone(), "www.example.com");
    for (identifier, last) in [("one", 1), ("two", 2)] {
        helm.dns().put_set(&zone(), set(identifier, last));
    }
    let others = sets(&helm);
    assert_eq!(helm.goes_down().await.verdict(), ("acted", "failed-over"));
    let changed: Vec<RecordSet> = sets(&helm).into_iter().filter(|set| !others.contains(set)).collect();
    let [changed] = &changed[..] else { panic!("{changed:?}") };
    assert_eq!(changed.values, ["192.0.2.9"]);
    assert_eq!(
        RecordSet { values: vec!["192.0.2.1".to_owned()], ..changed.clone() },
        RecordSet { name: "\\052.example.com.".to_owned(), ..set("one", 1) }
    );
    helm.is_blameless();
}

/// Route 53 rejects that two sets swap their roles, even in one change: the primary set gets the other answer.
#[tokio::test]
async fn a_failover_pair_keeps_its_roles() {
    let records = "[{name: www.example.com, type: A, set-identifier: one, primary: {values: [192.0.2.1]}, secondary: {values: [192.0.2.2]}}]";
    let text = format!(
        "{{version: 1, targets: {{www: {{kind: dns, zone: Z1EXAMPLE, records: {records}, strategy: record-targets, \
         primary: {{evidence: {{alarm: www-primary-health}}}}, \
         secondary: {{evidence: {{health-check: 11111111-2222-3333-4444-555555555555}}}}}}}}}}"
    );
    let helm = Helm::of(&text, NINE);
    helm.dns().remove_sets(&zone(), "www.example.com");
    let role = |last: u8, id, role| {
        failover(simple("www.example.com", RecordType::A, &[&format!("192.0.2.{last}")]), id, role)
    };
    helm.dns().put_set(&zone(), role(1, "one", "PRIMARY"));
    helm.dns().put_set(&zone(), role(2, "two", "SECONDARY"));
    assert_eq!(helm.goes_down().await.verdict(), ("acted", "failed-over"));
    assert_eq!(sets(&helm), [role(2, "one", "PRIMARY"), role(2, "two", "SECONDARY")]);
    helm.is_blameless();
}

/// A set of the same name and type that is not the target's stays as it is, whatever its weight.
#[tokio::test]
async fn a_third_weighted_set_keeps_its_weight() {
    let helm = Helm::with("record-weights", "");
    let third = weighted(simple("www.example.com", RecordType::A, &["192.0.2.3"]), "canary", 3);
    helm.dns().put_set(&zone(), third.clone());
    helm.goes_down().await;
    assert!(sets(&helm).contains(&third));
    assert!(helm.dns().accepted()[0].sets.iter().all(|set| set.set_identifier.as_deref() != Some("canary")));
}
