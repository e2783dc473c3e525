//! Builds the functions and deploys the template the way a user does, by the SAM CLI, but into the local cloud.

use std::env::consts::ARCH;
use std::path::PathBuf;
use std::process::Command;

use anyhow::Context;
use serde::Deserialize;

use crate::cloud::{LocalCloud, REGION};
use crate::project::Project;
use crate::tools::Toolbox;
use crate::{children, failure, say};

/// The environment whose playbook and settings the local cloud runs.
const ENVIRONMENT: &str = "prod";
/// Seconds for which the local cloud gathers events of objects and of databases.
const EVENT_WINDOW: u32 = 1;
/// The Region that the playbook copies snapshots to.
const BACKUP_REGION: &str = "us-west-2";

/// What the client found out for the deployment when it made the playbook's resources.
#[derive(Deserialize)]
struct Resources {
    distribution_arns: Vec<String>,
    site_buckets: Vec<String>,
    service_arns: Vec<String>,
    database_arns: Vec<String>,
    names: Names,
}

/// The part of it that `failover-dns` needs.
#[derive(Deserialize)]
struct Names {
    hosted_zone_arns: Vec<String>,
    record_names: Vec<String>,
    health_check_arns: Vec<String>,
    forced_health_check_arns: Vec<String>,
    standby_object_arns: Vec<String>,
}

/// Builds every function of the template, with the debug profile.
pub(crate) fn build(project: &Project) -> anyhow::Result<()> {
    say::step("building the functions (sam build, cargo-lambda; the first time takes some minutes)");
    let log = project.target("sam")?.join("build.log");
    let mut command = sam(project, "build")?;
    command.args(["--config-env", ENVIRONMENT, "--build-dir"]).arg(build_folder(project)?);
    command.arg("--parameter-overrides").args(parameters(None)?);
    command.env("SAM_BUILD_MODE", "debug");
    if !children::run_logged("sam build", &mut command, &log)? {
        say::log_tail(&log, 40);
        return Err(failure::found(format!("the functions do not build; log: {}", log.display())));
    }
    Ok(())
}

/// Deploys what was built; the outputs of the stack go to `outputs.json` in the cloud's folder.
pub(crate) fn deploy(project: &Project, cloud: &LocalCloud) -> anyhow::Result<()> {
    say::step("deploying template.yaml (sam deploy)");
    let log = cloud.folder().join("deploy.log");
    let mut command = sam(project, "deploy")?;
    cloud.point(&mut command);
    command.args(["--config-env", ENVIRONMENT, "--region", REGION, "--resolve-s3", "--no-progressbar"]);
    command.args(["--no-confirm-changeset", "--no-fail-on-empty-changeset"]);
    command.args(["--capabilities", "CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]);
    command.arg("--config-file").arg(project.path("samconfig.toml"));
    command.arg("--template-file").arg(local_template(project)?);
    command.arg("--parameter-overrides").args(parameters(Some(cloud))?);
    if !children::run_logged("sam deploy", &mut command, &log)? {
        say::log_tail(&log, 40);
        return Err(failure::found(format!("the template does not deploy; log: {}", log.display())));
    }

    let mut list = sam(project, "list")?;
    cloud.point(&mut list);
    list.args(["stack-outputs", "--output", "json", "--region", REGION, "--config-env", ENVIRONMENT]);
    list.args(["--stack-name", &stack()]);
    let outputs = children::output(&mut list, &cloud.folder().join("outputs.log"))?;
    let file = cloud.folder().join("outputs.json");
    std::fs::write(&file, outputs).with_context(|| format!("write {}", file.display()))
}

/// The name of the stack.
pub(crate) fn stack() -> String {
    format!("lamplighter-{ENVIRONMENT}")
}

/// The architecture of this machine, as the functions run on it, and what the playbook's resources are called here.
fn parameters(cloud: Option<&LocalCloud>) -> anyhow::Result<Vec<String>> {
    let architecture = if ARCH == "aarch64" { "arm64" } else { "x86_64" };
    let mut parameters = vec![
        format!("Environment={ENVIRONMENT}"),
        format!("Architecture={architecture}"),
        format!("ObjectEventWindow={EVENT_WINDOW}"),
        format!("DatabaseEventWindow={EVENT_WINDOW}"),
        format!("BackupRegions={BACKUP_REGION}"),
    ];
    if let Some(cloud) = cloud {
        let file = cloud.folder().join("resources.json");
        let text = std::fs::read_to_string(&file).with_context(|| format!("read {}", file.display()))?;
        let resources: Resources = serde_json::from_str(&text).context("read what the client made")?;
        let Names { hosted_zone_arns, record_names, health_check_arns, .. } = resources.names;
        let lists = [
            ("DistributionArns", resources.distribution_arns),
            ("SiteBuckets", resources.site_buckets),
            ("ServiceArns", resources.service_arns),
            ("DatabaseArns", resources.database_arns),
            ("HostedZoneArns", hosted_zone_arns),
            ("RecordNames", record_names),
            ("HealthCheckArns", health_check_arns),
            ("ForcedHealthCheckArns", resources.names.forced_health_check_arns),
            ("StandbyObjectArns", resources.names.standby_object_arns),
        ];
        // The SAM CLI takes no empty value.
        let given = lists.into_iter().filter(|(_, values)| !values.is_empty());
        parameters.extend(given.map(|(name, values)| format!("{name}={}", values.join(","))));
        // ministack sees no distribution in a request that moves a name.
        parameters.push("FailoverDistributionArns=*".to_owned());
    }
    Ok(parameters)
}

/// Where ministack looks for a permission under another name than AWS does: it takes every schedule for one of the
/// group `default`, a batch of messages for an action of its own, and sees no change in a request that asks how far one
/// has come. The checks look at the real template.
const PERMISSIONS: [(&str, &str); 4] = [
    (":schedule/${Checks}/*", ":schedule/default/*"),
    (":schedule/${Boosts}/*", ":schedule/default/*"),
    ("Fn::Sub: arn:${AWS::Partition}:route53:::change/*\n", "Fn::Sub: '*'\n"),
    ("Action: sqs:SendMessage\n", "Action: [sqs:SendMessage, sqs:SendMessageBatch]\n"),
];

/// The built template, with those permissions and conditions as ministack has them.
fn local_template(project: &Project) -> anyhow::Result<PathBuf> {
    let folder = build_folder(project)?;
    let built = folder.join("template.yaml");
    let mut text = std::fs::read_to_string(&built).with_context(|| format!("read {}", built.display()))?;
    for (on_aws, here) in PERMISSIONS {
        text = text.replace(on_aws, here);
    }
    text = with_first_items(&text);
    let local = folder.join("template-local.yaml");
    std::fs::write(&local, text).with_context(|| format!("write {}", local.display()))?;
    Ok(local)
}

/// ministack joins nothing in conditions, so that no list would be empty there: its first item tells as much.
fn with_first_items(template: &str) -> String {
    let (conditions, resources) = template.split_once("\nResources:\n").unwrap_or((template, ""));
    let mut joins = false;
    let lines = conditions.lines().map(|line| {
        let is_separator = std::mem::replace(&mut joins, line.ends_with("Fn::Join:"));
        if is_separator { line.replace("''", "0") } else { line.replace("Fn::Join:", "Fn::Select:") }
    });
    format!("{}\nResources:\n{resources}", lines.collect::<Vec<_>>().join("\n"))
}

/// Apart from `.aws-sam/`, so that a debug build is never what a later `sam deploy` sends to an account.
fn build_folder(project: &Project) -> anyhow::Result<PathBuf> {
    project.target("sam/build")
}

/// The SAM CLI, which neither asks nor reports.
pub(crate) fn sam(project: &Project, subcommand: &str) -> anyhow::Result<Command> {
    let mut command = Command::new(Toolbox::Sam.programs(project).join("sam"));
    command.arg(subcommand).current_dir(project.root());
    find_tools(project, &mut command)?;
    Ok(command)
}

/// Lets a command find the SAM CLI, cargo-lambda and its linker, which report to nobody.
pub(crate) fn find_tools(project: &Project, command: &mut Command) -> anyhow::Result<()> {
    let mut path = Toolbox::Sam.programs(project).into_os_string();
    if let Some(inherited) = std::env::var_os("PATH") {
        path.push(":");
        path.push(inherited);
    }
    command.env("PATH", path);
    command.env("SAM_CLI_TELEMETRY", "0").env("SAM_CLI_CHECK_NEWER_VERSION", "0").env("NO_COLOR", "1");
    command.env("__SAM_CLI_APP_DIR", project.target("sam/home")?);
    Ok(())
}
