//! What the function is made of when it starts, and what must be right in its environment.

use shared::playbook::Playbook;
use shell::Start;
use shell::clock::Deadline;
use shell::config::{ConfigError, ledger_table, schedules};
use shell::ledger::aws::{DynamoLedger, DynamoLedgerUntil};
use tracing::warn;

use crate::admission::Means;
use crate::aws::{Aws, AwsUntil};
use crate::handler::Scaler;

/// What lives as long as the process.
#[derive(Debug)]
pub struct Parts {
    playbook: Playbook,
    ledger: Option<DynamoLedger>,
    aws: Aws,
    means: Means,
}

impl Parts {
    /// Reads what only this function needs of its environment, and builds the clients.
    ///
    /// # Errors
    /// When a variable is bad, or the playbook names a time zone that there is not.
    pub fn new(start: Start) -> Result<Self, ConfigError> {
        let Start { sdk, calls, playbook } = start;
        let schedules = schedules()?;
        playbook.check_zones().map_err(ConfigError::Playbook)?;
        let ledger = ledger_table().map(|table| DynamoLedger::new(&sdk, table, calls.clone()));
        let means = Means { ledger: ledger.is_some(), schedules: schedules.is_some() };
        if !means.ledger {
            warn!("LAMPLIGHTER_LEDGER_TABLE is not set: there is no ledger, and what needs it is refused");
        }
        if !means.schedules {
            warn!("LAMPLIGHTER_SCHEDULE_GROUP is not set: boosts are refused, as nothing would end them");
        }
        let aws = Aws::new(&sdk, &calls, schedules);
        Ok(Self { playbook, ledger, aws, means })
    }

    /// The function, for as long as an invocation lasts.
    #[must_use]
    pub fn until(&self, deadline: Deadline) -> Scaler<'_, DynamoLedgerUntil<'_>, AwsUntil<'_>> {
        Scaler {
            ledger: self.ledger.as_ref().map(|ledger| ledger.until(deadline)),
            services: self.aws.until(deadline),
            playbook: &self.playbook,
            means: self.means,
        }
    }
}
