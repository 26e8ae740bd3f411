//! Outputs about grants.

use std::collections::BTreeMap;

use super::{INSTANT, check_output, text};
use crate::kms::{GrantOperation, output};

#[test]
fn grant_outputs_have_the_models_members() {
    let context = || Some(BTreeMap::from([(text(), text())]));
    let constraints = || output::GrantConstraints {
        encryption_context_subset: context(),
        encryption_context_equals: context(),
        source_arn: Some(text()),
    };
    check_output("GrantConstraints", &constraints());
    check_output(
        "GrantListEntry",
        &output::GrantListEntry {
            key_id: text(),
            grant_id: text(),
            name: text(),
            creation_date: INSTANT,
            grantee_principal: Some(text()),
            retiring_principal: Some(text()),
            issuing_account: text(),
            operations: vec![GrantOperation::Decrypt],
            constraints: Some(constraints()),
            grantee_service_principal: Some(text()),
            retiring_service_principal: Some(text()),
        },
    );
    check_output(
        "ListGrantsResponse",
        &output::ListGrants {
            grants: vec![],
            next_marker: Some(text()),
            truncated: true,
        },
    );
    check_output(
        "CreateGrantResponse",
        &output::CreateGrant {
            grant_token: text(),
            grant_id: text(),
        },
    );
}
