//! An address as evidence: what it answers now, by the HTTP client that the SDK has already.

use std::time::Duration;

use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_runtime_api::client::interceptors::context::{Error, Output};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::ser_de::DeserializeResponse;
use aws_smithy_types::config_bag::ConfigBag;
use shared::fault::FaultClass;
use shared::kinds::dns::HttpsUrl;
use tokio::time::timeout;

use super::{AwsUntil, out_of_time};
use crate::world::{Fault, Health, HealthState, Meaning};

/// The longest that an answer is waited for: there is a move to be made after it.
const LONGEST: Duration = Duration::from_secs(5);

/// What an answer may be: a page, or the way to one.
const GOOD: std::ops::RangeInclusive<u16> = 200..=399;

impl AwsUntil<'_> {
    /// Asks once. No redirect is followed, and no body is read.
    pub(super) async fn probe(&self, url: &HttpsUrl) -> Result<Health, Fault> {
        let operation = format!("ask {url}");
        let allowance = self.deadline.allowance().map_err(|reason| out_of_time(&operation, reason))?;
        let longest = LONGEST.min(allowance);
        match timeout(longest, self.ask(url)).await {
            Ok(Ok(status)) => {
                let state =
                    if GOOD.contains(&status) { HealthState::Healthy } else { HealthState::Unhealthy };
                Ok(Health::now(state, &format!("{url} answers {status}")))
            }
            // Somebody else answers, or nobody has renewed it: that does not pass.
            Ok(Err(why)) if why.contains("certificate") => {
                Ok(Health::now(HealthState::Unhealthy, &format!("{url} does not answer well: {why}")))
            }
            Ok(Err(why)) => Err(unanswered(operation, why)),
            Err(_) => Err(unanswered(operation, format!("no answer within {} ms", longest.as_millis()))),
        }
    }

    async fn ask(&self, url: &HttpsUrl) -> Result<u16, String> {
        let (host, path) = parts(url);
        let mut request = Operation::builder()
            .service_name("evidence")
            .operation_name("get")
            .behavior_version(BehaviorVersion::latest())
            .endpoint_url(host)
            .no_auth()
            .no_retry();
        if let Some(client) = self.aws.sdk.http_client() {
            request = request.http_client(client);
        }
        let request =
            request.serializer(get).deserializer_impl::<u16, std::convert::Infallible>(Status).build();
        request.invoke(path.to_owned()).await.map_err(|error| innermost(&error))
    }
}

/// An answer that did not come: the way there may be disturbed for a moment, and the alarm does not come again.
fn unanswered(operation: String, why: String) -> Fault {
    let source: Box<dyn std::error::Error + Send + Sync> = why.into();
    Fault { operation, meaning: Meaning::Common(FaultClass::Unavailable), source: source.into() }
}

/// The scheme with the host, and what is behind them but for a fragment, which is not sent.
fn parts(url: &HttpsUrl) -> (&str, &str) {
    const SCHEME: usize = "https://".len();
    let url = url.as_str().split('#').next().unwrap_or_default();
    let end = url.get(SCHEME..).and_then(|rest| rest.find(['/', '?'])).map_or(url.len(), |end| SCHEME + end);
    url.split_at(end)
}

fn get(path: String) -> Result<HttpRequest, BoxError> {
    let mut request = HttpRequest::empty();
    request.set_method("GET")?;
    request.set_uri(if path.starts_with('/') { path } else { format!("/{path}") })?;
    request.headers_mut().insert("accept", "*/*");
    request.headers_mut().insert("user-agent", "lamplighter");
    Ok(request)
}

/// Reads the status of an answer alone.
#[derive(Debug)]
struct Status;

impl DeserializeResponse for Status {
    fn deserialize_streaming_with_config(
        &self,
        answer: &mut HttpResponse,
        _: &ConfigBag,
    ) -> Option<Result<Output, OrchestratorError<Error>>> {
        Some(Ok(Output::erase(answer.status().as_u16())))
    }
}

/// What was wrong at last: `invalid peer certificate: UnknownIssuer`, and not all that it led to.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}
