//! Which condition keys the calls of an action of AWS KMS can have.
//!
//! Source: "AWS KMS condition keys" in the KMS developer guide, and "Actions, resources, and
//! condition keys for AWS Key Management Service" in the Service Authorization Reference.

use super::context::{ConditionKey, KeyFamily, KnownKey};

/// The actions of AWS KMS that are not about a key which is there, in alphabetical order: policies
/// of identities alone decide on them.
pub const KMS_ACTIONS_WITHOUT_KEY: [&str; 11] = [
    "kms:ConnectCustomKeyStore",
    "kms:CreateCustomKeyStore",
    "kms:CreateKey",
    "kms:DeleteCustomKeyStore",
    "kms:DescribeCustomKeyStores",
    "kms:DisconnectCustomKeyStore",
    "kms:GenerateRandom",
    "kms:ListAliases",
    "kms:ListKeys",
    "kms:ListRetirableGrants",
    "kms:UpdateCustomKeyStore",
];

/// The actions that encrypt or decrypt.
const ENCRYPTION: [&str; 8] = [
    "kms:Decrypt",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyPair",
    "kms:GenerateDataKeyPairWithoutPlaintext",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
];

/// The actions that use a key by an alias, besides those that encrypt.
const BY_ALIAS: [&str; 7] = [
    "kms:DeriveSharedSecret",
    "kms:DescribeKey",
    "kms:GenerateMac",
    "kms:GetPublicKey",
    "kms:Sign",
    "kms:Verify",
    "kms:VerifyMac",
];

/// The actions whose answers can be for an enclave alone.
const TO_RECIPIENTS: [&str; 5] = [
    "kms:Decrypt",
    "kms:DeriveSharedSecret",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyPair",
    "kms:GenerateRandom",
];

const GRANTING: &[&str] = &["kms:CreateGrant"];
const IMPORTING: &[&str] = &["kms:ImportKeyMaterial"];
const SIGNING: &[&str] = &["kms:Sign", "kms:Verify"];
const WRAPPING: &[&str] = &["kms:GetParametersForImport"];

/// The keys that only some actions have. Those that are about the key and those of whole families
/// are told apart by [`can_carry`] itself, and every other key is one of any call.
const OF_SOME: &[(KnownKey, &[&str])] = &[
    (
        KnownKey::BypassPolicyLockoutSafetyCheck,
        &["kms:CreateKey", "kms:PutKeyPolicy", "kms:ReplicateKey"],
    ),
    (
        KnownKey::DataKeyPairSpec,
        &[
            "kms:GenerateDataKeyPair",
            "kms:GenerateDataKeyPairWithoutPlaintext",
        ],
    ),
    (KnownKey::EncryptionAlgorithm, &ENCRYPTION),
    (KnownKey::ExpirationModel, IMPORTING),
    (KnownKey::GrantConstraintSourceArn, GRANTING),
    (
        KnownKey::GrantConstraintType,
        &["kms:CreateGrant", "kms:RetireGrant"],
    ),
    (
        KnownKey::GrantIsForAwsResource,
        &["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"],
    ),
    (KnownKey::GrantOperations, GRANTING),
    (KnownKey::GranteePrincipal, GRANTING),
    (KnownKey::GranteeServicePrincipal, GRANTING),
    (KnownKey::KeyAgreementAlgorithm, &["kms:DeriveSharedSecret"]),
    (
        KnownKey::MacAlgorithm,
        &["kms:GenerateMac", "kms:VerifyMac"],
    ),
    (KnownKey::MessageType, SIGNING),
    (KnownKey::PrimaryRegion, &["kms:UpdatePrimaryRegion"]),
    (
        KnownKey::ReEncryptOnSameKey,
        &["kms:ReEncryptFrom", "kms:ReEncryptTo"],
    ),
    (KnownKey::ReplicaRegion, &["kms:ReplicateKey"]),
    (KnownKey::RetiringPrincipal, GRANTING),
    (KnownKey::RetiringServicePrincipal, GRANTING),
    (KnownKey::RotationPeriodInDays, &["kms:EnableKeyRotation"]),
    (
        KnownKey::ScheduleKeyDeletionPendingWindowInDays,
        &["kms:ScheduleKeyDeletion"],
    ),
    (KnownKey::SigningAlgorithm, SIGNING),
    (
        KnownKey::TagKeys,
        &[
            "kms:CreateKey",
            "kms:ReplicateKey",
            "kms:TagResource",
            "kms:UntagResource",
        ],
    ),
    (
        KnownKey::TrailingDaysWithoutKeyUsage,
        &["kms:DisableKey", "kms:ScheduleKeyDeletion"],
    ),
    (KnownKey::ValidTo, IMPORTING),
    (KnownKey::WrappingAlgorithm, WRAPPING),
    (KnownKey::WrappingKeySpec, WRAPPING),
];

/// The properties of a key, also of one that is to be made.
const OF_KEYS: [KnownKey; 7] = [
    KnownKey::CustomerMasterKeySpec,
    KnownKey::CustomerMasterKeyUsage,
    KnownKey::KeyOrigin,
    KnownKey::KeySpec,
    KnownKey::KeyUsage,
    KnownKey::MultiRegion,
    KnownKey::MultiRegionKeyType,
];

/// Whether a call of an action of AWS KMS can have a value of a condition key. One that can't is
/// as if the key were not sent, whatever else the call says.
#[must_use]
pub fn can_carry(action: &str, key: &ConditionKey) -> bool {
    let is_on_key = || !KMS_ACTIONS_WITHOUT_KEY.contains(&action);
    match key {
        ConditionKey::Named(KeyFamily::EncryptionContext, _)
        | ConditionKey::Known(KnownKey::EncryptionContextKeys) => {
            // Of a grant that is to be made, its constraint is the encryption context.
            ENCRYPTION.contains(&action) || GRANTING.contains(&action)
        }
        ConditionKey::Named(KeyFamily::RecipientAttestation, _) => TO_RECIPIENTS.contains(&action),
        ConditionKey::Named(KeyFamily::RequestTag, _) => {
            ["kms:CreateKey", "kms:ReplicateKey", "kms:TagResource"].contains(&action)
        }
        ConditionKey::Known(KnownKey::RequestAlias) => {
            ENCRYPTION.contains(&action) || BY_ALIAS.contains(&action)
        }
        ConditionKey::Known(KnownKey::ResourceAliases) => is_on_key(),
        ConditionKey::Known(known) if OF_KEYS.contains(known) => {
            action == "kms:CreateKey" || is_on_key()
        }
        ConditionKey::Known(known) => {
            let row = OF_SOME.iter().find(|(of_some, _)| of_some == known);
            row.is_none_or(|(_, actions)| actions.contains(&action))
        }
        ConditionKey::Named(KeyFamily::PrincipalTag | KeyFamily::ResourceTag, _)
        | ConditionKey::Other(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::super::KMS_ACTIONS;
    use super::*;

    #[test]
    fn every_action_of_the_tables_is_one() {
        let of_some = OF_SOME.iter().flat_map(|(_, actions)| actions.iter());
        let all = KMS_ACTIONS_WITHOUT_KEY
            .iter()
            .chain(&ENCRYPTION)
            .chain(&BY_ALIAS)
            .chain(&TO_RECIPIENTS)
            .chain(of_some);
        for action in all {
            assert!(KMS_ACTIONS.contains(action), "{action}");
        }
    }

    #[test]
    fn which_calls_have_which_keys() {
        for (key, with, without) in [
            ("kms:EncryptionContext:a", "Decrypt", "DescribeKey"),
            ("kms:EncryptionContextKeys", "CreateGrant", "Sign"),
            ("kms:EncryptionAlgorithm", "ReEncryptTo", "CreateGrant"),
            ("kms:GrantOperations", "CreateGrant", "RevokeGrant"),
            ("kms:KeySpec", "CreateKey", "ListKeys"),
            ("kms:KeySpec", "RetireGrant", "GenerateRandom"),
            ("kms:ResourceAliases", "PutKeyPolicy", "CreateKey"),
            ("kms:RequestAlias", "DescribeKey", "PutKeyPolicy"),
            ("kms:RecipientAttestation:PCR0", "GenerateRandom", "Encrypt"),
            ("kms:ValidTo", "ImportKeyMaterial", "GetParametersForImport"),
            ("aws:RequestTag/a", "TagResource", "UntagResource"),
            ("aws:TagKeys", "UntagResource", "Decrypt"),
        ] {
            let key = ConditionKey::parse(key);
            let can = |name: &str| can_carry(&format!("kms:{name}"), &key);
            assert!(can(with) && !can(without), "{key}");
        }
        for key in [
            "kms:ViaService",
            "aws:SourceIp",
            "aws:PrincipalTag/a",
            "a:b",
        ] {
            let key = ConditionKey::parse(key);
            assert!(KMS_ACTIONS.iter().all(|action| can_carry(action, &key)));
        }
    }
}
