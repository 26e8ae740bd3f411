//! The floor: a bare hyper server that reads a whole request and answers a fixed one.
//!
//! It has the shape that is hard to beat on one machine — one single-threaded runtime per core,
//! connections handed round in turn — and does nothing of what a key management service does. What
//! Keystead reaches of its rate is what Keystead's own work costs. A listening socket for each core (`SO_REUSEPORT`) is
//! not faster, and uneven where connections are few; one runtime of several threads reaches three quarters of its rate.

use std::convert::Infallible;
use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::num::NonZero;
use std::path::PathBuf;
use std::thread;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo};
use keystead_server::http::tls::{self, TlsError};
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::runtime;
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;

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
    /// Speak HTTP/2 and not HTTP/1.1
    #[arg(long)]
    http2: bool,
    /// Speak TLS, with this certificate (PEM)
    #[arg(long, requires = "key")]
    certificate: Option<PathBuf>,
    /// The certificate's key (PEM)
    #[arg(long, requires = "certificate")]
    key: Option<PathBuf>,
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
    /// The certificate can't be used.
    #[error("the floor: {source}")]
    Tls {
        /// Why.
        #[from]
        source: TlsError,
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
    let files = options.certificate.as_deref().zip(options.key.as_deref());
    let tls = files.map(|(certificate, key)| tls::acceptor(certificate, key));
    let answers = Answers {
        body: body(options.response_bytes),
        http2: options.http2,
        tls: tls.transpose()?,
    };
    serve(&listener, &answers)
}

/// What is answered, and how.
#[derive(Clone)]
pub(super) struct Answers {
    body: Bytes,
    http2: bool,
    tls: Option<TlsAcceptor>,
}

/// A JSON string of exactly `bytes` bytes.
pub(super) fn body(bytes: u32) -> Bytes {
    let filling = usize::try_from(bytes.saturating_sub(2)).unwrap_or_default();
    Bytes::from(format!("\"{}\"", "A".repeat(filling)))
}

/// Accepts, and hands every connection to the next core in turn.
pub(super) fn serve(listener: &TcpListener, answers: &Answers) -> Result<(), FloorError> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let workers: Vec<_> = (0..cores)
        .map(|core| start_worker(core, answers.clone()))
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

fn start_worker(core: usize, answers: Answers) -> io::Result<mpsc::UnboundedSender<TcpStream>> {
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let (sender, receiver) = mpsc::unbounded_channel();
    thread::Builder::new()
        .name(format!("floor-{core}"))
        .spawn(move || runtime.block_on(work(receiver, answers)))?;
    Ok(sender)
}

/// Serves this core's connections until the acceptor is gone.
async fn work(mut streams: mpsc::UnboundedReceiver<TcpStream>, answers: Answers) {
    while let Some(stream) = streams.recv().await {
        // A client that went away is no concern of a server that measures.
        if let Ok(stream) = tokio::net::TcpStream::from_std(stream) {
            tokio::spawn(connection(stream, answers.clone()));
        }
    }
}

async fn connection(stream: tokio::net::TcpStream, answers: Answers) {
    match &answers.tls {
        None => talk(stream, &answers).await,
        // As below.
        Some(tls) => {
            if let Ok(stream) = tls.accept(stream).await {
                talk(stream, &answers).await;
            }
        }
    }
}

async fn talk(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, answers: &Answers) {
    let body = answers.body.clone();
    let service = service_fn(move |request| answer(request, body.clone()));
    let stream = TokioIo::new(stream);
    // The error would tell only that the client left.
    if answers.http2 {
        let http = http2::Builder::new(TokioExecutor::new());
        let _ = http.serve_connection(stream, service).await;
    } else {
        let http = http1::Builder::new();
        let _ = http.serve_connection(stream, service).await;
    }
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
    use super::super::line::Route;
    use super::super::load::{Load, LoadError, Plan, Span, Tally, drive};
    use super::super::scenario::Http;
    use super::super::trust;
    use super::*;
    use std::time::Duration;

    const REQUEST: &[u8] = b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\n{}";

    fn start(response_bytes: u32) -> SocketAddr {
        start_as(response_bytes, Http::One, None)
    }

    fn start_as(response_bytes: u32, http: Http, tls: Option<TlsAcceptor>) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let answers = Answers {
            body: body(response_bytes),
            http2: http == Http::Two,
            tls,
        };
        thread::spawn(move || serve(&listener, &answers));
        address
    }

    fn load(route: Route, request: &[u8], plan: Plan) -> Result<Tally, LoadError> {
        let load = Load {
            route,
            requests: vec![request.to_vec(); 5].into(),
            connections: 5,
            plan,
        };
        on_a_runtime(drive(&load))
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
                let reply = connection.exchange(REQUEST).await.unwrap();
                assert_eq!((reply.status, reply.body.len()), (200, 100));
            }
        });
    }

    #[test]
    fn a_load_on_it_is_counted_whatever_it_speaks() {
        let folder = tempfile::tempdir().unwrap();
        let files = tls::self_signed(folder.path(), &["localhost".to_owned()]).unwrap();
        for (http, has_tls) in [
            (Http::One, false),
            (Http::Two, false),
            (Http::One, true),
            (Http::Two, true),
        ] {
            let acceptor = has_tls.then(|| tls::acceptor(&files.certificate, &files.key).unwrap());
            let connector = has_tls.then(|| trust::connector(&files.certificate, http).unwrap());
            let route = Route {
                address: start_as(50, http, acceptor),
                http,
                tls: connector,
            };
            let tally = load(route, REQUEST, Plan::Closed(Span::Requests(10))).unwrap();
            assert_eq!(tally.latency_us.len(), 50, "{http:?} {has_tls}");
            assert_eq!((tally.refused, tally.refusal), (0, None));
            assert_eq!(
                tally.sent, 150,
                "with twenty of warm-up for each connection"
            );
            assert!(tally.per_second > 0.0);
        }
    }

    #[test]
    fn an_open_load_sends_what_is_due() {
        let plan = Plan::Open {
            per_second: 200.0,
            time: Duration::from_millis(100),
            skips: false,
        };
        let tally = load(Route::plain(start(50)), REQUEST, plan).unwrap();
        assert_eq!(tally.latency_us.len(), 20);
        assert_eq!(tally.passed_over, 0);
    }

    #[test]
    fn a_load_ends_with_its_connection() {
        // More headers than hyper takes.
        let request = [
            b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\n".to_vec(),
            b"a: b\r\n".repeat(200),
            b"\r\n".to_vec(),
        ];
        // It answers 431 and closes.
        let plan = Plan::Closed(Span::Requests(10));
        let tally = load(Route::plain(start(50)), &request.concat(), plan);
        assert!(tally.is_err() || tally.is_ok_and(|tally| tally.refused > 0));
    }

    #[test]
    fn only_loopback_is_served() {
        let options = FloorOptions {
            listen: "192.0.2.1:80".parse().unwrap(),
            response_bytes: 2,
            http2: false,
            certificate: None,
            key: None,
        };
        assert!(matches!(run(&options), Err(FloorError::NotLoopback { .. })));
    }
}
