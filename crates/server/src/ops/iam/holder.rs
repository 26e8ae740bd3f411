//! What users, groups and roles have in common: they hold policies.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use keystead_core::identity::{GroupRecord, RoleRecord, UserRecord};

use super::entity::Entity;
use super::{error, quota};
use crate::fault::Fault;
use crate::identities::Entry;
use crate::ops::management::Call;

/// A user, a group or a role.
pub(super) trait Holder: Entity {
    /// How many characters its inline policies may have together.
    const INLINE_QUOTA: usize;
    /// IAM's name of the quota of attached policies.
    const ATTACHED_QUOTA: &'static str;

    /// Its inline policies' texts by name.
    fn inline(&self) -> &BTreeMap<String, String>;
    /// The same, to change.
    fn inline_mut(&mut self) -> &mut BTreeMap<String, String>;
    /// The ARNs of the managed policies that are attached to it.
    fn attached(&self) -> &BTreeSet<String>;
    /// The same, to change.
    fn attached_mut(&mut self) -> &mut BTreeSet<String>;

    /// Whether only a service may change it.
    fn is_protected(&self) -> bool {
        false
    }
}

/// Implements [`Holder`] for a record with fields of the usual names.
macro_rules! holders {
    ($($record:ident { $inline:expr, $attached:literal $(, $protected:expr)? })*) => {$(
        impl Holder for $record {
            const INLINE_QUOTA: usize = $inline;
            const ATTACHED_QUOTA: &'static str = $attached;

            fn inline(&self) -> &BTreeMap<String, String> {
                &self.inline_policies
            }

            fn inline_mut(&mut self) -> &mut BTreeMap<String, String> {
                &mut self.inline_policies
            }

            fn attached(&self) -> &BTreeSet<String> {
                &self.attached_policies
            }

            fn attached_mut(&mut self) -> &mut BTreeSet<String> {
                &mut self.attached_policies
            }

            $(fn is_protected(&self) -> bool {
                let is_protected: fn(&Self) -> bool = $protected;
                is_protected(self)
            })?
        }
    )*};
}

holders! {
    UserRecord { quota::USER_POLICIES, "PoliciesPerUser" }
    GroupRecord { quota::GROUP_POLICIES, "PoliciesPerGroup" }
    RoleRecord { quota::ROLE_POLICIES, "PoliciesPerRole", |role| role.service_linked.is_some() }
}

impl<I> Call<'_, I> {
    /// The user, group or role of a name, to change it.
    ///
    /// # Errors
    /// `NoSuchEntity`; `UnmodifiableEntity` for a role that only a service may change.
    pub(super) fn find_to_change<R: Holder>(&self, name: &str) -> Result<Arc<Entry<R>>, Fault> {
        let found = self.find::<R>(name)?;
        if found.record.is_protected() {
            return Err(error::protected_role(found.record.name()));
        }
        Ok(found)
    }
}

/// Refuses to destroy what still holds policies.
///
/// # Errors
/// `DeleteConflict`.
pub(super) fn check_without_policies(holder: &impl Holder) -> Result<(), Fault> {
    if !holder.attached().is_empty() {
        Err(error::must_first("detach all policies"))
    } else if !holder.inline().is_empty() {
        Err(error::must_first("delete policies"))
    } else {
        Ok(())
    }
}
