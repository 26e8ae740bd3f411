//! The policies that a session is made with.

use keystead_core::arn::AccountId;
use keystead_core::policy::IdentityPolicy;
use keystead_wire::sts::input::PolicyDescriptorType;

use super::invalid;
use crate::fault::Fault;
use crate::identities::Identities;
use crate::sessions::SessionPolicies;

/// The most managed policies that a session can be made with (STS API, `PolicyArns`).
const MAX_MANAGED: usize = 10;

/// Reads the policies of a request for a session in an account.
///
/// # Errors
/// A policy that does not parse, is longer than 2,048 characters, or is not there.
pub(super) fn read(
    inline: Option<&String>,
    managed: &[PolicyDescriptorType],
    account: AccountId,
    identities: &Identities,
) -> Result<Option<SessionPolicies>, Fault> {
    if let Some(text) = inline {
        IdentityPolicy::parse_session(text)?;
    }
    if managed.len() > MAX_MANAGED {
        let message = format!("A session can be made with {MAX_MANAGED} managed policies at most.");
        return Err(invalid(message));
    }
    let arns = managed.iter().map(|policy| match &policy.arn {
        Some(arn) if is_within(account, arn, identities) => Ok(arn.clone()),
        arn => {
            let arn = arn.as_deref().unwrap_or_default();
            Err(invalid(format!(
                "There is no managed policy {arn} in the account of the session."
            )))
        }
    });
    let arns = arns.collect::<Result<_, _>>()?;
    Ok(SessionPolicies::of(inline.cloned(), arns))
}

/// Whether a managed policy is there: one of the account, or AWS's.
fn is_within(account: AccountId, arn: &str, identities: &Identities) -> bool {
    let policy = identities.policy(arn);
    policy.is_some_and(|policy| policy.is_aws_managed() || policy.record.account == account)
}
