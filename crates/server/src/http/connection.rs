//! One connection: its TLS handshake, then HTTP/1.1 or HTTP/2 until it ends.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming as Body;
use hyper::service::Service;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::Watcher;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use super::Limits;
use super::patience::{Calls, Patient};
use super::service::CallService;
use super::tls;
use super::worker::Worker;
use crate::corridor::turnstile::Turnstile;
use crate::endpoint::Endpoint;
use crate::incoming::Peer;

/// How much of the bodies of a connection, and of one body, HTTP/2 takes in before it is read, in
/// bytes. A server without room for bodies must not have them in another place.
const HTTP2_WINDOW: u32 = 64 * 1024;

/// Where a connection comes from.
pub(super) struct Origin {
    pub(super) address: SocketAddr,
    pub(super) endpoint: Option<Arc<Endpoint>>,
}

pub(super) async fn serve(
    worker: Worker,
    turnstile: Arc<Turnstile>,
    stream: TcpStream,
    from: Origin,
    watcher: Watcher,
) {
    let Origin {
        address: from,
        endpoint,
    } = from;
    let Worker {
        corridor,
        tls: acceptor,
        limits,
        bodies,
        places,
        mut stopping,
    } = worker;
    let calls = Calls::new();
    let stream = Patient::new(stream, Arc::clone(&calls), Arc::clone(&places), limits);
    let service = |tls| CallService {
        corridor,
        turnstile,
        peer: Peer {
            address: from.ip().to_canonical(),
            tls,
            endpoint,
        },
        limits,
        bodies,
        places,
        calls,
    };
    let Some(acceptor) = acceptor else {
        return speak(stream, builder(limits), service(None), watcher).await;
    };
    let accepted = tokio::select! {
        accepted = acceptor.accept(stream) => accepted,
        // Nothing was called yet. The watcher goes too, so that nobody waits for this connection.
        _ = stopping.wait_for(|stop| *stop) => return,
    };
    match accepted {
        Ok(stream) => {
            let session = stream.get_ref().1;
            let details = tls::details(session);
            let builder = match session.alpn_protocol() {
                Some(tls::HTTP_2) => builder(limits).http2_only(),
                Some(_) => builder(limits).http1_only(),
                None => builder(limits),
            };
            speak(stream, builder, service(Some(details)), watcher).await;
        }
        Err(error) => tracing::debug!(%from, %error, "a TLS handshake failed"),
    }
}

fn builder(limits: Limits) -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        // The stream runs out by itself.
        .header_read_timeout(None)
        .max_buf_size(limits.head_bytes)
        .keep_alive(true);
    builder
        .http2()
        .initial_stream_window_size(HTTP2_WINDOW)
        .initial_connection_window_size(HTTP2_WINDOW)
        .max_concurrent_streams(limits.http2_streams)
        .max_header_list_size(u32::try_from(limits.head_bytes).unwrap_or(u32::MAX));
    builder
}

async fn speak<I, S>(stream: I, builder: auto::Builder<TokioExecutor>, service: S, watcher: Watcher)
where
    I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    S: Service<Request<Body>, Response = Response<Full<Bytes>>, Error = Infallible>
        + Send
        + 'static,
    S::Future: Send + 'static,
{
    let connection = builder
        .serve_connection(TokioIo::new(stream), service)
        .into_owned();
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!(%error, "a connection ended early");
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use hyper::service::service_fn;
    use hyper_util::server::graceful::GracefulShutdown;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};
    use tokio::task::JoinHandle;
    use tokio::time::{Instant, sleep};

    use super::super::places::Places;
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);
    const GET: &[u8] = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n";
    const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    const SETTINGS: &[u8] = &[0, 0, 0, 4, 0, 0, 0, 0, 0];
    const PING: &[u8] = &[0, 0, 8, 6, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8];

    /// A connection whose calls take as long as given. It returns how long it was kept.
    fn connect(call: Duration) -> (DuplexStream, JoinHandle<Duration>) {
        let (client, server) = tokio::io::duplex(4096);
        let serving = async move {
            let limits = Limits::default();
            let calls = Calls::new();
            let stream = Patient::new(server, Arc::clone(&calls), Places::new(&limits), limits);
            let service = service_fn(move |_: Request<Body>| {
                let in_flight = calls.begin();
                async move {
                    sleep(call).await;
                    drop(in_flight);
                    Ok(Response::new(Full::from("done")))
                }
            });
            let began = Instant::now();
            let watcher = GracefulShutdown::new();
            speak(stream, builder(limits), service, watcher.watcher()).await;
            began.elapsed()
        };
        (client, tokio::spawn(serving))
    }

    fn assert_about(took: Duration, expected: Duration) {
        let slack = 2 * SECOND;
        assert!(
            took + slack > expected && took < expected + slack,
            "{took:?}"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_calls_nothing_is_cut_off() {
        let h2 = [PREFACE, SETTINGS].concat();
        for begun in [b"".as_slice(), b"PRI * HT", b"GET / HT", PREFACE, &h2] {
            let (mut client, kept) = connect(Duration::ZERO);
            client.write_all(begun).await.unwrap();
            assert_about(kept.await.unwrap(), Limits::default().head_timeout);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn pings_are_no_calls() {
        let (client, kept) = connect(Duration::ZERO);
        let (mut from, mut to) = tokio::io::split(client);
        to.write_all(&[PREFACE, SETTINGS].concat()).await.unwrap();
        tokio::spawn(async move { tokio::io::copy(&mut from, &mut tokio::io::sink()).await });
        tokio::spawn(async move {
            while to.write_all(PING).await.is_ok() {
                sleep(SECOND).await;
            }
        });
        assert_about(kept.await.unwrap(), Limits::default().head_timeout);
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_reads_no_answers_is_cut_off() {
        let (client, kept) = connect(Duration::ZERO);
        let (_from, mut to) = tokio::io::split(client);
        tokio::spawn(async move { while to.write_all(GET).await.is_ok() {} });
        assert_about(kept.await.unwrap(), Limits::default().body_timeout);
    }

    #[tokio::test(start_paused = true)]
    async fn a_long_call_is_answered_and_the_next_one_has_its_time() {
        let long = 10 * Limits::default().head_timeout;
        let (mut client, kept) = connect(long);
        let mut answer = [0; 4096];
        for _ in 0..2 {
            client.write_all(GET).await.unwrap();
            let read = client.read(&mut answer).await.unwrap();
            assert!(answer[..read].ends_with(b"done"));
            sleep(Limits::default().head_timeout - SECOND).await;
        }
        client.write_all(GET).await.unwrap();
        assert_about(
            kept.await.unwrap(),
            3 * long + 3 * Limits::default().head_timeout - 2 * SECOND,
        );
    }
}
