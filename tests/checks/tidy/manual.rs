//! The operator's pages name every alarm, parameter and variable of the templates, and no other.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::tree::Tree;
use super::{holds, tells};

/// What is deployed.
const TEMPLATES: [&str; 2] = ["template.yaml", "template-us-east-1.yaml"];
/// What each alarm means.
const ALARMS: &str = "docs/alarms.md";
/// What can be set.
const CONFIGURATION: &str = "docs/configuration.md";
/// The only file that reads the environment.
const ENVIRONMENT: &str = "shell/src/config.rs";
/// How the name of a variable of Lamplighter begins.
const OURS: &str = "LAMPLIGHTER_";

/// Every alarm has a row that says what it means and what to do first.
fn alarms_are_explained(tree: &Tree) -> Vec<String> {
    let Some(page) = tree.text(ALARMS) else { return Vec::new() };
    let mut wrong: Vec<String> = rows(page)
        .filter(|(_, cells)| cells.len() < 2 || cells.iter().any(|cell| cell.is_empty()))
        .map(|(names, _)| format!("{ALARMS} does not say what {names:?} means and what to do first"))
        .collect();
    let explained: BTreeSet<String> = rows(page).flat_map(|(names, _)| names).map(str::to_owned).collect();
    let alarms: BTreeSet<String> = templates(tree)
        .flat_map(|template| resources(&template))
        .filter_map(|resource| resource["Properties"]["AlarmName"].as_str().map(without_parameters))
        .collect();
    wrong.extend(differences(ALARMS, &explained, &alarms));
    wrong
}

/// Every parameter has a row, and so has every variable.
fn settings_are_explained(tree: &Tree) -> Vec<String> {
    let Some(page) = tree.text(CONFIGURATION) else { return Vec::new() };
    let mut wrong = Vec::new();
    let (parameters, variables) = page.split_once("\n## Variables").unwrap_or((page, ""));
    let explained: BTreeSet<String> =
        rows(parameters).flat_map(|(names, _)| names).map(str::to_owned).collect();
    let keys = |template: Value| template["Parameters"].as_object().cloned().unwrap_or_default();
    let parameters: BTreeSet<String> = templates(tree).flat_map(keys).map(|(name, _)| name).collect();
    wrong.extend(differences(CONFIGURATION, &explained, &parameters));
    let variables = variables.split("\n## ").next().unwrap_or_default();
    let explained = rows(variables).flat_map(|(names, _)| names).filter(|name| name.starts_with(OURS));
    let code = tree.text(ENVIRONMENT).unwrap_or_default();
    let read =
        code.split(|c: char| !c.is_ascii_uppercase() && c != '_').filter(|word| word.starts_with(OURS));
    wrong.extend(differences(
        CONFIGURATION,
        &explained.map(str::to_owned).collect(),
        &read.map(str::to_owned).collect(),
    ));
    wrong
}

/// Every output of a stack that a command asks for is there, as are those in backticks that end as outputs do.
fn outputs_are_there(tree: &Tree) -> Vec<String> {
    let keys = |template: Value| template["Outputs"].as_object().cloned().unwrap_or_default();
    let there: BTreeSet<String> = templates(tree).flat_map(keys).map(|(name, _)| name).collect();
    let mut wrong = Vec::new();
    for (path, text) in tree.ending(".md").filter(|_| !there.is_empty()) {
        let asked = text.split("$(output ").skip(1).filter_map(|rest| rest.split(')').next());
        let quoted = text.split('`').skip(1).step_by(2).filter(|name| is_output(name));
        let unknown = asked.chain(quoted).filter(|name| !there.contains(*name));
        wrong.extend(unknown.map(|name| format!("{path} speaks of the output {name}, which no stack has")));
    }
    wrong
}

fn is_output(name: &str) -> bool {
    let is_name = name.chars().all(|c| c.is_ascii_alphanumeric()) && name.starts_with(char::is_uppercase);
    let ends_so = ["Url", "TopicArn", "FunctionArn", "CommandsArn", "EventsArn", "AlarmsArn"];
    is_name && ends_so.iter().any(|end| name.ends_with(end) && name != *end) || name == "LedgerTableName"
}

/// The rows of a page's tables whose first cell has names: those, and the other cells.
fn rows(page: &str) -> impl Iterator<Item = (Vec<&str>, Vec<&str>)> {
    page.lines().filter_map(|line| {
        let row = line.strip_prefix("| ")?.strip_suffix('|')?;
        let mut cells = row.split(" | ").map(str::trim);
        let names: Vec<&str> = cells.next()?.split('`').skip(1).step_by(2).collect();
        (!names.is_empty()).then(|| (names, cells.collect()))
    })
}

fn templates(tree: &Tree) -> impl Iterator<Item = Value> {
    let texts = TEMPLATES.into_iter().filter_map(|path| tree.text(path));
    texts.filter_map(|text| serde_saphyr::from_str(text).ok())
}

fn resources(template: &Value) -> Vec<Value> {
    template["Resources"].as_object().into_iter().flat_map(Map::values).cloned().collect()
}

/// A name with a `…` for each part that a parameter gives it, as the pages write it.
fn without_parameters(name: &str) -> String {
    let mut parts = name.split("${");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |name, part| format!("{name}…{}", part.split_once('}').map_or("", |(_, rest)| rest)))
}

fn differences(page: &str, explained: &BTreeSet<String>, there: &BTreeSet<String>) -> Vec<String> {
    let missing = there.difference(explained).map(|name| format!("{page} does not explain `{name}`"));
    let gone =
        explained.difference(there).map(|name| format!("{page} explains `{name}`, which is not there"));
    missing.chain(gone).collect()
}

#[test]
fn every_alarm_has_a_row_that_says_what_to_do() {
    holds(alarms_are_explained);
    let template = "Resources:\n  A:\n    Properties:\n      AlarmName: !Sub ${AWS::StackName}-a\n  B:\n    Properties: {AlarmName: b}\n";
    let page = "| alarm | what | first |\n| --- | --- | --- |\n";
    let (good, bad) = (format!("{page}| `…-a`, `b` | A. | B. |\n"), format!("{page}| `…-a`, `c` | A. | |\n"));
    tells(
        alarms_are_explained,
        &[("template.yaml", template), (ALARMS, &good)],
        &[("template.yaml", template), (ALARMS, &bad)],
        &[
            "docs/alarms.md does not say what [\"…-a\", \"c\"] means and what to do first",
            "docs/alarms.md does not explain `b`",
            "docs/alarms.md explains `c`, which is not there",
        ],
    );
}

#[test]
fn every_parameter_and_variable_has_a_row() {
    holds(settings_are_explained);
    let template = "Parameters:\n  Mode: {Type: String}\n";
    let code = "const A: &str = \"LAMPLIGHTER_A\";";
    let good = "| `Mode` | A. | B. |\n\n## Variables\n\n| `LAMPLIGHTER_A` | A. | B. |\n\n## Targets\n\n| `cluster` | A. |\n";
    let bad = "| `Node` | A. | B. |\n\n## Variables\n\n| `LAMPLIGHTER_B` | A. | B. |\n";
    tells(
        settings_are_explained,
        &[("template.yaml", template), (ENVIRONMENT, code), (CONFIGURATION, good)],
        &[("template.yaml", template), (ENVIRONMENT, code), (CONFIGURATION, bad)],
        &[
            "docs/configuration.md does not explain `Mode`",
            "docs/configuration.md explains `Node`, which is not there",
            "docs/configuration.md does not explain `LAMPLIGHTER_A`",
            "docs/configuration.md explains `LAMPLIGHTER_B`, which is not there",
        ],
    );
}

#[test]
fn every_output_that_a_page_speaks_of_is_one() {
    holds(outputs_are_there);
    let template = "Outputs:\n  AUrl: {Value: a}\n";
    tells(
        outputs_are_there,
        &[("template.yaml", template), ("docs/a.md", "`AUrl`, `Url`, $(output AUrl)")],
        &[("template.yaml", template), ("docs/a.md", "`BUrl` $(output C)")],
        &[
            "docs/a.md speaks of the output C, which no stack has",
            "docs/a.md speaks of the output BUrl, which no stack has",
        ],
    );
}
