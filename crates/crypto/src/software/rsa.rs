//! RSA (RFC 8017) by AWS-LC, whose own generator makes primes, salts and paddings.
//!
//! AWS-LC checks each result of the private operation with the public one before it lets go of it
//! (`rsa_default_private_transform`), so that a faulty computation by the Chinese remainder theorem
//! does not give the primes away. That check is not made again here.

mod oaep;
mod public;
mod scheme;
mod verifier;

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der},
    rand::SystemRandom,
    rsa::{KeyPair, KeySize, OaepPrivateDecryptingKey, PrivateDecryptingKey},
    signature::KeyPair as _,
};
use keystead_core::key::{EncryptionAlgorithm, SigningAlgorithm, WrappingAlgorithm};

pub use self::verifier::RsaVerifier;
use self::{oaep::Wrapping, scheme::Scheme};
pub(super) use self::{oaep::wrap, public::PublicHalf};
use super::{der, refused};
use crate::{CryptoError, DataKeyPair, Message, PrivateKey, SecretBytes};

/// An opened private key, for signatures and for decryption: its owner's purpose is not known here.
/// Its numbers live in AWS-LC's heap, which is wiped when freed.
pub(super) struct RsaKey {
    signing: KeyPair,
    decrypting: OaepPrivateDecryptingKey,
    public: PublicHalf,
}

/// A new pair, its public exponent 65537.
pub(super) fn generate(size: KeySize) -> Result<DataKeyPair, CryptoError> {
    let pair = KeyPair::generate(size).map_err(refused("make an RSA key"))?;
    let document: Pkcs8V1Der<'_> = pair.as_der().map_err(refused("encode an RSA key"))?;
    let public = pair.public_key().as_der();
    Ok(DataKeyPair {
        public: public
            .map_err(refused("encode an RSA key"))?
            .as_ref()
            .to_vec(),
        private: SecretBytes::from(document.as_ref().to_vec()),
    })
}

impl RsaKey {
    /// A handle on PKCS #8 (RFC 5208) around `RSAPrivateKey` (RFC 8017, appendix A.1.2). AWS-LC
    /// checks that its numbers fit each other, but not that the primes are.
    pub(super) fn open(size: KeySize, material: &SecretBytes) -> Option<Self> {
        // Exposed to the parsers.
        let document = material.expose();
        if !der::is_one_value(document) {
            return None;
        }
        let signing = KeyPair::from_pkcs8(document).ok()?;
        let decrypting = PrivateDecryptingKey::from_pkcs8(document).ok()?;
        let public = PublicHalf::of(signing.public_key().as_ref())?;
        if decrypting.key_size_bits() != size.len() * 8 || !public.has_usual_exponent() {
            return None;
        }
        Some(Self {
            signing,
            decrypting: OaepPrivateDecryptingKey::new(decrypting).ok()?,
            public,
        })
    }

    /// Whether the private half undoes what the public half does to a random number. Of two factors
    /// that are no primes hardly any pass: it is Fermat's test of both.
    pub(super) fn is_consistent(&self) -> bool {
        self.sign(SigningAlgorithm::RsassaPssSha256, Message::Raw(b""))
            .is_ok()
    }
}

impl PrivateKey for RsaKey {
    fn public_key(&self) -> &[u8] {
        self.public.spki()
    }

    fn sign(
        &self,
        algorithm: SigningAlgorithm,
        message: Message<'_>,
    ) -> Result<Vec<u8>, CryptoError> {
        let scheme = Scheme::of(algorithm)?;
        message.check(algorithm)?;
        let mut signature = vec![0; self.signing.public_modulus_len()];
        match message {
            Message::Raw(message) => {
                let random = SystemRandom::new();
                self.signing
                    .sign(scheme.encoding, &random, message, &mut signature)
            }
            Message::Digest(digest) => {
                let digest = scheme.digest(digest)?;
                self.signing
                    .sign_digest(scheme.encoding, &digest, &mut signature)
            }
            Message::ExternalMu(_) => return Err(CryptoError::Algorithm),
        }
        .map_err(refused("sign with RSA"))?;
        Ok(signature)
    }

    fn verify(
        &self,
        algorithm: SigningAlgorithm,
        message: Message<'_>,
        signature: &[u8],
    ) -> Result<(), CryptoError> {
        self.public.verify(algorithm, message, signature)
    }

    fn encrypt(
        &self,
        algorithm: EncryptionAlgorithm,
        plaintext: &[u8],
    ) -> Result<Vec<u8>, CryptoError> {
        self.public.encrypt(oaep::algorithm(algorithm)?, plaintext)
    }

    fn decrypt(
        &self,
        algorithm: EncryptionAlgorithm,
        ciphertext: &[u8],
    ) -> Result<SecretBytes, CryptoError> {
        oaep::decrypt(&self.decrypting, oaep::algorithm(algorithm)?, ciphertext)
    }

    fn unwrap_material(
        &self,
        algorithm: WrappingAlgorithm,
        wrapped: &[u8],
    ) -> Result<SecretBytes, CryptoError> {
        Wrapping::of(algorithm)?.unwrap(&self.decrypting, wrapped)
    }
}
