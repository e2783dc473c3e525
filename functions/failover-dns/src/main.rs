//! Starts the function: clients once, then one call of the handler for each invocation.
// The layout of the handler's future, which looks at four things at once, is deeper than the compiler expects.
#![recursion_limit = "256"]

use std::process::ExitCode;

use failover_dns::{FUNCTION, handler::handle, start::Parts};
use shared::playbook::Playbook;
use shell::Invocation;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    shell::run(FUNCTION, Playbook::parse_targets, |start| {
        let parts = Parts::new(start);
        Ok(async move |invocation: &Invocation| handle(&parts.until(invocation.deadline), invocation).await)
    })
    .await
}
