//! Which databases a target is.

use shared::kinds::database::{Database as Rule, Which};

use super::why::Left;
use crate::names::is_scratch;
use crate::world::{Database, DatabaseId, Family, World};

/// How the engines begin of services that RDS's own operations list beside its own databases. Source: Neptune and
/// `DocumentDB` user guides.
const OTHER_ENGINES: [&str; 2] = ["docdb", "neptune"];

/// The databases of a target, and those that one could think are.
#[derive(Debug, Default)]
pub struct Selected<'w> {
    /// The databases.
    pub databases: Vec<&'w Database>,
    /// What is in the way of some, or of the target as a whole.
    pub left: Vec<Left>,
    /// With `all-tagged`: the databases that are left out, and why.
    pub passed_over: Vec<(DatabaseId, String)>,
}

/// Selects the databases of a target.
///
/// A scratch database of a drill is nobody's target, an instance of a cluster is backed up with the cluster, and what
/// another target names is that target's alone.
#[must_use]
pub fn select<'w>(rule: &Rule, world: &'w World) -> Selected<'w> {
    let mut selected = Selected::default();
    if let Some(id) = only(rule) {
        match world.databases.iter().find(|database| database.id == id) {
            Some(Database { member_of: Some(cluster), .. }) => {
                selected.left.push(Left::Member { of: id, cluster: cluster.clone() });
            }
            Some(database) => selected.databases.push(database),
            None => selected.left.push(Left::Missing(id)),
        }
        return selected;
    }
    let Which::AllTagged { key, value, except } = &rule.which else { return selected };
    for database in &world.databases {
        if is_scratch(database) {
            continue;
        }
        let is_excepted = except.iter().any(|name| name.as_str() == database.id.name);
        let has_tag = database.tags.get(key.as_str()).map(String::as_str) == Some(value.as_str());
        let is_other = OTHER_ENGINES.iter().any(|engine| database.engine.starts_with(engine));
        let why = match (&database.member_of, world.named.get(&database.id)) {
            (Some(_), _) => "in a cluster".to_owned(),
            _ if is_other => "of another service".to_owned(),
            _ if is_excepted => "excepted".to_owned(),
            _ if !has_tag => "without the tag".to_owned(),
            (None, Some(target)) => format!("target {target}"),
            (None, None) => {
                selected.databases.push(database);
                continue;
            }
        };
        selected.passed_over.push((database.id.clone(), why));
    }
    if selected.databases.is_empty() {
        selected.left.push(Left::NothingSelected { tag: format!("{key}={value}") });
    }
    selected
}

/// The database that a target names, unless it selects them by a tag.
#[must_use]
pub fn only(rule: &Rule) -> Option<DatabaseId> {
    match &rule.which {
        Which::Instance(name) => Some(DatabaseId { family: Family::Instance, name: name.to_string() }),
        Which::Cluster(name) => Some(DatabaseId { family: Family::Cluster, name: name.to_string() }),
        Which::AllTagged { .. } => None,
    }
}

/// The families that the databases of a target can be of.
#[must_use]
pub fn families(rule: &Rule) -> Vec<Family> {
    only(rule).map_or_else(|| Family::ALL.to_vec(), |id| vec![id.family])
}
