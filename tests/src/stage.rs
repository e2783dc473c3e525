//! A function process between a Runtime API and a stand-in for AWS.
//!
//! The tests of a built function set it, in `functions/*/tests/`: cargo builds the binary for them, and tells them where
//! it is. Such a binary has the features of the function's tests as well; they only add fakes, which no `main` uses.
#![expect(clippy::unwrap_used, reason = "only tests set a stage, and what fails here fails them")]

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use crate::alarms::{Message, batch};
use crate::process::{Ended, FunctionProcess};
use crate::runtime_api::{Answer, FunctionError, InvokeOptions, RuntimeApi};
use crate::stand_in::{Service, StandIn};

/// A running function and what surrounds it. It panics where a test would fail.
#[derive(Debug)]
pub struct Stage {
    /// The AWS that it works on.
    pub aws: Arc<StandIn>,
    api: RuntimeApi,
    /// Its process.
    pub function: FunctionProcess,
}

impl Stage {
    /// Starts a function's executable, with these variables. Several may share one AWS.
    pub async fn set(executable: &str, aws: Arc<StandIn>, variables: &[(&str, &str)]) -> Self {
        let api = RuntimeApi::start().await.unwrap();
        let endpoint = aws.endpoint();
        let variables = [&[("AWS_ENDPOINT_URL", endpoint.as_str())], variables].concat();
        let function = FunctionProcess::start(Path::new(executable), &api, &variables).unwrap();
        Self { aws, api, function }
    }

    /// The answer to an event.
    pub async fn invoke(&mut self, event: &Value) -> Answer {
        self.invoke_with(event, InvokeOptions::default()).await
    }

    /// The answer to an event that comes with these options.
    pub async fn invoke_with(&mut self, event: &Value, options: InvokeOptions) -> Answer {
        self.function.invoke(&self.api, event, options).await.unwrap()
    }

    /// The reports of an event that must go well.
    pub async fn reports(&mut self, event: &Value) -> Vec<Value> {
        match self.invoke(event).await {
            Answer::Response(answer) => answer["reports"].as_array().unwrap().clone(),
            Answer::FunctionError(error) => panic!("{error:?}"),
        }
    }

    /// The only report of an event that must go well.
    pub async fn report(&mut self, event: &Value) -> Value {
        only(self.reports(event).await)
    }

    /// The reports of an event that must not go well, and the type of the function's error.
    pub async fn failed_reports(&mut self, event: &Value, options: InvokeOptions) -> (String, Vec<Value>) {
        match self.invoke_with(event, options).await {
            Answer::Response(answer) => panic!("no function error: {answer}"),
            Answer::FunctionError(FunctionError { error_type, message }) => {
                let message: Value = serde_json::from_str(&message).unwrap();
                (error_type, message["reports"].as_array().unwrap().clone())
            }
        }
    }

    /// The only failed report of an event that must not go well.
    pub async fn failed_report(&mut self, event: &Value, options: InvokeOptions) -> (String, Value) {
        let (error_type, reports) = self.failed_reports(event, options).await;
        (error_type, only(reports))
    }

    /// The ids of the messages of a batch that come back.
    pub async fn returned(&mut self, messages: &[Message]) -> Vec<String> {
        self.unacknowledged(&batch(messages)).await
    }

    /// The ids of the messages of such an event that come back.
    pub async fn unacknowledged(&mut self, event: &Value) -> Vec<String> {
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
    pub fn asked(&self) -> Vec<String> {
        let requests = self.aws.requests().into_iter().filter(|request| request.service != Service::Sns);
        requests.map(|request| request.operation).collect()
    }

    /// Ends the function.
    pub async fn end(self) -> Ended {
        self.function.end().await.unwrap()
    }

    /// Waits for a function that cannot start to say why, and to end.
    pub async fn refuse_to_start(self) -> (FunctionError, Ended) {
        (self.api.init_error().await.unwrap(), self.function.wait().await.unwrap())
    }
}

/// An SQS event with a message for each body, the first of them `m-1`.
pub fn sqs(bodies: &[String]) -> Value {
    let messages = bodies.iter().zip(1..).map(|(body, n)| Message::new(format!("m-{n}"), body));
    batch(&messages.collect::<Vec<_>>())
}

/// Waits until something has come about.
pub async fn until(is_so: impl Fn() -> bool) {
    while !is_so() {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

fn only(reports: Vec<Value>) -> Value {
    let [report] = reports.as_slice() else { panic!("not one report: {reports:?}") };
    report.clone()
}
