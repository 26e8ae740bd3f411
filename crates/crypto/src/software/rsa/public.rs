//! What needs the public half alone.

use std::sync::OnceLock;

use aws_lc_rs::{
    encoding::AsDer,
    rsa::{OaepAlgorithm, OaepPublicEncryptingKey, PublicEncryptingKey, PublicKey},
    signature::ParsedPublicKey,
};
use keystead_core::key::SigningAlgorithm;
use pkcs8::der::{Decode, Reader, SliceReader, asn1::UintRef};

use super::scheme::{SCHEMES, Scheme};
use crate::{CryptoError, Message, software::refused};

/// A public key.
pub(in crate::software) struct PublicHalf {
    spki: Vec<u8>,
    /// `RSAPublicKey` (RFC 8017, appendix A.1.1).
    numbers: PublicKey,
    encrypting: OaepPublicEncryptingKey,
    /// The key as each scheme's verifier, made when it is first asked for.
    verifying: [OnceLock<ParsedPublicKey>; SCHEMES],
}

impl PublicHalf {
    /// The key, encoded by RFC 8017 or as SubjectPublicKeyInfo.
    pub(in crate::software) fn of(encoded: &[u8]) -> Option<Self> {
        let numbers = PublicKey::from_der(encoded).ok()?;
        let spki = numbers.as_der().ok()?.as_ref().to_vec();
        let encrypting = PublicEncryptingKey::from_der(&spki).ok()?;
        Some(Self {
            spki,
            numbers,
            encrypting: OaepPublicEncryptingKey::new(encrypting).ok()?,
            verifying: Default::default(),
        })
    }

    pub(super) fn spki(&self) -> &[u8] {
        &self.spki
    }

    /// `RSAPublicKey` (RFC 8017, appendix A.1.1), DER.
    pub(super) fn pkcs1(&self) -> &[u8] {
        self.numbers.as_ref()
    }

    /// Whether the public exponent is at least 65537 (FIPS 186-5, section 5.1).
    pub(super) fn has_usual_exponent(&self) -> bool {
        let exponent = SliceReader::new(self.numbers.as_ref()).and_then(|mut reader| {
            reader.sequence(|numbers| {
                UintRef::decode(numbers)?;
                Ok::<_, pkcs8::der::Error>(UintRef::decode(numbers)?.as_bytes().to_vec())
            })
        });
        // Odd, as AWS-LC has checked, and of more than 16 bits.
        exponent.is_ok_and(|exponent| exponent.len() > 2)
    }

    pub(in crate::software) fn verify(
        &self,
        algorithm: SigningAlgorithm,
        message: Message<'_>,
        signature: &[u8],
    ) -> Result<(), CryptoError> {
        let scheme = Scheme::of(algorithm)?;
        message.check(algorithm)?;
        let key = self.verifying(scheme)?;
        match message {
            Message::Raw(message) => key.verify_sig(message, signature),
            Message::Digest(digest) => key.verify_digest_sig(&scheme.digest(digest)?, signature),
            Message::ExternalMu(_) => return Err(CryptoError::Algorithm),
        }
        .map_err(|_| CryptoError::InvalidSignature)
    }

    fn verifying(&self, scheme: &Scheme) -> Result<&ParsedPublicKey, CryptoError> {
        let refused = || refused("take an RSA key")(());
        let place = self.verifying.get(scheme.index).ok_or_else(refused)?;
        if let Some(key) = place.get() {
            return Ok(key);
        }
        let key = ParsedPublicKey::new(scheme.verifying, &self.spki).map_err(|_| refused())?;
        Ok(place.get_or_init(|| key))
    }

    /// Encrypts up to the modulus less two digests and two bytes (RFC 8017, section 7.1.1).
    pub(in crate::software) fn encrypt(
        &self,
        algorithm: &'static OaepAlgorithm,
        plaintext: &[u8],
    ) -> Result<Vec<u8>, CryptoError> {
        let limit = self.encrypting.max_plaintext_size(algorithm);
        let length = plaintext.len();
        if length > limit {
            return Err(CryptoError::PlaintextTooLong { length, limit });
        }
        let mut ciphertext = vec![0; self.encrypting.ciphertext_size()];
        self.encrypting
            .encrypt(algorithm, plaintext, &mut ciphertext, None)
            .map_err(refused("encrypt with RSA"))?;
        Ok(ciphertext)
    }
}
