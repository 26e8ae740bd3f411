//! Sending some spans to the collector.

use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, USER_AGENT};
use http::{Request, StatusCode, Uri};
use http_body_util::{BodyExt as _, Collected, Full, Limited};
use keystead_server::outgoing::{HttpClient, http_client};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::transform::common::tonic::ResourceAttributesWithSchema;
use opentelemetry_proto::transform::trace::tonic::group_spans_by_resource_and_scope;
use opentelemetry_sdk::trace::SpanData;
use prost::Message as _;
use rustls::ClientConfig;

use super::Collector;

/// How long the collector may take over some spans.
const PATIENCE: Duration = Duration::from_secs(10);

/// The longest answer that is read, in bytes. The connection is not kept after a longer one.
const MAX_ANSWER_BYTES: usize = 64 * 1024;

/// Why spans did not arrive.
#[derive(Debug, thiserror::Error)]
pub(super) enum SendError {
    #[error("no answer")]
    Http(#[from] hyper_util::client::legacy::Error),
    #[error("no request")]
    Request(#[from] http::Error),
    #[error("the collector answers {0}")]
    Status(StatusCode),
    #[error("no answer in {} s", PATIENCE.as_secs())]
    Slow,
    /// It took the others. Source: OTLP specification, "Partial Success".
    #[error("the collector rejects {0} of the spans")]
    Rejected(u64),
}

/// A way to a collector, with a connection that is kept.
pub(super) struct Sender {
    url: Uri,
    client: HttpClient<Full<Bytes>>,
}

impl Sender {
    pub(super) fn new(collector: Collector, tls: &ClientConfig) -> Self {
        Self {
            url: collector.into_url(),
            client: http_client(tls),
        }
    }

    /// Sends spans, once.
    pub(super) async fn send(
        &self,
        spans: Vec<SpanData>,
        resource: &ResourceAttributesWithSchema,
    ) -> Result<(), SendError> {
        let request = ExportTraceServiceRequest {
            resource_spans: group_spans_by_resource_and_scope(spans, resource),
        };
        let body = Bytes::from(request.encode_to_vec());
        let sent = tokio::time::timeout(PATIENCE, self.post(body)).await;
        sent.unwrap_or(Err(SendError::Slow))
    }

    async fn post(&self, body: Bytes) -> Result<(), SendError> {
        let request = Request::post(&self.url)
            .header(CONTENT_TYPE, "application/x-protobuf")
            .header(USER_AGENT, "keystead")
            .body(Full::new(body))?;
        let answer = self.client.request(request).await?;
        let status = answer.status();
        // Read to its end so that the connection can be kept.
        let answer = Limited::new(answer.into_body(), MAX_ANSWER_BYTES)
            .collect()
            .await;
        if !status.is_success() {
            return Err(SendError::Status(status));
        }
        match rejected(&answer.map(Collected::to_bytes).unwrap_or_default()) {
            0 => Ok(()),
            rejected => Err(SendError::Rejected(rejected)),
        }
    }
}

/// How many spans an answer says that the collector did not take. One that can't be read says nothing.
fn rejected(answer: &[u8]) -> u64 {
    let answer = ExportTraceServiceResponse::decode(answer).unwrap_or_default();
    let rejected = answer.partial_success.map_or(0, |part| part.rejected_spans);
    u64::try_from(rejected).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use opentelemetry_proto::tonic::collector::trace::v1::ExportTracePartialSuccess;

    use super::*;

    #[test]
    fn answers_tell_what_was_not_taken() {
        for (rejected_spans, expected) in [(0, 0), (3, 3), (-1, 0)] {
            let partial_success = Some(ExportTracePartialSuccess {
                rejected_spans,
                error_message: "too much".to_owned(),
            });
            let answer = ExportTraceServiceResponse { partial_success };
            assert_eq!(rejected(&answer.encode_to_vec()), expected);
        }
        assert_eq!(rejected(b""), 0);
        assert_eq!(rejected(b"<html>"), 0);
    }
}
