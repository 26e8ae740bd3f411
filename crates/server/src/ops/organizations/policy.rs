//! Kinds of policies, and texts of them.

use keystead_core::identity::ControlKind;
use keystead_core::policy::{IdentityPolicy, ResourceControlPolicy};
use keystead_wire::organizations::PolicyType;

use super::refusal;
use crate::fault::Fault;

/// The kind of a type; `None` of those that say nothing about what may be done, such as
/// `TAG_POLICY`: there are no such policies here.
pub(super) const fn kind(of: PolicyType) -> Option<ControlKind> {
    match of {
        PolicyType::ServiceControlPolicy => Some(ControlKind::Service),
        PolicyType::ResourceControlPolicy => Some(ControlKind::Resource),
        _ => None,
    }
}

/// The type of a kind.
pub(super) const fn policy_type(of: ControlKind) -> PolicyType {
    match of {
        ControlKind::Service => PolicyType::ServiceControlPolicy,
        ControlKind::Resource => PolicyType::ResourceControlPolicy,
    }
}

/// Checks a policy's text by compiling it.
///
/// # Errors
/// `MalformedPolicyDocumentException`, or
/// [`Refusal::PolicyTooLong`](super::refusal::Refusal::PolicyTooLong).
pub(super) fn check(kind: ControlKind, content: &str) -> Result<(), Fault> {
    let compiled = match kind {
        ControlKind::Service => IdentityPolicy::parse_service_control(content).map(drop),
        ControlKind::Resource => ResourceControlPolicy::parse(content).map(drop),
    };
    compiled.map_err(refusal::of_policy)
}
