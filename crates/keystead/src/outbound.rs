//! Whom outgoing connections trust: the certificate authorities of the machine.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;

use keystead_server::sessions::web_identity::Outbound;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};

/// The way out to identity providers. Those on the machine itself may do without TLS if
/// `plain_loopback` says so.
///
/// # Errors
/// The TLS library refuses its own defaults.
pub(crate) fn to_providers(plain_loopback: bool) -> Result<Outbound, rustls::Error> {
    let roots = of_the_machine();
    let tls = (!roots.is_empty()).then_some(roots);
    Ok(Outbound {
        tls: tls.map(client).transpose()?,
        plain_loopback,
    })
}

/// The way out to whoever a certificate authority in this file vouches for, or one of the machine's
/// without a file.
///
/// # Errors
/// The file can't be read or has no certificate, or the TLS library refuses what it is given.
pub(crate) fn trusting(
    authorities: Option<&Path>,
) -> Result<Arc<ClientConfig>, Box<dyn Error + Send + Sync>> {
    let roots = match authorities {
        Some(path) => of_file(path)?,
        None => of_the_machine(),
    };
    Ok(client(roots)?)
}

fn of_file(path: &Path) -> Result<RootCertStore, Box<dyn Error + Send + Sync>> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(path)? {
        roots.add(certificate?)?;
    }
    match roots.is_empty() {
        true => Err("there is no certificate in it".into()),
        false => Ok(roots),
    }
}

fn of_the_machine() -> RootCertStore {
    let found = rustls_native_certs::load_native_certs();
    for error in &found.errors {
        tracing::warn!(%error, "a certificate authority of the machine can't be read");
    }
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(found.certs);
    roots
}

fn client(roots: RootCertStore) -> Result<Arc<ClientConfig>, rustls::Error> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}
