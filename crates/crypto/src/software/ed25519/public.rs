//! What is signed, and what needs the public half alone.

use aws_lc_rs::{
    encoding::AsDer,
    signature::{ED25519, ParsedPublicKey},
};
use ed25519_dalek::{Digest, Sha512, Signature, VerifyingKey};
use keystead_core::key::SigningAlgorithm;

use crate::{CryptoError, Message};

/// What is signed, by which of the two algorithms.
pub(super) enum Input<'a> {
    Pure(&'a [u8]),
    /// The hash that Ed25519ph begins with, fed with what the caller gave. The caller gives a digest;
    /// KMS hashes it again all the same ("Sign" in the KMS API reference, `MessageType`).
    Prehashed(Sha512),
}

impl<'a> Input<'a> {
    pub(super) fn of(
        algorithm: SigningAlgorithm,
        message: Message<'a>,
    ) -> Result<Self, CryptoError> {
        use SigningAlgorithm::{Ed25519PhSha512, Ed25519Sha512};
        if !matches!(algorithm, Ed25519Sha512 | Ed25519PhSha512) {
            return Err(CryptoError::Algorithm);
        }
        message.check(algorithm)?;
        match message {
            Message::Raw(message) => Ok(Self::Pure(message)),
            Message::Digest(digest) => Ok(Self::Prehashed(Sha512::new_with_prefix(digest))),
            Message::ExternalMu(_) => Err(CryptoError::Algorithm),
        }
    }
}

/// What verifies, and all that it takes.
pub(in crate::software) struct PublicHalf {
    pure: ParsedPublicKey,
    prehashing: VerifyingKey,
    pub(super) spki: Vec<u8>,
}

impl PublicHalf {
    /// The key with these 32 bytes.
    pub(in crate::software) fn of(bytes: &[u8]) -> Option<Self> {
        let pure = ParsedPublicKey::new(&ED25519, bytes).ok()?;
        Some(Self {
            prehashing: VerifyingKey::from_bytes(bytes.try_into().ok()?).ok()?,
            spki: pure.as_der().ok()?.as_ref().to_vec(),
            pure,
        })
    }

    pub(in crate::software) fn verify(
        &self,
        algorithm: SigningAlgorithm,
        message: Message<'_>,
        signature: &[u8],
    ) -> Result<(), CryptoError> {
        self.verify_input(Input::of(algorithm, message)?, signature)
    }

    pub(super) fn verify_input(
        &self,
        input: Input<'_>,
        signature: &[u8],
    ) -> Result<(), CryptoError> {
        let fits = match input {
            Input::Pure(message) => self.pure.verify_sig(message, signature).is_ok(),
            Input::Prehashed(hash) => Signature::from_slice(signature)
                .and_then(|signature| self.prehashing.verify_prehashed(hash, None, &signature))
                .is_ok(),
        };
        fits.then_some(()).ok_or(CryptoError::InvalidSignature)
    }
}
