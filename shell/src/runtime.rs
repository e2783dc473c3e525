//! Joins a function to the Lambda runtime: start, decode, hand over, log, publish, answer.

use std::process::ExitCode;
use std::rc::Rc;
use std::time::Duration;

use jiff::Timestamp;
use lambda_runtime::tower::util::MapRequestLayer;
use lambda_runtime::{LambdaEvent, LambdaInvocation, service_fn};
use serde_json::{Value, json};
use shared::command::Mode;
use shared::event::{Answer, Arrival, Record, decode};
use shared::playbook::Playbook;
use shared::report::{ErrorType, Report};
use tracing::{Instrument, error, info, info_span};

use crate::answer::{FunctionError, answer};
use crate::aws::{CallCounter, SdkConfig, load};
use crate::batch::Settled;
use crate::clock::{Clock, Deadline};
use crate::config::{Chain, Config, ConfigError, Parse, logging};
use crate::outcomes::Outcomes;
use crate::telemetry::{Log, Tally};

/// What a function is given at its start.
#[derive(Debug)]
pub struct Start {
    /// The SDK's configuration, for all clients.
    pub sdk: SdkConfig,
    /// Counts requests: an interceptor for all clients.
    pub calls: CallCounter,
    /// The targets.
    pub playbook: Playbook,
}

/// One invocation, opened.
#[derive(Debug)]
pub struct Invocation {
    /// What it brought.
    pub arrival: Arrival,
    /// Whether the function as a whole carries commands out.
    pub mode: Mode,
    /// When it began.
    pub began_at: Timestamp,
    /// When it will be cut off.
    pub deadline: Deadline,
    pub(crate) meter: Meter,
}

/// Measures the work behind reports, and logs them when they are there.
#[derive(Debug)]
pub(crate) struct Meter {
    clock: Clock,
    calls: CallCounter,
    /// `None` in tests, which look at the reports themselves.
    log: Option<Log>,
}

impl Meter {
    pub(crate) fn start(&self) -> Running<'_> {
        Running { meter: self, began_at: self.clock.now(), calls_before: self.calls.total() }
    }
}

/// A measurement that has begun.
pub(crate) struct Running<'a> {
    meter: &'a Meter,
    began_at: Timestamp,
    calls_before: u64,
}

impl Running<'_> {
    /// Puts the times into the reports and logs them. The calls are counted once, with the first of them.
    pub(crate) fn stop(self, reports: &mut [Report]) {
        let now = self.meter.clock.now();
        let mut tally = Tally { api_calls: self.meter.calls.total() - self.calls_before };
        for report in reports {
            report.started_at = self.began_at;
            report.duration_ms = u64::try_from(now.duration_since(self.began_at).as_millis()).unwrap_or(0);
            if let Some(log) = &self.meter.log {
                log.report(report, &tally, now);
            }
            tally = Tally::default();
        }
    }
}

/// Runs a function until Lambda ends the process.
///
/// `parse` reads the playbook. `begin` reads what only this function needs, builds clients and returns the handler. A function that cannot start says so to Lambda, by name, and
/// exits with 1.
pub async fn run<H>(
    function: &'static str,
    parse: Parse,
    begin: impl FnOnce(Start) -> Result<H, ConfigError>,
) -> ExitCode
where
    H: AsyncFn(&Invocation) -> Settled,
{
    let log = Log::install(logging());
    let config = match Config::load(parse) {
        Ok(config) => config,
        Err(reason) => return refuse_to_start(&Chain(&reason).to_string()).await,
    };
    let sdk = load().await;
    let outcomes = Outcomes::new(&sdk, &config);
    let calls = CallCounter::default();
    let start = Start { sdk, calls: calls.clone(), playbook: config.playbook };
    let handler = match begin(start) {
        Ok(handler) => handler,
        Err(reason) => return refuse_to_start(&Chain(&reason).to_string()).await,
    };
    let log = log.of_stack(config.stack);
    let host =
        Rc::new(Host { function, log, mode: config.mode, calls, outcomes, clock: Clock::system(), handler });

    let service = service_fn(move |event: LambdaEvent<Value>| {
        let host = Rc::clone(&host);
        let span = info_span!("invocation", "requestId" = event.context.request_id);
        async move { host.serve(event).await }.instrument(span)
    });
    let runtime = lambda_runtime::Runtime::new(service).layer(MapRequestLayer::new(json_or_its_text));
    match runtime.run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            error!("the runtime ended: {reason}");
            ExitCode::FAILURE
        }
    }
}

/// What is kept of an invocation's time to publish its reports: work that was done and that nobody hears of is the
/// worst outcome. Two attempts at SNS fit into it.
const FOR_PUBLISHING: Duration = Duration::from_secs(2);

/// What lives as long as the process.
struct Host<H> {
    function: &'static str,
    log: Log,
    mode: Mode,
    calls: CallCounter,
    outcomes: Option<Outcomes>,
    clock: Clock,
    handler: H,
}

impl<H: AsyncFn(&Invocation) -> Settled> Host<H> {
    async fn serve(&self, event: LambdaEvent<Value>) -> Result<Value, FunctionError> {
        let request_id = &event.context.request_id;
        let deadline =
            i64::try_from(event.context.deadline).ok().and_then(|ms| Timestamp::from_millisecond(ms).ok());
        let arrival = decode(&event.payload, request_id).unwrap_or_else(|error| Arrival {
            answer: Answer::Reports,
            records: vec![Record { id: request_id.clone(), receives: 1, content: Err(error) }],
        });
        let end = Deadline::new(deadline.unwrap_or(Timestamp::MAX), self.clock);
        let invocation = Invocation {
            arrival,
            mode: self.mode,
            began_at: self.clock.now(),
            deadline: end.before(FOR_PUBLISHING),
            meter: Meter { clock: self.clock, calls: self.calls.clone(), log: Some(self.log.clone()) },
        };
        let settled = (self.handler)(&invocation).await;
        if let Some(outcomes) = &self.outcomes {
            let lost = outcomes.publish(&settled.reports, &end).await;
            if lost > 0 {
                self.log.unpublished(self.function, lost, self.clock.now());
            }
        }
        answer(&invocation.arrival, &settled)
    }
}

/// Lambda hands over JSON. A payload that is none is turned into a JSON string of itself, so that it is decoded,
/// refused and reported like any other instead of ending as a nameless error of the runtime.
fn json_or_its_text(mut invocation: LambdaInvocation) -> LambdaInvocation {
    if serde_json::from_slice::<Value>(&invocation.body).is_err() {
        let text = String::from_utf8_lossy(&invocation.body);
        invocation.body = json!(text).to_string().into();
    }
    invocation
}

/// Tells Lambda that the function cannot start, and why.
async fn refuse_to_start(reason: &str) -> ExitCode {
    error!("cannot start: {reason}");
    let body =
        json!({"errorType": ErrorType::Configuration.as_str(), "errorMessage": reason, "stackTrace": []});
    let request = http::Request::post("/2018-06-01/runtime/init/error")
        .header("Lambda-Runtime-Function-Error-Type", ErrorType::Configuration.as_str())
        .body(lambda_runtime_api_client::body::Body::from(body.to_string()));
    if let Ok(request) = request {
        let client = lambda_runtime_api_client::PooledClient::builder().build();
        if let Err(reason) = client.call(request).await {
            info!("could not tell Lambda so: {reason}");
        }
    }
    ExitCode::FAILURE
}

#[cfg(any(test, feature = "testing"))]
impl Invocation {
    /// An invocation that began at the epoch, has all the time in the world, and logs nothing.
    #[must_use]
    pub fn for_tests(arrival: Arrival, mode: Mode) -> Self {
        let clock = Clock::of(|| Timestamp::UNIX_EPOCH);
        Self {
            arrival,
            mode,
            began_at: clock.now(),
            deadline: Deadline::new(Timestamp::MAX, clock),
            meter: Meter { clock, calls: CallCounter::default(), log: None },
        }
    }
}
