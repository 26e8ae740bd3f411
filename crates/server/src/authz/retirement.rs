//! Who may retire a grant. The grant says so, not the key's policy.
//!
//! Its retiring principal may, and its grantee if `RetireGrant` is among its operations; neither
//! needs a permission of its own. The account that owns the key may, and the one in which the grant
//! was made; both can pass it on to their principals with `kms:RetireGrant` in identity policies.
//! The permission has no effect in key policies and resource control policies. A denial in an
//! identity policy counts, whoever the caller is.
//!
//! Source: "Retiring and revoking grants" in the KMS developer guide.

use std::sync::Arc;

use keystead_core::arn::{AccountId, PARTITION};
use keystead_core::grant::{
    GrantBook, GrantConstraints, GrantOperation, GrantPrincipal, GrantRecord,
};
use keystead_core::policy::{KeyPolicy, PolicyError};

/// What a grant says of its own retirement, in the forms in which a key says who may use it.
pub(super) struct Retirement {
    /// Leaves the decision to the accounts' identity policies.
    pub(super) policy: Result<KeyPolicy, PolicyError>,
    /// Permits the principals that need nothing else.
    pub(super) book: GrantBook,
}

impl Retirement {
    pub(super) fn of(grant: &GrantRecord) -> Self {
        let is_grantees = grant.operations.contains(GrantOperation::RetireGrant);
        let retiring = grant.retiring.as_ref().map(|it| ("retiring principal", it));
        let grantee = is_grantees.then_some(("grantee", &grant.grantee));
        let mut book = GrantBook::default();
        for (role, principal) in retiring.into_iter().chain(grantee) {
            book.insert(Arc::new(permission(grant, role, principal)));
        }
        Self {
            policy: delegation([grant.account, grant.issuing_account]),
            book,
        }
    }
}

/// That this principal may retire the grant, as a grant. Its id is what a trace of the decision says.
fn permission(grant: &GrantRecord, role: &str, principal: &GrantPrincipal) -> GrantRecord {
    GrantRecord {
        id: format!("{} (its {role})", grant.id),
        grantee: principal.clone(),
        retiring: None,
        operations: [GrantOperation::RetireGrant].into_iter().collect(),
        constraints: GrantConstraints::default(),
        ..grant.clone()
    }
}

/// That these accounts may decide, as a key policy.
fn delegation(accounts: [AccountId; 2]) -> Result<KeyPolicy, PolicyError> {
    let [owner, issuer] = accounts;
    KeyPolicy::parse(&format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Principal":{{"AWS":["arn:{PARTITION}:iam::{owner}:root","arn:{PARTITION}:iam::{issuer}:root"]}},"Action":"kms:RetireGrant","Resource":"*"}}}}"#
    ))
}
