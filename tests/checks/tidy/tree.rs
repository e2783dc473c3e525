//! The files of the repository, or of a test.
#![expect(clippy::unwrap_used, reason = "what surprises a test is to stop it, in its helpers too")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Text files by their paths from the project's folder.
pub(super) struct Tree(BTreeMap<String, String>);

impl Tree {
    /// The files of the project, but for those that its `.gitignore` names and those that are no text.
    pub(super) fn of_the_repository() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let ignored = fs::read_to_string(root.join(".gitignore")).unwrap();
        let mut ignored: Vec<&str> = ignored.lines().map(|line| line.trim_matches('/')).collect();
        ignored.push(".git");
        let mut files = BTreeMap::new();
        read(root, "", &ignored, &mut files);
        Self(files)
    }

    /// These files.
    pub(super) fn of(files: &[(&str, &str)]) -> Self {
        Self(files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect())
    }

    /// The files by path.
    pub(super) fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// The files whose path ends so.
    pub(super) fn ending(&self, end: &str) -> impl Iterator<Item = (&str, &str)> {
        self.files().filter(move |(path, _)| path.ends_with(end))
    }

    /// Whether there is such a file or folder.
    pub(super) fn has(&self, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        self.0.contains_key(path)
            || self.files().any(|(file, _)| file.strip_prefix(path).is_some_and(|rest| rest.starts_with('/')))
    }

    /// The text of a file, if it is there.
    pub(super) fn text(&self, path: &str) -> Option<&str> {
        self.0.get(path).map(String::as_str)
    }

    /// The names of the folders in a folder.
    pub(super) fn folders(&self, parent: &str) -> Vec<&str> {
        let mut names: Vec<&str> = self
            .files()
            .filter_map(|(path, _)| path.strip_prefix(parent)?.strip_prefix('/')?.split_once('/'))
            .map(|(name, _)| name)
            .collect();
        names.dedup();
        names
    }
}

fn read(folder: &Path, prefix: &str, ignored: &[&str], files: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if ignored.contains(&path.as_str()) {
            continue;
        }
        if entry.file_type().unwrap().is_dir() {
            read(&entry.path(), &format!("{path}/"), ignored, files);
        } else if let Ok(text) = fs::read_to_string(entry.path()) {
            files.insert(path, text);
        }
    }
}

/// Source code without comments, and without the tests at its end.
pub(super) fn code(text: &str) -> String {
    let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.map(|line| format!("{line}\n")).collect()
}

/// Whether a file of source code is one of tests.
pub(super) fn is_test(path: &str) -> bool {
    path.ends_with("/tests.rs") || path.contains("/tests/") || path.starts_with("tests/")
}

/// The words of a text: runs of letters, digits and `_`.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}
