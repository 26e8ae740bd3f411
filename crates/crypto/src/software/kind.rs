//! What each kind of key is made of, and how it is opened.

use std::sync::Arc;

use keystead_core::key::KeySpec;

use super::symmetric::SoftwareKey;
use crate::{CryptoError, DataKeyPair, KeyMaterial, OpenedKey, Random, SecretArray, SecretBytes};

/// The kinds of keys, by the library that works with them.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// `SYMMETRIC_DEFAULT`.
    Symmetric,
    /// Not made here yet.
    Other(KeySpec),
}

impl Kind {
    pub(super) const fn of(spec: KeySpec) -> Self {
        match spec {
            KeySpec::SymmetricDefault => Self::Symmetric,
            other => Self::Other(other),
        }
    }

    /// New material.
    pub(super) fn generate(self, random: &dyn Random) -> Result<SecretBytes, CryptoError> {
        match self {
            Self::Symmetric => SecretBytes::try_filled(KeyMaterial::LEN, |out| random.fill(out)),
            Self::Other(spec) => Err(CryptoError::InvalidMaterial { spec }),
        }
    }

    /// A handle on material, which may come from outside.
    pub(super) fn open(
        self,
        material: &SecretBytes,
        random: &Arc<dyn Random>,
    ) -> Result<OpenedKey, CryptoError> {
        match self {
            Self::Symmetric => {
                // Exposed to be moved into its fixed-size home.
                let material = SecretArray::copied_from(material.expose()).ok_or(
                    CryptoError::InvalidMaterial {
                        spec: KeySpec::SymmetricDefault,
                    },
                )?;
                Ok(OpenedKey::Symmetric(Box::new(SoftwareKey {
                    material: KeyMaterial::new(material),
                    random: Arc::clone(random),
                })))
            }
            Self::Other(spec) => Err(CryptoError::InvalidMaterial { spec }),
        }
    }

    /// A pair that leaves with its caller.
    pub(super) fn generate_pair(self, _random: &dyn Random) -> Result<DataKeyPair, CryptoError> {
        let spec = match self {
            Self::Symmetric => KeySpec::SymmetricDefault,
            Self::Other(spec) => spec,
        };
        Err(CryptoError::InvalidMaterial { spec })
    }
}
