//! The outputs of operations, named as the operations are. Those that are not here answer
//! [`NoOutput`](crate::json::NoOutput).

mod accounts;
mod organization;
mod policies;
mod policy_attachments;
mod tags;
mod units;

pub use accounts::{
    Account, CreateAccount, CreateAccountStatus, DescribeAccount, DescribeCreateAccountStatus,
    ListAccounts, ListAccountsForParent, ListCreateAccountStatus,
};
pub use organization::{CreateOrganization, DescribeOrganization, Organization};
pub use policies::{
    CreatePolicy, DescribePolicy, DisablePolicyType, EnablePolicyType, ListPolicies, Policy,
    PolicySummary, PolicyTypeSummary, UpdatePolicy,
};
pub use policy_attachments::{ListPoliciesForTarget, ListTargetsForPolicy, PolicyTargetSummary};
pub use tags::{ListTagsForResource, Tag};
pub use units::{
    Child, CreateOrganizationalUnit, DescribeOrganizationalUnit, ListChildren,
    ListOrganizationalUnitsForParent, ListParents, ListRoots, OrganizationalUnit, Parent, Root,
    UpdateOrganizationalUnit,
};
