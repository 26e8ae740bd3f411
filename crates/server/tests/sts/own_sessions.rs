//! Sessions of users themselves, and those that they get for others.

use super::{EVERYTHING, World, as_user, refusal, role_arn};
use keystead_testkit::Credentials;
use serde_json::json;

#[tokio::test]
async fn a_users_own_session() {
    let world = World::usual().await;
    let answer = world.sts(&as_user("ada"), "GetSessionToken", &[]).await;
    let session = Credentials::shown_by(&answer);
    assert_eq!(answer.xml("Expiration"), "2026-01-02T15:04:05Z");
    assert_eq!(
        world.who(&session).await,
        "arn:aws:iam::111122223333:user/ada"
    );
    let listed = world.node.call_as(&session, "ListKeys", &json!({})).await;
    assert_eq!(listed.status, 200, "{}", listed.text());
    // Without a second factor, IAM does not know it.
    assert_eq!(world.list_users(&session).await, "InvalidClientTokenId");
    assert_eq!(world.try_assume(&session, "app", &[]).await.status, 200);
    for action in ["GetSessionToken", "GetFederationToken"] {
        let refused = world.sts(&session, action, &[("Name", "carl")]).await;
        let message = format!("Cannot call {action} with session credentials");
        assert_eq!(refusal(&refused), ("AccessDenied".to_owned(), message));
    }
}

#[tokio::test]
async fn a_session_for_somebody_else() {
    let world = World::usual().await;
    let name = ("Name", "carl");
    let ada = as_user("ada");
    for (policy, expected) in [(None, 400), (Some(EVERYTHING), 200)] {
        let more = policy.map(|text| ("Policy", text));
        let all: Vec<_> = std::iter::once(name).chain(more).collect();
        let answer = world.sts(&ada, "GetFederationToken", &all).await;
        assert_eq!(answer.xml("FederatedUserId"), "111122223333:carl");
        let session = Credentials::shown_by(&answer);
        let arn = "arn:aws:sts::111122223333:federated-user/carl";
        assert_eq!(world.who(&session).await, arn);
        let listed = world.node.call_as(&session, "ListKeys", &json!({})).await;
        assert_eq!(listed.status, expected, "{}", listed.text());
        assert_eq!(world.list_users(&session).await, "InvalidClientTokenId");
        let role = [("RoleArn", &*role_arn("app")), ("RoleSessionName", "s1")];
        let refused = world.sts(&session, "AssumeRole", &role).await;
        assert_eq!(refusal(&refused).0, "AccessDenied");
    }
    let refused = world
        .sts(&as_user("bob"), "GetFederationToken", &[name])
        .await;
    assert_eq!(refusal(&refused).0, "AccessDenied");
}

#[tokio::test]
async fn whose_a_key_is() {
    let world = World::usual().await;
    let ada = as_user("ada");
    let (_, session) = world.assume(&ada, "app", &[]).await;
    for id in ["AKIAADA", &session.access_key_id] {
        // The test's own ids are shorter than AWS's.
        if id.len() < 16 {
            continue;
        }
        let answer = world
            .sts(&ada, "GetAccessKeyInfo", &[("AccessKeyId", id)])
            .await;
        assert_eq!(answer.xml("Account"), "111122223333");
    }
    let unknown = [("AccessKeyId", "AKIAAAAAAAAAAAAAAAAA")];
    let refused = world.sts(&ada, "GetAccessKeyInfo", &unknown).await;
    assert_eq!(refusal(&refused).0, "ValidationError");
}

#[tokio::test]
async fn messages_are_ours_or_nothing() {
    use keystead_server::sessions::DenialFacts;
    let world = World::usual().await;
    let corridor = world.node.node.corridor();
    let caller = keystead_core::identity::Identity::root("111122223333".parse().unwrap());
    let facts = DenialFacts {
        caller: &caller,
        action: "kms:Decrypt",
        resource: "arn:aws:kms:us-east-1:111122223333:key/k",
        explicit_deny: true,
        matched: Vec::new(),
        conditions: vec![("aws:SourceIp".to_owned(), vec!["10.0.0.1".to_owned()])],
    };
    let message = corridor
        .sessions
        .encode_authorization_message(&facts)
        .unwrap();
    let ada = as_user("ada");
    let decode = "DecodeAuthorizationMessage";
    let answer = world
        .sts(&ada, decode, &[("EncodedMessage", &message)])
        .await;
    let decoded: serde_json::Value = serde_json::from_str(&answer.xml("DecodedMessage")).unwrap();
    assert_eq!(decoded["context"]["action"], "kms:Decrypt");
    assert_eq!(decoded["explicitDeny"], true);
    let token = world
        .assume(&ada, "app", &[])
        .await
        .1
        .session_token
        .unwrap();
    for other in ["x", &message[1..], &token] {
        let refused = world.sts(&ada, decode, &[("EncodedMessage", other)]).await;
        assert_eq!(refusal(&refused).0, "InvalidAuthorizationMessageException");
    }
    let refused = world
        .sts(&as_user("bob"), decode, &[("EncodedMessage", &message)])
        .await;
    assert_eq!(refusal(&refused).0, "AccessDenied");
}
