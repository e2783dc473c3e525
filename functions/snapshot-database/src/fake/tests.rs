//! The model keeps the rules that the function is tested against.

use shared::fault::FaultClass;

use super::*;
use crate::world::{Copy, Create, Listed, Member, Outcome, Rds, Restore, Tags};

const FAR: &str = "us-west-2";
const NAME: &str = "db-0123456789abcdef";

fn rds(databases: impl IntoIterator<Item = FakeDatabase>) -> FakeRds {
    let rds = FakeRds::new("us-east-1", "2026-11-21T01:30:00Z".parse().unwrap());
    databases.into_iter().for_each(|database| rds.put(database));
    rds
}

fn id(family: Family, name: &str) -> DatabaseId {
    DatabaseId { family, name: name.to_owned() }
}

fn ours() -> Tags {
    let tags = [("lamplighter:target", "t"), ("lamplighter:home", "us-east-1")];
    tags.map(|(key, value)| (key.to_owned(), value.to_owned())).into()
}

fn creation(of: &DatabaseId, name: &str) -> Create {
    Create { of: of.clone(), name: name.to_owned(), tags: ours() }
}

fn far_copy(of: &DatabaseId, name: &str) -> Copy {
    Copy {
        of: of.clone(),
        region: region(FAR),
        name: name.to_owned(),
        source_arn: snapshot_arn(&region("us-east-1"), of.family, name),
        kms_key: None,
        option_group: None,
        tags: ours(),
    }
}

fn minutes(minutes: i64) -> SignedDuration {
    SignedDuration::from_mins(minutes)
}

fn told(rds: &FakeRds) -> Vec<&'static str> {
    rds.take_happenings().into_iter().map(|happening| happening.id).collect()
}

/// A snapshot that is there, and its Region's listing of one.
async fn taken(rds: &FakeRds, of: &DatabaseId, name: &str) -> Snapshot {
    assert_eq!(rds.create(&creation(of, name)).await.unwrap(), Outcome::Done);
    rds.advance(minutes(5));
    rds.find_snapshot(rds.home(), of.family, name).unwrap()
}

#[tokio::test]
async fn a_snapshot_takes_its_time_and_holds_its_database_up() {
    let (rds, db) = (rds([instance("db")]), id(Family::Instance, "db"));
    let began_at = rds.now();
    assert_eq!(rds.create(&creation(&db, NAME)).await.unwrap(), Outcome::Done);
    assert_eq!(rds.create(&creation(&db, NAME)).await.unwrap(), Outcome::Already);
    assert_eq!(rds.create(&creation(&db, "db-2")).await.unwrap_err().meaning, Meaning::WrongState);
    let coming = rds.find_snapshot(rds.home(), Family::Instance, NAME).unwrap();
    assert!(coming.is_coming() && coming.taken_at.is_none());
    let delete = rds.delete(rds.home(), Family::Instance, NAME).await;
    assert_eq!(delete.unwrap_err().meaning, Meaning::WrongState);

    rds.advance(minutes(4));
    assert_eq!(rds.database(&db).await.unwrap().unwrap().status, "backing-up");
    rds.advance(minutes(1));
    assert_eq!(rds.database(&db).await.unwrap().unwrap().status, "available");
    let there = rds.find_snapshot(rds.home(), Family::Instance, NAME).unwrap();
    assert!(there.is_good());
    assert_eq!((there.taken_at, there.progress), (Some(began_at), 100));
    assert_eq!(told(&rds), ["RDS-EVENT-0042"]);
    assert_eq!(rds.effects(), [format!("create instance db {NAME}")]);
    assert_eq!(rds.tally()["create"], 3);
}

#[tokio::test]
async fn a_name_that_another_database_has_is_taken_and_families_have_names_of_their_own() {
    let rds = rds([instance("db"), instance("other"), cluster("db")]);
    taken(&rds, &id(Family::Instance, "db"), NAME).await;
    let other = rds.create(&creation(&id(Family::Instance, "other"), NAME)).await;
    assert_eq!(other.unwrap_err().meaning, Meaning::NameTaken);
    let foreign = Create { tags: Tags::new(), ..creation(&id(Family::Instance, "db"), NAME) };
    assert_eq!(rds.create(&foreign).await.unwrap_err().meaning, Meaning::NameTaken);
    taken(&rds, &id(Family::Cluster, "db"), NAME).await;
    let illegal = rds.create(&creation(&id(Family::Instance, "other"), "rds:other")).await;
    assert_eq!(illegal.unwrap_err().meaning, Meaning::Common(FaultClass::Rejected));
    let all = rds.snapshots(rds.home(), &Listed::All(Family::Cluster), Origin::Manual).await.unwrap();
    assert_eq!(all.len(), 1);
    let listed = Listed::Of(id(Family::Instance, "other"));
    assert!(rds.snapshots(rds.home(), &listed, Origin::Manual).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_copy_keeps_the_time_of_its_source() {
    let (rds, db) = (rds([instance("db")]), id(Family::Instance, "db"));
    let source = taken(&rds, &db, NAME).await;
    rds.copy(&far_copy(&db, NAME)).await.unwrap();
    assert_eq!(rds.copy(&far_copy(&db, NAME)).await.unwrap(), Outcome::Already);
    assert_eq!(rds.in_flight(&region(FAR), Family::Instance), 1);
    rds.advance(minutes(30));
    let copy = rds.find_snapshot(&region(FAR), Family::Instance, NAME).unwrap();
    assert!(copy.is_good());
    assert_eq!(copy.taken_at, source.taken_at);
    assert_eq!(copy.arn, format!("arn:aws:rds:us-west-2:123456789012:snapshot:{NAME}"));
    assert_eq!(told(&rds), ["RDS-EVENT-0042", "RDS-EVENT-0060"]);
    assert_eq!(rds.in_flight(&region(FAR), Family::Instance), 0);
}

#[tokio::test]
async fn the_copy_of_a_cluster_snapshot_has_the_time_of_its_tag() {
    let (rds, db) = (rds([cluster("db")]), id(Family::Cluster, "db"));
    let taken_at = taken(&rds, &db, NAME).await.taken_at.unwrap();
    taken(&rds, &db, "db-2").await;
    let tag = (crate::names::TAKEN_AT.to_owned(), taken_at.to_string());
    rds.copy(&Copy { tags: Tags::from([tag]), ..far_copy(&db, NAME) }).await.unwrap();
    rds.copy(&far_copy(&db, "db-2")).await.unwrap();
    let copied_at = rds.now();
    rds.advance(minutes(30));
    for (name, expected) in [(NAME, taken_at), ("db-2", copied_at)] {
        let copy = rds.find_snapshot(&region(FAR), Family::Cluster, name).unwrap();
        assert_eq!(copy.taken_at, Some(expected), "{name}");
    }
}

#[tokio::test]
async fn a_copy_across_regions_needs_a_key_of_its_region_where_its_source_is_encrypted() {
    let rds = rds([instance("db").encrypted("key"), cluster("plain")]);
    let (db, plain) = (id(Family::Instance, "db"), id(Family::Cluster, "plain"));
    taken(&rds, &db, NAME).await;
    taken(&rds, &plain, "plain-1").await;
    let with =
        |of: &DatabaseId, name: &str, key: &str| Copy { kms_key: Some(key.to_owned()), ..far_copy(of, name) };
    let rejected = Meaning::Common(FaultClass::Rejected);
    assert_eq!(rds.copy(&far_copy(&db, NAME)).await.unwrap_err().meaning, rejected);
    let near = with(&db, NAME, "arn:aws:kms:us-east-1:123456789012:key/1");
    assert_eq!(rds.copy(&near).await.unwrap_err().meaning, Meaning::KeyUnusable);
    assert_eq!(rds.copy(&with(&plain, "plain-1", "alias/far")).await.unwrap_err().meaning, rejected);
    rds.copy(&with(&db, NAME, "alias/far")).await.unwrap();
}

#[tokio::test]
async fn copies_beside_as_many_as_may_be_in_progress_are_refused_and_counted() {
    let (rds, db) = (rds([cluster("db")]), id(Family::Cluster, "db"));
    for n in 1..=6 {
        let name = format!("db-{n}");
        taken(&rds, &db, &name).await;
        let copied = rds.copy(&far_copy(&db, &name)).await.map_err(|fault| fault.meaning);
        assert_eq!(copied, if n == 6 { Err(Meaning::QuotaReached) } else { Ok(Outcome::Done) });
    }
    assert_eq!(rds.over_budget(), 1);
}

#[tokio::test]
async fn a_quota_holds_for_a_family_in_a_region() {
    let (rds, db) = (rds([instance("db")]), id(Family::Instance, "db"));
    rds.set_quota(&region("us-east-1"), Family::Instance, 1);
    taken(&rds, &db, NAME).await;
    rds.back_up(&db);
    assert_eq!(rds.create(&creation(&db, "db-2")).await.unwrap_err().meaning, Meaning::QuotaReached);
    let quotas = rds.quotas(rds.home()).await.unwrap();
    assert_eq!((quotas[&Family::Instance].left(), quotas[&Family::Cluster].left()), (0, 100));
    assert_eq!(rds.over_budget(), 0);
}

#[tokio::test]
async fn a_copy_ends_with_its_source_and_that_is_noted() {
    let (rds, db) = (rds([instance("db")]), id(Family::Instance, "db"));
    taken(&rds, &db, NAME).await;
    taken(&rds, &db, "db-2").await;
    rds.copy(&far_copy(&db, NAME)).await.unwrap();
    rds.delete(rds.home(), Family::Instance, NAME).await.unwrap();
    let wrong = "deleted the source of a copy in progress: us-east-1 db-0123456789abcdef";
    assert_eq!(rds.violations(), [wrong]);
    rds.advance(minutes(60));
    let copy = rds.find_snapshot(&region(FAR), Family::Instance, NAME).unwrap();
    assert!(copy.has_failed());
    assert_eq!(rds.delete(rds.home(), Family::Instance, NAME).await.unwrap(), Outcome::Already);
}

#[tokio::test]
async fn the_newest_good_snapshot_and_a_foreign_one_are_missed() {
    let (rds, db) = (rds([instance("db")]), id(Family::Instance, "db"));
    taken(&rds, &db, NAME).await;
    taken(&rds, &db, "db-2").await;
    rds.change_snapshot(&region("us-east-1"), Family::Instance, NAME, |snapshot| snapshot.tags.clear());
    for name in [NAME, "db-2"] {
        rds.delete(rds.home(), Family::Instance, name).await.unwrap();
    }
    let wrongs = ["deleted a foreign snapshot", "deleted the newest good snapshot"];
    let noted = rds.violations();
    assert_eq!(noted.len(), 3);
    assert!(noted[0].starts_with(wrongs[0]) && noted[2].starts_with(wrongs[1]), "{noted:?}");
}

#[tokio::test]
async fn what_fails_is_there_and_no_good() {
    let (rds, db) = (rds([instance("db")]), id(Family::Instance, "db"));
    rds.fail_some(1000, 0);
    assert!(taken(&rds, &db, NAME).await.has_failed());
    rds.fail_some(0, 0);
    taken(&rds, &db, "db-2").await;
    rds.copy(&far_copy(&db, "db-2")).await.unwrap();
    rds.fail_coming(&region(FAR), Family::Instance, "db-2");
    rds.advance(minutes(30));
    assert!(rds.find_snapshot(&region(FAR), Family::Instance, "db-2").unwrap().has_failed());
    assert_eq!(told(&rds), ["RDS-EVENT-0042", "RDS-EVENT-0061"]);
    rds.delete(rds.home(), Family::Instance, NAME).await.unwrap();
    assert_eq!(rds.violations(), [""; 0]);
}

#[tokio::test]
async fn a_scratch_cluster_gets_an_instance_and_goes_after_it() {
    let rds = rds([cluster("db")]);
    rds.set_times(Times { deletion: Span::minutes(3), ..Times::default() });
    taken(&rds, &id(Family::Cluster, "db"), NAME).await;
    let scratch = id(Family::Cluster, "lamplighter-drill-0");
    let tags = ours();
    let tags = [("lamplighter:drill".to_owned(), "2026-11-21T09:00:00Z".to_owned())].into_iter().chain(tags);
    let tags: Tags = tags.collect();
    let restore = Restore {
        scratch: scratch.clone(),
        snapshot: NAME.to_owned(),
        engine: "aurora-mysql".to_owned(),
        engine_version: "8.0.mysql_aurora.3.08.0".to_owned(),
        class: None,
        subnet_group: None,
        security_groups: Vec::new(),
        tags: tags.clone(),
    };
    let member = Member {
        cluster: "lamplighter-drill-0".to_owned(),
        name: "lamplighter-drill-0-1".to_owned(),
        engine: "aurora-mysql".to_owned(),
        class: "db.t4g.medium".to_owned(),
        tags,
    };
    assert_eq!(rds.restore(&restore).await.unwrap(), Outcome::Done);
    assert_eq!(rds.restore(&restore).await.unwrap(), Outcome::Already);
    assert_eq!(rds.add_member(&member).await.unwrap_err().meaning, Meaning::WrongState);
    rds.advance(minutes(20));
    assert_eq!(rds.add_member(&member).await.unwrap(), Outcome::Done);
    rds.advance(minutes(20));
    assert_eq!(rds.find_database(&scratch).unwrap().members, ["lamplighter-drill-0-1"]);
    // RDS backs up what it restored.
    assert_eq!(rds.all_snapshots(rds.home(), Origin::Automated).len(), 1);

    assert_eq!(rds.delete_scratch(&scratch).await.unwrap_err().meaning, Meaning::WrongState);
    rds.delete_scratch(&id(Family::Instance, "lamplighter-drill-0-1")).await.unwrap();
    assert_eq!(rds.delete_scratch(&scratch).await.unwrap(), Outcome::Done);
    assert_eq!(rds.delete_scratch(&scratch).await.unwrap(), Outcome::Already);
    rds.advance(minutes(3));
    assert_eq!(rds.all_databases().len(), 1);
    assert!(rds.all_snapshots(rds.home(), Origin::Automated).is_empty());
    assert_eq!(rds.delete_scratch(&scratch).await.unwrap(), Outcome::Already);
    assert_eq!(rds.violations(), [""; 0]);
}

#[tokio::test]
async fn calls_fail_as_they_are_told() {
    let (rds, db) = (rds([instance("db")]), id(Family::Instance, "db"));
    let unavailable = Meaning::Common(FaultClass::Unavailable);
    rds.fail_next(2, Meaning::OutOfTime);
    for _ in 0..2 {
        assert_eq!(rds.database(&db).await.unwrap_err().meaning, Meaning::OutOfTime);
    }
    rds.fail_next_of("create instance db", Meaning::KeyUnusable);
    rds.database(&db).await.unwrap();
    assert_eq!(rds.create(&creation(&db, NAME)).await.unwrap_err().meaning, Meaning::KeyUnusable);

    rds.die_after(Some(1));
    rds.database(&db).await.unwrap();
    assert_eq!(rds.create(&creation(&db, NAME)).await.unwrap_err().meaning, unavailable);
    assert!(rds.effects().is_empty());

    rds.die_before_the_answer_of(Some(1));
    assert_eq!(rds.create(&creation(&db, NAME)).await.unwrap_err().meaning, unavailable);
    assert_eq!(rds.effects().len(), 1);
    assert_eq!(rds.database(&db).await.unwrap_err().meaning, unavailable);
    rds.die_after(None);

    rds.fail_often(50, Meaning::Common(FaultClass::Throttled));
    let mut failed = 0;
    for _ in 0..1000 {
        failed += usize::from(rds.database(&db).await.is_err());
    }
    assert!((30..=70).contains(&failed), "{failed}");
}

/// Whatever its tags say: they may be copied, inherited, or another stack's.
#[tokio::test]
async fn a_stranger_with_our_tags_is_missed_and_is_no_reason_to_give_up_ours() {
    let (rds, db) = (rds([instance("db")]), id(Family::Instance, "db"));
    let ours = taken(&rds, &db, NAME).await;
    let arn = snapshot_arn(rds.home(), Family::Instance, "db-2");
    rds.put_stranger(rds.home(), Snapshot { name: "db-2".to_owned(), arn, ..ours });
    rds.delete(rds.home(), Family::Instance, NAME).await.unwrap();
    rds.delete(rds.home(), Family::Instance, "db-2").await.unwrap();
    let noted = rds.violations();
    assert!(noted[0].starts_with("deleted the newest good snapshot"), "{noted:?}");
    assert!(noted[1].starts_with("deleted a foreign snapshot"), "{noted:?}");
}
