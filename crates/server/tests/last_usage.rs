//! When keys were last used: what counts, what `GetKeyLastUsage` and policies see of it, and how long
//! it is kept.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::path::Path;

use keystead_server::jobs;
use keystead_store::{SqliteStore, Store as _};
use keystead_testkit::node::ACCOUNT;
use keystead_testkit::{NodeOptions, TestNode};
use serde_json::{Value, json};

/// Ada administers one account, and fay another. Tim may put away keys that nobody uses.
async fn node(folder: &Path) -> TestNode {
    let idle = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Resource":"*",
        "Action":["kms:ScheduleKeyDeletion","kms:DisableKey","kms:EnableKey"],
        "Condition":{"NumericGreaterThanEquals":{"kms:TrailingDaysWithoutKeyUsage":"2"}}}}"#;
    NodeOptions::new()
        .admin("ada")
        .foreign_admin("fay")
        .user("tim", Some(idle))
        .start(folder)
        .await
}

async fn last_use(node: &TestNode, key: &str) -> Value {
    let input = json!({ "KeyId": key });
    node.ok("ada", "GetKeyLastUsage", &input).await["KeyLastUsage"].clone()
}

async fn encrypt(node: &TestNode, key: &str) -> Value {
    let input = json!({ "KeyId": key, "Plaintext": "aGk=" });
    node.ok("ada", "Encrypt", &input).await["CiphertextBlob"].clone()
}

async fn stored(folder: &Path) -> Vec<String> {
    let store = SqliteStore::open(folder.join("region.sqlite")).unwrap();
    let page = store.range("/", None, 100).await.unwrap();
    store.close().await;
    let keys = page.items.into_iter().map(|entry| entry.key);
    keys.filter(|key| key.contains("/last-usage/")).collect()
}

#[tokio::test]
async fn successful_cryptographic_calls_count() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(folder.path()).await;
    let key = node.key("ada", None).await;
    let unused = node
        .ok("ada", "GetKeyLastUsage", &json!({ "KeyId": key }))
        .await;
    let created = unused["KeyCreationDate"].as_i64().unwrap();
    assert_eq!(
        unused,
        json!({
            "KeyId": key, "KeyLastUsage": {},
            "TrackingStartDate": created, "KeyCreationDate": created,
        })
    );
    node.clock.advance_seconds(60);
    let input = json!({ "KeyId": key, "Plaintext": "aGk=" });
    let answer = node.call("ada", "Encrypt", &input).await;
    let blob = answer.json()["CiphertextBlob"].clone();
    let request_id = answer.header("x-amzn-requestid").unwrap().to_owned();
    let used = last_use(&node, &key).await;
    assert_eq!(used["Operation"], "Encrypt");
    assert_eq!(used["Timestamp"], created + 60);
    assert_eq!(used["KmsRequestId"], request_id);
    assert_eq!(used["CloudTrailEventId"].as_str().unwrap().len(), 36);

    // Neither what fails, nor dry runs, nor what is no use of the key.
    node.clock.advance_seconds(60);
    let other = json!({ "CiphertextBlob": blob, "EncryptionContext": { "a": "b" } });
    let (code, _) = node.err("ada", "Decrypt", &other).await;
    assert_eq!(code, "InvalidCiphertextException");
    let dry = json!({ "CiphertextBlob": blob, "DryRun": true });
    let (code, _) = node.err("ada", "Decrypt", &dry).await;
    assert_eq!(code, "DryRunOperationException");
    let _ = node
        .ok("ada", "DescribeKey", &json!({ "KeyId": key }))
        .await;
    assert_eq!(last_use(&node, &key).await, used);

    let _ = node
        .ok("ada", "Decrypt", &json!({ "CiphertextBlob": blob }))
        .await;
    assert_eq!(last_use(&node, &key).await["Operation"], "Decrypt");

    // Of two keys, both.
    let other = node.key("ada", None).await;
    let input = json!({ "CiphertextBlob": blob, "DestinationKeyId": other });
    let _ = node.ok("ada", "ReEncrypt", &input).await;
    let both = [last_use(&node, &key).await, last_use(&node, &other).await];
    assert_eq!(both[0]["Operation"], "ReEncrypt");
    assert_eq!(both[0], both[1]);
}

#[tokio::test]
async fn the_record_of_the_last_use_is_the_one_named() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(folder.path()).await;
    let key = node.key("ada", None).await;
    let _ = encrypt(&node, &key).await;
    let used = last_use(&node, &key).await;
    node.node.stop().await.unwrap();
    let log = folder.path().join("audit/segment-00000001.jsonl");
    let log = std::fs::read_to_string(log).unwrap();
    let mut events = log
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let event = events
        .find(|event| event["eventName"] == "Encrypt")
        .unwrap();
    assert_eq!(event["eventID"], used["CloudTrailEventId"]);
    assert_eq!(event["requestID"], used["KmsRequestId"]);
}

#[tokio::test]
async fn it_is_told_of_the_accounts_own_keys_by_their_ids() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(folder.path()).await;
    let key = node.key("ada", None).await;
    let arn = format!("arn:aws:kms:us-east-1:{ACCOUNT}:key/{key}");
    let alias = json!({ "AliasName": "alias/a", "TargetKeyId": key });
    let _ = node.ok("ada", "CreateAlias", &alias).await;
    let by = |name: &str| json!({ "KeyId": name });
    let found = node.ok("ada", "GetKeyLastUsage", &by(&arn)).await;
    assert_eq!(found["KeyId"], *key);
    for (who, name, expected) in [
        ("ada", "alias/a", "InvalidArnException"),
        ("fay", &arn, "AccessDeniedException"),
        ("tim", &arn, "AccessDeniedException"),
    ] {
        let (code, message) = node.err(who, "GetKeyLastUsage", &by(name)).await;
        assert_eq!(code, expected, "{message}");
    }
    // Whatever the key's state.
    let _ = node.ok("ada", "DisableKey", &by(&key)).await;
    let _ = node.ok("ada", "GetKeyLastUsage", &by(&key)).await;
    let _ = node.ok("ada", "ScheduleKeyDeletion", &by(&key)).await;
    let _ = node.ok("ada", "GetKeyLastUsage", &by(&key)).await;
}

#[tokio::test]
async fn it_outlives_changes_of_the_key_and_restarts() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(folder.path()).await;
    let (key, unused) = (node.key("ada", None).await, node.key("ada", None).await);
    let _ = encrypt(&node, &key).await;
    let used = last_use(&node, &key).await;
    let describe = json!({ "KeyId": key, "Description": "d" });
    let _ = node.ok("ada", "UpdateKeyDescription", &describe).await;
    assert_eq!(last_use(&node, &key).await, used);
    // A clean stop writes it down.
    node.node.stop().await.unwrap();
    assert_eq!(
        stored(folder.path()).await,
        [format!("/r/us-east-1/a/{ACCOUNT}/last-usage/{key}")]
    );
    let node = self::node(folder.path()).await;
    assert_eq!(last_use(&node, &key).await, used);
    assert_eq!(last_use(&node, &unused).await, json!({}));
    // A later one replaces it.
    node.clock.advance_seconds(1);
    let _ = encrypt(&node, &key).await;
    let used = last_use(&node, &key).await;
    jobs::save_last_uses(node.node.corridor()).await;
    jobs::save_last_uses(node.node.corridor()).await;
    node.node.stop().await.unwrap();
    let node = self::node(folder.path()).await;
    assert_eq!(last_use(&node, &key).await, used);
}

#[tokio::test]
async fn it_goes_with_its_key() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(folder.path()).await;
    let key = node.key("ada", None).await;
    let _ = encrypt(&node, &key).await;
    jobs::save_last_uses(node.node.corridor()).await;
    let schedule = json!({ "KeyId": key, "PendingWindowInDays": 7 });
    let _ = node.ok("ada", "ScheduleKeyDeletion", &schedule).await;
    node.clock.advance_days(7);
    jobs::run_once(node.node.corridor()).await;
    node.node.stop().await.unwrap();
    assert!(stored(folder.path()).await.is_empty());
}

#[tokio::test]
async fn policies_can_ask_how_long_a_key_was_without_use() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(folder.path()).await;
    let key = node.key("ada", None).await;
    let input = json!({ "KeyId": key });
    let denied = |operation| {
        let (node, input) = (&node, &input);
        async move { node.err("tim", operation, input).await.0 }
    };
    node.clock.advance_days(1);
    assert_eq!(denied("DisableKey").await, "AccessDeniedException");
    node.clock.advance_days(1);
    let _ = node.ok("tim", "DisableKey", &input).await;
    // Other operations have no such value.
    assert_eq!(denied("EnableKey").await, "AccessDeniedException");
    let _ = node.ok("ada", "EnableKey", &input).await;
    let _ = encrypt(&node, &key).await;
    assert_eq!(denied("ScheduleKeyDeletion").await, "AccessDeniedException");
    node.clock.advance_seconds(2 * 24 * 60 * 60 - 1);
    assert_eq!(denied("ScheduleKeyDeletion").await, "AccessDeniedException");
    node.clock.advance_seconds(1);
    let _ = node.ok("tim", "ScheduleKeyDeletion", &input).await;
}
