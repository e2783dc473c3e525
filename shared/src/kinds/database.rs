//! Databases on RDS and Aurora: what the playbook says of their snapshots.
//!
//! What is kept is in `retention`, how backups are proven in `verify`, the commands in `command`.

mod command;
mod retention;
mod verify;

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Deserialize;

use super::text::text_type;
use crate::period::Period;

pub use command::{Backup, Label};
pub use retention::{Generations, KeepRule, Retention};
pub use verify::{InstanceClass, RestoreDrill, SecurityGroup, SubnetGroup, Verify};

/// The databases of a target, and what is done for them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "DatabaseKeys")]
#[schemars(with = "DatabaseKeys")]
pub struct Database {
    /// Which they are.
    pub which: Which,
    /// Where their snapshots come from.
    pub snapshots: Snapshots,
    /// Which snapshots are kept in the home Region.
    pub retention: Retention,
    /// How old the newest good snapshot may be, in every Region: the recovery-point objective.
    pub objective: Period,
    /// Where the snapshots are copied to, each Region once and never the home Region.
    pub copies: Vec<CopyRule>,
    /// How it is proven that they are good.
    pub verify: Verify,
    /// Tags for every snapshot, beside our own.
    pub tags: BTreeMap<TagKey, TagValue>,
}

/// Which databases a target is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// One instance that is in no cluster.
    Instance(DatabaseName),
    /// One cluster: Aurora, or a Multi-AZ DB cluster.
    Cluster(DatabaseName),
    /// Every instance and cluster with a tag.
    AllTagged {
        /// The tag's key.
        key: TagKey,
        /// Its value.
        value: TagValue,
        /// Those that are left out nevertheless.
        except: BTreeSet<DatabaseName>,
    },
}

/// Where snapshots come from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Snapshots {
    /// They are taken.
    #[default]
    Take,
    /// The newest automated snapshot is copied within the home Region, and the copy is ours.
    CopyAutomated,
}

/// A Region that snapshots are copied to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CopyRule {
    /// The Region's code.
    pub region: RegionCode,
    /// The KMS key of that Region: its ARN, id or alias. Required where the snapshots are encrypted.
    pub kms_key: Option<KmsKey>,
    /// The option group of that Region, where the databases use one that is not the default.
    pub option_group: Option<OptionGroup>,
    /// Which copies are kept there.
    pub retention: Retention,
}

/// The objective where the playbook names none: a nightly snapshot, and two hours to take it.
const USUAL_OBJECTIVE: &str = "26h";

/// The keys that say which databases a target is.
const WHICH_KEYS: &str = "`instance`, `cluster` and `all-tagged`";

/// The keys of a target of kind `database`. One of `instance`, `cluster` and `all-tagged`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct DatabaseKeys {
    /// The identifier of an instance that is in no cluster.
    instance: Option<DatabaseName>,
    /// The identifier of a cluster: Aurora, or a Multi-AZ DB cluster.
    cluster: Option<DatabaseName>,
    /// A tag, as `{backup: nightly}`: every instance and cluster that has it.
    all_tagged: Option<BTreeMap<TagKey, TagValue>>,
    /// With `all-tagged`: those that are left out nevertheless.
    #[serde(default)]
    except: BTreeSet<DatabaseName>,
    /// Where snapshots come from. `take` where it is left out.
    #[serde(default)]
    snapshots: Snapshots,
    /// Which snapshots are kept in the home Region.
    retention: Retention,
    /// How old the newest good snapshot may be. `26h` where it is left out.
    objective: Option<Period>,
    /// Where they are copied to.
    #[serde(default)]
    copies: Vec<CopyRule>,
    /// How it is proven that they are good.
    #[serde(default)]
    verify: Verify,
    /// Tags for every snapshot, beside our own.
    #[serde(default)]
    tags: BTreeMap<TagKey, TagValue>,
}

impl TryFrom<DatabaseKeys> for Database {
    type Error = String;

    fn try_from(keys: DatabaseKeys) -> Result<Self, String> {
        let DatabaseKeys { instance, cluster, all_tagged, except, snapshots, .. } = keys;
        let DatabaseKeys { retention, objective, copies, verify, tags, .. } = keys;
        let which = match (instance, cluster, all_tagged) {
            (Some(name), None, None) => Which::Instance(name),
            (None, Some(name), None) => Which::Cluster(name),
            (None, None, Some(tag)) => {
                let count = tag.len();
                let mut tag = tag.into_iter();
                let (Some((key, value)), None) = (tag.next(), tag.next()) else {
                    return Err(format!(
                        "`all-tagged` has {count} tags; expected one, as `{{backup: nightly}}`"
                    ));
                };
                Which::AllTagged { key, value, except: except.clone() }
            }
            (None, None, None) => {
                return Err(format!("none of {WHICH_KEYS}; expected one of them"));
            }
            _ => return Err(format!("more than one of {WHICH_KEYS}; expected only one")),
        };
        if !except.is_empty() && !matches!(which, Which::AllTagged { .. }) {
            return Err("`except` without `all-tagged`; expected it only there".to_owned());
        }
        let mut regions = BTreeSet::new();
        for CopyRule { region, .. } in &copies {
            if !regions.insert(region) {
                return Err(format!("`copies` names Region `{region}` twice; expected each once"));
            }
        }
        if let Some(key) = tags.keys().find(|key| key.as_str().starts_with(OUR_TAGS)) {
            return Err(format!(
                "tag `{key}` begins with `{OUR_TAGS}`; expected another, as those are Lamplighter's"
            ));
        }
        let objective = match objective {
            Some(objective) => objective,
            None => Period::parse(USUAL_OBJECTIVE).map_err(|error| error.to_string())?,
        };
        Ok(Self { which, snapshots, retention, objective, copies, verify, tags })
    }
}

/// How the tags begin by which Lamplighter knows what is its own.
pub const OUR_TAGS: &str = "lamplighter:";

text_type!(
    /// The identifier of an instance or a cluster, as RDS keeps it. Source: RDS API reference, `CreateDBInstance`.
    DatabaseName,
    "the identifier of an instance or a cluster: 1 to 63 lower-case letters, digits and `-`, a letter first, no `--`, no `-` at the end",
    is_identifier
);
text_type!(
    /// The code of a Region.
    #[schemars(extend("pattern" = "^[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}$"))]
    RegionCode,
    "the code of a Region, as `us-west-2`",
    is_region
);
text_type!(
    /// A KMS key of a copy's Region. Source: RDS API reference, `CopyDBSnapshot`.
    KmsKey,
    "a KMS key: its ARN, its id, or `alias/` and a name; 1 to 2048 characters without spaces",
    |text| (1..=2048).contains(&text.len()) && text.chars().all(|c| c.is_ascii_graphic())
);
text_type!(
    /// An option group of a copy's Region. Source: RDS API reference, `CreateOptionGroup`.
    OptionGroup,
    "the name of an option group: 1 to 255 letters, digits, `-` and `:`",
    |text| is_name(text, ":")
);
text_type!(
    /// A tag's key. Source: RDS API reference, `Tag`.
    TagKey,
    "a tag's key: 1 to 128 letters, digits, spaces and `_.:/=+-@`, not beginning with `aws:` or `rds:`",
    |text| !text.is_empty() && is_tag(text, 128) && !text.starts_with("aws:") && !text.starts_with("rds:")
);
text_type!(
    /// A tag's value. Source: RDS API reference, `Tag`.
    TagValue,
    "a tag's value: at most 256 letters, digits, spaces and `_.:/=+-@`",
    |text| is_tag(text, 256)
);

fn is_identifier(text: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (1..=63).contains(&text.len())
        && text.chars().all(is_plain)
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && !text.ends_with('-')
        && !text.contains("--")
}

fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [first, middle @ .., last] = parts.as_slice() else { return false };
    let is_word = |part: &&str| !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase());
    // `eusc-de-east-1` begins with four letters.
    (2..=4).contains(&first.len())
        && is_word(first)
        && !middle.is_empty()
        && middle.iter().all(is_word)
        && (1..=2).contains(&last.len())
        && last.chars().all(|c| c.is_ascii_digit())
}

/// A name of letters, digits and `-`, and of the characters of `others`.
pub(in crate::kinds) fn is_name(text: &str, others: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || others.contains(c);
    (1..=255).contains(&text.len()) && text.chars().all(is_plain)
}

fn is_tag(text: &str, longest: usize) -> bool {
    text.chars().count() <= longest && text.chars().all(|c| c.is_alphanumeric() || " _.:/=+-@".contains(c))
}

#[cfg(test)]
mod tests;
