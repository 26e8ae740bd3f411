//! Fetching a provider's keys: its configuration document, and the key set that this names.
//!
//! Source: OpenID Connect Discovery 1.0, section 4.

use std::net::SocketAddr;
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
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::key_set::{KeySet, KeySetError};
use super::reach::Reach;

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
    /// The provider's configuration, which can be had from further out, names an address of this
    /// machine, of its link or of a private network.
    #[error("{url} is not fetched: it leads to an address further in than the provider's own")]
    Inward {
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
        let configuration = format!("{scheme}://{path}/{CONFIGURATION}");
        let (configuration, reach) = self.get(&configuration, None).await?;
        let Configuration { jwks_uri } = serde_json::from_slice(&configuration)?;
        let (keys, _) = self.get(&jwks_uri, Some(reach)).await?;
        Ok(KeySet::parse(&keys)?)
    }

    /// A document, and from where its server can be reached. `sent_from` is the same of the
    /// document that names this one; none of a URL that an account registered.
    async fn get(&self, url: &str, sent_from: Option<Reach>) -> Result<(Bytes, Reach), FetchError> {
        let answer = timeout(PATIENCE, self.exchange(url, sent_from)).await;
        answer.unwrap_or(Err(FetchError::Slow))
    }

    async fn exchange(
        &self,
        url: &str,
        sent_from: Option<Reach>,
    ) -> Result<(Bytes, Reach), FetchError> {
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
                let (stream, reach) = connect(&host, port.unwrap_or(443), sent_from, &uri).await?;
                let name = ServerName::try_from(host)?;
                let connector = TlsConnector::from(Arc::clone(tls));
                let answer = send(connector.connect(name, stream).await?, &uri).await?;
                Ok((answer, reach))
            }
            (Some("http"), _) if self.plain_loopback && is_loopback(&host) => {
                let (stream, reach) = connect(&host, port.unwrap_or(80), sent_from, &uri).await?;
                Ok((send(stream, &uri).await?, reach))
            }
            _ => Err(refused()),
        }
    }
}

/// A connection to the first of the host's addresses that answers, none of which may be further in
/// than where the document comes from that names it: the provider is not the one to say what the
/// server asks in its own network. The addresses are those that are connected to, so that a name
/// can't mean others a moment later.
async fn connect(
    host: &str,
    port: u16,
    sent_from: Option<Reach>,
    uri: &Uri,
) -> Result<(TcpStream, Reach), FetchError> {
    let addresses: Vec<_> = lookup_host((host, port)).await?.collect();
    let is_inward = |address: &SocketAddr| {
        sent_from.is_some_and(|from| !from.may_lead_to(Reach::of(address.ip())))
    };
    if addresses.iter().any(is_inward) {
        let url = uri.to_string();
        return Err(FetchError::Inward { url });
    }
    let stream = TcpStream::connect(addresses.as_slice()).await?;
    let reach = Reach::of(stream.peer_addr()?.ip());
    Ok((stream, reach))
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
            let refused = outbound.get(url, None).await;
            assert!(matches!(refused, Err(FetchError::Address { .. })), "{url}");
        }
        let plain = Outbound::default().get("http://127.0.0.1:9/", None).await;
        assert!(matches!(plain, Err(FetchError::Address { .. })));
    }

    #[tokio::test]
    async fn a_provider_elsewhere_sends_nobody_to_this_machine() {
        let outbound = Outbound {
            tls: None,
            plain_loopback: true,
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/keys", listener.local_addr().unwrap());
        for from in [Reach::Anywhere, Reach::Private, Reach::Link] {
            let refused = outbound.get(&url, Some(from)).await;
            assert!(
                matches!(refused, Err(FetchError::Inward { .. })),
                "{from:?}"
            );
        }
    }
}
