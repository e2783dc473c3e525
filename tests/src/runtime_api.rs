//! Lambda's Runtime API on loopback: hands events to a function and takes its answers.
//! Only what a function calls is there; extensions, X-Ray and streamed responses are not.

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Display;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, bail};
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::{Method, Request, Response};
use serde_json::Value;
use tokio::sync::{Notify, oneshot, watch};

use crate::loopback::{Reply, Server, reply};

/// The longest that an answer is waited for. Far more than any function takes: it only ends a test that hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// A Runtime API, for one function process at a time.
#[derive(Debug)]
pub struct RuntimeApi {
    server: Server,
    desk: Arc<Desk>,
}

/// How an event is handed over.
#[derive(Debug, Clone)]
pub struct InvokeOptions {
    /// The request id; none: a new one.
    pub request_id: Option<String>,
    /// How long the function has before it would be cut off.
    pub time_left: Duration,
}

impl Default for InvokeOptions {
    fn default() -> Self {
        Self { request_id: None, time_left: Duration::from_secs(30) }
    }
}

/// What a function answered to an event.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// It returned.
    Response(Value),
    /// It ended in a function error.
    FunctionError(FunctionError),
}

/// What a function says of its failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionError {
    /// `errorType`.
    pub error_type: String,
    /// `errorMessage`.
    pub message: String,
}

impl RuntimeApi {
    /// Starts it on a free port.
    ///
    /// # Errors
    /// When there is none.
    pub async fn start() -> anyhow::Result<Self> {
        let desk = Arc::new(Desk::default());
        let server = Server::start({
            let desk = Arc::clone(&desk);
            move |request| serve(Arc::clone(&desk), request)
        });
        Ok(Self { server: server.await.context("start a Runtime API")?, desk })
    }

    /// Where it listens: the value of `AWS_LAMBDA_RUNTIME_API`.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// Hands an event to the function and waits for the answer. What is no JSON is handed over as it is.
    ///
    /// # Errors
    /// When the function cannot start, or does not answer.
    pub async fn invoke(&self, event: impl Display, options: InvokeOptions) -> anyhow::Result<Answer> {
        let (answer, answered) = oneshot::channel();
        {
            let mut state = self.desk.state();
            state.invoked += 1;
            let id = options
                .request_id
                .unwrap_or_else(|| format!("00000000-0000-4000-8000-{:012}", state.invoked));
            let deadline = SystemTime::now().duration_since(UNIX_EPOCH)? + options.time_left;
            state.answers.insert(id.clone(), answer);
            state.events.push_back(Event { id, deadline_ms: deadline.as_millis(), body: event.to_string() });
        }
        self.desk.arrived.notify_one();
        tokio::select! {
            answer = answered => answer.context("the Runtime API ended")?,
            error = self.init_error() => bail!("the function cannot start: {:?}", error?),
        }
    }

    /// Waits for the function to say that it cannot start.
    ///
    /// # Errors
    /// When it does not say so.
    pub async fn init_error(&self) -> anyhow::Result<FunctionError> {
        let mut said = self.desk.init_error.subscribe();
        let error = tokio::time::timeout(PATIENCE, said.wait_for(Option::is_some)).await;
        error.context("the function said nothing")??.clone().context("no init error")
    }
}

/// Where events wait for the function, and callers for answers.
#[derive(Debug, Default)]
struct Desk {
    state: Mutex<State>,
    arrived: Notify,
    init_error: watch::Sender<Option<FunctionError>>,
}

#[derive(Debug, Default)]
struct State {
    invoked: u64,
    events: VecDeque<Event>,
    answers: BTreeMap<String, oneshot::Sender<anyhow::Result<Answer>>>,
}

#[derive(Debug)]
struct Event {
    id: String,
    deadline_ms: u128,
    body: String,
}

impl Desk {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next event, when there is one.
    async fn next(&self) -> Event {
        loop {
            if let Some(event) = self.state().events.pop_front() {
                return event;
            }
            self.arrived.notified().await;
        }
    }

    /// Passes an answer to the caller; false: nobody waits for it.
    fn answer(&self, id: &str, answer: anyhow::Result<Answer>) -> bool {
        let caller = self.state().answers.remove(id);
        caller.is_some_and(|caller| caller.send(answer).is_ok())
    }
}

async fn serve(desk: Arc<Desk>, request: Request<Bytes>) -> Reply {
    let path = request.uri().path().strip_prefix("/2018-06-01/runtime/").unwrap_or_default();
    let parts: Vec<&str> = path.split('/').collect();
    match (request.method(), parts.as_slice()) {
        (&Method::GET, ["invocation", "next"]) => hand_over(desk.next().await),
        (&Method::POST, ["invocation", id, "response"]) => {
            let response = serde_json::from_slice(request.body()).context("the response is no JSON");
            accepted(desk.answer(id, response.map(Answer::Response)))
        }
        (&Method::POST, ["invocation", id, "error"]) => {
            accepted(desk.answer(id, function_error(request.body()).map(Answer::FunctionError)))
        }
        (&Method::POST, ["init", "error"]) => match function_error(request.body()) {
            Ok(error) => {
                desk.init_error.send_replace(Some(error));
                accepted(true)
            }
            Err(_) => accepted(false),
        },
        _ => reply(404, "text/plain", "the Runtime API has no such resource"),
    }
}

fn hand_over(event: Event) -> Reply {
    Response::builder()
        .header("content-type", "application/json")
        .header("lambda-runtime-aws-request-id", event.id)
        .header("lambda-runtime-deadline-ms", event.deadline_ms.to_string())
        .header(
            "lambda-runtime-invoked-function-arn",
            "arn:aws:lambda:us-east-1:123456789012:function:under-test",
        )
        .header("lambda-runtime-trace-id", "Root=1-00000000-000000000000000000000000;Sampled=0")
        .body(Full::new(event.body.into()))
        .ok()
}

fn accepted(known: bool) -> Reply {
    if known {
        reply(202, "application/json", r#"{"status":"OK"}"#)
    } else {
        reply(400, "application/json", r#"{"errorType":"InvalidRequestID","errorMessage":"not waited for"}"#)
    }
}

fn function_error(body: &[u8]) -> anyhow::Result<FunctionError> {
    let body: Value = serde_json::from_slice(body).context("the error is no JSON")?;
    let text =
        |name: &str| body[name].as_str().map(str::to_owned).with_context(|| format!("no {name} in {body}"));
    Ok(FunctionError { error_type: text("errorType")?, message: text("errorMessage")? })
}
