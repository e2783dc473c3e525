//! The commands of README.md's deploy section, run as they are written there, against a local cloud of their own.
//!
//! They run in a folder that stands for the clone, so that a later `sam deploy` finds nothing of them in `.aws-sam/`:
//! the environment has the functions built with the debug profile, as the other tests have them.

use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::Context;

use crate::cloud::{LocalCloud, Purpose};
use crate::project::Project;
use crate::tools::{self, Toolbox};
use crate::{children, demo, deploy, failure, say};

/// How many commands lead to a running deployment.
const COMMANDS: usize = 4;
/// The folders that the templates name; cargo looks further up by itself.
const FOLDERS: [&str; 2] = ["functions", "playbooks"];
/// How the answer of a function begins that works, with its playbook and its ledger.
const ANSWER: &str = r#"{"reports": [{"#;

/// Runs them.
pub(crate) fn run(project: &Project) -> anyhow::Result<()> {
    demo::check_machine()?;
    let readme = fs::read_to_string(project.path("README.md")).context("read README.md")?;
    let blocks = deploy_section(&readme);
    if blocks.first().is_none_or(|commands| commands.len() != COMMANDS) {
        return Err(failure::found(format!(
            "the first block of README.md's section `Deploy it` has not {COMMANDS} commands"
        )));
    }
    tools::prepare(project, &[Toolbox::Ministack, Toolbox::Moto, Toolbox::Sam])?;
    let cloud = LocalCloud::start(project, "readme", Purpose::Demo)?;
    // The local cloud has no layers.
    fs::copy(project.path("playbooks/prod/playbook.yaml"), cloud.folder().join("playbook.yaml"))
        .context("copy the playbook")?;
    let clone = clone(project)?;
    let mut last = PathBuf::new();
    for (at, command) in blocks.iter().flatten().enumerate() {
        say::step(command);
        let log = cloud.folder().join(format!("command-{}.log", at + 1));
        if !run_command(project, &cloud, &clone, command, &log)? {
            say::log_tail(&log, 40);
            return Err(failure::found(format!("`{command}` failed; log: {}", log.display())));
        }
        if at + 1 == COMMANDS {
            last = log;
        }
    }
    let answer = fs::read_to_string(&last).with_context(|| format!("read {}", last.display()))?;
    if answer.contains(ANSWER) {
        return Ok(());
    }
    say::log_tail(&last, 40);
    Err(failure::found(format!("the deployed function does not answer; log: {}", last.display())))
}

/// The commands of the deploy section, by block.
fn deploy_section(readme: &str) -> Vec<Vec<String>> {
    let lines = readme.lines().skip_while(|line| *line != "## Deploy it").skip(1);
    let mut blocks = Vec::new();
    let mut open: Option<Vec<String>> = None;
    for line in lines.take_while(|line| !line.starts_with("## ")) {
        match (&mut open, line) {
            (None, "```sh") => open = Some(Vec::new()),
            (Some(_), "```") => blocks.extend(open.take()),
            (Some(block), line) if !line.trim().is_empty() => block.push(line.to_owned()),
            _ => {}
        }
    }
    blocks
}

/// A folder that looks like the clone to the SAM CLI, and has a `.aws-sam/` of its own.
fn clone(project: &Project) -> anyhow::Result<PathBuf> {
    let folder = project.target("readme/clone")?;
    fs::remove_dir_all(&folder)
        .and_then(|()| fs::create_dir(&folder))
        .with_context(|| format!("empty {}", folder.display()))?;
    for name in FOLDERS {
        symlink(project.path(name), folder.join(name)).with_context(|| format!("link {name}"))?;
    }
    // Copies, as the SAM CLI looks for the folders beside the file that a link leads to.
    for name in project.templates()?.iter().map(String::as_str).chain(["samconfig.toml"]) {
        fs::copy(project.path(name), folder.join(name)).with_context(|| format!("copy {name}"))?;
    }
    Ok(folder)
}

/// Runs a line as a shell does, and says `y` to whatever it asks.
fn run_command(
    project: &Project,
    cloud: &LocalCloud,
    clone: &Path,
    line: &str,
    log: &Path,
) -> anyhow::Result<bool> {
    let mut shell = Command::new("sh");
    shell.args(["-c", line]);
    cloud.point(&mut shell);
    deploy::find_tools(project, &mut shell)?;
    // The commands or `samconfig.toml` are to say where.
    shell.env_remove("AWS_REGION").env_remove("AWS_DEFAULT_REGION");
    shell.current_dir(clone).env("SAM_BUILD_MODE", "debug");
    let answers = cloud.folder().join("answers");
    fs::write(&answers, "y\ny\n").context("write the answers")?;
    let answers = File::open(&answers).context("open the answers")?;
    children::run_answered(line, &mut shell, Stdio::from(answers), log)
}

#[cfg(test)]
mod tests {
    use super::deploy_section;

    #[test]
    fn the_blocks_of_the_deploy_section_are_taken_and_no_others() {
        let readme = "## Try it\n```sh\nno\n```\n## Deploy it\nText.\n\n```sh\na --b\nc # d\n```\n```toml\nno\n```\n\n```sh\n\ne\n```\n## Call it\n```sh\nno\n```\n";
        assert_eq!(deploy_section(readme), [vec!["a --b", "c # d"], vec!["e"]]);
    }
}
