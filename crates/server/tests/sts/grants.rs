//! What a session may hand on of a grant to itself, its role or its account.

use keystead_testkit::Credentials;
use keystead_testkit::node::ACCOUNT;
use serde_json::{Value, json};

use super::{World, as_user, role_arn, root_of, statement};

/// Grantees that mean a session of `app`, from the closest to the farthest.
fn grantees() -> [String; 3] {
    let session = format!("arn:aws:sts::{ACCOUNT}:assumed-role/app/session");
    [session, role_arn("app"), root_of(ACCOUNT)]
}

/// A key whose policy names ada alone, so that grants decide about everybody else.
async fn key_of_ada(world: &World) -> String {
    let policy = json!({ "Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Principal": { "AWS": format!("arn:aws:iam::{ACCOUNT}:user/ada") },
        "Action": "kms:*", "Resource": "*",
    }});
    world.node.key("ada", Some(&policy.to_string())).await
}

fn grant(key: &str, grantee: &str, operations: &[&str], subset: &Value) -> Value {
    json!({
        "KeyId": key, "GranteePrincipal": grantee, "Operations": operations,
        "Constraints": { "EncryptionContextSubset": subset },
    })
}

/// The code of the error when a session makes a grant for bob; empty if it may.
async fn refusal(world: &World, session: &Credentials, child: &Value) -> String {
    let answer = world.node.call_as(session, "CreateGrant", child).await;
    answer.error()
}

#[tokio::test]
async fn a_grant_made_by_a_grant_is_no_wider_whoever_its_grantee_is() {
    let world = World::usual().await;
    let (_, session) = world.assume(&as_user("ada"), "app", &[]).await;
    let bob = format!("arn:aws:iam::{ACCOUNT}:user/bob");
    for grantee in grantees() {
        let key = key_of_ada(&world).await;
        let within = grant(&key, &bob, &["Encrypt"], &json!({ "a": "b", "c": "d" }));
        let refused = refusal(&world, &session, &within).await;
        assert_eq!(
            refused, "AccessDeniedException",
            "{grantee} without a grant"
        );

        let parent = ["CreateGrant", "Encrypt"];
        let parent = grant(&key, &grantee, &parent, &json!({ "a": "b" }));
        let _ = world.node.ok("ada", "CreateGrant", &parent).await;
        assert_eq!(refusal(&world, &session, &within).await, "", "{grantee}");
        for wider in [
            grant(&key, &bob, &["Encrypt", "Decrypt"], &json!({ "a": "b" })),
            grant(&key, &bob, &["Encrypt"], &json!({ "a": "c" })),
            grant(&key, &bob, &["Encrypt"], &Value::Null),
        ] {
            let refused = refusal(&world, &session, &wider).await;
            assert_eq!(refused, "AccessDeniedException", "{grantee}: {wider}");
        }
    }
}

/// A grant to a role or an account asks that the session's policy allows besides. One that names the
/// session itself does not, and must not open the wider one.
#[tokio::test]
async fn a_narrow_grant_to_a_session_does_not_open_a_wide_one_to_its_role_or_account() {
    let world = World::usual().await;
    let policy = statement(r#""Effect":"Allow","NotAction":"kms:*""#);
    let limited = [("Policy", policy.as_str())];
    let (_, session) = world.assume(&as_user("ada"), "app", &limited).await;
    let bob = format!("arn:aws:iam::{ACCOUNT}:user/bob");
    let [own, role, account] = grantees();
    for wide in [role, account] {
        let key = key_of_ada(&world).await;
        let all = ["CreateGrant", "Encrypt", "Decrypt"];
        let within = grant(&key, &bob, &["Encrypt"], &json!({}));
        let wider = grant(&key, &bob, &["Decrypt"], &json!({}));
        let wide = grant(&key, &wide, &all, &json!({}));
        let _ = world.node.ok("ada", "CreateGrant", &wide).await;
        let refused = refusal(&world, &session, &within).await;
        assert_eq!(refused, "AccessDeniedException", "{wide}");

        let narrow = grant(&key, &own, &["CreateGrant", "Encrypt"], &json!({}));
        let _ = world.node.ok("ada", "CreateGrant", &narrow).await;
        assert_eq!(refusal(&world, &session, &within).await, "", "{wide}");
        let refused = refusal(&world, &session, &wider).await;
        assert_eq!(refused, "AccessDeniedException", "{wide}");
    }
}
