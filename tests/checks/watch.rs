//! Rules of the alarms that the five systems ask for. What is expected here is taken from what those systems say of
//! themselves, and not from the templates.
#![expect(clippy::expect_used, reason = "what surprises a test is to stop it, in its helpers too")]

mod expression;
mod wanted;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::{Map, Value, json};
use shared::playbook::Playbook;
use shared::playbook::route::When;

use wanted::{AT_HOME, IN_US_EAST_1, Wanted};

/// A template without its tags: `!Ref Topic` is `"Topic"`.
pub(super) fn template(name: &str) -> Value {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name);
    let text = fs::read_to_string(file).expect("a readable template");
    serde_saphyr::from_str(&text).expect("YAML")
}

/// The resources of a type, with their conditions.
pub(super) fn of_type<'t>(template: &'t Value, kind: &str) -> BTreeMap<&'t str, &'t Value> {
    let resources = template["Resources"].as_object().expect("resources");
    resources.iter().filter(|(_, it)| it["Type"] == kind).map(|(name, it)| (name.as_str(), it)).collect()
}

/// The alarms about systems, by the names that CloudWatch has for them.
fn alarms(template: &Value) -> BTreeMap<&str, &Value> {
    let alarms = of_type(template, "AWS::CloudWatch::Alarm").into_values();
    let named = alarms.map(|alarm| (alarm["Properties"]["AlarmName"].as_str().expect("a name"), alarm));
    named.filter(|(name, _)| !name.starts_with("${")).collect()
}

/// The first metric of an alarm, whether it is alone or in an expression.
fn first(alarm: &Value) -> (&Value, &Value, &Value) {
    let metrics = alarm["Metrics"].as_array();
    match metrics.and_then(|metrics| metrics.iter().find(|it| it["MetricStat"].is_object())) {
        None => (alarm, &alarm["Statistic"], &alarm["Period"]),
        Some(it) => {
            let stat = &it["MetricStat"];
            (&stat["Metric"], &stat["Stat"], &stat["Period"])
        }
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("expected a text, found {value}"))
}

#[track_caller]
fn is_watched(template: &Value, wanted: &[Wanted]) {
    let alarms = alarms(template);
    let names: BTreeSet<&str> = wanted.iter().map(|wanted| wanted.name).collect();
    assert_eq!(alarms.keys().copied().collect::<BTreeSet<_>>(), names);
    for wanted in wanted {
        let (name, alarm) = (wanted.name, &alarms[wanted.name]["Properties"]);
        let (metric, statistic, period) = first(alarm);
        let words = [&metric["Namespace"], &metric["MetricName"], statistic].map(text).join(" ");
        assert_eq!(words, wanted.metric, "{name}");
        let dimensions = metric["Dimensions"].as_array().into_iter().flatten();
        let dimensions: Vec<String> =
            dimensions.map(|it| format!("{}={}", text(&it["Name"]), text(&it["Value"]))).collect();
        assert_eq!(dimensions.join(" "), wanted.dimensions, "{name}");
        assert_eq!(
            (&alarm["EvaluationPeriods"], period),
            (&json!(wanted.periods.0), &json!(wanted.periods.1)),
            "{name}"
        );
        assert_eq!(alarm["DatapointsToAlarm"], Value::Null, "{name}");
        let comparison = if wanted.limit.0 == '>' { "GreaterThanThreshold" } else { "LessThanThreshold" };
        assert_eq!(alarm["ComparisonOperator"], comparison, "{name}");
        match alarm["Threshold"].as_f64() {
            Some(threshold) => assert!(threshold == wanted.limit.1, "{name}: {threshold}"),
            None => {
                assert!(wanted.limit.1.is_nan() && alarm["Threshold"] == "StatusBlockedRequests", "{name}")
            }
        }
        // CloudWatch finds no data where the unit is not the metric's own.
        assert_eq!(alarm["Unit"], Value::Null, "{name}");
        for actions in ["AlarmActions", "OKActions"] {
            assert_eq!(alarm[actions], json!(["AlarmsTopic"]), "{name}");
        }
        assert_eq!(alarm["ActionsEnabled"], Value::Null, "{name}");
    }
}

#[test]
fn what_the_systems_ask_for_is_watched_at_home() {
    is_watched(&template("template.yaml"), &AT_HOME);
}

#[test]
fn what_the_weather_system_asks_for_is_watched_in_us_east_1() {
    is_watched(&template("template-us-east-1.yaml"), &IN_US_EAST_1);
}

/// What is always measured, so that no measure is no good news.
const ALWAYS: [&str; 11] = [
    "CPUUtilization",
    "ClientConnections",
    "DatabaseConnections",
    "DatabaseMemoryUsagePercentage",
    "Evictions",
    "FreeStorageSpace",
    "FreeableMemory",
    "ReadLatency",
    "UnHealthyHostCount",
    "node_cpu_utilization",
    "node_memory_utilization",
];

#[test]
fn no_data_means_what_it_means_for_the_metric() {
    for name in ["template.yaml", "template-us-east-1.yaml"] {
        for (name, alarm) in alarms(&template(name)) {
            let alarm = &alarm["Properties"];
            let expected = match text(&first(alarm).0["MetricName"]) {
                // An outage that begins in a gap must come from OK, or nothing fails over.
                "HealthCheckStatus" => "ignore",
                metric if ALWAYS.contains(&metric) => "missing",
                _ => "notBreaching",
            };
            assert_eq!(alarm["TreatMissingData"], expected, "{name}");
        }
    }
}

/// A percentage of something with a size: the alarm, the parameters' values, the metrics, and what that is in per cent.
type Percentage =
    (&'static str, &'static [(&'static str, &'static str)], &'static [(&'static str, f64)], Option<f64>);

/// As CloudWatch should count them.
const PERCENTAGES: [Percentage; 11] = [
    ("weather-db-free-storage", &[("WeatherDbStorageGiB", "100")], &[("free", 10_737_418_240.0)], Some(10.0)),
    (
        "portfolio-db-free-storage",
        &[("PortfolioDbStorageGiB", "50")],
        &[("free", 5_368_709_120.0)],
        Some(10.0),
    ),
    ("weather-db-connections", &[("WeatherDbMaxConnections", "400")], &[("connections", 320.0)], Some(80.0)),
    (
        "portfolio-lambda-concurrency",
        &[("LambdaConcurrencyLimit", "1000")],
        &[("running", 800.0)],
        Some(80.0),
    ),
    (
        "ecs-platform-proxy-connections",
        &[("PlatformProxyMaxConnections", "90")],
        &[("connections", 72.0)],
        Some(80.0),
    ),
    // A fifth of four GiB is free.
    ("status-page-db-memory", &[("StatusDbMemoryGiB", "4")], &[("free", 858_993_459.2)], Some(80.0)),
    (
        "status-page-db-connections",
        &[("StatusDbMaxConnections", "400")],
        &[("connections", 320.0)],
        Some(80.0),
    ),
    ("status-page-alb-5xx", &[], &[("requests", 100.0), ("failed", 5.0)], Some(5.0)),
    // No target at all: none of these is a request.
    ("status-page-alb-5xx", &[], &[("refused", 12.0)], Some(100.0)),
    ("status-page-alb-5xx", &[], &[("requests", 100.0)], Some(0.0)),
    ("status-page-alb-5xx", &[], &[], None),
];

#[test]
fn percentages_are_of_the_size_that_a_parameter_gives() {
    let template = template("template.yaml");
    let alarms = alarms(&template);
    let with_math = alarms.iter().filter(|(_, alarm)| alarm["Properties"]["Metrics"].is_array());
    let with_math: BTreeSet<&str> = with_math.map(|(name, _)| *name).collect();
    assert_eq!(with_math, PERCENTAGES.iter().map(|(name, ..)| *name).collect());
    for (name, parameters, metrics, expected) in PERCENTAGES {
        let list = alarms[name]["Properties"]["Metrics"].as_array().expect("metrics");
        let [returned] = list.iter().filter(|it| it["ReturnData"] == true).collect::<Vec<_>>()[..] else {
            panic!("{name} returns not one of its metrics");
        };
        let mut expression = text(&returned["Expression"]).to_owned();
        for (parameter, value) in parameters {
            expression = expression.replace(&format!("${{{parameter}}}"), value);
        }
        let ids: BTreeSet<&str> = list.iter().map(|it| text(&it["Id"])).collect();
        assert!(metrics.iter().all(|(id, _)| ids.contains(id)), "{name}: {ids:?}");
        assert_eq!(expression::value(&expression, &metrics.iter().copied().collect()), expected, "{name}");
    }
}

/// The errors of a load balancer and of its targets, and what it let through.
#[test]
fn the_rate_of_errors_is_made_of_sums_of_one_load_balancer() {
    let template = template("template.yaml");
    let metrics = &alarms(&template)["status-page-alb-5xx"]["Properties"]["Metrics"];
    let of = |id: &str| {
        let metric = metrics.as_array().into_iter().flatten().find(|it| it["Id"] == id).expect("a metric");
        let stat = &metric["MetricStat"];
        assert_eq!((&stat["Stat"], &stat["Period"]), (&json!("Sum"), &json!(300)), "{id}");
        assert_eq!(
            stat["Metric"]["Dimensions"],
            json!([{"Name": "LoadBalancer", "Value": "StatusLoadBalancer"}])
        );
        text(&stat["Metric"]["MetricName"]).to_owned()
    };
    let names = ["refused", "failed", "requests"].map(of);
    assert_eq!(names, ["HTTPCode_ELB_5XX_Count", "HTTPCode_Target_5XX_Count", "RequestCount"]);
}

/// The parameters that something names.
fn parameters(value: &Value, known: &Map<String, Value>) -> BTreeSet<String> {
    match value {
        Value::String(text) => {
            let names = |name: &&String| *name == text || text.contains(&format!("${{{name}}}"));
            known.keys().filter(names).cloned().collect()
        }
        Value::Array(items) => items.iter().flat_map(|item| parameters(item, known)).collect(),
        Value::Object(members) => members.values().flat_map(|item| parameters(item, known)).collect(),
        _ => BTreeSet::new(),
    }
}

#[test]
fn an_alarm_whose_parameters_are_empty_is_left_out() {
    for (file, switch) in [("template.yaml", Some("Watching")), ("template-us-east-1.yaml", None)] {
        let template = template(file);
        let known = template["Parameters"].as_object().expect("parameters");
        for (name, alarm) in alarms(&template) {
            let mut needed = parameters(&alarm["Properties"], known);
            needed.retain(|parameter| known[parameter]["Type"] == "String");
            let condition = alarm["Condition"].as_str();
            let parts = condition.map(|condition| (condition, &template["Conditions"][condition]));
            let under: BTreeSet<String> = match parts {
                None => BTreeSet::new(),
                Some((condition, Value::Array(list))) if Some(condition) != switch => {
                    assert!(switch.is_none_or(|switch| list[0] == switch), "{name}");
                    parameters(&json!(list), known)
                }
                Some(_) => BTreeSet::new(),
            };
            assert_eq!(under, needed, "{name}");
            assert!(switch.is_none() || condition.is_some(), "{name} is there even where nobody asks for it");
            assert!(needed.iter().all(|parameter| known[parameter]["Default"] == ""), "{name}: {needed:?}");
        }
        assert_eq!(template["Conditions"]["Watching"].is_null(), switch.is_none());
    }
    let home = template("template.yaml");
    assert_eq!(home["Conditions"]["Watching"], json!(["WatchSystems", "on"]));
    assert_eq!(home["Parameters"]["WatchSystems"]["Default"], "off");
}

#[test]
fn a_month_of_the_status_page_has_a_budget() {
    // Some twenty Regions know no budgets, whose stack would fail as a whole.
    assert!(of_type(&template("template.yaml"), "AWS::Budgets::Budget").is_empty());
    let template = template("template-us-east-1.yaml");
    let budgets = of_type(&template, "AWS::Budgets::Budget");
    let [budget] = budgets.values().collect::<Vec<_>>()[..] else { panic!("{budgets:?}") };
    assert_eq!(budget["Condition"], "HasStatusCostTag");
    assert_eq!(template["Conditions"]["HasStatusCostTag"], json!([["StatusCostTag", ""]]));
    assert_eq!(template["Parameters"]["StatusCostTag"]["Default"], "");
    let limits = &budget["Properties"]["Budget"];
    assert_eq!(limits["BudgetLimit"], json!({"Amount": 300, "Unit": "USD"}));
    assert_eq!((&limits["TimeUnit"], &limits["BudgetType"]), (&json!("MONTHLY"), &json!("COST")));
    assert_eq!(limits["CostFilters"], json!({"TagKeyValue": ["user:${StatusCostTag}"]}));
    let told = budget["Properties"]["NotificationsWithSubscribers"].as_array().expect("notifications");
    assert_eq!(told.len(), 2);
    for one in told {
        assert_eq!(one["Subscribers"], json!([{"SubscriptionType": "SNS", "Address": "AlarmsTopic"}]));
    }
}

pub(super) fn playbook() -> Playbook {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../playbooks/prod/playbook.yaml");
    Playbook::parse(&fs::read_to_string(file).expect("a readable playbook")).expect("a playbook")
}

#[test]
fn every_alarm_has_a_route_and_every_route_an_alarm() {
    let playbook = playbook();
    let names: Vec<&str> = AT_HOME.iter().chain(&IN_US_EAST_1).map(|wanted| wanted.name).collect();
    let patterns: Vec<_> = playbook
        .routes
        .iter()
        .filter_map(|route| match &route.when {
            When::Alarm(pattern) => Some((&route.name, pattern.name.as_ref().expect("a name"))),
            When::Notice(_) => None,
        })
        .collect();
    for name in &names {
        assert!(patterns.iter().any(|(_, glob)| glob.matches(name)), "no route knows {name}");
    }
    for (route, glob) in patterns {
        assert!(names.iter().any(|name| glob.matches(name)), "nothing wakes the route {route}");
    }
}

#[test]
fn alarms_are_about_what_the_playbook_names() {
    let playbook = playbook();
    let text = format!("{playbook:?}");
    for wanted in AT_HOME.iter().chain(&IN_US_EAST_1) {
        for (name, value) in wanted.dimensions.split(' ').filter_map(|pair| pair.split_once('=')) {
            let is_of_the_playbook =
                ["DBInstanceIdentifier", "DistributionId", "HealthCheckId"].contains(&name);
            let is_parameter = value.starts_with("Weather");
            let is_named = text.contains(&format!("\"{value}\""));
            assert!(!is_of_the_playbook || is_parameter || is_named, "{}: {value}", wanted.name);
        }
    }
}
