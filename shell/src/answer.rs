//! What an invoker gets back.

use std::fmt;

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse};
use lambda_runtime::Diagnostic;
use serde_json::{Value, json};
use shared::event::{Answer, Arrival};
use shared::report::{ErrorType, Report, Verdict};

use crate::Settled;

/// A function error: Lambda retries an asynchronous invocation, and a direct caller reads the message.
pub(crate) struct FunctionError {
    kind: ErrorType,
    message: String,
}

/// The runtime logs a function error by this. The reports in its message are in the log already.
impl fmt::Debug for FunctionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the invocation ends as function error {}: see the failed reports above",
            self.kind.as_str()
        )
    }
}

impl From<FunctionError> for Diagnostic {
    fn from(error: FunctionError) -> Self {
        Self { error_type: error.kind.as_str().to_owned(), error_message: error.message }
    }
}

/// Turns what became of an invocation into the form that its invoker expects.
pub(crate) fn answer(arrival: &Arrival, settled: &Settled) -> Result<Value, FunctionError> {
    match arrival.answer {
        Answer::BatchItemFailures { .. } => {
            let failures = settled.unacknowledged.iter().map(|&record| {
                let mut failure = BatchItemFailure::default();
                failure.item_identifier.clone_from(&arrival.records[record].id);
                failure
            });
            let mut response = SqsBatchResponse::default();
            response.batch_item_failures = failures.collect();
            Ok(json!(response))
        }
        Answer::Reports => {
            let failed: Vec<&Report> =
                settled.reports.iter().filter(|report| report.verdict == Verdict::Failed).collect();
            if failed.is_empty() {
                return Ok(json!({"reports": settled.reports}));
            }
            Err(FunctionError { kind: common_kind(&failed), message: json!({"reports": failed}).to_string() })
        }
    }
}

/// The kind that all failures share, or that of commands that failed.
fn common_kind(failed: &[&Report]) -> ErrorType {
    let mut kinds =
        failed.iter().map(|report| report.error.as_ref().map_or(ErrorType::CommandFailed, |e| e.kind));
    let first = kinds.next().unwrap_or(ErrorType::CommandFailed);
    if kinds.all(|kind| kind == first) { first } else { ErrorType::CommandFailed }
}
