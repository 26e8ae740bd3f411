//! The outputs of operations, named as the operations are. Those that are not here answer
//! [`NoOutput`](crate::query::NoOutput).

mod access_keys;
mod account;
mod authorization_details;
mod groups;
mod inline_policies;
mod managed_policies;
mod oidc_providers;
mod policy_attachments;
mod policy_versions;
mod roles;
mod service_linked_roles;
mod simulation;
mod tags;
mod users;

pub use access_keys::{
    AccessKey, AccessKeyLastUsed, AccessKeyMetadata, CreateAccessKey, GetAccessKeyLastUsed,
    ListAccessKeys,
};
pub use account::{GetAccountSummary, ListAccountAliases};
pub use authorization_details::{
    GetAccountAuthorizationDetails, GroupDetail, ManagedPolicyDetail, PolicyDetail, RoleDetail,
    UserDetail,
};
pub use groups::{CreateGroup, GetGroup, Group, ListGroups, ListGroupsForUser};
pub use inline_policies::{
    GetGroupPolicy, GetRolePolicy, GetUserPolicy, ListGroupPolicies, ListRolePolicies,
    ListUserPolicies,
};
pub use managed_policies::{CreatePolicy, GetPolicy, ListPolicies, ListPolicyTags, Policy};
pub use oidc_providers::{
    CreateOpenIDConnectProvider, GetOpenIDConnectProvider, ListOpenIDConnectProviderTags,
    ListOpenIDConnectProviders, OpenIDConnectProviderListEntry,
};
pub use policy_attachments::{
    AttachedPolicy, ListAttachedGroupPolicies, ListAttachedRolePolicies, ListAttachedUserPolicies,
    ListEntitiesForPolicy, PolicyGroup, PolicyRole, PolicyUser,
};
pub use policy_versions::{
    CreatePolicyVersion, GetPolicyVersion, ListPolicyVersions, PolicyVersion,
};
pub use roles::{
    AttachedPermissionsBoundary, CreateRole, GetRole, InstanceProfile, ListInstanceProfilesForRole,
    ListRoleTags, ListRoles, Role, RoleLastUsed, SourceRoleTemplate, UpdateRole,
    UpdateRoleDescription,
};
pub use service_linked_roles::{
    CreateServiceLinkedRole, DeleteServiceLinkedRole, DeletionTaskFailureReasonType,
    GetServiceLinkedRoleDeletionStatus, RoleUsageType,
};
pub use simulation::{
    EvaluationResult, GetContextKeysForPolicy, OrganizationsDecisionDetail,
    PermissionsBoundaryDecisionDetail, Position, ResourceSpecificResult, SimulatePolicy, Statement,
};
pub use tags::Tag;
pub use users::{CreateUser, GetUser, ListUserTags, ListUsers, User};
