//! Where the project's folders are, whatever folder a command is called from.

use std::path::{Path, PathBuf};

use anyhow::Context;

/// The project's folders.
pub(crate) struct Project {
    root: PathBuf,
}

impl Project {
    /// The project that this binary was built in.
    pub(crate) fn here() -> Self {
        let mut root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        root.pop();
        Self { root }
    }

    /// The root, where `template.yaml` is.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// A path below the root.
    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.root.join(below)
    }

    /// The names of the templates, in order of their names.
    pub(crate) fn templates(&self) -> anyhow::Result<Vec<String>> {
        let files = std::fs::read_dir(&self.root).context("list the project's folder")?;
        let mut names = Vec::new();
        for file in files {
            let name = file.context("list the project's folder")?.file_name().to_string_lossy().into_owned();
            if name.starts_with("template") && name.ends_with(".yaml") {
                names.push(name);
            }
        }
        names.sort();
        Ok(names)
    }

    /// A folder below `target/`, made if need be.
    pub(crate) fn target(&self, below: &str) -> anyhow::Result<PathBuf> {
        let folder = self.root.join("target").join(below);
        std::fs::create_dir_all(&folder).with_context(|| format!("create {}", folder.display()))?;
        Ok(folder)
    }
}
