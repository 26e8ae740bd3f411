//! ECDSA (FIPS 186-5, section 6) and ECDH (NIST SP 800-56A, section 5.7.1.2) on the NIST curves and
//! secp256k1, by AWS-LC, whose own generator makes keys and nonces.

use aws_lc_rs::{
    agreement::{self, ParsedPublicKeyFormat, UnparsedPublicKey},
    digest::{Digest, SHA256, SHA384, SHA512},
    encoding::AsDer,
    rand::SystemRandom,
    signature::{self, EcdsaKeyPair, KeyPair, ParsedPublicKey},
};
use keystead_core::key::SigningAlgorithm;
use pkcs8::ObjectIdentifier;

use super::{der, refused};
use crate::{CryptoError, DataKeyPair, Message, PrivateKey, SecretBytes};

/// A curve, and what is computed on it.
pub(super) struct Curve {
    name: ObjectIdentifier,
    algorithm: SigningAlgorithm,
    digest: &'static aws_lc_rs::digest::Algorithm,
    signing: &'static signature::EcdsaSigningAlgorithm,
    verifying: &'static signature::EcdsaVerificationAlgorithm,
    agreeing: Option<&'static agreement::Algorithm>,
}

pub(super) static P256: Curve = Curve {
    name: ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7"),
    algorithm: SigningAlgorithm::EcdsaSha256,
    digest: &SHA256,
    signing: &signature::ECDSA_P256_SHA256_ASN1_SIGNING,
    verifying: &signature::ECDSA_P256_SHA256_ASN1,
    agreeing: Some(&agreement::ECDH_P256),
};

pub(super) static P384: Curve = Curve {
    name: ObjectIdentifier::new_unwrap("1.3.132.0.34"),
    algorithm: SigningAlgorithm::EcdsaSha384,
    digest: &SHA384,
    signing: &signature::ECDSA_P384_SHA384_ASN1_SIGNING,
    verifying: &signature::ECDSA_P384_SHA384_ASN1,
    agreeing: Some(&agreement::ECDH_P384),
};

pub(super) static P521: Curve = Curve {
    name: ObjectIdentifier::new_unwrap("1.3.132.0.35"),
    algorithm: SigningAlgorithm::EcdsaSha512,
    digest: &SHA512,
    signing: &signature::ECDSA_P521_SHA512_ASN1_SIGNING,
    verifying: &signature::ECDSA_P521_SHA512_ASN1,
    agreeing: Some(&agreement::ECDH_P521),
};

pub(super) static SECP256K1: Curve = Curve {
    name: ObjectIdentifier::new_unwrap("1.3.132.0.10"),
    algorithm: SigningAlgorithm::EcdsaSha256,
    digest: &SHA256,
    signing: &signature::ECDSA_P256K1_SHA256_ASN1_SIGNING,
    verifying: &signature::ECDSA_P256K1_SHA256_ASN1,
    agreeing: None,
};

/// An opened private key. Its scalar lives in AWS-LC's heap, which is wiped when freed.
pub(super) struct EcKey {
    signing: EcdsaKeyPair,
    agreeing: Option<agreement::PrivateKey>,
    public: PublicHalf,
}

/// What verifies, and all that it takes.
pub(super) struct PublicHalf {
    curve: &'static Curve,
    key: ParsedPublicKey,
    spki: Vec<u8>,
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

impl PublicHalf {
    /// The key at this point, encoded by SEC 1 or as SubjectPublicKeyInfo. However the point came,
    /// it is told uncompressed and on the curve's name.
    pub(super) fn of(curve: &'static Curve, point: &[u8]) -> Option<Self> {
        let key = ParsedPublicKey::new(curve.verifying, point).ok()?;
        let spki = key.as_der().ok()?.as_ref().to_vec();
        Some(Self { curve, key, spki })
    }

    pub(super) fn verify(
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

impl Curve {
    fn check(&self, algorithm: SigningAlgorithm, message: Message<'_>) -> Result<(), CryptoError> {
        if algorithm != self.algorithm {
            return Err(CryptoError::Algorithm);
        }
        message.check(algorithm)
    }

    fn digest(&self, bytes: &[u8]) -> Result<Digest, CryptoError> {
        Digest::import_less_safe(bytes, self.digest).map_err(refused("take a digest"))
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
