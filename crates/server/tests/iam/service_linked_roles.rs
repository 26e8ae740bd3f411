use super::{EVERYTHING, World, arn};
use keystead_testkit::Credentials;

#[tokio::test]
async fn a_services_role_is_changed_by_nobody() {
    let world = World::open().await;
    let service = ("AWSServiceName", "rds.amazonaws.com");
    let made = world.ok("CreateServiceLinkedRole", &[service]).await;
    let name = "AWSServiceRoleForRDS";
    assert_eq!(
        made.xml("Arn"),
        arn(&format!("role/aws-service-role/rds.amazonaws.com/{name}"))
    );
    let taken = format!(
        "Service role name {name} has been taken in this account, please try a different suffix."
    );
    world
        .refused(
            "CreateServiceLinkedRole",
            &[service],
            (400, "InvalidInput", &taken),
        )
        .await;
    let message = format!(
        "Cannot perform the operation on the protected role '{name}' - this role is only modifiable by AWS"
    );
    let protected = (400, "UnmodifiableEntity", message.as_str());
    let role = ("RoleName", name);
    let policy = ("PolicyArn", "arn:aws:iam::aws:policy/ReadOnlyAccess");
    for (operation, parameters) in [
        ("DeleteRole", &[role][..]),
        ("AttachRolePolicy", &[role, policy]),
        (
            "PutRolePolicy",
            &[role, ("PolicyName", "p"), ("PolicyDocument", EVERYTHING)],
        ),
        ("UpdateRole", &[role, ("Description", "x")]),
        (
            "UpdateAssumeRolePolicy",
            &[role, ("PolicyDocument", EVERYTHING)],
        ),
        (
            "PutRolePermissionsBoundary",
            &[role, ("PermissionsBoundary", policy.1)],
        ),
        (
            "TagRole",
            &[
                role,
                ("Tags.member.1.Key", "a"),
                ("Tags.member.1.Value", "b"),
            ],
        ),
    ] {
        world.refused(operation, parameters, protected).await;
    }
    let deleted = world.ok("DeleteServiceLinkedRole", &[role]).await;
    let task = deleted.xml("DeletionTaskId");
    let status = world
        .ok(
            "GetServiceLinkedRoleDeletionStatus",
            &[("DeletionTaskId", &task)],
        )
        .await;
    assert_eq!(status.xml("Status"), "SUCCEEDED");
    assert_eq!(
        world
            .code(&Credentials::of(super::ADMIN), "GetRole", &[role])
            .await,
        "NoSuchEntity"
    );
}
