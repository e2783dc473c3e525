//! The page on costs counts what the templates have, and its sums are right.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::tree::Tree;
use super::{holds, tells};

/// The page.
const PAGE: &str = "docs/cost.md";
/// What the example deploys.
const TEMPLATES: [&str; 2] = ["template.yaml", "template-us-east-1.yaml"];
/// The memory of a function.
const GIGABYTES: f64 = 0.25;
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
        let cells: Vec<Option<f64>> = row.iter().skip(1).map(|cell| number(cell)).collect();
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

/// What functions do in a month is the sum of its rows, and is what Lambda is paid for.
fn wakings_are_right(tree: &Tree) -> Vec<String> {
    let Some(page) = tree.text(PAGE) else { return Vec::new() };
    let (mut wrong, mut sums) = (Vec::new(), [0.0, 0.0]);
    for row in section(page, "What is assumed") {
        let cells: Vec<Option<f64>> = row.iter().skip(1).map(|cell| number(cell)).collect();
        match cells[..] {
            [Some(times), Some(seconds), Some(worked)] => {
                if differ(times * seconds * GIGABYTES, worked) {
                    wrong.push(format!(
                        "{PAGE}: {}: {times} of {seconds} s are not {worked} GB-seconds",
                        row[0]
                    ));
                }
                sums = [sums[0] + times, sums[1] + worked];
            }
            [Some(times), None, Some(worked)] if differ(times, sums[0]) || differ(worked, sums[1]) => {
                wrong.push(format!(
                    "{PAGE}: functions are woken {} times for {} GB-seconds",
                    sums[0], sums[1]
                ));
            }
            _ => {}
        }
    }
    let paid = section(page, "Each month");
    for (what, sum) in [("requests", sums[0]), ("GB-seconds", sums[1])] {
        let row = paid.iter().find(|row| row[0] == format!("Lambda: a million {what}"));
        let Some(cell) = row.map(|row| row[1]) else { continue };
        let places = cell.split_once('.').map_or(0, |(_, places)| places.len());
        if cell != format!("{:.places$}", sum / 1e6) {
            wrong.push(format!("{PAGE}: {sum} {what} are not {cell} million"));
        }
    }
    wrong
}

fn number(cell: &str) -> Option<f64> {
    cell.replace([',', '*'], "").parse().ok()
}

fn differ(one: f64, other: f64) -> bool {
    (one - other).abs() > 1e-6
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

#[test]
fn the_page_on_costs_counts_what_functions_do() {
    holds(wakings_are_right);
    let page = |worked: &str, total: &str, paid: &str| {
        format!(
            "## What is assumed\n\n| one | 2,000 | 5 | {worked} |\n| two | 100 | 0.2 | 5 |\n| **Total** | **2,100** | | **{total}** |\n\n\
             ## Each month\n\n| Lambda: a million GB-seconds | {paid} | 16.6667 | 0.04 |\n"
        )
    };
    tells(
        wakings_are_right,
        &[(PAGE, &page("2,500", "2,505", "0.0025"))],
        &[(PAGE, &page("2,600", "2,505", "0.0025"))],
        &[
            "docs/cost.md: one: 2000 of 5 s are not 2600 GB-seconds",
            "docs/cost.md: functions are woken 2100 times for 2605 GB-seconds",
            "docs/cost.md: 2605 GB-seconds are not 0.0025 million",
        ],
    );
    let text = Tree::of_the_repository().text(TEMPLATES[0]).map(str::to_owned).unwrap_or_default();
    let sizes: Vec<&str> = text.lines().filter_map(|line| line.trim().strip_prefix("MemorySize: ")).collect();
    assert!(!sizes.is_empty() && sizes.iter().all(|size| *size == "256"), "{sizes:?}");
}
