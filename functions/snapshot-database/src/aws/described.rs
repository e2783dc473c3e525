//! What RDS's answers say, in the function's words. The two families say the same by other names.

use aws_sdk_rds::primitives::DateTime;
use aws_sdk_rds::types::{AccountQuota, DbCluster, DbClusterSnapshot, DbInstance, DbSnapshot, Tag};
use jiff::Timestamp;

use crate::names;
use crate::world::{Database, DatabaseId, Family, Origin, Quota, Snapshot, Tags};

/// RDS's word for an origin.
pub(super) fn word(origin: Origin) -> &'static str {
    match origin {
        Origin::Manual => "manual",
        Origin::Automated => "automated",
    }
}

/// An instance. One without an identifier is none.
pub(super) fn instance(found: DbInstance) -> Option<Database> {
    let groups = found.option_group_memberships.unwrap_or_default();
    Some(Database {
        id: id(Family::Instance, &found.db_instance_identifier?),
        status: found.db_instance_status.unwrap_or_default(),
        member_of: found.db_cluster_identifier.map(|name| name.to_ascii_lowercase()),
        members: Vec::new(),
        created: found.instance_create_time.as_ref().and_then(timestamp),
        engine: found.engine.unwrap_or_default(),
        class: found.db_instance_class,
        option_group: own_group(groups.into_iter().find_map(|group| group.option_group_name)),
        tags: tags(found.tag_list),
    })
}

/// A cluster.
pub(super) fn cluster(found: DbCluster) -> Option<Database> {
    let groups = found.db_cluster_option_group_memberships.unwrap_or_default();
    let members = found.db_cluster_members.unwrap_or_default();
    Some(Database {
        id: id(Family::Cluster, &found.db_cluster_identifier?),
        status: found.status.unwrap_or_default(),
        member_of: None,
        members: members.into_iter().filter_map(|member| member.db_instance_identifier).collect(),
        created: found.cluster_create_time.as_ref().and_then(timestamp),
        engine: found.engine.unwrap_or_default(),
        class: found.db_cluster_instance_class,
        option_group: own_group(groups.into_iter().find_map(|group| group.db_cluster_option_group_name)),
        tags: tags(found.tag_list),
    })
}

/// A snapshot of an instance.
pub(super) fn instance_snapshot(found: DbSnapshot) -> Option<Snapshot> {
    let tags = tags(found.tag_list);
    let source = found.source_db_snapshot_identifier.filter(|source| !source.is_empty());
    let written = found.original_snapshot_create_time.as_ref().and_then(timestamp);
    let made = found.snapshot_create_time.as_ref();
    Some(Snapshot {
        of: id(Family::Instance, &found.db_instance_identifier?),
        name: found.db_snapshot_identifier?.to_ascii_lowercase(),
        arn: found.db_snapshot_arn.unwrap_or_default(),
        origin: origin(found.snapshot_type.as_deref()),
        progress: progress(found.percent_progress, found.status.as_deref()),
        status: found.status.unwrap_or_default(),
        taken_at: written.or_else(|| taken_at(&tags, source.as_deref(), made)),
        source,
        encrypted: found.encrypted == Some(true),
        kms_key: found.kms_key_id,
        engine: found.engine.unwrap_or_default(),
        engine_version: found.engine_version.unwrap_or_default(),
        storage: count(found.allocated_storage),
        option_group: own_group(found.option_group_name),
        tags,
    })
}

/// A snapshot of a cluster. They have no option groups.
pub(super) fn cluster_snapshot(found: DbClusterSnapshot) -> Option<Snapshot> {
    let tags = tags(found.tag_list);
    let source = found.source_db_cluster_snapshot_arn.filter(|source| !source.is_empty());
    Some(Snapshot {
        of: id(Family::Cluster, &found.db_cluster_identifier?),
        name: found.db_cluster_snapshot_identifier?.to_ascii_lowercase(),
        arn: found.db_cluster_snapshot_arn.unwrap_or_default(),
        origin: origin(found.snapshot_type.as_deref()),
        progress: progress(found.percent_progress, found.status.as_deref()),
        status: found.status.unwrap_or_default(),
        taken_at: taken_at(&tags, source.as_deref(), found.snapshot_create_time.as_ref()),
        source,
        encrypted: found.storage_encrypted == Some(true),
        kms_key: found.kms_key_id,
        engine: found.engine.unwrap_or_default(),
        engine_version: found.engine_version.unwrap_or_default(),
        storage: count(found.allocated_storage),
        option_group: None,
        tags,
    })
}

/// The quota of manual snapshots of a family, if it is one. Source: RDS API reference, `AccountQuota`.
pub(super) fn quota(found: &AccountQuota) -> Option<(Family, Quota)> {
    let family = match found.account_quota_name.as_deref()? {
        "ManualSnapshots" => Family::Instance,
        "ManualClusterSnapshots" => Family::Cluster,
        _ => return None,
    };
    Some((family, Quota { used: u32::try_from(found.used?).ok()?, most: u32::try_from(found.max?).ok()? }))
}

/// Tags as RDS takes them; none at all where there are none, as an empty list is a field of its own on the wire.
pub(super) fn tag_list(tags: &Tags) -> Option<Vec<Tag>> {
    let list = tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build());
    (!tags.is_empty()).then(|| list.collect())
}

fn tags(list: Option<Vec<Tag>>) -> Tags {
    let tag = |tag: Tag| Some((tag.key?, tag.value.unwrap_or_default()));
    list.into_iter().flatten().filter_map(tag).collect()
}

fn id(family: Family, name: &str) -> DatabaseId {
    DatabaseId { family, name: name.to_ascii_lowercase() }
}

/// There are more than two: what AWS Backup makes is also not ours to delete.
fn origin(snapshot_type: Option<&str>) -> Origin {
    if snapshot_type == Some("manual") { Origin::Manual } else { Origin::Automated }
}

/// When a snapshot's data was written. Of a copy of a cluster's snapshot RDS tells when the copy was made, so our copies
/// carry the time in a tag. The tag may be inherited: it counts only on a copy of what it was written for.
fn taken_at(tags: &Tags, source: Option<&str>, made: Option<&DateTime>) -> Option<Timestamp> {
    let is_ours = source.is_some() && tags.get(names::COPY_OF).map(String::as_str) == source;
    let tag = tags.get(names::TAKEN_AT).filter(|_| is_ours);
    tag.and_then(|text| text.parse().ok()).or_else(|| made.and_then(timestamp))
}

/// A group that somebody made. Every engine has a default one, by a name that nobody else may give.
fn own_group(name: Option<String>) -> Option<String> {
    name.filter(|name| !name.starts_with("default:"))
}

/// What is available is all there, unless RDS says otherwise.
fn progress(percent: Option<i32>, status: Option<&str>) -> u32 {
    count(percent.or_else(|| (status == Some("available")).then_some(100)))
}

fn count(number: Option<i32>) -> u32 {
    number.and_then(|number| u32::try_from(number).ok()).unwrap_or(0)
}

fn timestamp(time: &DateTime) -> Option<Timestamp> {
    Timestamp::new(time.secs(), i32::try_from(time.subsec_nanos()).ok()?).ok()
}
