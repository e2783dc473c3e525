//! `cargo xtask test`: every test there is, the ones on the local cloud included.

use std::process::Command;

use crate::demo;
use crate::project::Project;
use crate::{children, failure, say};

/// Runs the tests.
pub(crate) fn run(project: &Project) -> anyhow::Result<()> {
    say::step("cargo test --workspace");
    let mut offline = Command::new("cargo");
    offline.args(["test", "--workspace"]).current_dir(project.root());
    if !children::run(&mut offline)? {
        return Err(failure::found("tests failed"));
    }

    let cloud = demo::up(project, "e2e")?;
    say::step("end-to-end tests on the local cloud");
    let mut online = Command::new("cargo");
    online
        .args(["test", "--package", "tests", "--features", "cloud", "--test", "e2e"])
        .current_dir(project.root());
    cloud.point(&mut online);
    if !children::run(&mut online)? {
        return Err(failure::found(format!("end-to-end tests failed; logs: {}", cloud.folder().display())));
    }
    Ok(())
}
