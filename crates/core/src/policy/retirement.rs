//! Who may retire a grant. The grant says so, not the key's policy.
//!
//! Its retiring principal may, and its grantee if `RetireGrant` is among its operations; neither
//! needs a permission of its own. The account that owns the key may, and the one in which the grant
//! was made; both can pass it on to their principals with `kms:RetireGrant` in identity policies.
//! The permission has no effect in key policies and resource control policies. A denial in an
//! identity policy counts, whoever the caller is.
//!
//! Source: "Retiring and revoking grants" in the KMS developer guide.

use super::named::{NamedPrincipal, Naming};
use super::principal::Principal;
use crate::arn::{AccountId, PARTITION};
use crate::grant::{GrantOperation, GrantRecord};

/// By what right a caller retires a grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetirementRight {
    /// The grant names it as its retiring principal.
    RetiringPrincipal,
    /// It is the grantee, and `RetireGrant` is among the grant's operations.
    Grantee,
    /// It is of the account that owns the key.
    KeyAccount,
    /// It is of the account in which the grant was made.
    IssuingAccount,
}

/// The right of a caller whom the grant names, the closest name first, and how it does.
pub(super) fn by_name(
    grant: &GrantRecord,
    caller: &Principal<'_>,
) -> Option<(Naming, RetirementRight)> {
    let is_grantees = grant.operations.contains(GrantOperation::RetireGrant);
    let retiring = (grant.retiring.as_ref()).map(|it| (it, RetirementRight::RetiringPrincipal));
    let grantee = is_grantees.then_some((&grant.grantee, RetirementRight::Grantee));
    retiring
        .into_iter()
        .chain(grantee)
        .filter_map(|(named, right)| Some((named.names(caller)?, right)))
        .min_by_key(|(naming, _)| *naming)
}

/// The right of a caller whose account may retire the grant.
pub(super) fn by_account(
    grant: &GrantRecord,
    caller: &Principal<'_>,
) -> Option<(Naming, RetirementRight)> {
    let names = |account: AccountId| {
        let named = NamedPrincipal::Account {
            partition: Some(PARTITION.to_owned()),
            account: account.to_string(),
        };
        named.names(caller)
    };
    let rights = [
        (grant.account, RetirementRight::KeyAccount),
        (grant.issuing_account, RetirementRight::IssuingAccount),
    ];
    let mut rights = rights.into_iter();
    rights.find_map(|(account, right)| Some((names(account)?, right)))
}
