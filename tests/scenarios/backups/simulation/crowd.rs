//! The databases of a large account, and the schedules, events and queues around the function, hour by hour.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use shared::kinds::database::RegionCode;
use shared::report::Verdict;
use snapshot_database::fake::{FakeDatabase, Span, Times, cluster, instance, snapshot_arn};
use snapshot_database::world::{Family, Origin, Snapshot, Tags};

use super::super::{Vault, batch, far, home, told};

/// How many databases there are.
#[derive(Clone, Copy)]
pub(super) struct Size {
    pub(super) instances: usize,
    pub(super) clusters: usize,
}

impl Size {
    pub(super) fn databases(self) -> usize {
        self.instances + self.clusters
    }
}

/// Of how many days the newest snapshot is kept.
pub(super) const KEPT_AT_HOME: i64 = 3;
pub(super) const KEPT_FAR: i64 = 2;

/// So many of either family have a target of their own; the others are found by their tag.
const SINGLE: usize = 1;

const STEP: SignedDuration = SignedDuration::from_mins(10);
const STEPS_A_DAY: usize = 144;

/// How often a message is received before it is given up. Source: `template.yaml`.
const RECEIVES: u32 = 5;

/// Time that passes around a function.
pub(super) struct Months {
    pub(super) vault: Vault,
    pub(super) size: Size,
    /// How many reports there were, by verdict and code.
    pub(super) reports: BTreeMap<(&'static str, &'static str), usize>,
    /// What refusals said.
    pub(super) refusals: Vec<String>,
    commands: Vec<Letter>,
    events: Vec<Letter>,
    sent: usize,
    dice: u64,
}

/// A message on its way.
struct Letter {
    id: String,
    due: Timestamp,
    receives: u32,
    body: Value,
}

impl Months {
    /// At midnight, with a quota of manual snapshots for either family in either Region.
    pub(super) fn begin(size: Size, quota: u32) -> Self {
        let vault = Vault::of(&playbook(), "2026-09-01T00:00:00Z");
        let rds = vault.rds();
        rds.set_times(Times {
            snapshot: Span::between(2, 25),
            copy: Span::between(10, 60),
            restore: Span::between(10, 30),
            deletion: Span::between(1, 12),
        });
        for region in [home(), far()] {
            Family::ALL.into_iter().for_each(|family| rds.set_quota(&region, family, quota));
        }
        (0..size.instances).for_each(|n| rds.put(dressed(instance(&format!("db-{n}")), n)));
        (0..size.clusters).for_each(|n| rds.put(dressed(cluster(&format!("db-{n}")), n)));
        rds.put(instance("left-out").tagged("backup", "nightly"));
        rds.put(instance("without-a-tag"));
        let (commands, events) = (Vec::new(), Vec::new());
        let (reports, refusals) = (BTreeMap::new(), Vec::new());
        Self { vault, size, reports, refusals, commands, events, sent: 0, dice: 1 }
    }

    /// Puts snapshots there that are none of ours: of the same databases, and of others.
    pub(super) fn put_foreign(&self) -> Vec<(RegionCode, Snapshot)> {
        let rds = self.vault.rds();
        let mut foreign = Vec::new();
        for database in rds.all_databases().into_iter().step_by(7) {
            for region in [home(), far()] {
                let automated = rds.back_up(&database.id);
                let name = format!("{}-before-the-move", database.id.name);
                let arn = snapshot_arn(&region, database.id.family, &name);
                let tags = Tags::from([("team".to_owned(), "weather".to_owned())]);
                let snapshot = Snapshot { name, arn, tags, origin: Origin::Manual, ..automated };
                rds.put_stranger(&region, snapshot.clone());
                foreign.push((region, snapshot));
            }
        }
        foreign
    }

    /// A day passes, with its night and its hours.
    pub(super) async fn pass_a_day(&mut self) {
        for _ in 0..STEPS_A_DAY {
            self.vault.rds().advance(STEP);
            self.post();
            self.deliver_commands().await;
            self.deliver_events().await;
        }
    }

    /// What schedules and RDS send now. Of RDS's events some are lost, doubled or late; none comes from elsewhere.
    fn post(&mut self) {
        let now = self.vault.rds().now();
        let time = now.strftime("%H:%M").to_string();
        if time == "01:30" {
            for (target, _) in self.vault.keeper.playbook.databases() {
                let id = format!("nightly-{target}-{now}");
                let command =
                    json!({"action": "take", "target": target, "id": id, "origin": {"source": "schedule"}});
                self.commands.push(letter(&mut self.sent, now, command));
            }
        }
        if time.ends_with(":00") {
            let id = format!("hourly-{now}");
            let command = json!({"action": "reconcile", "id": id, "origin": {"source": "schedule"}});
            self.commands.push(letter(&mut self.sent, now, command));
        }
        for happening in self.vault.rds().take_happenings() {
            if happening.region != home() {
                continue;
            }
            let (body, late) = (told(&happening), SignedDuration::from_mins(30 + 60 * self.roll(3)));
            let due: &[Timestamp] = match self.roll(10) {
                0 => &[],
                1 => &[now, now + late],
                2 | 3 => &[now + late],
                _ => &[now],
            };
            for due in due {
                self.events.push(letter(&mut self.sent, *due, body.clone()));
            }
        }
    }

    /// Each command by itself.
    async fn deliver_commands(&mut self) {
        for letter in take_due(&mut self.commands, self.vault.rds().now()) {
            let returned = self.deliver(std::slice::from_ref(&letter)).await;
            self.commands.extend(again(vec![letter], &returned));
        }
    }

    /// All events of a step together.
    async fn deliver_events(&mut self) {
        let letters = take_due(&mut self.events, self.vault.rds().now());
        if !letters.is_empty() {
            let returned = self.deliver(&letters).await;
            self.events.extend(again(letters, &returned));
        }
    }

    async fn deliver(&mut self, letters: &[Letter]) -> Vec<String> {
        let messages = letters.iter().map(|letter| (letter.id.as_str(), letter.receives, &letter.body));
        let outcome = self.vault.gets(&batch(messages)).await;
        for report in outcome.reports {
            *self.reports.entry((report.verdict.as_str(), report.why.code)).or_default() += 1;
            if report.verdict == Verdict::Refused {
                self.refusals.push(report.why.text);
            }
        }
        outcome.returned
    }

    /// The next pseudo-random number below a bound (`SplitMix64`).
    fn roll(&mut self, bound: u64) -> i64 {
        self.dice = self.dice.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.dice ^ (self.dice >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        i64::try_from((mixed ^ (mixed >> 31)) % bound).unwrap()
    }
}

fn letter(sent: &mut usize, due: Timestamp, body: Value) -> Letter {
    *sent += 1;
    Letter { id: format!("message-{sent}"), due, receives: 1, body }
}

fn take_due(letters: &mut Vec<Letter>, now: Timestamp) -> Vec<Letter> {
    letters.extract_if(.., |letter| letter.due <= now).collect()
}

/// What comes again of letters.
fn again(letters: Vec<Letter>, returned: &[String]) -> impl Iterator<Item = Letter> {
    let comes =
        letters.into_iter().filter(|letter| letter.receives < RECEIVES && returned.contains(&letter.id));
    comes.map(|letter| Letter { receives: letter.receives + 1, due: letter.due + STEP, ..letter })
}

/// A database as one of many: some are encrypted, most are found by their tag.
fn dressed(database: FakeDatabase, n: usize) -> FakeDatabase {
    let database = if n < SINGLE { database } else { database.tagged("backup", "nightly") };
    let key = "arn:aws:kms:us-east-1:123456789012:key/home";
    if n.is_multiple_of(2) { database.tagged("encrypted", "yes").encrypted(key) } else { database }
}

fn playbook() -> String {
    let rest = format!(
        "
    retention: {{daily: {KEPT_AT_HOME}, keep-at-least: 2}}
    objective: 26h
    copies:
      - region: us-west-2
        kms-key: arn:aws:kms:us-west-2:123456789012:key/far
        retention: {{daily: {KEPT_FAR}, keep-at-least: 1}}
"
    );
    let target = |name: &str, which: &str| format!("  {name}:\n    kind: database\n    {which}{rest}");
    let mut targets = vec![target("tagged", "all-tagged: {backup: nightly}\n    except: [left-out]")];
    for n in 0..SINGLE {
        targets.push(target(&format!("instance-{n}"), &format!("instance: db-{n}")));
        targets.push(target(&format!("cluster-{n}"), &format!("cluster: db-{n}")));
    }
    format!("version: 1\ntargets:\n{}", targets.concat())
}
