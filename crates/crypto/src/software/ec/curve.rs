//! The curves, as AWS-LC names what is computed on them.

use aws_lc_rs::{
    agreement,
    digest::{self, Digest, SHA256, SHA384, SHA512},
    signature,
};
use keystead_core::key::SigningAlgorithm;
use pkcs8::ObjectIdentifier;

use crate::{CryptoError, Message, software::refused};

/// A curve, and what is computed on it.
pub(in crate::software) struct Curve {
    pub(super) name: ObjectIdentifier,
    algorithm: SigningAlgorithm,
    digest: &'static digest::Algorithm,
    pub(super) signing: &'static signature::EcdsaSigningAlgorithm,
    pub(super) verifying: &'static signature::EcdsaVerificationAlgorithm,
    pub(super) agreeing: Option<&'static agreement::Algorithm>,
}

pub(in crate::software) static P256: Curve = Curve {
    name: ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7"),
    algorithm: SigningAlgorithm::EcdsaSha256,
    digest: &SHA256,
    signing: &signature::ECDSA_P256_SHA256_ASN1_SIGNING,
    verifying: &signature::ECDSA_P256_SHA256_ASN1,
    agreeing: Some(&agreement::ECDH_P256),
};

pub(in crate::software) static P384: Curve = Curve {
    name: ObjectIdentifier::new_unwrap("1.3.132.0.34"),
    algorithm: SigningAlgorithm::EcdsaSha384,
    digest: &SHA384,
    signing: &signature::ECDSA_P384_SHA384_ASN1_SIGNING,
    verifying: &signature::ECDSA_P384_SHA384_ASN1,
    agreeing: Some(&agreement::ECDH_P384),
};

pub(in crate::software) static P521: Curve = Curve {
    name: ObjectIdentifier::new_unwrap("1.3.132.0.35"),
    algorithm: SigningAlgorithm::EcdsaSha512,
    digest: &SHA512,
    signing: &signature::ECDSA_P521_SHA512_ASN1_SIGNING,
    verifying: &signature::ECDSA_P521_SHA512_ASN1,
    agreeing: Some(&agreement::ECDH_P521),
};

pub(in crate::software) static SECP256K1: Curve = Curve {
    name: ObjectIdentifier::new_unwrap("1.3.132.0.10"),
    algorithm: SigningAlgorithm::EcdsaSha256,
    digest: &SHA256,
    signing: &signature::ECDSA_P256K1_SHA256_ASN1_SIGNING,
    verifying: &signature::ECDSA_P256K1_SHA256_ASN1,
    agreeing: None,
};

impl Curve {
    pub(super) fn check(
        &self,
        algorithm: SigningAlgorithm,
        message: Message<'_>,
    ) -> Result<(), CryptoError> {
        if algorithm != self.algorithm {
            return Err(CryptoError::Algorithm);
        }
        message.check(algorithm)
    }

    pub(super) fn digest(&self, bytes: &[u8]) -> Result<Digest, CryptoError> {
        Digest::import_less_safe(bytes, self.digest).map_err(refused("take a digest"))
    }
}
