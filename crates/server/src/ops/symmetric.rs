//! What the operations on symmetric keys share: encrypting, decrypting, and data keys.

use std::collections::BTreeMap;

use keystead_core::audit::Elements;
use keystead_core::key::MaterialId;
use keystead_crypto::ciphertext::{Blob, BlobIdentity, ContextAad, KeyIdForm};
use keystead_crypto::{CryptoError, SecretBytes};
use keystead_wire::kms::{DataKeySpec, DryRunModifierType, EncryptionAlgorithmSpec};

use crate::directory::key_entry::{KeyEntry, OpenError, key_id};
use crate::fault::{Fault, Internal};
use crate::operation::Tools;

/// The encryption context of a request.
pub(super) type Context = BTreeMap<String, String>;

/// A ciphertext and the material that made it.
pub(super) struct Encrypted {
    pub(super) blob: Vec<u8>,
    pub(super) material: MaterialId,
}

/// A plaintext and the material that its ciphertext was made with.
pub(super) struct Decrypted {
    pub(super) plaintext: SecretBytes,
    pub(super) material: MaterialId,
}

/// Encrypts under a key's current material.
pub(super) fn encrypt(
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
    let blob = key.encrypt(&identity, &aad(context), plaintext)?;
    Ok(Encrypted { blob, material })
}

/// Decrypts what one of a key's materials encrypted.
pub(super) fn decrypt(
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
    match key.decrypt(&blob, &aad(context)) {
        Ok(plaintext) => Ok(Decrypted {
            plaintext,
            material,
        }),
        Err(CryptoError::InvalidCiphertext) => Err(Fault::InvalidCiphertext),
        Err(error) => Err(error.into()),
    }
}

fn aad(context: &Context) -> ContextAad {
    ContextAad::new(
        context
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str())),
    )
}

fn material_fault(entry: &KeyEntry, source: OpenError) -> Fault {
    Internal::Material {
        arn: entry.arn.to_string(),
        source,
    }
    .into()
}

/// Checks that an algorithm, if one is given, is the one of symmetric keys.
pub(super) fn check_algorithm(algorithm: Option<EncryptionAlgorithmSpec>) -> Result<(), Fault> {
    match algorithm {
        None | Some(EncryptionAlgorithmSpec::SymmetricDefault) => Ok(()),
        Some(other) => Err(Fault::Algorithm {
            algorithm: other.as_str(),
        }),
    }
}

/// How many bytes a data key is to have. One of the two says so, not both.
pub(super) fn data_key_length(
    spec: Option<DataKeySpec>,
    bytes: Option<i64>,
) -> Result<usize, Fault> {
    match (spec, bytes) {
        (Some(DataKeySpec::Aes128), None) => Ok(16),
        (Some(DataKeySpec::Aes256), None) => Ok(32),
        (None, Some(bytes)) => Ok(usize::try_from(bytes).unwrap_or_default()),
        (None, None) | (Some(_), Some(_)) => {
            let message = "Please specify either number of bytes or key spec.".into();
            Err(Fault::Validation { message })
        }
    }
}

/// So many random bytes, which are a secret.
pub(super) fn random(tools: &Tools<'_>, length: usize) -> Result<SecretBytes, Fault> {
    Ok(SecretBytes::try_filled(length, |out| {
        tools.provider.fill_random(out)
    })?)
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

/// Answers to enclaves are not made yet. Giving the plaintext instead would betray the caller.
pub(super) fn refuse_recipient<T>(recipient: Option<&T>) -> Result<(), Fault> {
    match recipient {
        None => Ok(()),
        Some(_) => Err(Fault::Unsupported {
            message: "Recipient is not supported.".into(),
        }),
    }
}

/// What audit records say of the material that was used.
pub(super) fn note(material: MaterialId) -> Elements<'static> {
    Elements::new().text("keyMaterialId", material.to_string())
}
