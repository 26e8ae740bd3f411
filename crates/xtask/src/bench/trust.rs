//! TLS of the benchmark's clients: version 1.3 alone, and one certificate that is trusted.

use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::{self, PemObject};
use rustls::{ClientConfig, RootCertStore};
use thiserror::Error;
use tokio_rustls::TlsConnector;

use super::scenario::Http;

/// Why a server can't be spoken to by TLS.
#[derive(Debug, Error)]
pub(crate) enum TrustError {
    /// Its certificate can't be read.
    #[error("the server's certificate: {0}")]
    Pem(#[from] pem::Error),
    /// Its certificate is of no use.
    #[error("TLS: {0}")]
    Tls(#[from] rustls::Error),
}

/// A connector that trusts the certificate in this file, and asks for this version of HTTP.
pub(super) fn connector(certificate: &Path, http: Http) -> Result<TlsConnector, TrustError> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(certificate)?)?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![http.alpn().to_vec()];
    Ok(TlsConnector::from(Arc::new(config)))
}
