//! Health checks, the standby object, routing controls and the names of distributions.

use super::*;
use crate::world::{Object, Outcome, Owner};
use shared::kinds::dns::Sides;

fn id(id: &str) -> DistributionId {
    text(id)
}

fn endpoint(region: &str) -> ClusterEndpoint {
    let endpoint = text(&format!("https://{region}.example.com/v1"));
    ClusterEndpoint { endpoint, region: text(region) }
}

/// `E1` with the name, and `E2` without.
fn distributions() -> FakeDns {
    let dns = dns();
    dns.put_distribution(&id("E1"), distribution("d1.cloudfront.net", &[WWW]));
    dns.put_distribution(&id("E2"), distribution("d2.cloudfront.net", &[]));
    dns
}

#[tokio::test]
async fn a_check_is_changed_only_at_the_version_that_was_read() {
    let (dns, id) = (dns(), text("11111111-2222"));
    dns.put_check(&id, check("HTTPS"));
    let read = dns.check(&id).await.unwrap();
    let forced = Check { disabled: true, inverted: true, ..read };
    dns.set_check(&id, &forced).await.unwrap();
    assert!(dns.set_check(&id, &forced).await.unwrap_err().is_conflict());
    assert_eq!(dns.find_check(&id), Some(Check { version: 2, ..forced.clone() }));
    let other = Check { version: 2, kind: "TCP".to_owned(), ..forced };
    assert_eq!(meaning(dns.set_check(&id, &other).await), Meaning::Common(FaultClass::Rejected));
    // A disabled check shows nothing.
    let evidence = Evidence::HealthCheck(id);
    dns.set_health(&evidence, HealthState::Healthy, dns.now());
    assert_eq!(dns.health(&evidence, None).await.unwrap().state, HealthState::Unknown);
}

#[tokio::test]
async fn an_object_is_put_once() {
    let dns = dns();
    let object = StandbyObject { bucket: text("standby"), key: text("over"), region: text("us-west-2") };
    assert_eq!(dns.find_object(&object).await.unwrap(), Object::Absent);
    let by = |order, delivery| Owner { order: text(order), delivery: Some(text(delivery)) };
    for (content, owner, outcome) in [
        ("one", by("c-1", "m-1"), Outcome::Done),
        ("two", by("c-2", "m-1"), Outcome::Already),
        ("two", by("c-1", "m-2"), Outcome::Already),
        ("one", by("c-1", "m-1"), Outcome::Repeated),
    ] {
        assert_eq!(dns.put_object(&object, content, &owner).await.unwrap(), outcome);
    }
    assert_eq!(dns.find_object(&object).await.unwrap(), Object::PutBy(by("c-1", "m-1")));
    assert_eq!(dns.object(&object).as_deref(), Some("one"));
    dns.remove_object(&object).await.unwrap();
    dns.remove_object(&object).await.unwrap();
    assert_eq!(dns.object(&object), None);
    dns.set_object(&object, Some("by hand"));
    assert_eq!(dns.find_object(&object).await.unwrap(), Object::Unmarked);
    dns.set_object(&object, None);
    assert_eq!(
        dns.effects(),
        ["put-object standby/over", "remove-object standby/over", "remove-object standby/over"]
    );
}

#[tokio::test]
async fn controls_are_set_at_the_first_endpoint_that_answers() {
    let dns = dns();
    let arn = |end: &str| -> ControlArn {
        text(&format!("arn:aws:route53-recovery-control::123456789012:controlpanel/p/routingcontrol/{end}"))
    };
    let controls = Sides { primary: arn("one"), secondary: arn("two") };
    dns.set_control(&controls.primary, true);
    dns.set_control(&controls.secondary, false);
    let all = ["us-east-1", "us-west-2"].map(endpoint);
    let endpoints: Vec<&ClusterEndpoint> = all.iter().collect();
    dns.set_endpoint_dead(&all[0], true);
    let swapped = Sides { primary: false, secondary: true };
    dns.set_safety_rule(Some(SafetyRule::NothingMoves));
    assert_eq!(meaning(dns.set_controls(&controls, &swapped, &endpoints).await), Meaning::SafetyRule);
    dns.set_safety_rule(Some(SafetyRule::OneIsOn));
    dns.set_controls(&controls, &swapped, &endpoints).await.unwrap();
    assert_eq!(dns.controls(&controls, &endpoints).await.unwrap(), swapped);
    assert_eq!((dns.tally()["endpoint"], dns.violations().len()), (6, 0));

    let off = Sides { primary: false, secondary: false };
    assert_eq!(meaning(dns.set_controls(&controls, &off, &endpoints).await), Meaning::SafetyRule);
    dns.set_safety_rule(None);
    dns.set_controls(&controls, &off, &endpoints).await.unwrap();
    assert_eq!(dns.violations(), [format!("turned both off: {} and {}", arn("one"), arn("two"))]);
    assert_eq!(dns.is_on(&arn("two")), Some(false));
    dns.set_endpoint_dead(&all[1], true);
    let down = Meaning::Common(FaultClass::Unavailable);
    assert_eq!(meaning(dns.controls(&controls, &endpoints).await), down);
}

#[tokio::test]
async fn a_name_is_moved_and_is_there_when_it_is_deployed() {
    let dns = distributions();
    let (name, to) = (name(), id("E2"));
    let conflicts = dns.conflicts(&name, &to).await.unwrap();
    assert_eq!(conflicts.iter().map(|it| it.is_of(&id("E1"))).collect::<Vec<_>>(), [true]);
    let etag = dns.move_name(&name, &to, "E1").await.unwrap();
    assert!(dns.move_name(&name, &to, "E1").await.unwrap_err().is_conflict());
    assert_eq!(dns.move_name(&name, &to, &etag).await.unwrap(), etag);
    assert_eq!(dns.find_distribution(&id("E1")).unwrap().names, [""; 0]);
    let moved = dns.distribution(&to).await.unwrap();
    assert_eq!((moved.names, moved.deployed, moved.etag), (vec![WWW.to_owned()], false, etag));
    dns.advance(minutes(5));
    assert!(dns.distribution(&to).await.unwrap().deployed);
}

#[tokio::test]
async fn names_are_not_moved_without_a_certificate_nor_from_other_accounts() {
    let dns = distributions();
    let (name, to) = (name(), id("E2"));
    dns.set_certificate(&to, &["example.com"]);
    assert_eq!(meaning(dns.conflicts(&name, &to).await), Meaning::ChangeRefused);
    assert_eq!(meaning(dns.move_name(&name, &to, "E1").await), Meaning::ChangeRefused);
    dns.set_certificate(&to, &["*.example.com"]);
    dns.only_from_disabled();
    assert_eq!(meaning(dns.move_name(&name, &to, "E1").await), Meaning::ChangeRefused);
    dns.set_other_account(&name);
    assert_eq!(dns.conflicts(&name, &to).await.unwrap().len(), 2);
    assert_eq!(meaning(dns.move_name(&name, &to, "E1").await), Meaning::OtherAccount);
    assert_eq!(dns.find_distribution(&id("E1")).unwrap().names, [WWW]);
}

#[tokio::test]
async fn a_record_is_not_pointed_at_a_distribution_before_it_serves_the_name() {
    let dns = distributions();
    let at = |domain: &str| aliased(a(1), "Z2FDTNDATAQYW2", domain);
    dns.put_set(&zone(), at("d1.cloudfront.net"));
    dns.change(&zone(), &[at("d2.cloudfront.net")], "").await.unwrap();
    dns.move_name(&name(), &id("E2"), "E1").await.unwrap();
    dns.put_set(&zone(), at("d1.cloudfront.net"));
    dns.change(&zone(), &[at("d2.cloudfront.net")], "").await.unwrap();
    let record = "pointed A www.example.com. at a distribution";
    let expected = [
        format!("{record} without that name: d2.cloudfront.net."),
        format!("{record} that is not deployed: d2.cloudfront.net."),
    ];
    assert_eq!(dns.violations(), expected);
    dns.advance(minutes(5));
    dns.put_set(&zone(), at("d1.cloudfront.net"));
    dns.change(&zone(), &[at("d2.cloudfront.net")], "").await.unwrap();
    assert_eq!(dns.violations().len(), 2);
}
