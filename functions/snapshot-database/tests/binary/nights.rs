//! A night: snapshots are taken, RDS tells that they are there, they are copied, and old ones go.

use serde_json::{Value, json};
use tests::stand_in::{RdsFamily, RdsSnapshot};

use super::{FAR, HOME, asked, created, order, said, set, snapshots, taken, told};

#[tokio::test]
async fn a_snapshot_is_taken_copied_and_found_good_in_both_families() {
    for target in ["weather-db", "platform-db"] {
        let mut stage = set(&[]).await;
        let night =
            json!({"action": "take", "target": target, "id": "night-1", "origin": {"source": "schedule"}});
        let reports = told(&mut stage, "m-1", &night).await;
        assert_eq!(said(&reports[0]), "acted taken", "{reports:#?}");
        stage.aws.complete_snapshots();
        let [snapshot] = snapshots(&stage.aws, HOME).try_into().unwrap();
        assert_eq!(
            (&snapshot.tags["lamplighter:target"], &snapshot.tags["lamplighter:command"]),
            (&target.to_owned(), &"night-1".to_owned())
        );

        // Such an event may also be about what is selected by a tag, and has no snapshot yet.
        let reports = told(&mut stage, "m-2", &created(&snapshot)).await;
        let report = reports.iter().find(|report| report["target"] == target).unwrap();
        assert_eq!(
            (said(report).as_str(), &report["source"]),
            ("acted reconciled", &json!("database-event"))
        );
        let [copy] = snapshots(&stage.aws, FAR).try_into().unwrap();
        assert_eq!((&copy.name, copy.copy_of.as_ref()), (&snapshot.name, Some(&snapshot.arn())));
        let key = "arn:aws:kms:us-west-2:123456789012:key/far".to_owned();
        assert_eq!(copy.kms_key, (copy.family == RdsFamily::Instance).then_some(key));
        assert_eq!(copy.tags["lamplighter:copy-of"], snapshot.arn());

        stage.aws.complete_snapshots();
        assert!(
            told(&mut stage, "m-3", &created(&copy)).await.is_empty(),
            "nobody is told that all is in order"
        );
        let report = stage.report(&order("reconcile", target)).await;
        assert_eq!(said(&report), "held in-order", "{report:#}");
        let good: Vec<&Value> =
            report["state"]["backups"].as_array().unwrap().iter().map(|row| &row["good"]).collect();
        assert_eq!(good, [1, 1]);
        let of_it = stage.aws.snapshots().into_iter().filter(|one| one.tags["lamplighter:target"] == target);
        assert_eq!(of_it.count(), 2);
    }
}

#[tokio::test]
async fn a_copy_is_asked_for_in_the_region_that_it_goes_to_with_our_tags_in_the_request() {
    let mut stage = set(&[]).await;
    taken(&mut stage, "weather-db").await;
    stage.report(&order("copy", "weather-db")).await;
    let [copy] = stage.aws.requests_of("CopyDBSnapshot").try_into().unwrap();
    assert_eq!(copy.region, FAR);
    assert!(
        copy.fields["SourceDBSnapshotIdentifier"]
            .starts_with("arn:aws:rds:us-east-1:123456789012:snapshot:weather-")
    );
    assert!(copy.fields.values().any(|value| value == "lamplighter:target"), "{:?}", copy.fields);
    let asked: Vec<String> = stage.aws.take_requests().into_iter().map(|request| request.operation).collect();
    assert!(!asked.iter().any(|one| one == "ListTagsForResource" || one == "AddTagsToResource"), "{asked:?}");
}

#[tokio::test]
async fn the_same_night_twice_is_one_snapshot() {
    let mut stage = set(&[]).await;
    let night = json!({"action": "take", "target": "weather-db", "id": "night-1"});
    assert_eq!(said(&told(&mut stage, "m-1", &night).await[0]), "acted taken");
    for message in ["m-1", "m-2"] {
        assert_eq!(said(&told(&mut stage, message, &night).await[0]), "held already-taken");
    }
    assert_eq!(stage.aws.snapshots().len(), 1);
}

#[tokio::test]
async fn old_snapshots_go_but_for_those_of_others_and_as_many_as_are_always_kept() {
    let mut stage = set(&[]).await;
    for _ in 0..3 {
        stage.aws.age_snapshots(60);
        taken(&mut stage, "status-db").await;
    }
    let model = stage.aws.snapshots().remove(0);
    let foreign = RdsSnapshot { name: "by-hand".to_owned(), tags: [].into(), ..model };
    stage.aws.put_snapshot(foreign.clone());
    let before = stage.aws.snapshots().len();
    assert_eq!(said(&stage.report(&order("expire", "status-db")).await), "held nothing-to-expire");

    stage.aws.age_snapshots(60 * 60 * 24 * 30);
    let mut plan = order("expire", "status-db");
    plan["mode"] = json!("plan");
    let report = stage.report(&plan).await;
    assert_eq!(said(&report), "planned expired", "{report:#}");
    assert_eq!(stage.aws.snapshots().len(), before);
    let report = stage.report(&order("expire", "status-db")).await;
    assert_eq!(said(&report), "acted expired", "{report:#}");
    let home: Vec<String> = snapshots(&stage.aws, HOME).into_iter().map(|snapshot| snapshot.name).collect();
    assert!(home.contains(&foreign.name), "{home:?}");
    assert_eq!(home.len(), 2, "the newest one and the foreign one: {home:?}");
}

#[tokio::test]
async fn old_snapshots_of_a_cluster_go_the_same_way_and_a_dry_run_of_the_night_deletes_none() {
    let mut stage = set(&[]).await;
    for _ in 0..3 {
        stage.aws.age_snapshots(60);
        taken(&mut stage, "counter-db").await;
    }
    stage.aws.age_snapshots(60 * 60 * 24 * 30);
    let before = stage.aws.snapshots().len();
    let mut plan = order("expire", "counter-db");
    plan["mode"] = json!("plan");
    plan["origin"] = json!({"source": "schedule"});
    let report = stage.report(&plan).await;
    assert_eq!(said(&report), "planned expired", "{report:#}");
    assert_eq!(stage.aws.snapshots().len(), before);
    let report = stage.report(&order("expire", "counter-db")).await;
    assert_eq!(said(&report), "acted expired", "{report:#}");
    assert!(stage.aws.snapshots().len() < before);
}

#[tokio::test]
async fn what_is_tagged_is_taken_together_and_the_report_says_what_is_left_out() {
    let mut stage = set(&[]).await;
    let report = stage.report(&order("take", "fleet-db")).await;
    assert_eq!(said(&report), "acted taken", "{report:#}");
    let mut of: Vec<String> = stage.aws.snapshots().into_iter().map(|snapshot| snapshot.of).collect();
    of.sort();
    assert_eq!(of, ["fleet-1", "fleet-2", "fleet-3"]);
    let report = stage.report(&order("verify", "fleet-db")).await;
    assert!(report["state"]["not_selected"].to_string().contains("fleet-scratchpad"), "{report:#}");
}

#[tokio::test]
async fn pages_are_all_read() {
    let mut stage = set(&[]).await;
    stage.aws.page_rds_after(2);
    let report = stage.report(&order("take", "fleet-db")).await;
    assert_eq!(stage.aws.snapshots().len(), 3, "{report:#}");
    stage.aws.complete_snapshots();
    asked(&stage.aws);
    assert_eq!(said(&stage.report(&order("reconcile", "fleet-db")).await), "held in-order");
    let pages = asked(&stage.aws);
    assert_eq!(pages.iter().filter(|one| *one == "DescribeDBSnapshots").count(), 2, "{pages:?}");
}

/// An alarm watches the age; missing data is breaching.
#[tokio::test]
async fn a_look_tells_how_old_the_newest_snapshots_are() {
    let mut stage = set(&[]).await;
    taken(&mut stage, "weather-db").await;
    stage.aws.age_snapshots(3600);
    stage.report(&order("reconcile", "weather-db")).await;
    let output = stage.end().await.stdout;
    let lines = output.iter().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let ages: Vec<Value> = lines.filter(|line| line["NewestSnapshotAge"].is_number()).collect();
    let home = ages.iter().find(|line| line["region"] == HOME).unwrap();
    assert_eq!((&home["function"], &home["target"]), (&json!("snapshot-database"), &json!("weather-db")));
    assert!((3600.0..3700.0).contains(&home["NewestSnapshotAge"].as_f64().unwrap()), "{home}");
    let declared = &home["_aws"]["CloudWatchMetrics"][0];
    assert_eq!(declared["Dimensions"], json!([["function", "target", "region"]]));
}
