//! Records to a webhook: lines of JSON in a POST, which an answer of 2xx confirms.
//!
//! Requests are signed as "Standard Webhooks" has it, if there is a secret: HMAC-SHA256 over id, time
//! and body. Source: the Standard Webhooks specification, "Webhook metadata" and "Symmetric
//! signatures".

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bytes::Bytes;
use http::header::{CONTENT_TYPE, USER_AGENT};
use http::{HeaderMap, Method, Request, Uri};
use http_body_util::{BodyExt as _, Full, Limited};
use keystead_core::time::Timestamp;
use keystead_crypto::{SecretBytes, hmac_sha256, sha256};
use rustls::ClientConfig;

use super::ShipError;
use super::stream::{Limits, Portion};
use crate::outgoing::{HttpClient, http_client};

/// How much of an answer is read, so that its connection can be used again.
const MAX_ANSWER_BYTES: usize = 64 * 1024;

/// What is confirmed is saved after so long at the latest: a crash has no more sent again.
const UNSAVED: Duration = Duration::from_secs(1);

/// Newline-delimited JSON.
const JSON_LINES: &str = "application/x-ndjson";

/// A webhook.
#[derive(Debug)]
pub struct WebhookOptions {
    /// Where to. Whether it may be in the clear is for others to decide.
    pub url: Uri,
    /// What every request has, such as a token.
    pub headers: HeaderMap,
    /// What requests are signed with; they are not without.
    pub secret: Option<SecretBytes>,
    /// Whom TLS trusts.
    pub tls: Arc<ClientConfig>,
    /// How many records a request has at most; at least 1.
    pub most_records: usize,
    /// How many bytes of records a request has at most, unless one record has more.
    pub most_bytes: usize,
    /// How long a request may take.
    pub timeout: Duration,
}

/// A webhook, and the connections to it.
#[derive(Debug)]
pub struct Webhook {
    options: WebhookOptions,
    client: HttpClient<Full<Bytes>>,
}

impl Webhook {
    pub(super) fn new(options: WebhookOptions) -> Self {
        Self {
            client: http_client(&options.tls),
            options,
        }
    }

    pub(super) const fn limits(&self) -> Limits {
        Limits {
            records: self.options.most_records,
            bytes: self.options.most_bytes,
            unconfirmed_bytes: usize::MAX,
            unconfirmed: UNSAVED,
        }
    }

    pub(super) async fn send(
        &self,
        portion: &Portion<'_>,
        now: Timestamp,
    ) -> Result<(), ShipError> {
        let request = self.request(portion, now)?;
        let exchange = async {
            let answer = self.client.request(request).await?;
            let status = answer.status();
            // What it says is of no interest, and neither is whether it says it to the end.
            let _ = Limited::new(answer.into_body(), MAX_ANSWER_BYTES)
                .collect()
                .await;
            match status.is_success() {
                true => Ok(()),
                false => Err(ShipError::Status { status }),
            }
        };
        let answered = tokio::time::timeout(self.options.timeout, exchange).await;
        answered.unwrap_or(Err(ShipError::Slow))
    }

    fn request(
        &self,
        portion: &Portion<'_>,
        now: Timestamp,
    ) -> Result<Request<Full<Bytes>>, ShipError> {
        let mut body = portion.lines.join(b"\n".as_slice());
        body.push(b'\n');
        let mut request = Request::builder()
            .method(Method::POST)
            .uri(&self.options.url)
            .header(CONTENT_TYPE, JSON_LINES)
            .header(USER_AGENT, "keystead");
        if let Some(secret) = &self.options.secret {
            let id = id(&body);
            let seconds = now.as_millis().div_euclid(1000).to_string();
            request = request
                .header("webhook-signature", signature(secret, &id, &seconds, &body))
                .header("webhook-id", id)
                .header("webhook-timestamp", seconds);
        }
        let mut request = request.body(Full::from(body))?;
        for (name, value) in &self.options.headers {
            request.headers_mut().insert(name, value.clone());
        }
        Ok(request)
    }
}

/// What tells a request from others: the same lines have the same id, however often they are sent,
/// and other lines another one, of whatever log. Places would not do: every log has the same.
fn id(body: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(sha256(body))
}

fn signature(secret: &SecretBytes, id: &str, seconds: &str, body: &[u8]) -> String {
    let signed = [format!("{id}.{seconds}.").as_bytes(), body].concat();
    format!("v1,{}", STANDARD.encode(hmac_sha256(secret, &signed)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example in the Standard Webhooks specification's libraries.
    #[test]
    fn signatures_are_those_of_standard_webhooks() {
        let secret = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signature = signature(
            &SecretBytes::from(secret),
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            "1614265330",
            br#"{"test": 2432232314}"#,
        );
        let expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        assert_eq!(signature, expected);
    }
}
