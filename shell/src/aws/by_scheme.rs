//! An HTTP client that builds its TLS stack when the first `https` request needs it.
//!
//! The SDK's own client builds it with the client, and reads every root certificate of the machine for that: most of
//! a cold start, which a function that answers without asking AWS anything, or asks a stand-in over plain HTTP, need
//! not pay.

use std::sync::{Arc, OnceLock};

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

impl Choice {
    fn builder(&self) -> ConnectorBuilder {
        let mut builder = Connector::builder().connector_settings(self.settings.clone());
        builder.set_sleep_impl(self.components.sleep_impl());
        builder
    }
}

impl HttpConnector for Choice {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let connector = if request.uri().starts_with("https:") {
            self.connectors.tls.get_or_init(|| {
                let provider = tls::Provider::Rustls(CryptoMode::AwsLc);
                SharedHttpConnector::new(self.builder().tls_provider(provider).build())
            })
        } else {
            self.connectors.plain.get_or_init(|| SharedHttpConnector::new(self.builder().build_http()))
        };
        connector.call(request)
    }
}
