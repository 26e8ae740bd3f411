//! What each kind of key is made of, and how it is opened.

use std::sync::Arc;

use aws_lc_rs::{
    hmac::{self, HMAC_SHA224, HMAC_SHA256, HMAC_SHA384, HMAC_SHA512},
    rsa::KeySize,
};
use keystead_core::key::KeySpec;

use super::{
    ec::{self, EcKey},
    ed25519::{self, Ed25519Key},
    hmac::{self as mac, HmacKey},
    ml_dsa::{self, MlDsaKey},
    rsa::{self, RsaKey},
    sm2::{self, Sm2Key},
    symmetric::{self, SoftwareKey},
};
use crate::{CryptoError, DataKeyPair, OpenedKey, PrivateKey, Random, SecretBytes};

/// The kinds of keys, by the library that works with them.
#[derive(Clone, Copy)]
enum Family {
    Symmetric,
    Hmac(hmac::Algorithm),
    Rsa(KeySize),
    Ec(&'static ec::Curve),
    Ed25519,
    MlDsa(&'static ml_dsa::Parameters),
    Sm2,
}

/// A kind of key.
#[derive(Clone, Copy)]
pub(super) struct Kind {
    spec: KeySpec,
    family: Family,
}

impl Kind {
    pub(super) fn of(spec: KeySpec) -> Self {
        let family = match spec {
            KeySpec::SymmetricDefault => Family::Symmetric,
            KeySpec::Hmac224 => Family::Hmac(HMAC_SHA224),
            KeySpec::Hmac256 => Family::Hmac(HMAC_SHA256),
            KeySpec::Hmac384 => Family::Hmac(HMAC_SHA384),
            KeySpec::Hmac512 => Family::Hmac(HMAC_SHA512),
            KeySpec::Rsa2048 => Family::Rsa(KeySize::Rsa2048),
            KeySpec::Rsa3072 => Family::Rsa(KeySize::Rsa3072),
            KeySpec::Rsa4096 => Family::Rsa(KeySize::Rsa4096),
            KeySpec::EccNistP256 => Family::Ec(&ec::P256),
            KeySpec::EccNistP384 => Family::Ec(&ec::P384),
            KeySpec::EccNistP521 => Family::Ec(&ec::P521),
            KeySpec::EccSecgP256k1 => Family::Ec(&ec::SECP256K1),
            KeySpec::EccNistEdwards25519 => Family::Ed25519,
            KeySpec::MlDsa44 => Family::MlDsa(&ml_dsa::ML_DSA_44),
            KeySpec::MlDsa65 => Family::MlDsa(&ml_dsa::ML_DSA_65),
            KeySpec::MlDsa87 => Family::MlDsa(&ml_dsa::ML_DSA_87),
            KeySpec::Sm2 => Family::Sm2,
        };
        Self { spec, family }
    }

    /// Whether keys of the kind can unwrap others.
    pub(super) const fn unwraps(self) -> bool {
        matches!(self.family, Family::Rsa(_) | Family::Sm2)
    }

    /// New material.
    pub(super) fn generate(self, random: &dyn Random) -> Result<SecretBytes, CryptoError> {
        match self.family {
            Family::Symmetric => symmetric::generate(random),
            Family::Hmac(algorithm) => mac::generate(algorithm, random),
            Family::MlDsa(parameters) => Ok(ml_dsa::generate(parameters, random)?.private),
            Family::Rsa(_) | Family::Ec(_) | Family::Ed25519 | Family::Sm2 => {
                Ok(self.generate_pair(random)?.private)
            }
        }
    }

    /// A pair that leaves with its caller ("GenerateDataKeyPair" in the KMS API reference).
    pub(super) fn generate_pair(self, random: &dyn Random) -> Result<DataKeyPair, CryptoError> {
        match self.family {
            Family::Rsa(size) => rsa::generate(size),
            Family::Ec(curve) => ec::generate(curve),
            Family::Ed25519 => ed25519::generate(random),
            Family::Sm2 => sm2::generate(random),
            Family::Symmetric | Family::Hmac(_) | Family::MlDsa(_) => Err(self.invalid()),
        }
    }

    /// A handle on material that was made here, or admitted.
    pub(super) fn open(
        self,
        material: &SecretBytes,
        random: &Arc<dyn Random>,
    ) -> Result<OpenedKey, CryptoError> {
        match self.family {
            Family::Symmetric => {
                SoftwareKey::open(material, random).map(|key| OpenedKey::Symmetric(Box::new(key)))
            }
            Family::Hmac(algorithm) => {
                HmacKey::open(algorithm, material).map(|key| OpenedKey::Mac(Box::new(key)))
            }
            Family::Rsa(size) => RsaKey::open(size, material).map(private),
            Family::Ec(curve) => EcKey::open(curve, material).map(private),
            Family::Ed25519 => Ed25519Key::open(material).map(private),
            Family::MlDsa(parameters) => MlDsaKey::open(parameters, material, random).map(private),
            Family::Sm2 => Sm2Key::open(material, random).map(private),
        }
        .ok_or_else(|| self.invalid())
    }

    /// Refuses material from outside that is no key of the kind: whatever can't be opened later,
    /// and what opens but does not work.
    pub(super) fn admit(
        self,
        material: &SecretBytes,
        random: &Arc<dyn Random>,
    ) -> Result<(), CryptoError> {
        let works = match self.family {
            Family::Rsa(size) => {
                RsaKey::open(size, material).is_some_and(|key| key.is_consistent())
            }
            _ => self.open(material, random).is_ok(),
        };
        works.then_some(()).ok_or_else(|| self.invalid())
    }

    const fn invalid(self) -> CryptoError {
        CryptoError::InvalidMaterial { spec: self.spec }
    }
}

fn private(key: impl PrivateKey + 'static) -> OpenedKey {
    OpenedKey::Private(Box::new(key))
}
