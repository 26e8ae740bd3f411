//! Connections that stay open, in HTTP/1.1 or HTTP/2, in the clear or over TLS.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_LENGTH, HOST};
use http::{Request, Uri, Version};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio_rustls::TlsConnector;

use crate::call::Answer;

/// An open connection with a runtime of its own.
pub struct Connection {
    runtime: Runtime,
    sender: Sender,
    scheme: &'static str,
}

#[derive(Clone)]
enum Sender {
    Http1(Arc<tokio::sync::Mutex<http1::SendRequest<Full<Bytes>>>>),
    Http2(http2::SendRequest<Full<Bytes>>),
}

/// How to secure a connection.
#[derive(Debug, Clone, Copy)]
pub struct TlsOptions<'a> {
    /// The only certificate to trust, a PEM file.
    pub trusted: &'a Path,
    /// The host name or address that the server's certificate must be for.
    pub name: &'static str,
    /// The only version to offer.
    pub version: &'static SupportedProtocolVersion,
    /// The HTTP version to ask for: `h2` or `http/1.1`.
    pub alpn: &'static str,
}

impl Connection {
    /// HTTP/1.1 in the clear.
    ///
    /// # Errors
    /// There is no connection.
    pub fn http1(address: SocketAddr) -> io::Result<Self> {
        Self::open(|| async move { http1_over(TcpStream::connect(address).await?).await })
    }

    /// HTTP/2 in the clear, with prior knowledge (RFC 9113, section 3.3).
    ///
    /// # Errors
    /// There is no connection.
    pub fn http2(address: SocketAddr) -> io::Result<Self> {
        Self::open(|| async move { http2_over(TcpStream::connect(address).await?).await })
    }

    /// HTTP over TLS.
    ///
    /// # Errors
    /// There is no connection, the server is not trusted, or it does not agree to the version
    /// asked for.
    pub fn tls(address: SocketAddr, options: TlsOptions<'_>) -> io::Result<Self> {
        let connector = TlsConnector::from(Arc::new(configure(options)?));
        let name = ServerName::try_from(options.name).map_err(io::Error::other)?;
        let mut connection = Self::open(|| async move {
            let stream = connector
                .connect(name, TcpStream::connect(address).await?)
                .await?;
            match stream.get_ref().1.alpn_protocol() {
                Some(agreed) if agreed != options.alpn.as_bytes() => {
                    Err(io::Error::other("another protocol was agreed on"))
                }
                Some(b"h2") => http2_over(stream).await,
                Some(_) => http1_over(stream).await,
                None => Err(io::Error::other("no protocol was agreed on")),
            }
        })?;
        connection.scheme = "https";
        Ok(connection)
    }

    fn open<F>(connect: impl FnOnce() -> F) -> io::Result<Self>
    where
        F: Future<Output = io::Result<Sender>>,
    {
        // The connection's own work must go on while nobody waits for an answer.
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()?;
        let sender = runtime.block_on(connect())?;
        Ok(Self {
            runtime,
            sender,
            scheme: "http",
        })
    }

    /// Sends a request and waits for its answer.
    ///
    /// # Errors
    /// The connection ended before the whole answer came.
    pub fn send(&self, request: Request<Vec<u8>>) -> io::Result<Answer> {
        let request = self.fit(request)?;
        self.runtime
            .block_on(exchange(self.sender.clone(), request))
    }

    /// Sends a request without waiting.
    ///
    /// # Errors
    /// The request is none that this connection can carry.
    pub fn begin(&self, request: Request<Vec<u8>>) -> io::Result<Pending<'_>> {
        let request = self.fit(request)?;
        let task = self.runtime.spawn(exchange(self.sender.clone(), request));
        Ok(Pending {
            runtime: &self.runtime,
            task,
        })
    }

    /// Puts the host where the HTTP version has it.
    fn fit(&self, mut request: Request<Vec<u8>>) -> io::Result<Request<Full<Bytes>>> {
        request.headers_mut().remove(CONNECTION);
        request.headers_mut().remove(CONTENT_LENGTH);
        if matches!(self.sender, Sender::Http2(_)) {
            let host = request.headers_mut().remove(HOST);
            let host = host
                .as_ref()
                .and_then(|host| host.to_str().ok())
                .unwrap_or_default();
            let path = request
                .uri()
                .path_and_query()
                .map_or("/", |path| path.as_str());
            let uri: Uri = format!("{}://{host}{path}", self.scheme)
                .parse()
                .map_err(io::Error::other)?;
            *request.uri_mut() = uri;
            *request.version_mut() = Version::HTTP_2;
        }
        Ok(request.map(|body| Full::new(Bytes::from(body))))
    }
}

/// An answer that is on its way.
#[derive(Debug)]
pub struct Pending<'c> {
    runtime: &'c Runtime,
    task: tokio::task::JoinHandle<io::Result<Answer>>,
}

impl Pending<'_> {
    /// Waits for it.
    ///
    /// # Errors
    /// The connection ended before the whole answer came.
    pub fn wait(self) -> io::Result<Answer> {
        self.runtime
            .block_on(self.task)
            .map_err(io::Error::other)
            .flatten()
    }
}

fn configure(options: TlsOptions<'_>) -> io::Result<ClientConfig> {
    let mut roots = RootCertStore::empty();
    let trusted = CertificateDer::from_pem_file(options.trusted).map_err(io::Error::other)?;
    roots.add(trusted).map_err(io::Error::other)?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[options.version])
        .map_err(io::Error::other)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![options.alpn.as_bytes().to_vec()];
    Ok(config)
}

async fn http1_over<S>(stream: S) -> io::Result<Sender>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (sender, connection) = http1::handshake(TokioIo::new(stream))
        .await
        .map_err(io::Error::other)?;
    tokio::spawn(connection);
    Ok(Sender::Http1(Arc::new(tokio::sync::Mutex::new(sender))))
}

async fn http2_over<S>(stream: S) -> io::Result<Sender>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (sender, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
        .await
        .map_err(io::Error::other)?;
    tokio::spawn(connection);
    Ok(Sender::Http2(sender))
}

async fn exchange(sender: Sender, request: Request<Full<Bytes>>) -> io::Result<Answer> {
    let response = match sender {
        Sender::Http1(sender) => {
            let mut sender = sender.lock().await;
            sender.ready().await.map_err(io::Error::other)?;
            sender.send_request(request).await
        }
        Sender::Http2(mut sender) => sender.send_request(request).await,
    };
    let (parts, body) = response.map_err(io::Error::other)?.into_parts();
    let body = body.collect().await.map_err(io::Error::other)?;
    let text = |value: &http::HeaderValue| value.to_str().unwrap_or_default().to_owned();
    Ok(Answer {
        status: parts.status.as_u16(),
        headers: parts
            .headers
            .iter()
            .map(|(name, value)| (name.to_string(), text(value)))
            .collect(),
        body: body.to_bytes().to_vec(),
    })
}
