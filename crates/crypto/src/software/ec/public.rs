//! What needs the public half alone.

use aws_lc_rs::{encoding::AsDer, signature::ParsedPublicKey};
use keystead_core::key::SigningAlgorithm;

use super::Curve;
use crate::{CryptoError, Message};

/// What verifies, and all that it takes.
pub(in crate::software) struct PublicHalf {
    pub(super) curve: &'static Curve,
    key: ParsedPublicKey,
    pub(super) spki: Vec<u8>,
}

impl PublicHalf {
    /// The key at this point, encoded by SEC 1 or as SubjectPublicKeyInfo. However the point came,
    /// it is told uncompressed and on the curve's name.
    pub(in crate::software) fn of(curve: &'static Curve, point: &[u8]) -> Option<Self> {
        let key = ParsedPublicKey::new(curve.verifying, point).ok()?;
        let spki = key.as_der().ok()?.as_ref().to_vec();
        Some(Self { curve, key, spki })
    }

    pub(in crate::software) fn verify(
        &self,
        algorithm: SigningAlgorithm,
        message: Message<'_>,
        signature: &[u8],
    ) -> Result<(), CryptoError> {
        self.curve.check(algorithm, message)?;
        match message {
            Message::Raw(message) => self.key.verify_sig(message, signature),
            Message::Digest(digest) => {
                let digest = self.curve.digest(digest)?;
                self.key.verify_digest_sig(&digest, signature)
            }
            Message::ExternalMu(_) => return Err(CryptoError::Algorithm),
        }
        .map_err(|_| CryptoError::InvalidSignature)
    }
}
