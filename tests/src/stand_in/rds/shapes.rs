//! What databases and snapshots are, and how RDS tells of them. The families say the same by other names.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::Place;
use crate::stand_in::wire::escape;

/// A family.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RdsFamily {
    /// Instances, those in clusters too.
    Instance,
    /// Clusters.
    Cluster,
}

impl RdsFamily {
    /// How its names begin: those of its snapshots, and of their elements and identifiers.
    pub(super) fn snapshot(self) -> &'static str {
        match self {
            Self::Instance => "DBSnapshot",
            Self::Cluster => "DBClusterSnapshot",
        }
    }

    pub(super) fn database(self) -> &'static str {
        match self {
            Self::Instance => "DBInstance",
            Self::Cluster => "DBCluster",
        }
    }

    /// How many copies into a Region may be in progress. Source: RDS user guide, Aurora user guide.
    pub(super) fn copies_at_once(self) -> usize {
        match self {
            Self::Instance => 20,
            Self::Cluster => 5,
        }
    }

    /// The longest identifier of a snapshot.
    pub(super) fn longest_name(self) -> usize {
        match self {
            Self::Instance => 255,
            Self::Cluster => 63,
        }
    }

    /// The word for snapshots in ARNs.
    fn arn_word(self) -> &'static str {
        match self {
            Self::Instance => "snapshot",
            Self::Cluster => "cluster-snapshot",
        }
    }
}

/// An instance or a cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RdsDatabase {
    /// Which of both.
    pub family: RdsFamily,
    /// The Region's code.
    pub region: String,
    /// Its identifier.
    pub name: String,
    /// `available`, `backing-up`, `stopped`, …
    pub status: String,
    /// The cluster that an instance is in.
    pub member_of: Option<String>,
    /// Its engine.
    pub engine: String,
    /// Its engine's version.
    pub engine_version: String,
    /// Its class, if it is an instance.
    pub class: String,
    /// The ARN of its key, if it is encrypted.
    pub kms_key: Option<String>,
    /// Its option group.
    pub option_group: String,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

impl RdsDatabase {
    /// An instance of `postgres` that is available, not encrypted and not tagged.
    pub fn instance(region: &str, name: &str) -> Self {
        Self {
            family: RdsFamily::Instance,
            region: region.to_owned(),
            name: name.to_owned(),
            status: "available".to_owned(),
            member_of: None,
            engine: "postgres".to_owned(),
            engine_version: "16.4".to_owned(),
            class: "db.t4g.medium".to_owned(),
            kms_key: None,
            option_group: "default:postgres-16".to_owned(),
            tags: BTreeMap::new(),
        }
    }

    /// A cluster of `aurora-mysql` that is available, not encrypted, not tagged and without instances.
    pub fn cluster(region: &str, name: &str) -> Self {
        Self {
            family: RdsFamily::Cluster,
            engine: "aurora-mysql".to_owned(),
            engine_version: "8.0.mysql_aurora.3.08.0".to_owned(),
            option_group: "default:aurora-mysql-8-0".to_owned(),
            ..Self::instance(region, name)
        }
    }

    pub(super) fn place(&self) -> Place {
        (self.family, self.region.clone(), self.name.clone())
    }

    /// The element of a description, with the instances that a cluster has.
    pub(super) fn describe(&self, members: &[&str]) -> String {
        let Self { name, status, engine, engine_version, class, option_group, .. } = self;
        let encryption = encryption("StorageEncrypted", self.kms_key.as_deref());
        let common = format!(
            "<Engine>{engine}</Engine><EngineVersion>{engine_version}</EngineVersion>{encryption}{}",
            tag_list(&self.tags)
        );
        match self.family {
            RdsFamily::Instance => {
                let cluster = self.member_of.as_deref();
                let cluster = element("DBClusterIdentifier", cluster);
                format!(
                    "<DBInstance><DBInstanceIdentifier>{name}</DBInstanceIdentifier>\
                     <DBInstanceStatus>{status}</DBInstanceStatus><DBInstanceClass>{class}</DBInstanceClass>{cluster}\
                     <InstanceCreateTime>{MADE_AT}</InstanceCreateTime><OptionGroupMemberships>\
                     <OptionGroupMembership><OptionGroupName>{option_group}</OptionGroupName>\
                     <Status>in-sync</Status></OptionGroupMembership></OptionGroupMemberships>{common}</DBInstance>"
                )
            }
            RdsFamily::Cluster => {
                let member = |name: &&str| {
                    format!(
                        "<DBClusterMember><DBInstanceIdentifier>{name}</DBInstanceIdentifier></DBClusterMember>"
                    )
                };
                let members: String = members.iter().map(member).collect();
                format!(
                    "<DBCluster><DBClusterIdentifier>{name}</DBClusterIdentifier><Status>{status}</Status>\
                     <ClusterCreateTime>{MADE_AT}</ClusterCreateTime><DBClusterMembers>{members}</DBClusterMembers>\
                     <DBClusterOptionGroupMemberships><DBClusterOptionGroup><DBClusterOptionGroupName>{option_group}\
                     </DBClusterOptionGroupName></DBClusterOptionGroup></DBClusterOptionGroupMemberships>{common}\
                     </DBCluster>"
                )
            }
        }
    }
}

/// When every database was made.
const MADE_AT: &str = "2025-01-02T03:04:05.678Z";

/// A snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RdsSnapshot {
    /// Of what it is.
    pub family: RdsFamily,
    /// The Region's code.
    pub region: String,
    /// Its database.
    pub of: String,
    /// Its identifier.
    pub name: String,
    /// `manual`, `automated` or `awsbackup`.
    pub kind: String,
    /// `creating`, `copying`, `available`, `failed`, …
    pub status: String,
    /// When it was made, or copied.
    pub created: Timestamp,
    /// When its data was written. RDS does not tell this of clusters.
    pub original: Timestamp,
    /// The ARN of its key, if it is encrypted.
    pub kms_key: Option<String>,
    /// Its engine.
    pub engine: String,
    /// Its engine's version.
    pub engine_version: String,
    /// Its option group.
    pub option_group: String,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// The ARN of the snapshot that it is a copy of.
    pub copy_of: Option<String>,
}

impl RdsSnapshot {
    /// A manual snapshot of a database that was made at that time and is available.
    #[must_use]
    pub fn of(database: &RdsDatabase, name: &str, created: Timestamp) -> Self {
        Self {
            family: database.family,
            region: database.region.clone(),
            of: database.name.clone(),
            name: name.to_owned(),
            kind: "manual".to_owned(),
            status: "available".to_owned(),
            created,
            original: created,
            kms_key: database.kms_key.clone(),
            engine: database.engine.clone(),
            engine_version: database.engine_version.clone(),
            option_group: database.option_group.clone(),
            tags: BTreeMap::new(),
            copy_of: None,
        }
    }

    /// Its ARN.
    #[must_use]
    pub fn arn(&self) -> String {
        format!("arn:aws:rds:{}:123456789012:{}:{}", self.region, self.family.arn_word(), self.name)
    }

    /// Whether it is still being made or copied.
    pub(super) fn is_coming(&self) -> bool {
        matches!(self.status.as_str(), "creating" | "copying")
    }

    pub(super) fn place(&self) -> Place {
        (self.family, self.region.clone(), self.name.clone())
    }

    /// The element of a description. RDS tells no time before it is all there.
    pub(super) fn describe(&self) -> String {
        let Self { name, of, kind, status, engine, engine_version, option_group, .. } = self;
        let (snapshot, database) = (self.family.snapshot(), self.family.database());
        let created = format!("<SnapshotCreateTime>{}</SnapshotCreateTime>", self.created);
        let created = if self.is_coming() { "" } else { created.as_str() };
        let progress = if self.is_coming() { 0 } else { 100 };
        let source = self.copy_of.as_deref();
        let own = match self.family {
            RdsFamily::Instance => {
                let original =
                    format!("<OriginalSnapshotCreateTime>{}</OriginalSnapshotCreateTime>", self.original);
                let original = if status == "creating" { "" } else { original.as_str() };
                let encryption = encryption("Encrypted", self.kms_key.as_deref());
                // RDS names the source of an instance's copy only where it is in another Region.
                let source = source.filter(|source| source.split(':').nth(3) != Some(self.region.as_str()));
                let source = element("SourceDBSnapshotIdentifier", source);
                format!("{original}<OptionGroupName>{option_group}</OptionGroupName>{encryption}{source}")
            }
            RdsFamily::Cluster => {
                let encryption = encryption("StorageEncrypted", self.kms_key.as_deref());
                format!("{encryption}{}", element("SourceDBClusterSnapshotArn", source))
            }
        };
        let storage = if engine.starts_with("aurora") { 0 } else { 100 };
        let (arn, tags) = (self.arn(), tag_list(&self.tags));
        format!(
            "<{snapshot}><{snapshot}Identifier>{name}</{snapshot}Identifier><{database}Identifier>{of}</{database}Identifier>\
             <{snapshot}Arn>{arn}</{snapshot}Arn><SnapshotType>{kind}</SnapshotType><Status>{status}</Status>\
             <PercentProgress>{progress}</PercentProgress><AllocatedStorage>{storage}</AllocatedStorage>\
             <Engine>{engine}</Engine><EngineVersion>{engine_version}</EngineVersion>{created}{own}{tags}</{snapshot}>"
        )
    }
}

/// The family, Region and name in the ARN of a snapshot. Names of automated snapshots have a colon in them.
pub(super) fn place_in(arn: &str) -> Option<Place> {
    let mut parts = arn.strip_prefix("arn:aws:rds:")?.splitn(4, ':');
    let (region, _account) = (parts.next()?, parts.next()?);
    let family = match parts.next()? {
        "snapshot" => RdsFamily::Instance,
        "cluster-snapshot" => RdsFamily::Cluster,
        _ => return None,
    };
    Some((family, region.to_owned(), parts.next()?.to_ascii_lowercase()))
}

fn encryption(name: &str, key: Option<&str>) -> String {
    format!("<{name}>{}</{name}>{}", key.is_some(), element("KmsKeyId", key))
}

fn element(name: &str, text: Option<&str>) -> String {
    text.map(|text| format!("<{name}>{}</{name}>", escape(text))).unwrap_or_default()
}

fn tag_list(tags: &BTreeMap<String, String>) -> String {
    let tag = |(key, value): (&String, &String)| {
        format!("<Tag><Key>{}</Key><Value>{}</Value></Tag>", escape(key), escape(value))
    };
    format!("<TagList>{}</TagList>", tags.iter().map(tag).collect::<String>())
}
