//! Fetching a provider's keys: its configuration document, and the key set that this names.
//!
//! Source: OpenID Connect Discovery 1.0, section 4.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, HOST, USER_AGENT};
use http::{Request, StatusCode, Uri};
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::{InvalidDnsNameError, ServerName};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::key_set::{KeySet, KeySetError};

/// How long one document may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// The longest document, in bytes.
const MAX_BYTES: usize = 256 * 1024;
const CONFIGURATION: &str = ".well-known/openid-configuration";

/// The way out, to providers of identities.
#[derive(Clone, Default)]
pub struct Outbound {
    /// Whom TLS trusts; without it, nothing is fetched over HTTPS.
    pub tls: Option<Arc<ClientConfig>>,
    /// Whether providers on this machine are asked over plain HTTP: for development and tests.
    pub plain_loopback: bool,
}

/// Why a provider's keys could not be fetched.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The URL is not one that is fetched.
    #[error("{url} is not fetched: only https:// is")]
    Address {
        /// The URL.
        url: String,
    },
    /// The host's name can't stand in a certificate.
    #[error("the host's name can't be verified: {source}")]
    Name {
        /// Why.
        #[from]
        source: InvalidDnsNameError,
    },
    /// No connection, or no TLS.
    #[error("no connection: {source}")]
    Connection {
        /// Why.
        #[from]
        source: std::io::Error,
    },
    /// No answer in HTTP.
    #[error("no answer: {source}")]
    Http {
        /// Why.
        #[from]
        source: hyper::Error,
    },
    /// An answer that is not 200.
    #[error("the answer's status is {status}")]
    Status {
        /// What it is.
        status: StatusCode,
    },
    /// The document is too long, or ends early.
    #[error("the document is too long or ends early")]
    Body,
    /// The document did not come in time.
    #[error("no answer in time")]
    Slow,
    /// It was tried a moment ago.
    #[error("it was tried a moment ago")]
    Pausing,
    /// The configuration names no key set.
    #[error("the provider's configuration can't be read: {source}")]
    Configuration {
        /// Why.
        #[from]
        source: serde_json::Error,
    },
    /// The key set can't be used.
    #[error(transparent)]
    Keys {
        /// Why.
        #[from]
        source: KeySetError,
    },
}

impl Outbound {
    /// The keys of a provider, by its issuer: host and path.
    pub(super) async fn keys_of(&self, issuer: &str) -> Result<KeySet, FetchError> {
        #[derive(serde::Deserialize)]
        struct Configuration {
            jwks_uri: String,
        }
        let scheme = if self.plain_loopback && is_loopback(issuer) {
            "http"
        } else {
            "https"
        };
        // "Any terminating / MUST be removed": section 4.1.
        let path = issuer.strip_suffix('/').unwrap_or(issuer);
        let configuration = self
            .get(&format!("{scheme}://{path}/{CONFIGURATION}"))
            .await?;
        let Configuration { jwks_uri } = serde_json::from_slice(&configuration)?;
        Ok(KeySet::parse(&self.get(&jwks_uri).await?)?)
    }

    async fn get(&self, url: &str) -> Result<Bytes, FetchError> {
        let answer = timeout(PATIENCE, self.exchange(url)).await;
        answer.unwrap_or(Err(FetchError::Slow))
    }

    async fn exchange(&self, url: &str) -> Result<Bytes, FetchError> {
        let refused = || FetchError::Address {
            url: url.to_owned(),
        };
        let uri: Uri = url.parse().map_err(|_| refused())?;
        let host = uri.host().ok_or_else(refused)?;
        let host = host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .to_owned();
        let port = uri.port_u16();
        match (uri.scheme_str(), &self.tls) {
            (Some("https"), Some(tls)) => {
                let stream = TcpStream::connect((host.as_str(), port.unwrap_or(443))).await?;
                let name = ServerName::try_from(host)?;
                let connector = TlsConnector::from(Arc::clone(tls));
                send(connector.connect(name, stream).await?, &uri).await
            }
            (Some("http"), _) if self.plain_loopback && is_loopback(&host) => {
                let stream = TcpStream::connect((host.as_str(), port.unwrap_or(80))).await?;
                send(stream, &uri).await
            }
            _ => Err(refused()),
        }
    }
}

/// Asks for a document, without following where else it might be.
async fn send<S>(stream: S, uri: &Uri) -> Result<Bytes, FetchError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let refused = || FetchError::Address {
        url: uri.to_string(),
    };
    let authority = uri.authority().ok_or_else(refused)?.as_str();
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let request = Request::get(path)
        .header(HOST, authority)
        .header(ACCEPT, "application/json")
        .header(USER_AGENT, "keystead")
        .body(Empty::<Bytes>::new())
        .map_err(|_| refused())?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let driver = tokio::spawn(connection);
    let answer = async {
        let answer = sender.send_request(request).await?;
        if answer.status() != StatusCode::OK {
            let status = answer.status();
            return Err(FetchError::Status { status });
        }
        let body = Limited::new(answer.into_body(), MAX_BYTES).collect().await;
        Ok(body.map_err(|_| FetchError::Body)?.to_bytes())
    };
    let answer = answer.await;
    driver.abort();
    answer
}

/// Whether a URL without its scheme is one of this machine.
pub(crate) fn is_loopback(url: &str) -> bool {
    let authority = url.split('/').next().unwrap_or_default();
    let host = authority.split(':').next().unwrap_or_default();
    matches!(host, "127.0.0.1" | "localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine() {
        for (url, expected) in [
            ("127.0.0.1:80/a", true),
            ("localhost", true),
            ("127.0.0.1.example.com", false),
            ("example.com/127.0.0.1", false),
            ("127.0.0.1@example.com", false),
            ("", false),
        ] {
            assert_eq!(is_loopback(url), expected, "{url}");
        }
    }

    #[tokio::test]
    async fn only_https_is_fetched() {
        let outbound = Outbound {
            tls: None,
            plain_loopback: true,
        };
        for url in [
            "http://example.com/",
            "https://example.com/",
            "file:///etc/passwd",
            "x",
        ] {
            let refused = outbound.get(url).await;
            assert!(matches!(refused, Err(FetchError::Address { .. })), "{url}");
        }
        let plain = Outbound::default().get("http://127.0.0.1:9/").await;
        assert!(matches!(plain, Err(FetchError::Address { .. })));
    }
}
