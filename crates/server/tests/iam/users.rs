use super::{ADMIN, World, arn, no_such};
use keystead_testkit::{Credentials, NodeOptions};

#[tokio::test]
async fn the_life_of_a_user() {
    let world = World::open().await;
    let made = world
        .ok(
            "CreateUser",
            &[
                ("UserName", "Ada"),
                ("Path", "/ops/"),
                ("Tags.member.1.Key", "team"),
                ("Tags.member.1.Value", "engines"),
            ],
        )
        .await;
    assert_eq!(made.xml("Arn"), arn("user/ops/Ada"));
    assert_eq!(made.xml("CreateDate"), "2026-01-02T03:04:05Z");
    let id = made.xml("UserId");
    assert!(id.starts_with("AIDA") && id.len() == 21, "{id}");

    let found = world.ok("GetUser", &[("UserName", "aDA")]).await;
    assert_eq!(
        (found.xml("UserName"), found.xml("UserId")),
        ("Ada".to_owned(), id.clone())
    );
    assert_eq!(
        (found.xml("Key"), found.xml("Value")),
        ("team".to_owned(), "engines".to_owned())
    );

    let rename = [
        ("UserName", "ada"),
        ("NewUserName", "Lovelace"),
        ("NewPath", "/"),
    ];
    world.ok("UpdateUser", &rename).await;
    let found = world.ok("GetUser", &[("UserName", "lovelace")]).await;
    assert_eq!(
        (found.xml("Arn"), found.xml("UserId")),
        (arn("user/Lovelace"), id)
    );
    world
        .refused(
            "GetUser",
            &[("UserName", "Ada")],
            (404, "NoSuchEntity", &no_such("user", "Ada")),
        )
        .await;

    world.ok("DeleteUser", &[("UserName", "Lovelace")]).await;
    let absent = (404, "NoSuchEntity", no_such("user", "Lovelace"));
    world
        .refused(
            "DeleteUser",
            &[("UserName", "Lovelace")],
            (absent.0, absent.1, &absent.2),
        )
        .await;
}

#[tokio::test]
async fn names_are_unique_whatever_their_case() {
    let world = World::open().await;
    world.ok("CreateUser", &[("UserName", "ada")]).await;
    world.ok("CreateUser", &[("UserName", "bob")]).await;
    world
        .refused(
            "CreateUser",
            &[("UserName", "ADA")],
            (
                409,
                "EntityAlreadyExists",
                "User with name ADA already exists.",
            ),
        )
        .await;
    world
        .refused(
            "UpdateUser",
            &[("UserName", "bob"), ("NewUserName", "Ada")],
            (
                409,
                "EntityAlreadyExists",
                "User with name Ada already exists.",
            ),
        )
        .await;
    // Its own name in another case is free.
    world
        .ok("UpdateUser", &[("UserName", "ada"), ("NewUserName", "Ada")])
        .await;
    assert_eq!(
        world
            .ok("GetUser", &[("UserName", "ada")])
            .await
            .xml("UserName"),
        "Ada"
    );
}

#[tokio::test]
async fn a_renamed_user_keeps_its_keys_and_policies() {
    let world = World::with(NodeOptions::new().admin("ada")).await;
    let ada = Credentials::of("ada");
    world
        .ok(
            "UpdateUser",
            &[("UserName", "ada"), ("NewUserName", "lovelace")],
        )
        .await;
    let me = world.ok_as(&ada, "GetUser", &[]).await;
    assert_eq!(me.xml("Arn"), arn("user/lovelace"));
    let keys = world
        .ok("ListAccessKeys", &[("UserName", "lovelace")])
        .await;
    assert_eq!(keys.xml_all("AccessKeyId"), [ada.access_key_id]);
}

#[tokio::test]
async fn without_a_name_the_caller_is_meant() {
    let world = World::open().await;
    let me = world.ok("GetUser", &[]).await;
    assert_eq!(me.xml("UserName"), ADMIN);
}

#[tokio::test]
async fn tags_are_put_on_taken_off_and_listed() {
    let world = World::open().await;
    world.ok("CreateUser", &[("UserName", "ada")]).await;
    let tags = [
        ("UserName", "ada"),
        ("Tags.member.1.Key", "a"),
        ("Tags.member.1.Value", "1"),
        ("Tags.member.2.Key", "b"),
        ("Tags.member.2.Value", ""),
    ];
    world.ok("TagUser", &tags).await;
    let again = [
        ("UserName", "ada"),
        ("Tags.member.1.Key", "A"),
        ("Tags.member.1.Value", "2"),
    ];
    world.ok("TagUser", &again).await;
    let listed = world.ok("ListUserTags", &[("UserName", "ada")]).await;
    assert_eq!(listed.xml_all("Key"), ["A", "b"]);
    assert_eq!(listed.xml_all("Value"), ["2", ""]);
    world
        .ok(
            "UntagUser",
            &[("UserName", "ada"), ("TagKeys.member.1", "B")],
        )
        .await;
    assert_eq!(
        world
            .ok("ListUserTags", &[("UserName", "ada")])
            .await
            .xml_all("Key"),
        ["A"]
    );

    let twice = [
        ("UserName", "ada"),
        ("Tags.member.1.Key", "x"),
        ("Tags.member.1.Value", "1"),
        ("Tags.member.2.Key", "X"),
        ("Tags.member.2.Value", "1"),
    ];
    let duplicate = "Duplicate tag keys found. Please note that Tag keys are case insensitive.";
    world
        .refused("TagUser", &twice, (400, "InvalidInput", duplicate))
        .await;
}

#[tokio::test]
async fn what_is_still_in_use_is_not_destroyed() {
    let world = World::open().await;
    let ada = ("UserName", "ada");
    world.ok("CreateUser", &[ada]).await;
    world.ok("CreateGroup", &[("GroupName", "g")]).await;
    let policy = ("PolicyArn", "arn:aws:iam::aws:policy/ReadOnlyAccess");
    let inline = [
        ada,
        ("PolicyName", "p"),
        ("PolicyDocument", super::EVERYTHING),
    ];
    let membership = [ada, ("GroupName", "g")];

    world.ok("AttachUserPolicy", &[ada, policy]).await;
    world.ok("PutUserPolicy", &inline).await;
    let key = world.key_of("ada").await;
    world.ok("AddUserToGroup", &membership).await;
    let conflict = |what| (409, "DeleteConflict", what);
    let first = conflict("Cannot delete entity, must detach all policies first.");
    world.refused("DeleteUser", &[ada], first).await;
    world.ok("DetachUserPolicy", &[ada, policy]).await;
    let second = conflict("Cannot delete entity, must delete policies first.");
    world.refused("DeleteUser", &[ada], second).await;
    world.ok("DeleteUserPolicy", &inline[..2]).await;
    let third = conflict("Cannot delete entity, must delete access keys first.");
    world.refused("DeleteUser", &[ada], third).await;
    world
        .ok(
            "DeleteAccessKey",
            &[ada, ("AccessKeyId", &key.access_key_id)],
        )
        .await;
    let fourth = conflict("Cannot delete entity, must remove users from group first.");
    world.refused("DeleteUser", &[ada], fourth).await;
    world.ok("RemoveUserFromGroup", &membership).await;
    world.ok("DeleteUser", &[ada]).await;
}

#[tokio::test]
async fn inputs_that_break_the_model() {
    let world = World::open().await;
    let admin = Credentials::of(ADMIN);
    for parameters in [
        &[][..],
        &[("UserName", "")],
        &[("UserName", "a b")],
        &[("UserName", "ada"), ("Path", "ops")],
    ] {
        assert_eq!(
            world.code(&admin, "CreateUser", parameters).await,
            "ValidationError"
        );
    }
}
