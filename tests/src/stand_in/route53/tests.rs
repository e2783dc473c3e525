//! What Route 53 does, as far as the functions count on it.

use hyper::Request;
use hyper::body::Bytes;

use super::*;
use crate::stand_in::wire;

const ZONE: &str = "Z1EXAMPLE";

fn weighted(name: &str, identifier: &str, weight: u8) -> String {
    format!(
        "<ResourceRecordSet><Name>{name}</Name><Type>A</Type><SetIdentifier>{identifier}</SetIdentifier>\
         <Weight>{weight}</Weight><TTL>60</TTL><ResourceRecords><ResourceRecord><Value>192.0.2.1</Value>\
         </ResourceRecord></ResourceRecords><HealthCheckId>check</HealthCheckId></ResourceRecordSet>"
    )
}

async fn zone(sets: &[String]) -> StandIn {
    let aws = StandIn::start().await.unwrap();
    aws.put_records(ZONE, &sets.concat());
    aws
}

fn recorded(method: &str, path: &str, body: &str) -> Recorded {
    let request = Request::builder().method(method).uri(format!("/2013-04-01/{path}"));
    wire::read(&request.body(Bytes::from(body.to_owned())).unwrap())
}

impl StandIn {
    /// What a request is answered, or the code of the refusal, or what is wrong with a batch.
    fn ask_route53(&self, method: &str, path: &str, body: &str) -> Result<String, String> {
        let recorded = recorded(method, path, body);
        self.state().route53.result(&recorded).map_err(|refusal| match refusal {
            Refusal::With(fault) => fault.code.to_owned(),
            Refusal::Batch(wrong) => wrong.join("; "),
        })
    }

    fn change_records(&self, changes: &[(&str, String)]) -> Result<String, String> {
        let change =
            |(action, set): &(&str, String)| format!("<Change><Action>{action}</Action>{set}</Change>");
        let changes: String = changes.iter().map(change).collect();
        let body = format!(
            r#"<ChangeResourceRecordSetsRequest xmlns="{NAMESPACE}"><ChangeBatch><Changes>{changes}</Changes></ChangeBatch></ChangeResourceRecordSetsRequest>"#
        );
        self.ask_route53("POST", &format!("hostedzone/{ZONE}/rrset/"), &body)
    }

    fn weights(&self) -> Vec<String> {
        let weight =
            |set: &String| set.split("Weight>").nth(1).map(|rest| rest.trim_end_matches("</").to_owned());
        self.records(ZONE).iter().filter_map(weight).collect()
    }
}

#[tokio::test]
async fn a_page_begins_at_a_name_and_says_where_the_next_one_begins() {
    let names = ["www.example.com.", "api.example.com.", "example.com.", "a.www.example.com."];
    let aws = zone(&names.map(|name| weighted(name, "primary", 1))).await;
    let names = |listed: &str| -> Vec<String> {
        let names = listed.split("<Name>").skip(1).filter_map(|rest| rest.split_once("</Name>"));
        names.map(|(name, _)| name.to_owned()).collect()
    };
    let first = aws.ask_route53("GET", "hostedzone/Z1EXAMPLE/rrset?maxitems=2", "").unwrap();
    assert_eq!(names(&first), ["example.com.", "api.example.com."]);
    let next = "<IsTruncated>true</IsTruncated><NextRecordName>www.example.com.</NextRecordName>\
                <NextRecordType>A</NextRecordType><NextRecordIdentifier>primary</NextRecordIdentifier>";
    assert!(first.contains(next), "{first}");
    let rest = "hostedzone/Z1EXAMPLE/rrset?name=WWW.example.com&type=A&identifier=primary";
    let rest = aws.ask_route53("GET", rest, "").unwrap();
    assert_eq!(names(&rest), ["www.example.com.", "a.www.example.com."]);
    assert!(rest.contains("<IsTruncated>false</IsTruncated>"), "{rest}");
    let stranger = aws.ask_route53("GET", "hostedzone/Z2EXAMPLE/rrset", "");
    assert_eq!(stranger, Err("NoSuchHostedZone".to_owned()));
}

#[tokio::test]
async fn a_batch_is_done_whole_or_not_at_all() {
    let sets =
        [("primary", 100), ("secondary", 0)].map(|(side, weight)| weighted("www.example.com.", side, weight));
    let aws = zone(&sets).await;
    let to = |side, weight| ("UPSERT", weighted("www.example.com", side, weight));
    let simple =
        "<ResourceRecordSet><Name>www.example.com</Name><Type>A</Type></ResourceRecordSet>".to_owned();
    let refused = aws.change_records(&[to("primary", 0), ("UPSERT", simple)]).unwrap_err();
    assert!(refused.contains("www.example.com A"), "{refused}");
    assert_eq!(aws.weights(), ["100", "0"]);
    let made = aws.change_records(&[("CREATE", sets[0].clone()), to("secondary", 1)]).unwrap_err();
    assert!(made.contains("already exists"), "{made}");
    assert_eq!(aws.weights(), ["100", "0"]);
    aws.change_records(&[to("primary", 0), to("secondary", 100)]).unwrap();
    assert_eq!(aws.weights(), ["0", "100"]);
}

#[tokio::test]
async fn a_change_is_pending_until_a_test_completes_it() {
    let aws = zone(&[weighted("www.example.com.", "primary", 1)]).await;
    let changed = aws.change_records(&[("UPSERT", weighted("www.example.com.", "primary", 2))]).unwrap();
    assert!(changed.contains("<Id>/change/C0000000000001</Id><Status>PENDING</Status>"), "{changed}");
    let status = || aws.ask_route53("GET", "change/C0000000000001", "").unwrap();
    assert_eq!(status(), changed);
    aws.complete_changes();
    assert!(status().contains("<Status>INSYNC</Status>"));
    assert_eq!(aws.ask_route53("GET", "change/C0000000000002", ""), Err("NoSuchChange".to_owned()));
}

#[tokio::test]
async fn a_check_is_changed_by_whoever_knows_its_version_and_keeps_the_rest() {
    let aws = StandIn::start().await.unwrap();
    aws.put_health_check(HealthCheck::new("check"));
    let set = |version: u64, settings: &str| {
        let body = format!(
            r#"<UpdateHealthCheckRequest xmlns="{NAMESPACE}"><HealthCheckVersion>{version}</HealthCheckVersion>{settings}</UpdateHealthCheckRequest>"#
        );
        aws.ask_route53("POST", "healthcheck/check", &body)
    };
    set(1, "<Disabled>true</Disabled>").unwrap();
    assert_eq!(set(1, "<Inverted>true</Inverted>"), Err("HealthCheckVersionMismatch".to_owned()));
    set(2, "<Inverted>true</Inverted>").unwrap();
    let check = HealthCheck { version: 3, disabled: true, inverted: true, ..HealthCheck::new("check") };
    assert_eq!(aws.health_check("check"), Some(check));
}

#[tokio::test]
async fn checkers_say_what_they_see_and_a_calculated_check_has_none() {
    let aws = StandIn::start().await.unwrap();
    aws.put_health_check(HealthCheck { healthy: 3, ..HealthCheck::new("check") });
    aws.put_health_check(HealthCheck { kind: "CALCULATED", ..HealthCheck::new("all") });
    let seen = aws.ask_route53("GET", "healthcheck/check/status", "").unwrap();
    let count = |status: &str| seen.matches(&format!("<Status>{status}")).count();
    assert_eq!((count("Success"), count("Failure")), (3, 12));
    assert_eq!(aws.ask_route53("GET", "healthcheck/all/status", ""), Err("InvalidInput".to_owned()));
    assert_eq!(aws.ask_route53("GET", "healthcheck/none", ""), Err("NoSuchHealthCheck".to_owned()));
}
