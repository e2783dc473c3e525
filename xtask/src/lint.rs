//! The linters of the templates: the SAM CLI's own, cfn-lint with the rules for serverless applications, and checkov.
//!
//! Exceptions are taken out of what cfn-lint and checkov read, and looked up here: so one without a finding is told.

mod exceptions;

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::Context;
use serde::Deserialize;
use serde_json::Value;

use crate::project::Project;
use crate::tools::{self, Toolbox};
use crate::{children, deploy, say};
use exceptions::{Exception, Finding};

/// Whether the SAM CLI finds nothing wrong.
pub(crate) fn sam(project: &Project) -> anyhow::Result<bool> {
    tools::prepare(project, &[Toolbox::Sam])?;
    let mut good = true;
    for name in project.templates()? {
        let mut sam = deploy::sam(project, "validate")?;
        // The Region is only there to satisfy the command: it reads rules, and calls nothing.
        sam.args(["--lint", "--region", "us-east-1", "--template-file", &name]);
        good &= children::run(&mut sam)?;
    }
    Ok(good)
}

/// A finding as cfn-lint writes it.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Match {
    rule: Rule,
    filename: String,
    location: Location,
    message: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Rule {
    id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Location {
    start: Start,
    path: Option<Vec<Value>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Start {
    line_number: u64,
}

/// Whether cfn-lint finds only what `.cfnlintrc.yaml` gives a reason for.
pub(crate) fn cfn_lint(project: &Project) -> anyhow::Result<bool> {
    tools::prepare(project, &[Toolbox::Sam])?;
    let (configuration, exceptions) = configuration(project, ".cfnlintrc.yaml", "ignore_checks")?;
    let folder = project.target("lint")?;
    let file = folder.join("cfnlintrc.yaml");
    fs::write(&file, configuration).with_context(|| format!("write {}", file.display()))?;
    let mut command = Command::new(Toolbox::Sam.programs(project).join("cfn-lint"));
    command.current_dir(project.root()).arg("--config-file").arg(&file).args(["--format", "json"]);
    let found = report(&mut command, &folder.join("cfn-lint.json"))?;
    let found: Vec<Match> = serde_json::from_value(found).context("read what cfn-lint found")?;
    let findings = found.into_iter().map(|found| Finding {
        rule: found.rule.id,
        template: name_of(&found.filename),
        line: found.location.start.line_number,
        resource: resource(&found.location.path.unwrap_or_default()),
        message: found.message,
    });
    Ok(tell(&findings.collect::<Vec<_>>(), &exceptions))
}

/// What checkov writes about a framework.
#[derive(Deserialize)]
struct Report {
    results: Results,
    summary: Summary,
}

#[derive(Deserialize)]
struct Results {
    failed_checks: Vec<Failed>,
}

#[derive(Deserialize)]
struct Summary {
    parsing_errors: u64,
    resource_count: u64,
}

#[derive(Deserialize)]
struct Failed {
    check_id: String,
    check_name: String,
    file_path: String,
    file_line_range: (u64, u64),
    /// Type and logical id, with a dot between them.
    resource: String,
}

/// Whether checkov finds only what `.checkov.yaml` or a resource's metadata gives a reason for.
pub(crate) fn checkov(project: &Project) -> anyhow::Result<bool> {
    tools::prepare(project, &[Toolbox::Checkov])?;
    let (configuration, mut exceptions) = configuration(project, ".checkov.yaml", "skip-check")?;
    let folder = project.target("lint")?;
    let mut command = Command::new(Toolbox::Checkov.programs(project).join("checkov"));
    // It reads every configuration that it meets, but there is no other one in this folder.
    fs::write(folder.join(".checkov.yaml"), configuration).context("write checkov's configuration")?;
    command.current_dir(&folder).args(["--output", "json"]);
    for name in project.templates()? {
        let text = fs::read_to_string(project.path(&name)).with_context(|| format!("read {name}"))?;
        let template: Value = serde_saphyr::from_str(&text).with_context(|| format!("read {name}"))?;
        exceptions.extend(Exception::beside_resources(&name, &template));
        // Under another name it is nothing to checkov, and the lines stay where they are.
        let copy = text.replace("checkov:", "exceptions:");
        fs::write(folder.join(&name), copy).with_context(|| format!("write the copy of {name}"))?;
        command.args(["--file", &name]);
    }
    let report = report(&mut command, &folder.join("checkov.json"))?;
    let Report { results, summary } = serde_json::from_value(report).context("read what checkov found")?;
    if summary.parsing_errors > 0 || summary.resource_count == 0 {
        say::note("checkov could not read the templates");
        return Ok(false);
    }
    let findings = results.failed_checks.into_iter().map(|failed| Finding {
        rule: failed.check_id,
        template: name_of(&failed.file_path),
        line: failed.file_line_range.0,
        resource: failed.resource.rsplit('.').next().unwrap_or_default().to_owned(),
        message: failed.check_name,
    });
    Ok(tell(&findings.collect::<Vec<_>>(), &exceptions))
}

/// A linter's configuration without the list of its exceptions, which ends it, and these.
fn configuration(project: &Project, file: &str, key: &str) -> anyhow::Result<(String, Vec<Exception>)> {
    let text = fs::read_to_string(project.path(file)).with_context(|| format!("read {file}"))?;
    let exceptions = Exception::everywhere(&text, key);
    let kept = text.split_once(&format!("{key}:\n")).map_or(text.as_str(), |(before, _)| before);
    Ok((kept.to_owned(), exceptions))
}

/// Runs a linter and reads its report; it may fail, as it does when it finds something.
fn report(command: &mut Command, file: &Path) -> anyhow::Result<Value> {
    let log = file.with_extension("log");
    children::run_to_file(command, file, &log)?;
    let text = fs::read_to_string(file).with_context(|| format!("read {}", file.display()))?;
    serde_json::from_str(&text)
        .inspect_err(|_| say::log_tail(&log, 15))
        .with_context(|| format!("{} is not a report", file.display()))
}

/// The logical id in a path such as `Resources/Queue/Properties`.
fn resource(path: &[Value]) -> String {
    match path {
        [section, name, ..] if section == "Resources" => name.as_str().unwrap_or_default().to_owned(),
        _ => String::new(),
    }
}

fn name_of(path: &str) -> String {
    path.rsplit('/').next().unwrap_or(path).to_owned()
}

/// Tells what is wrong, and whether nothing is.
fn tell(findings: &[Finding], exceptions: &[Exception]) -> bool {
    let wrong = exceptions::wrong(findings, exceptions);
    for line in &wrong {
        say::note(line);
    }
    say::note(&format!("{} findings, {} exceptions with a reason", findings.len(), exceptions.len()));
    wrong.is_empty()
}
