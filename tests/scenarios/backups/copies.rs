//! Copies to other Regions: as many at once as may be, with the right key, and again where one came to nothing.

use snapshot_database::fake::{FakeDatabase, cluster, instance, region};
use snapshot_database::world::{Family, Meaning, Snapshot};

use super::{Vault, an_instance, far, home, tagged};

const HOME_KEY: &str = "arn:aws:kms:us-east-1:123456789012:key/home";
const FAR_KEY: &str = "arn:aws:kms:us-west-2:123456789012:key/far";

/// What is tagged is copied to `us-west-2`, with a key or without; the databases have a snapshot each.
async fn tonight(rule: &str, databases: impl IntoIterator<Item = FakeDatabase>) -> Vault {
    let keys = format!("    copies: [{{region: us-west-2, retention: {{days: 3}}{rule}}}]\n");
    let vault = Vault::of(&tagged(&keys), "2026-11-21T01:30:00Z");
    databases.into_iter().for_each(|database| vault.rds().put(database.tagged("backup", "nightly")));
    vault.ordered("take", "all").await;
    vault.passes(10);
    vault
}

fn copies(vault: &Vault) -> Vec<Snapshot> {
    vault.backups(&far(), "all").into_values().flatten().collect()
}

#[tokio::test]
async fn no_more_copies_are_on_their_way_than_may_be_and_the_rest_waits_its_turn() {
    let databases =
        (0..30).map(|n| instance(&format!("i-{n}"))).chain((0..12).map(|n| cluster(&format!("c-{n}"))));
    let vault = tonight("", databases).await;
    for (minutes, instances, clusters) in [(0, 20, 5), (31, 30, 10), (31, 30, 12)] {
        vault.passes(minutes);
        let outcome = vault.ordered("reconcile", "all").await;
        let of = |family| copies(&vault).iter().filter(|copy| copy.of.family == family).count();
        assert_eq!((of(Family::Instance), of(Family::Cluster)), (instances, clusters));
        if clusters < 12 {
            assert!(outcome.report().why.text.contains("to us-west-2 wait"), "{}", outcome.report().why.text);
        }
    }
    // A further look while they are on their way begins none.
    let outcome = vault.ordered("copy", "all").await;
    assert_eq!(outcome.verdict(), ("held", "nothing-to-copy"));
    assert_eq!(vault.rds().over_budget(), 0);
}

#[tokio::test]
async fn an_unencrypted_snapshot_is_copied_without_the_key() {
    let vault = tonight(&format!(", kms-key: \"{FAR_KEY}\""), [instance("plain"), cluster("plain")]).await;
    assert_eq!(vault.ordered("copy", "all").await.verdict(), ("acted", "copying"));
    let copies = copies(&vault);
    assert_eq!(copies.len(), 2);
    assert!(copies.iter().all(|copy| !copy.encrypted && copy.kms_key.is_none()), "{copies:?}");
}

#[tokio::test]
async fn an_encrypted_snapshot_gets_the_key_of_the_region_that_it_goes_to() {
    let databases = [instance("secret").encrypted(HOME_KEY), cluster("secret").encrypted(HOME_KEY)];
    let vault = tonight(&format!(", kms-key: \"{FAR_KEY}\""), databases).await;
    assert_eq!(vault.ordered("copy", "all").await.verdict(), ("acted", "copying"));
    let copies = copies(&vault);
    assert_eq!(copies.len(), 2);
    assert!(copies.iter().all(|copy| copy.kms_key.as_deref() == Some(FAR_KEY)), "{copies:?}");
}

#[tokio::test]
async fn an_encrypted_snapshot_without_a_key_for_it_is_refused_by_name_and_keeps_none_from_another() {
    let vault = tonight("", [instance("secret").encrypted(HOME_KEY)]).await;
    let outcome = vault.ordered("copy", "all").await;
    assert_eq!(outcome.verdict(), ("refused", "kms-key-missing"));
    assert!(outcome.report().why.text.contains("secret"));
    assert!(!outcome.calls.iter().any(|call| call.starts_with("copy")), "{:?}", outcome.calls);

    let vault = tonight("", [instance("secret").encrypted(HOME_KEY), instance("plain")]).await;
    let outcome = vault.ordered("copy", "all").await;
    assert_eq!(outcome.verdict(), ("acted", "copying"));
    assert!(outcome.report().why.text.contains("secret"), "{}", outcome.report().why.text);
    assert_eq!(copies(&vault).len(), 1);
}

#[tokio::test]
async fn a_key_that_cannot_be_used_fails_by_name() {
    let vault =
        tonight(&format!(", kms-key: \"{HOME_KEY}\""), [instance("secret").encrypted(HOME_KEY)]).await;
    let outcome = vault.ordered("copy", "all").await;
    assert_eq!(outcome.verdict(), ("failed", "key-unusable"), "{}", outcome.report().why.text);
}

#[tokio::test]
async fn an_option_group_goes_along_where_the_source_has_one_of_its_own() {
    let mut with_group = instance("oracle");
    with_group.database.option_group = Some("tde".to_owned());
    let vault = tonight(", option-group: tde-west", [with_group, instance("plain")]).await;
    assert_eq!(vault.ordered("copy", "all").await.verdict(), ("acted", "copying"));
    let groups = copies(&vault).into_iter().map(|copy| (copy.of.name, copy.option_group));
    assert_eq!(
        groups.collect::<Vec<_>>(),
        [("oracle".to_owned(), Some("tde-west".to_owned())), ("plain".to_owned(), None)]
    );
}

#[tokio::test]
async fn a_copy_that_came_to_nothing_is_made_again() {
    let vault = tonight("", [instance("one")]).await;
    vault.ordered("copy", "all").await;
    let name = copies(&vault).remove(0).name;
    vault.rds().fail_coming(&far(), Family::Instance, &name);
    vault.passes(40);
    for _ in 0..2 {
        vault.ordered("reconcile", "all").await;
    }
    vault.passes(40);
    let copy = copies(&vault).remove(0);
    assert_eq!((copy.name.as_str(), copy.status.as_str()), (name.as_str(), "available"));
    assert_eq!(vault.rds().violations(), [""; 0]);
}

/// "Snapshot has reached the limit" passes with the copies that are on their way, and nothing is lost by it.
#[tokio::test]
async fn a_limit_that_others_have_used_up_is_tried_again() {
    let vault = tonight("", [instance("one")]).await;
    vault.rds().fail_next_of("copy us-west-2", Meaning::QuotaReached);
    let outcome = vault.ordered("reconcile", "all").await;
    assert_eq!((outcome.verdict(), copies(&vault).len()), (("held", "copies-waiting"), 0));
    vault.passes(60);
    assert_eq!(vault.ordered("reconcile", "all").await.verdict(), ("acted", "reconciled"));
    assert_eq!(copies(&vault).len(), 1);
}

#[tokio::test]
async fn a_region_that_cannot_be_seen_keeps_nothing_from_another() {
    let keys = "    copies: [{region: us-west-2, retention: {days: 3}}, {region: eu-west-1, retention: {days: 3}}]\n";
    let vault = Vault::of(&tagged(keys), "2026-11-21T01:30:00Z");
    vault.rds().put(instance("one").tagged("backup", "nightly"));
    vault.ordered("take", "all").await;
    vault.passes(10);
    vault.rds().fail_next_of("snapshots us-west-2", Meaning::Common(shared::fault::FaultClass::Unavailable));
    let outcome = vault.ordered("copy", "all").await;
    assert_eq!(outcome.report().verdict.as_str(), "failed", "{}", outcome.line());
    assert_eq!(vault.names(&region("eu-west-1")).len(), 1);
    assert_eq!(vault.ordered("copy", "all").await.verdict(), ("acted", "copying"));
    assert_eq!(vault.names(&far()).len(), 1);
}

#[tokio::test]
async fn what_needs_a_presigned_url_is_refused_before_it_is_tried() {
    let keys = "    copies: [{region: us-gov-west-1, retention: {days: 3}}]\n";
    let vault = Vault::of(&tagged(keys), "2026-11-21T01:30:00Z");
    vault.rds().put(instance("one").tagged("backup", "nightly"));
    vault.ordered("take", "all").await;
    vault.passes(10);
    let outcome = vault.ordered("copy", "all").await;
    assert_eq!(outcome.verdict(), ("refused", "govcloud-unsupported"));
    assert!(!outcome.calls.iter().any(|call| call.starts_with("copy")));
}

#[tokio::test]
async fn an_automated_snapshot_is_copied_under_a_name_that_rds_takes() {
    let keys = "    snapshots: copy-automated\n    copies: [{region: us-west-2, retention: {days: 3}}]\n";
    let vault = Vault::of(&tagged(keys), "2026-11-21T03:30:00Z");
    vault.rds().put(instance("one").tagged("backup", "nightly"));
    let automated = vault.rds().back_up(&an_instance("one"));
    assert!(automated.name.starts_with("rds:"));
    for _ in 0..3 {
        vault.ordered("reconcile", "all").await;
        vault.passes(40);
    }
    let [name] = vault.names(&home()).try_into().unwrap();
    assert_eq!(vault.names(&far()), [name]);
    assert_eq!(copies(&vault)[0].taken_at, automated.taken_at);
}
