//! What there is: databases, their snapshots by Region, quotas, and scratch databases; and the port to all of it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared::fault::FaultClass;
use shared::kinds::database::RegionCode;

/// Tags by key.
pub type Tags = BTreeMap<String, String>;

/// The two families of RDS: each has operations, quotas and error codes of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Family {
    /// Instances that are in no cluster.
    Instance,
    /// Clusters: Aurora, and Multi-AZ DB clusters.
    Cluster,
}

impl Family {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Instance, Self::Cluster];

    /// The word for one of it.
    #[must_use]
    pub fn noun(self) -> &'static str {
        match self {
            Self::Instance => "instance",
            Self::Cluster => "cluster",
        }
    }

    /// How many copies into a Region may be in progress. Source: Amazon RDS user guide (20 for each destination and
    /// account), Amazon Aurora user guide (5).
    #[must_use]
    pub fn copies_at_once(self) -> usize {
        match self {
            Self::Instance => 20,
            Self::Cluster => 5,
        }
    }
}

/// A database, by family and identifier: both families may use the same identifier.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DatabaseId {
    /// Its family.
    pub family: Family,
    /// Its identifier, in lower case.
    pub name: String,
}

impl fmt::Display for DatabaseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} `{}`", self.family.noun(), self.name)
    }
}

/// An instance or a cluster, as RDS describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Database {
    /// Which it is.
    pub id: DatabaseId,
    /// RDS's word for its state: `available`, `backing-up`, `stopped`, …
    pub status: String,
    /// The cluster that an instance is in.
    pub member_of: Option<String>,
    /// For a cluster, the instances in it.
    pub members: Vec<String>,
    /// When it was made.
    pub created: Option<Timestamp>,
    /// Its engine.
    pub engine: String,
    /// Its class, for an instance.
    pub class: Option<String>,
    /// Its option group, unless that is a default one.
    pub option_group: Option<String>,
    /// Its tags.
    pub tags: Tags,
}

/// A snapshot, as RDS describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// Of what.
    pub of: DatabaseId,
    /// Its identifier, unique in its Region and family.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// Who made it.
    pub origin: Origin,
    /// RDS's word for its state: `creating`, `available`, `copying`, `failed`, …
    pub status: String,
    /// When the data in it was written: the original snapshot's time also for a copy. `None` until RDS says it.
    pub taken_at: Option<Timestamp>,
    /// How much of it is there, in percent.
    pub progress: u32,
    /// Whether it is encrypted.
    pub encrypted: bool,
    /// The ARN of its key.
    pub kms_key: Option<String>,
    /// Its engine.
    pub engine: String,
    /// Its engine's version.
    pub engine_version: String,
    /// The storage of its source in GiB. Aurora tells 0 or 1.
    pub storage: u32,
    /// The option group that a restore needs, unless it is a default one.
    pub option_group: Option<String>,
    /// Its tags.
    pub tags: Tags,
}

/// Who made a snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Somebody, or a program: only these can be deleted.
    Manual,
    /// RDS, in the backup window.
    Automated,
}

impl Snapshot {
    /// Whether a restore from it can be begun: it is all there.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.status == "available" && self.taken_at.is_some()
    }

    /// Whether it is still being made or copied.
    #[must_use]
    pub fn is_coming(&self) -> bool {
        matches!(self.status.as_str(), "creating" | "copying" | "pending")
    }

    /// Whether it came to nothing.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        matches!(self.status.as_str(), "failed" | "incompatible-restore" | "incompatible-parameters")
    }

    /// A tag's value.
    #[must_use]
    pub fn tag(&self, key: &str) -> Option<&str> {
        self.tags.get(key).map(String::as_str)
    }
}

/// How much of a quota is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// How much is.
    pub used: u32,
    /// How much may be.
    pub most: u32,
}

impl Quota {
    /// How much is left.
    #[must_use]
    pub fn left(self) -> u32 {
        self.most.saturating_sub(self.used)
    }
}

/// The quotas of manual snapshots in a Region, by family; one that RDS does not tell is not there.
pub type Quotas = BTreeMap<Family, Quota>;

/// A request for a new snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Create {
    /// Of what.
    pub of: DatabaseId,
    /// What it is to be called.
    pub name: String,
    /// Its tags.
    pub tags: Tags,
}

/// A request for a copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copy {
    /// Of which database the snapshot is.
    pub of: DatabaseId,
    /// The Region that it is copied to, where the request is made.
    pub region: RegionCode,
    /// What the copy is to be called.
    pub name: String,
    /// The source's ARN.
    pub source_arn: String,
    /// The key that the copy is encrypted with; `None`: the source's, or none.
    pub kms_key: Option<String>,
    /// The option group of the destination Region.
    pub option_group: Option<String>,
    /// Its tags; the source's are among them, as RDS takes no others beside these.
    pub tags: Tags,
}

/// A request for a scratch database, restored from a snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restore {
    /// What it is to be called.
    pub scratch: DatabaseId,
    /// The snapshot's identifier in the home Region.
    pub snapshot: String,
    /// For a cluster, the engine that RDS wants to be told.
    pub engine: String,
    /// The snapshot's engine version. For a cluster, RDS would take the default one, which may be another.
    pub engine_version: String,
    /// For an instance, its class; `None`: the source's.
    pub class: Option<String>,
    /// Its subnet group.
    pub subnet_group: Option<String>,
    /// Its security groups.
    pub security_groups: Vec<String>,
    /// Its tags.
    pub tags: Tags,
}

/// A request for the one instance of a scratch cluster, which has none of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The cluster's identifier.
    pub cluster: String,
    /// What the instance is to be called.
    pub name: String,
    /// Its engine, which is the cluster's.
    pub engine: String,
    /// Its class.
    pub class: String,
    /// Its tags.
    pub tags: Tags,
}

/// What became of a request to make or to delete something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was done now.
    Done,
    /// It was so already: the thing is there and is the same, or is gone.
    Already,
}

/// What was observed just now. What could not be seen of a Region is a fault of that Region alone.
#[derive(Debug, Clone)]
pub struct World {
    /// The time.
    pub now: Timestamp,
    /// The home Region.
    pub home: RegionCode,
    /// The databases of the home Region that were looked at.
    pub databases: Vec<Database>,
    /// The manual snapshots that were looked at, by Region and family.
    pub snapshots: BTreeMap<(RegionCode, Family), Result<Vec<Snapshot>, Fault>>,
    /// The automated snapshots of the home Region, where they were asked for.
    pub automated: Vec<Snapshot>,
    /// The quotas by Region, where they were asked for.
    pub quotas: BTreeMap<RegionCode, Quotas>,
    /// How many copies were begun since the snapshots were listed, by Region and family.
    pub begun: BTreeMap<(RegionCode, Family), usize>,
    /// The last drill of each database, as the ledger has it; `None` without a ledger.
    pub drills: Option<BTreeMap<DatabaseId, LastDrill>>,
}

impl World {
    /// The snapshots of a Region and a family that were seen.
    pub fn seen_of(&self, region: &RegionCode, family: Family) -> impl Iterator<Item = &Snapshot> {
        let seen = self.snapshots.get(&(region.clone(), family));
        seen.and_then(|seen| seen.as_ref().ok()).into_iter().flatten()
    }

    /// Whether a Region was looked at, for a family.
    #[must_use]
    pub fn was_looked_at(&self, region: &RegionCode, family: Family) -> bool {
        self.snapshots.contains_key(&(region.clone(), family))
    }

    /// What kept a Region from being seen.
    #[must_use]
    pub fn unseen(&self, region: &RegionCode) -> Option<&Fault> {
        Family::ALL
            .into_iter()
            .find_map(|family| self.snapshots.get(&(region.clone(), family))?.as_ref().err())
    }
}

/// How a restore drill ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastDrill {
    /// When that was seen.
    pub at: Timestamp,
    /// The command that began it.
    pub command: String,
    /// The snapshot that was restored.
    pub snapshot: String,
    /// Whether a database came of it.
    pub passed: bool,
    /// How long it took, in seconds, to the moment when that was seen.
    pub seconds: i64,
}

/// Which snapshots are listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listed {
    /// Those of one database: the server filters.
    Of(DatabaseId),
    /// All of a family.
    All(Family),
}

/// RDS in the home Region and in those that snapshots are copied to.
#[expect(async_fn_in_trait, reason = "a function has one thread: no future is sent to another")]
pub trait Rds {
    /// The home Region's code.
    fn home(&self) -> &RegionCode;

    /// An instance or a cluster of the home Region; `None` where there is none.
    ///
    /// # Errors
    /// When RDS, or the time, does not allow it.
    async fn database(&self, id: &DatabaseId) -> Result<Option<Database>, Fault>;

    /// Every instance or every cluster of the home Region, all pages.
    ///
    /// # Errors
    /// When RDS, or the time, does not allow it.
    async fn databases(&self, family: Family) -> Result<Vec<Database>, Fault>;

    /// The snapshots of one origin in a Region, all pages, with their tags.
    ///
    /// # Errors
    /// When RDS, or the time, does not allow it.
    async fn snapshots(
        &self,
        region: &RegionCode,
        listed: &Listed,
        origin: Origin,
    ) -> Result<Vec<Snapshot>, Fault>;

    /// The quotas of a Region. What RDS does not tell is not there.
    ///
    /// # Errors
    /// When RDS, or the time, does not allow it.
    async fn quotas(&self, region: &RegionCode) -> Result<Quotas, Fault>;

    /// Takes a snapshot. One of the same name and database counts as the same; of another database it is a fault.
    ///
    /// # Errors
    /// When RDS, or the time, does not allow it.
    async fn create(&self, create: &Create) -> Result<Outcome, Fault>;

    /// Begins a copy, in the Region that it goes to. One of the same name and database counts as the same.
    ///
    /// # Errors
    /// When RDS, or the time, does not allow it.
    async fn copy(&self, copy: &Copy) -> Result<Outcome, Fault>;

    /// Deletes a manual snapshot.
    ///
    /// # Errors
    /// When RDS, or the time, does not allow it.
    async fn delete(&self, region: &RegionCode, family: Family, name: &str) -> Result<Outcome, Fault>;

    /// Begins to restore a snapshot of the home Region.
    ///
    /// # Errors
    /// When RDS, or the time, does not allow it.
    async fn restore(&self, restore: &Restore) -> Result<Outcome, Fault>;

    /// Gives a scratch cluster its instance.
    ///
    /// # Errors
    /// When RDS, or the time, does not allow it.
    async fn add_member(&self, member: &Member) -> Result<Outcome, Fault>;

    /// Deletes a scratch database, without a final snapshot and with its automated backups.
    ///
    /// # Errors
    /// When RDS, or the time, does not allow it.
    async fn delete_scratch(&self, scratch: &DatabaseId) -> Result<Outcome, Fault>;
}

/// Something that did not work.
#[derive(Debug, Clone, thiserror::Error)]
#[error("failed to {operation}")]
pub struct Fault {
    /// What was tried, and on what.
    pub operation: String,
    /// What it means here.
    pub meaning: Meaning,
    /// RDS's own words, or the network's.
    #[source]
    pub source: Arc<dyn std::error::Error + Send + Sync>,
}

/// What a fault means to whoever must decide what to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// The database or the snapshot is not in the state for it just now.
    WrongState,
    /// There are as many manual snapshots, or copies in progress, as there may be.
    QuotaReached,
    /// There is something of that name, and it is not ours or of something else.
    NameTaken,
    /// The key cannot be used.
    KeyUnusable,
    /// What every service may answer.
    Common(FaultClass),
    /// The invocation ends too soon to try.
    OutOfTime,
}

impl Fault {
    /// The `why.code` of a command that failed with this.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self.meaning {
            Meaning::WrongState => "wrong-state",
            Meaning::QuotaReached => "snapshot-quota",
            Meaning::NameTaken => "name-taken",
            Meaning::KeyUnusable => "key-unusable",
            Meaning::Common(class) => class.code(),
            Meaning::OutOfTime => "deadline",
        }
    }

    /// Whether the same may well succeed later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self.meaning {
            Meaning::WrongState | Meaning::OutOfTime => true,
            Meaning::QuotaReached | Meaning::NameTaken | Meaning::KeyUnusable => false,
            Meaning::Common(class) => class.is_transient(),
        }
    }
}
