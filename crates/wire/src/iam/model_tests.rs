//! The declarations against the extract of the published model in `tests/model`.

use std::collections::BTreeSet;

use super::{enums, input, output, shapes};
use crate::model::conformance::{Model, members_of};
use crate::model::{Member, OutputMember, OutputStructure as _, Structure as _};

fn model() -> Model {
    Model::new(include_str!("../../tests/model/iam-2010-05-08.json"))
}

#[test]
fn shapes_have_the_models_rules() {
    model().check_rules(&[shapes::TABLE, enums::TABLE]);
}

#[test]
fn inputs_have_the_models_members() {
    model().check_inputs(INPUTS);
    for (structure, members) in INSIDE_INPUTS {
        model().check_members(structure, members);
    }
}

#[test]
fn outputs_have_the_models_members() {
    let model = model();
    let answering: BTreeSet<&str> = OUTPUTS
        .iter()
        .chain(SHARED_OUTPUTS)
        .map(|(name, _)| *name)
        .collect();
    assert_eq!(answering, model.answering());
    for (name, members) in OUTPUTS.iter().chain(SHARED_OUTPUTS).chain(INSIDE_OUTPUTS) {
        model.check_output(name, members);
    }
}

const INPUTS: &[(&str, &[Member])] = members_of!(input:
    AddClientIDToOpenIDConnectProvider,
    AddUserToGroup,
    AttachGroupPolicy,
    AttachRolePolicy,
    AttachUserPolicy,
    CreateAccessKey,
    CreateAccountAlias,
    CreateGroup,
    CreateOpenIDConnectProvider,
    CreatePolicy,
    CreatePolicyVersion,
    CreateRole,
    CreateServiceLinkedRole,
    CreateUser,
    DeleteAccessKey,
    DeleteAccountAlias,
    DeleteGroup,
    DeleteGroupPolicy,
    DeleteOpenIDConnectProvider,
    DeletePolicy,
    DeletePolicyVersion,
    DeleteRole,
    DeleteRolePermissionsBoundary,
    DeleteRolePolicy,
    DeleteServiceLinkedRole,
    DeleteUser,
    DeleteUserPermissionsBoundary,
    DeleteUserPolicy,
    DetachGroupPolicy,
    DetachRolePolicy,
    DetachUserPolicy,
    GetAccessKeyLastUsed,
    GetAccountAuthorizationDetails,
    GetAccountSummary,
    GetContextKeysForCustomPolicy,
    GetContextKeysForPrincipalPolicy,
    GetGroup,
    GetGroupPolicy,
    GetOpenIDConnectProvider,
    GetPolicy,
    GetPolicyVersion,
    GetRole,
    GetRolePolicy,
    GetServiceLinkedRoleDeletionStatus,
    GetUser,
    GetUserPolicy,
    ListAccessKeys,
    ListAccountAliases,
    ListAttachedGroupPolicies,
    ListAttachedRolePolicies,
    ListAttachedUserPolicies,
    ListEntitiesForPolicy,
    ListGroupPolicies,
    ListGroups,
    ListGroupsForUser,
    ListInstanceProfilesForRole,
    ListOpenIDConnectProviderTags,
    ListOpenIDConnectProviders,
    ListPolicies,
    ListPolicyTags,
    ListPolicyVersions,
    ListRolePolicies,
    ListRoleTags,
    ListRoles,
    ListUserPolicies,
    ListUserTags,
    ListUsers,
    PutGroupPolicy,
    PutRolePermissionsBoundary,
    PutRolePolicy,
    PutUserPermissionsBoundary,
    PutUserPolicy,
    RemoveClientIDFromOpenIDConnectProvider,
    RemoveUserFromGroup,
    SetDefaultPolicyVersion,
    SimulateCustomPolicy,
    SimulatePrincipalPolicy,
    TagOpenIDConnectProvider,
    TagPolicy,
    TagRole,
    TagUser,
    UntagOpenIDConnectProvider,
    UntagPolicy,
    UntagRole,
    UntagUser,
    UpdateAccessKey,
    UpdateAssumeRolePolicy,
    UpdateGroup,
    UpdateOpenIDConnectProviderThumbprint,
    UpdateRole,
    UpdateRoleDescription,
    UpdateUser,
);

const INSIDE_INPUTS: &[(&str, &[Member])] = members_of!(input:
    ContextEntry,
    InlinePolicyIdentifierType,
    OrderedOrganizationPolicyType,
    PolicyIdentifier,
    Tag,
);

const OUTPUTS: &[(&str, &[OutputMember])] = members_of!(output:
    CreateAccessKey,
    CreateGroup,
    CreateOpenIDConnectProvider,
    CreatePolicy,
    CreatePolicyVersion,
    CreateRole,
    CreateServiceLinkedRole,
    CreateUser,
    DeleteServiceLinkedRole,
    GetAccessKeyLastUsed,
    GetAccountAuthorizationDetails,
    GetAccountSummary,
    GetGroup,
    GetGroupPolicy,
    GetOpenIDConnectProvider,
    GetPolicy,
    GetPolicyVersion,
    GetRole,
    GetRolePolicy,
    GetServiceLinkedRoleDeletionStatus,
    GetUser,
    GetUserPolicy,
    ListAccessKeys,
    ListAccountAliases,
    ListAttachedGroupPolicies,
    ListAttachedRolePolicies,
    ListAttachedUserPolicies,
    ListEntitiesForPolicy,
    ListGroupPolicies,
    ListGroups,
    ListGroupsForUser,
    ListInstanceProfilesForRole,
    ListOpenIDConnectProviderTags,
    ListOpenIDConnectProviders,
    ListPolicies,
    ListPolicyTags,
    ListPolicyVersions,
    ListRolePolicies,
    ListRoleTags,
    ListRoles,
    ListUserPolicies,
    ListUserTags,
    ListUsers,
    UpdateRole,
    UpdateRoleDescription,
);

const INSIDE_OUTPUTS: &[(&str, &[OutputMember])] = members_of!(output:
    AccessKey,
    AccessKeyLastUsed,
    AccessKeyMetadata,
    AttachedPermissionsBoundary,
    AttachedPolicy,
    DeletionTaskFailureReasonType,
    EvaluationResult,
    Group,
    GroupDetail,
    InstanceProfile,
    ManagedPolicyDetail,
    OpenIDConnectProviderListEntry,
    OrganizationsDecisionDetail,
    PermissionsBoundaryDecisionDetail,
    Policy,
    PolicyDetail,
    PolicyGroup,
    PolicyRole,
    PolicyUser,
    PolicyVersion,
    Position,
    ResourceSpecificResult,
    Role,
    RoleDetail,
    RoleLastUsed,
    RoleUsageType,
    SourceRoleTemplate,
    Statement,
    Tag,
    User,
    UserDetail,
);

const SHARED_OUTPUTS: &[(&str, &[OutputMember])] = &[
    (
        "GetContextKeysForCustomPolicy",
        output::GetContextKeysForPolicy::MEMBERS,
    ),
    (
        "GetContextKeysForPrincipalPolicy",
        output::GetContextKeysForPolicy::MEMBERS,
    ),
    ("SimulateCustomPolicy", output::SimulatePolicy::MEMBERS),
    ("SimulatePrincipalPolicy", output::SimulatePolicy::MEMBERS),
];
