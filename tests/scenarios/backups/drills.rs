//! Restore drills: a scratch database comes, is measured, and goes, also when the function dies half-way.

use serde_json::json;
use snapshot_database::fake::{FakeDatabase, Span, Times, cluster, instance};
use snapshot_database::handler::Keeper;
use snapshot_database::world::{DatabaseId, Origin};

use super::{Vault, an_instance, home, tagged};

const DRILLS: &str = "    verify: {restore-drill: monthly, restore-objective: 4h}\n";

/// One tagged database with a snapshot.
async fn with(database: FakeDatabase) -> Vault {
    let vault = Vault::of(&tagged(DRILLS), "2026-11-21T01:30:00Z");
    vault.rds().put(database.tagged("backup", "nightly"));
    vault.ordered("take", "all").await;
    vault.passes(30);
    vault
}

fn scratches(vault: &Vault) -> Vec<DatabaseId> {
    let all = vault.rds().all_databases().into_iter();
    all.filter(|database| database.tags.contains_key("lamplighter:drill"))
        .map(|database| database.id)
        .collect()
}

/// Looks every half hour, until no scratch database is left.
async fn looked_after(vault: &Vault) -> Vec<&'static str> {
    let mut codes = Vec::new();
    for _ in 0..20 {
        vault.passes(30);
        codes.push(vault.ordered("reconcile", "all").await.verdict().1);
        if scratches(vault).is_empty() {
            return codes;
        }
    }
    panic!("{:?} after {codes:?}", scratches(vault));
}

#[tokio::test]
async fn a_drill_is_timed_and_leaves_nothing_but_its_result() {
    for (database, expected) in
        [(instance("one"), ["drill-passed"].as_slice()), (cluster("one"), &["reconciled", "drill-passed"])]
    {
        let key = format!("drill/all/{}/one", database.database.id.family.noun());
        let vault = with(database).await;
        let before = vault.names(&home());
        assert_eq!(vault.ordered("verify", "all").await.verdict(), ("acted", "drill-started"));
        assert_eq!(vault.ordered("verify", "all").await.verdict(), ("held", "drill-running"));
        assert_eq!(looked_after(&vault).await, expected);
        let noted = vault.keeper.ledger.as_ref().unwrap().saved_value(&key).unwrap();
        assert_eq!((&noted["passed"], &noted["snapshot"]), (&true.into(), &before[0].as_str().into()));
        assert!(noted["seconds"].as_i64().is_some_and(|seconds| seconds >= 1800), "{noted}");
        assert_eq!(vault.names(&home()), before);
        assert_eq!(vault.rds().violations(), [""; 0]);
    }
}

/// The stacks of two environments in one account and Region, each with databases of its own, under one name or two.
#[tokio::test]
async fn a_drill_of_another_stack_is_neither_noted_nor_deleted() {
    for target in ["all", "everything"] {
        let mut vault = with(instance("one")).await;
        vault.ordered("verify", "all").await;
        let theirs = scratches(&vault);
        let dev = tagged(DRILLS)
            .replace("backup: nightly", "backup: dev")
            .replace("  all:", &format!("  {target}:"));
        let Keeper { playbook, ledger, .. } = Vault::of(&dev, "2026-11-21T01:30:00Z").keeper;
        let prod = (vault.keeper.playbook, vault.keeper.ledger.take(), vault.keeper.ledger_table);
        let keeper = &mut vault.keeper;
        (keeper.playbook, keeper.ledger, keeper.ledger_table) = (playbook, ledger, Some("dev-ledger"));
        for _ in 0..24 {
            vault.passes(30);
            vault.ordered("reconcile", target).await;
        }
        assert_eq!(scratches(&vault), theirs);
        let noted = vault.keeper.ledger.as_ref().unwrap();
        assert_eq!(noted.saved_value(&format!("drill/{target}/instance/one")), None);
        let keeper = &mut vault.keeper;
        (keeper.playbook, keeper.ledger, keeper.ledger_table) = prod;
        assert_eq!(looked_after(&vault).await, ["drill-too-slow"]);
    }
}

/// Whatever call is its last, before or after its effect, in any of the stages.
#[tokio::test]
async fn a_drill_that_dies_anywhere_is_cleaned_up() {
    let monthly = json!({"action": "verify", "target": "all", "id": "monthly"});
    for database in [instance("one"), cluster("one")] {
        for answered in [true, false] {
            for calls in 0..30 {
                let vault = with(database.clone()).await;
                let before = vault.names(&home());
                if answered {
                    vault.rds().die_after(Some(calls));
                } else {
                    vault.rds().die_before_the_answer_of(Some(calls + 1));
                }
                vault.gets(&monthly).await;
                for _ in 0..2 {
                    vault.passes(30);
                    vault.ordered("reconcile", "all").await;
                }
                vault.rds().die_after(None);
                vault.gets(&monthly).await;
                looked_after(&vault).await;
                assert_eq!(vault.names(&home()), before, "after {calls} calls");
                assert_eq!(vault.rds().violations(), [""; 0], "after {calls} calls");
            }
        }
    }
}

#[tokio::test]
async fn a_drill_that_does_not_end_fails_at_its_deadline_and_is_deleted() {
    let vault = with(instance("one")).await;
    vault.rds().set_times(Times { restore: Span::minutes(60 * 9), ..Times::default() });
    vault.ordered("verify", "all").await;
    let codes = looked_after(&vault).await;
    assert!(codes.contains(&"drill-failed"), "{codes:?}");
    let noted = vault.keeper.ledger.as_ref().unwrap().saved_value("drill/all/instance/one").unwrap();
    assert_eq!(noted["passed"], false);
}

#[tokio::test]
async fn a_drill_that_takes_longer_than_its_objective_says_so() {
    let vault = with(instance("one")).await;
    vault.rds().set_times(Times { restore: Span::minutes(60 * 5), ..Times::default() });
    vault.ordered("verify", "all").await;
    let codes = looked_after(&vault).await;
    assert_eq!(codes.last(), Some(&"drill-too-slow"));
}

/// RDS gives a restored database its source's tags where none are given, and backs it up as soon as it is there.
#[tokio::test]
async fn a_scratch_database_is_nobodys_target_and_its_snapshots_are_not_ours() {
    let vault = with(instance("one")).await;
    vault.ordered("verify", "all").await;
    let [scratch] = scratches(&vault).try_into().unwrap();
    vault.rds().change_database(&scratch, |found| {
        found.database.tags.insert("backup".to_owned(), "nightly".to_owned());
    });
    vault.passes(10);
    assert_eq!(vault.ordered("take", "all").await.verdict(), ("acted", "taken"));
    let of = vault.backups(&home(), "all").into_keys().collect::<Vec<_>>();
    assert_eq!(of, [an_instance("one")]);
    looked_after(&vault).await;
    let left = vault.rds().all_snapshots(&home(), Origin::Automated);
    assert!(left.iter().all(|snapshot| snapshot.of != scratch), "{left:?}");
}

#[tokio::test]
async fn a_database_that_others_named_like_a_scratch_is_not_touched() {
    let vault = with(instance("one")).await;
    vault.rds().put(instance("lamplighter-drill-by-hand"));
    for _ in 0..3 {
        vault.passes(60 * 24);
        vault.ordered("reconcile", "all").await;
    }
    assert!(vault.rds().find_database(&an_instance("lamplighter-drill-by-hand")).is_some());
}
