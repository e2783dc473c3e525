//! The adapter on the wire: real answers of SQS and CloudWatch in, exact requests out.

mod alarms;
mod queues;
mod schedules;

use aws_sdk_sqs::config::retry::RetryConfig;
use aws_smithy_mocks::{Rule, RuleMode, mock_client};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use jiff::Timestamp;
use shell::clock::Clock;

use super::*;

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

const QUEUE: &str = "https://sqs.us-east-1.amazonaws.com/123456789012/lamplighter-invalidate-cache.fifo";

/// How each service answers; nothing is answered that no rule is for.
#[derive(Default)]
struct Rules<'a> {
    sqs: &'a [&'a Rule],
    cloudwatch: &'a [&'a Rule],
}

impl Rules<'_> {
    /// The clients, with one queue and without schedules. Nothing is tried again by the SDK.
    fn clients(&self) -> Aws {
        Aws {
            sqs: mock_client!(aws_sdk_sqs, RuleMode::Sequential, self.sqs, |config| config
                .retry_config(RetryConfig::disabled())),
            scheduler: None,
            cloudwatch: mock_client!(aws_sdk_cloudwatch, RuleMode::Sequential, self.cloudwatch, |config| {
                config.retry_config(RetryConfig::disabled())
            }),
            queues: [("invalidate-cache".to_owned(), QUEUE.to_owned())].into(),
        }
    }
}

/// So many seconds are left of the invocation.
fn left(seconds: i64) -> Deadline {
    Deadline::new(Timestamp::from_second(seconds).unwrap(), Clock::of(|| NOW))
}

/// A refusal in JSON, as SQS sends it.
fn refusal(status: u16, code: &str, message: &str) -> HttpResponse {
    let body = format!(r#"{{"__type": "com.amazonaws.service#{code}", "message": "{message}"}}"#);
    let mut response = HttpResponse::new(StatusCode::try_from(status).unwrap(), SdkBody::from(body));
    response.headers_mut().insert("x-amzn-errortype", code.to_owned());
    response
}

/// The fault as people read it, with its class.
fn shown(fault: &Fault) -> (Option<FaultClass>, String) {
    (fault.class, format!("{fault}: {}", fault.source))
}
