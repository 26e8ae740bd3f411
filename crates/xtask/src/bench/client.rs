//! Keystead's client in the benchmark: the administrator's credentials and signed requests.

use std::net::SocketAddr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderName, InvalidHeaderValue};
use http::{HeaderMap, HeaderValue, Method, Uri};
use keystead_wire::sigv4::{SignError, Signer};
use serde_json::Value;
use thiserror::Error;
use tokio::time::error::Elapsed;
use tokio_rustls::TlsConnector;

use super::connection::{Connection, ExchangeError};

/// The region that Keystead serves when it is told nothing else.
pub(super) const REGION: &str = "us-east-1";

/// The file with the administrator's credentials, in the folder of a server's data.
pub(super) const CREDENTIALS: &str = "admin.credentials";

/// How long a single call may take.
const REPLY_WITHIN: Duration = Duration::from_secs(30);

/// Why a request could not be made, or was answered otherwise than prepared for.
#[derive(Debug, Error)]
pub(crate) enum ClientError {
    /// The credentials file lacks a line.
    #[error("the administrator's credentials have no {name}")]
    Credentials {
        /// The missing name.
        name: &'static str,
    },
    /// The connection failed, or what came is no reply.
    #[error(transparent)]
    Exchange(#[from] ExchangeError),
    /// A header can't hold what it should.
    #[error(transparent)]
    Header(#[from] InvalidHeaderValue),
    /// No reply came in time.
    #[error("{operation} got no reply within {} s", REPLY_WITHIN.as_secs())]
    NoReply {
        /// AWS's name of the operation.
        operation: &'static str,
    },
    /// The reply is a refusal, or is not what the operation answers.
    #[error("{operation} was answered with {status} {body}")]
    Refused {
        /// AWS's name of the operation.
        operation: &'static str,
        /// The status code.
        status: u16,
        /// The reply's body.
        body: String,
    },
    /// The request can't be signed.
    #[error(transparent)]
    Sign(#[from] SignError),
}

/// An access key.
#[derive(Clone)]
pub(super) struct Credentials {
    /// Its id.
    pub(super) access_key_id: String,
    /// Its secret.
    pub(super) secret_access_key: String,
}

impl Credentials {
    /// Reads an AWS shared credentials file with one profile.
    pub(super) fn parse(text: &str) -> Result<Self, ClientError> {
        let value = |name| {
            text.lines()
                .filter_map(|line| line.split_once('='))
                .find(|(key, _)| key.trim() == name)
                .map(|(_, value)| value.trim().to_owned())
                .ok_or(ClientError::Credentials { name })
        };
        Ok(Self {
            access_key_id: value("aws_access_key_id")?,
            secret_access_key: value("aws_secret_access_key")?,
        })
    }
}

/// A client of one server.
#[derive(Clone)]
pub(super) struct Client {
    address: SocketAddr,
    credentials: Credentials,
    tls: Option<TlsConnector>,
}

/// What is sent to an operation, and how it is said which one.
struct Call<'a> {
    service: &'a str,
    content_type: &'static str,
    /// Of services that speak JSON.
    target: Option<String>,
    body: &'a str,
}

/// A successful reply to a call.
pub(super) struct Answer {
    operation: &'static str,
    /// The reply's body, JSON as a rule.
    pub(super) body: Vec<u8>,
}

impl Client {
    /// A client of the server at `address`.
    pub(super) fn new(address: SocketAddr, credentials: Credentials) -> Self {
        Self {
            address,
            credentials,
            tls: None,
        }
    }

    /// The same client, by TLS.
    pub(super) fn over(self, tls: Option<TlsConnector>) -> Self {
        Self { tls, ..self }
    }

    /// Another client of the same server.
    pub(super) fn of(&self, credentials: Credentials) -> Self {
        Self {
            credentials,
            ..self.clone()
        }
    }

    /// Calls an operation on a connection of its own.
    pub(super) async fn call(
        &self,
        operation: &'static str,
        input: &str,
    ) -> Result<Answer, ClientError> {
        self.answer(operation, &self.request(operation, input, now())?)
            .await
    }

    /// Calls an operation of IAM, which answers with XML.
    pub(super) async fn iam(
        &self,
        operation: &'static str,
        parameters: &[(&str, &str)],
    ) -> Result<Answer, ClientError> {
        let body = form_urlencoded::Serializer::new(String::new())
            .append_pair("Action", operation)
            .append_pair("Version", "2010-05-08")
            .extend_pairs(parameters)
            .finish();
        let call = Call {
            service: "iam",
            content_type: "application/x-www-form-urlencoded; charset=utf-8",
            target: None,
            body: &body,
        };
        self.answer(operation, &self.signed(&call, now())?).await
    }

    async fn answer(&self, operation: &'static str, request: &[u8]) -> Result<Answer, ClientError> {
        let (status, body) = tokio::time::timeout(REPLY_WITHIN, self.send(request))
            .await
            .map_err(|_: Elapsed| ClientError::NoReply { operation })??;
        if status != 200 {
            return Err(ClientError::Refused {
                operation,
                status,
                body: String::from_utf8_lossy(&body).into_owned(),
            });
        }
        Ok(Answer { operation, body })
    }

    async fn send(&self, request: &[u8]) -> Result<(u16, Vec<u8>), ExchangeError> {
        let mut connection = Connection::open_over(self.address, self.tls.as_ref()).await?;
        let reply = connection.exchange(request).await?;
        Ok((reply.status, reply.body.to_vec()))
    }

    /// Whole requests with these inputs, signed now. A server takes them for five minutes.
    pub(super) fn requests(
        &self,
        operation: &'static str,
        inputs: &[String],
    ) -> Result<Vec<Vec<u8>>, ClientError> {
        let now = now();
        inputs
            .iter()
            .map(|input| self.request(operation, input, now))
            .collect()
    }

    fn request(
        &self,
        operation: &str,
        input: &str,
        unix_seconds: i64,
    ) -> Result<Vec<u8>, ClientError> {
        let call = Call {
            service: "kms",
            content_type: "application/x-amz-json-1.1",
            target: Some(format!("TrentService.{operation}")),
            body: input,
        };
        self.signed(&call, unix_seconds)
    }

    fn signed(&self, call: &Call<'_>, unix_seconds: i64) -> Result<Vec<u8>, ClientError> {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, HeaderValue::from_str(&self.address.to_string())?);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(call.content_type));
        headers.insert(CONTENT_LENGTH, HeaderValue::from(call.body.len()));
        if let Some(target) = &call.target {
            let name = HeaderName::from_static("x-amz-target");
            headers.insert(name, HeaderValue::from_str(target)?);
        }
        Signer {
            access_key_id: &self.credentials.access_key_id,
            secret_access_key: self.credentials.secret_access_key.as_bytes(),
            session_token: None,
            region: REGION,
            service: call.service,
            unix_seconds,
        }
        .sign(
            &Method::POST,
            &Uri::from_static("/"),
            &mut headers,
            call.body.as_bytes(),
        )?;
        Ok(written(&headers, call.body))
    }
}

/// The request as it goes over the wire.
fn written(headers: &HeaderMap, body: &str) -> Vec<u8> {
    let mut bytes = b"POST / HTTP/1.1\r\n".to_vec();
    for (name, value) in headers {
        for part in [name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"] {
            bytes.extend_from_slice(part);
        }
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(body.as_bytes());
    bytes
}

#[expect(
    clippy::disallowed_methods,
    reason = "a client signs with the real time, since a real server checks it"
)]
fn now() -> i64 {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH);
    i64::try_from(since_epoch.unwrap_or_default().as_secs()).unwrap_or(i64::MAX)
}

impl Answer {
    /// The text of the first XML element of this name, which holds no others.
    pub(super) fn element(&self, name: &str) -> Result<String, ClientError> {
        let text = String::from_utf8_lossy(&self.body);
        text.split_once(&format!("<{name}>"))
            .and_then(|(_, from)| from.split_once("</"))
            .map(|(content, _)| content.to_owned())
            .ok_or_else(|| self.unexpected())
    }

    /// The string at a JSON pointer (RFC 6901) in the body.
    pub(super) fn text(&self, pointer: &str) -> Result<String, ClientError> {
        serde_json::from_slice::<Value>(&self.body)
            .ok()
            .and_then(|body| Some(body.pointer(pointer)?.as_str()?.to_owned()))
            .ok_or_else(|| self.unexpected())
    }

    fn unexpected(&self) -> ClientError {
        ClientError::Refused {
            operation: self.operation,
            status: 200,
            body: String::from_utf8_lossy(&self.body).into_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use keystead_wire::sigv4::{SignedRequest, SigningKey};

    const FILE: &str = "# one\n[default]\naws_access_key_id = AKIAEXAMPLE\n\
                        aws_secret_access_key=abc/def=\n";

    #[test]
    fn a_credentials_file_is_read() {
        let credentials = Credentials::parse(FILE).unwrap();
        assert_eq!(credentials.access_key_id, "AKIAEXAMPLE");
        assert_eq!(credentials.secret_access_key, "abc/def=");
    }

    #[test]
    fn half_a_credentials_file_is_refused() {
        for (text, missing) in [
            ("", "aws_access_key_id"),
            ("aws_access_key_id", "aws_access_key_id"),
            ("aws_secret_access_key = a", "aws_access_key_id"),
            (
                "[default]\naws_access_key_id = a\n",
                "aws_secret_access_key",
            ),
        ] {
            let Err(ClientError::Credentials { name }) = Credentials::parse(text) else {
                panic!("{text:?} was taken");
            };
            assert_eq!(name, missing, "{text:?}");
        }
    }

    #[test]
    fn a_request_is_whole_and_its_signature_holds() {
        let client = Client::new(
            "127.0.0.1:4000".parse().unwrap(),
            Credentials::parse(FILE).unwrap(),
        );
        let request = client
            .request("Encrypt", r#"{"KeyId":"k"}"#, 1_700_000_000)
            .unwrap();
        let text = String::from_utf8(request).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let (line, head) = head.split_once("\r\n").unwrap();
        assert_eq!((line, body), ("POST / HTTP/1.1", r#"{"KeyId":"k"}"#));

        let mut headers = HeaderMap::new();
        for line in head.split("\r\n") {
            let (name, value) = line.split_once(": ").unwrap();
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            headers.insert(name, value.parse().unwrap());
        }
        assert_eq!(headers["x-amz-target"], "TrentService.Encrypt");
        assert_eq!(headers["content-length"], "13");
        assert_eq!(headers["host"], "127.0.0.1:4000");
        let (method, uri) = (Method::POST, Uri::from_static("/"));
        let signed = SignedRequest::parse(&method, &uri, &headers).unwrap();
        let key = SigningKey::derive(b"abc/def=", "20231114", REGION, "kms");
        assert!(signed.verify(&key, body.as_bytes()).is_ok());
        assert!(signed.verify(&key, b"{}").is_err());
    }

    #[test]
    fn elements_of_xml_are_found() {
        let answer = Answer {
            operation: "CreateAccessKey",
            body: b"<A><Id>AKIA</Id><Secret>a/b</Secret></A>".to_vec(),
        };
        assert_eq!(answer.element("Id").unwrap(), "AKIA");
        assert_eq!(answer.element("Secret").unwrap(), "a/b");
        assert!(answer.element("Token").is_err());
    }

    #[test]
    fn answers_without_the_member_are_quoted() {
        let answer = Answer {
            operation: "CreateKey",
            body: br#"{"KeyMetadata":{"KeyId":"k"}}"#.to_vec(),
        };
        assert_eq!(answer.text("/KeyMetadata/KeyId").unwrap(), "k");
        let error = answer.text("/KeyMetadata/Arn").unwrap_err().to_string();
        assert!(
            error.starts_with("CreateKey was answered with 200 {"),
            "{error}"
        );
    }
}
