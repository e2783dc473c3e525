//! The built `invalidate-cache` as Lambda runs it: a process, a Runtime API, and AWS's wire on loopback.
//! What the function decides is tested beside its code; here it is that the parts are joined, and what is public.
#![expect(clippy::unwrap_used, reason = "these are tests, and what fails here fails them")]

mod answers;
mod log;
mod outcomes;
mod start;
mod trouble;

use std::sync::Arc;

use serde_json::{Value, json};
use tests::stage::Stage;
use tests::stand_in::StandIn;

const EXECUTABLE: &str = env!("CARGO_BIN_EXE_invalidate-cache");

const PLAYBOOK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/binary/playbook.yaml");

/// Starts the function, with more variables or other values.
async fn set(variables: &[(&str, &str)]) -> Stage {
    let aws = Arc::new(StandIn::start().await.unwrap());
    let variables = [&[("LAMPLIGHTER_PLAYBOOK", PLAYBOOK)], variables].concat();
    Stage::set(EXECUTABLE, aws, &variables).await
}

/// A command for two paths of the distribution.
fn command() -> Value {
    json!({"action": "invalidate", "target": "weather-site", "paths": ["/news/*", "/app.js"]})
}
