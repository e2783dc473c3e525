//! What is watched in production: everything that the templates can watch, with `samconfig.toml` as it stands.
//!
//! A parameter that is left out there takes its alarms away without a word, and with them what the routes do about them.
#![expect(clippy::expect_used, reason = "what surprises a test is to stop it, in its helpers too")]

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::environments::{read, section};

/// The templates of production, each with its section of `samconfig.toml`.
const STACKS: [(&str, &str); 2] = [("template.yaml", "prod"), ("template-us-east-1.yaml", "prod-us-east-1")];
/// What watches, shows or tells.
const KINDS: [&str; 3] = ["AWS::CloudWatch::Alarm", "AWS::CloudWatch::Dashboard", "AWS::Budgets::Budget"];

/// A condition, as a template writes it.
#[derive(Deserialize)]
enum Formula {
    Equals((Value, Value)),
    And(Vec<Self>),
    Or(Vec<Self>),
    Not((Box<Self>,)),
    Condition(String),
}

#[derive(Deserialize)]
struct Tagged {
    #[serde(rename = "Conditions")]
    conditions: BTreeMap<String, Formula>,
}

/// A template as it is deployed with its parameters.
struct Deployed {
    conditions: BTreeMap<String, Formula>,
    template: Value,
    given: BTreeMap<String, String>,
}

impl Deployed {
    fn read(file: &str, environment: &str) -> Self {
        let text = read(file);
        let Tagged { conditions } = serde_saphyr::from_str(&text).expect("conditions");
        let pairs = section(&format!("{environment}.deploy.parameters"));
        let pairs = pairs.iter().filter_map(|text| text.split_once('='));
        let given = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Self { conditions, template: serde_saphyr::from_str(&text).expect("YAML"), given }
    }

    fn without(file: &str, environment: &str, parameter: &str) -> Self {
        let mut deployed = Self::read(file, environment);
        assert!(deployed.given.remove(parameter).is_some(), "{environment} gives no {parameter}");
        deployed
    }

    /// The resources of these kinds, and whether each is made.
    fn resources(&self) -> Vec<(&str, bool)> {
        let all = self.template["Resources"].as_object().expect("resources").iter();
        let of_kind = all.filter(|(_, it)| it["Type"].as_str().is_some_and(|kind| KINDS.contains(&kind)));
        of_kind
            .map(|(name, it)| {
                (name.as_str(), it["Condition"].as_str().is_none_or(|condition| self.holds(condition)))
            })
            .collect()
    }

    fn left_out(&self) -> Vec<&str> {
        let mut names: Vec<&str> =
            self.resources().into_iter().filter(|(_, is_made)| !is_made).map(|(name, _)| name).collect();
        names.sort_unstable();
        names
    }

    fn holds(&self, condition: &str) -> bool {
        self.is_true(self.conditions.get(condition).unwrap_or_else(|| panic!("no condition `{condition}`")))
    }

    fn is_true(&self, formula: &Formula) -> bool {
        match formula {
            Formula::Equals((one, other)) => self.value(one) == self.value(other),
            Formula::And(parts) => parts.iter().all(|part| self.is_true(part)),
            Formula::Or(parts) => parts.iter().any(|part| self.is_true(part)),
            Formula::Not((part,)) => !self.is_true(part),
            Formula::Condition(name) => self.holds(name),
        }
    }

    /// The value of a text, a parameter, or a list's parts in one.
    fn value(&self, operand: &Value) -> String {
        match operand {
            Value::Array(join) => join.last().map_or(String::new(), |list| self.value(list)),
            Value::String(name) => {
                let default = &self.template["Parameters"][name]["Default"];
                let default = default.as_str().map_or_else(|| default.to_string(), str::to_owned);
                let is_parameter = self.template["Parameters"][name].is_object();
                let own = if is_parameter { default } else { name.clone() };
                self.given.get(name).cloned().unwrap_or(own)
            }
            other => other.to_string(),
        }
    }
}

#[test]
fn production_has_every_alarm_dashboard_and_budget() {
    for (file, environment) in STACKS {
        let deployed = Deployed::read(file, environment);
        assert!(deployed.resources().len() >= 10, "{file}");
        assert_eq!(
            deployed.left_out(),
            [""; 0],
            "{environment} of samconfig.toml leaves these of {file} out"
        );
    }
}

#[test]
fn what_is_left_out_is_noticed() {
    let left_out = |file: &str, environment: &str, parameter: &str| {
        Deployed::without(file, environment, parameter).left_out().join(" ")
    };
    for (parameter, expected) in [
        ("WeatherDbStorageGiB", "WeatherDbStorageAlarm"),
        ("MetricsTargetGroup", "MetricsTargetsAlarm"),
        ("PlatformLoadBalancer", "PlatformResponseTimeAlarm PlatformTargetsAlarm"),
    ] {
        assert_eq!(left_out("template.yaml", "prod", parameter), expected);
    }
    let far = |parameter: &str| left_out("template-us-east-1.yaml", "prod-us-east-1", parameter);
    assert_eq!(far("WeatherPrimaryHealthCheck"), "WeatherDnsLatencyAlarm WeatherPrimaryHealthAlarm");
    assert_eq!(far("StatusCostTag"), "StatusBudget");
    assert!(left_out("template.yaml", "prod", "WatchSystems").contains("DatabasesDashboard"));
}
