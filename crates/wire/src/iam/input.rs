//! The inputs of operations, named as the operations are.

mod access_keys;
mod account;
mod groups;
mod inline_policies;
mod managed_policies;
mod oidc_providers;
mod permissions_boundaries;
mod policy_attachments;
mod policy_versions;
mod roles;
mod service_linked_roles;
mod simulation;
mod tags;
mod users;

pub use access_keys::{
    CreateAccessKey, DeleteAccessKey, GetAccessKeyLastUsed, ListAccessKeys, UpdateAccessKey,
};
pub use account::{
    CreateAccountAlias, DeleteAccountAlias, GetAccountAuthorizationDetails, GetAccountSummary,
    ListAccountAliases,
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
pub use permissions_boundaries::{
    DeleteRolePermissionsBoundary, DeleteUserPermissionsBoundary, PutRolePermissionsBoundary,
    PutUserPermissionsBoundary,
};
pub use policy_attachments::{
    AttachGroupPolicy, AttachRolePolicy, AttachUserPolicy, DetachGroupPolicy, DetachRolePolicy,
    DetachUserPolicy, ListAttachedGroupPolicies, ListAttachedRolePolicies,
    ListAttachedUserPolicies, ListEntitiesForPolicy,
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
    ContextEntry, GetContextKeysForCustomPolicy, GetContextKeysForPrincipalPolicy,
    InlinePolicyIdentifierType, OrderedOrganizationPolicyType, PolicyIdentifier,
    SimulateCustomPolicy, SimulatePrincipalPolicy,
};
pub use tags::Tag;
pub use users::{
    CreateUser, DeleteUser, GetUser, ListUserTags, ListUsers, TagUser, UntagUser, UpdateUser,
};
