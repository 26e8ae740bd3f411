//! What needs the public half alone.

use keystead_core::key::SigningAlgorithm;
use pkcs8::{DecodePublicKey, EncodePublicKey};
use sm2::{
    PublicKey,
    dsa::{
        Signature, VerifyingKey,
        signature::{Verifier, hazmat::PrehashVerifier},
    },
    pke::EncryptingKey,
};

use crate::{CryptoError, Message, Random, software::rng::Rng};

/// The signer's id that goes into what is signed, where nothing else is agreed on (GM/T 0009,
/// section 10).
pub(super) const DISTINGUISHING_ID: &str = "1234567812345678";

/// A public key.
pub(in crate::software) struct PublicHalf {
    verifying: VerifyingKey,
    encrypting: EncryptingKey,
    spki: Vec<u8>,
}

/// The key in SubjectPublicKeyInfo, DER: a point of the curve, not the one at infinity.
pub(in crate::software) fn parse(spki: &[u8]) -> Option<PublicKey> {
    PublicKey::from_public_key_der(spki).ok()
}

pub(super) fn check(algorithm: SigningAlgorithm, message: Message<'_>) -> Result<(), CryptoError> {
    if algorithm != SigningAlgorithm::Sm2Dsa {
        return Err(CryptoError::Algorithm);
    }
    message.check(algorithm)
}

impl PublicHalf {
    pub(in crate::software) fn of(key: PublicKey) -> Option<Self> {
        Some(Self {
            verifying: VerifyingKey::new(DISTINGUISHING_ID, key).ok()?,
            encrypting: EncryptingKey::new(key),
            spki: key.to_public_key_der().ok()?.into_vec(),
        })
    }

    pub(super) fn spki(&self) -> &[u8] {
        &self.spki
    }

    pub(in crate::software) fn verify(
        &self,
        algorithm: SigningAlgorithm,
        message: Message<'_>,
        signature: &[u8],
    ) -> Result<(), CryptoError> {
        check(algorithm, message)?;
        let signature =
            Signature::from_der(signature).map_err(|_| CryptoError::InvalidSignature)?;
        match message {
            Message::Raw(message) => self.verifying.verify(message, &signature),
            // The digest is the e of GB/T 32918.2: SM3 of Z and the message.
            Message::Digest(digest) => self.verifying.verify_prehash(digest, &signature),
            Message::ExternalMu(_) => return Err(CryptoError::Algorithm),
        }
        .map_err(|_| CryptoError::InvalidSignature)
    }

    /// C1, C3 and C2 (GB/T 32918.4) as DER (GM/T 0009, section 7.2). Nothing at all can't be
    /// encrypted.
    pub(in crate::software) fn encrypt(
        &self,
        random: &dyn Random,
        plaintext: &[u8],
    ) -> Result<Vec<u8>, CryptoError> {
        if plaintext.is_empty() {
            return Err(CryptoError::PlaintextEmpty);
        }
        let mut rng = Rng::new(random);
        let ciphertext = self.encrypting.encrypt_der(&mut rng, plaintext);
        rng.outcome(ciphertext, "encrypt with SM2")
    }
}
