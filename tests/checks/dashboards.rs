//! Rules of the dashboards: CloudWatch takes a widget for a metric that nobody writes, and shows it empty for ever.
#![expect(clippy::expect_used, reason = "what surprises a test is to stop it, in its helpers too")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::watch::{of_type, template};

/// How wide a dashboard is. Source: CloudWatch API reference, "Dashboard body structure and syntax".
const COLUMNS: u64 = 24;
/// The most widgets of a dashboard, and metrics of a widget. Source: CloudWatch user guide, quotas.
const MOST: (usize, usize) = (500, 500);
/// Namespaces whose metrics exist in us-east-1 only.
const GLOBAL: [&str; 2] = ["AWS/CloudFront", "AWS/Route53"];

/// A metric of a widget: namespace, name, dimensions, and where.
#[derive(Debug)]
struct Metric {
    namespace: String,
    name: String,
    dimensions: Vec<(String, String)>,
    region: String,
}

/// The widgets of every dashboard.
fn dashboards() -> BTreeMap<String, Vec<Value>> {
    let template = template("template.yaml");
    let dashboards = of_type(&template, "AWS::CloudWatch::Dashboard").into_iter();
    dashboards
        .map(|(name, dashboard)| {
            let body = dashboard["Properties"]["DashboardBody"].as_str().expect("a body");
            let body: Value = serde_json::from_str(body).unwrap_or_else(|error| panic!("{name}: {error}"));
            (name.to_owned(), body["widgets"].as_array().expect("widgets").clone())
        })
        .collect()
}

/// The metrics that a widget names. One that is an expression has none.
fn metrics(widget: &Value) -> Vec<Metric> {
    let lines = widget["properties"]["metrics"].as_array().into_iter().flatten();
    let region = widget["properties"]["region"].as_str().unwrap_or_default();
    let named = lines.map(|line| line.as_array().expect("a list").iter().filter_map(Value::as_str));
    let named =
        named.map(|words| words.map(str::to_owned).collect::<Vec<_>>()).filter(|words| !words.is_empty());
    named
        .map(|words| {
            let [namespace, name, dimensions @ ..] = &words[..] else { panic!("{words:?}") };
            let pairs = dimensions.chunks(2).map(|pair| (pair[0].clone(), pair[1].clone()));
            Metric {
                namespace: namespace.clone(),
                name: name.clone(),
                dimensions: pairs.collect(),
                region: region.to_owned(),
            }
        })
        .collect()
}

fn all_metrics() -> Vec<(String, Metric)> {
    let widgets = dashboards()
        .into_iter()
        .flat_map(|(name, widgets)| widgets.into_iter().map(move |it| (name.clone(), it)));
    widgets
        .flat_map(|(name, widget)| metrics(&widget).into_iter().map(move |it| (name.clone(), it)))
        .collect()
}

/// The source code of the workspace, without its tests.
fn code(folder: &Path, files: &mut Vec<String>) {
    for entry in fs::read_dir(folder).expect("a folder of code") {
        let path: PathBuf = entry.expect("an entry").path();
        if path.is_dir() && !path.ends_with("tests") {
            code(&path, files);
        } else if path.extension().is_some_and(|end| end == "rs") && !path.ends_with("tests.rs") {
            let text = fs::read_to_string(path).expect("readable code");
            files.push(text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default().to_owned());
        }
    }
}

/// The sets of dimensions that the code gives a metric. In each function they stand as `"Dimensions": [[..], ..]`; the
/// metrics follow them, or come before where there is one only.
fn sets_of_the_code(code: &str) -> BTreeMap<String, BTreeSet<Vec<String>>> {
    let mut sets: BTreeMap<String, BTreeSet<Vec<String>>> = BTreeMap::new();
    let names = |text: &str| -> Vec<String> {
        let starts = text.split("\"Name\": \"").skip(1);
        starts.filter_map(|name| name.split('"').next()).map(str::to_owned).collect()
    };
    for function in code.split(" fn ") {
        let (before, parts) = function.split_once("\"Dimensions\": [[\"").unwrap_or((function, ""));
        for part in parts.split("\"Dimensions\": [[\"").filter(|part| !part.is_empty()) {
            let (list, rest) = part.split_once("]]").expect("the end of the sets");
            let dimensions: Vec<Vec<String>> =
                serde_json::from_str(&format!("[[\"{list}]]")).expect("sets of dimensions");
            let named = if names(rest).is_empty() { names(before) } else { names(rest) };
            for name in named {
                sets.entry(name).or_default().extend(dimensions.iter().cloned());
            }
        }
    }
    sets
}

#[test]
fn every_metric_of_our_own_is_one_that_the_code_writes() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let telemetry =
        fs::read_to_string(root.join("shell/src/telemetry/metrics.rs")).expect("the code of metrics");
    let sets = sets_of_the_code(&telemetry);
    assert!(sets.len() >= 4, "{sets:?}");
    let mut files = Vec::new();
    code(&root.join("functions"), &mut files);
    let mut seen = BTreeSet::new();
    for (dashboard, metric) in
        all_metrics().into_iter().filter(|(_, metric)| metric.namespace == "Lamplighter")
    {
        let names: Vec<&str> = metric.dimensions.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names[0], "stack", "{dashboard}: {metric:?}");
        assert_eq!(metric.dimensions[0].1, "${AWS::StackName}", "{dashboard}: {metric:?}");
        let others: Vec<String> = names[1..].iter().map(|name| (*name).to_owned()).collect();
        let is_written = match sets.get(&metric.name) {
            Some(sets) => sets.contains(&others),
            // A measurement of one function: its name and its dimensions stand together in that function's code.
            None => {
                others[0] == "function"
                    && files.iter().any(|text| {
                        let has = |word: &str| text.contains(&format!("\"{word}\""));
                        has(&metric.name) && others[1..].iter().all(|name| has(name))
                    })
            }
        };
        assert!(is_written, "{dashboard}: nobody writes {metric:?}");
        assert_eq!(metric.region, "${AWS::Region}", "{dashboard}: {metric:?}");
        seen.insert(metric.name);
    }
    let written = sets
        .into_keys()
        .chain(["NewestSnapshotAge", "RestoreDuration", "RestoreDrillFailed"].map(str::to_owned));
    assert_eq!(seen, written.collect(), "what is measured is shown");
}

#[test]
fn the_code_is_read_as_it_stands() {
    let sets = sets_of_the_code(
        r#" fn a() { json!({"Dimensions": [["a"], ["a", "b"]], "Metrics": [{"Name": "X"}, {"Name": "Y"}]}) }
            fn b() { let one = json!({"Name": "Z"}); json!({"Dimensions": [["c"]], "Metrics": [one]}) } "#,
    );
    let of = |names: &[&[&str]]| -> BTreeSet<Vec<String>> {
        names.iter().map(|set| set.iter().map(|name| (*name).to_owned()).collect()).collect()
    };
    let both = of(&[&["a"], &["a", "b"]]);
    let expected = [("X", both.clone()), ("Y", both), ("Z", of(&[&["c"]]))];
    assert_eq!(sets, expected.map(|(name, sets)| (name.to_owned(), sets)).into());
}

#[test]
fn every_function_is_there_with_its_verdicts_and_its_latency() {
    let template = template("template.yaml");
    let functions = of_type(&template, "AWS::Serverless::Function").into_values();
    let functions =
        functions.filter_map(|it| it["Properties"]["CodeUri"].as_str()?.strip_prefix("functions/"));
    let functions: BTreeSet<&str> = functions.collect();
    let verdicts = dashboards()["VerdictsDashboard"].clone();
    let shown: Vec<(String, Metric)> = verdicts
        .iter()
        .flat_map(|widget| {
            let stat = widget["properties"]["stat"].as_str().unwrap_or_default().to_owned();
            metrics(widget).into_iter().map(move |metric| (stat.clone(), metric))
        })
        .collect();
    let of = |wanted: &str, stat: &str, dimension: &str| -> BTreeSet<&str> {
        let named = shown.iter().filter(|(with, metric)| metric.name == wanted && with == stat);
        let values = named.flat_map(|(_, metric)| &metric.dimensions).filter(|(name, _)| name == dimension);
        values.map(|(_, value)| value.trim_start_matches("${AWS::StackName}-")).collect()
    };
    assert_eq!(of("Reports", "Sum", "verdict"), ["acted", "planned", "held", "refused", "failed"].into());
    for (metric, stat) in
        [("Reports", "Sum"), ("Duration", "p50"), ("Duration", "p99"), ("UnpublishedReports", "Sum")]
    {
        assert_eq!(of(metric, stat, "function"), functions, "{metric} {stat}");
    }
    for metric in ["Errors", "Throttles"] {
        assert_eq!(of(metric, "Sum", "FunctionName"), functions, "{metric}");
    }
    let queues = of_type(&template, "AWS::SQS::Queue").into_values();
    let queues =
        queues.filter_map(|it| it["Properties"]["QueueName"].as_str()?.strip_prefix("${AWS::StackName}-"));
    let (given_up, live): (BTreeSet<&str>, BTreeSet<&str>) = queues
        .partition(|name| ["dead-letters", "failures", "undelivered"].iter().any(|word| name.contains(word)));
    assert_eq!(of("ApproximateNumberOfMessagesVisible", "Maximum", "QueueName"), given_up);
    assert_eq!(of("ApproximateAgeOfOldestMessage", "Maximum", "QueueName"), live);
}

#[test]
fn metrics_of_one_region_are_looked_for_there() {
    for (dashboard, metric) in all_metrics() {
        let expected =
            if GLOBAL.contains(&metric.namespace.as_str()) { "us-east-1" } else { "${AWS::Region}" };
        assert_eq!(metric.region, expected, "{dashboard}: {metric:?}");
    }
    for (dashboard, widget) in
        dashboards().into_iter().flat_map(|(name, all)| all.into_iter().map(move |it| (name.clone(), it)))
    {
        let text = widget["properties"]["metrics"].to_string();
        if text.contains("{AWS/Route53") {
            assert_eq!(widget["properties"]["region"], "us-east-1", "{dashboard}: {text}");
        }
    }
}

#[test]
fn no_widget_covers_another_or_leaves_the_dashboard() {
    for (name, widgets) in dashboards() {
        assert!(widgets.len() <= MOST.0, "{name}");
        let mut taken = BTreeSet::new();
        for widget in &widgets {
            let of =
                |key: &str| widget[key].as_u64().unwrap_or_else(|| panic!("{name}: no {key} in {widget}"));
            assert!(
                of("x") + of("width") <= COLUMNS && of("width") > 0 && of("height") > 0,
                "{name}: {widget}"
            );
            for x in of("x")..of("x") + of("width") {
                for y in of("y")..of("y") + of("height") {
                    assert!(taken.insert((x, y)), "{name}: {} is covered", widget["properties"]["title"]);
                }
            }
            match widget["type"].as_str() {
                Some("text") => assert!(widget["properties"]["markdown"].is_string(), "{name}"),
                Some("metric") => {
                    let lines = widget["properties"]["metrics"].as_array().expect("metrics").len();
                    assert!((1..=MOST.1).contains(&lines), "{name}: {widget}");
                    assert!(widget["properties"]["title"].is_string(), "{name}: {widget}");
                }
                other => panic!("{name}: {other:?}"),
            }
        }
    }
}

#[test]
fn each_concern_has_a_dashboard() {
    let template = template("template.yaml");
    let dashboards = of_type(&template, "AWS::CloudWatch::Dashboard");
    let names: Vec<(&str, &Value)> = dashboards
        .values()
        .filter_map(|it| Some((it["Properties"]["DashboardName"].as_str()?, &it["Condition"])))
        .collect();
    let own = "${AWS::StackName}-verdicts";
    let about: BTreeSet<&str> = names.iter().map(|(name, _)| *name).collect();
    let others = ["cloudfront", "databases", "dns"].map(|name| format!("${{AWS::StackName}}-{name}"));
    assert_eq!(about, others.iter().map(String::as_str).chain([own]).collect());
    for (name, condition) in names {
        let expected = if name == own { Value::Null } else { Value::from("Watching") };
        assert_eq!(*condition, expected, "{name}");
    }
}
