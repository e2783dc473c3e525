//! What there is: databases, snapshots and quotas, page by page.

use super::*;

const OF_INSTANCE: &str = "<OriginalSnapshotCreateTime>2026-11-20T01:30:12.345Z</OriginalSnapshotCreateTime>\
    <SnapshotCreateTime>2026-11-20T02:10:00.000Z</SnapshotCreateTime><Engine>postgres</Engine>\
    <EngineVersion>16.4</EngineVersion><AllocatedStorage>100</AllocatedStorage>\
    <PercentProgress>100</PercentProgress><Encrypted>true</Encrypted>\
    <KmsKeyId>arn:aws:kms:us-west-2:123456789012:key/k</KmsKeyId>\
    <OptionGroupName>default:postgres-16</OptionGroupName>\
    <DBSnapshotArn>arn:aws:rds:us-west-2:123456789012:snapshot:weather-1</DBSnapshotArn>\
    <TagList><Tag><Key>lamplighter:target</Key><Value>weather-db</Value></Tag><Tag><Key>empty</Key></Tag></TagList>";

#[tokio::test]
async fn an_instance_is_described_by_its_name_alone() {
    let special = "<Engine>aurora-mysql</Engine><DBInstanceClass>db.r6g.large</DBInstanceClass>\
        <DBClusterIdentifier>Platform</DBClusterIdentifier>\
        <InstanceCreateTime>2025-01-02T03:04:05Z</InstanceCreateTime>\
        <OptionGroupMemberships><OptionGroupMembership><OptionGroupName>tde</OptionGroupName>\
        <Status>in-sync</Status></OptionGroupMembership></OptionGroupMemberships>\
        <TagList><Tag><Key>backup</Key><Value>nightly</Value></Tag></TagList>";
    let page = databases(Family::Instance, &[database(&instance("Member-1"), "backing-up", special)], None);
    let (found, asked) = with([page], async |aws| aws.database(&instance("member-1")).await).await;
    let expected = Database {
        id: instance("member-1"),
        status: "backing-up".to_owned(),
        member_of: Some("platform".to_owned()),
        members: Vec::new(),
        created: Some("2025-01-02T03:04:05Z".parse().unwrap()),
        engine: "aurora-mysql".to_owned(),
        class: Some("db.r6g.large".to_owned()),
        option_group: Some("tde".to_owned()),
        tags: tags(&[("backup", "nightly")]),
    };
    assert_eq!(found.unwrap(), Some(expected));
    assert_eq!(asked, ["us-east-1 DescribeDBInstances DBInstanceIdentifier=member-1 MaxRecords=100"]);
}

#[tokio::test]
async fn a_cluster_has_members_and_no_class_of_its_own() {
    let special = "<Engine>aurora-mysql</Engine><ClusterCreateTime>2025-01-02T03:04:05Z</ClusterCreateTime>\
        <DBClusterMembers><DBClusterMember><DBInstanceIdentifier>one</DBInstanceIdentifier>\
        <IsClusterWriter>true</IsClusterWriter></DBClusterMember><DBClusterMember>\
        <DBInstanceIdentifier>two</DBInstanceIdentifier></DBClusterMember></DBClusterMembers>\
        <DBClusterOptionGroupMemberships><DBClusterOptionGroup><DBClusterOptionGroupName>default:aurora-mysql-8-0\
        </DBClusterOptionGroupName><Status>in-sync</Status></DBClusterOptionGroup></DBClusterOptionGroupMemberships>";
    let page = databases(Family::Cluster, &[database(&cluster("platform"), "available", special)], None);
    let (found, asked) = with([page], async |aws| aws.database(&cluster("platform")).await).await;
    let expected = Database {
        id: cluster("platform"),
        status: "available".to_owned(),
        member_of: None,
        members: vec!["one".to_owned(), "two".to_owned()],
        created: Some("2025-01-02T03:04:05Z".parse().unwrap()),
        engine: "aurora-mysql".to_owned(),
        class: None,
        option_group: None,
        tags: Tags::new(),
    };
    assert_eq!(found.unwrap(), Some(expected));
    assert_eq!(asked, ["us-east-1 DescribeDBClusters DBClusterIdentifier=platform MaxRecords=100"]);
}

#[tokio::test]
async fn what_there_is_not_is_nothing() {
    for (id, code) in [(instance("gone"), "DBInstanceNotFound"), (cluster("gone"), "DBClusterNotFoundFault")]
    {
        let (found, _) = with([refusal(404, code)], async |aws| aws.database(&id).await).await;
        assert_eq!(found.unwrap(), None, "{id}");
    }
}

#[tokio::test]
async fn an_answer_of_somebody_else_does_not_say_that_there_is_nothing() {
    let html = (404, "<html>Not Found</html>".to_owned());
    let (found, _) = with([html], async |aws| aws.database(&instance("weather")).await).await;
    let fault = found.unwrap_err();
    assert_eq!((fault.meaning, fault.is_transient()), (Meaning::Common(FaultClass::Unknown), true));
}

#[tokio::test]
async fn databases_are_listed_page_by_page() {
    for (family, word) in [(Family::Instance, "Instances"), (Family::Cluster, "Clusters")] {
        let id = |name: &str| DatabaseId { family, name: name.to_owned() };
        let one = |name: &str| database(&id(name), "available", "");
        let pages = [
            databases(family, &[one("a"), one("b")], Some("m/1")),
            databases(family, &[], Some("m2")),
            databases(family, &[one("c")], None),
        ];
        let (found, asked) = with(pages, async |aws| aws.databases(family).await).await;
        let names: Vec<DatabaseId> = found.unwrap().into_iter().map(|database| database.id).collect();
        assert_eq!(names, [id("a"), id("b"), id("c")]);
        let expected = ["", " Marker=m/1", " Marker=m2"]
            .map(|marker| format!("us-east-1 DescribeDB{word} MaxRecords=100{marker}"));
        assert_eq!(asked, expected);
    }
}

#[tokio::test]
async fn every_page_of_snapshots_is_filtered_by_the_server_in_the_region_that_is_asked() {
    for (id, operation) in [
        (instance("weather"), "DescribeDBSnapshots DBInstanceIdentifier"),
        (cluster("weather"), "DescribeDBClusterSnapshots DBClusterIdentifier"),
    ] {
        for (origin, word) in [(Origin::Manual, "manual"), (Origin::Automated, "automated")] {
            let page = |name: &str, marker| snapshots(id.family, &[snapshot(&id, name, "")], marker);
            let pages = [page("weather-1", Some("m1")), page("weather-2", None)];
            let listed = Listed::Of(id.clone());
            let (found, asked) =
                with(pages, async |aws| aws.snapshots(&region("us-west-2"), &listed, origin).await).await;
            let names: Vec<String> = found.unwrap().into_iter().map(|snapshot| snapshot.name).collect();
            assert_eq!(names, ["weather-1", "weather-2"]);
            let first = format!("us-west-2 {operation}=weather SnapshotType={word} MaxRecords=100");
            assert_eq!(asked, [first.clone(), format!("{first} Marker=m1")]);
        }
    }
}

#[tokio::test]
async fn all_snapshots_of_a_family_are_one_list() {
    for (family, word) in [(Family::Instance, "DBSnapshots"), (Family::Cluster, "DBClusterSnapshots")] {
        let (found, asked) = with([snapshots(family, &[], None)], async |aws| {
            aws.snapshots(aws.home(), &Listed::All(family), Origin::Manual).await
        })
        .await;
        assert_eq!(found.unwrap(), []);
        assert_eq!(asked, [format!("us-east-1 Describe{word} SnapshotType=manual MaxRecords=100")]);
    }
}

#[tokio::test]
async fn a_database_that_rds_no_longer_knows_has_no_snapshots() {
    let listed = Listed::Of(cluster("gone"));
    let (found, _) = with([refusal(404, "DBClusterNotFoundFault")], async |aws| {
        aws.snapshots(aws.home(), &listed, Origin::Manual).await
    })
    .await;
    assert_eq!(found.unwrap(), []);
}

/// The one manual snapshot that RDS tells, which is available.
async fn told(of: &DatabaseId, special: &str) -> Snapshot {
    told_in(of, "available", special).await
}

/// The one manual snapshot that RDS tells, in that state.
async fn told_in(of: &DatabaseId, status: &str, special: &str) -> Snapshot {
    let element = snapshot(of, "Weather-1", special).replace(">available<", &format!(">{status}<"));
    let page = snapshots(of.family, &[element], None);
    let listed = Listed::All(of.family);
    let (found, _) =
        with([page], async |aws| aws.snapshots(aws.home(), &listed, Origin::Manual).await.unwrap().remove(0))
            .await;
    found
}

#[tokio::test]
async fn a_snapshot_of_an_instance_tells_when_its_data_was_written() {
    let expected = Snapshot {
        of: instance("weather"),
        name: "weather-1".to_owned(),
        arn: "arn:aws:rds:us-west-2:123456789012:snapshot:weather-1".to_owned(),
        origin: Origin::Manual,
        source: None,
        status: "available".to_owned(),
        taken_at: Some("2026-11-20T01:30:12.345Z".parse().unwrap()),
        progress: 100,
        encrypted: true,
        kms_key: Some("arn:aws:kms:us-west-2:123456789012:key/k".to_owned()),
        engine: "postgres".to_owned(),
        engine_version: "16.4".to_owned(),
        storage: 100,
        option_group: None,
        tags: tags(&[("empty", ""), (names::TARGET, "weather-db")]),
    };
    assert_eq!(told(&instance("Weather"), OF_INSTANCE).await, expected);
}

#[tokio::test]
async fn a_snapshot_of_a_cluster_tells_the_same_by_other_names() {
    let special = "<SnapshotCreateTime>2026-11-20T01:30:12Z</SnapshotCreateTime><Engine>aurora-mysql</Engine>\
        <EngineVersion>8.0.mysql_aurora.3.08.0</EngineVersion><AllocatedStorage>0</AllocatedStorage>\
        <PercentProgress>7</PercentProgress><StorageEncrypted>true</StorageEncrypted>\
        <KmsKeyId>arn:aws:kms:us-east-1:123456789012:key/k</KmsKeyId>\
        <DBClusterSnapshotArn>arn:aws:rds:us-east-1:123456789012:cluster-snapshot:weather-1</DBClusterSnapshotArn>";
    let expected = Snapshot {
        of: cluster("weather"),
        name: "weather-1".to_owned(),
        arn: "arn:aws:rds:us-east-1:123456789012:cluster-snapshot:weather-1".to_owned(),
        origin: Origin::Manual,
        source: None,
        status: "available".to_owned(),
        taken_at: Some("2026-11-20T01:30:12Z".parse().unwrap()),
        progress: 7,
        encrypted: true,
        kms_key: Some("arn:aws:kms:us-east-1:123456789012:key/k".to_owned()),
        engine: "aurora-mysql".to_owned(),
        engine_version: "8.0.mysql_aurora.3.08.0".to_owned(),
        storage: 0,
        option_group: None,
        tags: Tags::new(),
    };
    assert_eq!(told(&cluster("weather"), special).await, expected);
}

const ARN: &str = "arn:aws:rds:us-east-1:123456789012:cluster-snapshot:a";
const COPY: (&str, &str) = (names::COPY_OF, ARN);
const TIME: (&str, &str) = (names::TAKEN_AT, "2026-11-20T01:30:00Z");
const CREATED: &str = "<SnapshotCreateTime>2026-11-20T05:00:00Z</SnapshotCreateTime>";

/// Tags are inherited by databases that are restored, and from them by their snapshots.
#[tokio::test]
async fn the_tag_with_the_time_counts_only_where_rds_names_the_source_that_it_was_written_for() {
    let source =
        |arn: &str| format!("<SourceDBClusterSnapshotArn>{arn}</SourceDBClusterSnapshotArn>{CREATED}");
    for (rds, tags, expected) in [
        (source(ARN), vec![COPY, TIME], "2026-11-20T01:30:00Z"),
        (
            source("arn:aws:rds:us-east-1:123456789012:cluster-snapshot:b"),
            vec![COPY, TIME],
            "2026-11-20T05:00:00Z",
        ),
        (CREATED.to_owned(), vec![COPY, TIME], "2026-11-20T05:00:00Z"),
        (source(ARN), vec![TIME], "2026-11-20T05:00:00Z"),
        (source(ARN), vec![COPY], "2026-11-20T05:00:00Z"),
        (source(ARN), vec![COPY, (names::TAKEN_AT, "yesterday")], "2026-11-20T05:00:00Z"),
    ] {
        let found = told(&cluster("weather"), &format!("{rds}{}", tag_list(&tags))).await;
        assert_eq!(found.taken_at, Some(expected.parse().unwrap()), "{rds} {tags:?}");
    }
}

#[tokio::test]
async fn of_an_instance_rds_itself_says_when_its_data_was_written() {
    const ORIGINAL: &str = "<OriginalSnapshotCreateTime>2026-11-19T01:30:00Z</OriginalSnapshotCreateTime>";
    let source = format!("<SourceDBSnapshotIdentifier>{ARN}</SourceDBSnapshotIdentifier>");
    for (rds, expected) in [
        (format!("{ORIGINAL}{CREATED}{source}"), "2026-11-19T01:30:00Z"),
        (format!("{CREATED}{source}"), "2026-11-20T01:30:00Z"),
        (CREATED.to_owned(), "2026-11-20T05:00:00Z"),
    ] {
        let found = told(&instance("weather"), &format!("{rds}{}", tag_list(&[COPY, TIME]))).await;
        assert_eq!(found.taken_at, Some(expected.parse().unwrap()), "{rds}");
        assert_eq!(found.source.is_some(), rds.contains(ARN));
    }
}

#[tokio::test]
async fn a_snapshot_that_has_just_begun_has_no_time_and_an_option_group_of_ones_own_is_told() {
    let tde = "<OptionGroupName>tde</OptionGroupName>";
    let found = told_in(&instance("weather"), "creating", tde).await;
    assert_eq!((found.taken_at, found.progress, found.encrypted), (None, 0, false));
    assert_eq!((found.is_coming(), found.option_group.as_deref()), (true, Some("tde")));
}

#[tokio::test]
async fn what_is_available_is_all_there_unless_rds_says_otherwise() {
    for id in [instance("weather"), cluster("weather")] {
        for (status, percent, expected) in [
            ("available", None, 100),
            ("available", Some(99), 99),
            ("copying", None, 0),
            ("copying", Some(7), 7),
        ] {
            let said = percent.map(|percent| format!("<PercentProgress>{percent}</PercentProgress>"));
            let found = told_in(&id, status, &said.unwrap_or_default()).await;
            assert_eq!(found.progress, expected, "{id} {status} {percent:?}");
        }
    }
}

#[tokio::test]
async fn only_what_somebody_made_counts_as_manual() {
    for (word, expected) in
        [("manual", Origin::Manual), ("automated", Origin::Automated), ("awsbackup", Origin::Automated)]
    {
        let element = snapshot(&instance("weather"), "a", "");
        let element = element.replace(">manual<", &format!(">{word}<"));
        let page = snapshots(Family::Instance, &[element], None);
        let (found, _) = with([page], async |aws| {
            aws.snapshots(aws.home(), &Listed::All(Family::Instance), Origin::Automated).await
        })
        .await;
        assert_eq!(found.unwrap()[0].origin, expected, "{word}");
    }
}

#[tokio::test]
async fn quotas_are_of_both_families_and_of_the_region() {
    let quota = |name: &str, used: u32, most: u32| {
        format!(
            "<AccountQuota><AccountQuotaName>{name}</AccountQuotaName><Used>{used}</Used><Max>{most}</Max></AccountQuota>"
        )
    };
    let some = [
        quota("DBInstances", 5, 40),
        quota("ManualSnapshots", 99, 100),
        quota("ManualClusterSnapshots", 0, 100),
    ];
    let answer =
        answer("DescribeAccountAttributes", &format!("<AccountQuotas>{}</AccountQuotas>", some.concat()));
    let (quotas, asked) = with([answer], async |aws| aws.quotas(&region("us-west-2")).await).await;
    let expected =
        [(Family::Instance, Quota { used: 99, most: 100 }), (Family::Cluster, Quota { used: 0, most: 100 })];
    assert_eq!(quotas.unwrap(), Quotas::from(expected));
    assert_eq!(asked, ["us-west-2 DescribeAccountAttributes"]);
}
