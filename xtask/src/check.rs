//! `cargo xtask check`: everything that can be told without running the functions.

mod samconfig;
mod template;

use std::fs;
use std::process::Command;

use anyhow::Context;
use shared::playbook::Playbook;

use crate::project::Project;
use crate::{children, failure, lint, say, test};
use samconfig::Samconfig;
use template::Template;

/// The version that checks the licences; a fixed one, as its rules grow with it.
const CARGO_DENY: &str = "0.20.2";

/// A check: whether it found nothing wrong.
type Check = fn(&Project) -> anyhow::Result<bool>;

/// Runs the checks, or those that are meant, and names those that failed.
pub(crate) fn run(project: &Project, only: Option<&str>) -> anyhow::Result<()> {
    let checks: [(&str, Check); 10] = [
        ("formatting", formatting),
        ("lints", lints),
        ("documentation", documentation),
        ("playbooks", playbooks),
        ("samconfig", agreement),
        ("templates: sam validate", lint::sam),
        ("templates: cfn-lint", lint::cfn_lint),
        ("templates: checkov", lint::checkov),
        ("templates: code", code),
        ("licences", licences),
    ];
    let meant: Vec<_> =
        checks.into_iter().filter(|(name, _)| only.is_none_or(|only| name.contains(only))).collect();
    if meant.is_empty() {
        let names: Vec<&str> = checks.iter().map(|(name, _)| *name).collect();
        return Err(failure::usage(format!("no such check; there are {}", names.join(", "))));
    }
    let mut failed = Vec::new();
    for (name, check) in meant {
        say::step(name);
        if !check(project)? {
            failed.push(name);
        }
    }
    if failed.is_empty() {
        return Ok(());
    }
    Err(failure::found(format!("failed: {}", failed.join(", "))))
}

fn formatting(project: &Project) -> anyhow::Result<bool> {
    children::run(&mut cargo(project, "fmt --all --check"))
}

fn lints(project: &Project) -> anyhow::Result<bool> {
    children::run(&mut cargo(
        project,
        "clippy --workspace --all-targets --all-features --locked -- --deny warnings",
    ))
}

fn documentation(project: &Project) -> anyhow::Result<bool> {
    let mut doc = cargo(project, "doc --workspace --no-deps --document-private-items --locked");
    children::run(doc.env("RUSTDOCFLAGS", "--deny warnings"))
}

fn playbooks(project: &Project) -> anyhow::Result<bool> {
    let text = fs::read_to_string(project.path("template.yaml")).context("read template.yaml")?;
    let template = Template::parse(&text).context("read template.yaml")?;
    let samconfig = read_samconfig(project)?;
    let mut good = true;
    for environment in ["dev", "staging", "prod", "standby"] {
        let file = format!("playbooks/{environment}/playbook.yaml");
        let written = fs::read_to_string(project.path(&file)).with_context(|| format!("read {file}"))?;
        match Playbook::parse(&written) {
            Ok(playbook) => {
                let (targets, routes) = (playbook.targets.len(), playbook.routes.len());
                say::note(&format!("{file}: {targets} targets, {routes} routes"));
                let zones = playbook.check_zones().err().map(|error| error.to_string());
                let in_playbook = zones.into_iter().chain(unreachable(&playbook, &text));
                let in_playbook = in_playbook.map(|wrong| format!("{file}: {wrong}"));
                let given = samconfig.parameters(environment);
                let in_template = template.misfits(&given, &file, &playbook);
                for wrong in in_playbook.chain(in_template) {
                    say::note(&wrong);
                    good = false;
                }
            }
            Err(error) => {
                say::note(&format!("{file}: {error}"));
                good = false;
            }
        }
    }
    Ok(good)
}

/// What the tests of `template.yaml` know of accounts and playbooks is about the examples: whoever deploys has others.
const OF_THE_EXAMPLES: [&str; 2] = ["template::environments", "names::a_second_region"];

/// Whether functions, variables, queues, permissions and event sources of the template are those of the code.
fn code(project: &Project) -> anyhow::Result<bool> {
    let mut tests = cargo(project, test::EVERYTHING);
    tests.args(["--locked", "--quiet", "--test", "checks", "--", "template::"]);
    tests.args(OF_THE_EXAMPLES.into_iter().flat_map(|of| ["--skip", of]));
    children::run(&mut tests)
}

/// Whether `samconfig.toml` says the same of home in all places.
fn agreement(project: &Project) -> anyhow::Result<bool> {
    let disagreements = read_samconfig(project)?.disagreements();
    for wrong in &disagreements {
        say::note(wrong);
    }
    Ok(disagreements.is_empty())
}

fn read_samconfig(project: &Project) -> anyhow::Result<Samconfig> {
    let text = fs::read_to_string(project.path("samconfig.toml")).context("read samconfig.toml")?;
    Ok(Samconfig::parse(&text))
}

/// The targets whose function has no queue that the router can send to.
fn unreachable(playbook: &Playbook, template: &str) -> Vec<String> {
    let queues = template.lines().filter(|line| line.trim_start().starts_with("LAMPLIGHTER_QUEUES:"));
    let queues: String = queues.collect();
    let is_reachable = |function: &str| queues.contains(&format!("{function}=$"));
    let targets = playbook.targets.iter().filter(|(_, target)| !is_reachable(target.function()));
    targets
        .map(|(name, target)| {
            format!(
                "target `{name}` is out of reach: LAMPLIGHTER_QUEUES in template.yaml has no queue of {}",
                target.function()
            )
        })
        .collect()
}

fn licences(project: &Project) -> anyhow::Result<bool> {
    let program = project.path(".tools/bin/cargo-deny");
    let installed = Command::new(&program).arg("--version").output();
    let fits = installed.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains(CARGO_DENY));
    if !fits {
        say::note(&format!("installing cargo-deny {CARGO_DENY} in .tools/ (once, some minutes)"));
        let mut install = cargo(project, "install --quiet --locked --force cargo-deny --version");
        install.args([CARGO_DENY, "--root"]).arg(project.path(".tools"));
        if !children::run(&mut install)? {
            let next = "check the network and that a C compiler is there, then run this again";
            return Err(failure::environment("cargo-deny could not be installed", next));
        }
    }
    // Advisories are a matter of the day, not of the change: a workflow asks for them every week.
    children::run(
        Command::new(&program)
            .args(["check", "--hide-inclusion-graph", "bans", "licenses", "sources"])
            .current_dir(project.root()),
    )
}

fn cargo(project: &Project, arguments: &str) -> Command {
    let mut command = Command::new("cargo");
    command.args(arguments.split(' ')).current_dir(project.root());
    command
}
