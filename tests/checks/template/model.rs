//! The template as the rules look at it.
//!
//! It is read without its tags, so that `!Ref Queue` is `"Queue"` and `!GetAtt Queue.Arn` is `"Queue.Arn"`.
#![expect(clippy::expect_used, reason = "what surprises a test is to stop it, in its helpers too")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::{Map, Value, json};

/// How the names of the stack's own alarms begin.
pub(super) const OWN: &str = "${AWS::StackName}-";

/// The template.
pub(super) struct Template(pub(super) Value);

impl Template {
    pub(super) fn read() -> Self {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../template.yaml");
        let text = std::fs::read_to_string(file).expect("template.yaml is readable");
        Self(serde_saphyr::from_str(&text).expect("template.yaml is YAML"))
    }

    pub(super) fn of_type(&self, kind: &str) -> BTreeMap<&str, &Value> {
        let resources = self.0["Resources"].as_object().expect("resources");
        let of_type = resources.iter().filter(|(_, resource)| resource["Type"] == kind);
        of_type.map(|(name, resource)| (name.as_str(), &resource["Properties"])).collect()
    }

    pub(super) fn functions(&self) -> BTreeMap<&str, &Value> {
        self.of_type("AWS::Serverless::Function")
    }

    /// The alarms about this stack itself, and not about the systems that it looks after.
    pub(super) fn own_alarms(&self) -> BTreeMap<&str, &Value> {
        let mut alarms = self.of_type("AWS::CloudWatch::Alarm");
        alarms.retain(|_, alarm| alarm["AlarmName"].as_str().is_some_and(|name| name.starts_with(OWN)));
        alarms
    }

    /// The queue that `Name.Arn` means, with its name.
    pub(super) fn queue(&self, arn: &Value) -> (String, Value) {
        let name = arn
            .as_str()
            .and_then(|arn| arn.strip_suffix(".Arn"))
            .expect("the ARN of a queue of the template");
        let queues = self.of_type("AWS::SQS::Queue");
        (name.to_owned(), (*queues.get(name).unwrap_or_else(|| panic!("no queue `{name}`"))).clone())
    }

    /// Whether an alarm tells people that a metric was counted even once.
    pub(super) fn rings_above_zero(&self, namespace: &str, metric: &str, dimensions: &Value) -> bool {
        self.of_type("AWS::CloudWatch::Alarm").values().any(|alarm| {
            alarm["Namespace"] == namespace
                && alarm["MetricName"] == metric
                && alarm["Dimensions"] == *dimensions
                && alarm["Statistic"] == "Sum"
                && alarm["ComparisonOperator"] == "GreaterThanThreshold"
                && alarm["Threshold"] == 0
                && texts(&alarm["AlarmActions"]) == ["OperatorsTopic"]
        })
    }

    /// Every queue that wakes a function: the function's properties, the mapping's and the queue's.
    pub(super) fn queue_mappings(&self) -> Vec<(Value, Value, String, Value)> {
        let mut mappings = Vec::new();
        for function in self.functions().values() {
            for event in events(function).filter(|event| event["Type"] == "SQS") {
                let (name, queue) = self.queue(&event["Properties"]["Queue"]);
                mappings.push(((*function).clone(), event["Properties"].clone(), name, queue));
            }
        }
        assert!(!mappings.is_empty());
        mappings
    }
}

pub(super) fn events(function: &Value) -> impl Iterator<Item = &Value> {
    function["Events"].as_object().into_iter().flat_map(Map::values)
}

pub(super) fn is_fifo(queue: &Value) -> bool {
    queue["FifoQueue"] == true
}

pub(super) fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("expected a number, found {value}"))
}

pub(super) fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

/// Statements of a policy, those behind a condition included.
pub(super) fn statements(list: &Value) -> Vec<&Value> {
    match list {
        Value::Array(items) => items.iter().flat_map(statements).collect(),
        Value::Object(_) => vec![list],
        _ => Vec::new(),
    }
}

/// The dimensions of a metric of our own: the stack first, by which those of others are told from it.
pub(super) fn of_stack(dimensions: &[(&str, &str)]) -> Value {
    let all = [("stack", "AWS::StackName")].into_iter().chain(dimensions.iter().copied());
    all.map(|(name, value)| json!({"Name": name, "Value": value})).collect()
}

/// What a role may do.
pub(super) fn permissions(role: &Value) -> Vec<&Value> {
    let policies = role["Policies"].as_array().into_iter().flatten();
    policies.flat_map(|policy| statements(&policy["PolicyDocument"]["Statement"])).collect()
}

/// The resources on which a role may do what begins so.
pub(super) fn allowed(template: &Template, role: &str, actions: &str) -> BTreeSet<String> {
    let roles = template.of_type("AWS::IAM::Role");
    let statements = permissions(roles[role]).into_iter();
    statements
        .filter(|statement| texts(&statement["Action"]).iter().any(|action| action.starts_with(actions)))
        .flat_map(|statement| texts(&statement["Resource"]))
        .map(str::to_owned)
        .collect()
}
