//! Sending some spans to the collector.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST, USER_AGENT};
use http::{Request, StatusCode};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::transform::common::tonic::ResourceAttributesWithSchema;
use opentelemetry_proto::transform::trace::tonic::group_spans_by_resource_and_scope;
use opentelemetry_sdk::trace::SpanData;
use prost::Message as _;
use rustls::ClientConfig;
use rustls::pki_types::{InvalidDnsNameError, ServerName};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::Collector;

/// How long the collector may take over some spans.
const PATIENCE: Duration = Duration::from_secs(10);

/// The longest answer that is read, in bytes. The connection is not kept after a longer one.
const MAX_ANSWER_BYTES: usize = 64 * 1024;

/// Why spans did not arrive.
#[derive(Debug, thiserror::Error)]
pub(super) enum SendError {
    #[error("no connection: {0}")]
    Connection(#[from] std::io::Error),
    #[error("the collector's name can't be verified: {0}")]
    Name(#[from] InvalidDnsNameError),
    #[error("no certificate authority is trusted on this machine")]
    NoTrust,
    #[error("no answer: {0}")]
    Http(#[from] hyper::Error),
    #[error("no request: {0}")]
    Request(#[from] http::Error),
    #[error("the collector answers {0}")]
    Status(StatusCode),
    #[error("no answer in {} s", PATIENCE.as_secs())]
    Slow,
}

/// A way to a collector, with a connection that is kept.
pub(super) struct Sender {
    collector: Collector,
    tls: Option<Arc<ClientConfig>>,
    connection: Option<SendRequest<Full<Bytes>>>,
}

impl Sender {
    pub(super) const fn new(collector: Collector, tls: Option<Arc<ClientConfig>>) -> Self {
        Self {
            collector,
            tls,
            connection: None,
        }
    }

    /// Sends spans, once.
    pub(super) async fn send(
        &mut self,
        spans: Vec<SpanData>,
        resource: &ResourceAttributesWithSchema,
    ) -> Result<(), SendError> {
        let request = ExportTraceServiceRequest {
            resource_spans: group_spans_by_resource_and_scope(spans, resource),
        };
        let body = Bytes::from(request.encode_to_vec());
        let sent = tokio::time::timeout(PATIENCE, self.post(body)).await;
        let sent = sent.unwrap_or(Err(SendError::Slow));
        if sent.is_err() {
            self.connection = None;
        }
        sent
    }

    async fn post(&mut self, body: Bytes) -> Result<(), SendError> {
        if let Some(mut kept) = self.connection.take()
            && kept.ready().await.is_ok()
        {
            let request = self.request(body.clone())?;
            // The collector may have hung up at this moment; then it is tried once more.
            if let Ok(status) = exchange(&mut kept, request).await {
                self.connection = Some(kept);
                return accepted(status);
            }
        }
        let mut connection = self.connect().await?;
        let status = exchange(&mut connection, self.request(body)?).await?;
        self.connection = Some(connection);
        accepted(status)
    }

    fn request(&self, body: Bytes) -> Result<Request<Full<Bytes>>, http::Error> {
        Request::post(self.collector.path.as_str())
            .header(HOST, self.collector.authority.as_str())
            .header(CONTENT_TYPE, "application/x-protobuf")
            .header(USER_AGENT, "keystead")
            .body(Full::new(body))
    }

    async fn connect(&self) -> Result<SendRequest<Full<Bytes>>, SendError> {
        let Collector { host, port, .. } = &self.collector;
        let stream = TcpStream::connect((host.as_str(), *port)).await?;
        if !self.collector.is_tls {
            return over(stream).await;
        }
        let tls = self.tls.clone().ok_or(SendError::NoTrust)?;
        let name = ServerName::try_from(host.clone())?;
        over(TlsConnector::from(tls).connect(name, stream).await?).await
    }
}

async fn over<S>(stream: S) -> Result<SendRequest<Full<Bytes>>, SendError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    // Ends when the sender is dropped.
    tokio::spawn(connection);
    Ok(sender)
}

/// What the collector says to a request. The rest of its answer is of no interest; it is read so that the connection
/// can be kept.
async fn exchange(
    connection: &mut SendRequest<Full<Bytes>>,
    request: Request<Full<Bytes>>,
) -> Result<StatusCode, hyper::Error> {
    let answer = connection.send_request(request).await?;
    let status = answer.status();
    let _ = Limited::new(answer.into_body(), MAX_ANSWER_BYTES)
        .collect()
        .await;
    Ok(status)
}

fn accepted(status: StatusCode) -> Result<(), SendError> {
    match status.is_success() {
        true => Ok(()),
        false => Err(SendError::Status(status)),
    }
}
