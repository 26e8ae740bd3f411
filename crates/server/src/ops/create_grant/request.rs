//! From a request to the grant that it asks for.

use std::collections::BTreeMap;

use keystead_core::arn::AccountId;
use keystead_core::grant::{
    ContextConstraint, GrantConstraints, GrantOperation, GrantOperations, GrantPrincipal,
    GrantRecord, KeyKind,
};
use keystead_core::key::KeyUsage;
use keystead_core::time::Timestamp;
use keystead_wire::kms::input;

use super::super::grant_principal;
use crate::directory::key_entry::KeyEntry;
use crate::fault::Fault;
use crate::operation::Tools;

const NO_OPERATIONS: &str = "1 validation error detected: Value '[]' at 'operations' failed to satisfy constraint: Member must have length greater than or equal to 1";
const ONLY_CREATE_GRANT: &str = "Grants must not contain only the CreateGrant operation.";
const TWO_CONSTRAINTS: &str = "More than one constraint supplied";
const ONE_GRANTEE: &str =
    "Specify either GranteePrincipal or GranteeServicePrincipal, but not both.";
const ONE_RETIRING: &str =
    "Specify either RetiringPrincipal or RetiringServicePrincipal, but not both.";
const SERVICE_NEEDS_SOURCE: &str =
    "A grant to a GranteeServicePrincipal must have a SourceArn constraint.";
const SERVICE_NEEDS_RETIRING: &str = "A grant to a GranteeServicePrincipal must have a RetiringPrincipal or a RetiringServicePrincipal.";

/// The rules that need no key to check.
pub(super) fn check(input: &input::CreateGrant) -> Result<(), Fault> {
    let constraints = input.constraints.as_ref();
    let has_source = constraints.is_some_and(|c| c.source_arn.is_some());
    let has_two_contexts = constraints.is_some_and(|c| {
        c.encryption_context_subset.is_some() && c.encryption_context_equals.is_some()
    });
    let is_to_service = input.grantee_service_principal.is_some();
    let has_retiring =
        input.retiring_principal.is_some() || input.retiring_service_principal.is_some();
    let has_two_retiring =
        input.retiring_principal.is_some() && input.retiring_service_principal.is_some();
    let operations = &input.operations;
    let has_only_create_grant = operations.iter().all(|o| o.as_str() == CREATE_GRANT);
    let rules = [
        (
            input.grantee_principal.is_some() == is_to_service,
            ONE_GRANTEE,
        ),
        (has_two_retiring, ONE_RETIRING),
        (operations.is_empty(), NO_OPERATIONS),
        (has_only_create_grant, ONLY_CREATE_GRANT),
        (has_two_contexts, TWO_CONSTRAINTS),
        (is_to_service && !has_source, SERVICE_NEEDS_SOURCE),
        (is_to_service && !has_retiring, SERVICE_NEEDS_RETIRING),
    ];
    match rules.iter().find(|(is_broken, _)| *is_broken) {
        Some((_, message)) => Err(invalid(*message)),
        None => Ok(()),
    }
}

const CREATE_GRANT: &str = GrantOperation::CreateGrant.as_str();

/// The grant that is asked for, on this key. Its id and its date are not given yet.
pub(super) fn grant(
    input: &input::CreateGrant,
    key: &KeyEntry,
    issuing_account: AccountId,
    tools: &Tools<'_>,
) -> Result<GrantRecord, Fault> {
    let operations = operations(input, key)?;
    let constraints = constraints(input.constraints.as_ref());
    constraints
        .check(kind(key))
        .map_err(|error| invalid(error.to_string()))?;
    let principal = |arn: &Option<String>, service: &Option<String>| match (arn, service) {
        (Some(arn), _) => grant_principal::of_arn(arn, tools.identities).map(Some),
        (None, Some(name)) => Ok(Some(GrantPrincipal::Service { name: name.clone() })),
        (None, None) => Ok(None),
    };
    let grantee = principal(&input.grantee_principal, &input.grantee_service_principal)?;
    Ok(GrantRecord {
        id: String::new(),
        account: key.record.account,
        key: key.record.id,
        name: input.name.clone(),
        created: Timestamp::from_millis(0),
        grantee: grantee.ok_or_else(|| invalid(ONE_GRANTEE))?,
        retiring: principal(&input.retiring_principal, &input.retiring_service_principal)?,
        issuing_account,
        operations,
        constraints,
    })
}

fn operations(input: &input::CreateGrant, key: &KeyEntry) -> Result<GrantOperations, Fault> {
    // The model's operations are the domain's by name.
    let operation = |name: &str| -> Result<GrantOperation, Fault> {
        name.parse()
            .map_err(|_| invalid(format!("{name} can't be granted.")))
    };
    let operations: Result<GrantOperations, Fault> = input
        .operations
        .iter()
        .map(|o| operation(o.as_str()))
        .collect();
    let operations = operations?;
    match operations
        .iter()
        .find(|operation| !operation.fits(kind(key)))
    {
        None => Ok(operations),
        Some(unfit) => Err(invalid(format!(
            "Operation {} is not supported by {}.",
            unfit.as_str(),
            key.arn
        ))),
    }
}

/// An empty subset asks for nothing; an empty whole asks that there be no encryption context.
fn constraints(asked: Option<&input::GrantConstraints>) -> GrantConstraints {
    let Some(asked) = asked else {
        return GrantConstraints::default();
    };
    let subset = asked.encryption_context_subset.clone();
    let subset = subset.filter(|pairs: &BTreeMap<_, _>| !pairs.is_empty());
    let equals = asked.encryption_context_equals.clone();
    GrantConstraints {
        context: subset
            .map(ContextConstraint::Subset)
            .or_else(|| equals.map(ContextConstraint::Equals)),
        source_arn: asked.source_arn.clone(),
    }
}

const fn kind(key: &KeyEntry) -> KeyKind {
    match key.record.usage {
        KeyUsage::EncryptDecrypt if key.record.spec.is_symmetric_encryption() => {
            KeyKind::SymmetricEncryption
        }
        KeyUsage::EncryptDecrypt => KeyKind::AsymmetricEncryption,
        KeyUsage::SignVerify => KeyKind::Signing,
        KeyUsage::GenerateVerifyMac => KeyKind::Hmac,
        KeyUsage::KeyAgreement => KeyKind::Agreement,
    }
}

fn invalid(message: impl Into<String>) -> Fault {
    Fault::Validation {
        message: message.into(),
    }
}
