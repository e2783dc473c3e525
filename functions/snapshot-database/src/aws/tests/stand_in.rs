//! The adapter and the stand-in for RDS, so that both mean the same by the same words.

use ::tests::stand_in::{RdsDatabase, RdsFamily, RdsSnapshot, StandIn};

use super::*;

const HOME: &str = "us-east-1";
const AWAY: &str = "us-west-2";

/// An RDS with an instance and a cluster, both called `weather`.
async fn rds() -> StandIn {
    let rds = StandIn::start().await.unwrap();
    rds.put_database(RdsDatabase::instance(HOME, "weather"));
    rds.put_database(RdsDatabase::cluster(HOME, "weather"));
    rds
}

fn clients(rds: &StandIn) -> Aws {
    let sdk = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(HOME))
        .endpoint_url(rds.endpoint())
        .credentials_provider(SharedCredentialsProvider::new(Credentials::for_tests()))
        .build();
    Aws::new(&sdk, region(HOME), &CallCounter::default())
}

async fn only(aws: &AwsUntil<'_>, region_code: &str, of: &DatabaseId) -> Snapshot {
    let listed = Listed::Of(of.clone());
    let mut found = aws.snapshots(&region(region_code), &listed, Origin::Manual).await.unwrap();
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

#[tokio::test]
async fn a_snapshot_is_taken_copied_and_deleted() {
    let rds = rds().await;
    let clients = clients(&rds);
    let aws = clients.until(left(60));
    for of in [instance("weather"), cluster("weather")] {
        assert_eq!(aws.database(&of).await.unwrap().unwrap().status, "available");
        let tags = tags(&[(names::HOME, "us-east-1"), (names::TARGET, "weather-db")]);
        let create = Create { of: of.clone(), name: "weather-1".to_owned(), tags: tags.clone() };
        assert_eq!(aws.create(&create).await.unwrap(), Outcome::Done);
        assert_eq!(aws.create(&create).await.unwrap(), Outcome::Already);
        let busy = Create { name: "weather-2".to_owned(), ..create };
        assert_eq!(aws.create(&busy).await.unwrap_err().meaning, Meaning::WrongState);
        let taken = only(&aws, HOME, &of).await;
        assert_eq!((taken.is_coming(), taken.taken_at, &taken.tags), (true, None, &tags));

        rds.complete_snapshots();
        let taken = only(&aws, HOME, &of).await;
        assert!(taken.is_good() && taken.of == of, "{taken:?}");
        let time = taken.taken_at.unwrap().to_string();
        let copy = Copy {
            of: of.clone(),
            region: region(AWAY),
            name: taken.name,
            source_arn: taken.arn.clone(),
            kms_key: None,
            option_group: None,
            tags: super::tags(&[
                (names::COPY_OF, &taken.arn),
                (names::TAKEN_AT, &time),
                (names::HOME, HOME),
                (names::TARGET, "weather-db"),
            ]),
        };
        assert_eq!(aws.copy(&copy).await.unwrap(), Outcome::Done);
        assert_eq!(aws.copy(&copy).await.unwrap(), Outcome::Already);
        assert!(only(&aws, AWAY, &of).await.is_coming());
        rds.complete_snapshots();
        let copied = only(&aws, AWAY, &of).await;
        assert_eq!((copied.is_good(), copied.taken_at), (true, taken.taken_at));
        assert_eq!(aws.quotas(&region(AWAY)).await.unwrap()[&of.family], Quota { used: 1, most: 100 });

        let delete = async || aws.delete(&region(AWAY), of.family, "weather-1").await.unwrap();
        assert_eq!((delete().await, delete().await), (Outcome::Done, Outcome::Already));
    }
    let left: Vec<String> = rds.snapshots().into_iter().map(|snapshot| snapshot.region).collect();
    assert_eq!(left, [HOME, HOME]);
}

#[tokio::test]
async fn lists_of_several_pages_are_read_to_their_end() {
    let rds = rds().await;
    let database = RdsDatabase::cluster(HOME, "weather");
    for n in 0..7 {
        rds.put_snapshot(RdsSnapshot::of(&database, &format!("s{n}"), Timestamp::UNIX_EPOCH));
    }
    rds.page_rds_after(3);
    let clients = clients(&rds);
    let aws = clients.until(left(60));
    let listed = Listed::Of(cluster("weather"));
    assert_eq!(aws.snapshots(aws.home(), &listed, Origin::Manual).await.unwrap().len(), 7);
    assert_eq!(rds.requests_of("DescribeDBClusterSnapshots").len(), 3);
}

#[tokio::test]
async fn a_drill_leaves_nothing_behind() {
    let rds = rds().await;
    let database = RdsDatabase::cluster(HOME, "weather");
    rds.put_snapshot(RdsSnapshot::of(&database, "weather-1", Timestamp::UNIX_EPOCH));
    let clients = clients(&rds);
    let aws = clients.until(left(60));
    let scratch = cluster("drill-1");
    let tags = tags(&[(names::HOME, "us-east-1"), (names::TARGET, "weather-db")]);
    let restore = Restore {
        scratch: scratch.clone(),
        snapshot: "weather-1".to_owned(),
        engine: database.engine.clone(),
        engine_version: database.engine_version.clone(),
        class: None,
        subnet_group: None,
        security_groups: Vec::new(),
        tags: tags.clone(),
    };
    assert_eq!(aws.restore(&restore).await.unwrap(), Outcome::Done);
    assert_eq!(aws.restore(&restore).await.unwrap(), Outcome::Already);
    rds.settle_databases();
    let (name, class) = ("drill-1-a".to_owned(), "db.t4g.medium".to_owned());
    let member = Member { cluster: "drill-1".to_owned(), name, engine: database.engine, class, tags };
    assert_eq!(aws.add_member(&member).await.unwrap(), Outcome::Done);
    assert_eq!(aws.add_member(&member).await.unwrap(), Outcome::Already);
    rds.settle_databases();
    assert_eq!(aws.database(&scratch).await.unwrap().unwrap().members, ["drill-1-a"]);

    assert_eq!(aws.delete_scratch(&scratch).await.unwrap_err().meaning, Meaning::WrongState);
    for id in [instance("drill-1-a"), scratch] {
        assert_eq!(aws.delete_scratch(&id).await.unwrap(), Outcome::Done);
        assert_eq!(aws.delete_scratch(&id).await.unwrap(), Outcome::Already);
        rds.settle_databases();
        assert_eq!(aws.delete_scratch(&id).await.unwrap(), Outcome::Already);
    }
    let left: Vec<RdsFamily> = rds.databases().into_iter().map(|database| database.family).collect();
    assert_eq!(left, [RdsFamily::Instance, RdsFamily::Cluster]);
}
