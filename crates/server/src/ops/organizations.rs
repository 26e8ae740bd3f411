//! The operations of Organizations: one organization for the deployment, with its units, its
//! accounts and the policies that limit them.
//!
//! Each is a row of a table in the file of what it is about. An organization is small and rarely
//! changed, and its rules are about the whole of it: a node keeps one policy of each kind in force,
//! a unit that is deleted is empty, names and addresses are unique. So every change also writes the
//! organization's record (`Organization::turn`): of two changes that meet, the second decides anew on
//! what the first left.
//!
//! Identity policies decide who may call; beyond that, all but `DescribeOrganization` is for
//! the management account alone. There are no invitations, no handshakes, no delegated
//! administrators and no consolidated billing.
//!
//! Source: the Organizations API reference, version 2016-11-28.

mod about;
mod account_access;
mod accounts;
mod attachments;
mod create_account;
mod ids;
mod list;
mod organization;
mod parents;
mod policies;
mod policy;
mod policy_types;
mod quota;
mod refusal;
mod shown;
mod tags;
mod units;

pub use accounts::{
    CloseAccount, DescribeAccount, ListAccounts, ListAccountsForParent, MoveAccount,
    RemoveAccountFromOrganization,
};
pub use attachments::{AttachPolicy, DetachPolicy, ListPoliciesForTarget, ListTargetsForPolicy};
pub use create_account::{CreateAccount, DescribeCreateAccountStatus, ListCreateAccountStatus};
pub use organization::{CreateOrganization, DeleteOrganization, DescribeOrganization};
pub use parents::{ListChildren, ListParents, ListRoots};
pub use policies::{CreatePolicy, DeletePolicy, DescribePolicy, ListPolicies, UpdatePolicy};
pub use policy_types::{DisablePolicyType, EnablePolicyType};
pub use tags::{ListTagsForResource, TagResource, UntagResource};
pub use units::{
    CreateOrganizationalUnit, DeleteOrganizationalUnit, DescribeOrganizationalUnit,
    ListOrganizationalUnitsForParent, UpdateOrganizationalUnit,
};

use self::refusal::Refusal;
use super::management::{Answer, Call};
use crate::fault::Fault;
use crate::organization::Organization;

/// What an operation answers.
type Done<T> = Result<Answer<T>, Fault>;

impl<I> Call<'_, I> {
    /// The organization that the caller's account is in.
    ///
    /// # Errors
    /// [`Refusal::NotInUse`].
    fn organization(&self) -> Result<Organization<'_>, Fault> {
        Organization::of(self.tools.identities)
            .filter(|organization| organization.account(self.account).is_some())
            .ok_or_else(|| Refusal::NotInUse.into())
    }

    /// The organization, if the caller's account manages it.
    ///
    /// # Errors
    /// [`Refusal::NotInUse`], and [`Refusal::NotPermitted`] for any other account in it.
    fn managed(&self) -> Result<Organization<'_>, Fault> {
        let organization = self.organization()?;
        if organization.record().management_account == self.account {
            Ok(organization)
        } else {
            Err(Refusal::NotPermitted.into())
        }
    }
}
