//! Tokens of identity providers for credentials of roles.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use keystead_core::identity::OidcProviderRecord;
use keystead_core::time::Timestamp;
use keystead_testkit::node::ACCOUNT;
use keystead_testkit::query::QueryService;
use keystead_testkit::{Answer, Credentials, NodeOptions};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::token_signer::TokenSigner;
use super::{EVERYTHING, World, as_user, refusal, role_arn};

const NOW: i64 = 1_767_323_045;
const ISSUER: &str = "id.example.com/a";

/// A token of a provider's key, with some claims changed.
fn token(signer: &TokenSigner, changes: &Value) -> String {
    let mut claims = json!({
        "iss": format!("https://{ISSUER}"), "sub": "ada", "aud": "app",
        "iat": NOW, "exp": NOW + 600,
    });
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
    }
    signer.token(&claims)
}

fn trust(issuer: &str) -> String {
    json!({ "Version": "2012-10-17", "Statement": {
        "Effect": "Allow",
        "Principal": { "Federated": OidcProviderRecord::arn_of(ACCOUNT.parse().unwrap(), issuer) },
        "Action": ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"],
        "Condition": { "StringEquals": { format!("{issuer}:sub"): "ada" } },
    }})
    .to_string()
}

async fn world(issuer: &str, keys: Option<String>) -> World {
    let provider = OidcProviderRecord {
        account: ACCOUNT.parse().unwrap(),
        url: issuer.to_owned(),
        client_ids: ["app".to_owned()].into(),
        thumbprints: Vec::new(),
        created: Timestamp::from_millis(0),
        tags: Default::default(),
        keys,
    };
    let options = NodeOptions::new()
        .admin("ada")
        .role("web", &trust(issuer), Some(EVERYTHING))
        .record(provider.into());
    World::of(options).await
}

async fn ask(world: &World, role: &str, token: &str) -> Answer {
    let role = role_arn(role);
    let parameters = [
        ("RoleArn", role.as_str()),
        ("RoleSessionName", "pod"),
        ("WebIdentityToken", token),
    ];
    world
        .node
        .query_unsigned(QueryService::STS, "AssumeRoleWithWebIdentity", &parameters)
        .await
}

#[tokio::test]
async fn a_token_becomes_a_session() {
    let signer = TokenSigner::new("k1");
    let world = world(ISSUER, Some(signer.key_set().to_string())).await;
    let answer = ask(&world, "web", &token(&signer, &json!({}))).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.xml("SubjectFromWebIdentityToken"), "ada");
    assert_eq!(answer.xml("Audience"), "app");
    let provider = format!("arn:aws:iam::{ACCOUNT}:oidc-provider/{ISSUER}");
    assert_eq!(answer.xml("Provider"), provider);
    let session = Credentials::shown_by(&answer);
    let arn = format!("arn:aws:sts::{ACCOUNT}:assumed-role/web/pod");
    assert_eq!(world.who(&session).await, arn);
    assert_eq!(world.list_users(&session).await, "ok");
}

/// Some providers, such as Auth0, call themselves by a URL that ends in a slash.
#[tokio::test]
async fn a_slash_at_the_end_of_the_issuer() {
    let signer = TokenSigner::new("k1");
    let (plain, slashed) = (ISSUER.to_owned(), format!("{ISSUER}/"));
    for (registered, issuer, expected) in [
        (&plain, &slashed, "ok"),
        (&slashed, &slashed, "ok"),
        (&slashed, &plain, "InvalidIdentityToken"),
    ] {
        let world = world(registered, Some(signer.key_set().to_string())).await;
        let token = token(&signer, &json!({ "iss": format!("https://{issuer}") }));
        let answer = ask(&world, "web", &token).await;
        let found = match answer.status {
            200 => "ok".to_owned(),
            _ => refusal(&answer).0,
        };
        assert_eq!(found, expected, "{registered} {issuer}");
    }
}

#[tokio::test]
async fn tokens_that_do_not_count() {
    let (signer, other) = (TokenSigner::new("k1"), TokenSigner::new("k1"));
    let world = world(ISSUER, Some(signer.key_set().to_string())).await;
    let good = token(&signer, &json!({}));
    let (signed, _) = good.rsplit_once('.').unwrap();
    let unsigned = {
        let header = URL_SAFE_NO_PAD.encode(json!({ "alg": "none" }).to_string());
        let claims = signed.split_once('.').unwrap().1;
        format!("{header}.{claims}.")
    };
    for (token, role, code) in [
        (good.clone(), "none", "AccessDenied"),
        (
            token(&signer, &json!({ "sub": "eve" })),
            "web",
            "AccessDenied",
        ),
        (
            token(&signer, &json!({ "aud": "other" })),
            "web",
            "InvalidIdentityToken",
        ),
        (
            token(&signer, &json!({ "iss": "https://other.example.com" })),
            "web",
            "InvalidIdentityToken",
        ),
        (
            token(&signer, &json!({ "iss": format!("http://{ISSUER}") })),
            "web",
            "InvalidIdentityToken",
        ),
        (
            token(&signer, &json!({ "exp": NOW })),
            "web",
            "ExpiredTokenException",
        ),
        (token(&other, &json!({})), "web", "InvalidIdentityToken"),
        (format!("{signed}.AAAA"), "web", "InvalidIdentityToken"),
        (unsigned, "web", "InvalidIdentityToken"),
        ("not a token".to_owned(), "web", "InvalidIdentityToken"),
    ] {
        let answer = ask(&world, role, &token).await;
        assert_eq!(refusal(&answer).0, code, "{token}");
    }
    // A signature is no token, even where everything is allowed.
    let role = role_arn("web");
    let parameters = [
        ("RoleArn", role.as_str()),
        ("RoleSessionName", "pod"),
        ("WebIdentityToken", good.as_str()),
    ];
    let signed = world
        .sts(&as_user("ada"), "AssumeRoleWithWebIdentity", &parameters)
        .await;
    assert_eq!(refusal(&signed).0, "AccessDenied");
}

#[tokio::test]
async fn only_that_call_goes_unsigned() {
    let world = world(ISSUER, None).await;
    for action in ["GetCallerIdentity", "AssumeRole"] {
        let answer = world
            .node
            .query_unsigned(QueryService::STS, action, &[])
            .await;
        assert_eq!(refusal(&answer).0, "MissingAuthenticationToken", "{action}");
    }
}

/// Serves these documents, one connection at a time, for the issuer that is returned.
async fn serve(documents: Vec<(&'static str, Value)>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let own = address.clone();
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut head = vec![0; 4096];
            let length = stream.read(&mut head).await.unwrap();
            let head = String::from_utf8_lossy(&head[..length]).into_owned();
            let path = head.split(' ').nth(1).unwrap_or_default();
            let found = documents.iter().find(|(known, _)| *known == path);
            let body = found.map(|(_, document)| document.to_string().replace("HOST", &own));
            let (status, body) = body.map_or((404, String::new()), |body| (200, body));
            let answer = format!(
                "HTTP/1.1 {status} x\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                body.len()
            );
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    format!("{address}/a")
}

#[tokio::test]
async fn keys_are_fetched_from_the_provider() {
    let signer = TokenSigner::new("k1");
    let issuer = serve(vec![
        (
            "/a/.well-known/openid-configuration",
            json!({ "jwks_uri": "http://HOST/keys" }),
        ),
        ("/keys", signer.key_set()),
    ])
    .await;
    let world = world(&issuer, None).await;
    let changes = json!({ "iss": format!("https://{issuer}") });
    for _ in 0..2 {
        let answer = ask(&world, "web", &token(&signer, &changes)).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    // A key that the provider does not have, within a minute of the last fetch.
    let answer = ask(&world, "web", &token(&TokenSigner::new("k2"), &changes)).await;
    assert_eq!(refusal(&answer).0, "InvalidIdentityToken");
}

#[tokio::test]
async fn a_provider_without_keys() {
    let issuer = serve(Vec::new()).await;
    let world = world(&issuer, None).await;
    let token = token(
        &TokenSigner::new("k1"),
        &json!({ "iss": format!("https://{issuer}") }),
    );
    let answer = ask(&world, "web", &token).await;
    assert_eq!(refusal(&answer).0, "IDPCommunicationError");
}

#[tokio::test]
async fn tags_of_the_provider_are_the_sessions() {
    let signer = TokenSigner::new("k1");
    let world = world(ISSUER, Some(signer.key_set().to_string())).await;
    let token = token(
        &signer,
        &json!({ "https://aws.amazon.com/tags": {
            "principal_tags": { "team": ["blue"] }, "transitive_tag_keys": ["team"],
        }}),
    );
    let answer = ask(&world, "web", &token).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.xml_all("PackedPolicySize").len(), 1);
}
