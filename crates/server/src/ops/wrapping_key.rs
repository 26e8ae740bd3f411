//! Keys that material is wrapped to: making, showing, using and removing them.

use keystead_core::change::{Change, Expected};
use keystead_core::key::WrappingKeyRecord;
use keystead_crypto::{Binding, CryptoError, OpenedKey, Purpose, SealedKey, SecretBytes};

use crate::directory::record::sealed_key;
use crate::directory::wrapping_keys::WrappingKeyEntry;
use crate::fault::{Fault, Internal};
use crate::operation::Tools;

/// Makes the private half for a record that has none yet.
pub(super) fn make(record: &WrappingKeyRecord, tools: &Tools<'_>) -> Result<SealedKey, Fault> {
    bound(record, tools, |binding| {
        Ok(tools.provider.generate(binding)?)
    })
}

/// The public half: SubjectPublicKeyInfo, DER.
pub(super) fn public(record: &WrappingKeyRecord, tools: &Tools<'_>) -> Result<Vec<u8>, Fault> {
    let opened = open(record, tools)?;
    let private = opened.private().ok_or(Internal::Defect)?;
    Ok(private.public_key().to_vec())
}

/// What was wrapped to the public half.
pub(super) fn unwrap(
    record: &WrappingKeyRecord,
    wrapped: &[u8],
    tools: &Tools<'_>,
) -> Result<SecretBytes, Fault> {
    let opened = open(record, tools)?;
    let private = opened.private().ok_or(Internal::Defect)?;
    let unwrapped = private.unwrap_material(record.algorithm, wrapped);
    unwrapped.map_err(|error| match error {
        CryptoError::InvalidCiphertext => Fault::InvalidCiphertext,
        error => error.into(),
    })
}

/// The change that removes a wrapping key.
pub(crate) fn deletion(entry: &WrappingKeyEntry) -> Change {
    let record = &entry.record;
    Change::DeleteWrappingKey {
        account: record.account,
        key: record.key,
        id: record.id,
        expected: Expected::Revision(entry.revision),
    }
}

fn open(record: &WrappingKeyRecord, tools: &Tools<'_>) -> Result<OpenedKey, Fault> {
    let sealed = sealed_key(&record.sealed);
    bound(record, tools, |binding| {
        Ok(tools.provider.open(&sealed, binding)?)
    })
}

/// Works with the place that a wrapping key is sealed to.
fn bound<T>(
    record: &WrappingKeyRecord,
    tools: &Tools<'_>,
    work: impl FnOnce(&Binding<'_>) -> Result<T, Fault>,
) -> Result<T, Fault> {
    work(&Binding {
        region: tools.region.as_str(),
        account: record.account.as_str(),
        key_id: &record.key.to_string(),
        material_id: &record.id.to_string(),
        purpose: Purpose::WrappingKey(record.spec),
    })
}
