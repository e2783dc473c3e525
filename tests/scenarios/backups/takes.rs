//! Taking snapshots: each database's once for each command, whatever it is called, runs and does just now.

use serde_json::json;
use snapshot_database::fake::{FakeDatabase, cluster, instance};

use super::{HOME, ONE, Vault, a_cluster, an_instance, batch, home, tagged};

fn with(database: FakeDatabase) -> Vault {
    let vault = Vault::of(ONE, "2026-11-21T01:30:00Z");
    vault.rds().put(database);
    vault
}

fn weather() -> Vault {
    with(instance("weather"))
}

/// One target of every name, each with a database of its own, as long as they are.
fn clusters(names: &[&str]) -> Vault {
    let target = |(n, name): (usize, &&str)| {
        format!("  db-{n}: {{kind: database, cluster: {name}, retention: {{days: 7}}}}\n")
    };
    let targets: String = names.iter().enumerate().map(target).collect();
    let vault = Vault::of(&format!("version: 1\ntargets:\n{targets}"), "2026-11-21T01:30:00Z");
    names.iter().for_each(|name| vault.rds().put(cluster(name)));
    vault
}

#[tokio::test]
async fn retries_do_not_multiply_snapshots() {
    let vault = weather();
    let night = json!({"action": "take", "target": "weather-db", "id": "night-1"});
    assert_eq!(vault.gets(&night).await.verdict(), ("acted", "taken"));
    for minutes in [0, 2, 4, 60] {
        vault.passes(minutes);
        assert_eq!(vault.gets(&night).await.verdict(), ("held", "already-taken"));
    }
    let both = vault.gets(&batch([("m-1", 1, &night), ("m-2", 1, &night)])).await;
    assert_eq!(both.verdicts(), [("held", "already-taken"); 2]);
    assert_eq!(vault.names(&home()).len(), 1);
}

#[tokio::test]
async fn a_take_that_comes_again_never_deletes_the_snapshot_that_is_there() {
    let vault = weather();
    let night = json!({"action": "take", "target": "weather-db", "id": "night-1"});
    vault.gets(&night).await;
    let name = vault.names(&home()).remove(0);
    // Not even one that came to nothing: another command takes another.
    vault.rds().fail_coming(&home(), an_instance("weather").family, &name);
    vault.passes(10);
    let again = vault.gets(&night).await;
    assert_eq!(again.verdict(), ("refused", "snapshot-failed"), "{}", again.report().why.text);
    assert!(vault.rds().effects().iter().all(|effect| effect.starts_with("create")));
    let next = json!({"action": "take", "target": "weather-db", "id": "night-2"});
    assert_eq!(vault.gets(&next).await.verdict(), ("acted", "taken"));
    assert_eq!(vault.names(&home()).len(), 2);
}

#[tokio::test]
async fn the_longest_names_fit_and_stay_apart() {
    let longest =
        ["a".repeat(63), format!("{}b", "a".repeat(62)), format!("{}-{}", "a".repeat(45), "b".repeat(17))];
    let vault = clusters(&longest.iter().map(String::as_str).collect::<Vec<_>>());
    for n in 0..3 {
        assert_eq!(vault.ordered("take", &format!("db-{n}")).await.verdict(), ("acted", "taken"));
    }
    let names = vault.names(&home());
    assert_eq!(names.len(), 3);
    assert!(names.iter().all(|name| name.len() <= 63 && !name.contains("--")), "{names:?}");
}

#[tokio::test]
async fn an_instance_and_a_cluster_of_one_name_are_both_backed_up() {
    let vault = Vault::of(&tagged(""), "2026-11-21T01:30:00Z");
    vault.rds().put(instance("twin").tagged("backup", "nightly"));
    vault.rds().put(cluster("twin").tagged("backup", "nightly"));
    assert_eq!(vault.ordered("take", "all").await.verdict(), ("acted", "taken"));
    assert_eq!(vault.names(&home()).len(), 2);
}

#[tokio::test]
async fn no_list_of_engines_leaves_one_out() {
    let engines =
        ["oracle-ee-cdb", "db2-se", "custom-sqlserver-ee", "sqlserver-ex", "mariadb", "engine-of-2030"];
    let vault = Vault::of(&tagged(""), "2026-11-21T01:30:00Z");
    for engine in engines {
        let mut database = instance(&format!("db-{engine}")).tagged("backup", "nightly");
        engine.clone_into(&mut database.database.engine);
        vault.rds().put(database);
    }
    assert_eq!(vault.ordered("take", "all").await.verdict(), ("acted", "taken"));
    assert_eq!(vault.names(&home()).len(), engines.len());
}

#[tokio::test]
async fn the_tags_come_with_the_snapshot_itself() {
    let vault = weather();
    // Nothing of what would come after the snapshot is carried out.
    vault.rds().die_after(Some(5));
    vault.ordered("take", "weather-db").await;
    let backups = vault.backups(&home(), "weather-db");
    let [snapshot] = backups[&an_instance("weather")].as_slice() else { panic!("{backups:?}") };
    assert_eq!(
        (snapshot.status.as_str(), snapshot.tag("lamplighter:target")),
        ("creating", Some("weather-db"))
    );
    assert_eq!(vault.rds().effects().len(), 1);
}

#[tokio::test]
async fn a_source_that_is_busy_is_tried_again_and_one_that_cannot_be_is_refused() {
    let night = json!({"action": "take", "target": "weather-db", "id": "night-1"});
    for (status, expected, returned) in [
        ("backing-up", ("failed", "database-busy"), 1),
        ("modifying", ("failed", "database-busy"), 1),
        ("stopped", ("refused", "database-stopped"), 0),
        ("incompatible-network", ("refused", "database-unusable"), 0),
    ] {
        let vault = weather();
        let weather = an_instance("weather");
        vault.rds().change_database(&weather, |found| status.clone_into(&mut found.database.status));
        let outcome = vault.queued(&night).await;
        assert_eq!((outcome.verdict(), outcome.returned.len()), (expected, returned), "{status}");
        assert!(vault.names(&home()).is_empty());
        vault.rds().change_database(&weather, |found| "available".clone_into(&mut found.database.status));
        assert_eq!(vault.queued(&night).await.verdict(), ("acted", "taken"), "{status}");
    }
}

#[tokio::test]
async fn a_member_of_a_cluster_is_refused_with_the_name_of_its_cluster() {
    let mut member = instance("weather");
    member.database.member_of = Some("weather-cluster".to_owned());
    let outcome = with(member).ordered("take", "weather-db").await;
    assert_eq!(outcome.verdict(), ("refused", "aurora-member"));
    assert!(outcome.report().why.text.contains("weather-cluster"));
    assert!(!outcome.calls.iter().any(|call| call.starts_with("create")));
}

/// Two nights' commands were lost or given up.
#[tokio::test]
async fn a_snapshot_that_was_missed_is_taken_by_the_hourly_look() {
    let vault = weather();
    vault.ordered("take", "weather-db").await;
    let mut taken = Vec::new();
    for hour in 1..=48 {
        vault.passes(60);
        let outcome = vault.gets(&json!({"action": "reconcile", "id": format!("hour-{hour}")})).await;
        if outcome.calls.iter().any(|call| call.starts_with("create")) {
            taken.push(hour);
        }
    }
    assert_eq!(taken, [25], "before the newest is 26 hours old, and once");
}

#[tokio::test]
async fn a_new_database_is_not_forgotten_and_the_report_says_which_are_left_out() {
    let vault = Vault::of(&tagged("    except: [scratchpad]\n"), "2026-11-21T01:30:00Z");
    for name in ["orders", "scratchpad"] {
        vault.rds().put(instance(name).tagged("backup", "nightly"));
    }
    vault.rds().put(instance("nobodys"));
    vault.ordered("take", "all").await;
    vault.passes(60);
    vault.rds().put(cluster("new").tagged("backup", "nightly"));
    let outcome = vault.ordered("reconcile", "all").await;
    assert_eq!(outcome.verdict(), ("acted", "reconciled"));
    assert!(vault.backups(&home(), "all").contains_key(&a_cluster("new")));
    let left_out = &outcome.report().state.as_ref().unwrap()["not_selected"];
    assert_eq!(
        *left_out,
        json!([
            {"instance": "nobodys", "because": "without the tag"},
            {"instance": "scratchpad", "because": "excepted"},
        ]),
        "in {HOME}"
    );
}
