use super::{EVERYTHING, World, arn};
use keystead_testkit::Credentials;

const READ_ONLY: &str = "arn:aws:iam::aws:policy/ReadOnlyAccess";

async fn policy(world: &World, name: &str) -> String {
    let made = world
        .ok(
            "CreatePolicy",
            &[("PolicyName", name), ("PolicyDocument", EVERYTHING)],
        )
        .await;
    made.xml("Arn")
}

#[tokio::test]
async fn the_life_of_a_policy() {
    let world = World::open().await;
    let made = world
        .ok(
            "CreatePolicy",
            &[
                ("PolicyName", "All"),
                ("Path", "/p/"),
                ("PolicyDocument", EVERYTHING),
                ("Description", "everything"),
            ],
        )
        .await;
    let policy_arn = arn("policy/p/All");
    assert_eq!(
        (made.xml("Arn"), made.xml("DefaultVersionId")),
        (policy_arn.clone(), "v1".to_owned())
    );
    assert!(made.xml("PolicyId").starts_with("ANPA"));
    let policy = ("PolicyArn", policy_arn.as_str());
    let found = world.ok("GetPolicy", &[policy]).await;
    assert_eq!(
        (found.xml("Description"), found.xml("AttachmentCount")),
        ("everything".to_owned(), "0".to_owned())
    );
    let taken = "A policy called all already exists. Duplicate names are not allowed.";
    let again = [("PolicyName", "all"), ("PolicyDocument", EVERYTHING)];
    world
        .refused("CreatePolicy", &again, (409, "EntityAlreadyExists", taken))
        .await;
    world.ok("DeletePolicy", &[policy]).await;
    let gone = format!("Policy {policy_arn} was not found.");
    world
        .refused("GetPolicy", &[policy], (404, "NoSuchEntity", &gone))
        .await;
}

#[tokio::test]
async fn five_versions_and_one_in_force() {
    let world = World::open().await;
    let policy_arn = policy(&world, "p").await;
    let policy = ("PolicyArn", policy_arn.as_str());
    let document = ("PolicyDocument", EVERYTHING);
    for _ in 0..4 {
        world.ok("CreatePolicyVersion", &[policy, document]).await;
    }
    let full = "A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.";
    world
        .refused(
            "CreatePolicyVersion",
            &[policy, document],
            (409, "LimitExceeded", full),
        )
        .await;
    world
        .ok("SetDefaultPolicyVersion", &[policy, ("VersionId", "v3")])
        .await;
    let default = (
        409,
        "DeleteConflict",
        "Cannot delete the default version of a policy.",
    );
    world
        .refused(
            "DeletePolicyVersion",
            &[policy, ("VersionId", "v3")],
            default,
        )
        .await;
    world
        .ok("DeletePolicyVersion", &[policy, ("VersionId", "v1")])
        .await;
    let made = world
        .ok(
            "CreatePolicyVersion",
            &[policy, document, ("SetAsDefault", "true")],
        )
        .await;
    assert_eq!(
        (made.xml("VersionId"), made.xml("IsDefaultVersion")),
        ("v6".to_owned(), "true".to_owned())
    );
    let listed = world.ok("ListPolicyVersions", &[policy]).await;
    assert_eq!(listed.xml_all("VersionId"), ["v6", "v5", "v4", "v3", "v2"]);
    assert!(listed.xml_all("Document").is_empty());
    let version = world
        .ok("GetPolicyVersion", &[policy, ("VersionId", "v6")])
        .await;
    assert!(version.xml("Document").starts_with("%7B"));
    let absent = format!("Policy {policy_arn} version v1 does not exist or is not attachable.");
    world
        .refused(
            "GetPolicyVersion",
            &[policy, ("VersionId", "v1")],
            (404, "NoSuchEntity", &absent),
        )
        .await;
    let several = "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.";
    world
        .refused("DeletePolicy", &[policy], (409, "DeleteConflict", several))
        .await;
}

#[tokio::test]
async fn an_attached_policy_counts_and_stays() {
    let world = World::open().await;
    let policy_arn = policy(&world, "p").await;
    let policy = ("PolicyArn", policy_arn.as_str());
    let ada = ("UserName", "ada");
    world
        .ok("CreateUser", &[ada, ("PermissionsBoundary", READ_ONLY)])
        .await;
    let key = world.key_of("ada").await;
    assert_eq!(world.code(&key, "ListUsers", &[]).await, "AccessDenied");
    world.ok("AttachUserPolicy", &[ada, policy]).await;
    world.ok("AttachUserPolicy", &[ada, policy]).await;
    world.ok_as(&key, "ListUsers", &[]).await;
    // The boundary holds.
    assert_eq!(
        world.code(&key, "CreateUser", &[("UserName", "eve")]).await,
        "AccessDenied"
    );
    world.ok("DeleteUserPermissionsBoundary", &[ada]).await;
    world
        .ok_as(&key, "CreateUser", &[("UserName", "eve")])
        .await;

    world
        .ok(
            "PutUserPermissionsBoundary",
            &[("UserName", "eve"), ("PermissionsBoundary", &policy_arn)],
        )
        .await;
    let found = world.ok("GetPolicy", &[policy]).await;
    let counts = (
        found.xml("AttachmentCount"),
        found.xml("PermissionsBoundaryUsageCount"),
    );
    assert_eq!(counts, ("1".to_owned(), "1".to_owned()));
    let entities = world.ok("ListEntitiesForPolicy", &[policy]).await;
    assert_eq!(entities.xml_all("UserName"), ["ada", "eve"]);
    let filter = ("PolicyUsageFilter", "PermissionsBoundary");
    let bounded = world.ok("ListEntitiesForPolicy", &[policy, filter]).await;
    assert_eq!(bounded.xml_all("UserName"), ["eve"]);
    let attached = world.ok("ListAttachedUserPolicies", &[ada]).await;
    assert_eq!(
        (attached.xml("PolicyName"), attached.xml("PolicyArn")),
        ("p".to_owned(), policy_arn.clone())
    );

    let conflict = (
        409,
        "DeleteConflict",
        "Cannot delete a policy attached to entities.",
    );
    world.refused("DeletePolicy", &[policy], conflict).await;
    world.ok("DetachUserPolicy", &[ada, policy]).await;
    let absent = format!("Policy {policy_arn} was not found.");
    world
        .refused(
            "DetachUserPolicy",
            &[ada, policy],
            (404, "NoSuchEntity", &absent),
        )
        .await;
    world.refused("DeletePolicy", &[policy], conflict).await;
    world.ok("DeleteUser", &[("UserName", "eve")]).await;
    world.ok("DeletePolicy", &[policy]).await;
}

#[tokio::test]
async fn what_can_not_be_attached() {
    let world = World::open().await;
    let ada = ("UserName", "ada");
    world.ok("CreateUser", &[ada]).await;
    for (policy, status, code, message) in [
        (
            arn("policy/none"),
            404,
            "NoSuchEntity",
            "Policy {} does not exist or is not attachable.",
        ),
        (
            "arn:aws:iam::aws:policy/Nothing".into(),
            404,
            "NoSuchEntity",
            "Policy {} does not exist or is not attachable.",
        ),
        (
            "arn:aws:iam::444455556666:policy/p".into(),
            404,
            "NoSuchEntity",
            "Policy {} does not exist or is not attachable.",
        ),
        (
            arn("role/x-long-enough"),
            400,
            "InvalidInput",
            "ARN {} is not valid.",
        ),
    ] {
        let message = message.replace("{}", &policy);
        let parameters = [ada, ("PolicyArn", policy.as_str())];
        world
            .refused("AttachUserPolicy", &parameters, (status, code, &message))
            .await;
    }
    let boundary = arn("policy/none");
    let message = format!("Scope ARN: {boundary} does not exist or is not attachable.");
    let parameters = [
        ("UserName", "bob"),
        ("PermissionsBoundary", boundary.as_str()),
    ];
    world
        .refused("CreateUser", &parameters, (404, "NoSuchEntity", &message))
        .await;

    for number in 0..11 {
        let policy_arn = policy(&world, &format!("p{number}")).await;
        let parameters = [ada, ("PolicyArn", policy_arn.as_str())];
        if number < 10 {
            world.ok("AttachUserPolicy", &parameters).await;
        } else {
            let quota = (
                409,
                "LimitExceeded",
                "Cannot exceed quota for PoliciesPerUser: 10",
            );
            world.refused("AttachUserPolicy", &parameters, quota).await;
        }
    }
}

#[tokio::test]
async fn aws_policies_are_there_and_nobodys_to_change() {
    let world = World::open().await;
    let policy_arn = policy(&world, "own").await;
    let listed = |scope| {
        let world = &world;
        async move {
            world
                .ok("ListPolicies", &[("Scope", scope)])
                .await
                .xml_all("Arn")
        }
    };
    assert_eq!(listed("Local").await, [policy_arn.as_str()]);
    let of_aws = listed("AWS").await;
    assert!(of_aws.contains(&READ_ONLY.to_owned()) && !of_aws.contains(&policy_arn));
    assert_eq!(listed("All").await.len(), of_aws.len() + 1);

    let read_only = ("PolicyArn", READ_ONLY);
    let version = world
        .ok("GetPolicyVersion", &[read_only, ("VersionId", "v1")])
        .await;
    assert!(version.xml("Document").contains("kms%3AList%2A"));
    world.ok("CreateUser", &[("UserName", "ada")]).await;
    world
        .ok("AttachUserPolicy", &[("UserName", "ada"), read_only])
        .await;
    assert_eq!(
        world
            .ok("GetPolicy", &[read_only])
            .await
            .xml("AttachmentCount"),
        "1"
    );
    let in_use = world.ok("ListPolicies", &[("OnlyAttached", "true")]).await;
    assert_eq!(in_use.xml_all("Arn"), [READ_ONLY]);
    let outside = (403, "AccessDenied", "Policy is outside your own account.");
    world.refused("DeletePolicy", &[read_only], outside).await;
    let new = [read_only, ("PolicyDocument", EVERYTHING)];
    world.refused("CreatePolicyVersion", &new, outside).await;
}

#[tokio::test]
async fn documents_have_a_size_and_a_meaning() {
    let world = World::open().await;
    let admin = Credentials::of(super::ADMIN);
    let long = EVERYTHING.replace(
        r#""Resource":"*""#,
        &format!(
            r#""Resource":"arn:aws:kms:us-east-1:1:{}""#,
            "x".repeat(6144)
        ),
    );
    let quota = (
        409,
        "LimitExceeded",
        "Cannot exceed quota for PolicySize: 6144",
    );
    world
        .refused(
            "CreatePolicy",
            &[("PolicyName", "p"), ("PolicyDocument", &long)],
            quota,
        )
        .await;
    let code = world
        .code(
            &admin,
            "CreatePolicy",
            &[("PolicyName", "p"), ("PolicyDocument", "{}")],
        )
        .await;
    assert_eq!(code, "MalformedPolicyDocument");
}
