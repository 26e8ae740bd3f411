//! Trust policies: who may become a role.
//!
//! The users and roles that one names are bound to their unique ids when it is written, so that
//! nobody who is made again under the same name is trusted. Where the one who was meant is gone,
//! the policy shows that id ("AWS JSON policy elements: Principal" in the IAM guide).

use keystead_core::identity::RoleRecord;
use keystead_core::policy::{PrincipalIds, TrustPolicy};

use super::{error, quota};
use crate::fault::Fault;
use crate::identities::Identities;
use crate::ops::get_key_policy;

/// Accepts a trust policy that can be read and names principals that exist; gives their unique ids.
///
/// # Errors
/// `MalformedPolicyDocument`, `LimitExceeded`.
pub(super) fn accept(text: &str, identities: &Identities) -> Result<PrincipalIds, Fault> {
    let policy = TrustPolicy::parse(text)?;
    if quota::length(text) > quota::TRUST_POLICY {
        return Err(error::quota("ACLSizePerRole", quota::TRUST_POLICY));
    }
    identities
        .resolve_principals(policy.principals())
        .map_err(|unknown| {
            let name = unknown.name;
            error::malformed_policy(format!("Invalid principal in policy: \"AWS\":\"{name}\""))
        })
}

/// A role's trust policy as answers show it: as it was written, but for principals whose ARN has
/// changed since, or who are gone.
pub(super) fn shown(role: &RoleRecord, identities: &Identities) -> String {
    get_key_policy::shown(&role.trust_policy, &role.trust_principals, identities)
}
