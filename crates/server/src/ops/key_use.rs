//! A key at work: its handle, and what a caller is told when the key can't do what is asked of it.

use std::str::FromStr;

use keystead_core::key::KeySpec;
use keystead_crypto::{CryptoError, MacKey, PrivateKey};

use super::convert;
use crate::directory::key_entry::{KeyEntry, OpenError};
use crate::fault::{Fault, Internal};
use crate::operation::Tools;

/// A key that is asked for one of its algorithms.
#[derive(Clone, Copy)]
pub(super) struct KeyUse<'a> {
    entry: &'a KeyEntry,
    algorithm: &'static str,
}

impl<'a> KeyUse<'a> {
    /// The key and the algorithm of that name, if it is among `known`, those of the key's spec.
    ///
    /// # Errors
    /// [`Fault::Algorithm`].
    pub(super) fn with<A>(
        entry: &'a KeyEntry,
        name: &'static str,
        known: &[A],
    ) -> Result<(Self, A), Fault>
    where
        A: FromStr + PartialEq,
    {
        let algorithm: A = convert::named(name)?;
        if known.contains(&algorithm) {
            let key = Self {
                entry,
                algorithm: name,
            };
            Ok((key, algorithm))
        } else {
            Err(Fault::Algorithm {
                algorithm: name,
                spec: entry.record.spec,
            })
        }
    }

    /// Its private key, opened.
    pub(super) fn private(self, tools: &Tools<'_>) -> Result<&'a dyn PrivateKey, Fault> {
        let key = self.entry.private(tools.provider);
        key.map_err(|error| material_fault(self.entry, error))
    }

    /// Its HMAC key, opened.
    pub(super) fn mac(self, tools: &Tools<'_>) -> Result<&'a dyn MacKey, Fault> {
        let key = self.entry.mac(tools.provider);
        key.map_err(|error| material_fault(self.entry, error))
    }

    /// What came of the work.
    pub(super) fn answer<T>(self, done: Result<T, CryptoError>) -> Result<T, Fault> {
        done.map_err(|error| fault(error, self.algorithm, self.entry.record.spec))
    }
}

/// The fault of a key at work. Only what the caller sent can be the caller's fault; whatever is not
/// listed here is ours, and so is an algorithm that the key turns out not to know.
fn fault(error: CryptoError, algorithm: &str, spec: KeySpec) -> Fault {
    match error {
        CryptoError::InvalidCiphertext => Fault::InvalidCiphertext,
        CryptoError::InvalidSignature => Fault::InvalidSignature,
        CryptoError::InvalidMac => Fault::InvalidMac,
        CryptoError::InvalidPublicKey => Fault::InvalidPublicKey,
        CryptoError::ReservedMessage => Fault::Validation {
            message: format!(
                "Algorithm {algorithm} is not used on a message that begins with 00000001 in hexadecimal and \"keystead \", by which keys are derived."
            ),
        },
        CryptoError::DigestLength { .. } => Fault::Validation {
            message: format!("Digest is invalid length for algorithm {algorithm}."),
        },
        CryptoError::PlaintextEmpty => Fault::Validation {
            message: format!("Algorithm {algorithm} cannot encrypt an empty plaintext."),
        },
        CryptoError::PlaintextTooLong { limit, .. } => Fault::Validation {
            message: format!(
                "Algorithm {algorithm} and key spec {spec} cannot encrypt data larger than {limit} bytes."
            ),
        },
        error => error.into(),
    }
}

/// The fault of a call whose key's material can't be used.
pub(super) fn material_fault(entry: &KeyEntry, source: OpenError) -> Fault {
    Internal::Material {
        arn: entry.arn.to_string(),
        source,
    }
    .into()
}

#[cfg(test)]
mod tests {
    use keystead_crypto::Purpose;

    use super::*;
    use crate::protocol::Service;

    /// What callers read, by what failed: their faults with a status of 400, ours with 500.
    #[test]
    #[expect(clippy::too_many_lines, reason = "a table")]
    fn faults_are_told_apart() {
        let spec = KeySpec::Rsa2048;
        for (error, code, status) in [
            (
                CryptoError::InvalidCiphertext,
                "InvalidCiphertextException",
                400,
            ),
            (
                CryptoError::InvalidSignature,
                "KMSInvalidSignatureException",
                400,
            ),
            (CryptoError::InvalidMac, "KMSInvalidMacException", 400),
            (CryptoError::InvalidPublicKey, "ValidationException", 400),
            (CryptoError::ReservedMessage, "ValidationException", 400),
            (
                CryptoError::DigestLength {
                    length: 1,
                    expected: 32,
                },
                "ValidationException",
                400,
            ),
            (
                CryptoError::PlaintextTooLong {
                    length: 191,
                    limit: 190,
                },
                "ValidationException",
                400,
            ),
            (CryptoError::Algorithm, "KMSInternalException", 500),
            (
                CryptoError::InvalidMaterial { spec },
                "KMSInternalException",
                500,
            ),
            (
                CryptoError::SealedTruncated { length: 0 },
                "KMSInternalException",
                500,
            ),
            (
                CryptoError::SealedVersionUnknown { version: 9 },
                "KMSInternalException",
                500,
            ),
            (CryptoError::SealedMismatch, "KMSInternalException", 500),
            (
                CryptoError::WrongPurpose {
                    purpose: Purpose::AccessKeySecret,
                },
                "KMSInternalException",
                500,
            ),
            (
                CryptoError::RandomUnavailable {
                    source: "none".into(),
                },
                "KMSInternalException",
                500,
            ),
            (
                CryptoError::LibraryRefused { operation: "work" },
                "KMSInternalException",
                500,
            ),
        ] {
            let name = error.to_string();
            let answer = fault(error, "RSAES_OAEP_SHA_256", spec).to_api_error(Service::Kms);
            assert_eq!((answer.code(), answer.status()), (code, status), "{name}");
        }
    }
}
