//! The operations of IAM, one file for each noun.
//!
//! Each says in a table what its operations are about (`about`) and what does them. They find
//! records through `entity`, `holder` and `policy`, and answer with what `shown` makes of
//! them. AWS's words for refusals are in `error`, its limits in `quota`.

mod about;
pub(super) mod access_keys;
mod account;
mod attachments;
mod authorization_details;
mod boundaries;
mod entity;
mod error;
mod groups;
mod holder;
mod inline_policies;
mod managed_policies;
mod oidc_providers;
mod pages;
mod policy;
mod policy_versions;
mod quota;
mod roles;
mod service_linked_roles;
mod shown;
mod simulation;
mod tags;
mod trust;
mod users;

pub use access_keys::{
    CreateAccessKey, DeleteAccessKey, GetAccessKeyLastUsed, ListAccessKeys, UpdateAccessKey,
};
pub use account::{CreateAccountAlias, DeleteAccountAlias, GetAccountSummary, ListAccountAliases};
pub use attachments::{
    AttachGroupPolicy, AttachRolePolicy, AttachUserPolicy, DetachGroupPolicy, DetachRolePolicy,
    DetachUserPolicy, ListAttachedGroupPolicies, ListAttachedRolePolicies,
    ListAttachedUserPolicies, ListEntitiesForPolicy,
};
pub use authorization_details::GetAccountAuthorizationDetails;
pub use boundaries::{
    DeleteRolePermissionsBoundary, DeleteUserPermissionsBoundary, PutRolePermissionsBoundary,
    PutUserPermissionsBoundary,
};
pub use groups::{
    AddUserToGroup, CreateGroup, DeleteGroup, GetGroup, ListGroups, ListGroupsForUser,
    RemoveUserFromGroup, UpdateGroup,
};
pub use inline_policies::{
    DeleteGroupPolicy, DeleteRolePolicy, DeleteUserPolicy, GetGroupPolicy, GetRolePolicy,
    GetUserPolicy, ListGroupPolicies, ListRolePolicies, ListUserPolicies, PutGroupPolicy,
    PutRolePolicy, PutUserPolicy,
};
pub use managed_policies::{
    CreatePolicy, DeletePolicy, GetPolicy, ListPolicies, ListPolicyTags, TagPolicy, UntagPolicy,
};
pub use oidc_providers::{
    AddClientIDToOpenIDConnectProvider, CreateOpenIDConnectProvider, DeleteOpenIDConnectProvider,
    GetOpenIDConnectProvider, ListOpenIDConnectProviderTags, ListOpenIDConnectProviders,
    RemoveClientIDFromOpenIDConnectProvider, TagOpenIDConnectProvider, UntagOpenIDConnectProvider,
    UpdateOpenIDConnectProviderThumbprint,
};
pub use policy_versions::{
    CreatePolicyVersion, DeletePolicyVersion, GetPolicyVersion, ListPolicyVersions,
    SetDefaultPolicyVersion,
};
pub use roles::{
    CreateRole, DeleteRole, GetRole, ListInstanceProfilesForRole, ListRoleTags, ListRoles, TagRole,
    UntagRole, UpdateAssumeRolePolicy, UpdateRole, UpdateRoleDescription,
};
pub use service_linked_roles::{
    CreateServiceLinkedRole, DeleteServiceLinkedRole, GetServiceLinkedRoleDeletionStatus,
};
pub use simulation::{
    GetContextKeysForCustomPolicy, GetContextKeysForPrincipalPolicy, SimulateCustomPolicy,
    SimulatePrincipalPolicy,
};
pub use users::{
    CreateUser, DeleteUser, GetUser, ListUserTags, ListUsers, TagUser, UntagUser, UpdateUser,
};

use super::management::Answer;
use crate::fault::Fault;

/// What an operation comes to: an answer with its changes, or a refusal.
type Done<T> = Result<Answer<T>, Fault>;
