//! One keep-alive connection with one request under way.

use std::io;
use std::net::SocketAddr;

use thiserror::Error;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::response::{self, Malformed};

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
}

/// A reply, borrowed from its connection.
pub(super) struct Reply<'a> {
    /// The status code.
    pub(super) status: u16,
    /// The body.
    pub(super) body: &'a [u8],
}

/// An open connection.
pub(super) struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
}

impl Connection {
    /// Connects to `address`.
    pub(super) async fn open(address: SocketAddr) -> Result<Self, ExchangeError> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            received: Vec::with_capacity(16 * 1024),
        })
    }

    /// Sends a whole request and reads the whole reply to it.
    pub(super) async fn exchange(&mut self, request: &[u8]) -> Result<Reply<'_>, ExchangeError> {
        self.stream.write_all(request).await?;
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
