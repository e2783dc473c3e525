//! `cargo xtask bench`: builds the release binaries and measures them. The measuring itself is a program of the
//! crate `tests`, which has the stand-ins for Lambda and AWS.

use std::process::Command;

use crate::project::Project;
use crate::{children, failure, say};

/// The functions that are measured, in the order in which the program takes them.
const FUNCTIONS: [&str; 5] =
    ["failover-dns", "invalidate-cache", "route-alarm", "scale-service", "snapshot-database"];

/// Runs the measurements. Fails when a limit is exceeded.
pub(crate) fn run(project: &Project) -> anyhow::Result<()> {
    // Apart, as one build would give the function every feature that the bench wants of the same crates.
    for function in FUNCTIONS {
        build(project, &["--package", function])?;
    }
    build(project, &["--package", "tests", "--features", "bench", "--bin", "bench", "--bin", "echo"])?;

    say::step("measuring; leave the machine alone for a moment");
    let results = project.target("bench")?.join("results.json");
    let release = project.target("release")?;
    let mut bench = Command::new(release.join("bench"));
    bench.arg(release.join("echo")).args(FUNCTIONS.map(|function| release.join(function))).arg(&results);
    let kept = children::run(&mut bench)?;
    say::note(&format!("the same as JSON: {}", results.display()));
    if kept { Ok(()) } else { Err(failure::found("a limit is exceeded, or the measuring failed")) }
}

fn build(project: &Project, what: &[&str]) -> anyhow::Result<()> {
    say::step(&format!("cargo build --release {}", what.join(" ")));
    let mut cargo = Command::new("cargo");
    cargo.current_dir(project.root()).args(["build", "--release", "--quiet"]).args(what);
    cargo.arg("--target-dir").arg(project.path("target"));
    if children::run(&mut cargo)? { Ok(()) } else { Err(failure::found("it does not build")) }
}
