//! Requests of a function, sent once more by a plain HTTP client: what they cost without the function.

use anyhow::{Context, ensure};
use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::body::Bytes;
use hyper::client::conn::http1::SendRequest;
use hyper_util::rt::TokioIo;
use tests::stand_in::{Recorded, StandIn};
use tokio::net::TcpStream;
use tokio::task::AbortHandle;

/// A plain HTTP client on one connection to an AWS.
pub(crate) struct Bare {
    host: String,
    client: SendRequest<Full<Bytes>>,
    connection: AbortHandle,
}

impl Bare {
    pub(crate) async fn connect(aws: &StandIn) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(aws.address()).await?;
        stream.set_nodelay(true)?;
        let (client, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
        let connection = tokio::spawn(connection).abort_handle();
        Ok(Self { host: aws.address().to_string(), client, connection })
    }

    /// Sends requests one after the other, as the function did.
    pub(crate) async fn repeat(&mut self, requests: &[Recorded]) -> anyhow::Result<()> {
        for recorded in requests {
            let request = Request::builder().method(recorded.method.clone()).uri(&recorded.path);
            let mut request = request.header("host", &self.host);
            for (name, value) in &recorded.headers {
                request = request.header(*name, value);
            }
            self.client.ready().await?;
            let response = self.client.send_request(request.body(Full::new(recorded.body.clone()))?).await?;
            let status = response.status();
            ensure!(status.is_success(), "{} was answered with {status}", recorded.operation);
            response.into_body().collect().await.context("read an answer")?;
        }
        Ok(())
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        self.connection.abort();
    }
}
