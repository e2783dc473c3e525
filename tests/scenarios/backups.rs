//! Databases at work: nights, hours and RDS events, while snapshots and copies take their time and sometimes fail.

mod calls;
mod copies;
mod drills;
mod events;
mod every_event;
mod expiry;
mod histories;
mod simulation;
mod takes;
mod twice;

use std::collections::BTreeMap;
use std::fs;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use shared::command::Mode;
use shared::event::{Answer, Arrival, Record, decode};
use shared::ids::{CommandId, TargetName};
use shared::kinds::database::RegionCode;
use shared::playbook::Playbook;
use shell::Invocation;
use shell::clock::{Clock, Deadline};
use shell::ledger::fake::FakeLedger;
use snapshot_database::fake::{FakeRds, Happening, cluster, instance, region, snapshot_arn};
use snapshot_database::handler::{Keeper, handle};
use snapshot_database::names::Owner;
use snapshot_database::world::{DatabaseId, Family, Origin, Rds as _, Snapshot, Tags};

use crate::site::{Outcome, root};

const HOME: &str = "us-east-1";
const FAR: &str = "us-west-2";

/// How long an invocation may take: a lease that nobody gave back has ended then.
const INVOCATION: SignedDuration = SignedDuration::from_secs(100);

/// A deployed function, its ledger, and the databases around it.
struct Vault {
    keeper: Keeper<'static, FakeLedger, FakeRds>,
}

impl Vault {
    /// What a playbook describes, at a time, without a database.
    fn of(playbook: &str, now: &str) -> Self {
        let playbook = Box::leak(Box::new(Playbook::parse(playbook).unwrap()));
        let rds = FakeRds::new(HOME, now.parse().unwrap());
        let ledger = Some(FakeLedger::default());
        Self { keeper: Keeper { ledger, ledger_table: Some("prod-ledger"), rds, playbook } }
    }

    /// What `playbooks/prod` describes, in a night whose snapshots are there, and not yet their copies.
    async fn prod() -> Self {
        let vault = Self::of(&playbook("prod"), "2026-11-21T01:30:00Z");
        let rds = vault.rds();
        for name in ["weather-tracker-postgres-prod", "portfolio-prod"] {
            rds.put(instance(name).encrypted("arn:aws:kms:us-east-1:123456789012:key/home"));
        }
        ["external-metrics-prod", "status-page-prod"].into_iter().for_each(|name| rds.put(instance(name)));
        rds.put(cluster("ecs-platform-prod"));
        vault.after_a_night().await
    }

    /// The same of `playbooks/dev`.
    async fn dev() -> Self {
        let vault = Self::of(&playbook("dev"), "2026-11-21T01:30:00Z");
        ["portfolio-dev", "status-page-dev"].into_iter().for_each(|name| vault.rds().put(instance(name)));
        vault.after_a_night().await
    }

    async fn after_a_night(self) -> Self {
        for (target, _) in self.keeper.playbook.databases() {
            let night = json!({"action": "take", "target": target, "id": format!("tonight-{target}")});
            assert_eq!(self.gets(&night).await.verdict(), ("acted", "taken"), "{target}");
        }
        self.passes(30);
        drop(self.rds().take_happenings());
        self
    }

    /// So many minutes pass.
    fn passes(&self, minutes: i64) {
        self.rds().advance(SignedDuration::from_mins(minutes));
    }

    /// An operator orders something of a target.
    async fn ordered(&self, action: &str, target: &str) -> Outcome {
        let id = format!("{action}-{target}-{}", self.rds().now());
        self.gets(&json!({"action": action, "target": target, "id": id})).await
    }

    /// A queue brings a command, for the first time.
    async fn queued(&self, command: &Value) -> Outcome {
        self.gets(&batch([("m-0", 1, command)])).await
    }

    /// A snapshot of ours of so many days ago in the home Region, as a command of this id has taken it. Its name.
    fn put_old(&self, target: &str, of: &DatabaseId, id: &str, days: i64) -> String {
        let rds = self.rds();
        let model = rds.back_up(of);
        rds.remove_snapshot(&home(), of.family, &model.name);
        drop(rds.take_happenings());
        let (target, id) = (TargetName::parse(target).unwrap(), CommandId::parse(id).unwrap());
        let rule = self.keeper.playbook.databases().find(|(name, _)| **name == target);
        // Of a target that is gone nobody knows any more what it was.
        let rule = rule.or_else(|| self.keeper.playbook.databases().next());
        let owner = Owner::new(&target, &rule.unwrap().1.which, rds.home());
        let (name, tags) = (owner.snapshot(&id, of, None), owner.tags(&id, None, Tags::new()));
        let taken_at = rds.now() - SignedDuration::from_hours(24 * days);
        let arn = snapshot_arn(&home(), of.family, &name);
        let (taken_at, origin) = (Some(taken_at), Origin::Manual);
        rds.put_snapshot(&home(), Snapshot { name: name.clone(), arn, origin, taken_at, tags, ..model });
        name
    }

    /// The ids of the commands that have taken the snapshots of a Region, and the names of those that nobody has ordered.
    fn ids(&self, region: &RegionCode) -> Vec<String> {
        let all = self.rds().all_snapshots(region, Origin::Manual).into_iter();
        let id = |one: Snapshot| one.tag("lamplighter:command").map_or(one.name.clone(), str::to_owned);
        let mut ids: Vec<String> = all.map(id).collect();
        ids.sort();
        ids
    }

    /// The names of all manual snapshots in a Region.
    fn names(&self, region: &RegionCode) -> Vec<String> {
        let all = self.rds().all_snapshots(region, Origin::Manual);
        all.into_iter().map(|snapshot| snapshot.name).collect()
    }

    fn rds(&self) -> &FakeRds {
        &self.keeper.rds
    }

    /// The function gets an event, at the time of the databases.
    async fn gets(&self, event: &Value) -> Outcome {
        let now = self.rds().now();
        let arrival = decode(event, "request-1").unwrap_or_else(|error| Arrival {
            answer: Answer::Reports,
            records: vec![Record { id: "request-1".to_owned(), receives: 1, content: Err(error) }],
        });
        let mut invocation = Invocation::for_tests(arrival, Mode::Apply);
        invocation.began_at = now;
        invocation.deadline = Deadline::new(now + INVOCATION, Clock::of(|| Timestamp::UNIX_EPOCH));
        let settled = handle(&self.keeper, &invocation).await;
        let id = |record: usize| invocation.arrival.records[record].id.clone();
        Outcome {
            reports: settled.reports,
            returned: settled.unacknowledged.into_iter().map(id).collect(),
            calls: self.rds().take_calls(),
        }
    }

    /// The snapshots of a target in a Region, by their database, the oldest first.
    fn backups(&self, region: &RegionCode, target: &str) -> BTreeMap<DatabaseId, Vec<Snapshot>> {
        let mut backups: BTreeMap<DatabaseId, Vec<Snapshot>> = BTreeMap::new();
        self.rds().each_snapshot(region, Origin::Manual, |snapshot| {
            if snapshot.tag("lamplighter:target") == Some(target) {
                backups.entry(snapshot.of.clone()).or_default().push(snapshot.clone());
            }
        });
        for of_one in backups.values_mut() {
            of_one.sort_by_key(|snapshot| snapshot.taken_at);
        }
        backups
    }
}

/// One instance, whose snapshots are kept for a week, and their copies for three days.
const ONE: &str = "
version: 1
targets:
  weather-db:
    kind: database
    instance: weather
    retention: {days: 7, keep-at-least: 2}
    copies: [{region: us-west-2, retention: {days: 3, keep-at-least: 1}}]
";

/// A playbook whose only target, `all`, is what is tagged `backup: nightly`, with further keys.
fn tagged(keys: &str) -> String {
    format!(
        "version: 1\ntargets:\n  all:\n    kind: database\n    all-tagged: {{backup: nightly}}\n    \
         retention: {{days: 7}}\n{keys}"
    )
}

/// The identifier of an instance.
fn an_instance(name: &str) -> DatabaseId {
    DatabaseId { family: Family::Instance, name: name.to_owned() }
}

/// The identifier of a cluster.
fn a_cluster(name: &str) -> DatabaseId {
    DatabaseId { family: Family::Cluster, name: name.to_owned() }
}

fn playbook(environment: &str) -> String {
    fs::read_to_string(root().join(format!("playbooks/{environment}/playbook.yaml"))).unwrap()
}

/// A file of `events/snapshot-database`.
fn event(name: &str) -> Value {
    let path = root().join(format!("events/snapshot-database/{name}.json"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap()
}

fn home() -> RegionCode {
    region(HOME)
}

fn far() -> RegionCode {
    region(FAR)
}

/// Messages of a queue: their ids, how often they were received, and their bodies.
fn batch<'m>(messages: impl IntoIterator<Item = (&'m str, u32, &'m Value)>) -> Value {
    let message = |(id, receives, body): (&str, u32, &Value)| {
        json!({
            "messageId": id,
            "receiptHandle": "handle",
            "body": body.to_string(),
            "attributes": {"ApproximateReceiveCount": receives.to_string(), "SentTimestamp": "1795251600000"},
            "messageAttributes": {},
            "md5OfBody": "",
            "eventSource": "aws:sqs",
            "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:lamplighter-prod-snapshot-database",
            "awsRegion": HOME,
        })
    };
    json!({"Records": messages.into_iter().map(message).collect::<Vec<_>>()})
}

/// What EventBridge tells of something that happened.
fn told(happening: &Happening) -> Value {
    let Happening { at, region, id, family, snapshot, arn } = happening;
    let (kind, source) = match family {
        Family::Instance => ("RDS DB Snapshot Event", "SNAPSHOT"),
        Family::Cluster => ("RDS DB Cluster Snapshot Event", "CLUSTER_SNAPSHOT"),
    };
    json!({
        "version": "0",
        "id": "844e2571-85d4-695f-b930-0153b71dcb42",
        "detail-type": kind,
        "source": "aws.rds",
        "account": "123456789012",
        "time": at,
        "region": region,
        "resources": [arn],
        "detail": {
            "EventCategories": ["creation"],
            "SourceType": source,
            "SourceArn": arn,
            "Date": at,
            "Message": "Manual snapshot created",
            "SourceIdentifier": snapshot,
            "EventID": id,
        },
    })
}
