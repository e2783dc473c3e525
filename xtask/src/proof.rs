//! `cargo xtask prove`: whether the calls that the tests recorded are what AWS's models say, and whether the roles of
//! `template.yaml` allow just those. `tests/recorded/` does it; this gives it its tools.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::Context;

use crate::cloud::{CALLS, LocalCloud};
use crate::project::Project;
use crate::tools::{self, Toolbox};
use crate::{children, deploy, failure, say};

/// The files of the simulator of policies, which Node runs.
const JUDGE: [&str; 3] = ["package.json", "package-lock.json", "judge.mjs"];
/// The oldest Node that it runs on.
const NODE: u32 = 20;
/// The calls of the built functions to the stand-ins of their own tests, beside those to the local cloud.
const STAND_IN_CALLS: &str = "stand-in.jsonl";

/// How much was recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Recorded {
    /// Every flow, so that nothing may be missing.
    Everything,
    /// Some flows.
    Part,
}

/// Proves the last record anew.
pub(crate) fn run(project: &Project) -> anyhow::Result<()> {
    let folder = project.target("e2e")?;
    if !folder.join("stack.json").exists() || !folder.join(STAND_IN_CALLS).exists() {
        return Err(failure::environment("nothing was recorded", "run `cargo xtask test` first"));
    }
    prove(project, Recorded::Everything)
}

/// Lets the tests of the built functions write their calls down; those of an earlier run are gone.
pub(crate) fn record_stand_ins(project: &Project) -> anyhow::Result<PathBuf> {
    let file = project.target("e2e")?.join(STAND_IN_CALLS);
    fs::write(&file, "").with_context(|| format!("empty {}", file.display()))?;
    Ok(file)
}

/// Writes down what the stack's parts are called, as long as its cloud is there.
pub(crate) fn remember(project: &Project, cloud: &LocalCloud) -> anyhow::Result<()> {
    on_the_cloud(project, cloud, "stack.py", "stack.json", "the local cloud does not describe the stack")
}

/// Shows that the cloud checks the roles.
pub(crate) fn enforced(project: &Project, cloud: &LocalCloud) -> anyhow::Result<()> {
    say::step("taking statements out of roles on the local cloud");
    on_the_cloud(project, cloud, "enforced.py", CALLS, "a flow does not need the statement that it was taken")
}

fn on_the_cloud(
    project: &Project,
    cloud: &LocalCloud,
    script: &str,
    file: &str,
    wrong: &str,
) -> anyhow::Result<()> {
    let mut python = python(project, script);
    cloud.point(&mut python);
    if children::run(python.arg(deploy::stack()).arg(cloud.folder().join(file)))? {
        return Ok(());
    }
    Err(failure::found(wrong))
}

/// Proves what was recorded.
pub(crate) fn prove(project: &Project, recorded: Recorded) -> anyhow::Result<()> {
    say::step("proving requests and permissions by the recorded calls");
    tools::prepare(project, &[Toolbox::Moto])?;
    prepare_judge(project)?;
    let mut own = Command::new(Toolbox::Moto.programs(project).join("python"));
    own.args(["-m", "unittest", "discover", "--quiet"]).current_dir(project.path("tests/recorded"));
    if !children::run(own.env("PYTHONDONTWRITEBYTECODE", "1"))? {
        return Err(failure::found("the proofs do not find what they should"));
    }
    let mut proof = python(project, "proof.py");
    proof.arg(project.root()).arg(project.target("e2e")?);
    if recorded == Recorded::Part {
        proof.arg("--part");
    }
    if !children::run(&mut proof)? {
        return Err(failure::found("a request or a permission is wrong; each line above is one"));
    }
    Ok(())
}

fn python(project: &Project, script: &str) -> Command {
    let mut command = Command::new(Toolbox::Moto.programs(project).join("python"));
    command.arg(project.path("tests/recorded").join(script)).env("PYTHONDONTWRITEBYTECODE", "1");
    command
}

/// Installs the simulator below `.tools/`, once for each version of its files.
fn prepare_judge(project: &Project) -> anyhow::Result<()> {
    let folder = project.path(".tools/judge");
    let stamp = folder.join("stamp");
    let mut wanted = String::new();
    for name in JUDGE {
        let file = project.path("tests/recorded/judge").join(name);
        wanted += &fs::read_to_string(&file).with_context(|| format!("read {}", file.display()))?;
    }
    if fs::read_to_string(&stamp).is_ok_and(|made| made == wanted) {
        return Ok(());
    }
    say::step("setting up the simulator of policies in .tools/ (once, some seconds)");
    check_node()?;
    fs::create_dir_all(&folder).with_context(|| format!("create {}", folder.display()))?;
    for name in JUDGE {
        let from = project.path("tests/recorded/judge").join(name);
        fs::copy(&from, folder.join(name)).with_context(|| format!("copy {}", from.display()))?;
    }
    let log = project.target("tools")?.join("judge.log");
    let mut npm = Command::new("npm");
    npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(&folder);
    if !children::run_logged("installing the simulator of policies", &mut npm, &log)? {
        say::log_tail(&log, 15);
        let problem = format!("could not install the simulator of policies with npm; log: {}", log.display());
        return Err(failure::environment(problem, "see the log; check the network, then run this again"));
    }
    fs::write(&stamp, wanted).with_context(|| format!("write {}", stamp.display()))
}

fn check_node() -> anyhow::Result<()> {
    let output = Command::new("node").arg("--version").output().ok();
    let version = output.and_then(|output| String::from_utf8(output.stdout).ok());
    let major =
        version.and_then(|text| text.trim().strip_prefix('v')?.split('.').next()?.parse::<u32>().ok());
    if major.is_some_and(|major| major >= NODE) {
        return Ok(());
    }
    let problem = format!("no Node {NODE} or newer is on the PATH");
    Err(failure::environment(problem, format!("install Node {NODE} with npm, then run this again")))
}
