//! The principals of grants: from an ARN to somebody who exists, and back.

use keystead_core::arn::PARTITION;
use keystead_core::grant::GrantPrincipal;
use keystead_core::policy::NamedPrincipal;

use crate::fault::Fault;
use crate::identities::Identities;

/// The account, user, role, role session or federated user of an ARN, bound to the unique id of the
/// user or role that bears it now. Groups and organizations can't be named by a grant.
///
/// Source: `GranteePrincipal` of `CreateGrant` in the API model.
pub(super) fn of_arn(arn: &str, identities: &Identities) -> Result<GrantPrincipal, Fault> {
    let invalid = || Fault::InvalidPrincipal {
        arn: arn.to_owned(),
    };
    let named = NamedPrincipal::parse_aws(arn).filter(can_be_granted);
    let named = named.ok_or_else(invalid)?;
    let mut ids = identities
        .resolve_principals([&named])
        .map_err(|_| invalid())?;
    Ok(GrantPrincipal::Aws {
        arn: arn.to_owned(),
        unique_id: ids.remove(arn),
    })
}

fn can_be_granted(named: &NamedPrincipal) -> bool {
    match named {
        NamedPrincipal::Account { partition, .. } => partition.as_deref() == Some(PARTITION),
        NamedPrincipal::User { .. }
        | NamedPrincipal::Role { .. }
        | NamedPrincipal::RoleSession { .. }
        | NamedPrincipal::FederatedUser { .. } => true,
        NamedPrincipal::Everyone
        | NamedPrincipal::UniqueId { .. }
        | NamedPrincipal::Service { .. }
        | NamedPrincipal::Federated { .. } => false,
    }
}

/// How lists show a principal: a service by its name, a user or role by the ARN that it has now, and
/// by its unique id once it is no more.
pub(super) fn shown(principal: &GrantPrincipal, identities: &Identities) -> String {
    match principal {
        GrantPrincipal::Aws {
            unique_id: Some(id),
            ..
        } => identities
            .arn_of_unique_id(id)
            .unwrap_or_else(|| id.clone()),
        other => other.as_str().to_owned(),
    }
}
