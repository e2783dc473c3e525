//! What the function is made of when it starts, and what must be right in its environment.

use shared::kinds::database::RegionCode;
use shared::playbook::Playbook;
use shell::Start;
use shell::clock::Deadline;
use shell::config::{ConfigError, ledger_table};
use shell::ledger::aws::{DynamoLedger, DynamoLedgerUntil};
use tracing::warn;

use crate::aws::{Aws, AwsUntil};
use crate::handler::Keeper;

/// What lives as long as the process.
#[derive(Debug)]
pub struct Parts {
    playbook: Playbook,
    ledger: Option<DynamoLedger>,
    ledger_table: Option<String>,
    aws: Aws,
}

impl Parts {
    /// Builds the clients.
    ///
    /// # Errors
    /// When the environment names no Region.
    pub fn new(start: Start) -> Result<Self, ConfigError> {
        let Start { sdk, calls, playbook } = start;
        let ledger_table = ledger_table();
        let ledger = ledger_table.clone().map(|table| DynamoLedger::new(&sdk, table, calls.clone()));
        if ledger.is_none() {
            warn!("LAMPLIGHTER_LEDGER_TABLE is not set: there is no ledger, and restore drills are refused");
        }
        let region = sdk.region().map(ToString::to_string).unwrap_or_default();
        let wrong = |_| ConfigError::bad("AWS_REGION", &region, "the code of a Region, as `us-east-1`");
        let home = RegionCode::try_from(region.clone()).map_err(wrong)?;
        let aws = Aws::new(&sdk, home, &calls);
        Ok(Self { playbook, ledger, ledger_table, aws })
    }

    /// The function, for as long as an invocation lasts.
    #[must_use]
    pub fn until(&self, deadline: Deadline) -> Keeper<'_, DynamoLedgerUntil<'_>, AwsUntil<'_>> {
        Keeper {
            ledger: self.ledger.as_ref().map(|ledger| ledger.until(deadline)),
            ledger_table: self.ledger_table.as_deref(),
            rds: self.aws.until(deadline),
            playbook: &self.playbook,
        }
    }
}
