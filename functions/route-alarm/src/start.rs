//! What the function is made of when it starts, and what must be right in its environment.

use std::collections::BTreeSet;

use shared::playbook::Playbook;
use shared::playbook::route::Route;
use shell::Start;
use shell::clock::Deadline;
use shell::config::{ConfigError, ledger_table, queues, schedules};
use shell::ledger::aws::{DynamoLedger, DynamoLedgerUntil};
use tracing::warn;

use crate::aws::{Aws, AwsUntil};
use crate::handler::Router;

/// What lives as long as the process.
#[derive(Debug)]
pub struct Parts {
    playbook: Playbook,
    functions: BTreeSet<String>,
    ledger: Option<DynamoLedger>,
    aws: Aws,
    schedules: bool,
}

impl Parts {
    /// Reads what only this function needs of its environment, and builds the clients.
    ///
    /// # Errors
    /// When a variable is missing or bad, or a route needs what no variable names.
    pub fn new(start: Start) -> Result<Self, ConfigError> {
        let Start { sdk, calls, playbook } = start;
        let queues = queues()?;
        let schedules = schedules()?;
        let functions: BTreeSet<String> = queues.keys().cloned().collect();
        check(&playbook, &functions, schedules.is_some())?;
        let ledger = ledger_table().map(|table| DynamoLedger::new(&sdk, table, calls.clone()));
        if ledger.is_none() {
            warn!("LAMPLIGHTER_LEDGER_TABLE is not set: there is no ledger, and what needs it is refused");
        }
        let has_schedules = schedules.is_some();
        let aws = Aws::new(&sdk, &calls, queues, schedules);
        Ok(Self { playbook, functions, ledger, aws, schedules: has_schedules })
    }

    /// The router, for as long as an invocation lasts.
    #[must_use]
    pub fn until(&self, deadline: Deadline) -> Router<'_, DynamoLedgerUntil<'_>, AwsUntil<'_>> {
        Router {
            ledger: self.ledger.as_ref().map(|ledger| ledger.until(deadline)),
            outside: self.aws.until(deadline),
            playbook: &self.playbook,
            functions: &self.functions,
            schedules: self.schedules,
        }
    }
}

/// Whether the environment has what the routes need.
fn check(playbook: &Playbook, functions: &BTreeSet<String>, schedules: bool) -> Result<(), ConfigError> {
    for Route { name, hold_down, .. } in &playbook.routes {
        if hold_down.is_some() && !schedules {
            return Err(ConfigError::Needed {
                name: "LAMPLIGHTER_SCHEDULE_GROUP",
                by: format!("route `{name}` has a `hold-down`"),
            });
        }
    }
    for route in &playbook.routes {
        for command in route.commands() {
            let function = playbook.targets.get(&command.target).map(|target| target.function());
            if let Some(function) = function.filter(|function| !functions.contains(*function)) {
                return Err(ConfigError::Needed {
                    name: "LAMPLIGHTER_QUEUES",
                    by: format!("route `{}` sends to {function}, which has no queue there", route.name),
                });
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAYBOOK: &str = "
version: 1
targets: {site: {kind: distribution, distribution: E1EXAMPLE}}
routes:
  - {name: r, when: {alarm: a}, then: [{action: invalidate, target: site, everything: true}], hold-down: 5m}
";

    #[test]
    fn what_a_route_needs_must_be_there() {
        let playbook = Playbook::parse(PLAYBOOK).unwrap();
        let queues = BTreeSet::from(["invalidate-cache".to_owned()]);
        assert!(check(&playbook, &queues, true).is_ok());
        let error = check(&playbook, &queues, false).unwrap_err().to_string();
        assert_eq!(error, "`LAMPLIGHTER_SCHEDULE_GROUP` is needed: route `r` has a `hold-down`");
        let error = check(&playbook, &BTreeSet::new(), true).unwrap_err().to_string();
        assert_eq!(
            error,
            "`LAMPLIGHTER_QUEUES` is needed: route `r` sends to invalidate-cache, which has no queue there"
        );
    }
}
