//! What our things are called, and the tags by which we know them again.

use std::collections::BTreeSet;

use jiff::Timestamp;
use shared::ids::{CommandId, TargetName, fingerprint};

use crate::world::{DatabaseId, Family, Snapshot, Tags};

/// The target that a snapshot or a scratch database is of.
pub const TARGET: &str = "lamplighter:target";
/// The id of the command that made it.
pub const COMMAND: &str = "lamplighter:command";
/// What a snapshot was taken for.
pub const LABEL: &str = "lamplighter:label";
/// On a copy: the ARN of the snapshot that it is a copy of.
pub const COPY_OF: &str = "lamplighter:copy-of";
/// On a copy: when its data was written, as RDS forgets that for copies of cluster snapshots.
pub const TAKEN_AT: &str = "lamplighter:taken-at";
/// On a scratch database: when its drill has failed if it has not passed.
pub const DRILL: &str = "lamplighter:drill";
/// On a scratch database: the database whose snapshot it was restored from.
pub const DRILL_OF: &str = "lamplighter:drill-of";
/// On a scratch database: the snapshot that it was restored from.
pub const DRILL_SNAPSHOT: &str = "lamplighter:drill-snapshot";
/// On a scratch database: when its restore was begun.
pub const DRILL_BEGAN: &str = "lamplighter:drill-began";

/// How the names of scratch databases begin.
pub const SCRATCH: &str = "lamplighter-drill-";

/// The longest name of a cluster's snapshot; an instance's may have 255. Source: RDS API reference,
/// `CreateDBClusterSnapshot`.
const LONGEST_NAME: usize = 63;

/// How many hexadecimal digits tell names apart: 64 bits.
const DIGITS: usize = 16;

/// The name of the snapshot that a command takes of a database: always the same for the same command.
#[must_use]
pub fn snapshot(target: &TargetName, command: &CommandId, of: &DatabaseId) -> String {
    unique(&of.name, digits([target.as_str(), command.as_str(), of.family.noun(), &of.name]))
}

/// The name of our copy of an automated snapshot.
#[must_use]
pub fn copy_of_automated(target: &TargetName, automated: &Snapshot) -> String {
    let of = &automated.of;
    unique(&of.name, digits([target.as_str(), "automated", of.family.noun(), &automated.name]))
}

/// The name of the scratch database of a drill.
#[must_use]
pub fn scratch(target: &TargetName, command: &CommandId, of: &DatabaseId) -> DatabaseId {
    let digits = digits([target.as_str(), command.as_str(), of.family.noun(), &of.name]);
    DatabaseId { family: of.family, name: format!("{SCRATCH}{digits}") }
}

/// The name of the one instance of a scratch cluster.
#[must_use]
pub fn member(scratch: &DatabaseId) -> DatabaseId {
    DatabaseId { family: Family::Instance, name: format!("{}-1", scratch.name) }
}

/// The id of the command that would have taken a snapshot that was missed: another one once there is a newer snapshot,
/// after every attempt that has failed, though the attempts before it are gone by then, and in every hour: a name that
/// somebody has freed by deleting a snapshot is that of its copy elsewhere still.
#[must_use]
pub fn missed(of: &DatabaseId, newest: Option<&str>, failed: &BTreeSet<&str>, now: Timestamp) -> CommandId {
    const SECONDS_OF_AN_HOUR: i64 = 3_600;
    let hour = (now.as_second() / SECONDS_OF_AN_HOUR).to_string();
    let parts = ["missed", of.family.noun(), &of.name, newest.unwrap_or_default(), &hour];
    CommandId::derived(parts.into_iter().chain(failed.iter().copied()))
}

/// Whether a snapshot is ours, and of this target. Nothing else is ever deleted.
#[must_use]
pub fn is_ours(snapshot: &Snapshot, target: &TargetName) -> bool {
    snapshot.origin == crate::world::Origin::Manual
        && snapshot.tag(TARGET) == Some(target.as_str())
        && snapshot.tag(DRILL).is_none()
}

/// The tags of a new snapshot.
#[must_use]
pub fn tags(target: &TargetName, command: &CommandId, label: Option<&str>, playbooks: Tags) -> Tags {
    let mut tags = playbooks;
    tags.insert(TARGET.to_owned(), target.to_string());
    tags.insert(COMMAND.to_owned(), command.to_string());
    if let Some(label) = label {
        tags.insert(LABEL.to_owned(), label.to_owned());
    }
    tags
}

/// Whether a snapshot has the name of one of a database, as we or RDS call them.
#[must_use]
pub fn may_be_of(snapshot: &str, database: &str) -> bool {
    snapshot.strip_prefix(cut(database)).is_some_and(|rest| rest.starts_with('-'))
}

fn unique(name: &str, digits: String) -> String {
    format!("{}-{digits}", cut(name))
}

/// So much of a database's name as leaves room for the digits.
fn cut(name: &str) -> &str {
    let room = LONGEST_NAME - 1 - DIGITS;
    name.get(..room).unwrap_or(name).trim_end_matches('-')
}

fn digits<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let mut digits = fingerprint(parts);
    digits.truncate(DIGITS);
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str) -> DatabaseId {
        DatabaseId { family: Family::Cluster, name: name.to_owned() }
    }

    #[test]
    fn names_fit_both_families_and_are_the_same_for_the_same_command() {
        let target = TargetName::parse("weather-db").unwrap();
        let id = CommandId::parse("nightly-2026-11-21").unwrap();
        let longest = "a".repeat(63);
        let cut_at_a_hyphen = format!("{}-{}", "a".repeat(45), "b".repeat(17));
        for name in ["db", longest.as_str(), cut_at_a_hyphen.as_str()] {
            let made = snapshot(&target, &id, &of(name));
            assert!(made.len() <= LONGEST_NAME && !made.contains("--"), "{made}");
            assert_eq!(made, snapshot(&target, &id, &of(name)));
        }
        let other = CommandId::parse("nightly-2026-11-22").unwrap();
        assert_ne!(snapshot(&target, &id, &of("db")), snapshot(&target, &other, &of("db")));
        let instance = DatabaseId { family: Family::Instance, name: "db".to_owned() };
        assert_ne!(snapshot(&target, &id, &of("db")), snapshot(&target, &id, &instance));
    }
}
