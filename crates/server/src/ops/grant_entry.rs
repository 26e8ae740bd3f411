//! A grant as the API and audit records show it.

use keystead_core::arn::key_arn;
use keystead_core::audit::{Elements, Value};
use keystead_core::grant::{
    self, ContextConstraint, GrantConstraints, GrantPrincipal, GrantRecord,
};
use keystead_wire::json::EpochSeconds;
use keystead_wire::kms::{GrantOperation, input, output};

use super::grant_principal;
use crate::operation::Tools;

/// The API's view of a grant.
pub(super) fn of(grant: &GrantRecord, tools: &Tools<'_>) -> output::GrantListEntry {
    let shown = |principal: &GrantPrincipal, is_service: bool| {
        let is_it = matches!(principal, GrantPrincipal::Service { .. }) == is_service;
        is_it.then(|| grant_principal::shown(principal, tools.identities))
    };
    let arn = |principal: &GrantPrincipal| shown(principal, false);
    let service = |principal: &GrantPrincipal| shown(principal, true);
    let retiring = grant.retiring.as_ref();
    output::GrantListEntry {
        key_id: key_arn(tools.region, grant.account, grant.key),
        grant_id: grant.id.clone(),
        name: grant.name.clone().unwrap_or_default(),
        creation_date: EpochSeconds(grant.created.as_millis()),
        grantee_principal: arn(&grant.grantee),
        retiring_principal: retiring.and_then(arn),
        issuing_account: grant.issuing_account.root_arn(),
        operations: operations(grant),
        constraints: constraints(&grant.constraints),
        grantee_service_principal: service(&grant.grantee),
        retiring_service_principal: retiring.and_then(service),
    }
}

/// The domain's operations are the model's by name.
fn operations(record: &GrantRecord) -> Vec<GrantOperation> {
    let names = record.operations.iter().map(grant::GrantOperation::as_str);
    names.filter_map(|name| name.parse().ok()).collect()
}

fn constraints(constraints: &GrantConstraints) -> Option<output::GrantConstraints> {
    if constraints.is_empty() {
        return None;
    }
    let (subset, equals) = match constraints.context.clone() {
        None => (None, None),
        Some(ContextConstraint::Subset(pairs)) => (Some(pairs), None),
        Some(ContextConstraint::Equals(pairs)) => (None, Some(pairs)),
    };
    Some(output::GrantConstraints {
        encryption_context_subset: subset,
        encryption_context_equals: equals,
        source_arn: constraints.source_arn.clone(),
    })
}

/// What audit records say of the constraints that a request asks for.
pub(super) fn constraint_elements(asked: &input::GrantConstraints) -> Value<'_> {
    let mut elements = Elements::new();
    for (name, pairs) in [
        ("encryptionContextSubset", &asked.encryption_context_subset),
        ("encryptionContextEquals", &asked.encryption_context_equals),
    ] {
        if let Some(pairs) = pairs {
            elements = elements.value(name, Value::Map(pairs));
        }
    }
    Value::Object(elements.text_if("sourceArn", asked.source_arn.as_deref()))
}

#[cfg(test)]
mod tests {
    use keystead_core::grant::GrantOperation as Domain;

    use super::*;

    #[test]
    fn the_domains_operations_are_the_models() {
        for operation in Domain::ALL {
            let found: GrantOperation = operation.as_str().parse().unwrap();
            assert_eq!(found.as_str(), operation.as_str());
        }
    }
}
