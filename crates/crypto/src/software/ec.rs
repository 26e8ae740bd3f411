//! ECDSA (FIPS 186-5, section 6) and ECDH (NIST SP 800-56A, section 5.7.1.2) on the NIST curves and
//! secp256k1, by AWS-LC, whose own generator makes keys and nonces.

mod curve;
mod public;

use aws_lc_rs::{
    agreement::{self, ParsedPublicKeyFormat, UnparsedPublicKey},
    rand::SystemRandom,
    signature::{EcdsaKeyPair, KeyPair},
};
use keystead_core::key::SigningAlgorithm;

pub(super) use self::{
    curve::{Curve, P256, P384, P521, SECP256K1},
    public::PublicHalf,
};
use super::{der, refused};
use crate::{CryptoError, DataKeyPair, Message, PrivateKey, SecretBytes};

/// An opened private key. Its scalar lives in AWS-LC's heap, which is wiped when freed.
pub(super) struct EcKey {
    signing: EcdsaKeyPair,
    agreeing: Option<agreement::PrivateKey>,
    public: PublicHalf,
}

/// A new pair.
pub(super) fn generate(curve: &'static Curve) -> Result<DataKeyPair, CryptoError> {
    let pair = EcdsaKeyPair::generate(curve.signing).map_err(refused("make an EC key"))?;
    let document = pair.to_pkcs8v1().map_err(refused("encode an EC key"))?;
    let public = PublicHalf::of(curve, pair.public_key().as_ref());
    Ok(DataKeyPair {
        public: public.ok_or_else(|| refused("encode an EC key")(()))?.spki,
        private: SecretBytes::from(document.as_ref().to_vec()),
    })
}

impl EcKey {
    /// A handle on PKCS #8 (RFC 5208) around `ECPrivateKey` (RFC 5915), with or without the public
    /// key in it. AWS-LC checks that the scalar is in range and that the point is its own.
    pub(super) fn open(curve: &'static Curve, material: &SecretBytes) -> Option<Self> {
        // Exposed to the parsers.
        let document = material.expose();
        if !der::is_private_key_on(curve.name, document) {
            return None;
        }
        let signing = EcdsaKeyPair::from_pkcs8(curve.signing, document).ok()?;
        let agreeing = match curve.agreeing {
            Some(algorithm) => {
                Some(agreement::PrivateKey::from_private_key_der(algorithm, document).ok()?)
            }
            None => None,
        };
        let public = PublicHalf::of(curve, signing.public_key().as_ref())?;
        Some(Self {
            signing,
            agreeing,
            public,
        })
    }
}

impl PrivateKey for EcKey {
    fn public_key(&self) -> &[u8] {
        &self.public.spki
    }

    fn sign(
        &self,
        algorithm: SigningAlgorithm,
        message: Message<'_>,
    ) -> Result<Vec<u8>, CryptoError> {
        let curve = self.public.curve;
        curve.check(algorithm, message)?;
        match message {
            Message::Raw(message) => self.signing.sign(&SystemRandom::new(), message),
            Message::Digest(digest) => self.signing.sign_digest(&curve.digest(digest)?),
            Message::ExternalMu(_) => return Err(CryptoError::Algorithm),
        }
        .map(|signature| signature.as_ref().to_vec())
        .map_err(refused("sign with an EC key"))
    }

    fn verify(
        &self,
        algorithm: SigningAlgorithm,
        message: Message<'_>,
        signature: &[u8],
    ) -> Result<(), CryptoError> {
        self.public.verify(algorithm, message, signature)
    }

    fn agree(&self, peer: &[u8]) -> Result<SecretBytes, CryptoError> {
        let (Some(key), Some(algorithm)) = (&self.agreeing, self.public.curve.agreeing) else {
            return Err(CryptoError::Algorithm);
        };
        // The parser checks that the point is one of the curve; the cofactor of these is 1.
        let peer = der::point_on(self.public.curve.name, peer)
            .and_then(|point| UnparsedPublicKey::new(algorithm, point).try_into().ok())
            .filter(|peer: &agreement::ParsedPublicKey| is_plain(peer.format()))
            .ok_or(CryptoError::InvalidPublicKey)?;
        agreement::agree(key, peer, CryptoError::InvalidPublicKey, |secret| {
            Ok(SecretBytes::from(secret.to_vec()))
        })
    }
}

/// Whether a point is encoded as RFC 5480, section 2.2, allows.
const fn is_plain(format: ParsedPublicKeyFormat) -> bool {
    matches!(
        format,
        ParsedPublicKeyFormat::Uncompressed | ParsedPublicKeyFormat::Compressed
    )
}
