//! What the operations that make data keys and random bytes share.

use keystead_crypto::SecretBytes;
use keystead_wire::kms::DataKeySpec;

use crate::fault::Fault;
use crate::operation::Tools;

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

/// Answers to enclaves are not made yet. Giving the plaintext instead would betray the caller.
pub(super) fn refuse_recipient<T>(recipient: Option<&T>) -> Result<(), Fault> {
    match recipient {
        None => Ok(()),
        Some(_) => Err(Fault::Unsupported {
            message: "Recipient is not supported.".into(),
        }),
    }
}
