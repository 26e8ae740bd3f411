//! Sessions of users themselves, and those that they get for others.

use std::path::Path;
use std::sync::Arc;

use keystead_crypto::{RootKey, SystemRandom};
use keystead_server::corridor::Corridor;
use keystead_server::key_stores::{KeyStores, NoTokens};
use keystead_server::region::{RegionRoom, Regions};
use keystead_server::sessions::web_identity::{Outbound, WebIdentities};
use keystead_server::sessions::{SessionKeys, Sessions};
use keystead_server::slow_lane::SlowLane;
use keystead_server::spans::Spans;
use keystead_server::throttle::Throttle;
use keystead_testkit::Credentials;
use serde_json::{Value, json};

use super::{EVERYTHING, World, as_user, refusal, role_arn};

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
async fn no_message_is_ours() {
    let world = World::usual().await;
    let ada = as_user("ada");
    let token = world
        .assume(&ada, "app", &[])
        .await
        .1
        .session_token
        .unwrap();
    for (user, message, code) in [
        ("ada", "x", "InvalidAuthorizationMessageException"),
        ("ada", &token, "InvalidAuthorizationMessageException"),
        ("bob", "x", "AccessDenied"),
    ] {
        let parameters = [("EncodedMessage", message)];
        let refused = world
            .sts(&as_user(user), "DecodeAuthorizationMessage", &parameters)
            .await;
        assert_eq!(refusal(&refused).0, code, "{user}");
    }
}

/// What a folder's audit log says of the first call of an operation.
fn record_of(folder: &Path, operation: &str) -> Option<Value> {
    let entries = std::fs::read_dir(folder).unwrap();
    entries.into_iter().find_map(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return record_of(&path, operation);
        }
        let text = std::fs::read(path).unwrap();
        let records = text.split(|byte| *byte == b'\n');
        records
            .filter_map(|line| serde_json::from_slice::<Value>(line).ok())
            .find(|record| record["eventName"] == operation)
    })
}

/// They change nothing, and yet it is recorded which access key was given out.
#[tokio::test]
async fn giving_out_credentials_is_recorded_as_reading() {
    let world = World::usual().await;
    let ada = as_user("ada");
    let own = world.sts(&ada, "GetSessionToken", &[]).await;
    let federated = [("Name", "carl")];
    let federated = world.sts(&ada, "GetFederationToken", &federated).await;
    let (role, _) = world.assume(&ada, "app", &[]).await;
    let folder = world.folder.path().to_owned();
    world.node.node.stop().await.unwrap();
    for (operation, answer) in [
        ("GetSessionToken", own),
        ("GetFederationToken", federated),
        ("AssumeRole", role),
    ] {
        let record = record_of(&folder, operation).unwrap();
        assert_eq!(record["readOnly"], true, "{operation}");
        let shown = &record["responseElements"]["credentials"]["accessKeyId"];
        assert_eq!(*shown, answer.xml("AccessKeyId"), "{operation}");
    }
}

/// Keys of tokens that nobody keeps current might be keys that were taken back.
#[tokio::test]
async fn nobody_is_served_while_the_keys_of_tokens_are_not_kept_current() {
    let world = World::usual().await;
    let whole = world.node.node.corridor();
    assert!(whole.check_ready().is_ok());
    let room = whole.regions.serving("us-east-1");
    let room = RegionRoom {
        directory: Arc::clone(&room.directory),
        ledger: Arc::clone(&room.ledger),
        throttle: Throttle::default(),
    };
    let unfollowed = Arc::new(SessionKeys::new(Arc::clone(&whole.provider)));
    let cut_off = Corridor {
        clock: Arc::clone(&whole.clock),
        provider: Arc::clone(&whole.provider),
        identities: Arc::clone(&whole.identities),
        identity_ledger: Arc::clone(&whole.identity_ledger),
        key_stores: KeyStores::new(
            Arc::new(RootKey::generate(&SystemRandom).unwrap()),
            Arc::new(NoTokens),
        ),
        sessions: Sessions::new(unfollowed),
        web_identities: WebIdentities::new(Outbound::default()),
        regions: Regions::new(room, Vec::new()),
        audit: Arc::clone(&whole.audit),
        shipping: None,
        trail: None,
        trust: whole.trust,
        quotas: whole.quotas.clone(),
        slow: SlowLane::new(1),
        searches: SlowLane::new(1),
        watch: Arc::clone(&whole.watch),
        spans: Spans::none(),
    };
    assert!(cut_off.check_ready().is_err());
}
