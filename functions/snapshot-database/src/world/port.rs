//! The port to RDS: what is asked of it, and what becomes of that.

use shared::kinds::database::RegionCode;

use super::{Database, DatabaseId, Family, Fault, Origin, Quotas, Snapshot, Tags};

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
