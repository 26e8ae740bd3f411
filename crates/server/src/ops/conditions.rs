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
