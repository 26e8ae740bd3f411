//! Encrypting and decrypting, under every kind of key that does.

use std::collections::BTreeMap;

use keystead_core::audit::Elements;
use keystead_core::key::{EncryptionAlgorithm, KeySpec, MaterialId};
use keystead_crypto::ciphertext::{Blob, BlobIdentity, ContextAad, KeyIdForm};
use keystead_crypto::{CryptoError, SecretBytes};
use keystead_wire::kms::{DryRunModifierType, EncryptionAlgorithmSpec};

use super::convert;
use crate::directory::key_entry::{KeyEntry, OpenError, key_id};
use crate::fault::{Fault, Internal};
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

    /// The algorithm, if it is one of the key's. Only symmetric encryption has a context.
    ///
    /// # Errors
    /// AWS's answer to what does not fit.
    pub(super) fn check(&self, spec: KeySpec) -> Result<EncryptionAlgorithm, Fault> {
        let algorithm: EncryptionAlgorithm = convert::named(self.algorithm.as_str())?;
        if !spec.encryption_algorithms().contains(&algorithm) {
            return Err(Fault::Algorithm {
                algorithm: algorithm.as_str(),
                spec,
            });
        }
        if spec.is_symmetric_encryption() || self.context.is_empty() {
            return Ok(algorithm);
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
    match manner.check(entry.record.spec)? {
        EncryptionAlgorithm::SymmetricDefault => {
            encrypt_symmetric(entry, tools, plaintext, manner.context)
        }
        algorithm => {
            let key = entry.private(tools.provider);
            let key = key.map_err(|error| material_fault(entry, error))?;
            let encrypted = key.encrypt(algorithm, plaintext);
            let blob = encrypted.map_err(|error| too_long(error, algorithm, entry.record.spec))?;
            Ok(Encrypted {
                blob,
                material: None,
            })
        }
    }
}

fn too_long(error: CryptoError, algorithm: EncryptionAlgorithm, spec: KeySpec) -> Fault {
    match error {
        CryptoError::PlaintextTooLong { limit, .. } => Fault::Validation {
            message: format!(
                "Algorithm {algorithm} and key spec {spec} cannot encrypt data larger than {limit} bytes."
            ),
        },
        error => error.into(),
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
    let decrypted = match manner.check(entry.record.spec)? {
        EncryptionAlgorithm::SymmetricDefault => {
            return decrypt_symmetric(entry, tools, blob, manner.context);
        }
        algorithm => entry
            .private(tools.provider)
            .map_err(|error| material_fault(entry, error))?
            .decrypt(algorithm, blob),
    };
    Ok(Decrypted {
        plaintext: opened(decrypted)?,
        material: None,
    })
}

fn decrypt_symmetric(
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
    let key = match entry.material(tools.provider, material) {
        Ok(key) => key,
        Err(OpenError::NoSuchMaterial) => return Err(Fault::InvalidCiphertext),
        Err(error) => return Err(material_fault(entry, error)),
    };
    Ok(Decrypted {
        plaintext: opened(key.decrypt(&blob, &aad(context)))?,
        material: Some(material),
    })
}

fn opened(decrypted: Result<SecretBytes, CryptoError>) -> Result<SecretBytes, Fault> {
    decrypted.map_err(|error| match error {
        CryptoError::InvalidCiphertext => Fault::InvalidCiphertext,
        error => error.into(),
    })
}

fn aad(context: &Context) -> ContextAad {
    ContextAad::new(
        context
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str())),
    )
}

/// The fault of a call whose key's material can't be used.
pub(super) fn material_fault(entry: &KeyEntry, source: OpenError) -> Fault {
    Internal::Material {
        arn: entry.arn.to_string(),
        source,
    }
    .into()
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
