//! `cargo xtask demo`: a local cloud, the real template on it, real events, and what became of each.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;
use serde::Deserialize;

use crate::cloud::{Kept, LocalCloud, Purpose};
use crate::project::Project;
use crate::tools::{self, Toolbox};
use crate::{children, deploy, failure, say};

/// Runs the demo.
pub(crate) fn run(project: &Project, keep: bool) -> anyhow::Result<()> {
    end_kept(project)?;
    check_machine()?;
    build_client(project)?;
    let cloud = up(project, "demo", "prepare", Purpose::Demo)?;
    if keep {
        tell_environment(&cloud)?;
    }
    say::step("sending events");
    let seen = client(project, &cloud, "run")?;
    if keep {
        leave_up(cloud)?;
    }
    if seen { Ok(()) } else { Err(failure::found("an effect is missing; the timeline above says which")) }
}

/// Ends what `demo --keep` left up.
pub(crate) fn stop(project: &Project) -> anyhow::Result<()> {
    if !end_kept(project)? {
        say::note("no local cloud is up");
    }
    Ok(())
}

/// Sets up the tools, builds the functions, and deploys them to a fresh local cloud that has the playbook's resources.
///
/// The client is built by then.
pub(crate) fn up(
    project: &Project,
    name: &str,
    prepare: &str,
    purpose: Purpose,
) -> anyhow::Result<LocalCloud> {
    tools::prepare(project, &[Toolbox::Ministack, Toolbox::Moto, Toolbox::Sam])?;
    deploy::build(project)?;
    let cloud = LocalCloud::start(project, name, purpose)?;
    say::step("making the resources that playbooks/prod names");
    if !client(project, &cloud, prepare)? {
        return Err(failure::found("the playbook's resources could not be made"));
    }
    deploy::deploy(project, &cloud)?;
    Ok(cloud)
}

fn build_client(project: &Project) -> anyhow::Result<()> {
    say::step("building the client");
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--package", "tests", "--features", "cloud", "--bin", "demo"]);
    if !children::run(cargo.current_dir(project.root()))? {
        return Err(failure::found("the demo's client does not build"));
    }
    Ok(())
}

/// Runs a stage of the client, which cargo put beside this program.
fn client(project: &Project, cloud: &LocalCloud, stage: &str) -> anyhow::Result<bool> {
    let program = std::env::current_exe().context("find this program")?.with_file_name("demo");
    let mut command = Command::new(program);
    command.arg(stage).current_dir(project.root());
    cloud.point_recorded(&mut command);
    children::run(&mut command)
}

/// The functions are Linux programs, and the local cloud runs them as they are.
pub(crate) fn check_machine() -> anyhow::Result<()> {
    if cfg!(target_os = "linux") {
        return Ok(());
    }
    Err(failure::environment(
        "the local cloud runs Lambda functions as plain processes, which takes Linux",
        "run this in a Linux machine or container with Rust and Python",
    ))
}

/// Prints what a shell needs to talk to the cloud, and writes it to a file that a shell can source.
fn tell_environment(cloud: &LocalCloud) -> anyhow::Result<()> {
    let functions = functions(cloud.folder())?;
    let mut exports: Vec<String> = cloud
        .variables()
        .into_iter()
        .filter(|(name, _)| name.starts_with("AWS_"))
        .map(|(name, value)| format!("export {name}={value}"))
        .collect();
    exports.extend(functions.into_iter().map(|(variable, name)| format!("export {variable}={name}")));
    let file = cloud.folder().join("environment.sh");
    fs::write(&file, exports.join("\n") + "\n").with_context(|| format!("write {}", file.display()))?;

    println!("# For the shell that is to talk to the local cloud, also in {}:", file.display());
    for export in exports {
        println!("{export}");
    }
    println!("# Then, for example:");
    for (function, payload) in [
        ("FAILOVER_DNS", r#"{"action":"drill","target":"weather-www"}"#),
        ("INVALIDATE_CACHE", r#"{"action":"invalidate","target":"weather-site","paths":["/index.html"]}"#),
        ("ROUTE_ALARM", r#"{"action":"status"}"#),
        ("SCALE_SERVICE", r#"{"action":"set","target":"portfolio-api","min":2,"mode":"plan"}"#),
        ("SNAPSHOT_DATABASE", r#"{"action":"take","target":"weather-db","label":"by-hand","mode":"plan"}"#),
    ] {
        println!(
            "#   aws lambda invoke --function-name ${function} --cli-binary-format raw-in-base64-out answer.json \\"
        );
        println!("#     --payload '{payload}'");
    }
    println!("# To end it: cargo xtask stop");
    Ok(())
}

fn leave_up(cloud: LocalCloud) -> anyhow::Result<()> {
    let file = cloud.folder().join(KEPT);
    let kept = serde_json::to_string(&cloud.leave_running())?;
    fs::write(&file, kept).with_context(|| format!("write {}", file.display()))?;
    say::note("the local cloud stays up; to end it: cargo xtask stop");
    Ok(())
}

/// The note of a cloud that was left up, in its folder.
const KEPT: &str = "kept.json";

fn end_kept(project: &Project) -> anyhow::Result<bool> {
    let file: PathBuf = project.target("demo")?.join(KEPT);
    let Ok(text) = fs::read_to_string(&file) else {
        return Ok(false);
    };
    let kept: Vec<Kept> = serde_json::from_str(&text).unwrap_or_default();
    let ended = kept.iter().filter(|kept| kept.end()).count() > 0;
    if ended {
        say::note("ended the local cloud that was left up");
    }
    fs::remove_file(&file).with_context(|| format!("remove {}", file.display()))?;
    Ok(ended)
}

/// The functions of the stack: a variable for each, and its name.
fn functions(folder: &Path) -> anyhow::Result<Vec<(String, String)>> {
    let file = folder.join("outputs.json");
    let text = fs::read_to_string(&file).with_context(|| format!("read {}", file.display()))?;
    let outputs: Vec<Output> = serde_json::from_str(&text).context("read the outputs of the stack")?;
    let functions = outputs.into_iter().filter_map(|output| {
        let words = output.output_key.strip_suffix("FunctionName")?;
        Some((variable(words), output.output_value))
    });
    Ok(functions.collect())
}

/// An output of the stack, as `sam list stack-outputs` writes it.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Output {
    output_key: String,
    output_value: String,
}

/// `RouteAlarm` as the name of a variable: `ROUTE_ALARM`.
fn variable(words: &str) -> String {
    let mut name = String::new();
    for letter in words.chars() {
        if letter.is_ascii_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(letter.to_ascii_uppercase());
    }
    name
}
