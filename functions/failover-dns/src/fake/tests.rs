//! The model keeps the rules that the function is tested against.

mod places;

use shared::fault::FaultClass;

use super::*;
use crate::world::{Dns, Fault};

const WWW: &str = "www.example.com";
const AT: &str = "2026-11-21T12:00:00Z";

fn dns() -> FakeDns {
    FakeDns::new(AT.parse().unwrap())
}

fn zone() -> ZoneId {
    text("Z1EXAMPLE")
}

fn name() -> RecordName {
    text(WWW)
}

fn a(last: u8) -> RecordSet {
    simple(WWW, RecordType::A, &[&format!("192.0.2.{last}")])
}

fn minutes(minutes: i64) -> SignedDuration {
    SignedDuration::from_mins(minutes)
}

fn meaning<T: std::fmt::Debug>(done: Result<T, Fault>) -> Meaning {
    done.unwrap_err().meaning
}

/// A zone with these sets.
fn with(sets: impl IntoIterator<Item = RecordSet>) -> FakeDns {
    let dns = dns();
    sets.into_iter().for_each(|set| dns.put_set(&zone(), set));
    dns
}

fn pair(primary: i64, secondary: i64) -> [RecordSet; 2] {
    [weighted(a(1), "primary", primary), weighted(a(2), "secondary", secondary)]
}

async fn is_refused(dns: &FakeDns, sets: &[RecordSet]) -> bool {
    let before = dns.all_sets(&zone());
    let refused = dns.change(&zone(), sets, "").await.is_err_and(|it| it.meaning == Meaning::ChangeRefused);
    assert!(!refused || dns.all_sets(&zone()) == before);
    refused
}

#[tokio::test]
async fn a_change_is_made_whole_and_names_come_back_as_route_53_writes_them() {
    let dns = with(pair(100, 0));
    dns.put_set(&zone(), simple("*.Example.com", RecordType::Txt, &["\"a\""]));
    assert_eq!(dns.sets(&zone(), &text("*.example.COM.")).await.unwrap()[0].name, "\\052.example.com.");
    dns.change(&zone(), &pair(0, 100), "fail-over").await.unwrap();
    let weights: Vec<_> = dns.sets(&zone(), &name()).await.unwrap().iter().map(|set| set.weight).collect();
    assert_eq!(weights, [Some(0), Some(100)]);
    assert_eq!(dns.violations(), [""; 0]);
    assert_eq!(dns.effects(), ["change Z1EXAMPLE"]);
    let [accepted] = &dns.accepted()[..] else { panic!("not one change") };
    assert_eq!((accepted.sets.len(), accepted.comment.as_str()), (2, "fail-over"));
    let elsewhere: ZoneId = text("Z2EXAMPLE");
    assert_eq!(meaning(dns.sets(&elsewhere, &name()).await), Meaning::Common(FaultClass::NotFound));
}

#[tokio::test]
async fn what_route_53_refuses_is_refused_and_changes_nothing() {
    let dns = with(pair(100, 0));
    let cloudfront = |set| aliased(set, "Z2FDTNDATAQYW2", "d111111abcdef8.cloudfront.net");
    let [primary, secondary] = pair(0, 100);
    let mut looking = cloudfront(secondary.clone());
    looking.alias.as_mut().unwrap().evaluate_target_health = true;
    for bad in [
        RecordSet { weight: Some(256), ..secondary.clone() },
        RecordSet { weight: Some(-1), ..secondary.clone() },
        RecordSet { weight: None, region: Some("us-west-2".to_owned()), ..secondary.clone() },
        RecordSet { weight: None, ..secondary.clone() },
        RecordSet { set_identifier: None, ..secondary.clone() },
        RecordSet { ttl: None, ..secondary.clone() },
        RecordSet { values: Vec::new(), ..secondary.clone() },
        RecordSet { values: vec!["2001:db8::1".to_owned()], ..secondary.clone() },
        RecordSet { ttl: Some(60), ..cloudfront(secondary.clone()) },
        looking,
        a(3),
        simple(WWW, RecordType::Cname, &["other.example.com"]),
        primary.clone(),
    ] {
        assert!(is_refused(&dns, &[primary.clone(), bad.clone()]).await, "{bad:?}");
    }
    dns.protect(&zone(), "WWW.example.com.", RecordType::A);
    assert!(is_refused(&dns, &[secondary]).await);
    assert_eq!(dns.accepted(), []);
}

#[tokio::test]
async fn failover_roles_are_not_swapped_in_place_and_cloudfront_is_not_on_both_sides() {
    let role = |last, id, role| failover(a(last), id, role);
    let dns = with([role(1, "one", "PRIMARY"), role(2, "two", "SECONDARY")]);
    assert!(is_refused(&dns, &[role(1, "one", "SECONDARY"), role(2, "two", "PRIMARY")]).await);
    let cloudfront = |set| aliased(set, "Z2FDTNDATAQYW2", "d111111abcdef8.cloudfront.net");
    dns.change(&zone(), &[cloudfront(role(1, "one", "PRIMARY"))], "").await.unwrap();
    assert!(is_refused(&dns, &[cloudfront(role(2, "two", "SECONDARY"))]).await);
    dns.change(&zone(), &[role(3, "two", "SECONDARY")], "").await.unwrap();
}

#[tokio::test]
async fn what_route_53_takes_and_must_not_be_asked_is_noted() {
    let checked = |set: RecordSet| RecordSet { health_check: Some("check".to_owned()), ..set };
    let others = weighted(a(3), "third", 10);
    let dns = with(pair(100, 0).map(checked).into_iter().chain([others]));
    dns.change(&zone(), &pair(0, 0).map(checked), "").await.unwrap();
    assert_eq!(dns.violations(), ["left no side of A www.example.com. with a weight"]);
    dns.change(&zone(), &[checked(pair(0, 9)[1].clone()), weighted(a(3), "third", 0)], "").await.unwrap();
    dns.change(&zone(), &pair(0, 0)[1..].iter().cloned().map(checked).collect::<Vec<_>>(), "").await.unwrap();
    assert_eq!(dns.violations().len(), 2);
    let other = RecordSet { values: vec!["192.0.2.9".to_owned()], ttl: Some(5), ..pair(1, 1)[1].clone() };
    dns.change(&zone(), &[other, weighted(a(4), "fourth", 1)], "").await.unwrap();
    assert_eq!(
        dns.violations()[2..],
        [
            "changed the health check of A www.example.com. secondary",
            "changed the TTL of A www.example.com. secondary",
            "changed weight and answer of A www.example.com. secondary",
            "made a record set that was not there: A www.example.com. fourth",
        ]
    );
}

#[tokio::test]
async fn a_change_is_pending_until_all_servers_have_it() {
    let dns = with(pair(100, 0));
    dns.set_sync(InSync::Looks(1));
    let change = dns.change(&zone(), &pair(0, 100), "").await.unwrap();
    assert!(!change.in_sync);
    assert!(!dns.progress(&change.id).await.unwrap().in_sync);
    assert!(dns.progress(&change.id).await.unwrap().in_sync);
    dns.set_sync(InSync::Time(minutes(1)));
    let change = dns.change(&zone(), &pair(100, 0), "").await.unwrap();
    assert!(!dns.progress(&change.id).await.unwrap().in_sync);
    dns.advance(minutes(1));
    assert!(dns.progress(&change.id).await.unwrap().in_sync);

    dns.set_prior_changes(1);
    assert!(dns.change(&zone(), &pair(0, 100), "").await.unwrap_err().is_conflict());
    dns.change(&zone(), &pair(0, 100), "").await.unwrap();
}

#[tokio::test]
async fn health_is_told_from_the_history_of_its_evidence() {
    let dns = dns();
    let alarm = Evidence::Alarm { name: text("down"), region: None };
    let https = Evidence::Https(text("https://www.example.com/"));
    let at = |minute: i64| dns.now() + minutes(minute);
    for evidence in [&alarm, &https] {
        dns.set_health(evidence, HealthState::Healthy, at(-60));
        dns.set_health(evidence, HealthState::Unhealthy, at(-30));
        dns.set_health(evidence, HealthState::Healthy, at(-20));
        dns.set_health(evidence, HealthState::Healthy, at(-10));
        dns.set_health(evidence, HealthState::Unhealthy, at(10));
    }
    for (from, since) in [(None, None), (Some(-40), Some(-20)), (Some(-15), Some(-15))] {
        let health = dns.health(&alarm, from.map(at)).await.unwrap();
        assert_eq!((health.state, health.since), (HealthState::Healthy, since.map(at)));
        assert_eq!(health.words, "alarm `down` is OK");
    }
    let moment = dns.health(&https, Some(at(-40))).await.unwrap();
    assert_eq!((moment.state, moment.since), (HealthState::Healthy, None));
    dns.set_now(at(10));
    assert_eq!(dns.health(&alarm, None).await.unwrap().state, HealthState::Unhealthy);
    let none = Evidence::Alarm { name: text("other"), region: None };
    assert_eq!(dns.health(&none, Some(at(-40))).await.unwrap().state, HealthState::Unknown);
}

#[tokio::test]
async fn calls_fail_as_they_are_told() {
    let dns = with(pair(100, 0));
    let (zone, name) = (zone(), name());
    dns.fail_nth(2, Meaning::OutOfTime);
    dns.sets(&zone, &name).await.unwrap();
    assert_eq!(meaning(dns.change(&zone, &pair(0, 100), "").await), Meaning::OutOfTime);
    dns.fail_next_of("change", Meaning::ChangeRefused);
    dns.sets(&zone, &name).await.unwrap();
    assert_eq!(meaning(dns.change(&zone, &pair(0, 100), "").await), Meaning::ChangeRefused);
    dns.fail_next(2, Meaning::OutOfTime);
    for _ in 0..2 {
        assert_eq!(meaning(dns.sets(&zone, &name).await), Meaning::OutOfTime);
    }

    let down = Meaning::Common(FaultClass::Unavailable);
    let check = Evidence::HealthCheck(text("11111111-2222"));
    dns.set_down(Api::CloudWatch, Some(down));
    dns.health(&check, None).await.unwrap();
    assert_eq!(meaning(dns.health(&check, Some(dns.now())).await), down);
    dns.set_down(Api::CloudWatch, None);
    dns.health(&check, Some(dns.now())).await.unwrap();

    dns.die_before_the_answer_of(Some(1));
    assert_eq!(meaning(dns.change(&zone, &pair(0, 100), "").await), down);
    assert_eq!(meaning(dns.sets(&zone, &name).await), down);
    assert_eq!(dns.accepted().len(), 1);
    assert_eq!((dns.tally()["change"], dns.tally()["health"]), (3, 3));
    let calls = dns.take_calls();
    assert_eq!((calls[0].as_str(), calls.len()), ("sets Z1EXAMPLE www.example.com", 11));
}

#[tokio::test]
async fn somebody_else_comes_first_once() {
    let dns = with(pair(100, 0));
    dns.before("change", |dns| dns.put_set(&zone(), weighted(a(7), "primary", 50)));
    dns.change(&zone(), &pair(100, 1)[1..], "").await.unwrap();
    let weights: Vec<_> = dns.all_sets(&zone()).iter().map(|set| set.weight).collect();
    assert_eq!(weights, [Some(50), Some(1)]);
    dns.put_set(&zone(), weighted(a(1), "primary", 100));
    dns.change(&zone(), &pair(100, 2)[1..], "").await.unwrap();
    assert_eq!(dns.all_sets(&zone())[0].weight, Some(100));
}
