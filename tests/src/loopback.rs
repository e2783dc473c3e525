//! An HTTP server on loopback that lives as long as its value: what the stand-ins have in common.
//! It speaks HTTP/1.1 without TLS, on a free port, and hands over whole requests.

use std::future::Future;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinSet};

/// What a server answers; none: it hangs up.
pub(crate) type Reply = Option<Response<Full<Bytes>>>;

/// A server that ends, with its connections, when it is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    address: SocketAddr,
    task: AbortHandle,
}

impl Server {
    pub(crate) async fn start<H, F>(handle: H) -> io::Result<Self>
    where
        H: Fn(Request<Bytes>) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = Reply> + Send + 'static,
    {
        Self::start_at((Ipv4Addr::LOCALHOST, 0).into(), handle).await
    }

    /// The same, on a port that somebody else chose.
    pub(crate) async fn start_at<H, F>(address: SocketAddr, handle: H) -> io::Result<Self>
    where
        H: Fn(Request<Bytes>) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = Reply> + Send + 'static,
    {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let task = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                connections.spawn(serve(stream, handle.clone()));
            }
        });
        Ok(Self { address, task: task.abort_handle() })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Serves one connection. How it ends is the client's business, and the client's to complain about.
async fn serve<H, F>(stream: TcpStream, handle: H)
where
    H: Fn(Request<Bytes>) -> F,
    F: Future<Output = Reply>,
{
    let whole = |request: Request<Incoming>| async {
        let (parts, body) = request.into_parts();
        let body = body.collect().await.map_err(|_| HungUp)?.to_bytes();
        handle(Request::from_parts(parts, body)).await.ok_or(HungUp)
    };
    let delayed = stream.set_nodelay(true);
    drop(delayed);
    let connection = hyper::server::conn::http1::Builder::new();
    drop(connection.serve_connection(TokioIo::new(stream), service_fn(whole)).await);
}

/// The end of a connection without an answer.
#[derive(Debug, thiserror::Error)]
#[error("hung up")]
struct HungUp;

/// An answer with a body.
pub(crate) fn reply(status: u16, content_type: &str, body: impl Into<Bytes>) -> Reply {
    Response::builder().status(status).header("content-type", content_type).body(Full::new(body.into())).ok()
}
