//! Whether a key policy that somebody wants to set can be accepted.

use keystead_core::key::KeyRecord;
use keystead_core::policy::{KeyPolicy, PrincipalIds};

use crate::authz::Authorized;
use crate::fault::Fault;
use crate::operation::{Operation, Tools};

/// The name of the only policy that a key can have.
pub(super) const NAME: &str = "default";

/// Accepts a key policy that can be read, names principals that exist, and, unless the caller
/// waives that, lets the caller change it again. Comes back with the unique ids of those named.
pub(super) fn accept<O: Operation>(
    text: &str,
    key: &KeyRecord,
    bypass_lockout_check: bool,
    call: &Authorized<'_, O>,
    tools: &Tools<'_>,
) -> Result<PrincipalIds, Fault> {
    let policy = KeyPolicy::parse(text)?;
    policy.check_writable()?;
    let named = policy.principals();
    let ids = tools.identities.resolve_principals(named)?;
    let bound = KeyPolicy::parse_bound(text, &ids)?;
    if bypass_lockout_check || call.would_be_allowed("kms:PutKeyPolicy", key, &bound) {
        Ok(ids)
    } else {
        Err(Fault::PolicyLockout)
    }
}
