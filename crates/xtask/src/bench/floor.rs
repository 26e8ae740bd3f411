//! The floor: a bare hyper server that reads a whole request and answers a fixed one.
//!
//! It has the shape that is hard to beat on one machine — one single-threaded runtime per core,
//! connections handed round in turn — and does nothing of what a key management service does. What
//! Keystead reaches of its rate is what Keystead's own work costs.

use std::convert::Infallible;
use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::num::NonZero;
use std::thread;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use thiserror::Error;
use tokio::runtime;
use tokio::sync::mpsc;
use tokio::task::{JoinSet, LocalSet};

/// The longest reply that the floor is asked for, in bytes.
const MAX_RESPONSE_BYTES: u32 = 65_536;

/// What the floor may be told.
#[derive(Debug, clap::Args)]
pub(crate) struct FloorOptions {
    /// A loopback address; port 0 takes a free one
    #[arg(long)]
    listen: SocketAddr,
    /// The length of every reply's body
    #[arg(long, value_parser = clap::value_parser!(u32).range(2..=i64::from(MAX_RESPONSE_BYTES)))]
    response_bytes: u32,
}

/// Why the floor could not serve.
#[derive(Debug, Error)]
pub(crate) enum FloorError {
    /// The address can be reached from elsewhere.
    #[error("{address} is not a loopback address")]
    NotLoopback {
        /// What was asked for.
        address: SocketAddr,
    },
    /// The network or a thread failed.
    #[error("the floor: {source}")]
    System {
        /// What the system said.
        #[from]
        source: io::Error,
    },
}

/// Serves until the process is ended; says where on standard output.
pub(super) fn run(options: &FloorOptions) -> Result<(), FloorError> {
    if !options.listen.ip().is_loopback() {
        return Err(FloorError::NotLoopback {
            address: options.listen,
        });
    }
    let listener = TcpListener::bind(options.listen)?;
    println!("listening on http://{}", listener.local_addr()?);
    serve(&listener, &body(options.response_bytes))
}

/// A JSON string of exactly `bytes` bytes.
pub(super) fn body(bytes: u32) -> Bytes {
    let filling = usize::try_from(bytes.saturating_sub(2)).unwrap_or_default();
    Bytes::from(format!("\"{}\"", "A".repeat(filling)))
}

/// Accepts, and hands every connection to the next core in turn.
pub(super) fn serve(listener: &TcpListener, body: &Bytes) -> Result<(), FloorError> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let workers: Vec<_> = (0..cores)
        .map(|core| start_worker(core, body.clone()))
        .collect::<Result<_, _>>()?;
    for worker in workers.iter().cycle() {
        let (stream, _) = listener.accept()?;
        stream.set_nodelay(true)?;
        stream.set_nonblocking(true)?;
        if worker.send(stream).is_err() {
            return Err(io::Error::other("a worker is gone").into());
        }
    }
    Ok(())
}

fn start_worker(core: usize, body: Bytes) -> io::Result<mpsc::UnboundedSender<TcpStream>> {
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let (sender, receiver) = mpsc::unbounded_channel();
    thread::Builder::new()
        .name(format!("floor-{core}"))
        .spawn(move || LocalSet::new().block_on(&runtime, work(receiver, body)))?;
    Ok(sender)
}

/// Serves this core's connections until the acceptor is gone.
async fn work(mut streams: mpsc::UnboundedReceiver<TcpStream>, body: Bytes) {
    let mut connections = JoinSet::new();
    while let Some(stream) = streams.recv().await {
        // A client that went away is no concern of a server that measures.
        if let Ok(stream) = tokio::net::TcpStream::from_std(stream) {
            connections.spawn_local(connection(stream, body.clone()));
        }
        while connections.try_join_next().is_some() {}
    }
}

async fn connection(stream: tokio::net::TcpStream, body: Bytes) {
    let service = service_fn(move |request| answer(request, body.clone()));
    // As above: the error would tell only that the client left.
    let _ = hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

async fn answer(
    request: Request<Incoming>,
    body: Bytes,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let read_whole = request.into_body().collect().await.is_ok();
    let mut response = Response::new(Full::new(body));
    if !read_whole {
        *response.status_mut() = StatusCode::BAD_REQUEST;
    }
    let headers = response.headers_mut();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/x-amz-json-1.1"),
    );
    headers.insert(
        "x-amzn-requestid",
        HeaderValue::from_static("00000000-0000-4000-8000-000000000000"),
    );
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::super::connection::Connection;
    use super::super::load::{Load, Span, drive};
    use super::*;

    fn start(response_bytes: u32) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || serve(&listener, &body(response_bytes)));
        address
    }

    fn on_a_runtime<T>(future: impl Future<Output = T>) -> T {
        runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
            .block_on(future)
    }

    #[test]
    fn bodies_are_json_of_the_length_asked_for() {
        for bytes in [2, 3, 1500, MAX_RESPONSE_BYTES] {
            let body = body(bytes);
            assert_eq!(body.len(), usize::try_from(bytes).unwrap());
            serde_json::from_slice::<String>(&body).unwrap();
        }
    }

    #[test]
    fn it_answers_again_and_again_on_one_connection() {
        let address = start(100);
        on_a_runtime(async {
            let mut connection = Connection::open(address).await.unwrap();
            for _ in 0..3 {
                let request = b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\n{}";
                let reply = connection.exchange(request).await.unwrap();
                assert_eq!((reply.status, reply.body.len()), (200, 100));
            }
        });
    }

    #[test]
    fn a_load_on_it_is_counted() {
        let load = Load {
            address: start(50),
            requests: vec![
                b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\n{}".to_vec();
                5
            ]
            .into(),
            span: Span::Requests(10),
        };
        let tally = on_a_runtime(drive(&load)).unwrap();
        assert_eq!(tally.latency_us.len(), 50);
        assert_eq!((tally.refused, tally.refusal), (0, None));
        assert_eq!(
            tally.sent, 150,
            "with twenty of warm-up for each connection"
        );
        assert!(tally.per_second > 0.0);
    }

    #[test]
    fn a_load_ends_with_its_connection() {
        let load = Load {
            address: start(50),
            // More headers than hyper takes.
            requests: [[
                b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\n".to_vec(),
                b"a: b\r\n".repeat(200),
                b"\r\n".to_vec(),
            ]
            .concat()]
            .into(),
            span: Span::Requests(1),
        };
        // It answers 431 and closes.
        assert!(on_a_runtime(drive(&load)).is_err());
    }

    #[test]
    fn only_loopback_is_served() {
        let options = FloorOptions {
            listen: "192.0.2.1:80".parse().unwrap(),
            response_bytes: 2,
        };
        assert!(matches!(run(&options), Err(FloorError::NotLoopback { .. })));
    }
}
