//! The page on costs counts what the templates have, and its sums are right.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::tree::Tree;
use super::{holds, tells};

/// The page.
const PAGE: &str = "docs/cost.md";
/// What the example deploys.
const TEMPLATES: [&str; 2] = ["template.yaml", "template-us-east-1.yaml"];
/// The conditions that do not hold for its environment; all of its parameters are set.
const NOT_IN_THE_EXAMPLE: [&str; 4] = ["DevServices", "IsDev", "IsStaging", "IsStandby"];

/// The numbers of the first table are those of the templates.
fn counts_are_right(tree: &Tree) -> Vec<String> {
    let Some(page) = tree.text(PAGE) else { return Vec::new() };
    let written = section(page, "What is counted");
    let counted = counted(tree);
    let mut wrong = Vec::new();
    for (what, number) in &counted {
        let row = written.iter().find(|row| row[0] == *what);
        if row.and_then(|row| row.get(1)?.parse().ok()) != Some(*number) {
            wrong.push(format!("{PAGE}: there are {number} {what}"));
        }
    }
    wrong
}

/// Each amount is quantity times price, and the total is their sum.
fn sums_are_right(tree: &Tree) -> Vec<String> {
    let Some(page) = tree.text(PAGE) else { return Vec::new() };
    let (mut wrong, mut sum) = (Vec::new(), 0);
    for row in section(page, "Each month") {
        let cells: Vec<Option<f64>> =
            row.iter().skip(1).map(|cell| cell.replace([',', '*'], "").parse().ok()).collect();
        match cells[..] {
            [Some(quantity), Some(price), Some(amount)] => {
                if cents(quantity * price) != cents(amount) {
                    wrong.push(format!("{PAGE}: {}: {quantity} times {price} is not {amount}", row[0]));
                }
                sum += cents(amount);
            }
            [None, None, Some(total)] if cents(total) != sum => {
                wrong.push(format!("{PAGE}: the total is {}.{:02}", sum / 100, sum % 100));
            }
            _ => {}
        }
    }
    wrong
}

/// The cells of the rows of a section's table.
fn section<'p>(page: &'p str, heading: &str) -> Vec<Vec<&'p str>> {
    let rest = page.split_once(&format!("## {heading}\n")).map_or("", |(_, rest)| rest);
    let lines = rest.split("\n## ").next().unwrap_or_default().lines();
    lines
        .filter_map(|line| line.strip_prefix("| ")?.strip_suffix('|'))
        .map(|row| row.split('|').map(str::trim).collect())
        .collect()
}

/// What costs by its number.
fn counted(tree: &Tree) -> BTreeMap<&'static str, usize> {
    let texts = TEMPLATES.into_iter().filter_map(|path| tree.text(path));
    let templates: Vec<Value> = texts.filter_map(|text| serde_saphyr::from_str(text).ok()).collect();
    let mut numbers = BTreeMap::new();
    for template in &templates {
        let resources = template["Resources"].as_object();
        let of_the_example = |resource: &&Value| {
            resource["Condition"].as_str().is_none_or(|name| !NOT_IN_THE_EXAMPLE.contains(&name))
        };
        for resource in resources.into_iter().flat_map(Map::values).filter(of_the_example) {
            let properties = &resource["Properties"];
            let mut add = |what, number| *numbers.entry(what).or_insert(0) += number;
            match resource["Type"].as_str().unwrap_or_default() {
                "AWS::CloudWatch::Alarm" => {
                    let metrics = properties["Metrics"].as_array().into_iter().flatten();
                    let read = metrics.filter(|metric| metric["MetricStat"].is_object()).count();
                    add("alarms", 1);
                    add("metrics that alarms watch", read.max(1));
                }
                "AWS::CloudWatch::Dashboard" => add("dashboards", 1),
                "AWS::KMS::Key" => add("customer-managed keys", 1),
                "AWS::Scheduler::Schedule" => add("schedules", 1),
                "AWS::Serverless::Function" => {
                    for event in properties["Events"].as_object().into_iter().flat_map(Map::values) {
                        let queue = event["Properties"]["Queue"].as_str().unwrap_or_default();
                        let queue = &template["Resources"][queue.trim_end_matches(".Arn")]["Properties"];
                        match (event["Type"] == "SQS", queue["FifoQueue"] == true) {
                            (true, true) => add("FIFO queues that wake a function", 1),
                            (true, false) => add("standard queues that wake a function", 1),
                            (false, _) => {}
                        }
                    }
                }
                _ => {}
            }
        }
    }
    numbers
}

/// An amount in the smallest coin, so that sums are exact.
fn cents(amount: f64) -> u64 {
    let text = format!("{:.2}", amount + 1e-9);
    text.replace('.', "").parse().unwrap_or_default()
}

#[test]
fn the_page_on_costs_counts_what_there_is() {
    holds(counts_are_right);
    assert_eq!(counted(&Tree::of_the_repository()).len(), 7);
    let template = "Resources:\n  A: {Type: AWS::CloudWatch::Alarm, Properties: {Metrics: [{MetricStat: {}}, {MetricStat: {}}, {Expression: a}]}}\n  \
                    B: {Type: AWS::CloudWatch::Alarm, Condition: IsDev}\n";
    let page = |alarms: usize| {
        format!(
            "## What is counted\n\n| alarms | {alarms} |\n| metrics that alarms watch | 2 |\n\n## Other\n"
        )
    };
    tells(
        counts_are_right,
        &[("template.yaml", template), (PAGE, &page(1))],
        &[("template.yaml", template), (PAGE, &page(2))],
        &["docs/cost.md: there are 1 alarms"],
    );
}

#[test]
fn the_sums_of_the_page_on_costs_are_right() {
    holds(sums_are_right);
    let page = |one: &str, total: &str| {
        format!(
            "## Each month\n\n| what | quantity | price | USD |\n| one | 2,000 | 0.005 | {one} |\n| two | 3 | 0.10 | 0.30 |\n| **Total** | | | **{total}** |\n"
        )
    };
    tells(
        sums_are_right,
        &[(PAGE, &page("10.00", "10.30"))],
        &[(PAGE, &page("11.00", "10.30"))],
        &["docs/cost.md: one: 2000 times 0.005 is not 11", "docs/cost.md: the total is 11.30"],
    );
}
