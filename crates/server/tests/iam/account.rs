use super::World;

#[tokio::test]
async fn an_account_has_one_alias() {
    let world = World::open().await;
    let alias = |name| [("AccountAlias", name)];
    world.ok("CreateAccountAlias", &alias("engines")).await;
    world
        .ok("CreateAccountAlias", &alias("difference-engines"))
        .await;
    let listed = world.ok("ListAccountAliases", &[]).await;
    assert_eq!(listed.xml_all("member"), ["difference-engines"]);
    let taken = (
        409,
        "EntityAlreadyExists",
        "The account alias difference-engines already exists.",
    );
    world
        .refused("CreateAccountAlias", &alias("difference-engines"), taken)
        .await;
    let absent = (
        404,
        "NoSuchEntity",
        "The account alias engines cannot be found.",
    );
    world
        .refused("DeleteAccountAlias", &alias("engines"), absent)
        .await;
    world
        .ok("DeleteAccountAlias", &alias("difference-engines"))
        .await;
    assert!(
        world
            .ok("ListAccountAliases", &[])
            .await
            .xml_all("member")
            .is_empty()
    );
}

#[tokio::test]
async fn the_summary_counts() {
    let world = World::open().await;
    world.ok("CreateUser", &[("UserName", "ada")]).await;
    let summary = world.ok("GetAccountSummary", &[]).await.text();
    for expected in [
        "<entry><key>Users</key><value>2</value></entry>",
        "<entry><key>Groups</key><value>0</value></entry>",
        "<entry><key>AccessKeysPerUserQuota</key><value>2</value></entry>",
        "<entry><key>AccountMFAEnabled</key><value>0</value></entry>",
    ] {
        assert!(summary.contains(expected), "{expected} in {summary}");
    }
}

#[tokio::test]
async fn the_details_are_all_there_page_by_page() {
    let world = World::open().await;
    world.ok("CreateUser", &[("UserName", "ada")]).await;
    world.ok("CreateGroup", &[("GroupName", "ops")]).await;
    world
        .ok(
            "AddUserToGroup",
            &[("UserName", "ada"), ("GroupName", "ops")],
        )
        .await;
    let filter = [("Filter.member.1", "User"), ("Filter.member.2", "Group")];
    let all = world.ok("GetAccountAuthorizationDetails", &filter).await;
    assert_eq!(all.xml_all("UserName"), ["ada", super::ADMIN]);
    assert_eq!(all.xml_all("GroupName"), ["ops"]);
    assert!(
        all.text()
            .contains("<GroupList><member>ops</member></GroupList>"),
        "{}",
        all.text()
    );
    let mut found = Vec::new();
    let mut marker = None::<String>;
    for _ in 0..3 {
        let mut parameters = filter.to_vec();
        parameters.push(("MaxItems", "1"));
        parameters.extend(marker.as_deref().map(|marker| ("Marker", marker)));
        let page = world
            .ok("GetAccountAuthorizationDetails", &parameters)
            .await;
        found.extend(page.xml_all("UserName"));
        found.extend(page.xml_all("GroupName"));
        marker = page.xml_all("Marker").pop();
    }
    assert_eq!(
        (found, marker),
        (vec!["ops".into(), "ada".into(), super::ADMIN.into()], None)
    );
    let policies = world
        .ok(
            "GetAccountAuthorizationDetails",
            &[("Filter.member.1", "AWSManagedPolicy")],
        )
        .await;
    assert!(
        policies.text().contains("AdministratorAccess") && policies.xml_all("UserName").is_empty()
    );
}
