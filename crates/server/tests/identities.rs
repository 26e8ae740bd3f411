//! Identities live: what changes in their store, on whatever node, counts at once.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use keystead_core::identity::{AccessKeyRecord, AccessKeyStatus, EntityKind, IdentityPlace};
use keystead_server::directory::record::{decode, encode};
use keystead_store::Commit;
use keystead_testkit::node::ACCOUNT;
use keystead_testkit::{NodeOptions, TestNode};
use serde_json::json;

const ENCRYPT_ONLY: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"kms:Encrypt","Resource":"*"}}"#;
const TRUST: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"}}"#;
const SERVICE: &str = "s3.us-east-1.amazonaws.com";

/// Commits behind the node's back, as another node would, and waits until it is seen.
async fn commit(node: &TestNode, commit: Commit) {
    let revision = node.identity_store.commit(commit).await.unwrap();
    let identities = &node.node.corridor().identities;
    let shown = identities.shown();
    shown.caught_up(revision.as_u64()).await.unwrap();
}

fn user(name: &str) -> String {
    let account = ACCOUNT.parse().unwrap();
    IdentityPlace::entity(EntityKind::User, account, name).path()
}

#[tokio::test]
async fn a_user_deleted_elsewhere_is_gone_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let node = NodeOptions::new()
        .admin("ada")
        .admin("bob")
        .start(folder.path())
        .await;
    node.ok("bob", "ListKeys", &json!({})).await;
    commit(&node, Commit::new().delete(user("bob"))).await;
    let (code, message) = node.err("bob", "ListKeys", &json!({})).await;
    assert_eq!(code, "UnrecognizedClientException");
    assert_eq!(
        message,
        "The security token included in the request is invalid."
    );
    node.ok("ada", "ListKeys", &json!({})).await;
}

#[tokio::test]
async fn an_inactive_key_is_as_good_as_none() {
    let folder = tempfile::tempdir().unwrap();
    let node = NodeOptions::new().admin("ada").start(folder.path()).await;
    node.ok("ada", "ListKeys", &json!({})).await;
    let key = node
        .node
        .corridor()
        .identities
        .access_key("AKIAADA")
        .unwrap();
    let last_use = key.last_use().unwrap();
    assert_eq!(
        (last_use.service, last_use.region.as_str()),
        ("kms", "us-east-1")
    );

    let path = "/iam/access-key/AKIAADA";
    let stored = node.identity_store.get(path).await.unwrap().unwrap();
    let record: AccessKeyRecord = decode(path, &stored.value).unwrap();
    let record = AccessKeyRecord {
        status: AccessKeyStatus::Inactive,
        ..record
    };
    commit(&node, Commit::new().put(path, encode(&record).unwrap())).await;
    let (code, _) = node.err("ada", "ListKeys", &json!({})).await;
    assert_eq!(code, "UnrecognizedClientException");
}

#[tokio::test]
async fn a_group_gives_its_policies_to_its_members() {
    let folder = tempfile::tempdir().unwrap();
    let node = NodeOptions::new()
        .admin("ada")
        .group("Encryptors", Some(ENCRYPT_ONLY), "bob")
        .start(folder.path())
        .await;
    let key = node.key("ada", None).await;
    let encrypt = json!({ "KeyId": key, "Plaintext": "aGk=" });
    node.ok("bob", "Encrypt", &encrypt).await;
    let (code, _) = node
        .err("bob", "DescribeKey", &json!({ "KeyId": key }))
        .await;
    assert_eq!(code, "AccessDeniedException");
    let account = ACCOUNT.parse().unwrap();
    let group = IdentityPlace::entity(EntityKind::Group, account, "encryptors").path();
    commit(&node, Commit::new().delete(group)).await;
    let (code, _) = node.err("bob", "Encrypt", &encrypt).await;
    assert_eq!(code, "AccessDeniedException");
}

#[tokio::test]
async fn identities_outlive_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let start = || NodeOptions::new().admin("ada").start(folder.path());
    let node = start().await;
    node.ok("ada", "ListKeys", &json!({})).await;
    node.node.stop().await.unwrap();
    let node = start().await;
    node.ok("ada", "ListKeys", &json!({})).await;
}

#[tokio::test]
async fn a_service_calls_for_others() {
    let folder = tempfile::tempdir().unwrap();
    let node = NodeOptions::new()
        .admin("ada")
        .user("bob", Some(ENCRYPT_ONLY))
        .role("Encryptor", TRUST, Some(ENCRYPT_ONLY))
        .foreign_admin("eve")
        .service(SERVICE)
        .start(folder.path())
        .await;
    let key = node.key("ada", None).await;
    let arn = format!("arn:aws:kms:us-east-1:{ACCOUNT}:key/{key}");
    let encrypt = json!({ "KeyId": arn, "Plaintext": "aGk=" });
    let describe = json!({ "KeyId": arn });
    let call = async |signer: &str, whom: &str, operation: &str, input| {
        let header = [("x-keystead-on-behalf-of", whom)];
        let answer = node.call_with(signer, &header, operation, input).await;
        (answer.status, answer.text())
    };
    let bob = format!("arn:aws:iam::{ACCOUNT}:user/bob");
    let session = format!("arn:aws:sts::{ACCOUNT}:assumed-role/Encryptor/ci");
    for whom in [&bob, &session] {
        assert_eq!(
            call(SERVICE, whom, "Encrypt", &encrypt).await.0,
            200,
            "{whom}"
        );
        let (status, text) = call(SERVICE, whom, "DescribeKey", &describe).await;
        assert!(status == 400 && text.contains(whom.as_str()), "{text}");
    }
    // Nobody of another account, nobody unknown, and nobody but services.
    for (signer, whom) in [
        (SERVICE, "arn:aws:iam::444455556666:user/eve"),
        (SERVICE, "arn:aws:iam::111122223333:user/nobody"),
        (SERVICE, ""),
        ("ada", &bob),
    ] {
        let (status, text) = call(signer, whom, "Encrypt", &encrypt).await;
        let is_refused = status == 400 && text.contains("AccessDeniedException");
        assert!(is_refused && text.contains("Only a service"), "{text}");
    }
}
