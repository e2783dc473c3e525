//! Whatever happens in whichever order: what must never be deleted never is, and in the end everything is in order.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use serde_json::{Value, json};
use shared::fault::FaultClass;
use shared::ids::{CommandId, TargetName};
use shared::kinds::database::{RegionCode, Which};
use snapshot_database::fake::{Span, Times, cluster, instance, snapshot_arn};
use snapshot_database::names::Owner;
use snapshot_database::world::{DatabaseId, Meaning, Origin, Rds as _, Snapshot, Tags};

use super::{Vault, a_cluster, an_instance, far, home};

/// How long, and how many at least, snapshots are kept at home, and, longer, in the other Region.
const DAYS: [i64; 2] = [3, 6];
const AT_LEAST: [usize; 2] = [2, 1];

/// Something that happens.
#[derive(Debug, Clone)]
enum Turn {
    /// Hours pass, and the hourly look is taken in the last of them.
    Pass(i64),
    /// Somebody orders something, perhaps with a label, and the function dies after so many calls.
    Order { action: &'static str, labelled: bool, dies: Option<(usize, bool)> },
    /// From now on so many of a thousand snapshots, copies and calls fail.
    Fail(u32, u32, u32),
    /// A Region is not to be seen at the next look.
    Unseen(bool),
    /// There is a snapshot of somebody else, in some state.
    Foreign { database: usize, is_far: bool, whose: Whose, has_failed: bool },
    /// A snapshot of ours is there that is so many days old, or is of tomorrow.
    Old { database: usize, days: i64 },
    /// Somebody deletes one of our snapshots.
    Lost { number: usize, is_far: bool },
    /// A database is stopped, or is there again.
    Status { database: usize, is_there: bool },
}

/// Whose a foreign snapshot is.
#[derive(Debug, Clone, Copy)]
enum Whose {
    /// A person's, without tags of ours.
    Untagged,
    /// Of another target.
    AnotherTargets,
    /// A person's copy of one of ours, with all its tags, or the last one of a database that has inherited them.
    WithCopiedTags,
    /// Of another stack's target of the same name, which selects by another tag.
    AnotherStacks,
    /// Of the same target of a stack in another home Region, or a copy of its snapshot.
    AnotherHomes,
}

const ANYBODY: [Whose; 5] = [
    Whose::Untagged,
    Whose::AnotherTargets,
    Whose::WithCopiedTags,
    Whose::AnotherStacks,
    Whose::AnotherHomes,
];

fn turn() -> impl Strategy<Value = Turn> {
    let action = prop::sample::select(vec!["take", "copy", "expire", "verify", "reconcile"]);
    let dies = prop::option::weighted(0.3, (0..14usize, any::<bool>()));
    let order = (action, any::<bool>(), dies);
    let foreign = (0..3usize, any::<bool>(), prop::sample::select(&ANYBODY[..]), prop::bool::weighted(0.2));
    let share = || prop_oneof![3 => Just(0), 1 => 0..600u32];
    prop_oneof![
        6 => (1..40i64).prop_map(Turn::Pass),
        6 => order.prop_map(|(action, labelled, dies)| Turn::Order { action, labelled, dies }),
        1 => (share(), share(), share()).prop_map(|(one, two, three)| Turn::Fail(one, two, three)),
        1 => any::<bool>().prop_map(Turn::Unseen),
        3 => foreign.prop_map(|(database, is_far, whose, has_failed)| {
            Turn::Foreign { database, is_far, whose, has_failed }
        }),
        2 => (0..3usize, -1..12i64).prop_map(|(database, days)| Turn::Old { database, days }),
        1 => (0..9usize, any::<bool>()).prop_map(|(number, is_far)| Turn::Lost { number, is_far }),
        1 => (0..3usize, any::<bool>()).prop_map(|(database, is_there)| Turn::Status { database, is_there }),
    ]
}

/// A vault, and what is known of what happened to it.
struct History {
    vault: Vault,
    foreign: Vec<(RegionCode, Snapshot)>,
    /// The good snapshots at home, when that was looked at last, by their names.
    good: BTreeMap<String, Timestamp>,
    /// What somebody deleted.
    lost: BTreeSet<String>,
    orders: usize,
    calls_fail: bool,
}

fn databases() -> [DatabaseId; 3] {
    [an_instance("weather"), an_instance("metrics"), a_cluster("platform")]
}

impl History {
    fn begin() -> Self {
        let playbook = format!(
            "
version: 1
targets:
  all:
    kind: database
    all-tagged: {{backup: nightly}}
    retention: {{days: {}, keep-at-least: {}}}
    copies:
      - region: us-west-2
        kms-key: alias/far
        retention: {{days: {}, keep-at-least: {}}}
",
            DAYS[0], AT_LEAST[0], DAYS[1], AT_LEAST[1]
        );
        let vault = Vault::of(&playbook, "2026-11-21T00:00:00Z");
        let rds = vault.rds();
        rds.set_times(Times {
            snapshot: Span::between(2, 90),
            copy: Span::between(10, 200),
            restore: Span::minutes(10),
            deletion: Span::between(0, 20),
        });
        let key = "arn:aws:kms:us-east-1:123456789012:key/home";
        let databases = [instance("weather").encrypted(key), instance("metrics"), cluster("platform")];
        databases.into_iter().for_each(|database| rds.put(database.tagged("backup", "nightly")));
        let (foreign, good, lost) = Default::default();
        Self { vault, foreign, good, lost, orders: 0, calls_fail: false }
    }

    async fn take(&mut self, turn: &Turn) {
        let rds = self.vault.rds();
        match turn {
            Turn::Pass(hours) => {
                rds.advance(SignedDuration::from_hours(*hours));
                self.order("reconcile", false, None).await;
            }
            Turn::Order { action, labelled, dies } => self.order(action, *labelled, *dies).await,
            Turn::Fail(snapshots, copies, calls) => {
                rds.fail_some(*snapshots, *copies);
                rds.fail_often(*calls, Meaning::Common(FaultClass::Throttled));
                self.calls_fail = *calls > 0;
            }
            Turn::Unseen(is_far) => {
                let region = if *is_far { far() } else { home() };
                rds.fail_next_of(&format!("snapshots {region}"), Meaning::Common(FaultClass::Unavailable));
                self.order("reconcile", false, Some((100, true))).await;
            }
            Turn::Foreign { database, is_far, whose, has_failed } => {
                self.put_foreign(*database, *is_far, *whose, *has_failed);
            }
            Turn::Old { database, days } => {
                let name = format!("old-{}", self.next());
                self.vault.put_old("all", &databases()[*database], &name, *days);
            }
            Turn::Lost { number, is_far } => {
                let region = if *is_far { far() } else { home() };
                let ours = self.ours(&region);
                if let Some(lost) = ours.get(*number) {
                    rds.remove_snapshot(&region, lost.of.family, &lost.name);
                    self.lost.insert(lost.name.clone());
                }
            }
            Turn::Status { database, is_there } => self.set_status(*database, *is_there),
        }
    }

    fn next(&mut self) -> usize {
        self.orders += 1;
        self.orders
    }

    /// An order comes, and the same once more. Where nothing fails, the second changes nothing.
    async fn order(&mut self, action: &str, labelled: bool, dies: Option<(usize, bool)>) {
        let mut order = json!({"action": action, "target": "all", "id": format!("order-{}", self.next())});
        if action == "take" && labelled {
            order["label"] = json!("before-release-42");
        }
        let rds = self.vault.rds();
        match dies {
            Some((calls, true)) => rds.die_after(Some(calls)),
            Some((calls, false)) => rds.die_before_the_answer_of(Some(calls + 1)),
            None => {}
        }
        self.vault.gets(&order).await;
        rds.die_after(None);
        if self.calls_fail {
            return;
        }
        // What failed is deleted first, and may be begun anew after that: there the third time is as the second.
        self.vault.gets(&order).await;
        let twice = rds.effects().len();
        let again = self.vault.gets(&order).await;
        assert_eq!(rds.effects().len(), twice, "{order}: {}", again.line());
    }

    fn put_foreign(&mut self, database: usize, is_far: bool, whose: Whose, has_failed: bool) {
        let rds = self.vault.rds();
        let of = &databases()[database];
        let model = rds.back_up(of);
        let region = if is_far { far() } else { home() };
        let (all, another) = (TargetName::parse("all").unwrap(), TargetName::parse("another").unwrap());
        let elsewhere = snapshot_database::fake::region("eu-west-1");
        let prod = which("prod");
        let ours = &self.vault.keeper.playbook.database(&all).unwrap().1.which;
        let (owner, is_named) = match whose {
            Whose::Untagged | Whose::WithCopiedTags => (Owner::new(&all, ours, rds.home()), false),
            Whose::AnotherTargets => (Owner::new(&another, ours, rds.home()), true),
            Whose::AnotherStacks => (Owner::new(&all, &prod, rds.home()), true),
            Whose::AnotherHomes => (Owner::new(&all, ours, &elsewhere), true),
        };
        let id = CommandId::parse(&format!("theirs-{}", self.orders)).unwrap();
        let by_hand = format!("{}-0123456789abcdef-{}", of.name, self.orders);
        let name = if is_named { owner.snapshot(&id, of, None) } else { by_hand };
        let mut tags = owner.tags(&id, None, Tags::new());
        let from = if matches!(whose, Whose::AnotherHomes) { elsewhere.clone() } else { home() };
        let source = is_far.then(|| snapshot_arn(&from, of.family, &owner.snapshot(&id, of, None)));
        if let Some(source) = &source {
            tags.insert("lamplighter:copy-of".to_owned(), source.clone());
            tags.insert("lamplighter:taken-at".to_owned(), rds.now().to_string());
        }
        if matches!(whose, Whose::Untagged) {
            tags.clear();
        }
        let arn = snapshot_arn(&region, of.family, &name);
        let status = if has_failed { "failed".to_owned() } else { model.status.clone() };
        let snapshot = Snapshot { name, arn, tags, status, source, origin: Origin::Manual, ..model };
        rds.put_stranger(&region, snapshot.clone());
        self.foreign.retain(|(_, known)| known.arn != snapshot.arn);
        self.foreign.push((region, snapshot));
    }

    fn set_status(&self, database: usize, is_there: bool) {
        let status = if is_there { "available" } else { "stopped" };
        let rds = self.vault.rds();
        rds.change_database(&databases()[database], |fake| status.clone_into(&mut fake.database.status));
    }

    /// What bears our tags and is not known to be somebody else's, by its database, the oldest first.
    fn backups(&self, region: &RegionCode) -> BTreeMap<DatabaseId, Vec<Snapshot>> {
        let is_theirs = |one: &Snapshot| {
            self.foreign.iter().any(|(there, known)| there == region && known.arn == one.arn)
        };
        let mut backups = self.vault.backups(region, "all");
        backups.values_mut().for_each(|snapshots| snapshots.retain(|one| !is_theirs(one)));
        backups.retain(|_, snapshots| !snapshots.is_empty());
        backups
    }

    fn ours(&self, region: &RegionCode) -> Vec<Snapshot> {
        self.backups(region).into_values().flatten().collect()
    }

    /// What must never be is not; so nothing has gone at home whose copy should be there and is not.
    fn check(&mut self) {
        let rds = self.vault.rds();
        let good = |region: &RegionCode| -> BTreeMap<String, Timestamp> {
            let good = self.ours(region).into_iter().filter(|one| one.status == "available");
            good.map(|one| (one.name, one.taken_at.unwrap())).collect()
        };
        let (at_home, copies) = (good(&home()), good(&far()));
        let should_be = rds.now() - SignedDuration::from_hours(24 * DAYS[1]);
        for (name, at) in std::mem::replace(&mut self.good, at_home.clone()) {
            if at > should_be && !self.lost.contains(&name) && !at_home.contains_key(&name) {
                assert!(copies.contains_key(&name), "{name} has gone, and there is no copy of it");
            }
        }
        assert_eq!(rds.violations(), [""; 0]);
        assert_eq!(rds.over_budget(), 0);
        for (region, snapshot) in &self.foreign {
            let there = rds.find_snapshot(region, snapshot.of.family, &snapshot.name);
            assert_eq!(there.as_ref(), Some(snapshot));
        }
    }

    /// Nothing fails any more, and a few days pass.
    async fn calm(&mut self) {
        self.take(&Turn::Fail(0, 0, 0)).await;
        (0..3).for_each(|database| self.set_status(database, true));
        let hourly: Value = json!({"action": "reconcile"});
        for _ in 0..60 {
            self.vault.rds().advance(SignedDuration::from_hours(1));
            self.vault.gets(&hourly).await;
        }
    }

    /// Each database has what the policy keeps, and no more.
    fn check_order(&self) {
        let now = self.vault.rds().now();
        for ((region, days), at_least) in [home(), far()].into_iter().zip(DAYS).zip(AT_LEAST) {
            let backups = self.backups(&region);
            assert_eq!(backups.keys().cloned().collect::<BTreeSet<_>>(), BTreeSet::from(databases()));
            for (id, snapshots) in backups {
                // What is on its way, or going, is neither kept nor forgotten.
                let moving = ["creating", "copying", "deleting"];
                let settled = snapshots.iter().filter(|one| !moving.contains(&one.status.as_str()));
                let mut ages: Vec<SignedDuration> = Vec::new();
                for one in settled {
                    assert_eq!(one.status, "available", "{region} {id}: {}", one.name);
                    ages.push(now.duration_since(one.taken_at.unwrap()));
                }
                ages.sort();
                assert!(ages[0] <= SignedDuration::from_hours(31), "{region} {id}: {ages:?}");
                let old =
                    ages.iter().skip(at_least).find(|age| **age > SignedDuration::from_hours(24 * days + 1));
                assert_eq!(old, None, "{region} {id}");
            }
        }
    }
}

/// What a target is that selects by another value of the tag.
fn which(value: &str) -> Which {
    Which::AllTagged {
        key: "backup".to_owned().try_into().unwrap(),
        value: value.to_owned().try_into().unwrap(),
        except: BTreeSet::new(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn nothing_is_lost_and_everything_comes_in_order(
        turns in prop::collection::vec(turn(), 1..25),
        seed in any::<u64>(),
    ) {
        comes_in_order(&turns, seed);
    }
}

fn comes_in_order(turns: &[Turn], seed: u64) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let mut history = History::begin();
        history.vault.rds().seed(seed);
        for turn in turns {
            history.take(turn).await;
            history.check();
        }
        history.calm().await;
        history.check();
        history.check_order();
    });
}

/// The copy of a snapshot that somebody has deleted at home keeps its name: the next one there has another.
#[test]
fn a_name_that_was_freed_is_not_given_again() {
    let turns = [
        Turn::Pass(1),
        Turn::Pass(25),
        Turn::Pass(1),
        Turn::Old { database: 0, days: 2 },
        Turn::Pass(2),
        Turn::Lost { number: 4, is_far: false },
        Turn::Pass(1),
        Turn::Pass(14),
    ];
    comes_in_order(&turns, 3_845_718_093_574_706_379);
}
