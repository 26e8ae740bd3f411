//! Encrypting and decrypting, under every kind of key that does.

use std::collections::BTreeMap;

use keystead_core::audit::Elements;
use keystead_core::key::{EncryptionAlgorithm, MaterialId};
use keystead_crypto::SecretBytes;
use keystead_crypto::ciphertext::{Blob, BlobIdentity, ContextAad, KeyIdForm};
use keystead_wire::kms::{DryRunModifierType, EncryptionAlgorithmSpec};

use super::key_use::{KeyUse, material_fault};
use crate::directory::key_entry::{KeyEntry, OpenError, key_id};
use crate::fault::Fault;
use crate::operation::Tools;

/// The encryption context of a request.
pub(super) type Context = BTreeMap<String, String>;

/// How something is, or is to be, encrypted: what a request says of it.
#[derive(Clone, Copy)]
pub(super) struct Manner<'a> {
    /// `SYMMETRIC_DEFAULT` unless said otherwise, whatever the key.
    pub(super) algorithm: EncryptionAlgorithmSpec,
    pub(super) context: &'a Context,
}

impl<'a> Manner<'a> {
    pub(super) fn new(algorithm: Option<EncryptionAlgorithmSpec>, context: &'a Context) -> Self {
        Self {
            algorithm: algorithm.unwrap_or(EncryptionAlgorithmSpec::SymmetricDefault),
            context,
        }
    }

    /// The key and the algorithm, if it is one of the key's. Only symmetric encryption has a context.
    ///
    /// # Errors
    /// AWS's answer to what does not fit.
    pub(super) fn check<'k>(
        &self,
        entry: &'k KeyEntry,
    ) -> Result<(KeyUse<'k>, EncryptionAlgorithm), Fault> {
        let spec = entry.record.spec;
        let known = spec.encryption_algorithms();
        let (key, algorithm) = KeyUse::with(entry, self.algorithm.as_str(), known)?;
        if spec.is_symmetric_encryption() || self.context.is_empty() {
            return Ok((key, algorithm));
        }
        Err(Fault::Validation {
            message: format!("Algorithm {algorithm} does not support encryption context."),
        })
    }
}

/// A ciphertext, and the material that made it if it says so.
pub(super) struct Encrypted {
    pub(super) blob: Vec<u8>,
    pub(super) material: Option<MaterialId>,
}

/// A plaintext, and the material that its ciphertext was made with if it said so.
pub(super) struct Decrypted {
    pub(super) plaintext: SecretBytes,
    pub(super) material: Option<MaterialId>,
}

/// Encrypts under a key's current material.
pub(super) fn encrypt(
    entry: &KeyEntry,
    tools: &Tools<'_>,
    plaintext: &[u8],
    manner: Manner<'_>,
) -> Result<Encrypted, Fault> {
    match manner.check(entry)? {
        (_, EncryptionAlgorithm::SymmetricDefault) => {
            encrypt_symmetric(entry, tools, plaintext, manner.context)
        }
        (key, algorithm) => Ok(Encrypted {
            blob: key.answer(key.private(tools)?.encrypt(algorithm, plaintext))?,
            material: None,
        }),
    }
}

fn encrypt_symmetric(
    entry: &KeyEntry,
    tools: &Tools<'_>,
    plaintext: &[u8],
    context: &Context,
) -> Result<Encrypted, Fault> {
    let (material, key) = entry
        .current(tools.provider)
        .map_err(|error| material_fault(entry, error))?;
    let id = entry.record.id;
    let form = if id.is_multi_region() {
        KeyIdForm::MultiRegion
    } else {
        KeyIdForm::Uuid
    };
    let identity = BlobIdentity {
        form,
        key_id: *id.bytes(),
        material_id: *material.bytes(),
    };
    Ok(Encrypted {
        blob: key.encrypt(&identity, &aad(context), plaintext)?,
        material: Some(material),
    })
}

/// Decrypts what one of a key's materials encrypted.
pub(super) fn decrypt(
    entry: &KeyEntry,
    tools: &Tools<'_>,
    blob: &[u8],
    manner: Manner<'_>,
) -> Result<Decrypted, Fault> {
    match manner.check(entry)? {
        (key, EncryptionAlgorithm::SymmetricDefault) => {
            decrypt_symmetric(key, entry, tools, blob, manner.context)
        }
        (key, algorithm) => Ok(Decrypted {
            plaintext: key.answer(key.private(tools)?.decrypt(algorithm, blob))?,
            material: None,
        }),
    }
}

fn decrypt_symmetric(
    key: KeyUse<'_>,
    entry: &KeyEntry,
    tools: &Tools<'_>,
    blob: &[u8],
    context: &Context,
) -> Result<Decrypted, Fault> {
    let blob = Blob::parse(blob).map_err(|_| Fault::InvalidCiphertext)?;
    let identity = blob.identity();
    if key_id(identity) != entry.record.id {
        return Err(Fault::IncorrectKey);
    }
    let material = MaterialId::from_bytes(identity.material_id);
    let opened = match entry.material(tools.provider, material) {
        Ok(opened) => opened,
        Err(OpenError::NoSuchMaterial) => return Err(Fault::InvalidCiphertext),
        Err(error) => return Err(material_fault(entry, error)),
    };
    Ok(Decrypted {
        plaintext: key.answer(opened.decrypt(&blob, &aad(context)))?,
        material: Some(material),
    })
}

fn aad(context: &Context) -> ContextAad {
    ContextAad::new(
        context
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str())),
    )
}

/// How an input names what is to be decrypted.
pub(super) struct Source<'a> {
    pub(super) blob: Option<&'a [u8]>,
    pub(super) key_id: Option<&'a str>,
    pub(super) key_member: &'static str,
    pub(super) dry_run: Option<bool>,
    pub(super) modifiers: &'a [DryRunModifierType],
}

/// A dry run may leave the ciphertext out if it says so, and must name the key then. The model
/// marks neither as required, so that the rule stands here.
pub(super) fn check_source(source: &Source<'_>) -> Result<(), Fault> {
    let ignores_ciphertext = source
        .modifiers
        .contains(&DryRunModifierType::IgnoreCiphertext);
    if ignores_ciphertext && source.dry_run != Some(true) {
        let message = "DryRunModifiers can only be specified when DryRun is true.".into();
        return Err(Fault::Validation { message });
    }
    let missing = match (ignores_ciphertext, source.blob, source.key_id) {
        (false, None, _) => "ciphertextBlob",
        (true, _, None) => source.key_member,
        _ => return Ok(()),
    };
    let message = format!(
        "1 validation error detected: Value null at '{missing}' failed to satisfy constraint: Member must not be null"
    );
    Err(Fault::Validation { message })
}

/// The ciphertext, unless only the permission was asked for.
pub(super) fn considered<'a>(
    blob: &'a Option<Vec<u8>>,
    modifiers: &[DryRunModifierType],
) -> Option<&'a [u8]> {
    let ignored = modifiers.contains(&DryRunModifierType::IgnoreCiphertext);
    blob.as_deref().filter(|_| !ignored)
}

/// What audit records say of the material that was used.
pub(super) fn note(material: Option<MaterialId>) -> Option<Elements<'static>> {
    Some(Elements::new().text("keyMaterialId", material?.to_string()))
}
