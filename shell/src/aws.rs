//! The SDK's configuration: one for all clients of a process. With `outcomes`, the only files here that name an SDK.

mod by_scheme;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use aws_config::BehaviorVersion;
pub use aws_config::SdkConfig;
use aws_config::environment::EnvironmentVariableCredentialsProvider;
use aws_config::timeout::TimeoutConfig;
use aws_runtime::env_config::file::{EnvConfigFileKind, EnvConfigFiles};
use aws_sdk_sns::config::interceptors::BeforeTransmitInterceptorContextRef;
use aws_sdk_sns::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_sns::error::{BoxError, DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::http::{HttpConnectorSettings, SharedHttpClient};

use self::by_scheme::ByScheme;
use crate::clock::{Deadline, OutOfTime};

/// The longest that one attempt of a request may take. AWS answers in well under a second as a rule; an attempt
/// that takes this long is lost, and the time is better spent on the next.
const ATTEMPT: Duration = Duration::from_secs(10);

/// The longest that connecting may take: the SDK's own default, 3.1 s, stated.
const CONNECT: Duration = Duration::from_millis(3_100);

/// Loads Region, endpoints and credentials from the environment, as Lambda sets them; there are no profiles to read.
pub(crate) async fn load() -> SdkConfig {
    let http = ByScheme::default();
    let sdk = aws_config::defaults(BehaviorVersion::latest())
        .http_client(SharedHttpClient::new(http.clone()))
        .credentials_provider(EnvironmentVariableCredentialsProvider::new())
        .profile_files(EnvConfigFiles::builder().with_contents(EnvConfigFileKind::Config, "").build())
        .timeout_config(TimeoutConfig::builder().connect_timeout(CONNECT).build())
        .load()
        .await;
    if !sdk.endpoint_url().is_some_and(|url| url.starts_with("http:")) {
        http.prepare_tls(&HttpConnectorSettings::builder().connect_timeout(CONNECT).build(), &sdk);
    }
    sdk
}

/// The time limits of one operation that is begun now: retries and all, it ends before the invocation does.
///
/// # Errors
/// When too little time is left to begin one.
pub fn timeouts(deadline: &Deadline) -> Result<TimeoutConfig, OutOfTime> {
    let allowance = deadline.allowance()?;
    Ok(TimeoutConfig::builder()
        .connect_timeout(CONNECT)
        .operation_attempt_timeout(ATTEMPT.min(allowance))
        .operation_timeout(allowance)
        .build())
}

/// What an error says: the service's own words, or the network's.
#[must_use]
pub fn words<E>(error: &SdkError<E>) -> String
where
    SdkError<E>: ProvideErrorMetadata,
    E: std::error::Error + Send + Sync + 'static,
{
    match (error.code(), error.message()) {
        (Some(code), Some(message)) => format!("{code}: {message}"),
        (Some(code), None) => code.to_owned(),
        (None, _) => DisplayErrorContext(error).to_string(),
    }
}

/// Counts the requests that a client sends, retries included. Give it to every client as an interceptor.
#[derive(Debug, Clone, Default)]
pub struct CallCounter(Arc<AtomicU64>);

impl CallCounter {
    pub(crate) fn total(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Intercept for CallCounter {
    fn name(&self) -> &'static str {
        "CallCounter"
    }

    fn read_before_transmit(
        &self,
        _context: &BeforeTransmitInterceptorContextRef<'_>,
        _runtime_components: &RuntimeComponents,
        _cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}
