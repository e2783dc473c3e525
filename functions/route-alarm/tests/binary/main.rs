//! The built `route-alarm` as Lambda runs it: a process, a Runtime API, and AWS's wire on loopback.
//! What the function decides is tested beside its code; here it is that the parts are joined, and what is public.
#![expect(clippy::unwrap_used, reason = "these are tests, and what fails here fails them")]

mod batches;
mod flapping;
mod once;
mod outcomes;
mod start;
mod steps;
mod trouble;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;
use tests::stage::Stage;
use tests::stand_in::StandIn;

const EXECUTABLE: &str = env!("CARGO_BIN_EXE_route-alarm");

const PLAYBOOK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/binary/playbook.yaml");

const QUEUE: &str = "https://sqs.us-east-1.amazonaws.com/123456789012/invalidate-cache.fifo";

/// Where the check of a hold-down is kept that never reached the function.
const DEAD_LETTERS: &str = "arn:aws:sqs:us-east-1:123456789012:schedules-dead-letters";

const VARIABLES: [(&str, &str); 7] = [
    ("LAMPLIGHTER_PLAYBOOK", PLAYBOOK),
    (
        "LAMPLIGHTER_QUEUES",
        "invalidate-cache=https://sqs.us-east-1.amazonaws.com/123456789012/invalidate-cache.fifo",
    ),
    ("LAMPLIGHTER_LEDGER_TABLE", "ledger"),
    ("LAMPLIGHTER_SCHEDULE_GROUP", "lamplighter"),
    ("LAMPLIGHTER_SCHEDULE_ROLE", "arn:aws:iam::123456789012:role/wake-router"),
    ("LAMPLIGHTER_SCHEDULE_TARGET", "arn:aws:lambda:us-east-1:123456789012:function:route-alarm"),
    ("LAMPLIGHTER_SCHEDULE_DEAD_LETTERS", DEAD_LETTERS),
];

/// Starts the function on an AWS of its own, with more variables or other values.
async fn set(variables: &[(&str, &str)]) -> Stage {
    set_on(&Arc::new(StandIn::start().await.unwrap()), variables).await
}

/// Starts the function beside others on one AWS.
async fn set_on(aws: &Arc<StandIn>, variables: &[(&str, &str)]) -> Stage {
    Stage::set(EXECUTABLE, Arc::clone(aws), &[&VARIABLES, variables].concat()).await
}

/// Starts the function without one of its variables.
async fn set_without(variable: &str) -> Stage {
    let variables: Vec<_> = VARIABLES.into_iter().filter(|(name, _)| *name != variable).collect();
    Stage::set(EXECUTABLE, Arc::new(StandIn::start().await.unwrap()), &variables).await
}

/// How many reports have each verdict and code: `refused cooldown`.
fn counted(reports: &[Value]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for report in reports {
        let said = |value: &Value| value.as_str().unwrap_or("?").to_owned();
        *counts
            .entry(format!("{} {}", said(&report["verdict"]), said(&report["why"]["code"])))
            .or_default() += 1;
    }
    counts
}

/// Such counts, for comparison.
fn counts<const N: usize>(counts: [(&str, usize); N]) -> BTreeMap<String, usize> {
    counts.into_iter().map(|(what, count)| (what.to_owned(), count)).collect()
}
