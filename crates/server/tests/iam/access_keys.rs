use super::{World, no_such};
use keystead_testkit::{Credentials, NodeOptions};

#[tokio::test]
async fn a_key_works_until_it_is_switched_off() {
    let world = World::open().await;
    let ada = ("UserName", "ada");
    world.ok("CreateUser", &[ada]).await;
    let inline = [
        ada,
        ("PolicyName", "p"),
        ("PolicyDocument", super::EVERYTHING),
    ];
    world.ok("PutUserPolicy", &inline).await;
    let made = world.ok("CreateAccessKey", &[ada]).await;
    let key = Credentials::shown_by(&made);
    assert!(key.access_key_id.starts_with("AKIA") && key.access_key_id.len() == 20);
    assert_eq!(
        (key.secret.len(), made.xml("Status")),
        (40, "Active".to_owned())
    );
    world.ok_as(&key, "GetUser", &[]).await;

    let id = ("AccessKeyId", key.access_key_id.as_str());
    for (status, works) in [("Inactive", false), ("Active", true)] {
        world
            .ok("UpdateAccessKey", &[ada, id, ("Status", status)])
            .await;
        let answer = world.call(&key, "GetUser", &[]).await;
        assert_eq!(answer.status == 200, works, "{}", answer.text());
        if !works {
            assert_eq!(answer.xml("Code"), "InvalidClientTokenId");
        }
    }
    world.ok("DeleteAccessKey", &[ada, id]).await;
    assert_eq!(
        world.code(&key, "GetUser", &[]).await,
        "InvalidClientTokenId"
    );
}

#[tokio::test]
async fn the_secret_is_shown_once() {
    let world = World::open().await;
    let ada = ("UserName", "ada");
    world.ok("CreateUser", &[ada]).await;
    let key = world.key_of("ada").await;
    let listed = world.ok("ListAccessKeys", &[ada]).await;
    assert_eq!(listed.xml_all("AccessKeyId"), [key.access_key_id]);
    assert!(!listed.text().contains(&key.secret));
    assert!(listed.xml_all("SecretAccessKey").is_empty());
}

#[tokio::test]
async fn a_user_has_two_keys_at_most() {
    let world = World::open().await;
    let ada = ("UserName", "ada");
    world.ok("CreateUser", &[ada]).await;
    world.key_of("ada").await;
    let second = world.key_of("ada").await;
    let quota = (
        409,
        "LimitExceeded",
        "Cannot exceed quota for AccessKeysPerUser: 2",
    );
    world.refused("CreateAccessKey", &[ada], quota).await;
    // Inactive ones count.
    let off = [
        ada,
        ("AccessKeyId", &*second.access_key_id),
        ("Status", "Inactive"),
    ];
    world.ok("UpdateAccessKey", &off).await;
    world.refused("CreateAccessKey", &[ada], quota).await;
}

#[tokio::test]
async fn somebody_elses_key_is_not_found() {
    let world = World::with(NodeOptions::new().admin("ada_of_london")).await;
    world.ok("CreateUser", &[("UserName", "bob")]).await;
    let of_ada = Credentials::of("ada_of_london").access_key_id;
    let message = format!("The Access Key with id {of_ada} cannot be found.");
    let parameters = [("UserName", "bob"), ("AccessKeyId", of_ada.as_str())];
    world
        .refused(
            "DeleteAccessKey",
            &parameters,
            (404, "NoSuchEntity", &message),
        )
        .await;
    world
        .refused(
            "CreateAccessKey",
            &[("UserName", "nobody")],
            (404, "NoSuchEntity", &no_such("user", "nobody")),
        )
        .await;
}

#[tokio::test]
async fn the_last_use_is_told() {
    let world = World::open().await;
    world.ok("CreateUser", &[("UserName", "ada")]).await;
    let key = world.key_of("ada").await;
    let id = [("AccessKeyId", key.access_key_id.as_str())];
    let before = world.ok("GetAccessKeyLastUsed", &id).await;
    assert_eq!(
        (before.xml("UserName"), before.xml("ServiceName")),
        ("ada".to_owned(), "N/A".to_owned())
    );
    assert!(before.xml_all("LastUsedDate").is_empty());
    assert_eq!(world.code(&key, "GetUser", &[]).await, "AccessDenied");
    let after = world.ok("GetAccessKeyLastUsed", &id).await;
    assert_eq!(after.xml("LastUsedDate"), "2026-01-02T03:04:05Z");
    assert_eq!(
        (after.xml("ServiceName"), after.xml("Region")),
        ("iam".to_owned(), "us-east-1".to_owned())
    );
}
