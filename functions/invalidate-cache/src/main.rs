//! Starts the function: clients once, then one call of the handler for each invocation.

use std::process::ExitCode;

use invalidate_cache::{FUNCTION, aws::CloudFront, handler::handle};
use shared::playbook::Playbook;
use shell::Invocation;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    shell::run(FUNCTION, Playbook::parse_targets, |start| {
        let cloudfront = CloudFront::new(&start.sdk, start.calls);
        let playbook = start.playbook;
        Ok(async move |invocation: &Invocation| {
            handle(&cloudfront.until(invocation.deadline), &playbook, invocation).await
        })
    })
    .await
}
