//! One keep-alive connection with one request under way.

use std::io;
use std::net::SocketAddr;

use rustls::pki_types::ServerName;
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::response::{self, Malformed};

/// A name of Keystead's self-made certificate.
const NAME: &str = "localhost";

/// Why a request got no reply.
#[derive(Debug, Error)]
pub(crate) enum ExchangeError {
    /// The connection failed.
    #[error("the connection to the server failed: {source}")]
    Connection {
        /// What the system said.
        #[from]
        source: io::Error,
    },
    /// The server closed the connection before the reply's end.
    #[error("the server closed the connection")]
    Closed,
    /// The reply isn't one.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// More bytes came than the reply has.
    #[error("the server sent more than the reply")]
    Surplus,
    /// The HTTP/2 connection failed.
    #[error("HTTP/2: {0}")]
    Http2(#[from] hyper::Error),
}

/// A reply, borrowed from its connection.
pub(super) struct Reply<'a> {
    /// The status code.
    pub(super) status: u16,
    /// The body.
    pub(super) body: &'a [u8],
}

/// Whatever bytes go over: TCP, or TLS over it.
pub(super) trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

/// Connects to `address`, by TLS if it is given.
pub(super) async fn connect(
    address: SocketAddr,
    tls: Option<&TlsConnector>,
) -> io::Result<Box<dyn Stream>> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let Some(tls) = tls else {
        return Ok(Box::new(stream));
    };
    let name = ServerName::try_from(NAME).map_err(io::Error::other)?;
    Ok(Box::new(tls.connect(name, stream).await?))
}

/// An open connection.
pub(super) struct Connection {
    address: SocketAddr,
    tls: Option<TlsConnector>,
    stream: Box<dyn Stream>,
    received: Vec<u8>,
    /// Whether the server said that the last reply was the last on this connection.
    is_over: bool,
}

impl Connection {
    /// Connects to `address`.
    pub(super) async fn open(address: SocketAddr) -> Result<Self, ExchangeError> {
        Self::open_over(address, None).await
    }

    /// Connects to `address`, by TLS if it is given.
    pub(super) async fn open_over(
        address: SocketAddr,
        tls: Option<&TlsConnector>,
    ) -> Result<Self, ExchangeError> {
        Ok(Self {
            address,
            tls: tls.cloned(),
            stream: connect(address, tls).await?,
            received: Vec::with_capacity(16 * 1024),
            is_over: false,
        })
    }

    /// Sends a whole request and reads the whole reply to it. Connects anew where the server ended the connection
    /// after the last reply, and said so.
    pub(super) async fn exchange(&mut self, request: &[u8]) -> Result<Reply<'_>, ExchangeError> {
        if self.is_over {
            self.stream = connect(self.address, self.tls.as_ref()).await?;
        }
        self.stream.write_all(request).await?;
        self.stream.flush().await?;
        self.received.clear();
        let head = loop {
            self.receive().await?;
            if let Some(head) = response::head(&self.received)? {
                break head;
            }
        };
        let end = head.head_bytes + head.body_bytes;
        while self.received.len() < end {
            self.receive().await?;
        }
        if self.received.len() > end {
            return Err(ExchangeError::Surplus);
        }
        self.is_over = head.closes;
        Ok(Reply {
            status: head.status,
            body: self.received.get(head.head_bytes..).unwrap_or_default(),
        })
    }

    async fn receive(&mut self) -> Result<(), ExchangeError> {
        match self.stream.read_buf(&mut self.received).await? {
            0 => Err(ExchangeError::Closed),
            _ => Ok(()),
        }
    }
}
