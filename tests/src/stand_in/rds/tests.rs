//! What RDS does, as far as the functions count on it.

mod databases;

use hyper::Request;
use hyper::body::Bytes;
use jiff::Timestamp;

use super::*;
use crate::stand_in::wire;

const HOME: &str = "us-east-1";
const AWAY: &str = "us-west-2";
const KEY: &str = "arn:aws:kms:us-east-1:123456789012:key/k";

/// Two databases of each family in the home Region, and nothing else.
fn rds() -> Rds {
    let mut rds = Rds::default();
    for name in ["a", "b"] {
        for database in [RdsDatabase::instance(HOME, name), RdsDatabase::cluster(HOME, name)] {
            rds.databases.insert(database.place(), database);
        }
    }
    rds
}

fn request(region: &str, fields: &str) -> Recorded {
    let credential =
        format!("AWS4-HMAC-SHA256 Credential=AKID/20261121/{region}/rds/aws4_request, Signature=s");
    let request = Request::post("/").header("authorization", credential);
    let body = format!("Version=2014-10-31&Action={}", fields.replace(' ', "&"));
    wire::read(&request.body(Bytes::from(body)).unwrap())
}

impl Rds {
    fn ask(&mut self, region: &str, fields: &str) -> Result<String, &'static str> {
        self.result(&request(region, fields)).map_err(|fault| fault.code)
    }

    fn put(&mut self, snapshot: RdsSnapshot) {
        self.snapshots.insert(snapshot.place(), snapshot);
    }

    /// What has a status, in all Regions.
    fn statuses(&self) -> Vec<(&str, &str, &str)> {
        self.snapshots
            .values()
            .map(|snapshot| (snapshot.region.as_str(), snapshot.name.as_str(), snapshot.status.as_str()))
            .collect()
    }
}

/// A snapshot of an instance or a cluster `a` that is available.
fn snapshot(family: RdsFamily, name: &str) -> RdsSnapshot {
    let of = match family {
        RdsFamily::Instance => RdsDatabase::instance(HOME, "a"),
        RdsFamily::Cluster => RdsDatabase::cluster(HOME, "a"),
    };
    RdsSnapshot::of(&of, name, Timestamp::UNIX_EPOCH)
}

/// The texts of an element, in the order of the answer.
fn texts(answer: &str, name: &str) -> Vec<String> {
    let answer = format!("<answer>{answer}</answer>");
    let document = roxmltree::Document::parse(&answer).unwrap();
    let elements = document.descendants().filter(|node| node.has_tag_name(name));
    elements.map(|node| node.text().unwrap_or_default().to_owned()).collect()
}

#[test]
fn requests_are_of_the_region_that_they_are_signed_for() {
    let request = request(AWAY, "DeleteDBSnapshot DBSnapshotIdentifier=s");
    assert_eq!((request.service, request.operation.as_str()), (Service::Rds, "DeleteDBSnapshot"));
    assert_eq!((request.region.as_str(), request.resource.as_str()), (AWAY, "s"));

    let mut rds = rds();
    rds.put(snapshot(RdsFamily::Instance, "s"));
    assert_eq!(rds.ask(AWAY, "DescribeDBInstances DBInstanceIdentifier=a"), Err("DBInstanceNotFound"));
    assert_eq!(rds.ask(AWAY, "DescribeDBSnapshots").map(|page| texts(&page, "DBSnapshot").len()), Ok(0));
    assert_eq!(rds.ask(HOME, "DescribeDBSnapshots").map(|page| texts(&page, "DBSnapshot").len()), Ok(1));
}

#[test]
fn lists_are_filtered_and_end_where_a_page_does() {
    let mut rds = rds();
    for n in 0..45 {
        rds.put(snapshot(RdsFamily::Cluster, &format!("s{n:02}")));
    }
    rds.put(RdsSnapshot { of: "b".to_owned(), ..snapshot(RdsFamily::Cluster, "other") });
    rds.put(RdsSnapshot { kind: "automated".to_owned(), ..snapshot(RdsFamily::Cluster, "rds:a-1") });
    let of_a = "DescribeDBClusterSnapshots DBClusterIdentifier=A SnapshotType=manual MaxRecords=20";
    let names = |page: &str| texts(page, "DBClusterSnapshotIdentifier");
    let first = rds.ask(HOME, of_a).unwrap();
    assert_eq!((names(&first).len(), texts(&first, "Marker")), (20, vec!["marker-20".to_owned()]));
    let last = rds.ask(HOME, &format!("{of_a} Marker=marker-40")).unwrap();
    assert_eq!((names(&last).len(), texts(&last, "Marker").len()), (5, 0));

    let automated = rds.ask(HOME, "DescribeDBClusterSnapshots SnapshotType=automated").unwrap();
    assert_eq!(names(&automated), ["rds:a-1"]);
    let all = rds.ask(HOME, "DescribeDBClusterSnapshots").unwrap();
    assert_eq!(names(&all).len(), 47);
    for fields in ["MaxRecords=10", "MaxRecords=101", "Marker=marker-99", "Marker=x"] {
        let fields = format!("DescribeDBClusterSnapshots {fields}");
        assert_eq!(rds.ask(HOME, &fields), Err("InvalidParameterValue"), "{fields}");
    }
    rds.page = Some(3);
    assert_eq!(names(&rds.ask(HOME, of_a).unwrap()).len(), 3);
}

#[test]
fn a_snapshot_is_creating_until_a_test_says_otherwise_and_its_database_is_busy() {
    for (create, describe, busy, taken) in [
        (
            "CreateDBSnapshot DBSnapshotIdentifier=S DBInstanceIdentifier=A Tags.Tag.1.Key=k Tags.Tag.1.Value=v",
            "DescribeDBSnapshots DBSnapshotIdentifier=s",
            "InvalidDBInstanceState",
            "DBSnapshotAlreadyExists",
        ),
        (
            "CreateDBClusterSnapshot DBClusterSnapshotIdentifier=S DBClusterIdentifier=A Tags.Tag.1.Key=k Tags.Tag.1.Value=v",
            "DescribeDBClusterSnapshots DBClusterSnapshotIdentifier=s",
            "InvalidDBClusterStateFault",
            "DBClusterSnapshotAlreadyExistsFault",
        ),
    ] {
        let mut rds = rds();
        rds.ask(HOME, create).unwrap();
        assert_eq!(rds.ask(HOME, create), Err(taken));
        assert_eq!(rds.ask(HOME, &create.replace("=S", "=t")), Err(busy));
        let page = rds.ask(HOME, describe).unwrap();
        assert_eq!(texts(&page, "Status"), ["creating"]);
        assert_eq!(
            (texts(&page, "Key"), texts(&page, "Value")),
            (vec!["k".to_owned()], vec!["v".to_owned()])
        );
        assert_eq!(texts(&page, "SnapshotCreateTime").len(), 0);
        rds.end_snapshots("available");
        let page = rds.ask(HOME, describe).unwrap();
        assert_eq!(
            (texts(&page, "Status"), texts(&page, "SnapshotCreateTime").len()),
            (vec!["available".into()], 1)
        );
        rds.ask(HOME, &create.replace("=S", "=t")).unwrap();
    }
}

#[test]
fn what_cannot_be_taken_is_refused_in_the_words_of_its_family() {
    let mut rds = rds();
    let member = RdsDatabase { member_of: Some("a".to_owned()), ..RdsDatabase::instance(HOME, "m") };
    let stopped = RdsDatabase { status: "stopped".to_owned(), ..RdsDatabase::cluster(HOME, "stopped") };
    for database in [member, stopped] {
        rds.databases.insert(database.place(), database);
    }
    let instance = "CreateDBSnapshot DBInstanceIdentifier";
    let cluster = "CreateDBClusterSnapshot DBClusterIdentifier";
    let long = "x".repeat(64);
    for (fields, code) in [
        (format!("{instance}=gone DBSnapshotIdentifier=s"), "DBInstanceNotFound"),
        (format!("{cluster}=gone DBClusterSnapshotIdentifier=s"), "DBClusterNotFoundFault"),
        (format!("{instance}=m DBSnapshotIdentifier=s"), "InvalidParameterValue"),
        (format!("{cluster}=stopped DBClusterSnapshotIdentifier=s"), "InvalidDBClusterStateFault"),
        (format!("{instance}=a DBSnapshotIdentifier=rds:s"), "InvalidParameterValue"),
        (format!("{instance}=a DBSnapshotIdentifier=s--t"), "InvalidParameterValue"),
        (format!("{cluster}=a DBClusterSnapshotIdentifier={long}"), "InvalidParameterValue"),
        (format!("{instance}=a"), "MissingParameter"),
    ] {
        assert_eq!(rds.ask(HOME, &fields), Err(code), "{fields}");
    }
    rds.ask(HOME, &format!("{instance}=a DBSnapshotIdentifier={long}")).unwrap();
    rds.most_snapshots = 1;
    let fields = format!("{instance}=b DBSnapshotIdentifier=s");
    assert_eq!(rds.ask(HOME, &fields), Err("SnapshotQuotaExceeded"));
    let quotas = rds.ask(HOME, "DescribeAccountAttributes").unwrap();
    assert_eq!(texts(&quotas, "AccountQuotaName"), ["ManualSnapshots", "ManualClusterSnapshots"]);
    assert_eq!(
        (texts(&quotas, "Used"), texts(&quotas, "Max")),
        (vec!["1".into(), "0".into()], vec!["1".to_owned(), "1".to_owned()])
    );
}

const COPY: &str = "CopyDBSnapshot TargetDBSnapshotIdentifier=s \
                    SourceDBSnapshotIdentifier=arn:aws:rds:us-east-1:123456789012:snapshot:s";
const COPY_OF_CLUSTER: &str = "CopyDBClusterSnapshot TargetDBClusterSnapshotIdentifier=s \
    SourceDBClusterSnapshotIdentifier=arn:aws:rds:us-east-1:123456789012:cluster-snapshot:s";

#[test]
fn a_copy_is_made_in_the_region_that_is_asked_and_keeps_the_time_of_its_data() {
    let mut rds = rds();
    rds.put(RdsSnapshot {
        tags: BTreeMap::from([("own".to_owned(), "yes".to_owned())]),
        ..snapshot(RdsFamily::Instance, "s")
    });
    rds.ask(AWAY, &format!("{COPY} CopyTags=false Tags.Tag.1.Key=k Tags.Tag.1.Value=v")).unwrap();
    assert_eq!(rds.statuses(), [(HOME, "s", "available"), (AWAY, "s", "copying")]);
    let copy = &rds.snapshots[&(RdsFamily::Instance, AWAY.to_owned(), "s".to_owned())];
    assert_eq!(copy.original, Timestamp::UNIX_EPOCH);
    assert!(copy.created > copy.original);
    assert_eq!(copy.tags, BTreeMap::from([("k".to_owned(), "v".to_owned())]));
    assert_eq!(copy.copy_of.as_deref(), Some("arn:aws:rds:us-east-1:123456789012:snapshot:s"));
    assert_eq!(rds.ask(AWAY, COPY), Err("DBSnapshotAlreadyExists"));
}

#[test]
fn an_automated_snapshot_is_copied_by_its_name_with_a_colon() {
    let mut rds = rds();
    rds.put(RdsSnapshot { kind: "automated".to_owned(), ..snapshot(RdsFamily::Instance, "rds:a-1") });
    for (target, source) in
        [("one", "rds:a-1"), ("two", "arn:aws:rds:us-east-1:123456789012:snapshot:rds:a-1")]
    {
        let fields =
            format!("CopyDBSnapshot TargetDBSnapshotIdentifier={target} SourceDBSnapshotIdentifier={source}");
        rds.ask(HOME, &fields).unwrap();
    }
    let manual = rds.ask(HOME, "DescribeDBSnapshots SnapshotType=manual").unwrap();
    assert_eq!(texts(&manual, "DBSnapshotIdentifier"), ["one", "two"]);
    assert_eq!(rds.ask(HOME, "DeleteDBSnapshot DBSnapshotIdentifier=rds:a-1"), Err("InvalidDBSnapshotState"));
}

#[test]
fn a_key_must_be_of_the_copys_region_and_is_needed_where_the_source_has_one() {
    let with_key = |family, kms_key: Option<&str>| {
        let mut rds = rds();
        rds.put(RdsSnapshot { kms_key: kms_key.map(str::to_owned), ..snapshot(family, "s") });
        rds
    };
    let away = "KmsKeyId=arn:aws:kms:us-west-2:123456789012:key/k";
    for (family, own, copy, key, expected) in [
        (RdsFamily::Instance, Some(KEY), COPY, "", Err("KMSKeyNotAccessibleFault")),
        (RdsFamily::Instance, Some(KEY), COPY, &format!("KmsKeyId={KEY}"), Err("KMSKeyNotAccessibleFault")),
        (RdsFamily::Instance, Some(KEY), COPY, away, Ok(())),
        (RdsFamily::Instance, None, COPY, away, Ok(())),
        (RdsFamily::Cluster, Some(KEY), COPY_OF_CLUSTER, "KmsKeyId=alias/backups", Ok(())),
        (RdsFamily::Cluster, None, COPY_OF_CLUSTER, away, Err("InvalidParameterCombination")),
        (RdsFamily::Cluster, None, COPY_OF_CLUSTER, "", Ok(())),
    ] {
        let made = with_key(family, own).ask(AWAY, &format!("{copy} {key}")).map(drop);
        assert_eq!(made, expected, "{family:?} {own:?} {key}");
    }
}

#[test]
fn only_so_many_copies_are_in_progress_in_a_region() {
    let mut rds = rds();
    let copy = |n: usize| {
        COPY_OF_CLUSTER
            .replace("Identifier=s", &format!("Identifier=s{n}"))
            .replace("snapshot:s", &format!("snapshot:s{n}"))
    };
    for n in 0..6 {
        rds.put(snapshot(RdsFamily::Cluster, &format!("s{n}")));
    }
    for n in 0..5 {
        rds.ask(AWAY, &copy(n)).unwrap();
    }
    assert_eq!(rds.ask(AWAY, &copy(5)), Err("SnapshotQuotaExceeded"));
    rds.ask("eu-central-1", &copy(5)).unwrap();
}

#[test]
fn a_source_that_goes_takes_its_copy_with_it() {
    let mut rds = rds();
    rds.put(snapshot(RdsFamily::Cluster, "s"));
    rds.ask(AWAY, COPY_OF_CLUSTER).unwrap();
    rds.ask(HOME, "DeleteDBClusterSnapshot DBClusterSnapshotIdentifier=s").unwrap();
    assert_eq!(rds.statuses(), [(AWAY, "s", "failed")]);
    let again = rds.ask(HOME, "DeleteDBClusterSnapshot DBClusterSnapshotIdentifier=s");
    assert_eq!(again, Err("DBClusterSnapshotNotFoundFault"));

    rds.put(RdsSnapshot { status: "creating".to_owned(), ..snapshot(RdsFamily::Instance, "t") });
    assert_eq!(rds.ask(HOME, "DeleteDBSnapshot DBSnapshotIdentifier=t"), Err("InvalidDBSnapshotState"));
}
