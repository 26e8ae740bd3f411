//! One connection: its TLS handshake, then HTTP/1.1 or HTTP/2 until it ends.

use std::net::SocketAddr;
use std::sync::Arc;

use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::Watcher;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use super::Limits;
use super::service::CallService;
use super::tls;
use super::worker::Worker;
use crate::incoming::Peer;

pub(super) async fn serve(worker: Worker, stream: TcpStream, from: SocketAddr, watcher: Watcher) {
    let Worker {
        corridor,
        tls: acceptor,
        limits,
        ..
    } = worker;
    let service = |tls| CallService {
        corridor: Arc::clone(&corridor),
        peer: Peer {
            address: from.ip().to_canonical(),
            tls,
        },
        limits,
    };
    let Some(acceptor) = acceptor else {
        return speak(stream, service(None), limits, watcher).await;
    };
    match tokio::time::timeout(limits.head_timeout, acceptor.accept(stream)).await {
        Ok(Ok(stream)) => {
            let details = tls::details(stream.get_ref().1);
            speak(stream, service(Some(details)), limits, watcher).await;
        }
        Ok(Err(error)) => tracing::debug!(%from, %error, "a TLS handshake failed"),
        Err(_) => tracing::debug!(%from, "a TLS handshake took too long"),
    }
}

async fn speak<S>(stream: S, service: CallService, limits: Limits, watcher: Watcher)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head_timeout)
        .max_buf_size(limits.head_bytes)
        .keep_alive(true);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(limits.http2_streams)
        .max_header_list_size(u32::try_from(limits.head_bytes).unwrap_or(u32::MAX))
        .keep_alive_interval(Some(limits.body_timeout))
        .keep_alive_timeout(limits.head_timeout);
    let connection = builder
        .serve_connection(TokioIo::new(stream), service)
        .into_owned();
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!(%error, "a connection ended early");
    }
}
