//! Whether a key policy that somebody wants to set can be accepted.

use keystead_core::policy::{KeyPolicy, NamedPrincipal};

use crate::authz::Authorized;
use crate::fault::Fault;
use crate::identities::Identities;
use crate::operation::{Operation, Tools};

/// The name of the only policy that a key can have.
pub(super) const NAME: &str = "default";

/// Accepts a key policy that can be read, names principals that exist, and, unless the caller
/// waives that, lets the caller change it again.
pub(super) fn accept<O: Operation>(
    text: &str,
    arn: &str,
    bypass_lockout_check: bool,
    call: &Authorized<'_, O>,
    tools: &Tools<'_>,
) -> Result<(), Fault> {
    let policy = KeyPolicy::parse(text)?;
    if !policy
        .principals()
        .all(|principal| exists(principal, tools.identities))
    {
        return Err(Fault::PolicyPrincipals);
    }
    if bypass_lockout_check || call.would_be_allowed("kms:PutKeyPolicy", arn, &policy) {
        Ok(())
    } else {
        Err(Fault::PolicyLockout)
    }
}

fn exists(principal: &NamedPrincipal, identities: &Identities) -> bool {
    match principal {
        NamedPrincipal::Everyone | NamedPrincipal::Service { .. } => true,
        NamedPrincipal::Account { account, .. } => identities.has_account(account),
        NamedPrincipal::User { arn } => identities.has_user(arn),
        NamedPrincipal::UniqueId { id } => identities.has_user_id(id),
        // There are none of these yet, but in development mode everybody exists.
        NamedPrincipal::Role { .. }
        | NamedPrincipal::RoleSession { .. }
        | NamedPrincipal::FederatedUser { .. }
        | NamedPrincipal::Federated { .. } => identities.takes_anyone(),
    }
}
