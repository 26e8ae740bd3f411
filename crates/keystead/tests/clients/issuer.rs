//! The web server of an identity provider, on loopback: its configuration and its keys.
//!
//! Source: OpenID Connect Discovery 1.0, section 4.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::thread;

use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::json;

/// An identity provider that does not answer yet.
pub(crate) struct Issuer {
    listener: TcpListener,
    tls: Option<Arc<ServerConfig>>,
}

impl Issuer {
    /// One without TLS.
    pub(crate) fn plain() -> Self {
        Self {
            listener: TcpListener::bind("127.0.0.1:0").unwrap(),
            tls: None,
        }
    }

    /// One that shows a certificate of its own making, which it writes to this file.
    pub(crate) fn with_certificate(file: &Path) -> Self {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        fs::write(file, made.cert.pem()).unwrap();
        let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key.into())
            .unwrap();
        Self {
            tls: Some(Arc::new(config)),
            ..Self::plain()
        }
    }

    /// What it calls itself in its tokens.
    pub(crate) fn url(&self) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.authority_and_path())
    }

    /// What it is registered as: the same without `https://`.
    pub(crate) fn authority_and_path(&self) -> String {
        let port = self.listener.local_addr().unwrap().port();
        format!("localhost:{port}/pods")
    }

    /// Answers from now on, until the tests end.
    pub(crate) fn serve(self, keys: String) {
        let url = self.url();
        let configuration = json!({ "issuer": url, "jwks_uri": format!("{url}/keys") });
        let documents = [
            (
                "GET /pods/.well-known/openid-configuration ",
                configuration.to_string(),
            ),
            ("GET /pods/keys ", keys),
        ];
        thread::spawn(move || {
            for stream in self.listener.incoming() {
                // Whoever hangs up has got what it came for, or does not trust the certificate.
                let _ = self.answer(stream.unwrap(), &documents);
            }
        });
    }

    fn answer(&self, stream: TcpStream, documents: &[(&str, String)]) -> std::io::Result<()> {
        match &self.tls {
            None => answer(stream, documents),
            Some(tls) => {
                let tls = ServerConnection::new(Arc::clone(tls)).unwrap();
                answer(StreamOwned::new(tls, stream), documents)
            }
        }
    }
}

/// Answers the one request of a connection.
fn answer(mut stream: impl Read + Write, documents: &[(&str, String)]) -> std::io::Result<()> {
    let mut head = Vec::new();
    let mut part = [0; 1024];
    while !head.windows(4).any(|bytes| bytes == b"\r\n\r\n") {
        match stream.read(&mut part)? {
            0 => return Ok(()),
            length => head.extend_from_slice(&part[..length]),
        }
    }
    let asked = |(start, _): &&(&str, String)| head.starts_with(start.as_bytes());
    let (status, body) = match documents.iter().find(asked) {
        Some((_, document)) => ("200 OK", document.as_str()),
        None => ("404 Not Found", ""),
    };
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )?;
    stream.flush()
}
