//! A key as calls see it: its record, its compiled policy, and its opened materials.

use std::sync::{Arc, OnceLock};

use keystead_core::arn::{Region, key_arn};
use keystead_core::key::{KeyRecord, Material, MaterialId};
use keystead_core::key_id::KeyId;
use keystead_core::policy::{KeyPolicy, PolicyError};
use keystead_crypto::ciphertext::{BlobIdentity, KeyIdForm};
use keystead_crypto::{Binding, CryptoError, MaterialSpec, Provider, Purpose, SymmetricKey};

use super::record::sealed_key;

/// A key in the directory. Never changed: a change of the key replaces its entry, and with it the
/// opened materials, which are wiped when the last call that uses them has ended.
pub struct KeyEntry {
    /// The key as it is stored.
    pub record: KeyRecord,
    /// The revision of the store that wrote the record.
    pub revision: u64,
    /// The key's ARN.
    pub arn: Arc<str>,
    region: Region,
    policy: Result<KeyPolicy, PolicyError>,
    opened: Vec<OnceLock<Box<dyn SymmetricKey>>>,
}

impl KeyEntry {
    /// The entry of a record. Its policy is compiled now, its materials are opened on first use.
    #[must_use]
    pub fn new(region: &Region, record: KeyRecord, revision: u64) -> Self {
        let policy = KeyPolicy::parse_bound(&record.policy, &record.policy_principals);
        if let Err(error) = &policy {
            tracing::error!(key = %record.id, %error, "a stored key policy does not parse: every use of the key is denied");
        }
        Self {
            arn: key_arn(region, record.account, record.id).into(),
            opened: record.materials.iter().map(|_| OnceLock::new()).collect(),
            region: region.clone(),
            policy,
            record,
            revision,
        }
    }

    /// The compiled key policy. One that does not parse denies everything.
    ///
    /// # Errors
    /// Why the stored text does not parse.
    pub const fn policy(&self) -> Result<&KeyPolicy, &PolicyError> {
        self.policy.as_ref()
    }

    /// The material that encrypts, opened.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn current(
        &self,
        provider: &dyn Provider,
    ) -> Result<(MaterialId, &dyn SymmetricKey), OpenError> {
        let index = self
            .record
            .materials
            .len()
            .checked_sub(1)
            .ok_or(OpenError::NoSuchMaterial)?;
        self.open(provider, index)
    }

    /// The material that a ciphertext names, opened.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn material(
        &self,
        provider: &dyn Provider,
        id: MaterialId,
    ) -> Result<&dyn SymmetricKey, OpenError> {
        let index = self
            .record
            .materials
            .iter()
            .position(|material| material.id == id);
        self.open(provider, index.ok_or(OpenError::NoSuchMaterial)?)
            .map(|(_, key)| key)
    }

    fn open(
        &self,
        provider: &dyn Provider,
        index: usize,
    ) -> Result<(MaterialId, &dyn SymmetricKey), OpenError> {
        let (Some(material), Some(opened)) =
            (self.record.materials.get(index), self.opened.get(index))
        else {
            return Err(OpenError::NoSuchMaterial);
        };
        if opened.get().is_none() {
            let key = self.unseal(provider, material)?;
            // Another call may have been first; then its handle is as good as ours.
            let _ = opened.set(key);
        }
        let key = opened.get().ok_or(OpenError::NoSuchMaterial)?;
        Ok((material.id, key.as_ref()))
    }

    fn unseal(
        &self,
        provider: &dyn Provider,
        material: &Material,
    ) -> Result<Box<dyn SymmetricKey>, CryptoError> {
        let binding = MaterialBinding::new(&self.region, &self.record, material.id);
        provider.open(&sealed_key(&material.sealed), &binding.binding())
    }
}

impl std::fmt::Debug for KeyEntry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeyEntry")
            .field("arn", &self.arn)
            .field("revision", &self.revision)
            .finish_non_exhaustive()
    }
}

/// The id of the key that a ciphertext names.
#[must_use]
pub fn key_id(identity: &BlobIdentity) -> KeyId {
    KeyId::from_parts(identity.key_id, identity.form == KeyIdForm::MultiRegion)
}

/// Why a material can't be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The key has no material of that id.
    #[error("the key has no such material")]
    NoSuchMaterial,
    /// The material can't be opened: the store was tampered with, or belongs to another root key.
    #[error("the material can't be opened")]
    Crypto {
        /// What failed.
        #[from]
        source: CryptoError,
    },
}

/// The place that a material is sealed to, with the texts that a [`Binding`] borrows.
#[derive(Debug)]
pub struct MaterialBinding {
    region: Region,
    account: keystead_core::arn::AccountId,
    key: String,
    material: String,
}

impl MaterialBinding {
    /// The place of one material of a key.
    #[must_use]
    pub fn new(region: &Region, key: &KeyRecord, material: MaterialId) -> Self {
        Self {
            region: region.clone(),
            account: key.account,
            key: key.id.to_string(),
            material: material.to_string(),
        }
    }

    /// The place as the cryptography room wants it.
    #[must_use]
    pub fn binding(&self) -> Binding<'_> {
        Binding {
            region: self.region.as_str(),
            account: self.account.as_str(),
            key_id: &self.key,
            material_id: &self.material,
            purpose: Purpose::KeyMaterial(MaterialSpec::Symmetric256),
        }
    }
}
