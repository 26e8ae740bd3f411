//! What a token is good for, and for how long.

use keystead_testkit::Credentials;
use keystead_testkit::query::QueryService;
use serde_json::json;

use super::{World, as_user};

#[tokio::test]
async fn a_token_ends() {
    let world = World::usual().await;
    let short = [("DurationSeconds", "900")];
    let (_, session) = world.assume(&as_user("ada"), "app", &short).await;
    world.node.clock.advance_seconds(899);
    assert_eq!(world.list_users(&session).await, "ok");
    world.node.clock.advance_seconds(1);
    let answer = world.sts(&session, "GetCallerIdentity", &[]).await;
    assert_eq!(
        (answer.status, answer.xml("Code").as_str()),
        (403, "ExpiredToken")
    );
    let message = "The security token included in the request is expired";
    assert_eq!(answer.xml("Message"), message);
    let answer = world.node.call_as(&session, "ListKeys", &json!({})).await;
    assert_eq!(
        (answer.status, answer.error().as_str()),
        (400, "ExpiredTokenException")
    );
}

#[tokio::test]
async fn a_token_fits_its_own_key_alone() {
    let world = World::usual().await;
    let ada = as_user("ada");
    let (_, one) = world.assume(&ada, "app", &[]).await;
    let (_, other) = world.assume(&ada, "app", &[]).await;
    let token = one.session_token.clone().unwrap();
    let altered = |place: usize| {
        let mut bytes = token.clone().into_bytes();
        bytes[place] = if bytes[place] == b'A' { b'B' } else { b'A' };
        String::from_utf8(bytes).unwrap()
    };
    let tokens = [
        None,
        Some(String::new()),
        Some("x".to_owned()),
        Some("A".repeat(9_000)),
        Some(other.session_token.clone().unwrap()),
        Some(altered(3)),
        Some(altered(token.len() / 2)),
        Some(altered(token.len() - 8)),
        Some(token[4..].to_owned()),
    ];
    for session_token in tokens {
        let wrong = Credentials {
            session_token,
            ..one.clone()
        };
        assert_eq!(world.who(&wrong).await, "InvalidClientTokenId");
    }
    // A long-term key has none.
    let wrong = Credentials {
        session_token: Some(token),
        ..ada
    };
    assert_eq!(world.who(&wrong).await, "InvalidClientTokenId");
    let wrong = Credentials {
        secret: other.secret,
        ..one.clone()
    };
    assert_eq!(world.who(&wrong).await, "SignatureDoesNotMatch");
    assert!(world.who(&one).await.ends_with("/app/session"));
}

#[tokio::test]
async fn a_session_ends_with_its_role() {
    let world = World::usual().await;
    let ada = as_user("ada");
    let (_, session) = world.assume(&ada, "app", &[]).await;
    assert_eq!(world.list_users(&session).await, "ok");
    let iam = |action, parameters: Vec<(&'static str, String)>| {
        let (node, ada) = (&world.node, &ada);
        async move {
            let borrowed: Vec<_> = parameters.iter().map(|(n, v)| (*n, v.as_str())).collect();
            let answer = node.query(QueryService::IAM, ada, action, &borrowed).await;
            assert_eq!(answer.status, 200, "{action}: {}", answer.text());
        }
    };
    let name = ("RoleName", "app".to_owned());
    let policy = ("PolicyName", "inline".to_owned());
    iam("DeleteRolePolicy", vec![name.clone(), policy]).await;
    assert_eq!(world.list_users(&session).await, "AccessDenied");
    iam("DeleteRole", vec![name.clone()]).await;
    assert_eq!(world.who(&session).await, "InvalidClientTokenId");
    // Another role of the same name is another role.
    let trust = super::trust_in(&super::root_of("111122223333"));
    iam(
        "CreateRole",
        vec![name, ("AssumeRolePolicyDocument", trust)],
    )
    .await;
    assert_eq!(world.who(&session).await, "InvalidClientTokenId");
}

/// "Revoking IAM role temporary security credentials" in the IAM guide.
#[tokio::test]
async fn sessions_are_revoked_by_their_age() {
    let world = World::usual().await;
    let ada = as_user("ada");
    let (_, before) = world.assume(&ada, "app", &[]).await;
    world.node.clock.advance_seconds(10);
    let revocation = super::statement(
        r#""Effect":"Deny","Action":"*","Condition":{"DateLessThan":{"aws:TokenIssueTime":"2026-01-02T03:04:10Z"}}"#,
    );
    let policy = [
        ("RoleName", "app"),
        ("PolicyName", "AWSRevokeOlderSessions"),
        ("PolicyDocument", &revocation),
    ];
    let answer = world
        .node
        .query(QueryService::IAM, &ada, "PutRolePolicy", &policy)
        .await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let (_, after) = world.assume(&ada, "app", &[]).await;
    assert_eq!(world.list_users(&before).await, "AccessDenied");
    assert_eq!(world.list_users(&after).await, "ok");
}

/// Each start has a runtime of its own, with which everything of the node ends.
#[test]
fn tokens_outlive_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let session = live(async {
        let node = start(&folder).await;
        let role = super::role_arn("app");
        let parameters = [("RoleArn", role.as_str()), ("RoleSessionName", "session")];
        let answer = node
            .query(
                QueryService::STS,
                &as_user("ada"),
                "AssumeRole",
                &parameters,
            )
            .await;
        node.node.stop().await.unwrap();
        Credentials::shown_by(&answer)
    });
    live(async {
        let node = start(&folder).await;
        let answer = node
            .query(QueryService::STS, &session, "GetCallerIdentity", &[])
            .await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        // A new key takes its place; the old one stays as long as tokens can name it.
        node.clock.advance_days(90);
        keystead_server::jobs::run_once(node.node.corridor()).await;
        let store = &node.identity_store;
        let keys = || store.range("/iam/session-key/", None, 10);
        assert_eq!(keys().await.unwrap().items.len(), 2);
        node.clock.advance_days(3);
        keystead_server::jobs::run_once(node.node.corridor()).await;
        assert_eq!(keys().await.unwrap().items.len(), 1);
        node.node.stop().await.unwrap();
    });
}

async fn start(folder: &tempfile::TempDir) -> keystead_testkit::TestNode {
    let trust = super::trust_in(&super::root_of("111122223333"));
    let options = keystead_testkit::NodeOptions::new().admin("ada");
    options.role("app", &trust, None).start(folder.path()).await
}

fn live<T>(part: impl Future<Output = T>) -> T {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_all().build().unwrap().block_on(part)
}
