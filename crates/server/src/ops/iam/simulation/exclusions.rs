//! Policies that a caller wants left out.

use keystead_wire::iam::input::PolicyIdentifier;
use keystead_wire::iam::{AttachmentType, PolicyIdentifierPolicyType};

/// The policies to leave out of a simulation.
pub(super) struct Exclusions<'a>(&'a [PolicyIdentifier]);

/// What a caller wants left out.
pub(super) const fn of(identifiers: &[PolicyIdentifier]) -> Exclusions<'_> {
    Exclusions(identifiers)
}

impl Exclusions<'_> {
    /// Whether an inline policy is left out.
    pub(super) fn has_inline(&self, kind: AttachmentType, holder: &str, policy: &str) -> bool {
        let inline = self
            .0
            .iter()
            .filter_map(|found| found.inline_policy_identifier.as_ref());
        inline.into_iter().any(|inline| {
            inline.attachment_type == kind
                && inline.attachment_name.eq_ignore_ascii_case(holder)
                && inline.policy_name == policy
        })
    }

    /// Whether a managed policy is left out, used as one of these.
    pub(super) fn has_managed(&self, arn: &str, used_as: &[PolicyIdentifierPolicyType]) -> bool {
        self.0.iter().any(|found| {
            let is_of_kind = found.policy_type.is_none_or(|kind| used_as.contains(&kind));
            is_of_kind && found.policy_arn.as_deref() == Some(arn)
        })
    }

    /// Whether all policies of a kind are left out: one is named without an ARN.
    pub(super) fn has_all(&self, kind: PolicyIdentifierPolicyType) -> bool {
        self.0.iter().any(|found| {
            found.policy_type == Some(kind)
                && found.policy_arn.is_none()
                && found.inline_policy_identifier.is_none()
        })
    }
}

#[cfg(test)]
mod tests {
    use keystead_wire::iam::input::InlinePolicyIdentifierType;

    use super::*;

    #[test]
    fn what_is_left_out() {
        use PolicyIdentifierPolicyType::{PermissionBoundary, Scp, UserManaged};
        let identifier = |policy_type, policy_arn: Option<&str>| PolicyIdentifier {
            policy_type,
            policy_arn: policy_arn.map(str::to_owned),
            inline_policy_identifier: None,
        };
        let list = [
            identifier(Some(UserManaged), Some("arn:p")),
            identifier(Some(Scp), None),
            PolicyIdentifier {
                inline_policy_identifier: Some(InlinePolicyIdentifierType {
                    policy_name: "use".to_owned(),
                    attachment_type: AttachmentType::User,
                    attachment_name: "Ada".to_owned(),
                }),
                ..identifier(None, None)
            },
        ];
        let found = of(&list);
        assert!(found.has_managed("arn:p", &[UserManaged]));
        assert!(!found.has_managed("arn:p", &[PermissionBoundary]));
        assert!(!found.has_managed("arn:q", &[UserManaged]));
        assert!(found.has_all(Scp) && !found.has_all(PermissionBoundary));
        assert!(found.has_inline(AttachmentType::User, "ada", "use"));
        assert!(!found.has_inline(AttachmentType::Role, "ada", "use"));
        assert!(!found.has_inline(AttachmentType::User, "ada", "other"));
    }
}
