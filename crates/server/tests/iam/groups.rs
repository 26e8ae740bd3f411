use super::{World, arn, no_such};

#[tokio::test]
async fn the_life_of_a_group() {
    let world = World::open().await;
    let made = world
        .ok("CreateGroup", &[("GroupName", "Ops"), ("Path", "/eu/")])
        .await;
    assert_eq!(made.xml("Arn"), arn("group/eu/Ops"));
    assert!(made.xml("GroupId").starts_with("AGPA"));
    let taken = (
        409,
        "EntityAlreadyExists",
        "Group with name OPS already exists.",
    );
    world
        .refused("CreateGroup", &[("GroupName", "OPS")], taken)
        .await;
    for user in ["bob", "Ada"] {
        world.ok("CreateUser", &[("UserName", user)]).await;
        let membership = [("GroupName", "ops"), ("UserName", user)];
        world.ok("AddUserToGroup", &membership).await;
        // Once more is no error, and no second membership.
        world.ok("AddUserToGroup", &membership).await;
    }
    let group = world.ok("GetGroup", &[("GroupName", "ops")]).await;
    assert_eq!(group.xml_all("UserName"), ["Ada", "bob"]);

    world
        .ok(
            "UpdateGroup",
            &[("GroupName", "ops"), ("NewGroupName", "Crew")],
        )
        .await;
    let of_ada = world.ok("ListGroupsForUser", &[("UserName", "ada")]).await;
    assert_eq!(of_ada.xml_all("GroupName"), ["Crew"]);
    let conflict = "Cannot delete entity, must remove users from group first.";
    world
        .refused(
            "DeleteGroup",
            &[("GroupName", "crew")],
            (409, "DeleteConflict", conflict),
        )
        .await;
    for user in ["ada", "bob"] {
        world
            .ok(
                "RemoveUserFromGroup",
                &[("GroupName", "crew"), ("UserName", user)],
            )
            .await;
    }
    let again = [("GroupName", "crew"), ("UserName", "ada")];
    let not_in = (404, "NoSuchEntity", "User Ada is not in group Crew.");
    world.refused("RemoveUserFromGroup", &again, not_in).await;
    world.ok("DeleteGroup", &[("GroupName", "crew")]).await;
    let gone = no_such("group", "crew");
    world
        .refused(
            "GetGroup",
            &[("GroupName", "crew")],
            (404, "NoSuchEntity", &gone),
        )
        .await;
}

#[tokio::test]
async fn a_user_is_in_ten_groups_at_most() {
    let world = World::open().await;
    world.ok("CreateUser", &[("UserName", "ada")]).await;
    for number in 0..11 {
        let name = format!("g{number}");
        world.ok("CreateGroup", &[("GroupName", &name)]).await;
        let membership = [("GroupName", name.as_str()), ("UserName", "ada")];
        if number < 10 {
            world.ok("AddUserToGroup", &membership).await;
        } else {
            let quota = (
                409,
                "LimitExceeded",
                "Cannot exceed quota for GroupsPerUser: 10",
            );
            world.refused("AddUserToGroup", &membership, quota).await;
        }
    }
}
