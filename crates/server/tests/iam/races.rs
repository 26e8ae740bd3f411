use super::{EVERYTHING, World};
use keystead_testkit::Credentials;

/// Whatever the order in which the calls of a race are taken, nothing refers to what is not there.
#[tokio::test]
async fn nothing_dangles() {
    let world = World::open().await;
    let admin = Credentials::of(super::ADMIN);
    for round in 0..8 {
        let (user, group, policy) = (
            format!("u{round}"),
            format!("g{round}"),
            format!("p{round}"),
        );
        world.ok("CreateUser", &[("UserName", &user)]).await;
        world.ok("CreateGroup", &[("GroupName", &group)]).await;
        let made = world
            .ok(
                "CreatePolicy",
                &[("PolicyName", &policy), ("PolicyDocument", EVERYTHING)],
            )
            .await;
        let arn = made.xml("Arn");
        let membership = [("UserName", user.as_str()), ("GroupName", group.as_str())];
        let attachment = [("UserName", user.as_str()), ("PolicyArn", arn.as_str())];
        let (added, ungrouped, attached, unmade) = tokio::join!(
            world.call(&admin, "AddUserToGroup", &membership),
            world.call(&admin, "DeleteGroup", &membership[1..]),
            world.call(&admin, "AttachUserPolicy", &attachment),
            world.call(&admin, "DeletePolicy", &attachment[1..]),
        );
        assert_ne!(
            added.status == 200,
            ungrouped.status == 200,
            "{} {}",
            added.text(),
            ungrouped.text()
        );
        assert_ne!(
            attached.status == 200,
            unmade.status == 200,
            "{} {}",
            attached.text(),
            unmade.text()
        );
        let groups = world.ok("ListGroupsForUser", &[("UserName", &user)]).await;
        assert_eq!(
            groups.xml_all("GroupName").len(),
            usize::from(added.status == 200)
        );
    }
}

#[tokio::test]
async fn one_name_is_given_once() {
    let world = World::open().await;
    let admin = Credentials::of(super::ADMIN);
    let (one, other) = tokio::join!(
        world.call(&admin, "CreateUser", &[("UserName", "ada")]),
        world.call(&admin, "CreateUser", &[("UserName", "Ada")]),
    );
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
}

#[tokio::test]
async fn two_keys_whatever_the_haste() {
    let world = World::open().await;
    let admin = Credentials::of(super::ADMIN);
    let ada = [("UserName", "ada")];
    world.ok("CreateUser", &ada).await;
    let make = || world.call(&admin, "CreateAccessKey", &ada);
    let (a, b, c) = tokio::join!(make(), make(), make());
    let mut statuses = [a.status, b.status, c.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 200, 409]);
}
