//! The actions of AWS KMS, of which some matter more than others.

use super::super::context::NoContext;
use super::super::pattern::{Case, Pattern};
use super::super::statement::Listed;

/// Every action: one for each operation, and two for `ReEncrypt` ("Actions, resources, and condition
/// keys for AWS Key Management Service" in the Service Authorization Reference).
pub const ALL: [&str; 55] = [
    "kms:CancelKeyDeletion",
    "kms:ConnectCustomKeyStore",
    "kms:CreateAlias",
    "kms:CreateCustomKeyStore",
    "kms:CreateGrant",
    "kms:CreateKey",
    "kms:Decrypt",
    "kms:DeleteAlias",
    "kms:DeleteCustomKeyStore",
    "kms:DeleteImportedKeyMaterial",
    "kms:DeriveSharedSecret",
    "kms:DescribeCustomKeyStores",
    "kms:DescribeKey",
    "kms:DisableKey",
    "kms:DisableKeyRotation",
    "kms:DisconnectCustomKeyStore",
    "kms:EnableKey",
    "kms:EnableKeyRotation",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyPair",
    "kms:GenerateDataKeyPairWithoutPlaintext",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:GenerateMac",
    "kms:GenerateRandom",
    "kms:GetKeyLastUsage",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:GetParametersForImport",
    "kms:GetPublicKey",
    "kms:ImportKeyMaterial",
    "kms:ListAliases",
    "kms:ListGrants",
    "kms:ListKeyPolicies",
    "kms:ListKeyRotations",
    "kms:ListKeys",
    "kms:ListResourceTags",
    "kms:ListRetirableGrants",
    "kms:PutKeyPolicy",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
    "kms:ReplicateKey",
    "kms:RetireGrant",
    "kms:RevokeGrant",
    "kms:RotateKeyOnDemand",
    "kms:ScheduleKeyDeletion",
    "kms:Sign",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:UpdateAlias",
    "kms:UpdateCustomKeyStore",
    "kms:UpdateKeyDescription",
    "kms:UpdatePrimaryRegion",
    "kms:Verify",
    "kms:VerifyMac",
];

/// Who may do these has the key in hand.
pub(in crate::policy) const ADMINISTRATION: [&str; 3] = [
    "kms:PutKeyPolicy",
    "kms:ScheduleKeyDeletion",
    "kms:DisableKey",
];

/// Who may do these has the secrets in hand, or signs for others.
pub(in crate::policy) const USE: [&str; 7] = [
    "kms:Decrypt",
    "kms:DeriveSharedSecret",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyPair",
    "kms:GenerateMac",
    "kms:ReEncryptFrom",
    "kms:Sign",
];

/// The actions whose resource is an alias, beside the key that it names.
pub(super) const ON_ALIASES: [&str; 3] = ["kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias"];

/// Whether a pattern is about actions of AWS KMS alone.
pub(super) fn is_of_kms(pattern: &str) -> bool {
    pattern
        .split_once(':')
        .is_some_and(|(service, _)| service.eq_ignore_ascii_case("kms"))
}

/// Whether a pattern of actions matches one.
pub(super) fn matches(pattern: &str, action: &str) -> bool {
    Pattern::new(pattern, Case::Insensitive).matches(action, &NoContext)
}

/// Whether a statement's actions cover one of `actions`.
pub(in crate::policy) fn cover_any(listed: &Listed<String>, actions: &[&str]) -> bool {
    let covers = |action: &&str| listed.covers(|pattern| matches(pattern, action));
    actions.iter().any(covers)
}
