//! Condition keys that several operations take from their inputs.

use keystead_core::policy::{ConditionKey, KeyFamily, KnownKey, Values};
use keystead_wire::kms::EncryptionAlgorithmSpec;
use keystead_wire::kms::input::{CreateGrant, Tag};

use super::encryption::Context;
use crate::authz::context::{context_value, matching};

/// Those of an operation with an encryption algorithm and an encryption context.
pub(super) fn of_encryption<'a>(
    algorithm: Option<EncryptionAlgorithmSpec>,
    context: &'a Context,
    key: &ConditionKey,
) -> Values<'a> {
    match key {
        ConditionKey::Known(KnownKey::EncryptionAlgorithm) => {
            let algorithm = algorithm.unwrap_or(EncryptionAlgorithmSpec::SymmetricDefault);
            Values::one(algorithm.as_str())
        }
        _ => of_context(context, key),
    }
}

/// Those of an encryption context. Without pairs, there is none.
pub(super) fn of_context<'a>(context: &'a Context, key: &ConditionKey) -> Values<'a> {
    match key {
        ConditionKey::Known(KnownKey::EncryptionContextKeys) if !context.is_empty() => {
            Values::many(context.keys().map(String::as_str))
        }
        ConditionKey::Named(KeyFamily::EncryptionContext, name) => context_value(context, name),
        _ => Values::Absent,
    }
}

/// Those of a grant that is to be made.
pub(super) fn of_grant<'a>(input: &'a CreateGrant, key: &ConditionKey) -> Values<'a> {
    let constraints = input.constraints.as_ref();
    // An empty subset asks for nothing, and makes no constraint.
    let subset = constraints
        .and_then(|c| c.encryption_context_subset.as_ref())
        .filter(|pairs| !pairs.is_empty());
    let equals = constraints.and_then(|c| c.encryption_context_equals.as_ref());
    let ConditionKey::Known(known) = key else {
        return subset
            .or(equals)
            .map_or(Values::Absent, |context| of_context(context, key));
    };
    match known {
        KnownKey::GranteePrincipal => Values::maybe(input.grantee_principal.as_deref()),
        KnownKey::GranteeServicePrincipal => {
            Values::maybe(input.grantee_service_principal.as_deref())
        }
        KnownKey::RetiringPrincipal => Values::maybe(input.retiring_principal.as_deref()),
        KnownKey::RetiringServicePrincipal => {
            Values::maybe(input.retiring_service_principal.as_deref())
        }
        KnownKey::GrantOperations => Values::many(input.operations.iter().map(|o| o.as_str())),
        KnownKey::GrantConstraintType => {
            let subset = subset.map(|_| "EncryptionContextSubset");
            Values::maybe(subset.or_else(|| equals.map(|_| "EncryptionContextEquals")))
        }
        KnownKey::GrantConstraintSourceArn => {
            Values::maybe(constraints.and_then(|c| c.source_arn.as_deref()))
        }
        _ => subset
            .or(equals)
            .map_or(Values::Absent, |context| of_context(context, key)),
    }
}

/// Those of tags that are to be put on.
pub(super) fn of_tags<'a>(tags: &'a [Tag], key: &ConditionKey) -> Values<'a> {
    match key {
        ConditionKey::Known(KnownKey::TagKeys) if !tags.is_empty() => {
            Values::many(tags.iter().map(|tag| tag.tag_key.as_str()))
        }
        ConditionKey::Named(KeyFamily::RequestTag, name) => {
            let pairs = tags
                .iter()
                .map(|tag| (tag.tag_key.as_str(), tag.tag_value.as_str()));
            matching(pairs, name)
        }
        _ => Values::Absent,
    }
}

#[cfg(test)]
mod tests {
    use keystead_core::policy::{ConditionKey, KeyFamily, KnownKey, can_carry};
    use keystead_wire::json::Input;
    use serde_json::{Value, json};

    use crate::operation::Operation;
    use crate::ops::*;

    /// Every condition key that an input could give a value.
    fn keys() -> impl Iterator<Item = ConditionKey> {
        let named = KeyFamily::ALL.map(|family| ConditionKey::Named(family, "a".into()));
        let known = KnownKey::ALL.iter().map(|key| ConditionKey::Known(*key));
        named.into_iter().chain(known)
    }

    /// Checks that what an input gives is what a call of these actions can have.
    fn check<O: Operation>(actions: &[&str], mut body: Value)
    where
        O::Input: Input,
    {
        body["KeyId"] = json!("k");
        let input = O::Input::decode(body.to_string().as_bytes()).unwrap();
        for action in actions {
            let given = keys().filter(|key| {
                let values = O::conditions(&input, action, key);
                !values.as_slice().is_empty()
            });
            let given: Vec<_> = given.collect();
            assert!(!given.is_empty(), "{action}");
            for key in given {
                assert!(can_carry(action, &key), "{action} {key}");
            }
        }
    }

    #[test]
    fn no_operation_gives_a_key_that_its_calls_are_said_not_to_have() {
        let context = json!({"a": "b"});
        let encrypted = || json!({"EncryptionContext": context, "CiphertextBlob": "aGk="});
        check::<Decrypt>(&["kms:Decrypt"], encrypted());
        let plain = json!({"EncryptionContext": context, "Plaintext": "aGk="});
        check::<Encrypt>(&["kms:Encrypt"], plain);
        check::<GenerateDataKey>(&["kms:GenerateDataKey"], encrypted());
        check::<GenerateDataKeyWithoutPlaintext>(
            &["kms:GenerateDataKeyWithoutPlaintext"],
            encrypted(),
        );
        let pair = json!({"EncryptionContext": context, "KeyPairSpec": "RSA_2048"});
        check::<GenerateDataKeyPair>(&["kms:GenerateDataKeyPair"], pair.clone());
        check::<GenerateDataKeyPairWithoutPlaintext>(
            &["kms:GenerateDataKeyPairWithoutPlaintext"],
            pair,
        );
        let both = json!({"CiphertextBlob": "aGk=", "DestinationKeyId": "k",
            "SourceEncryptionContext": context, "DestinationEncryptionContext": context});
        check::<ReEncrypt>(&["kms:ReEncryptFrom", "kms:ReEncryptTo"], both);
        let grant = json!({"GranteePrincipal": "g", "RetiringPrincipal": "r",
            "GranteeServicePrincipal": "s.example.com", "RetiringServicePrincipal": "s.example.com",
            "Operations": ["Sign"],
            "Constraints": {"EncryptionContextSubset": context, "SourceArn": "arn:aws:logs:us-east-1:111122223333:log-group:a"}});
        check::<CreateGrant>(&["kms:CreateGrant"], grant);
        let tags = json!([{"TagKey": "a", "TagValue": "b"}]);
        check::<CreateKey>(&["kms:CreateKey"], json!({"Tags": tags}));
        check::<TagResource>(&["kms:TagResource"], json!({"Tags": tags}));
        check::<UntagResource>(&["kms:UntagResource"], json!({"TagKeys": ["a"]}));
        let agreement = json!({"KeyAgreementAlgorithm": "ECDH", "PublicKey": "aGk="});
        check::<DeriveSharedSecret>(&["kms:DeriveSharedSecret"], agreement);
        check::<EnableKeyRotation>(&["kms:EnableKeyRotation"], json!({}));
        let signed = json!({"Message": "aGk=", "Signature": "aGk=", "Mac": "aGk=",
            "SigningAlgorithm": "ECDSA_SHA_256", "MacAlgorithm": "HMAC_SHA_256"});
        check::<Sign>(&["kms:Sign"], signed.clone());
        check::<Verify>(&["kms:Verify"], signed.clone());
        check::<GenerateMac>(&["kms:GenerateMac"], signed.clone());
        check::<VerifyMac>(&["kms:VerifyMac"], signed);
        let wrapping =
            json!({"WrappingAlgorithm": "RSAES_OAEP_SHA_256", "WrappingKeySpec": "RSA_2048"});
        check::<GetParametersForImport>(&["kms:GetParametersForImport"], wrapping);
        let material = json!({"ImportToken": "aGk=", "EncryptedKeyMaterial": "aGk=",
            "ExpirationModel": "KEY_MATERIAL_EXPIRES", "ValidTo": 1});
        check::<ImportKeyMaterial>(&["kms:ImportKeyMaterial"], material);
        check::<PutKeyPolicy>(&["kms:PutKeyPolicy"], json!({"Policy": "{}"}));
        check::<ScheduleKeyDeletion>(&["kms:ScheduleKeyDeletion"], json!({}));
    }
}
