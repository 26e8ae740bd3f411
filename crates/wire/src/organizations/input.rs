//! The inputs of operations, named as the operations are.

mod accounts;
mod organization;
mod policies;
mod policy_attachments;
mod tags;
mod units;

pub use accounts::{
    CloseAccount, CreateAccount, DescribeAccount, DescribeCreateAccountStatus, ListAccounts,
    ListAccountsForParent, ListCreateAccountStatus, MoveAccount, RemoveAccountFromOrganization,
};
pub use organization::{CreateOrganization, DeleteOrganization, DescribeOrganization};
pub use policies::{
    CreatePolicy, DeletePolicy, DescribePolicy, DisablePolicyType, EnablePolicyType, ListPolicies,
    UpdatePolicy,
};
pub use policy_attachments::{
    AttachPolicy, DetachPolicy, ListPoliciesForTarget, ListTargetsForPolicy,
};
pub use tags::{ListTagsForResource, Tag, TagResource, UntagResource};
pub use units::{
    CreateOrganizationalUnit, DeleteOrganizationalUnit, DescribeOrganizationalUnit, ListChildren,
    ListOrganizationalUnitsForParent, ListParents, ListRoots, UpdateOrganizationalUnit,
};
