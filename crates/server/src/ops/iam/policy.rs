//! Managed policies as other operations find them: the account's own, and AWS's, which every
//! account has and none can change.

use std::collections::BTreeSet;
use std::sync::Arc;

use keystead_core::arn::{IamArn, IamResource};
use keystead_core::change::Change;
use keystead_core::identity::{EntityKind, IdentityPlace};
use keystead_wire::iam::{PolicyScopeType, output};

use super::{entity, error};
use crate::fault::Fault;
use crate::identities::{Link, PolicyEntry};
use crate::ops::management::Call;

impl<I> Call<'_, I> {
    /// The managed policy of an ARN.
    ///
    /// # Errors
    /// `InvalidInput` for what is no ARN of a policy, `AccessDenied` for another account's,
    /// `NoSuchEntity`.
    pub(super) fn policy(&self, arn: &str) -> Result<Arc<PolicyEntry>, Fault> {
        let owner = owner(arn)?;
        if owner != AWS && owner != self.account.as_str() {
            return Err(error::foreign_policy());
        }
        let found = self.tools.identities.policy(arn);
        found.ok_or_else(|| error::no_such_policy(arn))
    }

    /// A managed policy of the account's own, to change it.
    ///
    /// # Errors
    /// As [`Self::policy`], and `AccessDenied` for AWS's.
    pub(super) fn own_policy(&self, arn: &str) -> Result<Arc<PolicyEntry>, Fault> {
        let found = self.policy(arn)?;
        if found.is_aws_managed() {
            return Err(error::foreign_policy());
        }
        Ok(found)
    }

    /// What keeps a managed policy there when it is put on something: nothing for AWS's, which are
    /// always there.
    ///
    /// # Errors
    /// `InvalidInput` for what is no ARN of a policy; if there is no such policy, `absent`.
    pub(super) fn hold_policy(
        &self,
        arn: &str,
        absent: impl FnOnce() -> Fault,
    ) -> Result<Option<Change>, Fault> {
        owner(arn)?;
        let found = self.policy(arn).map_err(|_| absent())?;
        let is_own = !found.is_aws_managed();
        Ok(is_own.then(|| entity::held(&found)))
    }

    /// The managed policies that the account has, in the order of their ARNs.
    pub(super) fn policies(&self, scope: PolicyScopeType) -> Vec<Arc<PolicyEntry>> {
        let mut policies = Vec::new();
        if scope != PolicyScopeType::Aws {
            policies.extend(self.all());
        }
        if scope != PolicyScopeType::Local {
            policies.extend(self.tools.identities.aws_policies().cloned());
        }
        policies.sort_by(|a, b| a.arn().cmp(b.arn()));
        policies
    }

    /// The users, groups and roles of the account that a managed policy is attached to.
    pub(super) fn attached_to(&self, policy_arn: &str) -> BTreeSet<IdentityPlace> {
        self.own_places(&Link::Attached(policy_arn.to_owned()))
    }

    /// The users and roles of the account that a managed policy bounds.
    pub(super) fn bounded_by(&self, policy_arn: &str) -> BTreeSet<IdentityPlace> {
        self.own_places(&Link::Bounded(policy_arn.to_owned()))
    }

    /// AWS's policies are used in other accounts as well.
    fn own_places(&self, link: &Link) -> BTreeSet<IdentityPlace> {
        let places = self.tools.identities.linked(link, None, usize::MAX);
        let is_own = |place: &IdentityPlace| matches!(place, IdentityPlace::Entity { account, .. } if *account == self.account);
        places.into_iter().filter(is_own).collect()
    }
}

/// The path in an ARN of a managed policy; empty if it is none.
pub(super) fn path_of(arn: &str) -> &str {
    parts(arn).map_or("", |(_, path, _)| path)
}

/// A managed policy on a user, group or role.
pub(super) fn attached(arn: &str) -> output::AttachedPolicy {
    let name = parts(arn).map_or("", |(_, _, name)| name);
    output::AttachedPolicy {
        policy_name: name.to_owned(),
        policy_arn: arn.to_owned(),
    }
}

/// In the place of an account in the ARNs of AWS's own policies.
const AWS: &str = "aws";

/// Whose a managed policy is: an account, or [`AWS`].
fn owner(arn: &str) -> Result<&str, Fault> {
    let (owner, ..) = parts(arn).ok_or_else(|| error::invalid_arn(arn))?;
    Ok(owner)
}

/// The owner, the path and the name in an ARN of a managed policy.
fn parts(arn: &str) -> Option<(&str, &str, &str)> {
    let IamArn {
        account, resource, ..
    } = IamArn::parse_own(arn)?;
    match resource {
        IamResource::Entity {
            kind: EntityKind::Policy,
            path,
            name,
        } => Some((account, path, name)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arns_of_policies() {
        for (arn, expected, path) in [
            ("arn:aws:iam::aws:policy/P", Some("aws"), "/"),
            (
                "arn:aws:iam::111122223333:policy/p",
                Some("111122223333"),
                "/",
            ),
            (
                "arn:aws:iam::111122223333:policy/a/b/p",
                Some("111122223333"),
                "/a/b/",
            ),
            ("arn:aws:iam::111122223333:role/r", None, ""),
            ("arn:aws-cn:iam::111122223333:policy/p", None, ""),
            ("p", None, ""),
        ] {
            assert_eq!(owner(arn).ok(), expected, "{arn}");
            assert_eq!(path_of(arn), path, "{arn}");
        }
    }
}
