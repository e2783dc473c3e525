//! A proxy that passes everything on as it is, and writes down what was asked and how it was answered.
//!
//! The host's name and the signature stay what they were, so that a cloud which checks them is content.

use std::net::SocketAddr;

use anyhow::Context;
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::header::{CONNECTION, TRANSFER_ENCODING};
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::net::TcpStream;

use super::{Record, text};
use crate::loopback::{Reply, Server};

/// Passes on what comes to one port to another one, for as long as this process lives.
///
/// # Errors
/// When there is no listening on the port.
pub async fn pass_on(from: SocketAddr, to: SocketAddr, record: Record) -> anyhow::Result<()> {
    let server = Server::start_at(from, move |request| {
        let record = record.clone();
        async move { passed_on(to, &record, request).await }
    });
    let _server = server.await.with_context(|| format!("listen on {from}"))?;
    std::future::pending().await
}

/// What the local cloud asks of itself, and xtask of it, is no call of anybody.
const ITS_OWN: [&str; 2] = ["/_", "/moto-api/"];

async fn passed_on(to: SocketAddr, record: &Record, request: Request<Bytes>) -> Reply {
    let answer = ask(to, &request).await;
    if !ITS_OWN.iter().any(|start| request.uri().path().starts_with(start)) {
        let status = answer.as_ref().map_or(0, |answer| answer.status().as_u16());
        let said = answer.as_ref().map_or(String::new(), said);
        record.write(&request, json!({"status": status, "answer": said}));
    }
    answer.ok().map(|answer| answer.map(Full::new))
}

/// A connection for each request: one that is kept may end just when it is used again.
async fn ask(to: SocketAddr, request: &Request<Bytes>) -> anyhow::Result<Response<Bytes>> {
    let stream = TcpStream::connect(to).await?;
    stream.set_nodelay(true)?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let connection = tokio::spawn(connection);
    let mut request = request.clone().map(Full::new);
    request.headers_mut().remove(TRANSFER_ENCODING);
    let (mut parts, body) = sender.send_request(request).await?.into_parts();
    let body = body.collect().await?.to_bytes();
    connection.abort();
    // They are of the connection that has ended.
    parts.headers.remove(CONNECTION);
    parts.headers.remove(TRANSFER_ENCODING);
    Ok(Response::from_parts(parts, body))
}

/// The words of a refusal; of a good answer, nothing.
fn said(answer: &Response<Bytes>) -> String {
    const ENOUGH: usize = 2000;
    if answer.status() < StatusCode::BAD_REQUEST {
        return String::new();
    }
    let kind = answer.headers().get("x-amzn-errortype").map(|kind| text(kind.as_bytes()));
    let body = answer.body().get(..ENOUGH).unwrap_or(answer.body());
    format!("{} {}", kind.unwrap_or_default(), text(body)).trim().to_owned()
}
