//! RDS databases and their snapshots in both Regions: makes the databases that the playbook names, has snapshots taken as
//! others and earlier nights would have left them, and reads back what became of them. In the local cloud everything is
//! available at once, and no event tells of it.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, ensure};
use aws_sdk_rds::Client;
use aws_sdk_rds::types::Tag;
use jiff::Timestamp;
use serde_json::{Value, json};
use shared::kinds::database::Which;
use shared::playbook::Playbook;

use super::{Clients, Cloud, Function};

/// Where the databases are.
pub const HOME: &str = "us-east-1";
/// Where their snapshots are copied to.
pub const FAR: &str = "us-west-2";
/// The rule that brings events of databases from the bus to their queue.
pub const DATABASE_RULE: &str = "lamplighter-prod-database-events";

/// The end of the name of a database that the playbook names and that there is not.
const GONE: &str = "-gone";
/// The end of the name of a database that is encrypted.
const ENCRYPTED: &str = "-encrypted";

/// A snapshot, as RDS describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are those of RDS")]
pub struct SeenSnapshot {
    pub name: String,
    pub arn: String,
    pub status: String,
    pub tags: BTreeMap<String, String>,
}

impl SeenSnapshot {
    /// A tag's value; nothing where there is none.
    #[must_use]
    pub fn tag(&self, key: &str) -> &str {
        self.tags.get(key).map_or("", String::as_str)
    }

    /// What RDS tells by EventBridge when it is there: in the home Region that it was created, elsewhere that its copy is
    /// finished.
    fn told(&self) -> anyhow::Result<Value> {
        let is_cluster = self.arn.contains(":cluster-snapshot:");
        let file = match (is_cluster, self.is_at_home()) {
            (true, _) => "cluster-snapshot-created.json",
            (false, true) => "snapshot-created.json",
            (false, false) => "copy-finished.json",
        };
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../events/snapshot-database").join(file);
        let text = std::fs::read_to_string(&file).with_context(|| format!("read {}", file.display()))?;
        let mut event: Value = serde_json::from_str(&text)?;
        event["time"] = json!(Timestamp::now());
        event["resources"] = json!([self.arn]);
        event["detail"]["Date"] = json!(Timestamp::now());
        event["detail"]["SourceArn"] = json!(self.arn);
        event["detail"]["SourceIdentifier"] = json!(self.name);
        Ok(event)
    }

    fn is_at_home(&self) -> bool {
        self.arn.split(':').nth(3) == Some(HOME)
    }
}

/// Which database a target is: its identifier, and whether it is a cluster.
struct Named<'p> {
    name: &'p str,
    is_cluster: bool,
}

impl Clients {
    /// Makes the databases of a playbook, and gives their ARNs.
    pub(super) async fn make_databases(&self, playbook: &Playbook) -> anyhow::Result<Vec<String>> {
        let mut arns = Vec::new();
        for (target, _) in playbook.databases() {
            let Named { name, is_cluster } = named(playbook, target.as_str())?;
            if name.ends_with(GONE) {
                continue;
            }
            let arn = if is_cluster { self.make_cluster(name).await } else { self.make_instance(name).await };
            arns.push(arn.with_context(|| format!("make the database of `{target}`"))?);
        }
        Ok(arns)
    }

    async fn make_instance(&self, name: &str) -> anyhow::Result<String> {
        let request = self.rds.create_db_instance().db_instance_identifier(name).engine("postgres");
        let request = request.db_instance_class("db.t4g.medium").allocated_storage(20);
        let request = request.storage_encrypted(name.ends_with(ENCRYPTED));
        let made = request.master_username("example").manage_master_user_password(true).send().await?;
        made.db_instance.and_then(|made| made.db_instance_arn).context("an instance without ARN")
    }

    /// A cluster with its writer. The local cloud restores none whose password is a managed one.
    async fn make_cluster(&self, name: &str) -> anyhow::Result<String> {
        const ENGINE: &str = "aurora-mysql";
        let request = self.rds.create_db_cluster().db_cluster_identifier(name).engine(ENGINE);
        let request = request.storage_encrypted(name.ends_with(ENCRYPTED));
        let made = request.master_username("example").master_user_password("example-only").send().await?;
        let writer = self.rds.create_db_instance().db_instance_identifier(format!("{name}-1")).engine(ENGINE);
        writer.db_instance_class("db.t4g.medium").db_cluster_identifier(name).send().await?;
        made.db_cluster.and_then(|made| made.db_cluster_arn).context("a cluster without ARN")
    }

    fn rds(&self, region: &str) -> &Client {
        if region == HOME { &self.rds } else { &self.rds_far }
    }
}

impl Cloud {
    /// The manual snapshots of a target's database in a Region, whoever made them, the oldest first.
    ///
    /// # Errors
    /// When the playbook has no such database, or the local cloud refuses; so for everything here.
    pub async fn snapshots(&self, region: &str, target: &str) -> anyhow::Result<Vec<SeenSnapshot>> {
        let Named { name, is_cluster } = named(&self.playbook, target)?;
        let client = self.clients.rds(region);
        let mut found = Vec::new();
        if is_cluster {
            let request = client.describe_db_cluster_snapshots().db_cluster_identifier(name);
            let mut all = request.snapshot_type("manual").into_paginator().items().send();
            while let Some(one) = all.next().await {
                let one = one.with_context(|| format!("list the snapshots of `{target}` in {region}"))?;
                found.push((
                    one.snapshot_create_time,
                    SeenSnapshot {
                        name: one.db_cluster_snapshot_identifier.unwrap_or_default(),
                        arn: one.db_cluster_snapshot_arn.unwrap_or_default(),
                        status: one.status.unwrap_or_default(),
                        tags: tags(one.tag_list),
                    },
                ));
            }
        } else {
            let request = client.describe_db_snapshots().db_instance_identifier(name);
            let mut all = request.snapshot_type("manual").into_paginator().items().send();
            while let Some(one) = all.next().await {
                let one = one.with_context(|| format!("list the snapshots of `{target}` in {region}"))?;
                found.push((
                    one.snapshot_create_time,
                    SeenSnapshot {
                        name: one.db_snapshot_identifier.unwrap_or_default(),
                        arn: one.db_snapshot_arn.unwrap_or_default(),
                        status: one.status.unwrap_or_default(),
                        tags: tags(one.tag_list),
                    },
                ));
            }
        }
        found.sort_by_key(|(at, _)| *at);
        Ok(found.into_iter().map(|(_, snapshot)| snapshot).collect())
    }

    /// Takes a snapshot of a target's database as a person does, with none of our tags.
    ///
    /// # Errors
    /// As above.
    pub async fn take_by_hand(&self, target: &str, name: &str) -> anyhow::Result<SeenSnapshot> {
        let of = named(&self.playbook, target)?;
        let sent = if of.is_cluster {
            let request = self.clients.rds.create_db_cluster_snapshot().db_cluster_identifier(of.name);
            request.db_cluster_snapshot_identifier(name).send().await.map(drop).map_err(anyhow::Error::from)
        } else {
            let request = self.clients.rds.create_db_snapshot().db_instance_identifier(of.name);
            request.db_snapshot_identifier(name).send().await.map(drop).map_err(anyhow::Error::from)
        };
        sent.with_context(|| format!("take {name} of `{target}`"))?;
        let found = self.snapshots(HOME, target).await?.into_iter().find(|snapshot| snapshot.name == name);
        found.with_context(|| format!("{name} of `{target}` is not there"))
    }

    /// Orders so many snapshots of a target's database by the function, one after the other, each with an id of its own.
    /// RDS lets nobody set a time: they are all of today.
    ///
    /// # Errors
    /// As above, and when one of them is not taken.
    pub async fn take_often(&self, target: &str, times: usize) -> anyhow::Result<()> {
        for time in 1..=times {
            let take = json!({"action": "take", "target": target, "id": format!("{target}-{time}")});
            let answer = self.invoke(Function::SnapshotDatabase, &take).await?.payload;
            ensure!(answer["reports"][0]["verdict"] == "acted", "{take}: {answer}");
        }
        Ok(())
    }

    /// Tells that a snapshot is there: an event as RDS sends it is put into the queue of events, as the stack's rule does
    /// for it. Nobody but AWS may put such an event onto the bus.
    ///
    /// # Errors
    /// As above, and when no rule would take it.
    pub async fn tell_of(&self, snapshot: &SeenSnapshot) -> anyhow::Result<()> {
        let event = snapshot.told()?;
        let rules = self.rules_taking(&event).await?;
        ensure!(rules == [DATABASE_RULE], "{event} is taken by {rules:?}");
        self.send_message("DatabaseEventsUrl", &event.to_string()).await
    }

    /// The tags of the instances whose names begin so, by their names.
    ///
    /// # Errors
    /// As above.
    pub async fn instances(
        &self,
        prefix: &str,
    ) -> anyhow::Result<BTreeMap<String, BTreeMap<String, String>>> {
        let mut all = self.clients.rds.describe_db_instances().into_paginator().items().send();
        let mut found = BTreeMap::new();
        while let Some(one) = all.next().await {
            let one = one.context("list the instances")?;
            let name = one.db_instance_identifier.unwrap_or_default();
            if name.starts_with(prefix) {
                found.insert(name, tags(one.tag_list));
            }
        }
        Ok(found)
    }
}

/// The database that a target is.
fn named<'p>(playbook: &'p Playbook, target: &str) -> anyhow::Result<Named<'p>> {
    let found = playbook.databases().find(|(name, _)| name.as_str() == target);
    match found.map(|(_, rule)| &rule.which) {
        Some(Which::Instance(name)) => Ok(Named { name: name.as_str(), is_cluster: false }),
        Some(Which::Cluster(name)) => Ok(Named { name: name.as_str(), is_cluster: true }),
        other => anyhow::bail!("`{target}` is not one database but {other:?}"),
    }
}

fn tags(list: Option<Vec<Tag>>) -> BTreeMap<String, String> {
    let tag = |tag: Tag| Some((tag.key?, tag.value.unwrap_or_default()));
    list.into_iter().flatten().filter_map(tag).collect()
}
