//! The playbook: the file in which an operator names targets and their limits, and routes alarms to commands.
//!
//! Parsing is strict: an unknown key is an error with its line and column, as a misspelt limit is no limit.

mod check;
pub mod route;
mod target;

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::ids::TargetName;
use crate::kinds::database::Database;
use crate::kinds::distribution::Distribution;
use crate::kinds::dns::Dns;
use crate::kinds::service::{Service, ServiceGroup};
use crate::period::Period;
use route::Route;

/// A playbook, checked.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Playbook {
    /// The version of the form: 1.
    pub version: Version,
    /// The targets by name.
    pub targets: BTreeMap<TargetName, Target>,
    /// The limits of all routes together.
    #[serde(default)]
    pub guardrails: Guardrails,
    /// The routes from alarms to commands. All that match are taken.
    #[serde(default)]
    pub routes: Vec<Route>,
}

/// The limits of all routes together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Guardrails {
    /// The most commands that all routes together send in a clock hour.
    pub max_per_hour: Option<NonZeroU32>,
    /// How long a target is left alone by all routes after one of them has sent it a command.
    pub target_cooldown: Option<Period>,
}

/// A named resource. One variant a kind; a further kind is a variant here and a row in `Kind`.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Target {
    /// A CloudFront distribution, or a tenant of one.
    Distribution(Distribution),
    /// An ECS service.
    Service(Service),
    /// Several ECS services as one, in order.
    ServiceGroup(ServiceGroup),
    /// Databases on RDS or Aurora, and their snapshots.
    Database(Database),
    /// Names that lead to a primary or to a secondary.
    Dns(Dns),
}

impl Playbook {
    /// Reads a playbook.
    ///
    /// # Errors
    /// When the text is no YAML or no playbook, or a route names what there is not: the error has line, column and
    /// what was expected.
    pub fn parse(text: &str) -> Result<Self, PlaybookError> {
        let playbook: Self =
            serde_saphyr::from_str(text).map_err(|error| PlaybookError(error.without_snippet().render()))?;
        check::targets(&playbook)?;
        check::routes(&playbook)?;
        Ok(playbook)
    }

    /// Reads a playbook's targets only: what stands before its routes and guardrails, where those come last.
    ///
    /// For functions that do not route. The routes are the longer part, and reading YAML is a good part of a cold
    /// start; besides, a bad route is no reason for them not to start.
    ///
    /// # Errors
    /// As [`parse`](Self::parse), but for what is wrong with routes and guardrails.
    pub fn parse_targets(text: &str) -> Result<Self, PlaybookError> {
        let lines = text.lines().scan(0, |at, line| {
            let start = *at;
            *at += line.len() + 1;
            Some((start, line))
        });
        let mut routes =
            lines.filter(|(_, line)| line.starts_with("routes:") || line.starts_with("guardrails:"));
        if let Some((start, _)) = routes.next()
            && let Ok(playbook) = serde_saphyr::from_str(&text[..start])
        {
            check::targets(&playbook)?;
            return Ok(playbook);
        }
        Self::parse(text)
    }

    /// The distributions by name, in the order of their names.
    pub fn distributions(&self) -> impl Iterator<Item = (&TargetName, &Distribution)> {
        self.targets.iter().filter_map(|(name, target)| match target {
            Target::Distribution(distribution) => Some((name, distribution)),
            Target::Service(_) | Target::ServiceGroup(_) | Target::Database(_) | Target::Dns(_) => None,
        })
    }

    /// The distribution with this name.
    ///
    /// # Errors
    /// When the playbook has no such distribution: the error names those that it has.
    pub fn distribution(&self, name: &TargetName) -> Result<&Distribution, UnknownTarget> {
        match self.targets.get(name) {
            Some(Target::Distribution(distribution)) => Ok(distribution),
            Some(Target::Service(_) | Target::ServiceGroup(_) | Target::Database(_) | Target::Dns(_))
            | None => {
                let known = self.distributions().map(|(name, _)| name.to_string()).collect();
                Err(self.unknown(name, "a distribution", known))
            }
        }
    }

    /// All services by name, in the order of their names.
    pub fn all_services(&self) -> impl Iterator<Item = (&TargetName, &Service)> {
        self.targets.iter().filter_map(|(name, target)| match target {
            Target::Service(service) => Some((name, service)),
            Target::Distribution(_) | Target::ServiceGroup(_) | Target::Database(_) | Target::Dns(_) => None,
        })
    }

    /// The service with this name, or the services of the group with this name in the group's order.
    ///
    /// # Errors
    /// When the playbook has neither: the error names those that it has.
    pub fn services(&self, name: &TargetName) -> Result<Vec<(&TargetName, &Service)>, UnknownTarget> {
        match self.targets.get_key_value(name) {
            Some((name, Target::Service(service))) => Ok(vec![(name, service)]),
            Some((_, Target::ServiceGroup(group))) => Ok(self.members(group).collect()),
            Some((_, Target::Distribution(_) | Target::Database(_) | Target::Dns(_))) | None => {
                let known = self.targets.iter().filter(|(_, target)| match target {
                    Target::Service(_) | Target::ServiceGroup(_) => true,
                    Target::Distribution(_) | Target::Database(_) | Target::Dns(_) => false,
                });
                let known = known.map(|(name, _)| name.to_string()).collect();
                Err(self.unknown(name, "a service or a group of services", known))
            }
        }
    }

    /// The services of a group, in its order; all of them are there once the playbook is checked.
    fn members(&self, group: &ServiceGroup) -> impl Iterator<Item = (&TargetName, &Service)> {
        group.services.iter().filter_map(|name| match self.targets.get_key_value(name)? {
            (name, Target::Service(service)) => Some((name, service)),
            (_, Target::Distribution(_) | Target::ServiceGroup(_) | Target::Database(_) | Target::Dns(_)) => {
                None
            }
        })
    }

    /// The targets of databases by name, in the order of their names.
    pub fn databases(&self) -> impl Iterator<Item = (&TargetName, &Database)> {
        self.targets.iter().filter_map(|(name, target)| match target {
            Target::Database(database) => Some((name, database)),
            Target::Distribution(_) | Target::Service(_) | Target::ServiceGroup(_) | Target::Dns(_) => None,
        })
    }

    /// The databases with this target's name.
    ///
    /// # Errors
    /// When the playbook has no such target: the error names those that it has.
    pub fn database(&self, name: &TargetName) -> Result<(&TargetName, &Database), UnknownTarget> {
        match self.targets.get_key_value(name) {
            Some((name, Target::Database(database))) => Ok((name, database)),
            Some((
                _,
                Target::Distribution(_) | Target::Service(_) | Target::ServiceGroup(_) | Target::Dns(_),
            ))
            | None => {
                let known = self.databases().map(|(name, _)| name.to_string()).collect();
                Err(self.unknown(name, "a database", known))
            }
        }
    }

    /// The names that lead somewhere, by target.
    pub fn all_dns(&self) -> impl Iterator<Item = (&TargetName, &Dns)> {
        self.targets.iter().filter_map(|(name, target)| match target {
            Target::Dns(dns) => Some((name, dns)),
            Target::Distribution(_) | Target::Service(_) | Target::ServiceGroup(_) | Target::Database(_) => {
                None
            }
        })
    }

    /// The names with this target's name.
    ///
    /// # Errors
    /// When the playbook has no such target: the error names those that it has.
    pub fn dns(&self, name: &TargetName) -> Result<(&TargetName, &Dns), UnknownTarget> {
        self.all_dns().find(|(dns, _)| *dns == name).ok_or_else(|| {
            let known = self.all_dns().map(|(name, _)| name.to_string()).collect();
            self.unknown(name, "names of kind `dns`", known)
        })
    }

    fn unknown(&self, name: &TargetName, expected: &'static str, known: Vec<String>) -> UnknownTarget {
        let is = self.targets.get(name).map(Target::noun);
        UnknownTarget { name: name.clone(), is, expected, known }
    }

    /// Checks that every time zone is one. Only programs with the database of time zones can ask.
    ///
    /// # Errors
    /// When a service names a zone that there is not.
    pub fn check_zones(&self) -> Result<(), PlaybookError> {
        for (name, service) in self.all_services() {
            if let Err(error) = service.time_zone.resolve() {
                return Err(PlaybookError(format!("target `{name}`: `time-zone`: {error}")));
            }
        }
        Ok(())
    }
}

/// The JSON Schema of the playbook, for editors.
#[must_use]
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(Playbook).to_value()
}

/// The version of the playbook's form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "u64")]
#[schemars(with = "u64", extend("const" = 1))]
pub enum Version {
    /// `version: 1`.
    One,
}

impl TryFrom<u64> for Version {
    type Error = String;

    fn try_from(number: u64) -> Result<Self, String> {
        if number == 1 { Ok(Self::One) } else { Err(format!("version {number}; expected 1")) }
    }
}

/// A text that is no playbook. The message has line and column.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct PlaybookError(String);

/// A command for a target that the playbook does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("field `target` is `{name}`{}; expected {expected} of the playbook: {}", which(.is), list(.known))]
pub struct UnknownTarget {
    name: TargetName,
    is: Option<&'static str>,
    expected: &'static str,
    known: Vec<String>,
}

fn which(is: &Option<&'static str>) -> String {
    is.map_or(String::new(), |noun| format!(", {noun}"))
}

fn list(names: &[String]) -> String {
    if names.is_empty() { "it has none".to_owned() } else { names.join(", ") }
}

#[cfg(test)]
mod tests;
