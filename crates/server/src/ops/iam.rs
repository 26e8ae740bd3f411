//! The operations of IAM, one file for each noun.
//!
//! Each says in a table what its operations are about ([`about`]) and what does them. They find
//! records through [`entity`], [`holder`] and [`policy`], and answer with what [`shown`] makes of
//! them. AWS's words for refusals are in [`error`], its limits in [`quota`].

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

pub use access_keys::{CreateAccessKey, ListAccessKeys, UpdateAccessKey, DeleteAccessKey, GetAccessKeyLastUsed};
pub use account::{CreateAccountAlias, DeleteAccountAlias, ListAccountAliases, GetAccountSummary};
pub use attachments::{AttachUserPolicy, DetachUserPolicy, ListAttachedUserPolicies, AttachGroupPolicy, DetachGroupPolicy, ListAttachedGroupPolicies, AttachRolePolicy, DetachRolePolicy, ListAttachedRolePolicies, ListEntitiesForPolicy};
pub use authorization_details::GetAccountAuthorizationDetails;
pub use boundaries::{PutUserPermissionsBoundary, DeleteUserPermissionsBoundary, PutRolePermissionsBoundary, DeleteRolePermissionsBoundary};
pub use groups::{CreateGroup, GetGroup, ListGroups, UpdateGroup, DeleteGroup, AddUserToGroup, RemoveUserFromGroup, ListGroupsForUser};
pub use inline_policies::{PutUserPolicy, GetUserPolicy, DeleteUserPolicy, ListUserPolicies, PutGroupPolicy, GetGroupPolicy, DeleteGroupPolicy, ListGroupPolicies, PutRolePolicy, GetRolePolicy, DeleteRolePolicy, ListRolePolicies};
pub use managed_policies::{CreatePolicy, GetPolicy, ListPolicies, DeletePolicy, TagPolicy, UntagPolicy, ListPolicyTags};
pub use oidc_providers::{CreateOpenIDConnectProvider, GetOpenIDConnectProvider, ListOpenIDConnectProviders, DeleteOpenIDConnectProvider, UpdateOpenIDConnectProviderThumbprint, AddClientIDToOpenIDConnectProvider, RemoveClientIDFromOpenIDConnectProvider, TagOpenIDConnectProvider, UntagOpenIDConnectProvider, ListOpenIDConnectProviderTags};
pub use policy_versions::{CreatePolicyVersion, GetPolicyVersion, ListPolicyVersions, DeletePolicyVersion, SetDefaultPolicyVersion};
pub use roles::{CreateRole, GetRole, ListRoles, UpdateRole, UpdateRoleDescription, UpdateAssumeRolePolicy, DeleteRole, TagRole, UntagRole, ListRoleTags, ListInstanceProfilesForRole};
pub use service_linked_roles::{CreateServiceLinkedRole, DeleteServiceLinkedRole, GetServiceLinkedRoleDeletionStatus};
pub use simulation::{GetContextKeysForCustomPolicy, GetContextKeysForPrincipalPolicy, SimulateCustomPolicy, SimulatePrincipalPolicy};
pub use users::{CreateUser, GetUser, ListUsers, UpdateUser, DeleteUser, TagUser, UntagUser, ListUserTags};

use super::management::Answer;
use crate::fault::Fault;

/// What an operation comes to: an answer with its changes, or a refusal.
type Done<T> = Result<Answer<T>, Fault>;
