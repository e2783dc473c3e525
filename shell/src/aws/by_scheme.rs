//! An HTTP client that builds its TLS stack only where there is an `https` endpoint to talk to.
//!
//! The SDK's own client builds it whatever the endpoint, and reads every root certificate of the machine for that:
//! most of a cold start, which a function that asks a stand-in over plain HTTP need not pay.

use std::sync::{Arc, OnceLock};

use aws_config::SdkConfig;
use aws_smithy_async::rt::sleep::SharedAsyncSleep;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::{Connector, ConnectorBuilder, tls};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;

/// The client. Its connectors keep the settings of their first request: every client of this process has the same.
#[derive(Debug, Clone, Default)]
pub(super) struct ByScheme(Arc<Connectors>);

impl ByScheme {
    /// Builds the TLS stack now: while a function starts, Lambda lends it more of a processor than later.
    pub(super) fn prepare_tls(&self, settings: &HttpConnectorSettings, sdk: &SdkConfig) {
        self.0.tls.get_or_init(|| tls_connector(builder(settings, sdk.sleep_impl())));
    }
}

#[derive(Debug, Default)]
struct Connectors {
    plain: OnceLock<SharedHttpConnector>,
    tls: OnceLock<SharedHttpConnector>,
}

impl HttpClient for ByScheme {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let connectors = Arc::clone(&self.0);
        SharedHttpConnector::new(Choice {
            connectors,
            settings: settings.clone(),
            components: components.clone(),
        })
    }
}

/// Chooses a connector by the scheme of each request.
#[derive(Debug)]
struct Choice {
    connectors: Arc<Connectors>,
    settings: HttpConnectorSettings,
    components: RuntimeComponents,
}

impl HttpConnector for Choice {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let builder = || builder(&self.settings, self.components.sleep_impl());
        let connector = if request.uri().starts_with("https:") {
            self.connectors.tls.get_or_init(|| tls_connector(builder()))
        } else {
            self.connectors.plain.get_or_init(|| SharedHttpConnector::new(builder().build_http()))
        };
        connector.call(request)
    }
}

fn builder(settings: &HttpConnectorSettings, sleep: Option<SharedAsyncSleep>) -> ConnectorBuilder {
    let mut builder = Connector::builder().connector_settings(settings.clone());
    builder.set_sleep_impl(sleep);
    builder
}

fn tls_connector(builder: ConnectorBuilder) -> SharedHttpConnector {
    SharedHttpConnector::new(builder.tls_provider(tls::Provider::Rustls(CryptoMode::AwsLc)).build())
}
