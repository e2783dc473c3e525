//! What the keys alone do not show: whether groups and routes name what there is.

use std::collections::{BTreeMap, BTreeSet};

use super::route::{Route, When};
use super::{Playbook, PlaybookError, Target};
use crate::event::AlarmState;
use crate::ids::TargetName;
use crate::kinds::database::Which;
use crate::kinds::dns::{Record, normal};
use crate::kinds::service::ServiceGroup;

/// Checks that no service, database or record has two targets, and that the members of every group are services, each
/// once.
pub(super) fn targets(playbook: &Playbook) -> Result<(), PlaybookError> {
    let (mut services, mut databases, mut records) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    for (name, target) in &playbook.targets {
        match target {
            Target::Distribution(_) => {}
            Target::Database(database) => {
                let named = match &database.which {
                    Which::Instance(identifier) => ("instance", identifier),
                    Which::Cluster(identifier) => ("cluster", identifier),
                    Which::AllTagged { .. } => continue,
                };
                // What one target takes is foreign to the other: neither would see that the work is done.
                if let Some(other) = databases.insert(named, name) {
                    let (noun, identifier) = named;
                    return Err(PlaybookError(format!(
                        "targets `{other}` and `{name}` are both {noun} `{identifier}`; expected one target"
                    )));
                }
            }
            Target::Service(service) => {
                // Leases and saved sizes are kept by target: with two of them they would guard nothing.
                if let Some(other) = services.insert((&service.cluster, &service.service), name) {
                    return Err(PlaybookError(format!(
                        "targets `{other}` and `{name}` are both service `{}` of cluster `{}`; expected one target",
                        service.service, service.cluster
                    )));
                }
            }
            Target::ServiceGroup(group) => members(playbook, name, group)?,
            Target::Dns(dns) => {
                for Record { name: record, kind } in &dns.records {
                    // Leases and earlier records are kept by target: each would undo what the other does.
                    if let Some(other) = records.insert((&dns.zone, normal(record.as_str()), kind), name) {
                        return Err(PlaybookError(format!(
                            "targets `{other}` and `{name}` both move {} {record} of zone `{}`; expected one target",
                            kind.as_str(),
                            dns.zone
                        )));
                    }
                }
            }
        }
    }
    Ok(())
}

fn members(playbook: &Playbook, group: &TargetName, of: &ServiceGroup) -> Result<(), PlaybookError> {
    let mut seen = BTreeSet::new();
    for (name, position) in of.services.iter().zip(&of.positions) {
        let in_group = |what: &str| Err(wrong(*position, &format!("group `{group}`: `{name}` {what}")));
        let known = || {
            let known: Vec<&str> = playbook.all_services().map(|(name, _)| name.as_str()).collect();
            if known.is_empty() { "it has none".to_owned() } else { known.join(", ") }
        };
        match playbook.targets.get(name) {
            Some(Target::Service(_)) if seen.insert(name) => {}
            Some(Target::Service(_)) => return in_group("is there twice; expected each service once"),
            Some(
                target @ (Target::Distribution(_)
                | Target::ServiceGroup(_)
                | Target::Database(_)
                | Target::Dns(_)),
            ) => {
                let noun = target.noun();
                return in_group(&format!("is {noun}; expected a service of the playbook: {}", known()));
            }
            None => {
                return in_group(&format!("is no target; expected a service of the playbook: {}", known()));
            }
        }
    }
    Ok(())
}

/// Checks that every route has a name of its own, and that its commands fit their targets.
pub(super) fn routes(playbook: &Playbook) -> Result<(), PlaybookError> {
    let mut names = BTreeSet::new();
    for route in &playbook.routes {
        let name = &route.name;
        if !names.insert(name) {
            return Err(wrong(route.position, &format!("`{name}` is the name of two routes; expected one")));
        }
        for command in route.commands() {
            let in_route = |what: &str| Err(wrong(command.position, &format!("route `{name}`: {what}")));
            let Some(target) = playbook.targets.get(&command.target) else {
                let known: Vec<&str> = playbook.targets.keys().map(|name| name.as_str()).collect();
                let known = if known.is_empty() { "it has none".to_owned() } else { known.join(", ") };
                return in_route(&format!(
                    "`target` is `{}`; expected a target of the playbook: {known}",
                    command.target
                ));
            };
            if matches!(target, Target::Dns(_)) && begins_anywhere(route) {
                return in_route(
                    "`from` has `INSUFFICIENT_DATA`; expected only `OK` or `ALARM` beside a target of kind `dns`: a new alarm begins so, and says nothing of an outage",
                );
            }
            if let Err(error) = target.check(playbook, &command.action, command.fields.clone()) {
                return in_route(&error.to_string());
            }
        }
    }
    Ok(())
}

/// Whether a route also takes the first state of a new alarm.
fn begins_anywhere(route: &Route) -> bool {
    matches!(&route.when, When::Alarm(alarm) if alarm.from.contains(&AlarmState::InsufficientData))
}

/// Says where something is wrong. What stands before its `kind` has no position.
fn wrong((line, column): (u64, u64), what: &str) -> PlaybookError {
    if line == 0 {
        return PlaybookError(what.to_owned());
    }
    PlaybookError(format!("{what} at line {line}, column {column}"))
}
