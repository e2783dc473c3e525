//! Widens items until they fit into the room that CloudFront has left.

use std::collections::BTreeMap;

use super::{EVERYTHING, Items, is_wildcard};

/// How many more items CloudFront takes for a distribution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// Paths without a wildcard, and tags.
    pub files: usize,
    /// Paths with a wildcard.
    pub wildcards: usize,
}

impl Room {
    /// The most files in progress for a distribution.
    /// Source: CloudFront developer guide, "Quotas on invalidations".
    pub const MAX_FILES: usize = 3_000;

    /// The most wildcards in progress for a distribution. Source: as above.
    pub const MAX_WILDCARDS: usize = 15;

    /// The room when nothing is in progress.
    pub const EMPTY: Self = Self { files: Self::MAX_FILES, wildcards: Self::MAX_WILDCARDS };

    /// Whether these items fit.
    #[must_use]
    pub fn takes(self, items: &Items) -> bool {
        items.files() <= self.files && items.wildcards() <= self.wildcards
    }

    /// The room that is left when these are in progress too.
    #[must_use]
    pub fn less(self, items: &[String]) -> Self {
        let wildcards = items.iter().filter(|item| is_wildcard(item)).count();
        Self {
            files: self.files.saturating_sub(items.len() - wildcards),
            wildcards: self.wildcards.saturating_sub(wildcards),
        }
    }
}

/// Widens items as little as is simple until they fit; `None` when not even [`EVERYTHING`] does.
///
/// It works from the deepest directories up. At each depth the directories with the most items give way first, each
/// to its wildcard, and none gives way that would not help. The result covers every item that was given.
#[must_use]
pub fn fit(items: &Items, room: Room) -> Option<Items> {
    if room.takes(items) {
        return Some(items.clone());
    }
    if room.wildcards == 0 {
        return None;
    }
    let mut items = items.clone();
    let (mut files, mut wildcards) = (items.files(), items.wildcards());
    let deepest = items.paths.iter().map(|path| depth(path)).max().unwrap_or(0);
    for level in (1..=deepest).rev() {
        let mut directories: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for path in &items.paths {
            if let Some(directory) = ancestor(path, level) {
                directories.entry(directory.to_owned()).or_default().push(path.clone());
            }
        }
        let mut directories: Vec<(String, Vec<String>)> = directories.into_iter().collect();
        directories.sort_by_key(|(_, paths)| std::cmp::Reverse(paths.len()));
        for (directory, paths) in directories {
            if files <= room.files && wildcards <= room.wildcards {
                return Some(items);
            }
            let wild = paths.iter().filter(|path| is_wildcard(path)).count();
            let helps = if files > room.files { paths.len() > wild } else { wild > 1 };
            if helps {
                files -= paths.len() - wild;
                wildcards = wildcards - wild + 1;
                for path in &paths {
                    items.paths.remove(path);
                }
                items.paths.insert(format!("{directory}*"));
            }
        }
    }
    Some(if room.takes(&items) { items } else { Items::everything() })
}

/// How many directories, the root among them, a path is in. The root's own wildcard is in none that could help.
fn depth(path: &str) -> usize {
    if path == EVERYTHING { 0 } else { path.matches('/').count() - 1 }
}

/// The directory at this depth above a path: `/a/` is at depth 1. A wildcard of that very directory stays.
fn ancestor(path: &str, level: usize) -> Option<&str> {
    let (slash, _) = path.match_indices('/').nth(level)?;
    let directory = &path[..=slash];
    (path.strip_suffix('*') != Some(directory)).then_some(directory)
}
