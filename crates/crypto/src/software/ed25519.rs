//! Ed25519 by AWS-LC, and Ed25519ph, which aws-lc-rs does not show, by ed25519-dalek (RFC 8032,
//! section 5.1; FIPS 186-5, section 7).

use aws_lc_rs::{
    encoding::{AsBigEndian, AsDer, Curve25519SeedBin},
    signature::{ED25519, Ed25519KeyPair, KeyPair, ParsedPublicKey},
};
use ed25519_dalek::{Digest, Sha512, Signature, SigningKey, VerifyingKey};
use keystead_core::key::SigningAlgorithm;

use super::{der, refused};
use crate::{CryptoError, DataKeyPair, Message, PrivateKey, Random, SecretArray, SecretBytes};

/// An opened private key. AWS-LC wipes its half when it is freed, ed25519-dalek when it is dropped.
pub(super) struct Ed25519Key {
    pure: Ed25519KeyPair,
    /// In a box, so that moving the handle leaves no copy of the seed behind.
    prehashing: Box<SigningKey>,
    public: PublicHalf,
}

/// What verifies, and all that it takes.
pub(super) struct PublicHalf {
    pure: ParsedPublicKey,
    prehashing: VerifyingKey,
    spki: Vec<u8>,
}

/// A new pair.
pub(super) fn generate(random: &dyn Random) -> Result<DataKeyPair, CryptoError> {
    let seed = SecretArray::<32>::try_filled(|out| random.fill(out))?;
    // Exposed to become a key.
    let pair = Ed25519KeyPair::from_seed_unchecked(seed.expose())
        .map_err(refused("make an Ed25519 key"))?;
    let document = pair
        .to_pkcs8v1()
        .map_err(refused("encode an Ed25519 key"))?;
    let public = pair.public_key().as_der();
    Ok(DataKeyPair {
        public: public
            .map_err(refused("encode an Ed25519 key"))?
            .as_ref()
            .to_vec(),
        private: SecretBytes::from(document.as_ref().to_vec()),
    })
}

impl Ed25519Key {
    /// A handle on PKCS #8 (RFC 8410, section 7), of version 1 or 2. A public key in it must be the
    /// private key's own.
    pub(super) fn open(material: &SecretBytes) -> Option<Self> {
        // Exposed to the parser.
        let document = material.expose();
        if !der::is_one_value(document) {
            return None;
        }
        let pure = Ed25519KeyPair::from_pkcs8(document).ok()?;
        let seed: Curve25519SeedBin<'_> = pure.seed().ok()?.as_be_bytes().ok()?;
        let prehashing = Box::new(SigningKey::from_bytes(seed.as_ref().try_into().ok()?));
        let public = PublicHalf::of(pure.public_key().as_ref())?;
        Some(Self {
            pure,
            prehashing,
            public,
        })
    }
}

impl PublicHalf {
    /// The key with these 32 bytes.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        let pure = ParsedPublicKey::new(&ED25519, bytes).ok()?;
        Some(Self {
            prehashing: VerifyingKey::from_bytes(bytes.try_into().ok()?).ok()?,
            spki: pure.as_der().ok()?.as_ref().to_vec(),
            pure,
        })
    }

    pub(super) fn verify(
        &self,
        algorithm: SigningAlgorithm,
        message: Message<'_>,
        signature: &[u8],
    ) -> Result<(), CryptoError> {
        let fits = match Input::of(algorithm, message)? {
            Input::Pure(message) => self.pure.verify_sig(message, signature).is_ok(),
            Input::Prehashed(hash) => Signature::from_slice(signature)
                .and_then(|signature| self.prehashing.verify_prehashed(hash, None, &signature))
                .is_ok(),
        };
        fits.then_some(()).ok_or(CryptoError::InvalidSignature)
    }
}

/// What is signed, by which of the two algorithms.
enum Input<'a> {
    Pure(&'a [u8]),
    /// The hash that Ed25519ph begins with, fed with what the caller gave. The caller gives a digest;
    /// KMS hashes it again all the same ("Sign" in the KMS API reference, `MessageType`).
    Prehashed(Sha512),
}

impl<'a> Input<'a> {
    fn of(algorithm: SigningAlgorithm, message: Message<'a>) -> Result<Self, CryptoError> {
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

impl PrivateKey for Ed25519Key {
    fn public_key(&self) -> &[u8] {
        &self.public.spki
    }

    fn sign(
        &self,
        algorithm: SigningAlgorithm,
        message: Message<'_>,
    ) -> Result<Vec<u8>, CryptoError> {
        match Input::of(algorithm, message)? {
            Input::Pure(message) => self
                .pure
                .try_sign(message)
                .map(|signature| signature.as_ref().to_vec())
                .map_err(refused("sign with Ed25519")),
            Input::Prehashed(hash) => self
                .prehashing
                .sign_prehashed(hash, None)
                .map(|signature| signature.to_bytes().to_vec())
                .map_err(refused("sign with Ed25519ph")),
        }
    }

    fn verify(
        &self,
        algorithm: SigningAlgorithm,
        message: Message<'_>,
        signature: &[u8],
    ) -> Result<(), CryptoError> {
        self.public.verify(algorithm, message, signature)
    }
}
