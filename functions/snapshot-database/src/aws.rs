//! The port on RDS: a client for each Region, and what a request comes to where it was made before.
//!
//! What is asked of each family is in `instances` and `clusters`, what the answers say in `described`, what the refusals
//! mean in `fault`.

mod clusters;
mod described;
mod fault;
mod instances;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use aws_sdk_rds::Client;
use aws_sdk_rds::config::{Builder, Region};
use shared::fault::FaultClass;
use shared::kinds::database::RegionCode;
use shell::aws::{CallCounter, SdkConfig, timeouts};
use shell::clock::Deadline;

use self::fault::{fault, unless_gone};
use crate::names;
use crate::world::{
    Copy, Create, Database, DatabaseId, Family, Fault, Listed, Meaning, Member, Origin, Outcome, Quotas, Rds,
    Restore, Snapshot, Tags,
};

/// How many items a page has: RDS's limit. Source: RDS API reference, `DescribeDBSnapshots`.
const PAGE: i32 = 100;

/// RDS in every Region, for as long as the process lives.
#[derive(Debug)]
pub struct Aws {
    sdk: SdkConfig,
    calls: CallCounter,
    home: RegionCode,
    /// A client of each Region that was asked for something.
    clients: RefCell<BTreeMap<RegionCode, Client>>,
}

impl Aws {
    /// Keeps what clients are built from. One is built when its Region is first asked for something.
    #[must_use]
    pub fn new(sdk: &SdkConfig, home: RegionCode, calls: &CallCounter) -> Self {
        Self { sdk: sdk.clone(), calls: calls.clone(), home, clients: RefCell::default() }
    }

    /// The port, for as long as an invocation lasts.
    #[must_use]
    pub fn until(&self, deadline: Deadline) -> AwsUntil<'_> {
        AwsUntil { aws: self, deadline }
    }

    fn client(&self, region: &RegionCode) -> Client {
        let build = || {
            let config = Builder::from(&self.sdk).region(Region::new(region.to_string()));
            Client::from_conf(config.interceptor(self.calls.clone()).build())
        };
        self.clients.borrow_mut().entry(region.clone()).or_insert_with(build).clone()
    }
}

/// The port, for as long as an invocation lasts.
#[derive(Debug)]
pub struct AwsUntil<'a> {
    aws: &'a Aws,
    deadline: Deadline,
}

impl Rds for AwsUntil<'_> {
    fn home(&self) -> &RegionCode {
        &self.aws.home
    }

    async fn database(&self, id: &DatabaseId) -> Result<Option<Database>, Fault> {
        let operation = format!("describe {id}");
        let found = match id.family {
            Family::Instance => self.instances(&operation, Some(&id.name)).await,
            Family::Cluster => self.clusters(&operation, Some(&id.name)).await,
        };
        Ok(unless_gone(found)?.and_then(|found| found.into_iter().find(|database| database.id == *id)))
    }

    async fn databases(&self, family: Family) -> Result<Vec<Database>, Fault> {
        let operation = format!("list the {}s", family.noun());
        match family {
            Family::Instance => self.instances(&operation, None).await,
            Family::Cluster => self.clusters(&operation, None).await,
        }
    }

    async fn snapshots(
        &self,
        region: &RegionCode,
        listed: &Listed,
        origin: Origin,
    ) -> Result<Vec<Snapshot>, Fault> {
        let of = match listed {
            Listed::Of(id) => format!("snapshots of {id}"),
            Listed::All(family) => format!("snapshots of all {}s", family.noun()),
        };
        let operation = format!("list the {} {of} in {region}", described::word(origin));
        let found = match listed {
            Listed::Of(DatabaseId { family: Family::Instance, name }) => {
                self.instance_snapshots(&operation, region, Some(name), origin).await
            }
            Listed::Of(DatabaseId { family: Family::Cluster, name }) => {
                self.cluster_snapshots(&operation, region, Some(name), origin).await
            }
            Listed::All(Family::Instance) => self.instance_snapshots(&operation, region, None, origin).await,
            Listed::All(Family::Cluster) => self.cluster_snapshots(&operation, region, None, origin).await,
        };
        Ok(unless_gone(found)?.unwrap_or_default())
    }

    async fn quotas(&self, region: &RegionCode) -> Result<Quotas, Fault> {
        let operation = format!("describe the quotas of {region}");
        let request = self.aws.client(region).describe_account_attributes();
        let answer = request.customize().config_override(self.settings(&operation)?).send().await;
        let answer = answer.map_err(|error| fault(&operation, &error))?;
        Ok(answer.account_quotas().iter().filter_map(described::quota).collect())
    }

    async fn create(&self, create: &Create) -> Result<Outcome, Fault> {
        let Create { of, name, tags } = create;
        let operation = format!("take snapshot `{name}` of {of}");
        let done = match of.family {
            Family::Instance => self.create_instance_snapshot(&operation, create).await,
            Family::Cluster => self.create_cluster_snapshot(&operation, create).await,
        };
        let same = |there: &Snapshot| there.of == *of && share(&names::OWNER, &there.tags, tags);
        self.made(done, async || self.snapshot(&self.aws.home, of.family, name).await, same).await
    }

    async fn copy(&self, copy: &Copy) -> Result<Outcome, Fault> {
        let Copy { of, region, name, tags, .. } = copy;
        let operation = format!("copy snapshot `{name}` of {of} to {region}");
        let done = match of.family {
            Family::Instance => self.copy_instance_snapshot(&operation, copy).await,
            Family::Cluster => self.copy_cluster_snapshot(&operation, copy).await,
        };
        let same = |there: &Snapshot| {
            there.of == *of
                && share(&names::OWNER, &there.tags, tags)
                && share(&[names::COPY_OF], &there.tags, tags)
        };
        self.made(done, async || self.snapshot(region, of.family, name).await, same).await
    }

    async fn delete(&self, region: &RegionCode, family: Family, name: &str) -> Result<Outcome, Fault> {
        let operation = format!("delete {} snapshot `{name}` in {region}", family.noun());
        let done = match family {
            Family::Instance => self.delete_instance_snapshot(&operation, region, name).await,
            Family::Cluster => self.delete_cluster_snapshot(&operation, region, name).await,
        };
        Ok(unless_gone(done)?.map_or(Outcome::Already, |()| Outcome::Done))
    }

    async fn restore(&self, restore: &Restore) -> Result<Outcome, Fault> {
        let Restore { scratch, snapshot, tags, .. } = restore;
        let operation = format!("restore {scratch} from snapshot `{snapshot}`");
        let done = match scratch.family {
            Family::Instance => self.restore_instance(&operation, restore).await,
            Family::Cluster => self.restore_cluster(&operation, restore).await,
        };
        let same = |there: &Database| share(&names::OWNER, &there.tags, tags);
        self.made(done, async || self.database(scratch).await, same).await
    }

    async fn add_member(&self, member: &Member) -> Result<Outcome, Fault> {
        let id = DatabaseId { family: Family::Instance, name: member.name.clone() };
        let operation = format!("create {id} in cluster `{}`", member.cluster);
        let done = self.create_member(&operation, member).await;
        let same = |there: &Database| there.member_of.as_ref() == Some(&member.cluster);
        self.made(done, async || self.database(&id).await, same).await
    }

    async fn delete_scratch(&self, scratch: &DatabaseId) -> Result<Outcome, Fault> {
        let operation = format!("delete {scratch}");
        let done = match scratch.family {
            Family::Instance => self.delete_instance(&operation, &scratch.name).await,
            Family::Cluster => self.delete_cluster(&operation, &scratch.name).await,
        };
        match unless_gone(done) {
            Ok(done) => Ok(done.map_or(Outcome::Already, |()| Outcome::Done)),
            // RDS has one code for a database that is going and for one that cannot go yet.
            Err(fault) if fault.meaning == Meaning::WrongState => match self.database(scratch).await? {
                Some(there) if there.status != "deleting" => Err(fault),
                Some(_) | None => Ok(Outcome::Already),
            },
            Err(fault) => Err(fault),
        }
    }
}

impl AwsUntil<'_> {
    /// The settings of an operation that is begun now.
    fn settings(&self, operation: &str) -> Result<Builder, Fault> {
        let timeouts = timeouts(&self.deadline).map_err(|reason| Fault {
            operation: operation.to_owned(),
            meaning: Meaning::OutOfTime,
            source: Arc::new(reason),
        })?;
        Ok(Builder::new().timeout_config(timeouts))
    }

    /// The client of the home Region.
    fn home_client(&self) -> Client {
        self.aws.client(&self.aws.home)
    }

    async fn snapshot(
        &self,
        region: &RegionCode,
        family: Family,
        name: &str,
    ) -> Result<Option<Snapshot>, Fault> {
        let operation = format!("describe {} snapshot `{name}` in {region}", family.noun());
        let found = match family {
            Family::Instance => self.instance_snapshot(&operation, region, name).await,
            Family::Cluster => self.cluster_snapshot(&operation, region, name).await,
        };
        Ok(unless_gone(found)?.flatten())
    }

    /// What became of a request to make something. Where there is something of that name, it is looked at: what is the
    /// `same` was made by the same request before, or by an attempt of this one whose answer was lost.
    async fn made<T>(
        &self,
        done: Result<(), Fault>,
        look: impl AsyncFn() -> Result<Option<T>, Fault>,
        same: impl Fn(&T) -> bool,
    ) -> Result<Outcome, Fault> {
        match done {
            Ok(()) => Ok(Outcome::Done),
            Err(taken) if taken.meaning == Meaning::NameTaken => match look().await? {
                Some(there) if same(&there) => Ok(Outcome::Already),
                Some(_) => Err(taken),
                // It went between the two requests.
                None => Err(Fault { meaning: Meaning::Common(FaultClass::Conflict), ..taken }),
            },
            Err(fault) => Err(fault),
        }
    }
}

/// Whether both have the same values of some tags.
fn share(keys: &[&str], some: &Tags, others: &Tags) -> bool {
    keys.iter().all(|key| some.get(*key).is_some_and(|value| others.get(*key) == Some(value)))
}

/// What all pages list. `ask` gets the marker of a page, and says what it lists and which is the next.
///
/// The SDK's paginators take no settings of an operation, and so would ask beyond the deadline.
async fn every_page<T>(
    ask: impl AsyncFn(Option<String>) -> Result<(Option<Vec<T>>, Option<String>), Fault>,
) -> Result<Vec<T>, Fault> {
    let (mut all, mut page) = (Vec::new(), None);
    loop {
        let (listed, next) = ask(page).await?;
        all.extend(listed.into_iter().flatten());
        page = next.filter(|marker| !marker.is_empty());
        if page.is_none() {
            return Ok(all);
        }
    }
}

#[cfg(test)]
mod tests;
