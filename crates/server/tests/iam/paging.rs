use super::World;
use keystead_testkit::Credentials;

#[tokio::test]
async fn pages_follow_each_other_whatever_comes_and_goes() {
    let world = World::open().await;
    for name in ["a", "B", "c", "d", "E"] {
        world
            .ok("CreateUser", &[("UserName", name), ("Path", "/p/")])
            .await;
    }
    let prefix = ("PathPrefix", "/p");
    let two = ("MaxItems", "2");
    let first = world.ok("ListUsers", &[prefix, two]).await;
    assert_eq!(
        (first.xml_all("UserName"), first.xml("IsTruncated")),
        (vec!["a".into(), "B".into()], "true".into())
    );
    world.ok("DeleteUser", &[("UserName", "b")]).await;
    world
        .ok("CreateUser", &[("UserName", "aa"), ("Path", "/p/")])
        .await;
    let marker = first.xml("Marker");
    let second = world
        .ok("ListUsers", &[prefix, two, ("Marker", &marker)])
        .await;
    assert_eq!(second.xml_all("UserName"), ["c", "d"]);
    let marker = second.xml("Marker");
    let third = world
        .ok("ListUsers", &[prefix, two, ("Marker", &marker)])
        .await;
    assert_eq!(
        (third.xml_all("UserName"), third.xml("IsTruncated")),
        (vec!["E".into()], "false".into())
    );
    assert!(third.xml_all("Marker").is_empty());

    let admin = Credentials::of(super::ADMIN);
    for bad in ["nonsense", marker.as_str()] {
        assert_eq!(
            world.code(&admin, "ListGroups", &[("Marker", bad)]).await,
            "ValidationError"
        );
    }
    for bad in ["0", "1001"] {
        assert_eq!(
            world.code(&admin, "ListUsers", &[("MaxItems", bad)]).await,
            "ValidationError"
        );
    }
}
