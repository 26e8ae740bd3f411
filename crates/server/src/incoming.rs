//! A request as the connection hands it in.

use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::request::Parts;

use crate::endpoint::Endpoint;

/// A whole request: its head, its body, and what is known of the connection. It may carry a
/// plaintext and a session token, so that it has no `Debug`.
pub struct Incoming {
    /// Method, URI and headers.
    pub parts: Parts,
    /// The body, complete and within the limit.
    pub body: Bytes,
    /// Who is at the other end.
    pub peer: Peer,
}

/// The other end of a connection.
#[derive(Debug, Clone)]
pub struct Peer {
    /// Its address.
    pub address: IpAddr,
    /// How the connection is secured; `None` on plain HTTP.
    pub tls: Option<Tls>,
    /// The VPC endpoint that it came through; `None` at the front door.
    pub endpoint: Option<Arc<Endpoint>>,
}

/// How a connection is secured, in CloudTrail's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tls {
    /// Such as `TLSv1.3`.
    pub version: &'static str,
    /// Such as `TLS_AES_256_GCM_SHA384`.
    pub cipher_suite: &'static str,
}

impl Incoming {
    /// A header's value as text; empty if it is absent or not visible ASCII.
    #[must_use]
    pub fn header(&self, name: http::HeaderName) -> &str {
        self.parts
            .headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// The host that the client asked for.
    #[must_use]
    pub fn host(&self) -> &str {
        // As the signature covers it: the header goes before what stands in the URI.
        match (self.header(http::header::HOST), self.parts.uri.authority()) {
            ("", Some(authority)) => authority.as_str(),
            (host, _) => host,
        }
    }
}
