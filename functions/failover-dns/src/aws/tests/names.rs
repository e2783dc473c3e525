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

#[tokio::test(start_paused = true)]
async fn conflicts_are_listed_to_the_last_page() {
    let page = |resource: &str, account: &str, next: &str| {
        xml(
            200,
            &format!(
                r#"<ListDomainConflictsResult xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><DomainConflicts><DomainConflicts><Domain>www.example.com</Domain><ResourceType>distribution</ResourceType><ResourceId>{resource}</ResourceId><AccountId>{account}</AccountId></DomainConflicts></DomainConflicts>{next}</ListDomainConflictsResult>"#
            ),
        )
    };
    let replies = [
        page("E2EXAMPLE", "123456789012", "<NextMarker>next</NextMarker>"),
        page("***AMPLE", "******789012", "<NextMarker></NextMarker>"),
    ];
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
        let (fault, _) = with([refusal(status, code, message)], async |aws| {
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
