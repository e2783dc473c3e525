//! What `template.yaml` orders and watches in an environment has a target in its playbook.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};
use shared::ids::TargetName;
use shared::playbook::{Playbook, Target};

/// The fields of a command that say nothing of what its action wants.
const COMMON: [&str; 6] = ["action", "target", "id", "reason", "mode", "origin"];

/// A condition, as the template writes it.
#[derive(Deserialize)]
enum Formula {
    Equals((Value, Value)),
    And(Vec<Self>),
    Or(Vec<Self>),
    Not((Box<Self>,)),
    Condition(String),
}

/// The template, once with what its tags say of conditions, and once without its tags.
pub(super) struct Template {
    conditions: BTreeMap<String, Formula>,
    plain: Value,
}

#[derive(Deserialize)]
struct Tagged {
    #[serde(rename = "Conditions", default)]
    conditions: BTreeMap<String, Formula>,
}

impl Template {
    pub(super) fn parse(text: &str) -> anyhow::Result<Self> {
        let Tagged { conditions } = serde_saphyr::from_str(text)?;
        Ok(Self { conditions, plain: serde_saphyr::from_str(text)? })
    }

    /// What of an environment's schedules and alarms does not fit its playbook.
    pub(super) fn misfits(
        &self,
        given: &BTreeMap<&str, &str>,
        file: &str,
        playbook: &Playbook,
    ) -> Vec<String> {
        let resources = self.plain["Resources"].as_object().into_iter().flatten();
        let there = resources.filter(|(_, resource)| {
            resource["Condition"].as_str().is_none_or(|name| self.holds(name, given))
        });
        there
            .flat_map(|(name, resource)| {
                let properties = &resource["Properties"];
                match resource["Type"].as_str() {
                    Some("AWS::Scheduler::Schedule") => schedule(properties, file, playbook),
                    Some("AWS::CloudWatch::Alarm") => alarm(name, properties, file, playbook),
                    _ => None,
                }
            })
            .collect()
    }

    fn holds(&self, name: &str, given: &BTreeMap<&str, &str>) -> bool {
        // CloudFormation tells of a condition that is not there.
        self.conditions.get(name).is_none_or(|formula| self.is_true(formula, given))
    }

    fn is_true(&self, formula: &Formula, given: &BTreeMap<&str, &str>) -> bool {
        match formula {
            Formula::Equals((one, other)) => self.value(one, given) == self.value(other, given),
            Formula::And(parts) => parts.iter().all(|part| self.is_true(part, given)),
            Formula::Or(parts) => parts.iter().any(|part| self.is_true(part, given)),
            Formula::Not((part,)) => !self.is_true(part, given),
            Formula::Condition(name) => self.holds(name, given),
        }
    }

    /// The value of a text, a parameter, or a list's parts in one.
    fn value(&self, operand: &Value, given: &BTreeMap<&str, &str>) -> String {
        match operand {
            Value::Array(join) => join.last().map_or(String::new(), |list| self.value(list, given)),
            Value::String(name) => {
                let default = &self.plain["Parameters"][name]["Default"];
                let default = if default.is_null() { operand } else { default };
                given.get(name.as_str()).map_or_else(|| text(default), |value| (*value).to_owned())
            }
            other => text(other),
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// What is wrong with the command that a schedule sends.
fn schedule(properties: &Value, file: &str, playbook: &Playbook) -> Option<String> {
    let name = text(&properties["Name"]);
    let input = properties["Target"]["Input"].as_str()?;
    let Ok(mut fields) = serde_json::from_str::<Map<String, Value>>(input) else {
        return Some(format!("template.yaml: schedule `{name}` sends what is no command in JSON"));
    };
    let (action, target) = (text(&fields["action"]), fields.get("target")?.as_str()?.to_owned());
    let what = format!("template.yaml: schedule `{name}` orders `{action}` of target `{target}`");
    let Some(of_playbook) = find(playbook, &target) else {
        let next = "put your target there or take the schedule out";
        return Some(format!("{what}, which {file} does not have: {next}"));
    };
    fields.retain(|field, _| !COMMON.contains(&field.as_str()));
    let error = of_playbook.check(playbook, &action, fields).err()?;
    Some(format!("{what}, which does not fit {file}: {error}"))
}

/// What is wrong with the target whose numbers an alarm watches.
fn alarm(id: &str, properties: &Value, file: &str, playbook: &Playbook) -> Option<String> {
    let dimensions = properties["Dimensions"].as_array()?;
    let dimension = |name: &str| dimensions.iter().find(|it| it["Name"] == name)?["Value"].as_str();
    let target = dimension("target")?;
    let what = format!("template.yaml: alarm `{id}` watches target `{target}`");
    match find(playbook, target) {
        None => {
            let next = "put your target there or take the alarm out";
            Some(format!("{what}, which {file} does not have: {next}"))
        }
        Some(of_playbook) => {
            let (function, own) = (dimension("function")?, of_playbook.function());
            (function != own).then(|| format!("{what} of {function}, which in {file} is of {own}"))
        }
    }
}

fn find<'p>(playbook: &'p Playbook, target: &str) -> Option<&'p Target> {
    playbook.targets.get(&TargetName::parse(target).ok()?)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use shared::playbook::Playbook;

    use super::Template;

    const TEMPLATE: &str = r#"
Parameters:
  Environment: {Type: String, Default: dev}
  DatabaseArns: {Type: CommaDelimitedList, Default: ""}
Conditions:
  IsProd: !Equals [!Ref Environment, prod]
  IsStandby: !Equals [!Ref Environment, standby]
  NotStandby: !Not [!Condition IsStandby]
  HasDatabases: !And [!Condition NotStandby, !Not [!Equals [!Join ["", !Ref DatabaseArns], ""]]]
  ProdDatabases: !And [!Condition IsProd, !Condition HasDatabases]
  ProdOrStandby: !Or
    - !Condition IsProd
    - !Condition IsStandby
Resources:
  Nightly:
    Type: AWS::Scheduler::Schedule
    Condition: ProdDatabases
    Properties:
      Name: nightly-weather-db
      Target:
        Input: >-
          {"action": "take", "target": "weather-db",
          "id": "nightly-<aws.scheduler.scheduled-time>", "origin": {"source": "schedule"}}
  Age:
    Type: AWS::CloudWatch::Alarm
    Condition: HasDatabases
    Properties:
      AlarmName: !Sub ${AWS::StackName}-weather-db-age
      Dimensions: [{Name: function, Value: snapshot-database}, {Name: target, Value: weather-db}]
  Hours:
    Type: AWS::Scheduler::Schedule
    Condition: ProdOrStandby
    Properties:
      Name: hours
      Target: {Input: '{"action": "profile", "target": "api", "profile": "busy", "id": "hours"}'}
  OfAll:
    Type: AWS::Scheduler::Schedule
    Properties:
      Name: all
      Target: {Input: '{"action": "reconcile", "id": "all"}'}
  Errors:
    Type: AWS::CloudWatch::Alarm
    Properties:
      Dimensions: [{Name: function, Value: snapshot-database}]
"#;
    const DATABASE: &str = "{kind: database, instance: a, retention: {days: 1}}";
    const SERVICE: &str = "{kind: service, cluster: a, service: b, bounds: {floor: 1, ceiling: 4, largest-step: 2}, \
                           time-zone: UTC, profiles: {busy: {min: 1, max: 2}}}";
    const DATABASES: (&str, &str) = ("DatabaseArns", "arn:aws:rds:us-east-1:123456789012:db:a");

    fn misfits<const N: usize>(targets: &[(&str, &str)], given: [(&str, &str); N]) -> Vec<String> {
        let targets: String = targets.iter().map(|(name, target)| format!("  {name}: {target}\n")).collect();
        let playbook = Playbook::parse(&format!("version: 1\ntargets:\n{targets}")).expect("a playbook");
        let template = Template::parse(TEMPLATE).expect("a template");
        let mut all = template.misfits(&BTreeMap::from(given), "playbooks/x/playbook.yaml", &playbook);
        all.sort();
        all
    }

    #[test]
    fn what_has_a_target_fits() {
        let all = [("weather-db", DATABASE), ("api", SERVICE)];
        assert_eq!(misfits(&all, [("Environment", "prod"), DATABASES]), [""; 0]);
    }

    #[test]
    fn a_schedule_or_an_alarm_without_its_target_is_told() {
        let wrong = misfits(&[("api", SERVICE)], [("Environment", "prod"), DATABASES]);
        let expected = [
            "template.yaml: alarm `Age` watches target `weather-db`, which playbooks/x/playbook.yaml does not have: \
             put your target there or take the alarm out",
            "template.yaml: schedule `nightly-weather-db` orders `take` of target `weather-db`, which \
             playbooks/x/playbook.yaml does not have: put your target there or take the schedule out",
        ];
        assert_eq!(wrong, expected);
    }

    #[test]
    fn what_an_environment_does_not_have_is_not_looked_at() {
        let (database, service) = (("weather-db", DATABASE), ("api", SERVICE));
        let names = |wrong: Vec<String>| {
            let name = |text: String| text.split('`').nth(1).map(str::to_owned);
            wrong.into_iter().filter_map(name).collect::<Vec<String>>()
        };
        assert_eq!(names(misfits(&[service], [])), [""; 0]);
        assert_eq!(names(misfits(&[service], [DATABASES])), ["Age"]);
        assert_eq!(names(misfits(&[service], [("Environment", "prod")])), [""; 0]);
        assert_eq!(names(misfits(&[database], [])), [""; 0]);
        for environment in ["prod", "standby"] {
            assert_eq!(names(misfits(&[database], [("Environment", environment), DATABASES])), ["hours"]);
        }
    }

    #[test]
    fn a_target_of_another_kind_or_without_what_is_ordered_is_told() {
        let wrong =
            misfits(&[("weather-db", SERVICE), ("api", DATABASE)], [("Environment", "prod"), DATABASES]);
        let begins = |text: &str| text.split(": ").take(2).collect::<Vec<_>>().join(": ");
        let expected = [
            "template.yaml: alarm `Age` watches target `weather-db` of snapshot-database, which in \
             playbooks/x/playbook.yaml is of scale-service",
            "template.yaml: schedule `hours` orders `profile` of target `api`, which does not fit \
             playbooks/x/playbook.yaml",
            "template.yaml: schedule `nightly-weather-db` orders `take` of target `weather-db`, which does not fit \
             playbooks/x/playbook.yaml",
        ];
        assert_eq!(wrong.iter().map(|text| begins(text)).collect::<Vec<_>>(), expected);
    }
}
