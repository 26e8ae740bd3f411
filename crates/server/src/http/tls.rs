//! TLS: certificates in, acceptors and connection details out.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem};
use rustls::{ProtocolVersion, ServerConfig, ServerConnection};
use tokio_rustls::TlsAcceptor;

use crate::incoming::Tls;

/// HTTP/2 over TLS (RFC 9113 §3.1).
pub(super) const HTTP_2: &[u8] = b"h2";

/// Why TLS can't be offered.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file can't be read, or has no PEM of the wanted kind in it.
    #[error("can't read {kind} from {}: {source}", path.display())]
    Pem {
        /// What was wanted.
        kind: &'static str,
        /// Where.
        path: PathBuf,
        /// What is wrong.
        source: pem::Error,
    },
    /// The certificate and the key do not go together, or are of no use.
    #[error("the certificate and key can't be used: {source}")]
    Config {
        /// What is wrong.
        #[from]
        source: rustls::Error,
    },
    /// A certificate could not be made.
    #[error("a self-signed certificate can't be made: {source}")]
    SelfSigned {
        /// What is wrong.
        #[from]
        source: rcgen::Error,
    },
    /// A file of a self-made certificate can't be written.
    #[error("can't write {}: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// An acceptor with a certificate chain and its key, both PEM files. TLS 1.3 and 1.2; HTTP/2 and
/// HTTP/1.1.
///
/// # Errors
/// [`TlsError`].
pub fn acceptor(certificates: &Path, key: &Path) -> Result<TlsAcceptor, TlsError> {
    let bad = |kind, path: &Path| {
        let path = path.to_owned();
        move |source| TlsError::Pem { kind, path, source }
    };
    let chain = CertificateDer::pem_file_iter(certificates)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(bad("certificates", certificates))?;
    let key = PrivateKeyDer::from_pem_file(key).map_err(bad("a private key", key))?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![HTTP_2.to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// The files of a self-made certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelfSigned {
    /// The certificate, which clients must be told to trust.
    pub certificate: PathBuf,
    /// Its key, for nobody but the owner.
    pub key: PathBuf,
}

/// Finds the self-made certificate in a directory, or makes one for these host names and
/// addresses. It is kept, so that clients who trust it go on doing so.
///
/// # Errors
/// [`TlsError`].
pub fn self_signed(directory: &Path, names: &[String]) -> Result<SelfSigned, TlsError> {
    let files = SelfSigned {
        certificate: directory.join("tls-self-signed.crt"),
        key: directory.join("tls-self-signed.key"),
    };
    if files.certificate.exists() && files.key.exists() {
        return Ok(files);
    }
    let made = rcgen::generate_simple_self_signed(names)?;
    write(&files.key, made.signing_key.serialize_pem().as_bytes())?;
    write(&files.certificate, made.cert.pem().as_bytes())?;
    Ok(files)
}

fn write(path: &Path, contents: &[u8]) -> Result<(), TlsError> {
    crate::private_file::replace(path, contents).map_err(|source| TlsError::Write {
        path: path.to_owned(),
        source,
    })
}

/// How a connection is secured, in CloudTrail's words.
pub(super) fn details(connection: &ServerConnection) -> Tls {
    let version = match connection.protocol_version() {
        Some(ProtocolVersion::TLSv1_3) => "TLSv1.3",
        Some(ProtocolVersion::TLSv1_2) => "TLSv1.2",
        _ => "unknown",
    };
    let suite = connection
        .negotiated_cipher_suite()
        .map(|suite| suite.suite());
    Tls {
        version,
        cipher_suite: suite.map_or("unknown", suite_name),
    }
}

/// CloudTrail names the suites of TLS 1.2 as OpenSSL does, those of TLS 1.3 as the RFC does.
fn suite_name(suite: rustls::CipherSuite) -> &'static str {
    use rustls::CipherSuite as Suite;
    const NAMES: &[(Suite, &str)] = &[
        (Suite::TLS13_AES_256_GCM_SHA384, "TLS_AES_256_GCM_SHA384"),
        (Suite::TLS13_AES_128_GCM_SHA256, "TLS_AES_128_GCM_SHA256"),
        (
            Suite::TLS13_CHACHA20_POLY1305_SHA256,
            "TLS_CHACHA20_POLY1305_SHA256",
        ),
        (
            Suite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
            "ECDHE-ECDSA-AES256-GCM-SHA384",
        ),
        (
            Suite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
            "ECDHE-ECDSA-AES128-GCM-SHA256",
        ),
        (
            Suite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
            "ECDHE-ECDSA-CHACHA20-POLY1305",
        ),
        (
            Suite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
            "ECDHE-RSA-AES256-GCM-SHA384",
        ),
        (
            Suite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
            "ECDHE-RSA-AES128-GCM-SHA256",
        ),
        (
            Suite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
            "ECDHE-RSA-CHACHA20-POLY1305",
        ),
    ];
    NAMES
        .iter()
        .find(|(known, _)| *known == suite)
        .map_or("unknown", |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_self_made_certificate_is_made_once_and_works() {
        let directory = tempfile::tempdir().unwrap();
        let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
        let files = self_signed(directory.path(), &names).unwrap();
        let first = fs::read(&files.certificate).unwrap();
        assert_eq!(self_signed(directory.path(), &names).unwrap(), files);
        assert_eq!(fs::read(&files.certificate).unwrap(), first);
        assert!(acceptor(&files.certificate, &files.key).is_ok());
    }

    #[test]
    fn what_can_not_be_used_is_named() {
        let directory = tempfile::tempdir().unwrap();
        let empty = directory.path().join("empty.pem");
        fs::write(&empty, "").unwrap();
        let files = self_signed(directory.path(), &["localhost".to_owned()]).unwrap();
        let absent = directory.path().join("absent");
        for (certificate, key) in [
            (&absent, &files.key),
            (&files.certificate, &empty),
            (&empty, &files.key),
        ] {
            assert!(acceptor(certificate, key).is_err());
        }
    }
}
