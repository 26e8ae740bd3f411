//! One request over one connection, in the clear or over TLS.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Method, Request};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::endpoint::Endpoint;
use super::{Answer, ClientError};

/// The longest answer that is read, in bytes.
const MAX_ANSWER_BYTES: usize = 16 * 1024 * 1024;

/// The header with the id of the request, of every AWS service.
const REQUEST_ID: &str = "x-amzn-requestid";

/// How the server is known to be the right one.
#[derive(Clone)]
pub(super) enum Trust {
    /// It is not: plain HTTP.
    Nothing,
    /// By one of these certificates, for this name.
    Certificates(TlsConnector, ServerName<'static>),
}

impl Trust {
    /// Trusts the certificates of a file, or those that the server made for itself and keeps in its
    /// data directory.
    pub(super) fn of(
        endpoint: &Endpoint,
        ca_file: Option<PathBuf>,
        data_dir: &Path,
    ) -> Result<Self, ClientError> {
        if !endpoint.is_tls() {
            return Ok(Self::Nothing);
        }
        let path = ca_file.unwrap_or_else(|| data_dir.join("tls-self-signed.crt"));
        Self::read(endpoint, &path).map_err(|source| ClientError::Certificate { path, source })
    }

    fn read(
        endpoint: &Endpoint,
        path: &Path,
    ) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_file_iter(path)? {
            roots.add(certificate?)?;
        }
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::try_from(endpoint.host().to_owned())?;
        let connector = TlsConnector::from(Arc::new(config));
        Ok(Self::Certificates(connector, name))
    }
}

/// Sends a request for `/` and reads the answer.
pub(super) async fn exchange(
    endpoint: &Endpoint,
    trust: &Trust,
    headers: HeaderMap,
    body: Vec<u8>,
) -> io::Result<Answer> {
    let stream = TcpStream::connect(endpoint.address()).await?;
    match trust {
        Trust::Nothing => over(stream, headers, body).await,
        Trust::Certificates(connector, name) => {
            let stream = connector.connect(name.clone(), stream).await?;
            over(stream, headers, body).await
        }
    }
}

async fn over(
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    headers: HeaderMap,
    body: Vec<u8>,
) -> io::Result<Answer> {
    let mut request = Request::new(Full::new(Bytes::from(body)));
    *request.method_mut() = Method::POST;
    *request.headers_mut() = headers;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
        .await
        .map_err(io::Error::other)?;
    tokio::spawn(connection);
    let answer = sender.send_request(request).await;
    let (parts, body) = answer.map_err(io::Error::other)?.into_parts();
    let body = Limited::new(body, MAX_ANSWER_BYTES).collect().await;
    let request_id = parts.headers.get(REQUEST_ID);
    let request_id = request_id.and_then(|id| id.to_str().ok());
    Ok(Answer {
        status: parts.status.as_u16(),
        body: body.map_err(io::Error::other)?.to_bytes().to_vec(),
        request_id: request_id.unwrap_or_default().to_owned(),
    })
}
