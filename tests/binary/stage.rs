//! A function process between a Runtime API and a stand-in for AWS.
#![expect(clippy::unwrap_used, reason = "these are tests, and what fails here fails them")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use serde_json::{Value, json};
use tests::process::{Ended, FunctionProcess};
use tests::runtime_api::{Answer, FunctionError, InvokeOptions, RuntimeApi};
use tests::stand_in::{Service, StandIn};

/// The playbook of these tests.
const PLAYBOOK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/binary/playbook.yaml");

/// A running function and what surrounds it.
pub(crate) struct Stage {
    pub(crate) aws: StandIn,
    api: RuntimeApi,
    function: FunctionProcess,
}

impl Stage {
    /// Starts the function, with more variables or other values.
    pub(crate) async fn set(variables: &[(&str, &str)]) -> Self {
        let (aws, api) = (StandIn::start().await.unwrap(), RuntimeApi::start().await.unwrap());
        let endpoint = aws.endpoint();
        let mut all = vec![("AWS_ENDPOINT_URL", endpoint.as_str()), ("LAMPLIGHTER_PLAYBOOK", PLAYBOOK)];
        all.extend(variables);
        let function = FunctionProcess::start(binary(), &api, &all).unwrap();
        Self { aws, api, function }
    }

    pub(crate) async fn invoke(&mut self, event: &Value) -> Answer {
        self.invoke_with(event, InvokeOptions::default()).await
    }

    pub(crate) async fn invoke_with(&mut self, event: &Value, options: InvokeOptions) -> Answer {
        self.function.invoke(&self.api, event, options).await.unwrap()
    }

    /// The only report of an event that must go well.
    pub(crate) async fn report(&mut self, event: &Value) -> Value {
        match self.invoke(event).await {
            Answer::Response(answer) => only_report(&answer),
            Answer::FunctionError(error) => panic!("{error:?}"),
        }
    }

    /// The only failed report of an event that must not.
    pub(crate) async fn failed_report(&mut self, event: &Value, options: InvokeOptions) -> (String, Value) {
        match self.invoke_with(event, options).await {
            Answer::Response(answer) => panic!("no function error: {answer}"),
            Answer::FunctionError(FunctionError { error_type, message }) => {
                (error_type, only_report(&serde_json::from_str(&message).unwrap()))
            }
        }
    }

    /// What was asked of CloudFront, in order.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.aws.operations(Service::CloudFront)
    }

    pub(crate) async fn end(self) -> Ended {
        self.function.end().await.unwrap()
    }

    /// Waits for a function that cannot start to say why, and to end.
    pub(crate) async fn refuse_to_start(self) -> (FunctionError, Ended) {
        (self.api.init_error().await.unwrap(), self.function.wait().await.unwrap())
    }
}

/// A command for two paths of the distribution.
pub(crate) fn command() -> Value {
    json!({"action": "invalidate", "target": "weather-site", "paths": ["/news/*", "/app.js"]})
}

/// An SQS event with a message for each body, the first of them `m-1`.
pub(crate) fn sqs(bodies: &[String]) -> Value {
    let records = bodies.iter().zip(1..).map(|(body, n)| {
        json!({
            "messageId": format!("m-{n}"),
            "receiptHandle": "handle",
            "body": body,
            "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": "1763715600000"},
            "messageAttributes": {},
            "eventSource": "aws:sqs",
            "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:invalidate-cache",
            "awsRegion": "us-east-1",
        })
    });
    json!({"Records": records.collect::<Vec<_>>()})
}

fn only_report(answer: &Value) -> Value {
    let reports = answer["reports"].as_array().unwrap();
    assert_eq!(reports.len(), 1, "{answer}");
    reports[0].clone()
}

/// The debug binary, as `cargo build` makes it for a user: these tests have other features in the same crates.
fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.current_dir(env!("CARGO_MANIFEST_DIR"));
        cargo.args(["build", "--quiet", "--package", "invalidate-cache", "--message-format", "json"]);
        let output = cargo.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let messages = String::from_utf8(output.stdout).unwrap();
        let messages = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let mut executables =
            messages.filter_map(|message| Some(PathBuf::from(message["executable"].as_str()?)));
        executables.next_back().unwrap()
    })
}
