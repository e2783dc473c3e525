//! What the function is made of when it starts, and what must be right in its environment.

use std::time::Duration;

use shared::playbook::Playbook;
use shell::Start;
use shell::clock::Deadline;
use shell::config::ledger_table;
use shell::ledger::aws::{DynamoLedger, DynamoLedgerUntil};
use tracing::warn;

use crate::aws::{Aws, AwsUntil};
use crate::handler::Mover;

/// The longest that one operation on the ledger may take. It answers within a tenth of a second as a rule; where it
/// does not, traffic must not wait for it.
const PATIENCE: Duration = Duration::from_secs(2);

/// What lives as long as the process.
#[derive(Debug)]
pub struct Parts {
    playbook: Playbook,
    ledger: Option<DynamoLedger>,
    aws: Aws,
}

impl Parts {
    /// Builds the clients.
    #[must_use]
    pub fn new(start: Start) -> Self {
        let Start { sdk, calls, playbook } = start;
        let ledger = ledger_table().map(|table| DynamoLedger::new(&sdk, table, calls.clone()));
        if ledger.is_none() {
            warn!(
                "LAMPLIGHTER_LEDGER_TABLE is not set: there is no ledger, and nothing fails back by itself"
            );
        }
        Self { playbook, ledger, aws: Aws::new(&sdk, &calls) }
    }

    /// The function, for as long as an invocation lasts.
    #[must_use]
    pub fn until(&self, deadline: Deadline) -> Mover<'_, DynamoLedgerUntil<'_>, AwsUntil<'_>> {
        Mover {
            ledger: self.ledger.as_ref().map(|ledger| ledger.until(deadline.patient_for(PATIENCE))),
            dns: self.aws.until(deadline),
            playbook: &self.playbook,
        }
    }
}
