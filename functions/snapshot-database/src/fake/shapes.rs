//! Databases as tests describe them, and how RDS names what it has.

use shared::kinds::database::RegionCode;

use crate::world::{Database, DatabaseId, Family, Tags};

/// A database of the model: with what only its snapshots tell of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FakeDatabase {
    /// As RDS describes it.
    pub database: Database,
    /// The key that it is encrypted with; `None`: it is not.
    pub kms_key: Option<String>,
    /// Its engine's version.
    pub engine_version: String,
    /// Its storage in GiB.
    pub storage: u32,
}

impl FakeDatabase {
    /// The same with a tag.
    #[must_use]
    pub fn tagged(mut self, key: &str, value: &str) -> Self {
        self.database.tags.insert(key.to_owned(), value.to_owned());
        self
    }

    /// The same, encrypted with a key.
    #[must_use]
    pub fn encrypted(mut self, kms_key: &str) -> Self {
        self.kms_key = Some(kms_key.to_owned());
        self
    }
}

/// An instance of `postgres` that is available.
#[must_use]
pub fn instance(name: &str) -> FakeDatabase {
    let database = Database { class: Some("db.t4g.medium".to_owned()), ..plain(Family::Instance, name) };
    let database = Database { engine: "postgres".to_owned(), ..database };
    FakeDatabase { database, kms_key: None, engine_version: "16.3".to_owned(), storage: 100 }
}

/// A cluster of `aurora-mysql` that is available.
#[must_use]
pub fn cluster(name: &str) -> FakeDatabase {
    let database = Database { engine: "aurora-mysql".to_owned(), ..plain(Family::Cluster, name) };
    let engine_version = "8.0.mysql_aurora.3.08.0".to_owned();
    FakeDatabase { database, kms_key: None, engine_version, storage: 1 }
}

fn plain(family: Family, name: &str) -> Database {
    Database {
        id: DatabaseId { family, name: name.to_owned() },
        status: "available".to_owned(),
        member_of: None,
        members: Vec::new(),
        created: None,
        engine: String::new(),
        class: None,
        option_group: None,
        tags: Tags::new(),
    }
}

/// A Region's code.
///
/// # Panics
/// When it is none.
#[must_use]
pub fn region(code: &str) -> RegionCode {
    match RegionCode::try_from(code.to_owned()) {
        Ok(region) => region,
        Err(error) => panic!("{error}"),
    }
}

/// The ARN of a snapshot.
#[must_use]
pub fn snapshot_arn(region: &RegionCode, family: Family, name: &str) -> String {
    let partition = if is_gov(region) { "aws-us-gov" } else { "aws" };
    let kind = match family {
        Family::Instance => "snapshot",
        Family::Cluster => "cluster-snapshot",
    };
    format!("arn:{partition}:rds:{region}:123456789012:{kind}:{name}")
}

/// The Region and the name in the ARN of a snapshot of a family.
pub(super) fn arn_parts(arn: &str, family: Family) -> Option<(RegionCode, &str)> {
    let mut parts = arn.splitn(7, ':');
    let region = RegionCode::try_from(parts.nth(3)?.to_owned()).ok()?;
    let name = parts.nth(2)?;
    (snapshot_arn(&region, family, name) == arn).then_some((region, name))
}

pub(super) fn is_gov(region: &RegionCode) -> bool {
    region.as_str().starts_with("us-gov-")
}

/// Whether RDS takes a name. Source: RDS API reference, `CreateDBSnapshot` and `CreateDBClusterSnapshot`.
pub(super) fn is_identifier(name: &str, most: usize) -> bool {
    (1..=most).contains(&name.len())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && !name.ends_with('-')
        && !name.contains("--")
}
