//! A schedule of the template, as the rules look at it.
#![expect(clippy::expect_used, reason = "what surprises a test is to stop it, in its helpers too")]

use std::fs;
use std::path::Path;

use jiff::civil::Time;
use serde_json::Value;
use shared::ids::TargetName;
use shared::playbook::Playbook;

use super::model::{Template, texts};

/// What Scheduler puts the scheduled time in the place of.
pub(super) const SCHEDULED_TIME: &str = "<aws.scheduler.scheduled-time>";

/// The environments, each with the condition of the template that says it.
const ENVIRONMENTS: [(&str, &str); 3] = [("dev", "IsDev"), ("staging", "IsStaging"), ("prod", "IsProd")];
/// The queues of commands that schedules send to, each with the condition under which its function may touch anything.
pub(super) const QUEUES: [(&str, &str); 3] = [
    ("ScaleServiceCommands", "HasServices"),
    ("SnapshotDatabaseCommands", "HasDatabases"),
    ("FailoverDnsCommands", "HasFailovers"),
];

/// A schedule of the template.
pub(super) struct Schedule {
    pub(super) name: String,
    /// All that have to hold, so that it is made.
    conditions: Vec<String>,
    pub(super) properties: Value,
}

impl Schedule {
    pub(super) fn all(template: &Template) -> Vec<Self> {
        let schedules = template.of_type("AWS::Scheduler::Schedule").into_iter();
        let schedules: Vec<Self> = schedules
            .map(|(name, properties)| {
                let condition = &template.0["Resources"][name]["Condition"];
                let parts = condition.as_str().map(|condition| &template.0["Conditions"][condition]);
                let conditions = match parts.map(texts) {
                    Some(parts) if is_both(parts.as_slice()) => parts,
                    _ => texts(condition),
                };
                Self {
                    name: name.to_owned(),
                    conditions: conditions.into_iter().map(str::to_owned).collect(),
                    properties: properties.clone(),
                }
            })
            .collect();
        assert!(!schedules.is_empty());
        schedules
    }

    pub(super) fn is_under(&self, condition: &str) -> bool {
        self.conditions.iter().any(|one| one == condition)
    }

    /// Whether an environment has it.
    pub(super) fn is_in(&self, environment: &str) -> bool {
        let is = ENVIRONMENTS.iter().find(|(name, _)| *name == environment).expect("an environment").1;
        self.is_under(is) || !ENVIRONMENTS.iter().any(|(_, is)| self.is_under(is))
    }

    /// The playbooks of the environments that have it.
    pub(super) fn playbooks(&self) -> Vec<Playbook> {
        let known = |one: &String| is_has(one) || ENVIRONMENTS.iter().any(|(_, is)| one == is);
        assert!(self.conditions.iter().all(known), "{}: {:?}", self.name, self.conditions);
        let environments = ENVIRONMENTS.iter().filter(|(environment, _)| self.is_in(environment));
        environments.map(|(environment, _)| playbook(environment)).collect()
    }

    pub(super) fn target(&self) -> &Value {
        &self.properties["Target"]
    }

    /// The text that it sends, as it is written.
    pub(super) fn input(&self) -> &str {
        self.target()["Input"].as_str().expect("an input")
    }

    /// The command that it sends at some time.
    pub(super) fn command(&self) -> serde_json::Map<String, Value> {
        let text = self.input().replace(SCHEDULED_TIME, "2026-11-20T18:00:00Z");
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}: {text}", self.name))
    }

    /// The name of the command's target, if it has one.
    pub(super) fn about(&self) -> Option<TargetName> {
        let target = self.command().get("target")?.as_str()?.to_owned();
        Some(TargetName::parse(&target).expect("a target's name"))
    }

    pub(super) fn zone(&self) -> &str {
        self.properties["ScheduleExpressionTimezone"].as_str().expect("a zone")
    }

    pub(super) fn expression(&self) -> &str {
        self.properties["ScheduleExpression"].as_str().expect("an expression")
    }

    /// Whether it fires at intervals, and not at an hour of the day.
    pub(super) fn is_at_intervals(&self) -> bool {
        self.expression().starts_with("rate(")
    }

    /// The local time at which it fires.
    pub(super) fn time(&self) -> Time {
        let fields = self.expression().strip_prefix("cron(").and_then(|rest| rest.strip_suffix(')'));
        let fields: Vec<&str> = fields.expect("`cron(…)` or `rate(…)`").split(' ').collect();
        let [minute, hour, _, _, _, _] = fields[..] else { panic!("{}: six fields", self.name) };
        let number =
            |text: &str| text.parse().unwrap_or_else(|_| panic!("{}: one hour and minute", self.name));
        Time::new(number(hour), number(minute), 0, 0).expect("a time of the day")
    }
}

/// Whether this is the condition that a function may touch anything.
fn is_has(condition: &str) -> bool {
    QUEUES.iter().any(|(_, has)| *has == condition)
}

/// Whether these are the parts of the condition that it is some environment and may touch something.
pub(super) fn is_both(parts: &[&str]) -> bool {
    matches!(parts, [is, has] if is_has(has) && ENVIRONMENTS.iter().any(|(_, one)| one == is))
}

/// The playbook of an environment.
pub(super) fn playbook(environment: &str) -> Playbook {
    let file = format!("../playbooks/{environment}/playbook.yaml");
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file));
    Playbook::parse(&text.expect("a playbook is readable")).expect("a playbook")
}
