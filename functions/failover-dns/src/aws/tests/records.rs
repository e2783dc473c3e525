//! Records of Route 53, and the changes of them.

use expect_test::expect;

use super::*;

/// A page of record sets.
fn page(sets: &[&str], next: &str) -> Reply {
    let sets = sets.concat();
    xml(
        200,
        &format!(
            r#"<ListResourceRecordSetsResponse xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><ResourceRecordSets>{sets}</ResourceRecordSets>{next}<MaxItems>100</MaxItems></ListResourceRecordSetsResponse>"#
        ),
    )
}

const LAST: &str = "<IsTruncated>false</IsTruncated>";

/// What Route 53 answers to a change, or about it.
fn change_info(operation: &str, status: &str) -> Reply {
    xml(
        200,
        &format!(
            r#"<{operation}Response xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><ChangeInfo><Id>/change/C2682N5HXP0BZ4</Id><Status>{status}</Status><SubmittedAt>2026-11-21T09:00:00.123Z</SubmittedAt><Comment>x</Comment></ChangeInfo></{operation}Response>"#
        ),
    )
}

fn set(name: &str, identifier: &str) -> String {
    format!(
        "<ResourceRecordSet><Name>{name}</Name><Type>A</Type><SetIdentifier>{identifier}</SetIdentifier><Weight>1</Weight><TTL>60</TTL><ResourceRecords><ResourceRecord><Value>192.0.2.1</Value></ResourceRecord></ResourceRecords></ResourceRecordSet>"
    )
}

/// Every member of a set, though no set has all of them.
const EVERYTHING: &str = "<ResourceRecordSet><Name>\\052.example.com.</Name><Type>A</Type><SetIdentifier>primary</SetIdentifier><Weight>0</Weight><Region>eu-central-1</Region><GeoLocation><ContinentCode>EU</ContinentCode><CountryCode>DE</CountryCode><SubdivisionCode>BY</SubdivisionCode></GeoLocation><Failover>PRIMARY</Failover><MultiValueAnswer>true</MultiValueAnswer><TTL>60</TTL><ResourceRecords><ResourceRecord><Value>192.0.2.1</Value></ResourceRecord><ResourceRecord><Value>192.0.2.2</Value></ResourceRecord></ResourceRecords><AliasTarget><HostedZoneId>Z2FDTNDATAQYW2</HostedZoneId><DNSName>d111111abcdef8.cloudfront.net.</DNSName><EvaluateTargetHealth>true</EvaluateTargetHealth></AliasTarget><HealthCheckId>11111111-2222-3333-4444-555555555555</HealthCheckId><TrafficPolicyInstanceId>policy-1</TrafficPolicyInstanceId><CidrRoutingConfig><CollectionId>c8c02a84-aaaa-bbbb-e0d2-d833a2f80106</CollectionId><LocationName>office</LocationName></CidrRoutingConfig><GeoProximityLocation><AWSRegion>eu-central-1</AWSRegion><LocalZoneGroup>eu-central-1-ham-1</LocalZoneGroup><Coordinates><Latitude>48.14</Latitude><Longitude>11.58</Longitude></Coordinates><Bias>-7</Bias></GeoProximityLocation></ResourceRecordSet>";

#[tokio::test(start_paused = true)]
async fn what_is_read_of_a_set_is_written_back_whole() {
    let replies = [page(&[EVERYTHING], LAST), change_info("ChangeResourceRecordSets", "PENDING")];
    let (change, asked) = with(replies, async |aws| {
        let sets = aws.sets(&id("Z1EXAMPLE"), &id("*.example.com")).await.unwrap();
        let kept = serde_json::to_string(&sets).unwrap();
        assert_eq!(serde_json::from_str::<Vec<RecordSet>>(&kept).unwrap(), sets);
        aws.change(&id("Z1EXAMPLE"), &sets, "fail over").await.unwrap()
    })
    .await;
    assert_eq!(change, Change { id: "C2682N5HXP0BZ4".to_owned(), in_sync: false });
    assert!(asked[1].contains(EVERYTHING), "{}", asked[1]);
}

#[tokio::test(start_paused = true)]
async fn all_sets_go_out_in_one_change() {
    let sets = ["primary", "secondary"].map(|identifier| RecordSet {
        name: "www.example.com.".to_owned(),
        kind: "CNAME".to_owned(),
        set_identifier: Some(identifier.to_owned()),
        values: vec!["one.example.com".to_owned()],
        ..RecordSet::default()
    });
    let comment = "x".repeat(300);
    let (change, asked) = with([change_info("ChangeResourceRecordSets", "INSYNC")], async |aws| {
        aws.change(&id("Z1EXAMPLE"), &sets, &comment).await.unwrap()
    })
    .await;
    assert!(change.in_sync);
    let asked = asked.join("\n").replace(&"x".repeat(256), "(256 characters)");
    expect![[r#"us-east-1 POST https://route53.amazonaws.com/2013-04-01/hostedzone/Z1EXAMPLE/rrset <ChangeResourceRecordSetsRequest xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><ChangeBatch><Comment>(256 characters)</Comment><Changes><Change><Action>UPSERT</Action><ResourceRecordSet><Name>www.example.com.</Name><Type>CNAME</Type><SetIdentifier>primary</SetIdentifier><ResourceRecords><ResourceRecord><Value>one.example.com</Value></ResourceRecord></ResourceRecords></ResourceRecordSet></Change><Change><Action>UPSERT</Action><ResourceRecordSet><Name>www.example.com.</Name><Type>CNAME</Type><SetIdentifier>secondary</SetIdentifier><ResourceRecords><ResourceRecord><Value>one.example.com</Value></ResourceRecord></ResourceRecords></ResourceRecordSet></Change></Changes></ChangeBatch></ChangeResourceRecordSetsRequest>"#]].assert_eq(&asked);
}

#[tokio::test(start_paused = true)]
async fn listing_ends_with_the_name_and_goes_on_by_all_three_fields() {
    let more = "<IsTruncated>true</IsTruncated><NextRecordName>www.example.com.</NextRecordName><NextRecordType>A</NextRecordType><NextRecordIdentifier>b</NextRecordIdentifier>";
    let elsewhere = "<IsTruncated>true</IsTruncated><NextRecordName>zzz.example.com.</NextRecordName><NextRecordType>A</NextRecordType>";
    let (first, second) = (set("WWW.example.com.", "a"), set("www.example.com.", "b"));
    let (sets, asked) = with([page(&[&first], more), page(&[&second], elsewhere)], async |aws| {
        aws.sets(&id("Z1EXAMPLE"), &id("www.example.com")).await.unwrap()
    })
    .await;
    let identifiers: Vec<_> = sets.iter().filter_map(|set| set.set_identifier.as_deref()).collect();
    assert_eq!(identifiers, ["a", "b"]);
    expect![[r#"
        us-east-1 GET https://route53.amazonaws.com/2013-04-01/hostedzone/Z1EXAMPLE/rrset?name=www.example.com&maxitems=100
        us-east-1 GET https://route53.amazonaws.com/2013-04-01/hostedzone/Z1EXAMPLE/rrset?name=www.example.com.&type=A&identifier=b&maxitems=100"#]].assert_eq(&asked.join("\n"));
}

#[tokio::test(start_paused = true)]
async fn sets_of_other_names_are_not_of_this_one() {
    let more = "<IsTruncated>true</IsTruncated><NextRecordName>x.example.com.</NextRecordName><NextRecordType>A</NextRecordType>";
    let (own, other) = (set("www.example.com.", "a"), set("wwww.example.com.", "b"));
    let (sets, _) = with([page(&[&own, &other, &own], more)], async |aws| {
        aws.sets(&id("Z1EXAMPLE"), &id("www.example.com")).await.unwrap()
    })
    .await;
    assert_eq!(sets.len(), 1);
    let (sets, _) = with([page(&[&other], more)], async |aws| {
        aws.sets(&id("Z1EXAMPLE"), &id("www.example.com")).await.unwrap()
    })
    .await;
    assert_eq!(sets, []);
}

#[tokio::test(start_paused = true)]
async fn a_change_is_followed_by_its_bare_id() {
    let (change, asked) =
        with([change_info("GetChange", "INSYNC")], async |aws| aws.progress("C2682N5HXP0BZ4").await.unwrap())
            .await;
    assert_eq!(change, Change { id: "C2682N5HXP0BZ4".to_owned(), in_sync: true });
    assert_eq!(asked, ["us-east-1 GET https://route53.amazonaws.com/2013-04-01/change/C2682N5HXP0BZ4"]);
}

/// Asks for a change that Route 53 refuses so, until nobody asks any more. Says also how often it was asked.
async fn refused(reply: impl Fn() -> Reply) -> (Meaning, String, usize) {
    let wire = Wire::of((0..9).map(|_| reply()));
    let aws = clients(&wire);
    let set = RecordSet { name: "www.example.com.".to_owned(), kind: "A".to_owned(), ..RecordSet::default() };
    let fault = aws.until(left(20)).change(&id("Z1EXAMPLE"), &[set], "x").await.unwrap_err();
    let (meaning, text) = shown(&fault);
    (meaning, text, wire.asked().len())
}

/// Route 53 documents this form of the error, and sends it: the root is not `ErrorResponse`.
#[tokio::test(start_paused = true)]
async fn a_refused_change_says_what_is_wrong_with_each_record() {
    let bare = || {
        xml(
            400,
            r#"<InvalidChangeBatch xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><Messages><Message>Tried to create an alias that targets
                   d1.cloudfront.net., type A, but it&apos;s not found</Message><Message>The record set &quot;b&quot; is protected</Message></Messages><RequestId>b25f48e8-84fd-11e6-80d9-574e0c4664cb</RequestId></InvalidChangeBatch>"#,
        )
    };
    let wrapped = || refusal(400, "InvalidChangeBatch", "The record set is protected");
    let expected = "failed to change the records of zone Z1EXAMPLE: InvalidChangeBatch: Tried to create an alias that targets d1.cloudfront.net., type A, but it's not found; The record set \"b\" is protected";
    assert_eq!(refused(bare).await, (Meaning::ChangeRefused, expected.to_owned(), 1));
    let expected =
        "failed to change the records of zone Z1EXAMPLE: InvalidChangeBatch: The record set is protected";
    assert_eq!(refused(wrapped).await, (Meaning::ChangeRefused, expected.to_owned(), 1));
}

#[tokio::test(start_paused = true)]
async fn a_change_of_a_zone_that_is_changing_is_a_conflict_after_the_sdks_own_attempts() {
    let (meaning, _, calls) =
        refused(|| refusal(400, "PriorRequestNotComplete", "The request was rejected")).await;
    assert_eq!((meaning, calls), (Meaning::Common(FaultClass::Conflict), 3));
}

#[tokio::test(start_paused = true)]
async fn a_health_check_is_changed_in_two_settings_and_by_its_version() {
    let check = |disabled: bool, inverted: bool, version: i64| {
        format!(
            r#"<HealthCheck><Id>11111111-2222-3333-4444-555555555555</Id><CallerReference>x</CallerReference><HealthCheckConfig><IPAddress>192.0.2.1</IPAddress><Port>443</Port><Type>HTTPS</Type><ResourcePath>/</ResourcePath><RequestInterval>30</RequestInterval><FailureThreshold>3</FailureThreshold><Inverted>{inverted}</Inverted><Disabled>{disabled}</Disabled></HealthCheckConfig><HealthCheckVersion>{version}</HealthCheckVersion></HealthCheck>"#
        )
    };
    let answer = |operation: &str, check: String| {
        xml(
            200,
            &format!(
                r#"<{operation}Response xmlns="https://route53.amazonaws.com/doc/2013-04-01/">{check}</{operation}Response>"#
            ),
        )
    };
    let replies =
        [answer("GetHealthCheck", check(false, true, 7)), answer("UpdateHealthCheck", check(true, true, 8))];
    let (found, asked) = with(replies, async |aws| {
        let check_id = id("11111111-2222-3333-4444-555555555555");
        let found = aws.check(&check_id).await.unwrap();
        aws.set_check(&check_id, &Check { disabled: true, ..found.clone() }).await.unwrap();
        found
    })
    .await;
    assert_eq!(found, Check { version: 7, kind: "HTTPS".to_owned(), disabled: false, inverted: true });
    expect![[r#"
        us-east-1 GET https://route53.amazonaws.com/2013-04-01/healthcheck/11111111-2222-3333-4444-555555555555
        us-east-1 POST https://route53.amazonaws.com/2013-04-01/healthcheck/11111111-2222-3333-4444-555555555555 <UpdateHealthCheckRequest xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><Disabled>true</Disabled><HealthCheckVersion>7</HealthCheckVersion><Inverted>true</Inverted></UpdateHealthCheckRequest>"#]].assert_eq(&asked.join("\n"));
}
