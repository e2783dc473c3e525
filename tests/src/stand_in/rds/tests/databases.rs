//! Scratch databases, from their restore to their end.

use super::*;

#[test]
fn a_restored_instance_inherits_the_tags_that_it_is_not_given() {
    let mut rds = rds();
    let tags = BTreeMap::from([("own".to_owned(), "yes".to_owned())]);
    rds.put(RdsSnapshot { tags: tags.clone(), ..snapshot(RdsFamily::Instance, "s") });
    let restore = "RestoreDBInstanceFromDBSnapshot DBSnapshotIdentifier=s DBInstanceIdentifier";
    rds.ask(HOME, &format!("{restore}=plain")).unwrap();
    rds.ask(HOME, &format!("{restore}=tagged Tags.Tag.1.Key=k Tags.Tag.1.Value=v")).unwrap();
    let restored = |name: &str| &rds.databases[&(RdsFamily::Instance, HOME.to_owned(), name.to_owned())];
    assert_eq!((restored("plain").status.as_str(), &restored("plain").tags), ("creating", &tags));
    assert_eq!(restored("tagged").tags, BTreeMap::from([("k".to_owned(), "v".to_owned())]));
    assert_eq!(rds.ask(HOME, &format!("{restore}=plain")), Err("DBInstanceAlreadyExists"));
}

#[test]
fn a_restored_cluster_has_no_instance_takes_one_when_it_is_available_and_goes_after_it() {
    let mut rds = rds();
    rds.put(snapshot(RdsFamily::Cluster, "s"));
    let restore =
        "RestoreDBClusterFromSnapshot SnapshotIdentifier=s Engine=aurora-mysql DBClusterIdentifier=drill";
    let member = "CreateDBInstance DBClusterIdentifier=drill DBInstanceIdentifier=m Engine=aurora-mysql \
                  DBInstanceClass=db.t4g.medium";
    let delete = "DeleteDBCluster DBClusterIdentifier=drill SkipFinalSnapshot=true";
    let delete_member = "DeleteDBInstance DBInstanceIdentifier=m SkipFinalSnapshot=true";
    let wrong = "RestoreDBClusterFromSnapshot SnapshotIdentifier=s Engine=postgres DBClusterIdentifier=drill";
    assert_eq!(rds.ask(HOME, wrong), Err("InvalidParameterValue"));
    rds.ask(HOME, restore).unwrap();
    assert_eq!(rds.ask(HOME, member), Err("InvalidDBClusterStateFault"));
    assert_eq!(rds.ask(HOME, delete), Err("InvalidDBClusterStateFault"));
    rds.settle_databases();
    let described = rds.ask(HOME, "DescribeDBClusters DBClusterIdentifier=drill").unwrap();
    assert_eq!(texts(&described, "DBClusterMember").len(), 0);

    rds.ask(HOME, member).unwrap();
    rds.settle_databases();
    let described = rds.ask(HOME, "DescribeDBClusters DBClusterIdentifier=drill").unwrap();
    assert_eq!(texts(&described, "DBInstanceIdentifier"), ["m"]);
    assert_eq!(rds.ask(HOME, delete), Err("InvalidDBClusterStateFault"));
    let with_last_snapshot = delete_member.replace(" SkipFinalSnapshot=true", "");
    assert_eq!(rds.ask(HOME, &with_last_snapshot), Err("InvalidParameterCombination"));
    rds.ask(HOME, delete_member).unwrap();
    assert_eq!(rds.ask(HOME, delete_member), Err("InvalidDBInstanceState"));
    rds.ask(HOME, delete).unwrap();
    rds.settle_databases();
    assert_eq!(rds.ask(HOME, delete), Err("DBClusterNotFoundFault"));
}
