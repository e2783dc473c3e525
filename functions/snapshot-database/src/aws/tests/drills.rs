//! Scratch databases: restored, given an instance, deleted.

use super::*;

fn restore(scratch: DatabaseId, engine: &str) -> Restore {
    Restore {
        scratch,
        snapshot: "weather-1".to_owned(),
        engine: engine.to_owned(),
        engine_version: "16.4".to_owned(),
        class: Some("db.t4g.medium".to_owned()),
        subnet_group: Some("scratch".to_owned()),
        security_groups: vec!["sg-1".to_owned(), "sg-2".to_owned()],
        tags: tags(&[(names::HOME, "us-east-1"), (names::TARGET, "weather-db")]),
    }
}

fn member() -> Member {
    Member {
        cluster: "drill-1".to_owned(),
        name: "drill-1-a".to_owned(),
        engine: "aurora-mysql".to_owned(),
        class: "db.t4g.medium".to_owned(),
        tags: tags(&[(names::HOME, "us-east-1"), (names::TARGET, "weather-db")]),
    }
}

/// What one request says, each field by itself.
async fn fields_of(
    operation: &str,
    work: impl AsyncFn(&AwsUntil<'_>) -> Result<Outcome, Fault>,
) -> Vec<String> {
    let (done, asked) = with([answer(operation, "")], work).await;
    assert_eq!(done.unwrap(), Outcome::Done);
    assert_eq!(asked.len(), 1);
    let mut fields: Vec<String> = asked[0].split(' ').map(str::to_owned).collect();
    fields[1..].sort();
    fields
}

#[tokio::test]
async fn a_scratch_instance_inherits_nothing_that_would_keep_or_show_it() {
    let restore = restore(instance("drill-1"), "postgres");
    let fields = fields_of("RestoreDBInstanceFromDBSnapshot", async |aws| aws.restore(&restore).await).await;
    let expected = [
        "us-east-1",
        "AutoMinorVersionUpgrade=false",
        "CopyTagsToSnapshot=false",
        "DBInstanceClass=db.t4g.medium",
        "DBInstanceIdentifier=drill-1",
        "DBSnapshotIdentifier=weather-1",
        "DBSubnetGroupName=scratch",
        "DeletionProtection=false",
        "MultiAZ=false",
        "PubliclyAccessible=false",
        "RestoreDBInstanceFromDBSnapshot",
        "Tags.Tag.1.Key=lamplighter:home",
        "Tags.Tag.1.Value=us-east-1",
        "Tags.Tag.2.Key=lamplighter:target",
        "Tags.Tag.2.Value=weather-db",
        "VpcSecurityGroupIds.VpcSecurityGroupId.1=sg-1",
        "VpcSecurityGroupIds.VpcSecurityGroupId.2=sg-2",
    ];
    assert_eq!(fields, expected);
}

#[tokio::test]
async fn a_scratch_cluster_is_of_the_snapshots_version_and_has_a_class_only_where_it_is_no_aurora() {
    let aurora = [
        "us-east-1",
        "CopyTagsToSnapshot=false",
        "DBClusterIdentifier=drill-1",
        "DBSubnetGroupName=scratch",
        "DeletionProtection=false",
        "Engine=aurora-mysql",
        "EngineVersion=16.4",
        "RestoreDBClusterFromSnapshot",
        "SnapshotIdentifier=weather-1",
        "Tags.Tag.1.Key=lamplighter:home",
        "Tags.Tag.1.Value=us-east-1",
        "Tags.Tag.2.Key=lamplighter:target",
        "Tags.Tag.2.Value=weather-db",
        "VpcSecurityGroupIds.VpcSecurityGroupId.1=sg-1",
        "VpcSecurityGroupIds.VpcSecurityGroupId.2=sg-2",
    ];
    let operation = "RestoreDBClusterFromSnapshot";
    let of_aurora = restore(cluster("drill-1"), "aurora-mysql");
    assert_eq!(fields_of(operation, async |aws| aws.restore(&of_aurora).await).await, aurora);

    let of_others = restore(cluster("drill-1"), "postgres");
    let fields = fields_of(operation, async |aws| aws.restore(&of_others).await).await;
    assert!(fields.contains(&"DBClusterInstanceClass=db.t4g.medium".to_owned()), "{fields:?}");
}

#[tokio::test]
async fn what_the_playbook_does_not_say_of_a_scratch_database_is_not_said() {
    for (scratch, operation) in [
        (instance("drill-1"), "RestoreDBInstanceFromDBSnapshot"),
        (cluster("drill-1"), "RestoreDBClusterFromSnapshot"),
    ] {
        let said = restore(scratch, "postgres");
        let plain = Restore { class: None, subnet_group: None, security_groups: Vec::new(), ..said };
        let fields = fields_of(operation, async |aws| aws.restore(&plain).await).await;
        let unsaid = ["InstanceClass", "SubnetGroup", "VpcSecurity"];
        assert!(!fields.iter().any(|field| unsaid.iter().any(|word| field.contains(word))), "{fields:?}");
    }
}

#[tokio::test]
async fn a_scratch_cluster_is_given_an_instance() {
    let fields = fields_of("CreateDBInstance", async |aws| aws.add_member(&member()).await).await;
    let expected = [
        "us-east-1",
        "AutoMinorVersionUpgrade=false",
        "CreateDBInstance",
        "DBClusterIdentifier=drill-1",
        "DBInstanceClass=db.t4g.medium",
        "DBInstanceIdentifier=drill-1-a",
        "Engine=aurora-mysql",
        "PubliclyAccessible=false",
        "Tags.Tag.1.Key=lamplighter:home",
        "Tags.Tag.1.Value=us-east-1",
        "Tags.Tag.2.Key=lamplighter:target",
        "Tags.Tag.2.Value=weather-db",
    ];
    assert_eq!(fields, expected);
}

#[tokio::test]
async fn a_scratch_database_that_is_there_already_is_not_restored_again_and_another_is_left_alone() {
    const OURS: &[(&str, &str)] = &[(names::HOME, "us-east-1"), (names::TARGET, "weather-db")];
    for (scratch, code) in [
        (instance("drill-1"), "DBInstanceAlreadyExists"),
        (cluster("drill-1"), "DBClusterAlreadyExistsFault"),
    ] {
        for (tags, expected) in [(OURS, Ok(Outcome::Already)), (&[][..], Err(Meaning::NameTaken))] {
            let there = database(&scratch, "creating", &tag_list(tags));
            let answers = [refusal(400, code), databases(scratch.family, &[there], None)];
            let restore = restore(scratch.clone(), "aurora-mysql");
            let (done, _) = with(answers, async |aws| aws.restore(&restore).await).await;
            assert_eq!(done.map_err(|fault| fault.meaning), expected, "{scratch}");
        }
    }
}

#[tokio::test]
async fn an_instance_of_another_cluster_is_not_the_scratch_clusters() {
    for (of, expected) in [("drill-1", Ok(Outcome::Already)), ("prod", Err(Meaning::NameTaken))] {
        let special = format!("<DBClusterIdentifier>{of}</DBClusterIdentifier>");
        let there = database(&instance("drill-1-a"), "creating", &special);
        let answers = [refusal(400, "DBInstanceAlreadyExists"), databases(Family::Instance, &[there], None)];
        let (done, _) = with(answers, async |aws| aws.add_member(&member()).await).await;
        assert_eq!(done.map_err(|fault| fault.meaning), expected, "{of}");
    }
}

const DELETIONS: [(Family, &str, &str, &str); 2] = [
    (
        Family::Instance,
        "DeleteDBInstance DBInstanceIdentifier=drill-1 SkipFinalSnapshot=true DeleteAutomatedBackups=true",
        "DBInstanceNotFound",
        "InvalidDBInstanceState",
    ),
    (
        Family::Cluster,
        "DeleteDBCluster DBClusterIdentifier=drill-1 SkipFinalSnapshot=true",
        "DBClusterNotFoundFault",
        "InvalidDBClusterStateFault",
    ),
];

#[tokio::test]
async fn a_scratch_database_goes_without_a_last_snapshot() {
    for (family, request, gone, _) in DELETIONS {
        let scratch = DatabaseId { family, name: "drill-1".to_owned() };
        let name = request.split(' ').next().unwrap();
        for (answer, expected) in [(answer(name, ""), Outcome::Done), (refusal(404, gone), Outcome::Already)]
        {
            let (done, asked) = with([answer], async |aws| aws.delete_scratch(&scratch).await).await;
            assert_eq!(done.unwrap(), expected);
            assert_eq!(asked, [format!("us-east-1 {request}")]);
        }
    }
}

#[tokio::test]
async fn a_scratch_database_that_is_going_is_told_from_one_that_cannot_go_yet() {
    for (family, _, gone, code) in DELETIONS {
        let scratch = DatabaseId { family, name: "drill-1".to_owned() };
        let there = |status: &str| databases(family, &[database(&scratch, status, "")], None);
        for (look, expected) in [
            (there("deleting"), Ok(Outcome::Already)),
            (refusal(404, gone), Ok(Outcome::Already)),
            (there("creating"), Err(Meaning::WrongState)),
        ] {
            let answers = [refusal(400, code), look];
            let (done, _) = with(answers, async |aws| aws.delete_scratch(&scratch).await).await;
            assert_eq!(done.map_err(|fault| fault.meaning), expected, "{scratch}");
        }
    }
}
