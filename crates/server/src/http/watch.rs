//! Where Prometheus reads: an address of its own, without signatures and apart from the calls.
//!
//! Whoever can reach it learns how many keys there are and which are used up when, and nothing of
//! what is in them. It belongs on an address that only those who watch can reach.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::Full;
use hyper::body::Incoming as Body;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

use super::ServeError;
use super::health;
use crate::corridor::Corridor;
use crate::watch::TEXT;

/// Where the metrics are.
const METRICS: &str = "/metrics";
/// How many may ask at the same time.
const CONNECTIONS: usize = 16;
/// How long one may take to ask, and to read the answer.
const PATIENCE: Duration = Duration::from_secs(30);
const JSON: &str = "application/json";
const PLAIN: &str = "text/plain; charset=utf-8";

/// A running endpoint of metrics; it ends when it is dropped.
pub struct WatchServer {
    address: SocketAddr,
    accepting: JoinHandle<()>,
}

impl WatchServer {
    /// Listens at an address, where nobody is answered yet.
    ///
    /// # Errors
    /// [`ServeError::Listen`].
    pub async fn bind(address: SocketAddr) -> Result<BoundWatch, ServeError> {
        let failed = |source| ServeError::Listen { address, source };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        Ok(BoundWatch { listener, address })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for WatchServer {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// An address that is listened at.
pub struct BoundWatch {
    listener: TcpListener,
    address: SocketAddr,
}

impl BoundWatch {
    /// Answers whoever asks. Must be called in a runtime, which should not be one that serves calls.
    #[must_use]
    pub fn start(self, corridor: &Arc<Corridor>) -> WatchServer {
        WatchServer {
            address: self.address,
            accepting: tokio::spawn(accept(self.listener, Arc::clone(corridor))),
        }
    }
}

async fn accept(listener: TcpListener, corridor: Arc<Corridor>) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            return;
        };
        match listener.accept().await {
            Ok((stream, _)) => {
                let corridor = Arc::clone(&corridor);
                tokio::spawn(async move {
                    let answer = service_fn(|request| answer(request, Arc::clone(&corridor)));
                    let connection = http1::Builder::new()
                        .timer(TokioTimer::new())
                        .header_read_timeout(PATIENCE)
                        .keep_alive(false)
                        .serve_connection(TokioIo::new(stream), answer);
                    let served = tokio::time::timeout(PATIENCE, connection).await;
                    if let Ok(Err(error)) = served {
                        tracing::debug!(%error, "a connection for metrics ended early");
                    }
                    drop(place);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a connection for metrics could not be accepted");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

async fn answer(
    request: Request<Body>,
    corridor: Arc<Corridor>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, _) = request.into_parts();
    if let Some(asked) = health::asked(&head) {
        let (status, body) = asked.answer(&corridor);
        return Ok(response(status, JSON, body));
    }
    Ok(match (head.method, head.uri.path()) {
        (Method::GET, METRICS) => metrics(corridor).await,
        (_, METRICS) => response(StatusCode::METHOD_NOT_ALLOWED, PLAIN, "GET it\n"),
        _ => response(
            StatusCode::NOT_FOUND,
            PLAIN,
            "There are /metrics, /health/live and /health/ready.\n",
        ),
    })
}

async fn metrics(corridor: Arc<Corridor>) -> Response<Full<Bytes>> {
    let reading = tokio::task::spawn_blocking(move || corridor.watch.text(&corridor));
    match reading.await {
        Ok(Ok(text)) => response(StatusCode::OK, TEXT, text),
        Ok(Err(error)) => {
            tracing::error!(%error, "the metrics can't be told");
            let text = format!("{error}\n");
            response(StatusCode::INTERNAL_SERVER_ERROR, PLAIN, text)
        }
        Err(_) => response(StatusCode::INTERNAL_SERVER_ERROR, PLAIN, ""),
    }
}

fn response(
    status: StatusCode,
    content_type: &'static str,
    body: impl Into<Bytes>,
) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body.into()));
    *response.status_mut() = status;
    let content_type = HeaderValue::from_static(content_type);
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, content_type);
    response
}
