//! The built `invalidate-cache`.

mod answers;
mod log;
mod outcomes;
mod start;
mod trouble;

use std::sync::Arc;

use serde_json::{Value, json};
use tests::stand_in::StandIn;

use crate::stage::Stage;

const PLAYBOOK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/binary/invalidate_cache/playbook.yaml");

/// Starts the function, with more variables or other values.
async fn set(variables: &[(&str, &str)]) -> Stage {
    let aws = Arc::new(StandIn::start().await.unwrap());
    let variables = [&[("LAMPLIGHTER_PLAYBOOK", PLAYBOOK)], variables].concat();
    Stage::set("invalidate-cache", aws, &variables).await
}

/// A command for two paths of the distribution.
fn command() -> Value {
    json!({"action": "invalidate", "target": "weather-site", "paths": ["/news/*", "/app.js"]})
}
