//! Why material is not imported.

use std::io;
use std::path::PathBuf;

use keystead_core::key::{KeySpec, WrappingAlgorithm};
use keystead_crypto::CryptoError;

/// Why the key gets no material. Nothing of the material is told.
#[derive(Debug, thiserror::Error)]
pub(in crate::key) enum ImportError {
    #[error(
        "{key} has material that the server made, and takes no other: make another key with `keystead key create --origin external`"
    )]
    OwnMaterial { key: String },
    #[error("{key} is a key of the kind {spec}, which this keystead does not know")]
    UnknownSpec { key: String, spec: String },
    #[error("material of {spec} keys {}", suitable_words(suitable))]
    Unsuitable { spec: KeySpec, suitable: String },
    #[error("can't read the material {}", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error(
        "{} has {found} bytes, and {spec} keys have {expected}{}", path.display(), text_words(*is_text)
    )]
    Length {
        path: PathBuf,
        found: usize,
        spec: KeySpec,
        expected: usize,
        is_text: bool,
    },
    #[error("{} is no PEM file: {flaw}", path.display())]
    Pem { path: PathBuf, flaw: PemFlaw },
    #[error(
        "{} has no private key in PKCS#8. If it has one in another form, or encrypted,\n  openssl pkcs8 -topk8 -nocrypt -in {0} -outform DER | keystead key import KEY - …\n  imports it", path.display()
    )]
    NotPkcs8 { path: PathBuf },
    #[error("the material can't be wrapped with {algorithm}{}", wrap_words(source))]
    Wrap {
        algorithm: WrappingAlgorithm,
        source: CryptoError,
    },
}

/// What is wrong with a section of a PEM file. Nothing of it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(in crate::key) enum PemFlaw {
    #[error("its private key does not end with -----END PRIVATE KEY-----")]
    NoEnd,
    #[error("its private key is not base64")]
    NotBase64,
}

fn suitable_words(suitable: &str) -> String {
    match suitable {
        "" => "can't be imported".to_owned(),
        suitable => format!("can be wrapped with {suitable}: choose with --wrapping-algorithm"),
    }
}

const fn text_words(is_text: bool) -> &'static str {
    match is_text {
        true => ". It looks like hexadecimal or base64, and raw bytes are wanted: decode it first",
        false => "",
    }
}

const fn wrap_words(error: &CryptoError) -> &'static str {
    match error {
        CryptoError::PlaintextTooLong { .. } => {
            ": choose a greater --wrapping-key-spec or an RSA_AES_KEY_WRAP --wrapping-algorithm"
        }
        _ => "",
    }
}
