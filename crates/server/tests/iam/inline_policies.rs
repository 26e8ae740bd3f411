use super::{EVERYTHING, World, no_such};
use keystead_testkit::Credentials;

/// Each kind of holder: its name in operations, and IAM's words for it.
const HOLDERS: [(&str, &str); 3] = [("User", "user"), ("Group", "group"), ("Role", "role")];
const TRUST: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"a.amazonaws.com"},"Action":"sts:AssumeRole"}}"#;

#[tokio::test]
async fn put_get_list_and_delete() {
    let world = World::open().await;
    for (kind, word) in HOLDERS {
        let name = format!("{kind}Name");
        let holder = (name.as_str(), "X");
        world
            .ok(
                &format!("Create{kind}"),
                &[holder, ("AssumeRolePolicyDocument", TRUST)],
            )
            .await;
        let policy = [holder, ("PolicyName", "p")];
        let put = [holder, ("PolicyName", "p"), ("PolicyDocument", EVERYTHING)];
        world.ok(&format!("Put{kind}Policy"), &put).await;
        let found = world.ok(&format!("Get{kind}Policy"), &policy).await;
        let document = found.xml("PolicyDocument");
        assert!(
            document.starts_with("%7B%22Version%22%3A%222012-10-17%22"),
            "{document}"
        );
        let listed = world.ok(&format!("List{kind}Policies"), &[holder]).await;
        assert_eq!(listed.xml_all("member"), ["p"]);
        assert_eq!(listed.xml("IsTruncated"), "false");
        world.ok(&format!("Delete{kind}Policy"), &policy).await;
        let message = format!("The {word} policy with name p cannot be found.");
        for operation in ["Get", "Delete"] {
            world
                .refused(
                    &format!("{operation}{kind}Policy"),
                    &policy,
                    (404, "NoSuchEntity", &message),
                )
                .await;
        }
        let nobody = [
            (name.as_str(), "nobody"),
            ("PolicyName", "p"),
            ("PolicyDocument", EVERYTHING),
        ];
        world
            .refused(
                &format!("Put{kind}Policy"),
                &nobody,
                (404, "NoSuchEntity", &no_such(word, "nobody")),
            )
            .await;
    }
}

#[tokio::test]
async fn a_document_that_says_nothing_is_refused() {
    let world = World::open().await;
    let admin = Credentials::of(super::ADMIN);
    world.ok("CreateUser", &[("UserName", "ada")]).await;
    for document in [
        "not JSON",
        "{}",
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*"}}"#,
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}}"#,
    ] {
        let put = [
            ("UserName", "ada"),
            ("PolicyName", "p"),
            ("PolicyDocument", document),
        ];
        let code = world.code(&admin, "PutUserPolicy", &put).await;
        assert_eq!(code, "MalformedPolicyDocument", "{document}");
    }
}

#[tokio::test]
async fn the_policies_of_one_holder_have_room_together() {
    let world = World::open().await;
    world.ok("CreateUser", &[("UserName", "ada")]).await;
    let policy = |resource: &str| {
        format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"*","Resource":"arn:aws:kms:us-east-1:1:{resource}"}}}}"#
        )
    };
    let frame = policy("").len();
    let half = policy(&"x".repeat(1024 - frame));
    let spaced = half.replace(':', " :\n ").replace(
        "arn :\n aws :\n kms :\n us-east-1 :\n 1 :\n ",
        "arn:aws:kms:us-east-1:1:",
    );
    for (name, document) in [("a", &half), ("b", &spaced)] {
        world
            .ok(
                "PutUserPolicy",
                &[
                    ("UserName", "ada"),
                    ("PolicyName", name),
                    ("PolicyDocument", document),
                ],
            )
            .await;
    }
    let more = [
        ("UserName", "ada"),
        ("PolicyName", "c"),
        ("PolicyDocument", EVERYTHING),
    ];
    let quota = "Maximum policy size of 2048 bytes exceeded for user ada";
    world
        .refused("PutUserPolicy", &more, (409, "LimitExceeded", quota))
        .await;
}

#[tokio::test]
async fn a_policy_counts_at_once() {
    let world = World::open().await;
    world.ok("CreateUser", &[("UserName", "ada")]).await;
    world.ok("CreateGroup", &[("GroupName", "g")]).await;
    let ada = world.key_of("ada").await;
    assert_eq!(world.code(&ada, "ListUsers", &[]).await, "AccessDenied");
    let put = [
        ("GroupName", "g"),
        ("PolicyName", "p"),
        ("PolicyDocument", EVERYTHING),
    ];
    world.ok("PutGroupPolicy", &put).await;
    world
        .ok("AddUserToGroup", &[("GroupName", "G"), ("UserName", "ADA")])
        .await;
    world.ok_as(&ada, "ListUsers", &[]).await;
    world
        .ok(
            "RemoveUserFromGroup",
            &[("GroupName", "g"), ("UserName", "ada")],
        )
        .await;
    assert_eq!(world.code(&ada, "ListUsers", &[]).await, "AccessDenied");
}
