//! What needs the public half alone.

use std::sync::OnceLock;

use aws_lc_rs::{encoding::AsDer, signature::ParsedPublicKey};
use keystead_core::key::SigningAlgorithm;

use super::{Parameters, mu::MuVerifier};
use crate::{CryptoError, Message, software::refused};

/// What verifies, and all that it takes.
pub(in crate::software) struct PublicHalf {
    pub(super) parameters: &'static Parameters,
    key: ParsedPublicKey,
    /// Made when it is first asked for: few ask.
    mu: OnceLock<Box<dyn MuVerifier>>,
    pub(super) spki: Vec<u8>,
}

impl PublicHalf {
    /// The key with these bytes (FIPS 204, algorithm 22).
    pub(in crate::software) fn of(parameters: &'static Parameters, bytes: &[u8]) -> Option<Self> {
        let key = ParsedPublicKey::new(parameters.verifying, bytes).ok()?;
        let spki = key.as_der().ok()?.as_ref().to_vec();
        Some(Self {
            parameters,
            key,
            mu: OnceLock::new(),
            spki,
        })
    }

    fn mu(&self) -> Result<&dyn MuVerifier, CryptoError> {
        if let Some(made) = self.mu.get() {
            return Ok(made.as_ref());
        }
        let made = (self.parameters.mu_verifier)(self.key.as_ref());
        let made = made.ok_or_else(|| refused("take an ML-DSA key")(()))?;
        Ok(self.mu.get_or_init(|| made).as_ref())
    }

    pub(in crate::software) fn verify(
        &self,
        algorithm: SigningAlgorithm,
        message: Message<'_>,
        signature: &[u8],
    ) -> Result<(), CryptoError> {
        check(algorithm, message)?;
        let fits = match message {
            Message::Raw(message) => self.key.verify_sig(message, signature).is_ok(),
            Message::ExternalMu(mu) => self.mu()?.verify(mu, signature),
            Message::Digest(_) => return Err(CryptoError::Algorithm),
        };
        fits.then_some(()).ok_or(CryptoError::InvalidSignature)
    }
}

pub(super) fn check(algorithm: SigningAlgorithm, message: Message<'_>) -> Result<(), CryptoError> {
    if algorithm != SigningAlgorithm::MlDsaShake256 {
        return Err(CryptoError::Algorithm);
    }
    message.check(algorithm)
}
