//! The operations of STS.

use keystead_server::clock::Clock as _;
use keystead_testkit::Credentials;
use keystead_testkit::node::ACCOUNT;
use keystead_testkit::query::QueryService;
use serde_json::json;

use crate::world::{IAM, ISSUER, STS, World, provider_arn};

pub(crate) async fn sessions(world: &World) {
    let app = format!("arn:aws:iam::{ACCOUNT}:role/app");
    let session = ("RoleSessionName", "deploy-7");
    let role = ("RoleArn", app.as_str());
    let assume = [role, session, ("DurationSeconds", "900")];
    world.query(STS, "AssumeRole", &assume).await;
    world.query(STS, "GetSessionToken", &[]).await;
    let name = [("Name", "guest"), ("DurationSeconds", "900")];
    world.query(STS, "GetFederationToken", &name).await;
    world.query(STS, "GetCallerIdentity", &[]).await;
    let made = world
        .query(IAM, "CreateAccessKey", &[("UserName", "ada")])
        .await;
    let id = made.xml("AccessKeyId");
    world
        .query(STS, "GetAccessKeyInfo", &[("AccessKeyId", &id)])
        .await;
    web_identity(world).await;

    // No message is ours, so that none can be read.
    let caller = Credentials::of("ada");
    let message = [("EncodedMessage", "x")];
    let operation = "DecodeAuthorizationMessage";
    let answer = world
        .node
        .query(QueryService::STS, &caller, operation, &message)
        .await;
    world.failed("sts", operation, &answer);
}

/// Nobody signs this call, and its record says who the token is of.
async fn web_identity(world: &World) {
    let now = world.node.clock.now().as_seconds();
    let token = world.signer.token(&json!({
        "iss": format!("https://{ISSUER}"), "sub": "pod-7", "aud": "app",
        "iat": now, "exp": now + 600,
    }));
    let web = format!("arn:aws:iam::{ACCOUNT}:role/web");
    let parameters = [
        ("RoleArn", web.as_str()),
        ("RoleSessionName", "pod"),
        ("WebIdentityToken", &token),
    ];
    let provider = provider_arn();
    let identity = json!({
        "type": "WebIdentityUser", "principalId": format!("{provider}:app:pod-7"),
        "userName": "pod-7", "identityProvider": provider,
    });
    let operation = "AssumeRoleWithWebIdentity";
    world.unsigned(STS, operation, &parameters, &identity).await;
}
