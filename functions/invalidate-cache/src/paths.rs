//! What an invalidation consists of: paths as CloudFront wants them, wildcards, and cache tags.
//!
//! Sources: CloudFront developer guide, "Specify the objects to invalidate" and "Invalidate by cache tags".

mod encode;
mod fit;

use std::collections::BTreeSet;

pub use encode::{of_command, of_directory, of_key};
pub use fit::{Room, fit};
use shared::kinds::distribution::FileName;

/// The path that stands for all others.
pub const EVERYTHING: &str = "/*";

/// The longest path, encoded. Source: as above, "The maximum length of a path is 4,000 characters".
pub const MAX_CHARS: usize = 4_000;

/// The items of one invalidation: sorted, each once, none under another's wildcard.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Items {
    paths: BTreeSet<String>,
    tags: BTreeSet<String>,
}

impl Items {
    /// Gathers paths that are encoded already, and tags, which mean the same in any case.
    pub fn new(paths: impl IntoIterator<Item = String>, tags: impl IntoIterator<Item = String>) -> Self {
        let paths = without_covered(paths.into_iter().collect());
        if paths.contains(EVERYTHING) {
            return Self::everything();
        }
        Self { paths, tags: tags.into_iter().map(|tag| tag.to_ascii_lowercase()).collect() }
    }

    /// The whole cache.
    #[must_use]
    pub fn everything() -> Self {
        Self { paths: BTreeSet::from([EVERYTHING.to_owned()]), tags: BTreeSet::new() }
    }

    /// The items as CloudFront takes them, sorted: a tag has a `#` before it.
    #[must_use]
    pub fn to_wire(&self) -> Vec<String> {
        self.tags.iter().map(|tag| format!("#{tag}")).chain(self.paths.iter().cloned()).collect()
    }

    /// How many items there are. Each is one billable path, a wildcard and a tag too.
    #[must_use]
    pub fn len(&self) -> usize {
        self.paths.len() + self.tags.len()
    }

    /// Whether there is nothing to invalidate.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many count against the limit of wildcards in progress.
    #[must_use]
    pub fn wildcards(&self) -> usize {
        self.paths.iter().filter(|path| is_wildcard(path)).count()
    }

    /// How many count against the limit of files in progress. The guide does not say for tags; so they do.
    #[must_use]
    pub fn files(&self) -> usize {
        self.len() - self.wildcards()
    }

    /// Whether invalidating these items invalidates this path or tag too.
    #[must_use]
    pub fn covers(&self, item: &str) -> bool {
        if self.paths.contains(EVERYTHING) {
            return true;
        }
        match item.strip_prefix('#') {
            Some(tag) => self.tags.contains(&tag.to_ascii_lowercase()),
            None => self.paths.contains(item) || self.paths.iter().any(|path| is_under(item, path)),
        }
    }
}

/// Whether a path is a wildcard: only an asterisk at the very end is one.
#[must_use]
pub fn is_wildcard(path: &str) -> bool {
    path.ends_with('*')
}

/// Whether a path is covered by another one that is a wildcard.
fn is_under(path: &str, other: &str) -> bool {
    other.strip_suffix('*').is_some_and(|start| path.starts_with(start))
}

/// Drops every path that a wildcard covers.
fn without_covered(paths: BTreeSet<String>) -> BTreeSet<String> {
    // Starts of wildcards, none of which begins with another: visiting them in order, a start that the one before
    // it covers is left out.
    let mut starts: BTreeSet<&str> = BTreeSet::new();
    let sorted: BTreeSet<&str> = paths.iter().filter_map(|path| path.strip_suffix('*')).collect();
    for start in sorted {
        if !starts.last().is_some_and(|last| start.starts_with(last)) {
            starts.insert(start);
        }
    }
    let kept = paths.iter().filter(|path| {
        let own_start = path.strip_suffix('*');
        // All texts between a start and a path that begins with it begin with it too. So only the greatest start
        // that is not greater than the path can cover it.
        let text = own_start.unwrap_or(path);
        let above = starts.range(..=text).next_back().copied();
        above.is_none_or(|start| !text.starts_with(start) || own_start == Some(start))
    });
    kept.cloned().collect()
}

/// Who spelt a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spelling {
    /// Somebody who thinks of what viewers ask for: a name without a dot may be a directory.
    Viewer,
    /// The key of an object: only a slash at its end makes it a directory.
    Key,
}

/// The spellings under which a viewer gets the same content, for a path that is not a wildcard.
///
/// `/` and `/index.html` are two objects to CloudFront, and so are `/dir` and `/dir/`. Where the edge or the bucket's
/// website serves an index document for a directory, the three belong together.
#[must_use]
pub fn twins(path: &str, spelling: Spelling, index_document: Option<&FileName>) -> Vec<String> {
    if is_wildcard(path) || path.contains('?') {
        return Vec::new();
    }
    let (directory, name) = path.split_at(path.rfind('/').map_or(0, |slash| slash + 1));
    let index = index_document.map(FileName::as_str);
    let root_index = index.unwrap_or(ROOT_INDEX);
    if directory == "/" && (name.is_empty() || name == root_index) {
        return vec!["/".to_owned(), format!("/{root_index}")];
    }
    let bare = if name.is_empty() || Some(name) == index {
        &directory[..directory.len() - 1]
    } else if spelling == Spelling::Viewer && !name.contains('.') {
        path
    } else {
        return Vec::new();
    };
    let mut twins = vec![bare.to_owned(), format!("{bare}/")];
    twins.extend(index.map(|index| format!("{bare}/{index}")));
    twins
}

/// What CloudFront's guide calls the default root object in its examples, and what nearly everybody has.
const ROOT_INDEX: &str = "index.html";

/// Replaces each directory that has more than `limit` of these paths by its wildcard, the deepest ones first.
///
/// `base` is the highest directory that may be replaced, encoded as the paths are.
#[must_use]
pub fn collapse(paths: &BTreeSet<String>, base: &str, limit: usize) -> Vec<String> {
    // A path that could not be spelt may have become a wildcard above its base already.
    let (below, above): (Vec<&str>, Vec<&str>) =
        paths.iter().map(String::as_str).partition(|path| path.starts_with(base));
    let mut collapsed = collapse_below(&below, base.len(), limit);
    collapsed.extend(above.into_iter().map(str::to_owned));
    collapsed
}

/// `paths` are sorted and share their first `depth` bytes, which end in a slash.
fn collapse_below(paths: &[&str], depth: usize, limit: usize) -> Vec<String> {
    let mut collapsed = Vec::new();
    let mut rest = paths;
    while let Some(first) = rest.first() {
        let child = first[depth..].find('/').map(|slash| &first[..=depth + slash]);
        let Some(child) = child else {
            collapsed.push((*first).to_owned());
            rest = &rest[1..];
            continue;
        };
        let (below, others) = rest.split_at(rest.partition_point(|path| path.starts_with(child)));
        collapsed.extend(collapse_below(below, child.len(), limit));
        rest = others;
    }
    match paths.first() {
        Some(first) if collapsed.len() > limit => vec![format!("{}*", &first[..depth])],
        _ => collapsed,
    }
}

#[cfg(test)]
mod tests;
