//! The client of the local cloud: `prepare` makes what the playbook names, `run` sends events and shows what
//! becomes of each. `prepare-e2e` makes besides what only the end-to-end tests need. `cargo xtask` starts it and the
//! cloud.

use std::io::Write;
use std::process::ExitCode;

use anyhow::bail;
use tests::cloud::{Cloud, prepare, story};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match stage(std::env::args().nth(1).as_deref()).await {
        Ok(code) => code,
        Err(error) => {
            // With standard error closed there is nobody to tell.
            writeln!(std::io::stderr().lock(), "{error:#}").ok();
            ExitCode::FAILURE
        }
    }
}

async fn stage(name: Option<&str>) -> anyhow::Result<ExitCode> {
    match name {
        Some("prepare") => prepare::prepare(false).await.map(|()| ExitCode::SUCCESS),
        Some("prepare-e2e") => prepare::prepare(true).await.map(|()| ExitCode::SUCCESS),
        Some("run") => {
            let all_seen = story::tell(&Cloud::connect().await?).await?;
            Ok(if all_seen { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        other => {
            bail!("expected `prepare`, `prepare-e2e` or `run`, not {other:?}; `cargo xtask demo` runs it")
        }
    }
}
