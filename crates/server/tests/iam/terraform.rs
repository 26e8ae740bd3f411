//! The calls that Terraform's resources make, in their order.

use super::{EVERYTHING, World, arn};
use keystead_testkit::Credentials;

const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;

#[tokio::test]
#[expect(
    clippy::too_many_lines,
    reason = "one resource's whole life, call by call"
)]
async fn a_role_with_a_policy() {
    let world = World::open().await;
    let role = ("RoleName", "tf");
    let created = [
        role,
        ("AssumeRolePolicyDocument", TRUST),
        ("MaxSessionDuration", "3600"),
        ("Path", "/"),
        ("Tags.member.1.Key", "owner"),
        ("Tags.member.1.Value", "tf"),
    ];
    world.ok("CreateRole", &created).await;
    for _ in 0..2 {
        let read = world.ok("GetRole", &[role]).await;
        assert_eq!(
            (read.xml("Key"), read.xml("Path")),
            ("owner".to_owned(), "/".to_owned())
        );
        assert!(read.xml_all("PermissionsBoundaryArn").is_empty());
        world.ok("ListRolePolicies", &[role]).await;
        world.ok("ListAttachedRolePolicies", &[role]).await;
    }
    let made = world
        .ok(
            "CreatePolicy",
            &[
                ("PolicyName", "tf"),
                ("Path", "/"),
                ("PolicyDocument", EVERYTHING),
            ],
        )
        .await;
    let policy_arn = made.xml("Arn");
    let policy = ("PolicyArn", policy_arn.as_str());
    let read = world.ok("GetPolicy", &[policy]).await;
    let version = read.xml("DefaultVersionId");
    world
        .ok("GetPolicyVersion", &[policy, ("VersionId", &version)])
        .await;
    world.ok("AttachRolePolicy", &[role, policy]).await;
    let attached = world.ok("ListAttachedRolePolicies", &[role]).await;
    assert_eq!(attached.xml_all("PolicyArn"), [policy_arn.as_str()]);

    world
        .ok("UpdateAssumeRolePolicy", &[role, ("PolicyDocument", TRUST)])
        .await;
    world
        .ok("UpdateRoleDescription", &[role, ("Description", "changed")])
        .await;
    world
        .ok("UpdateRole", &[role, ("MaxSessionDuration", "7200")])
        .await;
    world
        .ok("UntagRole", &[role, ("TagKeys.member.1", "owner")])
        .await;
    world
        .ok(
            "CreatePolicyVersion",
            &[
                policy,
                ("PolicyDocument", EVERYTHING),
                ("SetAsDefault", "true"),
            ],
        )
        .await;
    world
        .ok("DeletePolicyVersion", &[policy, ("VersionId", "v1")])
        .await;

    world.ok("DetachRolePolicy", &[role, policy]).await;
    world.ok("ListPolicyVersions", &[policy]).await;
    world.ok("DeletePolicy", &[policy]).await;
    let admin = Credentials::of(super::ADMIN);
    assert_eq!(
        world.code(&admin, "GetPolicy", &[policy]).await,
        "NoSuchEntity"
    );
    world.ok("ListInstanceProfilesForRole", &[role]).await;
    world.ok("DeleteRole", &[role]).await;
    assert_eq!(world.code(&admin, "GetRole", &[role]).await, "NoSuchEntity");
}

#[tokio::test]
async fn a_user_that_is_destroyed_by_force() {
    let world = World::open().await;
    let user = ("UserName", "tf");
    world.ok("CreateUser", &[user, ("Path", "/")]).await;
    assert_eq!(
        world.ok("GetUser", &[user]).await.xml("Arn"),
        arn("user/tf")
    );
    world
        .ok(
            "UpdateUser",
            &[user, ("NewUserName", "tf"), ("NewPath", "/ci/")],
        )
        .await;
    assert_eq!(
        world.ok("GetUser", &[user]).await.xml("Arn"),
        arn("user/ci/tf")
    );
    let key = world.key_of("tf").await;
    let groups = world.ok("ListGroupsForUser", &[user]).await;
    assert!(groups.xml_all("GroupName").is_empty());
    let keys = world.ok("ListAccessKeys", &[user]).await;
    assert_eq!(keys.xml_all("AccessKeyId"), [key.access_key_id.as_str()]);
    world
        .ok(
            "DeleteAccessKey",
            &[user, ("AccessKeyId", &key.access_key_id)],
        )
        .await;
    world.ok("DeleteUser", &[user]).await;
}
