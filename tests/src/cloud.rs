//! A client's view of a Lamplighter that is deployed to the local cloud: it sends real events and reads back,
//! by the AWS API alone, what became of them. It starts nothing; `cargo xtask` does that.

mod alarms;
mod clients;
pub mod databases;
mod effects;
pub mod far;
pub mod faults;
mod ledger;
pub mod names;
pub mod prepare;
pub mod reports;
mod schedules;
mod send;
pub mod services;
mod stack;
pub mod story;
pub mod timeline;

pub use alarms::ALARM_RULE;
pub use clients::Clients;
pub use effects::{Backlog, eventually};
pub use schedules::Scheduled;
pub use send::Answered;
pub use stack::{Commands, Function, Stack};

use anyhow::Context;
use shared::playbook::Playbook;

/// Everything that a client needs to work with the deployed stack.
#[derive(Debug)]
pub struct Cloud {
    /// The clients of the services, and the folder of the local cloud.
    pub clients: Clients,
    /// The outputs of the stack.
    pub stack: Stack,
    /// The playbook that the functions read, with the ids of this cloud.
    pub playbook: Playbook,
}

impl Cloud {
    /// Connects to the cloud that the environment names, after its deployment.
    ///
    /// # Errors
    /// When `cargo xtask` did not start this process, or the stack is not deployed.
    pub async fn connect() -> anyhow::Result<Self> {
        let clients = Clients::connect().await?;
        let stack = Stack::read(&clients.folder.join("outputs.json"))?;
        let file = clients.folder.join("playbook.yaml");
        let text = std::fs::read_to_string(&file).with_context(|| format!("read {}", file.display()))?;
        let playbook = Playbook::parse(&text).with_context(|| format!("parse {}", file.display()))?;
        Ok(Self { clients, stack, playbook })
    }

    /// The id of the distribution behind a target.
    ///
    /// # Errors
    /// When the playbook has no such target.
    pub fn distribution(&self, target: &str) -> anyhow::Result<&str> {
        self.playbook
            .distributions()
            .find(|(name, _)| name.as_str() == target)
            .map(|(_, distribution)| distribution.cache.id())
            .with_context(|| format!("the playbook has no target `{target}`"))
    }
}
