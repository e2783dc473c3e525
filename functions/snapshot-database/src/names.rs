//! What our things are called, and the tags by which we know them again.

use std::collections::BTreeSet;

use jiff::Timestamp;
use shared::ids::{CommandId, TargetName, fingerprint};
use shared::kinds::database::{RegionCode, Which};

use crate::order::Order;
use crate::world::{Database, DatabaseId, Family, Origin, Snapshot, Tags};

/// The target that a snapshot or a scratch database is of.
pub const TARGET: &str = "lamplighter:target";
/// The home Region of the function that made it: several may copy into one Region.
pub const HOME: &str = "lamplighter:home";
/// The tags that must be the same on something that is there already for it to be the same.
pub const OWNER: [&str; 2] = [TARGET, HOME];
/// On what was made for a target that selects databases by a tag: the fingerprint of that tag.
pub const SELECTION: &str = "lamplighter:selection";
/// The id of the command that made it, as [`tag_of`] writes it.
pub const COMMAND: &str = "lamplighter:command";
/// What a snapshot was taken for.
pub const LABEL: &str = "lamplighter:label";
/// On a copy of an automated snapshot, and on its copies: the automated one's name.
pub const AUTOMATED: &str = "lamplighter:automated";
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

/// On a scratch database: the table of the ledger in which its drill is noted. That tells its stack, also of those
/// with targets and databases of the same names.
pub const LEDGER: &str = "lamplighter:ledger";

/// How the names of scratch databases begin.
pub const SCRATCH: &str = "lamplighter-drill-";

/// The longest name of a cluster's snapshot; an instance's may have 255. Source: RDS API reference,
/// `CreateDBClusterSnapshot`.
const LONGEST_NAME: usize = 63;

/// How many hexadecimal digits tell names apart: 64 bits.
const DIGITS: usize = 16;

/// Whose things are looked for. Tags alone do not say it: they are inherited by databases that are restored, copied by
/// people, and another stack may have a target of the same name.
#[derive(Debug, Clone)]
pub struct Owner<'a> {
    target: &'a TargetName,
    home: &'a RegionCode,
    which: &'a Which,
    /// What [`SELECTION`] says on its snapshots.
    selection: Option<String>,
    /// What [`LEDGER`] says on its scratch databases.
    ledger: Option<&'a str>,
}

impl<'a> Owner<'a> {
    /// The owner of a target's snapshots in a home Region.
    #[must_use]
    pub fn new(target: &'a TargetName, which: &'a Which, home: &'a RegionCode) -> Self {
        let selection = match which {
            Which::AllTagged { key, value, .. } => Some(fingerprint([key.as_str(), value.as_str()])),
            Which::Instance(_) | Which::Cluster(_) => None,
        };
        Self { target, home, which, selection, ledger: None }
    }

    /// The owner of what an order makes.
    #[must_use]
    pub fn of(order: &Order<'a>, home: &'a RegionCode) -> Self {
        Self::new(order.target, &order.rule.which, home)
    }

    /// The same, with the table of the ledger in which it notes its drills.
    #[must_use]
    pub fn noting_in(self, ledger: Option<&'a str>) -> Self {
        Self { ledger, ..self }
    }

    /// The name of the snapshot that a command takes of a database: always the same for the same command and label.
    #[must_use]
    pub fn snapshot(&self, command: &CommandId, of: &DatabaseId, label: Option<&str>) -> String {
        taken((self.home.as_str(), self.target.as_str()), &tag_of(command), of, label)
    }

    /// The name of our copy of an automated snapshot.
    #[must_use]
    pub fn copy_of_automated(&self, automated: &Snapshot) -> String {
        let owner = (self.home.as_str(), self.target.as_str());
        taken_over(owner, &automated.name, &automated.of)
    }

    /// The name of the scratch database of a drill: another one in every stack.
    #[must_use]
    pub fn scratch(&self, command: &CommandId, of: &DatabaseId) -> DatabaseId {
        let owner = (self.home.as_str(), self.target.as_str());
        let digits = digits(owner, ["drill", of.family.noun(), &of.name, &tag_of(command)], self.ledger);
        DatabaseId { family: of.family, name: format!("{SCRATCH}{digits}") }
    }

    /// The tags of a new snapshot or scratch database.
    #[must_use]
    pub fn tags(&self, command: &CommandId, label: Option<&str>, playbooks: Tags) -> Tags {
        let mut tags = playbooks;
        tags.insert(TARGET.to_owned(), self.target.to_string());
        tags.insert(HOME.to_owned(), self.home.to_string());
        tags.insert(COMMAND.to_owned(), tag_of(command));
        if let Some(selection) = &self.selection {
            tags.insert(SELECTION.to_owned(), selection.clone());
        }
        if let Some(label) = label {
            tags.insert(LABEL.to_owned(), label.to_owned());
        }
        tags
    }

    /// Whether a snapshot of a Region is ours. Nothing else is ever deleted, and nothing else counts as a backup.
    ///
    /// Its tags name the target and the home Region, its database is the target's, and its name is the one that follows
    /// from its tags: people give copies and final snapshots other names. In another Region it is the copy of the
    /// snapshot of its name at home.
    #[must_use]
    pub fn owns(&self, snapshot: &Snapshot, region: &RegionCode) -> bool {
        snapshot.origin == Origin::Manual
            && snapshot.tag(TARGET) == Some(self.target.as_str())
            && snapshot.tag(HOME) == Some(self.home.as_str())
            && self.is_about(snapshot)
            && (if region == self.home { is_first_hand(snapshot) } else { self.is_our_copy(snapshot) })
            && (is_named(snapshot, None) || is_labelled(snapshot))
    }

    fn is_about(&self, snapshot: &Snapshot) -> bool {
        self.has(snapshot.of.family, Some(&snapshot.of.name), &snapshot.tags)
    }

    /// Whether the database of something that bears these tags is the target's.
    fn has(&self, family: Family, name: Option<&str>, tags: &Tags) -> bool {
        match self.which {
            Which::Instance(ours) => family == Family::Instance && name == Some(ours.as_str()),
            Which::Cluster(ours) => family == Family::Cluster && name == Some(ours.as_str()),
            Which::AllTagged { .. } => tag(tags, SELECTION) == self.selection.as_deref(),
        }
    }

    fn is_our_copy(&self, snapshot: &Snapshot) -> bool {
        let Some(arn) = snapshot.tag(COPY_OF) else { return false };
        let is_of_its_name = arn.rsplit_once(':').is_some_and(|(_, name)| name == snapshot.name);
        let is_of_home = arn.split(':').nth(3) == Some(self.home.as_str());
        is_of_its_name && is_of_home && snapshot.source.as_deref().is_none_or(|source| source == arn)
    }

    /// Whether a database was made by a restore drill of this stack, of whichever target. Nobody can tell without the
    /// name of a ledger.
    #[must_use]
    pub fn made(&self, database: &Database) -> bool {
        self.is_of_home(database) && self.ledger.is_some() && tag(&database.tags, LEDGER) == self.ledger
    }

    /// Whether it was made by one of this target. Where one of the two has no ledger's name, the database that was
    /// restored has to be the target's: another stack may have a target of the same name.
    #[must_use]
    pub fn drills(&self, database: &Database) -> bool {
        let Database { id, tags, .. } = database;
        let is_ours = match (tag(tags, LEDGER), self.ledger) {
            (Some(theirs), Some(ours)) => theirs == ours,
            _ => self.has(id.family, tag(tags, DRILL_OF), tags),
        };
        is_ours && self.is_of_home(database) && tag(tags, TARGET) == Some(self.target.as_str())
    }

    fn is_of_home(&self, database: &Database) -> bool {
        is_scratch(database) && tag(&database.tags, HOME) == Some(self.home.as_str())
    }
}

fn tag<'t>(tags: &'t Tags, key: &str) -> Option<&'t str> {
    tags.get(key).map(String::as_str)
}

/// Whether a database is a scratch one of some drill. A person's database that was restored from something of ours may
/// have inherited the tag, and is one like any other.
#[must_use]
pub fn is_scratch(database: &Database) -> bool {
    database.id.name.starts_with(SCRATCH) && database.tags.contains_key(DRILL)
}

/// Whether a snapshot was taken for something: a label that it has inherited from its database is none of its own.
#[must_use]
pub fn is_labelled(snapshot: &Snapshot) -> bool {
    snapshot.tag(LABEL).is_some_and(|label| is_named(snapshot, Some(label)))
}

/// Whether a snapshot of the home Region was made from what its name says. RDS names a source only of copies; of those
/// within a Region, only for clusters.
fn is_first_hand(snapshot: &Snapshot) -> bool {
    let Some(source) = &snapshot.source else { return true };
    snapshot.tag(AUTOMATED).is_some() && snapshot.tag(COPY_OF) == Some(source)
}

/// Whether the name of a snapshot follows from its tags and its database.
fn is_named(snapshot: &Snapshot, label: Option<&str>) -> bool {
    let (Some(home), Some(target)) = (snapshot.tag(HOME), snapshot.tag(TARGET)) else { return false };
    let (owner, of) = ((home, target), &snapshot.of);
    let command = snapshot.tag(COMMAND).map(|command| taken(owner, command, of, label));
    let is_it = |name: String| name == snapshot.name;
    // What is copied from RDS's own is taken for nothing.
    let automated = snapshot.tag(AUTOMATED).filter(|_| label.is_none());
    command.is_some_and(is_it) || automated.is_some_and(|automated| is_it(taken_over(owner, automated, of)))
}

/// A home Region and a target in it.
type HomeAndTarget<'a> = (&'a str, &'a str);

fn taken(owner: HomeAndTarget<'_>, command: &str, of: &DatabaseId, label: Option<&str>) -> String {
    unique(&of.name, &digits(owner, ["take", of.family.noun(), &of.name, command], label))
}

fn taken_over(owner: HomeAndTarget<'_>, automated: &str, of: &DatabaseId) -> String {
    unique(&of.name, &digits(owner, ["automated", of.family.noun(), &of.name, automated], None))
}

/// A command's id as tags and names have it. RDS takes fewer characters in tags than ids may have: an id with another is
/// known by its fingerprint.
#[must_use]
pub fn tag_of(command: &CommandId) -> String {
    let fits = |c: char| c.is_ascii_alphanumeric() || "_.:/=+-@".contains(c);
    let id = command.as_str();
    if id.chars().all(fits) { id.to_owned() } else { fingerprint([id]) }
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

/// Whether a snapshot has the name of one of a database, as we or RDS call them.
#[must_use]
pub fn may_be_of(snapshot: &str, database: &str) -> bool {
    snapshot.strip_prefix(cut(database)).is_some_and(|rest| rest.starts_with('-'))
}

fn unique(name: &str, digits: &str) -> String {
    format!("{}-{digits}", cut(name))
}

/// So much of a database's name as leaves room for the digits.
fn cut(name: &str) -> &str {
    let room = LONGEST_NAME - 1 - DIGITS;
    name.get(..room).unwrap_or(name).trim_end_matches('-')
}

fn digits(owner: HomeAndTarget<'_>, parts: [&str; 4], label: Option<&str>) -> String {
    let (home, target) = owner;
    let mut digits = fingerprint([home, target].into_iter().chain(parts).chain(label));
    digits.truncate(DIGITS);
    digits
}

#[cfg(test)]
mod tests;
