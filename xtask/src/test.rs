//! `cargo xtask test`: every test there is, the ones on the local cloud included, and what their calls prove.

use std::process::Command;

use crate::cloud::Purpose;
use crate::project::Project;
use crate::proof::{self, Recorded};
use crate::{children, demo, failure, readme, say};

/// Runs the tests, or only those on the local cloud.
pub(crate) fn run(project: &Project, e2e_only: bool, only: Option<&str>) -> anyhow::Result<()> {
    demo::check_machine()?;
    if !e2e_only {
        offline(project)?;
    }
    end_to_end(project, only)?;
    let all = !e2e_only && only.is_none();
    proof::prove(project, if all { Recorded::Everything } else { Recorded::Part })?;
    if all { readme::run(project) } else { Ok(()) }
}

/// All of the workspace at once and with what the end-to-end tests need, so that one build of the SDK does for all tests:
/// with other features cargo would build it again.
pub(crate) const EVERYTHING: &str = "test --workspace --features tests/cloud";

fn offline(project: &Project) -> anyhow::Result<()> {
    // The quick ones, then those that take their time: the built functions, and three months of backups.
    let calls = proof::record_stand_ins(project)?;
    for arguments in
        [EVERYTHING.to_owned(), format!("{EVERYTHING} --test binary --test scenarios -- --ignored")]
    {
        say::step(&format!("cargo {arguments}"));
        let mut tests = Command::new("cargo");
        tests.args(arguments.split(' ')).current_dir(project.root()).env("RECORDED_CALLS", &calls);
        if !children::run(&mut tests)? {
            return Err(failure::found("tests failed"));
        }
    }
    Ok(())
}

fn end_to_end(project: &Project, only: Option<&str>) -> anyhow::Result<()> {
    // With the tests cargo builds the client, too.
    say::step("building the end-to-end tests");
    if !children::run(cargo_test(project).arg("--no-run"))? {
        return Err(failure::found("the end-to-end tests do not build"));
    }
    // The tests with faults have a cloud of their own, behind a proxy; all others have one that enforces IAM.
    let without = ["--skip", "faults::"];
    let clouds: [(Purpose, &[&str]); 2] = [(Purpose::Tests, &without), (Purpose::Faults, &["faults::"])];
    for (purpose, which) in clouds {
        let which = match only {
            Some(only) if is_of_faults(only) != (purpose == Purpose::Faults) => continue,
            Some(only) if purpose == Purpose::Faults => vec![only],
            _ => [which, only.as_slice()].concat(),
        };
        let cloud = demo::up(project, "e2e", "prepare-e2e", purpose)?;
        say::step("end-to-end tests on the local cloud");
        let mut tests = cargo_test(project);
        cloud.point_recorded(&mut tests);
        // One after the other: some of them hold up a queue for a while.
        if !children::run(tests.args(["--", "--test-threads=1"]).args(which))? {
            return Err(failure::found(format!(
                "end-to-end tests failed; logs: {}",
                cloud.folder().display()
            )));
        }
        if purpose == Purpose::Tests {
            proof::remember(project, &cloud)?;
            proof::enforced(project, &cloud)?;
        }
    }
    Ok(())
}

/// Whether these are tests of faults.
fn is_of_faults(only: &str) -> bool {
    only.starts_with("faults")
}

fn cargo_test(project: &Project) -> Command {
    let mut command = Command::new("cargo");
    command.args(EVERYTHING.split(' ')).args(["--features", "tests/e2e", "--test", "e2e"]);
    command.current_dir(project.root());
    command
}
