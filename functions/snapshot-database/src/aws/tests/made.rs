//! Snapshots that are taken, copied and deleted.

use super::*;

const ARN: &str = "arn:aws:rds:us-east-1:123456789012:snapshot:weather-1";

fn create(of: DatabaseId) -> Create {
    let tags = tags(&[(names::HOME, "us-east-1"), (names::TARGET, "weather-db"), (names::COMMAND, "c 1")]);
    Create { of, name: "weather-1".to_owned(), tags }
}

fn copy(of: DatabaseId) -> Copy {
    Copy {
        of,
        region: region("us-west-2"),
        name: "weather-1".to_owned(),
        source_arn: ARN.to_owned(),
        kms_key: Some("alias/backups".to_owned()),
        option_group: Some("tde".to_owned()),
        tags: tags(&[(names::HOME, "us-east-1"), (names::TARGET, "weather-db"), (names::COPY_OF, ARN)]),
    }
}

const TAGS: &str = "Tags.Tag.1.Key=lamplighter:command Tags.Tag.1.Value=c%201 \
                    Tags.Tag.2.Key=lamplighter:home Tags.Tag.2.Value=us-east-1 \
                    Tags.Tag.3.Key=lamplighter:target Tags.Tag.3.Value=weather-db";

#[tokio::test]
async fn a_snapshot_is_taken_with_its_tags_in_one_call() {
    for (id, operation, expected) in [
        (
            instance("weather"),
            "CreateDBSnapshot",
            format!("DBSnapshotIdentifier=weather-1 DBInstanceIdentifier=weather {TAGS}"),
        ),
        (
            cluster("weather"),
            "CreateDBClusterSnapshot",
            format!("DBClusterSnapshotIdentifier=weather-1 DBClusterIdentifier=weather {TAGS}"),
        ),
    ] {
        let (made, asked) =
            with([answer(operation, "")], async |aws| aws.create(&create(id.clone())).await).await;
        assert_eq!(made.unwrap(), Outcome::Done);
        assert_eq!(asked, [format!("us-east-1 {operation} {expected}")]);
    }
}

#[tokio::test]
async fn a_copy_is_asked_for_in_the_region_that_it_goes_to_with_its_tags_and_none_of_the_source() {
    const COPIED: &str = "Tags.Tag.1.Key=lamplighter:copy-of \
        Tags.Tag.1.Value=arn:aws:rds:us-east-1:123456789012:snapshot:weather-1 \
        Tags.Tag.2.Key=lamplighter:home Tags.Tag.2.Value=us-east-1 \
        Tags.Tag.3.Key=lamplighter:target Tags.Tag.3.Value=weather-db";
    for (id, operation, expected) in [
        (
            instance("weather"),
            "CopyDBSnapshot",
            format!(
                "SourceDBSnapshotIdentifier={ARN} TargetDBSnapshotIdentifier=weather-1 KmsKeyId=alias/backups \
                 {COPIED} CopyTags=false OptionGroupName=tde"
            ),
        ),
        (
            cluster("weather"),
            "CopyDBClusterSnapshot",
            format!(
                "SourceDBClusterSnapshotIdentifier={ARN} TargetDBClusterSnapshotIdentifier=weather-1 \
                 KmsKeyId=alias/backups CopyTags=false {COPIED}"
            ),
        ),
    ] {
        let (made, asked) =
            with([answer(operation, "")], async |aws| aws.copy(&copy(id.clone())).await).await;
        assert_eq!(made.unwrap(), Outcome::Done);
        assert_eq!(asked, [format!("us-west-2 {operation} {expected}")]);
    }
}

#[tokio::test]
async fn a_copy_without_key_and_option_group_names_neither() {
    let plain = Copy { kms_key: None, option_group: None, ..copy(instance("weather")) };
    let (made, asked) = with([answer("CopyDBSnapshot", "")], async |aws| aws.copy(&plain).await).await;
    assert_eq!(made.unwrap(), Outcome::Done);
    assert!(!asked[0].contains("KmsKeyId") && !asked[0].contains("OptionGroup"), "{}", asked[0]);
}

/// What there is of the name already, and what that makes of a request.
async fn with_there(
    code: &str,
    there: Option<(DatabaseId, &[(&str, &str)])>,
    work: impl AsyncFn(&AwsUntil<'_>) -> Result<Outcome, Fault>,
) -> (Result<Outcome, Meaning>, String) {
    let family = if code.contains("Cluster") { Family::Cluster } else { Family::Instance };
    let look = match there {
        Some((of, tags)) => snapshots(family, &[snapshot(&of, "weather-1", &tag_list(tags))], None),
        None => refusal(404, &code.replace("AlreadyExists", "NotFound")),
    };
    let (made, mut asked) = with([refusal(400, code), look], work).await;
    (made.map_err(|fault| fault.meaning), asked.remove(1))
}

#[tokio::test]
async fn a_snapshot_of_its_name_is_the_same_only_of_the_same_database_and_target() {
    const OURS: &[(&str, &str)] = &[(names::HOME, "us-east-1"), (names::TARGET, "weather-db")];
    const OTHERS: &[(&str, &str)] = &[(names::HOME, "us-east-1"), (names::TARGET, "other-db")];
    const ELSEWHERE: &[(&str, &str)] = &[(names::HOME, "eu-west-1"), (names::TARGET, "weather-db")];
    for (id, other, code, look) in [
        (
            instance("weather"),
            instance("other"),
            "DBSnapshotAlreadyExists",
            "us-east-1 DescribeDBSnapshots DBSnapshotIdentifier=weather-1",
        ),
        (
            cluster("weather"),
            cluster("other"),
            "DBClusterSnapshotAlreadyExistsFault",
            "us-east-1 DescribeDBClusterSnapshots DBClusterSnapshotIdentifier=weather-1",
        ),
    ] {
        for (there, expected) in [
            (Some((id.clone(), OURS)), Ok(Outcome::Already)),
            (Some((id.clone(), OTHERS)), Err(Meaning::NameTaken)),
            (Some((id.clone(), ELSEWHERE)), Err(Meaning::NameTaken)),
            (Some((id.clone(), &[])), Err(Meaning::NameTaken)),
            (Some((other, OURS)), Err(Meaning::NameTaken)),
            (None, Err(Meaning::Common(FaultClass::Conflict))),
        ] {
            let work = async |aws: &AwsUntil<'_>| aws.create(&create(id.clone())).await;
            assert_eq!(with_there(code, there, work).await, (expected, look.to_owned()));
        }
    }
}

#[tokio::test]
async fn a_copy_of_its_name_is_the_same_only_of_the_same_snapshot() {
    const SAME: &[(&str, &str)] =
        &[(names::COPY_OF, ARN), (names::HOME, "us-east-1"), (names::TARGET, "weather-db")];
    const OTHER: &[(&str, &str)] = &[
        (names::COPY_OF, "arn:aws:rds:us-east-1:123456789012:snapshot:b"),
        (names::HOME, "us-east-1"),
        (names::TARGET, "weather-db"),
    ];
    for (id, code, look) in [
        (
            instance("weather"),
            "DBSnapshotAlreadyExistsFault",
            "us-west-2 DescribeDBSnapshots DBSnapshotIdentifier=weather-1",
        ),
        (
            cluster("weather"),
            "DBClusterSnapshotAlreadyExists",
            "us-west-2 DescribeDBClusterSnapshots DBClusterSnapshotIdentifier=weather-1",
        ),
    ] {
        for (tags, expected) in [(SAME, Ok(Outcome::Already)), (OTHER, Err(Meaning::NameTaken))] {
            let work = async |aws: &AwsUntil<'_>| aws.copy(&copy(id.clone())).await;
            let there = Some((id.clone(), tags));
            assert_eq!(with_there(code, there, work).await, (expected, look.to_owned()));
        }
    }
}

#[tokio::test]
async fn a_request_whose_answer_was_lost_is_not_a_foreign_snapshot() {
    let there = snapshot(
        &instance("weather"),
        "weather-1",
        &tag_list(&[(names::HOME, "us-east-1"), (names::TARGET, "weather-db")]),
    );
    let answers = [
        refusal(500, "InternalFailure"),
        refusal(400, "DBSnapshotAlreadyExists"),
        snapshots(Family::Instance, &[there], None),
    ];
    let (made, _) = with(answers, async |aws| aws.create(&create(instance("weather"))).await).await;
    assert_eq!(made.unwrap(), Outcome::Already);
}

#[tokio::test]
async fn a_snapshot_is_deleted_once_in_its_region() {
    for (family, operation, code) in [
        (Family::Instance, "DeleteDBSnapshot DBSnapshotIdentifier=a", "DBSnapshotNotFound"),
        (
            Family::Cluster,
            "DeleteDBClusterSnapshot DBClusterSnapshotIdentifier=a",
            "DBClusterSnapshotNotFoundFault",
        ),
    ] {
        let name = operation.split(' ').next().unwrap();
        for (answer, expected) in [(answer(name, ""), Outcome::Done), (refusal(404, code), Outcome::Already)]
        {
            let (done, asked) =
                with([answer], async |aws| aws.delete(&region("us-west-2"), family, "a").await).await;
            assert_eq!(done.unwrap(), expected);
            assert_eq!(asked, [format!("us-west-2 {operation}")]);
        }
    }
}
