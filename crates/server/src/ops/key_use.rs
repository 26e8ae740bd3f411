//! A key at work: its handle, and what a caller is told when the key can't do what is asked of it.

use std::str::FromStr;

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

    /// What came of the work. Only what the caller sent can be the caller's fault; whatever is not
    /// listed here is ours, and so is an algorithm that the key turns out not to know.
    pub(super) fn answer<T>(self, done: Result<T, CryptoError>) -> Result<T, Fault> {
        let algorithm = self.algorithm;
        done.map_err(|error| match error {
            CryptoError::InvalidCiphertext => Fault::InvalidCiphertext,
            CryptoError::InvalidSignature => Fault::InvalidSignature,
            CryptoError::InvalidMac => Fault::InvalidMac,
            CryptoError::InvalidPublicKey => Fault::InvalidPublicKey,
            CryptoError::DigestLength { .. } => Fault::Validation {
                message: format!("Digest is invalid length for algorithm {algorithm}."),
            },
            CryptoError::PlaintextTooLong { limit, .. } => Fault::Validation {
                message: format!(
                    "Algorithm {algorithm} and key spec {} cannot encrypt data larger than {limit} bytes.",
                    self.entry.record.spec
                ),
            },
            error => error.into(),
        })
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
