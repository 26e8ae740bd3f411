//! The operations of IAM.

use keystead_testkit::Answer;
use keystead_testkit::node::ACCOUNT;

use crate::world::{IAM, World};

const POLICY: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"kms:List*","Resource":"*"}}"#;
const TRUST: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"sts:AssumeRole"}}"#;
const READ_ONLY: &str = "arn:aws:iam::aws:policy/ReadOnlyAccess";
const TAG: [(&str, &str); 2] = [
    ("Tags.member.1.Key", "team"),
    ("Tags.member.1.Value", "payments"),
];

/// Parameters of a call.
type Parameters<'a> = &'a [(&'a str, &'a str)];

async fn call(world: &World, action: &str, parameters: Parameters<'_>) -> Answer {
    world.query(IAM, action, parameters).await
}

async fn all(world: &World, calls: &[(&str, Parameters<'_>)]) {
    for (action, parameters) in calls {
        call(world, action, parameters).await;
    }
}

pub(crate) async fn users(world: &World) {
    let user = ("UserName", "bea");
    let policy = ("PolicyName", "inline");
    all(
        world,
        &[
            ("CreateUser", &[user, ("Path", "/p/"), TAG[0], TAG[1]]),
            ("GetUser", &[user]),
            ("ListUsers", &[("PathPrefix", "/p/"), ("MaxItems", "5")]),
            ("TagUser", &[user, TAG[0], TAG[1]]),
            ("ListUserTags", &[user]),
            ("UntagUser", &[user, ("TagKeys.member.1", "team")]),
            ("PutUserPolicy", &[user, policy, ("PolicyDocument", POLICY)]),
            ("GetUserPolicy", &[user, policy]),
            ("ListUserPolicies", &[user]),
            ("DeleteUserPolicy", &[user, policy]),
            ("AttachUserPolicy", &[user, ("PolicyArn", READ_ONLY)]),
            ("ListAttachedUserPolicies", &[user]),
            ("DetachUserPolicy", &[user, ("PolicyArn", READ_ONLY)]),
            (
                "PutUserPermissionsBoundary",
                &[user, ("PermissionsBoundary", READ_ONLY)],
            ),
            ("DeleteUserPermissionsBoundary", &[user]),
        ],
    )
    .await;
    let made = call(world, "CreateAccessKey", &[user]).await;
    let id = made.xml("AccessKeyId");
    let key = ("AccessKeyId", id.as_str());
    all(
        world,
        &[
            ("ListAccessKeys", &[user]),
            ("GetAccessKeyLastUsed", &[key]),
            ("UpdateAccessKey", &[user, key, ("Status", "Inactive")]),
            ("DeleteAccessKey", &[user, key]),
            ("UpdateUser", &[user, ("NewUserName", "bee")]),
            ("DeleteUser", &[("UserName", "bee")]),
        ],
    )
    .await;
}

pub(crate) async fn groups(world: &World) {
    let (group, member) = (("GroupName", "ops"), ("UserName", "ada"));
    let policy = ("PolicyName", "inline");
    all(
        world,
        &[
            ("CreateGroup", &[group, ("Path", "/g/")]),
            ("AddUserToGroup", &[group, member]),
            ("GetGroup", &[group]),
            ("ListGroups", &[]),
            ("ListGroupsForUser", &[member]),
            ("RemoveUserFromGroup", &[group, member]),
            (
                "PutGroupPolicy",
                &[group, policy, ("PolicyDocument", POLICY)],
            ),
            ("GetGroupPolicy", &[group, policy]),
            ("ListGroupPolicies", &[group]),
            ("DeleteGroupPolicy", &[group, policy]),
            ("AttachGroupPolicy", &[group, ("PolicyArn", READ_ONLY)]),
            ("ListAttachedGroupPolicies", &[group]),
            ("DetachGroupPolicy", &[group, ("PolicyArn", READ_ONLY)]),
            ("UpdateGroup", &[group, ("NewGroupName", "engines")]),
            ("DeleteGroup", &[("GroupName", "engines")]),
        ],
    )
    .await;
}

pub(crate) async fn roles(world: &World) {
    let role = ("RoleName", "deployer");
    let policy = ("PolicyName", "inline");
    let trust = ("AssumeRolePolicyDocument", TRUST);
    all(
        world,
        &[
            (
                "CreateRole",
                &[
                    role,
                    trust,
                    ("Description", "deploys"),
                    ("MaxSessionDuration", "7200"),
                    TAG[0],
                    TAG[1],
                ],
            ),
            ("GetRole", &[role]),
            ("ListRoles", &[]),
            ("ListInstanceProfilesForRole", &[role]),
            ("TagRole", &[role, TAG[0], TAG[1]]),
            ("ListRoleTags", &[role]),
            ("UntagRole", &[role, ("TagKeys.member.1", "team")]),
            (
                "UpdateRole",
                &[role, ("Description", "new"), ("MaxSessionDuration", "3600")],
            ),
            ("UpdateRoleDescription", &[role, ("Description", "newer")]),
            ("UpdateAssumeRolePolicy", &[role, ("PolicyDocument", TRUST)]),
            ("PutRolePolicy", &[role, policy, ("PolicyDocument", POLICY)]),
            ("GetRolePolicy", &[role, policy]),
            ("ListRolePolicies", &[role]),
            ("DeleteRolePolicy", &[role, policy]),
            ("AttachRolePolicy", &[role, ("PolicyArn", READ_ONLY)]),
            ("ListAttachedRolePolicies", &[role]),
            ("DetachRolePolicy", &[role, ("PolicyArn", READ_ONLY)]),
            (
                "PutRolePermissionsBoundary",
                &[role, ("PermissionsBoundary", READ_ONLY)],
            ),
            ("DeleteRolePermissionsBoundary", &[role]),
            ("DeleteRole", &[role]),
            (
                "CreateServiceLinkedRole",
                &[("AWSServiceName", "rds.amazonaws.com")],
            ),
        ],
    )
    .await;
    let linked = [("RoleName", "AWSServiceRoleForRDS")];
    let deleted = call(world, "DeleteServiceLinkedRole", &linked).await;
    let task = deleted.xml("DeletionTaskId");
    let task = [("DeletionTaskId", task.as_str())];
    call(world, "GetServiceLinkedRoleDeletionStatus", &task).await;
}

pub(crate) async fn policies(world: &World) {
    let arn = format!("arn:aws:iam::{ACCOUNT}:policy/lists");
    let policy = ("PolicyArn", arn.as_str());
    let document = ("PolicyDocument", POLICY);
    let (first, second) = (("VersionId", "v1"), ("VersionId", "v2"));
    let user = format!("arn:aws:iam::{ACCOUNT}:user/ada");
    let source = ("PolicySourceArn", user.as_str());
    let action = ("ActionNames.member.1", "kms:ListKeys");
    all(
        world,
        &[
            (
                "CreatePolicy",
                &[
                    ("PolicyName", "lists"),
                    document,
                    ("Description", "lists keys"),
                    TAG[0],
                    TAG[1],
                ],
            ),
            ("GetPolicy", &[policy]),
            (
                "ListPolicies",
                &[("Scope", "Local"), ("OnlyAttached", "false")],
            ),
            ("TagPolicy", &[policy, TAG[0], TAG[1]]),
            ("ListPolicyTags", &[policy]),
            ("UntagPolicy", &[policy, ("TagKeys.member.1", "team")]),
            (
                "CreatePolicyVersion",
                &[policy, document, ("SetAsDefault", "false")],
            ),
            ("GetPolicyVersion", &[policy, second]),
            ("ListPolicyVersions", &[policy]),
            ("SetDefaultPolicyVersion", &[policy, second]),
            ("DeletePolicyVersion", &[policy, first]),
            ("ListEntitiesForPolicy", &[policy]),
            ("DeletePolicy", &[policy]),
            (
                "GetContextKeysForCustomPolicy",
                &[("PolicyInputList.member.1", POLICY)],
            ),
            ("GetContextKeysForPrincipalPolicy", &[source]),
            (
                "SimulateCustomPolicy",
                &[("PolicyInputList.member.1", POLICY), action],
            ),
            ("SimulatePrincipalPolicy", &[source, action]),
        ],
    )
    .await;
}

pub(crate) async fn providers(world: &World) {
    let arn = format!("arn:aws:iam::{ACCOUNT}:oidc-provider/id.example.com/b");
    let provider = ("OpenIDConnectProviderArn", arn.as_str());
    let url = ("Url", "https://id.example.com/b");
    let thumbprint = (
        "ThumbprintList.member.1",
        "0123456789abcdef0123456789abcdef01234567",
    );
    all(
        world,
        &[
            (
                "CreateOpenIDConnectProvider",
                &[url, ("ClientIDList.member.1", "web"), thumbprint],
            ),
            (
                "AddClientIDToOpenIDConnectProvider",
                &[provider, ("ClientID", "app")],
            ),
            (
                "RemoveClientIDFromOpenIDConnectProvider",
                &[provider, ("ClientID", "app")],
            ),
            (
                "UpdateOpenIDConnectProviderThumbprint",
                &[provider, thumbprint],
            ),
            ("GetOpenIDConnectProvider", &[provider]),
            ("ListOpenIDConnectProviders", &[]),
            ("TagOpenIDConnectProvider", &[provider, TAG[0], TAG[1]]),
            ("ListOpenIDConnectProviderTags", &[provider]),
            (
                "UntagOpenIDConnectProvider",
                &[provider, ("TagKeys.member.1", "team")],
            ),
            ("DeleteOpenIDConnectProvider", &[provider]),
        ],
    )
    .await;
}

pub(crate) async fn account(world: &World) {
    let alias = ("AccountAlias", "engines");
    all(
        world,
        &[
            ("CreateAccountAlias", &[alias]),
            ("ListAccountAliases", &[]),
            ("DeleteAccountAlias", &[alias]),
            ("GetAccountSummary", &[]),
            (
                "GetAccountAuthorizationDetails",
                &[("Filter.member.1", "User")],
            ),
        ],
    )
    .await;
}
