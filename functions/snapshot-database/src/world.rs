//! What there is: databases, their snapshots by Region, quotas, and scratch databases; and the port to all of it.

mod fault;
mod port;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shared::kinds::database::RegionCode;

pub use self::fault::{Fault, Meaning};
pub use self::port::{Copy, Create, Listed, Member, Outcome, Rds, Restore};

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
    /// The ARN of what it is a copy of, where RDS names that: for instances only across Regions.
    pub source: Option<String>,
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
        self.status == "failed"
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

/// What was observed just now. What could not be seen of a Region is a fault of that Region alone.
#[derive(Debug, Clone)]
pub struct World {
    /// The time.
    pub now: Timestamp,
    /// The home Region.
    pub home: RegionCode,
    /// The targets of kind `database` that the playbook has.
    pub targets: BTreeSet<String>,
    /// The databases that a target of the playbook names, and which target: no other one selects them by a tag.
    pub named: BTreeMap<DatabaseId, String>,
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
    /// The ledger's table, which is another one in every stack.
    pub ledger: Option<String>,
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
