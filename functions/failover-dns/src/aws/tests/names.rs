//! Distributions, and who has a name.

use expect_test::expect;

use super::*;

fn distribution(status: &str, aliases: &str) -> Reply {
    xml(
        200,
        &format!(
            r#"<Distribution xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><Id>E1EXAMPLE</Id><ARN>arn:aws:cloudfront::123456789012:distribution/E1EXAMPLE</ARN><Status>{status}</Status><LastModifiedTime>2026-11-21T08:59:00Z</LastModifiedTime><InProgressInvalidationBatches>0</InProgressInvalidationBatches><DomainName>d111111abcdef8.cloudfront.net</DomainName><DistributionConfig><CallerReference>x</CallerReference>{aliases}<Origins><Quantity>0</Quantity><Items/></Origins><DefaultCacheBehavior><TargetOriginId>x</TargetOriginId><ViewerProtocolPolicy>https-only</ViewerProtocolPolicy></DefaultCacheBehavior><Comment/><Enabled>true</Enabled></DistributionConfig></Distribution>"#
        ),
    )
    .with("etag", "E2QWRUHEXAMPLE")
}

#[tokio::test(start_paused = true)]
async fn a_distribution_is_described() {
    let aliases = "<Aliases><Quantity>2</Quantity><Items><CNAME>www.example.com</CNAME><CNAME>*.example.org</CNAME></Items></Aliases>";
    let replies = [
        distribution("Deployed", aliases),
        distribution("InProgress", "<Aliases><Quantity>0</Quantity></Aliases>"),
    ];
    let (found, asked) = with(replies, async |aws| {
        [aws.distribution(&id("E1EXAMPLE")).await.unwrap(), aws.distribution(&id("E1EXAMPLE")).await.unwrap()]
    })
    .await;
    let expected = Distribution {
        domain: "d111111abcdef8.cloudfront.net".to_owned(),
        names: vec!["www.example.com".to_owned(), "*.example.org".to_owned()],
        deployed: true,
        enabled: true,
        etag: "E2QWRUHEXAMPLE".to_owned(),
    };
    let changing = Distribution { names: Vec::new(), deployed: false, ..expected.clone() };
    assert_eq!(found, [expected, changing]);
    assert_eq!(asked[0], "us-east-1 GET https://cloudfront.amazonaws.com/2020-05-31/distribution/E1EXAMPLE");
}

#[tokio::test(start_paused = true)]
async fn a_name_is_moved_to_the_version_that_was_seen() {
    let moved = xml(
        200,
        r#"<UpdateDomainAssociationResult xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><Domain>www.example.com</Domain><ResourceId>E1EXAMPLE</ResourceId></UpdateDomainAssociationResult>"#,
    );
    let (etag, asked) = with([moved.with("etag", "E3NEXT")], async |aws| {
        aws.move_name(&id("www.example.com."), &id("E1EXAMPLE"), "E2QWRUHEXAMPLE").await.unwrap()
    })
    .await;
    assert_eq!(etag, "E3NEXT");
    expect![[r#"us-east-1 POST https://cloudfront.amazonaws.com/2020-05-31/domain-association if-match=E2QWRUHEXAMPLE <UpdateDomainAssociationRequest xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><Domain>www.example.com</Domain><TargetResource><DistributionId>E1EXAMPLE</DistributionId></TargetResource></UpdateDomainAssociationRequest>"#]].assert_eq(&asked.join("\n"));
}

fn conflicts(domain: &str, resource: &str, account: &str, next: &str) -> Reply {
    xml(
        200,
        &format!(
            r#"<ListDomainConflictsResult xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><DomainConflicts><DomainConflicts><Domain>{domain}</Domain><ResourceType>distribution</ResourceType><ResourceId>{resource}</ResourceId><AccountId>{account}</AccountId></DomainConflicts></DomainConflicts>{next}</ListDomainConflictsResult>"#
        ),
    )
}

#[tokio::test(start_paused = true)]
async fn conflicts_are_listed_to_the_last_page() {
    let page = |resource: &str, account: &str, next: &str| {
        conflicts("www.example.com", resource, account, &format!("<NextMarker>{next}</NextMarker>"))
    };
    let replies = [page("E2EXAMPLE", "123456789012", "next"), page("***AMPLE", "******789012", "")];
    let (found, asked) =
        with(replies, async |aws| aws.conflicts(&id("www.example.com"), &id("E1EXAMPLE")).await.unwrap())
            .await;
    let conflict = |resource: &str, account: &str| Conflict {
        resource: resource.to_owned(),
        account: account.to_owned(),
    };
    assert_eq!(found, [conflict("E2EXAMPLE", "123456789012"), conflict("***AMPLE", "******789012")]);
    expect![[r#"
        us-east-1 POST https://cloudfront.amazonaws.com/2020-05-31/domain-conflicts <ListDomainConflictsRequest xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><Domain>www.example.com</Domain><DomainControlValidationResource><DistributionId>E1EXAMPLE</DistributionId></DomainControlValidationResource></ListDomainConflictsRequest>
        us-east-1 POST https://cloudfront.amazonaws.com/2020-05-31/domain-conflicts <ListDomainConflictsRequest xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><Domain>www.example.com</Domain><DomainControlValidationResource><DistributionId>E1EXAMPLE</DistributionId></DomainControlValidationResource><Marker>next</Marker></ListDomainConflictsRequest>"#]].assert_eq(&asked.join("\n"));
}

#[tokio::test(start_paused = true)]
async fn a_refused_name_is_told_from_a_missing_permission() {
    for (status, code, message, expected) in [
        (412, "PreconditionFailed", "The preconditions failed.", Meaning::Common(FaultClass::Conflict)),
        (
            400,
            "InvalidIfMatchVersion",
            "The If-Match version is missing",
            Meaning::Common(FaultClass::Conflict),
        ),
        (404, "EntityNotFound", "The entity was not found.", Meaning::Common(FaultClass::NotFound)),
        (400, "InvalidArgument", "The certificate does not cover the domain.", Meaning::ChangeRefused),
        (400, "IllegalUpdate", "The update is not allowed.", Meaning::ChangeRefused),
        (409, "CNAMEAlreadyExists", "One or more of the CNAMEs are in use.", Meaning::ChangeRefused),
        (403, "AccessDenied", "Ownership of the domain was not proven.", Meaning::ChangeRefused),
        (
            403,
            "AccessDenied",
            "User: arn:aws:sts::123456789012:assumed-role/x is not authorized to perform: cloudfront:UpdateDomainAssociation",
            Meaning::Common(FaultClass::Denied),
        ),
        (403, "AccessDenied", "Access denied.", Meaning::Common(FaultClass::Denied)),
    ] {
        // Where it may be because of who has the name, that is looked at: it is this account.
        let is_asked = ["IllegalUpdate", "CNAMEAlreadyExists"].contains(&code)
            || code == "AccessDenied" && !message.contains("not authorized");
        let looks = [
            distribution("Deployed", ""),
            conflicts("www.example.com", "*******EXAMPLE", "******789012", ""),
        ];
        let replies = std::iter::once(refusal(status, code, message));
        let (fault, _) = with(replies.chain(looks.into_iter().filter(|_| is_asked)), async |aws| {
            aws.move_name(&id("www.example.com"), &id("E1EXAMPLE"), "E2").await.unwrap_err()
        })
        .await;
        let text =
            format!("failed to move the name www.example.com to distribution E1EXAMPLE: {code}: {message}");
        assert_eq!(shown(&fault), (expected, text));
        let (fault, _) = with([refusal(status, code, message)], async |aws| {
            aws.conflicts(&id("www.example.com"), &id("E1EXAMPLE")).await.unwrap_err()
        })
        .await;
        assert_eq!(fault.meaning, expected, "{code}");
    }
}

/// CloudFront refuses a name of another account in the words of any refusal, and shows of that account its end alone.
#[tokio::test(start_paused = true)]
async fn a_name_of_another_account_is_told_from_what_can_be_repaired_here() {
    const DENIED: Meaning = Meaning::Common(FaultClass::Denied);
    let (www, wildcard) = ("www.example.com", "*.example.com");
    for (code, domain, account, expected) in [
        ("AccessDenied", www, "******112233", Meaning::OtherAccount),
        ("IllegalUpdate", www, "******112233", Meaning::OtherAccount),
        ("CNAMEAlreadyExists", www, "000000000000", Meaning::OtherAccount),
        ("AccessDenied", www, "******789012", DENIED),
        ("AccessDenied", www, "123456789012", DENIED),
        ("AccessDenied", www, "************", DENIED),
        ("AccessDenied", wildcard, "******112233", DENIED),
    ] {
        let replies = [
            refusal(403, code, "Access denied."),
            distribution("Deployed", ""),
            conflicts(domain, "*******ELSEWHR", account, ""),
        ];
        let (fault, _) =
            with(replies, async |aws| aws.move_name(&id(www), &id("E1EXAMPLE"), "E2").await.unwrap_err())
                .await;
        let (meaning, words) = shown(&fault);
        assert_eq!(meaning, expected, "{code} {domain} {account}");
        assert_eq!(
            words.contains("`*******ELSEWHR` of account"),
            expected == Meaning::OtherAccount,
            "{words}"
        );
        assert!(words.contains(&format!("{code}: Access denied.")), "{words}");
    }
    // Where the role may not look either, the refusal itself must do.
    let denials = [refusal(403, "AccessDenied", "Access denied."), refusal(403, "AccessDenied", "no")];
    let (fault, _) =
        with(denials, async |aws| aws.move_name(&id(www), &id("E1EXAMPLE"), "E2").await.unwrap_err()).await;
    assert_eq!(fault.meaning, DENIED);
}

/// CloudFront hides the beginning of ids, of those of the caller's own account too.
#[test]
fn what_is_ours_is_known_by_the_end_of_its_id() {
    for (resource, is_ours) in [
        ("*******EXAMPLE", true),
        ("E1EXAMPLE", true),
        ("EXAMPLE", false),
        ("*******SAMPLES", false),
        ("*********", false),
        ("", false),
    ] {
        let found = Conflict { resource: resource.to_owned(), account: "******112233".to_owned() };
        assert_eq!(found.is_of(&id("E1EXAMPLE")), is_ours, "{resource}");
    }
}
