//! Starts the function: clients once, then one call of the handler for each invocation.

use std::process::ExitCode;

use shared::playbook::Playbook;
use shell::Invocation;
use snapshot_database::{FUNCTION, handler::handle, start::Parts};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    shell::run(FUNCTION, Playbook::parse_targets, |start| {
        let parts = Parts::new(start)?;
        Ok(async move |invocation: &Invocation| handle(&parts.until(invocation.deadline), invocation).await)
    })
    .await
}
