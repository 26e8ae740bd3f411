//! A key as calls see it: its record, its compiled policy, and its opened materials.

use std::sync::{Arc, OnceLock};

use keystead_core::arn::{Region, key_arn};
use keystead_core::key::{KeyRecord, KeySpec, Material, MaterialId};
use keystead_core::key_id::KeyId;
use keystead_core::policy::{KeyPolicy, PolicyError};
use keystead_crypto::ciphertext::{BlobIdentity, KeyIdForm};
use keystead_crypto::{
    Binding, CryptoError, MacKey, OpenedKey, PrivateKey, Provider, Purpose, SymmetricKey,
};

use super::last_uses::LastUseCell;
use super::policies::KeyPolicies;
use super::record::sealed_key;
use crate::target::AuditResource;

/// A key in the directory. Never changed: a change of the key replaces its entry, and with it the
/// opened materials, which are wiped when the last call that uses them has ended.
pub struct KeyEntry {
    /// The key as it is stored.
    pub record: KeyRecord,
    /// The revision of the store that wrote the record.
    pub revision: u64,
    /// The key's ARN.
    pub arn: Arc<str>,
    /// What the key was last used for. The entries of a key share it, one after the other.
    pub last_use: Arc<LastUseCell>,
    region: Region,
    policy: Result<Arc<KeyPolicy>, PolicyError>,
    opened: Vec<OnceLock<OpenedKey>>,
}

impl KeyEntry {
    /// The entry of a record. Its policy is compiled now, if no other key has it; its materials are opened on first use.
    #[must_use]
    pub fn new(
        region: &Region,
        record: KeyRecord,
        revision: u64,
        last_use: Arc<LastUseCell>,
        policies: &KeyPolicies,
    ) -> Self {
        let policy = policies.compile(&record.policy, &record.policy_principals);
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
            last_use,
        }
    }

    /// The key as audit records name it.
    #[must_use]
    pub fn resource(&self) -> AuditResource {
        AuditResource {
            account: self.record.account,
            arn: Arc::clone(&self.arn),
        }
    }

    /// The compiled key policy. One that does not parse denies everything.
    ///
    /// # Errors
    /// Why the stored text does not parse.
    pub fn policy(&self) -> Result<&KeyPolicy, &PolicyError> {
        self.policy.as_deref()
    }

    /// The material that encrypts, opened.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn current(
        &self,
        provider: &dyn Provider,
    ) -> Result<(MaterialId, &dyn SymmetricKey), OpenError> {
        let (id, key) = self.open_current(provider)?;
        Ok((id, key.symmetric().ok_or(OpenError::OtherKind)?))
    }

    /// The private key of a pair, opened.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn private(&self, provider: &dyn Provider) -> Result<&dyn PrivateKey, OpenError> {
        let (_, key) = self.open_current(provider)?;
        key.private().ok_or(OpenError::OtherKind)
    }

    /// The key of an HMAC, opened.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn mac(&self, provider: &dyn Provider) -> Result<&dyn MacKey, OpenError> {
        let (_, key) = self.open_current(provider)?;
        key.mac().ok_or(OpenError::OtherKind)
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
        let mut materials = self.record.materials.iter();
        let index = materials.position(|material| material.id == id);
        let (_, key) = self.open(provider, index)?;
        key.symmetric().ok_or(OpenError::OtherKind)
    }

    fn open_current(&self, provider: &dyn Provider) -> Result<(MaterialId, &OpenedKey), OpenError> {
        let mut materials = self.record.materials.iter();
        let index = materials.rposition(|material| !material.stage.is_pending());
        self.open(provider, index)
    }

    fn open(
        &self,
        provider: &dyn Provider,
        index: Option<usize>,
    ) -> Result<(MaterialId, &OpenedKey), OpenError> {
        let index = index.ok_or(OpenError::NoSuchMaterial)?;
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
        Ok((material.id, key))
    }

    fn unseal(&self, provider: &dyn Provider, material: &Material) -> Result<OpenedKey, OpenError> {
        let sealed = material.sealed.as_ref().ok_or(OpenError::Gone)?;
        let binding = MaterialBinding::new(&self.region, &self.record, material.id);
        Ok(provider.open(&sealed_key(sealed), &binding.binding())?)
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
    /// The material was imported, and is gone.
    #[error("the key's imported material is gone")]
    Gone,
    /// The key does not do this kind of work. The key-state table lets no such call come here.
    #[error("the key is of another kind than the operation")]
    OtherKind,
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
    spec: KeySpec,
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
            spec: key.spec,
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
            purpose: Purpose::KeyMaterial(self.spec),
        }
    }
}
