use super::{World, arn};

const URL: &str = "https://id.example.com/realms/a";

#[tokio::test]
async fn the_life_of_a_provider() {
    let world = World::open().await;
    let made = world
        .ok(
            "CreateOpenIDConnectProvider",
            &[("Url", URL), ("ClientIDList.member.1", "web")],
        )
        .await;
    let provider_arn = arn("oidc-provider/id.example.com/realms/a");
    assert_eq!(made.xml("OpenIDConnectProviderArn"), provider_arn);
    let provider = ("OpenIDConnectProviderArn", provider_arn.as_str());
    world
        .ok(
            "AddClientIDToOpenIDConnectProvider",
            &[provider, ("ClientID", "app")],
        )
        .await;
    let thumbprint = "0123456789abcdef0123456789abcdef01234567";
    let thumbprints = [provider, ("ThumbprintList.member.1", thumbprint)];
    world
        .ok("UpdateOpenIDConnectProviderThumbprint", &thumbprints)
        .await;
    let tag = [
        provider,
        ("Tags.member.1.Key", "a"),
        ("Tags.member.1.Value", "b"),
    ];
    world.ok("TagOpenIDConnectProvider", &tag).await;
    let found = world.ok("GetOpenIDConnectProvider", &[provider]).await;
    assert_eq!(found.xml("Url"), "id.example.com/realms/a");
    assert!(
        found
            .text()
            .contains("<member>app</member><member>web</member>"),
        "{}",
        found.text()
    );
    assert!(found.text().contains(thumbprint));
    let listed = world.ok("ListOpenIDConnectProviders", &[]).await;
    assert_eq!(listed.xml_all("Arn"), [provider_arn.as_str()]);
    let taken = format!("Provider with url {URL} already exists.");
    world
        .refused(
            "CreateOpenIDConnectProvider",
            &[("Url", URL)],
            (409, "EntityAlreadyExists", &taken),
        )
        .await;
    for _ in 0..2 {
        world
            .ok(
                "RemoveClientIDFromOpenIDConnectProvider",
                &[provider, ("ClientID", "app")],
            )
            .await;
    }
    for _ in 0..2 {
        world.ok("DeleteOpenIDConnectProvider", &[provider]).await;
    }
    let gone = format!("OpenIDConnect Provider not found for arn {provider_arn}");
    world
        .refused(
            "GetOpenIDConnectProvider",
            &[provider],
            (404, "NoSuchEntity", &gone),
        )
        .await;
}

#[tokio::test]
async fn a_provider_without_tls_is_refused() {
    let world = World::open().await;
    let bad = (
        400,
        "ValidationError",
        "Invalid Open ID Connect Provider URL",
    );
    world
        .refused(
            "CreateOpenIDConnectProvider",
            &[("Url", "http://id.example.com")],
            bad,
        )
        .await;
}
