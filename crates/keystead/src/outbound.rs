//! Whom outgoing connections trust: the certificate authorities of the machine.

use std::sync::Arc;

use keystead_server::sessions::web_identity::Outbound;
use rustls::{ClientConfig, RootCertStore};

/// The way out to identity providers. Those on the machine itself may do without TLS if
/// `plain_loopback` says so.
///
/// # Errors
/// The TLS library refuses its own defaults.
pub(crate) fn to_providers(plain_loopback: bool) -> Result<Outbound, rustls::Error> {
    Ok(Outbound {
        tls: tls()?,
        plain_loopback,
    })
}

/// Whom TLS trusts on the way out; `None` if it is nobody.
///
/// # Errors
/// The TLS library refuses its own defaults.
pub(crate) fn tls() -> Result<Option<Arc<ClientConfig>>, rustls::Error> {
    let found = rustls_native_certs::load_native_certs();
    for error in &found.errors {
        tracing::warn!(%error, "a certificate authority of the machine can't be read");
    }
    let mut roots = RootCertStore::empty();
    let (trusted, _) = roots.add_parsable_certificates(found.certs);
    (trusted > 0).then_some(roots).map(client).transpose()
}

fn client(roots: RootCertStore) -> Result<Arc<ClientConfig>, rustls::Error> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}
