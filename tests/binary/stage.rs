//! A function process between a Runtime API and a stand-in for AWS.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;
use tests::alarms::{Message, batch};
use tests::process::{Ended, FunctionProcess};
use tests::runtime_api::{Answer, FunctionError, InvokeOptions, RuntimeApi};
use tests::stand_in::{Service, StandIn};

/// A running function and what surrounds it.
pub(crate) struct Stage {
    pub(crate) aws: Arc<StandIn>,
    api: RuntimeApi,
    pub(crate) function: FunctionProcess,
}

impl Stage {
    /// Starts a function, with these variables. Several may share one AWS.
    pub(crate) async fn set(function: &'static str, aws: Arc<StandIn>, variables: &[(&str, &str)]) -> Self {
        let api = RuntimeApi::start().await.unwrap();
        let endpoint = aws.endpoint();
        let variables = [&[("AWS_ENDPOINT_URL", endpoint.as_str())], variables].concat();
        let function = FunctionProcess::start(&binary(function), &api, &variables).unwrap();
        Self { aws, api, function }
    }

    pub(crate) async fn invoke(&mut self, event: &Value) -> Answer {
        self.invoke_with(event, InvokeOptions::default()).await
    }

    pub(crate) async fn invoke_with(&mut self, event: &Value, options: InvokeOptions) -> Answer {
        self.function.invoke(&self.api, event, options).await.unwrap()
    }

    /// The reports of an event that must go well.
    pub(crate) async fn reports(&mut self, event: &Value) -> Vec<Value> {
        match self.invoke(event).await {
            Answer::Response(answer) => answer["reports"].as_array().unwrap().clone(),
            Answer::FunctionError(error) => panic!("{error:?}"),
        }
    }

    /// The only report of an event that must go well.
    pub(crate) async fn report(&mut self, event: &Value) -> Value {
        only(self.reports(event).await)
    }

    /// The reports of an event that must not go well, and the type of the function's error.
    pub(crate) async fn failed_reports(
        &mut self,
        event: &Value,
        options: InvokeOptions,
    ) -> (String, Vec<Value>) {
        match self.invoke_with(event, options).await {
            Answer::Response(answer) => panic!("no function error: {answer}"),
            Answer::FunctionError(FunctionError { error_type, message }) => {
                let message: Value = serde_json::from_str(&message).unwrap();
                (error_type, message["reports"].as_array().unwrap().clone())
            }
        }
    }

    /// The only failed report of an event that must not go well.
    pub(crate) async fn failed_report(&mut self, event: &Value, options: InvokeOptions) -> (String, Value) {
        let (error_type, reports) = self.failed_reports(event, options).await;
        (error_type, only(reports))
    }

    /// The ids of the messages of a batch that come back.
    pub(crate) async fn returned(&mut self, messages: &[Message]) -> Vec<String> {
        self.unacknowledged(&batch(messages)).await
    }

    /// The ids of the messages of such an event that come back.
    pub(crate) async fn unacknowledged(&mut self, event: &Value) -> Vec<String> {
        match self.invoke(event).await {
            Answer::Response(answer) => {
                let failures = answer["batchItemFailures"].as_array().unwrap();
                failures
                    .iter()
                    .map(|failure| failure["itemIdentifier"].as_str().unwrap().to_owned())
                    .collect()
            }
            Answer::FunctionError(error) => panic!("{error:?}"),
        }
    }

    /// What was asked of AWS for the work itself, in order: not that reports were published.
    pub(crate) fn asked(&self) -> Vec<String> {
        let requests = self.aws.requests().into_iter().filter(|request| request.service != Service::Sns);
        requests.map(|request| request.operation).collect()
    }

    pub(crate) async fn end(self) -> Ended {
        self.function.end().await.unwrap()
    }

    /// Waits for a function that cannot start to say why, and to end.
    pub(crate) async fn refuse_to_start(self) -> (FunctionError, Ended) {
        (self.api.init_error().await.unwrap(), self.function.wait().await.unwrap())
    }
}

/// An SQS event with a message for each body, the first of them `m-1`.
pub(crate) fn sqs(bodies: &[String]) -> Value {
    let messages = bodies.iter().zip(1..).map(|(body, n)| Message::new(format!("m-{n}"), body));
    batch(&messages.collect::<Vec<_>>())
}

fn only(reports: Vec<Value>) -> Value {
    let [report] = reports.as_slice() else { panic!("not one report: {reports:?}") };
    report.clone()
}

/// The debug binary of a function, as `cargo build` makes it for a user: these tests have other features in the same
/// crates, and one build of two functions would have those of both.
fn binary(function: &'static str) -> PathBuf {
    static BINARIES: Mutex<BTreeMap<&str, PathBuf>> = Mutex::new(BTreeMap::new());
    let mut binaries = BINARIES.lock().unwrap_or_else(PoisonError::into_inner);
    let build = || {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.current_dir(env!("CARGO_MANIFEST_DIR"));
        cargo.args(["build", "--quiet", "--package", function, "--message-format", "json"]);
        let output = cargo.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let messages = String::from_utf8(output.stdout).unwrap();
        let messages = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let mut executables =
            messages.filter_map(|message| Some(PathBuf::from(message["executable"].as_str()?)));
        executables.next_back().unwrap()
    };
    binaries.entry(function).or_insert_with(build).clone()
}
