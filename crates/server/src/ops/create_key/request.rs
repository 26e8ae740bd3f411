//! What a request for a key asks for, with the defaults and the rules of `CreateKey`.

use keystead_core::key::{KeySpec, KeyUsage, Origin};
use keystead_wire::kms::{self, KeyUsageType, OriginType, input};

use crate::fault::Fault;
use crate::ops::convert;

/// The kind of key, under its new or its old name.
pub(super) fn spec(input: &input::CreateKey) -> kms::KeySpec {
    let by_old_name = input
        .customer_master_key_spec
        .and_then(|spec| spec.as_str().parse().ok());
    input
        .key_spec
        .or(by_old_name)
        .unwrap_or(kms::KeySpec::SymmetricDefault)
}

/// What it is to be used for. Only symmetric encryption goes without saying.
pub(super) fn usage(input: &input::CreateKey) -> KeyUsageType {
    input.key_usage.unwrap_or(KeyUsageType::EncryptDecrypt)
}

/// Where its material comes from.
pub(super) fn origin(input: &input::CreateKey) -> OriginType {
    input.origin.unwrap_or(OriginType::AwsKms)
}

/// Whether the key takes long to make: it is one of RSA.
pub(super) fn blocks(input: &input::CreateKey) -> bool {
    stored_spec(input).is_ok_and(KeySpec::is_slow_to_make)
}

/// [`spec`] in the domain's words.
pub(super) fn stored_spec(input: &input::CreateKey) -> Result<KeySpec, Fault> {
    convert::named(spec(input).as_str())
}

/// [`usage`] in the domain's words.
pub(super) fn stored_usage(input: &input::CreateKey) -> Result<KeyUsage, Fault> {
    convert::named(usage(input).as_str())
}

/// [`origin`] in the domain's words, of those that are served.
pub(super) fn stored_origin(input: &input::CreateKey) -> Result<Origin, Fault> {
    match origin(input) {
        OriginType::AwsKms => Ok(Origin::AwsKms),
        OriginType::External => Ok(Origin::External),
        other @ (OriginType::AwsCloudhsm | OriginType::ExternalKeyStore) => {
            Err(Fault::Unsupported {
                message: format!("Keys of Origin {} are not supported.", other.as_str()),
            })
        }
    }
}

/// The rules that need no key to check.
pub(super) fn check(input: &input::CreateKey) -> Result<(), Fault> {
    if input.key_spec.is_some() && input.customer_master_key_spec.is_some() {
        return invalid(
            "You cannot specify KeySpec and CustomerMasterKeySpec in the same request. CustomerMasterKeySpec is deprecated.",
        );
    }
    check_usage(input)?;
    check_origin(input)?;
    if input.custom_key_store_id.is_some() || input.xks_key_id.is_some() {
        let origin = origin(input).as_str();
        return invalid(&format!(
            "CustomKeyStoreId and XksKeyId are not for keys of Origin {origin}."
        ));
    }
    Ok(())
}

fn check_usage(input: &input::CreateKey) -> Result<(), Fault> {
    let spec = stored_spec(input)?;
    if input.key_usage.is_none() && !spec.is_symmetric_encryption() {
        return invalid(
            "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.",
        );
    }
    let usage = stored_usage(input)?;
    if spec.usages().contains(&usage) {
        return Ok(());
    }
    invalid(&format!(
        "KeyUsage {usage} is not compatible with KeySpec {spec}"
    ))
}

fn check_origin(input: &input::CreateKey) -> Result<(), Fault> {
    let origin = stored_origin(input)?;
    let spec = stored_spec(input)?;
    if origin == Origin::External && spec.wrapping_algorithms().is_empty() {
        return unsupported(&format!(
            "Keys of KeySpec {spec} can't have imported key material."
        ));
    }
    if input.multi_region == Some(true) {
        return unsupported("Multi-Region keys are not supported.");
    }
    Ok(())
}

fn invalid(message: &str) -> Result<(), Fault> {
    Err(Fault::Validation {
        message: message.to_owned(),
    })
}

fn unsupported(message: &str) -> Result<(), Fault> {
    Err(Fault::Unsupported {
        message: message.to_owned(),
    })
}
